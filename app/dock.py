"""The area that draws a layout: leaves with tabs, splitters, scrolled columns, floats, and dragging between them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag
from ..widgets.panel import Words
from ..widgets.theme import Theme
from ..widgets.view import View
from ..widgets.widget import Widget
from .dragging import Dragging, Drop, Place
from .drop_places import places
from .floating import Floating
from .frames import Frame, Handles
from .layouts import Layout, Leaf, Pane, Side, find, insert, is_floating, leaf_of, move, panes, put, to_float, to_front
from .on_screen import pointer, rect_of
from .pane_menu import PaneMenu
from .placed import Host, Placed
from .rooms import Measures, Plan, Rect, plan
from .splitters import Splitters

if TYPE_CHECKING:
    from .arranging import Arranging

MEASURES_PX = (8, 160, 190, 280, 10)
"""As `Measures` has them, px at 100 %."""
LOCKED_PX = 150
"""Lowest a view is in a layout that cannot be changed, px at 100 %: it has no controls there."""
READABLE_PX = 225
"""Views are at least so wide, or they stand below one another, px at 100 %."""
FrameKey = tuple[tuple[str, ...], str, int, bool]


class Dock:
    """Draws what the workspace says, and lets a person rearrange it. Main thread only.

    Nothing is done in a frame in which neither layout nor room have changed, but to draw the panes themselves.

    Parameters
    ----------
    arranging
        Knows the workspace, and does what menus ask for.
    theme
        Colours, faces and measures.
    host
        Makes the widgets.
    seen
        Tells whether a leaf is to be seen; panels may be folded away.
    """

    def __init__(self, arranging: Arranging, theme: Theme, host: Host, seen: Callable[[Leaf], bool]) -> None:
        self._space = arranging.workspace
        self._theme = theme
        self._host = host
        self._seen = seen
        self.placed: dict[str, Placed] = {}
        self.frames: dict[FrameKey, Frame] = {}
        self.floats: dict[str, Floating] = {}
        self._columns: list[Tag] = []
        self._visible: list[Placed] = []
        self._drawn: tuple[Hashable, ...] = ()
        self._size = (0, 0)
        self.canvas: Tag = 0
        self._empty: Tag = 0
        self._handles = Handles(self)
        self.menu_window = PaneMenu(theme, arranging, self._move)
        self.dragging = Dragging(theme, self._places, lambda: rect_of(self.canvas), self._dropped)
        self.splitters = Splitters(theme, lambda: self._space.layout, self._change)
        self._space.under_pointer = self.under_pointer
        self._space.note = self.note
        self._maximise = arranging.maximise_pane
        self._close = arranging.close_pane

    # Life

    def build(self, parent: Tag) -> None:
        """Make an empty area inside `parent`."""
        self.canvas = dpg.generate_uuid()
        dpg.add_child_window(
            tag=self.canvas, parent=parent, width=-1, height=10, no_scrollbar=True, no_scroll_with_mouse=True
        )
        dpg.bind_item_theme(self.canvas, self._theme.ground("ground"))
        self._drawn = ()

    def draw(self, width: int, height: int, *whatever: Hashable) -> None:
        """Bring everything up to date in so much room, px; `whatever` else decides what is seen is noticed, too."""
        space = self._space
        # By identity: whoever changes a layout makes a new one.
        drawn = (id(space.layout), space.maximised, width, height, *whatever)
        if drawn != self._drawn:
            self._drawn = drawn
            self._kept = space.layout
            self._arrange(width, height)
        self.splitters.draw()
        self.dragging.draw()
        for placed in self._visible:
            placed.draw()

    def delete(self) -> None:
        """Remove everything; the area can be built again, and the widgets keep what they know."""
        self.note()
        self.dragging.cancel()
        self.menu_window.close()
        self.splitters.delete()
        for placed in self.placed.values():
            placed.hide()
        for frame in self.frames.values():
            frame.delete()
        for floating in self.floats.values():
            floating.delete()
        self.frames, self.floats, self._columns, self._visible = {}, {}, [], []
        if self.canvas and dpg.does_item_exist(self.canvas):
            dpg.delete_item(self.canvas)
        self._handles.delete()
        self.canvas, self._empty, self._drawn = 0, 0, ()

    # Arranging

    def _arrange(self, width: int, height: int) -> None:
        self._let_go(self._space.layout)
        layout, theme = self._space.layout, self._theme
        dpg.configure_item(self.canvas, width=width, height=height)
        maximised = find(layout, self._space.maximised) if self._space.maximised else None
        root = layout.root if maximised is None else Leaf((maximised,))
        seen = self._is_seen if maximised is None else _always
        gap, narrowest, least, comfortable, bar = (theme.px(length) for length in MEASURES_PX)
        # An operator's buttons stay where they are looked for.
        readable = 0 if layout.locked else theme.px(READABLE_PX)
        least = theme.px(LOCKED_PX) if layout.locked else least
        measures = Measures(gap, narrowest, least, comfortable, bar, theme.scale, readable)
        made = plan(root, Rect(0, 0, width, height), measures, seen)
        self._place_columns(made)
        frames, fresh = self._wanted_frames(made, layout, maximised)
        self._visible = []
        for key, (frame, leaf, rect) in frames.items():
            front = self._front(leaf, frame)
            if key in fresh or frame.front is not front or not front.is_built:
                frame.fill(front)
            frame.place(rect, self._title)
            self._visible += frame.panes if frame.stacked else [front]
        self._place_floats(layout, (width, height))
        self._say_empty(not any(leaf.style == "tabs" for leaf, _, _ in made.rooms) and not layout.floats)
        shown = {placed.pane.id for placed in self._visible}
        for placed in self.placed.values():
            if placed.pane.id not in shown:
                placed.hide()
        for key, frame in self.frames.items():
            if key not in frames or frames[key][0] is not frame:
                frame.delete()
        self.frames = {key: frame for key, (frame, _, _) in frames.items()}
        self.splitters.show(made, self._parent, locked=layout.locked)
        self._drop_columns(len(made.columns))

    def _say_empty(self, empty: bool) -> None:
        """Say what to do where no view is placed."""
        if empty and not self._empty:
            theme = self._theme
            self._empty = dpg.generate_uuid()
            dpg.add_group(tag=self._empty, parent=self.canvas, pos=[theme.px(24), theme.px(24)])
            for face, role, text in (
                ("title", "text", tr("No view is placed")),
                ("words", "muted", tr("The menu View, Add view, places one. View, Reset layout brings all back.")),
            ):
                words = Words(theme, face, role)
                words.build(self._empty)
                words.say(text)
        elif self._empty and not empty:
            dpg.delete_item(self._empty)
            self._empty = 0

    def _let_go(self, layout: Layout) -> None:
        """Part from panes that are gone, and from widgets that show something else now."""
        there = {pane.id: pane for pane in panes(layout)}
        for name, placed in list(self.placed.items()):
            pane = there.get(name)
            if pane is None or placed.key != self._host.key(pane):
                floating = self.floats.pop(name, None)
                placed.delete()
                if floating is not None:
                    floating.delete()
                del self.placed[name]
            else:
                placed.pane = pane

    def _wanted_frames(
        self, made: Plan, layout: Layout, maximised: Pane | None
    ) -> tuple[dict[FrameKey, tuple[Frame, Leaf, Rect]], set[FrameKey]]:
        frames: dict[FrameKey, tuple[Frame, Leaf, Rect]] = {}
        fresh: set[FrameKey] = set()
        for leaf, rect, column in made.rooms:
            shown = [p for p in leaf.panes if maximised is not None or self._space.shows(p)]
            new = any(p.id not in self.placed for p in shown)
            placed = [self._placed(p) for p in shown]
            key = (tuple(p.id for p in shown), leaf.style, column, layout.locked)
            frame = self.frames.get(key)
            if frame is None or new:
                stacked = leaf.style == "stack"
                frame = Frame(self._theme, self._handles, placed, stacked=stacked, locked=layout.locked)
                frame.build(self._parent(column))
                fresh.add(key)
            frames[key] = (frame, leaf, rect)
        return frames, fresh

    def _placed(self, pane: Pane) -> Placed:
        if pane.id not in self.placed:
            placed = Placed(pane, self._theme, self._host)
            placed.on_build = self._make_handle
            self.placed[pane.id] = placed
        return self.placed[pane.id]

    def _make_handle(self, placed: Placed) -> None:
        widget = placed.widget
        if isinstance(widget, View) and widget.head:
            self._handles.bind_texts(widget.head, placed.pane.id)
        panel = getattr(widget, "panel", None)
        if panel is not None and panel.head:
            self._handles.bind(panel.head, placed.pane.id, whole=False)

    def _front(self, leaf: Leaf, frame: Frame) -> Placed:
        return next((p for p in frame.panes if p.pane.id == leaf.front), frame.panes[0])

    def _is_seen(self, leaf: Leaf) -> bool:
        return self._seen(leaf) and any(self._space.shows(pane) for pane in leaf.panes)

    def _title(self, placed: Placed) -> str:
        return self._space.title(placed.pane)

    def _parent(self, column: int) -> Tag:
        return self.canvas if column < 0 else self._columns[column]

    def _place_columns(self, made: Plan) -> None:
        for i, (rect, _) in enumerate(made.columns):
            if i == len(self._columns):
                self._columns.append(dpg.generate_uuid())
                dpg.add_child_window(tag=self._columns[i], parent=self.canvas)
                dpg.bind_item_theme(self._columns[i], self._theme.ground("ground"))
            dpg.configure_item(self._columns[i], pos=[rect.x, rect.y], width=rect.width, height=rect.height)

    def _drop_columns(self, n: int) -> None:
        while len(self._columns) > n:
            dpg.delete_item(self._columns.pop())

    def _place_floats(self, layout: Layout, room: tuple[int, int]) -> None:
        wanted = {f.pane.id: f for f in layout.floats if self._space.shows(f.pane)}
        whole = (int(dpg.get_viewport_client_width()), int(dpg.get_viewport_client_height()))
        for name in [n for n in self.floats if n not in wanted]:
            floating = self.floats.pop(name)
            if floating.placed.parent == floating.window:
                floating.placed.hide()
            floating.delete()
        for name, at in wanted.items():
            placed = self._placed(at.pane)
            if name in self.floats:
                floating = self.floats[name]
                if at != floating.at and at != floating.where():
                    floating.place(at, whole)
                elif room != self._size:
                    # Never out of sight when the window gets smaller.
                    floating.keep_in_sight(whole)
                floating.at = at
                if not placed.is_built:
                    placed.put(floating.window, stacked=False)
            else:
                floating = self.floats[name] = Floating(self._theme, self._handles, placed, self._closed)
                floating.build(at, whole)
            floating.say(self._title(placed))
            self._visible.append(placed)
        self._size = room

    def _closed(self, pane: str) -> None:
        if pane in self.floats:
            self._close(pane)

    def note(self) -> None:
        """Write into the layout where floats are and what the views want to find again."""
        layout = self._space.layout
        for name, floating in self.floats.items():
            if floating.was_moved and is_floating(layout, name):
                at = floating.where()
                floats = tuple(replace(at, pane=f.pane) if f.pane.id == name else f for f in layout.floats)
                layout = replace(layout, floats=floats)
        for name, placed in self.placed.items():
            if placed.widget is not None:
                layout = with_settings(layout, name, placed.widget)
        self._space.layout = layout

    # What a person does

    def press(self, pane: str) -> None:
        """Begin a drag; a tab comes to the front."""
        layout = self._space.layout
        if layout.locked:
            return
        leaf = leaf_of(layout, pane)
        if leaf is not None and len(leaf.panes) > 1 and leaf.style == "tabs" and leaf.front != pane:
            self._space.layout = to_front(layout, pane)
        self.dragging.press(pane)

    def menu(self, pane: str) -> None:
        """Open a pane's menu."""
        self.dragging.cancel()
        if not self._space.layout.locked:
            self.menu_window.open(pane)

    def maximise(self, pane: str) -> None:
        """Give a pane all the room, or give it back."""
        self.dragging.cancel()
        if not self._space.layout.locked:
            self._maximise(pane)

    def under_pointer(self) -> str:
        """Return the id of the docked pane under the pointer; empty for none."""
        x, y = pointer()
        return next((p.pane for p in self._places() if p.rect.holds(x, y)), "")

    def _places(self) -> list[Place]:
        return places(self.frames.values(), rect_of(self.canvas), self._title)

    def _move(self, pane: str, target: str, side: Side) -> None:
        self.note()
        self._space.maximised = ""
        self._change(move(self._space.layout, pane, target, side))

    def _dropped(self, pane: str, drop: Drop, at: tuple[float, float]) -> None:
        self.note()
        layout, scale = self._space.layout, self._theme.scale
        moved = find(layout, pane)
        if moved is None:
            return
        self._space.maximised = ""
        if drop.side is None:
            width, height = 480.0, 320.0
            x, y = at[0] / scale - 40, at[1] / scale - 16
            self._change(to_float(layout, pane, max(0.0, x), max(0.0, y), width, height))
        elif drop.pane:
            self._change(move(layout, pane, drop.pane, drop.side))
        else:
            self._change(insert(layout, moved, "", drop.side, 0.3))

    def _change(self, layout: Layout) -> None:
        self._space.change(layout)


def with_settings(layout: Layout, name: str, widget: Widget) -> Layout:
    """Return the layout with what a view wants to find again; a view that stands in for another has no say."""
    pane = find(layout, name)
    if pane is None or not isinstance(widget, View) or widget.kind != pane.kind:
        return layout
    settings = widget.settings()
    return layout if settings == pane.settings else put(layout, replace(pane, settings=settings))


def _always(_leaf: Leaf) -> bool:
    return True
