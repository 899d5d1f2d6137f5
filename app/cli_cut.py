"""Trimming, splitting and joining recordings on the command line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from .cli_formats import progress_on_stderr
from .errors import AppError

Recording = Annotated[Path, typer.Argument(metavar="PATH", help="A session's folder, or a folder that holds one.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="A folder for new sessions, else beside the old one; one ending in .myo becomes it."),
]
Name = Annotated[str, typer.Option("--name", help="What the new recording is called.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("trim")(trim)
    cli.command("split")(split)
    cli.command("join")(join)


def trim(
    path: Recording,
    start: Annotated[str, typer.Option("--from", metavar="S", help="From here, s from the first sample or 1:30.")] = "",
    stop: Annotated[str, typer.Option("--to", metavar="S", help="To before here, likewise.")] = "",
    out: Out = None,
    name: Name = "",
) -> None:
    """Keep a range of a recording as a new one; the old one stays as it is. Prints the new folder."""
    from ..recordings.cutting import trim_session

    if not start and not stop:
        raise AppError("Say what to keep: --from, --to, or both.")
    first = _seconds(start) if start else -math.inf
    last = _seconds(stop) if stop else math.inf
    with progress_on_stderr(f"Trimming {path.name}") as progress:
        made = trim_session(path, _beside(path, out), first, last, progress, name)
    print(made)


def split(
    path: Recording,
    at: Annotated[list[str] | None, typer.Option("--at", metavar="S", help="Here; may be given several times.")] = None,
    event: Annotated[str | None, typer.Option("--event", help="At each event of this name.")] = None,
    trials: Annotated[bool, typer.Option("--trials", help="One new recording for each trial.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="A folder for the parts; else beside the old one.")] = None,
) -> None:
    """Make several recordings of one; the old one stays as it is. Prints the new folders."""
    from ..recordings import open_session
    from ..recordings.cutting import Range, split_session
    from .browser_cuts import moments_of

    if sum(map(bool, (at, event, trials))) != 1:
        raise AppError("Say where to split: --at, --event or --trials.")
    cuts = [_seconds(text) for text in at or ()]
    ranges: list[Range] = []
    if event or trials:
        with open_session(path) as session:
            length, folder = session.duration_s, session.path
        moments = moments_of(folder)
        cuts = sorted({t for t in moments.named(event) if 0 < t < length}) if event else []
        ranges = [Range(*trial) for trial in moments.trials(length)] if trials else []
        if not cuts and not ranges:
            names = ", ".join(moments.labels[:8]) or "none"
            raise AppError(f"{path} has no {'trial' if trials else f'event {event!r}'}. Its events: {names}.")
    with progress_on_stderr(f"Splitting {path.name}") as progress:
        made = split_session(path, _beside(path, out), cuts, ranges, progress)
    for folder in made:
        print(folder)


def join(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Two or more sessions.")],
    out: Out = None,
    name: Name = "",
) -> None:
    """Make one recording of several, in the order in which they were made. Prints the new folder."""
    from ..recordings.cutting import join_sessions

    with progress_on_stderr(f"Joining {len(paths)} recordings") as progress:
        made = join_sessions(paths, _beside(paths[0], out), progress, name)
    print(made)


def _beside(path: Path, out: Path | None) -> Path:
    """Return where new sessions go: beside the session that `path` is, or holds."""
    from ..recordings import open_session

    if out is not None:
        return out
    with open_session(path) as session:
        return session.path.parent


def _seconds(text: str) -> float:
    from .browser_cuts import seconds_of

    seconds = seconds_of(text)
    if math.isnan(seconds):
        raise AppError(f"{text!r} is no time. Give seconds, such as 12.5, or minutes and seconds, such as 1:30.")
    return seconds
