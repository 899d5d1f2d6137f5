"""The XML in an XDF file: of the file, of a stream, and of a stream's end.

Core elements are those of the specification (https://github.com/sccn/xdf/wiki/Specifications) and of its list of
metadata (https://github.com/sccn/xdf/wiki/Meta-Data); what neither has a place for is below ``myoscope``.
"""

from __future__ import annotations

import json
import math
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple
from xml.etree import ElementTree as Xml

from ..sources.errors import SourceError
from ..sources.info import MAX_CHANNELS, TEXT, StreamInfo
from ..sources.lsl_header import FORMATS, MAX_XML_BYTES, read_header
from .about import About, ChannelAbout
from .errors import SessionError
from .gaps import Gap
from .session import Session
from .stored import StoredStream
from .stretches import created_at

MARKERS = "myoscope-events"
DETAILS = "myoscope-event-details"
MAX_TOLD_GAPS = 1000
MAX_TOLD_OFFSETS = 1000
_VOLTS = ("V", "mV", "µV", "nV")
_NAMES = {dtype: name for name, dtype in FORMATS.items()}
_MAX_JSON = 64 * 2**10


class Header(NamedTuple):
    """What the header of a stream says.

    Parameters
    ----------
    info
        Rate, channels, unit, number format; the format ``"str"`` for texts.
    channels
        What a person said of each channel; empty where the file is not ours.
    gaps
        Gaps as a session of ours named them; None where the file is not ours.
    """

    info: StreamInfo
    channels: tuple[ChannelAbout, ...]
    gaps: tuple[Gap, ...] | None


class FileHeader(NamedTuple):
    """What the header of the file says.

    Parameters
    ----------
    when
        Date and time, ISO 8601; empty where nobody said.
    clock
        What the clock of the timestamps said then, s; NaN where the file is not ours.
    about
        Name, subject, notes and so on, where the file is ours.
    """

    when: str
    clock: float
    about: About | None


# Writing


def file_header(session: Session) -> bytes:
    """Return the header of the file."""
    when, clock = created_at(session)
    root = _tree("info", {"version": "1.0", "datetime": when.isoformat()})
    own = _add(root, "myoscope", {"uuid": session.uuid, "lsl_clock": repr(clock), "state": session.state})
    about = {key: value for key, value in session.about.to_json().items() if value}
    _add(own, "about").text = _plain(json.dumps(about, ensure_ascii=True))
    return _bytes(root)


def stream_header(session: Session, stream: StoredStream, info: StreamInfo) -> tuple[bytes, str]:
    """Return the header of a stream of samples, and a sentence when it cannot say all.

    Parameters
    ----------
    session, stream
        What is written.
    info
        How samples are written.
    """
    whole = _stream_header(session, stream, info, described=True) if info.n_channels <= MAX_CHANNELS else b""
    if 0 < len(whole) <= MAX_XML_BYTES:
        return whole, ""
    note = f"{stream.name}: {info.n_channels:,} values a sample are too many for a header to describe each."
    return _stream_header(session, stream, info, described=False), note


def _stream_header(session: Session, stream: StoredStream, info: StreamInfo, *, described: bool) -> bytes:
    root = _core(session, stream.name, kind_of(info), info.n_channels, info.fs, _NAMES[info.dtype], stream.source_name)
    desc = _add(root, "desc")
    for key in ("manufacturer", "model", "serial_number"):
        if info.device.get(key):
            _add(desc, key).text = _plain(str(info.device[key]))
    if session.subject:
        _add(desc, "subject", {"id": session.subject})
    channels = _add(desc, "channels")
    types = info.channel_types or (kind_of(info),) * info.n_channels
    for i, (label, about) in enumerate(zip(info.labels, stream.channels_about, strict=True) if described else ()):
        channel = _add(channels, "channel", {"label": label, "unit": info.unit, "type": types[i]})
        if info.scales[i] != 1.0:
            _add(channel, "scale").text = repr(float(info.scales[i]))
        if info.grid is not None:
            _add(channel, "cell").text = "{} {}".format(*info.grid.cells[i])
        for key, value in about.to_json().items():
            _add(channel, key).text = _plain(str(value))
    own = _add(desc, "myoscope", {"number_format": stream.info.dtype})
    if len(info.sample_shape) > 1:
        _add(own, "sample_shape").text = " ".join(map(str, info.sample_shape))
    if info.grid is not None and info.grid.distance_mm is not None:
        _add(own, "distance_mm").text = f"{info.grid.distance_mm:.12g}"
    gaps = _add(own, "gaps")
    for gap in stream.gaps[:MAX_TOLD_GAPS]:
        _add(gaps, "gap", {key: _number(value) for key, value in gap.to_json().items() if key != "stream"})
    return _bytes(root)


def text_header(session: Session, name: str, kind: str, label: str) -> bytes:
    """Return the header of a stream of one text a sample."""
    root = _core(session, name, kind, 1, 0.0, "string", "")
    _add(_add(_add(root, "desc"), "channels"), "channel", {"label": label, "type": kind})
    return _bytes(root)


