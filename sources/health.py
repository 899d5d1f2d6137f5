"""How a stream is doing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

State = Literal["idle", "connecting", "live", "silent", "held", "lost", "failed", "ended", "stopped"]


class Gap(NamedTuple):
    """Samples that never came.

    Parameters
    ----------
    t_first, t_last
        Timestamps of the last sample before and the first one after, s, LSL clock.
    n_lost
        How many are missing; 0 where the rate is irregular.
    """

    t_first: float
    t_last: float
    n_lost: int


@dataclass(frozen=True)
class StreamHealth:
    """How a stream is doing, at one moment.

    Parameters
    ----------
    state
        ``idle``, ``connecting``, ``live``, ``silent`` (connected, nothing comes), ``held`` (the same, on purpose: a
        replay that is paused or at its end), ``lost`` (trying again), ``failed`` (what came cannot be believed),
        ``ended`` or ``stopped``.
    message
        One sentence about it, empty when there is nothing to say.
    n_received, n_lost, n_gaps
        Counted since the first connection.
    newest
        Timestamp of the newest sample, s, LSL clock; NaN before the first.
    age_s
        Time since then, s.
    rate_hz
        Measured over the last seconds, Hz; NaN until known.
    nominal_hz
        What the device says, Hz; 0 for irregular.
    gaps
        The last few gaps.
    back_after_s
        How long the last interruption took, s; 0 when there was none.
    sync_age_s
        How long ago the device's clock was compared with ours, s; NaN where there is nothing to compare.
    clock_uncertainty_s
        How sure that comparison is, s; NaN likewise.
    battery_percent
        What is left in the device's battery, %; NaN where that is not known.
    n_back, n_repeated
        Samples stamped before, or at the same moment as, the one that came before them.
    n_clock_resets
        How often the device's clock was set while it was connected.
    """

    state: State
    message: str = ""
    n_received: int = 0
    n_lost: int = 0
    n_gaps: int = 0
    newest: float = math.nan
    age_s: float = math.nan
    rate_hz: float = math.nan
    nominal_hz: float = 0.0
    gaps: tuple[Gap, ...] = ()
    back_after_s: float = 0.0
    sync_age_s: float = math.nan
    clock_uncertainty_s: float = math.nan
    battery_percent: float = math.nan
    n_back: int = 0
    n_repeated: int = 0
    n_clock_resets: int = 0


class TimeOrder:
    """Counts samples whose timestamps are not in order. Nothing is moved: a device's stamps are its own."""

    def __init__(self) -> None:
        self.n_back = self.n_repeated = 0

    def add(self, before: float, timestamps: NDArray[np.float64]) -> None:
        """Look at the next samples.

        Parameters
        ----------
        before
            Timestamp of the sample before them, s; NaN when there is none.
        timestamps
            Shape (n_samples,), float64, s, at least one.
        """
        first = timestamps[0]
        if first <= before:
            self.n_back += int(first < before)
            self.n_repeated += int(first == before)
        steps = timestamps[1:] - timestamps[:-1]
        if len(steps) and not steps.min() > 0:
            self.n_back += int(np.count_nonzero(steps < 0))
            self.n_repeated += int(np.count_nonzero(steps == 0))


class RateMeter:
    """Samples a second over the last few seconds, from the device's own timestamps.

    Parameters
    ----------
    span_s
        How far back, s.
    """

    def __init__(self, span_s: float = 5.0) -> None:
        self._marks: list[tuple[int, float]] = []
        self._span_s = span_s
        self.hz = math.nan

    def add(self, n_samples: int, newest: float) -> None:
        """Note that `n_samples` have come in all, lost ones counted, the last stamped `newest`."""
        marks = self._marks
        if marks and not newest > marks[-1][1] + self._span_s / 20:
            if newest < marks[0][1]:
                self._marks = []
            return
        marks.append((n_samples, newest))
        while len(marks) > 2 and newest - marks[0][1] > self._span_s:
            marks.pop(0)
        if newest - marks[0][1] >= self._span_s / 10:
            self.hz = (n_samples - marks[0][0]) / (newest - marks[0][1])
