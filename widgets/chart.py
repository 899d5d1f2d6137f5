"""One plot with axes that a view holds in its hand: limits, figures, units, and where the pointer is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import dearpygui.dearpygui as dpg

from .door import Tag, label
from .plot_items import Notes
from .theme import Theme
from .ticks import Ticks


class Chart:
    """An ImPlot plot without a mind of its own. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.plot: Tag = 0
        self.x_axis: Tag = 0
        self.y_axis: Tag = 0
        self.x = (0.0, 1.0)
        """Limits of the x axis."""
        self.y = (0.0, 1.0)
        """Limits of the y axis."""
        self._ticks: dict[Tag, tuple[tuple[str, float], ...]] = {}
        self._wide = 0.0
        self._unit = ""
        self._seen: tuple[object, ...] = ()
        self._said: tuple[tuple[str, ...], bool, bool, int] | None = None

    def build(self, parent: Tag) -> None:
        """Make the plot; it fills what is left of `parent`."""
        theme = self._theme
        self.plot, self.x_axis, self.y_axis = (dpg.generate_uuid() for _ in range(3))
        with dpg.plot(
            tag=self.plot, parent=parent, width=-1, height=-1, no_title=True, no_menus=True, no_box_select=True,
            no_mouse_pos=True,
        ):  # fmt: skip
            dpg.add_plot_axis(dpg.mvXAxis, tag=self.x_axis, no_tick_marks=True, no_highlight=True, no_menus=True)
            dpg.add_plot_axis(dpg.mvYAxis, tag=self.y_axis, no_tick_marks=True, no_highlight=True, no_menus=True)
        theme.fonts.bind(self.plot, "small")
        self._ticks, self._unit, self._said, self._seen = {}, "", None, ()
        self.notes = Notes(self.plot)
        self._note: Tag = dpg.generate_uuid()
        dpg.add_plot_annotation(tag=self._note, parent=self.plot, clamped=True, label="", show=False)
        self.set_limits(self.x, self.y)

    # Measures

    @property
    def has_size(self) -> bool:
        """Whether the plot has been drawn once."""
        return bool(self.plot) and bool(dpg.get_item_rect_size(self.plot)[0] > 1)

    @property
    def inner(self) -> tuple[float, float]:
        """Width and height of the ground inside the axes, px."""
        width, height = dpg.get_item_rect_size(self.plot)
        theme = self._theme
        line = theme.fonts.height("small")
        left = self._wide + theme.px(8) + (line + theme.px(8) if self._unit else 0)
        below = line + theme.px(6) if self._ticks.get(self.x_axis) else 0
        return max(1.0, width - left), max(1.0, height - below)

    @property
    def pixel(self) -> tuple[float, float]:
        """How wide and how high a pixel is, on the axes."""
        width, height = self.inner
        return (self.x[1] - self.x[0]) / width, (self.y[1] - self.y[0]) / height

    def changed(self, *key: object) -> bool:
        """Tell whether these, the size or the colours are others than at the last call: axes have to be set anew."""
        now = (*dpg.get_item_rect_size(self.plot), self._theme.version, *key)
        other = now != self._seen
        self._seen = now
        return other

    # Axes

    def set_limits(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Choose what the axes span."""
        for axis, limits in ((self.x_axis, x), (self.y_axis, y)):
            if not (math.isfinite(limits[0]) and math.isfinite(limits[1]) and limits[1] > limits[0]):
                limits = (0.0, 1.0)
            dpg.set_axis_limits(axis, *limits)
        self.x, self.y = x, y

    def set_ticks(self, x: Ticks, y: Ticks, unit: str = "") -> None:
        """Choose the figures on both axes, and what is written along the left one where there is room for it."""
        theme = self._theme
        fonts = theme.fonts
        room = dpg.get_item_rect_size(self.plot)[1] - 2 * theme.px(16)
        unit = label(unit) if fonts.width(unit, "small") < room else ""
        if unit != self._unit:
            self._unit = unit
            dpg.configure_item(self.y_axis, label=unit)
        wide = max((fonts.width(text, "small") for text, _ in y), default=0.0)
        self._wide = wide
        per_px = self.pixel[0]
        # A label that would be cut by the right edge is left out.
        kept = [(t, at) for t, at in x if at + fonts.width(t, "small") / 2 * per_px <= self.x[1] + theme.px(3) * per_px]
        for axis, ticks in ((self.x_axis, kept), (self.y_axis, y)):
            if self._ticks.get(axis) != tuple(ticks):
                self._ticks[axis] = tuple(ticks)
                written = tuple((label(text), float(at)) for text, at in ticks)
                dpg.set_axis_ticks(axis, written or ((" ", self.x[0] - 1e9),))

    @property
    def ticks(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What is written on the x and on the y axis."""
        on = (self._ticks.get(self.x_axis, ()), self._ticks.get(self.y_axis, ()))
        return tuple(text for text, _ in on[0]), tuple(text for text, _ in on[1])

    @property
    def x_ticks(self) -> Ticks:
        """What is written on the x axis, and where."""
        return list(self._ticks.get(self.x_axis, ()))

    @property
    def most_ticks(self) -> tuple[float, float]:
        """How many figures fit on the axes side by side."""
        width, height = self.inner
        return max(1.0, width / self._theme.px(72)), max(1.0, height / self._theme.px(34))

    # The pointer

    @property
    def pointer(self) -> tuple[float, float] | None:
        """Where the pointer is on the axes; None when it is elsewhere."""
        if not self.has_size or not dpg.is_item_hovered(self.plot):
            return None
        x, y = dpg.get_plot_mouse_pos()
        inside = self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]
        return (float(x), float(y)) if inside else None

    def read(self, at: tuple[float, float] | None, texts: Sequence[str] = ()) -> None:
        """Write lines beside a place on the axes, always inside the plot; none takes them away."""
        texts = tuple(label(text) for text in texts) if at is not None else ()
        right = at is not None and at[0] > (self.x[0] + self.x[1]) / 2
        low = at is not None and at[1] < (self.y[0] + self.y[1]) / 2
        said = (texts, right, low, self._theme.version)
        if said != self._said:
            self._said = said
            away = self._theme.px(12)
            dpg.configure_item(
                self._note, label="\n".join(texts), show=bool(texts), color=self._theme.colour("raised"),
                offset=(-away if right else away, -away if low else away),
            )  # fmt: skip
        if texts and at is not None:
            dpg.set_value(self._note, at)

    @property
    def reading(self) -> tuple[str, ...]:
        """What is written at the pointer."""
        return self._said[0] if self._said else ()
