"""Electrode-grid map: what each electrode of a grid measures, as a picture in colours."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.info import Grid
from ..sources.language import later, tr
from ..sources.ring import RingBuffer
from .canvas import Canvas, HoverWords
from .choice_button import Choice, ChoiceButton
from .colour_bar import draw_colour_bar
from .colour_map import MAPS
from .door import Tag
from .eased_range import EasedRange
from .electrode_layout import ElectrodeLayout, arrange, grids_of
from .figures import si
from .flow import Flow
from .grid_dots import draw_dots
from .grid_measures import MEASURES, GridMeasure, Measure, fitting_range
from .grid_picture import DRAWINGS, Drawing, GridPicture
from .panel import Switch
from .view import Table, View

PACE_S = 0.05
LENGTHS_S = (0.1, 0.2, 0.5, 1.0, 2.0)
NAMES: Mapping[str, tuple[str, str]] = {
    "rms": (later("RMS"), later("Root mean square about the mean: how active the muscle is below each electrode")),
    "mnf": (later("Mean frequency"), later("First moment of the spectrum; falls as a muscle tires")),
    "amplitude": (later("Amplitude"), later("The newest sample, as the view filter leaves it")),
    "cells": (later("Cells"), later("One even colour for each electrode")),
    "linear": (later("Linear"), later("Straight from electrode to electrode; missing ones from their neighbours")),
    "cubic": (later("Smooth"), later("Rounded from electrode to electrode; missing ones from their neighbours")),
}
RANGE_AUTO = later("Colours follow what there is to see, a channel or two far off left aside. Press to lock them.")
RANGE_LOCKED = later("Colours keep their numbers, so that moments can be compared. Press to let them follow.")


class GridMap(View):
    """RMS, mean frequency or amplitude of every electrode, where it sits. Click an electrode to show it alone.

    Electrodes marked bad, and corners without one, are filled in from their neighbours and marked.
    """

    kind: ClassVar[str] = "grid map"
    title: ClassVar[str] = later("Grid map")

    def prepare(self) -> None:
        """Make what `apply` puts settings into."""
        self.measure: Measure = "rms"
        self.drawing: Drawing = "cubic"
        self.seconds = 0.5
        self.colours = MAPS[1]
        self.range = EasedRange()
        self.on_channel: Callable[[int], object] | None = None
        """Called with the number of an electrode that was clicked; None shows that channel alone."""
        self.pictures: list[GridPicture] = []
        self.values_shown: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self.layout = ElectrodeLayout()
        self._measure: GridMeasure | None = None
        self._ring: RingBuffer | None = None
        self._end = -1
        self._key: tuple[Measure, float] | None = None
        self._due = self._eased = -math.inf
        self._whole = False
        self._hovered: int | None = None
        self._drawn_bar: tuple[object, ...] = ()

    def build_controls(self, flow: Flow) -> None:
        """What is shown, over how long, and how."""
        theme = self._theme
        what, how = flow.group(), flow.group()
        self.measure_button = ChoiceButton[Measure](
            tr("What is shown of each electrode"), [Choice(m, *map(tr, NAMES[m])) for m in MEASURES],
            lambda: self.measure, self.set_measure,
        )  # fmt: skip
        self.length_button = ChoiceButton[float](
            tr("Over how long it is worked out"), [Choice(s, f"{s:g} s") for s in LENGTHS_S],
            lambda: self.seconds, self.set_seconds, 100,
        )  # fmt: skip
        self.drawing_button = ChoiceButton[Drawing](
            tr("How the room between electrodes is filled"), [Choice(d, *map(tr, NAMES[d])) for d in DRAWINGS],
            lambda: self.drawing, self.set_drawing,
        )  # fmt: skip
        self.colours_button = ChoiceButton[str](
            tr("Which colours stand for the numbers"), [Choice(name, tr(name)) for name in MAPS],
            lambda: self.colours, self.set_colours, 140,
        )  # fmt: skip
        for group, button in (
            (what, self.measure_button), (what, self.length_button), (how, self.drawing_button),
            (how, self.colours_button),
        ):  # fmt: skip
            button.build(group, theme)
        self.range_button = Switch(theme, tr("Auto range"), tr(RANGE_AUTO), self.toggle_lock)
        self.range_button.build(how)
        self.range_button.show(look="on" if self.range.auto else "plain")

    def build_body(self, parent: Tag) -> None:
        """The picture, and what is drawn over it."""
        # The picture; dots and names; colour bar; what the pointer is on.
        self.canvas = Canvas(self._theme, 4)
        self.canvas.build(parent)
        self.tip = HoverWords(self.canvas, self._theme)

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        self._drop()
        if self.box:
            for button in (self.measure_button, self.length_button, self.drawing_button, self.colours_button):
                button.popup.close()
            self.canvas.delete()
        super().delete()

    def _drop(self) -> None:
        for picture in self.pictures:
            picture.image.drop()
        self.pictures = []

    # What a person does

    def set_measure(self, measure: Measure) -> None:
        """Show ``rms``, ``mnf`` or ``amplitude``; the range of colours follows anew."""
        self.measure = measure
        self.range = EasedRange()
        self._restart()

    def set_seconds(self, seconds: float) -> None:
        """Choose over how long the figure is worked out, 0.1 to 2 s."""
        if math.isfinite(seconds):
            self.seconds = min(max(seconds, LENGTHS_S[0]), LENGTHS_S[-1])
            self._restart()

    def set_drawing(self, drawing: Drawing) -> None:
        """Fill the room between electrodes: ``cells``, ``linear`` or ``cubic``."""
        self.drawing = drawing
        self._restart()

    def set_colours(self, name: str) -> None:
        """Choose a colour map."""
        self.colours = name
        self._restart()

    def toggle_lock(self) -> None:
        """Keep the range of colours as it is, or let it follow."""
        if self.range.auto:
            self.range.lock(self.range.low, self.range.high)
        else:
            self.range.auto = True

    def _restart(self) -> None:
        self._seen = None

    # Each frame

    @property
    def grid(self) -> Grid | None:
        """Where electrodes sit; None when nobody has said."""
        return self.look.channels.grid

    @property
    def unit(self) -> str:
        """Of the numbers shown."""
        return "Hz" if self.measure == "mnf" else self.look.info.unit

    def why_empty(self) -> tuple[str, str]:
        """Return what to do where no electrode layout is known."""
        if self.grid is None or not any(min(cell) >= 0 for cell in self.grid.cells):
            self._drop()
            return tr("No electrode layout"), tr("Choose a layout under Channels, Grid.")
        if self.measure == "mnf" and not self.look.info.fs:
            self._drop()
            return tr("No steady rate"), tr("An irregular stream has no spectrum. Choose RMS or amplitude instead.")
        return "", ""

    def begin(self) -> None:
        """Start anew."""
        info, ring = self.look.info, self.look.ring
        key = (self.measure, self.seconds)
        measure = self._measure
        if measure is None or ring is not self._ring or key != self._key:
            self._measure = GridMeasure(self.measure, info.n_channels, info.fs, self.seconds)
            self._ring = ring
        self._key = key
        self._end = -1
        self.canvas.fit(0, 0)

    def draw_body(self, now: float) -> None:
        """Bring numbers and colours up to date, at most twenty times a second."""
        ring, measure = self.look.ring, self._measure
        width, height = self.size()
        if ring is None or measure is None or height <= 0:
            return
        if self.canvas.fit(width, height):
            self._place(width, height)
        if ring is not self._ring:
            # Held, or live again: the rows are the same ones.
            self._ring, self._end = ring, -1
        end = self.look.end
        if (end != self._end and now >= self._due) or not self._whole:
            self._whole = measure.update(ring, end)
            if self._whole:
                self._end, self._due = end, now + PACE_S
                self._show(measure.values, now)
        self._hover(now)

    def _place(self, width: int, height: int) -> None:
        theme, grid = self._theme, self.grid
        self._drop()
        words = theme.fonts.width("−888.8 mV", "small figures")
        self._bar_room = theme.px(16) + theme.px(14) + theme.px(8) + words
        grids = grids_of(grid) if grid is not None else ()
        self.layout = arrange(grids, width - self._bar_room, height, theme.px(20))
        for layer in range(4):
            self.canvas.clear(layer)
        self.pictures = [GridPicture(part, self.drawing, self.layout.cell_width) for part in self.layout.parts]
        draw_dots(self.canvas, 1, self.layout, self.look.channels, theme)
        self._drawn_bar, self._end, self._hovered, self._whole = (), -1, None, False
        if self._measure is not None and len(self.values_shown) == self.look.info.n_channels:
            self._paint()

    def _show(self, values: NDArray[np.float32], now: float) -> None:
        self.values_shown = values
        bad = self.look.channels.bad
        on_grid = [c for part in self.layout.parts for c in part.channels if c not in bad]
        self.range.aim(*fitting_range(values[on_grid], self.measure))
        self.range.ease(min(now - self._eased, 1.0) if math.isfinite(self._eased) else 0.0)
        self._eased = now
        self._paint()

    def _paint(self) -> None:
        bad, low, high = self.look.channels.bad, self.range.low, self.range.high
        for picture in self.pictures:
            picture.paint(self.values_shown, bad, low, high, self.colours)
            picture.image.show(self.canvas.layers[0], self.layout.bounds(picture.part))

    def _hover(self, now: float) -> None:
        pointer = self.canvas.follow(now)
        channel = self.layout.channel_at(pointer.x, pointer.y) if pointer.inside else None
        if channel != self._hovered:
            self._hovered = channel
            layer = self.canvas.clear(3)
            if channel is not None:
                part = next(part for part in self.layout.parts if channel in part.channels)
                rect = self.layout.rect(part, part.cells[part.channels.index(channel)])
                colour = self._theme.colour("text")
                dpg.draw_rectangle(rect[:2], rect[2:], color=colour, thickness=self._theme.px(2), parent=layer)
            self.tip.say(self.explain(channel) if channel is not None else "")
        if channel is not None and pointer.clicked:
            (self.on_channel or self.look.channels.solo)(channel)

    def explain(self, channel: int) -> str:
        """Return name, number and state of an electrode, and what a click does."""
        channels = self.look.channels
        value = float(self.values_shown[channel]) if channel < len(self.values_shown) else math.nan
        lines = [f"{channels.label(channel)}   {si(value, self.unit)}"]
        if channels.is_bad(channel):
            why = channels.reason(channel) or tr("no reason given")
            lines.append(tr("Marked bad: {reason}. The colour is its neighbours'.").format(reason=why))
        if self.on_channel is None:
            solo = channels.is_solo(channel)
            lines.append(tr("Click: show all channels again") if solo else tr("Click: show this channel alone"))
        return "\n".join(lines)

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring the colour bar's figures and the buttons up to date."""
        for button in (self.measure_button, self.length_button, self.drawing_button, self.colours_button):
            button.draw()
        needs_length = self.measure != "amplitude"
        self.length_button.popup.set_off("" if needs_length else tr("Amplitude is that of the newest sample."))
        auto = self.range.auto
        self.range_button.show(text=tr("Auto range") if auto else tr("Locked"), look="on" if auto else "plain")
        if self._hovered is not None:
            self.tip.say(self.explain(self._hovered))
        wanted = (self.range.low, self.range.high, self.unit, self.colours, self.layout, self._theme.version)
        if self.layout.parts and self.range.known and wanted != self._drawn_bar:
            self._drawn_bar = wanted
            theme = self._theme
            self.canvas.clear(2)
            _, top, right, bottom = self.layout.extent
            left = right + theme.px(16)
            rect = (left, top, left + theme.px(14), bottom)
            draw_colour_bar(
                self.canvas, 2, rect, self.colours, self.range.low, self.range.high, self.unit, theme.px(8)
            )  # fmt: skip

    # What survives

    def values(self) -> Table | None:
        """Return the number of each electrode with its row and column, from 1."""
        grid = self.grid
        if grid is None or len(self.values_shown) != len(grid.cells):
            return None
        header = (tr("channel"), tr("row"), tr("column"), f"{tr(NAMES[self.measure][0])} [{self.unit}]")
        label = self.look.channels.label
        rows: list[tuple[object, ...]] = [
            (label(i), row + 1, column + 1, float(self.values_shown[i]))
            for i, (row, column) in enumerate(grid.cells)
            if min(row, column) >= 0
        ]
        return Table(header, rows)

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        locked = None if self.range.auto else [self.range.low, self.range.high]
        return {
            "measure": self.measure, "seconds": self.seconds, "drawing": self.drawing, "colours": self.colours,
            "range": locked,
        }  # fmt: skip

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        measure, drawing, colours = (settings.get(key) for key in ("measure", "drawing", "colours"))
        self.measure = next((m for m in MEASURES if m == measure), self.measure)
        self.drawing = next((d for d in DRAWINGS if d == drawing), self.drawing)
        self.colours = next((name for name in MAPS if name == colours), self.colours)
        seconds, locked = settings.get("seconds"), settings.get("range")
        if isinstance(seconds, int | float) and math.isfinite(seconds):
            self.seconds = min(max(float(seconds), LENGTHS_S[0]), LENGTHS_S[-1])
        if isinstance(locked, list | tuple) and len(locked) == 2 and all(isinstance(v, int | float) for v in locked):
            self.range.lock(float(locked[0]), float(locked[1]))
        self._restart()
