"""Takes: which number comes next, what a take is called, which ones were set aside to be done again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .about import About
from .about_edits import Change, edit_about, read_edits
from .errors import SessionError
from .layout import FORMAT, METADATA, SUFFIX, read_json

PENDING = "to be done again"
"""Stands in `About.superseded` until there is a take in its place."""
PATTERN = "{name} {take:02}"
PLACES = ("name", "task", "subject", "take", "attempt", "date")
MAX_PATTERN = 128
_PLACE = re.compile(r"\{([a-z]*)(?::(0?[1-9]))?\}")


class Counted(NamedTuple):
    """What is counted together: takes of one name, subject and task."""

    name: str
    subject: str
    task: str


class Attempt(NamedTuple):
    """The number of a take, and which attempt at it, both from 1."""

    take: int
    attempt: int = 1


class NumberedTake(NamedTuple):
    """A recorded take.

    Parameters
    ----------
    path
        The session's folder.
    counted
        What it is counted with.
    take
        Its number; 0 where nobody counted.
    superseded
        Which take was made in its place, or `PENDING`; empty while it counts.
    created
        When it began, UTC, ISO 8601.
    """

    path: Path
    counted: Counted
    take: int
    superseded: str
    created: str


def next_attempt(takes: Iterable[NumberedTake], counted: Counted) -> Attempt:
    """Return the number of the next take: one more than the highest, or that one again where it was set aside."""
    numbers = [(one.take, bool(one.superseded)) for one in takes if one.counted == counted and one.take > 0]
    if not numbers:
        return Attempt(1)
    highest = max(take for take, _ in numbers)
    at_highest = [superseded for take, superseded in numbers if take == highest]
    return Attempt(highest, len(at_highest) + 1) if all(at_highest) else Attempt(highest + 1)


def check_pattern(pattern: str) -> None:
    """Raise where a naming pattern cannot be used.

    Raises
    ------
    SessionError
        One sentence that names what may stand in it.
    """
    found = [place for place, _ in _PLACE.findall(pattern)]
    left = _PLACE.sub("", pattern)
    if len(pattern) > MAX_PATTERN or "{" in left or "}" in left or any(place not in PLACES for place in found):
        allowed = ", ".join(f"{{{place}}}" for place in PLACES)
        raise SessionError(
            f"The naming pattern {pattern[:60]!r} cannot be used. It may hold {allowed}, and {{take:02}}."
        )


def title(pattern: str, counted: Counted, attempt: Attempt, today: str = "") -> str:
    """Return what a take is called, such as ``abduction 03``; a further attempt at it ends in ``(2)``.

    Parameters
    ----------
    pattern
        With places in braces, such as ``{task} {take:02}``; a digit after a colon is how wide a number is.
    counted, attempt
        What is filled in.
    today
        The date, as it is to be written.
    """
    values = {**counted._asdict(), **attempt._asdict(), "date": today}
    if not values["name"]:
        values["name"] = counted.task or "take"

    def filled(place: re.Match[str]) -> str:
        name, width = place.groups()
        value = values.get(name, "")
        return f"{value:{width}d}" if width and isinstance(value, int) else str(value)

    text = " ".join(_PLACE.sub(filled, pattern or PATTERN).split())
    again = attempt.attempt > 1 and "{attempt" not in pattern
    return f"{text} ({attempt.attempt})" if again else text


def read_take(path: str | os.PathLike[str]) -> NumberedTake | None:
    """Read what a session says of itself, nothing of its samples; None when it is none, or cannot be read."""
    folder = Path(path)
    try:
        attributes = read_json(folder / METADATA).get("attributes")
        if not isinstance(attributes, dict) or attributes.get("format") != FORMAT:
            return None
        about = read_edits(folder).about(About.from_json(attributes))
    except SessionError:
        # Whoever opens it is told; it counts for nothing here.
        return None
    created = attributes.get("created")
    return NumberedTake(
        folder,
        Counted(about.name, about.subject, about.task),
        about.take,
        about.superseded,
        str(created.get("utc", "")) if isinstance(created, dict) else "",
    )


def session_folders(folder: Path) -> list[Path]:
    """Return what may be a session in a folder, in the order of names; nothing where it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and not path.is_symlink())
    except OSError:
        return []


def takes_in(folder: Path) -> list[NumberedTake]:
    """Return the takes in a folder, in the order of their names; none where it cannot be read."""
    return [take for take in map(read_take, session_folders(folder)) if take is not None]


def set_aside(path: str | os.PathLike[str], by: str = "", instead: str = PENDING) -> None:
    """Mark a take as one that is done again. Nothing of it is removed, and `bring_back` takes the mark away.

    Parameters
    ----------
    path
        The session's folder.
    by
        Who says so.
    instead
        Folder of the take that was made in its place, as soon as there is one.

    Raises
    ------
    SessionError
        When the session cannot be read or written, or is being recorded.
    """
    edit_about(path, [Change("superseded", instead)], by)


def bring_back(path: str | os.PathLike[str], by: str = "") -> None:
    """Let a take that was set aside count again.

    Raises
    ------
    SessionError
        When the session cannot be read or written, or is being recorded.
    """
    edit_about(path, [Change("superseded", "")], by)
