"""Figures on the plot itself: a small box that stays inside, and the value under the pointer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import dearpygui.dearpygui as dpg
import numpy as np

from ..sources.language import tr
from ..sources.measure import nearest
from .door import Tag
from .figures import si
from .plane import Plane, Ruler, inside, y_of_value
from .plot_items import Notes, Rectangles
from .selection import length
from .theme import Theme

PACE_S = 0.05
SEVERAL = 2.0
"""From so many samples a pixel on, the lowest and the highest of a column are read."""


Edges = tuple[float, float, float, float]
NOWHERE: Edges = (0.0, 0.0, 0.0, 0.0)


class Box:
    """A few lines of text on a ground of their own, beside a point of a plot and inside it. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    plane
        What it is drawn on.
    """

    def __init__(self, theme: Theme, plane: Plane) -> None:
        self._theme = theme
        self._plane = plane
        self._ground, self.notes = Rectangles(plane.plot), Notes(plane.plot)
        self.lines: tuple[str, ...] = ()
        self._measured: tuple[tuple[str, ...], float] = ((), 0.0)
        self._width = 0.0
        self.edges = NOWHERE
        """Left, top, right and bottom, px."""

    def show(
        self,
        lines: Sequence[str],
        px: float,
        py: float | None = None,
        *,
        above: float = 0.0,
        avoid: Edges = NOWHERE,
        ruler: Ruler | None = None,
    ) -> None:
        """Write lines beside a point of the screen, px: at its right where there is room, and below it.

        Parameters
        ----------
        py
            How high; None for the bottom edge of the traces, less `above` px.
        avoid
            Left, top, right and bottom of what should not be covered, px, where there is another place.
        ruler
            Of the plane, where it has been asked already.
        """
        theme = self._theme
        ruler = ruler or Ruler(self._plane)
        left, top, right, bottom = ruler.left, ruler.top, ruler.right, ruler.bottom
        gap, row = theme.px(10), theme.fonts.height("small") + theme.px(4)
        if (tuple(lines), theme.scale) != self._measured:
            self._measured = (tuple(lines), theme.scale)
            self._width = max(theme.fonts.width(line, "small") for line in lines)
        width = self._width + theme.px(16)
        height = row * len(lines) + theme.px(6)
        beside = [px + gap, px - gap - width]
        below = [bottom - above - height] if py is None else [py + gap, py - gap - height]
        places = [
            (min(max(x, left), max(left, right - width)), min(max(y, top), max(top, bottom - height)))
            for x in (beside if beside[0] + width <= right else beside[::-1])
            for y in (below if below[0] + height <= bottom else below[::-1])
        ]
        x, y = next((place for place in places if not _overlap(place, (width, height), avoid)), places[0])
        # On whole pixels, so that the letters do not swim.
        x, y = round(x), round(y)
        colour = theme.colour("hover")
        self._ground.show([((ruler.x(x), ruler.y(y)), (ruler.x(x + width), ruler.y(y + height)), colour)])
        inner = theme.px(3)
        self.notes.show(
            [(line, (ruler.x(x), ruler.y(y + inner + i * row)), (inner, 1.0), colour) for i, line in enumerate(lines)]
        )
        self.lines, self.edges = tuple(lines), (x, y, x + width, y + height)

    def hide(self) -> None:
        """Put the box away."""
        if self.lines:
            self._ground.show([])
            self.notes.show([])
            self.lines, self.edges = (), NOWHERE


class Hover:
    """The value and the moment under the pointer, of the lane under it. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    plane
        What it is drawn on.
    clock
        For the pace, s; a test passes its own.
    """

    def __init__(self, theme: Theme, plane: Plane, clock: Callable[[], float] = time.perf_counter) -> None:
        self._theme = theme
        self._plane = plane
        self._clock = clock
        self.box = Box(theme, plane)
        self._dots: list[Tag] = []
        self._read_at = -math.inf
        self._seen: tuple[object, ...] = ()
        self._avoid = NOWHERE

    def draw(self, pointer: tuple[float, float] | None, avoid: Edges = NOWHERE) -> None:
        """Bring the note up to date.

        Parameters
        ----------
        pointer
            Where the pointer is, px; None when it is elsewhere or drags something.
        avoid
            Edges of what the note should not cover, such as the box of the cursors.
        """
        self._avoid = avoid
        plane = self._plane
        if pointer is None or not inside(plane, *pointer):
            self.hide()
            return
        ring = plane.look.ring
        seen = (pointer, ring is not None and ring.n_total, plane.look.end, plane.ground, plane.seconds_per_pixel)
        now = self._clock()
        if seen == self._seen or 0 <= now - self._read_at < PACE_S:
            return
        self._seen, self._read_at = seen, now
        lane = plane.lane_at(pointer[1])
        if lane is None or ring is None or lane >= len(plane.lanes):
            self.hide()
            return
        self._read(lane, *pointer)

    def _read(self, lane: int, px: float, py: float) -> None:
        plane, look = self._plane, self._plane.look
        channel, unit, fs = plane.lanes[lane], look.info.unit, look.info.fs
        t, t_next = plane.time_at(px - 0.5), plane.time_at(px + 0.5)
        ring = look.ring
        if ring is None or not math.isfinite(t):
            self.hide()
            return
        view = ring.view(None, end=look.end)
        row = nearest(view, (t + t_next) / 2)
        reach = 1.5 / fs if fs else math.inf
        if row is None or abs(view.timestamps[row] - (t + t_next) / 2) > max(reach, plane.seconds_per_pixel):
            self._write([tr("no sample here")], px, py, [])
            return
        name = look.channels.label(channel)
        when = moment(look.axis.edge - float(view.timestamps[row]))
        first, end = np.searchsorted(view.timestamps, (min(t, t_next), max(t, t_next)))
        if fs * plane.seconds_per_pixel >= SEVERAL and end > first:
            column = view.data[first:end, channel]
            values = [float(column.min()), float(column.max())]
            text = minus(f"{si(values[0], unit)} … {si(values[1], unit)}")
        else:
            values = [float(view.data[row, channel])]
            text = minus(si(values[0], unit))
        heights = [y_of_value(plane, lane, value) for value in values]
        self._write([f"{name}  {text}", when], px, py, [y for y in heights if math.isfinite(y)])

    def _write(self, lines: list[str], px: float, py: float, heights: list[float]) -> None:
        self.box.show(lines, px, py, avoid=self._avoid)
        plane, theme = self._plane, self._theme
        while len(self._dots) < len(heights):
            tag: Tag = dpg.generate_uuid()
            dpg.draw_ellipse((0, 0), (0, 0), tag=tag, parent=plane.plot, segments=16, color=(0, 0, 0, 0))
            self._dots.append(tag)
        wide, high = theme.px(3) * plane.seconds_per_pixel, theme.px(3) * plane.lanes_per_pixel
        x = plane.x_at(px)
        for i, tag in enumerate(self._dots):
            if i < len(heights):
                y = min(max(heights[i], high), plane.top - high)
                dpg.configure_item(
                    tag, pmin=(x - wide, y - high), pmax=(x + wide, y + high), fill=theme.colour("text"), show=True
                )
            else:
                dpg.configure_item(tag, show=False)

    def hide(self) -> None:
        """Put the note away."""
        if self.box.lines:
            self.box.hide()
            for tag in self._dots:
                dpg.configure_item(tag, show=False)
        self._seen = ()


def _overlap(place: tuple[float, float], size: tuple[float, float], edges: Edges) -> bool:
    left, top, right, bottom = edges
    return place[0] < right and place[0] + size[0] > left and place[1] < bottom and place[1] + size[1] > top


def minus(text: str) -> str:
    """Return figures with a minus as long as a plus."""
    return text.replace("-", "−")


def moment(before_s: float) -> str:
    """Return a moment as the axis has it: how long before the right edge."""
    if abs(before_s) < 5e-4:
        return "0 s"
    return f"{'−' if before_s > 0 else '+'}{length(abs(before_s))}"
