"""One pane on screen: its widget, the box around it, and what is shown when the widget fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag
from ..widgets.theme import Theme
from ..widgets.view import View
from ..widgets.widget import Widget
from .layouts import Pane
from .notice import Notice

STACKED_VIEW_PX = 260
CORNER_PX = 34
"""Kept free at the right of a view's heading row for the button that moves the view, px at 100 %."""


class Host(Protocol):
    """Makes what is placed."""

    @property
    def locked(self) -> bool:
        """Whether nothing can be moved, and views have no fine controls."""
        ...

    def make(self, pane: Pane) -> Widget:
        """Return the widget of a pane, not built yet."""
        ...

    def key(self, pane: Pane) -> Hashable:
        """Return something else when the pane needs another widget."""
        ...

    def is_panel(self, pane: Pane) -> bool:
        """Tell whether a pane is one of the panels, which are as high as what is in them."""
        ...

    def failed(self, pane: Pane, text: str) -> None:
        """Hear that a pane could not be made or drawn."""
        ...

    def close(self, pane: str) -> None:
        """Take a pane away, as its button was pressed."""
        ...

    def let_go(self, pane: Pane, widget: Widget) -> None:
        """Hear that a widget is not needed any more; it is deleted next."""
        ...


class Placed:
    """A pane, its widget, and the box it is drawn in. Main thread only.

    A widget that raises takes nothing else with it: it is removed, and the reason stands in its place.

    Parameters
    ----------
    pane
        What is placed.
    theme
        Colours, faces and measures.
    host
        Makes the widget, and hears when it fails.
    """

    def __init__(self, pane: Pane, theme: Theme, host: Host) -> None:
        self.pane = pane
        self._theme = theme
        self._host = host
        self.key = host.key(pane)
        self.widget: Widget | None = None
        self.notice: Notice | None = None
        self.box: Tag = 0
        self.parent: Tag = 0
        self._stacked = False
        self.on_build: Callable[[Placed], None] = lambda _: None
        """Called after the widget was built, to make its heading a handle."""

    @property
    def is_built(self) -> bool:
        """Whether it is on screen."""
        return bool(self.box)

    def put(self, parent: Tag, *, stacked: bool) -> None:
        """Show the pane inside `parent`; in a stack it is as high as it needs to be."""
        if self.is_built and self._stacked != stacked:
            self.hide()
        if not self.is_built:
            self._build(parent, stacked)
        elif self.parent != parent:
            dpg.move_item(self.box, parent=parent)
        self.parent = parent

    def _build(self, parent: Tag, stacked: bool) -> None:
        self._stacked = stacked
        self.box = dpg.generate_uuid()
        panel = self._host.is_panel(self.pane)
        if stacked and panel:
            dpg.add_group(tag=self.box, parent=parent)
        else:
            height = self._theme.px(STACKED_VIEW_PX) if stacked else 10
            dpg.add_child_window(tag=self.box, parent=parent, width=-1, height=height, no_scrollbar=not panel)
            dpg.bind_item_theme(self.box, self._theme.ground("ground"))
        self._guarded(self._fill)

    def _fill(self) -> None:
        if self.widget is None:
            self.widget = self._host.make(self.pane)
        if isinstance(self.widget, View):
            self.widget.spare = 0 if self._host.locked else CORNER_PX
            self.widget.with_controls = not self._host.locked
        self.widget.build(self.box)
        self.on_build(self)

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001  one view that fails must not take the others with it
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
        self._host.failed(self.pane, f"{type(error).__name__}: {error} ({where})")
        self._drop_widget()
        dpg.delete_item(self.box, children_only=True)
        self.notice = Notice(
            self._theme,
            tr("This view has stopped"),
            f"{type(error).__name__}: {error}",
            (
                (tr("Try again"), tr("Make the view anew."), self.try_again),
                (tr("Close"), tr("Take it out of the layout."), lambda: self._host.close(self.pane.id)),
            ),
        )
        self.notice.build(self.box)

    def _drop_widget(self) -> None:
        widget, self.widget = self.widget, None
        if widget is not None:
            # It has failed already, and was told of.
            with suppress(Exception):
                self._host.let_go(self.pane, widget)
            with suppress(Exception):
                widget.delete()

    def try_again(self) -> None:
        """Make a view that has stopped anew."""
        if self.notice is not None and self.box:
            self.notice.delete()
            self.notice = None
            self._guarded(self._fill)

    def draw(self) -> None:
        """Bring the pane up to date."""
        if self.notice is None and self.widget is not None:
            try:
                self.widget.draw()
            except Exception as error:  # noqa: BLE001  one view that fails must not take the others with it
                self._fail(error)

    def hide(self) -> None:
        """Remove what is on screen, textures with it; the widget keeps what it knows."""
        if self.notice is not None:
            self.notice.delete()
            self.notice = None
        if self.widget is not None:
            self._guarded_delete(self.widget)
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = self.parent = 0

    def _guarded_delete(self, widget: Widget) -> None:
        try:
            widget.delete()
        except Exception as error:  # noqa: BLE001  one view that fails must not take the others with it
            self._host.failed(self.pane, f"{type(error).__name__}: {error}")

    def delete(self) -> None:
        """Let the pane go for good."""
        if self.widget is not None:
            try:
                self._host.let_go(self.pane, self.widget)
            except Exception as error:  # noqa: BLE001  as above
                self._host.failed(self.pane, f"{type(error).__name__}: {error}")
        self.hide()
        self.widget = None
