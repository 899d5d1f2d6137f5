"""A ground to draw on that fills a view, and the pointer over it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from .door import Tag, label
from .palette import Colour
from .theme import Theme

LEFT, RIGHT = 0, 1
CLICK_PX = 4
DOUBLE_S = 0.4


@dataclass(frozen=True)
class Pointer:
    """What the pointer did since the frame before.

    Parameters
    ----------
    x, y
        Where it is, px from the canvas's upper left corner.
    inside
        Whether it is over the canvas, and nothing lies between.
    clicked
        Whether the left button was pressed and let go at one place.
    doubled
        Whether that was for the second time in a row.
    button
        The button that is held since it was pressed on the canvas: 0 left, 1 right; -1 for none.
    dx, dy
        How far it moved with that button held, px.
    wheel
        Steps of the wheel, up is above 0.
    """

    x: float = math.nan
    y: float = math.nan
    inside: bool = False
    clicked: bool = False
    doubled: bool = False
    button: int = -1
    dx: float = 0.0
    dy: float = 0.0
    wheel: float = 0.0


class Canvas:
    """A drawlist with layers, and what the mouse does on it. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    n_layers
        Layers, drawn in order; each is emptied and filled on its own.
    """

    def __init__(self, theme: Theme, n_layers: int = 2) -> None:
        self._theme = theme
        self._n_layers = n_layers
        self.tag: Tag = 0
        self.group: Tag = 0
        self.layers: list[Tag] = []
        self.width = self.height = 0
        self._handlers: Tag = 0
        self._wheel = 0.0
        self._button = -1
        self._pressed = self._last = self._clicked_at = (math.nan, math.nan)
        self._travelled = 0.0
        self._clicked_when = -math.inf
        self._was_down = (False, False)
        self._was_inside = False

    def build(self, parent: Tag) -> None:
        """Make the canvas inside `parent`."""
        self.tag = dpg.generate_uuid()
        self.width = self.height = 0
        # dearpygui gives a drawlist no tooltip, but a group around it may have one.
        self.group = dpg.add_group(parent=parent)
        dpg.add_drawlist(1, 1, tag=self.tag, parent=self.group)
        self.layers = [dpg.add_draw_layer(parent=self.tag) for _ in range(self._n_layers)]
        self._handlers = dpg.generate_uuid()
        with dpg.handler_registry(tag=self._handlers):
            dpg.add_mouse_wheel_handler(callback=self._turn)

    def _turn(self, _: Tag, steps: float) -> None:
        # Asked here: by the next frame the pointer may have left.
        if dpg.does_item_exist(self.tag) and dpg.is_item_hovered(self.tag):
            self._wheel += float(steps)

    def fit(self, width: int, height: int) -> bool:
        """Take a size, px; return whether it is another one."""
        if (width, height) == (self.width, self.height):
            return False
        self.width, self.height = width, height
        dpg.configure_item(self.tag, width=max(1, width), height=max(1, height))
        return True

    def clear(self, layer: int) -> Tag:
        """Empty a layer and return it."""
        dpg.delete_item(self.layers[layer], children_only=True)
        return self.layers[layer]

    # Text

    def text(
        self, layer: int, place: tuple[float, float], words: str, role: str = "text", face: str = "small",
        align: float = 0.0, colour: Colour | None = None,
    ) -> Tag:  # fmt: skip
        """Write on one line; `place` is its upper left corner, or that of its middle (`align` 0.5) or end (1)."""
        fonts, shown = self._theme.fonts, label(words)
        left = place[0] - (align * fonts.width(shown, face) if align else 0.0)
        tag: Tag = dpg.draw_text(
            (round(left), round(place[1])), shown, size=fonts.height(face), color=colour or self._theme.colour(role),
            parent=self.layers[layer],
        )  # fmt: skip
        fonts.bind(tag, face)
        return tag

    def text_height(self, face: str) -> int:
        """Return the height of a line in a face, px."""
        return self._theme.fonts.height(face)

    def fitted(self, words: str, room: float, face: str = "small") -> str:
        """Return a text cut to `room` px, its end kept, where electrodes are numbered; empty when hardly any fits."""
        fonts, shown = self._theme.fonts, label(words)
        if fonts.width(shown, face) <= room:
            return shown
        for kept in range(min(len(shown), 40), 3, -1):
            cut = f"{shown[: kept - 3].rstrip()}…{shown[-2:]}"
            if fonts.width(cut, face) <= room:
                return cut
        return ""

    # The pointer

    def follow(self, now: float) -> Pointer:
        """Return what the pointer did. Once a frame; `now` in s, for telling double clicks."""
        mouse = dpg.get_mouse_pos(local=False)
        corner = dpg.get_item_rect_min(self.tag)
        at = (float(mouse[0]) - corner[0], float(mouse[1]) - corner[1])
        inside = bool(dpg.is_item_hovered(self.tag))
        down = (bool(dpg.is_mouse_button_down(LEFT)), bool(dpg.is_mouse_button_down(RIGHT)))
        clicked = doubled = False
        dx = dy = 0.0
        if self._button < 0:
            # Once a button is down nothing counts as hovered: what counts is the frame before.
            for button in (LEFT, RIGHT):
                if self._was_inside and down[button] and not self._was_down[button]:
                    self._button, self._pressed, self._last, self._travelled = button, at, at, 0.0
        held = self._button
        if held >= 0:
            dx, dy = at[0] - self._last[0], at[1] - self._last[1]
            self._last = at
            self._travelled = max(self._travelled, math.dist(at, self._pressed))
            if not down[held]:
                clicked = held == LEFT and self._travelled < self._theme.px(CLICK_PX)
                self._button = -1
        if clicked:
            near = math.dist(at, self._clicked_at) < self._theme.px(2 * CLICK_PX)
            doubled = near and now - self._clicked_when < DOUBLE_S
            self._clicked_at, self._clicked_when = at, -math.inf if doubled else now
        self._was_down, self._was_inside = down, inside
        wheel, self._wheel = self._wheel, 0.0
        return Pointer(at[0], at[1], inside or held >= 0, clicked, doubled, held, dx, dy, wheel)

    def delete(self) -> None:
        """Stop listening to the wheel. The drawing goes with the view's box. Safe to call twice."""
        if self._handlers and dpg.does_item_exist(self._handlers):
            dpg.delete_item(self._handlers)
        self._handlers = 0


class HoverWords:
    """A tooltip on a canvas whose words depend on what lies below the pointer. Main thread only.

    Parameters
    ----------
    canvas
        Built already.
    theme
        Measures.
    """

    def __init__(self, canvas: Canvas, theme: Theme) -> None:
        self._shown = ""
        self._tip, self._text = dpg.generate_uuid(), dpg.generate_uuid()
        with dpg.tooltip(canvas.group, tag=self._tip, show=False):
            dpg.add_text("", tag=self._text, wrap=theme.px(320))

    def say(self, words: str) -> None:
        """Show these words beside the pointer; an empty text shows none. Lines are kept."""
        if words == self._shown:
            return
        self._shown = words
        if words:
            dpg.set_value(self._text, "\n".join(label(line, 500) for line in words.split("\n")))
        dpg.configure_item(self._tip, show=bool(words))

    @property
    def words(self) -> str:
        """What is shown."""
        return self._shown
