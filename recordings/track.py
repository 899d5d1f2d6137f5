"""One group of a session while it is being written: samples, timestamps, what is lost between them."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Block
from .arrays import ArrayLayout, chunk_rows
from .commits import Commit
from .gaps import Gap
from .layout import MAX_JSON_BYTES, METADATA, SAMPLES, TIMESTAMPS, plain, replace_json, sync_folder
from .sink import Opened
from .writer import ArrayWriter


class Rows(NamedTuple):
    """Consecutive rows of one group, as they go to the disk.

    Parameters
    ----------
    data
        Shape (n_samples, *sample_shape), little-endian, C-contiguous.
    timestamps
        Shape (n_samples,), float64, s, LSL clock.
    """

    data: NDArray[Any]
    timestamps: NDArray[np.float64]


def joined(pieces: Sequence[Rows]) -> Rows:
    """Return several pieces of one group as one."""
    return Rows(
        np.concatenate([piece.data for piece in pieces]), np.concatenate([piece.timestamps for piece in pieces])
    )


class Track:
    """Writes one group. One thread calls it.

    Parameters
    ----------
    session
        The session's folder.
    number
        Number of the group in the session's list.
    name
        Name of the group's folder, made here.
    opened
        What the samples are, where they come from, which stream they belong to; ``emg~2`` belongs to ``emg``.
    chunk_seconds
        About how much goes into a chunk, s.
    view_filter
        How the stream is looked at, for the record; None where nobody said.
    """

    def __init__(
        self,
        session: Path,
        number: int,
        name: str,
        opened: Opened,
        chunk_seconds: float,
        view_filter: dict[str, Any] | None = None,
    ) -> None:
        info = opened.info
        self.number, self.name, self.stream, self.info = number, name, opened.stream, info
        self.newest = self.oldest = math.nan
        self.came_back = False
        self.n_lost = self.n_gaps = self.n_acknowledged = 0
        dtype = np.dtype(info.dtype).newbyteorder("<")
        folder = session / name
        rows = chunk_rows(info.fs, dtype.itemsize * info.n_channels, chunk_seconds)
        folder.mkdir()
        self._samples = ArrayWriter(ArrayLayout(folder / SAMPLES, dtype, info.sample_shape, rows))
        self._timestamps = ArrayWriter(ArrayLayout(folder / TIMESTAMPS, np.dtype("<f8"), (), rows))
        self._metadata_path, self._metadata = folder / METADATA, _group_metadata(opened, rows)
        self._view_filter: dict[str, Any] | None = None
        self.note_view(view_filter, write=False)
        replace_json(self._metadata_path, self._metadata)
        sync_folder(session)

    def note_view(self, settings: dict[str, Any] | None, *, write: bool = True) -> None:
        """Keep how the stream is looked at, when that is otherwise than before."""
        if settings == self._view_filter:
            return
        self._view_filter = settings
        self._metadata["attributes"]["view_filter"] = settings
        if write:
            replace_json(self._metadata_path, self._metadata)

    @property
    def n_rows(self) -> int:
        """Rows written so far."""
        return self._timestamps.n_rows

    @property
    def n_delivered(self) -> int:
        """Samples written or named as lost so far."""
        return self.n_rows + self.n_lost

    def rows_of(self, block: Block) -> Rows | None:
        """Return a block as it goes to the disk, or None when it does not fit this group."""
        layout, (data, timestamps, _) = self._samples.layout, block
        if (
            data.dtype == layout.dtype
            and data.shape == (len(timestamps), *layout.row_shape)
            and data.flags.c_contiguous
        ):
            return Rows(data, np.ascontiguousarray(timestamps, dtype="<f8"))
        if data.shape != (len(timestamps), *layout.row_shape) or not np.can_cast(data.dtype, layout.dtype, "safe"):
            return None
        return Rows(np.ascontiguousarray(data, dtype=layout.dtype), np.ascontiguousarray(timestamps, dtype="<f8"))

    def write(self, rows: Rows, commit: Callable[[Commit], None]) -> tuple[int, OSError | None]:
        """Write rows, and commit each chunk they reach.

        Parameters
        ----------
        rows
            From `rows_of`.
        commit
            Called after the rows are written.

        Returns
        -------
        int
            How many rows got there; they count, the others do not.
        OSError or None
            Why not all did.
        """
        data, timestamps = rows
        done, error = 0, None
        while done < len(data) and error is None:
            end = min(len(data), done + self._samples.layout.chunk_rows - self._samples.open.rows)
            n, error = self._samples.put(data[done:end])
            n, later = self._timestamps.put(timestamps[done : done + n])
            error = error or later
            if n:
                self._accept(data[done : done + n], timestamps[done : done + n], commit)
            done += n
        return done, error

    def _accept(self, data: NDArray[Any], timestamps: NDArray[np.float64], commit: Callable[[Commit], None]) -> None:
        chunk = len(self._samples.full)
        samples, times = self._samples.accept(data), self._timestamps.accept(timestamps)
        if math.isnan(self.oldest):
            self.oldest = float(timestamps[0])
        self.newest = float(timestamps[-1])
        commit(Commit(self.number, chunk, samples.rows, samples.crc, times.crc, self.n_lost))

    def gap(self, t_first: float, t_last: float, n_lost: int, cause: str) -> Gap:
        """Name samples that are missing after what is written; return the gap for ``gaps.jsonl``."""
        first = self.newest if not math.isnan(self.newest) else t_first
        gap = Gap(self.name, first if not math.isnan(first) else t_last, t_last, self.n_delivered, n_lost, cause)
        self.n_lost += n_lost
        self.n_gaps += 1
        return gap

    def sync(self) -> None:
        """Wait until all rows are on the disk."""
        self._samples.sync()
        self._timestamps.sync()

    def publish(self, *, durable: bool) -> None:
        """Let readers see what is acknowledged. Only rows that are on the disk."""
        self._samples.publish(self.n_acknowledged, durable=durable)
        self._timestamps.publish(self.n_acknowledged, durable=durable)

    @property
    def checksums(self) -> dict[str, Any]:
        """What ``checksums.json`` keeps of this group."""
        pairs = zip(self._samples.chunks, self._timestamps.chunks, strict=True)
        return {
            "n_rows": self.n_rows,
            "n_lost": self.n_lost,
            "chunks": [[samples.rows, samples.crc, times.crc] for samples, times in pairs],
        }

    def verify(self) -> str:
        """Look at the files once more; return what is wrong with them, "" when nothing is."""
        for array in (self._samples, self._timestamps):
            layout = array.layout
            for number, chunk in enumerate(array.chunks):
                path = layout.chunk_path(number)
                try:
                    if path.stat().st_size != layout.chunk_bytes:
                        return f"{path} has not the size that was written."
                    if number == len(array.chunks) - 1 and _crc_of(path, chunk.rows * layout.row_bytes) != chunk.crc:
                        return f"{path} does not hold what was written."
                except OSError as error:
                    return f"{path} cannot be read back: {error.strerror or error}."
        return ""

    def close(self) -> None:
        """Let the files go. Safe to call twice."""
        self._samples.close()
        self._timestamps.close()


def _crc_of(path: Path, n_bytes: int) -> int:
    with path.open("rb") as file:
        return zlib.crc32(file.read(n_bytes))


def _group_metadata(opened: Opened, n_chunk_rows: int) -> dict[str, Any]:
    attributes = {
        "stream": opened.stream,
        "source": opened.source_name[:4096],
        "chunk_rows": n_chunk_rows,
        "info": plain(opened.info.to_json()),
    }
    if opened.channels:
        attributes["channels"] = list(opened.channels)
    # What a reader cannot do without comes last: nobody's free text may keep a recording from starting.
    for dispensable in ("device", "grid", "channel_names"):
        if len(json.dumps(attributes)) <= MAX_JSON_BYTES - 4096:
            break
        attributes["info"][dispensable] = {} if dispensable == "device" else None
    return {"zarr_format": 3, "node_type": "group", "attributes": attributes}
