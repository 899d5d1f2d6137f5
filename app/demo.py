"""The main job, shown: live EMG, a recording, and its replay."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..sources import Stream
from .app import App
from .display import missing_display
from .errors import AppError
from .settings import Settings
from .virtual_display import virtual_display
from .window import Window

SOURCE = "synthetic:?n_channels=8"
WIDTH, HEIGHT = 1600, 1000
LIVE_S, RECORD_S, REPLAY_S = 3.0, 6.0, 5.0


def run_demo(seconds: float | None, out: Path | None) -> None:
    """Open the window on a realistic synthetic EMG.

    Without a display it does so on a virtual one, records for some seconds, replays what it recorded, takes a
    picture, and prints where both are.

    Parameters
    ----------
    seconds
        With a display: close after this time, s. Without: how long to record, s.
    out
        Where recording and picture go; the recordings folder by default.

    Raises
    ------
    AppError
        When there is no display and none can be made, or the demonstration did not do what it should.
    """
    reason = missing_display()
    app = App("myoscope")
    app.streams(Stream("emg", SOURCE))
    if not reason:
        settings = Settings.load()
        if out is not None:
            settings.recordings = str(out)
        with app.stop_on_signals(), app:
            Window(app.engine, app.title, stopping=app.stopping, settings=settings).run(seconds)
        return
    if not sys.platform.startswith("linux"):
        raise AppError(reason)
    print("There is no display here: showing it on a virtual one.", file=sys.stderr)
    settings = Settings(width=WIDTH, height=HEIGHT)
    folder = (out or settings.recordings_folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    settings.recordings = str(folder)
    with virtual_display(WIDTH, HEIGHT), app.stop_on_signals(), app:
        os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
        window = Window(app.engine, app.title, stopping=app.stopping, settings=settings, keep_settings=False)
        tour = Tour(window, folder, RECORD_S if seconds is None else seconds)
        window.run(each_frame=lambda _: tour.step())
    if tour.session is None or tour.picture is None:
        raise AppError("The demonstration was ended before it had recorded anything.")
    print(f"Recorded and replayed: {tour.session}")
    print(f"Picture of the window: {tour.picture}")


class Tour:
    """Does by itself what a person would: watch, record, mark, stop, replay, take a picture.

    Parameters
    ----------
    window
        Where.
    folder
        Where the picture goes.
    record_seconds
        How long to record, s.
    """

    def __init__(self, window: Window, folder: Path, record_seconds: float) -> None:
        self.window = window
        self.folder = folder
        self.record_seconds = record_seconds
        self.session: Path | None = None
        self.picture: Path | None = None
        self._steps = self._plan()
        self._until = 0.0

    def step(self) -> None:
        """Go on with the plan if it is time. Once a frame."""
        if time.monotonic() >= self._until:
            try:
                self._until = time.monotonic() + next(self._steps)
            except StopIteration:
                self.window.workbench.quit()

    def _plan(self) -> Iterator[float]:
        bench, engine = self.window.workbench, self.window.engine
        yield LIVE_S
        bench.takes.name = "demo"
        bench.record_or_stop()
        yield from self._wait(lambda: engine.snapshot().recording is not None)
        yield self.record_seconds / 3
        bench.mark("lift")
        yield self.record_seconds / 3
        bench.mark("hold")
        yield self.record_seconds / 3
        bench.record_or_stop()
        yield from self._wait(lambda: engine.snapshot().recording is None)
        self.session = engine.last_recording
        if self.session is None:
            return
        bench.open_session(self.session)
        yield from self._wait(lambda: engine.replay is not None)
        yield min(REPLAY_S, self.record_seconds * 0.8)
        picture = self.folder / f"{self.session.stem}.png"
        self.window.screenshot(picture)
        yield from self._wait(picture.is_file)
        yield 0.3
        self.picture = picture

    def _wait(self, condition: Callable[[], bool]) -> Iterator[float]:
        deadline = time.monotonic() + 20
        while not condition():
            if time.monotonic() > deadline:
                raise AppError("The demonstration waited 20 s for something that did not come; see the log.")
            yield 0.0
