"""What a script's functions are given: streams, events, the log."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..sources import Event, Stream
from .log import Log

KEPT_EVENTS = 10_000


class Events:
    """Everything that happened since the start, oldest first. Any thread may read it and add to it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self.n_total = 0
        self.version = 0
        """Another number after every change."""
        self._originals: dict[Event, Event] = {}
        self._changing = threading.Lock()
        self.on_event: list[Callable[[Event], object]] = []

    def add(self, event: Event) -> Event:
        """Add an event as it is."""
        with self._changing:
            self._events.append(event)
            self.n_total += 1
            self.version += 1
        for callback in self.on_event:
            callback(event)
        return event

    def mark(self, label: str, text: str = "", kind: str = "marker", t: float | None = None) -> Event:
        """Add an event at a moment, s, LSL clock, now by default; a running recording keeps it."""
        return self.add(Event(self._clock() if t is None else t, kind, label, text))

    def edit(self, event: Event, label: str, text: str | None = None) -> Event | None:
        """Give an event another label, and another text if one is given; its time stays.

        Returns
        -------
        Event or None
            The event as it is now; None when it is no longer kept.
        """
        now = event._replace(label=label, text=event.text if text is None else text)
        with self._changing:
            at = next((i for i in range(len(self._events) - 1, -1, -1) if self._events[i] == event), None)
            if at is None:
                return None
            self._events[at] = now
            self.version += 1
            original = self._originals.pop(event, event)
            if now != original:
                self._originals[now] = original
        return now

    def original(self, event: Event) -> Event:
        """Return an event as it was when it was noted."""
        return self._originals.get(event, event)

    @property
    def latest(self) -> tuple[Event, ...]:
        """All kept events."""
        return tuple(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.latest)

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, index: int) -> Event:
        return self._events[index]


@dataclass(frozen=True)
class Context:
    """What the functions of a script may look at.

    Parameters
    ----------
    streams
        Every stream by its name, predictions too.
    events
        Markers, labels, device swaps; ``events.mark("lift")`` adds one.
    log
        ``log("text")`` shows a line in the window's log, or on the terminal when headless.
    """

    streams: Mapping[str, Stream]
    events: Events
    log: Log
