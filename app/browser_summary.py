"""One recorded session in a few facts and a small picture."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ..recordings import Session, StoredStream

SUFFIX = ".myo"
COLUMNS = 100
ROWS_A_COLUMN = 256
MAX_CHANNELS = 16
MAX_FILES = 100_000
MAX_NOTES = 500
STEPS = 100


class StreamFacts(NamedTuple):
    """One stream of a session.

    Parameters
    ----------
    name
        Its group's name.
    n_channels
        How many channels.
    fs
        Rate, Hz; 0 where it is irregular.
    n_samples
        How many samples.
    """

    name: str
    n_channels: int
    fs: float
    n_samples: int


@dataclass(frozen=True)
class SessionEntry:
    """What a list of sessions shows of one.

    Parameters
    ----------
    path
        Its folder.
    name, subject, task, operator, protocol, notes, take, tags, superseded
        As `About` has them.
    muscles
        All that are measured, once each.
    created
        UTC, ISO 8601.
    duration_s
        Of the longest stream, s.
    streams
        What it holds.
    n_bytes
        Size of its files.
    n_events, n_gaps, n_lost
        How many events, gaps, and samples in them.
    state
        ``recording``, ``complete`` or ``recovered``; empty where it cannot be opened.
    origin
        ``cut``, ``join`` or the format it was imported from; empty for a recording.
    problems
        What its stored report complains of.
    error
        Why it cannot be opened.
    thumbnail
        Lowest and highest of the first stream, pairs of int8 in −100…100; empty without samples.
    """

    path: Path
    name: str = ""
    subject: str = ""
    task: str = ""
    operator: str = ""
    protocol: str = ""
    notes: str = ""
    take: int = 0
    tags: tuple[str, ...] = ()
    superseded: str = ""
    muscles: tuple[str, ...] = ()
    created: str = ""
    duration_s: float = 0.0
    streams: tuple[StreamFacts, ...] = ()
    n_bytes: int = 0
    n_events: int = 0
    n_gaps: int = 0
    n_lost: int = 0
    state: str = ""
    origin: str = ""
    problems: tuple[str, ...] = ()
    error: str = ""
    thumbnail: bytes = b""

    @property
    def title(self) -> str:
        """What it is called, with the number of its take; or else its folder."""
        number = f" {self.take:02}" if self.take else ""
        if not self.name:
            return self.path.stem
        return self.name if self.name.endswith(number) else self.name + number

    @property
    def outline(self) -> NDArray[np.float32] | None:
        """Shape (n_columns, 2), float32, in −1…1: lowest and highest; None without samples."""
        if len(self.thumbnail) < 4 or len(self.thumbnail) % 2:
            return None
        outline: NDArray[np.float32] = np.frombuffer(self.thumbnail, np.int8).reshape(-1, 2).astype(np.float32)
        return outline / np.float32(STEPS)


def summary_of(path: Path) -> SessionEntry:
    """Sum up one session; one that cannot be opened says why."""
    from ..recordings import SessionError, open_session

    try:
        with open_session(path) as session:
            return _summary(session)
    except (SessionError, OSError) as error:
        return SessionEntry(path, error=str(error), n_bytes=_size(path))


def _summary(session: Session) -> SessionEntry:
    about, streams = session.about, list(session.streams.values())
    first = next((stream for stream in streams if stream.n_samples > 1), None)
    muscles = (one.muscle for stream in streams for one in stream.channels_about if one.muscle)
    origin = session.attributes.get("origin")
    kind = origin.get("kind") or origin.get("format") or "" if isinstance(origin, dict) else ""
    return SessionEntry(
        session.path,
        about.name, about.subject, about.task, about.operator, about.protocol, about.notes[:MAX_NOTES],
        about.take, about.tags, about.superseded,
        muscles=tuple(dict.fromkeys(muscles)),
        created=session.created,
        duration_s=max((stream.duration_s for stream in streams), default=0.0),
        streams=tuple(StreamFacts(s.name, s.info.n_channels, s.info.fs, s.n_samples) for s in streams),
        n_bytes=_size(session.path),
        n_events=len(session.events),
        n_gaps=len(session.gaps),
        n_lost=sum(gap.n_lost for gap in session.gaps),
        state="recording" if session.live else session.state,
        origin=str(kind)[:40],
        problems=_problems(session.path),
        thumbnail=b"" if first is None else thumbnail(first),
    )  # fmt: skip


def _problems(path: Path) -> tuple[str, ...]:
    """Return what the report that was stored with a session complains of; nothing where there is none."""
    from ..recordings import SessionError
    from ..recordings.layout import MAX_CHECKSUMS_BYTES, REPORT_JSON, read_json

    if not (path / REPORT_JSON).is_file():
        return ()
    try:
        problems = read_json(path / REPORT_JSON, MAX_CHECKSUMS_BYTES).get("problems")
    except SessionError as error:
        return (str(error),)
    return tuple(str(one)[:300] for one in problems[:20]) if isinstance(problems, list) else ()


def _size(path: Path) -> int:
    """Return what a session takes on the disk, B; chunks that are not full yet are holes."""
    n_bytes = n_files = 0
    for folder, _, names in os.walk(path):
        for name in names:
            n_files += 1
            try:
                found = Path(folder, name).lstat()
            except OSError:
                # Gone in this moment: it has no size.
                continue
            n_bytes += min(found.st_size, getattr(found, "st_blocks", found.st_size) * 512)
        if n_files > MAX_FILES:
            break
    return n_bytes


def thumbnail(stream: StoredStream) -> bytes:
    """Return `SessionEntry.thumbnail` of a stream, from a few samples a column however long it is."""
    n = stream.n_samples
    columns = min(COLUMNS, n)
    edges = n * np.arange(columns + 1) // columns
    # One reading for what is short; of what is long, the beginning of each column.
    whole = stream.read_samples(0, n) if n <= COLUMNS * ROWS_A_COLUMN else None
    low, high = [], []
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        end = min(last, first + ROWS_A_COLUMN)
        data = stream.read_samples(first, end) if whole is None else whole[first:end]
        rows = data.reshape(len(data), -1)[:, :MAX_CHANNELS].astype(np.float32)
        low.append(rows.min(axis=0))
        high.append(rows.max(axis=0))
    lows, highs = np.nan_to_num(np.stack(low)), np.nan_to_num(np.stack(high))
    # Each channel freed from its offset, then the extremes of all.
    middle = np.median((lows + highs) / 2, axis=0)
    outline = np.stack([(lows - middle).min(axis=1), (highs - middle).max(axis=1)], axis=1)
    reach = max(float(np.abs(outline).max()), 1e-30)
    return np.rint(np.clip(outline / reach, -1, 1) * STEPS).astype(np.int8).tobytes()
