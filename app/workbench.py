"""What a person does at the window, in terms of the engine: menus, their reasons, the settings they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..sources import Event, Found, Source, name_of, open_source
from ..sources.language import system_language, tr
from .actions import Action, Menu
from .arranging import Arranging
from .compressing import Compressing
from .devices import DeviceScanner
from .diagnostics import diagnostics
from .engine import Engine
from .exchange import Exchange
from .filtering import Filtering
from .settings import Settings
from .shortcut_sheet import html_sheet
from .snapshots import Snapshots
from .state import EngineState, StreamState
from .stream_names import stream_name, watched
from .takes import TakeDesk
from .unchecked import Unchecked
from .viewer_commands import WIRED
from .workspace import Workspace

if TYPE_CHECKING:
    from ..recordings import Replay

SCALES = (75, 100, 125, 150, 200, 250)


class Workbench(Arranging, Filtering):
    """The commands behind menus, buttons and keys. The main thread calls everything here; slow work is submitted.

    Parameters
    ----------
    engine
        What runs the streams.
    settings
        What is remembered.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings
        self.workspace = Workspace(settings, lambda: dict(engine.streams))
        self.scanner = DeviceScanner(lambda text: engine.log(text, "warn"))
        self.state = EngineState(t=0.0)
        self.started = engine.snapshot().t
        self.takes = TakeDesk(engine, settings, lambda: self.state)
        self.takes.subject, self.takes.operator = settings.subject, settings.operator
        self._recall_channels()
        self.is_paused: Callable[[], bool] = lambda: False
        self.raw = False
        self.shown_dialog: Callable[[str], None] = _nothing
        engine.reports.automatic = True
        self.shown_report: Callable[[Path], None] = lambda _path: None
        """Opens the report of a session; a window says so."""
        self.described: Path | None = None
        """The recording that the editor is about; None for the next one."""
        self.exported: Path | None = None
        """The recording that is asked about for an export; None for the one that is at hand."""
        self.undo_in_front = lambda: None
        self.closing = False
        self.exchange = Exchange(engine.jobs)
        self.unchecked = Unchecked(engine.reports, engine.jobs, settings, engine.log)
        self.compressing = Compressing(engine.jobs, settings, engine.log)
        engine.reports.after.append(self.compressing.recorded)
        self.full_screen = False
        self.too_narrow = False
        self.theme_changed: Callable[[], None] = lambda: None
        self.scale_changed: Callable[[], None] = lambda: None
        self.language_changed: Callable[[], None] = lambda: None
        # What views on screen do, by the names in `viewer_commands`; a window says so.
        self.viewer_command: Callable[[str], None] = _nothing
        self.mark_and_name: Callable[[], object] = self.mark
        """Drops a marker, then asks for its name; a window says so."""
        self.viewer_checked: Callable[[str], bool] = lambda _name: False
        self.viewer_refusal: Callable[[str], str] = _not_wired
        self.run: Callable[[Action], None] = _run
        self.snapshots = Snapshots(lambda: settings.recordings_folder, engine.submit, engine.log)

    def _recall_channels(self) -> None:
        """Tell the engine what was said of channels before, so that the next recording has it."""
        if self.settings.channels_about:
            from ..recordings.about import ChannelAbout

            for stream, rows in self.settings.channels_about.items():
                self.engine.describe_channels(stream, [ChannelAbout.from_json(row) for row in rows])

    @property
    def only(self) -> str:
        """The one stream to show; empty for all, also where the one chosen is not there."""
        return self.workspace.only

    def refresh(self) -> EngineState:
        """Look at the engine once; everything drawn in this frame goes by that."""
        self.state = self.engine.snapshot()
        self.unchecked.look(self.state)
        self.compressing.look(self.state)
        return self.state

    # Reasons

    def why_not_record(self) -> str:
        """Return why Record is off."""
        if self.state.recording:
            return ""
        if not self.state.streams:
            return tr("Nothing to record yet. Connect a device first.")
        if not any(stream.info for stream in self.state.streams):
            return tr("No device is connected yet.")
        return self.why_busy()

    def why_no_stream(self) -> str:
        """Return why there is nothing to do this to."""
        return "" if self.own_streams() else tr("There is no device to do this to. Add one first.")

    def why_no_replay(self) -> str:
        """Return why there is no replay to drive."""
        return "" if self.state.replay else tr("No recording is open. Open one with Session, Open recording.")

    def why_no_panels(self) -> str:
        """Return why the panels are left out."""
        too_narrow = tr("The window is too narrow for them. Make it wider, or everything smaller.")
        return too_narrow if self.too_narrow else ""

    def why_not_open(self) -> str:
        """Return why no recording can be opened."""
        return tr("A recording runs. Stop it first.") if self.state.recording else ""

    def why_not_swap(self) -> str:
        """Return why no device can be swapped."""
        if self.state.replay:
            return tr("A recorded session is open. Close it to work with devices.")
        return self.why_no_stream()

    def why_busy(self) -> str:
        """Return what is being done at the moment, as a reason to wait."""
        return tr("Busy: {what}.").format(what=self.state.busy) if self.state.busy else ""

    def own_streams(self) -> list[StreamState]:
        """Return the streams that have a device."""
        return [s for s in self.state.streams if s.source_name != "PredictionSource"]

    # Recording

    def record_or_stop(self) -> None:
        """Begin a recording, or close the one that runs."""
        if self.state.recording:
            self.engine.submit(tr("closing the recording"), self._stop_recording)
        else:
            self.settings.subject, self.settings.operator = self.takes.subject, self.takes.operator
            red = self.takes.look().of("red")
            if red:
                words = tr("Not recording yet: {about}: {what}")
                self.engine.log(words.format(about=red[0].about, what=red[0].sentence), "warn")
                self.open_dialog("preflight")
            else:
                self.takes.begin()

    def _stop_recording(self) -> None:
        path = self.engine.stop_recording()
        if path is not None:
            self.settings.remember_session(path)
            self.takes.watch.look_again()

    def mark(self, label: str = "", t: float | None = None) -> Event:
        """Drop a marker at a moment, s, LSL clock; at this one by default."""
        return self.engine.mark(label or tr("mark {n}").format(n=self.engine.events.n_total + 1), t=t)

    # Devices

    def connect(self, name: str) -> None:
        """Add a stream for a source, by its one-string name."""
        self.add(open_source(name), stream_name(name))
        self.settings.remember_source(name)

    def add_source(self, source: Source) -> None:
        """Add a stream for a source made by hand."""
        name = name_of(source)
        self.add(source, stream_name(name))
        self.settings.remember_source(name)

    def add(self, source: Source, name: str) -> None:
        """Add a stream for a source; another name is found where this one is taken."""
        taken = self.engine.streams
        unique = next(n for n in (name, *(f"{name}-{i}" for i in range(2, 1000))) if n not in taken)
        self.engine.add(watched(unique, source))

    def switch(self, stream: str, name: str) -> None:
        """Give a stream another source."""
        self.settings.remember_source(name)
        words = tr("switching {stream} to {device}").format(stream=stream, device=name)
        self.engine.submit(words, partial(self.engine.switch, stream, name))

    def reconnect(self, stream: str = "") -> None:
        """Connect a stream again, or all of them."""
        for state in self.own_streams():
            if stream in ("", state.name):
                words = tr("reconnecting {stream}").format(stream=state.name)
                self.engine.submit(words, partial(self.engine.reconnect, state.name))

    def remove(self, stream: str) -> None:
        """Let a device go."""
        self.engine.submit(tr("disconnecting {stream}").format(stream=stream), partial(self.engine.remove, stream))

    @property
    def choices(self) -> list[Found]:
        """Devices found and those used lately, without doubles."""
        found = list(self.scanner.found or ())
        names = {device.name for device in found}
        found += [Found(name, name, tr("used before")) for name in self.settings.recent_sources if name not in names]
        return found

    # Replay

    @property
    def replay(self) -> Replay | None:
        """The replay that runs."""
        return self.engine.replay

    def open_session(self, path: str | Path, speed: float = 1.0, loop: bool = False) -> None:
        """Open a recorded session and play it, shown through the filters that it was recorded with."""

        def opened() -> None:
            from ..recordings import open_session

            with open_session(path) as session:
                filters = {name: stream.view_filter for name, stream in session.streams.items()}
            self.workspace.looks.recorded = {name.replace("~", "-"): f for name, f in filters.items() if f is not None}
            self.engine.open_replay(path, speed, loop)
            if self.engine.replay is not None:
                session = self.engine.replay.session
                self.settings.remember_session(session.url or session.path)

        self.engine.submit(tr("opening the recording"), opened)

    def export(self, path: Path | None = None) -> None:
        """Ask how, and where, a session is exported: by itself the one that is open, or was recorded last."""
        self.exported = path
        self.open_dialog("export")

    def import_file(self) -> None:
        """Ask which file of another program a session is made of."""
        self.open_dialog("import")

    def open_imported(self, path: Path) -> bool:
        """Open a session that was made of a file, unless a recording runs; return whether."""
        if self.why_not_open():
            self.settings.remember_session(path)
            return False
        self.open_session(path)
        return True

    def show_report(self) -> None:
        """Open the report of the session that is open, or was recorded last."""
        path = self.session_at_hand()
        if path is not None:
            self.shown_report(path)

    def why_no_report(self) -> str:
        """Return why there is no report to show."""
        if self.session_at_hand() is None:
            return tr("Open a recording first, or record one.")
        return self.why_not_here() or self.why_not_open()

    def why_not_here(self) -> str:
        """Return why nothing can be made of the session that is open but looking at it."""
        replay = self.state.replay
        far = tr("This recording is not on this machine. Copy it here first, or use the command line with its URL.")
        return far if replay is not None and replay.url else ""

    def session_at_hand(self) -> Path | None:
        """Return the session that is open, or was recorded last; None where there is none."""
        return self.state.replay.path if self.state.replay else self.engine.last_recording

    def why_not_export(self) -> str:
        """Return why there is nothing to export."""
        if self.session_at_hand() is None:
            return tr("Open a recording first, or record one.")
        return self.why_not_here() or self.why_not_open()

    def why_no_jobs(self) -> str:
        """Return why there is nothing in the background to stop."""
        return "" if self.engine.jobs.states else tr("Nothing runs in the background.")

    def stop_jobs(self) -> None:
        """End what runs in the background; what it has written is removed."""
        for job in self.engine.jobs.states:
            self.engine.jobs.stop(job.number)

    def close_session(self) -> None:
        """Back to live."""
        self.workspace.looks.recorded = {}
        self.engine.submit(tr("closing the replay"), self.engine.close_replay)

    def play_or_pause(self) -> None:
        """Let the replay run, or hold it."""
        replay = self.replay
        if replay is not None:
            if replay.playing:
                replay.pause()
            else:
                if replay.ended:
                    replay.seek(0.0)
                replay.play()

    def loop(self) -> None:
        """Begin anew at the end, or not."""
        if self.replay is not None:
            self.replay.loop = not self.replay.loop

    def is_looping(self) -> bool:
        """Tell whether the replay begins anew at its end."""
        return self.replay is not None and self.replay.loop

    def hold(self) -> None:
        """Hold the replay, or freeze the live picture; and the other way round."""
        if self.replay is not None:
            self.play_or_pause()
        else:
            self.viewer_command("pause")

    def step(self, seconds: float) -> None:
        """Move the replay by some seconds."""
        if self.replay is not None:
            self.replay.step(seconds)

    # View

    def is_held(self) -> bool:
        """Tell whether replay or picture stand still."""
        return not self.state.replay.playing if self.state.replay else self.is_paused()

    def set_theme(self, name: str) -> None:
        """Change the colours."""
        self.settings.theme = name
        self.theme_changed()

    def set_scale(self, percent: int) -> None:
        """Change the size of everything."""
        self.settings.scale_percent, self.settings.automatic_scale = percent, False
        self.scale_changed()

    def next_scale(self, step: int) -> None:
        """Change the size of everything by one step."""
        sizes = sorted({*SCALES, self.settings.scale_percent})
        at = sizes.index(self.settings.scale_percent) + step
        self.set_scale(sizes[min(max(at, 0), len(sizes) - 1)])

    def set_language(self, code: str) -> None:
        """Speak another language: ``en``, ``de``, or the system's with an empty one."""
        self.settings.language = code
        self.language_changed()

    def describe(self, path: Path | None = None) -> None:
        """Open the editor of what is said of a recording; of the next one with none."""
        self.described = path
        self.shown_dialog("describe")

    def describe_open(self) -> None:
        """Open the editor for the recording that is open; else for the next one."""
        self.describe(self.state.replay.path if self.state.replay else None)

    def open_dialog(self, name: str) -> None:
        """Open one of the small windows over the desk, by its name."""
        self.shown_dialog(name)

    def why_not_viewer(self, name: str) -> str:
        """Return why no view on screen can do this, by a name in `viewer_commands`."""
        return self.why_no_stream() or self.viewer_refusal(name)

    def show_panels(self) -> None:
        """Fold the panels at the right away, or bring them back."""
        self.settings.panels = not self.settings.panels

    def show_only(self, name: str) -> None:
        """Show one stream, or all of them."""
        self.settings.layout = name

    def show_folder(self) -> None:
        """Open the folder of the recordings in the system's file manager."""
        folder = self.settings.recordings_folder
        folder.mkdir(parents=True, exist_ok=True)
        if typer.launch(str(folder)) != 0:
            self.engine.log(tr("The recordings are in {folder}.").format(folder=folder))

    def quit(self) -> None:
        """Close the window."""
        self.closing = True

    def viewer(self, name: str) -> Callable[[], None]:
        """Return a command to every viewer on screen."""
        return lambda: self.viewer_command(name)

    def show_raw(self) -> None:
        """Draw every sample, or the envelope."""
        self.raw = not self.raw

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not."""
        self.full_screen = not self.full_screen

    def print_shortcuts(self, menus: list[Menu]) -> None:
        """Write the sheet of shortcuts as a page in the recordings folder, and open it in the browser."""
        from .. import __version__

        page = html_sheet(menus, self.settings.language or system_language(), __version__)

        def write() -> None:
            path = self.settings.recordings_folder / "myoscope-shortcuts.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8")
            self.engine.log(tr("The shortcuts are in {path}.").format(path=path), "good")
            typer.launch(str(path))

        self.engine.submit(tr("saving the shortcuts"), write)

    def save_diagnostics(self) -> None:
        """Write versions, states and the log to a text file in the recordings folder."""

        def write() -> None:
            folder = self.settings.recordings_folder
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"diagnostics-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.txt"
            path.write_text(diagnostics(self.engine), encoding="utf-8")
            self.engine.log(tr("Diagnostics are in {path}.").format(path=path), "good")

        self.engine.submit(tr("saving diagnostics"), write)


def _nothing(_name: str) -> None:
    """Stand in until a window says what to do."""


def _not_wired(name: str) -> str:
    """Return why a command is off until a window says what its views can do."""
    return "" if name in WIRED else tr("No view on screen can do this.")


def _run(action: Action) -> None:
    """Do what is asked for, where no window shows what goes wrong."""
    if not action.why_not():
        action.run()
