"""What the timestamps of a stored stream are like: order, jumps, jitter and drift against a straight line.

Jitter and drift come from a least-squares line through timestamp against sample number. Gaps do not bend it: each
stretch between gaps and jumps has an intercept of its own, and all share one slope (a regression within groups).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError
from .gaps import placed
from .progress import Progress, part
from .stored import StoredStream

PIECE_ROWS = 2**18
JUMP_S = 0.5
MOST_STRETCHES = 100_000
LATEST_S = 1e11
"""No clock that counts seconds gets there: a timestamp beyond is damaged."""
N_RESIDUALS = 120
"""Points of the picture of what is left beside the line."""
BINS_A_DECADE = 200
SHORTEST_S, LONGEST_S = 1e-9, 1e4
"""What the histogram of residuals tells apart; the 99th percentile is right to half a bin, 0.6 %."""


@dataclass(frozen=True)
class TimeFigures:
    """What one stream's timestamps told.

    Parameters
    ----------
    n_foreign
        Timestamps that are no numbers, or none that a clock reaches.
    n_duplicates, n_backwards
        Steps of exactly 0, and below 0.
    jumps
        Number of the sample after each step that is far too long and not a named gap, and the step, s; the first 20.
    n_jumps
        How many there are.
    steady_hz
        Rate by the steps that are no jumps, Hz; NaN below 2 s.
    rate_hz
        Rate by the straight line, Hz; NaN where there is none.
    drift_ppm
        Of `rate_hz` against the nominal rate, parts per million.
    drift_uncertainty_ppm
        How far the drift may be off: a residual as large as 99 % of them stay below, at each end of the time told.
    jitter_sd_ms, jitter_p99_ms
        Standard deviation of the residuals, and what 99 % of them stay below in size, ms.
    residuals
        Moment (s, LSL clock) and lowest and highest residual (ms) of each of up to 120 pieces.
    n_unread
        Rows whose timestamps cannot be read.
    """

    n_foreign: int = 0
    n_duplicates: int = 0
    n_backwards: int = 0
    jumps: tuple[tuple[int, float], ...] = ()
    n_jumps: int = 0
    steady_hz: float = math.nan
    rate_hz: float = math.nan
    drift_ppm: float = math.nan
    drift_uncertainty_ppm: float = math.nan
    jitter_sd_ms: float = math.nan
    jitter_p99_ms: float = math.nan
    residuals: tuple[tuple[float, float, float], ...] = ()
    n_unread: int = 0


def measure_times(stream: StoredStream, progress: Progress) -> TimeFigures:
    """Read a stream's timestamps twice, in constant memory.

    Parameters
    ----------
    stream
        Any stored stream.
    progress
        Told the share done.

    Raises
    ------
    Stopped
        From `progress`.
    """
    first = _FirstPass(stream)
    for at, times in _read(stream, part(progress, 0.0, 0.5)):
        first.add(at, times)
    slope, stretches = first.finish()
    if slope is None:
        progress(1.0)
        return first.figures(math.nan, None)
    second = _SecondPass(stream, slope, stretches)
    for at, times in _read(stream, part(progress, 0.5, 1.0)):
        second.add(at, times)
    return first.figures(slope, second)


def _read(stream: StoredStream, progress: Progress) -> Iterator[tuple[int, NDArray[np.float64] | int]]:
    """Return the first row and the timestamps of each piece, or how many rows of it cannot be read."""
    rows = min(PIECE_ROWS, stream.layouts[1].chunk_rows)
    for at in range(0, stream.n_samples, rows):
        try:
            times = stream.read_timestamps(at, at + rows)
            yield at, np.where(np.abs(times) < LATEST_S, times, np.nan)
        except SessionError:
            # The pass over the samples names the file.
            yield at, min(rows, stream.n_samples - at)
        progress(min(1.0, (at + rows) / stream.n_samples))


class _Stretch:
    """Rows between which nothing is missing, and the sums of a regression over them."""

    def __init__(self, row: int, t: float) -> None:
        from .time_kernels import N_SUMS

        self.row, self.t = row, t
        self.sums = np.zeros(N_SUMS)

    @property
    def spread(self) -> tuple[float, float]:
        """Sums of squares and of products about the means: of x, and of x with y."""
        n, x, y, xx, xy = self.sums.tolist()
        return (xx - x * x / n, xy - x * y / n) if n > 1 else (0.0, 0.0)


class _FirstPass:
    """Counts steps, and sums up what the line needs."""

    def __init__(self, stream: StoredStream) -> None:
        from .time_kernels import add_to_line

        self._add_to_line = add_to_line
        self._fs = stream.info.fs
        rows = {row for row, _ in placed(stream.gaps, stream.n_samples)}
        self._breaks = np.array(sorted(rows), dtype=np.int64)
        self._jump_s = max(JUMP_S, 20 / self._fs) if self._fs else math.inf
        self._before = np.empty(0)
        self._figures = TimeFigures()
        self._n_foreign = self._n_duplicates = self._n_backwards = self._n_jumps = self._n_unread = 0
        self._jumps: list[tuple[int, float]] = []
        self._span_s, self._n_steps = 0.0, 0
        self._stretches: list[_Stretch] = []
        self._open = False

    def add(self, at: int, times: NDArray[np.float64] | int) -> None:
        """Take the timestamps of rows from `at` on; or a number of rows that cannot be read."""
        if isinstance(times, int):
            self._n_unread += times
            self._before, self._open = np.empty(0), False
            return
        known = np.isfinite(times)
        self._n_foreign += len(times) - int(np.count_nonzero(known))
        first = at - len(self._before)
        steps = np.diff(np.concatenate([self._before, times]))
        self._before = times[-1:]
        self._n_duplicates += int(np.count_nonzero(steps == 0))
        self._n_backwards += int(np.count_nonzero(steps < 0))
        if not self._fs:
            return
        low, high = np.searchsorted(self._breaks, [first + 1, first + 1 + len(steps)])
        named = self._breaks[low:high]
        far = steps > self._jump_s
        near = (steps >= 0) & ~far
        for mask in (far, near):
            mask[named - first - 1] = False
        self._span_s += float(steps[near].sum())
        self._n_steps += int(np.count_nonzero(near))
        jumped = first + 1 + np.flatnonzero(far)
        self._n_jumps += len(jumped)
        self._jumps += [(int(row), float(steps[row - first - 1])) for row in jumped[: 20 - len(self._jumps)]]
        borders = np.union1d(named, jumped)
        self._sum_up(at, times, known, borders[(borders > at) & (borders < at + len(times))], at in borders)

    def _sum_up(
        self, at: int, times: NDArray[np.float64], known: NDArray[np.bool_], inner: NDArray[np.int64], broken: bool
    ) -> None:
        edges = [at, *inner.tolist(), at + len(times)]
        for i, (first, last) in enumerate(pairwise(edges)):
            part_known = known[first - at : last - at]
            if i or broken or not self._open:
                if not part_known.any() or len(self._stretches) >= MOST_STRETCHES:
                    self._open = False
                    continue
                row = first + int(np.argmax(part_known))
                self._stretches.append(_Stretch(row, float(times[row - at])))
                self._open = True
            stretch = self._stretches[-1]
            self._add_to_line(stretch.sums, times[first - at : last - at], first - stretch.row, self._fs, stretch.t)

    def finish(self) -> tuple[float | None, list[_Stretch]]:
        """Return the slope that all stretches share, in s of time for each s of samples, less 1; None without any."""
        spreads = [stretch.spread for stretch in self._stretches]
        xx, xy = (sum(spread[i] for spread in spreads) for i in (0, 1))
        # A line that stands still or falls tells no rate.
        return (xy / xx if xx > 0 and xy / xx > -0.999 else None), self._stretches

    def figures(self, slope: float, second: _SecondPass | None) -> TimeFigures:
        """Return everything that was found."""
        jitter_sd, jitter_p99 = second.jitter() if second is not None else (math.nan, math.nan)
        seconds = max((float(s.sums[0]) / self._fs for s in self._stretches), default=0.0) if self._fs else 0.0
        return TimeFigures(
            self._n_foreign,
            self._n_duplicates,
            self._n_backwards,
            tuple(self._jumps),
            self._n_jumps,
            self._n_steps / self._span_s if self._span_s > 2 else math.nan,
            self._fs / (1 + slope),
            -slope / (1 + slope) * 1e6,
            2 * jitter_p99 / seconds * 1e6 if seconds else math.nan,
            jitter_sd * 1e3,
            jitter_p99 * 1e3,
            second.residuals() if second is not None else (),
            self._n_unread,
        )


class _SecondPass:
    """Looks at what is left beside the line."""

    def __init__(self, stream: StoredStream, slope: float, stretches: list[_Stretch]) -> None:
        from .time_kernels import add_residuals

        self._add_residuals = add_residuals
        self._fs, self._slope, self._stretches = stream.info.fs, slope, stretches
        self._at = 0
        self._squares = 0.0
        self._bins = np.zeros(round(math.log10(LONGEST_S / SHORTEST_S)) * BINS_A_DECADE + 2, dtype=np.int64)
        self._column_rows = max(1, -(-stream.n_samples // N_RESIDUALS))
        self._points = np.full((N_RESIDUALS, 3), np.nan)

    def add(self, at: int, times: NDArray[np.float64] | int) -> None:
        """Take the timestamps of rows from `at` on; rows that cannot be read say nothing."""
        if isinstance(times, int):
            return
        row, end, stretches = at, at + len(times), self._stretches
        while row < end:
            while self._at + 1 < len(stretches) and stretches[self._at + 1].row <= row:
                self._at += 1
            stretch = stretches[self._at]
            if row < stretch.row:
                row = min(end, stretch.row)
                continue
            column = row // self._column_rows
            last = min(end, (column + 1) * self._column_rows)
            if self._at + 1 < len(stretches):
                last = min(last, stretches[self._at + 1].row)
            n, x, y, _, _ = stretch.sums.tolist()
            line = ((y - self._slope * x) / n, self._slope)
            scale = (SHORTEST_S, float(BINS_A_DECADE))
            self._squares += self._add_residuals(
                self._bins, self._points[column], times[row - at : last - at], row - stretch.row, self._fs, stretch.t,
                line, scale,
            )  # fmt: skip
            row = last

    def jitter(self) -> tuple[float, float]:
        """Return standard deviation and 99th percentile of the residuals' size, s."""
        n = int(self._bins.sum())
        if not n:
            return math.nan, math.nan
        at = int(np.searchsorted(np.cumsum(self._bins), 0.99 * n))
        return math.sqrt(self._squares / n), SHORTEST_S * 10 ** ((at - 0.5) / BINS_A_DECADE)

    def residuals(self) -> tuple[tuple[float, float, float], ...]:
        """Return moment, lowest and highest residual of each piece, s and ms."""
        told = self._points[np.isfinite(self._points[:, 0])].tolist()
        return tuple((t, 1e3 * low, 1e3 * high) for t, low, high in told)
