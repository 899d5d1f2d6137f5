"""One group of a session while it is being written: samples, timestamps, what is lost between them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Block
from .arrays import ArrayLayout, chunk_rows
from .checksum import crc32
from .commits import Commit
from .gaps import Gap
from .layout import MAX_JSON_BYTES, METADATA, SAMPLES, TIMESTAMPS, plain, replace_json, sync_folder
from .overview_writer import OverviewWriter
from .runs import packed, split
from .sink import Opened
from .writer import ArrayWriter

_TIME = np.dtype("<f8")
CACHED_BYTES = 512 * 2**10


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
        self.n_rows = 0
        """Rows written and committed so far. Any thread may look."""
        self.n_lost = self.n_gaps = self.n_acknowledged = 0
        dtype = np.dtype(info.dtype).newbyteorder("<")
        folder = session / name
        rows = chunk_rows(info.fs, dtype.itemsize * info.n_channels, chunk_seconds)
        folder.mkdir()
        self._dtype, self._row_shape, self._chunk_rows = dtype, info.sample_shape, rows
        self._cached_rows = max(1, CACHED_BYTES // (dtype.itemsize * info.n_channels))
        self._samples = ArrayWriter(ArrayLayout(folder / SAMPLES, dtype, info.sample_shape, rows))
        self._timestamps = ArrayWriter(ArrayLayout(folder / TIMESTAMPS, np.dtype("<f8"), (), rows))
        self._overview: OverviewWriter | None = None
        # Never worth a recording: samples are written without it, and it is made later.
        with suppress(OSError):
            self._overview = OverviewWriter(folder, dtype, info.n_channels)
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

    def describe_channels(self, channels: tuple[dict[str, Any], ...]) -> None:
        """Keep what a person says of the channels; of another number of them it says nothing."""
        attributes = {**self._metadata["attributes"], "channels": list(channels)}
        if len(channels) == self.info.n_channels and len(json.dumps(attributes)) <= MAX_JSON_BYTES - 4096:
            self._metadata["attributes"] = attributes
            replace_json(self._metadata_path, self._metadata)

    @property
    def n_delivered(self) -> int:
        """Samples written or named as lost so far."""
        return self.n_rows + self.n_lost

    def all_fit(self, blocks: Sequence[Block]) -> bool:
        """Whether blocks follow each other without a loss and can go to the disk as they are; nearly always."""
        dtype, row_shape = self._dtype, self._row_shape
        for data, timestamps, lost in blocks:
            if (
                lost
                or data.dtype != dtype
                or timestamps.dtype != _TIME
                or data.shape != (len(timestamps), *row_shape)
                or not data.flags.c_contiguous
                or not timestamps.flags.c_contiguous
            ):
                return False
        return True

    def fitted(self, block: Block) -> Block | None:
        """Return a block as it goes to the disk, or None when it does not fit this group."""
        data, timestamps, lost = block
        whole = data.shape == (len(timestamps), *self._row_shape)
        if whole and data.dtype == self._dtype and timestamps.dtype == _TIME:
            if data.flags.c_contiguous and timestamps.flags.c_contiguous:
                return block
        elif not whole or not np.can_cast(data.dtype, self._dtype, "safe"):
            return None
        return Block(np.ascontiguousarray(data, dtype=self._dtype), np.ascontiguousarray(timestamps, dtype=_TIME), lost)

    def write(self, blocks: Sequence[Block], commit: Callable[[Commit], None]) -> tuple[int, OSError | None]:
        """Write consecutive blocks, and commit each chunk they reach once.

        Parameters
        ----------
        blocks
            From `fitted`.
        commit
            Called after the rows are written.

        Returns
        -------
        int
            How many rows got there; they count, the others do not.
        OSError or None
            Why not all did.
        """
        pieces = packed([block.data for block in blocks])
        timestamps = (
            blocks[0].timestamps if len(blocks) == 1 else np.concatenate([block.timestamps for block in blocks])
        )
        done, error = 0, None
        while done < len(timestamps) and error is None:
            chunk = len(self._samples.full)
            some, pieces = split(pieces, self._chunk_rows - self._samples.open.rows)
            n, error = self._fill_chunk(some, timestamps[done : done + sum(map(len, some))])
            if n:
                if math.isnan(self.oldest):
                    self.oldest = float(timestamps[0])
                self.newest = float(timestamps[done + n - 1])
                samples, times = self._samples.newest, self._timestamps.newest
                commit(Commit(self.number, chunk, samples.rows, samples.crc, times.crc, self.n_lost))
                done += n
                self.n_rows += n
        return done, error

    def _fill_chunk(self, pieces: list[NDArray[Any]], timestamps: NDArray[np.float64]) -> tuple[int, OSError | None]:
        """Write rows that fit into the open chunk; return how many got there."""
        n, error = self._timestamps.put([timestamps])
        done = 0
        while done < n:
            # As much at once as the processor's cache holds, for it is looked at three times.
            some, pieces = split(pieces, min(n - done, self._cached_rows))
            written, failure = self._samples.put(some)
            self._samples.accept(written)
            self._survey(some if failure is None else split(some, written)[0])
            done += written
            if failure is not None:
                error = failure
                break
        self._timestamps.accept(done)
        return done, error

    def _survey(self, pieces: Sequence[NDArray[Any]]) -> None:
        """Take rows into the overview. It is given up where the disk is full: it can be made again, samples cannot."""
        if self._overview is not None:
            try:
                self._overview.add(pieces)
            except OSError:
                self.drop_overview()

    def finish_overview(self) -> None:
        """Complete the overview; what is not there afterwards is built when somebody asks."""
        if self._overview is not None:
            try:
                self._overview.finish()
            except OSError:
                self.drop_overview()

    def drop_overview(self) -> None:
        """Give the overview up, and its room on the disk. Safe to call twice."""
        overview, self._overview = self._overview, None
        if overview is not None:
            overview.discard()

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
        self.drop_overview()


def _crc_of(path: Path, n_bytes: int) -> int:
    with path.open("rb") as file:
        return crc32(file.read(n_bytes))


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
    if len(json.dumps(attributes)) > MAX_JSON_BYTES - 4096:
        attributes.pop("channels", None)
    for dispensable in ("device", "grid", "channel_names"):
        if len(json.dumps(attributes)) <= MAX_JSON_BYTES - 4096:
            break
        attributes["info"][dispensable] = {} if dispensable == "device" else None
    return {"zarr_format": 3, "node_type": "group", "attributes": attributes}
