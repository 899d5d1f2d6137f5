"""Compressing a finished session without losing a bit: the recorder's chunks become compressed shards.

`compact_session` may be stopped, killed or lose power at any moment: each array is complete before and after, and the
next opening removes what was left. Sessions that are open meanwhile read on, as `StoredStream` finds the shards when
chunks are gone.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from . import disk
from .array_compaction import compact_array, has_leftovers, sweep
from .errors import SessionError
from .finding import find_session
from .layout import CHECKSUMS, MANIFEST, MAX_CHECKSUMS_BYTES, SAMPLES, TIMESTAMPS, read_json, sync_folder
from .lock import SessionLock
from .manifest import verify_manifest, write_manifest
from .places import LocalPlace, is_url
from .progress import Progress, no_progress, part
from .recorded_array import RecordedArray
from .session import Session, open_session
from .shards import ShardLayout

SPARE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Compacted:
    """What became of a session, every sample of which was read back and verified.

    Parameters
    ----------
    path
        Its folder.
    n_bytes_before, n_bytes_after
        All its files on the disk.
    already
        Whether it was compressed before, so that nothing was left to do.
    """

    path: Path
    n_bytes_before: int
    n_bytes_after: int
    already: bool = False


class _Task(NamedTuple):
    source: RecordedArray
    shards: ShardLayout
    n_rows: int
    known: list[int | None]

    @property
    def n_bytes(self) -> int:
        return self.n_rows * self.source.layout.row_bytes


def compact_session(path: str | os.PathLike[str], progress: Progress = no_progress) -> Compacted:
    """Compress a finished session in place; every sample is read back and verified before its original goes.

    Parameters
    ----------
    path
        As `open_session` takes it, on this machine. One that was interrupted is recovered first.
    progress
        Told the share done; may raise `Stopped`: what is whole by then stays, the rest is as it was.

    Returns
    -------
    Compacted
        What became of it.

    Raises
    ------
    SessionError
        When it is being recorded or compressed elsewhere, is not what was recorded, or the disk has too little room.
    """
    if is_url(path):
        raise SessionError(f"{path} is not on this machine, and only read. Compress the session where it lies.")
    folder = find_session(path)
    with open_session(folder) as session:
        if session.live:
            raise SessionError(f"{folder} is being recorded. Stop the recording first.")
    with SessionLock(folder) as lock:
        if lock.refused:
            raise SessionError(f"{folder} is being recorded or compressed elsewhere. Wait until that is done.")
        if not lock.held:
            raise SessionError(f"{folder} cannot be written. Compress a copy that you may write to.")
        try:
            return _compact(folder, progress)
        except OSError as error:
            raise SessionError(_not_done(folder, error)) from error


def _compact(folder: Path, progress: Progress) -> Compacted:
    before = _n_bytes(folder)
    with open_session(folder) as session:
        for name in session.streams:
            for array in (SAMPLES, TIMESTAMPS):
                sweep(folder / name / array)
        tasks = _tasks(session)
        if not tasks:
            if not os.path.lexists(folder / MANIFEST):
                write_manifest(folder, progress)
            return Compacted(folder, before, before, already=True)
        _require_room(folder, max(task.n_bytes for task in tasks))
        faults = [
            fault for fault in verify_manifest(folder, part(progress, 0.0, 0.1)).faults if fault.kind != "derived"
        ]
        if faults:
            raise SessionError(f"{faults[0].sentence} Nothing was compressed.")
        # From here on its files are others; a manifest is made anew when all are done.
        with suppress(FileNotFoundError):
            (folder / MANIFEST).unlink()
            sync_folder(folder)
        total, done = sum(task.n_bytes for task in tasks), 0
        for task in tasks:
            first, done = done, done + task.n_bytes
            compact_array(*task, part(progress, 0.1 + 0.8 * first / total, 0.1 + 0.8 * done / total))
    if not any(has_leftovers(task.shards.folder) for task in tasks):
        write_manifest(folder, part(progress, 0.9, 1.0))
    return Compacted(folder, before, _n_bytes(folder))


def compacted(session: Session) -> bool:
    """Whether there is nothing left to compress."""
    return all(stream.is_compacted or not stream.n_samples for stream in session.streams.values())


def _tasks(session: Session) -> list[_Task]:
    folder = session.path
    checksums = read_json(folder / CHECKSUMS, MAX_CHECKSUMS_BYTES)
    tasks = []
    for name, stream in session.streams.items():
        if not stream.n_samples:
            continue
        known = _known(checksums.get(name), stream.layouts[0].n_chunks(stream.n_samples))
        told = checksums.get(name)
        n_rows = told.get("n_rows") if isinstance(told, dict) else None
        if stream.n_published != (n_rows, n_rows):
            raise SessionError(
                f"{folder / name} holds {stream.n_samples:,} samples where {n_rows} were recorded."
                " Nothing was compressed; run: myoscope check."
            )
        for which, array in enumerate((SAMPLES, TIMESTAMPS)):
            layout = stream.layouts[which]
            if not stream.is_compacted_array(which):
                source = RecordedArray(LocalPlace(folder / name / array), layout)
                shards = ShardLayout.of(layout, stream.info.fs)
                tasks.append(_Task(source, shards, stream.n_samples, known[which]))
    return tasks


def _known(told: object, n_chunks: int) -> tuple[list[int | None], list[int | None]]:
    """Return the CRC-32 of samples and of timestamps of each recorded chunk; None where none was kept."""
    chunks = told.get("chunks") if isinstance(told, dict) else None
    found: list[Any] = chunks if isinstance(chunks, list) else []
    if len(found) != n_chunks:
        raise SessionError(f"{CHECKSUMS} does not cover the session. Nothing was compressed; run: myoscope check.")
    pairs = [entry[1:] if isinstance(entry, list) and len(entry) == 3 else (None, None) for entry in found]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _require_room(folder: Path, n_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < n_bytes + SPARE_BYTES:
        raise SessionError(
            f"Compressing {folder.name} needs {_size(n_bytes + SPARE_BYTES)} for a while, and its disk has"
            f" {_size(free)} left. Free space, and compress it later."
        )


def _not_done(folder: Path, error: OSError) -> str:
    if disk.is_full(error):
        return f"The disk of {folder} is full. The session is complete, and not all of it compressed; free space."
    return f"{folder} cannot be compressed: {error.strerror or error}. The session is complete; check the disk."


def _n_bytes(folder: Path) -> int:
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(inside, name).lstat().st_size
    return total


def _size(n_bytes: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:,.0f} {unit}" if unit == "bytes" else f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:,.1f} GB"
