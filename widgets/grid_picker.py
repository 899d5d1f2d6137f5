"""Choosing channels on a drawing of the electrodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import dearpygui.dearpygui as dpg

from ..sources.grids import parts
from ..sources.info import Grid
from ..sources.language import tr
from .channel_presets import lines_of
from .channels import Channels
from .door import Tag
from .palette import Colour
from .panel import Words
from .theme import Theme

CELL = 30
SMALLEST_CELL = 20
MOST_APART = 64
NOTHING = (0, 0, 0, 0)
WASHED_OUT = 70

Point = tuple[float, float]


class Line(NamedTuple):
    """The heading of a row or column: where it is drawn, what it says, and which channels are on the line."""

    centre: Point
    text: str
    channels: tuple[int, ...]


class Part(NamedTuple):
    """One of several grids: its channels, and where each row and column of the layout is drawn."""

    channels: tuple[int, ...]
    rows: dict[int, int]
    columns: dict[int, int]

    @property
    def n_rows(self) -> int:
        """How many rows it is high, empty ones too."""
        return max(self.rows.values()) + 1

    @property
    def n_columns(self) -> int:
        """How many columns it is wide, empty ones too."""
        return max(self.columns.values()) + 1


class GridPicker:
    """Electrodes as circles: filled ones are shown, crossed ones bad. Main thread only.

    A press shows or hides a channel; a rectangle drawn with the mouse shows just what is in it; a press on the number
    of a row or column shows just that line. With Shift channels are added, with Alt taken away. Channels on no
    electrode stay as they are.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    channels
        What is chosen from; their `grid` says where electrodes sit.
    on_change
        Called after a press changed something.
    """

    def __init__(self, theme: Theme, channels: Channels, on_change: Callable[[], None] = lambda: None) -> None:
        self._theme = theme
        self._channels = channels
        self._on_change = on_change
        self.places: dict[int, Point] = {}
        """Middle of each electrode, px from the drawing's corner, by channel number."""
        self.headings: list[Line] = []
        self._items: dict[int, tuple[Tag, Tag, Tag, Tag]] = {}
        self._cells: dict[int, tuple[int, int]] = {}
        self._looks: dict[int, tuple[bool, bool, Colour, bool]] = {}
        self._made_for: tuple[object, ...] = ()
        self._start: Point | None = None
        self._hovered: int | None = None
        self._registry: Tag = 0
        self.box: Tag = 0
        self.drawing: Tag = 0

    # Making

    def build(self, parent: Tag, width: float, height: float) -> None:
        """Make room inside `parent`, at most so much, px, for what `draw` draws; what does not fit is scrolled to."""
        theme = self._theme
        self.delete()
        self.box, self._registry = dpg.generate_uuid(), dpg.generate_uuid()
        self._width, self._height = width, height
        self._made_for = ()
        self._start = self._hovered = None
        dpg.add_child_window(tag=self.box, parent=parent, width=round(width), height=1, horizontal_scrollbar=True)
        dpg.bind_item_theme(self.box, theme.tight())
        with dpg.item_handler_registry(tag=self._registry):
            dpg.add_item_hover_handler(callback=self._hover)
            dpg.add_item_activated_handler(callback=self._press)
            dpg.add_item_active_handler(callback=self._stretch)
            dpg.add_item_deactivated_handler(callback=self._release)
        self.words = Words(theme, "small", wrap=0)
        self.words.build(parent)

    def delete(self) -> None:
        """Remove the drawing. Safe to call twice, and after the window around it is gone."""
        for item in (self.box, self._registry):
            if item and dpg.does_item_exist(item):
                dpg.delete_item(item)
        self.box = self._registry = self.drawing = 0

    def draw(self) -> None:
        """Bring the drawing up to date with channels and theme."""
        if not self.box or not dpg.does_item_exist(self.box):
            return
        made_for = (self._channels.grid, len(self._channels.names), self._theme.mode)
        if made_for != self._made_for:
            self._made_for = made_for
            self._lay()
        if self._start is None and not dpg.is_item_hovered(self.drawing):
            self._hovered = None
        for number in self.places:
            self._show(number)
        self._say()

    def _lay(self) -> None:
        """Work out where everything is, and draw it anew."""
        theme, grid = self._theme, self._channels.grid
        dpg.delete_item(self.box, children_only=True)
        self.places, self.headings, self._items, self._looks, self._cells = {}, [], {}, {}, {}
        pieces = [_part(grid, channels) for channels in parts(grid)] if grid else []
        several = len(pieces) > 1
        room = self._width / max((part.n_columns + 1.5 for part in pieces), default=1.0)
        cell = min(theme.px(CELL), max(theme.px(SMALLEST_CELL), room))
        x = y = below = widest = 0.0
        for i, part in enumerate(pieces):
            wide = (part.n_columns + 1.5) * cell
            if x and x + wide > self._width:
                x, y = 0.0, below + cell / 2
            top = y
            if several:
                text = tr("Grid {n}").format(n=i + 1)
                self.headings.append(Line((x + (1 + part.n_columns / 2) * cell, y + cell / 2), text, part.channels))
                top += cell
            if grid:
                self._lay_part(grid, part, (x, top), cell)
            x += wide
            widest, below = max(widest, x), max(below, top + (part.n_rows + 1.2) * cell)
        self.drawing = dpg.generate_uuid()
        dpg.add_drawlist(round(max(1, widest)), round(max(1, below)), tag=self.drawing, parent=self.box)
        dpg.bind_item_handler_registry(self.drawing, self._registry)
        bar = theme.px(12) if widest > self._width else 0
        high, side = min(self._height, below + bar + 2), theme.px(14) if below + bar + 2 > self._height else 0
        dpg.configure_item(self.box, width=round(min(self._width, widest + side)), height=round(high))
        self._text_size = min(theme.px(12), round(cell / 2))
        for line in self.headings:
            self._write(line.centre, line.text, theme.colour("muted"))
        for number, place in self.places.items():
            self._items[number] = self._electrode(number, place, cell * 0.43)
        self._band: Tag = dpg.generate_uuid()
        dpg.draw_rectangle(
            (0, 0), (0, 0), tag=self._band, parent=self.drawing, color=theme.colour("accent"),
            fill=(*theme.colour("accent")[:3], 40), show=False,
        )  # fmt: skip
        self._cell = cell

    def _lay_part(self, grid: Grid, part: Part, corner: Point, cell: float) -> None:
        left, top = corner
        for number in part.channels:
            row, column = part.rows[grid.cells[number][0]], part.columns[grid.cells[number][1]]
            self._cells[number] = (row, column)
            self.places[number] = (left + (column + 1.5) * cell, top + (row + 1.5) * cell)
        for line in lines_of(grid, part.channels, 1):
            x = self.places[line[0]][0]
            self.headings.append(Line((x, top + cell / 2), str(part.columns[grid.cells[line[0]][1]] + 1), line))
        for line in lines_of(grid, part.channels, 0):
            y = self.places[line[0]][1]
            self.headings.append(Line((left + cell / 2, y), str(part.rows[grid.cells[line[0]][0]] + 1), line))

    def _write(self, centre: Point, text: str, colour: Colour) -> Tag:
        tag: Tag = dpg.generate_uuid()
        size = self._text_size
        # Drawn text is as wide as the face for words, at its own size.
        wide = self._theme.fonts.width(text, "words") * size / self._theme.fonts.height("words")
        at = (centre[0] - wide / 2, centre[1] - size / 2)
        dpg.draw_text(at, text, color=colour, size=size, tag=tag, parent=self.drawing)
        return tag

    def _electrode(self, number: int, place: Point, radius: float) -> tuple[Tag, Tag, Tag, Tag]:
        theme, (x, y), arm = self._theme, place, radius * 0.95
        circle, one, other = (dpg.generate_uuid() for _ in range(3))
        bad, thick = theme.colour("bad"), max(2, theme.px(2))
        dpg.draw_circle(place, radius, tag=circle, parent=self.drawing, thickness=max(1, theme.px(1)), segments=24)
        text = self._write(place, str(number + 1), theme.colour("text"))
        for tag, sign in ((one, 1), (other, -1)):
            dpg.draw_line(
                (x - arm, y - sign * arm), (x + arm, y + sign * arm), tag=tag, parent=self.drawing, color=bad,
                thickness=thick, show=False,
            )  # fmt: skip
        return circle, text, one, other

    def _show(self, number: int) -> None:
        channels, theme = self._channels, self._theme
        look = (
            channels.is_shown(number), channels.is_bad(number), channels.colour(number, theme), number == self._hovered
        )  # fmt: skip
        if self._looks.get(number) == look:
            return
        self._looks[number] = look
        shown, bad, colour, hovered = look
        circle, text, one, other = self._items[number]
        rim = theme.colour("text") if hovered else colour if shown else theme.colour("off")
        # A bad one is washed out, so that cross and number can be read on it.
        fill = NOTHING if not shown else (*colour[:3], WASHED_OUT) if bad else colour
        dpg.configure_item(circle, color=rim, fill=fill, thickness=theme.px(3) if hovered else theme.px(1))
        dpg.configure_item(text, color=theme.colour("muted" if not shown else "text" if bad else "ground"))
        for tag in (one, other):
            dpg.configure_item(tag, show=bad)

    # What is said

    def _say(self) -> None:
        channels, grid = self._channels, self._channels.grid
        number = self._hovered
        if number is not None and number in self.places:
            row, column = self._cells[number]
            where = tr("row {row}, column {column}").format(row=row + 1, column=column + 1)
            self.words.say(f"{channels.facts(number)} · {where}")
            return
        shown = sum(channels.is_shown(i) for i in self.places)
        parts_said = [tr("{n} of {all} electrodes shown").format(n=shown, all=len(self.places))]
        if grid is not None and grid.distance_mm:
            parts_said.append(tr("{mm} mm apart").format(mm=f"{grid.distance_mm:g}"))
        parts_said.append(tr("Press or draw a rectangle. Shift adds, Alt takes away."))
        self.words.say(" · ".join(parts_said), "muted")

    # What a person does

    def pick(self, numbers: Iterable[int], how: str = "only") -> None:
        """Show ``only`` these of the electrodes, ``add`` them to what is shown, or ``remove`` them."""
        wanted = [number for number in self._channels.order if number in set(numbers)]
        if how == "add":
            self._channels.show(wanted)
        elif how == "remove":
            self._channels.show(wanted, False)
        else:
            elsewhere = [i for i in self._channels.order if i not in self.places and self._channels.is_shown(i)]
            self._channels.choose(wanted + elsewhere)
        self._changed()

    def _changed(self) -> None:
        self.draw()
        self._on_change()

    def _pointer(self) -> Point:
        left, top = dpg.get_item_rect_min(self.drawing)
        x, y = dpg.get_mouse_pos(local=False)
        return x - left, y - top

    def _at(self, point: Point) -> int | None:
        half = self._cell / 2
        under = (n for n, (x, y) in self.places.items() if _near(x, point[0], half) and _near(y, point[1], half))
        return next(under, None)

    def _hover(self) -> None:
        number = self._at(self._pointer())
        if number != self._hovered:
            before, self._hovered = self._hovered, number
            for changed in (before, number):
                if changed in self.places and changed is not None:
                    self._show(changed)
            self._say()

    def _press(self) -> None:
        if self._start is None:
            self._start = self._pointer()

    def _stretch(self) -> None:
        self._press()
        start, now = self._start, self._pointer()
        if start is not None:
            dpg.configure_item(self._band, pmin=start, pmax=now, show=self._is_band(start, now))

    def _is_band(self, start: Point, stop: Point) -> bool:
        return max(abs(start[0] - stop[0]), abs(start[1] - stop[1])) > self._cell / 4

    def _release(self) -> None:
        start, stop, self._start = self._start, self._pointer(), None
        dpg.configure_item(self._band, show=False)
        if start is None:
            return
        add = dpg.is_key_down(dpg.mvKey_LShift) or dpg.is_key_down(dpg.mvKey_RShift)
        remove = dpg.is_key_down(dpg.mvKey_LAlt) or dpg.is_key_down(dpg.mvKey_RAlt)
        how = "add" if add else "remove" if remove else "only"
        if self._is_band(start, stop):
            (left, right), (top, bottom) = (sorted(ends) for ends in zip(start, stop, strict=True))
            inside = [n for n, (x, y) in self.places.items() if left <= x <= right and top <= y <= bottom]
            if inside:
                self.pick(inside, how)
            return
        number = self._at(start)
        if number is not None:
            shown = add or (not remove and not self._channels.is_shown(number))
            self._channels.show(number, shown)
            self._changed()
            return
        half = self._cell / 2
        for line in self.headings:
            if _near(line.centre[0], start[0], half) and _near(line.centre[1], start[1], half):
                self.pick(line.channels, how)
                return


def _near(one: float, other: float, most: float) -> bool:
    return abs(one - other) <= most


def _part(grid: Grid, channels: tuple[int, ...]) -> Part:
    return Part(channels, *(_ranks([grid.cells[number][axis] for number in channels]) for axis in (0, 1)))


def _ranks(used: list[int]) -> dict[int, int]:
    """Return where rows or columns are drawn; a layout of far-away ones is drawn without the empty ones between."""
    seen = sorted(set(used))
    near = seen[-1] - seen[0] < MOST_APART
    return {at: at - seen[0] if near else i for i, at in enumerate(seen)}
