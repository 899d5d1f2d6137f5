"""The plot of stacked traces: lanes, gutter with scale bars, gaps, events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .door import Series, Tag, label
from .figures import bar_below, si, span
from .palette import Colour
from .picture import GapBand
from .plot_items import Notes, Rectangles
from .theme import Theme

GUTTER = 84
HEADROOM = 28
MANY = 128
MAX_NAME_SHARE = 0.2
HATCH_PX = 9
HATCHED_GAPS = 12
TICK_STEPS_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300)


@dataclass(frozen=True)
class Lane:
    """One channel as it is drawn.

    Parameters
    ----------
    name
        What is written beside it.
    colour
        Of the trace.
    """

    name: str
    colour: Colour


class TracePlot:
    """One ImPlot plot with one line series a lane, and everything around it. Main thread only.

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
        self.series: list[Series] = []
        self._marks: dict[str, Series] = {}
        self._lanes: tuple[Lane, ...] = ()
        self._seconds = 1.0
        self._layout: tuple[object, ...] = ()
        self._labels_width = 0.0
        self._every = 1
        self._bars_key: tuple[object, ...] = ()
        self._version = -1

    def build(self, parent: Tag, height: int) -> None:
        """Make the plot; `height` as dearpygui takes it, negative for what is left but so much."""
        theme = self._theme
        self.plot, self.x_axis, self.y_axis = (dpg.generate_uuid() for _ in range(3))
        with dpg.plot(
            tag=self.plot, parent=parent, width=-1, height=height, no_title=True, no_menus=True, no_box_select=True,
            no_mouse_pos=True, no_inputs=True, no_frame=False,
        ):  # fmt: skip
            dpg.add_plot_axis(dpg.mvXAxis, tag=self.x_axis, no_tick_marks=True, no_highlight=True, no_menus=True)
            dpg.add_plot_axis(dpg.mvYAxis, tag=self.y_axis, no_tick_marks=True, no_highlight=True, no_menus=True)
        theme.fonts.bind(self.plot, "small")
        self.series = []
        none = np.zeros(2)
        self._marks = {name: Series(self.y_axis, none, none, segments=True) for name in ("hatch", "events")}
        self._bands = Rectangles(self.plot)
        self._gutter = Rectangles(self.plot)
        self._bars = Rectangles(self.plot)
        self.gap_notes = Notes(self.plot)
        self.event_notes = Notes(self.plot)
        self.bar_notes = Notes(self.plot)
        self._layout = self._bars_key = ()
        self._taken: list[tuple[float, float]] = []
        self._restyle()

    def _restyle(self) -> None:
        theme = self._theme
        self._version = theme.version
        for name, role in (("hatch", "gap line"), ("events", "event")):
            dpg.bind_item_theme(self._marks[name].tag, theme.line(theme.colour(role), theme.px(1)))
        self._bars_key = self._layout = ()

    # Measures

    @property
    def inner(self) -> tuple[float, float]:
        """Width and height of the ground on which traces are drawn, gutter included, px."""
        width, height = dpg.get_item_rect_size(self.plot)
        left = self._labels_width + self._theme.px(8)
        below = self._theme.fonts.height("small") + self._theme.px(6)
        return max(1.0, width - left), max(1.0, height - below)

    @property
    def has_size(self) -> bool:
        """Whether the plot has been drawn once, so that its size is known."""
        return bool(dpg.get_item_rect_size(self.plot)[0] > 1)

    @property
    def pitch(self) -> int:
        """Width of a stroke, px: one at 100 %, twice as much where so many lanes share the screen that it costs."""
        return max(1, round(self._theme.scale)) * (2 if len(self._lanes) > MANY else 1)

    @property
    def n_columns(self) -> int:
        """How many strokes fit side by side."""
        return max(16, round(self.inner[0] - self._theme.px(GUTTER)) // self.pitch)

    @property
    def n_pixels(self) -> int:
        """Width of the window itself, gutter left out, px."""
        return self.n_columns * self.pitch

    @property
    def seconds_per_pixel(self) -> float:
        """How long one pixel is, s."""
        return self._seconds / self.n_pixels

    @property
    def lanes_per_pixel(self) -> float:
        """How high one pixel is, in lanes."""
        return max(1, len(self._lanes)) / max(1.0, self.inner[1] - self._theme.px(HEADROOM))

    @property
    def top(self) -> float:
        """The upper edge, in lanes; between it and the first lane there is room for labels."""
        return len(self._lanes) + self._theme.px(HEADROOM) * self.lanes_per_pixel

    def place(self, lane: int) -> float:
        """Return the middle of a lane, 0 being the top one."""
        return len(self._lanes) - lane - 0.5

    # Where things are on the screen

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the part with traces, gutter left out, px from the window's corner."""
        left, top = dpg.get_item_rect_min(self.plot)
        width = dpg.get_item_rect_size(self.plot)[0]
        right = left + width - (self.inner[0] - self.n_pixels)
        return right - self.n_pixels, top, right, top + self.inner[1]

    def x_at(self, px: float) -> float:
        """Return the place on the x axis below a point of the screen, s before the right edge."""
        return (px - self.ground[2]) * self.seconds_per_pixel

    def px_of(self, x: float) -> float:
        """Return where a place on the x axis is on the screen, px."""
        return self.ground[2] + x / self.seconds_per_pixel

    def y_at(self, py: float) -> float:
        """Return the place on the y axis beside a point of the screen, in lanes from the bottom."""
        return (self.ground[3] - py) * self.lanes_per_pixel

    def lane_at(self, py: float) -> int | None:
        """Return the lane at a height of the screen, 0 being the top one; None above and below all."""
        lane = len(self._lanes) - 1 - math.floor(self.y_at(py))
        return lane if 0 <= lane < len(self._lanes) else None

    # Contents

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """Choose what is drawn, top to bottom."""
        self._lanes = tuple(lanes)
        self._layout = self._bars_key = ()

    def arrange(self, seconds: float) -> None:
        """Fit axes and labels to the size, the lanes and the window's length. Cheap when nothing changed."""
        if self._version != self._theme.version:
            self._restyle()
        size = tuple(dpg.get_item_rect_size(self.plot))
        key = (size, seconds, self._lanes)
        if key == self._layout:
            return
        self._seconds = seconds
        fonts = self._theme.fonts
        widest = max(40.0, MAX_NAME_SHARE * size[0])
        names = [self._fitted(lane.name, widest) for lane in self._lanes]
        pixels = 1 / self.lanes_per_pixel
        self._every = _thinning(pixels, fonts.height("small") + 2)
        ticks = tuple((name, self.place(i)) for i, name in enumerate(names) if i % self._every == 0)
        self._labels_width = max((fonts.width(name, "small") for name, _ in ticks), default=0.0)
        right = (self.inner[0] - self.n_pixels) * self.seconds_per_pixel
        dpg.set_axis_limits(self.x_axis, -seconds, right)
        dpg.set_axis_limits(self.y_axis, 0.0, self.top)
        dpg.set_axis_ticks(self.y_axis, ticks or ((" ", -1.0),))
        dpg.set_axis_ticks(self.x_axis, self._time_ticks(seconds))
        self._gutter.show([((0.0, -1.0), (right * 2, self.top + 1), self._theme.colour("panel"))])
        # Before the first frame nothing has a size yet: arrange again.
        self._layout = key if size[0] > 1 else ()
        self._bars_key = ()

    def _fitted(self, name: str, widest: float) -> str:
        text = label(name)
        fonts = self._theme.fonts
        if fonts.width(text, "small") <= widest:
            return text
        # Names that are cut keep their end, where electrodes are numbered.
        for kept in range(min(len(text), 60), 5, -1):
            cut = f"{text[: kept - 4].rstrip()}…{text[-3:]}"
            if fonts.width(cut, "small") <= widest:
                return cut
        return text[:3] + "…"

    def _time_ticks(self, seconds: float) -> tuple[tuple[str, float], ...]:
        room = self.n_pixels / self._theme.px(96)
        step = next((s for s in TICK_STEPS_S if seconds / s <= max(2.0, room)), TICK_STEPS_S[-1])
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        ticks = [(f"−{i * step:.{decimals}f}", -i * step) for i in range(1, int(seconds / step + 1e-6) + 1)]
        # The outermost label would be cut in half by the edge when there are no names beside it.
        return (("0 s", 0.0), *ticks)

    def set_traces(self, x: NDArray[np.float32], y: NDArray[np.float32], *, strokes: bool, same_x: bool) -> None:
        """Draw lane by lane.

        Parameters
        ----------
        x
            Shape (n_points,), float32, s before the right edge.
        y
            Shape (n_lanes, n_points), float32, contiguous.
        strokes
            Whether points come in pairs, the ends of one stroke.
        same_x
            Whether `x` is what it was the last time, so that only y has to be pushed.
        """
        if len(self.series) != len(y) or any(series.segments != strokes for series in self.series[:1]):
            self._remake(x, y, strokes)
        elif not same_x or (self.series and self.series[0].n_points != x.size):
            for series, row in zip(self.series, y, strict=True):
                series.set(x, row)
        else:
            for series, row in zip(self.series, y, strict=True):
                series.set_y(row)

    def _remake(self, x: NDArray[np.float32], y: NDArray[np.float32], strokes: bool) -> None:
        for series in self.series:
            series.delete()
        self.series = [Series(self.y_axis, x, row, segments=strokes) for row in y]
        self.colour_traces()

    def colour_traces(self) -> None:
        """Give every trace its lane's colour."""
        for series, lane in zip(self.series, self._lanes, strict=False):
            dpg.bind_item_theme(series.tag, self._theme.line(lane.colour, self.pitch))

    # Around the traces

    def set_gaps(self, bands: Sequence[GapBand]) -> None:
        """Draw gaps as hatched bands with their length."""
        theme, per_pixel, top = self._theme, self.seconds_per_pixel, self.top
        # A lost sample or two is still two pixels wide: a gap is never too short to be seen.
        wide = [(min(band.left, band.right - 2 * per_pixel), band.right, band) for band in bands]
        self._bands.show([((left, 0.0), (right, top), theme.colour("gap")) for left, right, _ in wide])
        strokes = [stroke for left, right, _ in wide[-HATCHED_GAPS:] for stroke in self._hatch(left, right)]
        self._strokes("hatch", strokes)
        colour, notes, reached = theme.colour("gap label"), [], -math.inf
        for left, right, band in wide:
            text = f"gap {span(band.seconds)}" if band.seconds > 0 else "gap"
            width = (theme.fonts.width(text, "small") + theme.px(18)) * per_pixel
            if left > reached:
                notes.append((text, (left, top), (theme.px(3), theme.px(4)), colour))
                reached = max(left + width, right)
        self.gap_notes.show(notes)
        self._taken = [
            (place[0], place[0] + theme.fonts.width(text, "small") * per_pixel) for text, place, _, _ in notes
        ]

    def _hatch(self, left: float, right: float) -> list[tuple[float, float, float, float]]:
        x, y, top = self.seconds_per_pixel, self.lanes_per_pixel, self.top
        edges = [(left, 0.0, left, top), (right, 0.0, right, top)]
        rise = (right - left) / x * y
        if rise < 3 * y:
            return edges
        starts = np.arange(-rise, top, self._theme.px(HATCH_PX) * y)
        return edges + [(left, float(start), right, float(start) + rise) for start in starts]

    def set_events(self, events: Sequence[tuple[float, str]]) -> None:
        """Draw moments as labelled lines: (seconds before the right edge, label), oldest first."""
        theme, per_pixel, top = self._theme, self.seconds_per_pixel, self.top
        seen = [(x, text) for x, text in events if -self._seconds <= x <= 0]
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
                place = (x, top - row * row_height * self.lanes_per_pixel)
                notes.append((shown, place, (theme.px(3), theme.px(4)), colour))
        self.event_notes.show(notes)

    def _strokes(self, name: str, strokes: Sequence[tuple[float, float, float, float]]) -> None:
        series = self._marks[name]
        series.show(bool(strokes))
        if strokes:
            points = np.asarray(strokes, dtype=np.float64).reshape(-1, 2)
            series.set(np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1]))

    def set_bars(self, gains: NDArray[np.float32], unit: str, *, common: bool) -> None:
        """Draw scale bars in the gutter: one for all lanes, or one a lane. `gains` is lanes per unit, lane by lane."""
        if not len(gains):
            self._bars.show([])
            self.bar_notes.show([])
            return
        pixel = self.lanes_per_pixel
        key = (tuple(gains[:1]) if common else tuple(gains), unit, common, len(gains), pixel, self._every)
        if key == self._bars_key:
            return
        self._bars_key = key
        theme, colour = self._theme, self._theme.colour("muted")
        left, thick = theme.px(10) * self.seconds_per_pixel, theme.px(2) * self.seconds_per_pixel
        least = theme.px(34) * pixel
        lanes = [len(gains) - 1] if common else range(0, len(gains), _thinning(1 / pixel, theme.px(20)))
        bars, notes = [], []
        for lane in lanes:
            room = max(0.96, least) if common else 0.7
            value = bar_below(room / float(gains[lane]))
            high = value * float(gains[lane])
            middle = min(max(self.place(lane), high / 2 + 2 * pixel), len(gains) - high / 2)
            bars.append(((left, middle - high / 2), (left + thick, middle + high / 2), colour))
            notes.append((si(value, unit), (left + thick, middle), (theme.px(5), 0), None))
        self._bars.show(bars)
        self.bar_notes.show(notes)

    def delete(self) -> None:
        """Remove the plot. Safe to call twice."""
        if self.plot and dpg.does_item_exist(self.plot):
            dpg.delete_item(self.plot)
        self.series = []


def _thinning(lane_px: float, needed_px: float) -> int:
    """Return that every how many-th lane gets a label, so that labels do not touch."""
    return next((every for every in (1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64) if every * lane_px >= needed_px), 100)
