"""How active each channel is: root mean square and mean frequency of the newest moment, carried along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .ring import RingBuffer

N_BUCKETS = 50
SEGMENT_S = 0.25
VALUES_A_STEP = 131_072


class RunningRms:
    """Root mean square about the mean over the newest seconds; only new samples are looked at. One thread owns it.

    The window is made of fifty pieces on an absolute grid, so it is up to a fiftieth longer than asked for.

    Parameters
    ----------
    n_channels
        Columns.
    n_window
        Rows in the window.
    """

    def __init__(self, n_channels: int, n_window: int) -> None:
        from .activity_kernels import add_rows

        self._add_rows = add_rows
        self._bucket = max(1, round(n_window / N_BUCKETS))
        self._n = max(1, round(n_window / self._bucket)) + 1
        self._sums = np.zeros((self._n, 3, n_channels))
        self._ring: RingBuffer | None = None
        self._end = -1

    def update(self, ring: RingBuffer, end: int) -> None:
        """Take in the rows up to number `end`; goes back, or on to another ring, at the price of a whole window."""
        first = ((end - 1) // self._bucket - self._n + 1) * self._bucket
        if ring is not self._ring or end < self._end or self._end < first:
            self._sums[:] = 0.0
            self._ring, self._end = ring, max(0, first)
        view = ring.view(end - self._end, end=end)
        if len(view.data):
            self._add_rows(self._sums, view.data, view.first, self._bucket)
        self._end = end

    @property
    def values(self) -> NDArray[np.float32]:
        """Root mean square about the mean, shape (n_channels,), float32, in the ring's unit; NaN where nothing came."""
        count, total, squares = self._sums.sum(axis=0)
        known = np.where(count > 0, count, np.nan)
        mean = total / known
        values: NDArray[np.float32] = np.sqrt(np.maximum(squares / known - mean * mean, 0.0)).astype(np.float32)
        return values


class RunningMeanFrequency:
    """Mean frequency over the newest seconds, Hz: the first moment of the spectrum. One thread owns it.

    The spectrum is Welch's (1967): segments of 0.25 s, half overlapping, Hann window, each about its own mean. They lie
    on an absolute grid and each is transformed once, a few channels at a time. MNF = Σ f·P(f) / Σ P(f), as in
    D. Farina and R. Merletti, J Electromyogr Kinesiol 10 (2000) 337–349. Segments across a gap are left out.

    Parameters
    ----------
    n_channels
        Columns.
    rate_hz
        Of the ring, Hz.
    seconds
        Length of the window, s.
    """

    def __init__(self, n_channels: int, rate_hz: float, seconds: float) -> None:
        self.n_segment = max(4, round(min(SEGMENT_S, seconds) * rate_hz))
        self.hop = max(1, self.n_segment // 2)
        self.n_segments = max(1, (round(seconds * rate_hz) - self.n_segment) // self.hop + 1)
        self._taper = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.n_segment) / self.n_segment)).astype(np.float32)
        self._frequencies = np.fft.rfftfreq(self.n_segment, 1 / rate_hz)
        # Numbers of the segments whose moments are held, and power and first moment of each.
        self._numbers = np.full(self.n_segments, -1, dtype=np.int64)
        self._moments = np.full((self.n_segments, 2, n_channels), np.nan)
        self._open = np.zeros((2, n_channels))
        self._n_channels = n_channels
        self._ring: RingBuffer | None = None
        self._number, self._channel = -1, 0

    def last_whole(self, end: int) -> int:
        """Return the number of the newest segment that is complete at row `end`; below 0 when there is none."""
        return (end - self.n_segment) // self.hop

    def step(self, ring: RingBuffer, end: int) -> bool:
        """Do a part of the work due at row number `end`; return whether some is left."""
        if ring is not self._ring:
            self._ring, self._numbers[:], self._number = ring, -1, -1
        last = self.last_whole(end)
        wanted = range(max(0, last - self.n_segments + 1), last + 1)
        # Segments of before, where the window went back.
        self._numbers[(self._numbers > last) | (self._numbers < wanted.start)] = -1
        if self._number not in wanted:
            missing = [n for n in wanted if n not in self._numbers]
            if not missing:
                return False
            # The newest first: it is what a person waits for.
            self._number, self._channel = missing[-1], 0
        self._transform(ring)
        return True

    def _transform(self, ring: RingBuffer) -> None:
        first = self._number * self.hop
        view = ring.view(self.n_segment, end=first + self.n_segment)
        at = self._number % self.n_segments
        whole = len(view.data) == self.n_segment and view.first == first
        if not whole or any(first < gap.row < first + self.n_segment for gap in ring.gaps):
            self._moments[at] = np.nan
            self._numbers[at], self._number = self._number, -1
            return
        these = slice(self._channel, min(self._n_channels, self._channel + max(1, VALUES_A_STEP // self.n_segment)))
        block = view.data[:, these].T.copy()
        block -= block.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
        block *= self._taper
        spectrum = np.fft.rfft(block, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float64)
        # One-sided: all but the ends of the spectrum stand for two.
        power[:, 1 : power.shape[1] - (self.n_segment % 2 == 0)] *= 2
        self._open[0, these], self._open[1, these] = power.sum(axis=1), (power * self._frequencies).sum(axis=1)
        self._channel = these.stop
        if self._channel == self._n_channels:
            self._moments[at], self._numbers[at] = self._open, self._number
            self._number = -1

    @property
    def values(self) -> NDArray[np.float32]:
        """Mean frequency, shape (n_channels,), float32, Hz; NaN where nothing is known, or just an offset."""
        known = self._moments[self._numbers >= 0]
        usable = np.isfinite(known).all(axis=1, keepdims=True)
        power, first = np.where(usable, known, 0.0).sum(axis=0)
        out = np.full(self._n_channels, np.nan)
        np.divide(first, power, out=out, where=power > 0)
        return out.astype(np.float32)
