"""Where the samples of streams lie on the grid of data records, and what there is to pad.

All streams share records of one duration. A stream begins at the place of its first sample, rounded to one of its
periods; after a gap it goes on where its timestamps say. Records in which no stream has a sample are left out: the file
is then discontinuous. Where a record is not full, the rest is padding, which is named.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from .gaps import rows_of
from .stored import StoredStream


class Segment(NamedTuple):
    """Consecutive rows at consecutive places.

    Parameters
    ----------
    row
        Number of the first row.
    n
        How many.
    slot
        Place of the first one, counted in the stream's periods from the file's beginning.
    """

    row: int
    n: int
    slot: int


class Run(NamedTuple):
    """Consecutive data records.

    Parameters
    ----------
    first, last
        Number of the first one and of the one after the last, on the grid.
    """

    first: int
    last: int


def segments_of(stream: StoredStream, zero: float, rate: Fraction) -> list[Segment]:
    """Return where the rows of a stream lie.

    Parameters
    ----------
    stream
        Which one.
    zero
        When the file begins, s, LSL clock.
    rate
        In the file, Hz.
    """
    cuts = sorted({0, *(row for row, gap in rows_of(stream.gaps, stream.n_samples) if gap.n_lost or row)})
    cuts = [row for row in cuts if row < stream.n_samples]
    found: list[Segment] = []
    for row, end in zip(cuts, [*cuts[1:], stream.n_samples], strict=True):
        t = float(stream.read_timestamps(row, row + 1)[0])
        after = found[-1].slot + found[-1].n if found else 0
        slot = max(after, round((t - zero) * float(rate))) if np.isfinite(t) else after
        if found and slot == after:
            found[-1] = found[-1]._replace(n=found[-1].n + end - row)
        else:
            found.append(Segment(row, end - row, slot))
    return found


def runs_of(segments: Sequence[Sequence[Segment]], n_samples: Sequence[int]) -> list[Run]:
    """Return which records there are, of streams with `n_samples` in each."""
    spans = sorted(
        (one.slot // n, -(-(one.slot + one.n) // n))
        for stream, n in zip(segments, n_samples, strict=True)
        for one in stream
    )
    runs: list[Run] = []
    for first, last in spans:
        if runs and first <= runs[-1].last:
            runs[-1] = Run(runs[-1].first, max(runs[-1].last, last))
        else:
            runs.append(Run(first, last))
    return runs


def padding_of(segments: Sequence[Segment], runs: Sequence[Run], n_samples: int) -> Iterator[tuple[int, int]]:
    """Yield the places of a stream in records that are there, but hold no sample of it: first one, and how many."""
    i = 0
    for run in runs:
        at, end = run.first * n_samples, run.last * n_samples
        while i < len(segments) and segments[i].slot < end:
            if segments[i].slot > at:
                yield at, segments[i].slot - at
            at = segments[i].slot + segments[i].n
            i += 1
        if at < end:
            yield at, end - at


class Numbers:
    """Tells the number in the file of records of the grid.

    Parameters
    ----------
    runs
        Which records there are.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._firsts = [run.first for run in runs]
        self._lasts = [run.last for run in runs]
        self._before = [0, *accumulate(run.last - run.first for run in runs)]

    @property
    def n_records(self) -> int:
        """How many there are."""
        return self._before[-1]

    def of(self, record: int) -> int:
        """Return the number of a record, or of the next one that is there, or of the last."""
        i = bisect.bisect_right(self._lasts, record)
        if i == len(self._lasts):
            return self.n_records - 1
        return self._before[i] + max(0, record - self._firsts[i])


class Places:
    """Tells when in the file something happens that a stream's timestamps know.

    Parameters
    ----------
    stream
        Whose timestamps.
    segments
        Where its rows lie.
    rate
        In the file, Hz.
    """

    def __init__(self, stream: StoredStream, segments: Sequence[Segment], rate: Fraction) -> None:
        self._stream, self._segments, self._rate = stream, segments, rate
        self._rows = [one.row for one in segments]

    def at(self, t: float) -> Fraction:
        """Return when `t` (s, LSL clock) is after the file's beginning, s; to the microsecond."""
        row = min(self._stream.index_at(t), self._stream.n_samples - 1)
        moment = float(self._stream.read_timestamps(row, row + 1)[0])
        if moment > t and row > 0:
            row -= 1
            moment = float(self._stream.read_timestamps(row, row + 1)[0])
        return self.of(row) + Fraction(round((t - moment) * 10**6), 10**6)

    def of(self, row: int) -> Fraction:
        """Return when a row is after the file's beginning, s; of -1 the place before the first one."""
        one = self._segments[max(0, bisect.bisect_right(self._rows, row) - 1)]
        return (one.slot + row - one.row) / self._rate
