"""The one clock of the program, and a pacer for sources that make their own samples."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def local_clock() -> float:
    """Return the time on the LSL clock, s. Any thread may call it."""
    import pylsl

    return float(pylsl.local_clock())


class Pacer:
    """Tells which samples of a steady rate are due, without drift.

    Parameters
    ----------
    rate_hz
        Samples a second, Hz.
    clock
        The clock, s; the LSL clock unless a test passes its own.
    max_burst_s
        After a longer pause (a suspended computer) at most this much is made up for at once, s.
    """

    def __init__(self, rate_hz: float, clock: Callable[[], float] = local_clock, max_burst_s: float = 1.0) -> None:
        self.rate_hz = rate_hz
        self._clock = clock
        self._burst = max(1, int(rate_hz * max_burst_s))
        self._start = clock()
        self.n_made = 0

    def due(self) -> NDArray[np.float64]:
        """Return the timestamps of the samples due since the last call, shape (n_samples,), s on the clock given."""
        due = math.floor((self._clock() - self._start) * self.rate_hz)
        first = self.n_made
        self.n_made = min(due, first + self._burst) if due > first else first
        return self._start + np.arange(first + 1, self.n_made + 1) / self.rate_hz

    def wait_s(self) -> float:
        """Return the time until the next sample is due, s; 0 when one is due already."""
        return max(0.0, self._start + (self.n_made + 1) / self.rate_hz - self._clock())

    def skip(self) -> int:
        """Give up all samples that are due, however many; return how many those were."""
        first = self.n_made
        self.n_made = max(first, math.floor((self._clock() - self._start) * self.rate_hz))
        return self.n_made - first
