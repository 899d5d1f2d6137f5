"""The gaps between leaves: drag one to share the room otherwise."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag
from ..widgets.popup import calling, tooltip
from ..widgets.theme import Theme
from .layouts import Layout, Leaf, Path, Split, resize
from .rooms import Plan, Splitter, drag

SMALLEST_PX = {"row": 232, "column": 90}
"""No view can be made narrower or lower by hand, px at 100 %; narrower ones would stand below one another."""


class Splitters:
    """Buttons in the gaps. Main thread only.

    Parameters
    ----------
    theme
        Colours and measures.
    layout
        Returns the layout.
    change
        Called with another layout while a gap is dragged.
    """

    def __init__(self, theme: Theme, layout: Callable[[], Layout], change: Callable[[Layout], None]) -> None:
        self._theme = theme
        self._layout = layout
        self._change = change
        self.items: list[tuple[Tag, Tag, Splitter]] = []
        self._plan = Plan()
        self._held: tuple[Splitter, tuple[int, ...], float] | None = None

    @property
    def held(self) -> bool:
        """Whether one is being dragged."""
        return self._held is not None

    def show(self, plan: Plan, parents: Callable[[int], Tag], *, locked: bool) -> None:
        """Put a button into each gap of a plan; none where nothing can be moved."""
        self._plan = plan
        wanted = [] if locked else plan.splitters
        if [(s.path, s.before, s.after, s.column) for _, _, s in self.items] != [
            (s.path, s.before, s.after, s.column) for s in wanted
        ]:
            self.delete()
            for i, splitter in enumerate(wanted):
                self._add(i, splitter, parents(splitter.column))
        self.items = [(item, registry, s) for (item, registry, _), s in zip(self.items, wanted, strict=True)]
        for item, _, splitter in self.items:
            rect = splitter.rect
            dpg.configure_item(item, pos=[rect.x, rect.y], width=rect.width, height=rect.height)

    def _add(self, number: int, splitter: Splitter, parent: Tag) -> None:
        item, registry = dpg.generate_uuid(), dpg.generate_uuid()
        dpg.add_button(tag=item, label="", parent=parent)
        dpg.bind_item_theme(item, self._theme.button("splitter"))
        dpg.add_item_handler_registry(tag=registry)
        dpg.add_item_activated_handler(parent=registry, callback=calling(self._press, number))
        dpg.add_item_double_clicked_handler(0, parent=registry, callback=calling(self._even, number))
        dpg.bind_item_handler_registry(item, registry)
        tooltip(item, tr("Drag to share the room otherwise. Double-click for equal parts."), self._theme)
        self.items.append((item, registry, splitter))

    def _press(self, number: int) -> None:
        if number < len(self.items):
            splitter = self.items[number][2]
            self._held = (splitter, self._plan.sizes[splitter.path], _along(splitter))

    def draw(self) -> None:
        """Follow the mouse while one is held."""
        if self._held is None:
            return
        if not dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            self._held = None
            return
        splitter, sizes, began = self._held
        theme = self._theme
        smallest = theme.px(SMALLEST_PX[splitter.direction])
        moved = drag(sizes, splitter.before, splitter.after, round(_along(splitter) - began), smallest)
        self._resize(splitter.path, moved)

    def _resize(self, path: Path, sizes: tuple[int, ...]) -> None:
        layout = self._layout()
        node = _at(layout, path)
        if node is None or len(node.children) != len(sizes):
            return
        px = {i: size / self._theme.scale for i, size in enumerate(sizes) if size}
        fixed = [isinstance(child, Leaf) and child.px > 0 for child in node.children]
        # What is not seen, or has a size of its own, keeps its share for the day it is wanted.
        free = [i for i, size in enumerate(sizes) if size and not fixed[i]]
        total, shown = sum(node.weights[i] for i in free), sum(sizes[i] for i in free)
        weights = tuple(
            sizes[i] * total / shown if i in free and shown else weight for i, weight in enumerate(node.weights)
        )
        changed = resize(layout, path, weights, px)
        if changed != layout:
            self._change(changed)

    def _even(self, number: int) -> None:
        self._held = None
        if number < len(self.items):
            path = self.items[number][2].path
            node = _at(self._layout(), path)
            if node is not None:
                self._change(resize(self._layout(), path, (1.0,) * len(node.children), {}))

    def delete(self) -> None:
        """Remove the buttons."""
        for item, registry, _ in self.items:
            for tag in (item, registry):
                if dpg.does_item_exist(tag):
                    dpg.delete_item(tag)
        self.items = []


def _along(splitter: Splitter) -> float:
    x, y = dpg.get_mouse_pos(local=False)
    return float(x if splitter.direction == "row" else y)


def _at(layout: Layout, path: Path) -> Split | None:
    node = layout.root
    for number in path:
        if not isinstance(node, Split) or number >= len(node.children):
            return None
        node = node.children[number]
    return node if isinstance(node, Split) else None
