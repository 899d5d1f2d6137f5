"""The compiled loop that looks at samples for `StoredStream.overview`. Importing this module imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel


@kernel
def add_rows(
    low: NDArray[Any], high: NDArray[Any], edges: NDArray[np.int64], column: int, data: NDArray[Any], first: int
) -> None:
    """Take consecutive samples into the lowest and highest values of their columns; what is no number does not count.

    Parameters
    ----------
    low, high
        Shape (n_columns, n_channels), C-contiguous, in the number format of `data`.
    edges
        Shape (n_columns + 1,): sample numbers.
    column
        The one that sample `first` is in; of empty ones at the same place any.
    data
        Shape (n_samples, n_channels), C-contiguous.
    first
        Number of the first sample of `data`.
    """
    n_samples, n_channels = data.shape
    row = 0
    while row < n_samples and column < len(edges) - 1:
        end = min(n_samples, edges[column + 1] - first)
        while row < end:
            for channel in range(n_channels):
                value = data[row, channel]
                low[column, channel] = value if value < low[column, channel] else low[column, channel]
                high[column, channel] = value if value > high[column, channel] else high[column, channel]
            row += 1
        column += 1
