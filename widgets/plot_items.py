"""Things drawn on a plot in changing numbers: made once, shown when needed."""

from __future__ import annotations

from collections.abc import Sequence

import dearpygui.dearpygui as dpg

from .door import Tag, label
from .palette import Colour

Point = tuple[float, float]
NO_GROUND = (0, 0, 0, 0)


class Rectangles:
    """Filled rectangles in a plot's own coordinates. Main thread only."""

    def __init__(self, plot: Tag) -> None:
        self._plot = plot
        self._tags: list[Tag] = []
        self._shown: list[tuple[Point, Point, Colour]] = []

    def show(self, rectangles: Sequence[tuple[Point, Point, Colour]]) -> None:
        """Show just these: (one corner, the other corner, colour)."""
        wanted = list(rectangles)
        if wanted == self._shown:
            return
        while len(self._tags) < len(wanted):
            tag: Tag = dpg.generate_uuid()
            dpg.draw_rectangle((0, 0), (0, 0), color=(0, 0, 0, 0), tag=tag, parent=self._plot)
            self._tags.append(tag)
        for i, tag in enumerate(self._tags):
            if i < len(wanted):
                low, high, colour = wanted[i]
                dpg.configure_item(tag, pmin=low, pmax=high, fill=colour, show=True)
            elif i < len(self._shown):
                dpg.configure_item(tag, show=False)
        self._shown = wanted


class Notes:
    """Short texts at points of a plot, kept inside it. Main thread only."""

    def __init__(self, plot: Tag) -> None:
        self._plot = plot
        self._tags: list[Tag] = []
        self._looks: list[tuple[str, Point, Colour | None]] = []
        self.shown: list[tuple[str, Point, Point, Colour | None]] = []

    def show(self, notes: Sequence[tuple[str, Point, Point, Colour | None]]) -> None:
        """Show just these: (text, place, offset in px, colour of the ground or None)."""
        wanted = list(notes)
        if wanted == self.shown:
            return
        while len(self._tags) < len(wanted):
            tag: Tag = dpg.generate_uuid()
            dpg.add_plot_annotation(tag=tag, parent=self._plot, clamped=False, label="", show=False)
            self._tags.append(tag)
            self._looks.append(("", (0, 0), None))
        for i, tag in enumerate(self._tags):
            if i < len(wanted):
                text, place, offset, colour = wanted[i]
                if self._looks[i] != (text, offset, colour) or i >= len(self.shown):
                    dpg.configure_item(tag, label=label(text), offset=offset, color=colour or NO_GROUND, show=True)
                    self._looks[i] = (text, offset, colour)
                dpg.set_value(tag, place)
            elif i < len(self.shown):
                dpg.configure_item(tag, show=False)
        self.shown = wanted
