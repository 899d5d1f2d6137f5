"""A report as plain text, for a terminal or a file."""

from __future__ import annotations

import unicodedata

from .layout import clock_text
from .session_report import Report, StreamReport
from .verdicts import Figure, Verdict

SYMBOLS: dict[Verdict, str] = {"ok": "●", "look": "▲", "bad": "✕"}
IN_ORDER = "Everything is in order."
WIDTH = 26


def headline(report: Report) -> str:
    """Return the report in half a line, such as ``all in order`` or ``2 things to look at``."""
    if report.problems:
        return "1 problem" if len(report.problems) == 1 else f"{len(report.problems)} problems"
    n = len(report.concerns)
    if not n:
        return "all in order"
    return "1 thing to look at" if n == 1 else f"{n} things to look at"


def text(report: Report) -> str:
    """Return the whole report, a figure a line; texts of strangers cannot steer the terminal."""
    lines = [
        f"Session  {report.summary['uuid']}",
        f"Folder   {report.where}",
        f"Created  {report.summary['created']}",
        f"State    {report.summary['state']}",
        f"Length   {clock_text(report.duration_s)}, {report.n_events:,} events, {size(report.n_bytes)} on the disk",
    ]
    lines += [f"{title:<8} {words}" for title, words in about(report)]
    lines += [_line(figure) for figure in report.figures]
    for stream in report.streams:
        lines += ["", title(stream)]
        lines += [_line(figure) for figure in stream.figures]
        lines += [f"    {words}" for words in details(stream)]
    lines.append("")
    lines += [f"{SYMBOLS['bad']} {problem}" for problem in report.problems]
    lines += [f"{SYMBOLS['look']} {note}" for note in report.notes]
    if report.ok:
        concerns = "" if report.verdict == "ok" else f" {headline(report).capitalize()}: see ▲ and ✕ above."
        lines.append(f"{SYMBOLS['ok']} {IN_ORDER}{concerns}")
    return "\n".join(printable(line) for line in lines) + "\n"


def _line(figure: Figure) -> str:
    advice = "" if figure.verdict == "ok" else f"\n      {figure.sentence}"
    return f"  {SYMBOLS[figure.verdict]} {figure.title:<{WIDTH}} {figure.value}{advice}"


def title(stream: StreamReport) -> str:
    """Return what a stream is, in a line."""
    summary = stream.summary
    rate = f"{summary['fs']:.10g} Hz" if summary["fs"] else "irregular"
    return (
        f"{stream.name}: {summary['n_channels']:,} channels, {rate}, {summary['unit'] or 'no unit'},"
        f" {summary['n_samples']:,} samples in {summary['duration_s']:.1f} s,"
        f" {summary['n_gaps']} gaps, {summary['n_lost']:,} lost"
    )


def details(stream: StreamReport) -> list[str]:
    """Return where a stream comes from, how it was looked at, and how it lies on the disk."""
    lines = [f"Source: {stream.source}"] if stream.source else []
    if stream.view_filter:
        lines.append(f"Shown through: {stream.view_filter}. The file holds the raw signal.")
    return [*lines, f"Stored: {stream.stored}"] if stream.stored else lines


def about(report: Report) -> list[tuple[str, str]]:
    """Return what a person said of the session, as far as anything was said."""
    said = report.about
    told = [
        ("Name", said.name),
        ("Subject", said.subject),
        ("Task", said.task + (f", take {said.take}" if said.take else "")),
        ("Operator", said.operator),
        ("Protocol", said.protocol),
        ("Tags", ", ".join(said.tags)),
        ("Notes", said.notes[:2000]),
    ]
    return [(title, words) for title, words in told if words]


def size(n_bytes: int) -> str:
    """Return a number of bytes as a person reads it."""
    value = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.3g} {unit}" if unit != "B" else f"{n_bytes} B"
        value /= 1000
    return f"{value:.3g} TB"


def printable(words: str) -> str:
    """Return text without control characters, which could move the cursor or hide what is said."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n" else c for c in words)
