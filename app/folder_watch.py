"""What the recordings folder holds, and how much room its disk has: looked at in the background."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .worker import Worker, stop_all

if TYPE_CHECKING:
    from ..recordings.numbering import NumberedTake

LOOK_EVERY_S = 1.0
NOT_WRITABLE = -1.0
"""Instead of how much room there is."""


class FolderWatch:
    """Keeps the list of takes and the disk's room up to date, off the main thread: a disk may take its time.

    Only sessions that changed since the last look are read again.

    Parameters
    ----------
    folder
        Returns the recordings folder.
    on_problem
        Told what goes wrong.
    """

    def __init__(self, folder: Callable[[], Path], on_problem: Callable[[str], None]) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[tuple[tuple[int, int], ...], NumberedTake | None]] = {}
        self.takes: tuple[NumberedTake, ...] | None = None
        """Takes in the folder, in the order of their names; None before the first look."""
        self.disk_free_bytes = float("nan")
        """Room for recordings, bytes; NaN before the first look, `NOT_WRITABLE` where nothing may be written."""
        self._looking = threading.Lock()
        self._again = True
        self._left_s = 0.0
        self._worker = Worker("recordings folder", self._step, on_error=lambda _, error: on_problem(str(error)))

    def start(self) -> FolderWatch:
        """Begin to look."""
        self._worker.start()
        return self

    def look_again(self) -> None:
        """Do not wait for the next time."""
        self._again = True

    def stop(self) -> None:
        """End it."""
        stop_all([self._worker])

    def _step(self) -> float:
        self._left_s -= 0.1
        if self._again or self._left_s <= 0:
            self._again, self._left_s = False, LOOK_EVERY_S
            self.look()
        return 0.1

    def look(self) -> tuple[NumberedTake, ...]:
        """Look now and return the takes. Any thread may call it; the disk may take its time."""
        with self._looking:
            folder = self._folder()
            self.disk_free_bytes = room_for(folder)
            self.takes = takes = tuple(self._takes(folder))
        return takes

    def _takes(self, folder: Path) -> Iterator[NumberedTake]:
        from ..recordings.numbering import read_take, session_folders

        known, self._known = self._known, {}
        for path in session_folders(folder):
            changed = tuple(_changed(path / name) for name in ("zarr.json", "about.jsonl"))
            entry = known.get(path)
            if entry is None or entry[0] != changed:
                entry = changed, read_take(path)
            self._known[path] = entry
            if entry[1] is not None:
                yield entry[1]


def _changed(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def room_for(folder: Path) -> float:
    """Return how much room there is for recordings in a folder that may have to be made first, bytes."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        return float(shutil.disk_usage(there).free) if os.access(there, os.W_OK) else NOT_WRITABLE
    except OSError:
        return NOT_WRITABLE
