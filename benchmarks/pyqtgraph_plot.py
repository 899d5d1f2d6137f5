"""Child process: what a frame of the same signal costs in pyqtgraph, used as its documentation advises.

One curve a channel, no antialiasing, peak downsampling to one lowest and highest value a pixel as in ours (by default
it keeps five times as many), clipped to the view, no check for gaps, fixed ranges. The signal lies in memory as it
likes it best and a lane is a matter of each curve's position: pyqtgraph pays neither for a copy nor for arithmetic.
"""

from __future__ import annotations

import ctypes
import os
import sys
from time import perf_counter, process_time

import numpy as np
import pyqtgraph as pg
from emg import FRAMES_HZ, channels_first
from pyqtgraph.Qt import QtGui
from screen import HEIGHT, WIDTH, answer, arguments, medians

REHEARSAL = 10


def main() -> None:
    """Draw what the parent asks for."""
    asked = arguments()
    n_channels, rate_hz, seconds = asked["n_channels"], asked["rate_hz"], asked["seconds"]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pg.setConfigOptions(antialias=False)
    n_frames = asked["n_frames"]
    application = pg.mkQApp()
    _keep_alive((n_frames + REHEARSAL) * (n_channels + 100))
    n_shown, n_new = round(seconds * rate_hz), round(rate_hz / FRAMES_HZ)
    signal = channels_first(n_channels, rate_hz, n_shown + n_new * (n_frames + REHEARSAL + 1))
    signal *= np.float32(0.48 / np.quantile(np.abs(signal[:, :n_shown]), 0.995))

    plot = Plot()
    plot.resize(WIDTH, HEIGHT)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setXRange(-seconds, 0.0, padding=0)
    plot.setYRange(0.0, n_channels, padding=0)
    plot.setDownsampling(auto=True, mode="peak")
    plot.setClipToView(True)
    curves = []
    for channel in range(n_channels):
        curve = pg.PlotDataItem(
            pen=pg.mkPen(pg.intColor(channel, n_channels), width=1),
            autoDownsampleFactor=1.0,
            skipFiniteCheck=True,
        )
        curve.setPos(0.0, n_channels - channel - 0.5)
        plot.addItem(curve)
        curves.append(curve)
    plot.show()
    application.processEvents()

    x = np.arange(1 - n_shown, 1, dtype=np.float32) / np.float32(rate_hz)
    costs = np.empty((n_frames, 3))
    for frame in range(-REHEARSAL, n_frames):
        first = (frame + REHEARSAL) * n_new
        n_paints = plot.n_paints
        begun, cpu = perf_counter(), process_time()
        for curve, row in zip(curves, signal[:, first : first + n_shown], strict=True):
            curve.setData(x, row)
        drawn = process_time()
        plot.viewport().repaint()
        if frame >= 0:
            costs[frame] = drawn - cpu, process_time() - cpu, perf_counter() - begun
        assert plot.n_paints == n_paints + 1
        application.processEvents()
    assert curves[0].curve.xData.size <= 3 * WIDTH, "pyqtgraph drew every sample: it was not told to downsample"
    if asked.get("picture"):
        plot.grab().save(asked["picture"])
    answer(**medians(costs))
    os._exit(0)  # taking Qt down would drop further references, see _keep_alive


def _keep_alive(n_calls: int) -> None:
    """Own references to None, True and False in advance: PySide6 6.12 drops some that it does not own.

    Before Python 3.12, where these became immortal, that ends the process after some dozen frames.
    """
    if sys.version_info < (3, 12):
        for value in (None, True, False):
            own, held = ctypes.pythonapi.Py_IncRef, ctypes.py_object(value)
            for _ in range(20 * n_calls):
                own(held)


class Plot(pg.PlotWidget):
    """Counts how often it is painted."""

    n_paints = 0

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802  Qt's word
        """Paint, and count it."""
        self.n_paints += 1
        super().paintEvent(event)


if __name__ == "__main__":
    main()
