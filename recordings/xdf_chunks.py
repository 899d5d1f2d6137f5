"""The chunks of an XDF file, as bytes in and values out, and the other way round. No file is touched here.

Layout: XDF 1.0 specification, https://github.com/sccn/xdf/wiki/Specifications. A file is the four bytes ``XDF:`` and
chunks: length (variable), tag (2 bytes), content. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError

MAGIC = b"XDF:"
FILE_HEADER, STREAM_HEADER, SAMPLES, CLOCK_OFFSET, BOUNDARY, STREAM_FOOTER = range(1, 7)
BOUNDARY_UUID = bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4")
MAX_CHUNK_BYTES = 64 * 2**20
FORMATS = {
    "int8": "<i1",
    "int16": "<i2",
    "int32": "<i4",
    "int64": "<i8",
    "float32": "<f4",
    "double64": "<f8",
}
"""Number formats that XDF has, and numpy's names of them; ``string`` is the one more."""
_FIRST_RUN = 64
_MOST_RUNS = 32
"""After so many changes between samples with and without a timestamp they are read one by one, which is faster then."""
_MANY = 50_000
"""From so many samples on a compiled loop is worth being loaded."""


class DamagedChunk(SessionError):
    """Bytes that are no chunk of the kind they say. A reader goes on at the next boundary chunk."""


# Numbers of variable length


def encode_length(n: int) -> bytes:
    """Return a whole number as XDF writes lengths: how many bytes (1, 4 or 8), then those."""
    if n < 2**8:
        return struct.pack("<BB", 1, n)
    return struct.pack("<BI", 4, n) if n < 2**32 else struct.pack("<BQ", 8, n)


def decode_length(data: bytes | memoryview, at: int = 0) -> tuple[int, int]:
    """Return a length that begins at byte `at`, and where what follows begins.

    Raises
    ------
    DamagedChunk
        When it is torn off or no length.
    """
    size = data[at] if at < len(data) else 0
    end = at + 1 + size
    if size not in (1, 4, 8) or end > len(data):
        raise DamagedChunk("no length of 1, 4 or 8 bytes")
    return int.from_bytes(data[at + 1 : end], "little"), end


# Writing


def encode_chunk(tag: int, content: bytes) -> bytes:
    """Return a whole chunk."""
    return encode_length(len(content) + 2) + struct.pack("<H", tag) + content


def encode_boundary() -> bytes:
    """Return a chunk that readers of a damaged file go on from."""
    return encode_chunk(BOUNDARY, BOUNDARY_UUID)


def encode_of_stream(tag: int, stream_id: int, xml: bytes) -> bytes:
    """Return a header or footer of a stream."""
    return encode_chunk(tag, struct.pack("<I", stream_id) + xml)


def encode_clock_offset(stream_id: int, t: float, offset_s: float) -> bytes:
    """Return a clock offset: measured at `t`, s, on the stream's clock; added to its times, s, it gives ours."""
    return encode_chunk(CLOCK_OFFSET, struct.pack("<Idd", stream_id, t, offset_s))


def encode_samples(stream_id: int, data: NDArray[Any], timestamps: NDArray[np.float64]) -> bytes:
    """Return a chunk of numbers, each sample with its own timestamp.

    Parameters
    ----------
    stream_id
        The stream's number.
    data
        Shape (n_samples, n_channels), of a dtype in `FORMATS`.
    timestamps
        Shape (n_samples,), float64, s.
    """
    rows = np.empty(len(data), dtype=_sample(data.dtype.newbyteorder("<"), data.shape[1], stamped=True))
    rows["n"], rows["t"], rows["values"] = 8, timestamps, data
    return _samples_chunk(stream_id, len(data), rows.view("u1").data)


def encode_texts(stream_id: int, texts: Sequence[Sequence[str]], timestamps: Sequence[float]) -> bytes:
    """Return a chunk of texts, one a channel, each sample with its own timestamp, s."""
    parts = []
    for t, channels in zip(timestamps, texts, strict=True):
        parts.append(struct.pack("<Bd", 8, t))
        for text in channels:
            encoded = text.encode("utf-8", "replace")
            parts += (encode_length(len(encoded)), encoded)
    return _samples_chunk(stream_id, len(timestamps), b"".join(parts))


def _samples_chunk(stream_id: int, n_samples: int, rows: bytes | memoryview) -> bytes:
    head = struct.pack("<HI", SAMPLES, stream_id) + encode_length(n_samples)
    return b"".join((encode_length(len(head) + len(rows)), head, rows))


# Reading


class NumberFormat(NamedTuple):
    """How a stream's samples lie in its chunks.

    Parameters
    ----------
    dtype
        numpy's little-endian name.
    n_channels
        Values in one sample.
    period_s
        What a sample without a timestamp is later than the one before, s; 0 for an irregular stream.
    """

    dtype: str
    n_channels: int
    period_s: float


def stream_of(content: bytes | memoryview) -> int:
    """Return the number of the stream that a chunk is about.

    Raises
    ------
    DamagedChunk
        When the chunk is too short to say.
    """
    if len(content) < 4:
        raise DamagedChunk("a chunk too short to name its stream")
    return int.from_bytes(content[:4], "little")


def decode_clock_offset(content: bytes | memoryview) -> tuple[int, float, float]:
    """Return stream, time of the measurement, s on the stream's clock, and offset to ours, s.

    Raises
    ------
    DamagedChunk
        When it is too short.
    """
    if len(content) < 20:
        raise DamagedChunk("a clock offset that is too short")
    stream, t, offset_s = struct.unpack_from("<Idd", content)
    return stream, t, offset_s


