"""The same blocks for all who record them, and how others do: bare file writes, h5py, zarr."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import signature
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from myoscope import Block, Recorder, StreamInfo, names
from myoscope.recordings.recorder import SYNC_S

BLOCK_S = 0.008
# How long the recorder lets blocks gather before it writes them.
WAKE_S = float(signature(Recorder.step).parameters["timeout_s"].default)


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


def spent(take: Take, write: Callable[[Block], None], wake: Callable[[float], None]) -> tuple[float, float]:
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


def raw_writes(folder: Path, take: Take) -> tuple[float, float]:
    """Write each block's bytes to the end of a file when it comes: the simplest recorder, synced as often as ours."""
    with raw_files(folder) as (files, sync):

        def write(block: Block) -> None:
            os.write(files[0], block.data)
            os.write(files[1], block.timestamps)

        return spent(take, write, sync)


def gathered_writes(folder: Path, take: Take) -> tuple[float, float]:
    """Let blocks gather as ours do, and write each heap at once: the least there is."""
    waiting: list[Block] = []
    with raw_files(folder) as (files, sync):

        def wake(now: float) -> None:
            os.writev(files[0], [block.data for block in waiting])
            os.writev(files[1], [block.timestamps for block in waiting])
            waiting.clear()
            sync(now)

        return spent(take, waiting.append, wake)


@contextmanager
def raw_files(folder: Path) -> Iterator[tuple[list[int], Callable[[float], None]]]:
    paths = [folder / "samples", folder / "timestamps"]
    files = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in paths]
    synced = 0.0

    def sync(now: float) -> None:
        nonlocal synced
        if now - synced >= SYNC_S:
            synced = now
            for file in files:
                os.fdatasync(file)

    try:
        yield files, sync
    finally:
        for file, path in zip(files, paths, strict=True):
            os.close(file)
            path.unlink()


def by_h5py(folder: Path, take: Take) -> tuple[float, float]:
    """Grow two data sets by each block, in chunks of a second, and flush once a second: nothing is synced."""
    import h5py

    rows, n_channels = round(take.info.fs), take.info.n_channels
    flushed = 0.0
    with h5py.File(folder / "rival.h5", "w") as file:
        samples = file.create_dataset(
            "samples", (0, n_channels), "f4", maxshape=(None, n_channels), chunks=(rows, n_channels)
        )
        timestamps = file.create_dataset("timestamps", (0,), "f8", maxshape=(None,), chunks=(rows,))

        def write(block: Block) -> None:
            n = len(samples)
            samples.resize(n + len(block.data), axis=0)
            samples[n:] = block.data
            timestamps.resize(n + len(block.data), axis=0)
            timestamps[n:] = block.timestamps

        def wake(now: float) -> None:
            nonlocal flushed
            if now - flushed >= 1.0:
                flushed = now
                file.flush()

        costs = spent(take, write, wake)
        assert len(samples) == take.n_samples
    (folder / "rival.h5").unlink()
    return costs


def by_zarr(folder: Path, take: Take, chunk_s: float) -> tuple[float, float]:
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

    costs = spent(take, write, lambda _: None)
    assert samples.shape[0] == take.n_samples
    shutil.rmtree(folder / "rival.zarr")
    return costs
