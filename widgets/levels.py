"""How strong each channel is: level, peak that is held, and the strongest a person can."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Measure = Literal["rms", "mean"]
HELD_S = 1.0
FALL_S = 0.5


def level(data: NDArray[np.float32], measure: Measure) -> NDArray[np.float32]:
    """Return one level a channel.

    Parameters
    ----------
    data
        Shape (n_samples, n_channels), float32.
    measure
        ``rms``: root of the mean square. ``mean``: mean of absolute values.

    Returns
    -------
    levels
        Shape (n_channels,), float32, in the unit of `data`; NaN without a sample.
    """
    if not len(data):
        return np.full(data.shape[1], np.nan, dtype=np.float32)
    if measure == "mean":
        found: NDArray[np.float32] = np.abs(data).mean(axis=0)
        return found
    with np.errstate(over="ignore"):
        squares: NDArray[np.float32] = np.einsum("ij,ij->j", data, data) / np.float32(len(data))
    root: NDArray[np.float32] = np.sqrt(squares)
    return root


class Peaks:
    """The highest level of each channel: kept, or kept for a second and then falling. Main thread only.

    Parameters
    ----------
    n_channels
        How many there are.
    """

    def __init__(self, n_channels: int) -> None:
        self.values = np.full(n_channels, np.nan, dtype=np.float32)
        self._since = np.full(n_channels, -math.inf)
        self._last = math.nan

    def update(self, levels: NDArray[np.float32], now: float, *, falling: bool) -> None:
        """Learn the levels at a moment, s."""
        dt = max(0.0, now - self._last) if math.isfinite(self._last) else 0.0
        self._last = now
        if falling:
            old = now - self._since > HELD_S
            self.values[old] *= np.float32(math.exp(-dt / FALL_S))
        higher = (levels >= self.values) | (np.isnan(self.values) & np.isfinite(levels))
        self.values[higher] = levels[higher]
        self._since[higher] = now

    def reset(self) -> None:
        """Forget them."""
        self.values.fill(np.nan)
        self._since.fill(-math.inf)


@dataclass
class Trial:
    """The time in which a person contracts as strongly as they can. Main thread only.

    Parameters
    ----------
    until
        When it ends, s.
    best
        Shape (n_channels,), float32: the highest level so far.
    """

    until: float
    best: NDArray[np.float32]

    def update(self, levels: NDArray[np.float32]) -> None:
        """Learn the levels of this moment."""
        self.best = np.fmax(self.best, levels)
