"""Files of one JSON object a line, which grow while a session is recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from . import disk
from .errors import SessionError
from .layout import MAX_LINE_BYTES, MAX_LINES_BYTES, parse_json, read_bytes, sync_file

MAX_TEXT = 32 * 2**10


class Lines(NamedTuple):
    """What a file of lines held.

    Parameters
    ----------
    objects
        One a line, in order.
    n_damaged
        Lines in the middle that could not be read.
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
    n_whole = data.rfind(b"\n") + 1
    objects, n_damaged = [], 0
    for line in data[:n_whole].split(b"\n")[:-1]:
        try:
            if len(line) > MAX_LINE_BYTES:
                raise SessionError(f"A line of {path} is over {MAX_LINE_BYTES:,} bytes long.")
            objects.append(parse_json(line, path))
        except SessionError:
            # Counted, and told by whoever checks the session; the other lines are good.
            n_damaged += 1
    return Lines(objects, n_damaged, n_whole, len(data))
