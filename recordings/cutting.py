"""Parts of a session as sessions of their own; the one they are taken from stays as it is."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from .building import SessionBuilder
from .errors import SessionError
from .joining import join_sessions
from .layout import SUFFIX
from .portions import begin, copy, copy_lines, portions_of
from .progress import Progress, no_progress, part
from .session import Session, open_session

__all__ = ["Range", "join_sessions", "split_session", "trim_session"]
FACTS = ("preflight", "trigger")
"""Attributes of a recording, besides what a person said of it, that are as true of a part of it."""


class Range(NamedTuple):
    """A part of a session.

    Parameters
    ----------
    start_s, stop_s
        From the session's first sample, s; half open. Infinite where it is not cut.
    name
        What the part is called; empty for what the whole is called.
    """

    start_s: float
    stop_s: float
    name: str = ""


def trim_session(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    start_s: float = -math.inf,
    stop_s: float = math.inf,
    progress: Progress = no_progress,
    name: str = "",
) -> Path:
    """Write a range of a session as a new session; return its folder.

    Parameters
    ----------
    path
        What to cut, as `open_session` takes it.
    out
        A path ending in ``.myo`` becomes the session; in any other folder a new session is made.
    start_s, stop_s
        Which range, s from the first sample.
    progress
        Told how far it is.
    name
        What it is called; else as the whole is.

    Raises
    ------
    SessionError
        When there is nothing in the range, the session is being recorded, or the new one cannot be written.
    Stopped
        When a person cancelled; nothing is left of it.
    """
    with open_session(path) as session:
        _refuse_live(session)
        return _cut(session, Path(out), Range(start_s, stop_s, name), progress)


def split_session(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    at_s: Sequence[float] = (),
    ranges: Sequence[Range] = (),
    progress: Progress = no_progress,
) -> list[Path]:
    """Write parts of a session as new sessions; return their folders.

    Parameters
    ----------
    path
        What to split, as `open_session` takes it.
    out
        The folder in which they are made.
    at_s
        Where to cut, s from the first sample: every sample, event and lost sample is then in exactly one part.
    ranges
        Or which parts, such as one a trial.
    progress
        Told how far it is.

    Raises
    ------
    SessionError
        When a part would be empty, the session is being recorded, or a part cannot be written.
    Stopped
        When a person cancelled; no part is left.
    """
    if Path(out).suffix == SUFFIX:
        raise SessionError(f"{out} would be one session, and these are several. Give a folder.")
    made: list[Path] = []
    with open_session(path) as session:
        _refuse_live(session)
        parts = list(ranges) or parts_at(session, at_s)
        try:
            for i, piece in enumerate(parts):
                made.append(_cut(session, Path(out), piece, part(progress, i / len(parts), (i + 1) / len(parts))))
        except BaseException:
            for folder in made:
                shutil.rmtree(folder, ignore_errors=True)
            raise
    return made


def parts_at(session: Session, at_s: Sequence[float]) -> list[Range]:
    """Return the ranges between cuts, s from the first sample.

    Raises
    ------
    SessionError
        When there is no cut, or one lies outside of the recording.
    """
    cuts = sorted(set(at_s))
    if not cuts:
        raise SessionError("Say where to split: at least one time, s from the first sample.")
    outside = [cut for cut in cuts if not 0 < cut < session.duration_s]
    if outside:
        raise SessionError(f"{session.path.name} has no {outside[0]:g} s; it lasts {session.duration_s:.3f} s.")
    edges = [-math.inf, *cuts, math.inf]
    name = session.name or session.path.stem
    return [Range(edges[i], edges[i + 1], f"{name} part {i + 1}") for i in range(len(cuts) + 1)]


def first_time(session: Session) -> float:
    """Return the time of a session's first sample, s, LSL clock: where its seconds are counted from."""
    return min((s.first_timestamp for s in session.streams.values() if s.n_samples), default=0.0)


def _refuse_live(session: Session) -> None:
    if session.live:
        raise SessionError(f"{session.path} is being recorded. Stop the recording first.")


def _cut(session: Session, out: Path, piece: Range, progress: Progress) -> Path:
    zero = first_time(session)
    start, stop = zero + piece.start_s, zero + piece.stop_s
    if not start < stop:
        raise SessionError(f"From {piece.start_s:g} s to {piece.stop_s:g} s is no range. Give the earlier one first.")
    portions = portions_of(session, start, stop)
    n_rows = sum(portion.n_rows for portion in portions)
    if not n_rows:
        raise SessionError(
            f"{session.path.name} has no samples from {piece.start_s:g} s to {piece.stop_s:g} s;"
            f" it lasts {session.duration_s:.3f} s."
        )
    n_done = 0

    def told(n: int) -> None:
        nonlocal n_done
        n_done += n
        progress(n_done / n_rows)

    first = min(p.stream.read_timestamps(p.first, p.first + 1)[0] for p in portions if p.n_rows)
    about = replace(session.about, name=piece.name or session.about.name)
    created, clock_at_created = clocks_at(session, float(first))
    progress(0.0)
    with SessionBuilder(
        out,
        about,
        created=created,
        clock_at_created=clock_at_created,
        origin=_origin(session, start, stop, piece),
        app_version=str(session.attributes.get("app_version", "")),
    ) as builder:
        facts = {key: session.attributes[key] for key in FACTS if key in session.attributes}
        if facts:
            builder.describe(**facts)
        for portion in portions:
            begin(builder, portion.stream)
            copy(builder, portion, told=told)
        copy_lines(builder, session, start, stop)
        return builder.finish()


def clocks_at(session: Session, t: float) -> tuple[datetime, float]:
    """Return the time of day at `t` (s, LSL clock) by the session's own anchor, and `t`.

    Raises
    ------
    SessionError
        When the session does not say when it was made.
    """
    created: Any = session.attributes.get("created")
    try:
        utc = datetime.fromisoformat(str(created["utc"]))
        clock = float(created["lsl_clock"])
        utc = utc if utc.tzinfo is not None else utc.replace(tzinfo=UTC)
        return utc + timedelta(seconds=t - clock), t
    except (TypeError, KeyError, ValueError, OverflowError):
        raise SessionError(f"{session.path} does not say when it was made: {str(created)[:80]}.") from None


def _origin(session: Session, start: float, stop: float, piece: Range) -> dict[str, Any]:
    """Return where a part comes from; infinite ends become null."""
    attributes = session.attributes
    origin: dict[str, Any] = {
        "kind": "cut",
        "uuid": session.uuid,
        "session": session.path.name,
        "created": attributes.get("created"),
        "state": session.state,
        "range_s": [piece.start_s, piece.stop_s],
        "range_t": [start, stop],
    }
    origin.update({key: attributes[key] for key in ("recovery", "ended", "origin") if key in attributes})
    return origin
