"""The compiled loop through an XDF chunk in which samples with and without a timestamp alternate; imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sources.kernels import kernel

TORN, NO_SAMPLE = -1, -2
"""What `walk` returns in place of an end: bytes are missing; a sample says neither that it has a time nor that not."""


@kernel
def walk(
    data: NDArray[np.uint8],
    times: NDArray[np.float64],
    time_bytes: NDArray[np.uint8],
    content: NDArray[np.uint8],
    at: int,
    period_s: float,
    t: float,
) -> int:
    """Read samples that begin at byte `at`; return where they end, or what is wrong.

    Parameters
    ----------
    data
        Shape (n_samples, n_bytes): the values of each, as they are in the file; filled.
    times
        Shape (n_samples,), float64, s: filled.
    time_bytes
        Shape (n_samples, 8): the same memory, byte by byte.
    content
        Shape (n_bytes,): the chunk.
    period_s, t
        What a sample without a timestamp is later than the one before, s; the time of that before the first, s.
    """
    n_samples, size = data.shape
    for sample in range(n_samples):
        if at >= len(content):
            return NO_SAMPLE
        flag = content[at]
        at += 1
        if flag == 8:
            if at + 8 > len(content):
                return TORN
            for i in range(8):
                time_bytes[sample, i] = content[at + i]
            at += 8
            t = times[sample]
        elif flag == 0:
            t = t + period_s
            times[sample] = t
        else:
            return NO_SAMPLE
        if at + size > len(content):
            return TORN
        for i in range(size):
            data[sample, i] = content[at + i]
        at += size
    return at
