"""Recordings that are not checked yet: what the end of the program cut short is checked the next time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .backlog import Backlog
from .jobs import Jobs
from .log import Log
from .reports import Reports
from .settings import Settings
from .state import EngineState

if TYPE_CHECKING:
    from ..recordings.session_report import Report


class Unchecked:
    """Remembers each recording from its end until it is sealed and checked. The main thread calls it.

    Parameters
    ----------
    reports
        Seals and checks recordings.
    jobs
        Runs that.
    settings
        Remember what is left to do.
    log
        Told of recordings that are gone.
    """

    def __init__(self, reports: Reports, jobs: Jobs, settings: Settings, log: Log) -> None:
        self._reports = reports
        self._left = Backlog(settings, "unchecked", jobs, log)
        self._begun: set[Path] = set()
        reports.before.append(self._begin)
        reports.after.append(self._checked)

    def look(self, state: EngineState) -> None:
        """Check the next recording that is left from earlier, when it is time; cheap, called once a frame.

        Parameters
        ----------
        state
            The engine's, of this moment.
        """
        path = self._left.due(state)
        if path is None:
            return
        if path in self._begun:
            # No check runs any more: a person has stopped it, or it could not be done. Not again by itself.
            self._left.forget(path)
        else:
            self._reports.recorded(path, earlier=True)

    # In the threads of commands and checks

    def _begin(self, path: Path) -> None:
        self._begun.add(path.absolute())
        self._left.add(path)

    def _checked(self, path: Path, _report: Report) -> None:
        self._left.forget(path)
