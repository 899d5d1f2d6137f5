"""Where on the screen the moments and values of a signal viewer are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .door import Tag
from .look import Look
from .time_axis import TimeAxis

if TYPE_CHECKING:
    from .signal_viewer import SignalViewer


class ViewerPlane:
    """A `Plane` of a signal viewer: what the mouse, cursors and notes go by. Main thread only.

    Parameters
    ----------
    viewer
        Whose traces they are; built already.
    """

    def __init__(self, viewer: SignalViewer) -> None:
        self._viewer = viewer

    @property
    def plot(self) -> Tag:
        """The plot item."""
        return self._viewer.plot.plot

    @property
    def look(self) -> Look:
        """The stream as it is looked at."""
        return self._viewer.look

    @property
    def axis(self) -> TimeAxis:
        """The time that is looked at."""
        return self._viewer.axis

    @property
    def lanes(self) -> Sequence[int]:
        """Numbers of the channels drawn, top to bottom."""
        return self._viewer.channels.numbers

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the part with traces, px."""
        return self._viewer.plot.ground

    @property
    def seconds_per_pixel(self) -> float:
        """How long one pixel is, s."""
        return self._viewer.plot.seconds_per_pixel

    @property
    def lanes_per_pixel(self) -> float:
        """How high one pixel is, in lanes."""
        return self._viewer.plot.lanes_per_pixel

    @property
    def top(self) -> float:
        """The upper edge, in lanes."""
        return self._viewer.plot.top

    def x_at(self, px: float) -> float:
        """Return the place on the x axis below a point of the screen."""
        return self._viewer.plot.x_at(px)

    def px_of(self, x: float) -> float:
        """Return where a place on the x axis is on the screen, px."""
        return self._viewer.plot.px_of(x)

    def y_at(self, py: float) -> float:
        """Return the place on the y axis beside a point of the screen."""
        return self._viewer.plot.y_at(py)

    def lane_at(self, py: float) -> int | None:
        """Return the lane at a height of the screen, 0 being the top one; None above and below all."""
        return self._viewer.plot.lane_at(py)

    def time_at(self, px: float) -> float:
        """Return the moment at a point of the screen, s, LSL clock; NaN before the first sample."""
        return self._viewer.picture.time_at(self.x_at(px))

    def x_of_time(self, t: float) -> float:
        """Return the place of a moment on the x axis; infinite where a sweep does not show it."""
        return self._viewer.picture.x_of_time(t)

    def value_at(self, lane: int, py: float) -> float:
        """Return the value that a lane's trace has at a height of the screen, in the unit."""
        scale, numbers = self._viewer.scale, self.lanes
        if not lane < len(numbers) or numbers[lane] >= len(scale.gain):
            return math.nan
        channel = numbers[lane]
        above = self.y_at(py) - self._viewer.plot.place(lane)
        return float(scale.centre[channel]) + above / float(scale.gain[channel])
