"""Lines above the status bar that tell what runs in the background, how far it is, and stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets import Theme
from ..widgets.door import Tag, label
from ..widgets.panel import Switch, Words
from ..widgets.popup import centred, tooltip
from .jobs import Jobs, JobState

MOST_LINES = 3
SHOWN_AFTER_S = 0.5
"""What takes no longer is not worth a line that comes and goes."""
BAR_PX = 220


class _Line:
    """One job on screen."""

    def __init__(self, theme: Theme, job: JobState, stop: Callable[[int], object], parent: Tag) -> None:
        self.group: Tag = dpg.add_group(parent=parent, horizontal=True)
        self._bar: Tag = dpg.generate_uuid()
        high = theme.px(14)
        dpg.add_progress_bar(
            tag=self._bar, parent=centred(self.group, high, theme, text=False), width=theme.px(BAR_PX), height=high
        )
        self._share = Words(theme, "small figures")
        self._share.build(centred(self.group, theme.fonts.height("small figures"), theme))
        tip = tr("Stop it, and remove what is there of it.")
        self._cancel = Switch(theme, tr("Cancel"), tip, partial(stop, job.number))
        self._cancel.build(dpg.add_group(parent=self.group))
        self._title = Words(theme, "words", "muted")
        self._title.build(centred(self.group, theme.fonts.height("words"), theme))
        tooltip(self._title.tag, label(job.title, 300), theme)
        self.show(job)

    def show(self, job: JobState) -> None:
        dpg.set_value(self._bar, job.share)
        self._share.say(f"{100 * job.share:3.0f} %")
        title = tr("Stopping: {title}").format(title=job.title) if job.stopping else job.title
        self._title.say(label(title, 120))
        self._cancel.show(why_off=tr("It is being stopped.") if job.stopping else "")


class JobsStrip:
    """Shows the jobs that run, the oldest first. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    jobs
        What runs.
    clock
        Tells how long a job has been there, s.
    """

    def __init__(self, theme: Theme, jobs: Jobs, clock: Callable[[], float] = time.monotonic) -> None:
        self._theme = theme
        self._jobs = jobs
        self._clock = clock
        self._since: dict[int, float] = {}
        self._lines: dict[int, _Line] = {}
        self._more = Words(theme, "small", "muted")
        self.box: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the place for the lines inside `parent`."""
        theme = self._theme
        self.box = dpg.add_child_window(
            parent=parent, width=-1, height=self._line_height, no_scrollbar=True, no_scroll_with_mouse=True, show=False
        )
        dpg.bind_item_theme(self.box, theme.ground("ground"))
        self._lines = {}

    def height(self) -> int:
        """Return how high the strip is with its gap at the moment, px; 0 when nothing runs."""
        n = len(self._shown())
        return n * self._line_height + self._theme.px(8) if n else 0

    @property
    def _line_height(self) -> int:
        return self._theme.row_height + self._theme.px(8)

    def _shown(self) -> tuple[JobState, ...]:
        now, states = self._clock(), self._jobs.states
        self._since = {job.number: self._since.get(job.number, now) for job in states}
        old = [job for job in states if now - self._since[job.number] >= SHOWN_AFTER_S]
        return tuple(old[:MOST_LINES])

    def draw(self) -> None:
        """Bring the lines up to date. Once a frame."""
        shown = self._shown()
        if [job.number for job in shown] != list(self._lines):
            dpg.delete_item(self.box, children_only=True)
            self._lines = {job.number: _Line(self._theme, job, self._jobs.stop, self.box) for job in shown}
            n = max(1, len(shown))
            dpg.configure_item(self.box, show=bool(shown), height=n * self._line_height)
        for job in shown:
            self._lines[job.number].show(job)

    def delete(self) -> None:
        """Remove the lines. Safe to call twice."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box, self._lines = 0, {}
