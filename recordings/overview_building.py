"""Building an overview anew, where a crash left none or where a session is older than they are."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from .errors import SessionError
from .manifest import cover
from .overview_writer import GROWING, OVERVIEW, OverviewWriter
from .progress import Progress, no_progress, part
from .session import Session
from .stored import StoredStream

PIECE_BYTES = 8 * 2**20
MAX_CACHED = 64
LEFT_OVER_S = 3600.0


def without_overview(session: Session) -> list[StoredStream]:
    """Return the streams of a session that have no overview of their samples, and are long enough for one."""
    return [] if session.live else [stream for stream in session.streams.values() if stream.lacks_overview]


def build_overviews(session: Session, progress: Progress = no_progress) -> list[str]:
    """Build what `without_overview` names; return the names of those streams.

    An overview lies in its stream's group; of a session that cannot be written, in the user's cache folder. It gets
    its name when it is whole and on the disk, so a crash leaves none. Memory does not grow with the length.

    Parameters
    ----------
    session
        An open session, whose streams use the new overviews at once.
    progress
        Told the share done; may raise `Stopped`, and then nothing of the stream it was at is kept.

    Raises
    ------
    SessionError
        When samples cannot be read, or there is no room anywhere.
    """
    lacking = without_overview(session)
    n_bytes = [max(1, stream.n_samples * stream.layouts[0].row_bytes) for stream in lacking]
    done = 0
    for stream, size in zip(lacking, n_bytes, strict=True):
        _build(stream, part(progress, done / sum(n_bytes), (done + size) / sum(n_bytes)))
        done += size
    with suppress(SessionError):
        # A damaged manifest is told by whoever checks it; what was built is right all the same.
        cover(session.path, [name for stream in lacking for name in _names(session.path, stream)])
    progress(1.0)
    return [stream.name for stream in lacking]


def _names(session: Path, stream: StoredStream) -> list[str]:
    folder = stream.local_folder
    files = folder.glob(f"{OVERVIEW}/**/*") if folder is not None else ()
    return [path.relative_to(session).as_posix() for path in files if path.is_file()]


def _build(stream: StoredStream, progress: Progress) -> None:
    folder = stream.local_folder
    if folder is not None and os.access(folder, os.W_OK):
        _remove_left_over(folder)
        with suppress(OSError):
            # A disk that is full or read-only: the cache folder may be on another one.
            _build_in(folder, stream, progress)
            return
    cached = stream.overview_cache
    try:
        cached.mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_oldest(cached.parent)
        _build_in(cached, stream, progress)
    except OSError as error:
        raise SessionError(
            f"The overview of {stream.name} cannot be kept: {error.strerror or error}. Free space on the disk."
        ) from error


def _build_in(folder: Path, stream: StoredStream, progress: Progress) -> None:
    layout = stream.layouts[0]
    n_rows = max(1, PIECE_BYTES // layout.row_bytes)
    writer = OverviewWriter(folder, layout.dtype, stream.info.n_channels, f"{OVERVIEW}-{os.getpid()}.new")
    try:
        for first in range(0, stream.n_samples, n_rows):
            writer.add([stream.read_samples(first, first + n_rows)])
            progress(min(1.0, (first + n_rows) / stream.n_samples))
        writer.finish()
    finally:
        writer.discard()
    stream.find_overview()


def _remove_left_over(folder: Path) -> None:
    for path in folder.glob(f"{OVERVIEW}*.new"):
        with suppress(OSError):
            if path.name == GROWING or time.time() - path.stat().st_mtime > LEFT_OVER_S:
                shutil.rmtree(path, ignore_errors=True)


def _forget_oldest(folder: Path) -> None:
    """Keep no more overviews than a person may want again soon."""
    kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MAX_CACHED:]:
        shutil.rmtree(path, ignore_errors=True)
