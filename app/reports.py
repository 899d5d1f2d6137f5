"""Checking recordings in the background: just after Record was stopped, and whenever somebody asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..recordings.layout import clock_text
from ..recordings.progress import Progress, part
from ..sources.language import tr, trn
from .jobs import Job, Jobs
from .log import Log

if TYPE_CHECKING:
    from ..recordings.session_report import Report

SETTLE_S = 2.0
"""How long the end of the program waits for a check that was just begun."""


@dataclass(frozen=True)
class Checked:
    """A session that was checked.

    Parameters
    ----------
    report
        What was found.
    recorded
        Whether it was recorded just before.
    html
        The page in the session; None where it could not be kept.
    """

    report: Report
    recorded: bool
    html: Path | None

    @property
    def words(self) -> str:
        """What is told of it in a line, such as ``Recorded 00:42 · all in order``."""
        begin = tr("Recorded {time}") if self.recorded else tr("Checked {time}")
        return f"{begin.format(time=clock_text(self.report.duration_s))} · {verdict_words(self.report)}"


def verdict_words(report: Report) -> str:
    """Return how many problems or things to look at there are, in words."""
    n = len(report.problems)
    if n:
        return trn("{n} problem", "{n} problems", n).format(n=n)
    n = sum(figure.verdict == "bad" for figure in report.concerns)
    if n:
        words = trn("{n} thing is bad, the files are in order", "{n} things are bad, the files are in order", n)
        return words.format(n=n)
    n = len(report.concerns)
    if n:
        return trn("in order, {n} thing to look at", "in order, {n} things to look at", n).format(n=n)
    return tr("all in order")


class Reports:
    """Runs checks as jobs, one a session. Any thread may call it.

    Parameters
    ----------
    jobs
        Runs them.
    log
        Told how each ended.
    """

    def __init__(self, jobs: Jobs, log: Log) -> None:
        self._jobs = jobs
        self._log = log
        self._lock = threading.Lock()
        self._running: dict[Path, Job] = {}
        self._finishing: list[Job] = []
        self.newest: Checked | None = None
        """The newest one; replaced as a whole."""
        self.automatic = False
        """Whether each recording is sealed and checked when it is stopped; a window says so."""
        self.before: list[Callable[[Path], object]] = []
        """Called with each session that is about to be sealed and checked because it was recorded."""
        self.after: list[Callable[[Path, Report], object]] = []
        """Called in the job's thread with each session that was recorded, sealed and checked."""

    def recorded(self, path: Path, *, earlier: bool = False) -> None:
        """Seal and check a session that was closed, in the background, where that is wanted.

        Parameters
        ----------
        path
            Of the session.
        earlier
            Whether that was some time ago: nobody waits for the report then.
        """
        if self.automatic:
            for tell in self.before:
                tell(path)
            job = self._start(path, partial(self._finish, path, not earlier))
            with self._lock:
                self._finishing = [*(one for one in self._finishing if not one.done), job]

    def check(self, path: Path) -> None:
        """Check a session in the background, and keep the report in it; nothing happens while that is being done."""
        self._start(path, partial(self._check, path))

    def _start(self, path: Path, work: Callable[[Progress], str]) -> Job:
        path = path.resolve()
        with self._lock:
            job = self._running.get(path)
            if job is None or job.done:
                job = self._running[path] = self._jobs.start(tr("Checking {name}").format(name=path.stem), work)
            return job

    def settle(self, timeout_s: float = SETTLE_S) -> None:
        """Wait for checks of what was just recorded, for some time: the program ends, and a short one is soon done."""
        deadline = time.monotonic() + timeout_s
        for job in list(self._finishing):
            self._jobs.wait(job, deadline - time.monotonic())

    def share(self, path: Path) -> float | None:
        """Return how much of a check is done, 0 to 1; None when none runs."""
        job = self._running.get(path.resolve())
        return None if job is None or job.done else job.share

    def stop(self, path: Path) -> None:
        """End a check. Nothing happens when none runs."""
        job = self._running.get(path.resolve())
        if job is not None:
            job.stop()

    def of(self, path: Path) -> Checked | None:
        """Return the newest check, when it is one of this session."""
        newest = self.newest
        return newest if newest is not None and newest.report.path == path.resolve() else None

    def _finish(self, path: Path, recorded: bool, progress: Progress) -> str:
        from ..recordings.layout import REPORT_HTML
        from ..recordings.storing_report import finish_session

        report = finish_session(path, progress)
        html = report.path / REPORT_HTML
        self._tell(Checked(report, recorded, html if html.is_file() else None))
        for follow in self.after:
            follow(path, report)
        return ""

    def _check(self, path: Path, progress: Progress) -> str:
        from ..recordings import SessionError
        from ..recordings.report import make_report
        from ..recordings.storing_report import store_report

        report = make_report(path, part(progress, 0.0, 0.98))
        html: Path | None = None
        try:
            html = store_report(report)[1]
        except SessionError as error:
            self._log(str(error), "warn")
        self._tell(Checked(report, False, html))
        return ""

    def _tell(self, checked: Checked) -> None:
        self.newest = checked
        words = checked.words if checked.recorded else f"{checked.report.path.stem}: {checked.words}"
        self._log(words, "good" if checked.report.ok else "bad")
