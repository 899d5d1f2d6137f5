"""One stream of a session, as it lies on the disk."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.errors import SourceError
from ..sources.info import StreamInfo
from ..sources.view_filter import ViewFilter
from .about import ChannelAbout, channels_of
from .about_edits import AboutLog
from .arrays import ArrayLayout
from .errors import SessionError
from .gaps import Gap
from .layout import MAX_JSON_BYTES, METADATA, SAMPLES, TIMESTAMPS
from .overview import Overview, cache_of, column_edges, columns, eased
from .overview_writer import BUCKET
from .places import LocalPlace, Place, read_json_in
from .recorded_array import MissingFile
from .sampled_columns import blocks_of_files, blocks_of_rows
from .stored_array import StoredArray, open_array

LOOSE = 4
"""Rows of the overview that a piece has at least when its ends are moved to one: up to 1/8 of it away."""


class StoredStream:
    """Reads the samples of one group. Any thread may call it.

    Made by `open_session`; `read` returns what was recorded, in the device's own number format, whether it lies as
    recorded or was compacted since; compaction may happen while it is open.

    Parameters
    ----------
    folder
        The group's folder, here or behind a URL.
    interrupted
        Whether its recording was: what says how long its arrays are may then have been lost in a power cut.

    Raises
    ------
    SessionError
        When the group is not there, or not one of ours.
    """

    def __init__(self, folder: Place, *, interrupted: bool = False) -> None:
        self.name = folder.name
        folder.require_folder()
        metadata = read_json_in(folder, METADATA, MAX_JSON_BYTES)
        attributes = metadata.get("attributes")
        info = attributes.get("info") if isinstance(attributes, dict) else None
        if not isinstance(attributes, dict) or not isinstance(info, dict):
            raise SessionError(f"{folder}/{METADATA} does not describe a stream. Is it damaged?")
        try:
            self.info = StreamInfo.from_json(info)
        except SourceError as error:
            raise SessionError(f"{folder}/{METADATA}: {error}") from error
        self.attributes: dict[str, Any] = attributes
        self.stream = str(attributes.get("stream", self.name))
        self.source_name = str(attributes.get("source", ""))
        self.view_filter = _view_filter(attributes.get("view_filter"))
        """How the stream was looked at in the end; None where that is not known. Samples are as they came."""
        if self.info.is_text:
            raise SessionError(f"{folder}/{METADATA} describes text, which is no samples. Is it damaged?")
        dtype = np.dtype(self.info.dtype).newbyteorder("<")
        rows = attributes.get("chunk_rows") if interrupted else None
        self._place = folder
        self._samples, n_samples = open_array(folder / SAMPLES, dtype, self.info.sample_shape, rows)
        self._timestamps, n_timestamps = open_array(folder / TIMESTAMPS, np.dtype("<f8"), (), rows)
        samples, timestamps = self.layouts
        if (samples.row_shape, samples.dtype) != (self.info.sample_shape, dtype):
            raise SessionError(f"{folder}/{SAMPLES} does not hold what {folder}/{METADATA} says. Is it damaged?")
        if (timestamps.row_shape, timestamps.dtype) != ((), np.dtype("<f8")):
            raise SessionError(f"{folder}/{TIMESTAMPS} does not hold one time a sample. Is it damaged?")
        if timestamps.chunk_rows != samples.chunk_rows:
            raise SessionError(f"{folder} has samples and timestamps in chunks of different length. Is it damaged?")
        if interrupted and (self._samples.is_compacted or self._timestamps.is_compacted):
            raise SessionError(f"{folder} is compacted, but was never closed. Is it damaged?")
        # The recorder publishes one after the other: what both have is there.
        self.n_published = (n_samples, n_timestamps)
        self.n_samples = min(n_samples, n_timestamps)
        if self._samples.is_beyond_its_files(self.n_samples) and not self._look_again(0):
            raise SessionError(
                f"{folder} says it has {self.n_samples:,} samples, but its files hold far fewer. Is it damaged?"
            )
        self.gaps: tuple[Gap, ...] = ()
        self.about_log: AboutLog | None = None
        self._overview: Overview | None = None
        self._overview_of = -1

    @property
    def channels_recorded(self) -> tuple[ChannelAbout, ...]:
        """What a person had said of each channel when it was recorded."""
        return channels_of(self.attributes, self.info.n_channels)

    @property
    def channels_about(self) -> tuple[ChannelAbout, ...]:
        """What a person says of each channel, with all that was edited since."""
        recorded = self.channels_recorded
        return recorded if self.about_log is None else self.about_log.now.channels(self.name, recorded)

    @property
    def layouts(self) -> tuple[ArrayLayout, ArrayLayout]:
        """How samples and timestamps were recorded; `is_compacted` tells whether they still lie so.

        The rows of their chunks are what ``checksums.json`` goes by.
        """
        return self._samples.layout, self._timestamps.layout

    @property
    def is_compacted(self) -> bool:
        """Whether samples and timestamps lie in compressed shards."""
        return self._samples.is_compacted and self._timestamps.is_compacted

    def is_compacted_array(self, which: int) -> bool:
        """Whether samples (0) or timestamps (1) lie in compressed shards."""
        return self._array(which).is_compacted

    def names(self) -> Iterator[str]:
        """Return the files that the stream needs, below its folder, told from its shape."""
        yield METADATA
        for which, array in enumerate((SAMPLES, TIMESTAMPS)):
            yield f"{array}/{METADATA}"
            for name in self._array(which).names(self.n_published[which]):
                yield f"{array}/{name}"

    def set_length(self, n_samples: int) -> None:
        """Take over what recovery found; for `open_session`."""
        self.n_samples = n_samples
        self.n_published = (n_samples, n_samples)

    def damage(self) -> list[str]:
        """Return one sentence for each array whose files are not all there; nothing when they are.

        Behind a URL not every file is asked for: what is missing then is told when it is read.
        """
        problems = []
        for which in (0, 1):
            problem = self._array(which).problem(self.n_samples)
            if isinstance(problem, MissingFile) and self._look_again(which):
                problem = self._array(which).problem(self.n_samples)
            if problem is not None:
                problems.append(str(problem))
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
        rows = self._timestamps.piece_rows
        low, high = 0, -(-self.n_samples // rows)
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

    def read(
        self, start: int = 0, stop: int | None = None, channels: slice = slice(None)
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Return samples ``start:stop``, mapped from the file where they lie in one chunk.

        Parameters
        ----------
        start, stop
            From which sample on, and up to which; negative ones count from the end.
        channels
            Only these, all at first; without a step, and only where a sample is a row of channels. Of a compacted
            stream only those are decompressed.

        Returns
        -------
        data
            Shape (n_samples, *sample_shape), in the device's own number format, read-only.
        timestamps
            Shape (n_samples,), float64, s, LSL clock.

        Raises
        ------
        SessionError
            When a chunk is missing or damaged.
        ValueError
            When channels cannot be chosen so.
        """
        self._check_channels(channels)
        first, last = self._clip(start, stop)
        return self._rows(0, first, last, channels), self._rows(1, first, last)

    def read_samples(self, start: int = 0, stop: int | None = None, channels: slice = slice(None)) -> NDArray[Any]:
        """Return the data that `read` returns, without their times: of a long stretch of one channel a third less."""
        self._check_channels(channels)
        return self._rows(0, *self._clip(start, stop), channels)

    def read_timestamps(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        """Return the times of samples ``start:stop``, shape (n_samples,), s, LSL clock."""
        return self._rows(1, *self._clip(start, stop))

    def overview(
        self, n_columns: int, start: int = 0, stop: int | None = None, *, exact: bool = False
    ) -> NDArray[np.float32]:
        """Return the extremes of samples ``start:stop`` in `n_columns` pieces of equal length.

        Milliseconds with the stream's overview, whatever the length; without one every sample is looked at, which takes
        seconds for an hour of many channels (`lacks_overview`).

        Parameters
        ----------
        n_columns
            How many pieces.
        start, stop
            From which sample on, and up to which; negative ones count from the end.
        exact
            Whether pieces end at the very sample. Otherwise pieces of 256 samples and more may be up to 1/8 of their
            length off, less than anybody sees, so that no sample is looked at. What lies in a piece is looked at
            exactly in any case.

        Returns
        -------
        NDArray[np.float32]
            Shape (n_channels, n_columns, 2): lowest and highest value, in the stream's unit; NaN where a piece
            has no sample; a sample that is NaN does not count.

        Raises
        ------
        SessionError
            When samples are needed, and a chunk is missing or damaged.
        """
        found, layout = self._found_overview(), self._samples.layout
        first, last = self._clip(start, stop)
        edges = column_edges(first, last, n_columns)
        in_files = not self._place.is_remote and not self._samples.is_compacted
        if found is not None and not exact:
            edges = eased(edges, LOOSE)

        def rows(begin: int, end: int) -> NDArray[Any]:
            return self._rows(0, begin, end).reshape(end - begin, self.info.n_channels)

        blocks = blocks_of_files(layout, self.n_samples, rows) if in_files else blocks_of_rows(self.n_samples, rows)
        return columns(edges, found, layout.dtype, self.info.n_channels, rows, blocks, self._samples.piece_rows).scaled(
            self.info.scales
        )

    @property
    def lacks_overview(self) -> bool:
        """Whether `overview` has to look at every sample; `build_overviews` helps."""
        return self.n_samples >= BUCKET and self._found_overview() is None

    @property
    def overview_cache(self) -> Path:
        """Where the overview lies if the stream's own folder cannot be written."""
        return cache_of(str(self._place), self.n_samples, self.first_timestamp, self.last_timestamp)

    @property
    def local_folder(self) -> Path | None:
        """The group's folder on this machine; None behind a URL."""
        return None if self._place.is_remote else Path(str(self._place))

    def _found_overview(self) -> Overview | None:
        if self._overview_of != self.n_samples:
            self.find_overview()
        return self._overview

    def find_overview(self) -> None:
        """Look whether there is an overview of these samples; for whoever has just built it."""
        self._overview = None
        if self.n_samples >= BUCKET:
            for is_cached in (False, True):
                with suppress(SessionError):
                    # None there, or of other samples: `lacks_overview` tells.
                    place = LocalPlace(self.overview_cache) if is_cached else self._place
                    self._overview = Overview(place, self._samples.layout.dtype, self.info.n_channels, self.n_samples)
                    break
        self._overview_of = self.n_samples

    def _check_channels(self, channels: slice) -> None:
        if channels != slice(None) and (len(self.info.sample_shape) != 1 or channels.step not in (None, 1)):
            raise ValueError("channels are chosen by a slice without a step, of samples that are a row of channels")

    def _clip(self, start: int, stop: int | None) -> tuple[int, int]:
        first, last, _ = slice(start, stop).indices(self.n_samples)
        return first, max(first, last)

    def _rows(self, which: int, first: int, last: int, channels: slice = slice(None)) -> NDArray[Any]:
        try:
            return self._array(which).rows(first, last, channels)
        except MissingFile:
            # Compaction has put shards in the place of the chunks since they were opened.
            if not self._look_again(which):
                raise
            return self._array(which).rows(first, last, channels)

    def _array(self, which: int) -> StoredArray:
        return self._timestamps if which else self._samples

    def _look_again(self, which: int) -> bool:
        """Open an array anew; return whether it lies in another way now, with the same rows."""
        before, name = self._array(which), (SAMPLES, TIMESTAMPS)[which]
        now, n_rows = open_array(self._place / name, before.layout.dtype, before.layout.row_shape, None)
        if now.is_compacted == before.is_compacted or n_rows < self.n_samples or now.layout != before.layout:
            return False
        if which:
            self._timestamps = now
        else:
            self._samples = now
        return True

    def close(self) -> None:
        """Let the mapped files go, once nobody holds samples of them. Safe to call twice."""
        self._samples.close()
        self._timestamps.close()
        if self._overview is not None:
            self._overview.close()

    def __repr__(self) -> str:
        return f"StoredStream({self.name!r}, {self.n_samples:,} x {self.info.n_channels} at {self.info.fs:g} Hz)"


def _view_filter(settings: object) -> ViewFilter | None:
    try:
        return ViewFilter.from_json(settings) if isinstance(settings, dict) else None
    except SourceError:
        # Damaged, or of a later version: it says nothing about the samples.
        return None
