"""How the window is laid out: menu bar, views, panels, status bar."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import dearpygui.dearpygui as dpg

from ..widgets.door import Tag
from ..widgets.event_panel import EventDrop
from ..widgets.theme import Theme
from .actions import Action
from .built_in import SIDE_PX
from .commands import Commands, actions_of
from .dialogs import Dialogs
from .exchange_notice import ExchangeNotice
from .jobs_strip import JobsStrip
from .menus import Keyboard, MenuBar
from .panels import Panels
from .replay_strip import ReplayStrip
from .report_notice import ReportNotice
from .report_window import ReportWindow
from .start_screen import StartScreen
from .status_bar import StatusBar
from .views import Views
from .workbench import Workbench

PANELS_SHARE = 2.8
"""The window is at least so many times as wide as the panels, or they are left out: the traces come first."""
STATUS_PX = 22
ABOVE_PX = 40
REFRESH_S = 0.25


class Desk:
    """Everything inside the window. Main thread only.

    Parameters
    ----------
    workbench
        Does what a person asks for.
    theme
        Colours, faces, measures.
    run
        Runs an action and shows what goes wrong.
    ui
        The script's choice of widgets; None for a viewer a stream.
    """

    def __init__(
        self,
        workbench: Workbench,
        theme: Theme,
        run: Callable[[Action], None],
        ui: Callable[[Any], Any] | None,
    ) -> None:
        self._bench = workbench
        self._theme = theme
        self._menus = Commands(workbench).menus()
        self.menu_bar = MenuBar(self._menus, run)
        self.panels = Panels(workbench, theme)
        self.views = Views(workbench, theme, self.panels, ui)
        labelled = [Action(f"Event {n}", partial(self._mark, n - 1), str(n)) for n in range(1, 10)]
        self._keyboard = Keyboard([*(action for _, action in actions_of(self._menus)), *labelled], run)
        self.replay = ReplayStrip(workbench, theme)
        self.start: StartScreen | None = None
        self.status = StatusBar(workbench, theme)
        self.jobs = JobsStrip(theme, workbench.engine.jobs)
        self.dialogs = Dialogs(workbench, theme, self._menus)
        workbench.shown_dialog = self.dialogs.show
        self.report = ReportWindow(theme, workbench.engine.reports)
        workbench.shown_report = self.report.open
        self.dialogs.covered = lambda: self.report.is_open
        self._keyboard.covered = lambda: self.dialogs.page is not None or self.report.is_open
        is_recording = partial(_is_recording, workbench)
        self.report_notice = ReportNotice(
            theme, workbench.engine.reports, is_recording, workbench.show_report, self._bars
        )
        self.exchange_notice = ExchangeNotice(theme, workbench.exchange, workbench.open_imported, self._corner_taken)
        self.drop = EventDrop(theme, workbench.mark, workbench.engine.edit_event)
        workbench.mark_and_name = self.drop.press
        self._window: Tag = 0
        self._placed: tuple[object, ...] = ()
        self._refreshed = 0.0

    def _bars(self) -> int:
        """Return what bars and strips have of the lower edge, px."""
        theme, replay = self._theme, self._bench.state.replay is not None
        return theme.px(ABOVE_PX) + (self.replay.height + theme.px(8) if replay else 0) + self.jobs.height()

    def _corner_taken(self) -> int:
        """Return what bars, strips and another notice have of the lower right corner, px."""
        return self._bars() + self.report_notice.card.height

    def _mark(self, number: int) -> None:
        labels = self.panels.record.labels
        if number < len(labels) and self._bench.state.streams:
            self._bench.mark(labels[number])

    def build(self) -> None:
        """Make everything."""
        theme = self._theme
        # The viewport is cleared in the window's own colour: nothing is drawn twice.
        self._window = dpg.add_window(no_scrollbar=True, no_scroll_with_mouse=True, no_background=True)
        with dpg.menu_bar(parent=self._window) as bar:
            self.menu_bar.build(bar)
        dpg.bind_item_theme(self._window, theme.ground("ground"))
        self._main = dpg.add_child_window(parent=self._window, width=-1, no_scrollbar=True, no_scroll_with_mouse=True)
        self._strip = dpg.add_child_window(
            parent=self._window, width=-1, height=self.replay.height, no_scrollbar=True, no_scroll_with_mouse=True
        )
        self.jobs.build(self._window)
        self._bottom = dpg.add_child_window(
            parent=self._window, width=-1, height=theme.px(STATUS_PX), no_scrollbar=True, no_scroll_with_mouse=True
        )
        for box in (self._main, self._bottom):
            dpg.bind_item_theme(box, theme.ground("ground"))
        self.views.build(self._main)
        self.replay.build(self._strip)
        self.status.build(self._bottom)
        dpg.set_primary_window(self._window, True)
        self._placed = ()

    def draw(self, frame_ms: float) -> None:
        """Bring everything up to date. Once a frame."""
        bench = self._bench
        empty = not bench.state.streams
        if empty and self.start is None:
            self.start = StartScreen(bench, self._theme)
            self.start.build(self._main)
        elif not empty and self.start is not None:
            self.start.delete()
            self.start = None
        width, height = self._fit(empty)
        if self.start is not None:
            self.start.draw()
        else:
            self.panels.read()
            self.views.frame_ms = frame_ms
            self.views.draw(width, height)
        self.replay.draw()
        self.dialogs.draw()
        self.drop.draw()
        self.report_notice.draw()
        self.exchange_notice.draw()
        self.jobs.draw()
        self.report.draw()
        now = time.perf_counter()
        if now - self._refreshed >= REFRESH_S:
            self._refreshed = now
            self.menu_bar.draw()
            self.status.draw(frame_ms)

    def _fit(self, empty: bool) -> tuple[int, int]:
        """Share the window's room; return width and height of the views, px."""
        theme, bench = self._theme, self._bench
        width, height = int(dpg.get_viewport_client_width()), int(dpg.get_viewport_client_height())
        bench.too_narrow = width < PANELS_SHARE * theme.px(SIDE_PX)
        replay = bench.state.replay is not None and not empty
        gap = theme.px(8)
        menu = theme.fonts.height("words") + 2 * theme.px(8)
        inner = height - menu - theme.px(STATUS_PX) - 3 * gap
        jobs = self.jobs.height()
        strip = self.replay.height if replay else 0
        views = inner - (strip + gap if replay else 0) - jobs
        wanted = (width, height, strip, empty, jobs, theme.scale)
        if wanted != self._placed:
            self._placed = wanted
            dpg.configure_item(self._main, height=views)
            dpg.configure_item(self._strip, show=replay, **({"height": strip} if replay else {}))
            dpg.configure_item(self.views.dock.canvas, show=not empty)
        return width - 2 * gap, views

    def remember(self) -> None:
        """Note everything that should survive a restart."""
        self.views.remember()
        self.panels.remember()

    def delete(self) -> None:
        """Remove everything; it can be built again, in another size."""
        self.remember()
        if self.start is not None:
            self.start.delete()
            self.start = None
        notices = (self.jobs, self.exchange_notice, self.report_notice)
        for part in (*notices, self.drop, self.report, self.dialogs, self.views, self.replay, self.status):
            part.delete()
        dpg.delete_item(self._window)


def _is_recording(workbench: Workbench) -> bool:
    return workbench.state.recording is not None
