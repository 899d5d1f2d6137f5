"""Writing a session as one EDF+ or BDF+ file, a piece at a time."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import islice, takewhile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import edf_texts as texts
from .description import utc_at
from .edf_annotations import Annotation, Placed, beginning, place
from .edf_grid import Numbers, Places, Run, padding_of, runs_of, segments_of
from .edf_header import Header
from .edf_rates import Records, decimal, fraction_of, records_for
from .edf_scaling import Scale, scales_for, stored, survey
from .edf_signals import Laid, annotation_signal, signals_of, streams_in_file
from .errors import SessionError
from .pieces import Share, n_rows
from .progress import Progress
from .session import Session
from .stored import StoredStream

PIECE_BYTES = 8 * 2**20
MAX_RATE_ERROR = 1e-9


def write_file(session: Session, out: Path, progress: Progress, kind: str) -> list[str]:
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

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When no stream has a rate, or a channel is beyond what the header holds.
    """
    streams = streams_in_file(session)
    notes = [
        f"{name} is left out: {'it has no rate, which EDF needs' if not stream.info.fs else 'it is empty'}."
        for name, stream in session.streams.items()
        if stream not in streams
    ]
    if not streams:
        raise SessionError(
            f"{session.path.name} has no samples at a steady rate, which EDF needs. Choose another format."
        )
    bits = 16 if kind == "EDF" else 24
    share = Share(progress, 3 * n_rows(streams))
    rates = [fraction_of(stream.info.fs) for stream in streams]
    records = records_for(rates, [stream.info.n_channels * bits // 8 for stream in streams])
    zero = min(stream.first_timestamp for stream in streams)
    laid = [_lay(*one, zero, bits, share) for one in zip(streams, records.rates, records.n_samples, strict=True)]
    runs = runs_of([one.segments for one in laid], records.n_samples)
    start = utc_at(session, zero)
    offset = Fraction(start.microsecond if start is not None else 0, 10**6)
    signals, renamed = signals_of(laid)
    annotations = [*_annotations(session, laid, runs, offset), *(Annotation(offset, None, text) for text in renamed)]
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
    _write(out, header, laid, runs, placed, offset, share)
    return [*notes, *_notes(laid, records, runs, zero), *_renamed_note(renamed)]


def _lay(stream: StoredStream, rate: Fraction, n_samples: int, zero: float, bits: int, share: Share) -> Laid:
    extremes = survey(stream, share.add)
    unit, scales = scales_for(stream.info, extremes, bits)
    return Laid(stream, segments_of(stream, zero, rate), rate, n_samples, unit, scales, extremes)


def _annotations(session: Session, laid: Sequence[Laid], runs: Sequence[Run], offset: Fraction) -> list[Annotation]:
    found = []
    known = {
        one.stream.name: texts.name_in_file(number, one.stream.info.dtype, one.stream.name)
        for number, one in enumerate(laid)
    }
    places = {one.stream.name: Places(one.stream, one.segments, one.rate) for one in laid}
    first = next(iter(places.values()))
    for event in session.events:
        if np.isfinite(event.t):
            where = places.get(event.stream, first)
            named = event._replace(stream=known.get(event.stream, event.stream))
            found.append(Annotation(offset + where.at(event.t), None, texts.event_text(named)))
    for gap in session.gaps:
        if gap.stream in places and np.isfinite(gap.t_first):
            # At the last sample before it, so that it is told where a viewer shows the jump.
            when = places[gap.stream].at(gap.t_first)
            found.append(Annotation(offset + when, None, texts.gap_text(gap._replace(stream=known[gap.stream]))))
    for one in laid:
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
    share: Share,
) -> None:
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
                    values = _values(one, first, n, digit, nothing, share)
                    _pack(values, records[:, at : at + size], width)
                    at += size
                for i in range(n):
                    begins = beginning(offset + (first + i) * header.duration) + placed.texts.get(number + i, b"")
                    records[i, at:] = np.frombuffer(begins.ljust(placed.n_bytes, b"\0"), np.uint8)
                number += n
                file.write(records.data)


def _ends(scales: Sequence[Scale], which: int) -> NDArray[np.float64]:
    return np.array([(scale.digital_min, scale.digital_max)[which] for scale in scales], dtype=np.float64)


def _values(
    one: Laid,
    first: int,
    n: int,
    digits: Callable[[NDArray[np.generic]], NDArray[np.int32]],
    nothing: NDArray[np.int32],
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
        data, _ = one.stream.read(row, row + high - low)
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


def _notes(laid: Sequence[Laid], records: Records, runs: Sequence[Run], zero: float) -> list[str]:
    notes = []
    for one in laid:
        name, info = one.stream.name, one.stream.info
        unit = one.unit or "units"
        if all(scale.is_whole for scale in one.scales):
            exact = all(scale.is_exact for scale in one.scales)
            rounded = "" if exact else ", the scale is told to 7 digits"
            notes.append(f"{name}: every sample is exact{rounded}.")
        else:
            step = max(scale.step for scale in one.scales)
            notes.append(f"{name}: values are rounded to steps of at most {step:.3g} {unit}.")
        if one.unit not in (info.unit, info.unit.replace("µ", "u")):
            notes.append(f"{name}: its unit {info.unit} is written as {unit}.")
        if one.extremes.n_foreign:
            notes.append(f"{name}: {one.extremes.n_foreign:,} values that are no numbers became 0.")
        if len(info.sample_shape) > 1:
            notes.append(f"{name}: samples of shape {info.sample_shape} became {info.n_channels} channels.")
        padded = sum(n for _, n in padding_of(one.segments, runs, one.n_samples))
        if padded:
            notes.append(f"{name}: {padded:,} samples of padding fill its records; annotations say where.")
        last = one.segments[-1]
        behind = one.stream.last_timestamp - zero - float((last.slot + last.n - 1) / one.rate)
        if abs(behind) * float(one.rate) > 1:
            notes.append(f"{name}: at its end the file's even times are {1000 * behind:+.1f} ms from those recorded.")
    if records.error > MAX_RATE_ERROR:
        notes.append(f"Rates are rounded by {records.error:.2g} of themselves, to fit whole records.")
    if len(runs) > 1:
        notes.append(f"The file is discontinuous: {len(runs)} parts, since nothing was recorded between them.")
    notes.append("Each stream's times are told by its rate, from its first sample and after each gap anew.")
    return notes


def _renamed_note(renamed: Sequence[str]) -> list[str]:
    if not renamed:
        return []
    names = "1 name does" if len(renamed) == 1 else f"{len(renamed)} names do"
    return [f"{names} not fit 16 plain characters; annotations at the beginning tell them whole."]
