"""The menu bar in words: every command, its key, and why it is off."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..sources import Found
from .actions import Action, Menu, Submenu
from .workbench import SCALES, Workbench

THEMES = (("dark", "Dark"), ("light", "Light"), ("high contrast", "High contrast"))
STEP_S = 1.0


class Commands:
    """Says what the menus hold. Main thread only.

    Parameters
    ----------
    workbench
        Does it.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._bench = workbench

    def menus(self) -> list[Menu]:
        """Return what the menu bar holds."""
        return [
            ("Session", self._session_menu()),
            ("Device", self._device_menu()),
            ("View", self._view_menu()),
            ("Help", self._help_menu()),
        ]

    def _session_menu(self) -> list[Action | Submenu | None]:
        record = Action(
            "Record or stop",
            self._bench.record_or_stop,
            "R",
            "Record every stream, raw, from this moment.",
            self._bench.why_not_record,
        )
        return [
            record,
            Action(
                "Mark this moment",
                self._bench.mark,
                "M",
                "Drop a marker; a recording keeps it.",
                self._bench.why_no_stream,
            ),
            None,
            Action(
                "Open recording…",
                lambda: self._bench.shown_dialog("open"),
                "Ctrl+O",
                "Replay a session.",
                self._bench.why_not_open,
            ),
            Submenu("Open recent", self._recent_sessions, self._why_no_recent),
            Action(
                "Play or pause",
                self._bench.play_or_pause,
                "P",
                "Let the replay run, or hold it.",
                self._bench.why_no_replay,
            ),
            Action(
                "Loop",
                self._bench.loop,
                "L",
                "Begin anew at the end.",
                self._bench.why_no_replay,
                self._bench.is_looping,
            ),
            Action("Step back", lambda: self._bench.step(-STEP_S), "←", "One second back.", self._bench.why_no_replay),
            Action("Step on", lambda: self._bench.step(STEP_S), "→", "One second on.", self._bench.why_no_replay),
            Action(
                "Close recording",
                self._bench.close_session,
                "Ctrl+W",
                "Back to the live devices.",
                self._bench.why_no_replay,
            ),
            None,
            Action(
                "Export as CSV",
                self._bench.export,
                "Ctrl+E",
                "A file a stream, with times and units, in a folder beside the recording.",
                self._bench.why_not_export,
            ),
            Action("Stop the export", self._bench.stop_export, "", "Ends it.", self._bench.why_no_export),
            Action("Show recordings folder", self._bench.show_folder, "", "In the system's file manager."),
            None,
            Action("Quit", self._bench.quit, "Ctrl+Q", "A recording that runs is closed properly first."),
        ]

    def _why_no_recent(self) -> str:
        return self._bench.why_not_open() or (
            "" if self._bench.settings.recent_sessions else "Nothing has been recorded yet."
        )

    def _recent_sessions(self) -> list[Action | Submenu | None]:
        return [
            Action(Path(path).name, partial(self._bench.open_session, path), help=path)
            for path in self._bench.settings.recent_sessions
            if Path(path).is_dir()
        ]

    def _device_menu(self) -> list[Action | Submenu | None]:
        return [
            Action(
                "Add device…", lambda: self._bench.shown_dialog("device"), "Ctrl+D", "Choose a kind and its settings."
            ),
            Submenu("Connect", self._connect_items),
            None,
            Action(
                "Reconnect",
                self._bench.reconnect,
                "F5",
                "Connect every device again; the picture stays.",
                self._bench.why_not_swap,
            ),
            Submenu("Switch to…", self._switch_items, self._bench.why_not_swap),
            Submenu("Disconnect", self._disconnect_items, self._bench.why_not_swap),
        ]

    def _connect_items(self) -> list[Action | Submenu | None]:
        return [Action(_menu_label(f), partial(self._bench.connect, f.name), help=f.name) for f in self._bench.choices]

    def _switch_items(self) -> list[Action | Submenu | None]:
        streams = self._bench.own_streams()
        if len(streams) == 1:
            return self._switch_choices(streams[0].name)
        return [Submenu(s.name, partial(self._switch_choices, s.name)) for s in streams]

    def _switch_choices(self, stream: str) -> list[Action | Submenu | None]:
        return [
            Action(_menu_label(f), partial(self._bench.switch, stream, f.name), help=f.name)
            for f in self._bench.choices
        ]

    def _disconnect_items(self) -> list[Action | Submenu | None]:
        return [
            Action(
                s.name,
                partial(self._bench.remove, s.name),
                help=f"Let {s.source_name} go.",
                why_not=self._bench.why_not_open,
            )
            for s in self._bench.own_streams()
        ]

    def _view_menu(self) -> list[Action | Submenu | None]:
        view = self._bench.viewer
        return [
            Action(
                "Pause",
                self._bench.hold,
                "Space",
                "Freezes the picture, never the acquisition; holds a replay.",
                checked=self._bench.is_held,
            ),
            Action(
                "Every sample",
                self._bench.show_raw,
                "E",
                "Draw every sample of a short window.",
                checked=lambda: self._bench.raw,
            ),
            Action("Auto scale", view("auto"), "A", "Let the size of the traces follow the signal."),
            Action("Same scale for all channels", view("common"), "C", "Or one of its own for each."),
            Action("Larger traces", view("gain up"), "+", "By a third."),
            Action("Smaller traces", view("gain down"), "−", "By a third."),
            Action("Longer window", view("longer"), "]", "See more of the past."),
            Action("Shorter window", view("shorter"), "[", "See less of the past, larger."),
            None,
            Submenu("Layout", self._layout_items),
            Action(
                "Panels",
                self._bench.show_panels,
                "Ctrl+B",
                "At the right.",
                self._bench.why_no_panels,
                lambda: self._bench.settings.panels,
            ),
            Action(
                "Full screen",
                self._bench.toggle_full_screen,
                "F11",
                "And back.",
                checked=lambda: self._bench.full_screen,
            ),
            Submenu("Theme", self._theme_items),
            Submenu("Scale", self._scale_items),
            Action("Larger", partial(self._bench.next_scale, 1), "Ctrl++", "Everything on screen."),
            Action("Smaller", partial(self._bench.next_scale, -1), "Ctrl+−", "Everything on screen."),
        ]

    def _layout_items(self) -> list[Action | Submenu | None]:
        one = [
            Action(f"Only {s.name}", partial(self._bench.show_only, s.name), checked=partial(self._is_only, s.name))
            for s in self._bench.state.streams
        ]
        return [Action("All streams", partial(self._bench.show_only, ""), checked=partial(self._is_only, "")), *one]

    def _is_only(self, name: str) -> bool:
        return self._bench.only == name

    def _theme_items(self) -> list[Action | Submenu | None]:
        return [
            Action(
                label,
                partial(self._bench.set_theme, name),
                checked=partial(lambda n: self._bench.settings.theme == n, name),
            )
            for name, label in THEMES
        ]

    def _scale_items(self) -> list[Action | Submenu | None]:
        return [
            Action(
                f"{percent} %",
                partial(self._bench.set_scale, percent),
                checked=partial(lambda p: self._bench.settings.scale_percent == p, percent),
            )
            for percent in SCALES
        ]

    def _help_menu(self) -> list[Action | Submenu | None]:
        return [
            Action("Keyboard shortcuts", lambda: self._bench.shown_dialog("shortcuts"), "F1", "All of them."),
            Action("Save diagnostics", self._bench.save_diagnostics, "", "A text file to send with a question."),
            Action("About myoscope", lambda: self._bench.shown_dialog("about"), "", "Version and licence."),
        ]


def _menu_label(found: Found) -> str:
    return f"{found.label}   {found.detail}" if found.detail else found.label


def actions_of(menus: list[Menu]) -> list[tuple[str, Action]]:
    """Return every action that is not in a submenu, with its menu's title."""
    return [(title, entry) for title, entries in menus for entry in entries if isinstance(entry, Action)]
