"""The frame around the panes of one leaf: tabs where there are several, and a button that moves them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, label
from ..widgets.popup import calling, tooltip
from ..widgets.theme import Theme
from ..widgets.view import View
from .placed import Placed
from .rooms import Rect

BAR_PX = 32
HANDLE_PX = 30
HANDLE = "···"


class Hands(Protocol):
    """What a person does to a pane at its tab, heading or button."""

    def press(self, pane: str) -> None:
        """The mouse went down on it."""
        ...

    def menu(self, pane: str) -> None:
        """Its menu is wanted."""
        ...

    def maximise(self, pane: str) -> None:
        """It was double-clicked."""
        ...


class Handles:
    """Makes items by which a pane is pressed, dragged, maximised and asked for its menu. Main thread only.

    Parameters
    ----------
    hands
        Hears of it.
    """

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._registries: dict[tuple[str, bool], Tag] = {}

    def bind(self, item: Tag, pane: str, *, whole: bool = True) -> None:
        """Make an item a handle of a pane; with `whole`, a double click and the right button work too."""
        key = (pane, whole)
        if key not in self._registries:
            hands = self._hands
            registry: Tag = dpg.generate_uuid()
            dpg.add_item_handler_registry(tag=registry)
            dpg.add_item_clicked_handler(0, parent=registry, callback=calling(hands.press, pane))
            if whole:
                dpg.add_item_double_clicked_handler(0, parent=registry, callback=calling(hands.maximise, pane))
            dpg.add_item_clicked_handler(1, parent=registry, callback=calling(hands.menu, pane))
            self._registries[key] = registry
        dpg.bind_item_handler_registry(item, self._registries[key])

    def menu_of(self, pane: str) -> Callable[[], None]:
        """Return a callback that opens a pane's menu."""
        return calling(self._hands.menu, pane)

    def bind_texts(self, group: Tag, pane: str) -> None:
        """Make all texts in a group handles of a pane."""
        for slot in dpg.get_item_children(group).values():
            for item in slot:
                if dpg.get_item_type(item) == "mvAppItemType::mvText":
                    self.bind(item, pane)
                self.bind_texts(item, pane)

    def delete(self) -> None:
        """Let all registries go."""
        for registry in self._registries.values():
            if dpg.does_item_exist(registry):
                dpg.delete_item(registry)
        self._registries = {}


