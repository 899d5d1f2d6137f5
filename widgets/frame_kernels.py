"""The compiled loop that turns colour frames into pixels. Importing this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel


@kernel
def paint_colours(out: NDArray[np.float32], frame: NDArray[np.float32], low: float, high: float) -> None:
    """Put red, green and blue on the screen's scale.

    Parameters
    ----------
    out
        Shape (n_rows, n_columns, 4), float32: red, green, blue, alpha, 0 to 1.
    frame
        Shape (n_rows, n_columns, 3), float32.
    low, high
        The numbers that become dark and full.
    """
    factor = 1.0 / (high - low) if high > low else 0.0
    for row in range(frame.shape[0]):
        for column in range(frame.shape[1]):
            for part in range(3):
                value = (frame[row, column, part] - low) * factor
                # What is no number becomes dark: a comparison with it is never true.
                out[row, column, part] = min(1.0, value) if value > 0.0 else 0.0
            out[row, column, 3] = 1.0


def warm() -> None:
    """Compile, or load from the cache, the very signature that a frame calls."""
    paint_colours(np.zeros((2, 2, 4), dtype=np.float32), np.zeros((2, 2, 3), dtype=np.float32), 0.0, 1.0)
