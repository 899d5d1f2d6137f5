"""Recording: blocks in from any thread, a session on disk."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from ..sources.block import Event
from ..sources.clock import local_clock
from .about import About, ChannelAbout
from .errors import RecordingError
from .event_lines import Edit
from .folder import SessionFolder
from .inbox import Inbox
from .layout import plain
from .sink import CLOSED, ChannelsDescribed, ClockOffset, Described, Note, RecorderSink, Viewed
from .take import Take, too_slow

SYNC_S = 0.45
"""A power cut costs at most this and what `Recorder.step` gathers; readers of the arrays are twice that behind."""
ANCHOR_S = 10.0
MAX_VIEW_BYTES = 2048
MAX_FACTS_BYTES = 64 * 2**10
RESERVED_FACTS = {"format", "version", "uuid", "created", "app_version", "streams", "state", *About().to_json()}
WAKE_BYTES = 8 * 2**20
TAKE_BYTES = 32 * 2**20


@dataclass(frozen=True)
class RecorderStatus:
    """How a recording is doing, at one moment.

    Parameters
    ----------
    path
        The session's folder.
    seconds
        From the first sample to the newest one written, s.
    n_written
        Rows written and committed, by group: a crash of the program does not lose them.
    n_acknowledged
        Rows that are on the disk itself, by group: a power cut does not lose them either.
    n_lost, n_gaps
        Samples named in gaps, and gaps, of all groups.
    queue_fraction
        How full the queue is, 0 to 1.
    bytes_written
        Of samples and timestamps.
    disk_free_bytes
        Room left on the disk.
    disk_seconds_left
        How long that lasts at the present rate, s; infinite while nothing is written.
    error
        One sentence that says what to do; empty when all is well.
    """

    path: Path
    seconds: float = 0.0
    n_written: dict[str, int] = field(default_factory=dict)
    n_acknowledged: dict[str, int] = field(default_factory=dict)
    n_lost: int = 0
    n_gaps: int = 0
    queue_fraction: float = 0.0
    bytes_written: int = 0
    disk_free_bytes: int = 0
    disk_seconds_left: float = math.inf
    error: str = ""


class Recorder:
    """Writes a session. `sink`, `event` and `status` are for any thread; one thread calls `step` over and over.

    Every sample handed to a sink is in the session exactly once, or lies inside a named gap.

    Parameters
    ----------
    path
        A path ending in ``.myo`` becomes the session itself; in any other folder a new session is made.
    subject, notes, name, protocol, task, operator, take, tags
        About the recording, as in `About`; `describe` changes them while it runs.
    facts
        What else is known when it begins, such as ``preflight`` and ``trigger``: each becomes an attribute.
    app_version
        Of the program that records.
    clock
        The LSL clock, s, unless a test passes its own.
    utc
        The time of day, likewise.
    queue_bytes
        How much may wait for the disk.
    chunk_seconds
        About how much goes into one chunk file, s.
    overview
        Whether to build the overview that makes pictures of long sessions quick; without, `build_overviews` does later.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        subject: str = "",
        notes: str = "",
        name: str = "",
        protocol: str = "",
        task: str = "",
        operator: str = "",
        take: int = 0,
        tags: tuple[str, ...] = (),
        facts: Mapping[str, Any] | None = None,
        app_version: str = "",
        clock: Callable[[], float] = local_clock,
        utc: Callable[[], datetime] = lambda: datetime.now(UTC),
        queue_bytes: int = 512 * 2**20,
        chunk_seconds: float = 10.0,
        overview: bool = True,
    ) -> None:
        self.path = Path(path)
        self._about = About(name, subject, task, operator, notes, protocol, take, tags)
        self._facts: dict[str, Any] = plain(facts or {})
        self._app_version = app_version
        self._clock, self._utc = clock, utc
        self._chunk_seconds, self._has_overview = chunk_seconds, overview
        self._inbox: Inbox[Note] = Inbox(queue_bytes, min(WAKE_BYTES, queue_bytes // 2))
        self._sinks: list[RecorderSink] = []
        self._take: Take | None = None
        self._status = RecorderStatus(self.path)
        self._started = self._sync_at = self._anchor_at = 0.0
        self._disk_free = 0
        self._publishing = False

    def open(self) -> None:
        """Make the session's folder, with its metadata complete and on the disk.

        Raises
        ------
        RecordingError
            When it cannot be written, or is there already.
        """
        if self._take is not None or self._inbox.closed:
            raise RecordingError(f"{self.path} has been recorded already. Make a new Recorder for another session.")
        if len(json.dumps(self._facts)) > MAX_FACTS_BYTES or self._facts.keys() & RESERVED_FACTS:
            raise RecordingError(f"The facts about {self.path} are too long, or named as its own. Give fewer.")
        folder = SessionFolder(self.path, self._about, self._app_version, self._clock, self._utc, self._facts)
        self.path = folder.path
        self._take = Take(folder, self._inbox.close, self._chunk_seconds, self._has_overview)
        self._started = self._clock()
        self._sync_at = self._started + SYNC_S
        self._anchor_at = self._started + ANCHOR_S
        self._disk_free = folder.free_bytes

    # Any thread

    def sink(self, stream_name: str, source_name: str = "") -> RecorderSink:
        """Return the sink of one stream. Any thread may call it, also for a stream that was there before.

        Parameters
        ----------
        stream_name
            The stream's name; its group gets it too.
        source_name
            The source's one-string name.
        """
        sink = RecorderSink(self._inbox, stream_name, source_name)
        self._sinks.append(sink)
        return sink

    def event(self, event: Event) -> None:
        """Keep an event. Any thread may call it."""
        self._inbox.post(event)

    def edit_event(self, event: Event, label: str, text: str = "") -> None:
        """Give an event that was kept another label and text; the line it has stays. Any thread may call it.

        Parameters
        ----------
        event
            As it was given to `event`.
        label, text
            What it is called from now on.
        """
        self._inbox.post(Edit(self._clock(), event, label, text))

    def describe(
        self,
        *,
        name: str | None = None,
        subject: str | None = None,
        notes: str | None = None,
        protocol: str | None = None,
        task: str | None = None,
        operator: str | None = None,
        take: int | None = None,
        tags: tuple[str, ...] | None = None,
    ) -> None:
        """Change what is known about the recording while it runs. Any thread may call it."""
        texts = {"name": name, "subject": subject, "notes": notes, "protocol": protocol}
        given = {
            **texts,
            "task": task,
            "operator": operator,
            "take": take,
            "tags": None if tags is None else list(tags),
        }
        self._inbox.post(Described({key: value for key, value in given.items() if value is not None}))

    def describe_channels(self, stream: str, channels: Sequence[ChannelAbout]) -> None:
        """Say what the channels of a stream are, before it begins or while it runs. Any thread may call it.

        Parameters
        ----------
        stream
            The stream's name; it may be recorded already, or later.
        channels
            One each. Of another number than the stream has, they are left out.
        """
        self._inbox.post(ChannelsDescribed(stream, tuple(channel.to_json() for channel in channels)))

    def note_view(self, stream: str, settings: Mapping[str, Any]) -> None:
        """Keep through which filter a stream is looked at; samples are written as they come. Any thread may call it.

        Parameters
        ----------
        stream
            The stream's name; it may be recorded already, or later.
        settings
            What `ViewFilter.to_json` returned.

        Raises
        ------
        RecordingError
            When the settings are longer than those of any filter.
        """
        kept = plain(settings)
        if len(json.dumps(kept)) > MAX_VIEW_BYTES:
            raise RecordingError(f"The filter that {stream} is looked at through takes over {MAX_VIEW_BYTES:,} bytes.")
        self._inbox.post(Viewed(stream, kept))

    def clock_offset(self, stream: str, offset_s: float, uncertainty_s: float) -> None:
        """Keep how far a source's own clock is from the LSL clock, s. Any thread may call it."""
        self._inbox.post(ClockOffset(self._clock(), stream, offset_s, uncertainty_s))

    @property
    def status(self) -> RecorderStatus:
        """How it goes. Any thread may ask."""
        n_waiting = sum(sink.n_refused for sink in self._sinks)
        take = self._take
        status = self._status if take is None else self._look(take)
        return replace(
            status,
            queue_fraction=self._inbox.fraction,
            n_lost=status.n_lost + n_waiting,
            error=status.error or (too_slow(n_waiting) if n_waiting else ""),
        )

    # The writing thread

    def step(self, timeout_s: float = 0.25) -> None:
        """Write everything that waits; sync and publish when that is due. One thread calls it, over and over.

        Parameters
        ----------
        timeout_s
            How long to let blocks gather at most, s; large writes are cheap.
        """
        take = self._take
        if take is not None:
            self._inbox.wait(timeout_s)
            self._drain(take)

    def _drain(self, take: Take) -> None:
        for _ in range(2 + self._inbox.capacity_bytes // TAKE_BYTES):
            take.note(self._inbox.take_notes())
            for sink in tuple(self._sinks):
                take.write(sink.stream, sink.take(TAKE_BYTES))
            self._keep_up(take)
            if self._inbox.is_empty:
                return

    def _keep_up(self, take: Take) -> None:
        now = self._clock()
        if now >= self._anchor_at:
            take.anchor()
            self._anchor_at = now + ANCHOR_S
        if now >= self._sync_at:
            try:
                self._publishing = not self._publishing
                take.sync(publish=self._publishing)
                self._disk_free = take.folder.free_bytes
            except OSError as error:
                take.fail(error)
            self._sync_at = now + SYNC_S

    def _look(self, take: Take) -> RecorderStatus:
        elapsed = self._clock() - self._started
        rate = take.bytes_written / elapsed if elapsed > 0 else 0.0
        return RecorderStatus(
            path=self.path,
            seconds=take.seconds,
            # In this order: what is acknowledged was written before, whoever asks and when.
            n_acknowledged={track.name: track.n_acknowledged for track in take.tracks},
            n_written={track.name: track.n_rows for track in take.tracks},
            n_lost=take.n_lost,
            n_gaps=take.n_gaps,
            bytes_written=take.bytes_written,
            disk_free_bytes=self._disk_free,
            disk_seconds_left=self._disk_free / rate if rate else math.inf,
            error=take.error,
        )

    def close(self) -> None:
        """Write what waits, verify, and complete the session. Call it after the last `step`. Safe to call twice.

        Raises
        ------
        RecordingError
            When the session could not be completed and `status` had not told so before. What was written is kept,
            and is recovered when the session is opened.
        """
        take = self._take
        if take is None:
            return
        self._status, self._take = self._look(take), None
        told, problem = bool(take.failed), ""
        self._inbox.close(CLOSED)
        try:
            self._drain(take)
            for sink in self._sinks:
                sink.hand_in()
            self._drain(take)
            problem = take.finish()
        except OSError as error:
            take.fail(error)
            problem = take.error
        finally:
            take.close()
            status = self._look(take)
            self._status = replace(status, error=status.error or problem)
        if problem and not told:
            raise RecordingError(problem)

    def __enter__(self) -> Recorder:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
