"""What a stream keeps of its samples, and the three ways of looking at it."""

from __future__ import annotations

import math
import threading

import numpy as np
from numpy.typing import NDArray

from .block import Block
from .envelope import Envelope
from .info import StreamInfo
from .ring import RingBuffer

IRREGULAR_RATE_HZ = 200.0
"""What an irregular stream's buffer has room for, Hz."""


def bytes_per_second(info: StreamInfo) -> float:
    """Return what keeping a second of a stream takes, bytes: float32 values and a timestamp a row, written twice."""
    return 2.0 * (info.fs or IRREGULAR_RATE_HZ) * (4 * info.n_channels + 8)


class Past:
    """The ring of a stream of numbers. One thread takes blocks, any thread looks.

    Parameters
    ----------
    info
        What the stream is.
    buffer_seconds
        How much is kept, s.

    Raises
    ------
    SourceError
        When that would take too much memory.
    """

    def __init__(self, info: StreamInfo, buffer_seconds: float) -> None:
        self._rate_hz = info.fs or IRREGULAR_RATE_HZ
        self._regular = bool(info.fs)
        capacity = max(2, math.ceil(buffer_seconds * self._rate_hz))
        self.ring = RingBuffer(info.n_channels, capacity, max(64, math.ceil(self._rate_hz)))
        self._displays = threading.local()
        self.follow(info)

    def follow(self, info: StreamInfo) -> None:
        """Go on with a source whose numbers may be scaled otherwise; the ring holds them in the unit."""
        self._scales = None if info.scale == 1.0 else info.scales.astype(np.float32)

    def take(self, block: Block, *, broken: bool) -> None:
        """Keep a block; `broken` marks a break before it even though nothing is known to be lost."""
        flat = block.data.reshape(len(block.timestamps), -1)
        scaled = flat if self._scales is None else flat * self._scales
        self.ring.extend(scaled, block.timestamps, block.lost, broken=broken)

    def window(self, seconds: float) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return the newest `seconds`: owned (n_channels, n_samples) and (n_samples,)."""
        data, timestamps, _ = self.ring.copy(round(seconds * self._rate_hz) if self._regular else None)
        if not self._regular and len(timestamps):
            recent = int(np.searchsorted(timestamps, timestamps[-1] - seconds, side="right"))
            data, timestamps = data[recent:], timestamps[recent:]
        return np.ascontiguousarray(data.T), timestamps

    def display(self, n_columns: int, seconds: float) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return columns (n_channels, n_columns, 2) and their ages before the newest sample, (n_columns,) s."""
        bucket = max(1, math.ceil(seconds * self._rate_hz / n_columns))
        envelope: Envelope | None = getattr(self._displays, "envelope", None)
        if envelope is None or (envelope.bucket, envelope.n_columns) != (bucket, n_columns):
            envelope = self._displays.envelope = Envelope(self.ring, bucket, n_columns)
        envelope.update()
        ages: NDArray[np.float64] = (np.arange(n_columns - 1.0, -1.0, -1.0) + envelope.fill) * bucket / self._rate_hz
        return envelope.columns.copy(), ages
