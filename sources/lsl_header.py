"""The XML description of an LSL stream, read and believed only as far as it can be.

Core elements and ``desc/channels/channel/(label|unit|type)`` are those of the LSL and XDF specifications
(https://github.com/sccn/xdf/wiki/Meta-Data). ``scale``, ``cell`` and ``desc/myoscope`` are additions of `LSLSink`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from .errors import SourceError
from .info import MAX_CHANNELS, MAX_NAME, TEXT, Grid, StreamInfo

MAX_XML_BYTES = 2**20
FORMATS = {
    "float32": "float32",
    "double64": "float64",
    "string": TEXT,
    "int32": "int32",
    "int16": "int16",
    "int8": "int8",
    "int64": "int64",
}
FACTS = ("type", "source_id", "hostname", "uid", "session_id", "created_at")
MADE_BY = ("manufacturer", "model", "serial_number")
_UNITS = {
    "nanovolt": "nV",
    "microvolt": "µV",
    "uv": "µV",
    "µv": "µV",
    "millivolt": "mV",
    "volt": "V",
    "v": "V",
    "millimeter": "mm",
    "millimetre": "mm",
    "meter": "m",
    "metre": "m",
    "newton": "N",
    "degree": "°",
    "deg": "°",
    "hertz": "Hz",
    "second": "s",
    "millisecond": "ms",
}
_VOLTS = {"nV": 1e-9, "µV": 1e-6, "mV": 1e-3, "V": 1.0}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CHARACTER = re.compile(r"&#(x[0-9a-fA-F]{1,8}|[0-9]{1,10});")


def read_header(xml: str) -> StreamInfo:
    """Return what the description of an LSL stream says.

    Short descriptions, as the resolver gives them, have no channels; then only count, rate and format are known.

    Parameters
    ----------
    xml
        ``pylsl.StreamInfo.as_xml()``.

    Raises
    ------
    SourceError
        When it is no such description, or says what cannot be.
    """
    root = _root(xml)
    name = _text(root, "name")
    who = f"LSL stream {shown(name)}" if name else "An LSL stream without a name"
    if len(name) > MAX_NAME:
        raise SourceError(f"{who} has a name of over {MAX_NAME} characters. Shorten it at the device.")
    number_format = _text(root, "channel_format")
    if number_format not in FORMATS:
        raise SourceError(f"{who} has the number format {shown(number_format)!r}. LSL has {', '.join(FORMATS)}.")
    n_channels = _channel_count(root, who)
    rate_hz = _rate(root, who)
    channels = root.findall("desc/channels/channel")[: MAX_CHANNELS + 1]
    described = len(channels) == n_channels
    device: dict[str, Any] = {"kind": "lsl"}
    device |= {key: text for key in FACTS if (text := _text(root, key))}
    for key in MADE_BY:
        text = _text(root, f"desc/{key}") or _text(root, f"desc/acquisition/{key}")
        device |= {key: text} if text else {}
    if channels and not described:
        device["note"] = (
            f"The description names {len(channels)} channels, the stream has {n_channels}. The names were left out."
        )
    unit, scale = "", tuple([1.0] * n_channels)
    types = tuple(_text(channel, "type") for channel in channels) if described else ()
    if described:
        units = [unit_of(_text(channel, "unit")) for channel in channels]
        unit, factors = common_unit(units)
        if len(set(units)) > 1:
            device["channel_units"] = units
        scale = tuple(f * _scale(channel, who) for f, channel in zip(factors, channels, strict=True))
    return StreamInfo(
        fs=rate_hz,
        name=name,
        channel_names=_labels(channels) if described else None,
        unit=unit,
        dtype=FORMATS[number_format],
        scale=scale[0] if len(set(scale)) == 1 else scale,
        sample_shape=_sample_shape(root, n_channels),
        device=device,
        grid=_grid(root, channels) if described else None,
        channel_types=types if any(types) else None,
    )


def unit_of(text: str) -> str:
    """Return a unit as it is written here: ``microvolts``, ``uV`` and ``μV`` are all ``µV``."""
    text = " ".join(text.replace("\u03bc", "\u00b5").split())
    if text in _VOLTS:
        return text
    lower = text.lower()
    if lower == "mv":
        return "mV"
    return _UNITS.get(lower) or _UNITS.get(lower.removesuffix("s")) or text[:32]


def common_unit(units: Sequence[str]) -> tuple[str, tuple[float, ...]]:
    """Return the one unit for channels that say `units`, and the factor that brings each channel to it.

    Volts in different sizes go to the most frequent one. A channel that says nothing follows the others. Units
    that have nothing in common give none.
    """
    said = Counter(unit for unit in units if unit)
    if not said:
        return "", (1.0,) * len(units)
    unit = said.most_common(1)[0][0]
    if len(said) == 1:
        return unit, (1.0,) * len(units)
    if all(other in _VOLTS for other in said):
        return unit, tuple(float(f"{_VOLTS[u or unit] / _VOLTS[unit]:.12g}") for u in units)
    return "", (1.0,) * len(units)


def shown(text: str, length: int = 40) -> str:
    """Return someone else's text fit for a sentence: one line, printable, not long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * length]).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _root(xml: str) -> ElementTree.Element:
    try:
        size = len(xml.encode())
    except UnicodeEncodeError as error:
        raise SourceError("An LSL stream's description is not text. Update the program that sends it.") from error
    if size > MAX_XML_BYTES:
        raise SourceError(f"An LSL stream's description has {size:,} bytes. More than 1 MiB is not read; shorten it.")
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise SourceError("An LSL stream's description defines entities of its own. That is not read; remove them.")
    try:
        # Safe here: the size is bounded, and without a DOCTYPE there are no entities to expand.
        root = ElementTree.fromstring(_CHARACTER.sub(_legal, _NOT_XML.sub("", xml)))  # noqa: S314
    except ElementTree.ParseError as error:
        raise SourceError(
            f"An LSL stream's description is not XML ({error}). Restart the program that sends it."
        ) from error
    if root.tag != "info":
        raise SourceError(
            f"An LSL stream's description begins with <{shown(root.tag)}>, not <info>. It cannot be read."
        )
    return root


