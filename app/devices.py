"""What is on the network and on the bench."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..sources import Found, kinds
from .worker import Worker, stop_all

SCAN_EVERY_S = 4.0


def scan(timeout_s: float = 1.0) -> tuple[list[Found], list[str]]:
    """Ask every kind of source what it sees; takes about `timeout_s` a kind.

    Returns
    -------
    found
        The devices.
    problems
        One sentence for each kind that could not look.
    """
    found: list[Found] = []
    problems: list[str] = []
    for name, cls in kinds().items():
        discover = getattr(cls, "discover", None)
        if discover is None:
            continue
        try:
            found += discover(timeout_s=timeout_s)
        except Exception as error:  # noqa: BLE001  a third party's search must not hide the other devices
            problems.append(f"{name}: could not look for devices: {error}")
    return found, problems


class DeviceScanner:
    """Looks for devices in the background, over and over, while somebody wants to know.

    Parameters
    ----------
    on_problem
        Told each new sentence about a search that failed.
    """

    def __init__(self, on_problem: Callable[[str], None]) -> None:
        self.found: tuple[Found, ...] | None = None
        self._on_problem = on_problem
        self._told: set[str] = set()
        self._again = True
        self._next = 0.0
        self._worker = Worker("devices", self._look, on_error=lambda _, error: on_problem(str(error)))

    def start(self) -> DeviceScanner:
        """Begin to look."""
        self._worker.start()
        return self

    def look_again(self) -> None:
        """Do not wait for the next time."""
        self._again = True

    def _look(self) -> float:
        if not self._again and time.monotonic() < self._next:
            return 0.1
        self._again = False
        found, problems = scan()
        self.found = tuple(found)
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                self._on_problem(problem)
        self._next = time.monotonic() + SCAN_EVERY_S
        return 0.0

    def stop(self) -> None:
        """End the search."""
        stop_all([self._worker])
