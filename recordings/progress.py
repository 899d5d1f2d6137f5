"""How long work tells how far it is, and hears that nobody wants it any more."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]
"""Told the share done, 0 to 1, at least five times a second of work; raises `Stopped` when the person cancels."""


class Stopped(Exception):
    """A person cancelled. Whoever is stopped removes what it has made and lets this pass on."""


def no_progress(share: float) -> None:
    """Take no notice."""


def part(progress: Progress, first: float, last: float) -> Progress:
    """Return the progress of one part of the work, which lasts from share `first` to share `last` of the whole."""
    return lambda share: progress(first + (last - first) * share)
