"""What compression costs and gives: seconds and bytes an hour, and reads of both layouts, from real files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from effort import Effort
from table import Row, duration

from myoscope import Block, Recorder, Replay, StreamInfo, open_session
from myoscope.recordings.compaction import compact_session
from myoscope.recordings.stored import StoredStream

RATE_HZ = 2000
N_CHANNELS = 64
WINDOW_S = 10.0
WINDOW_WITHIN_S = 0.001
CHANNEL_WITHIN_S = 0.1
MEMORY_MB = 32.0
"""How much more memory twice the length may take."""

GROW = """
import resource, sys
from pathlib import Path
from myoscope.recordings.compaction import compact_session
compact_session(sys.argv[1])
told = Path("/proc/self/status")
# Of this program: what the system says of a child's highest also counts the parent it was born from.
lines = told.read_text().splitlines() if told.exists() else []
high = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")]
print((high or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] / 2**20)
"""


def rows(effort: Effort) -> list[Row]:
    """Measure 64 channels of noise as strong as EMG in integers of half a microvolt, as amplifiers give them."""
    minutes = 4 if effort.quick else 20
    with tempfile.TemporaryDirectory(prefix="myoscope-bench-") as scratch:
        folder = Path(scratch)
        original = _session(folder / "original.myo", minutes)
        small = folder / "small.myo"
        shutil.copytree(original, small)
        before = _size(small)
        begun = time.perf_counter()
        compact_session(small)
        took = (time.perf_counter() - begun) * 60 / minutes
        found = [
            Row("compress an hour of 64 ch × 2,000 Hz, int16: each byte read back, SHA-256 of all", duration(took)),
            Row("… and it becomes", f"{before / _size(small):.2f}× smaller"),
        ]
        with open_session(original) as recorded, open_session(small) as compressed:
            pair = recorded.streams["emg"], compressed.streams["emg"]
            found += _window(effort, *pair)
            found += _channel(minutes, *pair)
        found.append(_replay(small))
        found += _memory(folder, minutes)
    return found


def _session(path: Path, minutes: float) -> Path:
    """Write a session as fast as it goes: bursts, 50 Hz hum, and the noise of the amplifier."""
    rng = np.random.default_rng(0)
    n = 20 * RATE_HZ
    t = np.arange(n) / RATE_HZ
    smooth = np.lib.stride_tricks.sliding_window_view(rng.standard_normal((n + 3, N_CHANNELS)), 4, axis=0).mean(axis=-1)
    strength = (0.03 + np.clip(np.sin(2 * np.pi * 0.2 * t), 0, 1) ** 2)[:, None]
    volts = 200 * smooth * strength + 1.5 * rng.standard_normal((n, N_CHANNELS))
    counts = np.round((volts + 5 * np.sin(2 * np.pi * 50 * t)[:, None]) / 0.5).astype("<i2")
    clock = [1000.0]
    with Recorder(path, clock=lambda: clock[0]) as recorder:
        sink = recorder.sink("emg")
        sink.open(StreamInfo(fs=RATE_HZ, sample_shape=(N_CHANNELS,), unit="µV", dtype="int16", scale=0.5))
        for second in range(round(60 * minutes)):
            first = second % 20 * RATE_HZ
            stamps = 1000.0 + second + np.arange(RATE_HZ) / RATE_HZ
            sink.write(Block(np.roll(counts[first : first + RATE_HZ], second, axis=1), stamps))
            clock[0] += 1.0
            recorder.step(0.0)
    return path


def _window(effort: Effort, recorded: StoredStream, compressed: StoredStream) -> list[Row]:
    n = round(WINDOW_S * RATE_HZ)
    starts = np.random.default_rng(1).integers(0, recorded.n_samples - n, effort.rounds(101))

    def read(stream: StoredStream) -> float:
        def all_of_them() -> None:
            for first in starts.tolist():
                stream.read_samples(first, first + n)

        return _typical(all_of_them) / len(starts)

    ours, peer = read(recorded), read(compressed)
    what = "10 s × 64 ch from anywhere, warm"
    return [
        Row(f"{what}, as recorded", duration(ours), "", "", f"≤ {duration(WINDOW_WITHIN_S)}", ours <= WINDOW_WITHIN_S),
        Row(f"{what}, compressed", duration(peer)),
    ]


def _channel(minutes: int, recorded: StoredStream, compressed: StoredStream) -> list[Row]:
    def read(stream: StoredStream) -> float:
        return _typical(lambda: np.ascontiguousarray(stream.read_samples(channels=slice(5, 6)))) * 60 / minutes

    ours, peer = read(recorded), read(compressed)
    limit = f"≤ {duration(CHANNEL_WITHIN_S)}"
    what = "one channel of an hour, warm"
    return [
        Row(f"{what}, as recorded", duration(ours), "", "", limit, ours <= CHANNEL_WITHIN_S),
        Row(f"{what}, compressed", duration(peer)),
    ]


def _typical(act: Callable[[], object], rounds: int = 7) -> float:
    act()
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        took.append(time.perf_counter() - begun)
    return median(took)


def _replay(path: Path) -> Row:
    """Play at 16 times real time by a clock that is as fast as the reading: what share of the time reading takes."""
    now = [0.0]
    with Replay(path, 16.0, clock=lambda: now[0], wait=lambda _: None) as replay:
        source = replay.sources["emg"]
        source.connect()
        replay.play()
        n, begun = 0, time.perf_counter()
        while n < 120 * RATE_HZ:
            now[0] += 0.01
            block = source.read()
            n += 0 if block is None else len(block.timestamps)
        share = (time.perf_counter() - begun) / (n / RATE_HZ / 16)
        source.disconnect()
    what = "replay of a compressed session at 16×: share of a core"
    return Row(what, f"{100 * share:.1f} %", "", "", "< 100 %", share < 1)


def _memory(folder: Path, minutes: int) -> list[Row]:
    # As many shards as are kept open are mapped, and count; twice as long must not take more.
    peaks, lengths = [], (max(9, minutes // 2), max(18, minutes))
    for length in lengths:
        path = _session(folder / f"memory-{length}.myo", length)
        told = subprocess.run([sys.executable, "-c", GROW, str(path)], capture_output=True, text=True, check=True)
        peaks.append(float(told.stdout))
    grown = peaks[1] - peaks[0]
    what = f"memory of compressing {lengths[0]} min, and {lengths[1]} min: highest, and how much more"
    return [Row(what, f"{peaks[0]:.0f} MB, {grown:+.0f} MB", "", "", f"< {MEMORY_MB:+.0f} MB", grown < MEMORY_MB)]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
