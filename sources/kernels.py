"""Compiled inner loops. Importing this module imports numba, which takes most of a second.

Every kernel releases the interpreter lock and is cached on disk, in a private folder of the user's own:
the package may be read-only, and numba's cache files are pickles that nobody else should write.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
import platformdirs
from numba.core import config as numba_config
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")


def cache_folder() -> Path:
    """Return where compiled kernels are kept; ``MYOSCOPE_CACHE_DIR`` overrides the user's cache folder."""
    base = os.environ.get("MYOSCOPE_CACHE_DIR") or platformdirs.user_cache_dir("myoscope", appauthor=False)
    return Path(base) / "numba"


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, without the interpreter lock, cached in our own folder."""
    before = numba_config.CACHE_DIR
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        numba_config.CACHE_DIR = str(folder)
        compiled: Callable[P, R] = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    except (OSError, RuntimeError):
        # No folder to write to (read-only home): compile anew in each process.
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    finally:
        numba_config.CACHE_DIR = before
    return compiled


@kernel
def fill_columns(
    out: NDArray[np.float32],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    last: NDArray[np.float32],
    data: NDArray[np.float32],
    number: int,
    bucket: int,
    column: int,
) -> int:
    """Carry an envelope over consecutive samples; return the column left open.

    Parameters
    ----------
    out
        Shape (n_channels, 2 * n_columns, 2): finished columns, written at ``column % n_columns`` and again
        ``n_columns`` further on.
    low, high, last
        Shape (n_channels,): extremes of the open column, and the newest sample.
    data
        Shape (n_samples, n_channels).
    number
        Absolute number of the first sample, lost ones counted.
    bucket
        Samples in a column.
    column
        Absolute number of the open column, -1 before the first sample.
    """
    n_samples, n_channels = data.shape
    width = out.shape[1] // 2
    row = 0
    while row < n_samples:
        now = (number + row) // bucket
        if now != column:
            if column >= 0 and now != column + 1:
                # Lost samples: nothing joins the two sides, and the columns between stay empty.
                for skipped in range(max(column + 1, now - width), now):
                    at = skipped % width
                    out[:, at, :] = np.nan
                    out[:, at + width, :] = np.nan
                last[:] = np.nan
            for channel in range(n_channels):
                # The column begins where the last one ended, so that neighbours touch as a line would.
                known = not np.isnan(last[channel])
                low[channel] = last[channel] if known else np.inf
                high[channel] = last[channel] if known else -np.inf
            column = now
        end = min(n_samples, (now + 1) * bucket - number)
        for sample in range(row, end):
            for channel in range(n_channels):
                value = data[sample, channel]
                low[channel] = value if value < low[channel] else low[channel]
                high[channel] = value if value > high[channel] else high[channel]
        for channel in range(n_channels):
            last[channel] = data[end - 1, channel]
        at = column % width
        for channel in range(n_channels):
            lo, hi = low[channel], high[channel]
            if lo > hi:
                lo, hi = np.float32(np.nan), np.float32(np.nan)
            out[channel, at, 0] = lo
            out[channel, at, 1] = hi
            out[channel, at + width, 0] = lo
            out[channel, at + width, 1] = hi
        row = end
    return column


def warm() -> None:
    """Compile, or load from the cache, what the first frame needs. A damaged cache is wiped and made anew."""
    try:
        _call_all()
    except Exception:  # noqa: BLE001  a truncated cache file raises whatever its bytes happen to mean
        shutil.rmtree(cache_folder(), ignore_errors=True)
        _call_all()


def _call_all() -> None:
    def empty(*shape: int) -> NDArray[Any]:
        return np.zeros(shape, dtype=np.float32)

    fill_columns(empty(1, 4, 2), empty(1), empty(1), empty(1), empty(3, 1), 0, 2, -1)
