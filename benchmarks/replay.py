"""Does a replay keep real time, and how fast is a jump to anywhere in an hour: on the real clock, from real files."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from effort import Effort
from table import Row, duration

from myoscope import Block, Recorder, Replay, StreamInfo

RATES_HZ = (500.0, 2048.0, 10_000.0)
OFF = 0.001
SEEK_S = 0.1


def rows(effort: Effort) -> list[Row]:
    """Measure how far a replay is off after a while, and how long a seek takes until its rows are there."""
    with tempfile.TemporaryDirectory(prefix="myoscope-bench-") as scratch:
        return [*_real_time(Path(scratch), effort.seconds(60.0, 5.0)), _seeking(Path(scratch), effort)]


def _session(path: Path, seconds: float, streams: dict[str, tuple[float, int]]) -> Path:
    """Write a session of this length as fast as it goes; each sample holds its own number."""
    clock = [1000.0]
    with Recorder(path, clock=lambda: clock[0]) as recorder:
        sinks = {}
        for name, (rate_hz, n_channels) in streams.items():
            sinks[name] = recorder.sink(name)
            sinks[name].open(StreamInfo(fs=rate_hz, sample_shape=(n_channels,)))
        for second in range(round(seconds)):
            for name, (rate_hz, n_channels) in streams.items():
                numbers = np.arange(round(second * rate_hz), round((second + 1) * rate_hz))
                data = np.repeat(numbers[:, None], n_channels, axis=1).astype(np.float32)
                sinks[name].write(Block(data, 1000.0 + numbers / rate_hz))
            clock[0] += 1.0
            recorder.step(0.0)
    return path


def _real_time(folder: Path, seconds: float) -> list[Row]:
    path = _session(folder / "minute.myo", seconds + 5, {f"hz{rate:.0f}": (rate, 4) for rate in RATES_HZ})
    found = []
    with Replay(path) as replay:
        sources = list(replay.sources.values())
        for source in sources:
            source.connect()
        replay.play()
        begun = time.perf_counter()
        newest = dict.fromkeys(replay.sources, 0.0)
        seen = dict.fromkeys(replay.sources, 0.0)
        while time.perf_counter() - begun < seconds:
            for name, source in replay.sources.items():
                block = source.read()
                if block is not None and len(block.timestamps):
                    newest[name], seen[name] = float(block.data[-1, 0]), time.perf_counter() - begun
        for (name, number), rate_hz in zip(newest.items(), RATES_HZ, strict=True):
            # A block is read up to a few milliseconds after its last sample was due: that is no drift.
            off = abs((number + 1) / rate_hz - seen[name]) / seen[name]
            what = f"replay at 1×, {rate_hz:,.0f} Hz: off real time after {seconds:.0f} s"
            found.append(Row(what, f"{100 * off:.3f} %", "", "", f"≤ {100 * OFF:.1f} %", off <= OFF))
        for source in sources:
            source.disconnect()
    return found


def _seeking(folder: Path, effort: Effort) -> Row:
    hour = 600 if effort.quick else 3600
    path = _session(folder / "hour.myo", hour, {"emg": (2000.0, 16)})
    rng = np.random.default_rng(0)
    took = []
    with Replay(path) as replay:
        source = replay.sources["emg"]
        source.connect()
        for _ in range(effort.rounds(41)):
            begun = time.perf_counter()
            replay.seek(float(rng.uniform(20, hour - 20)))
            while (block := source.read()) is None:
                pass
            took.append(time.perf_counter() - begun)
            assert len(block.timestamps) > 10_000, "the ten seconds before the new place come with it"
        source.disconnect()
    worst = max(took)
    what = (
        f"seek in {hour // 60} min of 16 ch × 2,000 Hz, with the 10 s before: median {duration(median(took))}, longest"
    )
    return Row(what, duration(worst), "", "", f"< {duration(SEEK_S)}", worst < SEEK_S)
