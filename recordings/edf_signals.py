"""What the header of an EDF or BDF file says of each channel of a session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from . import edf_texts as texts
from .edf_grid import Segment
from .edf_header import Signal
from .edf_scaling import Extremes, Scale
from .session import Session
from .stored import StoredStream


@dataclass(frozen=True)
class Laid:
    """A stream, and how it lies in the file.

    Parameters
    ----------
    stream
        Which one.
    segments
        Where its rows lie.
    rate
        In the file, Hz.
    n_samples
        In a data record.
    unit
        In the header.
    scales
        How each channel is stored.
    extremes
        What its values are.
    """

    stream: StoredStream
    segments: list[Segment]
    rate: Fraction
    n_samples: int
    unit: str
    scales: list[Scale]
    extremes: Extremes


def streams_in_file(session: Session) -> list[StoredStream]:
    """Return the streams that a file may hold: those with a rate and samples, in the order of the file."""
    return [stream for stream in session.streams.values() if stream.info.fs and stream.n_samples]


def labels_in_file(streams: Iterable[StoredStream]) -> list[str]:
    """Return what the channels of streams are called in a file that holds these streams, in order."""
    return texts.labels_of(_names(streams))


def signals_of(laid: Sequence[Laid]) -> tuple[list[Signal], list[str]]:
    """Return what the header says of each channel, and of those that had to be renamed what they are called."""
    names = _names(one.stream for one in laid)
    labels = texts.labels_of(names)
    renamed = [
        texts.name_text(i + 1, name) for i, (label, name) in enumerate(zip(labels, names, strict=True)) if label != name
    ]
    signals, at = [], iter(labels)
    for number, one in enumerate(laid):
        info = one.stream.info
        for scale, about, type_ in zip(one.scales, one.stream.channels_about, info.types, strict=True):
            signals.append(
                Signal(
                    next(at),
                    texts.electrode(about, type_),
                    one.unit,
                    scale.physical_min,
                    scale.physical_max,
                    scale.digital_min,
                    scale.digital_max,
                    "",
                    one.n_samples,
                    texts.signal_field(number, info.dtype, one.stream.name),
                )
            )
    return signals, renamed


def _names(streams: Iterable[StoredStream]) -> list[str]:
    return [
        label if stream.info.channel_names else f"{stream.name}_{i + 1}"
        for stream in streams
        for i, label in enumerate(stream.info.labels)
    ]


def annotation_signal(kind: str, n_samples: int) -> Signal:
    """Return the signal that holds annotations, `n_samples` values a record."""
    end = 2**15 if kind == "EDF" else 2**23
    return Signal(f"{kind} Annotations", "", "", "-1", "1", -end, end - 1, "", n_samples)
