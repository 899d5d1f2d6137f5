"""What a recording should look like before it begins, kept as a JSON file that can be handed on."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..sources.info import MAX_CHANNELS, MAX_NAME, MAX_RATE_HZ, StreamInfo
from .errors import SessionError
from .layout import parse_json, read_bytes, replace_json
from .numbering import PATTERN, check_pattern

FORMAT = "myoscope protocol"
VERSION = 1
SUFFIX = ".protocol.json"
MAX_BYTES = 64 * 2**10
MAX_STREAMS = 64
MAX_PRETRIGGER_S = 60.0


@dataclass(frozen=True)
class ExpectedStream:
    """A stream that is to be there.

    Parameters
    ----------
    stream
        Its name, or a pattern such as ``emg*``.
    fs
        Its rate, Hz; 0 for irregular, None for any.
    fs_tolerance_percent
        How far the rate may be off, %.
    n_channels
        How many channels; None for any number.
    unit
        Their unit; None for any.
    required
        Whether Record waits for it.
    """

    stream: str
    fs: float | None = None
    fs_tolerance_percent: float = 1.0
    n_channels: int | None = None
    unit: str | None = None
    required: bool = True

    def means(self, name: str) -> bool:
        """Whether a stream of this name is meant."""
        return fnmatch.fnmatchcase(name, self.stream)


@dataclass(frozen=True)
class RecordingProtocol:
    """What a recording should look like.

    Parameters
    ----------
    name
        What it is called.
    task
        What the subject does; becomes the recording's task.
    streams
        What is to be connected.
    pretrigger_s
        How much from before Record is kept, s.
    take_pattern
        How takes are called, such as ``{task} {take:02}``.
    planned_minutes
        How long a recording gets, min; the disk must hold it. 0 where nobody knows.
    min_battery_percent
        The least that a device's battery must hold, %; 0 for any.
    max_clock_uncertainty_ms
        How unsure a device's clock may be at most, ms; 0 for any.
    """

    name: str
    task: str = ""
    streams: tuple[ExpectedStream, ...] = ()
    pretrigger_s: float = 0.0
    take_pattern: str = PATTERN
    planned_minutes: float = 0.0
    min_battery_percent: float = 0.0
    max_clock_uncertainty_ms: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `from_json` reads back."""
        return {"format": FORMAT, "version": VERSION, **asdict(self), "streams": [asdict(s) for s in self.streams]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any], what: object = "The protocol") -> RecordingProtocol:
        """Read what `to_json` returned; every value is checked.

        Raises
        ------
        SessionError
            One sentence that names the first thing that cannot be.
        """
        if values.get("format") != FORMAT:
            raise SessionError(f"{what} is no protocol of ours. Choose a file that was exported as one.")
        if values.get("version") != VERSION:
            raise SessionError(
                f"{what} has version {str(values.get('version'))[:20]}, this program knows {VERSION}. Update myoscope."
            )
        streams = values.get("streams", [])
        if not isinstance(streams, list) or len(streams) > MAX_STREAMS:
            raise SessionError(f"{what} lists streams that cannot be. Give up to {MAX_STREAMS} of them.")
        read = _Reader(values, what)
        protocol = cls(
            name=read.text("name", 80),
            task=read.text("task", MAX_NAME),
            streams=tuple(_expected(_Reader(s if isinstance(s, dict) else {}, what)) for s in streams),
            pretrigger_s=read.number("pretrigger_s", 0, MAX_PRETRIGGER_S),
            take_pattern=read.text("take_pattern", 128) or PATTERN,
            planned_minutes=read.number("planned_minutes", 0, 60 * 24 * 366),
            min_battery_percent=read.number("min_battery_percent", 0, 100),
            max_clock_uncertainty_ms=read.number("max_clock_uncertainty_ms", 0, 60_000),
        )
        check_pattern(protocol.take_pattern)
        if not protocol.name.strip():
            raise SessionError(f"{what} has no name. Give it one.")
        return protocol


