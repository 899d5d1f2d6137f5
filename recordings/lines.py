"""Files of one JSON object a line, which grow while a session is recorded."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from . import disk
from .errors import SessionError
from .layout import MAX_LINE_BYTES, MAX_LINES, MAX_LINES_BYTES, parse_json, read_bytes, sync_file

MAX_TEXT = 32 * 2**10
MAX_DAMAGED = 20_000
AT_ONCE_BYTES = 64 * 2**10


class Lines(NamedTuple):
    """What a file of lines held.

    Parameters
    ----------
    objects
        One a line, in order.
    n_damaged
        Lines in the middle that could not be read; all beyond `MAX_LINES`, or `MAX_DAMAGED`, as one.
    n_whole_bytes
        Length up to the end of the last whole line; whatever follows was torn off.
    n_bytes
        Length of the file.
    """

    objects: list[dict[str, Any]]
    n_damaged: int
    n_whole_bytes: int
    n_bytes: int


class LineWriter:
    """Appends JSON objects to a file, each whole or not at all.

    Parameters
    ----------
    path
        The file, made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._n_bytes = self._file.seek(0, 2)
        self._dirty = True

    def write(self, value: Mapping[str, Any]) -> None:
        """Append one line.

        Raises
        ------
        OSError
            When it does not fit; the file is then as before.
        """
        cut = {key: text[:MAX_TEXT] if isinstance(text, str) else text for key, text in value.items()}
        line = json.dumps(cut, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        disk.append(self._file, self._n_bytes, line)
        self._n_bytes += len(line)
        self._dirty = True

    def sync(self) -> None:
        """Wait until all lines are on the disk."""
        if self._dirty:
            sync_file(self._file.fileno())
            self._dirty = False

    def close(self) -> None:
        """Let the file go. Safe to call twice."""
        self._file.close()


def read_lines(path: Path) -> Lines:
    """Read a file of lines; one that is missing is empty.

    Raises
    ------
    SessionError
        When it is no plain file, or larger than any session's.
    """
    if not path.is_symlink() and not path.exists():
        return Lines([], 0, 0, 0)
    data = read_bytes(path, MAX_LINES_BYTES)
    found = list(_objects(data, path))
    objects = [one for one in found if one is not None]
    return Lines(objects, len(found) - len(objects), data.rfind(b"\n") + 1, len(data))


def objects_of(path: Path) -> Iterator[dict[str, Any] | None]:
    """Yield the object of each line, None where there is none; for files of which not every object is kept.

    Raises
    ------
    SessionError
        As `read_lines`.
    """
    if path.is_symlink() or path.exists():
        yield from _objects(read_bytes(path, MAX_LINES_BYTES), path)


@contextmanager
def no_collection() -> Iterator[None]:
    """Spare Python its search for cycles while many objects are made that are in none: a quarter of the time.

    Other threads are spared it, too, for less than a second. Any thread may call it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _objects(data: bytes, path: Path) -> Iterator[dict[str, Any] | None]:
    first, n_lines, n_damaged = 0, 0, 0
    while (last := _end_of_lines(data, first)) > first:
        n_lines += data.count(b"\n", first, last)
        if n_lines > MAX_LINES or n_damaged > MAX_DAMAGED:
            # Nothing of ours: a file of nothing but ends of lines would become objects of a gigabyte.
            yield None
            return
        together = _parsed_together(data[first:last])
        if together is not None:
            yield from together
        else:
            for line in data[first : last - 1].split(b"\n"):
                one = _parsed(line, path)
                n_damaged += one is None
                yield one
        first = last


def _end_of_lines(data: bytes, first: int) -> int:
    """Return where some of the lines that begin at byte `first` end; `first` where none is whole."""
    end = data.rfind(b"\n", first, first + AT_ONCE_BYTES)
    return (end if end >= 0 else data.find(b"\n", first)) + 1 or first


def _parsed_together(lines: bytes) -> list[dict[str, Any]] | None:
    """Return the objects of lines that are all in order, three times as fast as one by one; else None."""
    try:
        values = parse_json(b'{"":[' + lines[:-1].replace(b"\n", b",") + b"]}", "")[""]
    except SessionError:
        return None
    fine = len(values) == lines.count(b"\n") and all(type(value) is dict for value in values)
    return values if fine else None


def _parsed(line: bytes, path: Path) -> dict[str, Any] | None:
    try:
        if len(line) > MAX_LINE_BYTES:
            raise SessionError(f"A line of {path} is over {MAX_LINE_BYTES:,} bytes long.")
        return parse_json(line, path)
    except SessionError:
        # Counted, and told by whoever checks the session; the other lines are good.
        return None