class Frame:
    """One leaf on screen. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    handles
        Makes tabs and buttons work.
    panes
        What is in it, as it is seen now.
    stacked
        Whether they stand one below the other.
    locked
        Whether nothing can be moved.
    """

    def __init__(self, theme: Theme, handles: Handles, panes: list[Placed], *, stacked: bool, locked: bool) -> None:
        self._theme = theme
        self._handles = handles
        self.panes = panes
        self.stacked = stacked
        self._locked = locked
        self.box: Tag = 0
        self._bar: Tag = 0
        self._corner: Tag = 0
        self.tabs: dict[str, Tag] = {}
        self.handle: Tag = 0
        self.front: Placed = panes[0]
        self._rect: Rect | None = None

    @property
    def has_bar(self) -> bool:
        """Whether tabs are shown: a view alone carries its own heading."""
        if self.stacked or self._locked:
            return False
        widget = self.panes[0].widget
        return len(self.panes) > 1 or not (isinstance(widget, View) or self.panes[0].notice is not None)

    def build(self, parent: Tag) -> None:
        """Make the frame inside `parent`, without its panes."""
        self.box = dpg.generate_uuid()
        dpg.add_child_window(
            tag=self.box, parent=parent, width=10, height=10, no_scrollbar=not self.stacked,
            no_scroll_with_mouse=not self.stacked,
        )  # fmt: skip
        dpg.bind_item_theme(self.box, self._theme.ground("ground"))

    def fill(self, front: Placed) -> None:
        """Show the panes: all of a stack, the one in front of others."""
        self.front = front
        if self.stacked:
            # In their order, whichever was here before.
            for placed in self.panes:
                placed.put(self.box, stacked=True)
            return
        for placed in self.panes:
            if placed is front:
                placed.put(self.box, stacked=False)
            elif placed.is_built:
                placed.hide()
        self._build_bar()
        self._build_corner()
        self._rect = None

    def _build_bar(self) -> None:
        if self._bar:
            dpg.delete_item(self._bar)
            self._bar, self.tabs = 0, {}
        if not self.has_bar:
            return
        theme = self._theme
        self._bar = dpg.generate_uuid()
        dpg.add_child_window(tag=self._bar, parent=self.box, pos=[0, 0], no_scrollbar=True, no_scroll_with_mouse=True)
        dpg.bind_item_theme(self._bar, theme.ground("ground"))
        for placed in self.panes:
            tab: Tag = dpg.generate_uuid()
            dpg.add_button(tag=tab, parent=self._bar, height=theme.px(BAR_PX - 2))
            dpg.bind_item_theme(tab, theme.button("plain" if placed is self.front else "bare"))
            theme.fonts.bind(tab, "small")
            self._handles.bind(tab, placed.pane.id)
            tooltip(tab, tr("Drag it to another place. Double-click to maximise it. Right-click for more."), theme)
            self.tabs[placed.pane.id] = tab

    def _build_corner(self) -> None:
        if self._corner:
            dpg.delete_item(self._corner)
            self._corner = self.handle = 0
        if self._locked:
            return
        theme = self._theme
        # Made last, it lies over the pane.
        self._corner, self.handle = dpg.generate_uuid(), dpg.generate_uuid()
        size = theme.px(HANDLE_PX)
        dpg.add_child_window(
            tag=self._corner, parent=self.box, width=size, height=size, no_scrollbar=True, no_scroll_with_mouse=True
        )
        dpg.bind_item_theme(self._corner, theme.ground("ground"))
        dpg.add_button(
            tag=self.handle, label=HANDLE, parent=self._corner, width=size, height=size,
            callback=self._handles.menu_of(self.front.pane.id),
        )  # fmt: skip
        # Views have grounds of their own: the button shows the one it lies on.
        dpg.bind_item_theme(self.handle, theme.button("bare"))
        self._handles.bind(self.handle, self.front.pane.id, whole=False)
        tooltip(self.handle, tr("Move, float, maximise or close. Or drag it to another place."), theme)

    def place(self, rect: Rect, title: Callable[[Placed], str]) -> None:
        """Give the frame its place in what is around it, px."""
        theme = self._theme
        if rect != self._rect:
            dpg.configure_item(self.box, pos=[rect.x, rect.y], width=rect.width, height=rect.height)
        if not self.stacked:
            bar = theme.px(BAR_PX) if self._bar else 0
            if rect != self._rect:
                dpg.configure_item(self.front.box, pos=[0, bar], width=rect.width, height=max(1, rect.height - bar))
            if self._bar:
                self._place_bar(rect.width, bar, title)
            if self._corner:
                size, inset = theme.px(HANDLE_PX), 0 if self._bar else theme.px(4)
                dpg.configure_item(self._corner, pos=[max(0, rect.width - size - inset), inset])
        self._rect = rect

    def _place_bar(self, width: int, height: int, title: Callable[[Placed], str]) -> None:
        theme = self._theme
        dpg.configure_item(self._bar, width=width, height=height)
        room = (width - theme.px(HANDLE_PX + 4)) // len(self.panes)
        x = 0
        for placed in self.panes:
            text = label(title(placed), 60)
            wanted = int(theme.fonts.width(text, "small")) + theme.px(24)
            own = max(theme.px(24), min(wanted, room))
            dpg.configure_item(self.tabs[placed.pane.id], label=text, width=own - theme.px(2), pos=[x, 0])
            x += own

    def delete(self) -> None:
        """Remove the frame; panes that are still in it are removed with it."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = self._bar = self._corner = self.handle = 0
