"""Several sessions as one, in the order of their times of day, with what lies between them named."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from .about import About
from .building import SessionBuilder
from .errors import SessionError
from .gaps import NOT_RECORDED, Gap
from .portions import Portion, begin, copy, copy_lines, portions_of
from .progress import Progress, no_progress
from .session import Session, open_session

SAME_CLOCK_S = 1.0
"""Clocks that agree with the time of day to within this are one clock, whose times stay as they are."""
MAX_SESSIONS = 1000


class _Member(NamedTuple):
    """One of the sessions, and what is added to its times, s."""

    session: Session
    shift_s: float


def join_sessions(
    paths: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    progress: Progress = no_progress,
    name: str = "",
) -> Path:
    """Write several sessions as one; return its folder.

    They are put in the order in which they were recorded. Times are on the clock of the first; where another was
    recorded on another clock, by the time of day. Between two sessions each stream has a gap of its own, unless they
    are neighbours cut from the same recording: then what was one gap is one again.

    Parameters
    ----------
    paths
        At least two sessions with the same streams.
    out
        A path ending in ``.myo`` becomes the session; in any other folder a new session is made.
    progress
        Told how far it is.
    name
        What it is called; else as the first one is.

    Raises
    ------
    SessionError
        When their streams differ, they overlap, one is being recorded, or the new one cannot be written.
    Stopped
        When a person cancelled; nothing is left of it.
    """
    if not 2 <= len(paths) <= MAX_SESSIONS:
        raise SessionError(f"{len(paths)} sessions cannot be joined. Give 2 to {MAX_SESSIONS}.")
    with ExitStack() as stack:
        sessions = [stack.enter_context(open_session(path)) for path in paths]
        members = _in_order(sessions)
        _refuse_unlike(members)
        return _write(members, Path(out), progress, name)


def _in_order(sessions: Sequence[Session]) -> list[_Member]:
    placed = []
    for session in sessions:
        if session.live:
            raise SessionError(f"{session.path} is being recorded. Stop the recording first.")
        first = min((s.first_timestamp for s in session.streams.values() if s.n_samples), default=math.nan)
        if not math.isfinite(first):
            raise SessionError(f"{session.path} has no samples. Leave it out.")
        placed.append((_epoch_of_clock(session), session, first))
    placed.sort(key=lambda one: one[0] + one[2])
    zero = placed[0][0]
    shifts = [epoch - zero if abs(epoch - zero) > SAME_CLOCK_S else 0.0 for epoch, _, _ in placed]
    return [_Member(session, shift) for shift, (_, session, _) in zip(shifts, placed, strict=True)]


def _epoch_of_clock(session: Session) -> float:
    """Return the time of day, s since 1970, at which the session's clock was at 0."""
    created: Any = session.attributes.get("created")
    try:
        utc = datetime.fromisoformat(str(created["utc"]))
        utc = utc if utc.tzinfo is not None else utc.replace(tzinfo=UTC)
        return utc.timestamp() - float(created["lsl_clock"])
    except (TypeError, KeyError, ValueError, OverflowError):
        raise SessionError(f"{session.path} does not say when it was made: {str(created)[:80]}.") from None


def _refuse_unlike(members: Sequence[_Member]) -> None:
    first = members[0].session
    names = {stream.stream for stream in first.streams.values()}
    uuids: dict[str, Path] = {}
    for member in members:
        session = member.session
        others = {stream.stream for stream in session.streams.values()}
        if others != names:
            raise SessionError(
                f"{session.path.name} has the streams {', '.join(sorted(others)) or 'none'} and {first.path.name}"
                f" {', '.join(sorted(names))}. Only sessions with the same streams can be joined."
            )
        if session.uuid in uuids:
            raise SessionError(f"{session.path.name} and {uuids[session.uuid].name} are the same recording.")
        uuids[session.uuid] = session.path


class _Segment(NamedTuple):
    """What one session has of one group, on its way into the joined one."""

    member: _Member
    portion: Portion
    gaps: list[tuple[int, Gap]]

    @property
    def last(self) -> float:
        """Time of its last row on the joined clock, s."""
        portion = self.portion
        return float(portion.stream.read_timestamps(portion.last - 1, portion.last)[0]) + self.member.shift_s


