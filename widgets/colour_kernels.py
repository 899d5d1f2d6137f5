"""The compiled loop that turns numbers into colours. Importing this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel
from .colour_map import table


@kernel
def paint(
    out: NDArray[np.float32], values: NDArray[np.float32], low: float, high: float, colours: NDArray[np.float32]
) -> None:
    """Colour every value; NaN becomes transparent, and what is out of range gets the first or last colour.

    Parameters
    ----------
    out
        Shape (n_rows, n_columns, 4), float32: red, green, blue, alpha, 0 to 1. May be part of a larger picture.
    values
        Shape (n_rows, n_columns), float32, in any layout.
    low, high
        The values of the first and the last colour.
    colours
        Shape (n_colours, 4), float32, as `colour_map.table` returns it.
    """
    last = colours.shape[0] - 1
    factor = last / (high - low) if high > low else 0.0
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            value = values[row, column]
            if np.isnan(value):
                for part in range(4):
                    out[row, column, part] = np.float32(0.0)
                continue
            place = (value - low) * factor
            # Limited before it is made whole: an infinite one has no whole number.
            at = 0 if not place > 0.0 else last if place >= last else int(place + 0.5)
            for part in range(4):
                out[row, column, part] = colours[at, part]


def warm() -> None:
    """Compile, or load from the cache, the very signatures that a frame calls: whole arrays and parts of them."""
    colours, wide = table("Grey"), np.zeros((2, 4), dtype=np.float32)
    picture = np.zeros((2, 4, 4), dtype=np.float32)
    for values in (wide[:, :2].copy(), wide[:, :2]):
        for out in (picture[:, :2].copy(), picture[:, :2]):
            paint(out, values, 0.0, 1.0, colours)
