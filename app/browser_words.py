"""A session's facts in words, as the list and the details write them."""

from __future__ import annotations

from datetime import datetime

from ..sources.language import tr, trn
from ..widgets.figures import clock
from .browser_summary import SessionEntry


def when(entry: SessionEntry) -> str:
    """Return when it was made, in the time of this computer."""
    try:
        made = datetime.fromisoformat(entry.created)
    except ValueError:
        return ""
    return f"{made.astimezone() if made.tzinfo else made:%Y-%m-%d %H:%M}"


def size(n_bytes: int) -> str:
    """Return a size, such as ``12 MB``."""
    value, unit = float(n_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"


def state(entry: SessionEntry) -> str:
    """Return a shape and a word for what is not as usual; empty where all is well."""
    if entry.error:
        return "× " + tr("cannot be opened")
    if entry.state == "recording":
        return "● " + tr("recording")
    if entry.problems:
        return "▲ " + trn("{n} problem", "{n} problems", len(entry.problems)).format(n=len(entry.problems))
    if entry.superseded:
        return "▲ " + tr("done again")
    return "▲ " + tr("recovered") if entry.state == "recovered" else ""


def streams(entry: SessionEntry) -> str:
    """Return which streams it has, such as ``emg 8 ch, markers 9 ch``."""
    shown = [f"{stream.name} {stream.n_channels} ch" for stream in entry.streams[:3]]
    return ", ".join(shown) + (", …" if len(entry.streams) > 3 else "")


def origin(entry: SessionEntry) -> str:
    """Return what it was made from; empty where it was recorded here."""
    if entry.origin == "cut":
        return tr("Cut from another recording.")
    if entry.origin == "join":
        return tr("Joined from several recordings.")
    return tr("Imported from {format}.").format(format=entry.origin) if entry.origin else ""


def line(entry: SessionEntry) -> str:
    """Return its facts in one line."""
    if entry.error:
        return f"{state(entry)} · {entry.error}"
    # Where there is a name, the number stands behind it.
    take = tr("take {n}").format(n=entry.take) if entry.take and not entry.name else ""
    parts = [
        state(entry), when(entry), entry.subject, entry.task, take, clock(entry.duration_s),
        *(f"#{tag}" for tag in entry.tags), streams(entry), size(entry.n_bytes),
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)
