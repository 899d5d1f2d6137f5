"""The commit log: after each write, how far a chunk has come and what its bytes add up to.

A record is 36 bytes, little-endian: ``b"MYC1"``, group number, chunk number, rows in the chunk so far, CRC-32 of
those rows of ``samples`` and of ``timestamps`` (uint32 each), samples named as lost in the group so far (uint64),
CRC-32 of the 32 bytes before (uint32). A record says something about the whole chunk up to its rows, so any
record alone proves all bytes before it. Pure functions; the recorder owns the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .checksum import crc32

MAGIC = b"MYC1"
RECORD = struct.Struct("<4sIIIIIQI")
RECORD_BYTES = RECORD.size
MAX_LOG_BYTES = 512 * 2**20
_BODY = struct.Struct("<4sIIIIIQ")
_FIELDS = np.dtype(
    [
        ("magic", "S4"),
        ("group", "<u4"),
        ("chunk", "<u4"),
        ("rows", "<u4"),
        ("crc_samples", "<u4"),
        ("crc_timestamps", "<u4"),
        ("lost", "<u8"),
        ("crc", "<u4"),
    ]
)


class Commit(NamedTuple):
    """The state of one chunk of one group after a write.

    Parameters
    ----------
    group
        Number of the group in the session's list.
    chunk
        Number of the chunk in the group.
    rows
        Rows in the chunk so far.
    crc_samples, crc_timestamps
        CRC-32 of the bytes of those rows.
    lost
        Samples named as lost in the group so far, in all chunks.
    """

    group: int
    chunk: int
    rows: int
    crc_samples: int
    crc_timestamps: int
    lost: int = 0


def encode(commit: Commit) -> bytes:
    """Return a commit's record, 36 bytes."""
    body = _BODY.pack(MAGIC, *commit)
    return body + crc32(body).to_bytes(4, "little")


def decode(data: bytes) -> list[Commit]:
    """Return the commits whose records are whole, in order; torn and foreign ones are skipped."""
    return list(_believed(_records(data)))


def decode_from(data: bytes, n_durable_chunks: Iterable[int], chunk_rows: Iterable[int]) -> list[Commit]:
    """Like `decode`, but only what recovery needs: full chunks, and everything at the end of each group.

    Parameters
    ----------
    data
        The log.
    n_durable_chunks, chunk_rows
        For each group: chunks that are complete and published, and rows of a full chunk.
    """
    first = np.fromiter(n_durable_chunks, dtype=np.int64)
    full = np.fromiter(chunk_rows, dtype=np.int64)
    records = _records(data)
    records = records[records["group"] < len(first)]
    groups = records["group"]
    return list(_believed(records[(records["chunk"] >= first[groups]) | (records["rows"] == full[groups])]))


def _records(data: bytes) -> NDArray[np.void]:
    records = np.frombuffer(data, dtype=_FIELDS, count=len(data) // RECORD_BYTES)
    known: NDArray[np.void] = records[records["magic"] == MAGIC]
    return known


def _believed(records: NDArray[np.void]) -> Iterable[Commit]:
    raw = records.tobytes()
    for start in range(0, len(raw), RECORD_BYTES):
        *values, crc = RECORD.unpack_from(raw, start)
        if crc32(raw[start : start + _BODY.size]) == crc:
            yield Commit(*values[1:])
