"""The compiled loop behind a report's figures of channels. Importing this module imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel
from ..sources.quality_kernels import SHORTEST_RUN

N_SUMS = 6
"""Of a stretch: known samples, sum, sum of squares (about the channel's first sample), repeats, at limits, present."""
N_STATES = 12
"""Carried from piece to piece: begun, first, last, run of repeats, longest run, highest, samples on its flat tops, run,
lowest, samples on its flat bottoms, run, smallest step."""
TILE_ROWS = 512


@kernel
def add_rows(
    sums: NDArray[np.float64],
    state: NDArray[np.float64],
    data: NDArray[Any],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    """Take consecutive rows of a stream into account.

    Parameters
    ----------
    sums
        Shape (n_channels, 6), float64: added to, as `N_SUMS` tells.
    state
        Shape (n_channels, 12), float64: carried on, as `N_STATES` tells; zeros at the beginning.
    data
        Shape (n_samples, n_channels), C-contiguous, in the device's number format.
    low, high
        Shape (n_channels,), float64: from where on a number is at the device's limit; NaN where that is not known.
    """
    n_samples, n_channels = data.shape
    for tile in range(0, n_samples, TILE_ROWS):
        end = min(n_samples, tile + TILE_ROWS)
        for channel in range(n_channels):
            s = state[channel]
            below, above = low[channel], high[channel]
            begun, origin, last, run, longest = s[0] > 0, s[1], s[2], s[3], s[4]
            highest, n_top, top_run, lowest, n_bottom, bottom_run, step = s[5], s[6], s[7], s[8], s[9], s[10], s[11]
            n_known, total, squares, n_same, n_limit = 0, 0.0, 0.0, 0, 0
            for i in range(tile, end):
                value = float(data[i, channel])
                # The difference to itself is 0 but for what is no number.
                if value - value != 0.0:
                    run = top_run = bottom_run = 0.0
                    continue
                if not begun:
                    # Nothing is equal to NaN: the first sample repeats none.
                    begun, origin, last = True, value, np.nan
                    highest, lowest, step = value, value, np.inf
                    n_top = n_bottom = top_run = bottom_run = 0.0
                n_known += 1
                offset = value - origin
                total += offset
                squares += offset * offset
                if value == last:
                    n_same += 1
                    run += 1.0
                    if run > longest:
                        longest = run
                else:
                    run = 0.0
                    change = abs(value - last)
                    if change < step:
                        step = change
                last = value
                if value >= above or value <= below:
                    n_limit += 1
                if value >= highest:
                    if value > highest:
                        highest, n_top, top_run = value, 0.0, 0.0
                    top_run += 1.0
                    if top_run == SHORTEST_RUN:
                        n_top += SHORTEST_RUN
                    elif top_run > SHORTEST_RUN:
                        n_top += 1.0
                else:
                    top_run = 0.0
                if value <= lowest:
                    if value < lowest:
                        lowest, n_bottom, bottom_run = value, 0.0, 0.0
                    bottom_run += 1.0
                    if bottom_run == SHORTEST_RUN:
                        n_bottom += SHORTEST_RUN
                    elif bottom_run > SHORTEST_RUN:
                        n_bottom += 1.0
                else:
                    bottom_run = 0.0
            s[0], s[1], s[2], s[3], s[4] = 1.0 if begun else 0.0, origin, last, run, longest
            s[5], s[6], s[7], s[8], s[9], s[10], s[11] = highest, n_top, top_run, lowest, n_bottom, bottom_run, step
            out = sums[channel]
            out[0] += n_known
            out[1] += total
            out[2] += squares
            out[3] += n_same
            out[4] += n_limit
            out[5] += end - tile


def warm() -> None:
    """Compile, or load from the cache, the signatures that most devices need: samples are mapped, so read-only."""
    ends = np.full(1, np.nan)
    for dtype in ("float32", "int16", "int32", "float64"):
        data = np.zeros((2, 1), dtype=dtype)
        data.flags.writeable = False
        add_rows(np.zeros((1, N_SUMS)), np.zeros((1, N_STATES)), data, ends, ends)
