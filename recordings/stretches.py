"""Going through recorded samples stretch by stretch, in memory that does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from .pieces import Piece
from .progress import Progress
from .session import Session
from .stored import StoredStream

STRETCH_BYTES = 4 * 2**20


def stretches(stream: StoredStream, progress: Progress, rows: int = 0) -> Iterator[Piece]:
    """Yield all rows of a stream in order.

    Parameters
    ----------
    stream
        Whose.
    progress
        Told the share of this stream's rows that is done, after each stretch was dealt with.
    rows
        How many rows one stretch has; by default as many as make some megabytes.

    Raises
    ------
    SessionError
        When a chunk is missing.
    """
    rows = rows or rows_at_once(stream)
    for first in range(0, stream.n_samples, rows):
        yield Piece(first, *stream.read(first, first + rows))
        progress(min(1.0, (first + rows) / stream.n_samples))
    progress(1.0)


def rows_at_once(stream: StoredStream, most_bytes: int = STRETCH_BYTES) -> int:
    """Return how many rows of a stream fit into so many bytes, at least one."""
    return max(1, most_bytes // row_bytes(stream))


def row_bytes(stream: StoredStream) -> int:
    """Return how many bytes a sample and its timestamp take."""
    return int(np.dtype(stream.info.dtype).itemsize) * stream.info.n_channels + 8


def shares(session: Session) -> dict[str, tuple[float, float]]:
    """Return from which share of the whole work to which each stream takes, by its number of bytes."""
    sizes = {name: stream.n_samples * row_bytes(stream) for name, stream in session.streams.items()}
    total, done, found = sum(sizes.values()) or 1, 0, {}
    for name, size in sizes.items():
        found[name] = (done / total, (done + size) / total)
        done += size
    return found


def first_moment(session: Session) -> float:
    """Return the time of the session's first sample, s, LSL clock; of its first event, or 0, where it has none."""
    times = [stream.first_timestamp for stream in session.streams.values() if stream.n_samples]
    return min(times) if times else min((event.t for event in session.events), default=0.0)


def created_at(session: Session) -> tuple[datetime, float]:
    """Return when the session began, UTC, and what the LSL clock said then, s; the first sample where unknown."""
    created = session.attributes.get("created")
    clock = created.get("lsl_clock") if isinstance(created, dict) else None
    if not isinstance(clock, int | float):
        clock = first_moment(session)
    try:
        when = datetime.fromisoformat(session.created)
    except ValueError:
        when = datetime(1970, 1, 1, tzinfo=UTC)
    return (when if when.tzinfo is not None else when.replace(tzinfo=UTC)), float(clock)


def utc_of(session: Session, t: float) -> datetime:
    """Return the time of day, UTC, at `t`, s, LSL clock."""
    when, clock = created_at(session)
    return when + timedelta(seconds=t - clock)
