"""What the samples of a stored stream are like, channel by channel, and whether their checksums hold."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sources.info import StreamInfo
from ..sources.quality import AT_LIMIT
from .errors import SessionError
from .progress import Progress
from .stored import StoredStream

PIECE_BYTES = 4 * 2**20
N_COLUMNS = 96
"""Pieces of equal length in time into which a session is cut to show what happens when."""
MOST_STRIPS = 512
MOST_TOLD = 20
STRIP = ".12345"
"""How strong a channel is in a piece, from nothing to its strongest; see also the four marks below."""
NOTHING, MISSING, FLAT, CLIPPED = " ", "x", "f", "c"
FLAT_CELL, CLIPPED_CELL = 0.95, 0.001


@dataclass(frozen=True)
class ChannelFigures:
    """What is known of each channel; every array has shape (n_channels,), float64, NaN where it cannot be told.

    Parameters
    ----------
    flat
        Share of samples that repeat the one before, 0 to 1.
    longest_flat
        The longest run of equal samples, samples.
    clipped
        Share of samples at the device's limits or, where those are not known, on flat tops, 0 to 1; as in
        `myoscope.sources.quality`.
    missing
        Share of samples that are no numbers, 0 to 1.
    spread
        Root mean square about the mean, in the stream's unit.
    lowest, highest
        In the stream's unit.
    """

    flat: NDArray[np.float64]
    longest_flat: NDArray[np.float64]
    clipped: NDArray[np.float64]
    missing: NDArray[np.float64]
    spread: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]


class Wrong(NamedTuple):
    """Rows that cannot be read, or are not what was recorded.

    Parameters
    ----------
    first, last
        Numbers of the first and the last row.
    what
        ``samples``, ``timestamps`` or ``samples and timestamps``.
    why
        The file, or why it cannot be read.
    """

    first: int
    last: int
    what: str
    why: str


@dataclass(frozen=True)
class SampleFigures:
    """What one pass over a stream's samples told.

    Parameters
    ----------
    channels
        Figures of each channel.
    strips
        One text a channel, a letter for each of `N_COLUMNS` pieces of the session: how strong it is there.
    n_checked
        Chunks whose checksum was made out, samples and timestamps counted as one.
    n_chunks
        Chunks there are.
    wrong
        Rows that cannot be read, or are not what was recorded.
    """

    channels: ChannelFigures
    strips: tuple[str, ...]
    n_checked: int
    n_chunks: int
    wrong: tuple[Wrong, ...]


def measure_samples(
    stream: StoredStream, checksums: object, span: tuple[float, float], progress: Progress
) -> SampleFigures:
    """Read all samples of a stream once, in constant memory.

    Parameters
    ----------
    stream
        Any stored stream.
    checksums
        What ``checksums.json`` holds of it; anything else where it holds nothing.
    span
        First and last moment of the session, s, LSL clock.
    progress
        Told the share done.

    Raises
    ------
    Stopped
        From `progress`.
    """
    from .channel_kernels import N_STATES, N_SUMS, add_rows

    info = stream.info
    low, high = raw_limits(info)
    edges = _edges(stream, span)
    sums = np.zeros((N_COLUMNS, info.n_channels, N_SUMS))
    state = np.zeros((info.n_channels, N_STATES))
    wrong: list[Wrong] = []
    n_checked = n_chunks = 0
    for chunk in _chunks(stream, checksums):
        crcs = [0, 0]
        n_chunks += 1
        try:
            for first, last, column in _pieces(stream, chunk.first, chunk.last, edges):
                data, timestamps = stream.read(first, last)
                if chunk.known is not None:
                    crcs = [zlib.crc32(data.data, crcs[0]), zlib.crc32(timestamps.data, crcs[1])]
                rows = data.reshape(len(data), -1)
                add_rows(sums[column], state, rows if rows.dtype.isnative else _native(rows), low, high)
                progress(last / max(1, stream.n_samples))
        except SessionError as error:
            wrong.append(Wrong(chunk.first, chunk.last - 1, "samples and timestamps", str(error)))
            continue
        if chunk.known is None:
            continue
        n_checked += 1
        n_rows, *known = chunk.known
        for which, crc in enumerate(known):
            if crc != crcs[which] or n_rows != chunk.last - chunk.first:
                file = _file(stream, which, chunk.first)
                wrong.append(Wrong(chunk.first, chunk.last - 1, ("samples", "timestamps")[which], file))
    return SampleFigures(_channels(info, sums, state), _strips(sums), n_checked, n_chunks, tuple(wrong))


def raw_limits(info: StreamInfo) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return from where on raw numbers count as at the device's limits, shape (n_channels,) each; NaN if unknown."""
    unknown = np.full(info.n_channels, np.nan)
    limits, scales = info.limits, info.scales
    if limits is None:
        return unknown, unknown.copy()
    low, high = (limit.astype(np.float64) for limit in limits)
    within = AT_LIMIT * (high - low)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(low + within) / scales, (high - within) / scales])
    ends[:, ~np.isfinite(ends).all(axis=0)] = np.nan
    return ends.min(axis=0), ends.max(axis=0)


