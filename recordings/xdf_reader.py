"""Reading an XDF file into a session: twice through the file, in constant memory."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from ..sources.lsl_header import shown
from . import xdf_chunks as chunks
from .about import About
from .errors import SessionError
from .progress import Progress
from .xdf_clock import Line, clock_lines
from .xdf_frames import Skipped, frames
from .xdf_headers import DETAILS, MARKERS, FileHeader, Header, read_file_header, read_stream_header
from .xdf_stream import NumberStream, TextStream

if TYPE_CHECKING:
    from .building import SessionBuilder
    from .formats import BuilderFor

SCAN_SHARE = 0.3
MAX_STREAMS = 1024
MAX_OFFSETS = 2_000_000
MAX_WAITING_BYTES = 32 * 2**20
MAX_TOLD = 8
MAX_UNPACKED_RATIO = 100
MAX_UNPACKED_BYTES = 64 * 2**30
CLOCKS = ("synchronised", "own")


@dataclass
class _Contents:
    """What the first pass finds."""

    file: FileHeader = field(default_factory=lambda: FileHeader("", math.nan, None))
    headers: dict[int, Header] = field(default_factory=dict)
    bad_headers: dict[int, str] = field(default_factory=dict)
    times: dict[int, list[float]] = field(default_factory=dict)
    offsets: dict[int, list[float]] = field(default_factory=dict)
    first: dict[int, float] = field(default_factory=dict)
    n_offsets: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    n_skipped: int = 0
    n_skipped_bytes: int = 0

    def lines(self, stream: int) -> list[Line]:
        return clock_lines(self.times.get(stream, ()), self.offsets.get(stream, ()))


def read_xdf(path: Path, builder_for: BuilderFor, progress: Progress, clock: str = "synchronised") -> list[str]:
    """Read an XDF file, also one that ends early or is damaged: what is whole is read.

    Parameters
    ----------
    path
        The file, ``.xdf`` or ``.xdfz`` (gzip).
    builder_for
        Makes the session.
    progress
        Told the share done.
    clock
        ``"synchronised"``: times of every stream on the clock of the computer that recorded, by the offsets in the
        file, as pyxdf has them without dejittering; ``"own"``: as they stand in the file.

    Returns
    -------
    Sentences for the person: what was skipped, and what was found missing.

    Raises
    ------
    SessionError
        When it is no XDF file, or nothing in it can be read.
    """
    if clock not in CLOCKS:
        raise SessionError(f"XDF is read with clock {' or '.join(map(repr, CLOCKS))}, not {clock!r}.")
    with _opened(path) as (file, size):
        if file.read(len(chunks.MAGIC)) != chunks.MAGIC:
            raise SessionError(f"{path} is no XDF file: it does not begin with «XDF:». Give a file of LabRecorder's.")
        found = _scan(file, size, progress)
        if not found.headers:
            why = next(iter(found.bad_headers.values()), "it has no stream.")
            raise SessionError(f"Nothing in {path} can be read: {why} Try a copy of it.")
        lines = {stream: found.lines(stream) if clock == CLOCKS[0] else [] for stream in found.headers}
        when, at = _beginning(found, lines)
        about = found.file.about or About()
        about = replace(about, name=about.name or path.stem)
        with builder_for(about, created=when, clock_at_created=at) as builder:
            streams = _streams(found, lines, builder)
            notes = _read(file, size, found, streams, progress)
            for number, times in found.times.items():
                for t, offset_s in zip(times, found.offsets[number], strict=True):
                    if number in streams and found.file.about is None and math.isfinite(t + offset_s):
                        builder.clock_offset(t + offset_s, streams[number].name, offset_s, 0.0)
            for stream in streams.values():
                notes += stream.finish()
            builder.finish()
    return [*(f"A stream was left out: {why}" for why in list(found.bad_headers.values())[:MAX_TOLD]), *notes]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    if path.suffix.lower() != ".xdfz":
        with path.open("rb") as plain:
            yield plain, path.stat().st_size
        return
    try:
        with closing(gzip.open(path, "rb")) as packed:
            file = cast(BinaryIO, packed)
            size = _unpacked_size(file, path)
            file.seek(0)
            yield file, size
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SessionError(f"{path} is not whole gzip ({error}). Try a copy of it.") from error


def _unpacked_size(file: BinaryIO, path: Path) -> int:
    most = min(MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO * path.stat().st_size + 2**20)
    size = 0
    while block := file.read(2**20):
        size += len(block)
        if size > most:
            raise SessionError(f"{path} unpacks to over {most:,} bytes, which no recording does. It is not read.")
    return size


def _scan(file: BinaryIO, size: int, progress: Progress) -> _Contents:
    """Go through the file once for headers, clock offsets and what is damaged."""
    found = _Contents()
    for frame in frames(file, size):
        if isinstance(frame, Skipped):
            found.n_skipped += 1
            found.n_skipped_bytes += frame.last - frame.first
            found.skipped += [frame] if len(found.skipped) < MAX_TOLD else []
            continue
        progress(SCAN_SHARE * frame.at / size)
        if frame.tag == chunks.FILE_HEADER:
            try:
                found.file = read_file_header(frame.content)
            except SessionError as error:
                found.bad_headers[-1] = str(error)
        elif frame.tag == chunks.STREAM_HEADER:
            _note_header(found, frame.content)
        elif frame.tag == chunks.CLOCK_OFFSET:
            _note_offset(found, frame.content)
        elif frame.tag == chunks.SAMPLES:
            _note_first(found, frame.content)
    return found


def _note_header(found: _Contents, content: bytes) -> None:
    if len(content) < 4:
        return
    number = chunks.stream_of(content)
    if number in found.headers or number in found.bad_headers:
        return
    if len(found.headers) + len(found.bad_headers) >= MAX_STREAMS:
        raise SessionError(f"The file has over {MAX_STREAMS:,} streams, which no recording has. It is not read.")
    try:
        found.headers[number] = read_stream_header(content[4:])
    except SessionError as error:
        found.bad_headers[number] = str(error)


def _note_offset(found: _Contents, content: bytes) -> None:
    if len(content) < 20:
        return
    number, t, offset_s = chunks.decode_clock_offset(content)
    found.n_offsets += 1
    if found.n_offsets > MAX_OFFSETS:
        raise SessionError(f"The file has over {MAX_OFFSETS:,} clock offsets, which no recording has. It is not read.")
    found.times.setdefault(number, []).append(t)
    found.offsets.setdefault(number, []).append(offset_s)


def _note_first(found: _Contents, content: bytes) -> None:
    """Note the time of a stream's first sample."""
    number = int.from_bytes(content[:4], "little")
    if number in found.first or number not in found.headers:
        return
    info = found.headers[number].info
    try:
        if info.is_text:
            found.first[number] = next(chunks.decode_texts(content, info.n_channels, 0.0, 0.0))[0]
        else:
            dtype = np.dtype(info.dtype).newbyteorder("<").str
            _, times = chunks.decode_samples(content, chunks.NumberFormat(dtype, info.n_channels, 0.0), 0.0)
            found.first[number] = float(times[0])
    except (chunks.DamagedChunk, StopIteration, IndexError):
        # Told in the second pass; another chunk has the first sample then.
        return


