"""An option that is one value for all streams of a file, or one a stream: ``2000`` or ``emg=2000,markers=100``."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..sources.info import MAX_RATE_HZ
from .errors import SessionError


def said_of(option: float | str, stream: str) -> str:
    """Return what an option says of a stream; empty where it says nothing."""
    text = str(option).strip()
    if "=" not in text:
        return text
    for part in text.split(","):
        name, _, value = part.partition("=")
        if name.strip() == stream:
            return value.strip()
    return ""


def rate_of(fs: float | str, stream: str) -> float:
    """Return the rate that an option gives a stream, Hz; 0 where it gives none.

    Raises
    ------
    SessionError
        When it is no rate that a stream can have.
    """
    text = said_of(fs, stream)
    try:
        rate = float(text or 0)
    except ValueError:
        rate = math.nan
    if not 0 <= rate <= MAX_RATE_HZ:
        raise SessionError(f"fs={text} is no rate. Give one in Hz, such as fs=2000, or one a stream: fs={stream}=2000.")
    return rate


def rates_wanted(path: object, streams: Iterable[str], what: str) -> SessionError:
    """Return what a person is told when a file does not say how fast it was sampled.

    Parameters
    ----------
    path
        The file.
    streams
        What it holds.
    what
        The streams as a person knows them, with their shapes.
    """
    example = ",".join(f"{name}=2000" for name in streams)
    return SessionError(f"{path} does not say how fast it was sampled: {what}. Give the rate in Hz, as fs={example}.")
