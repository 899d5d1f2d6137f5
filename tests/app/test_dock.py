"""The dock, driven with a real mouse: drag to rearrange, splitters, tabs, floats, and a pane that fails."""

from __future__ import annotations

from dataclasses import replace

import dearpygui.dearpygui as dpg
import pytest
from gui import _xdotool

from myoscope.app.arranging import Arranging
from myoscope.app.dock import Dock
from myoscope.app.layouts import Layout, Leaf, Pane, find, is_floating, leaf_of, panes, split
from myoscope.app.on_screen import rect_of
from myoscope.app.settings import Settings
from myoscope.app.workspace import Workspace

pytestmark = pytest.mark.gui
WIDTH, HEIGHT = 1264, 720


class Sheet:
    """A widget that writes its name, counts its frames, and raises when told to."""

    def __init__(self, name):
        self.name = name
        self.n_built = self.n_drawn = 0
        self.raises: Exception | None = None
        self.box = 0

    def build(self, parent):
        self.n_built += 1
        self.box = dpg.add_child_window(parent=parent, width=-1, height=-1)
        dpg.add_text(self.name, parent=self.box)
        dpg.add_button(label=f"button {self.name}", parent=self.box)

    def draw(self):
        self.n_drawn += 1
        if self.raises is not None:
            raise self.raises

    def delete(self):
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0


