"""What the engine shows of itself: one immutable snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..sources import StreamHealth, StreamInfo
from .pretrigger import PreTrigger

if TYPE_CHECKING:
    from ..recordings import RecorderStatus
    from .jobs import JobState


@dataclass(frozen=True)
class StreamState:
    """One stream at one moment.

    Parameters
    ----------
    name
        Its key.
    source_name
        The source's one-string name.
    info
        What the source said; None before the first connection.
    health
        State and counts.
    """

    name: str
    source_name: str
    info: StreamInfo | None
    health: StreamHealth


@dataclass(frozen=True)
class ReplayState:
    """A replay at one moment.

    Parameters
    ----------
    path
        The session's folder; of one behind a URL, a temporary one.
    position_seconds, duration_seconds
        Where it is, and how long the session is, s.
    playing, ended, loop
        As they say.
    speed
        Times real time.
    url
        Where the session is when not on this machine.
    """

    path: Path
    position_seconds: float
    duration_seconds: float
    playing: bool
    ended: bool
    loop: bool
    speed: float
    url: str = ""


@dataclass(frozen=True)
class PredictState:
    """The prediction thread at one moment.

    Parameters
    ----------
    rate_hz
        How often it really runs, Hz; NaN until known.
    asked_hz
        How often it should.
    latency_s
        From the newest sample used to the prediction made, s.
    n_made
        Predictions so far.
    error
        Why the last one failed, empty when it did not.
    """

    rate_hz: float
    asked_hz: float
    latency_s: float
    n_made: int
    error: str = ""


@dataclass(frozen=True)
class EngineState:
    """Everything a window, a command line or a remote control needs to know, at one moment.

    Parameters
    ----------
    t
        When, s, LSL clock.
    streams
        In the order they were added.
    recording
        None when nothing is being recorded.
    replay
        None when live.
    predict
        None when nothing is predicted.
    busy
        What a command is doing at the moment, empty when none is.
    jobs
        Long work in the background, the oldest first.
    pretrigger
        What could be put in front of a recording now.
    """

    t: float
    streams: tuple[StreamState, ...] = ()
    recording: RecorderStatus | None = None
    replay: ReplayState | None = None
    predict: PredictState | None = None
    busy: str = ""
    jobs: tuple[JobState, ...] = ()
    pretrigger: PreTrigger = field(default_factory=PreTrigger)
