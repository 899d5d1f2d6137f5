"""Names for streams that were given only a source."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ..sources import Source, Stream, local_clock

LOOK_BACK_S = 60.0
LOOK_BACK_BYTES = 256 * 2**20
"""How much of the past a window keeps to scroll back to: a minute, or what fits into this."""


def watched(name: str, source: Source | str, clock: Callable[[], float] = local_clock) -> Stream:
    """Return a stream to be looked at: with a minute of past, or as much as memory allows."""
    return Stream(name, source, buffer_seconds=LOOK_BACK_S, buffer_bytes=LOOK_BACK_BYTES, clock=clock)


def make_streams(sources: list[str]) -> list[Stream]:
    """Return a stream for each ``SOURCE`` or ``NAME=SOURCE``, with a name taken from the source where none is given."""
    streams: list[Stream] = []
    for text in sources:
        match = re.match(r"([A-Za-z0-9_.\-]+)=([A-Za-z0-9_]+:.*)$", text, re.DOTALL)
        name, source = match.groups() if match else (stream_name(text), text)
        taken = {stream.name for stream in streams}
        unique = next(n for n in (name, *(f"{name}-{i}" for i in range(2, len(sources) + 2))) if n not in taken)
        streams.append(watched(unique, source))
    return streams


def stream_name(source: str) -> str:
    """Return a name for the stream of a source: what it is called, or its kind."""
    kind, _, rest = source.partition(":")
    what = Path(rest.partition("?")[0]).stem if kind == "session" else rest.partition("?")[0]
    name = re.sub(r"[^A-Za-z0-9_.\-]+", "_", what).strip("_.")[:48]
    return name or ("emg" if kind == "synthetic" else kind) or "stream"
