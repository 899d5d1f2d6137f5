"""Times of an XDF stream on the clock of the computer that recorded it.

A file holds pairs of a time on the stream's clock and the offset to the recorder's. As pyxdf and load_xdf do, a line is
fitted through them that outliers hardly move, one for each stretch between resets of the stream's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

OUTLIER_S = 1e-4
"""Offsets that are farther from the line count less (Huber's loss), s."""
RESET_INTERVAL_S, RESET_INTERVAL_MADS = 5.0, 5.0
RESET_OFFSET_S, RESET_OFFSET_MADS = 1.0, 10.0
MOST_S = 1e11
"""What is farther from 0, s, is no time of any clock, but damage."""
_MOST_ROUNDS = 200


class Line(NamedTuple):
    """What is added to times of one stretch.

    Parameters
    ----------
    begins, ends
        First and last time an offset was measured at, s, on the stream's clock.
    offset_s
        Added at time 0, s.
    slope
        Added for every second.
    """

    begins: float
    ends: float
    offset_s: float
    slope: float


def clock_lines(times: Sequence[float], offsets: Sequence[float]) -> list[Line]:
    """Return the lines through clock offsets, one a stretch between resets of the stream's clock.

    Parameters
    ----------
    times
        Shape (n,), s, on the stream's clock, as they stand in the file.
    offsets
        Shape (n,), s: time + offset is on the recorder's clock.
    """
    t, y = np.asarray(times, dtype=np.float64), np.asarray(offsets, dtype=np.float64)
    sound = (np.abs(t) < MOST_S) & (np.abs(y) < MOST_S)
    t, y = t[sound], y[sound]
    if not len(t):
        return []
    cuts = np.flatnonzero(_resets(t, y)) + 1
    return [_line(a, b) for a, b in zip(np.split(t, cuts), np.split(y, cuts), strict=True)]


def _resets(t: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell after which measurements the stream's clock began anew, shape (n - 1,)."""
    if len(t) < 2:
        return np.zeros(0, dtype=bool)
    intervals, steps = np.diff(t), np.diff(y)
    odd_intervals = _odd(intervals, RESET_INTERVAL_S, RESET_INTERVAL_MADS)
    resets: NDArray[np.bool_] = (intervals < 0) | (odd_intervals & _odd(steps, RESET_OFFSET_S, RESET_OFFSET_MADS))
    return resets


def _odd(values: NDArray[np.float64], least_s: float, least_mads: float) -> NDArray[np.bool_]:
    far = np.abs(values - np.median(values))
    odd: NDArray[np.bool_] = (far > least_s) & (far > least_mads * (np.median(far) + np.finfo(float).eps))
    return odd


def _line(t: NDArray[np.float64], y: NDArray[np.float64]) -> Line:
    """Fit by reweighted least squares: the minimum of Huber's loss, which has one."""
    middle = float(t.mean())
    x = t - middle
    a, b = float(np.median(y)), 0.0
    if len(t) > 1 and np.ptp(x) > 0:
        weights = np.ones(len(t))
        for _ in range(_MOST_ROUNDS):
            before = a, b
            w = weights.sum()
            mx, my = (weights @ x) / w, (weights @ y) / w
            spread = weights @ (x - mx) ** 2
            if spread <= 0:
                break
            b = float((weights @ ((x - mx) * (y - my))) / spread)
            a = float(my - b * mx)
            weights = OUTLIER_S / np.maximum(OUTLIER_S, np.abs(y - a - b * x))
            if abs(a - before[0]) < 1e-12 and abs(b - before[1]) < 1e-15:
                break
    return Line(float(t[0]), float(t[-1]), a - b * middle, b)


class ClockMap:
    """Brings the times of one stream to the recorder's clock, chunk after chunk in the order of the file.

    Parameters
    ----------
    lines
        As `clock_lines` returns them; none leaves times as they are.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = list(lines)
        self._at = 0

    def __call__(self, timestamps: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[int]]:
        """Return times on the recorder's clock, and before which of them the stream's clock was reset.

        Parameters
        ----------
        timestamps
            Shape (n_samples,), s, on the stream's clock.
        """
        if not self._lines:
            return timestamps, []
        out, resets, first = timestamps.copy(), [], 0
        while first < len(timestamps):
            line, rest = self._lines[self._at], timestamps[first:]
            n = len(rest)
            if self._at + 1 < len(self._lines):
                # The next stretch begins with the first time that is nearer to it.
                nearer = np.abs(rest - self._lines[self._at + 1].begins) <= np.abs(rest - line.ends)
                n = int(np.argmax(nearer)) if nearer.any() else n
            out[first : first + n] += line.offset_s + line.slope * rest[:n]
            first += n
            if first < len(timestamps):
                self._at += 1
                resets.append(first)
        return out, resets
