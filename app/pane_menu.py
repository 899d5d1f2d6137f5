"""What can be done to a pane: a small window with large lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr
from ..widgets.door import Tag, label
from ..widgets.panel import Words
from ..widgets.popup import calling, tooltip
from ..widgets.theme import Theme
from .layouts import Side, is_floating
from .on_screen import pointer

if TYPE_CHECKING:
    from .arranging import Arranging

WIDTH_PX = 240
MOVES: tuple[tuple[Side, str, str], ...] = (
    ("left", "←", later("Left of it")),
    ("right", "→", later("Right of it")),
    ("top", "↑", later("Above it")),
    ("bottom", "↓", later("Below it")),
    ("centre", "□", later("Behind it, with tabs")),
)


class PaneMenu:
    """Opens at the pointer; a press beside it or Esc closes it. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    arranging
        Does what is chosen.
    move
        Called with the pane's id, the id of another pane, and the side of that.
    """

    def __init__(self, theme: Theme, arranging: Arranging, move: Callable[[str, str, Side], None]) -> None:
        self._theme = theme
        self._do = arranging
        self._move = move
        self.window: Tag = 0
        self.pane = ""

    @property
    def is_open(self) -> bool:
        """Whether the menu is there."""
        return bool(self.window and dpg.does_item_exist(self.window) and dpg.is_item_shown(self.window))

    def open(self, pane: str) -> None:
        """Open the menu of a pane."""
        self.close()
        self.pane = pane
        theme = self._theme
        x, y = pointer()
        width, height = dpg.get_viewport_client_width(), dpg.get_viewport_client_height()
        place = [
            max(0, min(int(x), width - theme.px(WIDTH_PX + 24))),
            max(0, min(int(y) + theme.px(8), height - theme.px(260))),
        ]
        self.window = dpg.generate_uuid()
        dpg.add_window(tag=self.window, popup=True, no_title_bar=True, no_move=True, autosize=True, pos=place)
        self._fill()

    def _fill(self) -> None:
        do, pane, layout = self._do, self.pane, self._do.workspace.layout
        title = Words(self._theme, "small", "muted")
        title.build(self.window)
        title.say(next((p.title for p in do.panes() if p.id == pane), ""))
        if is_floating(layout, pane):
            self._line(tr("Dock"), tr("Put it back among the others."), do.why_not_dock_pane(pane), do.dock_pane)
        else:
            maximised = do.workspace.maximised == pane
            self._line(
                tr("Restore") if maximised else tr("Maximise"),
                tr("Give the others their room back.") if maximised else tr("Give it the whole room."),
                do.why_not_maximise_pane(pane),
                do.maximise_pane,
            )
            self._line(tr("Float"), tr("In a small window of its own."), do.why_not_float_pane(pane), do.float_pane)
        others = [p for p in do.panes() if p.id != pane and not p.floating]
        why = do.why_not_close_pane(pane) or ("" if others else tr("There is nothing to place it beside."))
        self._line(tr("Move…"), tr("Beside, above, below or behind another one."), why, self._choose, closes=False)
        self._line(
            tr("Close"), tr("Take it away. The menu View brings it back."), do.why_not_close_pane(pane), do.close_pane
        )

    def _line(self, text: str, tip: str, why_not: str, run: Callable[[str], object], *, closes: bool = True) -> None:
        theme = self._theme

        def press() -> None:
            if why_not:
                return
            if closes:
                self.close()
            run(self.pane)

        button = dpg.add_button(label=label(text), parent=self.window, width=theme.px(WIDTH_PX), callback=press)
        dpg.bind_item_theme(button, theme.button("off") if why_not else theme.choice())
        tooltip(button, why_not or tip, theme)

    def _choose(self, _pane: str) -> None:
        # In the same window: a second one would be closed with the first.
        dpg.delete_item(self.window, children_only=True)
        self._fill_moves()

    def _fill_moves(self) -> None:
        theme = self._theme
        floating = {p.id for p in self._do.panes() if p.floating}
        for other in self._do.panes():
            if other.id == self.pane or other.id in floating:
                continue
            words = Words(theme, "words")
            row = dpg.add_group(parent=self.window, horizontal=True)
            for side, sign, tip in MOVES:
                button = dpg.add_button(
                    label=sign, parent=row, width=theme.px(34), callback=calling(self._go, other.id, side)
                )
                tooltip(button, tr(tip), theme)
            words.build(row)
            words.say(label(other.title, 40))

    def _go(self, target: str, side: Side) -> None:
        self.close()
        self._move(self.pane, target, side)

    def close(self) -> None:
        """Close the menu. Safe to call twice."""
        if self.window and dpg.does_item_exist(self.window):
            dpg.delete_item(self.window)
        self.window = 0
