"""A row that breaks into several where it does not fit."""

from __future__ import annotations

import dearpygui.dearpygui as dpg

from .door import Tag
from .theme import Theme


class Flow:
    """Groups of items side by side, broken into as many rows as the width asks for. Main thread only.

    Parameters
    ----------
    theme
        Measures.
    space
        Between groups, px at 100 %.
    """

    def __init__(self, theme: Theme, space: float = 16) -> None:
        self._theme = theme
        self._space = space
        self._box: Tag = 0
        self._rows: list[Tag] = []
        self._groups: list[Tag] = []
        self._placed: list[int] = []
        self.n_rows = 1
        self.spare = 0.0
        """Room kept free at the right end, px at 100 %."""

    def build(self, parent: Tag) -> None:
        """Make the first row inside `parent`."""
        self._box = dpg.generate_uuid()
        dpg.add_group(tag=self._box, parent=parent)
        self._rows, self._groups, self._placed = [], [], []
        self._add_row()

    def _add_row(self) -> None:
        tag: Tag = dpg.generate_uuid()
        dpg.add_group(tag=tag, parent=self._box, horizontal=True, horizontal_spacing=self._theme.px(self._space))
        self._rows.append(tag)

    def group(self) -> Tag:
        """Add a group and return it; what is put into it stays on one row."""
        tag: Tag = dpg.generate_uuid()
        dpg.add_group(tag=tag, parent=self._rows[0], horizontal=True)
        self._groups.append(tag)
        self._placed.append(0)
        return tag

    def hide_all_but(self, group: Tag) -> None:
        """Leave only one of the groups to be seen."""
        for other in self._groups:
            dpg.configure_item(other, show=other == group)

    def fit(self) -> None:
        """Break rows for the width there is. Nothing happens when they are right already."""
        wanted, row, used = [], 0, 0.0
        width = room(self._box, self._theme) - round(self.spare * self._theme.scale)
        if width <= 0:
            return
        for group in self._groups:
            needed = dpg.get_item_rect_size(group)[0] if dpg.is_item_shown(group) else 0
            if used and used + needed > width:
                row, used = row + 1, 0.0
            wanted.append(row)
            used += needed + self._theme.px(self._space) if needed else 0.0
        if wanted == self._placed:
            return
        while len(self._rows) <= row:
            self._add_row()
        for group, at in zip(self._groups, wanted, strict=True):
            dpg.move_item(group, parent=self._rows[at])
        for i, tag in enumerate(self._rows):
            dpg.configure_item(tag, show=i <= row)
        self._placed = wanted
        self.n_rows = row + 1


def room(item: Tag, theme: Theme) -> float:
    """Return how wide the inside of the window around an item is, px; 0 before it was drawn."""
    while item := dpg.get_item_parent(item) or 0:
        if dpg.get_item_info(item)["type"] in ("mvAppItemType::mvChildWindow", "mvAppItemType::mvWindowAppItem"):
            return float(dpg.get_item_rect_size(item)[0]) - 2 * theme.px(8)
    return 0.0