class Table(Arranging):
    """A workbench with nothing but a dock, and sheets of paper on it."""

    def __init__(self, screen, theme, layout):
        self.screen, self.theme = screen, theme
        self.settings = Settings()
        self.workspace = Workspace(self.settings, dict)
        self.workspace.layout = layout
        self.scale_changed = lambda: None
        self.sheets: dict[str, Sheet] = {}
        self.failures: list[str] = []
        self.panels = True
        self.size = (WIDTH, HEIGHT)
        self.dock = Dock(self, theme, self, lambda leaf: self.panels or leaf.style != "stack")
        self.dock.build(screen.window)
        screen.each_frame(self.draw)
        screen.frames(3)

    def draw(self):
        self.dock.draw(*self.size, self.panels)

    # For the dock

    @property
    def locked(self):
        return self.layout.locked

    def key(self, pane):
        return pane.kind

    def make(self, pane):
        return self.sheets.setdefault(pane.id, Sheet(pane.id))

    def is_panel(self, pane):
        return False

    def failed(self, pane, text):
        self.failures.append(text)

    def close(self, pane):
        self.close_pane(pane)

    def let_go(self, pane, widget):
        pass

    # For the test

    @property
    def layout(self):
        return self.workspace.layout

    def handle(self, name):
        """Return the button in the corner of a pane."""
        if name in self.dock.floats:
            return self.dock.floats[name].handle
        return next(frame.handle for frame in self.dock.frames.values() if frame.front.pane.id == name)

    def rect(self, name):
        return rect_of(self.dock.placed[name].box)

    def point(self, name, across, down):
        x, y, width, height = self.rect(name)
        return x + across * width, y + down * height

    def drag(self, start, *stops, hold=False):
        self.screen.move(*start)
        _xdotool("mousedown", "1")
        self.screen.frames(3)
        for stop in stops:
            self.screen.move((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2)
            self.screen.move(*stop)
        if not hold:
            self.drop()

    def drop(self):
        _xdotool("mouseup", "1")
        self.screen.frames(4)

    def shown(self):
        return sorted(name for name, sheet in self.sheets.items() if sheet.box)


def leaf(*names, style="tabs", px=0.0, front=""):
    return Leaf(tuple(Pane(name, "script") for name in names), style, front, px)


def names_of(layout, name):
    return [p.id for p in leaf_of(layout, name).panes]


@pytest.fixture(scope="module")
def _the_theme(_the_screen):
    from myoscope.widgets import Theme

    return Theme()


@pytest.fixture
def theme(screen, _the_theme):
    _the_theme.set_mode("dark")
    _the_theme.set_scale(1.0)
    return _the_theme


@pytest.fixture
def table(screen, theme):
    tables = []

    def make(layout):
        tables.append(Table(screen, theme, layout))
        return tables[-1]

    yield make
    for one in tables:
        one.dock.delete()


TWO = Layout(split("row", leaf("a"), leaf("b")))
THREE = Layout(split("row", split("column", leaf("a"), leaf("b")), leaf("c"), weights=(0.6, 0.4)))


@pytest.mark.parametrize(
    ("across", "down", "order", "direction"),
    [
        (0.08, 0.5, ["b", "a"], "row"), (0.9, 0.5, ["a", "b"], "row"),
        (0.5, 0.1, ["b", "a"], "column"), (0.5, 0.9, ["a", "b"], "column"),
    ],
)  # fmt: skip
def test_a_pane_is_dragged_to_each_side_of_another(table, across, down, order, direction):
    one = table(TWO)
    one.drag(one.screen.middle(one.handle("b")), one.point("a", across, down))
    assert [p.id for p in panes(one.layout)] == order
    assert one.layout.root.direction == direction
    assert one.layout.arranged == (one.layout.root != TWO.root)
    assert one.sheets["b"].n_built == 1, "it was moved, not made anew"
    (ax, ay, aw, ah), (bx, by, bw, bh) = one.rect("a"), one.rect("b")
    assert (abs(aw - bw) <= 1 and ay == by) if direction == "row" else (ax == bx and abs(ah - bh) <= 1)


def test_the_place_is_shown_while_the_mouse_is_down_and_escape_leaves_everything(table):
    one = table(THREE)
    one.drag(one.screen.middle(one.handle("c")), one.point("a", 0.5, 0.9), hold=True)
    drop = one.dock.dragging.drop
    assert (drop.pane, drop.side) == ("a", "bottom")
    x, y, width, _ = one.rect("a")
    assert drop.rect[0] == x
    assert drop.rect[2] == width
    assert drop.rect[1] > y
    one.screen.screenshot("dock-dragging")
    one.screen.key("Escape")
    one.drop()
    assert one.layout == THREE
    assert one.dock.dragging.pane == ""


def test_the_middle_of_another_makes_tabs_and_a_tab_is_dragged_out(table):
    one = table(TWO)
    one.drag(one.screen.middle(one.handle("b")), one.point("a", 0.5, 0.5))
    assert names_of(one.layout, "a") == ["a", "b"]
    assert one.shown() == ["b"], "what is behind takes no textures"
    (frame,) = one.dock.frames.values()
    one.screen.screenshot("dock-tabs")
    one.screen.click(frame.tabs["a"])
    assert one.shown() == ["a"]
    (frame,) = one.dock.frames.values()
    one.drag(one.screen.middle(frame.tabs["b"]), one.point("a", 0.5, 0.85))
    assert one.layout.root.direction == "column"
    assert one.shown() == ["a", "b"]


def test_the_edge_of_the_window_takes_a_whole_side(table):
    one = table(THREE)
    area = rect_of(one.dock.canvas)
    one.drag(one.screen.middle(one.handle("a")), (area.x + area.width / 2, area.y + area.height - 6))
    root = one.layout.root
    assert root.direction == "column"
    assert root.children[-1] == leaf("a")
    assert one.rect("a").width == WIDTH


def test_dropped_outside_it_floats_and_is_docked_again(table):
    one = table(TWO)
    area = rect_of(one.dock.canvas)
    one.drag(one.screen.middle(one.handle("b")), (400, area.y + area.height + 20))
    assert is_floating(one.layout, "b")
    one.screen.frames(3)
    one.screen.screenshot("dock-float")
    assert one.shown() == ["a", "b"]
    window = one.dock.floats["b"].window
    x, y = dpg.get_item_pos(window)
    width, height = dpg.get_item_width(window), dpg.get_item_height(window)
    assert x + width <= dpg.get_viewport_client_width()
    assert y + height <= dpg.get_viewport_client_height(), "it was brought back from below the edge"
    # By the title bar it is moved, and stays afloat.
    one.drag((x + 60, y + 10), (360, 110))
    assert dpg.get_item_pos(window) != [x, y]
    assert is_floating(one.layout, "b")
    one.dock.note()
    assert one.layout.floats[0].x == dpg.get_item_pos(window)[0]
    # By the handle it is docked.
    one.drag(one.screen.middle(one.handle("b")), one.point("a", 0.06, 0.5))
    assert not is_floating(one.layout, "b")
    assert [p.id for p in panes(one.layout)] == ["b", "a"]
    assert not one.dock.floats
    assert one.sheets["b"].n_built == 1


def test_a_float_stays_in_sight_when_the_window_gets_smaller_and_remembers_its_size(table):
    one = table(replace(TWO, root=leaf("a"), floats=()))
    one.float_pane("a")
    one.screen.frames(3)
    window = one.dock.floats["a"].window
    dpg.configure_item(window, pos=[1200, 700], width=300, height=260)
    one.screen.frames(2)
    one.size = (WIDTH - 40, HEIGHT)
    one.screen.frames(3)
    x, y = dpg.get_item_pos(window)
    assert x + dpg.get_item_width(window) <= dpg.get_viewport_client_width()
    assert y + dpg.get_item_height(window) <= dpg.get_viewport_client_height()
    one.dock.note()
    assert (one.layout.floats[0].width, one.layout.floats[0].height) == (300, 260)


def test_a_splitter_is_dragged_and_evened_out(table):
    one = table(THREE)
    before = one.rect("c").width
    item, _, _ = next(s for s in one.dock.splitters.items if s[2].direction == "row")
    x, y = one.screen.middle(item)
    one.drag((x, y), (x - 200, y))
    assert abs(one.rect("c").width - before - 200) <= 2
    one.drag(one.screen.middle(item), (0, y))
    assert one.rect("a").width >= 120, "neither side vanishes"
    one.screen.move(*one.screen.middle(item))
    for _ in range(2):
        _xdotool("mousedown", "1")
        one.screen.frames(1)
        _xdotool("mouseup", "1")
        one.screen.frames(1)
    one.screen.frames(3)
    assert abs(one.rect("a").width - one.rect("c").width) <= 1


def test_hidden_panels_give_their_room_and_get_it_back_in_the_same_width(table):
    one = table(Layout(split("row", leaf("a"), leaf("b", "c", style="stack", px=312))))
    assert one.rect("a").width == WIDTH - 312 - 8
    item = one.dock.splitters.items[0][0]
    x, y = one.screen.middle(item)
    one.drag((x, y), (x - 60, y))
    assert one.rect("a").width == WIDTH - 372 - 8
    one.panels = False
    one.screen.frames(3)
    assert one.rect("a").width == WIDTH
    assert one.shown() == ["a"]
    one.panels = True
    one.screen.frames(3)
    assert one.rect("a").width == WIDTH - 372 - 8


def test_panels_of_a_stack_are_reordered_and_dragged_out(table):
    one = table(Layout(split("row", leaf("a"), leaf("b", "c", style="stack", px=312))))
    one.screen.move(*one.point("c", 0.5, 0.9))
    _xdotool("mousedown", "1")
    one.screen.frames(2)
    one.dock.press("c")  # a panel's heading does this
    one.screen.move(*one.point("b", 0.5, 0.2))
    one.drop()
    assert names_of(one.layout, "b") == ["c", "b"]
    top, below = one.rect("c"), one.rect("b")
    assert top.y + top.height < below.y


def test_double_click_maximises_and_restores(table):
    one = table(THREE)
    one.dock.maximise("a")
    one.screen.frames(3)
    assert one.shown() == ["a"]
    assert one.rect("a").width == WIDTH
    one.screen.screenshot("dock-maximised")
    (frame,) = one.dock.frames.values()
    tab = frame.tabs["a"]
    one.screen.move(*one.screen.middle(tab))
    for _ in range(2):
        _xdotool("mousedown", "1")
        one.screen.frames(1)
        _xdotool("mouseup", "1")
        one.screen.frames(1)
    one.screen.frames(4)
    assert one.workspace.maximised == ""
    assert one.shown() == ["a", "b", "c"]
    assert one.layout == THREE


def test_the_menu_does_the_same_without_dragging(table, screen):
    one = table(THREE)
    screen.click(one.handle("c"))
    menu = one.dock.menu_window
    assert menu.is_open
    one.screen.frames(2)
    screen.screenshot("dock-menu")

    def press(text):
        items = [i for i in dpg.get_all_items() if (dpg.get_item_label(i) or "") == text and dpg.get_item_parent(i)]
        screen.click(next(i for i in items if dpg.is_item_visible(i)))
        screen.frames(3)

    press("Move…")
    screen.screenshot("dock-menu-move")
    press("□")
    assert names_of(one.layout, "a") == ["a", "c"]
    screen.click(one.handle("c"))
    press("Float")
    assert is_floating(one.layout, "c")
    screen.click(one.handle("c"))
    press("Dock")
    assert not is_floating(one.layout, "c")
    screen.click(one.handle("c"))
    press("Close")
    assert find(one.layout, "c") is None
    assert "c" not in one.dock.placed


def test_a_view_that_fails_takes_no_other_with_it_and_can_be_tried_again(table, screen):
    one = table(TWO)
    one.sheets["a"].raises = ValueError("no signal in it")
    drawn = one.sheets["b"].n_drawn
    screen.frames(5)
    assert one.sheets["b"].n_drawn >= drawn + 5
    assert len(one.failures) == 1, "told once"
    assert "ValueError: no signal in it (test_dock.py" in one.failures[0]
    screen.screenshot("dock-failed")
    one.sheets.pop("a")
    again = next(i for i in dpg.get_all_items() if dpg.get_item_label(i) == "Try again")
    screen.click(again)
    screen.frames(2)
    assert one.sheets["a"].n_drawn > 0
    assert one.shown() == ["a", "b"]


def test_nothing_is_configured_in_a_frame_without_change(table, screen, monkeypatch):
    table(THREE)
    screen.frames(3)
    calls = []
    plain = dpg.configure_item
    monkeypatch.setattr(dpg, "configure_item", lambda *a, **k: (calls.append(a), plain(*a, **k)))
    screen.frames(5)
    assert calls == []


def test_a_locked_layout_has_no_handles_and_no_splitters(table):
    one = table(replace(THREE, locked=True))
    assert one.dock.splitters.items == []
    assert all(frame.handle == 0 and not frame.tabs for frame in one.dock.frames.values())
    one.dock.press("a")
    assert one.dock.dragging.pane == ""


def test_many_views_scroll_in_their_column(table):
    many = split("column", *(leaf(f"v{i}") for i in range(6)))
    one = table(Layout(split("row", many, leaf("p", style="stack", px=312))))
    one.screen.screenshot("dock-column")
    assert all(one.rect(f"v{i}").height >= 190 - 40 for i in range(6))
    first = one.rect("v0").y
    dpg.set_y_scroll(dpg.get_item_parent(next(iter(one.dock.frames.values())).box), 300)
    one.screen.frames(3)
    assert one.rect("v0").y == first - 300
    assert one.rect("p").y >= 0
    # A smaller layout leaves nothing of the column behind.
    one.workspace.layout = TWO
    one.screen.frames(3)
    assert one.shown() == ["a", "b"]


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_it_is_built_again_in_another_size(table, theme, scale):
    one = table(THREE)
    one.dock.delete()
    theme.set_scale(scale)
    one.dock.build(one.screen.window)
    one.screen.frames(4)
    assert one.shown() == ["a", "b", "c"]
    one.screen.screenshot(f"dock-{round(100 * scale)}")
    assert rect_of(one.handle("a")).height == theme.px(30)
