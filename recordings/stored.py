"""One stream of a session, as it lies on the disk."""

from __future__ import annotations

import math
import os
import stat
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.errors import SourceError
from ..sources.info import StreamInfo
from ..sources.view_filter import ViewFilter
from .about import ChannelAbout, channels_of
from .arrays import ArrayLayout
from .errors import SessionError
from .gaps import Gap
from .layout import METADATA, SAMPLES, TIMESTAMPS, plain_folder, read_json

MAPPED_CHUNKS = 16


class StoredStream:
    """Reads the samples of one group. Any thread may call it.

    Made by `open_session`; `read` returns what was recorded, in the device's own number format.

    Parameters
    ----------
    folder
        The group's folder.
    interrupted
        Whether its recording was: what says how long its arrays are may then have been lost in a power cut.

    Raises
    ------
    SessionError
        When the group is not there, or not one of ours.
    """

    def __init__(self, folder: Path, *, interrupted: bool = False) -> None:
        self.name = folder.name
        metadata = read_json(plain_folder(folder) / METADATA)
        attributes = metadata.get("attributes")
        info = attributes.get("info") if isinstance(attributes, dict) else None
        if not isinstance(attributes, dict) or not isinstance(info, dict):
            raise SessionError(f"{folder / METADATA} does not describe a stream. Is it damaged?")
        try:
            self.info = StreamInfo.from_json(info)
        except SourceError as error:
            raise SessionError(f"{folder / METADATA}: {error}") from error
        self.attributes: dict[str, Any] = attributes
        self.stream = str(attributes.get("stream", self.name))
        self.source_name = str(attributes.get("source", ""))
        self.view_filter = _view_filter(attributes.get("view_filter"))
        """How the stream was looked at in the end; None where that is not known. Samples are as they came."""
        if self.info.is_text:
            raise SessionError(f"{folder / METADATA} describes text, which is no samples. Is it damaged?")
        dtype = np.dtype(self.info.dtype).newbyteorder("<")
        rows = attributes.get("chunk_rows") if interrupted else None
        self._samples, n_samples = _array(folder / SAMPLES, dtype, self.info.sample_shape, rows)
        self._timestamps, n_timestamps = _array(folder / TIMESTAMPS, np.dtype("<f8"), (), rows)
        if (self._samples.row_shape, self._samples.dtype) != (self.info.sample_shape, dtype):
            raise SessionError(f"{folder / SAMPLES} does not hold what {folder / METADATA} says. Is it damaged?")
        if (self._timestamps.row_shape, self._timestamps.dtype) != ((), np.dtype("<f8")):
            raise SessionError(f"{folder / TIMESTAMPS} does not hold one time a sample. Is it damaged?")
        if self._timestamps.chunk_rows != self._samples.chunk_rows:
            raise SessionError(f"{folder} has samples and timestamps in chunks of different length. Is it damaged?")
        # The recorder publishes one after the other: what both have is there.
        self.n_published = (n_samples, n_timestamps)
        self.n_samples = min(n_samples, n_timestamps)
        if self._samples.n_chunks(self.n_samples) > 2 * _n_files(self._samples.folder) + 16:
            raise SessionError(
                f"{folder} says it has {self.n_samples:,} samples, but its files hold far fewer. Is it damaged?"
            )
        self.gaps: tuple[Gap, ...] = ()
        self._map = lru_cache(maxsize=MAPPED_CHUNKS)(self._map_chunk)

    @property
    def channels_about(self) -> tuple[ChannelAbout, ...]:
        """What a person said of each channel."""
        return channels_of(self.attributes, self.info.n_channels)

    @property
    def layouts(self) -> tuple[ArrayLayout, ArrayLayout]:
        """Where samples and timestamps lie."""
        return self._samples, self._timestamps

    def set_length(self, n_samples: int) -> None:
        """Take over what recovery found; for `open_session`."""
        self.n_samples = n_samples
        self.n_published = (n_samples, n_samples)

    def damage(self) -> list[str]:
        """Return one sentence for each array whose chunk files are not all there; nothing when they are."""
        problems = []
        for layout in self.layouts:
            problem = _missing_chunk(layout, layout.n_chunks(self.n_samples))
            if problem:
                problems.append(problem)
        return problems

    # Times

    @property
    def first_timestamp(self) -> float:
        """Time of the first sample, s, LSL clock; NaN when there is none."""
        return float(self.read_timestamps(0, 1)[0]) if self.n_samples else math.nan

    @property
    def last_timestamp(self) -> float:
        """Time of the last sample, s, LSL clock; NaN when there is none."""
        return float(self.read_timestamps(self.n_samples - 1)[0]) if self.n_samples else math.nan

    @property
    def duration_s(self) -> float:
        """From the first sample to one period after the last, s; by the rate where the timestamps are damaged."""
        if not self.n_samples:
            return 0.0
        period = 1 / self.info.fs if self.info.fs else 0.0
        try:
            span = self.last_timestamp - self.first_timestamp
        except SessionError:
            span = (self.n_samples - 1) * period
        return max(0.0, span) + period if math.isfinite(span) else self.n_samples * period

    @property
    def n_lost(self) -> int:
        """Samples named in gaps."""
        return sum(gap.n_lost for gap in self.gaps)

    def index_at(self, t: float) -> int:
        """Return the number of the first sample at `t` (s, LSL clock) or later; `n_samples` when there is none."""
        rows = self._timestamps.chunk_rows
        low, high = 0, self._timestamps.n_chunks(self.n_samples)
        while low < high:
            middle = (low + high) // 2
            last = min((middle + 1) * rows, self.n_samples) - 1
            if self.read_timestamps(last, last + 1)[0] < t:
                low = middle + 1
            else:
                high = middle
        start = low * rows
        if start >= self.n_samples:
            return self.n_samples
        return start + int(np.searchsorted(self.read_timestamps(start, start + rows), t))

    # Samples

    def read(self, start: int = 0, stop: int | None = None) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Return samples ``start:stop``, mapped from the file where they lie in one chunk.

        Returns
        -------
        data
            Shape (n_samples, *sample_shape), in the device's own number format, read-only.
        timestamps
            Shape (n_samples,), float64, s, LSL clock.

        Raises
        ------
        SessionError
            When a chunk is missing.
        """
        first, last = self._clip(start, stop)
        return self._rows(0, first, last), self._rows(1, first, last)

    def read_timestamps(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        """Return the times of samples ``start:stop``, shape (n_samples,), s, LSL clock."""
        return self._rows(1, *self._clip(start, stop))

    def overview(self, n_columns: int, start: int = 0, stop: int | None = None) -> NDArray[np.float32]:
        """Return the extremes of samples ``start:stop`` in `n_columns` pieces of equal length.

        Every sample is looked at: for an hour of many channels this takes seconds.

        Returns
        -------
        NDArray[np.float32]
            Shape (n_channels, n_columns, 2): lowest and highest value, in the stream's unit; NaN where a piece
            has no sample.
        """
        first, last = self._clip(start, stop)
        out = np.full((self.info.n_channels, n_columns, 2), np.nan, dtype=np.float32)
        scales = self.info.scales
        edges = first + (last - first) * np.arange(n_columns + 1) // n_columns
        for column, (begin, end) in enumerate(pairwise(edges)):
            if end > begin:
                data = self._rows(0, int(begin), int(end)).reshape(int(end - begin), -1)
                pair = np.stack([data.min(axis=0) * scales, data.max(axis=0) * scales], axis=-1)
                out[:, column] = np.sort(pair, axis=-1)
        return out

    def _clip(self, start: int, stop: int | None) -> tuple[int, int]:
        first, last, _ = slice(start, stop).indices(self.n_samples)
        return first, max(first, last)

    def _rows(self, which: int, first: int, last: int) -> NDArray[Any]:
        layout = self.layouts[which]
        rows = layout.chunk_rows
        if first >= last:
            return np.empty((0, *layout.row_shape), dtype=layout.dtype)
        pieces = [
            self._map(which, chunk)[max(first - chunk * rows, 0) : last - chunk * rows]
            for chunk in range(first // rows, (last - 1) // rows + 1)
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def _map_chunk(self, which: int, chunk: int) -> NDArray[Any]:
        layout = self.layouts[which]
        path = layout.chunk_path(chunk)
        problem = _chunk_problem(path, layout)
        if problem:
            raise SessionError(problem)
        shape = (layout.chunk_rows, *layout.row_shape)
        return np.memmap(path, dtype=layout.dtype, mode="r", shape=shape).view(np.ndarray)

    def close(self) -> None:
        """Let the mapped files go, once nobody holds samples of them. Safe to call twice."""
        self._map.cache_clear()

    def __repr__(self) -> str:
        return f"StoredStream({self.name!r}, {self.n_samples:,} x {self.info.n_channels} at {self.info.fs:g} Hz)"


def _view_filter(settings: object) -> ViewFilter | None:
    try:
        return ViewFilter.from_json(settings) if isinstance(settings, dict) else None
    except SourceError:
        # Damaged, or of a later version: it says nothing about the samples.
        return None


def _array(
    folder: Path, dtype: np.dtype[Any], row_shape: tuple[int, ...], n_chunk_rows: object
) -> tuple[ArrayLayout, int]:
    """Return an array's layout and length; without its metadata by the group's `n_chunk_rows`, at no length."""
    try:
        return ArrayLayout.parse(folder, read_json(plain_folder(folder) / METADATA))
    except SessionError:
        if type(n_chunk_rows) is not int or n_chunk_rows < 1:
            raise
        return ArrayLayout.parse(folder, ArrayLayout(folder, dtype, row_shape, n_chunk_rows).metadata(0))


def _chunk_problem(path: Path, layout: ArrayLayout) -> str:
    try:
        found = path.lstat()
    except OSError:
        return f"{path} is missing, and its {layout.chunk_rows:,} rows with it. Restore it from a copy."
    if not stat.S_ISREG(found.st_mode):
        return f"{path} is not a plain file. Sessions hold no links; copy the whole folder anew."
    if found.st_size != layout.chunk_bytes:
        return f"{path} has {found.st_size:,} bytes where {layout.chunk_bytes:,} belong. Restore it from a copy."
    return ""


def _missing_chunk(layout: ArrayLayout, n_chunks: int) -> str:
    """Return what is wrong with the first bad chunk file; looks at no more files than there are."""
    for chunk in range(min(n_chunks, _n_files(layout.folder) + 1)):
        problem = _chunk_problem(layout.chunk_path(chunk), layout)
        if problem:
            return problem
    return ""


def _n_files(folder: Path) -> int:
    with os.scandir(folder) as entries:
        return sum(1 for _ in entries)
