"""A recording while it runs: the recorder, the thread that writes, a sink in each stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..sources import Event, Sink, Stream
from ..sources.language import tr
from .log import Log
from .worker import Worker, stop_all

if TYPE_CHECKING:
    from ..recordings import Recorder, RecorderStatus

OFFSETS_EVERY_S = 5.0
"""How often the offset between a device's clock and ours is noted."""
LAST_ROWS_WITHIN_S = 10.0


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
    """

    def __init__(
        self, recorder: Recorder, log: Log, clock: Callable[[], float], on_error: Callable[[str, Exception], None]
    ) -> None:
        self._recorder = recorder
        self._log = log
        self._clock = clock
        self._sinks: list[tuple[Stream, Sink]] = []
        self._offsets_due = clock()
        self._complained = ""
        self._worker = Worker("recorder", self._write, on_error=on_error).start()

    @property
    def path(self) -> Path:
        """The session's folder."""
        return self._recorder.path

    @property
    def status(self) -> RecorderStatus:
        """How it is doing."""
        return self._recorder.status

    def follow(self, stream: Stream) -> None:
        """Record a stream from now on."""
        sink = self._recorder.sink(stream.name, stream.source_name)
        self._sinks = [*self._sinks, (stream, sink)]
        stream.add_sink(sink)

    def note(self, event: Event) -> None:
        """Keep an event. Any thread may call it."""
        self._recorder.event(event)

    def edit(self, event: Event, label: str, text: str) -> None:
        """Give an event that was kept another text. Any thread may call it."""
        self._recorder.edit_event(event, label, text)

    def note_view(self, stream_name: str, settings: Mapping[str, Any]) -> None:
        """Keep through which filter a stream is looked at. Any thread may call it, before `follow` too."""
        self._recorder.note_view(stream_name, settings)

    def _write(self) -> float:
        self._recorder.step()
        if self._clock() >= self._offsets_due:
            self._offsets_due = self._clock() + OFFSETS_EVERY_S
            self._note_offsets()
        error = self._recorder.status.error
        if error != self._complained:
            self._complained = error
            if error:
                self._log(error, "bad")
        return 0.0

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
