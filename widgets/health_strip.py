"""How every stream is doing, in figures that keep still."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from ..sources.health import StreamHealth
from ..sources.language import tr
from .door import Tag, label
from .figures import age, gaps, hz
from .flow import Flow
from .marks import StateLine
from .panel import Words
from .state import state_view
from .theme import Theme

REFRESH_S = 0.25
OFF_RATE = 0.01


@dataclass(frozen=True)
class HealthRow:
    """One stream, as the strip shows it.

    Parameters
    ----------
    name
        The stream's own name.
    health
        As `Stream.health` says.
    """

    name: str
    health: StreamHealth


class HealthStrip:
    """Two lines a stream: state, rate measured and nominal, age of the newest sample, gaps. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    rows
        Asked when figures are due.
    clock
        For the refresh, s; a test passes its own.
    """

    def __init__(
        self, theme: Theme, rows: Callable[[], Sequence[HealthRow]], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._theme = theme
        self._rows = rows
        self._clock = clock
        self.lines: dict[str, _Line] = {}
        self._flow = Flow(theme, 24)
        self._refreshed = -math.inf
        self.box: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the strip inside `parent`."""
        self.box = dpg.generate_uuid()
        dpg.add_group(tag=self.box, parent=parent)
        dpg.bind_item_theme(self.box, self._theme.lines())
        self.lines = {}
        self._refreshed = -math.inf

    def draw(self) -> None:
        """Bring the figures up to date, at most four times a second."""
        if self.lines:
            self._flow.fit()
        now = self._clock()
        if now - self._refreshed < REFRESH_S:
            return
        self._refreshed = now
        rows = self._rows()
        if [row.name for row in rows] != list(self.lines):
            dpg.delete_item(self.box, children_only=True)
            self._flow.build(self.box)
            self.lines = {row.name: _Line(self._theme, self._flow.group(), row.name) for row in rows}
        for row in rows:
            self.lines[row.name].show(row.health)

    def delete(self) -> None:
        """Remove the strip. Safe to call twice."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0


class _Line:
    def __init__(self, theme: Theme, group: Tag, name: str) -> None:
        with dpg.group(parent=group):
            first = dpg.add_group(horizontal=True)
            second = dpg.add_group(horizontal=True)
        title = Words(theme, "small")
        title.build(first)
        title.say(label(name, 24))
        self.state = StateLine(theme, "small")
        self.state.build(first)
        self.rate, self.age, self.gaps = (Words(theme, "small figures", "muted") for _ in range(3))
        self.gaps.build(first)
        for words in (self.rate, self.age):
            words.build(second)

    def show(self, health: StreamHealth) -> None:
        self.state.show(state_view(health))
        self.rate.say(*rate_words(health))
        self.age.say(tr("{age} old").format(age=age(health.age_s)), "muted")
        self.gaps.say(gaps(health.n_gaps, health.n_lost), "warn" if health.n_gaps else "muted")


def rate_words(health: StreamHealth) -> tuple[str, str]:
    """Return the rate, measured and nominal, and the role of its colour."""
    if not health.nominal_hz:
        return tr("irregular rate"), "muted"
    if not math.isfinite(health.rate_hz):
        return tr("{measured} of {nominal}").format(measured="   –   ", nominal=hz(health.nominal_hz)), "muted"
    off = abs(health.rate_hz / health.nominal_hz - 1) > OFF_RATE
    words = tr("{measured} of {nominal}").format(measured=f"{health.rate_hz:8.2f}", nominal=hz(health.nominal_hz))
    return words, "warn" if off else "muted"
