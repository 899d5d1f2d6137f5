"""The rubber band: a stretch of time under the mouse, with its length."""

from __future__ import annotations

import math

from .plane import Plane, Ruler
from .plot_items import Notes, Rectangles
from .theme import Theme

ALPHA = 44


class Selection:
    """A stretch between a moment and the pointer. The moment sticks to the signal. Main thread only.

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
        self._band, self.notes = Rectangles(plane.plot), Notes(plane.plot)
        self._from = math.nan
        self._px = 0.0

    @property
    def on(self) -> bool:
        """Whether a stretch is being chosen."""
        return math.isfinite(self._from)

    def begin(self, t: float) -> None:
        """Begin at a moment, s, LSL clock."""
        self._from = t

    def move(self, px: float) -> None:
        """Reach to a point of the screen."""
        if not self.on:
            return
        theme, plane = self._theme, self._plane
        ruler = Ruler(plane)
        self._px = ruler.clamped(px)
        start = ruler.clamped(ruler.px(plane.x_of_time(self._from)))
        left, right = sorted((start, self._px))
        accent = theme.colour("accent")
        line = theme.px(1)
        self._band.show(
            [
                ((ruler.x(a), 0.0), (ruler.x(b), ruler.y_top), colour)
                for a, b, colour in (
                    (left, right, (*accent[:3], ALPHA)),
                    (left, left + line, accent),
                    (right - line, right, accent),
                )
            ]
        )
        text = length(abs(self.seconds))
        room = theme.fonts.width(text, "small") / 2 + theme.px(6)
        middle = min(max((left + right) / 2, ruler.left + room), ruler.right - room)
        self.notes.show([(text, (ruler.x(middle), ruler.y_top), (0, theme.px(4)), theme.colour("on"))])

    @property
    def seconds(self) -> float:
        """How long the stretch is, s; below 0 towards the past, NaN when there is none."""
        return self._plane.time_at(self._px) - self._from if self.on else math.nan

    def end(self) -> tuple[float, float] | None:
        """Put the band away; return the two moments, s, LSL clock, or None when there was no stretch."""
        moments = (self._from, self._from + self.seconds) if self.on else None
        self._from = math.nan
        self._band.show([])
        self.notes.show([])
        if moments is None or not math.isfinite(moments[1]):
            return None
        return min(moments), max(moments)


def length(seconds: float) -> str:
    """Return a length of time as it is read off, always as many digits: ``1.240 s``, ``83.5 ms``."""
    return f"{seconds:.3f} s" if seconds >= 0.99995 else f"{1000 * seconds:.1f} ms"
