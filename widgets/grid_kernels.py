"""The compiled loop that spreads a grid's values over pixels. Importing this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel


@kernel
def spread(
    out: NDArray[np.float32],
    half: NDArray[np.float32],
    cells: NDArray[np.float32],
    down_first: NDArray[np.int64],
    down: NDArray[np.float32],
    across_first: NDArray[np.int64],
    across: NDArray[np.float32],
) -> None:
    """Weigh cells down the rows, then across the columns.

    A product of matrices says the same, but wakes all threads of the library for it, and waits for them.

    Parameters
    ----------
    out
        Shape (n_rows, n_columns), in pixels.
    half
        Shape (n_rows, n_cells_across): room for what is between.
    cells
        Shape (n_cells_down, n_cells_across).
    down_first, down, across_first, across
        As `upsampling.taps` returns them.
    """
    for row in range(out.shape[0]):
        first = down_first[row]
        for column in range(cells.shape[1]):
            total = np.float32(0.0)
            for k in range(down.shape[1]):
                total += down[row, k] * cells[first + k, column]
            half[row, column] = total
        for column in range(out.shape[1]):
            begin = across_first[column]
            total = np.float32(0.0)
            for k in range(across.shape[1]):
                total += across[column, k] * half[row, begin + k]
            out[row, column] = total


def warm() -> None:
    """Compile, or load from the cache, the very signature that a frame calls."""
    first, share = np.zeros(2, dtype=np.int64), np.ones((2, 1), dtype=np.float32)
    pixels, half, cells = (np.zeros(shape, dtype=np.float32) for shape in ((2, 2), (2, 1), (1, 1)))
    spread(pixels, half, cells, first, share, first, share)