class _Reader:
    """Takes checked values out of a dict; `SessionError` where one cannot be."""

    def __init__(self, values: Mapping[str, Any], what: object) -> None:
        self.values, self.what = values, what

    def refuse(self, key: str, wanted: str) -> SessionError:
        told = str(self.values.get(key))[:40]
        return SessionError(f"{self.what} says {told!r} for {key}. Give {wanted}.")

    def text(self, key: str, longest: int, default: str = "") -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or len(value) > longest or any(ord(letter) < 32 for letter in value):
            raise self.refuse(key, f"a text of up to {longest} characters")
        return value

    def number(self, key: str, least: float, most: float, default: float = 0.0) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(key, "a number")
        if not math.isfinite(value) or not least <= value <= most:
            raise self.refuse(key, f"{least:g} to {most:g}")
        return float(value)

    def maybe(self, key: str, least: float, most: float) -> float | None:
        return None if self.values.get(key) is None else self.number(key, least, most)

    def yes(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, "true or false")
        return value


def _expected(read: _Reader) -> ExpectedStream:
    stream = read.text("stream", 64)
    n_channels = read.maybe("n_channels", 1, MAX_CHANNELS)
    if not stream.strip():
        raise SessionError(f"{read.what} expects a stream without a name. Give its name, or a pattern such as emg*.")
    if n_channels is not None and n_channels != int(n_channels):
        raise read.refuse("n_channels", "a whole number")
    return ExpectedStream(
        stream,
        read.maybe("fs", 0, MAX_RATE_HZ),
        read.number("fs_tolerance_percent", 0, 100, 1.0),
        None if n_channels is None else int(n_channels),
        None if read.values.get("unit") is None else read.text("unit", 32),
        read.yes("required", True),
    )


def protocol_of(name: str, streams: Iterable[tuple[str, StreamInfo]], **more: Any) -> RecordingProtocol:
    """Return a protocol that expects just these streams as they are.

    Parameters
    ----------
    name
        What the protocol is called.
    streams
        Name and description of each.
    more
        Other fields of the protocol.
    """
    expected = tuple(
        ExpectedStream(stream, info.fs, 1.0, info.n_channels, None if info.is_text else info.unit)
        for stream, info in streams
    )
    return RecordingProtocol(name, streams=expected[:MAX_STREAMS], **more)


def read_protocol(path: Path) -> RecordingProtocol:
    """Read a protocol's file.

    Raises
    ------
    SessionError
        When it is missing, no plain file, over 64 KiB, damaged or says what cannot be.
    """
    return RecordingProtocol.from_json(parse_json(read_bytes(path, MAX_BYTES), path), path)


def write_protocol(path: Path, protocol: RecordingProtocol) -> None:
    """Write a protocol's file, in one piece.

    Raises
    ------
    SessionError
        When it cannot be written, or the protocol could not be read again.
    """
    RecordingProtocol.from_json(protocol.to_json(), f"Protocol {protocol.name[:80]!r}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_json(path, protocol.to_json())
    except OSError as error:
        raise SessionError(f"{path} cannot be written: {error.strerror or error}. Choose another folder.") from error


def file_name(name: str) -> str:
    """Return the name of a protocol's file, safe on every system."""
    return (re.sub(r"[^\w\-]+", "_", name).strip("_")[:64] or "protocol") + SUFFIX


def changed(protocol: RecordingProtocol, **values: Any) -> RecordingProtocol:
    """Return the protocol with other values, checked as a file is.

    Raises
    ------
    SessionError
        One sentence that names the first thing that cannot be.
    """
    known = {f.name for f in fields(RecordingProtocol)}
    given = {key: value for key, value in values.items() if key in known}
    return RecordingProtocol.from_json({**protocol.to_json(), **given}, f"Protocol {protocol.name[:80]!r}")
