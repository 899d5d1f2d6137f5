"""Export, import and the list of formats on the command line."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .errors import AppError

if TYPE_CHECKING:
    from ..recordings.progress import Progress

REFRESH_S = 0.2
SPARSE_S = 5.0
"""Where nobody watches a terminal, how often a line says how far it is, s."""

Told = Annotated[
    list[str] | None,
    typer.Option("--option", "-o", metavar="NAME=VALUE", help="An option of the format, see: myoscope formats."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("export")(export)
    cli.command("import")(import_)
    cli.command("formats")(formats)


def _list(wanted: bool) -> None:
    if wanted:
        formats()
        raise typer.Exit


def formats(as_json: AsJson = False) -> None:
    """List the formats that recordings are written to and read from, with their options."""
    from ..recordings.formats import FORMATS
    from .format_options import options_of

    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "title": one.title,
            "about": one.about,
            "writes": one.writes,
            "suffix": one.suffix,
            "reads": list(one.reads),
            "write_options": {o.name: o.default for o in options_of(one, "write")} if one.writes else {},
            "read_options": {o.name: o.default for o in options_of(one, "read")} if one.reads else {},
        }
        for one in FORMATS
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        ways = " and ".join(way for way, there in (("out", row["writes"]), ("in", row["reads"])) if there)
        typer.echo(f"{row['name']:<8} {ways:<10} {row['title']}: {row['about']}")
        for verb in ("write", "read"):
            for name, default in row[f"{verb}_options"].items():
                typer.echo(f"{'':<19} {verb}: {name}" + (f" (else {default})" if default not in (None, "") else ""))


def export(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A session's folder, one that holds one, or a URL.")],
    format_name: Annotated[
        str, typer.Option("--format", "-f", help="A format's name; else the suffix of --out says it.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="What to make; else beside the session.")] = None,
    option: Told = None,
    listed: Annotated[  # noqa: ARG001  typer reads it
        bool, typer.Option("--list", callback=_list, is_eager=True, help="List the formats.")
    ] = False,
) -> None:
    """Write a session in another format. Prints what it made; Ctrl-C removes what is there of it."""
    from ..recordings import open_session
    from ..recordings.formats import export_session, format_named, suggested
    from .format_options import values_of

    wanted = format_named(format_name) if format_name else _by_suffix(out)
    options = values_of(wanted, "write", _pairs(option))
    with open_session(path) as session, progress_on_stderr(f"{session.path.name} to {wanted.title}") as progress:
        target = out if out is not None else suggested(session, wanted)
        made = export_session(session, wanted.name, target, progress, **options)
    _tell(made.path, made.notes)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of another program.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for the session; one ending in .myo becomes it.")
    ] = None,
    format_name: Annotated[str, typer.Option("--format", "-f", help="A format's name; else the suffix says it.")] = "",
    rate_hz: Annotated[float | None, typer.Option("--fs", min=0.0, help="Rate, Hz, where the file has none.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="Unit of the samples, where the file has none.")] = "",
    option: Told = None,
) -> None:
    """Make a session of a file from elsewhere. Prints the session's folder; Ctrl-C removes what is there of it."""
    from ..recordings.formats import format_named, format_of, import_file
    from .format_options import values_of

    wanted = format_named(format_name) if format_name else format_of(file)
    given = _pairs(option)
    given |= {"fs": str(rate_hz)} if rate_hz is not None else {}
    given |= {"unit": unit} if unit else {}
    options = values_of(wanted, "read", given)
    folder = out if out is not None else file.expanduser().absolute().parent
    with progress_on_stderr(file.name) as progress:
        imported = import_file(file, folder, progress, name=wanted.name, **options)
    _tell(imported.path, imported.notes)


def _by_suffix(out: Path | None) -> Any:
    from ..recordings.formats import FORMATS

    found = [one for one in FORMATS if one.writes and out is not None and out.name.endswith(one.suffix)]
    if len(found) != 1:
        names = ", ".join(one.name for one in found or FORMATS if one.writes)
        raise AppError(f"Say which format: --format, one of {names}.")
    return found[0]


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for text in given or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise AppError(f"--option takes NAME=VALUE, not {text!r}.")
        pairs[name.strip()] = value
    return pairs


def _tell(path: Path, notes: list[str]) -> None:
    for note in notes:
        typer.echo(f"myoscope: {note}", err=True)
    typer.echo(str(path))


@contextmanager
def progress_on_stderr(what: str) -> Iterator[Progress]:
    """Yield a `Progress` that tells on stderr how far it is, and stops on Ctrl-C and SIGTERM.

    The second Ctrl-C ends the program as it is.
    """
    from ..recordings.progress import Stopped

    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    bar = _Bar(what)

    def progress(share: float) -> None:
        if asked:
            raise Stopped(what)
        bar.show(share)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield progress
    except Stopped:
        bar.clear()
        typer.echo("myoscope: Stopped; nothing of it is left.", err=True)
        raise typer.Exit(128 + (asked[0] if asked else signal.SIGINT)) from None
    finally:
        bar.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


class _Bar:
    """One line on stderr that says how far something is.

    Parameters
    ----------
    what
        What is being done.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._is_terminal = sys.stderr.isatty()
        self._due = time.monotonic() + (REFRESH_S if self._is_terminal else SPARSE_S)
        self._width = 0

    def show(self, share: float) -> None:
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + (REFRESH_S if self._is_terminal else SPARSE_S)
        line = f"{self._what}: {100 * share:.0f} %"
        if self._is_terminal:
            sys.stderr.write(f"\r{line:<{self._width}}")
            self._width = len(line)
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._width:
            sys.stderr.write(f"\r{'':<{self._width}}\r")
            sys.stderr.flush()
            self._width = 0
