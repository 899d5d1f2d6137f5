"""What can be told of a channel as one number."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..sources.language import later
from ..sources.spectrum import Welch, mean_frequency, median_frequency

QUANTITIES: Mapping[str, str] = {
    "last": later("Last value"),
    "rms": later("RMS"),
    "mean": later("Mean"),
    "peak": later("Peak to peak"),
    "mnf": later("Mean frequency"),
    "mdf": later("Median frequency"),
}
FREQUENCIES = ("mnf", "mdf")


def measure(quantity: str, data: NDArray[np.float32], rate_hz: float) -> NDArray[np.float64]:
    """Return one number a channel.

    Parameters
    ----------
    quantity
        A key of `QUANTITIES`.
    data
        Shape (n_samples, n_channels), float32.
    rate_hz
        Sampling rate, Hz; 0 for irregular: frequencies are then not known.

    Returns
    -------
    values
        Shape (n_channels,), float64: Hz for frequencies, else in the unit of `data`. NaN where it is not known.
    """
    n_samples, n_channels = data.shape
    if not n_samples:
        return np.full(n_channels, math.nan)
    found: NDArray[np.float64]
    if quantity == "last":
        found = data[-1].astype(np.float64)
    elif quantity == "mean":
        found = np.asarray(data.mean(axis=0, dtype=np.float64))
    elif quantity == "peak":
        found = data.max(axis=0).astype(np.float64) - data.min(axis=0)
    elif quantity == "rms":
        found = np.sqrt(np.einsum("ij,ij->j", data, data, dtype=np.float64) / n_samples)
    else:
        found = _frequencies(quantity, data, rate_hz)
    return found


def _frequencies(quantity: str, data: NDArray[np.float32], rate_hz: float) -> NDArray[np.float64]:
    n_samples, n_channels = data.shape
    welch = Welch.fitting(rate_hz, n_samples / rate_hz) if rate_hz else None
    if welch is None:
        return np.full(n_channels, math.nan)
    starts = range(0, n_samples - welch.n_segment + 1, welch.n_step)
    segments = np.asarray([welch.periodograms(data[at : at + welch.n_segment]) for at in starts], dtype=np.float64)
    density = segments.sum(axis=0) / len(starts)
    tell = mean_frequency if quantity == "mnf" else median_frequency
    return np.asarray([tell(welch.frequencies, density[:, i]) for i in range(n_channels)])


def correlation(x: NDArray[np.float32], y: NDArray[np.float32]) -> float:
    """Return Pearson's r of two channels, shape (n_samples,) each; NaN where one of them does not change."""
    known = np.isfinite(x) & np.isfinite(y)
    a, b = x[known].astype(np.float64), y[known].astype(np.float64)
    if len(a) < 2:
        return math.nan
    a -= a.mean()
    b -= b.mean()
    both = math.sqrt(float(a @ a)) * math.sqrt(float(b @ b))
    return float(np.clip(float(a @ b) / both, -1, 1)) if both > 0 else math.nan
