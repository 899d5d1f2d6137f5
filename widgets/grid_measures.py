"""What a grid map shows of each channel, and the range of colours that suits it."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..sources.activity import RunningMeanFrequency, RunningRms
from ..sources.ring import RingBuffer

Measure = Literal["rms", "mnf", "amplitude"]
MEASURES: tuple[Measure, ...] = ("rms", "mnf", "amplitude")


class GridMeasure:
    """The numbers of all channels for one measure, brought up to date as samples come. Main thread only.

    Parameters
    ----------
    measure
        ``rms``, ``mnf`` (mean frequency) or ``amplitude`` (the newest value).
    n_channels
        Of the ring.
    rate_hz
        Of the ring, Hz; 0 counts rows as if there were 200 a second.
    seconds
        Length of the window, s.
    """

    def __init__(self, measure: Measure, n_channels: int, rate_hz: float, seconds: float) -> None:
        self.measure = measure
        self._latest = np.full(n_channels, np.nan, dtype=np.float32)
        rate_hz = rate_hz or 200.0
        self._rms = RunningRms(n_channels, max(2, round(seconds * rate_hz))) if measure == "rms" else None
        self._mnf = RunningMeanFrequency(n_channels, rate_hz, seconds) if measure == "mnf" else None

    def update(self, ring: RingBuffer, end: int) -> bool:
        """Take in rows up to number `end`; return whether the numbers are whole, or some work is left."""
        if self._rms is not None:
            self._rms.update(ring, end)
        elif self._mnf is not None:
            return not self._mnf.step(ring, end)
        else:
            row = ring.view(1, end=end).data
            if len(row):
                self._latest[:] = row[0]
        return True

    @property
    def values(self) -> NDArray[np.float32]:
        """Shape (n_channels,), float32: in the stream's unit, or in Hz."""
        if self._rms is not None:
            return self._rms.values
        return self._mnf.values if self._mnf is not None else self._latest


def fitting_range(values: NDArray[np.float32], measure: Measure) -> tuple[float, float]:
    """Return lowest and highest number for the colours: a channel or two far off change little.

    RMS begins at 0, so that quiet looks quiet; amplitude lies about 0; mean frequency spans what there is.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return math.nan, math.nan
    if measure == "rms":
        return 0.0, max(float(np.percentile(known, 97)), 1e-12)
    if measure == "amplitude":
        reach = max(float(np.percentile(np.abs(known), 97)), 1e-12)
        return -reach, reach
    low, high = (float(edge) for edge in np.percentile(known, (3, 97)))
    return low, max(high, low + 1e-3)
