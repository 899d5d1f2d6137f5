"""Writing a session as one EDF+ or BDF+ file, a piece at a time."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import islice, takewhile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Event
from . import edf_texts as texts
from .description import utc_at
from .edf_annotations import Annotation, Placed, beginning, place
from .edf_grid import Numbers, Places, Run, padding_of, runs_of, segments_of
from .edf_header import Header
from .edf_notes import notes_of, notes_of_names
from .edf_rates import Records, decimal, fraction_of, records_for
from .edf_scaling import Extremes, Scale, fits, largest_of, scales_for, stored, survey
from .edf_signals import Laid, annotation_signal, signals_of, streams_in_file
from .errors import SessionError
from .gaps import rows_of
from .pieces import Share, n_rows
from .progress import Progress
from .session import Session
from .stored import StoredStream

PIECE_BYTES = 8 * 2**20
FAR_S = 3e9
"""A century: an annotation that is farther away would make the whole file look damaged."""


class WrittenFile(NamedTuple):
    """What a file came to hold.

    Parameters
    ----------
    streams
        Those that are in it, in its order.
    notes
        Sentences to tell the person.
    """

    streams: list[StoredStream]
    notes: list[str]


def write_file(session: Session, out: Path, progress: Progress, kind: str) -> WrittenFile:
    """Write a session as one file.

    Parameters
    ----------
    session
        What to write.
    out
        The file.
    progress
        Told the share done.
    kind
        ``"EDF"`` or ``"BDF"``.

    Raises
    ------
    SessionError
        When there is no stream that has a rate and values that the header can hold.
    """
    streams = streams_in_file(session)
    notes = [
        f"{name} is left out: {'it has no rate, which EDF needs' if not stream.info.fs else 'it is empty'}."
        for name, stream in session.streams.items()
        if stream not in streams
    ]
    bits = 16 if kind == "EDF" else 24
    share = Share(progress, 3 * n_rows(streams))
    surveyed = {stream.name: survey(stream, share.add) for stream in streams}
    for stream in list(streams):
        if not fits(stream.info, surveyed[stream.name]):
            largest = largest_of(stream.info, surveyed[stream.name])
            notes.append(f"{stream.name} is left out: EDF has 8 characters for a range, and its goes to {largest:.3g}.")
            streams.remove(stream)
    if not streams:
        raise SessionError(
            f"{session.path.name} has no samples at a steady rate and in a range that EDF can hold, which is what it"
            " needs. Choose another format."
        )
    rates = [fraction_of(stream.info.fs) for stream in streams]
    records = records_for(rates, [stream.info.n_channels * bits // 8 for stream in streams])
    zero = min(stream.first_timestamp for stream in streams)
    laid = [
        _lay(stream, rate, n_samples, zero, bits, surveyed[stream.name])
        for stream, rate, n_samples in zip(streams, records.rates, records.n_samples, strict=True)
    ]
    runs = runs_of([one.segments for one in laid], records.n_samples)
    start = utc_at(session, zero)
    offset = Fraction(start.microsecond if start is not None else 0, 10**6)
    signals, renamed = signals_of(laid)
    events = [event for event in session.events if abs(event.t - zero) < FAR_S]
    if len(events) < len(session.events):
        n_left = len(session.events) - len(events)
        notes.append(f"Of the events {n_left:,} are left out: they have no time, or one over a century away.")
    annotations = _annotations(events, laid, runs, offset)
    annotations += [Annotation(offset, None, text) for text in renamed]
    placed = _place(annotations, runs, records, offset, bits // 8)
    header = Header(
        texts.patient_field(session.subject),
        texts.recording_field(start),
        start or datetime(1985, 1, 1, tzinfo=UTC),
        f"{kind}+{'C' if len(runs) == 1 else 'D'}",
        Numbers(runs).n_records,
        records.duration,
        (*signals, annotation_signal(kind, placed.n_bytes // (bits // 8))),
    )
    apart = _write(out, header, laid, runs, placed, offset, zero, share)
    notes += [*notes_of(laid, records, runs, zero, apart), *notes_of_names(renamed)]
    return WrittenFile(streams, notes)


def _lay(stream: StoredStream, rate: Fraction, n_samples: int, zero: float, bits: int, extremes: Extremes) -> Laid:
    unit, scales = scales_for(stream.info, extremes, bits)
    return Laid(stream, segments_of(stream, zero, rate), rate, n_samples, unit, scales, extremes)


def _annotations(
    events: Iterable[Event], laid: Sequence[Laid], runs: Sequence[Run], offset: Fraction
) -> list[Annotation]:
    found = []
    known = {
        one.stream.name: texts.name_in_file(number, one.stream.info.dtype, one.stream.name)
        for number, one in enumerate(laid)
    }
    places = {one.stream.name: Places(one.stream, one.segments, one.rate) for one in laid}
    first = next(iter(places.values()))
    for event in events:
        where = places.get(event.stream, first)
        named = event._replace(stream=known.get(event.stream, event.stream))
        found.append(Annotation(offset + where.at(event.t), None, texts.event_text(named)))
    for one in laid:
        for row, gap in rows_of(one.stream.gaps, one.stream.n_samples):
            # At the last sample before it, so that it is told where a viewer shows the jump.
            when = places[one.stream.name].of(row - 1)
            found.append(Annotation(offset + when, None, texts.gap_text(gap._replace(stream=known[one.stream.name]))))
        for slot, n in padding_of(one.segments, runs, one.n_samples):
            text = texts.padding_text(n, known[one.stream.name])
            found.append(Annotation(offset + slot / one.rate, n / one.rate, text))
    return found


def _place(
    annotations: Iterable[Annotation], runs: Sequence[Run], records: Records, offset: Fraction, unit: int
) -> Placed:
    numbers = Numbers(runs)
    numbered = [(numbers.of(int((one.onset - offset) // records.duration)), one) for one in annotations]
    ends = [offset + number * records.duration for run in runs for number in (run.first, run.last)]
    # A record's beginning has as many decimals as offset and duration have together.
    longest = max(len(beginning(end)) for end in ends) + len(decimal(offset)) + len(decimal(records.duration))
    return place(numbered, numbers.n_records, longest, unit)


def _write(
    out: Path,
    header: Header,
    laid: Sequence[Laid],
    runs: Sequence[Run],
    placed: Placed,
    offset: Fraction,
    zero: float,
    share: Share,
) -> dict[str, float]:
    """Write header and records; return of each stream how far its times are from those of the file at most, s."""
    apart = dict.fromkeys((one.stream.name for one in laid), 0.0)
    width = header.bytes_per_value
    at_once = max(1, PIECE_BYTES // header.record_bytes)
    digits = [stored(one.scales) for one in laid]
    # Zero where a channel's range has it, so that padding lies on the baseline.
    empty = [
        np.clip(np.rint([scale.addend for scale in one.scales]), _ends(one.scales, 0), _ends(one.scales, 1)).astype(
            np.int32
        )
        for one in laid
    ]
    number = 0
    with out.open("wb") as file:
        file.write(header.encode())
        for run in runs:
            for first in range(run.first, run.last, at_once):
                n = min(at_once, run.last - first)
                records = np.empty((n, header.record_bytes), dtype=np.uint8)
                at = 0
                for one, digit, nothing in zip(laid, digits, empty, strict=True):
                    size = one.n_samples * len(one.scales) * width
                    values = _values(one, first, n, digit, nothing, zero, apart, share)
                    _pack(values, records[:, at : at + size], width)
                    at += size
                for i in range(n):
                    begins = beginning(offset + (first + i) * header.duration) + placed.texts.get(number + i, b"")
                    records[i, at:] = np.frombuffer(begins.ljust(placed.n_bytes, b"\0"), np.uint8)
                number += n
                file.write(records.data)
    return apart


def _ends(scales: Sequence[Scale], which: int) -> NDArray[np.float64]:
    return np.array([(scale.digital_min, scale.digital_max)[which] for scale in scales], dtype=np.float64)


def _values(
    one: Laid,
    first: int,
    n: int,
    digits: Callable[[NDArray[np.generic]], NDArray[np.int32]],
    nothing: NDArray[np.int32],
    zero: float,
    apart: dict[str, float],
    share: Share,
) -> NDArray[np.int32]:
    """Return what `n` records hold of a stream, shape (n, n_samples, n_channels)."""
    begin, end = first * one.n_samples, (first + n) * one.n_samples
    values: NDArray[np.int32] | None = None
    first_one = max(0, bisect.bisect_right(one.segments, begin, key=lambda segment: segment.slot) - 1)
    for segment in takewhile(lambda segment: segment.slot < end, islice(one.segments, first_one, None)):
        low, high = max(begin, segment.slot), min(end, segment.slot + segment.n)
        if low >= high:
            continue
        row = segment.row + low - segment.slot
        data, times = one.stream.read(row, row + high - low)
        even = zero + np.arange(low, high) / float(one.rate)
        apart[one.stream.name] = float(np.fmax.reduce(np.abs(times - even), initial=apart[one.stream.name]))
        made = digits(data.reshape(len(data), -1))
        share.add(2 * len(made))
        if (low, high) == (begin, end):
            values = made
            break
        if values is None:
            values = np.empty((end - begin, len(nothing)), dtype=np.int32)
            values[:] = nothing
        values[low - begin : high - begin] = made
    if values is None:
        values = np.empty((end - begin, len(nothing)), dtype=np.int32)
        values[:] = nothing
    return values.reshape(n, one.n_samples, -1)


def _pack(values: NDArray[np.int32], out: NDArray[np.uint8], width: int) -> None:
    """Lay values, shape (n, n_samples, n_channels), into records channel by channel, `width` bytes each."""
    n, n_samples, n_channels = values.shape
    turned = np.ascontiguousarray(values.transpose(0, 2, 1), dtype="<i4")
    if width == 2:
        out[:] = turned.astype("<i2").view(np.uint8).reshape(n, -1)
        return
    four = turned.view(np.uint8).reshape(n, n_channels * n_samples, 4)
    three = out.reshape(n, n_channels * n_samples, 3)
    for i in range(3):
        three[:, :, i] = four[:, :, i]
