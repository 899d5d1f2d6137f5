"""The compiled loop behind running activity. Importing this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .kernels import kernel


@kernel
def add_rows(sums: NDArray[np.float64], data: NDArray[np.float32], row: int, bucket: int) -> None:
    """Add consecutive rows to the buckets they belong to.

    Parameters
    ----------
    sums
        Shape (n_buckets, 3, n_channels): count, sum and sum of squares; bucket ``row // bucket`` is at that number
        modulo `n_buckets`, and begins from zero with its first row.
    data
        Shape (n_samples, n_channels); what is no number is left out.
    row
        Number of the first row.
    bucket
        Rows in a bucket.
    """
    n_buckets = sums.shape[0]
    for i in range(data.shape[0]):
        at = ((row + i) // bucket) % n_buckets
        if (row + i) % bucket == 0:
            sums[at] = 0.0
        for channel in range(data.shape[1]):
            value = np.float64(data[i, channel])
            if np.isfinite(value):
                sums[at, 0, channel] += 1.0
                sums[at, 1, channel] += value
                sums[at, 2, channel] += value * value


def warm() -> None:
    """Compile, or load from the cache, the very signatures that are called."""
    for n in (1, 2):
        add_rows(np.zeros((2, 3, n)), np.zeros((3, n), dtype=np.float32), 0, 2)
