"""Latency and health at a glance: figures with limits, their last minute, and what to do when one is bad."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr, trn
from .canvas import Canvas, HoverWords
from .door import Tag, label
from .marks import Mark, draw_shape
from .panel import Words
from .popup import centred
from .state import Shape
from .theme import Theme
from .view import Table

REFRESH_S = 0.25
HISTORY_S = 60.0
Grade = Literal["none", "good", "warn", "bad"]
MARKS: Mapping[Grade, tuple[Shape, str]] = {
    "none": ("ring", "muted"),
    "good": ("circle", "good"),
    "warn": ("triangle", "warn"),
    "bad": ("cross", "bad"),
}


@dataclass(frozen=True)
class HealthFigure:
    """One figure, judged.

    Parameters
    ----------
    group
        What it belongs to: a stream's name, the recording, the program.
    key
        Tells it from the others of its group; the same each time.
    name
        What it is called, in the person's language.
    value
        The figure itself; NaN while it is not known.
    text
        The figure as it is written, with its unit.
    grade
        Good, worth a look (``warn``), bad, or not to be judged (``none``).
    tip
        What it means, from where on it is worth a look or bad, and what to do then.
    history
        Whether its last minute is drawn.
    limits
        From where on it is worth a look, and bad; drawn into its last minute. None where that makes no sense.
    """

    group: str
    key: str
    name: str
    value: float
    text: str
    grade: Grade = "none"
    tip: str = ""
    history: bool = False
    limits: tuple[float, float] | None = None


def grade_of(value: float, limits: tuple[float, float]) -> Grade:
    """Return how good a figure is: limits rise where more is worse, and fall where less is; NaN is not judged."""
    if not math.isfinite(value):
        return "none"
    look, bad = limits
    sign = 1 if bad >= look else -1
    return "bad" if sign * value >= sign * bad else "warn" if sign * value >= sign * look else "good"


class LatencyPanel:
    """All figures below each other, group by group. Main thread only.

    Parameters
    ----------
    facts
        Asked four times a second for all figures, in the order in which they are shown.
    theme
        Colours, faces and measures; may be given later, before `build`.
    settings
        What `settings` returned some other day.
    clock
        For pace and the last minute, s; a test passes its own.
    """

    kind: ClassVar[str] = "health"
    title: ClassVar[str] = later("Latency and health")

    def __init__(
        self,
        facts: Callable[[], Sequence[HealthFigure]],
        theme: Theme | None = None,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._facts = facts
        self.theme = theme
        self._clock = clock
        self.figures: tuple[HealthFigure, ...] = ()
        self.history: dict[tuple[str, str], deque[tuple[float, float]]] = {}
        self.box: Tag = 0
        self._refreshed = -math.inf
        self._rows: list[tuple[float, float, HealthFigure]] = []
        self.apply(settings or {})

    # Life

    def build(self, parent: Tag) -> None:
        """Make the items inside `parent`; they fill it."""
        if self.theme is None:
            self.theme = Theme()
        self._theme = theme = self.theme
        self.box, self._scroll = dpg.generate_uuid(), dpg.generate_uuid()
        self._refreshed = -math.inf
        with dpg.child_window(
            tag=self.box, parent=parent, width=-1, height=-1, no_scrollbar=True, no_scroll_with_mouse=True,
            always_use_window_padding=True,
        ):  # fmt: skip
            with dpg.group(horizontal=True) as head:
                name = dpg.add_text(label(tr(self.title)), parent=centred(head, theme.fonts.height("strong"), theme))
                theme.fonts.bind(name, "strong")
                self._mark, self.summary = Mark(theme), Words(theme, "small")
                small = theme.fonts.height("small")
                self._mark.build(centred(head, small + 2, theme, text=False), "small")
                self.summary.build(centred(head, small, theme))
            dpg.add_child_window(tag=self._scroll, width=-1, height=-1, border=False)
            self.canvas = Canvas(theme, 1)
            self.canvas.build(self._scroll)
            self.tip = HoverWords(self.canvas, theme)
        for item in (self.box, self._scroll):
            dpg.bind_item_theme(item, theme.ground("panel"))

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box and dpg.does_item_exist(self.box):
            self.canvas.delete()
            dpg.delete_item(self.box)
        self.box = 0

    # Each frame

    def draw(self) -> None:
        """Bring figures up to date four times a second, and the words beside the pointer."""
        if not self.box:
            return
        now = self._clock()
        if now - self._refreshed >= REFRESH_S:
            self._refreshed = now
            self._ask(now)
            self._summarise()
            self._draw_rows(now)
        pointer = self.canvas.follow(now)
        below = next((f for top, bottom, f in self._rows if top <= pointer.y < bottom), None)
        self.tip.say(below.tip if below is not None and pointer.inside else "")

    def _ask(self, now: float) -> None:
        self.figures = tuple(self._facts())
        kept = {}
        for figure in self.figures:
            if figure.history:
                key = (figure.group, figure.key)
                past = kept[key] = self.history.get(key, deque())
                past.append((now, figure.value))
                while now - past[0][0] > HISTORY_S:
                    past.popleft()
        self.history = kept

    def _summarise(self) -> None:
        n_bad = sum(figure.grade == "bad" for figure in self.figures)
        n_look = sum(figure.grade == "warn" for figure in self.figures)
        grade: Grade = "bad" if n_bad else "warn" if n_look else "good" if self.figures else "none"
        words = [trn("{n} bad", "{n} bad", n_bad).format(n=n_bad)] if n_bad else []
        if n_look:
            words.append(trn("{n} to look at", "{n} to look at", n_look).format(n=n_look))
        shape, role = MARKS[grade]
        self._mark.show(shape, role)
        self.summary.say(", ".join(words) or (tr("all well") if self.figures else tr("nothing to tell yet")), role)

    def _draw_rows(self, now: float) -> None:
        theme, canvas = self._theme, self.canvas
        fonts, small = theme.fonts, theme.fonts.height("small")
        width = int(dpg.get_item_rect_size(self._scroll)[0]) - theme.px(12)
        if width <= 0:
            return
        line, side, pad = small + theme.px(9), theme.px(10), theme.px(8)
        groups = list(dict.fromkeys(figure.group for figure in self.figures))
        canvas.fit(width, len(self.figures) * line + len(groups) * (line + pad) + pad)
        parent = canvas.clear(0)
        names = max((fonts.width(label(f.name), "small") for f in self.figures), default=0.0)
        texts = max((fonts.width(label(f.text), "small figures") for f in self.figures), default=0.0)
        # In a narrow box names give way: figures are what counts.
        at_text = side + 3 * pad + min(names, max(0.3 * width, width - texts - side - 3 * pad))
        at_line = at_text + texts + 2 * pad
        y, self._rows = 0.0, []
        for group in groups:
            canvas.text(0, (0, y + theme.px(4)), canvas.fitted(group, width, "strong"), face="heading", role="muted")
            y += line
            for figure in self.figures:
                if figure.group != group:
                    continue
                shape, role = MARKS[figure.grade]
                draw_shape(parent, shape, theme.colour(role), (side / 2, y + line / 2), side)
                top = y + (line - small) / 2
                canvas.text(0, (side + pad, top), canvas.fitted(figure.name, at_text - side - 2 * pad))
                shown = role if figure.grade in ("warn", "bad") else "text"
                text = canvas.fitted(figure.text, width - at_text, "small figures")
                canvas.text(0, (at_text, top), text, shown, "small figures")
                past = self.history.get((figure.group, figure.key))
                if past and width - at_line > theme.px(48):
                    self._draw_past(figure, past, now, (at_line, y + 2, width - pad, y + line - 2))
                self._rows.append((y, y + line, figure))
                y += line
            y += pad

    def _draw_past(
        self, figure: HealthFigure, past: deque[tuple[float, float]], now: float,
        rect: tuple[float, float, float, float],
    ) -> None:  # fmt: skip
        left, top, right, bottom = rect
        parent, theme = self.canvas.layers[0], self._theme
        known = [(t, v) for t, v in past if math.isfinite(v)]
        colour = theme.colour("hairline")
        dpg.draw_line((left, bottom), (right, bottom), color=colour, parent=parent)
        if len(known) < 2:
            return
        highest = max(max(v for _, v in known), 1e-12)
        if figure.limits is not None:
            # The first limit is in the picture, so that the height of the line means something.
            highest = max(highest, figure.limits[0])
            y = bottom - figure.limits[0] / highest * (bottom - top)
            dpg.draw_line((left, y), (right, y), color=(*theme.colour("warn")[:3], 90), parent=parent)
        points = [
            (right - (now - t) / HISTORY_S * (right - left), bottom - max(0.0, v) / highest * (bottom - top))
            for t, v in known
        ]
        role = MARKS[figure.grade][1]
        dpg.draw_polyline([list(p) for p in points], color=theme.colour(role), thickness=theme.px(1.5), parent=parent)

    # What survives

    def values(self) -> Table | None:
        """Return all figures as they are shown."""
        if not self.figures:
            return None
        rows: list[tuple[object, ...]] = [(f.group, f.name, f.text, f.value, f.grade) for f in self.figures]
        return Table((tr("of"), tr("figure"), tr("shown"), tr("value"), tr("judgement")), rows)

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart: nothing."""
        return {}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over: there are none."""
