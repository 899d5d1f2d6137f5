"""A small notice at the corner of the window once a recording was checked, with a way to its report."""

from __future__ import annotations

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

ABOVE_PX = 40
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
    """

    def __init__(
        self, theme: Theme, reports: Reports, is_recording: Callable[[], bool], show: Callable[[], object]
    ) -> None:
        self._theme = theme
        self._reports = reports
        self._is_recording = is_recording
        self._show = show
        self._told = reports.newest
        self._window: Tag = 0
        self._corner = (0, 0)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return bool(self._window)

    def draw(self) -> None:
        """Come up with a new report of a recording; go when the next one begins. Once a frame."""
        newest = self._reports.newest
        if newest is not self._told:
            self._told = newest
            self.delete()
            if newest is not None and newest.recorded:
                self._build(newest)
        if self._window and self._is_recording():
            self.delete()
        if self._window:
            self._place()

    def _build(self, checked: Checked) -> None:
        theme = self._theme
        self._window, self._corner = dpg.generate_uuid(), (0, 0)
        dpg.add_window(
            tag=self._window, no_title_bar=True, no_resize=True, no_move=True, autosize=True, no_scrollbar=True,
            no_focus_on_appearing=True, no_saved_settings=True, no_background=True, pos=(-10_000, 0),
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
        y = max(0, dpg.get_viewport_client_height() - int(high) - self._theme.px(ABOVE_PX))
        if (x, y) != self._corner:
            self._corner = (x, y)
            dpg.set_item_pos(self._window, [x, y])

    def delete(self) -> None:
        """Take it off the screen. Safe to call twice."""
        window, self._window = self._window, 0
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)
