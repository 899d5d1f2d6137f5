"""A whole session in one zip file, to be sent to somebody; and back.

What comes from elsewhere is held against what a session may consist of before a byte is unpacked: names, kinds and
numbers of entries, their sizes, how much they claim to swell. It is unpacked beside its place, opened, and only then
gets its name.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import SessionError
from .layout import MANIFEST, SUFFIX, sync_file, sync_folder
from .manifest import verify_manifest
from .progress import Progress
from .session import Session, open_session
from .session_files import files_of
from .zip_entries import ROOT, SHARD, checked, is_session_file, require_small_directory

if TYPE_CHECKING:
    from .formats import Made

PIECE_BYTES = 2**20
SPARE_BYTES = 64 * 2**20


# Out


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write all files of a session, in one order and without the time of day: the same session gives the same file.

    Parameters
    ----------
    session
        On this machine or behind a URL; not one that is being recorded.
    out
        The file to make.
    progress
        Told the share done.

    Raises
    ------
    SessionError
        When it is being recorded, or a file of it cannot be read.
    """
    if session.live:
        raise SessionError(f"{session.name or session.path} is being recorded. Stop the recording, and send it then.")
    sizes = dict(_files(session))
    total, done = max(1, sum(sizes.values())), 0
    name = session.path.name if session.path.suffix == SUFFIX else session.path.name + SUFFIX
    with zipfile.ZipFile(out, "x", allowZip64=True) as archive:
        for path in sorted(sizes):
            info = zipfile.ZipInfo(f"{name}/{path}")
            # Compressed shards gain nothing from being packed again.
            packed = SHARD.fullmatch(path.partition("/")[2]) is None
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            # Public from Python 3.13 on, as compress_level; the highest speed packs noise as well as any.
            info._compresslevel = 1  # type: ignore[attr-defined]
            info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            with archive.open(info, "w", force_zip64=sizes[path] >= 2**31) as packing:
                for piece in _pieces(session, path, sizes[path]):
                    packing.write(piece)
                    done += len(piece)
                    progress(min(1.0, done / total))
    return []


def _files(session: Session) -> Iterator[tuple[str, int]]:
    """Yield path and length of each file that goes into the archive."""
    if not session.url:
        yield from ((path, n_bytes) for path, n_bytes in files_of(session.path) if is_session_file(path))
        with suppress(OSError):
            yield MANIFEST, (session.path / MANIFEST).stat().st_size
        return
    # Names follow from the arrays; what can be made again is left there.
    names = [*ROOT[:-2], *(f"{stream}/{name}" for stream, one in session.streams.items() for name in one.names())]
    for name in names:
        n_bytes = session.place.size(name)
        if n_bytes is not None:
            yield name, n_bytes
        elif name not in ROOT:
            raise SessionError(f"{session.url}/{name} is missing. Was the session copied there completely?")


def _pieces(session: Session, path: str, n_bytes: int) -> Iterator[bytes]:
    if not n_bytes:
        return
    if session.url:
        file = session.place.open(path, n_bytes)
        for first in range(0, n_bytes, PIECE_BYTES):
            yield file.part(first, min(PIECE_BYTES, n_bytes - first)).tobytes()
        return
    left = n_bytes
    with (session.path / path).open("rb") as opened:
        while left and (piece := opened.read(min(left, PIECE_BYTES))):
            left -= len(piece)
            yield piece
    if left:
        raise SessionError(f"{session.path / path} grew shorter while it was read. Write the session again.")


# In


def read(path: Path, folder: Path, progress: Progress) -> Made:
    """Unpack a session.

    Parameters
    ----------
    path
        The zip file; it holds one session, in a folder or without.
    folder
        Where the session goes; a path ending in ``.myo`` becomes the session itself.
    progress
        Told the share done.

    Raises
    ------
    SessionError
        When it is damaged, holds what no session holds, or more than it may; nothing is left then.
    """
    from .formats import Made

    try:
        with path.open("rb") as file:
            require_small_directory(file, path)
            with zipfile.ZipFile(file) as archive:
                entries, inner = checked(archive, path, path.stat().st_size)
                target = _target(folder, inner or path.name)
                _require_room(target, sum(entry.file_size for entry in entries.values()))
                notes = _unpack(archive, entries, target, progress)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, struct.error) as error:
        raise SessionError(f"{path.name} is damaged, or no zip file: {str(error)[:120] or 'it ends early'}.") from error
    except zlib.error as error:
        # What is packed is damaged.
        raise SessionError(f"{path.name} is damaged: {error}. Have it sent again.") from error
    progress(1.0)
    return Made(target, notes)


def _target(folder: Path, name: str) -> Path:
    if folder.suffix == SUFFIX:
        if os.path.lexists(folder):
            raise SessionError(f"{folder} exists already. Choose another name; nothing is ever overwritten.")
        return folder
    stem = re.sub(r"[^\w.\-]+", "_", name.removesuffix(".zip").removesuffix(SUFFIX)).strip("_.")[:120] or "session"
    path, number = folder / (stem + SUFFIX), 2
    while os.path.lexists(path):
        path, number = folder / f"{stem}-{number}{SUFFIX}", number + 1
    return path


def _require_room(target: Path, n_bytes: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(target.parent).free
    if free < n_bytes + SPARE_BYTES:
        raise SessionError(
            f"Unpacked it takes {n_bytes / 1e6:,.0f} MB, and the disk has {free / 1e6:,.0f} MB left. Free space first."
        )


def _unpack(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], target: Path, progress: Progress
) -> list[str]:
    beside = target.with_name(f".{target.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    total, done = max(1, sum(info.file_size for info in entries.values())), 0
    try:
        beside.mkdir()
        for name, info in entries.items():
            file = beside / name
            file.parent.mkdir(parents=True, exist_ok=True)
            left = info.file_size
            with archive.open(info) as packed, file.open("xb") as out:
                while piece := packed.read(PIECE_BYTES):
                    left -= len(piece)
                    if left < 0:
                        raise SessionError(f"{name} holds more than the archive says. Nothing was unpacked.")
                    out.write(piece)
                    done += len(piece)
                    progress(0.8 * done / total)
                if left:
                    raise SessionError(f"{name} holds less than the archive says. Nothing was unpacked.")
                out.flush()
                sync_file(out.fileno())
        with open_session(beside) as session:
            notes = [session.recovered] if session.recovered else []
        notes += [fault.sentence for fault in verify_manifest(beside, lambda s: progress(0.8 + 0.2 * s)).faults[:8]]
        for inside in {file.parent for file in map(beside.joinpath, entries)}:
            sync_folder(inside)
        beside.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return [note.replace(str(beside), target.name) for note in notes]
