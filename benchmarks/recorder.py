"""What recording costs: our recorder, `zarr.append` a block, and bare file writes, on the same blocks at live pace.

Time is simulated: blocks come as they would from a device, the recorder's thread wakes as often as it would, and the
processor time all of it takes is divided by the time it stands for. Waiting for the disk costs no processor time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from inspect import signature
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from effort import Effort
from table import Row, duration, percent, times
from turns import in_turns

from myoscope import Block, Recorder, StreamInfo, names, open_session

BLOCK_S = 0.008
# How long the recorder lets blocks gather before it writes them.
WAKE_S = float(signature(Recorder.step).parameters["timeout_s"].default)
SYNC_S = 0.5
SIZES = ((64, 2048.0), (256, 2048.0), (512, 10_000.0))


class Take:
    """A stretch of blocks as a device delivers them.

    Parameters
    ----------
    n_channels
        Columns.
    rate_hz
        Samples a second, Hz.
    seconds
        How long it is, s.
    """

    def __init__(self, n_channels: int, rate_hz: float, seconds: float) -> None:
        self.info = StreamInfo(fs=rate_hz, channel_names=names("EMG", n_channels), unit="µV", dtype="float32")
        self.seconds = seconds
        self._n_rows = max(1, round(BLOCK_S * rate_hz))
        self._n_blocks = round(seconds * rate_hz) // self._n_rows
        # Half a second of samples, over and over: memory as a live stream has it, and no two blocks alike.
        rng = np.random.default_rng(3)
        self._data = rng.standard_normal((round(rate_hz / 2), n_channels), dtype=np.float32)

    @property
    def n_samples(self) -> int:
        """Rows of all blocks."""
        return self._n_blocks * self._n_rows

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, each with memory of its own, as `Stream` hands them on."""
        for number in range(self._n_blocks):
            at = number * self._n_rows % (len(self._data) - self._n_rows)
            first = number * self._n_rows
            timestamps = np.arange(first, first + self._n_rows) / self.info.fs
            yield Block(self._data[at : at + self._n_rows].copy(), timestamps)


def rows(effort: Effort) -> list[Row]:
    """Measure three sizes of a stream."""
    found: list[Row] = []
    with _folder() as folder:
        for n_channels, rate_hz in SIZES:
            take = Take(n_channels, rate_hz, effort.seconds(4.0, 2.0))
            # What an append costs hardly depends on how many came before, and it takes long.
            short = Take(n_channels, rate_hz, effort.seconds(1.0, 0.4) / (1 if n_channels < 512 else 2))
            ours, raw = partial(_ours, folder, take), partial(_raw, folder, take)
            by_second, by_block = (partial(_zarr, folder, short, chunk_s) for chunk_s in (1.0, BLOCK_S))
            near = in_turns(effort.rounds(5), ours, raw)
            far = in_turns(effort.rounds(3), ours, by_second, by_block)
            what = f"recording {n_channels} ch × {rate_hz:,.0f} Hz: CPU"
            spent = percent(near.median(0))
            against_raw, against_zarr, against_blocks = near.ratio(0, 1), far.ratio(1, 0), far.ratio(2, 0)
            found += [
                Row(
                    what,
                    spent,
                    f"{percent(far.median(1))} zarr.append",
                    times(against_zarr),
                    "≥ 50×",
                    against_zarr >= 50,
                ),
                Row(what, spent, f"{percent(far.median(2))} zarr.append, a file a block", times(against_blocks)),
                Row(what, spent, f"{percent(near.median(1))} raw writes", times(against_raw), "≤ 3×", against_raw <= 3),
                Row(
                    f"recording {n_channels} ch × {rate_hz:,.0f} Hz: longest wait of the device's thread",
                    duration(near.median(0, 1)),
                    f"{duration(far.median(1, 1))} zarr.append",
                ),
            ]
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="myoscope-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spent(take: Take, write: Callable[[Block], None], wake: Callable[[float], None]) -> tuple[float, float]:
    """Return processor time a second of signal, s, and the longest wait for one block, s."""
    spent = longest = 0.0
    for blocks in batched(take.blocks(), round(WAKE_S / BLOCK_S)):
        cpu = process_time()
        for block in blocks:
            begun = perf_counter()
            write(block)
            longest = max(longest, perf_counter() - begun)
        wake(float(blocks[-1].timestamps[-1]))
        spent += process_time() - cpu
    return spent / take.seconds, longest


def batched(blocks: Iterator[Block], number: int) -> Iterator[list[Block]]:
    """Yield `number` blocks at a time."""
    while waiting := list(islice(blocks, number)):
        yield waiting


def _ours(folder: Path, take: Take) -> tuple[float, float]:
    now = 0.0
    recorder = Recorder(folder / "ours.myo", clock=lambda: now)
    recorder.open()
    sink = recorder.sink("emg")
    sink.open(take.info)
    recorder.step(0.0)

    def wake(t: float) -> None:
        nonlocal now
        now = t
        recorder.step(0.0)

    try:
        costs = _spent(take, sink.write, wake)
    finally:
        recorder.close()
    with open_session(recorder.path) as session:
        assert session.streams["emg"].n_samples == take.n_samples
    shutil.rmtree(recorder.path)
    return costs


def _raw(folder: Path, take: Take) -> tuple[float, float]:
    """The least there is: each block's bytes to the end of a file, made durable as often as ours."""
    paths = [folder / "samples", folder / "timestamps"]
    files = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in paths]
    synced = 0.0

    def write(block: Block) -> None:
        os.write(files[0], block.data)
        os.write(files[1], block.timestamps)

    def wake(now: float) -> None:
        nonlocal synced
        if now - synced >= SYNC_S:
            synced = now
            for file in files:
                os.fdatasync(file)

    try:
        return _spent(take, write, wake)
    finally:
        for file, path in zip(files, paths, strict=True):
            os.close(file)
            path.unlink()


def _zarr(folder: Path, take: Take, chunk_s: float) -> tuple[float, float]:
    """The usual pattern: arrays that grow by each block, uncompressed as ours are, in chunks of a second or of a block.

    With the chunks of ten seconds that we write it costs several times as much again.
    """
    import zarr

    rows, n_channels = round(chunk_s * take.info.fs), take.info.n_channels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = zarr.create_group(store=folder / "rival.zarr", overwrite=True)
        samples = group.create_array(
            "samples", shape=(0, n_channels), chunks=(rows, n_channels), dtype="float32", compressors=None
        )
        timestamps = group.create_array("timestamps", shape=(0,), chunks=(rows,), dtype="float64", compressors=None)

    def write(block: Block) -> None:
        samples.append(block.data)
        timestamps.append(block.timestamps)

    costs = _spent(take, write, lambda _: None)
    assert samples.shape[0] == take.n_samples
    shutil.rmtree(folder / "rival.zarr")
    return costs
