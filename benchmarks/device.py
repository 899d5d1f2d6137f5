"""A device that counts: what it delivered is held against what the session holds, sample for sample."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from emg import surface_emg

from myoscope import Stream, SyntheticSource, local_clock, open_session

COUNTED_TO = 2**24


def counting(n_channels: int, rate_hz: float, buffer_seconds: float = 10.0) -> tuple[Stream, SyntheticSource]:
    """Return a connected stream whose ring is full already, and its device, whose last channel counts the samples."""
    source = SyntheticSource(n_channels=n_channels, rate_hz=rate_hz, counter_channel=True)
    stream = Stream("emg", source, buffer_seconds=buffer_seconds)
    stream.connect()
    assert stream.ring is not None
    n = stream.ring.capacity
    step = round(rate_hz)
    signal = surface_emg(n_channels, rate_hz)
    begun = local_clock() - n / rate_hz
    for first in range(0, n, step):
        rows = signal.rows(first, min(step, n - first))
        stream.ring.extend(rows, begun + np.arange(first, first + len(rows)) / rate_hz)
    return stream, source


def missing(session: Path, source: SyntheticSource) -> tuple[int, int]:
    """Return how many delivered samples the session lacks, and at how many places its counter does not go on by one."""
    with open_session(session) as opened:
        stored = opened.streams["emg"]
        last, n_breaks = -1.0, 0
        for start in range(0, stored.n_samples, 50_000):
            counter = stored.read(start, min(stored.n_samples, start + 50_000))[0][:, -1].astype(np.float64)
            n_breaks += int(np.count_nonzero(np.diff(counter, prepend=last) % COUNTED_TO != 1))
            last = float(counter[-1])
        return source.n_delivered - stored.n_samples, n_breaks


def resident_bytes() -> int:
    """Return how much memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
