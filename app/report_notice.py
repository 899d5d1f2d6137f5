"""A small notice at the corner of the window once a recording was checked, with a way to its report."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..recordings.verdicts import Verdict
from ..sources.language import tr
from ..widgets import StateView, Theme
from ..widgets.door import Tag, label
from ..widgets.marks import StateLine
from ..widgets.popup import calling, tooltip
from ..widgets.state import Shape
from .reports import Checked, Reports

GAP_PX = 8
READ_S = 20.0
"""So long a notice that all is well stays; one of something to do stays until somebody takes it away."""
SMALLEST = (1, 1)
"""Without it dearpygui makes a window 100 px high: one that nobody sees, and that takes the clicks below it."""
LOOKS: dict[Verdict, tuple[Shape, str]] = {
    "ok": ("circle", "good"),
    "look": ("triangle", "warn"),
    "bad": ("cross", "bad"),
}


class ReportNotice:
    """Says how the recording that was just stopped turned out. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    reports
        What was checked.
    is_recording
        Whether one runs: the notice of the one before then goes.
    show
        Opens the report.
    above
        Returns how much at the bottom of the window is to be left free, px.
    clock
        Tells how long it has been there, s.
    """

    def __init__(
        self,
        theme: Theme,
        reports: Reports,
        is_recording: Callable[[], bool],
        show: Callable[[], object],
        above: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._theme = theme
        self._reports = reports
        self._is_recording = is_recording
        self._show = show
        self._above = above
        self._clock = clock
        self._until = 0.0
        self._told = reports.newest
        self._window: Tag = 0
        self._corner = (0, 0)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return bool(self._window)

    @property
    def height(self) -> int:
        """How high it is with its gap, px; 0 while it is not on screen."""
        return int(dpg.get_item_rect_size(self._window)[1]) + self._theme.px(GAP_PX) if self._window else 0

    def draw(self) -> None:
        """Come up with a new report of a recording; go when the next one begins. Once a frame."""
        newest = self._reports.newest
        if newest is not self._told:
            self._told = newest
            self.delete()
            if newest is not None and newest.recorded:
                self._build(newest)
        if self._window and (self._is_recording() or self._clock() > self._until):
            self.delete()
        if self._window:
            self._place()

    def _build(self, checked: Checked) -> None:
        theme = self._theme
        self._window, self._corner = dpg.generate_uuid(), (0, 0)
        self._until = self._clock() + READ_S if checked.report.verdict == "ok" else math.inf
        dpg.add_window(
            tag=self._window, no_title_bar=True, no_resize=True, no_move=True, autosize=True, no_scrollbar=True,
            no_focus_on_appearing=True, no_saved_settings=True, no_background=True, pos=(-10_000, 0),
            min_size=SMALLEST,
        )  # fmt: skip
        shape, role = LOOKS[checked.report.verdict]
        card = dpg.add_child_window(
            parent=self._window, auto_resize_x=True, auto_resize_y=True, always_use_window_padding=True
        )
        dpg.bind_item_theme(card, theme.ground("raised"))
        with dpg.group(parent=card, horizontal=True) as row:
            line = StateLine(theme)
            line.build(row, level=True)
            line.show(StateView(shape, role, label(checked.words)))
            report = dpg.add_button(label=label(tr("Report")), callback=calling(self._open))
            tooltip(report, tr("What is there, what is missing, how good it is, and what to do."), theme)
            dpg.bind_item_theme(report, theme.button("on"))
            away = dpg.add_button(label=label(tr("Dismiss")), callback=calling(self.delete))
            dpg.bind_item_theme(away, theme.button("bare"))
            tooltip(away, tr("Take this notice away. The report stays in the recording."), theme)

    def _open(self) -> None:
        self.delete()
        self._show()

    def _place(self) -> None:
        """Keep to the lower right corner, above the status bar."""
        wide, high = dpg.get_item_rect_size(self._window)
        if wide <= 0:
            return
        x = max(0, dpg.get_viewport_client_width() - int(wide) - self._theme.px(16))
        y = max(0, dpg.get_viewport_client_height() - int(high) - self._above())
        if (x, y) != self._corner:
            self._corner = (x, y)
            dpg.set_item_pos(self._window, [x, y])

    def delete(self) -> None:
        """Take it off the screen. Safe to call twice."""
        window, self._window = self._window, 0
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)
