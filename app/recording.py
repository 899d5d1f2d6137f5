"""A recording while it runs: the recorder, the thread that writes, a sink in each stream."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..sources import Event, Sink, Stream
from ..sources.language import tr
from .log import Log
from .worker import Worker, stop_all

if TYPE_CHECKING:
    from ..recordings import Recorder, RecorderStatus
    from ..recordings.about import ChannelAbout

OFFSETS_EVERY_S = 5.0
"""How often the offset between a device's clock and ours is noted."""
LAST_ROWS_WITHIN_S = 10.0
SLOW_S = 1.0
"""A disk that has not answered for so long is told of."""
SAID_AGAIN_S = 30.0
STEP_S = 1.0
"""A time of day that jumps by more than this against the LSL clock was set."""


class Recording:
    """Writes streams to a session from its construction until `stop`.

    Parameters
    ----------
    recorder
        Opened already.
    log
        Told what goes wrong.
    clock
        The LSL clock.
    on_error
        Told of exceptions in the writing thread.
    time_of_day
        Seconds since 1970, as the system says at the moment; it may be set while a recording runs.
    """

    def __init__(
        self,
        recorder: Recorder,
        log: Log,
        clock: Callable[[], float],
        on_error: Callable[[str, Exception], None],
        time_of_day: Callable[[], float] = time.time,
    ) -> None:
        self._recorder = recorder
        self._log = log
        self._clock = clock
        self._sinks: list[tuple[Stream, Sink]] = []
        self._offsets_due = clock()
        self._complained = ""
        self._time_of_day = time_of_day
        self._ahead_s = time_of_day() - clock()
        # When the writing thread began what it is doing, s, LSL clock; infinite while it does nothing.
        self._writing_since = math.inf
        self._said_slow_at = -math.inf
        self._worker = Worker("recorder", self._write, on_error=on_error).start()

    @property
    def path(self) -> Path:
        """The session's folder."""
        return self._recorder.path

    @property
    def status(self) -> RecorderStatus:
        """How it is doing."""
        status = self._recorder.status
        return replace(status, error=slow_words(status.queue_fraction)) if self._slow and not status.error else status

    @property
    def _slow(self) -> bool:
        return self._clock() - self._writing_since > SLOW_S

    def follow(self, stream: Stream, since: float = math.inf) -> None:
        """Record a stream from now on, after what it has kept from a moment on, s, LSL clock."""
        sink = self._recorder.sink(stream.name, stream.source_name)
        self._sinks = [*self._sinks, (stream, sink)]
        stream.add_sink(sink, since)

    def note(self, event: Event) -> None:
        """Keep an event. Any thread may call it."""
        self._recorder.event(event)

    def edit(self, event: Event, label: str, text: str) -> None:
        """Give an event that was kept another text. Any thread may call it."""
        self._recorder.edit_event(event, label, text)

    def note_view(self, stream_name: str, settings: Mapping[str, Any]) -> None:
        """Keep through which filter a stream is looked at. Any thread may call it, before `follow` too."""
        self._recorder.note_view(stream_name, settings)

    def look(self) -> None:
        """Tell the person when the disk does not keep up. Any thread may call it, often: it never waits for the disk.

        The writing thread cannot tell of it: it waits for the disk.
        """
        if not self._slow:
            return
        status = self._recorder.status
        if status.error:
            if not self._complained:
                self._complain()
        elif self._clock() >= self._said_slow_at + SAID_AGAIN_S:
            self._said_slow_at = self._clock()
            self._log(slow_words(status.queue_fraction), "warn")

    def describe(
        self,
        *,
        name: str | None = None,
        subject: str | None = None,
        task: str | None = None,
        operator: str | None = None,
        notes: str | None = None,
    ) -> None:
        """Change what is known of the recording. Any thread may call it."""
        self._recorder.describe(name=name, subject=subject, task=task, operator=operator, notes=notes)

    def describe_channels(self, stream_name: str, channels: Sequence[ChannelAbout]) -> None:
        """Keep what a person says of a stream's channels. Any thread may call it, before `follow` too."""
        self._recorder.describe_channels(stream_name, channels)

    def _write(self) -> float:
        self._writing_since = self._clock()
        self._recorder.step()
        self._writing_since = math.inf
        self._look_at_time_of_day()
        if self._clock() >= self._offsets_due:
            self._offsets_due = self._clock() + OFFSETS_EVERY_S
            self._note_offsets()
        self._complain()
        return 0.0

    def _complain(self) -> None:
        error = self._recorder.status.error
        if error != self._complained:
            self._complained = error
            if error:
                self._log(error, "bad")

    def _look_at_time_of_day(self) -> None:
        before, self._ahead_s = self._ahead_s, self._time_of_day() - self._clock()
        step_s = self._ahead_s - before
        if abs(step_s) > STEP_S:
            words = tr(
                "The time of day has jumped by {seconds:+,.0f} s: the clock was set, or the computer slept."
                " Samples have a clock of their own and stay as they are."
            )
            self._log(words.format(seconds=step_s), "warn")
            self._recorder.event(Event(self._clock(), "clock", "time of day set", f"{step_s:+.3f} s"))

    def _note_offsets(self) -> None:
        for stream, _ in self._sinks:
            ask = getattr(stream.source, "clock_offset", None)
            offset = ask() if ask is not None else None
            if offset is not None:
                self._recorder.clock_offset(stream.name, *offset)

    def stop(self) -> RecorderStatus:
        """Take the sinks out, write what is still queued, close the session; return how it ended."""
        for stream, sink in self._sinks:
            stream.remove_sink(sink)
        if stop_all([self._worker], LAST_ROWS_WITHIN_S):
            self._log(tr("The disk does not answer; the end of the recording may be missing."), "bad")
        self._recorder.close()
        return self._recorder.status


def slow_words(queue_fraction: float) -> str:
    """Return what a person is told while the disk does not answer."""
    words = tr(
        "The disk answers slowly. Nothing is lost so far: samples wait in memory, of which {percent:.0f} % is full."
        " Record to a faster disk."
    )
    return words.format(percent=100 * queue_fraction)
