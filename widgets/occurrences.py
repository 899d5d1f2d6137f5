"""What happened, drawn over the traces: gaps, events, and values at the limits of the device."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.language import tr
from .door import Series, label
from .figures import span
from .picture import GapBand
from .plot_items import Notes, Rectangles
from .theme import Theme

if TYPE_CHECKING:
    from .trace_plot import TracePlot

HATCH_PX = 9
HATCHED_GAPS = 12
LINES = (("hatch", "gap line", 1), ("events", "event", 1), ("clips", "bad", 3))


class Occurrences:
    """Bands, labelled lines and marks over the traces of a plot. Main thread only.

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
        none = np.zeros(2)
        self._marks = {name: Series(plot.y_axis, none, none, segments=True) for name, _, _ in LINES}
        self._bands = Rectangles(plot.plot)
        self.gap_notes = Notes(plot.plot)
        self.event_notes = Notes(plot.plot)
        self._taken: list[tuple[float, float]] = []
        self.restyle()

    def restyle(self) -> None:
        """Take over the theme's colours."""
        theme = self._theme
        for name, role, weight in LINES:
            dpg.bind_item_theme(self._marks[name].tag, theme.line(theme.colour(role), theme.px(weight)))

    def set_gaps(self, bands: Sequence[GapBand]) -> None:
        """Draw gaps as hatched bands with their length."""
        theme, per_pixel, top = self._theme, self._plot.seconds_per_pixel, self._plot.top
        # A lost sample or two is still two pixels wide: a gap is never too short to be seen.
        wide = [(min(band.left, band.right - 2 * per_pixel), band.right, band) for band in bands]
        self._bands.show([((left, 0.0), (right, top), theme.colour("gap")) for left, right, _ in wide])
        strokes = [stroke for left, right, _ in wide[-HATCHED_GAPS:] for stroke in self._hatch(left, right)]
        self._strokes("hatch", strokes)
        colour, notes, reached = theme.colour("gap label"), [], -math.inf
        for left, right, band in wide:
            text = tr("gap {length}").format(length=span(band.seconds)) if band.seconds > 0 else tr("gap")
            width = (theme.fonts.width(text, "small") + theme.px(18)) * per_pixel
            if left > reached:
                notes.append((text, (left, top), (theme.px(3), theme.px(4)), colour))
                reached = max(left + width, right)
        self.gap_notes.show(notes)
        self._taken = [
            (place[0], place[0] + theme.fonts.width(text, "small") * per_pixel) for text, place, _, _ in notes
        ]

    def _hatch(self, left: float, right: float) -> list[tuple[float, float, float, float]]:
        x, y, top = self._plot.seconds_per_pixel, self._plot.lanes_per_pixel, self._plot.top
        edges = [(left, 0.0, left, top), (right, 0.0, right, top)]
        rise = (right - left) / x * y
        if rise < 3 * y:
            return edges
        starts = np.arange(-rise, top, self._theme.px(HATCH_PX) * y)
        return edges + [(left, float(start), right, float(start) + rise) for start in starts]

    def set_events(self, events: Sequence[tuple[float, str]]) -> None:
        """Draw moments as labelled lines: (seconds before the right edge, label), oldest first."""
        theme, per_pixel, top = self._theme, self._plot.seconds_per_pixel, self._plot.top
        seen = [(x, text) for x, text in events if -self._plot.seconds <= x - self._plot.shift <= 0]
        self._strokes("events", [(x, 0.0, x, top) for x, _ in seen])
        colour, notes, reached = theme.colour("event label"), [], [-math.inf] * 3
        row_height = theme.fonts.height("small") + theme.px(8)
        for x, text in seen:
            shown = label(text, 40) or "·"
            width = (theme.fonts.width(shown, "small") + theme.px(18)) * per_pixel
            # The uppermost row is shared with the labels of gaps.
            beside = any(left - width < x < right + 4 * per_pixel for left, right in self._taken)
            row = next((i for i, edge in enumerate(reached) if x > edge and not (i == 0 and beside)), None)
            if row is not None:
                reached[row] = x + width
                place = (x, top - row * row_height * self._plot.lanes_per_pixel)
                notes.append((shown, place, (theme.px(3), theme.px(4)), colour))
        self.event_notes.show(notes)

    def _strokes(self, name: str, strokes: Sequence[tuple[float, float, float, float]]) -> None:
        series = self._marks[name]
        series.show(bool(strokes))
        if strokes:
            points = np.asarray(strokes, dtype=np.float64).reshape(-1, 2)
            series.set(np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1]))

    def set_clips(self, x: NDArray[np.float32], lanes: NDArray[np.int64], upper: NDArray[np.bool_]) -> None:
        """Mark columns whose values are at the limits of the device: their place, their lane, at which end.

        Parameters
        ----------
        x
            Shape (n_marks,), float32, s before the right edge.
        lanes
            Shape (n_marks,), int64, 0 being the top one.
        upper
            Shape (n_marks,): at the upper limit, or the lower one.
        """
        series = self._marks["clips"]
        series.show(bool(len(x)))
        if not len(x):
            return
        y = np.array([self._plot.place(int(lane)) for lane in lanes]) + np.where(upper, 0.46, -0.46)
        half = self._plot.seconds_per_pixel * self._theme.px(1)
        series.set(np.stack((x - half, x + half), axis=1).ravel().astype(np.float32), np.repeat(y, 2))
