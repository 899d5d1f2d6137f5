"""Writing the overview of a stream: lowest and highest value of 64 samples, of 256, of 1,024, and so on.

``overview/1`` has a row for every 64 samples, ``overview/2`` one for every 256, each level a quarter of the one before:
Zarr arrays of shape (n_rows, n_channels, 2) in the device's own number format, uncompressed, 4 % of the samples in all.
Only whole rows are there. They grow in ``overview.new``; when the recording is closed they are brought to the disk, and
then the folder gets its name. What is called ``overview`` is therefore whole, and says of how many samples it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import extremes
from .arrays import ArrayLayout
from .layout import METADATA, replace_json, sync_file, sync_folder

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

    def add(self, data: NDArray[Any]) -> None:
        """Take in the next samples, shape (n_samples, *sample_shape); they are copied.

        Most calls do no more than that, a few microseconds.
        """
        rows = data.reshape(len(data), self._n_channels)
        self.n_samples += len(rows)
        while len(rows):
            n = min(len(rows), len(self._rows) - self._n_rows)
            self._rows[self._n_rows : self._n_rows + n] = rows[:n]
            self._n_rows += n
            rows = rows[n:]
            if self._n_rows == len(self._rows):
                self._reduce()

    def _reduce(self) -> None:
        whole = self._n_rows // BUCKET * BUCKET
        if whole:
            self._append(0, extremes.of_groups(self._rows[:whole], BUCKET))
            self._rows[: self._n_rows - whole] = self._rows[whole : self._n_rows]
            self._n_rows -= whole

    def _append(self, number: int, pairs: NDArray[Any]) -> None:
        if number == len(self._levels):
            self._levels.append(_Level(self._growing / str(number + 1), self._dtype, self._n_channels))
        level = self._levels[number]
        level.add(pairs)
        if level.n_waiting_bytes >= FLUSH_BYTES:
            self._flush(number)

    def _flush(self, number: int) -> None:
        merged = self._levels[number].flush()
        if len(merged):
            self._append(number + 1, merged)

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
        self._waiting: list[NDArray[Any]] = []
        self._unmerged = np.empty((0, n_channels, 2), dtype=dtype)
        self._n_rows = 0
        self.n_waiting_bytes = 0

    def add(self, pairs: NDArray[Any]) -> None:
        self._waiting.append(pairs)
        self.n_waiting_bytes += pairs.nbytes

    def flush(self) -> NDArray[Any]:
        """Write what waits; return the rows that it gives the next level."""
        if not self._waiting:
            return self._unmerged[:0]
        rows = np.concatenate(self._waiting)
        self._waiting, self.n_waiting_bytes = [], 0
        self._write(rows)
        rows = np.concatenate([self._unmerged, rows])
        whole = len(rows) // FACTOR * FACTOR
        self._unmerged = rows[whole:].copy()
        return extremes.of_pairs(rows[:whole], FACTOR)

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
                file.write(np.ascontiguousarray(rows[:n]).reshape(-1).view(np.uint8).data)
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
