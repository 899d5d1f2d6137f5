"""A card in the lower right corner of the window: it comes with news, and goes by itself or when it is taken away."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets import StateView, Theme
from ..widgets.door import Tag, label
from ..widgets.marks import StateLine
from ..widgets.popup import calling, tooltip

GAP_PX = 8
EDGE_PX = 16
READ_S = 20.0
"""So long a card stays that nobody has to do anything about."""
SMALLEST = (1, 1)
"""Without it dearpygui makes a window 100 px high: one that nobody sees, and that takes the clicks below it."""


class CornerCard:
    """One card at a time. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    above
        Returns how much at the bottom of the window is to be left free, px.
    clock
        Tells how long it has been there, s.
    """

    def __init__(self, theme: Theme, above: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._theme = theme
        self._above = above
        self._clock = clock
        self._until = 0.0
        self._corner = (0, 0)
        self.window: Tag = 0

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return bool(self.window)

    @property
    def height(self) -> int:
        """How high it is with its gap, px; 0 while it is not on screen."""
        return int(dpg.get_item_rect_size(self.window)[1]) + self._theme.px(GAP_PX) if self.window else 0

    def open(self, state: StateView, *, stays: bool, width_px: int = 0) -> tuple[Tag, Tag]:
        """Come up, in the place of the one before; return the card, and the row with what is the matter.

        Parameters
        ----------
        state
            What is the matter, in a few words.
        stays
            Until somebody takes it away; otherwise for as long as it takes to read.
        width_px
            Of the card, px at 100 %; 0 for as much as the row needs.
        """
        self.delete()
        theme = self._theme
        self.window, self._corner = dpg.generate_uuid(), (0, 0)
        self._until = math.inf if stays else self._clock() + READ_S
        dpg.add_window(
            tag=self.window, no_title_bar=True, no_resize=True, no_move=True, autosize=True, no_scrollbar=True,
            no_focus_on_appearing=True, no_saved_settings=True, no_background=True, pos=(-10_000, 0),
            min_size=SMALLEST,
        )  # fmt: skip
        card = dpg.add_child_window(
            parent=self.window, width=theme.px(width_px) if width_px else 0, auto_resize_x=not width_px,
            auto_resize_y=True, always_use_window_padding=True,
        )  # fmt: skip
        dpg.bind_item_theme(card, theme.ground("raised"))
        row = dpg.add_group(parent=card, horizontal=True)
        line = StateLine(theme)
        line.build(row, level=True)
        line.show(state)
        return card, row

    def button(self, row: Tag, text: str, tip: str, run: Callable[[], object]) -> None:
        """Put a button that does something into a row of the card."""
        self._button(row, text, tip, run, "on")

    def dismiss(self, row: Tag, tip: str) -> None:
        """Put the button that takes the card away into a row of it."""
        self._button(row, tr("Dismiss"), tip, self.delete, "bare")

    def _button(self, row: Tag, text: str, tip: str, run: Callable[[], object], look: str) -> None:
        button = dpg.add_button(parent=row, label=label(text), callback=calling(run))
        dpg.bind_item_theme(button, self._theme.button(look))
        tooltip(button, tip, self._theme)

    def draw(self) -> None:
        """Keep to the corner, above bars and strips; go when it has been read. Once a frame."""
        if self.window and self._clock() > self._until:
            self.delete()
        if not self.window:
            return
        wide, high = dpg.get_item_rect_size(self.window)
        if wide <= 0:
            return
        x = max(0, dpg.get_viewport_client_width() - int(wide) - self._theme.px(EDGE_PX))
        y = max(0, dpg.get_viewport_client_height() - int(high) - self._above())
        if (x, y) != self._corner:
            self._corner = (x, y)
            dpg.set_item_pos(self.window, [x, y])

    def delete(self) -> None:
        """Take it off the screen. Safe to call twice."""
        window, self.window = self.window, 0
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)
