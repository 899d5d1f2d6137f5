"""From the computer's calendar clock, by which some drivers stamp samples, to the LSL clock."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .clock import local_clock

STEP_S = 0.25
SLEW = 0.05
LEAST_S = 1e-6


class UnixTime:
    """Maps Unix time to the LSL clock, always forward.

    The difference between the clocks is measured anew at every call and followed slowly; when somebody sets the
    calendar clock, at once.

    Parameters
    ----------
    clock
        The LSL clock, unless a test passes its own.
    unix_clock
        Unix time, s.
    """

    def __init__(self, clock: Callable[[], float] = local_clock, unix_clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._unix_clock = unix_clock
        self._newest = -np.inf
        self.offset_s = min((self._measured() for _ in range(5)), key=lambda pair: pair[1])[0]

    def _measured(self) -> tuple[float, float]:
        """Return LSL minus Unix time, s, and how long it took to read both."""
        before = self._clock()
        unix = self._unix_clock()
        after = self._clock()
        return (before + after) / 2 - unix, after - before

    def to_lsl(self, stamps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return Unix times as LSL times, s, shape (n,), each at least 1 µs after the one before.

        Parameters
        ----------
        stamps
            Shape (n,), Unix time of recent samples, s.
        """
        offset, _ = self._measured()
        if abs(offset - self.offset_s) > STEP_S:
            # Samples from before the clock was set are among these: of both readings the later that is not to come.
            both = np.sort(np.stack([stamps + self.offset_s, stamps + offset]), axis=0)
            mapped = np.where(both[1] <= self._clock() + STEP_S / 2, both[1], both[0])
            self.offset_s = offset
        else:
            self.offset_s += SLEW * (offset - self.offset_s)
            mapped = stamps + self.offset_s
        # Nothing comes from the future; one such stamp would hold up all that follow.
        mapped = np.minimum(mapped, self._clock())
        room = np.arange(1, len(stamps) + 1) * LEAST_S
        mapped = np.maximum.accumulate(np.maximum(mapped - room, self._newest)) + room
        if len(mapped):
            self._newest = float(mapped[-1])
        return np.asarray(mapped)
