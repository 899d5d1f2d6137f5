"""Reading EDF, EDF+, BDF and BDF+ files as sessions, a piece at a time."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from itertools import islice, takewhile
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Event
from . import edf_texts as texts
from .about import About
from .building import SessionBuilder
from .edf_annotations import Annotation
from .edf_annotations import parse as parse_annotations
from .edf_header import BLOCK, Header, n_signals, parse
from .edf_streams import Part, parts_of
from .errors import SessionError
from .formats import BuilderFor
from .pieces import Share
from .progress import Progress

PIECE_BYTES = 8 * 2**20
MAX_ANNOTATIONS = 1_000_000
MAX_ANNOTATION_BYTES = 256 * 2**20
MAX_ONSET_S = 4 * 10**9
NEAR_S = Fraction(1, 10**7)
DISCONTINUOUS = "discontinuous file"


class _Begin(NamedTuple):
    """A record that does not follow the one before in time.

    Parameters
    ----------
    record
        Its number.
    onset
        When it begins, s.
    """

    record: int
    onset: Fraction


class _Jump(NamedTuple):
    """A gap that an annotation names."""

    n_lost: int
    cause: str


def read_file(path: Path, builder_for: BuilderFor, progress: Progress) -> list[str]:
    """Make a session of a file.

    Signals of one rate and unit become one stream. Annotations become events; where a discontinuous file jumps, a gap
    is named; padding that we had announced is left out again.

    Parameters
    ----------
    path
        The file.
    builder_for
        Makes the session.
    progress
        Told the share done.

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When it is no such file, is damaged, or is beyond all limits.
    """
    with path.open("rb") as file:
        header = _header(file, path)
        n_there = max(0, path.stat().st_size - header.n_bytes) // header.record_bytes
        n_records = n_there if header.n_records < 0 else min(n_there, header.n_records)
        notes = []
        if n_there < header.n_records:
            notes.append(f"The file was cut off: {n_there:,} of {header.n_records:,} records are there.")
        share = Share(progress, 2 * n_records)
        begins, annotations = _annotations(file, path, header, n_records, share)
        ours = texts.is_ours(header.recording)
        named = dict(found for one in annotations if ours and (found := texts.parse_name(one.text)))
        parts = parts_of(path, header, ours, named, notes)
        start = header.start if header.start.year > 1985 else datetime(1985, 1, 1, tzinfo=UTC)
        code = header.patient.split(" ")[0] if header.kind[3:] else ""
        about = About(name=path.stem, subject="" if code == "X" else code)
        with builder_for(about, created=start, clock_at_created=0.0) as builder:
            for part in parts:
                builder.stream(part.name, part.info, f"{header.kind.lower()}:{path.name}")
            _copy(file, header, n_records, begins, parts, annotations if ours else [], builder, share)
            names = {part.said: part.name for part in parts}
            for one in sorted(annotations, key=lambda one: one.onset):
                event = texts.parse_event(float(one.onset), one.text)
                hidden = texts.parse_padding(one.text) or texts.parse_gap(one.text) or texts.parse_name(one.text)
                if not ours:
                    builder.event(Event(float(one.onset), "annotation", one.text))
                elif not hidden:
                    builder.event(event._replace(stream=names.get(event.stream, "")))
            builder.finish()
    return notes


def _header(file: IO[bytes], path: Path) -> Header:
    fixed = file.read(BLOCK)
    rest = file.read(BLOCK * n_signals(fixed, path))
    return parse(fixed, rest, path)


def _offsets(header: Header) -> list[int]:
    """Return where each signal begins in a record, in values."""
    return [0, *np.cumsum([signal.n_samples for signal in header.signals]).tolist()]


def _annotations(
    file: IO[bytes], path: Path, header: Header, n_records: int, share: Share
) -> tuple[list[_Begin], list[Annotation]]:
    """Return which records do not follow the one before, and all annotations; reads only those signals."""
    width, offsets = header.bytes_per_value, _offsets(header)
    where = [
        (offsets[i] * width, signal.n_samples * width)
        for i, signal in enumerate(header.signals)
        if signal.is_annotations and header.kind[3:]
    ]
    if not where:
        return [_Begin(0, Fraction(0))], []
    begins: list[_Begin] = []
    found: list[Annotation] = []
    n_bytes = 0
    for record in range(n_records):
        follows = begins[-1].onset + (record - begins[-1].record) * header.duration if begins else Fraction(0)
        begun: Fraction | None = None
        for at, size in where:
            file.seek(header.n_bytes + record * header.record_bytes + at)
            said, more = parse_annotations(file.read(size), f"Record {record + 1:,} of {path}")
            begun = said if begun is None else begun
            found += more
            n_bytes += sum(len(one.text) for one in more)
        if not begins or (begun is not None and abs(begun - follows) > NEAR_S):
            begins.append(_Begin(record, begun if begun is not None else follows))
            if abs(begins[-1].onset) > MAX_ONSET_S:
                raise SessionError(f"Record {record + 1:,} of {path} begins after a century. It is damaged.")
        if max(len(found), len(begins)) > MAX_ANNOTATIONS or n_bytes > MAX_ANNOTATION_BYTES:
            raise SessionError(f"{path} holds over {MAX_ANNOTATIONS:,} annotations. It is damaged.")
        if record % 256 == 255:
            share.add(256)
    share.add(n_records % 256)
    return begins or [_Begin(0, Fraction(0))], found


def _copy(
    file: IO[bytes],
    header: Header,
    n_records: int,
    begins: list[_Begin],
    parts: list[Part],
    annotations: list[Annotation],
    builder: SessionBuilder,
    share: Share,
) -> None:
    at_once = max(1, PIECE_BYTES // header.record_bytes)
    if len({part.name for part in parts}) < len(parts):
        raise SessionError("Two streams of the file have one name by its annotations. Was the file changed?")
    padding = {part.name: _padding(part, annotations) for part in parts}
    jumps = {part.name: _jumps(part, annotations) for part in parts}
    expected: dict[str, Fraction] = {}
    for first, last, begin in _runs(begins, header.duration, n_records, at_once):
        file.seek(header.n_bytes + first * header.record_bytes)
        raw = np.frombuffer(file.read((last - first) * header.record_bytes), np.uint8)
        values = raw.reshape(last - first, -1)
        for part in parts:
            data = _decoded(values, header, part)
            rate = header.signals[part.numbers[0]].n_samples / header.duration
            for low, high in _kept(begin, rate, len(data), padding[part.name], jumps[part.name]):
                moment = begin + low / rate
                times = float(moment) + np.arange(high - low) / float(rate)
                missed = moment - expected.get(part.name, moment)
                for n_lost, cause in _missing(missed, rate, moment, jumps[part.name]):
                    builder.gap(part.name, float(moment), float(moment), n_lost, cause)
                builder.write(part.name, data[low:high], times)
                expected[part.name] = begin + high / rate
        share.add(last - first)
    for part in parts:
        for onset, jump in jumps[part.name]:
            builder.gap(part.name, float(onset), float(onset), *jump)


def _runs(
    begins: list[_Begin], duration: Fraction, n_records: int, at_once: int
) -> Iterator[tuple[int, int, Fraction]]:
    """Yield consecutive records that follow each other in time, at most `at_once` together, and when they begin, s."""
    ends = [*(begin.record for begin in begins[1:]), n_records]
    for begin, end in zip(begins, ends, strict=True):
        for first in range(begin.record, end, at_once):
            yield first, min(end, first + at_once), begin.onset + (first - begin.record) * duration


def _decoded(values: NDArray[np.uint8], header: Header, part: Part) -> NDArray[np.generic]:
    """Return the samples of a part, shape (n, n_channels), from the bytes of records, shape (n_records, n_bytes)."""
    width, offsets = header.bytes_per_value, _offsets(header)
    n_records, n_samples = len(values), header.signals[part.numbers[0]].n_samples
    out = np.empty((n_records, n_samples, len(part.numbers)), dtype=np.int32)
    for column, number in enumerate(part.numbers):
        at = offsets[number] * width
        piece = np.ascontiguousarray(values[:, at : at + n_samples * width])
        if width == 2:
            out[:, :, column] = piece.view("<i2")
            continue
        three = piece.reshape(n_records, n_samples, 3).astype(np.int32)
        out[:, :, column] = three[..., 0] | three[..., 1] << 8 | (three[..., 2].astype(np.int8).astype(np.int32) << 16)
    flat = out.reshape(-1, len(part.numbers))
    if part.info.dtype == "float64":
        return flat * part.gains + part.addends
    moved = flat if not part.addends.any() else flat + part.addends.astype(np.int64)
    ends = np.iinfo(part.info.dtype)
    if len(moved) and (moved.min() < ends.min or moved.max() > ends.max):
        raise SessionError(
            f"{part.name} holds numbers beyond {part.info.dtype}, which its header announces. Is it damaged?"
        )
    return moved.astype(part.info.dtype)


def _padding(part: Part, annotations: list[Annotation]) -> list[tuple[Fraction, int]]:
    found = ((one.onset, texts.parse_padding(one.text)) for one in annotations if one.text.endswith(f" of {part.said}"))
    return sorted((onset, said[0]) for onset, said in found if said and said[1] == part.said)


def _jumps(part: Part, annotations: list[Annotation]) -> list[tuple[Fraction, _Jump]]:
    found = ((one.onset, texts.parse_gap(one.text)) for one in annotations)
    return sorted((onset, _Jump(said[0], said[2])) for onset, said in found if said and said[1] == part.said)


def _kept(
    begin: Fraction, rate: Fraction, n: int, padding: list[tuple[Fraction, int]], jumps: list[tuple[Fraction, _Jump]]
) -> Iterator[tuple[int, int]]:
    """Yield which of `n` samples, the first one at `begin`, are no padding, cut where a gap is named."""
    # Padding does not overlap, so only the last one that begins before these samples may reach into them.
    first = max(0, bisect.bisect_right(padding, begin, key=lambda one: one[0]) - 1)
    end = begin + n / rate
    near = takewhile(lambda one: one[0] < end, islice(padding, first, None))
    spans = [(round((onset - begin) * rate), length) for onset, length in near]
    # A gap is named at the last sample before it.
    spans += [(round((onset - begin) * rate) + 1, 0) for onset, _ in takewhile(lambda one: one[0] < end, jumps)]
    at = 0
    for low, length in sorted(spans):
        if low >= n:
            break
        if low > at:
            yield at, low
        at = min(n, max(at, low + length))
    if at < n:
        yield at, n


def _missing(missed: Fraction, rate: Fraction, moment: Fraction, jumps: list[tuple[Fraction, _Jump]]) -> list[_Jump]:
    """Return what is missing before a moment, and why; what annotations name is taken from `jumps`."""
    # One that is named at this very sample lies behind it, even where it is the only one between two gaps.
    named = [jump for _, jump in takewhile(lambda one: one[0] < moment - 1 / (2 * rate), jumps)]
    del jumps[: len(named)]
    slots = round(missed * rate)
    return named or ([_Jump(slots, DISCONTINUOUS)] if slots > 0 else [])
