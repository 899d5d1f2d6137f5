"""What happened, in sentences: shown in the window, printed when headless."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

Level = Literal["info", "good", "warn", "bad"]
KEPT_LINES = 500
# Without one, Python prints warnings of a logger that nobody listens to.
_QUIET = logging.NullHandler()
_LOGGING = {"info": logging.INFO, "good": logging.INFO, "warn": logging.WARNING, "bad": logging.ERROR}


class LogLine(NamedTuple):
    """One thing that happened.

    Parameters
    ----------
    t
        Seconds on the LSL clock.
    level
        ``info``, ``good``, ``warn`` or ``bad``.
    text
        A sentence.
    times
        How often in a row.
    """

    t: float
    level: Level
    text: str
    times: int = 1


class Log:
    """The last few hundred lines. Call it to add one; any thread may.

    Lines also go to the standard logger ``myoscope``.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lines: deque[LogLine] = deque(maxlen=KEPT_LINES)
        logging.getLogger("myoscope").addHandler(_QUIET)

    def __call__(self, text: object, level: Level = "info") -> None:
        """Add a line; the same one again only counts."""
        line = LogLine(self._clock(), level, str(text))
        last = self._lines[-1] if self._lines else None
        if last is not None and (last.text, last.level) == (line.text, line.level):
            self._lines[-1] = line._replace(times=last.times + 1)
            return
        self._lines.append(line)
        logging.getLogger("myoscope").log(_LOGGING[level], line.text)

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """All kept lines, oldest first."""
        return tuple(self._lines)
