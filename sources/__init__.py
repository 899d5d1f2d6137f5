"""Where samples come from, and the words for them. Knows no thread, no screen, no disk format."""

from __future__ import annotations

from .block import Block, Event
from .clock import Pacer, local_clock
from .derived import Derived
from .envelope import Envelope
from .errors import SourceError, SourceLost
from .form import FormField, form_fields
from .health import StreamHealth
from .info import Grid, StreamInfo, names
from .naming import kind, kinds, name_of, open_source
from .ring import RingBuffer
from .source import Found, Processor, Sink, Source
from .stream import Stream

__all__ = [
    "Block",
    "Derived",
    "Envelope",
    "Event",
    "FormField",
    "Found",
    "Grid",
    "Pacer",
    "Processor",
    "RingBuffer",
    "Sink",
    "Source",
    "SourceError",
    "SourceLost",
    "Stream",
    "StreamHealth",
    "StreamInfo",
    "form_fields",
    "kind",
    "kinds",
    "local_clock",
    "name_of",
    "names",
    "open_source",
]
