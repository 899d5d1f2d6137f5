"""Who may write into a session's folder: one at a time."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from .layout import LOCK


class SessionLock:
    """Tells a living writer (`refused`) from a dead one (`held`) and from a folder one may not write (neither).

    Parameters
    ----------
    folder
        The session's.
    """

    def __init__(self, folder: Path) -> None:
        self.held = self.refused = False
        self._lock = FileLock(folder / LOCK, thread_local=False)
        self._path = folder / LOCK

    def __enter__(self) -> SessionLock:
        try:
            self._lock.acquire(timeout=0)
            self.held = True
        except Timeout:
            self.refused = True
        except OSError:
            # Not allowed to write here; the folder is looked at all the same.
            self.held = False
        return self

    def __exit__(self, *_: object) -> None:
        if self.held:
            self._lock.release()
            # Windows keeps a file that someone else has open; it does no harm.
            with suppress(OSError):
                self._path.unlink()
