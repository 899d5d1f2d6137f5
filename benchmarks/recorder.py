"""What recording costs: our recorder, `zarr.append`, h5py, and bare file writes, on the same blocks at live pace.

Time is simulated: blocks come as they would from a device, the recorder's thread wakes as often as it would, and the
processor time all of it takes is divided by the time it stands for. Waiting for the disk costs no processor time.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
from effort import Effort
from numpy.typing import NDArray
from recording_peers import BLOCK_S, Take, by_h5py, by_zarr, gathered_writes, raw_writes, spent
from table import Row, duration, percent, times
from turns import in_turns

from myoscope import Block, Recorder, open_session

LIMITS = {64: 0.005, 512: 0.03}
SINK_S = 20e-6
APPEND_S = 0.6e-3
SIZES = ((64, 2048.0), (256, 2048.0), (512, 10_000.0))


def rows(effort: Effort) -> list[Row]:
    """Measure three sizes of a stream."""
    found: list[Row] = []
    with _folder() as folder:
        for n_channels, rate_hz in SIZES:
            found += _shares(folder, n_channels, rate_hz, effort)
            found += _waits(folder, n_channels, rate_hz, effort)
    return found


def _shares(folder: Path, n_channels: int, rate_hz: float, effort: Effort) -> list[Row]:
    """Compare the processor time of all."""
    take = Take(n_channels, rate_hz, effort.seconds(8.0, 2.0))
    # What an append costs hardly depends on how many came before, and it takes long.
    short = Take(n_channels, rate_hz, effort.seconds(1.0, 0.4) / (1 if n_channels < 512 else 2))
    ours, raw, gathered = (partial(one, folder, take) for one in (_ours, raw_writes, gathered_writes))
    by_second, by_block = (partial(by_zarr, folder, short, chunk_s) for chunk_s in (1.0, BLOCK_S))
    bare = partial(_ours, folder, take, overview=False)
    near = in_turns(effort.rounds(9), ours, raw, gathered, partial(by_h5py, folder, take), bare)
    far = in_turns(effort.rounds(3), ours, by_second, by_block)
    what = f"recording {n_channels} ch × {rate_hz:,.0f} Hz: CPU"
    spent = near.least(0)
    against_raw, against_gathered, against_h5py = (near.least_ratio(*pair) for pair in ((0, 1), (0, 2), (3, 0)))
    bare_against_raw = near.least_ratio(4, 1)
    against_zarr, against_blocks = far.least_ratio(1, 0), far.least_ratio(2, 0)
    limit = LIMITS.get(n_channels)
    return [
        Row(what, percent(spent), "", "", f"≤ {100 * limit:g} %" if limit else "", spent <= limit if limit else None),
        Row(
            what,
            percent(spent),
            f"{percent(far.least(1))} zarr.append",
            times(against_zarr),
            "≥ 100×",
            against_zarr >= 100,
        ),
        Row(what, percent(spent), f"{percent(far.least(2))} zarr.append, a file a block", times(against_blocks)),
        Row(
            what,
            percent(spent),
            f"{percent(near.least(3))} h5py, a flush a second",
            times(against_h5py),
            "faster",
            against_h5py > 1,
        ),
        Row(what, percent(spent), f"{percent(near.least(1))} raw writes", times(against_raw), "≤ 2×", against_raw <= 2),
        Row(
            f"{what}, samples alone, as theirs",
            percent(near.least(4)),
            f"{percent(near.least(1))} raw writes",
            times(bare_against_raw),
            "≤ 2×",
            bare_against_raw <= 2,
        ),
        Row(what, percent(spent), f"{percent(near.least(2))} raw writes, gathered first", times(against_gathered)),
        Row(
            f"recording {n_channels} ch × {rate_hz:,.0f} Hz: longest wait of the device's thread",
            duration(near.median(0, 1)),
            f"{duration(far.median(1, 1))} zarr.append",
        ),
    ]


def _waits(folder: Path, n_channels: int, rate_hz: float, effort: Effort) -> list[Row]:
    """Measure how long a block takes, on the device's thread and on the one that writes."""
    what = f"recording {n_channels} ch × {rate_hz:,.0f} Hz"
    live, empty = _live(folder, Take(n_channels, rate_hz, effort.seconds(20.0, 5.0)))
    p50, p99 = np.percentile(live, [50, 99])
    empty_p50, empty_p99 = np.percentile(empty, [50, 99])
    appended, synced = _appends(folder, Take(n_channels, rate_hz, effort.seconds(8.0, 2.0)))
    append_p99 = float(np.percentile(appended, 99))
    return [
        Row(
            f"{what}: a block on the device's own thread, live: median {duration(float(p50))}, p99",
            duration(float(p99)),
            f"{duration(float(empty_p99))} for a call that does nothing, median {duration(float(empty_p50))}",
            "",
            f"≤ {duration(SINK_S)}",
            bool(p99 <= SINK_S),
        ),
        Row(
            f"{what}: a block from device to file, committed: median {duration(float(np.median(appended)))}, p99",
            duration(append_p99),
            "",
            "",
            f"≤ {duration(APPEND_S)}",
            append_p99 <= APPEND_S,
        ),
        Row(f"{what}: the same where the disk is waited for, median", duration(float(np.median(synced)))),
    ]


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="myoscope-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ours(folder: Path, take: Take, overview: bool = True) -> tuple[float, float]:
    now = 0.0
    recorder = Recorder(folder / "ours.myo", clock=lambda: now, overview=overview)
    recorder.open()
    sink = recorder.sink("emg")
    sink.open(take.info)
    recorder.step(0.0)

    def wake(t: float) -> None:
        nonlocal now
        now = t
        recorder.step(0.0)

    try:
        costs = spent(take, sink.write, wake)
    finally:
        recorder.close()
    with open_session(recorder.path) as session:
        assert session.streams["emg"].n_samples == take.n_samples
    shutil.rmtree(recorder.path)
    return costs


