"""Layouts as data: a tree of splits and leaves, panes that float above it, and what can be done to both.

Everything here is a pure function of frozen values: a layout goes in, another one comes out. No pane is ever lost or
doubled by moving things about, and no split is left without room for two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Direction = Literal["row", "column"]
Style = Literal["tabs", "stack"]
Side = Literal["left", "right", "top", "bottom", "centre"]
SIDES: tuple[Side, ...] = ("left", "right", "top", "bottom", "centre")
Path = tuple[int, ...]
SMALLEST_WEIGHT = 1e-3


@dataclass(frozen=True)
class Pane:
    """One thing that is placed.

    Parameters
    ----------
    id
        Its own name in the layout.
    kind
        What it is, as the list of kinds knows it.
    stream
        Name of the stream it shows; ``?emg`` and the like for the first that suits; empty where it shows none.
    settings
        What the view wants to find again.
    """

    id: str
    kind: str
    stream: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Leaf:
    """Panes in one place: behind one another with tabs, or a stack of panels that fold.

    Parameters
    ----------
    panes
        What is in it, in order; never none.
    style
        ``tabs`` or ``stack``.
    front
        Id of the pane in front; that of no pane means the first.
    px
        Width or height along its split, px at 100 %; 0 for a share of the room.
    """

    panes: tuple[Pane, ...]
    style: Style = "tabs"
    front: str = ""
    px: float = 0.0


@dataclass(frozen=True)
class Split:
    """Nodes beside or above one another.

    Parameters
    ----------
    direction
        ``row`` for side by side, ``column`` for one above the other.
    children
        Two or more.
    weights
        Share of the room of each child; they add up to 1.
    """

    direction: Direction
    children: tuple[Node, ...]
    weights: tuple[float, ...]


Node = Leaf | Split


@dataclass(frozen=True)
class Float:
    """A pane in a small window above the others; place and size in px at 100 %."""

    pane: Pane
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """Where everything is.

    Parameters
    ----------
    root
        The tree; None when nothing is placed in it.
    floats
        What floats above it.
    follow
        Whether streams that come get a viewer, and viewers of streams that leave go.
    arranged
        Whether a person has moved something.
    closed
        Streams whose viewer a person has closed: they get none when they come back.
    locked
        Whether nothing can be moved.
    """

    root: Node | None = None
    floats: tuple[Float, ...] = ()
    follow: bool = False
    arranged: bool = False
    closed: frozenset[str] = frozenset()
    locked: bool = False


# Looking


def leaves(node: Node | None, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """Yield every leaf below a node, with the way to it."""
    if isinstance(node, Leaf):
        yield path, node
    elif node is not None:
        for i, child in enumerate(node.children):
            yield from leaves(child, (*path, i))


def panes(layout: Layout) -> list[Pane]:
    """Return every pane: those in the tree in order, then those that float."""
    return [p for _, leaf in leaves(layout.root) for p in leaf.panes] + [f.pane for f in layout.floats]


def find(layout: Layout, pane: str) -> Pane | None:
    """Return the pane of this id, if it is there."""
    return next((p for p in panes(layout) if p.id == pane), None)


def leaf_of(layout: Layout, pane: str) -> Leaf | None:
    """Return the leaf in the tree that holds a pane, if one does."""
    return next((leaf for _, leaf in leaves(layout.root) if any(p.id == pane for p in leaf.panes)), None)


def is_floating(layout: Layout, pane: str) -> bool:
    """Tell whether a pane floats."""
    return any(f.pane.id == pane for f in layout.floats)


def new_id(layout: Layout, kind: str) -> str:
    """Return an id that no pane has yet."""
    taken = {pane.id for pane in panes(layout)}
    return next(i for i in (kind, *(f"{kind} {n}" for n in range(2, len(taken) + 3))) if i not in taken)


# Making


def split(direction: Direction, *children: Node, weights: tuple[float, ...] = ()) -> Split:
    """Return a split with weights that add up to 1; equal ones where none are given."""
    return Split(direction, children, normal(weights or (1.0,) * len(children)))


def normal(weights: tuple[float, ...]) -> tuple[float, ...]:
    """Return weights that add up to 1, none so small that it could not be grasped any more."""
    total = sum(weights)
    if abs(total - 1.0) < 1e-9 and min(weights) >= SMALLEST_WEIGHT / 2:
        # As they are: a layout that is read and written again stays the same to the last bit.
        return weights
    kept = [max(SMALLEST_WEIGHT, w / total) for w in weights] if total > 0 else [1.0] * len(weights)
    return tuple(w / sum(kept) for w in kept)


def tidy(node: Node | None) -> Node | None:
    """Return the node without empty leaves, splits of one, and splits in splits of the same direction."""
    if node is None or isinstance(node, Leaf):
        return node if node is not None and node.panes else None
    children: list[Node] = []
    weights: list[float] = []
    for child, weight in zip(node.children, node.weights, strict=True):
        tidied = tidy(child)
        if isinstance(tidied, Split) and tidied.direction == node.direction:
            children += tidied.children
            weights += [weight * w for w in tidied.weights]
        elif tidied is not None:
            children.append(tidied)
            weights.append(weight)
    if len(children) < 2:
        return children[0] if children else None
    return Split(node.direction, tuple(children), normal(tuple(weights)))


def _map(node: Node, change: Callable[[Leaf], Node]) -> Node:
    """Return the tree with every leaf replaced by what `change` makes of it."""
    if isinstance(node, Leaf):
        return change(node)
    return replace(node, children=tuple(_map(child, change) for child in node.children))


def _changed(layout: Layout, root: Node | None) -> Layout:
    return replace(layout, root=tidy(root))


# Changing


def remove(layout: Layout, pane: str) -> Layout:
    """Take a pane away; nothing happens when it is not there."""

    def without(leaf: Leaf) -> Leaf:
        return replace(leaf, panes=tuple(p for p in leaf.panes if p.id != pane))

    floats = tuple(f for f in layout.floats if f.pane.id != pane)
    return _changed(replace(layout, floats=floats), layout.root and _map(layout.root, without))


def insert(layout: Layout, pane: Pane, target: str = "", side: Side = "right", share: float = 0.5) -> Layout:
    """Place a new pane beside another one, or at an edge of everything where `target` is not in the tree.

    Parameters
    ----------
    layout
        Where it goes; a pane of that id that is there already is taken away first.
    pane
        What is placed.
    target
        Id of a pane in the tree.
    side
        Where of the target; ``centre`` is a tab behind it, or the next in its stack.
    share
        Of the target's room for the new one.
    """
    layout = remove(layout, pane.id)
    new = Leaf((pane,))
    if layout.root is None:
        return _changed(layout, new)
    if leaf_of(layout, target) is None:
        side = "right" if side == "centre" else side
        return _changed(layout, _beside(layout.root, new, side, share))

    def place(leaf: Leaf) -> Node:
        at = next((i for i, p in enumerate(leaf.panes) if p.id == target), None)
        if at is None:
            return leaf
        if side == "centre" or (leaf.style == "stack" and side in ("top", "bottom")):
            # A tab goes to the end of its bar; a panel goes just above or below the other one.
            at = len(leaf.panes) if leaf.style == "tabs" else at + (side != "top")
            return replace(leaf, panes=(*leaf.panes[:at], pane, *leaf.panes[at:]), front=pane.id)
        return _beside(leaf, new, side, share)

    return _changed(layout, _map(layout.root, place))


def _beside(node: Node, new: Leaf, side: Side, share: float) -> Split:
    direction: Direction = "row" if side in ("left", "right") else "column"
    if side in ("left", "top"):
        return split(direction, new, node, weights=(share, 1 - share))
    return split(direction, node, new, weights=(1 - share, share))


def move(layout: Layout, pane: str, target: str, side: Side) -> Layout:
    """Place a pane, wherever it is, beside another one; beside itself is out of its own tabs."""
    moved = find(layout, pane)
    if moved is None:
        return layout
    if target == pane:
        own = leaf_of(layout, pane)
        others = [p.id for p in own.panes if p.id != pane] if own is not None else []
        if not others or side == "centre":
            return layout
        target = others[0]
    return insert(layout, moved, target, side)


def to_float(layout: Layout, pane: str, x: float, y: float, width: float, height: float) -> Layout:
    """Let a pane float, or give one that floats another place; px at 100 %."""
    moved = find(layout, pane)
    if moved is None:
        return layout
    rest = remove(layout, pane)
    return replace(rest, floats=(*rest.floats, Float(moved, x, y, width, height)))


def to_front(layout: Layout, pane: str) -> Layout:
    """Bring a pane to the front of its tabs."""

    def front(leaf: Leaf) -> Leaf:
        return replace(leaf, front=pane) if any(p.id == pane for p in leaf.panes) else leaf

    return replace(layout, root=layout.root and _map(layout.root, front))


def put(layout: Layout, pane: Pane) -> Layout:
    """Put a pane in the place of the one that has its id."""

    def change(leaf: Leaf) -> Leaf:
        return replace(leaf, panes=tuple(pane if p.id == pane.id else p for p in leaf.panes))

    floats = tuple(replace(f, pane=pane) if f.pane.id == pane.id else f for f in layout.floats)
    return replace(layout, root=layout.root and _map(layout.root, change), floats=floats)


def resize(layout: Layout, path: Path, sizes: tuple[float, ...], px: Mapping[int, float]) -> Layout:
    """Give the children of a split other sizes.

    Parameters
    ----------
    layout
        Where the split is.
    path
        The way to it; nothing happens when there is no split.
    sizes
        Of each child, in any unit; made into weights.
    px
        New fixed sizes of leaves that have one, px at 100 %, by number of the child.
    """

    def at(node: Node, rest: Path) -> Node:
        if isinstance(node, Leaf) or (rest and rest[0] >= len(node.children)):
            return node
        if rest:
            children = list(node.children)
            children[rest[0]] = at(children[rest[0]], rest[1:])
            return replace(node, children=tuple(children))
        if len(sizes) != len(node.children):
            return node
        fixed = tuple(
            replace(child, px=max(1.0, px[i])) if isinstance(child, Leaf) and child.px and i in px else child
            for i, child in enumerate(node.children)
        )
        return Split(node.direction, fixed, normal(tuple(max(0.0, size) for size in sizes)))

    return replace(layout, root=layout.root and at(layout.root, path))
