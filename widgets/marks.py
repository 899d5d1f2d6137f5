"""State shapes, drawn rather than typed: no font has to have them."""

from __future__ import annotations

import math

import dearpygui.dearpygui as dpg

from .door import Tag, label
from .palette import Colour
from .popup import centred
from .state import Shape, StateView
from .theme import Theme


class Mark:
    """A small shape in the colour of a role. Main thread only.

    Parameters
    ----------
    theme
        Colours and measures.
    size
        Width and height, px at 100 %.
    """

    def __init__(self, theme: Theme, size: float = 10) -> None:
        self._theme = theme
        self._size = size
        self._shown: tuple[Shape, Colour] | None = None
        self.tag: Tag = 0

    def build(self, parent: Tag, height: str = "words") -> None:
        """Make room for the shape, as high as a line in the face `height`."""
        self.tag = dpg.generate_uuid()
        self._shown = None
        side = self._theme.px(self._size)
        dpg.add_drawlist(side + 2, max(side + 2, self._theme.fonts.height(height) + 2), tag=self.tag, parent=parent)

    def show(self, shape: Shape, role: str) -> None:
        """Draw a shape; nothing happens when it is there already."""
        wanted = (shape, self._theme.colour(role))
        if wanted == self._shown:
            return
        self._shown = wanted
        dpg.delete_item(self.tag, children_only=True)
        side = self._theme.px(self._size)
        height = dpg.get_item_height(self.tag) or side + 2
        draw_shape(self.tag, shape, wanted[1], (1 + side / 2, height / 2), side)


def draw_shape(parent: Tag, shape: Shape, colour: Colour, centre: tuple[float, float], side: float) -> None:
    """Draw one shape into a drawlist, `side` px wide around `centre`."""
    x, y = centre
    half = side / 2
    if shape == "circle":
        dpg.draw_circle((x, y), half, color=(0, 0, 0, 0), fill=colour, parent=parent, segments=32)
    elif shape == "ring":
        dpg.draw_circle((x, y), half - 1, color=colour, thickness=max(1.5, side / 6), parent=parent, segments=32)
    elif shape == "square":
        inner = half * 0.85
        dpg.draw_rectangle(
            (x - inner, y - inner), (x + inner, y + inner), color=(0, 0, 0, 0), fill=colour, rounding=1, parent=parent
        )
    elif shape == "triangle":
        high = side * math.sqrt(3) / 2
        points = ((x, y - high / 2), (x + half, y + high / 2), (x - half, y + high / 2))
        dpg.draw_triangle(*points, color=(0, 0, 0, 0), fill=colour, parent=parent)
    else:
        arm, thickness = half * 0.75, max(2.0, side / 5)
        for sign in (1, -1):
            start, stop = (x - arm, y - sign * arm), (x + arm, y + sign * arm)
            dpg.draw_line(start, stop, color=colour, thickness=thickness, parent=parent)


class StateLine:
    """A state's shape and words side by side, with the sentence about it as a tooltip.

    Parameters
    ----------
    theme
        Colours and measures.
    face
        Face of the words.
    """

    def __init__(self, theme: Theme, face: str = "words") -> None:
        self._theme = theme
        self._face = face
        self._mark = Mark(theme)
        self._shown: StateView | None = None
        self._words: Tag = 0
        self._tip: Tag = 0
        self._sentence: Tag = 0

    def build(self, parent: Tag, *, level: bool = False) -> None:
        """Make the items inside `parent`, a horizontal group; `level` with the buttons in it."""
        self._shown = None
        self._words, self._tip, self._sentence = (dpg.generate_uuid() for _ in range(3))
        height = self._theme.fonts.height(self._face)
        self._mark.build(centred(parent, height + 2, self._theme, text=False) if level else parent, self._face)
        dpg.add_text("", tag=self._words, parent=centred(parent, height, self._theme) if level else parent)
        self._theme.fonts.bind(self._words, self._face)
        with dpg.tooltip(self._words, tag=self._tip, show=False):
            dpg.add_text("", tag=self._sentence, wrap=self._theme.px(360))

    @property
    def words(self) -> str:
        """What is written beside the shape."""
        return self._shown.words if self._shown else ""

    def show(self, view: StateView) -> None:
        """Draw a state."""
        self._mark.show(view.shape, view.role)
        if view == self._shown:
            return
        self._shown = view
        dpg.set_value(self._words, label(view.words))
        dpg.bind_item_theme(self._words, self._theme.text(view.role))
        dpg.set_value(self._sentence, label(view.detail, 1000))
        dpg.configure_item(self._tip, show=bool(view.detail))
