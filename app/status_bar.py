"""One line at the bottom that says how everything is."""

from __future__ import annotations

import math

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets import StateView, Theme
from ..widgets.door import Tag, label
from ..widgets.figures import age, clock, gaps, hz, span
from ..widgets.marks import StateLine
from ..widgets.panel import Words
from .state import EngineState
from .workbench import Workbench

NOTICE_S = 10.0


class StatusBar:
    """State, rate, age, gaps, disk and frame time; for a while, what went wrong last. Main thread only.

    Parameters
    ----------
    workbench
        The engine's snapshot.
    theme
        Colours, faces, measures.
    """

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        self._bench = workbench
        self._theme = theme
        self._line = StateLine(theme, "small")
        self._figures = Words(theme, "small figures", "muted")
        self._hint = Words(theme, "small", "muted")
        self._box: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the line inside `parent`."""
        self._box = dpg.add_group(parent=parent, horizontal=True, horizontal_spacing=self._theme.px(12))
        dpg.bind_item_theme(self._box, self._theme.lines())
        self._line.build(self._box)
        for words in (self._figures, self._hint):
            words.build(self._box)

    def draw(self, frame_ms: float) -> None:
        """Bring the line up to date; four times a second is enough."""
        state = self._bench.state
        shown = self._state(state)
        self._line.show(shown)
        if self._notice(state.t):
            self._figures.say("")
            self._hint.say("")
            return
        figures = facts(state, frame_ms)
        self._figures.say(figures)
        hint = tr("Space pause   R record   M mark   Ctrl+K commands")
        fonts = self._theme.fonts
        taken = fonts.width(shown.words, "small") + fonts.width(figures, "small figures") + fonts.width(hint, "small")
        self._hint.say(hint if taken + self._theme.px(90) < dpg.get_viewport_client_width() else "")

    def _notice(self, t: float) -> str:
        """Return the newest line of the log that a person must see."""
        for line in reversed(self._bench.engine.log.lines):
            if t - line.t > NOTICE_S:
                return ""
            if line.level in ("bad", "warn"):
                return label(line.text, 300)
            if line.level == "good":
                return ""
        return ""

    def _state(self, state: EngineState) -> StateView:
        notice = self._notice(state.t)
        if notice:
            return StateView("triangle", "warn", notice)
        if state.busy:
            return StateView("ring", "accent", state.busy[:1].upper() + state.busy[1:] + "…")
        if state.recording:
            return StateView("circle", "bad", tr("Recording {time}").format(time=clock(state.recording.seconds)))
        if state.replay:
            return StateView("circle" if state.replay.playing else "square", "accent", tr("Replay"))
        states = {s.health.state for s in state.streams if s.info or s.source_name != "PredictionSource"}
        if not states:
            return StateView("square", "muted", tr("No device"))
        if states <= {"live", "held"}:
            return StateView("circle", "good", tr("Live"))
        if states & {"lost", "failed"}:
            return StateView("cross", "bad", tr("A device is lost"))
        return StateView("square", "muted", tr("Not every device is live"))

    def delete(self) -> None:
        """Remove the line."""
        if self._box and dpg.does_item_exist(self._box):
            dpg.delete_item(self._box)
        self._box = 0


def facts(state: EngineState, frame_ms: float) -> str:
    """Return the figures of the status bar."""
    parts = []
    for stream in state.streams[:3]:
        health = stream.health
        if health.nominal_hz and math.isfinite(health.rate_hz):
            parts.append(f"{stream.name} {hz(health.rate_hz)}")
    ages = [s.health.age_s for s in state.streams if s.health.nominal_hz and math.isfinite(s.health.age_s)]
    if ages:
        parts.append(tr("{age} old").format(age=age(max(ages))))
    n_gaps = sum(s.health.n_gaps for s in state.streams)
    n_lost = sum(s.health.n_lost for s in state.streams)
    if state.streams:
        parts.append(gaps(n_gaps, n_lost))
    if state.recording and state.recording.disk_seconds_left and math.isfinite(state.recording.disk_seconds_left):
        parts.append(tr("disk {time}").format(time=span(state.recording.disk_seconds_left)))
    if state.predict and math.isfinite(state.predict.rate_hz):
        words = tr("predict {rate:.0f} Hz, {latency:.0f} ms")
        parts.append(words.format(rate=state.predict.rate_hz, latency=1000 * state.predict.latency_s))
    parts.append(tr("{ms:.1f} ms/frame").format(ms=frame_ms))
    return " · ".join(parts)
