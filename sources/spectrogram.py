"""How power is spread over frequency as time goes by: a column a moment, each computed once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .ring import RingBuffer
from .spectrum import LINES_PER_UPDATE, Welch


def number_of(ring: RingBuffer, row: int) -> int:
    """Return a row's place in time: samples since the beginning of the stream, lost ones counted."""
    return row + ring.lost_before(row)


def row_of(ring: RingBuffer, number: int) -> int:
    """Return the row of a place in time; of one that was lost, the first row after the gap."""
    gaps = ring.gaps
    for gap in reversed(gaps):
        if number >= gap.row + gap.total_lost:
            return number - gap.total_lost
        if number >= gap.row + gap.total_lost - gap.n_lost:
            return gap.row
    return number - (gaps[0].total_lost - gaps[0].n_lost if gaps else 0)


class RunningSpectrogram:
    """Columns of power density at evenly spaced moments, kept in a ring. Any one thread.

    Column `k` is of the segment around sample number ``k * hop``, lost samples counted: it stands where it is,
    however the window moves. Where a gap is inside a segment the column stays empty.

    Parameters
    ----------
    welch
        How each column is estimated.
    channels
        Shape (n_lines,), int64: numbers of the channels, whose mean is taken.
    hop
        Samples between columns.
    n_columns
        How many are kept.
    """

    def __init__(self, welch: Welch, channels: NDArray[np.int64], hop: int, n_columns: int) -> None:
        self.welch = welch
        self.channels = channels
        self.hop = hop
        self.n_columns = n_columns
        self.numbers = np.full(n_columns, -1, dtype=np.int64)
        self.columns = np.full((len(welch.frequencies), n_columns), np.nan, dtype=np.float32)
        """Shape (n_frequencies, n_columns), float32, unit² per Hz, NaN where there is none; column `k` is at
        ``k % n_columns``, and `numbers` tells which one that is."""

    def span(self, ring: RingBuffer, end: int) -> tuple[int, int]:
        """Return the first column of the window that ends at row `end`, and the one after the last."""
        half = self.welch.n_segment // 2
        stop = max(0, (number_of(ring, max(0, end - 1)) + 1 - half) // self.hop + 1) if end else 0
        return max(0, stop - self.n_columns), stop

    def update(self, ring: RingBuffer, end: int) -> list[int]:
        """Look at the window that ends at row `end`; return the places in `columns` that are new, newest first.

        At most about a millisecond of work is done in one call.
        """
        n, half = self.welch.n_segment, self.welch.n_segment // 2
        view = ring.view(None, end=end)
        first, stop = self.span(ring, end)
        wanted = np.arange(stop - 1, first - 1, -1)
        missing = wanted[self.numbers[wanted % self.n_columns] != wanted]
        missing = missing[: max(1, LINES_PER_UPDATE // max(1, len(self.channels)))]
        gaps = [gap.row for gap in ring.gaps]
        new, segments = [], []
        for column in missing.tolist():
            at = row_of(ring, column * self.hop - half)
            whole = view.first <= at <= end - n and not any(at < gap < at + n for gap in gaps)
            # A segment that begins inside a gap is not where it says.
            if whole and number_of(ring, at) == column * self.hop - half:
                segments.append(view.data[at - view.first : at - view.first + n, self.channels])
                new.append(column)
            else:
                self.numbers[column % self.n_columns] = column
                self.columns[:, column % self.n_columns] = np.nan
        if new:
            density = self.welch.periodograms(np.concatenate(segments, axis=1))
            if not ring.holds(view.first):
                return []
            places = np.asarray(new) % self.n_columns
            with np.errstate(invalid="ignore"):
                self.columns[:, places] = density.reshape(len(density), len(new), -1).mean(axis=2)
            self.numbers[places] = new
        return [column % self.n_columns for column in missing.tolist()]
