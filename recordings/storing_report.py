"""What is done once a recording is closed: seal it, check it, keep the report in it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from .errors import SessionError
from .finding import find_session
from .layout import REPORT_HTML, REPORT_JSON, replace_json, sync_folder
from .manifest import cover, write_manifest
from .progress import Progress, no_progress, part
from .report import make_report
from .report_html import html
from .session_report import Report


def finish_session(path: str | os.PathLike[str], progress: Progress = no_progress) -> Report:
    """Seal a session that was just closed, check it, and keep the report in it. Never on an acquisition thread.

    Parameters
    ----------
    path
        Of the session.
    progress
        Told the share done.

    Raises
    ------
    SessionError
        When it cannot be read. What cannot be written, on a full disk, is told in the report's notes.
    Stopped
        From `progress`; a manifest or report that is whole by then stays.
    """
    folder = find_session(path)
    manifest, notes = None, []
    try:
        manifest = write_manifest(folder, part(progress, 0.0, 0.4))
    except SessionError as error:
        notes.append(str(error))
    report = make_report(folder, part(progress, 0.4, 0.99), sealed=manifest)
    try:
        store_report(report)
    except SessionError as error:
        notes.append(str(error))
    progress(1.0)
    return replace(report, notes=(*report.notes, *notes)) if notes else report


def seal_session(path: str | os.PathLike[str], progress: Progress = no_progress) -> Report:
    """Check a session and, when nothing contradicts itself, write its manifest anew.

    Raises
    ------
    SessionError
        When something does, in which case nothing is written; or when it cannot be read or written.
    Stopped
        From `progress`.
    """
    folder = find_session(path)
    report = make_report(folder, part(progress, 0.0, 0.6))
    if not report.ok:
        raise SessionError(
            f"{folder} is not in order, so it is not sealed: {report.problems[0]} myoscope check tells of all."
        )
    manifest = write_manifest(folder, part(progress, 0.6, 0.8))
    report = make_report(folder, part(progress, 0.8, 1.0), sealed=manifest)
    store_report(report)
    return report


def store_report(report: Report) -> tuple[Path, Path]:
    """Keep a report in its session as ``report.json`` and ``report.html``; return both paths.

    Raises
    ------
    SessionError
        When they cannot be written.
    """
    pages = report.path / REPORT_JSON, report.path / REPORT_HTML
    try:
        replace_json(pages[0], report.to_json())
        fresh = pages[1].with_name(pages[1].name + ".new")
        fresh.write_text(html(report), encoding="utf-8", errors="backslashreplace")
        fresh.replace(pages[1])
        sync_folder(report.path)
    except OSError as error:
        raise SessionError(f"The report cannot be kept in {report.path}: {error.strerror or error}.") from error
    cover(report.path, (REPORT_JSON, REPORT_HTML))
    return pages
