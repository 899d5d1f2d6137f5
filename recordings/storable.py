"""Texts and facts of a session as other formats can hold them."""

from __future__ import annotations

import json
from typing import Any

from ..sources.info import MAX_CHANNELS
from .gaps import Gap
from .layout import plain
from .session import Session
from .stored import StoredStream
from .stretches import created_at

FORMAT = "myoscope"


def storable(text: object) -> str:
    """Return text without what C strings and UTF-8 cannot hold: NUL and half characters."""
    return str(text).replace("\0", " ").encode("utf-8", "replace").decode()


def session_facts(session: Session) -> dict[str, str | float]:
    """Return what is known of a session as a whole: texts, and the clock at its beginning, s."""
    when, clock = created_at(session)
    about = session.about
    return {
        "format": FORMAT, "uuid": session.uuid, "created_utc": when.isoformat(), "created_clock": clock,
        "state": session.state, "name": about.name, "subject": about.subject, "task": about.task,
        "operator": about.operator, "notes": about.notes, "protocol": about.protocol, "take": float(about.take),
        "tags": ", ".join(about.tags),
    }  # fmt: skip


def stream_facts(stream: StoredStream) -> dict[str, str | float]:
    """Return what is known of a stream as a whole."""
    info = stream.info
    return {
        "name": stream.stream, "source": stream.source_name, "fs": info.fs, "unit": info.unit,
        "device": json.dumps(plain(info.device), ensure_ascii=True),
    }  # fmt: skip


CHANNEL_COLUMNS = ("muscle", "side", "placement", "reference", "notes")


def channel_texts(stream: StoredStream) -> dict[str, list[str]]:
    """Return one text a channel: its name, its type, and what a person said, where anything was."""
    said = {key: [getattr(channel, key) for channel in stream.channels_about] for key in CHANNEL_COLUMNS}
    if stream.info.n_channels > MAX_CHANNELS:
        # Pixels of a picture: nobody named them.
        return {}
    columns = {"channel_names": list(stream.info.labels), "channel_types": list(stream.info.types)}
    columns |= {f"channel_{key}": texts for key, texts in said.items()}
    return {key: texts for key, texts in columns.items() if key == "channel_names" or any(texts)}


def event_columns(session: Session) -> dict[str, list[Any]]:
    """Return the events as columns: ``t`` in s, LSL clock, and texts."""
    events = session.events
    columns: dict[str, list[Any]] = {"t": [float(event.t) for event in events]}
    for key in ("kind", "label", "text", "stream"):
        columns[key] = [storable(getattr(event, key)) for event in events]
    return columns


def gap_columns(session: Session) -> dict[str, list[Any]]:
    """Return the gaps as columns; times in s, LSL clock, NaN where unknown."""
    gaps = session.gaps
    columns: dict[str, list[Any]] = {key: [getattr(gap, key) for gap in gaps] for key in Gap._fields}
    return {key: [storable(v) if isinstance(v, str) else v for v in values] for key, values in columns.items()}
