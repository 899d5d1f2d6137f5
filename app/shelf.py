"""Recorded sessions, as cards to choose from: summed up in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..widgets.figures import clock
from .browser_summary import summary_of
from .worker import Worker, stop_all

N_CARDS = 24
LOOK_EVERY_S = 2.0


@dataclass(frozen=True)
class Card:
    """One session.

    Parameters
    ----------
    path
        Its folder.
    title
        What it is called.
    facts
        When, how long, which streams; or why it cannot be opened.
    thumbnail
        Shape (n_columns, 2), float32, in -1…1: lowest and highest of the first stream; None without one.
    good
        Whether it can be opened.
    """

    path: Path
    title: str
    facts: str
    thumbnail: NDArray[np.float32] | None = None
    good: bool = True


class Shelf:
    """Keeps cards of the sessions in some folders up to date.

    Parameters
    ----------
    paths
        Returns the sessions to show, in order.
    on_problem
        Told what goes wrong.
    """

    def __init__(self, paths: Callable[[], list[Path]], on_problem: Callable[[str], None]) -> None:
        self._paths = paths
        self._cards: dict[Path, tuple[float, Card]] = {}
        self.cards: tuple[Card, ...] | None = None
        self._worker = Worker("shelf", self._look, on_error=lambda _, error: on_problem(str(error)))

    def start(self) -> Shelf:
        """Begin to look."""
        self._worker.start()
        return self

    def stop(self) -> None:
        """End it."""
        stop_all([self._worker])

    def _look(self) -> float:
        cards = []
        for path in self._paths()[:N_CARDS]:
            try:
                changed = (path / "zarr.json").stat().st_mtime
            except OSError:
                continue
            known = self._cards.get(path)
            if known is None or known[0] != changed:
                self._cards[path] = (changed, card(path))
            cards.append(self._cards[path][1])
        self.cards = tuple(cards)
        return LOOK_EVERY_S


def sessions_in(folder: Path) -> list[Path]:
    """Return the session folders in a folder, newest first by name."""
    try:
        return sorted((path for path in folder.iterdir() if path.suffix == ".myo" and path.is_dir()), reverse=True)
    except OSError:
        return []


def card(path: Path) -> Card:
    """Sum up one session."""
    entry = summary_of(path)
    if entry.error:
        return Card(path, path.stem, entry.error, good=False)
    facts = [entry.created[:16].replace("T", " "), clock(entry.duration_s)]
    facts += [f"{stream.name} {stream.n_channels} ch" for stream in entry.streams[:3]]
    if entry.state != "complete":
        facts.append(entry.state)
    return Card(path, entry.title, " · ".join(facts), entry.outline)
