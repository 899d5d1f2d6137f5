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
    """

    def __init__(self, window: Window) -> None:
        self.busy_s: list[float] = []
        self.ages_s: list[float] = []
        self.memory: list[tuple[float, int]] = []
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
        self.busy_s.append(now - self._frame_begun)
        self.ages_s.append(local_clock() - picture.newest)
        self.ended, self.cpu_ended = now, process_time()
        if now - self._looked >= 1.0:
            self._looked = now
            self.memory.append((now - self._opened, resident_bytes()))

    @property
    def growth_bytes_per_s(self) -> float:
        """Slope of the memory once all is in place."""
        settled = [(t, size) for t, size in self.memory if t > SETTLES_S]
        if len(settled) < 10:
            return float("nan")
        return float(np.polyfit(*np.array(settled).T, 1)[0])


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
        watch = Watch(window)
        with app:
            window.run(REHEARSAL_S + asked["seconds"] + 1.0, watch.frame)
            health = stream.health
        n_missing, n_breaks = missing(Path(folder) / "take.myo", source)
    lasted = watch.ended - watch.begun
    answer(
        fps=len(watch.busy_s) / lasted,
        cpu=(watch.cpu_ended - watch.cpu) / lasted,
        busy_s=percentiles(watch.busy_s),
        age_s=percentiles(watch.ages_s),
        n_missing=n_missing,
        n_breaks=n_breaks,
        n_lost=health.n_lost,
        n_delivered=source.n_delivered,
        memory_bytes=watch.memory[-1][1],
        growth_bytes_per_s=watch.growth_bytes_per_s,
        error=app.recording_error,
    )


def percentiles(values: list[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    p50, p99 = np.percentile(values, (50, 99))
    return float(p50), float(p99)


if __name__ == "__main__":
    main()
