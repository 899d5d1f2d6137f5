"""The compiled loop behind channel quality. Importing this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .kernels import kernel

N_FIGURES = 5
SHORTEST_RUN = 3
"""Samples in a row at the highest or lowest value that make a flat top rather than a crest."""
LEAST_STEPS = 32
"""How many of its own smallest steps a signal must span before a flat top can be told from coarse numbers."""
QUIET_SHARE = 0.1
"""Of the pieces of the window, the quietest that make the noise floor."""


@kernel
def time_figures(
    out: NDArray[np.float32],
    data: NDArray[np.float32],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    piece: int,
) -> None:
    """Work out what a window tells without a spectrum.

    Parameters
    ----------
    out
        Shape (n_channels, 5): share of samples that repeat the one before; share at the limits or on flat tops;
        noise floor and root mean square about the mean, both in the data's unit; share that are no numbers.
    data
        Shape (n_channels, n_samples), contiguous.
    low, high
        Shape (n_channels,): values at which a channel counts as saturated; NaN where that is not known.
    piece
        Samples in one of the pieces among which the quietest are looked for.
    """
    n_channels, n_samples = data.shape
    powers = np.empty(max(1, n_samples // piece), dtype=np.float64)
    for channel in range(n_channels):
        x = data[channel]
        lowest, highest, step = np.inf, -np.inf, np.inf
        total, n_known, n_same, n_limit = 0.0, 0, 0, 0
        for i in range(n_samples):
            value = x[i]
            if not np.isfinite(value):
                continue
            n_known += 1
            total += value
            lowest = min(lowest, value)
            highest = max(highest, value)
            if value >= high[channel] or value <= low[channel]:
                n_limit += 1
            if i:
                change = abs(value - x[i - 1])
                if change == 0.0:
                    n_same += 1
                elif change < step:
                    step = change
        out[channel, 4] = 1.0 - n_known / n_samples
        if n_known == 0:
            out[channel, :4] = np.nan
            continue
        mean, square, n_top, run = total / n_known, 0.0, 0, 0
        for i in range(n_samples):
            value = x[i]
            if np.isfinite(value):
                square += (value - mean) ** 2
            if value == highest or value == lowest:  # noqa: SIM109  a tuple would be made for each
                run += 1
                continue
            n_top += run if run >= SHORTEST_RUN else 0
            run = 0
        n_top += run if run >= SHORTEST_RUN else 0
        if not highest - lowest >= LEAST_STEPS * step:
            n_top = 0
        n_pieces = 0
        for first in range(0, n_samples - piece + 1, piece):
            part, squares = 0.0, 0.0
            for i in range(first, first + piece):
                part += x[i] - mean
            part /= piece
            for i in range(first, first + piece):
                squares += (x[i] - mean - part) ** 2
            if np.isfinite(squares):
                powers[n_pieces] = squares / piece
                n_pieces += 1
        quiet = np.sort(powers[:n_pieces])[: max(1, round(n_pieces * QUIET_SHARE))]
        out[channel, 0] = n_same / max(1, n_samples - 1)
        out[channel, 1] = max(n_limit, n_top) / n_samples
        out[channel, 2] = np.sqrt(quiet.mean()) if n_pieces else np.nan
        out[channel, 3] = np.sqrt(square / n_known)


def warm() -> None:
    """Compile, or load from the cache, the very signature that is called."""
    ends = np.full(2, np.nan, dtype=np.float32)
    time_figures(np.zeros((2, N_FIGURES), dtype=np.float32), np.zeros((2, 8), dtype=np.float32), ends, ends, 2)
