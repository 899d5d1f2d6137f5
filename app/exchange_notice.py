"""A notice at the corner of the window once an export or an import has ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import dearpygui.dearpygui as dpg
import typer

from ..sources.language import tr, trn
from ..widgets import StateView, Theme
from ..widgets.door import Tag
from ..widgets.panel import Words
from .corner_card import CornerCard
from .exchange import Exchange, Exchanged
from .format_words import size_text

WIDTH_PX = 460
MOST_NOTES = 4


class ExchangeNotice:
    """Says what became of an export or an import, with a way to its folder. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    exchange
        What ended.
    imported
        Opens the session that was imported; returns whether it could.
    above
        Returns how much at the bottom of the window is to be left free, px.
    clock
        Tells how long it has been there, s.
    """

    def __init__(
        self,
        theme: Theme,
        exchange: Exchange,
        imported: Callable[[Path], bool],
        above: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._theme = theme
        self._exchange = exchange
        self._imported = imported
        self._told = exchange.newest
        self.card = CornerCard(theme, above, clock)

    def draw(self) -> None:
        """Come up when something has ended. Once a frame."""
        newest = self._exchange.newest
        if newest is not self._told:
            self._told = newest
            self.delete()
            if newest is not None:
                self._build(newest, newest.kind == "import" and not newest.error and self._imported(newest.path))
        self.card.draw()

    def _build(self, ended: Exchanged, opened: bool) -> None:
        # What has notes or went wrong is to be read.
        stays = bool(ended.error or ended.notes)
        card, _ = self.card.open(_state(ended, opened), stays=stays, width_px=WIDTH_PX)
        if ended.error:
            self._say(card, ended.error)
        else:
            self._say(card, f"{ended.path.name}   {size_text(size_of(ended.path))}")
            for note in ended.notes[:MOST_NOTES]:
                self._say(card, note, "small", "muted")
            left = len(ended.notes) - MOST_NOTES
            if left > 0:
                self._say(card, trn("And {n} more.", "And {n} more.", left).format(n=left), "small", "muted")
        row = dpg.add_group(parent=card, horizontal=True)
        if not ended.error:
            self.card.button(row, tr("Show folder"), str(ended.path.parent), lambda: _show_folder(ended.path))
        self.card.dismiss(row, tr("Take this notice away."))

    def _say(self, card: Tag, text: str, face: str = "words", role: str = "text") -> None:
        words = Words(self._theme, face, role, wrap=WIDTH_PX - 24)
        words.build(card)
        words.say(text)

    def delete(self) -> None:
        """Take it off the screen. Safe to call twice."""
        self.card.delete()


def _state(ended: Exchanged, opened: bool) -> StateView:
    if ended.error:
        words = tr("The export failed") if ended.kind == "export" else tr("The import failed")
        return StateView("cross", "bad", words)
    if ended.kind == "import":
        words = tr("Imported, and opened as a replay") if opened else tr("Imported; open it once the recording ends")
        return StateView("circle", "good", words)
    return StateView("circle", "good", tr("Exported"))


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of the files in a folder."""
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())


def _show_folder(path: Path) -> None:
    typer.launch(str(path.parent))
