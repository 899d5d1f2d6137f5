"""Writing the overview of a stream: lowest and highest value of 64 samples, of 256, of 1,024, and so on.

``overview/1`` has a row for every 64 samples, ``overview/2`` one for every 256, each level a quarter of the one before:
Zarr arrays of shape (n_rows, n_channels, 2) in the device's own number format, uncompressed, 4 % of the samples in all.
Only whole rows are there. They grow in ``overview.new``; when the recording is closed they are brought to the disk, and
then the folder gets its name. What is called ``overview`` is therefore whole, and says of how many samples it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import extremes
from .arrays import ArrayLayout
from .layout import METADATA, replace_json, sync_file, sync_folder
from .runs import split

OVERVIEW = "overview"
GROWING = "overview.new"
BUCKET = 64
FACTOR = 4
GATHERED_BYTES = 256 * 2**10
FLUSH_BYTES = 256 * 2**10
CHUNK_BYTES = 8 * 2**20


def bucket_of(level: int) -> int:
    """Return how many samples a row of a level stands for; the first level is 1."""
    return BUCKET * int(FACTOR ** (level - 1))


class OverviewWriter:
    """Builds the overview of one stream as its samples come. One thread calls it; any call may raise `OSError`.

    Parameters
    ----------
    folder
        The group's folder, or another one that is to hold the overview.
    dtype
        Number format of the samples, little-endian.
    n_channels
        Values of a sample, all axes of it together.
    growing
        What it is called until it is whole; ends in ``.new``.
    """

    def __init__(self, folder: Path, dtype: np.dtype[Any], n_channels: int, growing: str = GROWING) -> None:
        self.n_samples = 0
        self._folder, self._growing = folder / OVERVIEW, folder / growing
        self._dtype, self._n_channels = dtype, n_channels
        rows = max(1, GATHERED_BYTES // (BUCKET * dtype.itemsize * n_channels)) * BUCKET
        self._rows = np.empty((rows, n_channels), dtype=dtype)
        self._n_rows = 0
        self._levels: list[_Level] = []
        shutil.rmtree(self._growing, ignore_errors=True)
        self._growing.mkdir()
        replace_json(self._growing / METADATA, _group(None, 0), durable=False)

    def add(self, pieces: Sequence[NDArray[Any]]) -> None:
        """Take in the next samples, some pieces of shape (n_samples, *sample_shape) each; they are copied.

        Most calls do no more than that, a few microseconds.
        """
        rows = [piece.reshape(len(piece), self._n_channels) for piece in pieces]
        while rows:
            some, rows = split(rows, len(self._rows) - self._n_rows)
            n = sum(map(len, some))
            np.concatenate(some, out=self._rows[self._n_rows : self._n_rows + n])
            self._n_rows += n
            self.n_samples += n
            if self._n_rows == len(self._rows):
                self._reduce()

    def _reduce(self) -> None:
        whole = self._n_rows // BUCKET * BUCKET
        if whole:
            self._append(0, *extremes.of_groups(self._rows[:whole], BUCKET))
            self._rows[: self._n_rows - whole] = self._rows[whole : self._n_rows]
            self._n_rows -= whole

    def _append(self, number: int, low: NDArray[Any], high: NDArray[Any]) -> None:
        if number == len(self._levels):
            self._levels.append(_Level(self._growing / str(number + 1), self._dtype, self._n_channels))
        level = self._levels[number]
        while len(low):
            n = level.add(low, high)
            low, high = low[n:], high[n:]
            if level.is_full:
                self._flush(number)

    def _flush(self, number: int) -> None:
        low, high = self._levels[number].flush()
        if len(low):
            self._append(number + 1, low, high)

    def finish(self) -> None:
        """Bring everything to the disk, and give it its name; what had it before goes."""
        self._reduce()
        number = 0
        while number < len(self._levels):
            self._flush(number)
            number += 1
        for level in self._levels:
            level.finish()
        replace_json(self._growing / METADATA, _group(self.n_samples, len(self._levels)))
        shutil.rmtree(self._folder, ignore_errors=True)
        self._growing.rename(self._folder)
        sync_folder(self._folder.parent)

    def discard(self) -> None:
        """Remove what has grown so far. Safe to call twice, and after `finish`."""
        shutil.rmtree(self._growing, ignore_errors=True)


class _Level:
    """One array of the overview. Files are opened for each write: a recording may have hundreds of groups."""

    def __init__(self, folder: Path, dtype: np.dtype[Any], n_channels: int) -> None:
        rows = max(1, CHUNK_BYTES // (2 * dtype.itemsize * n_channels))
        self._layout = ArrayLayout(folder, dtype, (n_channels, 2), rows)
        # As many as make whole rows of the next level: only the last few of a recording are left over.
        self._rows = np.empty((max(1, FLUSH_BYTES // (FACTOR * self._layout.row_bytes)) * FACTOR, n_channels, 2), dtype)
        self._n_waiting = self._n_rows = 0

    @property
    def is_full(self) -> bool:
        return self._n_waiting == len(self._rows)

    def add(self, low: NDArray[Any], high: NDArray[Any]) -> int:
        """Take in as many rows as there is room for; return how many."""
        first = self._n_waiting
        n = min(len(low), len(self._rows) - first)
        self._rows[first : first + n, :, 0] = low[:n]
        self._rows[first : first + n, :, 1] = high[:n]
        self._n_waiting += n
        return n

    def flush(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Write what waits; return the lowest and highest of the rows that it gives the next level."""
        rows, self._n_waiting = self._rows[: self._n_waiting], 0
        self._write(rows)
        # Lowest and highest lie side by side: comparing both ways and leaving half is quicker than picking them out.
        low, high = extremes.of_groups(rows[: len(rows) // FACTOR * FACTOR].reshape(-1, 2 * rows.shape[1]), FACTOR)
        return low[:, ::2], high[:, 1::2]

    def _write(self, rows: NDArray[Any]) -> None:
        layout = self._layout
        if not self._n_rows:
            layout.folder.mkdir()
            replace_json(layout.folder / METADATA, layout.metadata(0), durable=False)
        while len(rows):
            chunk, first = divmod(self._n_rows, layout.chunk_rows)
            n = min(len(rows), layout.chunk_rows - first)
            with layout.chunk_path(chunk).open("r+b" if first else "xb") as file:
                if not first:
                    file.truncate(layout.chunk_bytes)
                file.seek(first * layout.row_bytes)
                file.write(rows[:n].reshape(-1).view(np.uint8).data)
                if first + n == layout.chunk_rows:
                    file.flush()
                    sync_file(file.fileno())
            self._n_rows += n
            rows = rows[n:]

    def finish(self) -> None:
        """Bring the last chunk to the disk; without its metadata, which are not waited for, nobody believes it."""
        layout = self._layout
        if self._n_rows % layout.chunk_rows:
            if self._n_rows < layout.chunk_rows:
                # Of a short recording, no file larger than what is in it.
                layout = ArrayLayout(layout.folder, layout.dtype, layout.row_shape, self._n_rows)
            with layout.chunk_path((self._n_rows - 1) // layout.chunk_rows).open("r+b") as file:
                file.truncate(layout.chunk_bytes)
                sync_file(file.fileno())
        replace_json(layout.folder / METADATA, layout.metadata(self._n_rows), durable=False)


def _group(n_samples: int | None, n_levels: int) -> dict[str, Any]:
    attributes = {"n_samples": n_samples, "n_levels": n_levels, "bucket": BUCKET, "factor": FACTOR}
    return {"zarr_format": 3, "node_type": "group", "attributes": attributes}
