"""How the window's room is shared among the leaves of a layout, and where a dragged pane may be dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .layouts import Direction, Leaf, Node, Path, Side, Split

EDGE_SHARE = 0.25
"""So much of a leaf, from each edge, means «beside it»; the rest means «behind it»."""


class Rect(NamedTuple):
    """A rectangle, px."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point is inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True)
class Measures:
    """Lengths in px.

    Parameters
    ----------
    gap
        Between two leaves; the splitter.
    smallest_width, smallest_height
        Of a leaf; a column of more than fit is scrolled.
    comfortable_height
        Of a leaf in a column that is scrolled anyway.
    scrollbar
        Width of a scroll bar.
    scale
        Pixels of one px at 100 %.
    readable_width
        Views side by side that would be narrower stand below one another instead; 0 never.
    """

    gap: int
    smallest_width: int
    smallest_height: int
    comfortable_height: int
    scrollbar: int
    scale: float
    readable_width: int = 0


class Room(NamedTuple):
    """Where a leaf is: its rectangle inside the scrolled column of this number; -1 is outside all of them."""

    leaf: Leaf
    rect: Rect
    column: int


class Splitter(NamedTuple):
    """A gap that can be dragged: before child number `after` of the split at `path`."""

    path: Path
    direction: Direction
    before: int
    after: int
    rect: Rect
    column: int


@dataclass
class Plan:
    """Where everything is.

    Parameters
    ----------
    rooms
        One a visible leaf.
    splitters
        Between them.
    columns
        Rectangles that scroll, with the height of what is in them.
    sizes
        Of each child of each split along it, px; 0 for one that is not seen.
    """

    rooms: list[Room] = field(default_factory=list)
    splitters: list[Splitter] = field(default_factory=list)
    columns: list[tuple[Rect, int]] = field(default_factory=list)
    sizes: dict[Path, tuple[int, ...]] = field(default_factory=dict)


def plan(root: Node | None, room: Rect, measures: Measures, seen: Callable[[Leaf], bool]) -> Plan:
    """Share `room` among the leaves that are seen.

    A column of leaves that would be lower than the smallest height scrolls; leaves side by side just get narrower.
    """
    made = Plan()
    if isinstance(root, Leaf) and root.px and seen(root):
        # Panels alone stay where they are, at the right; the rest is empty.
        width = min(room.width, round(root.px * measures.scale))
        room = Rect(room.x + room.width - width, room.y, width, room.height)
    if root is not None and is_seen(root, seen):
        _place(root, (), room, -1, measures, seen, made)
    return made


def is_seen(node: Node, seen: Callable[[Leaf], bool]) -> bool:
    """Tell whether there is anything to be seen in a node."""
    return seen(node) if isinstance(node, Leaf) else any(is_seen(child, seen) for child in node.children)


def smallest_height(node: Node, measures: Measures, seen: Callable[[Leaf], bool]) -> int:
    """Return how high a node is at least, px."""
    if isinstance(node, Leaf):
        if not seen(node):
            return 0
        # A stack scrolls by itself; but a line of it is always there.
        return 1 if node.style == "stack" else measures.smallest_height
    heights = [smallest_height(child, measures, seen) for child in node.children if is_seen(child, seen)]
    if node.direction == "row":
        return max(heights, default=0)
    return sum(heights) + measures.gap * max(0, len(heights) - 1)


