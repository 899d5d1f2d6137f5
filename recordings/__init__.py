"""Samples at rest: recording them, reading them, replaying them."""

from __future__ import annotations

from .about import About, ChannelAbout
from .building import SessionBuilder
from .compaction import compact_session
from .errors import RecordingError, SessionError
from .formats import export_session, import_file
from .gaps import Gap
from .recorder import Recorder, RecorderStatus
from .replay import Replay, ReplaySource
from .report import check_session
from .session import Session, open_session
from .stored import StoredStream

__all__ = [
    "About",
    "ChannelAbout",
    "Gap",
    "Recorder",
    "RecorderStatus",
    "RecordingError",
    "Replay",
    "ReplaySource",
    "Session",
    "SessionBuilder",
    "SessionError",
    "StoredStream",
    "check_session",
    "compact_session",
    "export_session",
    "import_file",
    "open_session",
]
