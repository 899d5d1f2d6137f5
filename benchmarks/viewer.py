"""Child process: what a frame of our viewer costs, for one or several streams, one after the other."""

from __future__ import annotations

from time import perf_counter, process_time

import dearpygui.dearpygui as dpg
import numpy as np
from emg import FRAMES_HZ, FedSource
from screen import HEIGHT, WIDTH, answer, arguments, medians, swallow_draw_calls

from myoscope import SignalViewer, Stream
from myoscope.sources.kernels import warm
from myoscope.widgets.theme import Theme

REHEARSAL = 40


def measure(theme: Theme, n_channels: int, rate_hz: float, seconds: float, n_frames: int) -> dict[str, float]:
    """Return medians over frames, each of which brings the samples of a sixtieth of a second."""
    source = FedSource(n_channels, rate_hz)
    stream = Stream("emg", source, buffer_seconds=max(10.0, seconds))
    stream.connect()
    source.n_due = round(rate_hz / 4)
    for _ in range(round(4 * max(10.0, seconds)) + 4):
        stream.pump()
    source.n_due = round(rate_hz / FRAMES_HZ)
    window = dpg.add_window()
    dpg.set_primary_window(window, True)
    viewer = SignalViewer(stream, theme)
    viewer.build(window)
    viewer.set_seconds(seconds)
    costs = np.empty((n_frames, 3))
    for frame in range(-REHEARSAL, n_frames):
        stream.pump()
        begun, cpu = perf_counter(), process_time()
        viewer.draw()
        drawn = process_time()
        dpg.render_dearpygui_frame()
        if frame >= 0:
            costs[frame] = drawn - cpu, process_time() - cpu, perf_counter() - begun
    viewer.delete()
    dpg.delete_item(window)
    stream.disconnect()
    return medians(costs)


def main() -> None:
    """Draw what the parent asks for."""
    asked = arguments()
    warm()
    dpg.create_context()
    dpg.create_viewport(title="myoscope benchmark", width=WIDTH, height=HEIGHT, vsync=False)
    theme = Theme()
    theme.apply()
    dpg.setup_dearpygui()
    dpg.show_viewport()
    costs = []
    for _ in range(REHEARSAL):
        dpg.render_dearpygui_frame()
    swallow_draw_calls()
    for _ in range(REHEARSAL):
        begun = perf_counter()
        dpg.render_dearpygui_frame()
        costs.append(perf_counter() - begun)
    found = [measure(theme, n_frames=asked["n_frames"], **case) for case in asked["cases"]]
    dpg.destroy_context()
    answer(cases=found, empty_s=float(np.median(costs)))


if __name__ == "__main__":
    main()
