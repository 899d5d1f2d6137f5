"""A button that opens a small window below itself."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from .door import Tag, label
from .theme import Theme


class PopupButton:
    """A button with a small window below it, filled when it is opened. Main thread only.

    Parameters
    ----------
    text
        What is on the button.
    tip
        What its tooltip says.
    fill
        Called with the window each time it opens; makes the items in it.
    width
        Of the window, px at 100 %.
    """

    def __init__(self, text: str, tip: str, fill: Callable[[Tag], None], width: float) -> None:
        self._text = text
        self._tip = tip
        self._fill = fill
        self._width = width
        self._why_off = ""
        self.button: Tag = 0
        self.window: Tag = 0

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button inside `parent`."""
        self._theme = theme
        self.button, self.window = dpg.generate_uuid(), dpg.generate_uuid()
        dpg.add_button(tag=self.button, label=label(self._text), parent=parent, callback=self.open)
        self._why_off = ""
        self._tooltip = tooltip(self.button, self._tip, self._theme)

    def set_text(self, text: str) -> None:
        """Change what is on the button."""
        if text != self._text:
            self._text = text
            dpg.configure_item(self.button, label=label(text))

    def set_off(self, why: str) -> None:
        """Turn the button off for a reason, or on again with an empty one."""
        if why != self._why_off:
            self._why_off = why
            dpg.set_value(self._tooltip, label(why or self._tip, 500))
            dpg.bind_item_theme(self.button, self._theme.button("off" if why else "plain"))

    def open(self) -> None:
        """Open the window, filled anew; nothing happens while the button is off."""
        self.close()
        if self._why_off:
            return
        left, top = dpg.get_item_rect_min(self.button)
        height = dpg.get_item_rect_size(self.button)[1]
        room = dpg.get_viewport_client_width()
        width = self._theme.px(self._width)
        place = [max(0, min(int(left), room - width - 4)), int(top + height + 4)]
        dpg.add_window(tag=self.window, popup=True, no_title_bar=True, no_move=True, autosize=True, pos=place)
        self._fill(self.window)

    @property
    def is_open(self) -> bool:
        """Whether the window is there."""
        return bool(dpg.does_item_exist(self.window) and dpg.is_item_shown(self.window))

    def keep_inside(self) -> None:
        """Move the window up where it reaches over the lower edge. Call it once a frame while it may be open."""
        if not self.is_open:
            return
        left, top = dpg.get_item_pos(self.window)
        over = top + dpg.get_item_rect_size(self.window)[1] + 4 - dpg.get_viewport_client_height()
        if over > 0 and top > 0:
            dpg.set_item_pos(self.window, [left, max(0, top - over)])

    def close(self) -> None:
        """Close the window. Safe to call twice."""
        if self.window and dpg.does_item_exist(self.window):
            dpg.delete_item(self.window)


def close_popups() -> bool:
    """Close the small windows that buttons have opened; return whether there was one."""
    found = False
    for window in dpg.get_windows():
        if "mvWindowAppItem" in dpg.get_item_type(window) and dpg.get_item_configuration(window)["popup"]:
            found = found or dpg.is_item_shown(window)
            dpg.delete_item(window)
    return found


def calling(function: Callable[..., object], *values: object) -> Callable[[], None]:
    """Return a callback that calls `function` with just these values, whatever dearpygui would add."""

    def call() -> None:
        function(*values)

    return call


def centred(parent: Tag, height: int, theme: Theme, *, text: bool = True) -> Tag:
    """Return a group in which an item `height` px high stands level with the words on buttons beside it.

    dearpygui itself puts a text as low as a button's words would be.
    """
    tag: Tag = dpg.generate_uuid()
    above = (theme.row_height - height) // 2 - (theme.padding if text else 0)
    with dpg.group(tag=tag, parent=parent):
        if above > 0:
            dpg.add_spacer(height=above)
    dpg.bind_item_theme(tag, theme.tight())
    return tag


def tooltip(item: Tag, text: str, theme: Theme) -> Tag:
    """Say something about an item when the pointer rests on it; return the text's tag."""
    tag: Tag = dpg.generate_uuid()
    with dpg.tooltip(item, delay=0.4):
        dpg.add_text(label(text, 1000), tag=tag, wrap=theme.px(320))
    return tag
