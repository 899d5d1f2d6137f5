"""A stream from its first sample to its last, in pieces that fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .progress import Progress
from .session import Session
from .stored import StoredStream

PIECE_BYTES = 4 * 2**20


class Piece(NamedTuple):
    """Consecutive samples.

    Parameters
    ----------
    first
        Number of the first one.
    data
        Shape (n_samples, *sample_shape), as stored.
    timestamps
        Shape (n_samples,), float64, s, LSL clock.
    """

    first: int
    data: NDArray[Any]
    timestamps: NDArray[np.float64]


class Share:
    """Tells how much of a known amount is done.

    Parameters
    ----------
    progress
        Who is told.
    total
        The whole amount.
    """

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, max(1, total), 0
        progress(0.0)

    def add(self, amount: int) -> None:
        """Tell that so much more is done."""
        self._done += amount
        self._progress(min(1.0, self._done / self._total))

    def tick(self) -> None:
        """Tell that it goes on, so that a person who cancels is heard."""
        self.add(0)


def pieces(stream: StoredStream, max_bytes: int = 0) -> Iterator[Piece]:
    """Yield a stream in pieces of about `max_bytes` (4 MiB), counted as float64."""
    rows = rows_at_once(stream, max_bytes)
    for first in range(0, stream.n_samples, rows):
        yield Piece(first, *stream.read(first, first + rows))


def rows_at_once(stream: StoredStream, max_bytes: int = 0) -> int:
    """Return how many samples make a piece."""
    return max(1, (max_bytes or PIECE_BYTES) // (8 * (stream.info.n_channels + 1)))


def n_rows(streams: Iterable[StoredStream]) -> int:
    """Return how many samples there are together."""
    return sum(stream.n_samples for stream in streams)


def first_time(session: Session) -> float:
    """Return when a session's first sample was taken, s, LSL clock; of a session without any, when it was made."""
    filled = [stream.first_timestamp for stream in session.streams.values() if stream.n_samples]
    created = session.attributes.get("created")
    said = created.get("lsl_clock", 0.0) if isinstance(created, dict) else 0.0
    return min(filled, default=float(said) if isinstance(said, int | float) else 0.0)
