"""The form that says where a recording is cut."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import dearpygui.dearpygui as dpg

from ..sources.language import tr, trn
from ..widgets.choice_button import Choice, ChoiceButton
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch, Words
from ..widgets.popup import tooltip
from ..widgets.theme import Theme
from .browser_acts import BrowserActs
from .browser_rows import draw_outline
from .browser_summary import SessionEntry

if TYPE_CHECKING:
    from ..recordings.cutting import Range
    from ..sources import Event

Mode = Literal["range", "times", "events", "trials"]
TRIAL, SUPERSEDED = "trial", "superseded"
MAX_PARTS = 500
PICTURE_PX = 64
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)")


class Moments(NamedTuple):
    """The events of a session, s from its first sample.

    Parameters
    ----------
    events
        Time and event, in order of time.
    """

    events: tuple[tuple[float, Event], ...] = ()

    @property
    def labels(self) -> list[str]:
        """The names that events have, most frequent first; trials are not among them."""
        names = [event.label for _, event in self.events if event.kind != TRIAL]
        return sorted(set(names), key=lambda name: (-names.count(name), name))

    def named(self, name: str) -> list[float]:
        """Return when events of a name were; of all with an empty one."""
        return [t for t, event in self.events if event.kind != TRIAL and name in ("", event.label)]

    def trials(self, duration_s: float) -> list[tuple[float, float, str]]:
        """Return start, stop and name of each trial that was not done again: it lasts until the next one begins."""
        marks = [(t, event) for t, event in self.events if event.kind == TRIAL]
        stops = [*(t for t, _ in marks), duration_s][1:]
        return [
            (t, stop, event.label)
            for (t, event), stop in zip(marks, stops, strict=True)
            if event.text != SUPERSEDED and stop > t
        ]


def moments_of(path: Path) -> Moments:
    """Read the events of a session.

    Raises
    ------
    SessionError
        When it cannot be opened.
    """
    from ..recordings import open_session
    from ..recordings.cutting import first_time

    with open_session(path) as session:
        zero = first_time(session)
        return Moments(tuple(sorted((event.t - zero, event) for event in session.events)))


def seconds_of(text: str) -> float:
    """Return the seconds that a person wrote: ``90``, ``1:30`` or ``0:01:30.5``; NaN where it is no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return math.nan
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


