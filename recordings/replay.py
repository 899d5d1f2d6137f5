"""Playing a session: all its streams and events together, restamped to the present clock."""

from __future__ import annotations

import bisect
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

from ..sources.block import Block, Event
from ..sources.clock import local_clock
from ..sources.errors import SourceError
from ..sources.info import StreamInfo
from .cursor import Cursor
from .errors import SessionError
from .session import Session, open_session
from .stored import StoredStream
from .transport import Transport, checked_speed

PACE_S = 0.01
IDLE_S = 0.01
HISTORY_S = 10.0


class Replay:
    """Plays a session. Commands are for any thread; each source is read by one thread.

    Parameters
    ----------
    session
        An open session, or the path of one.
    speed
        Times real time, 0.1 to 16.
    loop
        Whether to begin anew at the end.
    clock
        The LSL clock, s, unless a test passes its own.
    wait
        How a source waits for its next rows, s.
    history_seconds
        How much of what lies before a new position is sent after a seek, so that pictures show the place, s.

    Raises
    ------
    SessionError
        When it is no session, is damaged, or the speed is out of limits.
    """

    def __init__(
        self,
        session: Session | str | os.PathLike[str],
        speed: float = 1.0,
        loop: bool = False,
        *,
        clock: Callable[[], float] = local_clock,
        wait: Callable[[float], object] = time.sleep,
        history_seconds: float = HISTORY_S,
    ) -> None:
        checked_speed(speed)
        self._owned = not isinstance(session, Session)
        self.session = session if isinstance(session, Session) else open_session(session)
        self.history_seconds = history_seconds
        self.wait = wait
        filled = [stream for stream in self.session.streams.values() if stream.n_samples]
        self.t_first = min((stream.first_timestamp for stream in filled), default=0.0)
        self.transport = Transport(self.session.duration_s, speed, loop, clock)
        self.sources: dict[str, ReplaySource] = {}
        for group in self.session.streams:
            # "emg~2" is no name for a stream.
            name = group.replace("~", "-")
            while name in self.sources:
                name += "-2"
            self.sources[name] = ReplaySource.within(self, group)
        self._events: list[tuple[float, Event]] | None = None
        self._events_jump, self._events_line, self._events_t = 0, 0.0, -math.inf

    # Commands

    def play(self) -> None:
        """Go on; from the start when the end had been reached."""
        self.transport.play()

    def pause(self) -> None:
        """Stand still; no source sends anything until `play` or `seek`."""
        self.transport.pause()

    def seek(self, seconds: float) -> None:
        """Go to a time of the session, s, playing or not."""
        self.transport.seek(seconds)

    def step(self, seconds: float) -> None:
        """Go forward or back by some seconds."""
        self.transport.step(seconds)

    @property
    def speed(self) -> float:
        """Times real time, 0.1 to 16."""
        return self.transport.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self.transport.speed = speed

    @property
    def loop(self) -> bool:
        """Whether it begins anew at the end."""
        return self.transport.loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        self.transport.loop = loop

    @property
    def position_seconds(self) -> float:
        """Time in the session, s; 0 is the earliest sample of any stream."""
        return self.transport.position_seconds

    @property
    def duration_seconds(self) -> float:
        """Length of the session, s."""
        return self.transport.duration_seconds

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self.transport.playing

    @property
    def ended(self) -> bool:
        """Whether it has played to its end."""
        return self.transport.ended

    # Events

    def events_due(self) -> list[Event]:
        """Return the events passed since the last call, restamped to the present clock. One thread calls it."""
        if self._events is None:
            last = math.nextafter(self.duration_seconds, 0.0)
            placed = [(min(max(event.t - self.t_first, 0.0), last), event) for event in self.session.events]
            self._events = sorted(placed, key=lambda pair: pair[0])
        moment = self.transport.look()
        if moment.jump != self._events_jump:
            self._events_jump, self._events_line = moment.jump, moment.jump_line
        due: list[Event] = []
        duration = self.duration_seconds
        # Whole loops that nobody was there to see are left out.
        first_loop = max(math.floor(self._events_line / duration), moment.loop - 1)
        for loop in range(first_loop, moment.loop + 1):
            since, until = self._events_line - loop * duration, moment.line - loop * duration
            begin = bisect.bisect_left(self._events, since, key=lambda pair: pair[0])
            end = bisect.bisect_left(self._events, until, key=lambda pair: pair[0])
            for seconds, event in self._events[begin:end]:
                t = min(max(moment.clock_at(loop * duration + seconds), self._events_t), moment.now)
                self._events_t = t
                due.append(event._replace(t=t))
        self._events_line = max(self._events_line, moment.line)
        return due

    # Lifetime

    def close(self) -> None:
        """Stand still and let the session go. Safe to call twice."""
        self.pause()
        if self._owned:
            self.session.close()

    def __enter__(self) -> Replay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass
