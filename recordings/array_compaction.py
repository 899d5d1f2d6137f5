"""Putting one array into compressed shards: written beside it, read back, swapped in at one stroke.

The zarr library writes the shards, and our own reader, which shares no code with it, reads them back from the disk.
Shards lie below ``c/`` and are named otherwise than the recorder's chunks, so both can be in the array's folder at
once, and replacing its ``zarr.json`` is what makes the one or the other count. Whatever is killed at whatever moment
leaves one of them complete; `sweep` removes the other.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import ArrayLayout
from .checksum import crc32
from .errors import SessionError
from .layout import METADATA, SAMPLES, TIMESTAMPS, parse_json, plain_folder, read_json, replace_json, sync_folder
from .lock import SessionLock
from .places import LocalPlace
from .progress import Progress, part
from .recorded_array import RecordedArray
from .sharded_array import ShardedArray
from .shards import ShardLayout, is_sharded

UNFINISHED = ".compacting"
"""Ends the name of the folder beside an array in which its shards are made."""
SHARDS = "c"
PIECE_BYTES = 4 * 2**20


def write_shards(
    source: RecordedArray, shards: ShardLayout, n_rows: int, known: Sequence[int | None], progress: Progress
) -> list[int]:
    """Write an array's rows as shards into a new folder beside it; all of it is on the disk afterwards.

    Parameters
    ----------
    source
        What was recorded.
    shards
        How to store it.
    n_rows
        How much of it counts.
    known
        CRC-32 of the rows of each recorded chunk, None where none was kept.
    progress
        Told the share done.

    Returns
    -------
    list of int
        CRC-32 of the rows of each recorded chunk, as they were read.

    Raises
    ------
    SessionError
        When the rows are not what was recorded.
    OSError
        When the disk does not take the shards.
    """
    import zarr

    beside = beside_of(shards.folder)
    beside.mkdir()
    replace_json(beside / METADATA, shards.metadata(n_rows))
    crcs = Crcs(source.layout.chunk_rows)
    # Else chunks of nothing but the fill value are left out, and to zarr -0.0 is one.
    with zarr.config.set({"array.write_empty_chunks": True}):
        out = zarr.open_array(beside, mode="r+")
    for first in range(0, n_rows, shards.shard_rows):
        last = min(first + shards.shard_rows, n_rows)
        rows = source.rows(first, last)
        crcs.add(rows)
        if not (beside / METADATA).is_file():
            # The zarr library would make the folder again, of a session that was moved or removed.
            raise FileNotFoundError(errno.ENOENT, "its folder is gone")
        out[first:last] = rows
        _settle(beside / shards.shard_name(first // shards.shard_rows), beside)
        progress(last / n_rows)
    found = crcs.all
    for chunk, (ours, theirs) in enumerate(zip(found, known, strict=True)):
        if theirs is not None and ours != theirs:
            first = chunk * source.layout.chunk_rows
            raise SessionError(
                f"{shards.folder}: samples from {first:,} on are not what was recorded (checksum of"
                f" {source.layout.chunk_name(chunk)}). Nothing was compressed; run: myoscope check."
            )
    return found


def _settle(file: Path, until: Path) -> None:
    """Wait until a file and its way are on the disk, and let the system forget it, so that it is really read back."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
    folder = file.parent
    while folder != until.parent:
        sync_folder(folder)
        folder = folder.parent


