"""Whatever is done to a layout, no pane is lost or doubled, and its weights stay normal."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.app import layout_file
from myoscope.app.built_in import BUILT_IN
from myoscope.app.layouts import (
    SIDES,
    Float,
    Layout,
    Leaf,
    Pane,
    Split,
    find,
    insert,
    is_floating,
    leaf_of,
    leaves,
    move,
    new_id,
    normal,
    panes,
    put,
    remove,
    resize,
    split,
    tidy,
    to_float,
    to_front,
)
from myoscope.app.rooms import Measures, Rect, drag, drop_side, part, plan

MEASURES = Measures(gap=8, smallest_width=160, smallest_height=190, comfortable_height=280, scrollbar=10, scale=1.0)
DEFAULT = BUILT_IN["Automatic"].make()


def pane(name):
    return Pane(name, "signals", name, {"seconds": 5.0})


@st.composite
def layouts(draw):
    """Return a layout of 1 to 9 panes, made by placing one after the other."""
    layout = Layout()
    for i in range(draw(st.integers(1, 9))):
        there = [p.id for p in panes(layout)]
        target = draw(st.sampled_from(["", *there]))
        layout = insert(layout, pane(f"p{i}"), target, draw(st.sampled_from(SIDES)), draw(st.floats(0.05, 0.95)))
        if draw(st.booleans()) and i > 1:
            layout = to_float(layout, draw(st.sampled_from(there)), *draw(st.tuples(*[st.floats(1, 900)] * 4)))
    if draw(st.booleans()):
        names = [leaf.panes[0].id for _, leaf in leaves(layout.root)]
        if names:
            chosen = draw(st.sampled_from(names))
            layout = replace(layout, root=_stacked(layout.root, chosen))
    return layout


def _stacked(node, name):
    if isinstance(node, Leaf):
        return replace(node, style="stack", px=312.0) if node.panes[0].id == name else node
    return replace(node, children=tuple(_stacked(child, name) for child in node.children))


def check(layout, names):
    """Assert that a layout holds just these panes, once each, in a tree that is tidy."""
    assert sorted(p.id for p in panes(layout)) == sorted(names)
    check_node(layout.root, None)


def check_node(node, above):
    if node is None:
        return
    if isinstance(node, Leaf):
        assert node.panes
        return
    assert len(node.children) >= 2
    assert node.direction != above, "a row in a row is one row"
    assert len(node.weights) == len(node.children)
    assert math.isclose(sum(node.weights), 1.0, abs_tol=1e-9)
    assert all(0 < weight <= 1 for weight in node.weights)
    for child in node.children:
        check_node(child, node.direction)


@given(layouts(), st.data())
def test_no_operation_loses_or_doubles_a_pane(layout, data):
    names = [p.id for p in panes(layout)]
    check(layout, names)
    for _ in range(6):
        one, other = data.draw(st.sampled_from(names)), data.draw(st.sampled_from([*names, "", "nobody"]))
        match data.draw(st.sampled_from(["move", "float", "front", "put", "resize", "insert"])):
            case "move":
                layout = move(layout, one, other, data.draw(st.sampled_from(SIDES)))
            case "float":
                layout = to_float(layout, one, 10, 20, 300, 200)
                assert is_floating(layout, one)
            case "front":
                layout = to_front(layout, one)
            case "put":
                layout = put(layout, Pane(one, "levels"))
                assert find(layout, one).kind == "levels"
            case "resize":
                path = data.draw(st.lists(st.integers(0, 3), max_size=3).map(tuple))
                sizes = data.draw(st.lists(st.floats(0, 500), min_size=1, max_size=4).map(tuple))
                layout = resize(layout, path, sizes, {0: 250.0})
            case "insert":
                name = new_id(layout, "p")
                names.append(name)
                layout = insert(layout, pane(name), other, data.draw(st.sampled_from(SIDES)))
        check(layout, names)
    gone = data.draw(st.sampled_from(names))
    check(remove(layout, gone), [name for name in names if name != gone])


@given(layouts(), st.data())
def test_what_is_moved_is_where_it_was_put(layout, data):
    docked = [p.id for _, leaf in leaves(layout.root) for p in leaf.panes]
    if len(docked) < 2:
        return
    one, other = data.draw(st.permutations(docked))[:2]
    stack = leaf_of(layout, other).style == "stack"
    side = data.draw(st.sampled_from(SIDES))
    moved = move(layout, one, other, side)
    together = leaf_of(moved, one) == leaf_of(moved, other)
    assert together == (side == "centre" or (stack and side in ("top", "bottom")))
    rooms = {p.id: room.rect for room in seen(moved).rooms for p in room.leaf.panes}
    order = [p.id for p in panes(moved)]
    if together:
        assert leaf_of(moved, one).front == one
    elif side in ("left", "top"):
        assert order.index(one) < order.index(other)
        assert (rooms[one].x if side == "left" else rooms[one].y) < (
            rooms[other].x if side == "left" else rooms[other].y
        )
    else:
        assert order.index(one) > order.index(other)


def test_a_tab_is_dragged_out_of_its_own_leaf():
    layout = Layout(Leaf((pane("a"), pane("b"))))
    moved = move(layout, "a", "a", "left")
    assert moved.root == split("row", Leaf((pane("a"),)), Leaf((pane("b"),)))
    assert move(layout, "a", "a", "centre") == layout
    assert move(Layout(Leaf((pane("a"),))), "a", "a", "left") == Layout(Leaf((pane("a"),)))


def test_panels_of_a_stack_change_places_in_it():
    layout = Layout(Leaf((pane("a"), pane("b"), pane("c")), "stack", px=312))
    assert [p.id for p in panes(move(layout, "c", "a", "top"))] == ["c", "a", "b"]
    assert [p.id for p in panes(move(layout, "a", "b", "bottom"))] == ["b", "a", "c"]
    assert move(layout, "a", "b", "bottom").root.px == 312


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8))
def test_weights_are_normal(weights):
    made = normal(tuple(weights))
    assert math.isclose(sum(made), 1.0, abs_tol=1e-9)
    assert min(made) > 0


def test_tidy_merges_and_drops():
    inner = split("row", Leaf((pane("b"),)), Leaf((pane("c"),)), weights=(1, 3))
    tree = Split("row", (Leaf((pane("a"),)), inner, Leaf(())), (0.5, 0.4, 0.1))
    tidied = tidy(tree)
    assert [leaf.panes[0].id for _, leaf in leaves(tidied)] == ["a", "b", "c"]
    assert tidied.weights == pytest.approx((5 / 9, 1 / 9, 3 / 9))
    assert tidy(Split("row", (Leaf(()), Leaf((pane("a"),))), (0.5, 0.5))) == Leaf((pane("a"),))
    assert tidy(Leaf(())) is None


# Files


@given(layouts())
def test_a_layout_survives_its_file(layout):
    text = json.dumps(layout_file.to_json(layout))
    assert layout_file.from_json(json.loads(text), DEFAULT) == layout


@given(layouts(), st.data())
def test_a_damaged_file_gives_the_default_or_a_sound_layout_never_an_error(layout, data):
    values = layout_file.to_json(layout)
    junk = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.just([]), st.just({})
    )
    spot = values
    for _ in range(data.draw(st.integers(1, 5))):
        if isinstance(spot, dict) and spot:
            key = data.draw(st.sampled_from(sorted(spot)))
        elif isinstance(spot, list) and spot:
            key = data.draw(st.integers(0, len(spot) - 1))
        else:
            break
        if data.draw(st.booleans()):
            spot[key] = data.draw(junk)
            break
        spot = spot[key]
    read = layout_file.from_json(values, DEFAULT)
    check(read, {p.id for p in panes(read)})
    assert panes(read)


@pytest.mark.parametrize(
    "values",
    [None, [], "x", {}, {"version": 2}, {"version": 1, "root": None}, {"version": 1, "root": {"split": "row"}}],
)
def test_nonsense_is_the_default(values):
    assert layout_file.from_json(values, DEFAULT) is DEFAULT


def test_a_pane_twice_too_many_and_too_deep_are_the_default():
    twice = Layout(split("row", Leaf((pane("a"),)), Leaf((pane("a"),))))
    many = Layout(Leaf(tuple(pane(f"p{i}") for i in range(65))))
    heavy = Layout(Leaf((Pane("a", "signals", "", {"x": "y" * 20_000}),)))
    deep = Leaf((pane("z"),))
    for i in range(14):
        deep = Split("row" if i % 2 else "column", (deep, Leaf((pane(f"p{i}"),))), (0.5, 0.5))
    for layout in (twice, many, heavy, Layout(deep)):
        assert layout_file.from_json(json.loads(json.dumps(layout_file.to_json(layout))), DEFAULT) is DEFAULT
    far = Layout(floats=(Float(pane("a"), math.inf, 0, 10, 10),))
    assert layout_file.from_json(layout_file.to_json(far), DEFAULT) is DEFAULT


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_layouts_are_sound(name):
    layout = BUILT_IN[name].make()
    check(layout, {p.id for p in panes(layout)})
    if panes(layout):
        assert layout_file.from_json(layout_file.to_json(layout), Layout()) == layout


# Room


def seen(layout, width=1200, height=800, stacks=True):
    return plan(layout.root, Rect(0, 0, width, height), MEASURES, lambda leaf: stacks or leaf.style != "stack")


@given(layouts(), st.integers(700, 2600), st.integers(300, 1500), st.booleans())
def test_rooms_fill_the_window_and_never_overlap(layout, width, height, stacks):
    made = seen(layout, width, height, stacks)
    shown = [leaf for _, leaf in leaves(layout.root) if stacks or leaf.style != "stack"]
    assert [room.leaf for room in made.rooms] == shown
    for column in {room.column for room in made.rooms}:
        rects = [room.rect for room in made.rooms if room.column == column]
        whole = (
            Rect(0, 0, width, height)
            if column < 0
            else Rect(0, 0, made.columns[column][0].width, made.columns[column][1])
        )
        for i, rect in enumerate(rects):
            assert rect.width >= 1
            assert rect.height >= 1
            assert rect.x >= 0
            assert rect.y >= 0
            assert rect.x + rect.width <= whole.width + 1
            assert rect.y + rect.height <= whole.height + 1
            for other in rects[:i]:
                apart = (
                    rect.x >= other.x + other.width + 8
                    or other.x >= rect.x + rect.width + 8
                    or rect.y >= other.y + other.height + 8
                    or other.y >= rect.y + rect.height + 8
                )
                assert apart
        if column >= 0:
            assert all(
                rect.height >= 190
                for rect, room in zip(rects, made.rooms, strict=False)
                if room.leaf.style == "tabs" and len(rects) == len(made.rooms)
            )


def test_a_column_of_many_viewers_scrolls_and_the_panels_stay():
    views = split("column", *(Leaf((pane(f"v{i}"),)) for i in range(6)))
    made = seen(Layout(split("row", views, Leaf((pane("panel"),), "stack", px=312), weights=(0.75, 0.25))))
    assert [room.column for room in made.rooms] == [0] * 6 + [-1]
    ((rect, inner),) = made.columns
    assert inner == 6 * 280 + 5 * 8
    assert rect == Rect(0, 0, 1200 - 312 - 8, 800)
    assert made.rooms[-1].rect == Rect(1200 - 312, 0, 312, 800)


def test_what_is_not_seen_takes_no_room():
    layout = Layout(split("row", Leaf((pane("view"),)), Leaf((pane("panel"),), "stack", px=312)))
    assert [room.rect for room in seen(layout).rooms] == [Rect(0, 0, 880, 800), Rect(888, 0, 312, 800)]
    assert [room.rect for room in seen(layout, stacks=False).rooms] == [Rect(0, 0, 1200, 800)]
    assert seen(layout, stacks=False).splitters == []


@given(st.integers(-900, 900), st.integers(50, 300))
def test_a_splitter_moves_room_from_one_to_the_other(by, smallest):
    sizes = drag((400, 0, 300, 200), 0, 2, by, smallest)
    assert sum(sizes) == 900
    assert sizes[1] == 0
    assert sizes[3] == 200
    assert min(sizes[0], sizes[2]) >= min(smallest, 300)


def test_drop_zones_are_the_edges_and_the_middle():
    rect = Rect(100, 100, 400, 200)
    assert drop_side(rect, 300, 200) == "centre"
    assert drop_side(rect, 110, 200) == "left"
    assert drop_side(rect, 490, 200) == "right"
    assert drop_side(rect, 300, 105) == "top"
    assert drop_side(rect, 300, 295) == "bottom"
    assert drop_side(rect, 300, 150, stack=True) == "top"
    assert drop_side(rect, 300, 250, stack=True) == "bottom"
    for side in SIDES:
        x, y, width, height = part(rect, side)
        assert Rect(x, y, width, height).holds(*{
            "left": (110, 200), "right": (490, 200), "top": (300, 105), "bottom": (300, 295), "centre": (300, 200),
        }[side])  # fmt: skip


@pytest.mark.parametrize("panels", [False, True])
def test_views_too_narrow_to_be_read_stand_below_one_another(panels):
    views = split("row", Leaf((pane("a"),)), Leaf((pane("b"),)), weights=(0.66, 0.34))
    stack = Leaf((pane("record"),), "stack", px=312)
    root = tidy(split("row", views, stack, weights=(3, 1))) if panels else views
    measures = replace(MEASURES, readable_width=225)
    extra = 312 + 8 if panels else 0
    wide = plan(root, Rect(0, 0, 700 + extra, 800), measures, lambda _: True)
    assert len({room.rect.y for room in wide.rooms}) == 1, "wide enough to stand side by side"
    low = plan(root, Rect(0, 0, 600 + extra, 800), measures, lambda _: True)
    a, b, *rest = (room.rect for room in low.rooms)
    assert (a.x, a.width) == (b.x, b.width) == (0, 600)
    assert a.y + a.height < b.y
    assert [room.leaf for room in low.rooms] == [room.leaf for room in wide.rooms]
    assert all(rect.x == 608 and rect.height == 800 for rect in rest)
    assert not [s for s in low.splitters if s.direction == "column"], "what was not arranged so is not resized"
    assert plan(root, Rect(0, 0, 600 + extra, 800), MEASURES, lambda _: True).rooms[1].rect.x > 0, "only where asked"
