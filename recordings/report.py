"""Making the report of a session: what is there, what is missing, how good it is, and what to do about it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import checking
from .about import About
from .clocks import ClockFigures, source_clock, utc_clock
from .errors import SessionError
from .event_lines import EDIT
from .figures import SampleFigures, measure_samples
from .finding import find_session
from .gaps import NOT_RECORDED
from .layout import CLOCK, EVENTS
from .lines import read_lines
from .manifest import Manifest, Verified, verify_manifest
from .progress import Progress, no_progress, part
from .session import Session, open_damaged
from .session_files import files_of
from .session_report import MOST_GAPS, Report, StreamReport
from .session_verdicts import session_figures
from .stored import StoredStream
from .time_verdicts import source_clock_figure, time_figures
from .timing import LATEST_S, TimeFigures, measure_times
from .verdicts import (
    Figure,
    by_the_clock,
    channel_figures,
    channel_verdicts,
    checksum_figure,
    counted,
    gap_figure,
    gaps_by_cause,
)


def check_session(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Check a session against its own checksums, clocks and counts; an interrupted one is recovered first.

    Parameters
    ----------
    path
        As `open_session` takes it.

    Returns
    -------
    dict
        What ``myoscope check --json`` prints: `Session.report`, ``"ok"``, ``"problems"`` in sentences, and more.

    Raises
    ------
    SessionError
        When it cannot be opened at all.
    """
    return make_report(path).to_json()


def make_report(
    path: str | os.PathLike[str], progress: Progress = no_progress, *, sealed: Manifest | None = None
) -> Report:
    """Check a session; an interrupted one is recovered first. Any thread may call it; memory stays constant.

    Parameters
    ----------
    path
        As `open_session` takes it.
    progress
        Told the share done.
    sealed
        The manifest, when it was written a moment ago by the same caller, and needs no second look.

    Raises
    ------
    SessionError
        When it cannot be opened at all, and no manifest says why.
    Stopped
        From `progress`.
    """
    try:
        session = open_damaged(path)
    except SessionError as error:
        folder = _folder_of(path)
        if folder is None:
            raise
        return _unreadable(folder, error, progress)
    with session:
        # Behind a URL there are only copies of a few files.
        if sealed is not None or session.live or session.url:
            verified = Verified(sealed, ())
        else:
            verified = verify_manifest(session.path, part(progress, 0.0, 0.5))
        return _report(session, verified, part(progress, 0.0 if sealed else 0.5, 1.0))


def _report(session: Session, verified: Verified, progress: Progress) -> Report:
    checksums, problems = checking.checksums_of(session)
    problems = checking.problems_of_lines(session) + problems
    clock_lines = _lines_of(session, CLOCK)
    summary = session.report()
    summaries = summary.pop("streams")
    span = _span(session)
    total = sum(stream.n_samples for stream in session.streams.values()) or 1
    streams, wrong_files, done = [], set(), 0
    for stream in session.streams.values():
        of_stream = part(progress, done / total, (done + stream.n_samples) / total)
        known = checksums.get(stream.name)
        times = measure_times(stream, part(of_stream, 0.0, 0.1))
        samples = measure_samples(stream, known, span, part(of_stream, 0.1, 1.0))
        problems += checking.problems_of_bytes(stream, known, samples)
        problems += checking.problems_of_times(stream, times)
        problems += checking.problems_of_gaps(stream, known)
        wrong_files |= {f"{stream.name}/{wrong.what}/{wrong.why}" for wrong in samples.wrong}
        clock = source_clock(clock_lines, stream.stream)
        figures = stream_figures(stream, times, samples, clock)
        streams.append(
            StreamReport(
                name=stream.name,
                summary=summaries[stream.name],
                source=stream.source_name,
                labels=stream.info.labels,
                n_expected=expected_samples(stream),
                gaps=stream.gaps[:MOST_GAPS],
                by_cause=gaps_by_cause(stream.gaps),
                times=times,
                samples=samples,
                clock=clock,
                verdicts=channel_verdicts(samples.channels, stream.info),
                figures=tuple(figures),
                view_filter=_view_words(stream),
                stored=_stored(stream),
            )
        )
        done += stream.n_samples
    checked = [stream.name for stream in streams if stream.samples.n_checked == stream.samples.n_chunks]
    of_seal, notes = checking.problems_of_seal(verified, wrong_files, checked)
    problems += of_seal + checking.problems_of_recovery(session)
    return Report(
        path=session.path,
        where=session.url or str(session.path),
        checked=datetime.now(UTC).isoformat(timespec="seconds"),
        summary=summary,
        about=session.about,
        duration_s=span[1] - span[0],
        span=span,
        n_bytes=_n_bytes(session.path),
        n_events=_n_events(session),
        streams=tuple(streams),
        figures=session_figures(session, verified, utc_clock(clock_lines)),
        problems=tuple(problems),
        notes=tuple(notes),
    )


