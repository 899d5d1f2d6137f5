"""Where in a recorded stream a replay is: which rows are due, and when they say they were sampled."""

from __future__ import annotations

import bisect
import math

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Block
from .gaps import rows_of
from .stored import StoredStream
from .transport import Moment, Transport

MAX_BLOCK_BYTES = 8 * 2**20
MAX_HISTORY_BYTES = 64 * 2**20


class Cursor:
    """Hands out the rows of one stream as a transport reaches them. One thread calls it.

    Stamps rise strictly, whatever the transport does, and are never ahead of its clock.

    Parameters
    ----------
    stream
        What is played.
    transport
        Tells how far the replay is.
    t_first
        Timestamp at session time 0, s.
    history_seconds
        How much of what lies before a new position is handed out after a seek, s.
    """

    def __init__(self, stream: StoredStream, transport: Transport, t_first: float, history_seconds: float) -> None:
        self.stream = stream
        self._duration = transport.duration_seconds
        self._t_first = t_first
        self._history_seconds = history_seconds
        self._lost: dict[int, int] = {}
        for row, gap in rows_of(stream.gaps, stream.n_samples):
            if gap.n_lost:
                self._lost[row] = self._lost.get(row, 0) + gap.n_lost
        self._lost_rows = sorted(self._lost)
        self._last = -math.inf
        self.go_on(transport.look())

    @property
    def at_end(self) -> bool:
        """Whether all rows of this loop have been handed out."""
        return self._row >= self.stream.n_samples and self._told >= self.stream.n_samples

    def go_on(self, moment: Moment) -> None:
        """Take up the replay where it is now, showing the place first."""
        self._jump = moment.jump
        self._go_to(moment.loop, moment.line, moment.now)

    def _go_to(self, loop: int, line: float, t: float) -> None:
        stream, t_there = self.stream, self._t_first + line - loop * self._duration
        self._loop, self._row = loop, stream.index_at(t_there)
        most = MAX_HISTORY_BYTES // stream.layouts[0].row_bytes
        first = max(stream.index_at(t_there - self._history_seconds), self._row - most)
        self._history = (first, self._row) if first < self._row else None
        self._history_t, self._t_there = t, t_there
        # What was lost before the first row of all is told; what was lost before a place one jumped to is not.
        self._told = self._row if self._row else -1

    def due(self, moment: Moment) -> Block | None:
        """Return the rows that are due and have not been handed out, as many as one block should hold; else None.

        Raises
        ------
        SessionError
            When a chunk is missing.
        """
        if moment.jump != self._jump:
            self._jump = moment.jump
            self._go_to(moment.jump_loop, moment.jump_line, moment.jump_t)
        block = self._history_block(moment) if self._history is not None else self._next_block(moment)
        if block is not None and len(block.timestamps):
            self._last = float(block.timestamps[-1])
        return block

    def _next_block(self, moment: Moment) -> Block | None:
        if not moment.moving:
            return None
        if self.at_end and self._loop < moment.loop:
            # Whole loops that nobody was there to see are left out.
            self._loop, self._row, self._told = max(self._loop + 1, moment.loop - 1), 0, -1
        lost = self._lost.get(self._row, 0) if self._told < self._row else 0
        end = self._end_of_due(moment)
        if end > self._row:
            return self._rows_to(end, lost, moment)
        if self._row >= self.stream.n_samples and self._told < self._row:
            self._told = self._row
            if lost:
                return Block(*self.stream.read(0, 0), lost)
        return None

    def _rows_to(self, end: int, lost: int, moment: Moment) -> Block | None:
        data, timestamps = self.stream.read(self._row, end)
        line = self._loop * self._duration + (timestamps - self._t_first)
        stamps = self._rising(moment.clock_at(line), moment.now)
        if stamps is None:
            return None
        self._told, self._row = self._row, end
        return Block(np.array(data), stamps, lost)

    def _end_of_due(self, moment: Moment) -> int:
        """Return the first row that is not due; never beyond a gap or what one block should hold."""
        stream, row = self.stream, self._row
        most = min(stream.n_samples, row + max(1, MAX_BLOCK_BYTES // stream.layouts[0].row_bytes))
        place = bisect.bisect_right(self._lost_rows, row)
        if place < len(self._lost_rows):
            most = min(most, self._lost_rows[place])
        if self._loop < moment.loop or moment.ended:
            return most
        until = self._t_first + moment.line - self._loop * self._duration
        return row + int(np.searchsorted(stream.read_timestamps(row, most), until, side="right"))

    def _history_block(self, moment: Moment) -> Block | None:
        """Return what lies before a place one jumped to, squeezed between the last row sent and the jump."""
        first, end = self._history or (0, 0)
        data, timestamps = self.stream.read(first, end)
        if math.isinf(self._last):
            stamps = self._rising(self._history_t - (self._t_there - timestamps) / moment.speed, moment.now)
        else:
            stamps = _squeezed(end - first, self._last, self._history_t)
            if stamps is None:
                stamps = _squeezed(end - first, self._last, moment.now)
        if stamps is None:
            # The clock has not moved far enough for so many rows; there is time.
            return None
        self._history = None
        return Block(np.array(data), stamps)

    def _rising(self, stamps: NDArray[np.float64], now: float) -> NDArray[np.float64] | None:
        """Return stamps that rise from the last one sent and are not ahead of the clock; None when there is no room."""
        stamps = np.minimum(stamps, now)
        if stamps[0] > self._last and (np.diff(stamps) > 0).all():
            return stamps
        ticks = np.arange(len(stamps)) * (4 * np.spacing(now))
        floor = self._last if math.isfinite(self._last) else stamps[0] - 1.0
        lifted = np.maximum(np.maximum.accumulate(stamps - ticks), np.nextafter(floor, np.inf)) + ticks
        return lifted if lifted[-1] <= now else _squeezed(len(stamps), floor, now)


def _squeezed(n: int, after: float, until: float) -> NDArray[np.float64] | None:
    """Return `n` even stamps after one moment and up to another, or None when they would not differ."""
    if until - after < 4 * n * np.spacing(abs(until)):
        return None
    return after + (until - after) * np.arange(1, n + 1) / n
