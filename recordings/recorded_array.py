"""Reading an array as the recorder leaves it: each chunk file is its rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import ArrayLayout
from .errors import SessionError
from .places import Place, PlacedFile

OPEN_CHUNKS = 16


class MissingFile(SessionError):
    """A file of samples is not there; it may have been compacted a moment ago."""


class RecordedArray:
    """Reads rows from uncompressed chunks: mapped on this machine, in ranges behind a URL. Any thread may call it.

    Parameters
    ----------
    place
        The array's folder.
    layout
        How its rows lie.
    """

    is_compacted = False

    def __init__(self, place: Place, layout: ArrayLayout) -> None:
        self.layout = layout
        self._place = place
        self._file = lru_cache(maxsize=OPEN_CHUNKS)(self._open)

    @property
    def piece_rows(self) -> int:
        """Rows that are cheap to read together."""
        return self.layout.chunk_rows

    def rows(self, first: int, last: int, channels: slice = slice(None)) -> NDArray[Any]:
        """Return rows ``first:last``, read-only; not copied where they lie in one chunk on this machine.

        Raises
        ------
        SessionError
            When a chunk is missing or has another length.
        """
        layout, n = self.layout, self.layout.chunk_rows
        if first >= last:
            return np.empty((0, *layout.row_shape), dtype=layout.dtype)[:, channels] if layout.row_shape else _NO_TIMES
        chunks = range(first // n, (last - 1) // n + 1)
        if len(chunks) == 1:
            return self._part(chunks[0], first - chunks[0] * n, last - chunks[0] * n, channels)
        shape = layout.row_shape
        if shape:
            shape = (len(range(shape[0])[channels]), *shape[1:])
        out = np.empty((last - first, *shape), dtype=layout.dtype)
        for chunk in chunks:
            begin, end = max(first, chunk * n), min(last, (chunk + 1) * n)
            out[begin - first : end - first] = self._part(chunk, begin - chunk * n, end - chunk * n, channels)
        out.flags.writeable = False
        return out

    def _part(self, chunk: int, begin: int, end: int, channels: slice) -> NDArray[Any]:
        layout = self.layout
        part = self._file(chunk).part(begin * layout.row_bytes, (end - begin) * layout.row_bytes)
        rows = part.view(layout.dtype).reshape(end - begin, *layout.row_shape)
        rows = rows[:, channels] if layout.row_shape else rows
        rows.flags.writeable = False
        return rows

    def _open(self, chunk: int) -> PlacedFile:
        name = self.layout.chunk_name(chunk)
        if self._place.is_remote:
            return self._place.open(name, self.layout.chunk_bytes)
        problem = self._problem(chunk)
        if problem:
            raise problem
        return self._place.open(name)

    def _problem(self, chunk: int) -> SessionError | None:
        name = self.layout.chunk_name(chunk)
        try:
            n_bytes = self._place.size(name)
        except SessionError as error:
            return error
        if n_bytes is None:
            n_rows = self.layout.chunk_rows
            return MissingFile(
                f"{self._place}/{name} is missing, and its {n_rows:,} rows with it. Restore it from a copy."
            )
        if n_bytes != self.layout.chunk_bytes:
            return SessionError(
                f"{self._place}/{name} has {n_bytes:,} bytes where {self.layout.chunk_bytes:,} belong."
                " Restore it from a copy."
            )
        return None

    def names(self, n_rows: int) -> Iterator[str]:
        """Return the files that hold rows, below the array's folder."""
        return (self.layout.chunk_name(chunk) for chunk in range(self.layout.n_chunks(n_rows)))

    def is_beyond_its_files(self, n_rows: int) -> bool:
        """Whether it claims far more rows than its folder could hold; behind a URL reading tells."""
        return not self._place.is_remote and self.layout.n_chunks(n_rows) > 2 * self._place.n_names() + 16

    def problem(self, n_rows: int) -> SessionError | None:
        """Return what is wrong with the first bad chunk file; looks at no more files than there are."""
        n_chunks = self.layout.n_chunks(n_rows)
        if self._place.is_remote:
            # One request a chunk would take minutes for a long recording; what is missing tells when it is read.
            chunks = sorted({0, n_chunks - 1}) if n_chunks else []
        else:
            chunks = list(range(min(n_chunks, self._place.n_names() + 1)))
        return next((problem for chunk in chunks if (problem := self._problem(chunk)) is not None), None)

    def close(self) -> None:
        """Let the files go, once nobody holds rows of them. Safe to call twice."""
        self._file.cache_clear()


_NO_TIMES = np.empty(0, dtype="<f8")
