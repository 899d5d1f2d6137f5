"""What goes wrong at a source, in sentences that say what to do."""

from __future__ import annotations


class SourceError(Exception):
    """A source cannot be named, opened or believed. The message says what to do about it."""


class SourceLost(SourceError):
    """The device went away while it was being read. Connecting again may bring it back."""
