"""A drawn plot of traces with the mouse over it, as a viewer puts the parts together."""

from __future__ import annotations

import numpy as np

from myoscope.widgets.cursors import Cursors
from myoscope.widgets.look import Look
from myoscope.widgets.picture import Picture
from myoscope.widgets.pointer import Pointer
from myoscope.widgets.readout import Hover
from myoscope.widgets.trace_plot import Lane, TracePlot


class DrawnPlane:
    """A `TracePlot` of a look, with fixed scales, that answers as a `Plane`."""

    def __init__(self, bench, theme, clock, parent, reach=400.0) -> None:
        self.bench, self.theme, self.reach = bench, theme, reach
        self.look = Look(bench.stream)
        self.picture = Picture()
        self.trace = TracePlot(theme)
        self.trace.build(parent, -1)
        self.trace.set_lanes([Lane(name, theme.channel(i)) for i, name in enumerate(bench.stream.info.labels)])
        self.gains: list[int] = []
        self.events: list[float] = []
        self.clicked: list[tuple[int, int]] = []
        self.pointer = Pointer(
            theme, self, self.gains.append, self.events.append, lambda *what: self.clicked.append(what)
        )
        self.cursors, self.hover = Cursors(theme, self), Hover(theme, self, clock)
        self._n_lanes = bench.stream.info.n_channels

    def __getattr__(self, name: str):
        return getattr(self.trace, name)

    @property
    def axis(self):
        return self.look.axis

    @property
    def lanes(self) -> list[int]:
        return list(range(self._n_lanes))

    def time_at(self, px: float) -> float:
        return self.picture.time_at(self.x_at(px))

    def x_of_time(self, t: float) -> float:
        return self.picture.x_of_time(t)

    def value_at(self, lane: int, py: float) -> float:
        return (self.y_at(py) - self.place(lane)) * 2 * self.reach

    def draw(self) -> None:
        look, picture, trace = self.look, self.picture, self.trace
        look.update()
        self.pointer.draw()
        look.update()
        trace.arrange(look.axis.seconds)
        if not trace.has_size or look.ring is None:
            return
        sweep = look.axis.mode == "sweep"
        picture.look_at(look.ring, look.info.fs, look.axis.seconds, trace.n_columns, sweep=sweep)
        picture.update(look.end)
        shown = np.arange(self._n_lanes)
        gain = np.full(self._n_lanes, 0.5 / self.reach, dtype=np.float32)
        y = picture.lay(shown, np.zeros(self._n_lanes, dtype=np.float32), gain, trace.lanes_per_pixel)
        trace.set_traces(picture.x, y, strokes=picture.strokes, same_x=False)
        self.cursors.draw(self.pointer.at[1] if self.pointer.at else None)
        self.hover.draw(self.pointer.at, self.cursors.box.edges)

    def px(self, t: float) -> float:
        return self.px_of(self.x_of_time(t))

    def middle(self) -> tuple[int, int]:
        left, top, right, bottom = self.ground
        return round((left + right) / 2), round((top + bottom) / 2)
