"""Writing bytes to files in place, and knowing how many got there."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Sequence

MAX_PIECES = 1024
"""A system takes no more at once: IOV_MAX of POSIX systems."""
FULL = frozenset(number for number in (errno.ENOSPC, getattr(errno, "EDQUOT", None), errno.EFBIG) if number is not None)


def write_some(file: io.FileIO, pieces: Sequence[memoryview]) -> int:
    """Write what fits of some pieces of bytes, none of them empty, where the file stands; return how many bytes."""
    if len(pieces) == 1:
        return file.write(pieces[0]) or 0
    if hasattr(os, "writev"):
        return os.writev(file.fileno(), pieces[:MAX_PIECES])
    return file.write(b"".join(pieces)) or 0


def write_at(file: io.FileIO, offset: int, pieces: Sequence[memoryview]) -> tuple[int, OSError | None]:
    """Write pieces at `offset`, one after the other; return how many bytes got there, and why not all of them did.

    Seek and write rather than ``pwrite``, which Windows lacks; never through a memory map, which a full disk
    ends with SIGBUS.
    """
    done = 0
    try:
        file.seek(offset)
        while pieces:
            n = write_some(file, pieces)
            if n <= 0:
                return done, OSError(errno.EIO, "nothing was written")
            done += n
            pieces = after(pieces, n)
    except OSError as error:
        return done, error
    return done, None


def after(pieces: Sequence[memoryview], n_bytes: int) -> Sequence[memoryview]:
    """Return what is left of pieces behind their first `n_bytes`."""
    for i, piece in enumerate(pieces):
        if n_bytes < len(piece):
            return [piece[n_bytes:], *pieces[i + 1 :]]
        n_bytes -= len(piece)
    return []


def append(file: io.FileIO, end: int, data: bytes) -> None:
    """Write `data` at the file's `end`, whole or not at all.

    Raises
    ------
    OSError
        When it does not fit; the file is cut back to `end`.
    """
    _, error = write_at(file, end, [memoryview(data)])
    if error is not None:
        file.truncate(end)
        raise error


def is_full(error: OSError) -> bool:
    """Whether `error` means that there is no room left, rather than that the disk failed."""
    return error.errno in FULL