def _place(
    node: Node, path: Path, room: Rect, column: int, measures: Measures, seen: Callable[[Leaf], bool], made: Plan
) -> None:
    if isinstance(node, Leaf):
        made.rooms.append(Room(node, room, column))
        return
    stacked = _stacked(node, room, measures, seen)
    if stacked is not None:
        n = len(made.splitters)
        _place(stacked, path, room, column, replace(measures, readable_width=0), seen, made)
        # What is not as it was arranged cannot be given other sizes.
        del made.splitters[n:]
        return
    if node.direction == "column" and column < 0:
        needed = smallest_height(node, measures, seen)
        if needed > room.height:
            measures = replace(measures, smallest_height=measures.comfortable_height)
            needed = smallest_height(node, measures, seen)
            made.columns.append((room, needed))
            column = len(made.columns) - 1
            room = Rect(0, 0, max(1, room.width - measures.scrollbar - measures.gap // 2), needed)
    visible = [i for i, child in enumerate(node.children) if is_seen(child, seen)]
    length = (room.width if node.direction == "row" else room.height) - measures.gap * (len(visible) - 1)
    sizes = _sizes(node, visible, max(len(visible), length), measures, seen)
    made.sizes[path] = tuple(sizes.get(i, 0) for i in range(len(node.children)))
    at = room.x if node.direction == "row" else room.y
    for n, i in enumerate(visible):
        if n:
            before = visible[n - 1]
            rect = (
                Rect(at, room.y, measures.gap, room.height)
                if node.direction == "row"
                else Rect(room.x, at, room.width, measures.gap)
            )
            made.splitters.append(Splitter(path, node.direction, before, i, rect, column))
            at += measures.gap
        own = (
            Rect(at, room.y, sizes[i], room.height)
            if node.direction == "row"
            else Rect(room.x, at, room.width, sizes[i])
        )
        _place(node.children[i], (*path, i), own, column, measures, seen, made)
        at += sizes[i]


def _stacked(node: Split, room: Rect, measures: Measures, seen: Callable[[Leaf], bool]) -> Split | None:
    """Return the split with its views below one another, where side by side they would be too narrow to be read."""
    if node.direction != "row" or not measures.readable_width:
        return None
    visible = [i for i, child in enumerate(node.children) if is_seen(child, seen)]
    shared = [i for i in visible if not (isinstance(child := node.children[i], Leaf) and child.px)]
    length = room.width - measures.gap * (len(visible) - 1)
    sizes = _sizes(node, visible, max(len(visible), length), measures, seen)
    if len(shared) < 2 or min(sizes[i] for i in shared) >= measures.readable_width:
        return None
    views = Split("column", tuple(node.children[i] for i in shared), (1 / len(shared),) * len(shared))
    beside = [i for i in visible if i not in shared]
    if not beside:
        return views
    before = [node.children[i] for i in beside if i < shared[0]]
    after = [node.children[i] for i in beside if i > shared[0]]
    share = 1 / (1 + len(beside))
    return Split("row", (*before, views, *after), (share,) * (1 + len(beside)))


def _sizes(
    node: Split, visible: list[int], length: int, measures: Measures, seen: Callable[[Leaf], bool]
) -> dict[int, int]:
    """Return the size of each visible child along the split, px; together they are `length`."""
    fixed = {
        i: round(child.px * measures.scale)
        for i in visible
        if isinstance(child := node.children[i], Leaf) and child.px > 0
    }
    shared = [i for i in visible if i not in fixed]
    if not shared:
        # Somebody must take what is left.
        shared, fixed = list(visible), {}
    least = {
        i: smallest_height(node.children[i], measures, seen) if node.direction == "column" else measures.smallest_width
        for i in shared
    }
    left = length - sum(fixed.values())
    if fixed and left < sum(least.values()):
        # What has a size of its own gives way first, down to what is left of the room.
        spare = max(len(fixed), length - sum(least.values()))
        total = sum(fixed.values())
        fixed = {i: max(1, spare * size // total) for i, size in fixed.items()}
        left = length - sum(fixed.values())
    return {**fixed, **_shares({i: node.weights[i] for i in shared}, least, max(len(shared), left))}


def _shares(weights: dict[int, float], least: dict[int, int], length: int) -> dict[int, int]:
    """Share whole pixels by weight, none below its least as long as there is room for that; else all alike."""
    if sum(least.values()) > length:
        least = dict.fromkeys(weights, max(1, length // len(weights)))
    sizes: dict[int, int] = {}
    open_ = dict(weights)
    while True:
        left, total = length - sum(sizes.values()), sum(open_.values())
        short = [i for i in open_ if left * open_[i] / total < least[i]]
        if not short or len(short) == len(open_):
            break
        for i in short:
            sizes[i] = least[i]
            del open_[i]
    left, total = length - sum(sizes.values()), sum(open_.values())
    done = 0.0
    for i, weight in open_.items():
        # Rounded ends, not rounded sizes: the last one ends where the room does.
        sizes[i] = round(left * (done + weight) / total) - round(left * done / total)
        done += weight
    return sizes


def drag(sizes: tuple[int, ...], before: int, after: int, by: int, smallest: int) -> tuple[int, ...]:
    """Return sizes after a splitter was dragged by so many px; neither side gets smaller than `smallest`."""
    least = min(smallest, sizes[before], sizes[after])
    by = max(least - sizes[before], min(by, sizes[after] - least))
    changed = list(sizes)
    changed[before] += by
    changed[after] -= by
    return tuple(changed)


def drop_side(rect: Rect, x: float, y: float, *, stack: bool = False) -> Side:
    """Return what dropping at a point of a leaf means. On a panel of a stack: above or below it."""
    across, down = (x - rect.x) / max(1, rect.width), (y - rect.y) / max(1, rect.height)
    if stack:
        return "top" if down < 0.5 else "bottom"
    nearest: tuple[tuple[float, Side], ...] = (
        (across, "left"),
        (1 - across, "right"),
        (down, "top"),
        (1 - down, "bottom"),
    )
    share, side = min(nearest, key=lambda pair: pair[0])
    return side if share < EDGE_SHARE else "centre"


def part(rect: Rect, side: Side) -> Rect:
    """Return the part of a rectangle that something dropped on a side would take."""
    half_width, half_height = rect.width // 2, rect.height // 2
    match side:
        case "left":
            return Rect(rect.x, rect.y, half_width, rect.height)
        case "right":
            return Rect(rect.x + rect.width - half_width, rect.y, half_width, rect.height)
        case "top":
            return Rect(rect.x, rect.y, rect.width, half_height)
        case "bottom":
            return Rect(rect.x, rect.y + rect.height - half_height, rect.width, half_height)
    return rect
