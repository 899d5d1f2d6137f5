"""What goes wrong with recordings, in sentences that say what to do."""

from __future__ import annotations


class SessionError(Exception):
    """A session cannot be opened, read or believed. The message says what to do about it."""


class RecordingError(SessionError):
    """A session cannot be written. The message says what to do about it."""
