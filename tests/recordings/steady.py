"""How much memory an export takes at most, whatever the length of the session."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np

from myoscope.recordings import open_session
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session
from myoscope.sources import StreamInfo, names


def most_memory(folder: Path, name: str, seconds: int, **options) -> int:
    """Export a session of 16 channels at 2 kHz, float32, and return the peak of Python's memory, bytes."""
    path = folder / f"{name}-{seconds}.myo"
    with SessionBuilder(path, clock_at_created=100.0) as builder:
        builder.stream("emg", StreamInfo(fs=2000.0, channel_names=names("emg", 16), unit="µV"))
        data = np.random.default_rng(1).normal(size=(20_000, 16)).astype(np.float32)
        for first in range(0, seconds, 10):
            times = 100 + first + np.arange(20_000) / 2000
            times[::7] += 1e-5
            builder.write("emg", data, times)
        builder.finish()
    with open_session(path) as session:
        tracemalloc.start()
        try:
            made = export_session(session, name, folder / f"{name}-{seconds}.out", **options)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    made.path.unlink()
    return peak