def _write(members: list[_Member], out: Path, progress: Progress, name: str) -> Path:
    session = members[0].session
    created = session.attributes["created"]
    segments = _segments(members)
    n_rows, n_done = sum(segment.portion.n_rows for segment in segments), 0

    def told(n: int) -> None:
        nonlocal n_done
        n_done += n
        progress(n_done / n_rows)

    progress(0.0)
    with SessionBuilder(
        out,
        _about(members, name),
        created=datetime.fromisoformat(created["utc"]),
        clock_at_created=float(created["lsl_clock"]),
        origin={"kind": "join", "sources": [_source(member) for member in members]},
        app_version=str(session.attributes.get("app_version", "")),
    ) as builder:
        for segment in segments:
            begin(builder, segment.portion.stream)
            copy(builder, segment.portion._replace(gaps=tuple(segment.gaps)), segment.member.shift_s, told)
        seen: set[tuple[object, ...]] = set()
        for member in members:
            copy_lines(builder, member.session, -math.inf, math.inf, member.shift_s, seen)
        return builder.finish()


def _segments(members: Sequence[_Member]) -> list[_Segment]:
    """Return what is written, in order, with the gaps between sessions."""
    segments: list[_Segment] = []
    latest: dict[str, tuple[_Segment, int]] = {}
    chain = 0
    for i, member in enumerate(members):
        if i and not _adjacent(members[i - 1].session, member.session):
            chain = i
        for portion in portions_of(member.session, -math.inf, math.inf):
            stream = portion.stream.stream
            if portion.is_empty and stream in latest:
                continue
            segment = _Segment(member, portion, list(portion.gaps))
            before, chain_before = latest.get(stream, (None, chain))
            if before is not None and before.member is not member:
                if chain_before == chain:
                    _heal(before, segment)
                else:
                    _name_between(before, segment)
            segments.append(segment)
            latest[stream] = segment, chain
    return segments


def _adjacent(one: Session, other: Session) -> bool:
    """Whether the second begins in the very moment in which the first was cut off from the same recording."""
    a, b = one.attributes.get("origin"), other.attributes.get("origin")
    if not isinstance(a, dict) or not isinstance(b, dict) or not a.get("kind") == b.get("kind") == "cut":
        return False
    try:
        cut: object = a["range_t"][1]
        return isinstance(cut, float) and a["uuid"] == b["uuid"] and cut == b["range_t"][0]
    except (KeyError, IndexError, TypeError):
        return False


def _heal(before: _Segment, after: _Segment) -> None:
    """Make one gap again of one that was cut through."""
    if not before.gaps or not after.gaps:
        return
    (row, left), (place, right) = before.gaps[-1], after.gaps[0]
    if row == before.portion.last and place == after.portion.first and left.cause == right.cause:
        if not before.portion.stream.info.same_samples(after.portion.stream.info) or not left.n_lost * right.n_lost:
            return
        before.gaps.pop()
        after.gaps[0] = (place, right._replace(n_lost=left.n_lost + right.n_lost, t_first=left.t_first))


def _name_between(before: _Segment, after: _Segment) -> None:
    stream, rows = after.portion.stream, after.portion.n_rows
    if not before.portion.n_rows or not rows:
        return
    # Gaps are on the clock of their own session; `copy` moves them.
    shift, first = after.member.shift_s, stream.first_timestamp
    last = before.last
    if last >= first + shift:
        raise SessionError(
            f"{before.member.session.path.name} and {after.member.session.path.name} overlap in {stream.stream} by"
            f" {last - first - shift:.3f} s. Trim one of them first."
        )
    after.gaps.insert(0, (after.portion.first, Gap(stream.name, last - shift, first, 0, 0, NOT_RECORDED)))


def _source(member: _Member) -> dict[str, Any]:
    session = member.session
    origin = session.attributes.get("origin")
    return {
        "uuid": session.uuid,
        "session": session.path.name,
        "created": session.attributes.get("created"),
        "shift_s": member.shift_s,
        **({"origin": origin} if isinstance(origin, dict) else {}),
    }


def _about(members: Sequence[_Member], name: str) -> About:
    """Return what holds of all of them: what they share, and of what differs each one's."""
    abouts = [member.session.about for member in members]

    def shared(field: str, between: str) -> str:
        return between.join(dict.fromkeys(text for about in abouts if (text := getattr(about, field))))

    takes = {about.take for about in abouts}
    return About(
        name=name or abouts[0].name,
        subject=shared("subject", " + "),
        task=shared("task", " + "),
        operator=shared("operator", " + "),
        notes=shared("notes", "\n"),
        protocol=shared("protocol", " + "),
        take=takes.pop() if len(takes) == 1 else 0,
        tags=tuple(dict.fromkeys(tag for about in abouts for tag in about.tags)),
    )
