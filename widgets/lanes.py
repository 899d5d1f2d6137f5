"""Compiled inner loops that lay signals into lanes. Importing this module imports numba.

A lane is one unit high; ``lane + (value - centre) * gain`` puts a value into it. Both kernels release the
interpreter lock and write into arrays that are made once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel


@kernel
def lay_bars(
    out: NDArray[np.float32],
    columns: NDArray[np.float32],
    shown: NDArray[np.int64],
    lanes: NDArray[np.float32],
    centre: NDArray[np.float32],
    gain: NDArray[np.float32],
    thinnest: float,
) -> None:
    """Turn columns of lowest and highest values into strokes.

    Parameters
    ----------
    out
        Shape (n_shown, 2 * n_columns): low and high end of each stroke, NaN where nothing was sampled.
    columns
        Shape (n_channels, n_columns, 2), in the stream's unit.
    shown
        Shape (n_shown,): which channel is in each lane.
    lanes
        Shape (n_shown,): middle of each lane.
    centre, gain
        Shape (n_channels,): the value in the middle of the lane, and lanes per unit.
    thinnest
        The shortest stroke, in lanes: a flat line stays visible.
    """
    half = np.float32(thinnest / 2)
    for i in range(shown.shape[0]):
        channel = shown[i]
        offset = lanes[i] - centre[channel] * gain[channel]
        factor = gain[channel]
        for k in range(columns.shape[1]):
            low = offset + columns[channel, k, 0] * factor
            high = offset + columns[channel, k, 1] * factor
            if high - low < 2 * half:
                middle = (low + high) / 2
                low, high = middle - half, middle + half
            out[i, 2 * k] = low
            out[i, 2 * k + 1] = high


@kernel
def lay_lines(
    out: NDArray[np.float32],
    data: NDArray[np.float32],
    at: int,
    shown: NDArray[np.int64],
    lanes: NDArray[np.float32],
    centre: NDArray[np.float32],
    gain: NDArray[np.float32],
) -> None:
    """Put consecutive samples into lanes, one point each.

    Parameters
    ----------
    out
        Shape (n_shown, n_points); points from `at` on are written, those that do not fit are left out.
    data
        Shape (n_samples, n_channels), in the stream's unit.
    at
        Where the first sample goes; may be negative.
    shown, lanes, centre, gain
        As in `lay_bars`.
    """
    first = max(0, -at)
    last = min(data.shape[0], out.shape[1] - at)
    for i in range(shown.shape[0]):
        channel = shown[i]
        offset = lanes[i] - centre[channel] * gain[channel]
        for k in range(first, last):
            out[i, at + k] = offset + data[k, channel] * gain[channel]


def warm() -> None:
    """Compile, or load from the cache, the very signatures that a frame calls."""
    # With one channel the view of the columns is contiguous, which is a signature of its own.
    for n in (1, 2):
        shown, each = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.float32)
        out = np.zeros((n, 4), dtype=np.float32)
        columns = np.zeros((n, 4, 2), dtype=np.float32)[:, 1:3]
        lay_bars(out, columns, shown, each, each, each, 0.1)
        lay_lines(out, np.zeros((2, n), dtype=np.float32), -1, shown, each, each, each)