def decode_samples(
    content: bytes | memoryview, kind: NumberFormat, last_t: float
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Read a chunk of numbers.

    Parameters
    ----------
    content
        What follows the tag.
    kind
        How samples lie in it.
    last_t
        Time of the stream's sample before these, s: those without a timestamp of their own count on from it.

    Returns
    -------
    data
        Shape (n_samples, n_channels), in the file's number format.
    timestamps
        Shape (n_samples,), float64, s, on the stream's clock.

    Raises
    ------
    DamagedChunk
        When the chunk does not hold what it says; nothing is allocated before that is known.
    """
    n_samples, at = decode_length(content, 4)
    dtype = np.dtype(kind.dtype)
    with_t, without = (_sample(dtype, kind.n_channels, stamped=stamped) for stamped in (True, False))
    if n_samples * without.itemsize > len(content) - at:
        raise DamagedChunk(f"{n_samples:,} samples announced, and room for fewer")
    data = np.empty((n_samples, kind.n_channels), dtype=dtype)
    timestamps = np.empty(n_samples)
    done, run, n_runs = 0, _FIRST_RUN, 0
    while done < n_samples:
        n_runs += 1
        if n_runs > _MOST_RUNS:
            at = _decode_mixed(content, at, kind.period_s, last_t, data[done:], timestamps[done:])
            break
        stamped = _flag(content, at)
        layout = with_t if stamped else without
        n = min(run, n_samples - done, (len(content) - at) // layout.itemsize)
        rows = np.frombuffer(content, dtype=layout, count=n, offset=at)
        others = np.flatnonzero(rows["n"] != (8 if stamped else 0))
        # Mostly all samples of a chunk are alike, so the next run may be longer.
        n, run = (int(others[0]), _FIRST_RUN) if len(others) else (n, 8 * run)
        if not n:
            raise DamagedChunk("samples that are torn off")
        data[done : done + n] = rows["values"][:n]
        if stamped:
            timestamps[done : done + n] = rows["t"][:n]
        else:
            # Added one after the other, as every reader of XDF does.
            timestamps[done : done + n] = np.cumsum(np.append(last_t, np.full(n, kind.period_s)))[1:]
        last_t = float(timestamps[done + n - 1])
        done, at = done + n, at + n * layout.itemsize
    if at != len(content):
        raise DamagedChunk("more bytes than samples announced")
    return data, timestamps


def _decode_mixed(
    content: bytes | memoryview,
    at: int,
    period_s: float,
    t: float,
    data: NDArray[Any],
    timestamps: NDArray[np.float64],
) -> int:
    """Read samples that begin at byte `at` into `data` and `timestamps`; return where they end."""
    if len(data) >= _MANY:
        return _decode_many(content, at, period_s, t, data, timestamps)
    size, starts, times = data.dtype.itemsize * data.shape[1], array("q"), array("d")
    for _ in range(len(data)):
        if _flag(content, at):
            if at + 9 > len(content):
                raise DamagedChunk("samples that are torn off")
            t, at = struct.unpack_from("<d", content, at + 1)[0], at + 9
        else:
            t, at = t + period_s, at + 1
        starts.append(at)
        times.append(t)
        at += size
    if at > len(content):
        raise DamagedChunk("samples that are torn off")
    rows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(content, dtype="u1"), size)
    data[:] = rows[np.asarray(starts)].view(data.dtype)
    timestamps[:] = times
    return at


def _decode_many(
    content: bytes | memoryview,
    at: int,
    period_s: float,
    t: float,
    data: NDArray[Any],
    timestamps: NDArray[np.float64],
) -> int:
    from .xdf_kernels import NO_SAMPLE, TORN, walk

    read_only = np.frombuffer(content, dtype=np.uint8)
    read_only.flags.writeable = False
    end = walk(data.view(np.uint8), timestamps, timestamps[:, None].view(np.uint8), read_only, at, period_s, t)
    if end == NO_SAMPLE:
        raise _neither()
    if end == TORN:
        raise DamagedChunk("samples that are torn off")
    return int(end)


def decode_texts(
    content: bytes | memoryview, n_channels: int, period_s: float, last_t: float
) -> Iterator[tuple[float, list[str]]]:
    """Read a chunk of texts, sample by sample: time, s, and one text a channel.

    Raises
    ------
    DamagedChunk
        When the next sample is not what it says.
    """
    n_samples, at = decode_length(content, 4)
    if n_samples * (1 + 2 * n_channels) > len(content) - at:
        raise DamagedChunk(f"{n_samples:,} texts announced, and room for fewer")
    for _ in range(n_samples):
        if _flag(content, at):
            if at + 9 > len(content):
                raise DamagedChunk("a text without its time")
            last_t, at = struct.unpack_from("<d", content, at + 1)[0], at + 9
        else:
            last_t, at = last_t + period_s, at + 1
        texts = []
        for _channel in range(n_channels):
            length, at = decode_length(content, at)
            if at + length > len(content):
                raise DamagedChunk("a text that is torn off")
            texts.append(bytes(content[at : at + length]).decode("utf-8", "replace"))
            at += length
        yield last_t, texts


def _flag(content: bytes | memoryview, at: int) -> bool:
    flag = content[at] if at < len(content) else -1
    if flag not in (0, 8):
        raise _neither()
    return flag == 8


def _neither() -> DamagedChunk:
    return DamagedChunk("a sample that says neither that it has a timestamp nor that it has none")


def _sample(dtype: np.dtype[Any], n_channels: int, *, stamped: bool) -> np.dtype[Any]:
    fields: list[tuple[Any, ...]] = [("n", "u1"), ("values", dtype, (n_channels,))]
    return np.dtype([fields[0], ("t", "<f8"), fields[1]] if stamped else fields)
