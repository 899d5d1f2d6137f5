"""Writing bytes to files in place, and knowing how many got there."""

from __future__ import annotations

import errno
import io

FULL = frozenset(number for number in (errno.ENOSPC, getattr(errno, "EDQUOT", None), errno.EFBIG) if number is not None)


def write_some(file: io.FileIO, data: memoryview) -> int:
    """Write what fits of `data` where the file stands; return how many bytes that was."""
    return file.write(data) or 0


def write_at(file: io.FileIO, offset: int, data: memoryview) -> tuple[int, OSError | None]:
    """Write `data` at `offset`; return how many bytes got there, and why not all of them did.

    Seek and write rather than ``pwrite``, which Windows lacks; never through a memory map, which a full disk
    ends with SIGBUS.
    """
    done = 0
    try:
        file.seek(offset)
        while done < len(data):
            n = write_some(file, data[done:] if done else data)
            if n <= 0:
                return done, OSError(errno.EIO, "nothing was written")
            done += n
    except OSError as error:
        return done, error
    return done, None


def append(file: io.FileIO, end: int, data: bytes) -> None:
    """Write `data` at the file's `end`, whole or not at all.

    Raises
    ------
    OSError
        When it does not fit; the file is cut back to `end`.
    """
    _, error = write_at(file, end, memoryview(data))
    if error is not None:
        file.truncate(end)
        raise error


def is_full(error: OSError) -> bool:
    """Whether `error` means that there is no room left, rather than that the disk failed."""
    return error.errno in FULL
