"""Compressing a session from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli_formats import progress_on_stderr


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(compact)


def compact(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A session's folder, or a folder that holds one.")],
) -> None:
    """Compress a finished session in place, verified sample by sample. Ctrl-C leaves it complete."""
    from ..recordings.compaction import compact_session
    from .compressing import compacted_words

    with progress_on_stderr(f"compressing {path.name}") as progress:
        done = compact_session(path, progress)
    typer.echo(compacted_words(done))
