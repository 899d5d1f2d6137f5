"""Two lines that mark moments, A and B: they stick to the signal, and all viewers on an axis share them."""

from __future__ import annotations

import math
from typing import Literal

from ..sources.language import tr
from ..sources.measure import nearest
from .figures import si
from .palette import Colour
from .plane import Plane, Ruler, px_of_time
from .plot_items import Notes, Rectangles
from .readout import Box
from .selection import length
from .theme import Theme
from .time_axis import TimeAxis

LETTERS = ("A", "B")
NEAR = 6
DASHES = 14
Which = Literal[0, 1]


def toggle(axis: TimeAxis) -> None:
    """Put the cursors at one and two thirds of the window, or away. Nothing happens before the first sample."""
    if axis.cursors is not None:
        axis.cursors = None
    elif math.isfinite(axis.edge):
        axis.cursors = (axis.edge - axis.seconds * 2 / 3, axis.edge - axis.seconds / 3)


def place(axis: TimeAxis, which: Which, t: float) -> None:
    """Put cursor A (0) or B (1) at a moment, s, LSL clock, as far as there are samples."""
    if axis.cursors is None or not math.isfinite(t):
        return
    if math.isfinite(axis.oldest):
        t = min(max(t, axis.oldest), axis.newest)
    axis.cursors = (t, axis.cursors[1]) if which == 0 else (axis.cursors[0], t)


def nudge(plane: Plane, which: Which, steps: int) -> None:
    """Move a cursor by so many pixels, or samples where those are further apart."""
    axis, look = plane.axis, plane.look
    if axis.cursors is None:
        return
    step = max(plane.seconds_per_pixel, 1 / look.info.fs if look.ready and look.info.fs else 0.0)
    place(axis, which, axis.cursors[which] + steps * step)


def near(plane: Plane, px: float, reach: float) -> Which | None:
    """Return the cursor within `reach` px of a point of the screen, the nearer of two; None when there is none."""
    moments = plane.axis.cursors
    if moments is None:
        return None
    away = [abs(px_of_time(plane, t) - px) for t in moments]
    which: Which = 0 if away[0] <= away[1] else 1
    return which if away[which] <= reach else None


def nearer(plane: Plane, t: float) -> Which:
    """Return the cursor that is nearer to a moment."""
    # In time, not on the screen: a sweep may have wiped one out.
    away = [abs(moment - t) for moment in plane.axis.cursors or (math.nan, math.nan)]
    return 0 if away[0] <= away[1] else 1


class Cursors:
    """Draws the cursors and what lies between them on one plot. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    plane
        What they are drawn on.
    """

    def __init__(self, theme: Theme, plane: Plane) -> None:
        self._theme = theme
        self._plane = plane
        self._lines, self.letters = Rectangles(plane.plot), Notes(plane.plot)
        self.box = Box(theme, plane)
        self._asked: tuple[object, ...] = ()
        self._read: list[str] = []

    def draw(self, py: float | None = None) -> None:
        """Bring lines and figures up to date; `py` is how high the pointer is, px, None when it is elsewhere."""
        plane, moments = self._plane, self._plane.axis.cursors
        if moments is None:
            self._lines.show([])
            self.letters.show([])
            self.box.hide()
            return
        theme = self._theme
        ruler = Ruler(plane)
        left, right = ruler.left, ruler.right
        # What a sweep has wiped out is of the past.
        at = [ruler.px(x) if math.isfinite(x) else -math.inf for x in map(plane.x_of_time, moments)]
        self._lines.show(
            [piece for i, px in enumerate(at) if left <= px <= right for piece in self._line(i, px, ruler)]
        )
        named = [(letter, px) for letter, px in zip(LETTERS, at, strict=True) if left <= px <= right]
        # Those that are out of the window wait at its edge.
        before = " ".join(letter for letter, px in zip(LETTERS, at, strict=True) if px < left)
        after = " ".join(letter for letter, px in zip(LETTERS, at, strict=True) if px > right)
        if before:
            named.append((f"← {before}", left))
        if after:
            named.append((f"{after} →", right))
        self.letters.show([self._letter(text, px, ruler) for text, px in named])
        lane = plane.lane_at(py) if py is not None else None
        beside = ruler.clamped(at[1])
        look = plane.look
        # What they stick to does not change, but for a filter, or when it is overwritten.
        asked = (
            moments,
            lane,
            tuple(plane.lanes),
            id(look.ring),
            look.version,
            look.channels.version,
            look.axis.oldest > min(moments),
        )
        if asked != self._asked:
            self._asked, self._read = asked, self._figures(moments, lane)
        self.box.show(self._read, beside, above=theme.fonts.height("small") + theme.px(14), ruler=ruler)

    def _letter(
        self, text: str, px: float, ruler: Ruler
    ) -> tuple[str, tuple[float, float], tuple[float, float], Colour | None]:
        """Return a note at the lower edge, whole also where the line is at the left or right one."""
        theme = self._theme
        half = theme.fonts.width(text, "small") / 2 + theme.px(6)
        middle = max(ruler.left + half, min(px, ruler.right - half))
        high = ruler.bottom - theme.fonts.height("small") / 2 - theme.px(6)
        # Around its place, not beside it: from there a line would be drawn to it.
        return text, (ruler.x(middle), ruler.y(high)), (0.0, 0.0), theme.colour("pressed")

    def _line(
        self, which: int, px: float, ruler: Ruler
    ) -> list[tuple[tuple[float, float], tuple[float, float], Colour]]:
        theme = self._theme
        half = max(1, theme.px(1)) / 2
        colour = theme.colour("text")
        x0, x1 = ruler.x(px - half), ruler.x(px + half)
        if which == 0:
            return [((x0, 0.0), (x1, ruler.y_top), colour)]
        step = ruler.y_top / DASHES
        return [((x0, i * step), (x1, (i + 0.55) * step), colour) for i in range(DASHES)]

    def _figures(self, moments: tuple[float, float], lane: int | None) -> list[str]:
        dt = moments[1] - moments[0]
        lines = [f"Δt {signed(dt, length(abs(dt)))}", f"1/Δt {frequency(1 / abs(dt))}" if dt else "1/Δt –"]
        found = self.difference(moments, lane)
        if found is not None:
            lines.append(found)
        return lines

    def difference(self, moments: tuple[float, float], lane: int | None) -> str | None:
        """Return how much a lane's value changes from A to B, in words; None for no lane."""
        look, lanes = self._plane.look, self._plane.lanes
        ring = look.ring
        if lane is None or ring is None or lane >= len(lanes):
            return None
        view, channel = ring.view(None), lanes[lane]
        rows = [nearest(view, t) for t in moments]
        name = look.channels.label(channel)
        if rows[0] is None or rows[1] is None:
            return None
        if min(moments) < view.timestamps[0] - 1e-3:
            return tr("ΔV –, no longer kept")
        dv = float(view.data[rows[1], channel]) - float(view.data[rows[0], channel])
        return f"ΔV {signed(dv, si(abs(dv), look.info.unit))} · {name}"


def frequency(hz: float) -> str:
    """Return a frequency with four digits: ``0.346 Hz``, ``34.56 Hz``, ``1.25 kHz``."""
    decimals = 3 if hz < 9.9995 else 2 if hz < 99.995 else 1
    return f"{hz:.{decimals}f} Hz" if hz < 999.95 else si(hz, "Hz", 4)


def signed(value: float, text: str) -> str:
    """Return a text with the sign of a value in front of it, as wide for either."""
    return ("−" if value < 0 else "+") + text
