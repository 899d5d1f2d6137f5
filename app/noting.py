"""Events on their way into recordings: those from before, those that come, and what they are called later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..sources import Event
from .context import KEPT_EVENTS, Events
from .errors import AppError
from .recording import Recording

OF_ONE_RECORDING = ("trigger", "preflight")
"""Kinds of events that a recording which begins soon after does not take over."""


class Noting:
    """Has each event kept once by the recording that runs, and knows which session holds which. Any thread may call it.

    Parameters
    ----------
    events
        All events; those that are added are noted.
    clock
        The LSL clock.
    on_disk
        Runs what writes to a session that is closed.
    """

    def __init__(
        self, events: Events, clock: Callable[[], float], on_disk: Callable[[Callable[[], None]], object]
    ) -> None:
        self._events = events
        self._clock = clock
        self._on_disk = on_disk
        self._recording: Recording | None = None
        # Held while a recording takes over the events before it, so that each is noted once.
        self._changing = threading.Lock()
        # Held by identity, or another event could come to have the same.
        self._taken_over: dict[int, Event] = {}
        # The session that holds each event, so that an edit finds it.
        self._held_by: dict[Event, Path] = {}
        events.on_event.append(self._note)

    def begin(self, recording: Recording, since: float) -> None:
        """Let a recording keep the events from a moment on, s, LSL clock: those that were, once each, and new ones."""
        with self._changing:
            self._recording = recording
            before = [e for e in self._events.latest if since <= e.t and e.kind not in OF_ONE_RECORDING]
            self._taken_over = {id(event): event for event in before}
            for event in before:
                original = self._events.original(event)
                self._keep(original, recording)
                if event != original:
                    recording.edit(original, event.label, event.text)

    def end(self) -> None:
        """Let the recording have no more of them."""
        with self._changing:
            self._recording = None

    def edit(self, event: Event, label: str, text: str | None = None) -> Event:
        """Give an event another label and text; the session that holds it gets a further line.

        Raises
        ------
        AppError
            When the event is no longer kept.
        """
        original = self._events.original(event)
        now = self._events.edit(event, label, text)
        if now is None:
            raise AppError(f"The event {event.label!r} is no longer kept, so its text stays.")
        recording, path = self._recording, self._held_by.get(original)
        if recording is not None and path == recording.path:
            recording.edit(original, now.label, now.text)
        elif path is not None:
            self._on_disk(partial(self._write, path, original, now))
        return now

    def _note(self, event: Event) -> None:
        with self._changing:
            # Not one that was on its way to us while the recording took it over.
            if self._recording is not None and id(event) not in self._taken_over:
                self._keep(event, self._recording)

    def _keep(self, event: Event, recording: Recording) -> None:
        recording.note(event)
        self._held_by[event] = recording.path
        if len(self._held_by) > KEPT_EVENTS:
            del self._held_by[next(iter(self._held_by))]

    def _write(self, path: Path, original: Event, now: Event) -> None:
        from ..recordings.event_lines import Edit, edit_event

        edit_event(path, Edit(self._clock(), original, now.label, now.text))
