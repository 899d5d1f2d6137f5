"""The compiled loop that paints strokes into pictures. Importing this module imports numba."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel


@kernel
def paint_strokes(
    out: NDArray[np.float32],
    columns: NDArray[np.float32],
    edges: NDArray[np.int64],
    pitch: int,
    shown: NDArray[np.int64],
    middles: NDArray[np.float32],
    centre: NDArray[np.float32],
    gain: NDArray[np.float32],
    colours: NDArray[np.float32],
    top: float,
) -> None:
    """Paint one upright stroke a lane and place, lane over lane, on a ground that is seen through.

    A row of pixels belongs to a stroke when its middle lies inside, which is how a graphics card draws a rectangle;
    a stroke is `pitch` pixels high at least.

    Parameters
    ----------
    out
        Shape (height, n_places * pitch, 4), float32: red, green, blue, alpha, 0 to 1; row 0 is the upper edge. All
        of it is written.
    columns
        Shape (n_channels, n_columns, 2), float32, in the stream's unit: lowest and highest, NaN where nothing is.
    edges
        Shape (n_places + 1,), int64: place k is made of columns ``edges[k]`` to ``edges[k + 1]``, the last left out.
    pitch
        How many pixels wide a place is.
    shown
        Shape (n_shown,), int64: the channel in each lane, in the order of painting.
    middles
        Shape (n_shown,), float32: middle of each lane, in lanes from the lower edge.
    centre, gain
        Shape (n_channels,), float32: the value in the middle of its lane, and lanes per unit.
    colours
        Shape (n_shown, 4), float32, 0 to 1.
    top
        The upper edge, in lanes.
    """
    one = np.float32(1.0)
    height, n_places = out.shape[0], edges.shape[0] - 1
    scale = height / top
    for row in range(height):
        for x in range(n_places * pitch):
            for part in range(4):
                out[row, x, part] = np.float32(0.0)
    for i in range(shown.shape[0]):
        channel = shown[i]
        factor = np.float64(gain[channel])
        offset = np.float64(middles[i]) - np.float64(centre[channel]) * factor
        red, green, blue, alpha = colours[i, 0], colours[i, 1], colours[i, 2], colours[i, 3]
        for k in range(n_places):
            low, high = np.float32(np.inf), np.float32(-np.inf)
            for column in range(edges[k], edges[k + 1]):
                # A comparison with NaN is false: what was not sampled does not count.
                low = columns[channel, column, 0] if columns[channel, column, 0] < low else low
                high = columns[channel, column, 1] if columns[channel, column, 1] > high else high
            if not low <= high:
                continue
            above = (top - (offset + np.float64(high) * factor)) * scale
            below = (top - (offset + np.float64(low) * factor)) * scale
            if below < above:
                above, below = below, above
            if below - above < pitch:
                middle = (above + below) / 2
                above, below = middle - pitch / 2, middle + pitch / 2
            # An infinite value reaches the edge; where it makes no sense (inf - inf) nothing is painted.
            if not above <= below:
                continue
            first = math.ceil(min(max(above, 0.0), height) - 0.5)
            after = math.ceil(min(max(below, 0.0), height) - 0.5)
            for row in range(first, after):
                for x in range(k * pitch, (k + 1) * pitch):
                    if alpha >= one:
                        out[row, x, 0] = red
                        out[row, x, 1] = green
                        out[row, x, 2] = blue
                        out[row, x, 3] = alpha
                        continue
                    # «Over» (Porter and Duff, "Compositing Digital Images", 1984), alpha not multiplied in.
                    both = alpha + out[row, x, 3] * (one - alpha)
                    share = alpha / both if both > 0 else one
                    out[row, x, 0] += (red - out[row, x, 0]) * share
                    out[row, x, 1] += (green - out[row, x, 1]) * share
                    out[row, x, 2] += (blue - out[row, x, 2]) * share
                    out[row, x, 3] = both


def warm() -> None:
    """Compile, or load from the cache, the very signatures that a frame calls."""
    # With one channel the view of the columns is contiguous, which is a signature of its own.
    for n in (1, 2):
        shown, each = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.float32)
        out, colours = np.zeros((4, 2, 4), dtype=np.float32), np.ones((n, 4), dtype=np.float32)
        columns = np.zeros((n, 4, 2), dtype=np.float32)[:, 1:3]
        paint_strokes(out, columns, np.arange(3), 1, shown, each, each, each, colours, 2.0)
