"""How much memory work takes at most, and sessions long enough to tell."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np

from myoscope.recordings import open_session
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session
from myoscope.sources import StreamInfo, names


class Memory:
    """Tells after a ``with`` how much memory Python held at most inside of it."""

    peak_bytes = 0

    def __enter__(self) -> Memory:
        tracemalloc.start()
        return self

    def __exit__(self, *_: object) -> None:
        _, self.peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()


def long_session(path: Path, seconds: int) -> Path:
    """Make a session of 16 channels at 2 kHz, float32, whose times are on no grid."""
    with SessionBuilder(path, clock_at_created=100.0) as builder:
        builder.stream("emg", StreamInfo(fs=2000.0, channel_names=names("emg", 16), unit="µV"))
        data = np.random.default_rng(1).normal(size=(20_000, 16)).astype(np.float32)
        for first in range(0, seconds, 10):
            times = 100 + first + np.arange(20_000) / 2000
            times[::7] += 1e-5
            builder.write("emg", data, times)
        return builder.finish()


def most_to_export(folder: Path, name: str, seconds: int, **options) -> int:
    """Export a long session, and return the peak of Python's memory, bytes."""
    with open_session(long_session(folder / f"{name}-{seconds}.myo", seconds)) as session, Memory() as memory:
        made = export_session(session, name, folder / f"{name}-{seconds}.out", **options)
    made.path.unlink()
    return memory.peak_bytes
