"""The signal that both sides draw: the same surface EMG, sample for sample, as often as it is asked for."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from myoscope import Block, StreamInfo, local_clock, names
from myoscope.sources.surface_emg import SurfaceEmg

FRAMES_HZ = 60


class FedSource:
    """A source that delivers when told how many samples are due, not when a clock says so.

    Parameters
    ----------
    n_channels
        Channels.
    rate_hz
        Sampling rate, Hz.
    """

    def __init__(self, n_channels: int, rate_hz: float) -> None:
        self._emg = surface_emg(n_channels, rate_hz)
        self._info = StreamInfo(fs=rate_hz, channel_names=names("EMG", n_channels), unit="µV", dtype="float32")
        self._n_made = 0
        self.n_due = 0

    def connect(self) -> StreamInfo:
        """Describe the stream."""
        return self._info

    def read(self) -> Block | None:
        """Return the samples that are due; the last of them was taken now."""
        n = self.n_due
        if not n:
            return None
        data = self._emg.rows(self._n_made, n)
        self._n_made += n
        return Block(data, local_clock() + np.arange(1 - n, 1) / self._info.fs)

    def disconnect(self) -> None:
        """Nothing is held."""


@cache
def surface_emg(n_channels: int, rate_hz: float) -> SurfaceEmg:
    """Return a signal; making its tables takes a second, so it is kept."""
    return SurfaceEmg(n_channels, rate_hz)


def channels_first(n_channels: int, rate_hz: float, n_samples: int) -> NDArray[np.float32]:
    """Return the beginning of the same signal, shape (n_channels, n_samples), contiguous."""
    return np.ascontiguousarray(surface_emg(n_channels, rate_hz).rows(0, n_samples).T)