def verify_shards(shards: ShardLayout, n_rows: int, crcs: Sequence[int], progress: Progress) -> None:
    """Read shards back that `write_shards` made, and hold each recorded chunk's rows against their CRC-32.

    Raises
    ------
    SessionError
        When one byte is another.
    """
    beside = beside_of(shards.folder)
    layout, n_written = ShardLayout.parse(shards.folder, read_json(beside / METADATA))
    array = ShardedArray(LocalPlace(beside), layout, n_written)
    found = Crcs(shards.recorded_chunk_rows)
    try:
        rows_at_once = max(1, PIECE_BYTES // layout.inner_bytes // layout.inner_across) * layout.inner_rows
        for first in range(0, n_rows, rows_at_once):
            found.add(array.rows(first, min(first + rows_at_once, n_rows)))
            progress(min(1.0, (first + rows_at_once) / n_rows))
    finally:
        array.close()
    if (layout, n_written) != (shards, n_rows) or found.all != list(crcs):
        raise SessionError(
            f"{shards.folder} does not come back from the disk as it was recorded. It stays as it is; check the disk."
        )


def swap_in(shards: ShardLayout, n_rows: int) -> None:
    """Let verified shards count, and remove what was recorded in their place.

    Raises
    ------
    OSError
        When the disk does not do it; whatever was done, the array is complete.
    """
    folder, beside = shards.folder, beside_of(shards.folder)
    (beside / SHARDS).rename(folder / SHARDS)
    sync_folder(folder)
    replace_json(folder / METADATA, shards.metadata(n_rows))
    # Windows keeps chunks that someone has mapped; the next opening removes them.
    with suppress(PermissionError):
        sweep(folder)


def sweep(folder: Path) -> bool:
    """Remove what an interrupted compaction has left of an array; return whether there was anything.

    The caller holds the session's lock. What counts is never touched: recorded chunks go only where shards count and
    are all there.

    Raises
    ------
    OSError
        When it cannot be removed.
    SessionError
        When the array's ``zarr.json`` cannot be read.
    """
    if not has_leftovers(folder):
        return False
    metadata = parse_json((folder / METADATA).read_bytes(), folder / METADATA)
    if os.path.lexists(beside_of(folder)):
        shutil.rmtree(beside_of(folder))
    if not is_sharded(metadata):
        ArrayLayout.parse(folder, metadata)
        if os.path.lexists(folder / SHARDS):
            shutil.rmtree(folder / SHARDS)
    else:
        shards, n_rows = ShardLayout.parse(folder, metadata)
        problem = ShardedArray(LocalPlace(folder), shards, n_rows).problem(n_rows)
        if problem is None:
            # The first one last: as long as it is there, the next opening comes back to this.
            for path in sorted(_recorded_chunks(shards.as_recorded), key=_number, reverse=True):
                path.unlink()
    sync_folder(folder)
    sync_folder(folder.parent)
    return True


def has_leftovers(folder: Path) -> bool:
    """Whether `sweep` has something to do; quick."""
    return os.path.lexists(beside_of(folder)) or (
        os.path.lexists(folder / SHARDS) and any(os.path.lexists(folder / name) for name in _FIRST_CHUNKS)
    )


def finish_compaction(folder: Path, names: list[str]) -> None:
    """Remove what an interrupted compaction has left of these streams, unless it is at work or nothing may be written.

    For `open_session`; it costs a look at six names a stream when there is nothing to do.
    """
    arrays = [folder / name / array for name in names for array in (SAMPLES, TIMESTAMPS)]
    if not any(has_leftovers(array) for array in arrays):
        return
    with SessionLock(folder) as lock:
        if not lock.held:
            return
        for array in arrays:
            # What cannot be removed takes room and does no other harm; the samples are read all the same.
            with suppress(OSError, SessionError):
                sweep(array)


def discard(folder: Path) -> None:
    """Remove shards that were being made. Safe where there are none."""
    shutil.rmtree(beside_of(folder), ignore_errors=True)


def beside_of(folder: Path) -> Path:
    """Return the folder in which an array's shards are made."""
    return folder.with_name(folder.name + UNFINISHED)


_FIRST_CHUNKS = tuple("c" + ".0" * n for n in range(1, 9))
_CHUNK = re.compile(r"c\.(\d{1,15})(\.0)*")


def _recorded_chunks(layout: ArrayLayout) -> Iterator[Path]:
    with os.scandir(plain_folder(layout.folder)) as entries:
        for entry in entries:
            if _CHUNK.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                yield layout.folder / entry.name


def _number(path: Path) -> int:
    return int(path.name.split(".")[1])


class Crcs:
    """Adds up rows as they come, recorded chunk by recorded chunk.

    Parameters
    ----------
    chunk_rows
        Rows of each.
    """

    def __init__(self, chunk_rows: int) -> None:
        self._chunk_rows = chunk_rows
        self._full: list[int] = []
        self._crc, self._n = 0, 0

    @property
    def all(self) -> list[int]:
        """CRC-32 of each chunk, the last one as far as it goes."""
        return [*self._full, self._crc] if self._n else list(self._full)

    def add(self, rows: np.ndarray[Any, Any]) -> None:
        """Add rows, C-contiguous, that follow the ones before."""
        done = 0
        while done < len(rows):
            n = min(self._chunk_rows - self._n, len(rows) - done)
            self._crc = crc32(_bytes_of(rows[done : done + n]), self._crc)
            self._n += n
            done += n
            if self._n == self._chunk_rows:
                self._full.append(self._crc)
                self._crc, self._n = 0, 0


def _bytes_of(rows: np.ndarray[Any, Any]) -> memoryview:
    return np.ascontiguousarray(rows).reshape(-1).view(np.uint8).data


def compact_array(
    source: RecordedArray, shards: ShardLayout, n_rows: int, known: Sequence[int | None], progress: Progress
) -> None:
    """Put an array into shards, verified; on any failure it stays as it was.

    Raises
    ------
    SessionError
        As `write_shards` and `verify_shards`.
    OSError
        When the disk does not do it.
    """
    try:
        crcs = write_shards(source, shards, n_rows, known, part(progress, 0.0, 0.6))
        verify_shards(shards, n_rows, crcs, part(progress, 0.6, 0.98))
        source.close()
        swap_in(shards, n_rows)
    finally:
        discard(shards.folder)
    progress(1.0)
