"""Making a session of samples that come from no device: imports, cuts, joins."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Block, Event
from ..sources.info import StreamInfo
from .about import About, ChannelAbout, channels_json
from .arrays import chunk_rows
from .errors import RecordingError
from .folder import SessionFolder
from .gaps import DEVICE, Gap
from .layout import CLOCK, GAPS, plain
from .sink import ClockOffset, Opened, Viewed
from .take import Take
from .track import Track

SYNC_BYTES = 64 * 2**20
SYNC_CHUNKS = 16
CHUNK_SECONDS = 10.0


class SessionBuilder:
    """Writes a session as the recorder does, at once and without a queue. One thread calls it.

    Used as a context; what is not finished when it ends is removed.

    Parameters
    ----------
    path
        A path ending in ``.myo`` becomes the session itself; in any other folder a new session is made.
    about
        What is known of it.
    created
        When the samples were taken; now where nobody knows.
    clock_at_created
        What the clock of the timestamps said then, s.
    origin
        Where the samples come from: file, format, identity; plain values.
    app_version
        Of the program that writes.

    Raises
    ------
    RecordingError
        When it cannot be written, or is there already.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        about: About | None = None,
        *,
        created: datetime | None = None,
        clock_at_created: float = 0.0,
        origin: Mapping[str, Any] | None = None,
        app_version: str = "",
    ) -> None:
        began, when = time.monotonic(), created if created is not None else datetime.now(UTC)
        when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
        about = about if about is not None else About()
        # Both clocks go on together, so every anchor says the same.
        self._folder = SessionFolder(
            Path(path),
            about,
            app_version,
            lambda: clock_at_created + time.monotonic() - began,
            lambda: when + timedelta(seconds=time.monotonic() - began),
        )
        self._take = Take(self._folder, lambda _: None, CHUNK_SECONDS)
        self._n_unsynced_bytes, self._n_unsynced_chunks = 0, 0.0
        self._finished = False
        if origin:
            self._folder.attributes["origin"] = plain(origin)
            self._folder.write_attributes()

    @property
    def path(self) -> Path:
        """The session's folder."""
        return self._folder.path

    def describe(self, **changes: Any) -> None:
        """Change what is known of the session: fields of `About`, or other plain attributes."""
        self._folder.attributes.update(plain(changes))
        self._folder.write_attributes()

    def stream(
        self, name: str, info: StreamInfo, source_name: str = "", channels: tuple[ChannelAbout, ...] = ()
    ) -> str:
        """Begin a stream, or go on with it in a new group when `info` differs; return the group's name.

        Parameters
        ----------
        name
            The stream's name.
        info
            What the samples are.
        source_name
            Where they came from, for the record.
        channels
            What a person said of each channel.
        """
        self._take.write(name, [Opened(name, info, source_name, tuple(channels_json(channels)))])
        self._look()
        track = self._track(name)
        # What is missing between two groups is named by whoever writes them.
        track.came_back = False
        return track.name

    def note_view(self, name: str, settings: Mapping[str, Any]) -> None:
        """Keep through which filter a stream was looked at; before it is begun, or while it is written."""
        self._take.note([Viewed(name, plain(settings))])

    def anchor(self, t: float, utc: str, uncertainty_s: float) -> None:
        """Keep what time of day it was at `t`, s, besides what both clocks say at the beginning."""
        self._folder.append(CLOCK, {"kind": "utc", "t": t, "utc": utc, "uncertainty_s": uncertainty_s})

    def stray_gap(self, gap: Gap) -> None:
        """Keep a gap of a stream that has no samples, such as one of markers."""
        self._folder.append(GAPS, gap.to_json())

    def write(
        self,
        name: str,
        data: NDArray[Any],
        timestamps: NDArray[np.float64],
        lost: int = 0,
        cause: str = DEVICE,
    ) -> None:
        """Append samples.

        Parameters
        ----------
        name
            A stream that was begun.
        data
            Shape (n_samples, *sample_shape), in the number format that its info says.
        timestamps
            Shape (n_samples,), float64, s, on the session's clock.
        lost
            Samples that are missing just before these.
        cause
            Why they are.
        """
        track = self._track(name)
        if lost:
            t = float(timestamps[0]) if len(timestamps) else track.newest
            self.gap(name, t, t, lost, cause)
        fitting = np.ascontiguousarray(data, dtype=np.dtype(track.info.dtype).newbyteorder("<"))
        times = np.ascontiguousarray(timestamps, dtype="<f8")
        rows = chunk_rows(track.info.fs, fitting[:1].nbytes, CHUNK_SECONDS)
        for first in range(0, len(fitting), rows):
            piece = slice(first, first + rows)
            self._take.write(name, [Block(fitting[piece], times[piece])])
            self._keep_up(fitting[piece].nbytes, len(fitting[piece]) / rows)

    def _keep_up(self, n_bytes: int, n_chunks: float) -> None:
        """Sync now and then, so that neither memory nor the number of open files grows."""
        self._n_unsynced_bytes += n_bytes
        self._n_unsynced_chunks += n_chunks
        if self._n_unsynced_bytes > SYNC_BYTES or self._n_unsynced_chunks > SYNC_CHUNKS:
            self._take.sync(publish=False)
            self._n_unsynced_bytes, self._n_unsynced_chunks = 0, 0.0
        self._look()

    def gap(self, name: str, t_first: float, t_last: float, n_lost: int, cause: str) -> Gap:
        """Name samples that are missing after what was written; times in s, on the session's clock."""
        gap = self._track(name).gap(t_first, t_last, n_lost, cause)
        self._folder.append(GAPS, gap.to_json())
        return gap

    def event(self, event: Event) -> None:
        """Keep an event, its time on the session's clock."""
        self._take.note([event])
        self._look()

    def clock_offset(self, t: float, name: str, offset_s: float, uncertainty_s: float) -> None:
        """Keep how far a source's own clock was from the session's at `t`, s."""
        self._take.note([ClockOffset(t, name, offset_s, uncertainty_s)])

    def _track(self, name: str) -> Track:
        track = self._take.current(name)
        if track is None:
            raise RecordingError(f"{self.path} has no stream {name!r} to write to. Begin it first.")
        return track

    def _look(self) -> None:
        if self._take.failed or self._take.error:
            raise RecordingError(self._take.error or self._take.failed)

    def finish(self) -> Path:
        """Sync, verify and complete the session; return its folder.

        Raises
        ------
        RecordingError
            When the disk does not do it.
        """
        try:
            problem = self._take.finish()
        except OSError as error:
            problem = f"{self.path} cannot be written: {error.strerror or error}. Free space, or choose another disk."
        if problem:
            raise RecordingError(problem)
        self._finished = True
        self._take.close()
        return self.path

    def discard(self) -> None:
        """Remove what was written, unless it was finished. Safe to call twice."""
        if not self._finished:
            self._finished = True
            self._take.close()
            shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> SessionBuilder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()
