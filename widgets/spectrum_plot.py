"""The plot of a spectrum: lines, a band around a mean, mains lines, and what is under the pointer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .band import Band
from .chart import Chart
from .clipped_names import clipped
from .door import Series, Tag, label
from .eased_range import EasedRange
from .palette import Colour
from .theme import Theme
from .ticks import Ticks, decades, even, written

DEEPEST_DB = 90.0
LEGEND_FROM = 400
BESIDE = {"outside": True, "location": dpg.mvPlot_Location_East}


class Curve(NamedTuple):
    """One line of the spectrum.

    Parameters
    ----------
    name
        What it is of.
    colour
        Of the line.
    """

    name: str
    colour: Colour


class SpectrumPlot:
    """Power over frequency. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.chart = Chart(theme)
        self.range = EasedRange()
        self.decibels = True
        self.log_frequency = False
        self.highest_hz = 0.0
        """The end of the frequency axis, Hz; 0 for the highest there is."""
        self.mains_hz = 0.0
        self.unit = ""
        self.lines: list[Series] = []
        self._peaks: list[Series] = []
        self._curves: tuple[Curve, ...] = ()
        self._band: Band | None = None
        self._frequencies = np.zeros(0)
        self._x = np.zeros(0)
        self._y = np.zeros((0, 0))

    def build(self, parent: Tag) -> None:
        """Make the plot inside `parent`."""
        self.delete()
        self.chart.build(parent)
        self.legend: Tag = dpg.generate_uuid()
        dpg.add_plot_legend(tag=self.legend, parent=self.chart.plot, **BESIDE)
        self._band = Band(self.chart.y_axis)
        none = np.zeros(2)
        self._marks = Series(self.chart.y_axis, none, none, segments=True)
        self._cross = Series(self.chart.y_axis, none, none, segments=True)
        self._marks.show(False)
        self._cross.show(False)

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Choose which lines there are."""
        self._curves = tuple(curves)
        for series in (*self.lines, *self._peaks):
            series.delete()
        none = np.full(2, np.nan)
        theme, axis = self._theme, self.chart.y_axis
        self._peaks = [Series(axis, none, none) for _ in curves]
        self.lines = [Series(axis, none, none) for _ in curves]
        weight = theme.px(2 if len(curves) == 1 else 1)
        for line, peak, curve in zip(self.lines, self._peaks, curves, strict=True):
            dpg.configure_item(line.tag, label=label(clipped(curve.name, theme.px(110), theme)))
            dpg.bind_item_theme(line.tag, theme.line(curve.colour, weight))
            dpg.bind_item_theme(peak.tag, theme.line((*curve.colour[:3], 120), theme.px(1)))
        dpg.bind_item_theme(self._marks.tag, theme.line((*theme.colour("event")[:3], 90), theme.px(1)))
        dpg.bind_item_theme(self._cross.tag, theme.line(theme.colour("muted"), theme.px(1)))
        if self._band is not None and curves:
            self._band.colour((*curves[0].colour[:3], 56))

    # What is shown

    @property
    def unit_text(self) -> str:
        """What the figures on the left axis are."""
        squared = f"{self.unit}²/Hz" if self.unit else "1/Hz"
        return f"dB re 1 {squared}" if self.decibels else squared

    def heights(self, density: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where densities lie on the left axis; NaN for no power in decibels."""
        if not self.decibels:
            return density
        with np.errstate(divide="ignore", invalid="ignore"):
            found: NDArray[np.float64] = 10 * np.log10(np.where(density > 0, density, np.nan))
        return found

    def place(self, hz: float) -> float:
        """Return where a frequency lies on the lower axis."""
        return math.log10(max(hz, 1e-9)) if self.log_frequency else hz

    def show(
        self,
        frequencies: NDArray[np.float64],
        density: NDArray[np.float64],
        around: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
        peaks: NDArray[np.float64] | None = None,
    ) -> None:
        """Show spectra.

        Parameters
        ----------
        frequencies
            Shape (n_frequencies,), Hz; the first one, 0 Hz, is left out: the mean of each segment was taken away.
        density
            Shape (n_curves, n_frequencies), unit² per Hz.
        around
            Lowest and highest of what the only curve is a mean of, shape (n_frequencies,) each.
        peaks
            The highest that was seen, as `density`.
        """
        end = len(frequencies)
        if 0 < self.highest_hz < frequencies[-1]:
            end = max(3, int(np.searchsorted(frequencies, self.highest_hz, side="right")))
        self._frequencies = frequencies[1:end]
        self._x = np.log10(self._frequencies) if self.log_frequency else self._frequencies
        self._y = y = self.heights(density[:, 1:end])
        for series, row in zip(self.lines, y, strict=True):
            series.set(self._x, np.ascontiguousarray(row))
        highest = None if peaks is None else self.heights(peaks[:, 1:end])
        for i, series in enumerate(self._peaks):
            series.show(highest is not None)
            if highest is not None:
                series.set(self._x, np.ascontiguousarray(highest[i]))
        low, high = self._extent(y if highest is None else np.concatenate((y, highest)))
        if self._band is not None:
            edges = None if around is None else [self.heights(edge[1:end]) for edge in around]
            if edges is None or not np.isfinite(edges[0]).any():
                self._band.hide()
            else:
                known = np.isfinite(edges[0]) & np.isfinite(edges[1])
                self._band.set(self._x[known], edges[0][known], edges[1][known])
                low, high = self._extent(np.concatenate((y, edges)))
        self.range.aim(low, high, 10.0 if self.decibels else 0.0)

    def _extent(self, y: NDArray[np.float64]) -> tuple[float, float]:
        known = y[np.isfinite(y)]
        if not len(known):
            return math.nan, math.nan
        high = float(known.max())
        if not self.decibels:
            return 0.0, high
        return max(high - DEEPEST_DB, float(np.quantile(known, 0.02))), high

    def arrange(self, dt: float) -> None:
        """Fit axes, figures and marks to what is shown; `dt` is the time since the last frame, s."""
        chart = self.chart
        if not len(self._x) or not chart.has_size:
            return
        self.range.ease(dt)
        key = (self.range.low, self.range.high, self.range.target, self._limits(), self.mains_hz, self._curves)
        if not chart.changed(key, self.unit_text, chart.inner):
            return
        chart.set_limits(self._limits(), (self.range.low, self.range.high))
        most = chart.most_ticks
        low, high = self.range.target
        chart.set_ticks(self._frequency_ticks(most[0]), even(low, high, most[1]), self.unit_text)
        width, height = dpg.get_item_rect_size(chart.plot)
        line = self._theme.fonts.height("small") + self._theme.px(8)
        fits = width >= self._theme.px(LEGEND_FROM) and height >= (len(self._curves) + 1) * line
        # Said each time: a legend that was hidden forgets where it belongs, and would lie over the curves.
        dpg.configure_item(self.legend, show=len(self._curves) > 1 and fits, **BESIDE)
        self._mark_mains()

    def _limits(self) -> tuple[float, float]:
        return (float(self._x[0]) if self.log_frequency else 0.0), float(self._x[-1])

    def _frequency_ticks(self, most: float) -> Ticks:
        low, high = self._limits()
        if self.log_frequency:
            ticks = [(text, math.log10(hz)) for text, hz in decades(10**low, 10**high, most)]
        else:
            ticks = even(low, high, most)
        return [(f"{ticks[0][0]} Hz", ticks[0][1]), *ticks[1:]] if ticks else []

    def _mark_mains(self) -> None:
        chart, theme = self.chart, self._theme
        last = float(self._frequencies[-1])
        harmonics = [n * self.mains_hz for n in range(1, 41) if self.mains_hz and n * self.mains_hz <= last]
        self._marks.show(bool(harmonics))
        if not harmonics:
            chart.notes.show([])
            return
        x = np.repeat([self.place(hz) for hz in harmonics], 2)
        top = self.range.high
        self._marks.set(x, np.tile([self.range.low, top], len(harmonics)).astype(x.dtype))
        notes, reached = [], -math.inf
        for hz in harmonics:
            text = f"{hz:g} Hz" if hz == harmonics[0] else f"{hz:g}"
            width = (theme.fonts.width(text, "small") + theme.px(16)) * chart.pixel[0]
            at = self.place(hz)
            if at > reached and at + width < chart.x[1]:
                notes.append((text, (at, top), (theme.px(3), theme.px(4)), theme.colour("event label")))
                reached = at + width
        chart.notes.show(notes)

    # The pointer

    def read(self) -> None:
        """Write frequency and value beside the pointer, of the line nearest to it."""
        at = self.chart.pointer
        self._cross.show(at is not None and bool(self._curves))
        if at is None or not len(self._x) or not self._curves:
            self.chart.read(None)
            return
        i = int(np.abs(self._x - at[0]).argmin())
        column = self._y[:, i]
        x, low, high = float(self._x[i]), *self.chart.y
        self._cross.set(np.array([x, x]), np.array([low, high]))
        step = float(self._frequencies[1] - self._frequencies[0]) if len(self._frequencies) > 1 else 1.0
        texts = [f"{written(float(self._frequencies[i]), min(1.0, step))} Hz"]
        if np.isfinite(column).any():
            curve = int(np.nanargmin(np.abs(column - at[1])))
            value = f"{column[curve]:.1f}".replace("-", "−") + " dB" if self.decibels else f"{column[curve]:.3g}"
            texts.append(f"{value} {'' if self.decibels else self.unit_text}".strip())
            texts.append(self._curves[curve].name)
        self.chart.read((x, at[1]), texts)

    def delete(self) -> None:
        """Forget what was drawn. Safe to call twice, and after the plot has gone."""
        if self._band is not None:
            self._band.delete()
        self._band, self.lines, self._peaks, self._curves = None, [], [], ()
        self._x = np.zeros(0)
