"""The recent past of one stream, in fixed memory."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import SourceError

MAX_BYTES = 2 * 2**30
KEPT_GAPS = 256


class View(NamedTuple):
    """A window straight into the ring: valid while `RingBuffer.holds` says so of `first`.

    Parameters
    ----------
    data
        Shape (n_samples, n_channels), float32.
    timestamps
        Shape (n_samples,), float64, s, LSL clock.
    first
        Row number of the first row; rows are counted from the beginning of the stream.
    """

    data: NDArray[np.float32]
    timestamps: NDArray[np.float64]
    first: int


class RingGap(NamedTuple):
    """Where samples went missing.

    Parameters
    ----------
    row
        Number of the first row after the gap.
    n_lost
        Samples missing just before it; 0 for a pause in an irregular stream.
    total_lost
        Samples missing before that row since the beginning of the stream.
    """

    row: int
    n_lost: int
    total_lost: int


class RingBuffer:
    """Sample-major ring, written twice (mirrored), so that any window is one contiguous view.

    One thread writes, any thread reads. Readers take a view without locking, use it, and ask `holds`;
    `copy` does so for them. Design and figures: a mirrored ring reads 80 to 600 times cheaper than one
    that has to be unrolled.

    Parameters
    ----------
    n_channels
        Columns.
    capacity
        Rows that a reader may ask for.
    slack
        Further rows, by which the writer may overtake a reader before its view is spoiled.
    first
        Number of the first row.

    Raises
    ------
    SourceError
        When the buffer would take over 2 GiB.
    """

    def __init__(self, n_channels: int, capacity: int, slack: int | None = None, first: int = 0) -> None:
        self.n_channels = n_channels
        self.capacity = capacity
        self._rows = capacity + (max(64, capacity // 8) if slack is None else slack)
        needed = 2 * self._rows * (n_channels * 4 + 8)
        if needed > MAX_BYTES:
            raise SourceError(
                f"A buffer of {capacity:,} samples of {n_channels:,} channels takes {needed / 2**30:.1f} GiB;"
                f" {MAX_BYTES // 2**30} GiB is the most. Give a shorter buffer_seconds."
            )
        self._data = np.zeros((2 * self._rows, n_channels), dtype=np.float32)
        self._timestamps = np.zeros(2 * self._rows, dtype=np.float64)
        self._lock = threading.Lock()
        self._first = first
        self._claimed = first
        self.n_total = first
        self.n_lost = 0
        self.gaps: tuple[RingGap, ...] = ()

    def extend(
        self, data: NDArray[Any], timestamps: NDArray[np.float64], lost: int = 0, *, broken: bool = False
    ) -> None:
        """Append rows. The one writing thread calls it.

        Parameters
        ----------
        data
            Shape (n_samples, n_channels), any real dtype; kept as float32.
        timestamps
            Shape (n_samples,), float64, s, LSL clock.
        lost
            Samples that went missing just before.
        broken
            Mark a break here even though `lost` is 0 or unknown.
        """
        n = len(data)
        if not n:
            return
        if lost or broken:
            self.n_lost += lost
            self.gaps = (*self.gaps, RingGap(self.n_total, lost, self.n_lost))[-KEPT_GAPS:]
        with self._lock:
            self._claimed = self.n_total + n
            skipped = max(0, n - self._rows)
            if skipped:
                data, timestamps = data[skipped:], timestamps[skipped:]
            self._write(data, timestamps, (self.n_total + skipped) % self._rows)
            self.n_total += n

    def _write(self, data: NDArray[Any], timestamps: NDArray[np.float64], at: int) -> None:
        rows, n = self._rows, len(data)
        self._data[at : at + n] = data
        self._timestamps[at : at + n] = timestamps
        head = min(n, rows - at)
        self._data[at + rows : at + rows + head] = data[:head]
        self._timestamps[at + rows : at + rows + head] = timestamps[:head]
        if head < n:
            self._data[: n - head] = data[head:]
            self._timestamps[: n - head] = timestamps[head:]

    def view(self, n: int | None = None, *, end: int | None = None) -> View:
        """Return the `n` rows up to row number `end` (the newest by default), fewer where there are fewer."""
        total = self.n_total
        end = total if end is None else min(end, total)
        oldest = max(self._first, total - self.capacity)
        first = max(oldest, end - (self.capacity if n is None else n))
        end = max(first, end)
        at = first % self._rows
        return View(self._data[at : at + end - first], self._timestamps[at : at + end - first], first)

    def holds(self, first: int) -> bool:
        """Tell whether rows from `first` on have not been overwritten up to this moment."""
        return self._claimed - first <= self._rows

    def copy(self, n: int | None = None) -> View:
        """Return an owned, consistent copy of the newest `n` rows. Any thread may call it."""
        for _ in range(3):
            view = self.view(n)
            owned = View(view.data.copy(), view.timestamps.copy(), view.first)
            if self.holds(view.first):
                return owned
        with self._lock:
            view = self.view(n)
            return View(view.data.copy(), view.timestamps.copy(), view.first)

    def frozen(self) -> RingBuffer:
        """Return a ring of its own that holds what this one holds now, its rows numbered the same."""
        gaps, view = self.gaps, self.copy()
        kept = RingBuffer(self.n_channels, max(1, len(view.data)), 0, view.first)
        kept.extend(view.data, view.timestamps)
        # A gap that came after the copy lies beyond its end and changes nothing.
        kept.gaps, kept.n_lost = gaps, gaps[-1].total_lost if gaps else 0
        return kept

    def lost_before(self, row: int) -> int:
        """Return how many samples went missing before row number `row`, as far back as gaps are kept."""
        gaps = self.gaps
        for gap in reversed(gaps):
            if gap.row <= row:
                return gap.total_lost
        return gaps[0].total_lost - gaps[0].n_lost if gaps else 0
