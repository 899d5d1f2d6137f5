"""The lines of ``events.jsonl``: events as they were noted, and further lines that give one another text.

A line is never changed. An edit is a line of kind ``"edit"`` that says by ``of_t``, ``of_kind``, ``of_label`` and
``of_stream`` which event it is about; the last one counts, and ``t`` is when it was made. One that is torn off by a
crash leaves the event as it was before.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..sources.block import Event
from .errors import SessionError
from .layout import EVENTS, plain
from .lines import MAX_TEXT, LineWriter, read_lines

EDIT = "edit"


class Edit(NamedTuple):
    """Another label and text for an event.

    Parameters
    ----------
    t
        When it was made, s, LSL clock.
    of
        The event as it was noted.
    label, text
        What it is called from now on.
    """

    t: float
    of: Event
    label: str
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the line."""
        t, kind, label, _, stream = self.of
        line: dict[str, Any] = plain(
            {
                "t": float(self.t), "kind": EDIT, "label": self.label, "text": self.text, "stream": "",
                "of_t": float(t), "of_kind": kind, "of_label": label, "of_stream": stream,
            }
        )  # fmt: skip
        return line


def event_line(event: Event) -> dict[str, Any]:
    """Return the line of an event."""
    line: dict[str, Any] = plain({**event._asdict(), "t": float(event.t)})
    return line


class EventLines(NamedTuple):
    """What a file of event lines says.

    Parameters
    ----------
    noted
        Events as they were noted, in order.
    edited
        The same, each as it was called last.
    """

    noted: tuple[Event, ...]
    edited: tuple[Event, ...]


def parse_events(lines: Iterable[Mapping[str, Any]]) -> EventLines:
    """Read lines; one that is no event, or is about none, is left out."""
    noted: list[Event] = []
    edits: dict[int, Event] = {}
    places: dict[tuple[object, ...], int] = {}
    n_placed = 0
    for line in lines:
        said = line.get
        t = _moment(said("t"))
        if t is None:
            continue
        kind, label, text = str(said("kind", "")), str(said("label", "")), str(said("text", ""))
        if kind == EDIT and "of_t" in line:
            # Only edits ask where events are, and mostly there is none.
            for i in range(n_placed, len(noted)):
                places.setdefault((noted[i].t, noted[i].kind, noted[i].label, noted[i].stream), i)
            n_placed = len(noted)
            named = (str(said(key, "")) for key in ("of_kind", "of_label", "of_stream"))
            at = places.get((_moment(line["of_t"]), *named))
            if at is not None:
                edits[at] = noted[at]._replace(label=label, text=text)
            continue
        noted.append(Event(t, kind, label, text, str(said("stream", ""))))
    whole = tuple(noted)
    return EventLines(whole, tuple(edits.get(i, event) for i, event in enumerate(whole)) if edits else whole)


def _moment(value: object) -> float | None:
    """Return a time as a line has it, s; None where it is no number, or beyond all numbers."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        t = float(value)
    except OverflowError:
        return None
    return t if math.isfinite(t) else None


def edit_event(path: str | os.PathLike[str], edit: Edit) -> None:
    """Give an event of a finished session another text, by one further line.

    Raises
    ------
    SessionError
        When the session has no such event, or cannot be written.
    """
    file = Path(path) / EVENTS
    t, kind, label, text, stream = edit.of
    known = Event(t, kind[:MAX_TEXT], label[:MAX_TEXT], text[:MAX_TEXT], stream[:MAX_TEXT])
    if known not in parse_events(read_lines(file).objects).noted:
        raise SessionError(f"{path} has no event {label!r} at {t:.3f} s. Was another recording meant?")
    try:
        writer = LineWriter(file)
        try:
            writer.write(edit.to_json())
            writer.sync()
        finally:
            writer.close()
    except OSError as error:
        raise SessionError(f"{file} cannot be written: {error.strerror or error}. The old text stays.") from error
