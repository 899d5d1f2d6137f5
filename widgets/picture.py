"""What is to be drawn of a stream, worked out without a screen."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sources.envelope import Envelope
from ..sources.ring import RingBuffer

RAW_BELOW = 2.0


class GapBand(NamedTuple):
    """Where nothing was sampled.

    Parameters
    ----------
    left, right
        Seconds before the right edge, not positive.
    seconds
        How long it was; 0 when that is not known.
    """

    left: float
    right: float
    seconds: float


class Picture:
    """A window of a ring at a given width: strokes from an envelope, or every sample as a line.

    Seconds are counted from the right edge, 0, to the left. Scrolling, the newest sample is at the right edge; in a
    sweep every sample keeps its place and is replaced one window later. One thread owns a picture.
    """

    def __init__(self) -> None:
        from . import lanes

        self._lanes = lanes
        self.ring = RingBuffer(1, 1, 1)
        self.rate_hz = 0.0
        self.seconds = 0.0
        self.n_wide = 0
        self._raw_below = RAW_BELOW
        self.sweep = False
        self.envelope: Envelope | None = None
        self.x = np.zeros(2, dtype=np.float32)
        self._y = np.zeros((0, 2), dtype=np.float32)
        self._end = 0
        self._edge = 0
        self.newest = math.nan

    # What is looked at

    @property
    def strokes(self) -> bool:
        """Whether points come in pairs, the ends of one stroke a column; else they are one line through all samples."""
        return self.envelope is not None

    @property
    def n_samples(self) -> int:
        """Samples of each channel in the window."""
        return max(1, round(self.seconds * self.rate_hz)) if self.rate_hz else len(self.x)

    def look_at(
        self,
        ring: RingBuffer,
        rate_hz: float,
        seconds: float,
        n_wide: int,
        *,
        sweep: bool = False,
        raw_below: float = RAW_BELOW,
    ) -> bool:
        """Choose what is drawn; return whether that changed anything.

        Parameters
        ----------
        ring
            Where the samples are.
        rate_hz
            Nominal rate, Hz; 0 for irregular.
        seconds
            Length of the window, s.
        n_wide
            How wide the window is on the screen: pixels, or strokes of several pixels.
        sweep
            Keep every sample at its place; not for irregular streams.
        raw_below
            With fewer samples a column than this, every sample is drawn.
        """
        wanted = (rate_hz, seconds, n_wide, raw_below, sweep and bool(rate_hz))
        now = (self.rate_hz, self.seconds, self.n_wide, self._raw_below, self.sweep)
        if ring is self.ring and wanted == now:
            return False
        same = ring is self.ring and wanted[:4] == now[:4]
        self.ring = ring
        self.rate_hz, self.seconds, self.n_wide, self._raw_below, self.sweep = wanted
        if not same:
            self._begin()
        return True

    def _begin(self) -> None:
        self.envelope = None
        self._end = 0
        if not self.rate_hz:
            self.x = np.zeros(2, dtype=np.float32)
            return
        per_pixel = self.seconds * self.rate_hz / max(1, self.n_wide)
        if per_pixel < self._raw_below:
            n_points = max(2, math.ceil(self.seconds * self.rate_hz) + 1)
            self.x = (np.arange(1 - n_points, 1) / self.rate_hz).astype(np.float32)
            return
        # Never wider than a pixel, so that neighbours touch.
        bucket = math.floor(per_pixel)
        n_columns = math.ceil(self.seconds * self.rate_hz / bucket)
        self.envelope = Envelope(self.ring, bucket, n_columns)
        ages = (np.arange(n_columns, 0, -1) - 0.5) * bucket / self.rate_hz
        # In the middle of a pixel a stroke is crisp; elsewhere it is smeared over two and the trace looks blotched.
        pixel = self.seconds / self.n_wide
        snapped = -(np.minimum(np.floor(ages / pixel), self.n_wide - 1) + 0.5) * pixel
        self.x = np.repeat(snapped, 2).astype(np.float32)

    @property
    def blank_columns(self) -> int:
        """How many columns a sweep leaves empty after its newest."""
        return _blank(self.envelope.n_columns) if self.envelope is not None else 0

    @property
    def _period(self) -> int:
        """Samples after which a sweep comes back to the same place."""
        return self.envelope.n_columns * self.envelope.bucket if self.envelope is not None else len(self.x)

    # Each frame

    def update(self, end: int | None = None) -> int:
        """Catch up with the ring, or go to its rows before number `end`; return by how many rows it moved."""
        ring = self.ring
        end = ring.n_total if end is None else min(end, ring.n_total)
        new = abs(end - self._end)
        if self.envelope is not None:
            new = self.envelope.update(end)
            self._edge = (self.envelope.column + 1) * self.envelope.bucket
        else:
            self._edge = end + ring.lost_before(max(0, end - 1))
        self._end = end
        last = ring.view(1, end=end).timestamps
        self.newest = float(last[-1]) if len(last) else math.nan
        return new

    def values(self) -> NDArray[np.float32]:
        """Return columns of lowest and highest values, shape (n_channels, n_columns, 2), for scaling."""
        if self.envelope is not None:
            return self.envelope.columns
        rows = self._rows()[0]
        if not len(rows):
            return np.full((self.ring.n_channels, 1, 2), np.nan, dtype=np.float32)
        # Short runs of samples, so that a crest counts as much as it does in an envelope.
        run = max(1, len(rows) // 256)
        runs = rows[: len(rows) // run * run].reshape(-1, run, self.ring.n_channels)
        return np.stack((runs.min(axis=1).T, runs.max(axis=1).T), axis=2)

    def _rows(self) -> tuple[NDArray[np.float32], NDArray[np.float64], int]:
        n = math.ceil(self.seconds * self.rate_hz) + 1 if self.rate_hz else max(2, 4 * self.n_wide)
        view = self.ring.view(n, end=self._end)
        if self.rate_hz:
            return view.data, view.timestamps, view.first
        inside = int(np.searchsorted(view.timestamps, self.newest - self.seconds))
        return view.data[inside:], view.timestamps[inside:], view.first + inside

    def lay(
        self,
        shown: NDArray[np.int64],
        centre: NDArray[np.float32],
        gain: NDArray[np.float32],
        pixel: float,
        middle: float | None = None,
    ) -> NDArray[np.float32]:
        """Return y of every point, lane by lane; the top lane is the first.

        Parameters
        ----------
        shown
            Shape (n_shown,), int64: the channels, top to bottom.
        centre, gain
            Shape (n_channels,), float32: the value in the middle of its lane, and lanes per unit.
        pixel
            Height of one pixel, in lanes.
        middle
            Lay all channels over one another, around this height; None for a lane each.

        Returns
        -------
        y
            Shape (n_shown, n_points), float32, contiguous; lane i lies between ``n_shown - i - 1`` and
            ``n_shown - i``. The next call writes into the same memory.
        """
        lanes = middles(len(shown)) if middle is None else np.full(len(shown), middle, dtype=np.float32)
        if self.envelope is not None:
            n_columns = self.envelope.n_columns
            out = self._room(len(shown), 2 * n_columns)
            columns = self.envelope.slots if self.sweep else self.envelope.columns
            self._lanes.lay_bars(out, columns, shown, lanes, centre, gain, pixel)
            if self.sweep:
                after = 2 * (self.envelope.column % n_columns + 1)
                out[:, after : after + 2 * _blank(n_columns)] = np.nan
            return out
        data, timestamps, first = self._rows()
        if not self.rate_hz:
            n_points = max(2, len(data))
            self.x = np.zeros(n_points, dtype=np.float32)
            self.x[n_points - len(data) :] = timestamps - self.newest
            out = self._room(len(shown), n_points)
            out.fill(np.nan)
            self._lanes.lay_lines(out, data, n_points - len(data), shown, lanes, centre, gain)
            return out
        out = self._room(len(shown), len(self.x))
        out.fill(np.nan)
        bounds = [gap.row for gap in self.ring.gaps if first < gap.row < self._end]
        n_points = len(self.x)
        for begin, stop in zip([first, *bounds], [*bounds, self._end], strict=True):
            at = begin + self.ring.lost_before(begin) - (self._edge - n_points)
            rows = data[begin - first : stop - first]
            if not self.sweep:
                self._lanes.lay_lines(out, rows, at, shown, lanes, centre, gain)
                continue
            # Where the window begins depends on how far the sweep is; what passes the right edge goes on at the left.
            rows, at = rows[max(0, -at) :], max(0, at) + self._edge % n_points
            for place in (at, at - n_points):
                if -len(rows) < place < n_points:
                    self._lanes.lay_lines(out, rows, place, shown, lanes, centre, gain)
        if self.sweep:
            after = (self._edge - 1) % n_points + 1
            out[:, after : after + _blank(n_points)] = np.nan
        return out

    def _room(self, n_shown: int, n_points: int) -> NDArray[np.float32]:
        if self._y.shape != (n_shown, n_points):
            self._y = np.full((n_shown, n_points), np.nan, dtype=np.float32)
        return self._y

    # Where things are

    def x_of_number(self, number: float) -> float:
        """Return where a sample lies, s; samples are numbered from the beginning, lost ones counted.

        In a sweep, what is not on the screen lies infinitely far away.
        """
        if not self.sweep:
            return (number + 1 - self._edge) / self.rate_hz
        if number >= self._edge:
            return math.inf
        if number < self._edge - self._period:
            return -math.inf
        return (number % self._period + 1 - self._period) / self.rate_hz

    def number_at(self, x: float) -> float:
        """Return the number of the sample at a place, s before the right edge; the other way of `x_of_number`."""
        number = x * self.rate_hz + self._edge - 1
        if not self.sweep:
            return number
        place = x * self.rate_hz - 1  # 0 is the beginning of a sweep, below it the one before
        return self._edge - 1 - (self._edge - 1 - place) % self._period

    @property
    def _last(self) -> int:
        return self._end - 1 + self.ring.lost_before(max(0, self._end - 1))

    def x_of_time(self, t: float) -> float:
        """Return where a moment of the LSL clock lies, s."""
        if not self.rate_hz:
            return t - self.newest
        return self.x_of_number(self._last + (t - self.newest) * self.rate_hz)

    def time_at(self, x: float) -> float:
        """Return the moment of the LSL clock at a place, s; the other way of `x_of_time`."""
        if not self.rate_hz:
            return self.newest + x
        return self.newest + (self.number_at(x) - self._last) / self.rate_hz

    def gaps(self) -> list[GapBand]:
        """Return the gaps inside the window, oldest first."""
        ring, bands = self.ring, []
        for gap in ring.gaps:
            if gap.row > self._end or (gap.row == 0 and not gap.n_lost):
                continue
            if self.rate_hz:
                after = gap.row + gap.total_lost
                bands += self._bands(after - gap.n_lost - 1, after, gap.n_lost / self.rate_hz)
            else:
                around = ring.view(2, end=gap.row + 1).timestamps
                if len(around):
                    left, right = self.x_of_time(around[0]), self.x_of_time(around[-1])
                    bands.append(GapBand(left, right, float(around[-1] - around[0])))
        return [
            GapBand(max(band.left, -self.seconds), min(band.right, 0.0), band.seconds)
            for band in bands
            if band.right > -self.seconds and band.left < 0
        ]

    def _bands(self, before: int, after: int, seconds: float) -> list[GapBand]:
        """Return the band between two samples; two of them where a sweep's edge lies between."""
        if not self.sweep:
            return [GapBand(self.x_of_number(before), self.x_of_number(after), seconds)]
        before, after = max(before, self._edge - self._period), min(after, self._edge - 1)
        if before >= after:
            return []
        left, right = self.x_of_number(before), self.x_of_number(after)
        if left <= right:
            return [GapBand(left, right, seconds)]
        return [GapBand(left, 0.0, seconds), GapBand(-self.seconds, right, seconds)]


def _blank(n_places: int) -> int:
    """Return how many places a sweep leaves empty after its newest sample."""
    return max(1, n_places // 80)


def middles(n_lanes: int) -> NDArray[np.float32]:
    """Return the middle of each lane, top to bottom, shape (n_lanes,)."""
    return (np.arange(n_lanes - 1, -1, -1) + 0.5).astype(np.float32)
