"""Which files a session's folder holds, and how each may change once it is closed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from .errors import SessionError
from .layout import ABOUT, BALLAST, COMMITS, EVENTS, LOCK, MANIFEST, REPORT_HTML, REPORT_JSON, plain_folder

Kind = Literal["whole", "prefix", "derived"]

MAX_FILES = 1_000_000
MAX_DEPTH = 8
GROWING = (EVENTS, ABOUT)
"""Files that may get further lines after the session was closed."""
OVERVIEW = "overview"
_PASSING = (MANIFEST, COMMITS, BALLAST, LOCK)
_FOREIGN = (".DS_Store", "Thumbs.db", "desktop.ini")


def kind_of(path: str) -> Kind:
    """Return how a file is covered, by its path below the session's folder."""
    parts = path.split("/")
    if path in (REPORT_JSON, REPORT_HTML) or any(part.startswith(OVERVIEW) for part in parts[1:-1]):
        return "derived"
    return "prefix" if path in GROWING else "whole"


def files_of(folder: Path) -> Iterator[tuple[str, int]]:
    """Return path below the folder, and length, of each plain file that lasts; links are not followed.

    Raises
    ------
    SessionError
        When the folder cannot be read, or holds more files than any recording.
    """
    n_files = 0
    waiting = [(plain_folder(folder), "")]
    while waiting:
        inside, prefix = waiting.pop()
        try:
            with os.scandir(inside) as found:
                entries = [(entry.name, entry.stat(follow_symlinks=False)) for entry in found]
        except OSError as error:
            raise SessionError(f"{inside} cannot be read: {error.strerror or error}.") from error
        for name, status in entries:
            path = prefix + name
            if stat.S_ISDIR(status.st_mode) and prefix.count("/") < MAX_DEPTH:
                waiting.append((inside / name, f"{path}/"))
            elif stat.S_ISREG(status.st_mode) and not _is_passing(path, name):
                yield path, status.st_size
        n_files += len(entries)
        if n_files > MAX_FILES:
            raise SessionError(f"{folder} holds over {MAX_FILES:,} files. No recording of ours does.")


def _is_passing(path: str, name: str) -> bool:
    """Whether a file comes and goes, or is the system's own."""
    return path in _PASSING or name in _FOREIGN or name.endswith(".new") or name.startswith("._")