def stream_footer(first: float, last: float, n_samples: int, offset_times: Iterable[float]) -> bytes:
    """Return the end of a stream whose clock offsets are all 0."""
    root = _tree("info", {"first_timestamp": repr(first), "last_timestamp": repr(last), "sample_count": str(n_samples)})
    offsets, times = _add(root, "clock_offsets"), list(offset_times)
    for t in times[:: 1 + len(times) // MAX_TOLD_OFFSETS]:
        _add(offsets, "offset", {"time": repr(t), "value": "0"})
    return _bytes(root)


def kind_of(info: StreamInfo) -> str:
    """Return the content type by which readers choose streams: ``EMG``, ``MoCap``, ``Misc`` or what a device says."""
    said = {kind for kind in info.channel_types or () if kind}
    if len(said) == 1:
        return said.pop()
    if info.device.get("type"):
        return str(info.device["type"])
    if len(info.sample_shape) == 2 and info.sample_shape[1] == 3:
        return "MoCap"
    if len(info.sample_shape) > 1:
        return "VideoRaw"
    return "EMG" if info.unit in _VOLTS else "Misc"


def _core(
    session: Session, name: str, kind: str, n_channels: int, fs: float, number_format: str, source: str
) -> Xml.Element:
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{session.uuid}/{name}")
    return _tree(
        "info",
        {
            "name": name, "type": kind, "channel_count": str(n_channels), "nominal_srate": repr(float(fs)),
            "channel_format": number_format, "source_id": source or str(identity), "version": "1.1",
            "created_at": repr(created_at(session)[1]), "uid": str(identity), "session_id": "default",
            "hostname": "",
        },
    )  # fmt: skip


def _tree(tag: str, values: Mapping[str, str]) -> Xml.Element:
    return _fill(Xml.Element(tag), values)


def _add(parent: Xml.Element, tag: str, values: Mapping[str, str] | None = None) -> Xml.Element:
    return _fill(Xml.SubElement(parent, tag), values or {})


def _fill(element: Xml.Element, values: Mapping[str, str]) -> Xml.Element:
    for tag, value in values.items():
        Xml.SubElement(element, tag).text = _plain(value)
    return element


def _bytes(root: Xml.Element) -> bytes:
    return b'<?xml version="1.0"?>' + Xml.tostring(root, encoding="unicode").encode("utf-8", "replace")


def _plain(text: str) -> str:
    """Return text that XML can hold."""
    return "".join(c if c.isprintable() else " " for c in text)


def _number(value: object) -> str:
    return "" if value is None else str(value)


# Reading


def read_file_header(xml: bytes) -> FileHeader:
    """Read the header of the file.

    Raises
    ------
    SessionError
        When it is no XML, or more than one is read.
    """
    root = _parse(xml)
    own = root.find("myoscope")
    if own is None:
        return FileHeader(_text(root, "datetime"), math.nan, None)
    try:
        said = json.loads(_text(own, "about")[:_MAX_JSON] or "{}")
    except (ValueError, RecursionError):
        said = {}
    about = About.from_json(said if isinstance(said, dict) else {})
    return FileHeader(_text(root, "datetime"), _float(_text(own, "lsl_clock")), about)


def read_stream_header(xml: bytes) -> Header:
    """Read the header of a stream.

    Raises
    ------
    SessionError
        When it is none, or says what cannot be.
    """
    root = _parse(xml)
    try:
        info = read_header(xml.decode("utf-8", "replace"))
    except SourceError as error:
        raise SessionError(str(error)) from error
    own = root.find("desc/myoscope")
    channels: tuple[ChannelAbout, ...] = ()
    gaps: tuple[Gap, ...] | None = None
    if own is not None and info.dtype != TEXT:
        found = root.findall("desc/channels/channel")
        if len(found) == info.n_channels:
            channels = tuple(_channel(channel) for channel in found)
        gaps = tuple(gap for element in own.findall("gaps/gap") if (gap := _gap(info.name, element)) is not None)
    return Header(replace(info, device={**info.device, "kind": "xdf"}), channels, gaps)


def _channel(element: Xml.Element) -> ChannelAbout:
    values: dict[str, object] = {child.tag: (child.text or "").strip() for child in element}
    for key in ("electrode_size_mm", "electrode_distance_mm"):
        values[key] = _float(str(values.get(key, "")))
    return ChannelAbout.from_json(values)


def _gap(stream: str, element: Xml.Element) -> Gap | None:
    values: dict[str, object] = {child.tag: (child.text or "").strip() for child in element}
    for key in ("t_first", "t_last"):
        t = _float(str(values.get(key, "")))
        values[key] = t if math.isfinite(t) else None
    try:
        return Gap.from_json({"stream": stream, **values})
    except SessionError:
        # Told by the timestamps all the same.
        return None


def _parse(xml: bytes) -> Xml.Element:
    if len(xml) > MAX_XML_BYTES:
        raise SessionError(f"A header has {len(xml):,} bytes. More than 1 MiB is not read.")
    text = xml.decode("utf-8", "replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise SessionError("A header defines entities of its own. That is not read.")
    try:
        # Safe here: the size is bounded, and without a DOCTYPE there are no entities to expand.
        return Xml.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314
    except (Xml.ParseError, ValueError) as error:
        raise SessionError(f"A header is not XML ({error}).") from error


def _text(element: Xml.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
