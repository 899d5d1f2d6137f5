"""Writing a session as XDF: chunks of all streams in the order of time, in constant memory."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Event
from ..sources.info import StreamInfo
from . import xdf_chunks as chunks
from .errors import SessionError
from .progress import Progress
from .session import Session
from .stored import StoredStream
from .stretches import rows_at_once
from .xdf_headers import (
    DETAILS,
    MARKERS,
    MAX_TOLD_GAPS,
    file_header,
    stream_footer,
    stream_header,
    text_header,
)

CHUNK_S = 1.0
BOUNDARY_S = 8.0
"""With chunks of up to a second, boundaries are never 10 s apart, which is what the specification asks for."""
OFFSET_S = 5.0
TEXTS_AT_ONCE = 256
_AS_IS = {"int8", "int16", "int32", "int64", "float32", "float64"}
_WIDER = {"uint8": "int16", "uint16": "int32", "uint32": "int64", "uint64": "float64"}
# Wide enough that the device's number can be told from the physical value.
_PHYSICAL = {"int8": "float32", "uint8": "float32", "int16": "float32", "uint16": "float32"}


@dataclass
class _Written:
    """One XDF stream while it is being written."""

    number: int
    pieces: Iterator[tuple[float, float, int, bytes]]
    """Each the times of its first and last sample, s, how many there are, and the chunk."""
    next: tuple[float, float, int, bytes] | None = None
    first: float = 0.0
    last: float = 0.0
    n_samples: int = 0
    offset_at: float = -math.inf
    offset_times: list[float] = field(default_factory=list)


def write_xdf(session: Session, out: Path, progress: Progress, values: str = "physical") -> list[str]:
    """Write a session as an XDF file.

    Timestamps are those of the session, one a sample: they are on the clock of the computer that recorded already,
    so all clock offsets in the file are 0. Gaps are jumps of the timestamps; they are named in the stream's header
    and in the stream of markers.

    Parameters
    ----------
    session
        What to write.
    out
        The file to make.
    progress
        Told the share done.
    values
        ``"physical"``: in the stream's unit, where it has a scale as float32 or double64, of which the device's own
        numbers can be told; ``"raw"``: the device's numbers, with the scale in the header.

    Raises
    ------
    SessionError
        When `values` is neither, or a number does not fit.
    """
    if values not in ("physical", "raw"):
        raise SessionError(f"XDF takes values 'physical' or 'raw', not {values!r}.")
    notes: list[str] = []
    streams = list(session.streams.values())
    infos = [_as_written(stream, values == "raw", notes) for stream in streams]
    events, details = _marker_rows(session)
    total = sum(stream.n_samples for stream in streams) or 1
    with out.open("xb", buffering=2**20) as file:
        file.write(chunks.MAGIC + chunks.encode_chunk(chunks.FILE_HEADER, file_header(session)))
        written = []
        for number, (stream, info) in enumerate(zip(streams, infos, strict=True), 1):
            header, note = stream_header(session, stream, info)
            notes += [note] if note else []
            file.write(chunks.encode_of_stream(chunks.STREAM_HEADER, number, header))
            written.append(_Written(number, _samples(number, stream, info)))
        for name, kind, label, rows in ((MARKERS, "Markers", "marker", events), (DETAILS, "Details", "json", details)):
            number = len(written) + 1
            header = text_header(session, name, kind, label)
            file.write(chunks.encode_of_stream(chunks.STREAM_HEADER, number, header))
            written.append(_Written(number, _texts(number, rows)))
        _interleave(file, written, progress, total)
        for stream_end in written:
            footer = stream_footer(stream_end.first, stream_end.last, stream_end.n_samples, stream_end.offset_times)
            file.write(chunks.encode_of_stream(chunks.STREAM_FOOTER, stream_end.number, footer))
    return notes


def _interleave(file: BinaryIO, written: Sequence[_Written], progress: Progress, total: int) -> None:
    """Write the chunks of all streams, always the one that begins first."""
    done, boundary_at = 0, math.inf
    for stream in written:
        stream.next = next(stream.pieces, None)
    while waiting := [stream for stream in written if stream.next is not None]:
        stream = min(waiting, key=_next_time)
        if stream.next is None:
            raise AssertionError("only streams with a next chunk wait")
        first, last, n, chunk = stream.next
        if math.isinf(boundary_at) or first >= boundary_at or first < boundary_at - 2 * BOUNDARY_S:
            file.write(chunks.encode_boundary())
            boundary_at = first + BOUNDARY_S
        if not first < stream.offset_at + OFFSET_S:
            file.write(chunks.encode_clock_offset(stream.number, first, 0.0))
            stream.offset_at = first
            stream.offset_times.append(first)
        file.write(chunk)
        if not stream.n_samples:
            stream.first = first
        stream.last, stream.n_samples = last, stream.n_samples + n
        stream.next = next(stream.pieces, None)
        done += n
        progress(min(1.0, done / total))


def _next_time(stream: _Written) -> float:
    return stream.next[0] if stream.next is not None else math.inf


def _samples(number: int, stream: StoredStream, info: StreamInfo) -> Iterator[tuple[float, float, int, bytes]]:
    """Yield the chunks of a stream, each of at most a second, in the order they were recorded."""
    most = rows_at_once(stream)
    rows = min(most, max(1, int(stream.info.fs * CHUNK_S))) if stream.info.fs else min(most, 1024)
    at = 0
    while at < stream.n_samples:
        data, timestamps = stream.read(at, at + rows)
        late = np.flatnonzero(timestamps > timestamps[0] + CHUNK_S)
        n = int(late[0]) if len(late) else len(timestamps)
        flat = _converted(data[:n].reshape(n, -1), stream.info, info)
        yield float(timestamps[0]), float(timestamps[n - 1]), n, chunks.encode_samples(number, flat, timestamps[:n])
        at += n


def _converted(data: NDArray[Any], stored: StreamInfo, info: StreamInfo) -> NDArray[Any]:
    if info.scale != stored.scale:
        return (data * stored.scales).astype(info.dtype)
    return data.astype(info.dtype, copy=False)


def _as_written(stream: StoredStream, raw: bool, notes: list[str]) -> StreamInfo:
    """Return a stream's description as its samples are written; notes what is not as it was."""
    info = stream.info
    if info.scale != 1.0 and not raw:
        dtype = _PHYSICAL.get(info.dtype, "float64")
        limit = {"int64": ", up to 2^51", "uint64": ", up to 2^51", "float64": ", to 15 digits"}.get(info.dtype, "")
        told = f"the device's numbers can be told from it{limit}" if info.scales.all() else "0 where a scale is 0"
        notes.append(f"{stream.name}: {info.dtype} × scale is written as {dtype} in {info.unit or 'its unit'}; {told}.")
        written = replace(info, dtype=dtype, scale=1.0)
    elif info.dtype in _AS_IS:
        written = info
    else:
        dtype = _WIDER[info.dtype]
        exactly = "exact up to 2^53" if info.dtype == "uint64" else "exactly"
        notes.append(f"{stream.name}: XDF has no {info.dtype}; it is written as {dtype}, {exactly}.")
        written = replace(info, dtype=dtype)
    if len(stream.gaps) > MAX_TOLD_GAPS:
        notes.append(f"{stream.name}: {len(stream.gaps):,} gaps; the header names the first {MAX_TOLD_GAPS:,}.")
    if stream.info.scale != 1.0 and raw:
        notes.append(f"{stream.name}: numbers are the device's own; value × scale of the channel is in its unit.")
    return written


def _marker_rows(session: Session) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Return what stands in the two streams of texts: labels of events and gaps; and whole events as JSON."""
    rows = [(event.t, event.label) for event in session.events]
    rows += [
        (gap.t_first, f"gap in {gap.stream}: {gap.n_lost} samples ({gap.cause})")
        for gap in session.gaps
        if math.isfinite(gap.t_first)
    ]
    details = [(event.t, _json(event)) for event in session.events]
    return sorted(rows, key=_time), sorted(details, key=_time)


def _time(row: tuple[float, str]) -> float:
    return row[0]


def _json(event: Event) -> str:
    return json.dumps({"kind": event.kind, "label": event.label, "text": event.text, "stream": event.stream})


def _texts(number: int, rows: Sequence[tuple[float, str]]) -> Iterator[tuple[float, float, int, bytes]]:
    at = 0
    while at < len(rows):
        some = [row for row in rows[at : at + TEXTS_AT_ONCE] if row[0] <= rows[at][0] + CHUNK_S]
        times = [t for t, _ in some]
        yield times[0], times[-1], len(some), chunks.encode_texts(number, [[text] for _, text in some], times)
        at += len(some)
