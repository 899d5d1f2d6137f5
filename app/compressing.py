"""Compressing recordings in the background, some time after they were stopped."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..recordings.progress import Progress, Stopped
from ..sources.language import tr
from .backlog import Backlog
from .format_words import size_text
from .jobs import Job, Jobs
from .log import Log
from .settings import Settings
from .state import EngineState

if TYPE_CHECKING:
    from ..recordings.compaction import Compacted
    from ..recordings.session_report import Report

REST_S = 0.1
"""The longest rest between two pieces of work."""
NICENESS = 10


class Compressing:
    """Compresses one recording at a time, when nothing else is to be done. The main thread calls it.

    While a recording runs, or the session itself is replayed, it stands still and goes on after that. What was not
    done when the program ended is remembered, and done the next time.

    Parameters
    ----------
    jobs
        Runs the work.
    settings
        Whether it is wanted, and what is left to do.
    log
        Told of recordings that are gone.
    wait
        How to stand still for some seconds.
    """

    def __init__(self, jobs: Jobs, settings: Settings, log: Log, wait: Callable[[float], object] = time.sleep) -> None:
        self._jobs, self._settings, self._wait = jobs, settings, wait
        self._left = Backlog(settings, "uncompressed", jobs, log)
        self._job: Job | None = None
        self._path = Path()
        self._recording = False
        self._replayed: Path | None = None

    def recorded(self, path: Path, report: Report) -> None:
        """Take on a recording that was just sealed and checked, unless something is wrong with it. Any thread."""
        if self._settings.compress and report.ok:
            self.add(path)

    def add(self, path: Path) -> None:
        """Take on a session. Any thread may call it."""
        self._left.add(path)

    @property
    def wanted(self) -> bool:
        """Whether recordings are compressed after they were stopped."""
        return self._settings.compress

    def toggle(self) -> None:
        """Compress recordings from now on, or do not; what is being compressed is stopped then."""
        self._settings.compress = not self._settings.compress
        if not self._settings.compress:
            self._left.clear()
            if self._job is not None:
                self._job.stop()

    def look(self, state: EngineState) -> None:
        """Begin with the next recording when it is time; cheap, called once a frame.

        Parameters
        ----------
        state
            The engine's, of this moment.
        """
        self._recording = state.recording is not None
        self._replayed = state.replay.path if state.replay is not None else None
        if self._job is not None:
            if self._job.done:
                # Done, stopped by a person, or not to be done: in no case again by itself.
                self._left.forget(self._path)
                self._job = None
            return
        path = self._left.due(state)
        if path is not None:
            self._path = path
            self._job = self._jobs.start(tr("Compressing {name}").format(name=path.stem), self._compress)

    # In the job's thread

    def _compress(self, progress: Progress) -> str:
        from ..recordings import SessionError
        from ..recordings.compaction import compact_session

        if sys.platform.startswith("linux"):
            # Of this thread alone; where it is not allowed the rests do.
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        path, begun = self._path, time.monotonic()

        def paced(share: float) -> None:
            nonlocal begun
            progress(share)
            while self._recording or self._replayed == path:
                self._wait(REST_S)
                progress(share)
            # As much rest as work: half a core at most.
            self._wait(min(REST_S, time.monotonic() - begun))
            begun = time.monotonic()

        try:
            return compacted_words(compact_session(path, paced))
        except Stopped:
            return tr("Compressing {name} was stopped; the recording is complete.").format(name=path.stem)
        except SessionError:
            if path.is_dir():
                raise
            # Set aside or removed meanwhile; what was half done is tidied up when it is opened.
            return ""


def compacted_words(done: Compacted) -> str:
    """Return what became of a session, in a sentence."""
    if done.already:
        return tr("{name} is compressed already.").format(name=done.path.name)
    words = tr("{name}: {before} became {after}, {times:.1f} times less; every sample was read back and verified.")
    return words.format(
        name=done.path.name,
        before=size_text(done.n_bytes_before),
        after=size_text(done.n_bytes_after),
        times=done.n_bytes_before / max(1, done.n_bytes_after),
    )
