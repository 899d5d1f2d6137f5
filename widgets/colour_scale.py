"""What colours stand for: a bar of them, with figures beside it, in a gutter of a plot."""

from __future__ import annotations

from .chart import Chart
from .colour_map import N_COLOURS, table
from .raw_texture import RawTexture
from .theme import Theme
from .ticks import even

GUTTER = 64
"""Room that the bar and its figures take, px at 100 %."""


class ColourBar:
    """A bar at a place of a chart, as high as the chart. Main thread only.

    Parameters
    ----------
    chart
        Where it is drawn. The bar writes the chart's notes.
    theme
        Measures.
    """

    def __init__(self, chart: Chart, theme: Theme) -> None:
        self._chart = chart
        self._theme = theme
        self._texture = RawTexture(chart.y_axis, 1, N_COLOURS)
        self._colours = ""

    def draw(self, x: float, span: tuple[float, float], colours: str, unit: str) -> None:
        """Draw it.

        Parameters
        ----------
        x
            Left end of the gutter, on the x axis.
        span
            What the first and the last colour stand for.
        colours
            Name of a map.
        unit
            Written above the bar; short.
        """
        chart, theme = self._chart, self._theme
        if colours != self._colours:
            self._colours = colours
            # The first row is the upper one.
            self._texture.pixels[:, 0] = table(colours)[::-1]
        pixel, per_px = chart.pixel
        left, right = x + theme.px(10) * pixel, x + theme.px(20) * pixel
        line = (theme.fonts.height("small") + theme.px(4)) * per_px
        bottom, top = chart.y[0] + 0.6 * line, chart.y[1] - 1.8 * line
        self._texture.show([(left, bottom, right, top, 0.0, 0.0, 1.0, 1.0)])
        notes = []
        for text, value in even(*span, min(5.0, chart.most_ticks[1])):
            y = bottom + (value - span[0]) / (span[1] - span[0]) * (top - bottom)
            notes.append((text, (right, y), (theme.px(4), 0), None))
        notes.append((unit, (left, chart.y[1]), (theme.px(2), theme.px(2)), None))
        chart.notes.show(notes)

    @property
    def is_drawn(self) -> bool:
        """Whether it is on the screen."""
        return self._texture.exists

    def drop(self) -> None:
        """Remove it from the screen; `draw` brings it back. Safe to call twice."""
        self._texture.drop()
