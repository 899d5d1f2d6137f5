"""The measure of the lanes at the right of a plot: scale bars, or an axis a lane."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .figures import bar_below, si, step_up
from .plot_items import Notes, Rectangles
from .theme import Theme
from .thinning import thinning

if TYPE_CHECKING:
    from .trace_plot import TracePlot


class Gutter:
    """Scale bars or axes between the right edge of the window and that of the plot. Main thread only.

    Parameters
    ----------
    plot
        Where they are drawn; built already.
    theme
        Colours, faces and measures.
    """

    def __init__(self, plot: TracePlot, theme: Theme) -> None:
        self._plot = plot
        self._theme = theme
        self._ground = Rectangles(plot.plot)
        self._bars = Rectangles(plot.plot)
        self.notes = Notes(plot.plot)
        self._key: tuple[object, ...] = ()

    def arrange(self, right: float) -> None:
        """Cover what of the traces reaches beyond the window; the plot ends `right` s after it."""
        colour, shift = self._theme.colour("plot"), self._plot.shift
        self._ground.show([((shift, -1.0), (shift + right * 2, self._plot.top + 1), colour)])
        self._key = ()

    def measure(
        self, gains: NDArray[np.float32], centres: NDArray[np.float32], unit: str, *, shared: bool, axes: bool = False
    ) -> None:
        """Draw the measure of the lanes in the gutter.

        Parameters
        ----------
        gains
            Lanes per unit, lane by lane, top to bottom.
        centres
            The value in the middle of each lane.
        unit
            Of the values.
        shared
            One scale bar for all lanes, else one a lane.
        axes
            Instead of bars an axis with figures a lane.
        """
        gains, centres = gains[: self._plot.n_rows], centres[: self._plot.n_rows]
        if not len(gains):
            self._bars.show([])
            self.notes.show([])
            return
        pixel = self._plot.lanes_per_pixel
        where = tuple(np.round(centres * gains / pixel)) if axes else ()
        key = (
            tuple(gains[:1]) if shared and not axes else tuple(gains),
            where,
            unit,
            shared,
            axes,
            pixel,
            self._plot.every,
        )
        if key == self._key:
            return
        self._key = key
        theme, colour = self._theme, self._theme.colour("muted")
        left = self._plot.shift + theme.px(10) * self._plot.seconds_per_pixel
        thick = theme.px(2) * self._plot.seconds_per_pixel
        bars, notes = [], []
        for value, low, high, place in self._axes(gains, centres) if axes else self._steps(gains, shared):
            bars.append(((left, low), (left + thick, high), colour))
            notes.append((si(value, unit), (left + thick, place), (theme.px(5), 0), None))
        self._bars.show(bars)
        self.notes.show(notes)

    def _steps(self, gains: NDArray[np.float32], shared: bool) -> list[tuple[float, float, float, float]]:
        """Return scale bars: (value, lower end, upper end, place of the figure)."""
        pixel = self._plot.lanes_per_pixel
        least = self._theme.px(34) * pixel
        bars = []
        for lane in [len(gains) - 1] if shared else range(0, len(gains), thinning(1 / pixel, self._theme.px(20))):
            value = bar_below((max(0.96, least) if shared else 0.7) / float(gains[lane]))
            high = value * float(gains[lane])
            middle = min(max(self._plot.place(lane), high / 2 + 2 * pixel), len(gains) - high / 2)
            bars.append((value, middle - high / 2, middle + high / 2, middle))
        return bars

    def _axes(
        self, gains: NDArray[np.float32], centres: NDArray[np.float32]
    ) -> list[tuple[float, float, float, float]]:
        """Return an axis a lane, as pieces from one figure to the next: (value, lower end, upper end, its place)."""
        pixel = self._plot.lanes_per_pixel
        apart = self._theme.fonts.height("small") * 1.6 * pixel
        pieces = []
        for lane in range(0, len(gains), thinning(1 / pixel, self._theme.px(28))):
            gain, centre = float(gains[lane]), float(centres[lane])
            step = step_up(max(apart, 0.12) / gain)
            first, last = math.ceil((centre - 0.44 / gain) / step), math.floor((centre + 0.44 / gain) / step)
            for i in range(first, last + 1):
                y = self._plot.place(lane) + (i * step - centre) * gain
                # A gap between the pieces is the tick.
                pieces.append((i * step, y + pixel, min(y + step * gain, self._plot.place(lane) + 0.48) - pixel, y))
        return pieces