class _Chunk(NamedTuple):
    first: int
    last: int
    known: tuple[Any, ...] | None


def _chunks(stream: StoredStream, checksums: object) -> Iterator[_Chunk]:
    """Return the rows that share a checksum; compaction puts them into other files, but leaves them these rows."""
    told = stream.attributes.get("chunk_rows")
    rows = stream.layouts[0].chunk_rows
    known = checksums.get("chunks") if isinstance(checksums, Mapping) else None
    if type(told) is int and 0 < told <= 2**31 and rows % told == 0:
        rows = told
    for number, first in enumerate(range(0, stream.n_samples, rows)):
        entry = known[number] if isinstance(known, list) and number < len(known) else None
        whole = isinstance(entry, list) and len(entry) == 3 and all(type(value) is int for value in entry)
        yield _Chunk(first, min(first + rows, stream.n_samples), tuple(entry) if whole and entry else None)


def _pieces(stream: StoredStream, first: int, last: int, edges: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Cut rows where columns begin, and into pieces of a few MiB."""
    most = max(1, PIECE_BYTES // max(1, stream.layouts[0].row_bytes))
    while first < last:
        column = int(np.searchsorted(edges, first, side="right")) - 1
        column = min(max(column, 0), N_COLUMNS - 1)
        border = int(edges[column + 1]) if column + 1 < len(edges) - 1 else last
        end = min(last, first + most, max(border, first + 1))
        yield first, end, column
        first = end


def _edges(stream: StoredStream, span: tuple[float, float]) -> NDArray[np.int64]:
    """Return the first row of each column, and the number of rows, shape (n_columns + 1,); never falling."""
    moments = np.linspace(*span, N_COLUMNS + 1)
    try:
        edges = np.array([stream.index_at(float(t)) for t in moments], dtype=np.int64)
    except SessionError:
        # Timestamps are missing: rows do as well.
        edges = np.linspace(0, stream.n_samples, N_COLUMNS + 1).astype(np.int64)
    edges[0], edges[-1] = 0, stream.n_samples
    return np.maximum.accumulate(np.minimum(edges, stream.n_samples))


def _native(rows: NDArray[Any]) -> NDArray[Any]:
    return rows.astype(rows.dtype.newbyteorder("="))


def _file(stream: StoredStream, which: int, row: int) -> str:
    """Return the name of the chunk file that a row was recorded in."""
    layout = stream.layouts[which]
    name = layout.chunk_path(row // layout.chunk_rows).name
    return f"{name} as it was recorded" if stream.is_compacted_array(which) else name


def _channels(info: StreamInfo, sums: NDArray[np.float64], state: NDArray[np.float64]) -> ChannelFigures:
    from ..sources.quality_kernels import LEAST_STEPS

    known, total, squares, same, limit, present = sums.sum(axis=0).T
    scales = info.scales
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / known
        spread = np.sqrt(np.maximum(squares / known - mean**2, 0)) * np.abs(scales)
        flat = np.where(known > 1, same / (known - 1), np.nan)
        coarse = ~(state[:, 5] - state[:, 8] >= LEAST_STEPS * state[:, 11])
        tops = np.where(coarse, 0.0, state[:, 6] + state[:, 9])
        clipped = np.maximum(limit, np.where(np.isfinite(raw_limits(info)[0]), 0.0, tops)) / known
        missing = np.where(present > 0, 1 - known / present, np.nan)
    ends = np.sort(np.stack([state[:, 8] * scales, state[:, 5] * scales]), axis=0)
    ends[:, known == 0] = np.nan
    # A run of n repeats is n + 1 equal samples.
    longest = np.where(state[:, 4] > 0, state[:, 4] + 1, 0.0)
    return ChannelFigures(flat, longest, np.where(known > 0, clipped, np.nan), missing, spread, ends[0], ends[1])


def _strips(sums: NDArray[np.float64]) -> tuple[str, ...]:
    if sums.shape[1] > MOST_STRIPS:
        return ()
    known, total, squares, same, limit, present = np.moveaxis(sums, 2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.maximum(squares / known - (total / known) ** 2, 0.0)
    strips = []
    for channel in range(sums.shape[1]):
        rms = np.sqrt(power[:, channel])
        heard = rms[np.isfinite(rms)]
        most = float(heard.max()) if len(heard) else 0.0
        letters = []
        for column in range(len(rms)):
            n, n_present = known[column, channel], present[column, channel]
            if not n_present:
                letters.append(NOTHING)
            elif n < n_present:
                letters.append(MISSING)
            elif limit[column, channel] >= max(1.0, CLIPPED_CELL * n):
                letters.append(CLIPPED)
            elif n > 1 and same[column, channel] >= FLAT_CELL * (n - 1):
                letters.append(FLAT)
            else:
                # Square roots show a quiet muscle beside a strong one.
                share = math.sqrt(rms[column] / most) if most > 0 and math.isfinite(rms[column]) else 0.0
                letters.append(STRIP[min(len(STRIP) - 1, math.ceil(share * (len(STRIP) - 1)))])
        strips.append("".join(letters))
    return tuple(strips)
