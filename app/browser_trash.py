"""Putting sessions aside so that they can be brought back: nothing is destroyed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .browser_summary import SUFFIX

TRASH = ".myoscope-trash"
"""Hidden, so that nobody finds sessions in it by chance; beside them, so that moving costs nothing."""


@dataclass(frozen=True)
class Trashed:
    """Sessions that were put aside, and where they were.

    Parameters
    ----------
    moved
        Where each was, and where it is.
    """

    moved: tuple[tuple[Path, Path], ...]


def put_aside(paths: list[Path], now: Callable[[], float] = time.time) -> Trashed:
    """Move sessions into a hidden folder beside them. Nothing is destroyed; `bring_back` undoes it.

    Raises
    ------
    OSError
        When one cannot be moved; those before it are brought back first.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for path in paths:
            folder = path.parent / TRASH / time.strftime("%Y-%m-%dT%H%M%S", time.gmtime(now()))
            folder.mkdir(parents=True, exist_ok=True)
            target, number = folder / path.name, 2
            while os.path.lexists(target):
                target, number = folder / f"{path.stem}-{number}{SUFFIX}", number + 1
            path.rename(target)
            moved.append((path, target))
    except OSError:
        bring_back(Trashed(tuple(moved)))
        raise
    return Trashed(tuple(moved))


def bring_back(trashed: Trashed) -> None:
    """Move sessions back to where they were.

    Raises
    ------
    OSError
        When something is there by now, or they are gone.
    """
    for path, target in trashed.moved:
        if os.path.lexists(path):
            raise FileExistsError(17, "something of that name is there by now", str(path))
        target.rename(path)
        for folder in (target.parent, target.parent.parent):
            # Only those that are empty go.
            with suppress(OSError):
                folder.rmdir()
