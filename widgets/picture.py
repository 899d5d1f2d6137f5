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
    """The newest seconds of a ring at a given width: strokes from an envelope, or every sample as a line.

    Seconds are counted from the right edge, 0, to the left. One thread owns a picture.
    """

    def __init__(self) -> None:
        from . import lanes

        self._lanes = lanes
        self.ring = self._live = RingBuffer(1, 1, 1)
        self.rate_hz = 0.0
        self.seconds = 0.0
        self.n_wide = 0
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
    def frozen(self) -> bool:
        """Whether the picture stands still."""
        return self.ring is not self._live

    @property
    def n_samples(self) -> int:
        """Samples of each channel in the window."""
        return max(1, round(self.seconds * self.rate_hz)) if self.rate_hz else len(self.x)

    def look_at(self, ring: RingBuffer, rate_hz: float, seconds: float, n_wide: int) -> bool:
        """Choose what is drawn; return whether that changed anything.

        Parameters
        ----------
        ring
            Where the samples are. A frozen picture stays with its copy until `thaw`.
        rate_hz
            Nominal rate, Hz; 0 for irregular.
        seconds
            Length of the window, s.
        n_wide
            How wide the window is on the screen: pixels, or strokes of several pixels.
        """
        if ring is not self._live:
            self._live, self.ring = ring, ring
        elif (rate_hz, seconds, n_wide) == (self.rate_hz, self.seconds, self.n_wide):
            return False
        self.rate_hz, self.seconds, self.n_wide = rate_hz, seconds, n_wide
        self._begin()
        return True

    def _begin(self) -> None:
        self.envelope = None
        if not self.rate_hz:
            self.x = np.zeros(2, dtype=np.float32)
            return
        per_pixel = self.seconds * self.rate_hz / max(1, self.n_wide)
        if per_pixel < RAW_BELOW:
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

    def freeze(self) -> None:
        """Stand still: go on with a copy of what is there. The ring is written on, unseen."""
        if not self.frozen:
            self.ring = copy_of(self._live)
            self._begin()

    def thaw(self) -> None:
        """Follow the ring again."""
        if self.frozen:
            self.ring = self._live
            self._begin()

    # Each frame

    def update(self) -> int:
        """Catch up with the ring; return how many rows were new to the picture."""
        ring = self.ring
        end = ring.n_total
        new = end - self._end
        if self.envelope is not None:
            new = self.envelope.update(end)
            self._edge = (self.envelope.column + 1) * self.envelope.bucket
        else:
            self._edge = end + ring.lost_before(max(0, end - 1))
        self._end = end
        if end:
            self.newest = float(ring.view(1, end=end).timestamps[-1])
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

        Returns
        -------
        y
            Shape (n_shown, n_points), float32, contiguous; lane i lies between ``n_shown - i - 1`` and
            ``n_shown - i``. The next call writes into the same memory.
        """
        lanes = middles(len(shown))
        if self.envelope is not None:
            out = self._room(len(shown), 2 * self.envelope.n_columns)
            self._lanes.lay_bars(out, self.envelope.columns, shown, lanes, centre, gain, pixel)
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
        for begin, stop in zip([first, *bounds], [*bounds, self._end], strict=True):
            at = begin + self.ring.lost_before(begin) - (self._edge - len(self.x))
            self._lanes.lay_lines(out, data[begin - first : stop - first], at, shown, lanes, centre, gain)
        return out

    def _room(self, n_shown: int, n_points: int) -> NDArray[np.float32]:
        if self._y.shape != (n_shown, n_points):
            self._y = np.full((n_shown, n_points), np.nan, dtype=np.float32)
        return self._y

    # Where things are

    def x_of_number(self, number: int) -> float:
        """Return where a sample lies, s; samples are numbered from the beginning, lost ones counted."""
        return (number + 1 - self._edge) / self.rate_hz

    def x_of_time(self, t: float) -> float:
        """Return where a moment of the LSL clock lies, s."""
        if not self.rate_hz:
            return t - self.newest
        last = self._end - 1 + self.ring.lost_before(max(0, self._end - 1))
        return self.x_of_number(last) + t - self.newest

    def gaps(self) -> list[GapBand]:
        """Return the gaps inside the window, oldest first."""
        ring, bands = self.ring, []
        for gap in ring.gaps:
            if gap.row > self._end or (gap.row == 0 and not gap.n_lost):
                continue
            if self.rate_hz:
                right = self.x_of_number(gap.row + gap.total_lost)
                band = GapBand(right - (gap.n_lost + 1) / self.rate_hz, right, gap.n_lost / self.rate_hz)
            else:
                around = ring.view(2, end=gap.row + 1).timestamps
                band = GapBand(self.x_of_time(around[0]), self.x_of_time(around[-1]), float(around[-1] - around[0]))
            if band.right > -self.seconds and band.left < 0:
                bands.append(GapBand(max(band.left, -self.seconds), min(band.right, 0.0), band.seconds))
        return bands


def middles(n_lanes: int) -> NDArray[np.float32]:
    """Return the middle of each lane, top to bottom, shape (n_lanes,)."""
    return (np.arange(n_lanes - 1, -1, -1) + 0.5).astype(np.float32)


def copy_of(ring: RingBuffer) -> RingBuffer:
    """Return a ring of its own with the same recent past, gaps included."""
    view = ring.copy()
    copied = RingBuffer(ring.n_channels, max(1, len(view.data)), 1)
    gaps = [gap for gap in ring.gaps if view.first < gap.row < view.first + len(view.data)]
    begin, lost, broken = 0, 0, False
    for gap in gaps:
        stop = gap.row - view.first
        copied.extend(view.data[begin:stop], view.timestamps[begin:stop], lost, broken=broken)
        begin, lost, broken = stop, gap.n_lost, True
    copied.extend(view.data[begin:], view.timestamps[begin:], lost, broken=broken)
    return copied
