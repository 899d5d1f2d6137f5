"""What the mouse, cursors and notes need of a plot of traces, whoever draws it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from .door import Tag
from .look import Look
from .time_axis import TimeAxis


class Plane(Protocol):
    """Traces over time on the screen, and the way between pixels, moments and values. Main thread only.

    x is time in s, its zero wherever the picture has it; y is in lanes, 0 at the bottom. Pixels are counted from the
    window's corner.
    """

    @property
    def plot(self) -> Tag:
        """The plot item; it takes no input of its own (``no_inputs``)."""
        ...

    @property
    def look(self) -> Look:
        """The stream as it is looked at."""
        ...

    @property
    def axis(self) -> TimeAxis:
        """The time that is looked at: the look's, or one of another length that follows it."""
        ...

    @property
    def lanes(self) -> Sequence[int]:
        """Numbers of the channels drawn, top to bottom."""
        ...

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the part with traces, px."""
        ...

    @property
    def seconds_per_pixel(self) -> float:
        """How long one pixel is, s."""
        ...

    @property
    def lanes_per_pixel(self) -> float:
        """How high one pixel is, in lanes."""
        ...

    @property
    def top(self) -> float:
        """The upper edge, in lanes."""
        ...

    def x_at(self, px: float) -> float:
        """Return the place on the x axis below a point of the screen."""
        ...

    def px_of(self, x: float) -> float:
        """Return where a place on the x axis is on the screen, px."""
        ...

    def y_at(self, py: float) -> float:
        """Return the place on the y axis beside a point of the screen."""
        ...

    def lane_at(self, py: float) -> int | None:
        """Return the lane at a height of the screen, 0 being the top one; None above and below all."""
        ...

    def time_at(self, px: float) -> float:
        """Return the moment at a point of the screen, s, LSL clock; NaN before the first sample."""
        ...

    def x_of_time(self, t: float) -> float:
        """Return the place of a moment on the x axis; infinite where a sweep does not show it."""
        ...

    def value_at(self, lane: int, py: float) -> float:
        """Return the value that a lane's trace has at a height of the screen, in the unit."""
        ...


class Ruler:
    """Where a plane is at the moment, asked once: drawing on it asks often, and each answer is dear.

    Parameters
    ----------
    plane
        What is measured; the ruler holds until the plane moves.
    """

    def __init__(self, plane: Plane) -> None:
        self.left, self.top, self.right, self.bottom = plane.ground
        self.seconds, self.lanes = plane.seconds_per_pixel, plane.lanes_per_pixel
        """How long and how high a pixel is."""
        self.x_left, self.y_top = plane.x_at(self.left), plane.top
        self._y_bottom = plane.y_at(self.bottom)

    def x(self, px: float) -> float:
        """Return the place on the x axis below a point of the screen."""
        return self.x_left + (px - self.left) * self.seconds

    def y(self, py: float) -> float:
        """Return the place on the y axis beside a point of the screen."""
        return self._y_bottom + (self.bottom - py) * self.lanes

    def px(self, x: float) -> float:
        """Return where a place on the x axis is on the screen, px; infinite places stay so."""
        return self.left + (x - self.x_left) / self.seconds

    def clamped(self, px: float) -> float:
        """Return the nearest point of the screen that lies on the ground, px from the left."""
        return min(max(px, self.left), self.right)


def inside(plane: Plane, x: float, y: float) -> bool:
    """Tell whether a point of the screen lies on the ground of the traces."""
    left, top, right, bottom = plane.ground
    return left <= x <= right and top <= y <= bottom


def clamped(plane: Plane, px: float) -> float:
    """Return the nearest point of the screen that lies on the ground, px from the left."""
    left, _, right, _ = plane.ground
    return min(max(px, left), right)


def px_of_time(plane: Plane, t: float) -> float:
    """Return where a moment is on the screen, px; infinite where it is not on it."""
    x = plane.x_of_time(t)
    return plane.px_of(x) if math.isfinite(x) else x


def y_of_value(plane: Plane, lane: int, value: float) -> float:
    """Return how high a value of a lane lies, in lanes; NaN when the lane has no scale yet."""
    _, top, _, bottom = plane.ground
    low, high = plane.value_at(lane, bottom), plane.value_at(lane, top)
    if not math.isfinite(high - low) or high == low:
        return math.nan
    return plane.y_at(bottom - (value - low) / (high - low) * (bottom - top))
