"""Recordings made by hand, with a clock that moves only when told, and patterns that tell every sample apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from myoscope.recordings import Recorder
from myoscope.sources import Block, StreamInfo, names


class SteppedTime:
    """A clock that moves only when told, or while someone sleeps by it."""

    def __init__(self, now: float = 1000.0):
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


EMG = StreamInfo(fs=2000.0, name="EMG", channel_names=names("emg", 4), unit="µV", dtype="int16", scale=0.5)
MARKERS = StreamInfo(fs=100.0, name="Markers", sample_shape=(3, 3), unit="mm", dtype="float64")


def counted(first: int, n: int, info: StreamInfo = EMG) -> np.ndarray:
    """Return samples `first` to `first + n` of a pattern in which neighbours and channels all differ."""
    numbers = (np.arange(first, first + n)[:, None] * 31 + np.arange(info.n_channels) * 7) % 30011
    return numbers.astype(info.dtype).reshape(n, *info.sample_shape)


def block(first: int, n: int, info: StreamInfo = EMG, lost: int = 0, t0: float = 50.0, at: int | None = None) -> Block:
    """Return samples of the pattern; `at` is their place in time when that is not their number."""
    number = np.arange(n) + (first if at is None else at)
    return Block(counted(first, n, info), t0 + number / (info.fs or 100.0), lost)


def recorder(path: Path, time: SteppedTime | None = None, **settings) -> Recorder:
    """Return an open recorder with a clock of its own."""
    made = Recorder(path, clock=time or SteppedTime(), **settings)
    made.open()
    return made


def recorded(
    path: Path, n: int = 5000, info: StreamInfo = EMG, lost_at: dict[int, int] | None = None, **settings
) -> Path:
    """Record `n` samples of the pattern in blocks of 100, some lost before those in `lost_at`; return the session."""
    made = recorder(path, **settings)
    sink = made.sink("emg", "synthetic:")
    sink.open(info)
    n_lost = 0
    for first in range(0, n, 100):
        lost = (lost_at or {}).get(first, 0)
        n_lost += lost
        sink.write(block(first, min(100, n - first), info, lost, at=first + n_lost))
    made.step(0)
    made.close()
    return made.path


def lines(path: Path) -> list[dict]:
    """Return what a file of lines holds."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def attributes(group: Path) -> dict:
    """Return what the own file of a session, or of a group in it, says at this moment."""
    return json.loads((group / "zarr.json").read_text(encoding="utf-8"))["attributes"]
