"""The layouts that come with the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..sources.language import later
from .layouts import Layout, Leaf, Node, Pane, split, tidy
from .panes import EMG, HD_EMG, KINDS, PANELS

SIDE_PX = 312
AUTOMATIC, OPERATOR = later("Automatic"), later("Operator")
FEW_CHANNELS = 4


@dataclass(frozen=True)
class BuiltIn:
    """A layout that comes with the program.

    Parameters
    ----------
    name
        What it is called; `tr` when shown.
    help
        One sentence on what it shows; `tr` when shown.
    make
        Makes it.
    """

    name: str
    help: str
    make: Callable[[], Layout]


@dataclass(frozen=True)
class Wanted:
    """A viewer that a stream, or a script, asks for.

    Parameters
    ----------
    pane
        What is placed.
    weight
        Its share of the height.
    """

    pane: Pane
    weight: float = 1.0


def side() -> Leaf:
    """Return the column of panels at the right."""
    return Leaf(tuple(Pane(k.kind, k.kind) for k in PANELS if k.is_there), "stack", px=SIDE_PX)


def with_side(node: Node, panels: Leaf | None = None) -> Node:
    """Return a node with the panels at its right."""
    return split("row", node, panels or side(), weights=(0.75, 0.25))


def column(wanted: list[Wanted]) -> Node | None:
    """Return viewers one above the other."""
    nodes = [Leaf((w.pane,)) for w in wanted]
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    return split("column", *nodes, weights=tuple(w.weight for w in wanted))


def _view(kind: str, stream: str, *others: str) -> Leaf:
    """Return a leaf with views of a stream, the first in front."""
    there = [k for k in (kind, *others) if KINDS[k].is_there]
    return Leaf(tuple(Pane(k, k, stream) for k in there))


def _row(direction: str, weights: tuple[float, ...], *nodes: Leaf | Node) -> Node:
    """Return a split of those nodes that have something in them."""
    kept = [(n, w) for n, w in zip(nodes, weights, strict=True) if not isinstance(n, Leaf) or n.panes]
    if len(kept) == 1:
        return kept[0][0]
    return split("row" if direction == "row" else "column", *(n for n, _ in kept), weights=tuple(w for _, w in kept))


def automatic() -> Layout:
    """Return a viewer for every stream one above the other, and the panels."""
    return Layout(side(), follow=True)


def _emg() -> Layout:
    below = _row("row", (0.5, 0.5), _view("spectrum", EMG, "spectrogram"), _view("levels", EMG, "numbers"))
    return Layout(with_side(_row("column", (0.7, 0.3), _view("signals", EMG), below)))


def _hd_emg() -> Layout:
    maps = _row(
        "column", (0.38, 0.38, 0.24), _view("grid map", HD_EMG), _view("quality", HD_EMG), _view("spectrum", HD_EMG)
    )
    return Layout(tidy(with_side(_row("row", (0.66, 0.34), _view("signals", HD_EMG), maps))))


def _all() -> Layout:
    return Layout(None, follow=True)


def _operator() -> Layout:
    right = _row("column", (0.62, 0.38), Leaf((Pane("operator", "operator"),)), _view("levels", EMG))
    return Layout(_row("row", (0.66, 0.34), _view("signals", EMG), right), locked=True)


BUILT_IN: Mapping[str, BuiltIn] = {
    layout.name: layout
    for layout in (
        BuiltIn(AUTOMATIC, later("A viewer for every stream that comes, and the panels."), automatic),
        BuiltIn(later("EMG, 8 channels"), later("Traces, with spectrum and levels below."), _emg),
        BuiltIn(later("HD-EMG, 64 channels"), later("Traces, with maps of the electrodes beside them."), _hd_emg),
        BuiltIn(later("All streams"), later("Every stream, one above the other, on one time axis."), _all),
        BuiltIn(OPERATOR, later("Large: one viewer, one button to record."), _operator),
    )
}
