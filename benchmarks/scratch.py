"""Child process: what a frame costs that begins from scratch, as plots of live signals usually do.

The window lies in memory as the reduction likes it best: channels first, contiguous, no copy out of a ring. Each frame
it is reduced again, by tsdownsample's M4 or by lowest and highest values in numpy, and pushed to one dearpygui line
series a channel. Lanes cost an addition, which is part of it.
"""

from __future__ import annotations

from time import perf_counter, process_time

import dearpygui.dearpygui as dpg
import numpy as np
from emg import FRAMES_HZ, channels_first
from numpy.typing import NDArray
from screen import HEIGHT, WIDTH, answer, arguments, medians, swallow_draw_calls
from tsdownsample import M4Downsampler

REHEARSAL = 10
COLUMNS = 1400
"""As many as the viewer draws in a window of this size."""


def main() -> None:
    """Draw what the parent asks for."""
    asked = arguments()
    n_channels, rate_hz, seconds = asked["n_channels"], asked["rate_hz"], asked["seconds"]
    n_frames, reduce = asked["n_frames"], {"M4": _m4, "min-max": _min_max}[asked["how"]]
    n_shown, n_new = round(seconds * rate_hz), round(rate_hz / FRAMES_HZ)
    signal = channels_first(n_channels, rate_hz, n_shown + n_new * (n_frames + REHEARSAL + 1))
    signal *= np.float32(0.48 / np.quantile(np.abs(signal[:, :n_shown]), 0.995))
    lanes = np.arange(n_channels - 1, -1, -1, dtype=np.float32)[:, None] + np.float32(0.5)

    dpg.create_context()
    dpg.create_viewport(title="myoscope benchmark", width=WIDTH, height=HEIGHT, vsync=False)
    dpg.setup_dearpygui()
    dpg.show_viewport()
    window = dpg.add_window()
    dpg.set_primary_window(window, True)
    with dpg.plot(parent=window, width=-1, height=-1, no_title=True, no_menus=True, no_inputs=True):
        x_axis, y_axis = dpg.add_plot_axis(dpg.mvXAxis), dpg.add_plot_axis(dpg.mvYAxis)
        series = [dpg.add_line_series([0.0], [0.0], parent=y_axis) for _ in range(n_channels)]
    dpg.set_axis_limits(x_axis, -seconds, 0.0)
    dpg.set_axis_limits(y_axis, 0.0, n_channels)
    for _ in range(REHEARSAL):
        dpg.render_dearpygui_frame()
    swallow_draw_calls()

    x = np.arange(1 - n_shown, 1, dtype=np.float32) / np.float32(rate_hz)
    costs = np.empty((n_frames, 3))
    for frame in range(-REHEARSAL, n_frames):
        first = (frame + REHEARSAL) * n_new
        begun, cpu = perf_counter(), process_time()
        reduce(series, x, signal[:, first : first + n_shown], lanes)
        drawn = process_time()
        dpg.render_dearpygui_frame()
        if frame >= 0:
            costs[frame] = drawn - cpu, process_time() - cpu, perf_counter() - begun
    dpg.destroy_context()
    answer(**medians(costs))


def _m4(series: list[int], x: NDArray[np.float32], signal: NDArray[np.float32], lanes: NDArray[np.float32]) -> None:
    downsampler = M4Downsampler()
    for tag, row, lane in zip(series, signal, lanes, strict=True):
        chosen = downsampler.downsample(row, n_out=4 * COLUMNS)
        dpg.set_value(tag, [x[chosen], row[chosen] + lane])


def _min_max(
    series: list[int], x: NDArray[np.float32], signal: NDArray[np.float32], lanes: NDArray[np.float32]
) -> None:
    bucket = signal.shape[1] // COLUMNS
    whole = signal[:, signal.shape[1] - bucket * COLUMNS :].reshape(len(signal), COLUMNS, bucket)
    ends = np.stack((whole.min(axis=2), whole.max(axis=2)), axis=2).reshape(len(signal), -1) + lanes
    at = np.repeat(x[bucket // 2 :: bucket][:COLUMNS], 2)
    for tag, row in zip(series, ends, strict=True):
        dpg.set_value(tag, [at, row])


if __name__ == "__main__":
    main()
