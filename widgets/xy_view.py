"""One channel against another: the last moments as a line or as points, the oldest faint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np

from ..sources.language import later, tr
from .channel_choice import ChannelChoice, Chosen
from .chart import Chart
from .checked_record import read_record
from .clipped_names import clipped
from .door import Series, Tag
from .eased_range import EasedRange
from .figures import si
from .flow import Flow
from .options import Options
from .panel import Switch, Words
from .popup import centred
from .quantities import correlation
from .ticks import Ticks, even
from .view import Table, View
from .xy_settings import ALLOWED, OPTIONS, XYSettings

PACE_S = 0.05
AIM_S = 0.25
N_AGES = 3
FADES = (60, 130, 255)
MOST_POINTS = 6000
MOST_VALUES = 100_000
# What so small a share of samples does is not worth more room.
OUTLIERS = 0.002


class XYView(View):
    """A channel on each axis, fading with age; also for the outputs of predictions. Main thread only."""

    kind = "xy"
    title = later("XY")

    def prepare(self) -> None:
        """Make what settings go into."""
        self.set = XYSettings()
        self.x_range, self.y_range = EasedRange(parts=6), EasedRange(parts=6)
        self.series: list[Series] = []
        self.r = math.nan
        self._x = self._y = np.zeros(0, dtype=np.float32)
        self._stale = True
        self._computed = self._aimed = self._last = -math.inf
        self._end = -1

    # What a person chooses

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        (x_low, x_high), (y_low, y_high) = self.x_range.target, self.y_range.target
        kept = replace(self.set, x_low=x_low, x_high=x_high, y_low=y_low, y_high=y_high)
        return asdict(kept if self.set.locked else self.set)

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        read = read_record(self.set, settings, ALLOWED)
        can = read.locked and read.x_high > read.x_low and read.y_high > read.y_low
        self.set = replace(read, locked=can)
        if can:
            self.x_range.lock(read.x_low, read.x_high)
            self.y_range.lock(read.y_low, read.y_high)
        else:
            self.x_range.auto = self.y_range.auto = True
        self._stale = True

    def choose(self, key: str, value: Any) -> None:
        """Change one setting."""
        self.set = replace(self.set, **{key: value})
        self._stale = True

    def channel(self, axis: str) -> int:
        """Return the number of the channel on the axis ``x`` or ``y``."""
        channels, name = self.look.channels, getattr(self.set, axis)
        if name in channels.names:
            return channels.names.index(name)
        first = channels.numbers or list(range(len(channels.names)))
        return first[min(axis == "y", len(first) - 1)]

    def show(self, axis: str, chosen: Chosen) -> None:
        """Put a channel on the axis ``x`` or ``y``."""
        if isinstance(chosen, int):
            self.choose(axis, self.look.channels.names[chosen])
            (self.x_range if axis == "x" else self.y_range).forget()

    def lock(self) -> None:
        """Keep the axes as they are, or let them follow again."""
        lock = self.x_range.auto and self.x_range.known and self.y_range.known
        for span in (self.x_range, self.y_range):
            if lock:
                span.lock(*span.target)
            else:
                span.auto = True
        self.choose("locked", lock)

    # Making

    def build_controls(self, flow: Flow) -> None:
        """Put controls into the heading row."""
        theme, controls = self._theme, flow.group()
        self.choices: dict[str, ChannelChoice] = {}
        tips = {"x": tr("Which channel lies on the lower axis"), "y": tr("Which channel lies on the left axis")}
        for axis, tip in tips.items():
            self.choices[axis] = self._chooser(axis, tip)
            self.choices[axis].build(controls, theme)
        controls = flow.group()
        self.options = Options(lambda: OPTIONS, lambda key: getattr(self.set, key), self.choose)
        self.options.build(controls, theme)
        self.lock_button = Switch(
            theme, tr("Lock axes"), tr("Keep what the axes span, or let them follow the signal"), self.lock
        )
        self.lock_button.build(controls)
        self.said = Words(theme, "small figures", "muted")
        self.said.build(centred(flow.group(), theme.fonts.height("small figures"), theme))

    def _chooser(self, axis: str, tip: str) -> ChannelChoice:
        def chosen() -> int:
            return self.channel(axis)

        def choose(number: Chosen) -> None:
            self.show(axis, number)

        return ChannelChoice(self.look, tip, chosen, choose, before=f"{axis}:", widest=56)

    def build_body(self, parent: Tag) -> None:
        """Make the plot."""
        self.chart = Chart(self._theme)
        self.chart.build(parent)
        self.series = []
        self._stale = True

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            for choice in self.choices.values():
                choice.popup.close()
            self.options.popup.close()
        super().delete()
        self.series = []

    def why_empty(self) -> tuple[str, str]:
        """Return why there is nothing to draw."""
        if len(self.look.channels.names) < 2:
            return tr("One channel only"), tr("It takes two channels to draw one against the other.")
        return "", ""

    # Each frame

    def begin(self) -> None:
        """Start anew."""
        self._stale = True

    def _restyle(self) -> None:
        points = self.set.style == "points"
        if not self.series or self.series[0].segments != points:
            for series in self.series:
                series.delete()
            none = np.full(2, np.nan)
            self.series = [Series(self.chart.y_axis, none, none, segments=points) for _ in range(N_AGES)]
        theme = self._theme
        colour = self.look.channels.colour(self.channel("y"), theme)
        weight = theme.px(3) if points else theme.px(1)
        for series, alpha in zip(self.series, FADES, strict=True):
            dpg.bind_item_theme(series.tag, theme.line((*colour[:3], alpha), weight))

    def draw_body(self, now: float) -> None:
        """Bring the picture up to date, at most twenty times a second."""
        look = self.look
        if not self.chart.has_size:
            return
        if self._stale:
            self._restyle()
        end = look.end
        due = now - self._computed >= PACE_S or now < self._computed
        if self._stale or (due and end != self._end):
            self._computed, self._end = now, end
            view = look.view(self.set.seconds or look.axis.seconds)
            if view is not None:
                self._x, self._y = (np.ascontiguousarray(view.data[:, self.channel(axis)]) for axis in "xy")
        self._aim(now)
        dt = now - self._last if math.isfinite(self._last) else 0.0
        moving = not (self.x_range.settled and self.y_range.settled)
        for span in (self.x_range, self.y_range):
            span.ease(dt)
        self._arrange()
        if self._computed == now or self._stale or moving:
            self._push()
        self._read()
        self._stale = False
        self._last = now

    def _aim(self, now: float) -> None:
        known = self.x_range.known and self.y_range.known
        if known and not self._stale and 0 <= now - self._aimed < AIM_S:
            return
        self._aimed = now
        for span, values in ((self.x_range, self._x), (self.y_range, self._y)):
            finite = values[np.isfinite(values)][:: max(1, len(values) // MOST_POINTS)]
            if len(finite):
                low, high = np.quantile(finite, (OUTLIERS, 1 - OUTLIERS))
                room = 0.04 * float(high - low)
                span.aim(float(low) - room, float(high) + room)

    def _arrange(self) -> None:
        chart, theme = self.chart, self._theme
        x, y = (self.x_range.low, self.x_range.high), (self.y_range.low, self.y_range.high)
        if self.set.equal:
            width, height = chart.inner
            each = max((x[1] - x[0]) / width, (y[1] - y[0]) / height)
            x, y = _around(x, each * width), _around(y, each * height)
        if not chart.changed(x, y, self.x_range.target, self.y_range.target, self.set, self.look.channels.version):
            return
        chart.set_limits(x, y)
        # Figures are those of the target: they do not run while the axes ease.
        still = not self.set.equal
        most = chart.most_ticks
        unit = self.look.info.unit
        lower = _with_unit(even(*(self.x_range.target if still else x), most[0]), unit, x)
        name = clipped(self.look.channels.label(self.channel("y")), theme.px(120), theme)
        chart.set_ticks(
            lower, even(*(self.y_range.target if still else y), most[1]), f"{name} ({unit})" if unit else name
        )

    def _push(self) -> None:
        n = len(self._x)
        bounds = [round(n * i / N_AGES) for i in range(N_AGES + 1)]
        stride = max(1, -(-n // MOST_POINTS))
        half = self.chart.pixel[0] * self._theme.px(3) / 2
        for i, series in enumerate(self.series):
            # A line goes on from the last point of the older part.
            first = max(0, bounds[i] - (stride if self.set.style == "line" else 0))
            x, y = self._x[first : bounds[i + 1] : stride], self._y[first : bounds[i + 1] : stride]
            series.show(len(x) > 0)
            if not len(x):
                continue
            if self.set.style == "points":
                # A short stroke as wide as it is high: a point.
                x, y = np.stack((x - half, x + half), axis=1).ravel(), np.repeat(y, 2)
            series.set(np.ascontiguousarray(x, dtype=np.float32), np.ascontiguousarray(y, dtype=np.float32))

    def _read(self) -> None:
        at = self.chart.pointer
        if at is None:
            self.chart.read(None)
            return
        channels, unit = self.look.channels, self.look.info.unit
        self.chart.read(
            at,
            [f"{channels.label(self.channel(axis))}: {si(value, unit)}" for axis, value in zip("xy", at, strict=True)],
        )

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring words up to date."""
        for choice in self.choices.values():
            choice.draw()
        locked = not self.x_range.auto
        why = (
            "" if self.x_range.known and self.y_range.known else tr("There is nothing to lock yet: no sample has come.")
        )
        self.lock_button.show(
            text=tr("Axes locked") if locked else tr("Lock axes"), look="on" if locked else "plain", why_off=why
        )
        self.r = correlation(self._x, self._y)
        r = f"{self.r:+z.2f}".replace("-", "−") if math.isfinite(self.r) else "–"
        self.said.say(f"r = {r:>5}")

    def values(self) -> Table | None:
        """Return the values of both channels, oldest first; at most the newest 100,000."""
        if not len(self._x):
            return None
        unit, channels = self.look.info.unit, self.look.channels
        names = (channels.label(self.channel(axis)) for axis in "xy")
        pairs = np.column_stack((self._x, self._y))[-MOST_VALUES:].tolist()
        return Table(tuple(f"{name} ({unit})" if unit else name for name in names), [tuple(pair) for pair in pairs])


def _around(span: tuple[float, float], wide: float) -> tuple[float, float]:
    """Return a range of the same middle, so much wide."""
    middle = (span[0] + span[1]) / 2
    return middle - wide / 2, middle + wide / 2


def _with_unit(ticks: Ticks, unit: str, limits: tuple[float, float]) -> Ticks:
    """Write the unit at the first figure that is in sight."""
    seen = next((at for _, at in ticks if limits[0] <= at <= limits[1]), None)
    return [(f"{text} {unit}".strip() if at == seen else text, at) for text, at in ticks]
