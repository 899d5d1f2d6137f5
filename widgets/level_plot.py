"""Bars side by side: a level and a peak for each channel, under its name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .chart import Chart
from .clipped_names import clipped
from .door import Series, Tag
from .eased_range import EasedRange
from .palette import Colour
from .plot_items import Point, Rectangles
from .theme import Theme
from .ticks import even

WIDE = 0.72
HATCH_PX = 8


class Bar(NamedTuple):
    """One channel.

    Parameters
    ----------
    name
        What is written below.
    colour
        Of the bar.
    why_faint
        What is the matter, such as ``bad``; empty when nothing is. Such a bar is hatched.
    """

    name: str
    colour: Colour
    why_faint: str = ""


class LevelPlot:
    """Bars, peaks and names. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.chart = Chart(theme)
        self.range = EasedRange(parts=6)
        self.bars: tuple[Bar, ...] = ()
        self.levels = np.zeros(0, dtype=np.float32)

    def build(self, parent: Tag) -> None:
        """Make the plot inside `parent`."""
        self.chart.build(parent)
        self._fills = Rectangles(self.chart.plot)
        none = np.zeros(2)
        self._hatch = Series(self.chart.y_axis, none, none, segments=True)
        self._peaks = Series(self.chart.y_axis, none, none, segments=True)
        self._line = Series(self.chart.y_axis, none, none, segments=True)
        for series in (self._hatch, self._peaks, self._line):
            series.show(False)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Choose what is shown, left to right."""
        self.bars = tuple(bars)
        theme = self._theme
        dpg.bind_item_theme(self._peaks.tag, theme.line(theme.colour("text"), theme.px(2)))
        dpg.bind_item_theme(self._hatch.tag, theme.line(theme.colour("off"), theme.px(1)))
        dpg.bind_item_theme(self._line.tag, theme.line(theme.colour("muted"), theme.px(1)))

    def show(self, levels: NDArray[np.float32], peaks: NDArray[np.float32] | None, full: float = 0.0) -> None:
        """Show levels.

        Parameters
        ----------
        levels, peaks
            Shape (n_bars,), float32, NaN where unknown; no peaks with None.
        full
            Where a line lies across all bars, such as at 100 %; 0 for none.
        """
        self.levels = levels
        good = np.asarray([not bar.why_faint for bar in self.bars], dtype=bool)
        tall = levels if peaks is None else np.fmax(levels, peaks)
        counted = tall[good & np.isfinite(tall)]
        if len(counted):
            # One electrode that came off must not flatten all others.
            usual = counted[counted <= 20 * np.median(counted)]
            self.range.aim(0.0, max(float(usual.max()) if len(usual) else float(counted.max()), full))
        half, fills = WIDE / 2, list[tuple[Point, Point, Colour]]()
        for i, (bar, value) in enumerate(zip(self.bars, levels.tolist(), strict=True)):
            if math.isfinite(value):
                colour = (*bar.colour[:3], 60) if bar.why_faint else bar.colour
                fills.append(((i - half, 0.0), (i + half, value), colour))
        self._fills.show(fills)
        self._lines(self._peaks, self._peak_lines(peaks))
        self._lines(self._line, [(-1.0, full, len(self.bars) + 1.0, full)] if full else [])

    def _peak_lines(self, peaks: NDArray[np.float32] | None) -> list[tuple[float, float, float, float]]:
        if peaks is None:
            return []
        half = WIDE / 2
        return [(i - half, p, i + half, p) for i, p in enumerate(peaks.tolist()) if math.isfinite(p)]

    def _lines(self, series: Series, strokes: Sequence[tuple[float, float, float, float]]) -> None:
        series.show(bool(strokes))
        if strokes:
            points = np.asarray(strokes, dtype=np.float64).reshape(-1, 2)
            series.set(np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1]))

    def arrange(self, dt: float, unit: str) -> None:
        """Fit axes and names; `dt` is the time since the last frame, s."""
        chart = self.chart
        if not chart.has_size or not self.bars:
            return
        self.range.ease(dt)
        if not chart.changed(self.range.high, self.range.target, self.bars, unit, chart.inner):
            return
        # Above the highest there is room, so that its end is seen.
        chart.set_limits((-0.6, len(self.bars) - 0.4), (0.0, self.range.high * 1.04))
        chart.set_ticks(self._names(), even(0.0, self.range.target[1], chart.most_ticks[1]), unit)
        self._hatch_bad()

    def _names(self) -> list[tuple[str, float]]:
        theme, pitch = self._theme, 1 / self.chart.pixel[0]
        if pitch >= theme.px(40):
            every = 1
        else:
            # Rather fewer names than names of which nothing is left.
            widest = max((theme.fonts.width(bar.name, "small") for bar in self.bars), default=0.0)
            needed = min(widest, theme.px(72)) + theme.px(10)
            every = next((n for n in (2, 4, 5, 8, 10, 16, 20, 32, 50, 64) if n * pitch >= needed), 100)
        names = []
        for i in range(0, len(self.bars), every):
            bar = self.bars[i]
            name = f"× {bar.name}" if bar.why_faint else bar.name
            names.append((clipped(name, every * pitch - theme.px(6), theme), float(i)))
        return names

    def _hatch_bad(self) -> None:
        x, y = self.chart.pixel
        step, half, top = self._theme.px(HATCH_PX) * y, WIDE / 2, self.chart.y[1]
        strokes = []
        for i, bar in enumerate(self.bars):
            if bar.why_faint:
                rise = WIDE / x * y
                starts = np.arange(0.0, max(top / 3, step * 2), step)
                strokes += [(i - half, float(start), i + half, float(start) + rise) for start in starts]
        self._lines(self._hatch, strokes)

    def under_pointer(self) -> int | None:
        """Return which bar the pointer is on; None when it is elsewhere."""
        at = self.chart.pointer
        if at is None:
            return None
        i = round(at[0])
        return i if 0 <= i < len(self.bars) else None
