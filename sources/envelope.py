"""What a window of signal looks like at a given width, carried along as samples arrive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .ring import RingBuffer


class Envelope:
    """Lowest and highest value in each column of a scrolling window.

    Columns lie on an absolute grid of sample numbers (lost samples counted), so that a column's value
    never changes once it is full and nothing shimmers while the picture scrolls. A column also covers the
    last sample of the one before, if none is missing between them: bars drawn side by side then cover
    exactly the pixels that lines through all samples would (the M4 property: Jugel et al., "M4: A
    Visualization-Oriented Time Series Data Aggregation", VLDB 2014).

    One thread owns an envelope; the ring may be written meanwhile.

    Parameters
    ----------
    ring
        Where the samples are.
    bucket
        Samples a column.
    n_columns
        Columns of the window.
    """

    def __init__(self, ring: RingBuffer, bucket: int, n_columns: int) -> None:
        if bucket < 1 or n_columns < 1:
            raise ValueError(
                f"An envelope needs 1 sample a column and 1 column at least, not {bucket} and {n_columns}."
            )
        from .kernels import fill_columns

        self._fill = fill_columns
        self.ring = ring
        self.bucket = bucket
        self.n_columns = n_columns
        self._out = np.full((ring.n_channels, 2 * n_columns, 2), np.nan, dtype=np.float32)
        self._low = np.empty(ring.n_channels, dtype=np.float32)
        self._high = np.empty_like(self._low)
        self._last = np.full_like(self._low, np.nan)
        self._row = 0
        self.column = -1

    def update(self, end: int | None = None) -> int:
        """Catch up with the ring, or go to its rows before number `end`; return how many rows were looked at.

        Going on is cheap; going back means looking at the whole window again.
        """
        ring = self.ring
        view = ring.view(None, end=end)
        stop = view.first + len(view.data)
        if stop == self._row:
            return 0
        oldest = max(view.first, stop - (self.n_columns + 1) * self.bucket)
        if not oldest <= self._row < stop:
            self._restart(oldest)
        begun = self._row
        bounds = [gap.row for gap in ring.gaps if begun < gap.row < stop]
        for first, after in zip([begun, *bounds], [*bounds, stop], strict=True):
            rows = view.data[first - view.first : after - view.first]
            number = first + ring.lost_before(first)
            if any(gap.row == first for gap in ring.gaps):
                self._last.fill(np.nan)
            self.column = self._fill(
                self._out, self._low, self._high, self._last, rows, number, self.bucket, self.column
            )
        self._row = stop
        if not ring.holds(begun):
            # The writer overtook us while we read: what was carried along cannot be trusted.
            self._restart(stop)
        return stop - begun

    def _restart(self, row: int) -> None:
        self._out.fill(np.nan)
        self._last.fill(np.nan)
        self.column = -1
        self._row = row

    @property
    def columns(self) -> NDArray[np.float32]:
        """The window, newest column last: shape (n_channels, n_columns, 2), [..., 0] lowest, [..., 1] highest.

        A view that the next `update` changes; contiguous per channel; NaN where nothing was sampled.
        """
        end = self.column % self.n_columns + 1 + self.n_columns
        return self._out[:, end - self.n_columns : end]

    @property
    def slots(self) -> NDArray[np.float32]:
        """The same columns at fixed places, as a sweep shows them: column number n at ``n % n_columns``."""
        return self._out[:, : self.n_columns]

    @property
    def fill(self) -> float:
        """How much of the newest column has been sampled, in (0, 1]."""
        number = self._row + self.ring.lost_before(max(0, self._row - 1))
        return 1.0 - (-number % self.bucket) / self.bucket
