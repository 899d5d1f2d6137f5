"""Which streams the signals of an EDF or BDF file are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sources.errors import SourceError
from ..sources.info import MAX_CHANNELS, NUMERIC, StreamInfo
from . import edf_texts as texts
from .edf_header import Header, Signal
from .errors import SessionError
from .layout import group_name

UNITS = {"uV": "µV", "uv": "µV", "UV": "µV", "mv": "mV", "v": "V", "degC": "°C"}


class Part(NamedTuple):
    """Signals that become one stream.

    Parameters
    ----------
    name
        The stream's.
    said
        What annotations call it.
    numbers
        Of the signals, in the file.
    info
        What the samples are.
    gains, addends
        Sample = stored number × gain + addend, shape (n_channels,) each; a gain of 1 where whole numbers are kept.
    """

    name: str
    said: str
    numbers: tuple[int, ...]
    info: StreamInfo
    gains: NDArray[np.float64]
    addends: NDArray[np.float64]


def parts_of(path: Path, header: Header, ours: bool, named: dict[int, str], notes: list[str]) -> list[Part]:
    """Return the streams of a file: signals of one rate and unit together, of a file of ours as they were.

    Raises
    ------
    SessionError
        When there are none, or too many.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, signal in enumerate(header.signals):
        if not signal.is_annotations:
            field = texts.parse_signal_field(signal.reserved) if ours else None
            key = (field.number, signal.n_samples) if field else (signal.n_samples, signal.dimension)
            groups.setdefault(key, []).append(i)
    if not groups:
        raise SessionError(f"{path} holds annotations only, and no samples.")
    parts: list[Part] = []
    for numbers in groups.values():
        if len(numbers) > MAX_CHANNELS:
            raise SessionError(
                f"{path} has {len(numbers):,} signals of one rate; a stream has {MAX_CHANNELS:,} at most."
            )
        taken = {part.name for part in parts}
        parts.append(_part(path, header, numbers, ours, named, taken, notes))
    return parts


def _part(
    path: Path,
    header: Header,
    numbers: list[int],
    ours: bool,
    named: dict[int, str],
    taken: set[str],
    notes: list[str],
) -> Part:
    signals = [header.signals[i] for i in numbers]
    field = texts.parse_signal_field(signals[0].reserved) if ours else None
    name = group_name(field.name if field else _common(signals), taken).replace("~", "_")
    gains = [signal.gain for signal in signals]
    moved = [signal.offset / gain for signal, gain in zip(signals, gains, strict=True)]
    whole = all(abs(float(by) - round(by)) < 1e-4 and abs(round(by)) < 2**30 for by in moved)
    if whole:
        addends = np.array([float(round(by)) for by in moved])
        dtype = field.dtype if field and field.dtype in NUMERIC and "int" in field.dtype else ""
        ends = [(signal.digital_min + a, signal.digital_max + a) for signal, a in zip(signals, addends, strict=True)]
        dtype = dtype or ("int16" if min(ends)[0] >= -(2**15) and max(e[1] for e in ends) < 2**15 else "int32")
        factors = np.ones(len(signals))
        scale: tuple[float, ...] = tuple(float(gain) for gain in gains)
    else:
        dtype, scale = "float64", (1.0,)
        factors = np.array([float(gain) for gain in gains])
        addends = np.array([float(signal.offset) for signal in signals])
        notes.append(f"{name}: a stored 0 is not 0 in its unit, so its values are kept as float64.")
    unit = UNITS.get(signals[0].dimension, signals[0].dimension)
    try:
        info = StreamInfo(
            fs=float(signals[0].n_samples / header.duration),
            name=name,
            channel_names=tuple(named.get(i + 1, header.signals[i].label or f"signal {i + 1}")[:256] for i in numbers),
            unit=unit if all(s.dimension == signals[0].dimension for s in signals) else "",
            dtype=dtype,
            scale=scale[0] if len(set(scale)) == 1 else scale,
            device={"prefiltering": signals[0].prefiltering, "transducer": signals[0].transducer},
        )
    except SourceError as error:
        raise SessionError(f"{path}: {error}") from error
    return Part(name, field.name if field else name, tuple(numbers), info, factors, addends)


def _common(signals: list[Signal]) -> str:
    """Return what signals are called together: the first word of their labels where it is one, else ``signals``."""
    words = {signal.label.split(" ")[0] for signal in signals}
    word = words.pop() if len(words) == 1 else ""
    return word.lower() if word.isalpha() and len(signals) > 1 else "signals"
