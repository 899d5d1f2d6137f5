"""Timestamps of a network stream: kept in order, and read for samples that never came."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

JITTER_S = 0.05
MAKE_UP_S = 0.1
LEAST_SAMPLES = 0.6
FORGET = 0.999
SAFETY = 1.5
STRANGE_S = 60.0
AHEAD_S = 5.0
SET_S = 0.5
BACK_S = 1.0
NO_TIME_S = 1e11


class Timeline:
    """What the timestamps of one connection tell.

    Senders stamp samples well (one exact time each), roughly (when a chunk left) or badly (a burst of
    samples with the time of the call). So a jump is a loss only when it is longer than jitter can be
    and the samples after it do not make up for it by following one another too fast.

    Parameters
    ----------
    rate_hz
        Nominal rate, Hz; 0 for irregular, where nothing is ever counted as lost.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.newest = math.nan
        self.shift_s = 0.0
        self.n_resets = 0
        """How often the sender set its clock."""
        self._jitter_s = 0.0
        # How far the newest sample of a block came to be ahead of the moment it was read, at most.
        self._lead_s = 0.0

    def calm(self, timestamps: NDArray[np.float64], now: float, jitter_s: float) -> NDArray[np.float64] | None:
        """Do all of the rest at once for samples with nothing the matter, as nearly all are, else return None."""
        placed = timestamps + self.shift_s
        period = 1 / self.rate_hz if self.rate_hz else math.inf
        first, last = float(placed[0]), float(placed[-1])
        longest = first - self.newest
        if not (longest >= 0 and last <= now + AHEAD_S):
            return None
        if len(placed) > 1:
            steps = placed[1:] - placed[:-1]
            # Written so that a time that is no number fails.
            if not steps.min() >= 0:
                return None
            longest = max(longest, float(steps.max()))
        if not longest <= max(jitter_s, LEAST_SAMPLES * period) + period:
            return None
        if self.rate_hz:
            self._jitter_s = max(longest - period, FORGET * self._jitter_s)
        self.newest = last
        self._lead_s = max(self._lead_s, last - now)
        return placed

    def place(self, timestamps: NDArray[np.float64], now: float) -> NDArray[np.float64]:
        """Return the timestamps on the LSL clock: finite, and never going back.

        Small steps back (a new estimate of the clock offset) are flattened. Times that cannot be LSL time, because
        the sender uses another clock or set its clock, are moved as a whole so that the newest is `now`.

        Parameters
        ----------
        timestamps
            Shape (n_samples,), s, clock offset already added.
        now
            Time on the LSL clock, s.
        """
        if not len(timestamps):
            return timestamps
        period = 1 / self.rate_hz if self.rate_hz else 0.0
        placed = timestamps + self.shift_s
        if not _are_times(placed):
            placed = _filled(placed, self.newest + period if math.isfinite(self.newest) else now, period)
        if math.isnan(self.newest):
            if abs(placed[-1] - now) > STRANGE_S:
                placed = self._moved(placed, now - placed[-1])
        else:
            steps = np.diff(placed, prepend=self.newest)
            back = np.flatnonzero(steps < -BACK_S)
            if len(back):
                first = int(back[0])
                before = float(placed[first - 1]) if first else self.newest
                target = max(before + period, now - (float(placed[-1]) - float(placed[first])))
                placed[first:] = self._moved(placed[first:], target - float(placed[first]))
            elif self._set_forward(steps, float(placed[-1]) - now):
                first = int(np.argmax(steps))
                before = float(placed[first - 1]) if first else self.newest
                placed[first:] = self._moved(placed[first:], before + period - float(placed[first]))
            placed = np.maximum(placed, self.newest)
        placed = np.maximum.accumulate(placed)
        self._lead_s = max(self._lead_s, float(placed[-1]) - now)
        return placed

    def _set_forward(self, steps: NDArray[np.float64], ahead_s: float) -> bool:
        """Whether time jumps because the sender has set its clock: after a loss, samples are not ahead of now."""
        jump_s = float(steps.max())
        return ahead_s > AHEAD_S or (jump_s > SET_S and ahead_s > self._lead_s + jump_s / 2)

    def _moved(self, placed: NDArray[np.float64], by_s: float) -> NDArray[np.float64]:
        self.shift_s += by_s
        self.n_resets += abs(by_s) > SET_S / 2 and not math.isnan(self.newest)
        return placed + by_s

    def jumps(self, timestamps: NDArray[np.float64], jitter_s: float = JITTER_S) -> bool:
        """Whether `timestamps`, not placed yet, look as if samples were missing, so that more should be seen first."""
        return _are_times(timestamps) and bool(len(self._late(timestamps + self.shift_s, jitter_s)))

    def _late(self, timestamps: NDArray[np.float64], jitter_s: float) -> NDArray[np.intp]:
        """Return the rows that come too late after the row before."""
        if not self.rate_hz or not len(timestamps):
            return np.empty(0, dtype=np.intp)
        before = timestamps[0] - 1 / self.rate_hz if math.isnan(self.newest) else self.newest
        missing = np.diff(timestamps, prepend=before) * self.rate_hz - 1
        return np.flatnonzero(missing > self._tolerance(jitter_s))

    def take(self, timestamps: NDArray[np.float64], jitter_s: float = JITTER_S) -> list[tuple[int, int, int]]:
        """Count what is missing in placed `timestamps`, and go on from their end.

        Returns
        -------
        runs
            (first row, row after the last, samples lost just before), one for each stretch without a loss.
        """
        runs: list[tuple[int, int, int]] = []
        start = lost = 0
        for row in self._late(timestamps, jitter_s).tolist():
            missing = self._missing(timestamps, row)
            if missing <= self._tolerance(jitter_s):
                continue
            if row > start:
                runs.append((start, row, lost))
            start, lost = row, round(missing)
        if len(timestamps):
            runs.append((start, len(timestamps), lost))
            self.newest = float(timestamps[-1])
        return runs

    def _missing(self, timestamps: NDArray[np.float64], row: int) -> float:
        """Return how far, in samples, time stays ahead of the samples after the jump at `row`."""
        before = self.newest if row == 0 else timestamps[row - 1]
        jump = (timestamps[row] - before) * self.rate_hz - 1
        # A burst takes about as many samples to make up for a jump as the jump is long.
        n_after = int(min(2 * jump + MAKE_UP_S * self.rate_hz, len(timestamps))) + 1
        after = timestamps[row : row + n_after]
        ahead = (after - before) * self.rate_hz - np.arange(1, len(after) + 1)
        return float(ahead.min())

    def _tolerance(self, jitter_s: float) -> float:
        return max(max(jitter_s, SAFETY * self._jitter_s) * self.rate_hz, LEAST_SAMPLES)


def _are_times(timestamps: NDArray[np.float64]) -> bool:
    return bool((np.abs(timestamps) < NO_TIME_S).all())


def _filled(timestamps: NDArray[np.float64], first: float, period: float) -> NDArray[np.float64]:
    """Replace times that are no number by the time before plus one period."""
    filled = timestamps.copy()
    expected = first
    for i, t in enumerate(filled):
        if not abs(t) < NO_TIME_S:
            filled[i] = expected
        expected = filled[i] + period
    return filled
