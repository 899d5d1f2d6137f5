"""Small windows above the others, one a floating pane."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, label
from ..widgets.popup import calling, tooltip
from ..widgets.theme import Theme
from .frames import HANDLE, HANDLE_PX, Handles
from .layouts import Float
from .placed import Placed

SMALLEST_PX = (200, 140)


class Floating:
    """One floating pane: a window with a title bar, which is moved and sized by its edges. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    handles
        Makes the button in the corner work.
    placed
        What is in it.
    on_close
        Called with the pane's id when its window is closed.
    """

    def __init__(self, theme: Theme, handles: Handles, placed: Placed, on_close: Callable[[str], object]) -> None:
        self._theme = theme
        self._handles = handles
        self.placed = placed
        self._on_close = on_close
        self.window: Tag = 0
        self.handle: Tag = 0
        self._applied: tuple[int, int, int, int] | None = None
        self.at: Float | None = None
        """Where the layout said last that it is."""
        self._moved = False
        self._title = ""

    def build(self, at: Float, room: tuple[int, int]) -> None:
        """Make the window; `room` is the size of the whole, px, which it does not leave."""
        theme = self._theme
        self.window, self._registry = dpg.generate_uuid(), dpg.generate_uuid()
        dpg.add_window(
            tag=self.window, label="", no_scrollbar=True, no_scroll_with_mouse=True, no_collapse=True,
            min_size=[theme.px(SMALLEST_PX[0]), theme.px(SMALLEST_PX[1])],
            on_close=calling(self._on_close, self.placed.pane.id),
        )  # fmt: skip
        self.placed.put(self.window, stacked=False)
        dpg.configure_item(self.placed.box, width=-1, height=-1)
        # Where it was among the others says nothing here.
        dpg.reset_pos(self.placed.box)
        self._corner, self.handle = dpg.generate_uuid(), dpg.generate_uuid()
        size = theme.px(HANDLE_PX)
        dpg.add_child_window(
            tag=self._corner, parent=self.window, width=size, height=size, no_scrollbar=True, no_scroll_with_mouse=True
        )
        dpg.bind_item_theme(self._corner, theme.ground("panel"))
        dpg.add_button(
            tag=self.handle, label=HANDLE, parent=self._corner, width=size, height=size,
            callback=self._handles.menu_of(self.placed.pane.id),
        )  # fmt: skip
        dpg.bind_item_theme(self.handle, theme.button("quiet"))
        self._handles.bind(self.handle, self.placed.pane.id, whole=False)
        tooltip(self.handle, tr("Dock, move or close. Or drag it to a place among the others."), theme)
        dpg.add_item_handler_registry(tag=self._registry)
        dpg.add_item_resize_handler(parent=self._registry, callback=calling(self._fit_corner))
        dpg.bind_item_handler_registry(self.window, self._registry)
        self.place(at, room)

    def keep_in_sight(self, room: tuple[int, int]) -> None:
        """Bring the window back inside the whole, where it sticks out."""
        moved = self.was_moved
        self.place(self.where(), room)
        self._moved = moved

    def place(self, at: Float, room: tuple[int, int]) -> None:
        """Put the window where the layout says, all of it inside the whole."""
        theme = self._theme
        self.at, self._moved = at, False
        width = min(max(theme.px(at.width), theme.px(SMALLEST_PX[0])), room[0])
        height = min(max(theme.px(at.height), theme.px(SMALLEST_PX[1])), room[1])
        x = max(0, min(round(at.x * theme.scale), room[0] - width))
        y = max(0, min(round(at.y * theme.scale), room[1] - height))
        self._applied = (x, y, width, height)
        dpg.configure_item(self.window, pos=[x, y], width=width, height=height)
        self._fit_corner()

    def _fit_corner(self) -> None:
        if self.window and dpg.does_item_exist(self.window):
            theme = self._theme
            # Below the title bar and the padding, in the view's own corner.
            top = theme.fonts.height("words") + 2 * theme.padding + theme.px(12)
            left = dpg.get_item_width(self.window) - theme.px(HANDLE_PX + 12)
            dpg.configure_item(self._corner, pos=[left, top])

    def say(self, title: str) -> None:
        """Write the title."""
        if title != self._title:
            self._title = title
            dpg.configure_item(self.window, label=label(title, 80))

    def where(self) -> Float:
        """Return where it is now, px at 100 %."""
        x, y = dpg.get_item_pos(self.window)
        scale = self._theme.scale
        width, height = dpg.get_item_width(self.window), dpg.get_item_height(self.window)
        return Float(self.placed.pane, x / scale, y / scale, width / scale, height / scale)

    @property
    def was_moved(self) -> bool:
        """Whether a person has moved or sized it since it was placed."""
        x, y = dpg.get_item_pos(self.window)
        now = (int(x), int(y), dpg.get_item_width(self.window), dpg.get_item_height(self.window))
        return self._moved or now != self._applied

    def delete(self) -> None:
        """Remove the window; the pane is removed with it if it is still inside. Safe to call twice."""
        for tag in (self.window, self._registry if self.window else 0):
            if tag and dpg.does_item_exist(tag):
                dpg.delete_item(tag)
        self.window = 0
