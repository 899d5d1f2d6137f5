"""Finding the chunks of an XDF file, also of one that is damaged: at the next boundary chunk it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from .xdf_chunks import BOUNDARY, BOUNDARY_UUID, FILE_HEADER, MAGIC, MAX_CHUNK_BYTES, STREAM_FOOTER

_SEARCH_BYTES = 2**20


class Frame(NamedTuple):
    """One chunk.

    Parameters
    ----------
    tag
        What it is.
    at
        Where its content begins in the file.
    content
        What follows the tag.
    """

    tag: int
    at: int
    content: bytes


class Skipped(NamedTuple):
    """Bytes that could not be read.

    Parameters
    ----------
    first, last
        Where they begin, and where reading goes on.
    reason
        What was wrong.
    """

    first: int
    last: int
    reason: str


def frames(file: BinaryIO, size: int) -> Iterator[Frame | Skipped]:
    """Yield the chunks of a file of `size` bytes that begins with `MAGIC`, and what had to be skipped.

    A declared length is compared with the file's before anything of it is read.
    """
    at = len(MAGIC)
    while at < size:
        found = _frame(file, at, size)
        if isinstance(found, Frame):
            inside = found.content.find(BOUNDARY_UUID) if found.tag != BOUNDARY else -1
            if inside < 0:
                yield found
                at = found.at + len(found.content)
                continue
            # A boundary inside of another chunk: that chunk's length is wrong.
            last, reason = found.at + inside + len(BOUNDARY_UUID), "a chunk of a wrong length"
        else:
            last, reason = _after_boundary(file, at + 1, size), found
        yield Skipped(at, last, reason)
        at = last


def _frame(file: BinaryIO, at: int, size: int) -> Frame | str:
    """Return the chunk that begins at byte `at`, or why none does."""
    # Never back by a few bytes: in a file that is gzip that would begin anew.
    if file.tell() != at:
        file.seek(at)
    n_length = int.from_bytes(file.read(1), "little")
    if n_length not in (1, 4, 8):
        return "no chunk where one should begin"
    length = int.from_bytes(file.read(n_length), "little")
    begins = at + 1 + n_length
    if length < 2 or begins + length > size:
        return "a chunk that is torn off" if length >= 2 else "a chunk too short to be one"
    if length - 2 > MAX_CHUNK_BYTES:
        return f"a chunk of over {MAX_CHUNK_BYTES // 2**20} MiB"
    data = file.read(length)
    tag = int.from_bytes(data[:2], "little")
    if len(data) < length or not FILE_HEADER <= tag <= STREAM_FOOTER:
        return "a chunk of no kind that there is"
    return Frame(tag, begins + 2, data[2:])


def _after_boundary(file: BinaryIO, at: int, size: int) -> int:
    """Return where the first boundary chunk from byte `at` on ends; the file's end where there is none."""
    overlap = len(BOUNDARY_UUID) - 1
    while at < size:
        file.seek(at)
        block = file.read(_SEARCH_BYTES)
        found = block.find(BOUNDARY_UUID)
        if found >= 0:
            return at + found + len(BOUNDARY_UUID)
        if len(block) <= overlap:
            break
        at += len(block) - overlap
    return size