def _beginning(found: _Contents, lines: dict[int, list[Line]]) -> tuple[datetime | None, float]:
    """Return when the file was made, and what the clock of its times said then, s."""
    try:
        when: datetime | None = datetime.fromisoformat(found.file.when)
    except ValueError:
        when = None
    if when is not None and when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    if math.isfinite(found.file.clock):
        return when, found.file.clock
    firsts = []
    for number, t in found.first.items():
        line = lines[number][0] if lines[number] else Line(0.0, 0.0, 0.0, 0.0)
        firsts.append(t + line.offset_s + line.slope * t)
    sound = [t for t in firsts if math.isfinite(t) and abs(t) < 1e11]
    return when, min(sound, default=0.0)


def _streams(
    found: _Contents, lines: dict[int, list[Line]], builder: SessionBuilder
) -> dict[int, NumberStream | TextStream]:
    # Whole events stand beside their labels in files of ours: one of the two is enough.
    names = {header.info.name: header for header in found.headers.values() if header.info.is_text}
    ours = DETAILS in names and found.file.about is not None
    streams: dict[int, NumberStream | TextStream] = {}
    taken: set[str] = set()
    for number, header in found.headers.items():
        info = header.info
        if info.is_text and ours and info.name == MARKERS:
            continue
        name = _unused(info.name or f"stream-{number}", taken)
        if info.is_text:
            streams[number] = TextStream(builder, name, info, lines[number], ours=ours and info.name == DETAILS)
        else:
            streams[number] = NumberStream(builder, name, header, lines[number], trusted=not found.n_skipped)
    return streams


def _unused(name: str, taken: set[str]) -> str:
    unique, n = name, 2
    while unique in taken:
        unique, n = f"{name}-{n}", n + 1
    taken.add(unique)
    return unique


def _read(
    file: BinaryIO,
    size: int,
    found: _Contents,
    streams: dict[int, NumberStream | TextStream],
    progress: Progress,
) -> list[str]:
    """Go through the file for its samples and texts; return what could not be read."""
    n_damaged, why, n_foreign = 0, "", 0
    for frame in frames(file, size):
        if isinstance(frame, Skipped):
            for stream in streams.values():
                stream.tear()
            continue
        if frame.tag != chunks.SAMPLES:
            continue
        progress(SCAN_SHARE + (1 - SCAN_SHARE) * frame.at / size)
        number = int.from_bytes(frame.content[:4], "little")
        target = streams.get(number)
        if target is None:
            n_foreign += number not in found.headers
            continue
        try:
            target.take(frame.content)
        except chunks.DamagedChunk as error:
            n_damaged, why = n_damaged + 1, why or str(error)
            target.tear()
        _make_room(streams)
    return _told(found, n_damaged, why, n_foreign)


def _make_room(streams: dict[int, NumberStream | TextStream]) -> None:
    numbers = [stream for stream in streams.values() if isinstance(stream, NumberStream)]
    if sum(stream.n_waiting_bytes for stream in numbers) > MAX_WAITING_BYTES:
        for stream in numbers:
            stream.flush()


def _told(found: _Contents, n_damaged: int, why: str, n_foreign: int) -> list[str]:
    notes = [f"Bytes {one.first:,} to {one.last - 1:,} were skipped: {one.reason}." for one in found.skipped]
    if found.n_skipped > len(found.skipped):
        notes.append(f"In all {found.n_skipped:,} places, {found.n_skipped_bytes:,} bytes, were skipped.")
    if n_damaged:
        notes.append(f"{n_damaged:,} chunks of samples could not be read: {shown(why, 80)}.")
    if n_foreign:
        notes.append(f"{n_foreign:,} chunks belong to streams that the file does not describe.")
    return notes
