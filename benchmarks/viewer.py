"""Child process: what a frame of our viewer costs, for one or several streams, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time

import dearpygui.dearpygui as dpg
import numpy as np
from emg import FRAMES_HZ, FedSource
from screen import HEIGHT, WIDTH, answer, arguments, medians, swallow_draw_calls

from myoscope import SignalViewer, Stream
from myoscope.sources import kernels
from myoscope.widgets import lanes, raster
from myoscope.widgets.theme import Theme

REHEARSAL = 40
FILL_HZ = 4


def measure(theme: Theme, n_channels: int, rate_hz: float, seconds: float, n_frames: int) -> dict[str, float]:
    """Return medians over frames, each of which brings the samples of a sixtieth of a second."""
    stream, source = full(n_channels, rate_hz, max(10.0, seconds))
    source.n_due = round(rate_hz / FRAMES_HZ)
    window = primary()
    viewer = showing_all(stream, theme, window, seconds)
    costs = np.empty((n_frames, 3))
    for frame in range(-REHEARSAL, n_frames):
        stream.pump()
        begun, cpu = perf_counter(), process_time()
        viewer.draw()
        drawn = process_time()
        dpg.render_dearpygui_frame()
        if frame >= 0:
            costs[frame] = drawn - cpu, process_time() - cpu, perf_counter() - begun
    assert len(viewer.channels.numbers) == n_channels, "not all channels were drawn"
    viewer.delete()
    dpg.delete_item(window)
    stream.disconnect()
    return medians(costs)


def full(n_channels: int, rate_hz: float, seconds: float) -> tuple[Stream, FedSource]:
    """Return a stream whose buffer of that length is full, and its source."""
    source = FedSource(n_channels, rate_hz)
    stream = Stream("emg", source, buffer_seconds=seconds)
    stream.connect()
    source.n_due = round(rate_hz / FILL_HZ)
    for _ in range(round(FILL_HZ * seconds) + FILL_HZ):
        stream.pump()
    return stream, source


def primary() -> int:
    """Return a window that fills the viewport, without a ground of its own, as the program's."""
    window: int = dpg.generate_uuid()
    dpg.add_window(tag=window, no_background=True)
    dpg.set_primary_window(window, True)
    return window


def showing_all(
    stream: Stream, theme: Theme, window: int, seconds: float, clock: Callable[[], float] = perf_counter
) -> SignalViewer:
    """Return a viewer that shows every channel at once."""
    viewer = SignalViewer(stream, theme, clock=clock)
    viewer.build(window)
    viewer.draw()
    viewer.channels.set_per_page(0)
    viewer.set_seconds(seconds)
    return viewer


def opened() -> Theme:
    """Open the viewport, everything compiled; return a theme for it."""
    for module in (kernels, lanes, raster):
        module.warm()
    dpg.create_context()
    dpg.create_viewport(title="myoscope benchmark", width=WIDTH, height=HEIGHT, vsync=False)
    theme = Theme()
    theme.apply()
    dpg.setup_dearpygui()
    dpg.show_viewport()
    for _ in range(REHEARSAL):
        dpg.render_dearpygui_frame()
    swallow_draw_calls()
    return theme


def main() -> None:
    """Draw what the parent asks for."""
    asked = arguments()
    theme = opened()
    costs = []
    for _ in range(REHEARSAL):
        begun = perf_counter()
        dpg.render_dearpygui_frame()
        costs.append(perf_counter() - begun)
    found = [measure(theme, n_frames=asked["n_frames"], **case) for case in asked["cases"]]
    dpg.destroy_context()
    answer(cases=found, empty_s=float(np.median(costs)))


if __name__ == "__main__":
    main()