class CutForm:
    """Where to cut, with a picture of it. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces, measures.
    acts
        Cuts.
    entry
        What is cut.
    on_close
        Called when it is done with.
    """

    def __init__(self, theme: Theme, acts: BrowserActs, entry: SessionEntry, on_close: Callable[[], object]) -> None:
        self._theme, self._acts, self._entry, self._on_close = theme, acts, entry, on_close
        self.mode: Mode = "range"
        self.name = ""
        self.moments = moments_of(entry.path)
        self.start: Tag = 0
        self.stop: Tag = 0
        self.times: Tag = 0
        self._drawn: object = None
        self.make = Switch(theme, tr("Make new recordings"), tr("This one stays as it is."), self._make, "on")
        self.problem = Words(theme, "small", "muted", wrap=0)

    def build(self, parent: Tag) -> None:
        """Make the form inside `parent`."""
        theme = self._theme
        title = dpg.add_text(label(self._entry.title), parent=parent)
        theme.fonts.bind(title, "strong")
        room = float(dpg.get_item_rect_size(dpg.get_item_parent(parent))[0]) or theme.px(280)
        self._width = int(room - theme.px(24))
        self._picture = dpg.add_drawlist(self._width, theme.px(PICTURE_PX), parent=parent)
        modes: list[Choice[Mode]] = [
            Choice("range", tr("Keep a range"), tr("One new recording")),
            Choice("times", tr("Split at times"), tr("One before, between and after each of them")),
            Choice("events", tr("Split at events"), tr("One before, between and after each of them")),
            Choice("trials", tr("One for each trial"), tr("From the mark of a trial to that of the next one")),
        ]
        self._modes = ChoiceButton(tr("How it is cut"), modes, lambda: self.mode, self._choose, 220)
        self._modes.build(parent, theme)
        self._fields = dpg.add_group(parent=parent)
        self.problem.build(parent)
        self.make.build(parent, -1)
        cancel = Switch(theme, tr("Cancel"), tr("Cut nothing."), self._on_close)
        cancel.build(parent, -1)
        self._choose(self.mode)

    def _choose(self, mode: Mode) -> None:
        self.mode = mode
        theme, box = self._theme, self._fields
        dpg.delete_item(box, children_only=True)
        self.start = self.stop = self.times = 0
        if mode == "range":
            self.start = self._field(tr("From, s"), "0", tr("Seconds from the first sample, or minutes: 1:30"))
            self.stop = self._field(tr("To, s"), f"{self._entry.duration_s:.3f}", tr("This moment is left out."))
        elif mode == "times":
            self.times = self._field(tr("At, s"), "", tr("Seconds from the first sample, with spaces between: 10 1:30"))
        elif mode == "events":
            names = [Choice("", tr("All events")), *(Choice(name, name) for name in self.moments.labels[:30])]
            self._names = ChoiceButton(tr("At which events"), names, lambda: self.name, self._name, 220)
            self._names.build(box, theme)
        self._drawn = None

    def _name(self, name: str) -> None:
        self.name = name

    def _field(self, name: str, value: str, tip: str) -> Tag:
        theme = self._theme
        with dpg.group(parent=self._fields, horizontal=True, xoffset=theme.px(84)):
            # A tooltip becomes the next item of its item's group, and would move what follows.
            dpg.add_text(label(name))
            field: Tag = dpg.generate_uuid()
            dpg.add_input_text(tag=field, default_value=value, width=-1)
        theme.fonts.bind(field, "figures")
        tooltip(field, tip, theme)
        return field

    # What was said

    def cuts(self) -> tuple[list[float], list[Range], str]:
        """Return where to cut, or which ranges, and what is wrong with that."""
        from ..recordings.cutting import Range

        length = self._entry.duration_s
        if self.mode == "range":
            start, stop = (seconds_of(dpg.get_value(field)) for field in (self.start, self.stop))
            if math.isnan(start) or math.isnan(stop):
                return [], [], tr("Type seconds, such as 12.5, or minutes and seconds, such as 1:30.")
            if not start < min(stop, length):
                return [], [], tr("The end must come after the beginning, which is before {s:.3f} s.").format(s=length)
            return [], [Range(start, stop)], ""
        if self.mode == "trials":
            trials = [Range(*trial) for trial in self.moments.trials(length)]
            return [], trials, "" if trials else tr("No trial is marked in it. J marks one while you record.")
        at = self.moments.named(self.name)
        if self.mode == "times":
            at = [seconds_of(part) for part in clean(dpg.get_value(self.times)).replace(";", " ").split()]
        if any(math.isnan(t) for t in at):
            return [], [], tr("Type seconds, such as 12.5, or minutes and seconds, such as 1:30.")
        inside = sorted({t for t in at if 0 < t < length})
        if not inside:
            nothing = tr("Type at least one time.") if not at else tr("It lasts {s:.3f} s.").format(s=length)
            return [], [], nothing if self.mode == "times" else tr("It has no events to split it at.")
        too_many = tr("Those are over {n} parts.").format(n=MAX_PARTS) if len(inside) >= MAX_PARTS else ""
        return inside, [], too_many

    def draw(self) -> None:
        """Follow what is typed. Once a frame."""
        fields = tuple(dpg.get_value(field) for field in (self.start, self.stop, self.times) if field)
        drawn = (self.mode, self.name, fields)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        at, ranges, problem = self.cuts()
        n = len(ranges) or len(at) + 1
        self.make.show(why_off=problem)
        said = trn("{n} new recording beside it", "{n} new recordings beside it", n).format(n=n)
        self.problem.say(problem or said, "warn" if problem else "muted")
        self._draw_picture(at, ranges)

    def _draw_picture(self, at: list[float], ranges: list[Range]) -> None:
        theme, box, width = self._theme, self._picture, self._width
        height, length = theme.px(PICTURE_PX), max(self._entry.duration_s, 1e-9)
        dpg.delete_item(box, children_only=True)
        dpg.draw_rectangle((0, 0), (width, height), fill=theme.colour("plot"), color=(0, 0, 0, 0), parent=box)
        for piece in ranges:
            left, right = (min(max(t / length, 0.0), 1.0) * width for t in (piece.start_s, piece.stop_s))
            dpg.draw_rectangle((left, 0), (right, height), fill=theme.colour("on"), color=(0, 0, 0, 0), parent=box)
        outline = self._entry.outline
        if outline is not None:
            draw_outline(outline.tolist(), width, height, theme, box)
        for t in (*at, *(t for piece in ranges for t in (piece.start_s, piece.stop_s))):
            x = min(max(t / length, 0.0), 1.0) * width
            dpg.draw_line((x, 0), (x, height), color=theme.colour("accent"), thickness=theme.px(2), parent=box)

    def _make(self) -> None:
        at, ranges, problem = self.cuts()
        if problem:
            return
        if self.mode == "range":
            start_s, stop_s, _ = ranges[0]
            # At the ends nothing is cut: what was lost or noted beyond the samples stays, too.
            whole = self._entry.duration_s - 5e-4
            start_s, stop_s = start_s if start_s > 0 else -math.inf, stop_s if stop_s < whole else math.inf
            self._acts.trim(self._entry, start_s, stop_s)
        else:
            self._acts.split(self._entry, at, ranges)
        self._on_close()
