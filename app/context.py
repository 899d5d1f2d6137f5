"""What a script's functions are given: streams, events, the log."""

from __future__ import annotations

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
        self.on_event: list[Callable[[Event], object]] = []

    def add(self, event: Event) -> Event:
        """Add an event as it is."""
        self._events.append(event)
        self.n_total += 1
        for callback in self.on_event:
            callback(event)
        return event

    def mark(self, label: str, text: str = "", kind: str = "marker") -> Event:
        """Add an event that happens now; a running recording keeps it."""
        return self.add(Event(self._clock(), kind, label, text))

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