def _live(folder: Path, take: Take) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each block costs a device's thread while another one writes, on the real clock, s.

    And what a call costs that does nothing: a thread that has slept finds the processor's caches cold, and is
    interrupted like any other. They take turns.
    """
    took: list[float] = []
    nothing: list[float] = []
    done = threading.Event()
    with Recorder(folder / "live.myo") as recorder:
        sink = recorder.sink("emg")
        sink.open(take.info)

        def acquire() -> None:
            due = perf_counter()
            blocks = take.blocks()
            while True:
                due += BLOCK_S
                sleep(max(0.0, due - perf_counter()))
                # Made now, as a device's source makes it, and handed on at once.
                if (block := next(blocks, None)) is None:
                    break
                if len(took) > len(nothing):
                    begun = perf_counter()
                    _do_nothing(block)
                    nothing.append(perf_counter() - begun)
                    sink.write(block)
                else:
                    begun = perf_counter()
                    sink.write(block)
                    took.append(perf_counter() - begun)
            done.set()

        device = threading.Thread(target=acquire)
        device.start()
        while not done.is_set():
            recorder.step()
        device.join()
        recorder.step(0.0)
    shutil.rmtree(recorder.path)
    return np.asarray(took), np.asarray(nothing)


def _do_nothing(_block: Block) -> None:
    pass


def _appends(folder: Path, take: Take) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each block takes when it is written at once, s: where nothing is synced, and where it is."""
    now = 0.0
    recorder = Recorder(folder / "appends.myo", clock=lambda: now)
    recorder.open()
    sink = recorder.sink("emg")
    sink.open(take.info)
    recorder.step(0.0)
    took, synced = [], []
    for block in take.blocks():
        now = float(block.timestamps[-1])
        before = recorder.status.n_acknowledged["emg"]
        begun = perf_counter()
        sink.write(block)
        recorder.step(0.0)
        cost = perf_counter() - begun
        (took if recorder.status.n_acknowledged["emg"] == before else synced).append(cost)
    recorder.close()
    shutil.rmtree(recorder.path)
    return np.asarray(took), np.asarray(synced)
