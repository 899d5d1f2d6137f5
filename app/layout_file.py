"""Layouts as JSON, read with suspicion: what is damaged gives the default, never an error."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .layouts import Float, Layout, Leaf, Node, Pane, Split, normal, tidy

MAX_PANES = 64
MAX_DEPTH = 12
MAX_TEXT = 256
MAX_SETTINGS_BYTES = 16 * 1024
VERSION = 1


def to_json(layout: Layout) -> dict[str, Any]:
    """Return a JSON-ready dict that `from_json` reads back."""
    return {
        "version": VERSION,
        "root": None if layout.root is None else _node(layout.root),
        "floats": [
            {"pane": _pane(f.pane), "x": f.x, "y": f.y, "width": f.width, "height": f.height} for f in layout.floats
        ],
        "follow": layout.follow,
        "arranged": layout.arranged,
        "closed": sorted(layout.closed),
        "locked": layout.locked,
    }


def _node(node: Node) -> dict[str, Any]:
    if isinstance(node, Leaf):
        return {"style": node.style, "panes": [_pane(p) for p in node.panes], "front": node.front, "px": node.px}
    return {
        "split": node.direction,
        "children": [_node(child) for child in node.children],
        "weights": list(node.weights),
    }


def _pane(pane: Pane) -> dict[str, Any]:
    return {"id": pane.id, "kind": pane.kind, "stream": pane.stream, "settings": dict(pane.settings)}


def from_json(values: object, default: Layout) -> Layout:
    """Read what `to_json` wrote; `default` when that makes no sense."""
    try:
        return _Reader().layout(values)
    except (TypeError, ValueError, KeyError, RecursionError):
        return default


class _Reader:
    """Reads one layout; every pane's id once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def layout(self, values: object) -> Layout:
        values = _mapping(values)
        if values["version"] != VERSION:
            raise ValueError("of another version")
        root = None if values["root"] is None else tidy(self._node(values["root"], 0))
        floats = tuple(self._float(f) for f in _listed(values.get("floats", [])))
        closed = frozenset(_text(name) for name in _listed(values.get("closed", [])))
        if not self._seen:
            raise ValueError("nothing is placed")
        return Layout(root, floats, _flag(values, "follow"), _flag(values, "arranged"), closed, _flag(values, "locked"))

    def _node(self, values: object, depth: int) -> Node:
        values = _mapping(values)
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        if "split" not in values:
            if values["style"] not in ("tabs", "stack"):
                raise ValueError("no such style")
            found = tuple(self._pane(p) for p in _listed(values["panes"]))
            return Leaf(found, values["style"], _text(values.get("front", "")), _number(values.get("px", 0.0), 0, 4000))
        if values["split"] not in ("row", "column"):
            raise ValueError("no such direction")
        children = tuple(self._node(child, depth + 1) for child in _listed(values["children"]))
        weights = tuple(_number(w, 0, 1e6) for w in _listed(values["weights"]))
        if len(weights) != len(children) or not children:
            raise ValueError("as many weights as children")
        return Split(values["split"], children, normal(weights))

    def _pane(self, values: object) -> Pane:
        values = _mapping(values)
        pane = Pane(
            _text(values["id"]),
            _text(values["kind"]),
            _text(values.get("stream", "")),
            dict(_mapping(values.get("settings", {}))),
        )
        if not pane.id or pane.id in self._seen or len(self._seen) >= MAX_PANES:
            raise ValueError("a pane twice, or too many")
        if len(json.dumps(pane.settings)) > MAX_SETTINGS_BYTES:
            raise ValueError("settings too large")
        self._seen.add(pane.id)
        return pane

    def _float(self, values: object) -> Float:
        values = _mapping(values)
        x, y = (_number(values[key], -20_000, 20_000) for key in ("x", "y"))
        width, height = (_number(values[key], 1, 20_000) for key in ("width", "height"))
        return Float(self._pane(values["pane"]), x, y, width, height)


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    return value


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise TypeError("not a text")
    return value


def _flag(values: Mapping[str, Any], key: str) -> bool:
    return values.get(key) is True


def _number(value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("not a number")
    if not low <= value <= high:
        raise ValueError("out of range")
    return float(value)
