"""Lowest and highest values of many samples, channel by channel. Numbers that are none do not count."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDE = 256
"""Values in a row that numpy compares quickly; of narrower rows several are put side by side first."""


def of_groups(rows: NDArray[Any], size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the extremes of each `size` consecutive rows.

    Parameters
    ----------
    rows
        Shape (n * size, n_columns), C-contiguous.
    size
        Rows of a group.

    Returns
    -------
    tuple of NDArray
        Lowest and highest, each of shape (n, n_columns) and of the same number format; NaN where a group holds
        nothing else.
    """
    return _folded(np.fmin, rows, size), _folded(np.fmax, rows, size)


def _folded(compare: np.ufunc, rows: NDArray[Any], size: int) -> NDArray[Any]:
    n_columns, side = rows.shape[1], 1
    while side * n_columns < WIDE and size % (2 * side) == 0:
        side *= 2
    folded: NDArray[Any] = compare.reduce(rows.reshape(-1, size // side, side * n_columns), axis=1)
    return folded if side == 1 else compare.reduce(folded.reshape(-1, side, n_columns), axis=1)


class Extremes:
    """Lowest and highest value of each of several columns, found piece by piece.

    Parameters
    ----------
    n_columns, n_channels
        How many.
    dtype
        Number format of the samples.
    """

    def __init__(self, n_columns: int, n_channels: int, dtype: np.dtype[Any]) -> None:
        first, last = (-np.inf, np.inf) if dtype.kind == "f" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        # Nothing was seen where the lowest is above the highest.
        self.low = np.full((n_columns, n_channels), last, dtype=dtype)
        self.high = np.full((n_columns, n_channels), first, dtype=dtype)

    def add(self, columns: NDArray[np.intp] | slice, low: NDArray[Any], high: NDArray[Any]) -> None:
        """Take in one value for each of some columns, none of them twice; shapes (n, n_channels)."""
        self.low[columns] = np.fmin(self.low[columns], low)
        self.high[columns] = np.fmax(self.high[columns], high)

    def scaled(self, scales: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return shape (n_channels, n_columns, 2), in the unit; NaN where nothing was seen."""
        out = np.empty((len(scales), len(self.low), 2), dtype=np.float32)
        # A factor below zero turns them round.
        turned = scales < 0
        ends = (self.low, self.high)
        if turned.any():
            ends = (np.where(turned, self.high, self.low), np.where(turned, self.low, self.high))
        # Where nothing was seen, and beyond what float32 can hold, there is nothing to warn of.
        with np.errstate(invalid="ignore", over="ignore"):
            for end, values in enumerate(ends):
                out[:, :, end] = (values * scales).T
        out[(self.low > self.high).T] = np.nan
        return out
