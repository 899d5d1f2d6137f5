"""Where something is in the window."""

from __future__ import annotations

import dearpygui.dearpygui as dpg

from ..widgets.door import Tag
from .rooms import Rect

WINDOWS = ("mvAppItemType::mvChildWindow", "mvAppItemType::mvWindowAppItem")


def pointer() -> tuple[float, float]:
    """Return where the pointer is, px from the window's corner."""
    x, y = dpg.get_mouse_pos(local=False)
    return float(x), float(y)


def rect_of(item: Tag) -> Rect:
    """Return where an item is, px from the window's corner; empty where it is not drawn.

    dearpygui tells the place of a child window only inside the window around it.
    """
    if not item or not dpg.does_item_exist(item):
        return Rect(0, 0, 0, 0)
    state = dpg.get_item_state(item)
    width, height = (int(n) for n in state["rect_size"])
    if "rect_min" in state:
        x, y = state["rect_min"]
        return Rect(int(x), int(y), width, height)
    x, y = state["pos"]
    around = dpg.get_item_parent(item)
    while around:
        if dpg.get_item_type(around) in WINDOWS:
            outer = dpg.get_item_state(around)
            scrolled = outer.get("scroll_pos", (0, 0))
            x, y = x + outer["pos"][0] - scrolled[0], y + outer["pos"][1] - scrolled[1]
        around = dpg.get_item_parent(around)
    return Rect(int(x), int(y), width, height)
