"""Recorded sessions, as cards to choose from: summed up in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..widgets.figures import clock
from .worker import Worker, stop_all

N_CARDS = 24
THUMBNAIL_COLUMNS = 120
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
    from ..recordings import SessionError, open_session

    try:
        with open_session(path) as session:
            streams = list(session.streams.values())
            longest = max((s.duration_s for s in streams), default=0.0)
            facts = [session.created[:16].replace("T", " "), clock(longest)]
            facts += [f"{s.name} {s.info.n_channels} ch" for s in streams[:3]]
            if session.state != "complete":
                facts.append(session.state)
            first = next((s for s in streams if s.n_samples > 1), None)
            thumbnail = None if first is None else _outline(first.overview(THUMBNAIL_COLUMNS))
            return Card(path, session.name or path.stem, " · ".join(facts), thumbnail)
    except SessionError as error:
        return Card(path, path.stem, str(error), good=False)


def _outline(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the lowest and highest over all channels, each freed from its offset, in -1…1."""
    middle = np.nanmedian(columns, axis=(1, 2), keepdims=True)
    centred = columns - middle
    low, high = np.nanmin(centred[..., 0], axis=0), np.nanmax(centred[..., 1], axis=0)
    reach = max(float(np.nanmax(np.abs(np.stack([low, high])))), 1e-30)
    outline: NDArray[np.float32] = np.nan_to_num(np.stack([low, high], axis=1) / reach).astype(np.float32)
    return outline
