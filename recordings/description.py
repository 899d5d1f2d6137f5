"""What a file of another format carries of a session besides its samples, so that it comes back as it was."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..sources.block import Event
from ..sources.errors import SourceError
from ..sources.info import MAX_NAME, StreamInfo
from .about import About, ChannelAbout, channels_json, channels_of
from .building import SessionBuilder
from .errors import SessionError
from .gaps import Gap, rows_of
from .layout import MAX_GROUPS, is_group_name, parse_json, plain
from .session import Session
from .stored import StoredStream

MAX_BYTES = 16 * 2**20
OURS = "myoscope"


class Described(NamedTuple):
    """What is known of one stream.

    Parameters
    ----------
    info
        What its samples are.
    channels
        What a person said of each channel.
    source
        The source's one-string name.
    stream
        The stream's name; ``emg~2`` belongs to ``emg``.
    """

    info: StreamInfo
    channels: tuple[ChannelAbout, ...]
    source: str
    stream: str

    def begin(self, builder: SessionBuilder) -> None:
        """Begin this stream in a session that is being built."""
        builder.stream(self.stream, self.info, self.source, self.channels)


def describe_stream(stream: StoredStream) -> dict[str, Any]:
    """Return what `stream_of` reads back; plain values."""
    said: dict[str, Any] = plain(
        {
            "format": OURS,
            "stream": stream.stream,
            "info": stream.info.to_json(),
            "channels": channels_json(stream.channels_about),
            "source": stream.source_name,
        }
    )
    return said


def describe_session(session: Session) -> dict[str, Any]:
    """Return what a person said of a session, when it was made by both clocks, and what its streams are."""
    created = session.attributes.get("created")
    said: dict[str, Any] = plain(
        {
            "format": OURS,
            "created": created if isinstance(created, dict) else {},
            "about": session.about.to_json(),
            "streams": {name: describe_stream(stream) for name, stream in session.streams.items()},
        }
    )
    return said


def describe_line(value: Mapping[str, Any]) -> str:
    """Return a description as one line of JSON."""
    return json.dumps(plain(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def parse_description(text: str | bytes, what: object) -> dict[str, Any]:
    """Read what `describe_line` wrote.

    Raises
    ------
    SessionError
        When it is too long, torn or not ours.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        raise SessionError(f"{what} describes its session in over {MAX_BYTES:,} bytes. It is not ours, or damaged.")
    value = parse_json(data, what)
    if value.get("format") != OURS:
        raise SessionError(f"{what} describes a session in another way than we do. Was it changed?")
    return value


def stream_of(said: object, what: object) -> Described:
    """Return what `describe_stream` was given.

    Raises
    ------
    SessionError
        When it does not describe a stream of numbers.
    """
    info = said.get("info") if isinstance(said, Mapping) else None
    if not isinstance(said, Mapping) or not isinstance(info, Mapping):
        raise SessionError(f"{what} does not say what its samples are. Is it damaged?")
    try:
        read = StreamInfo.from_json(info)
    except SourceError as error:
        raise SessionError(f"{what}: {error}") from error
    if read.is_text:
        raise SessionError(f"{what} describes text, which is no samples. Is it damaged?")
    name = str(said.get("stream", ""))[:MAX_NAME] or "stream"
    return Described(read, channels_of(said, read.n_channels), str(said.get("source", ""))[:4096], name)


def streams_of(said: Mapping[str, Any], what: object) -> dict[str, Described]:
    """Return the streams of a described session, by name.

    Raises
    ------
    SessionError
        When a name cannot be that of a stream, or a description is damaged.
    """
    streams = said.get("streams")
    if not isinstance(streams, dict) or len(streams) > MAX_GROUPS or not all(map(is_group_name, streams)):
        raise SessionError(f"{what} does not name its streams. Is it damaged?")
    return {name: stream_of(one, what) for name, one in streams.items()}


def beginning(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a builder is told of a described session: ``about``, ``created`` and ``clock_at_created``."""
    created, about = said.get("created"), said.get("about")
    known = created if isinstance(created, Mapping) else {}
    clock = known.get("lsl_clock")
    given: dict[str, Any] = {"about": About.from_json(about if isinstance(about, Mapping) else {})}
    try:
        given["created"] = datetime.fromisoformat(str(known.get("utc", ""))).astimezone(UTC)
    except (ValueError, OverflowError):
        return given
    if isinstance(clock, int | float) and math.isfinite(clock):
        given["clock_at_created"] = float(clock)
    return given


def utc_at(session: Session, t: float) -> datetime | None:
    """Return what time of day it was at `t` (s, LSL clock), UTC; None where the session does not say."""
    created = session.attributes.get("created")
    known = created if isinstance(created, dict) else {}
    clock = known.get("lsl_clock")
    try:
        utc = datetime.fromisoformat(str(known.get("utc", "")))
        utc = utc if utc.tzinfo is not None else utc.replace(tzinfo=UTC)
        if not isinstance(clock, int | float):
            return None
        return datetime.fromtimestamp(utc.timestamp() + t - clock, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def events_json(session: Session) -> list[dict[str, Any]]:
    """Return all events as plain values, with the texts they were given last."""
    return [plain(event._asdict()) for event in session.events]


def event_from_json(values: Mapping[str, Any]) -> Event | None:
    """Read one of `events_json`; None where it is none."""
    t = values.get("t")
    if not isinstance(t, int | float) or not math.isfinite(t):
        return None
    kind, label, text, stream = (str(values.get(key, "")) for key in ("kind", "label", "text", "stream"))
    return Event(float(t), kind, label, text, stream)


class GapWriter:
    """Puts gaps back between the rows of a stream that is being built.

    Parameters
    ----------
    builder
        Who builds.
    name
        The stream's name.
    gaps
        Its gaps; sample numbers count lost ones, as `Gap` does.
    n_rows
        How many rows there will be; -1 where nobody knows.
    """

    def __init__(self, builder: SessionBuilder, name: str, gaps: list[Gap], n_rows: int = -1) -> None:
        self._builder, self._name = builder, name
        self._left = rows_of(gaps, n_rows if n_rows >= 0 else 2**62)
        self._n_rows = 0

    def write(self, data: Any, timestamps: Any) -> None:
        """Append rows, and name before each the gap that lies there."""
        done = 0
        while self._left and self._left[0][0] < self._n_rows + len(data):
            row, gap = self._left.pop(0)
            cut = max(done, row - self._n_rows)
            if cut > done:
                self._builder.write(self._name, data[done:cut], timestamps[done:cut])
            self._name_gap(gap)
            done = cut
        if done < len(data):
            self._builder.write(self._name, data[done:], timestamps[done:])
        self._n_rows += len(data)

    def finish(self) -> None:
        """Name what is missing after the last row."""
        for _, gap in self._left:
            self._name_gap(gap)
        self._left = []

    def _name_gap(self, gap: Gap) -> None:
        self._builder.gap(self._name, gap.t_first, gap.t_last, gap.n_lost, gap.cause)