class ReplaySource:
    """A recorded stream, played as if it came from its device now.

    Parameters
    ----------
    path
        The session's folder.
    stream
        Which of its streams; the first one when not given.
    speed
        Times real time, 0.1 to 16.
    loop
        Whether to begin anew at the end.
    clock
        The LSL clock, s, unless a test passes its own.
    wait
        How to wait for the next rows, s.
    """

    path: str
    stream: str | None = None
    speed: float = 1.0
    loop: bool = False
    clock: Callable[[], float] = field(default=local_clock, repr=False, compare=False)
    wait: Callable[[float], object] = field(default=time.sleep, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.path = str(self.path)
        self._shared: Replay | None = None
        self._replay: Replay | None = None
        self._cursor: Cursor | None = None
        self._sent_at = -math.inf

    @classmethod
    def within(cls, replay: Replay, stream: str) -> ReplaySource:
        """Return a source of a stream that follows the transport of `replay`."""
        source = cls(str(replay.session.path), stream, wait=replay.wait)
        source._shared = replay
        return source

    @property
    def held(self) -> bool:
        """Whether nothing comes because somebody paused it, or it is at its end."""
        return self._replay is not None and not self._replay.transport.playing

    def connect(self) -> StreamInfo:
        """Open the session and begin to play; inside a `Replay`, take up its place.

        Raises
        ------
        SourceError
            When it is no session, is damaged, or has no such stream.
        """
        try:
            if self._shared is not None:
                replay = self._shared
            else:
                self.disconnect()
                replay = Replay(self.path, self.speed, self.loop, clock=self.clock, wait=self.wait)
            self._replay = replay
            stored = _pick(replay.session, self.stream)
            if self._cursor is not None and self._cursor.stream is stored:
                # Time goes on from the last row sent.
                self._cursor.go_on(replay.transport.look())
            else:
                self._cursor = Cursor(stored, replay.transport, replay.t_first, replay.history_seconds)
        except SessionError as error:
            raise SourceError(str(error)) from error
        if self._shared is None:
            replay.play()
        return stored.info

    def read(self) -> Block | None:
        """Return the rows that are due, in the device's own number format; wait at most 0.02 s.

        Raises
        ------
        EOFError
            When the session has been played to its end; not inside a `Replay`, where one can go back.
        SourceError
            When a chunk is missing.
        """
        replay, cursor = self._replay, self._cursor
        if replay is None or cursor is None:
            raise SourceError(f"{self.path} is not open. Connect first.")
        try:
            moment = replay.transport.look()
            early = self._sent_at + PACE_S - moment.now
            if 0 < early <= PACE_S:
                self.wait(early)
                moment = replay.transport.look()
            block = cursor.due(moment)
            if block is None:
                if self._shared is None and moment.ended and cursor.at_end:
                    raise EOFError(f"{self.path} has been played to its end.")
                self.wait(IDLE_S)
                moment = replay.transport.look()
                block = cursor.due(moment)
        except SessionError as error:
            raise SourceError(str(error)) from error
        if block is not None:
            self._sent_at = moment.now
        return block

    def disconnect(self) -> None:
        """Let the session go. Safe to call twice."""
        if self._replay is not None and self._shared is None:
            self._replay.close()
            self._cursor = None
        self._replay = None


def _pick(session: Session, name: str | None) -> StoredStream:
    if not session.streams:
        raise SessionError(f"{session.path} holds no stream.")
    if name is None:
        return next(iter(session.streams.values()))
    if name not in session.streams:
        raise SessionError(f"{session.path} has no stream {name!r}. It has: {', '.join(session.streams)}.")
    return session.streams[name]