def _legal(reference: re.Match[str]) -> str:
    """Leave out references to characters that XML forbids but that LSL's own writer lets through."""
    digits = reference[1]
    code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    legal = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if legal else ""


def _text(element: ElementTree.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _channel_count(root: ElementTree.Element, who: str) -> int:
    text = _text(root, "channel_count")
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MAX_CHANNELS:
        raise SourceError(
            f"{who} has {shown(text, 12) or 'an unknown number of'} channels."
            f" A stream has 1 to {MAX_CHANNELS:,}; check the device's settings."
        )
    return int(text)


def _rate(root: ElementTree.Element, who: str) -> float:
    text = _text(root, "nominal_srate")
    try:
        return float(text)
    except ValueError as error:
        raise SourceError(f"{who} says its rate is {shown(text, 12)!r} Hz. Give a number, 0 for irregular.") from error


def _labels(channels: Sequence[ElementTree.Element]) -> tuple[str, ...] | None:
    labels = [" ".join(_text(channel, "label").split()) for channel in channels]
    if not any(labels):
        return None
    return tuple(label or f"ch_{i}" for i, label in enumerate(labels))


def _scale(channel: ElementTree.Element, who: str) -> float:
    text = _text(channel, "scale")
    try:
        scale = float(text) if text else 1.0
    except ValueError:
        scale = math.nan
    if not math.isfinite(scale):
        raise SourceError(f"{who} has a channel with scale {shown(text, 12)!r}. Give a number.")
    return scale


def _sample_shape(root: ElementTree.Element, n_channels: int) -> tuple[int, ...]:
    text = _text(root, "desc/myoscope/sample_shape")
    if re.fullmatch(r"[1-9][0-9]{0,8}( [1-9][0-9]{0,8}){1,3}", text):
        shape = tuple(int(n) for n in text.split())
        if math.prod(shape) == n_channels:
            return shape
    return (n_channels,)


def _grid(root: ElementTree.Element, channels: Sequence[ElementTree.Element]) -> Grid | None:
    cells: list[tuple[int, int]] = []
    for channel in channels:
        found = re.fullmatch(r"([0-9]{1,6}) ([0-9]{1,6})", _text(channel, "cell"))
        if found is None:
            return None
        cells.append((int(found[1]), int(found[2])))
    distance = re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,12})?", _text(root, "desc/myoscope/distance_mm"))
    return Grid(tuple(cells), float(distance[0]) if distance else None)
