"""Child process: the whole window, live and recording, at sixty frames a second."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter, process_time

import dearpygui.dearpygui as dpg
import numpy as np
from device import counting, missing, resident_bytes
from screen import HEIGHT, WIDTH, answer, arguments, swallow_draw_calls

from myoscope import App, local_clock
from myoscope.app.settings import Settings
from myoscope.app.window import Window

WINDOW_S = 10.0
REHEARSAL_S = 3.0
SETTLES_S = 20.0
"""After that the memory should stay as it is; before, buffers fill and files are opened for the first time."""


class Watch:
    """Looks at the window each frame: when it began, when it was done, and how old what it shows was then.

    Parameters
    ----------
    window
        The window, open or not yet.
    seconds
        How long it will be watched, s.
    """

    def __init__(self, window: Window, seconds: float) -> None:
        # Made and touched beforehand: what is noted down here must not show as memory that grows.
        self._notes = np.full((round(200 * seconds), 2), np.nan)
        self.n_noted = 0
        self.memory_settled = self.memory = 0
        self.begun = self.cpu = self.ended = self.cpu_ended = 0.0
        self._window = window
        self._frame_begun = 0.0
        self._looked = 0.0
        self._opened = 0.0
        self._n_frames = 0
        self._render = dpg.render_dearpygui_frame
        dpg.render_dearpygui_frame = self.render

    def frame(self, _: Window) -> None:
        """Note that a frame begins."""
        self._frame_begun = perf_counter()

    def render(self) -> None:
        """Render in the place of dearpygui's own function."""
        self._render()
        now = perf_counter()
        self._n_frames += 1
        if self._n_frames == 2:
            swallow_draw_calls()
            self._opened = now
        if not self._opened or now - self._opened < REHEARSAL_S:
            return
        if not self.begun:
            self.begun, self.cpu = now, process_time()
            return
        picture = self._window.desk.views.viewers[0].picture
        if self.n_noted < len(self._notes):
            self._notes[self.n_noted] = now - self._frame_begun, local_clock() - picture.newest
            self.n_noted += 1
        self.ended, self.cpu_ended = now, process_time()
        if now - self._looked >= 1.0:
            self._looked = now
            self.memory = resident_bytes()
            if not self.memory_settled and now - self._opened > SETTLES_S:
                self.memory_settled = self.memory

    def percentiles(self, which: int) -> list[float]:
        """Return median and 99th percentile of a frame's work (0), or of the newest sample's age (1), s."""
        return [float(value) for value in np.percentile(self._notes[: self.n_noted, which], (50, 99))]


def main() -> None:
    """Run the window for as long as the parent asks."""
    asked = arguments()
    stream, source = counting(asked["n_channels"], asked["rate_hz"])
    app = App("myoscope benchmark")
    app.streams(stream)
    settings = Settings(width=WIDTH, height=HEIGHT, viewers={"emg": {"seconds": WINDOW_S}})
    with tempfile.TemporaryDirectory(prefix="myoscope-bench-") as folder:
        app.record(Path(folder) / "take.myo")
        window = Window(app.engine, app.title, settings=settings, keep_settings=False)
        watch = Watch(window, asked["seconds"])
        with app:
            window.run(REHEARSAL_S + asked["seconds"] + 1.0, watch.frame)
            health = stream.health
        n_missing, n_breaks = missing(Path(folder) / "take.myo", source)
    lasted = watch.ended - watch.begun
    answer(
        fps=watch.n_noted / lasted,
        cpu=(watch.cpu_ended - watch.cpu) / lasted,
        busy_s=watch.percentiles(0),
        age_s=watch.percentiles(1),
        n_missing=n_missing,
        n_breaks=n_breaks,
        n_lost=health.n_lost,
        n_delivered=source.n_delivered,
        memory_bytes=watch.memory,
        settled_bytes=watch.memory_settled,
        error=app.recording_error,
    )


if __name__ == "__main__":
    main()
