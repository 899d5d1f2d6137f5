"""A notice at the corner of the window once an export or an import has ended."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import dearpygui.dearpygui as dpg
import typer

from ..sources.language import tr, trn
from ..widgets import StateView, Theme
from ..widgets.door import Tag, label
from ..widgets.marks import StateLine
from ..widgets.panel import Words
from ..widgets.popup import calling, tooltip
from .exchange import Exchange, Exchanged
from .format_words import size_text
from .report_notice import READ_S, SMALLEST

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
        self._above = above
        self._clock = clock
        self._until = 0.0
        self._told = exchange.newest
        self._window: Tag = 0
        self._corner = (0, 0)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return bool(self._window)

    def draw(self) -> None:
        """Come up when something has ended. Once a frame."""
        newest = self._exchange.newest
        if newest is not self._told:
            self._told = newest
            self.delete()
            if newest is not None:
                self._build(newest, newest.kind == "import" and not newest.error and self._imported(newest.path))
        if self._window and self._clock() > self._until:
            self.delete()
        if self._window:
            self._place()

    def _build(self, ended: Exchanged, opened: bool) -> None:
        theme = self._theme
        self._window, self._corner = dpg.generate_uuid(), (0, 0)
        # What has notes or went wrong is to be read.
        self._until = math.inf if ended.error or ended.notes else self._clock() + READ_S
        dpg.add_window(
            tag=self._window, no_title_bar=True, no_resize=True, no_move=True, autosize=True, no_scrollbar=True,
            no_focus_on_appearing=True, no_saved_settings=True, no_background=True, pos=(-10_000, 0),
            min_size=SMALLEST,
        )  # fmt: skip
        card = dpg.add_child_window(
            parent=self._window, width=theme.px(WIDTH_PX), auto_resize_y=True, always_use_window_padding=True
        )
        dpg.bind_item_theme(card, theme.ground("raised"))
        line = StateLine(theme)
        line.build(dpg.add_group(parent=card, horizontal=True), level=True)
        line.show(_state(ended, opened))
        wrap = WIDTH_PX - 24
        shown = (ended.error,) if ended.error else (_named(ended), *ended.notes[:MOST_NOTES])
        for i, text in enumerate(shown):
            words = Words(theme, "words" if i == 0 else "small", "text" if i == 0 else "muted", wrap=wrap)
            words.build(card)
            words.say(text)
        left = len(ended.notes) - MOST_NOTES
        if left > 0:
            words = Words(theme, "small", "muted", wrap=wrap)
            words.build(card)
            words.say(trn("And {n} more.", "And {n} more.", left).format(n=left))
        with dpg.group(parent=card, horizontal=True):
            if not ended.error:
                folder = dpg.add_button(label=label(tr("Show folder")), callback=calling(_show_folder, ended.path))
                tooltip(folder, str(ended.path.parent), theme)
                dpg.bind_item_theme(folder, theme.button("on"))
            away = dpg.add_button(label=label(tr("Dismiss")), callback=calling(self.delete))
            dpg.bind_item_theme(away, theme.button("bare"))
            tooltip(away, tr("Take this notice away."), theme)

    def _place(self) -> None:
        """Keep to the lower right corner, above bars and strips."""
        wide, high = dpg.get_item_rect_size(self._window)
        if wide <= 0:
            return
        x = max(0, dpg.get_viewport_client_width() - int(wide) - self._theme.px(16))
        y = max(0, dpg.get_viewport_client_height() - int(high) - self._above())
        if (x, y) != self._corner:
            self._corner = (x, y)
            dpg.set_item_pos(self._window, [x, y])

    def delete(self) -> None:
        """Take it off the screen. Safe to call twice."""
        window, self._window = self._window, 0
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)


def _state(ended: Exchanged, opened: bool) -> StateView:
    if ended.error:
        words = tr("The export failed") if ended.kind == "export" else tr("The import failed")
        return StateView("cross", "bad", words)
    if ended.kind == "import":
        words = tr("Imported, and opened as a replay") if opened else tr("Imported; open it once the recording ends")
        return StateView("circle", "good", words)
    return StateView("circle", "good", tr("Exported"))


def _named(ended: Exchanged) -> str:
    return f"{ended.path.name}   {size_text(size_of(ended.path))}"


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of the files in a folder."""
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())


def _show_folder(path: Path) -> None:
    typer.launch(str(path.parent))
