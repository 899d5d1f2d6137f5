"""A session with one of everything that is hard to write elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from myoscope.recordings.about import About, ChannelAbout
from myoscope.recordings.building import SessionBuilder
from myoscope.sources import Event, StreamInfo

T0 = 1000.0
WHEN = datetime(2025, 3, 4, 10, 30, tzinfo=UTC)
EMG = StreamInfo(
    fs=2000.0,
    channel_names=("Biceps", "=2+2", "ü/c", "d"),
    unit="µV",
    dtype="int16",
    scale=0.061,
    channel_types=("EMG",) * 4,
)
EVENTS = (
    Event(T0 + 0.5, "marker", "lift µ", "left, arm"),
    Event(T0 + 1.25, "cue", "", "a\nb"),
    Event(T0 + 1.5, "label", "x\0\ud800y", "", "emg"),
)


def jittered(n: int, fs: float, first: float = T0, seed: int = 1) -> np.ndarray:
    """Return times that no grid has, rising, s."""
    rng = np.random.default_rng(seed)
    return first + (np.arange(n) + rng.uniform(-0.2, 0.2, n)) / fs


def mixed_session(path: Path) -> Path:
    """Make it: integers with a scale and a gap, motion capture, an irregular unsigned stream, an empty one."""
    rng = np.random.default_rng(7)
    about = About(name="abduction", subject="sub-001", task="abduction", operator="Doe, Jane", notes="µ «notes»")
    with SessionBuilder(path, about, created=WHEN, clock_at_created=T0) as builder:
        muscles = tuple(
            ChannelAbout(muscle=name, side="left") for name in ("biceps", "triceps", "deltoid", "trapezius")
        )
        builder.stream("emg", EMG, "synthetic:", muscles)
        for first, lost in ((0.0, 0), (3.0, 1000)):
            data = rng.integers(-(2**15), 2**15, (5000, 4)).astype(np.int16)
            builder.write("emg", data, jittered(5000, 2000.0, T0 + first), lost)
        builder.stream("mocap", StreamInfo(fs=100.0, sample_shape=(3, 3), unit="mm", dtype="float64"))
        builder.write("mocap", rng.normal(size=(550, 3, 3)), jittered(550, 100.0))
        builder.stream("count er", StreamInfo(fs=0.0, channel_names=("n",), dtype="uint16"))
        builder.write("count er", np.array([[1], [65535], [7]], dtype=np.uint16), T0 + np.array([0.1, 0.7, 4.0]))
        builder.stream("none", StreamInfo(fs=50.0, channel_names=("f",), unit="N", dtype="float32"))
        for event in EVENTS:
            builder.event(event)
        return builder.finish()
