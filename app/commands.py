"""The menu bar in words: every command, its key, and why it is off."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from ..recordings.places import is_url
from ..sources import Found
from ..sources.language import tr
from . import viewer_commands as viewer
from .actions import Action, Menu, Submenu, actions_of
from .take_menus import TakeMenus
from .view_menus import Entries, ViewMenus
from .viewer_commands import ViewerCommand
from .workbench import Workbench

__all__ = ["Commands", "actions_of"]
STEP_S = 1.0


class Commands:
    """Says what the menus hold, in the language of the moment. Main thread only.

    Parameters
    ----------
    workbench
        Does it.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._bench = workbench
        self._view = ViewMenus(workbench)
        self._takes = TakeMenus(workbench)

    def menus(self) -> list[Menu]:
        """Return what the menu bar holds."""
        return [
            (tr("Session"), self._session_menu()),
            (tr("Edit"), self._edit_menu()),
            (tr("Device"), self._device_menu()),
            (tr("Signal"), self._signal_menu()),
            (tr("View"), self._view_menu()),
            (tr("Help"), self._help_menu()),
        ]

    def _session_menu(self) -> Entries:
        bench = self._bench
        record = tr("Record every stream, raw, from this moment.")
        replay = tr("Let the replay run, or hold it.")
        exporting = tr("As CSV, EDF+, XDF, MATLAB, NWB and others, for other programs.")
        importing = tr("Make a session of an XDF, EDF, CSV or other file, and open it.")
        quitting = tr("A recording that runs is closed properly first.")
        opening = partial(bench.open_dialog, "open")
        return [
            Action(tr("Record or stop"), bench.record_or_stop, "R", record, bench.why_not_record),
            Action(
                tr("Mark this moment"), bench.mark, "M", tr("Drop a marker; a recording keeps it."), bench.why_no_stream
            ),
            Action(
                tr("Mark with a text…"), lambda: bench.mark_and_name(), "T", tr("Stamped now; write what it was."),
                bench.why_no_stream,
            ),
            None,
            *self._takes.entries(),
            None,
            Action(tr("Open recording…"), opening, "Ctrl+O", tr("Replay a session."), bench.why_not_open),
            Action(
                tr("Browse recordings…"), partial(bench.open_dialog, "browse"), "Ctrl+Shift+O",
                tr("Find, tag, describe, cut and join all that was recorded."),
            ),
            Action(
                tr("Describe…"), bench.describe_open, "Ctrl+I",
                tr("Subject, task, muscles, electrodes: of the recording that is open, or of the next one."),
                bench.why_not_here,
            ),
            Submenu(tr("Open recent"), self._recent_sessions, self._why_no_recent),
            Action(tr("Play or pause"), bench.play_or_pause, "P", replay, bench.why_no_replay),
            Action(tr("Loop"), bench.loop, "L", tr("Begin anew at the end."), bench.why_no_replay, bench.is_looping),
            Action(
                tr("Close recording"), bench.close_session, "Ctrl+W", tr("Back to the live devices."),
                bench.why_no_replay,
            ),
            None,
            Action(tr("Export…"), bench.export, "Ctrl+E", exporting, bench.why_not_export),
            Action(tr("Import…"), bench.import_file, "Ctrl+Shift+I", importing, bench.why_not_open),
            Action(
                tr("Stop what runs in the background"), bench.stop_jobs, "",
                tr("Exports, imports, checks; nothing of what they have made is left."), bench.why_no_jobs,
            ),
            Action(
                tr("Compress recordings after stop"), bench.compressing.toggle, "",
                tr("In the background, without loss; every sample is read back before its original goes."),
                checked=lambda: bench.compressing.wanted,
            ),
            Action(
                tr("Report of the recording"), bench.show_report, "Ctrl+Shift+R",
                tr("Every sample and file checked: gaps, jitter, drift, flat and clipped channels."),
                bench.why_no_report,
            ),
            Action(tr("Show recordings folder"), bench.show_folder, "", tr("In the system's file manager.")),
            None,
            Action(tr("Quit"), bench.quit, "Ctrl+Q", quitting),
        ]  # fmt: skip

    def _why_no_recent(self) -> str:
        return self._bench.why_not_open() or (
            "" if self._bench.settings.recent_sessions else tr("Nothing has been recorded yet.")
        )

    def _recent_sessions(self) -> Entries:
        return [
            Action(Path(path).name, partial(self._bench.open_session, path), help=path)
            for path in self._bench.settings.recent_sessions
            if is_url(path) or Path(path).is_dir()
        ]

    def _edit_menu(self) -> Entries:
        bench, shots, views = self._bench, self._bench.snapshots, self._view
        return [
            Action(
                tr("Undo"), bench.undo_last, "Ctrl+Z", tr("Take the last change to channels or filters back."),
                bench.why_not_undo,
            ),
            Action(
                tr("Redo"), bench.redo_last, "Ctrl+Shift+Z", tr("Make the change again."), bench.why_not_redo,
                also=("Ctrl+Y",),
            ),
            None,
            Action(
                tr("Copy values"), shots.copy_pointed, "Ctrl+C",
                tr("Of the view under the pointer, as CSV, to be pasted into a table."), shots.why_no_values,
            ),
            Submenu(tr("Copy values of"), views.copies, shots.why_no_view),
            Submenu(tr("Save values of"), views.saves, shots.why_no_view),
            None,
            Action(
                tr("Picture of the window"), shots.take_window, "Ctrl+Shift+S",
                tr("A PNG file in the recordings folder."),
            ),
            Action(
                tr("Picture of a view"), shots.take_pointed, "Ctrl+Shift+V",
                tr("Of the view under the pointer: a PNG file in the recordings folder."), shots.why_no_view,
            ),
            Submenu(tr("Picture of"), views.snapshots, shots.why_no_view),
        ]  # fmt: skip

    def _device_menu(self) -> Entries:
        bench = self._bench
        add = partial(bench.open_dialog, "device")
        return [
            Action(tr("Add device…"), add, "Ctrl+D", tr("Choose a kind and its settings.")),
            Submenu(tr("Connect"), self._connect_items),
            None,
            Action(
                tr("Reconnect"), bench.reconnect, "F5", tr("Connect every device again; the picture stays."),
                bench.why_not_swap,
            ),
            Submenu(tr("Switch to…"), self._switch_items, bench.why_not_swap),
            Submenu(tr("Disconnect"), self._disconnect_items, bench.why_not_swap),
        ]  # fmt: skip

    def _connect_items(self) -> Entries:
        return [Action(_menu_label(f), partial(self._bench.connect, f.name), help=f.name) for f in self._bench.choices]

    def _switch_items(self) -> Entries:
        streams = self._bench.own_streams()
        if len(streams) == 1:
            return self._switch_choices(streams[0].name)
        return [Submenu(s.name, partial(self._switch_choices, s.name)) for s in streams]

    def _switch_choices(self, stream: str) -> Entries:
        return [
            Action(_menu_label(f), partial(self._bench.switch, stream, f.name), help=f.name)
            for f in self._bench.choices
        ]

    def _disconnect_items(self) -> Entries:
        return [
            Action(
                s.name,
                partial(self._bench.remove, s.name),
                help=tr("Let {source} go.").format(source=s.source_name),
                why_not=self._bench.why_not_open,
            )
            for s in self._bench.own_streams()
        ]

    def _signal_menu(self) -> Entries:
        bench = self._bench
        back, on = partial(self._step, -1), partial(self._step, +1)
        little = tr("A second in a replay; a tenth of the window in the past of a live signal.")
        return [
            Action(
                tr("Pause"), bench.hold, "Space",
                tr("Freezes the picture, never the acquisition; holds a replay."), checked=bench.is_held,
            ),
            Action(tr("Step back"), back, "←", little, self._why_no_step),
            Action(tr("Step on"), on, "→", little, self._why_no_step),
            *self._viewer(viewer.TIME),
            None,
            *self._viewer(viewer.READING),
            None,
            *self._viewer(viewer.AMPLITUDE),
            Action(
                tr("Every sample"), bench.show_raw, "E", tr("Draw every sample of a short window."),
                bench.why_no_stream, lambda: bench.raw,
            ),
            None,
            *self._viewer(viewer.CHANNEL),
            Submenu(tr("View filter"), self._view.filters, bench.why_no_stream),
        ]  # fmt: skip

    def _step(self, direction: int) -> None:
        if self._bench.state.replay:
            self._bench.step(direction * STEP_S)
        else:
            self._bench.viewer_command(viewer.STEP_BACK if direction < 0 else viewer.STEP_ON)

    def _why_no_step(self) -> str:
        return "" if self._bench.state.replay else self._bench.why_not_viewer(viewer.STEP_BACK)

    def _viewer(self, commands: Iterable[ViewerCommand | None]) -> Entries:
        return [None if command is None else self._viewer_action(command) for command in commands]

    def _viewer_action(self, command: ViewerCommand) -> Action:
        bench, name = self._bench, command.name
        return Action(
            tr(command.label),
            lambda: bench.viewer_command(name),
            command.keys,
            tr(command.help),
            lambda: bench.why_not_viewer(name),
            (lambda: bench.viewer_checked(name)) if command.toggles else None,
        )

    def _view_menu(self) -> Entries:
        bench, views = self._bench, self._view
        everything = tr("Everything on screen.")
        return [
            Submenu(tr("Add view"), views.add_view, bench.why_no_stream),
            Submenu(tr("Close view"), views.close_view, bench.why_not_close_pane),
            Submenu(tr("Float view"), views.float_view, self._why_no_pane),
            Action(
                tr("Maximise view"), bench.maximise_pane, "Ctrl+M",
                tr("Give the view under the pointer the whole room, or give it back."), bench.why_not_maximise_pane,
            ),
            Submenu(tr("Maximise"), views.maximise_view, self._why_no_pane),
            None,
            Submenu(tr("Layout"), views.layouts),
            Action(
                tr("Save layout…"), partial(bench.open_dialog, "layout"), "Ctrl+L",
                tr("Keep this arrangement under a name."), bench.why_not_save_layout,
            ),
            Action(
                tr("Reset layout"), bench.reset_layout, "", tr("As it was when it was chosen."),
                bench.why_not_reset_layout,
            ),
            Action(
                tr("One time for all streams"), bench.link_time, "Ctrl+T",
                tr("Look at all streams on one time axis, or give each its own."), bench.why_not_link_time,
                lambda: bench.time_linked,
            ),
            Action(
                tr("Operator mode"), bench.toggle_operator_mode, "F9", tr("Large targets, no fine controls."),
                bench.why_not_operator_mode, lambda: bench.operator_mode,
            ),
            Action(
                tr("Panels"), bench.show_panels, "Ctrl+B", tr("At the right."), bench.why_no_panels,
                lambda: bench.settings.panels,
            ),
            Action(
                tr("Full screen"), bench.toggle_full_screen, "F11", tr("And back."), checked=lambda: bench.full_screen
            ),
            None,
            Submenu(tr("Theme"), views.themes),
            Submenu(tr("Scale"), views.scales),
            Action(tr("Larger"), partial(bench.next_scale, 1), "Ctrl++", everything),
            Action(tr("Smaller"), partial(bench.next_scale, -1), "Ctrl+−", everything),
            Submenu(tr("Language"), views.languages),
        ]  # fmt: skip

    def _why_no_pane(self) -> str:
        return "" if self._bench.panes() else tr("No view is on screen. Add one first.")

    def _help_menu(self) -> Entries:
        bench = self._bench
        return [
            Action(
                tr("Find a command…"), partial(bench.open_dialog, "palette"), "Ctrl+K",
                tr("Everything in the menus, by a few letters."),
            ),
            Action(
                tr("Keyboard shortcuts"), partial(bench.open_dialog, "shortcuts"), "F1",
                tr("All of them, to read or to print."),
            ),
            Action(tr("Save diagnostics"), bench.save_diagnostics, "", tr("A text file to send with a question.")),
            Action(tr("About myoscope"), partial(bench.open_dialog, "about"), "", tr("Version and licence.")),
        ]  # fmt: skip


def _menu_label(found: Found) -> str:
    return f"{found.label}   {found.detail}" if found.detail else found.label
