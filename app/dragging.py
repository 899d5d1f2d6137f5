"""A pane on its way to another place: where it would go, shown while the mouse is down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, label
from ..widgets.theme import Theme
from .layouts import Side
from .on_screen import pointer
from .rooms import Rect, drop_side, part

BEGINS_PX = 6
EDGE_PX = 20
EDGE_SHARE = 0.3


@dataclass(frozen=True)
class Place:
    """A leaf, or a panel of a stack, that something can be dropped on.

    Parameters
    ----------
    pane
        Id of a pane in it.
    title
        What a person calls that pane.
    rect
        Where it is, px from the window's corner.
    panel
        Whether it is a panel of a stack.
    """

    pane: str
    title: str
    rect: Rect
    panel: bool = False


@dataclass(frozen=True)
class Drop:
    """Where the pane would go: beside a pane, at an edge of everything (`pane` is empty), or afloat (`side` is too)."""

    pane: str
    side: Side | None
    rect: Rect
    words: str


class Dragging:
    """Follows the mouse from press to release. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    places
        Returns where something can be dropped; asked while dragging.
    area
        Returns the rectangle of the whole dock, px from the window's corner.
    on_drop
        Called at the release with the pane's id, where it goes, and the pointer's place.
    """

    def __init__(
        self,
        theme: Theme,
        places: Callable[[], list[Place]],
        area: Callable[[], Rect],
        on_drop: Callable[[str, Drop, tuple[float, float]], None],
    ) -> None:
        self._theme = theme
        self._places = places
        self._area = area
        self._on_drop = on_drop
        self.pane = ""
        """Id of the pane under the pressed mouse; empty when there is none."""
        self.drop: Drop | None = None
        self._began = (0.0, 0.0)
        self._moving = False
        self._picture: Tag = 0

    def press(self, pane: str) -> None:
        """Begin: the mouse went down on a handle of a pane."""
        self.pane, self._began, self._moving, self.drop = pane, pointer(), False, None

    def draw(self) -> None:
        """Follow the mouse. Nothing is done while none is pressed on a handle."""
        if not self.pane:
            return
        if dpg.is_key_down(dpg.mvKey_Escape):
            self.cancel()
            return
        x, y = pointer()
        if not dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            pane, drop = self.pane, self.drop
            self.cancel()
            if drop is not None:
                self._on_drop(pane, drop, (x, y))
            return
        far = abs(x - self._began[0]) + abs(y - self._began[1])
        if not self._moving and far < self._theme.px(BEGINS_PX):
            return
        self._moving = True
        drop = self._find(x, y)
        if drop != self.drop or not self._picture:
            self.drop = drop
            self._show()

    def _find(self, x: float, y: float) -> Drop | None:
        area = self._area()
        shifted = dpg.is_key_down(dpg.mvKey_LShift) or dpg.is_key_down(dpg.mvKey_RShift)
        if shifted or not area.holds(x, y):
            return Drop("", None, Rect(int(x), int(y), self._theme.px(240), self._theme.px(160)), tr("Float here"))
        side = self._edge(area, x, y)
        if side is not None:
            return Drop("", side, _strip(area, side), tr("At the edge of the window"))
        for place in self._places():
            if place.rect.holds(x, y):
                side = drop_side(place.rect, x, y, stack=place.panel)
                if place.pane == self.pane and (side == "centre" or place.panel):
                    return None
                rect = part(place.rect, side)
                return Drop(place.pane, side, rect, _words(side).format(pane=place.title))
        return None

    def _edge(self, area: Rect, x: float, y: float) -> Side | None:
        edge = self._theme.px(EDGE_PX)
        distances: tuple[tuple[float, Side], ...] = (
            (x - area.x, "left"),
            (area.x + area.width - x, "right"),
            (y - area.y, "top"),
            (area.y + area.height - y, "bottom"),
        )
        distance, side = min(distances, key=lambda pair: pair[0])
        return side if distance < edge else None

    def _show(self) -> None:
        self._clear()
        theme = self._theme
        self._picture = dpg.generate_uuid()
        dpg.add_viewport_drawlist(tag=self._picture, front=True)
        accent = theme.colour("accent")
        if self.drop is None:
            return
        rect = self.drop.rect
        dpg.draw_rectangle(
            [rect.x + 1, rect.y + 1], [rect.x + rect.width - 1, rect.y + rect.height - 1], parent=self._picture,
            color=list(accent), fill=[*accent[:3], 70], thickness=theme.px(2), rounding=theme.px(6),
        )  # fmt: skip
        words = label(self.drop.words, 80)
        width, height = theme.fonts.width(words, "words"), theme.fonts.height("words")
        pad = theme.px(8)
        left = max(rect.x + pad, rect.x + (rect.width - width) / 2)
        top = rect.y + max(pad, (rect.height - height) / 2)
        dpg.draw_rectangle(
            [left - pad, top - pad], [left + width + pad, top + height + pad], parent=self._picture,
            color=list(theme.colour("hairline")), fill=list(theme.colour("raised")), rounding=theme.px(6),
        )  # fmt: skip
        text = dpg.draw_text([left, top], words, parent=self._picture, size=height, color=list(theme.colour("text")))
        theme.fonts.bind(text, "words")

    def _clear(self) -> None:
        if self._picture and dpg.does_item_exist(self._picture):
            dpg.delete_item(self._picture)
        self._picture = 0

    def cancel(self) -> None:
        """Leave everything as it was."""
        self.pane, self.drop, self._moving = "", None, False
        self._clear()


def _strip(area: Rect, side: Side) -> Rect:
    width, height = int(area.width * EDGE_SHARE), int(area.height * EDGE_SHARE)
    match side:
        case "left":
            return Rect(area.x, area.y, width, area.height)
        case "right":
            return Rect(area.x + area.width - width, area.y, width, area.height)
        case "top":
            return Rect(area.x, area.y, area.width, height)
    return Rect(area.x, area.y + area.height - height, area.width, height)


def _words(side: Side) -> str:
    match side:
        case "left":
            return tr("Left of {pane}")
        case "right":
            return tr("Right of {pane}")
        case "top":
            return tr("Above {pane}")
        case "bottom":
            return tr("Below {pane}")
    return tr("Behind {pane}, with tabs")
