"""A session's folder while it is being written: metadata, lock, ballast, commit log, files of lines."""

from __future__ import annotations

import io
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from . import disk
from .about import About
from .commits import Commit, encode
from .errors import RecordingError
from .layout import (
    BALLAST,
    CHECKSUMS,
    CLOCK,
    COMMITS,
    EVENTS,
    FORMAT,
    GAPS,
    LOCK,
    METADATA,
    SUFFIX,
    VERSION,
    replace_json,
    session_name,
    sync_file,
    sync_folder,
    unused,
)
from .lines import LineWriter

BALLAST_BYTES = 256 * 2**10


class SessionFolder:
    """Makes a session's folder and owns its small files. One thread calls it.

    Parameters
    ----------
    path
        A path ending in ``.myo`` becomes the session; in any other folder a new session is made.
    about
        What a person says of it.
    app_version
        Of the program that records.
    clock, utc
        The LSL clock, s, and the time of day.
    facts
        Further attributes, such as ``preflight`` and ``trigger``; plain JSON.

    Raises
    ------
    RecordingError
        When it cannot be written, or is there already.
    """

    def __init__(
        self,
        path: Path,
        about: About,
        app_version: str,
        clock: Callable[[], float],
        utc: Callable[[], datetime],
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        now = utc()
        self._clock, self._utc = clock, utc
        self._lines: dict[str, LineWriter] = {}
        self._log: io.FileIO | None = None
        self._log_end = 0
        self._lock: FileLock | None = None
        self.attributes: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "uuid": str(uuid.uuid4()),
            "created": {"utc": now.isoformat(), "lsl_clock": clock()},
            "app_version": app_version,
            **about.to_json(),
            **(facts or {}),
            "streams": [],
            "state": "recording",
        }
        try:
            self.path = _make(path, about.name, now)
        except FileExistsError:
            raise RecordingError(f"{path} exists already. Choose another name; nothing is ever overwritten.") from None
        except OSError as error:
            raise RecordingError(_cannot_write(path, error)) from error
        self._identity = _identity(self.path)
        try:
            self._begin()
        except OSError as error:
            self.close()
            shutil.rmtree(self.path, ignore_errors=True)
            raise RecordingError(_cannot_write(self.path, error)) from error

    def _begin(self) -> None:
        # Any thread may close what another one opened.
        self._lock = FileLock(self.path / LOCK, thread_local=False)
        self._lock.acquire(timeout=0)
        with (self.path / BALLAST).open("wb", buffering=0) as file:
            # Not zeros: a file system that packs them would keep no room.
            disk.append(file, 0, os.urandom(BALLAST_BYTES))
            sync_file(file.fileno())
        self._log = (self.path / COMMITS).open("xb", buffering=0)
        self._lines = {name: LineWriter(self.path / name) for name in (EVENTS, GAPS, CLOCK)}
        self.anchor()
        self.sync_lines()
        self.write_attributes()
        sync_folder(self.path.parent)

    @property
    def is_there(self) -> bool:
        """Whether the folder is still the one that was made."""
        return _identity(self.path) == self._identity

    @property
    def free_bytes(self) -> int:
        """Room left on its disk."""
        return shutil.disk_usage(self.path).free

    def write_attributes(self) -> None:
        """Put `attributes` on the disk."""
        replace_json(self.path / METADATA, {"zarr_format": 3, "node_type": "group", "attributes": self.attributes})

    def append(self, name: str, line: Mapping[str, Any]) -> None:
        """Append a line to one of the files of lines."""
        self._lines[name].write(line)

    def commit(self, commit: Commit) -> None:
        """Append a record to the commit log."""
        if self._log is not None:
            record = encode(commit)
            disk.append(self._log, self._log_end, record)
            self._log_end += len(record)

    def anchor(self) -> None:
        """Note what time of day it is on the LSL clock."""
        before, utc, after = self._clock(), self._utc(), self._clock()
        times = {"t": (before + after) / 2, "utc": utc.isoformat(), "uncertainty_s": (after - before) / 2}
        self.append(CLOCK, {"kind": "utc", **times})

    def free_ballast(self) -> None:
        """Give up the room that was kept for this moment."""
        (self.path / BALLAST).unlink(missing_ok=True)

    def sync_lines(self) -> None:
        """Wait until events, gaps and clock offsets are on the disk."""
        for lines in self._lines.values():
            lines.sync()

    def sync_log(self) -> None:
        """Wait until the commit log is on the disk."""
        if self._log is not None:
            sync_file(self._log.fileno())

    def complete(self, checksums: Mapping[str, Any], ended: str) -> None:
        """Declare the session complete, and drop what only recovery needs."""
        replace_json(self.path / CHECKSUMS, checksums)
        self.attributes["state"] = "complete"
        if ended:
            self.attributes["ended"] = ended
        self.write_attributes()
        if self._log is not None:
            self._log.close()
            self._log = None
        for name in (COMMITS, BALLAST):
            (self.path / name).unlink(missing_ok=True)
        sync_folder(self.path)

    def close(self) -> None:
        """Let files and lock go. Safe to call twice."""
        for lines in self._lines.values():
            lines.close()
        if self._log is not None:
            self._log.close()
            self._log = None
        if self._lock is not None and self._lock.is_locked:
            self._lock.release()
            if self.attributes["state"] == "complete":
                # Nobody asks a complete session for its writer.
                (self.path / LOCK).unlink(missing_ok=True)


def _make(path: Path, name: str, now: datetime) -> Path:
    if path.suffix == SUFFIX:
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        path.mkdir(parents=True, exist_ok=True)
        path = unused(path, session_name(name, now))
    path.mkdir()
    return path


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _cannot_write(path: Path, error: OSError) -> str:
    if disk.is_full(error):
        return f"The disk of {path} is full. Free space, or record to another disk."
    return f"{path} cannot be written: {error.strerror or error}. Choose a folder that you may write to."
