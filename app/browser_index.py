"""What is known of every recorded session, kept on the disk so that a thousand of them show at once."""

from __future__ import annotations

import base64
import json
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from .browser_summary import SUFFIX, SessionEntry, StreamFacts, summary_of
from .worker import Worker, stop_all

MAX_DEPTH = 6
MAX_FOLDERS = 50_000
MAX_SESSIONS = 20_000
MAX_CACHE_BYTES = 64 * 2**20
LOOK_EVERY_S = 2.0
PAUSE_S = 0.1
ROUND_S, REST_S = 0.04, 0.02
"""So long it reads at a time, and so long it rests in between: the window goes on drawing."""
SAVE_EVERY_S = 5.0
VERSION = 2

Stamp = tuple[int, ...]


class Library:
    """Finds sessions and sums them up, in the background. `entries` may be read by any thread.

    Parameters
    ----------
    folders
        Returns where to look; what is below is found, too.
    on_problem
        Told what goes wrong.
    cache
        The file in which summaries are kept.
    clock
        For short rounds of work, s; a test passes its own.
    """

    def __init__(
        self,
        folders: Callable[[], list[Path]],
        on_problem: Callable[[str], None],
        cache: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = folders
        self._cache = cache if cache is not None else cache_path()
        self._clock = clock
        self._known: dict[Path, tuple[Stamp, SessionEntry]] | None = None
        self._waiting: deque[tuple[Path, Stamp]] = deque()
        self._unsaved = False
        self._saved_at = -SAVE_EVERY_S
        self._soon = True
        self._due = 0.0
        self.entries: tuple[SessionEntry, ...] | None = None
        """Newest first; None before the first look."""
        self.n_waiting = 0
        """Sessions found that are not summed up yet."""
        self._worker = Worker("library", self.step, finish=self._save, on_error=lambda _, error: on_problem(str(error)))

    def start(self) -> Library:
        """Begin to look."""
        self._worker.start()
        return self

    def stop(self) -> None:
        """End it, and keep what is known."""
        stop_all([self._worker])

    def look_soon(self) -> None:
        """Look within a moment: something was changed. Any thread may call it."""
        self._soon = True

    def step(self) -> float:
        """Look once, for a short time; return how long to pause, s. The library's own thread calls it."""
        began = self._clock()
        if not self._soon and not self._waiting and began < self._due:
            return PAUSE_S
        if self._known is None:
            self._known = read_cache(self._cache)
        known = self._known
        # While there is much to sum up, what is there is listed only now and then.
        if self._soon or began >= self._due or not self._waiting:
            self._list(known)
            self._due = self._clock() + LOOK_EVERY_S
        while self._waiting:
            path, stamp = self._waiting.popleft()
            known[path] = (stamp, summary_of(path))
            self._unsaved = True
            if self._clock() - began > ROUND_S:
                break
        self.n_waiting = len(self._waiting)
        entries = tuple(sorted((entry for _, entry in known.values()), key=_newest_first, reverse=True))
        if entries != self.entries:
            self.entries = entries
        if self._unsaved and (not self._waiting or self._clock() - self._saved_at > SAVE_EVERY_S):
            self._save()
        return REST_S if self._waiting else PAUSE_S

    def _list(self, known: dict[Path, tuple[Stamp, SessionEntry]]) -> None:
        self._soon = False
        stamps = {path: stamp_of(path) for path in sessions_below(self._folders())}
        for path in known.keys() - stamps.keys():
            del known[path]
            self._unsaved = True
        waiting = [(path, stamp) for path, stamp in stamps.items() if path not in known or known[path][0] != stamp]
        self._waiting = deque(waiting)

    def _save(self) -> None:
        if self._unsaved and self._known is not None:
            self._unsaved, self._saved_at = False, self._clock()
            write_cache(self._cache, self._known)


def _newest_first(entry: SessionEntry) -> tuple[str, str]:
    return entry.created, str(entry.path)


def cache_path() -> Path:
    """Return where summaries are kept; ``MYOSCOPE_CACHE_DIR`` overrides the user's cache folder."""
    base = os.environ.get("MYOSCOPE_CACHE_DIR") or platformdirs.user_cache_dir("myoscope", appauthor=False)
    return Path(base) / "sessions.json"


def sessions_below(folders: list[Path]) -> Iterator[Path]:
    """Yield the session folders below some folders, each once; links are not followed, nor what is hidden."""
    seen: set[Path] = set()
    waiting = [(folder.absolute(), 0) for folder in reversed(folders)]
    n_folders = 0
    while waiting and n_folders < MAX_FOLDERS and len(seen) < MAX_SESSIONS:
        folder, depth = waiting.pop()
        n_folders += 1
        try:
            with os.scandir(folder) as listed:
                inside = [entry for entry in listed if entry.is_dir(follow_symlinks=False)]
        except OSError:
            # Not there, or not ours to read: nothing of it is shown.
            continue
        for entry in sorted(inside, key=lambda entry: entry.name, reverse=True):
            path = Path(entry.path)
            if entry.name.endswith(SUFFIX):
                if path not in seen:
                    seen.add(path)
                    yield path
            elif depth < MAX_DEPTH and not entry.name.startswith("."):
                waiting.append((path, depth + 1))


def read_subjects(folder: Path) -> list[str]:
    """Return the subjects of the sessions directly in a folder, from their own words; nothing else is read."""
    from ..recordings.numbering import takes_in

    return [take.counted.subject for take in takes_in(folder)]


def stamp_of(path: Path) -> Stamp:
    """Return what changes when a session's summary does."""
    stamp: list[int] = []
    for name in ("zarr.json", "about.jsonl", "report.json", "events.jsonl"):
        try:
            found = (path / name).stat()
            stamp += [found.st_mtime_ns, found.st_size]
        except OSError:
            stamp += [0, 0]
    return tuple(stamp)


def read_cache(path: Path) -> dict[Path, tuple[Stamp, SessionEntry]]:
    """Read what `write_cache` wrote; a file that is damaged, or of another version, is empty."""
    try:
        if path.stat().st_size > MAX_CACHE_BYTES:
            return {}
        values = json.loads(path.read_bytes())
        if not isinstance(values, dict) or values.get("version") != VERSION:
            return {}
        return {Path(name): (tuple(stamp), _entry(Path(name), entry)) for name, (stamp, entry) in values["sessions"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write_cache(path: Path, known: Mapping[Path, tuple[Stamp, SessionEntry]]) -> None:
    """Write summaries in one piece; where that cannot be, they are made anew the next time."""
    rows = [[str(name), [list(stamp), _plain(entry)]] for name, (stamp, entry) in known.items()]
    with suppress(OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"version": VERSION, "sessions": rows}, file, separators=(",", ":"))
        Path(temporary).replace(path)


def _plain(entry: SessionEntry) -> dict[str, Any]:
    values = asdict(replace(entry, thumbnail=b""))
    del values["path"]
    values["thumbnail"] = base64.b64encode(entry.thumbnail).decode()
    return values


def _entry(path: Path, values: dict[str, Any]) -> SessionEntry:
    given = dict(values)
    streams = tuple(StreamFacts(str(n), int(c), float(r), int(s)) for n, c, r, s in _streams(given.pop("streams")))
    thumbnail = base64.b64decode(given.pop("thumbnail"), validate=True)
    usual = SessionEntry(path)
    for field in fields(usual):
        before, value = getattr(usual, field.name), given.get(field.name)
        if isinstance(before, tuple) and isinstance(value, list):
            given[field.name] = tuple(str(one) for one in value)
        elif field.name in given and type(value) is not type(before):
            raise ValueError(field.name)
    return SessionEntry(path, **given, streams=streams, thumbnail=thumbnail)


def _streams(values: list[Any]) -> list[list[Any]]:
    return [list(one.values()) if isinstance(one, dict) else list(one) for one in values]
