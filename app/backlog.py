"""Sessions that something is still to be done with: kept in the settings, taken up when nothing else is to be done."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

from ..sources.language import tr
from .jobs import Jobs
from .log import Log
from .settings import Settings
from .state import EngineState

QUIET_S = 5.0
"""How long nothing is begun after something has happened: the person may record again, or look at a recording."""
Left = Literal["unchecked", "uncompressed"]


class Backlog:
    """A list of sessions in the settings, and the moment when the next one may be taken up.

    Parameters
    ----------
    settings
        Hold the list, so that it survives a restart.
    left
        Which of their lists.
    jobs
        None may run when the next one is taken up.
    log
        Told of what is gone.
    """

    def __init__(self, settings: Settings, left: Left, jobs: Jobs, log: Log) -> None:
        self._settings, self._left, self._jobs, self._log = settings, left, jobs, log
        self._changing = threading.Lock()
        self._quiet_until: float | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The sessions, the next one first."""
        return tuple(Path(text) for text in getattr(self._settings, self._left))

    def add(self, path: Path) -> None:
        """Put a session at the end. Any thread may call it."""
        with self._changing:
            self._keep([*self._without(path), path.absolute()])

    def forget(self, path: Path) -> None:
        """Take a session off. Any thread may call it; nothing happens when it is not there."""
        with self._changing:
            self._keep(self._without(path))

    def clear(self) -> None:
        """Forget all of them."""
        with self._changing:
            self._keep([])

    def _without(self, path: Path) -> list[Path]:
        return [other for other in self.paths if other != path.absolute()]

    def _keep(self, paths: list[Path]) -> None:
        setattr(self._settings, self._left, [str(path) for path in paths])

    def due(self, state: EngineState) -> Path | None:
        """Return the session to take up now; None while a recording or a job runs, and for a while after.

        One that is gone is forgotten, one that is being replayed put off. Cheap, called once a frame by the main
        thread.

        Parameters
        ----------
        state
            The engine's, of this moment.
        """
        left = getattr(self._settings, self._left)
        # Jobs as they are by now: another list may have begun one in this very frame.
        if not left or state.recording is not None or self._jobs.states:
            self._quiet_until = None
            return None
        if self._quiet_until is None:
            self._quiet_until = state.t + QUIET_S
        if state.t < self._quiet_until:
            return None
        path = Path(left[0])
        if not path.is_dir():
            self.forget(path)
            words = tr("{name} is no longer there; nothing is left to be done with it.")
            self._log(words.format(name=path.name))
            return None
        if state.replay is not None and state.replay.path == path:
            self.add(path)
            self._quiet_until = None
            return None
        return path
