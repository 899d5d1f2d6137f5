"""Samples at rest: recording them, reading them, replaying them."""

from __future__ import annotations

from .errors import RecordingError, SessionError
from .export import export_csv
from .gaps import Gap
from .recorder import Recorder, RecorderStatus
from .replay import Replay, ReplaySource
from .report import check_session
from .session import Session, open_session
from .stored import StoredStream

__all__ = [
    "Gap",
    "Recorder",
    "RecorderStatus",
    "RecordingError",
    "Replay",
    "ReplaySource",
    "Session",
    "SessionError",
    "StoredStream",
    "check_session",
    "export_csv",
    "open_session",
]