def expected_samples(stream: StoredStream) -> int | None:
    """Return how many samples rate and time ask for, gaps included; None where there is no steady rate.

    Between sessions that were joined nothing was asked for.
    """
    seconds = stream.duration_s
    if stream.info.fs:
        apart = (gap.t_last - gap.t_first for gap in stream.gaps if gap.cause == NOT_RECORDED)
        seconds -= sum(span - 1 / stream.info.fs for span in apart if 0 < span < seconds)
    return round(seconds * stream.info.fs) if stream.info.fs and stream.n_samples and seconds < LATEST_S else None


def stream_figures(
    stream: StoredStream, times: TimeFigures, samples: SampleFigures, clock: ClockFigures
) -> list[Figure]:
    """Return the lines of one stream."""
    info, n_lost, expected = stream.info, stream.n_lost, expected_samples(stream)
    figures = [counted(stream.n_samples, n_lost)]
    if expected is not None:
        figures.append(by_the_clock(stream.n_samples + n_lost, expected, info.fs))
    figures += [gap_figure(stream.gaps, stream.n_samples), *time_figures(times, info.fs)]
    of_clock = source_clock_figure(clock)
    figures += [of_clock] if of_clock is not None else []
    return [*figures, *channel_figures(samples, info), checksum_figure(samples)]


def _unreadable(folder: Path, error: SessionError, progress: Progress) -> Report:
    """Return the report of what cannot be opened, when its manifest tells why.

    Raises
    ------
    SessionError
        `error`, when no manifest does.
    """
    verified = verify_manifest(folder, progress)
    if not verified.faults:
        raise error
    problems, notes = checking.problems_of_seal(verified)
    uuid = verified.manifest.uuid if verified.manifest is not None else ""
    return Report(
        path=folder,
        where=str(folder),
        checked=datetime.now(UTC).isoformat(timespec="seconds"),
        summary={"uuid": uuid, "created": "", "state": "unreadable"},
        about=About(),
        duration_s=0.0,
        span=(0.0, 0.0),
        n_bytes=_n_bytes(folder),
        n_events=0,
        streams=(),
        figures=(),
        problems=(str(error), *problems),
        notes=tuple(notes),
    )


def _lines_of(session: Session, name: str) -> list[dict[str, Any]]:
    try:
        return read_lines(session.path / name).objects
    except SessionError:
        # `problems_of_lines` tells of it.
        return []


def _n_events(session: Session) -> int:
    return sum(
        isinstance(line.get("t"), int | float) and not (line.get("kind") == EDIT and "of_t" in line)
        for line in _lines_of(session, EVENTS)
    )


def _span(session: Session) -> tuple[float, float]:
    """Return the first and the last moment of all streams, s, LSL clock."""
    ends = []
    for stream in session.streams.values():
        try:
            ends += [stream.first_timestamp, stream.first_timestamp + stream.duration_s]
        except SessionError:
            # The pass over its samples names the file.
            continue
    known = [t for t in ends if abs(t) < LATEST_S]
    return (min(known), max(known)) if known else (0.0, 0.0)


def _view_words(stream: StoredStream) -> str:
    seen = stream.view_filter
    return "" if seen is None or seen.is_off else seen.describe()


def _stored(stream: StoredStream) -> str:
    """Return how the samples lie on the disk, in words."""
    return "compressed shards" if stream.is_compacted else "as recorded, uncompressed"


def _folder_of(path: str | os.PathLike[str]) -> Path | None:
    """Return a session's folder; None where none is found, or it is behind a URL."""
    try:
        return find_session(path)
    except SessionError:
        # The caller passes on why.
        return None


def _n_bytes(folder: Path) -> int:
    return sum(n for _, n in files_of(folder))
