"""Writing rows of an array in place, chunk file by chunk file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from . import disk
from .arrays import ArrayLayout
from .checksum import crc32
from .layout import METADATA, json_bytes, sync_file, sync_folder
from .turning import TurningFile


class Chunk(NamedTuple):
    """How far a chunk has come.

    Parameters
    ----------
    rows
        Rows in it.
    crc
        CRC-32 of their bytes.
    """

    rows: int
    crc: int


class ArrayWriter:
    """Appends rows to an array. What was `put` counts only once it is `accept`-ed. One thread calls it.

    Parameters
    ----------
    layout
        Where the rows go; the folder is made.
    """

    def __init__(self, layout: ArrayLayout) -> None:
        self.layout = layout
        self.full: list[Chunk] = []
        self.open = Chunk(0, 0)
        self._file: io.FileIO | None = None
        self._unsynced: list[io.FileIO] = []
        self._folder_changed = True
        self._published = 0
        self._waiting: list[memoryview] = []
        self._row_bytes = layout.row_bytes
        # Only the number of rows changes in what is published, and not its width.
        self._before_rows, self._after_rows = json_bytes(layout.metadata(0)).split(b'"shape":[0', 1)
        layout.folder.mkdir()
        self._shown = TurningFile(layout.folder / METADATA, self._metadata(0))

    def _metadata(self, n_rows: int) -> bytes:
        return b'%s"shape":[%16d%s' % (self._before_rows, n_rows, self._after_rows)

    @property
    def n_rows(self) -> int:
        """Rows accepted so far."""
        return len(self.full) * self.layout.chunk_rows + self.open.rows

    @property
    def chunks(self) -> list[Chunk]:
        """All chunks, the open one last."""
        return [*self.full, self.open] if self.open.rows else list(self.full)

    def put(self, pieces: Sequence[NDArray[Any]]) -> tuple[int, OSError | None]:
        """Write rows after the accepted ones; they must fit into the open chunk.

        Parameters
        ----------
        pieces
            Each of shape (n_rows, *row_shape), n_rows > 0, C-contiguous, in the array's number format.

        Returns
        -------
        int
            How many whole rows got there.
        OSError or None
            Why not all did.
        """
        try:
            if self._file is None:
                self._file = self._create(self.layout.chunk_path(len(self.full)))
        except OSError as error:
            return 0, error
        row_bytes = self._row_bytes
        self._waiting = [rows.data.cast("B") for rows in pieces]
        n_bytes, failure = disk.write_at(self._file, self.open.rows * row_bytes, self._waiting)
        return n_bytes // row_bytes, failure

    def _create(self, path: Path) -> io.FileIO:
        file = path.open("xb", buffering=0)
        self._folder_changed = True
        # The whole chunk at once, as a hole: a reader of the array may map it while it fills.
        try:
            file.truncate(self.layout.chunk_bytes)
        except OSError:
            file.close()
            path.unlink(missing_ok=True)
            raise
        return file

    @property
    def newest(self) -> Chunk:
        """The chunk that the newest accepted row is in."""
        return self.open if self.open.rows or not self.full else self.full[-1]

    def accept(self, n_rows: int) -> None:
        """Count the first rows of those that `put` has just written."""
        if not n_rows:
            return
        crc, left = self.open.crc, n_rows * self._row_bytes
        for piece in self._waiting:
            crc = crc32(piece if len(piece) <= left else piece[:left], crc)
            left -= min(left, len(piece))
        state = Chunk(self.open.rows + n_rows, crc)
        self.open = state
        if state.rows == self.layout.chunk_rows and self._file is not None:
            self.full.append(state)
            self._unsynced.append(self._file)
            self._file, self.open = None, Chunk(0, 0)

    def sync(self) -> None:
        """Wait until all accepted rows are on the disk."""
        while self._unsynced:
            sync_file(self._unsynced[0].fileno())
            self._unsynced.pop(0).close()
        if self._file is not None:
            sync_file(self._file.fileno())
        if self._folder_changed:
            sync_folder(self.layout.folder)
            self._folder_changed = False

    def publish(self, n_rows: int, *, durable: bool) -> None:
        """Let readers see `n_rows`, which must be on the disk.

        What is published itself need not be `durable` while the recording runs: recovery knows better.
        """
        if durable:
            self._shown.finish(self._metadata(n_rows))
        elif n_rows != self._published:
            self._shown.turn(self._metadata(n_rows))
        self._published = n_rows

    def close(self) -> None:
        """Let the files go. Safe to call twice."""
        for file in (*self._unsynced, *([self._file] if self._file else [])):
            file.close()
        self._unsynced.clear()
        self._file = None
