"""Where a replay is: play, pause, seek, speed, loop, tied to a clock without drift."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError

T = TypeVar("T", float, NDArray[np.float64])
SPEEDS = (0.1, 16.0)
SHORTEST_S = 0.01


@dataclass(frozen=True)
class Moment:
    """The transport at one moment.

    All positions are on the *line*: session time, plus the session's duration for each loop that has been played,
    so the line runs on where the session begins anew.

    Parameters
    ----------
    now
        The clock, s.
    line
        How far the replay is.
    anchor_t, anchor_line
        A moment since which it has run at `speed` without interruption, and where it was then.
    speed
        Times real time.
    moving
        Whether it plays, or has played to its end.
    loop
        Number of the loop it is in.
    ended
        Whether it has played to its end.
    jump
        Number of the last seek.
    jump_t, jump_line, jump_loop
        When that was, where it went, and in which loop that is.
    """

    now: float
    line: float
    anchor_t: float
    anchor_line: float
    speed: float
    moving: bool
    loop: int
    ended: bool
    jump: int
    jump_t: float
    jump_line: float
    jump_loop: int

    def clock_at(self, line: T) -> T:
        """Return when the replay is, or was, at `line`, s; one number, or an array of them."""
        return self.anchor_t + (line - self.anchor_line) / self.speed


class Transport:
    """Plays along the line. Any thread may call it.

    Parameters
    ----------
    duration_seconds
        Length of the session, s.
    speed
        Times real time, 0.1 to 16.
    loop
        Whether it begins anew at the end.
    clock
        The LSL clock, s, unless a test passes its own.

    Raises
    ------
    SessionError
        When the speed is out of limits.
    """

    def __init__(self, duration_seconds: float, speed: float, loop: bool, clock: Callable[[], float]) -> None:
        self.duration_seconds = max(duration_seconds, SHORTEST_S)
        self._clock = clock
        # Held for a few lines of arithmetic.
        self._lock = threading.Lock()
        self._speed = checked_speed(speed)
        self._anchor_t, self._anchor_line = clock(), 0.0
        self._last_loop = math.inf if loop else 0.0
        self._playing = self._ended = False
        self._jump, self._jump_t, self._jump_line, self._jump_loop = 0, self._anchor_t, 0.0, 0

    def look(self) -> Moment:
        """Return where it is now."""
        with self._lock:
            return self._look()

    def _look(self) -> Moment:
        now = self._clock()
        line = self._anchor_line
        end = (self._last_loop + 1) * self.duration_seconds
        if self._playing:
            line += max(0.0, now - self._anchor_t) * self._speed
            if line >= end:
                self._playing, self._ended = False, True
        if self._ended:
            line = end
        return Moment(
            now=now,
            line=line,
            anchor_t=self._anchor_t,
            anchor_line=self._anchor_line,
            speed=self._speed,
            moving=self._playing or self._ended,
            loop=self._loop_of(line),
            ended=self._ended,
            jump=self._jump,
            jump_t=self._jump_t,
            jump_line=self._jump_line,
            jump_loop=self._jump_loop,
        )

    def _anchor(self) -> Moment:
        """Begin a new stretch here and now."""
        moment = self._look()
        self._anchor_t, self._anchor_line = moment.now, moment.line
        return moment

    def play(self) -> None:
        """Go on; from the start when the end had been reached."""
        with self._lock:
            if self._anchor().ended:
                self._go_to(0.0)
            self._playing = True

    def pause(self) -> None:
        """Stand still."""
        with self._lock:
            self._anchor()
            self._playing = False

    def seek(self, seconds: float) -> None:
        """Go to a time of the session, s, playing or not. After the end it stands still there until `play`."""
        with self._lock:
            self._anchor()
            self._go_to(seconds)

    def step(self, seconds: float) -> None:
        """Go forward or back by some seconds."""
        with self._lock:
            moment = self._anchor()
            self._go_to(self._position(moment) + seconds)

    def _go_to(self, seconds: float) -> None:
        wanted = min(max(seconds, 0.0), self.duration_seconds) if not math.isnan(seconds) else 0.0
        moment = self._look()
        self._anchor_t, self._anchor_line = moment.now, moment.loop * self.duration_seconds + wanted
        self._ended = False
        self._jump += 1
        self._jump_t, self._jump_line, self._jump_loop = self._anchor_t, self._anchor_line, moment.loop

    def _loop_of(self, line: float) -> int:
        return int(min(math.floor(line / self.duration_seconds), self._last_loop))

    def _position(self, moment: Moment) -> float:
        return moment.line - moment.loop * self.duration_seconds

    @property
    def position_seconds(self) -> float:
        """Time in the session, s."""
        with self._lock:
            return self._position(self._look())

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        with self._lock:
            self._look()
            return self._playing

    @property
    def ended(self) -> bool:
        """Whether it has played to its end."""
        return self.look().ended

    @property
    def speed(self) -> float:
        """Times real time."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        checked = checked_speed(speed)
        with self._lock:
            self._anchor()
            self._speed = checked

    @property
    def loop(self) -> bool:
        """Whether it begins anew at the end."""
        return math.isinf(self._last_loop)

    @loop.setter
    def loop(self, loop: bool) -> None:
        with self._lock:
            moment = self._anchor()
            if loop != math.isinf(self._last_loop):
                self._last_loop = math.inf if loop else float(moment.loop)
                self._ended = False


def checked_speed(speed: float) -> float:
    """Return `speed`, or raise `SessionError` when it is out of limits."""
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise SessionError(f"The speed is {speed:g}. Give {SPEEDS[0]:g} to {SPEEDS[1]:g} times real time.")
    return float(speed)
