"""The plot of traces: lanes, their names, the time below them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.envelope import Envelope
from .door import Series, Tag, label
from .gutter import Gutter
from .occurrences import Occurrences
from .palette import Colour
from .theme import Theme
from .thinning import thinning
from .tiles import Ground, Tiles

GUTTER = 84
HEADROOM = 28
TILED_ABOVE = 8
"""With more lanes than this, strokes are painted into textures."""
MAX_NAME_SHARE = 0.2
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
        self.tiles: Tiles | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._overlaid = False
        self._middles = np.zeros(0, dtype=np.float32)
        self._colours: list[Colour] = []
        self.seconds = 1.0
        self.shift = 0.0
        # Asked once a frame: each question to dearpygui is dear.
        self._corner = self._size = (0.0, 0.0)
        self._layout: tuple[object, ...] = ()
        self._labels_width = 0.0
        self.every = 1
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
        dpg.bind_item_theme(self.plot, theme.bare_plot())
        self.series, self.tiles = [], None
        self._corner = self._size = (0.0, 0.0)
        self.occurrences = Occurrences(self, theme)
        self.gutter = Gutter(self, theme)
        self._restyle()

    def _restyle(self) -> None:
        self._version = self._theme.version
        self._layout = ()
        self.occurrences.restyle()

    # Measures

    @property
    def inner(self) -> tuple[float, float]:
        """Width and height of the ground on which traces are drawn, gutter included, px."""
        width, height = self._size
        left = self._labels_width + self._theme.px(8)
        below = self._theme.fonts.height("small") + self._theme.px(6)
        return max(1.0, width - left), max(1.0, height - below)

    @property
    def has_size(self) -> bool:
        """Whether the plot has been drawn once, so that its size is known."""
        return self._size[0] > 1

    @property
    def pitch(self) -> int:
        """Width of a stroke, px: one at 100 %."""
        return max(1, round(self._theme.scale))

    @property
    def tiled(self) -> bool:
        """Whether strokes are to be painted into textures: lines cost by the lane, textures do not."""
        return len(self._lanes) > TILED_ABOVE

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
        return self.seconds / self.n_pixels

    @property
    def lanes_per_pixel(self) -> float:
        """How high one pixel is, in lanes."""
        return max(1, self.n_rows) / max(1.0, self.inner[1] - self._theme.px(HEADROOM))

    @property
    def top(self) -> float:
        """The upper edge, in lanes; between it and the first lane there is room for labels."""
        return self.n_rows + self._theme.px(HEADROOM) * self.lanes_per_pixel

    @property
    def n_rows(self) -> int:
        """How many lanes lie one above the other: one for all where traces are laid over one another."""
        return min(1, len(self._lanes)) if self._overlaid else len(self._lanes)

    def place(self, lane: int) -> float:
        """Return the middle of a lane, 0 being the top one."""
        return 0.5 if self._overlaid else len(self._lanes) - lane - 0.5

    # Where things are on the screen

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the part with traces, gutter left out, px from the window's corner."""
        left, top = self._corner
        right = left + self._size[0] - (self.inner[0] - self.n_pixels)
        return right - self.n_pixels, top, right, top + self.inner[1]

    def x_at(self, px: float) -> float:
        """Return the place on the x axis below a point of the screen, s before the right edge."""
        return (px - self.ground[2]) * self.seconds_per_pixel + self.shift

    def px_of(self, x: float) -> float:
        """Return where a place on the x axis is on the screen, px."""
        return self.ground[2] + (x - self.shift) / self.seconds_per_pixel

    def y_at(self, py: float) -> float:
        """Return the place on the y axis beside a point of the screen, in lanes from the bottom."""
        return (self.ground[3] - py) * self.lanes_per_pixel

    def lane_at(self, py: float) -> int | None:
        """Return the lane at a height of the screen, 0 being the top one; None above and below all.

        Where traces are laid over one another, the first one stands for all.
        """
        lane = self.n_rows - 1 - math.floor(self.y_at(py))
        return lane if 0 <= lane < self.n_rows else None

    # Contents

    def set_lanes(self, lanes: Sequence[Lane], *, overlaid: bool = False) -> None:
        """Choose what is drawn, top to bottom, or all over one another."""
        self._lanes = tuple(lanes)
        self._overlaid = overlaid
        self._middles = np.array([self.place(i) for i in range(len(lanes))], dtype=np.float32)
        self._colours = [lane.colour for lane in lanes]
        self._layout = ()

    def arrange(self, seconds: float, shift: float = 0.0, *, sweep: bool = False) -> None:
        """Fit axes and labels to the size, the lanes and the window's length. Cheap when nothing changed.

        Parameters
        ----------
        seconds
            Length of the window, s.
        shift
            Where the right edge lies on the x axis, s: not at 0 where another stream of the same time axis is ahead.
        sweep
            Count the time from the left.
        """
        if self._version != self._theme.version:
            self._restyle()
        self._corner, self._size = _pair(dpg.get_item_rect_min(self.plot)), _pair(dpg.get_item_rect_size(self.plot))
        size = self._size
        key = (size, seconds, shift, sweep, self._lanes, self._overlaid)
        if key == self._layout:
            return
        if key[:2] + key[3:] != self._layout[:2] + self._layout[3:]:
            self._label_lanes(size[0])
        self.seconds, self.shift = seconds, shift
        right = shift + (self.inner[0] - self.n_pixels) * self.seconds_per_pixel
        dpg.set_axis_limits(self.x_axis, shift - seconds, right)
        dpg.set_axis_limits(self.y_axis, 0.0, self.top)
        dpg.set_axis_ticks(self.x_axis, self._time_ticks(seconds, shift, sweep))
        self.gutter.arrange(right - shift)
        # Before the first frame nothing has a size yet: arrange again.
        self._layout = key if size[0] > 1 else ()

    def _label_lanes(self, width: float) -> None:
        fonts = self._theme.fonts
        widest = max(40.0, MAX_NAME_SHARE * width)
        if self._overlaid and len(self._lanes) > 1:
            names = [self._fitted(f"× {len(self._lanes)}", widest)]
        else:
            names = [self._fitted(lane.name, widest) for lane in self._lanes]
        pixels = 1 / self.lanes_per_pixel
        self.every = thinning(pixels, fonts.height("small") + 2)
        ticks = tuple((name, self.place(i)) for i, name in enumerate(names) if i % self.every == 0)
        self._labels_width = max((fonts.width(name, "small") for name, _ in ticks), default=0.0)
        dpg.set_axis_ticks(self.y_axis, ticks or ((" ", -1.0),))

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

    def _time_ticks(self, seconds: float, shift: float, sweep: bool) -> tuple[tuple[str, float], ...]:
        room = self.n_pixels / self._theme.px(96)
        step = next((s for s in TICK_STEPS_S if seconds / s <= max(2.0, room)), TICK_STEPS_S[-1])
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        places = [i * step for i in range(1, int(seconds / step + 1e-6) + 1)]
        if sweep:
            return (("0 s", -seconds), *((f"{x:.{decimals}f}", x - seconds) for x in places))
        # The outermost label would be cut in half by the edge when there are no names beside it.
        return (("0 s", shift), *((f"−{x:.{decimals}f}", shift - x) for x in places))

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
        if self.tiles is not None:
            self.tiles.delete()
            self.tiles = None
        if len(self.series) != len(y) or any(series.segments != strokes for series in self.series[:1]):
            self._remake(x, y, strokes)
        elif not same_x or (self.series and self.series[0].n_points != x.size):
            for series, row in zip(self.series, y, strict=True):
                series.set(x, row)
        else:
            for series, row in zip(self.series, y, strict=True):
                series.set_y(row)

    def set_tiles(
        self,
        envelope: Envelope,
        shown: NDArray[np.int64],
        centre: NDArray[np.float32],
        gain: NDArray[np.float32],
        *,
        sweep: bool,
        blank: int,
        anew: bool,
    ) -> None:
        """Draw an envelope through textures, all lanes at once.

        Parameters
        ----------
        envelope
            What is drawn, up to date.
        shown
            Shape (n_shown,), int64: the channels, top to bottom.
        centre, gain
            Shape (n_channels,), float32: the value in the middle of its lane, and lanes per unit.
        sweep
            Keep every stroke at its place, replaced one window later.
        blank
            How many places are left empty after the newest, in a sweep.
        anew
            Whether the envelope is another one than before, or its columns are.
        """
        for series in self.series:
            series.delete()
        self.series = []
        if self.tiles is None:
            self.tiles = Tiles(self.y_axis)
        if anew:
            self.tiles.forget()
        height = round(self.inner[1])
        ground = Ground(self.seconds, self.n_columns, self.pitch, height, self.top, sweep, blank if sweep else 0)
        self.tiles.arrange(ground, shown, self._middles, self._colours)
        self.tiles.draw(envelope.columns, envelope.column, centre, gain)

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

    def delete(self) -> None:
        """Remove the plot. Safe to call twice."""
        if self.tiles is not None:
            self.tiles.delete()
            self.tiles = None
        if self.plot and dpg.does_item_exist(self.plot):
            dpg.delete_item(self.plot)
        self.series = []


def _pair(numbers: Sequence[float]) -> tuple[float, float]:
    return float(numbers[0]), float(numbers[1])
