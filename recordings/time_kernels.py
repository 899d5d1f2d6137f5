"""The compiled loops behind a report's figures of timestamps. Importing this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel

N_SUMS = 5
"""Of a stretch: timestamps, sums of x, y, x², x y; x is the time by the rate, y how much later the timestamp is, s."""


@kernel
def add_to_line(sums: NDArray[np.float64], times: NDArray[np.float64], row: int, fs: float, t: float) -> None:
    """Take timestamps into account that follow one another without a gap.

    Parameters
    ----------
    sums
        Shape (5,), float64: added to, as `N_SUMS` tells.
    times
        Shape (n_samples,), float64, s, LSL clock; NaN where one is damaged.
    row
        Place of the first of them in its stretch.
    fs
        Nominal rate, Hz.
    t
        Timestamp at the beginning of the stretch, s.
    """
    for i in range(len(times)):
        x = (row + i) / fs
        y = times[i] - t - x
        # Only what is no number differs from itself.
        if y == y:
            sums[0] += 1.0
            sums[1] += x
            sums[2] += y
            sums[3] += x * x
            sums[4] += x * y


@kernel
def add_residuals(
    bins: NDArray[np.int64],
    points: NDArray[np.float64],
    times: NDArray[np.float64],
    row: int,
    fs: float,
    t: float,
    line: tuple[float, float],
    scale: tuple[float, float],
) -> float:
    """Sort timestamps by how far off the line they are; return the sum of squares, s².

    Parameters
    ----------
    bins
        Shape (n_bins,), int64: counts by size, logarithmic, added to.
    points
        Shape (3,), float64: first moment, lowest and highest residual of a piece, s; NaN at the beginning.
    times, row, fs, t
        As in `add_to_line`.
    line
        Intercept, s, and slope, s a s.
    scale
        Smallest size that is told apart, s, and bins a decade.
    """
    squares = 0.0
    intercept, slope = line
    smallest, a_decade = scale
    for i in range(len(times)):
        x = (row + i) / fs
        left = times[i] - t - x - intercept - slope * x
        if left != left:
            continue
        squares += left * left
        if points[0] != points[0]:
            points[0], points[1], points[2] = times[i], left, left
        points[1] = min(points[1], left)
        points[2] = max(points[2], left)
        size = max(abs(left), smallest)
        number = int(np.ceil(np.log10(size / smallest) * a_decade))
        bins[min(number, len(bins) - 1)] += 1
    return squares


def warm() -> None:
    """Compile, or load from the cache, the very signatures that are called."""
    times = np.zeros(2)
    add_to_line(np.zeros(N_SUMS), times, 0, 1.0, 0.0)
    add_residuals(np.zeros(3, dtype=np.int64), np.full(3, np.nan), times, 0, 1.0, 0.0, (0.0, 0.0), (1e-9, 200.0))
