"""The envelope of a whole session, or of a stretch of it, as columns of pixels: headless, for any thread."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..recordings.gaps import rows_of
from ..recordings.stored import StoredStream

MOST_VALUES = 4 * 2**20
"""Columns times channels of one question: more are asked for in fewer columns."""
MOST_KNOTS = 4096
N_IRREGULAR = 256
NEAR = 0.1
MOST_FIT = 0.995
WITHOUT_OVERVIEW_BYTES = 16 * 2**20
"""Of a stream without an overview no more samples than these are looked at."""


class Lanes(NamedTuple):
    """What is drawn, a lane each.

    Parameters
    ----------
    stream
        The one stream whose channels are shown; empty for every stream.
    channel
        Number of the one channel, -1 for a lane each, None for what all of them reach together.
    """

    stream: str = ""
    channel: int | None = None


class Band(NamedTuple):
    """Lanes of one stream at one moment's answer.

    Parameters
    ----------
    stream
        Its name.
    columns
        Shape (n_lanes, n_columns, 2), float32: lowest and highest value less the channel's middle, in the stream's
        unit; NaN where nothing was sampled.
    reach
        Shape (n_lanes,), float32: what a lane's half height stands for, so that nearly all of it fits.
    """

    stream: str
    columns: NDArray[np.float32]
    reach: NDArray[np.float32]


class StreamLine:
    """Where the rows of one stream lie in time, and what its channels reach. One thread at a time uses it.

    Parameters
    ----------
    stream
        Of an open session.
    zero
        The session's first moment, s, LSL clock.
    """

    def __init__(self, stream: StoredStream, zero: float) -> None:
        self.stream = stream
        rows, times = self._knots()
        self.rows = np.asarray(rows, dtype=np.float64)
        self.times = np.maximum.accumulate(np.asarray(times, dtype=np.float64) - zero)
        gaps = [gap for gap in stream.gaps if math.isfinite(gap.t_first) and math.isfinite(gap.t_last)]
        self.gaps = np.array([(gap.t_first - zero, gap.t_last - zero) for gap in gaps]).reshape(-1, 2)
        self._middle: NDArray[np.float32] | None = None
        # Looked for here, where it may take a while: whoever asks afterwards is told at once.
        _ = stream.lacks_overview

    def _knots(self) -> tuple[list[float], list[float]]:
        """Return rows and their times, s, between which the rate is even: beside gaps, and at both ends."""
        stream, n = self.stream, self.stream.n_samples
        if not n:
            return [0.0, 1.0], [0.0, 0.0]
        period = 1 / stream.info.fs if stream.info.fs else 0.0
        rows, times = [0.0], [stream.first_timestamp]
        if not period:
            for row in np.linspace(0, n - 1, min(n, N_IRREGULAR)).astype(int)[1:-1].tolist():
                rows.append(float(row))
                times.append(float(stream.read_timestamps(row, row + 1)[0]))
        else:
            placed = [(row, gap) for row, gap in rows_of(stream.gaps, n) if 0 < row < n and gap.t_last > gap.t_first]
            # Of very many only the longest ones break the line; the others shift it by less.
            longest = sorted(placed, key=lambda pair: pair[1].t_first - pair[1].t_last)[: MOST_KNOTS // 2]
            for row, gap in sorted(longest, key=lambda pair: pair[0]):
                rows += [row - 0.5, float(row)]
                times += [gap.t_first + period / 2, gap.t_last]
        return [*rows, float(n)], [*times, max(times[-1], stream.last_timestamp) + period]

    def row_at(self, seconds: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return which row is at a time of the session, s, as a fraction."""
        return np.asarray(np.interp(seconds, self.times, self.rows))

    def time_of(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when rows are, s from the session's beginning."""
        return np.interp(rows, self.rows, self.times)

    @property
    def is_quick(self) -> bool:
        """Whether all of it can be asked for without looking at every sample."""
        size = self.stream.n_samples * self.stream.layouts[0].row_bytes
        return size <= WITHOUT_OVERVIEW_BYTES or not self.stream.lacks_overview

    def columns(self, start: float, stop: float, n_columns: int, channel: int | None) -> NDArray[np.float32] | None:
        """Return what lies in each of `n_columns` equal stretches of time.

        Parameters
        ----------
        start, stop
            Times of the session, s.
        n_columns
            How many.
        channel
            As in `Lanes`.

        Returns
        -------
        NDArray[np.float32]
            Shape (n_lanes, n_columns, 2), as in `Band`. None where it would take seconds: there is no overview yet.

        Raises
        ------
        SessionError
            When samples are needed that cannot be read.
        """
        stream, n_channels = self.stream, self.stream.info.n_channels
        if self._middle is None:
            if not self.is_quick:
                return None
            whole = stream.overview(200)
            middle = (whole[..., 0] + whole[..., 1]) / 2
            known = np.isfinite(middle).any(axis=1)
            self._middle = np.zeros(n_channels, dtype=np.float32)
            self._middle[known] = np.nanmedian(np.where(np.isfinite(middle[known]), middle[known], np.nan), axis=1)
        first = max(0, math.floor(float(self.row_at(start))))
        last = min(stream.n_samples, math.ceil(float(self.row_at(stop))))
        n_lanes = n_channels if channel == -1 else 1
        out = np.full((n_lanes, n_columns, 2), np.nan, dtype=np.float32)
        if last <= first:
            return out
        asked = max(1, min(n_columns, last - first, MOST_VALUES // n_channels))
        found = stream.overview(asked, first, last) - self._middle[:, None, None]
        if channel is None:
            # Where a channel has nothing but NaN the others count.
            found = np.stack([np.fmin.reduce(found[..., 0]), np.fmax.reduce(found[..., 1])], axis=-1)[None]
        elif channel >= 0:
            found = found[channel : channel + 1]
        edges = self.time_of(first + (last - first) * np.arange(asked + 1, dtype=np.float64) / asked)
        _lay(out, found, (edges - start) * (n_columns / (stop - start)))
        out[:, self._in_gaps(start, stop, n_columns)] = np.nan
        return out

    def _in_gaps(self, start: float, stop: float, n_columns: int) -> NDArray[np.bool_]:
        """Return which columns lie wholly inside of a gap, shape (n_columns,)."""
        inside = np.zeros(n_columns, dtype=np.bool_)
        at = (self.gaps - start) * (n_columns / (stop - start))
        for begin, end in at[(at[:, 1] > 0) & (at[:, 0] < n_columns) & (at[:, 1] - at[:, 0] >= 1)]:
            inside[max(0, math.ceil(begin)) : max(0, math.floor(end))] = True
        return inside


def _lay(out: NDArray[np.float32], found: NDArray[np.float32], edges: NDArray[np.float64]) -> None:
    """Put pieces into the columns that they touch.

    Parameters
    ----------
    out
        Shape (n_lanes, n_columns, 2), NaN.
    found
        Shape (n_lanes, n_pieces, 2).
    edges
        Shape (n_pieces + 1,): where pieces begin and end, in columns.
    """
    n_columns = out.shape[1]
    columns = np.arange(n_columns)
    # A sample more or less is no reason to be drawn in the column beside, too.
    even = np.round(edges)
    edges = np.where(np.abs(edges - even) < NEAR, even, edges)
    # The pieces that a column touches follow each other.
    low = np.searchsorted(edges, columns, side="right") - 1
    high = np.searchsorted(edges, columns + 1, side="left")
    filled = np.flatnonzero((high > 0) & (low < len(edges) - 1))
    low, high = np.clip(low[filled], 0, None), np.clip(high[filled], None, len(edges) - 1)
    filled, low, high = filled[high > low], low[high > low], high[high > low]
    while len(filled):
        out[:, filled, 0] = np.fmin(out[:, filled, 0], found[:, low, 0])
        out[:, filled, 1] = np.fmax(out[:, filled, 1], found[:, low, 1])
        low = low + 1
        more = low < high
        filled, low, high = filled[more], low[more], high[more]


def reach_of(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far most columns of each lane reach from its middle, shape (n_lanes,); 1 where nothing is known.

    Parameters
    ----------
    columns
        Shape (n_lanes, n_columns, 2).
    """
    far = np.sort(np.fmax(np.abs(columns[..., 0]), np.abs(columns[..., 1])), axis=1)
    # NaN is sorted to the end.
    n_known = np.isfinite(far).sum(axis=1)
    reach = far[np.arange(len(far)), np.maximum(0, np.ceil(MOST_FIT * n_known).astype(np.int64) - 1)]
    return np.where((n_known > 0) & (reach > 0), reach * np.float32(1.05), np.float32(1.0)).astype(np.float32)


def stretched(
    columns: NDArray[np.float32], of: tuple[float, float], to: tuple[float, float], n_columns: int
) -> NDArray[np.float32]:
    """Return columns of one stretch of time as those of another one, as good as they can tell.

    Parameters
    ----------
    columns
        Shape (n_lanes, n, 2).
    of, to
        The stretch they are of, and the one wanted: from, to, s.
    n_columns
        How many are wanted.

    Returns
    -------
    NDArray[np.float32]
        Shape (n_lanes, n_columns, 2); NaN outside of what is known.
    """
    n = columns.shape[1]
    middles = to[0] + (np.arange(n_columns) + 0.5) * ((to[1] - to[0]) / n_columns)
    places = np.floor((middles - of[0]) * (n / (of[1] - of[0]))).astype(np.int64)
    out = columns[:, np.clip(places, 0, n - 1)]
    out[:, (places < 0) | (places >= n)] = np.nan
    return out
