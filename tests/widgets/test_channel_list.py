from __future__ import annotations

import itertools
import subprocess

import dearpygui.dearpygui as dpg
import pytest

from myoscope.sources.grids import Placement
from myoscope.sources.info import StreamInfo
from myoscope.widgets.channel_list import ChannelList
from myoscope.widgets.channels import Channels
from myoscope.widgets.edits import Undo

pytestmark = pytest.mark.gui

FOUR = Placement("GR08MM1305", n_grids=4, n_channels=256)
ODD = ("caf\udce9", "a\0b", "筋電図 µΩ±×≤→", "x" * 250, "##", "%s%n", "")


@pytest.fixture
def show(screen, theme):
    """Return what builds a channel list, draws it each frame, and opens it."""
    made = []

    def make(n=8, names=None, grid=None, types=None, scale=1.0, channels=None):
        theme.set_scale(scale)
        # Each edit is seconds after the one before.
        channels = channels or Channels(Undo(clock=itertools.count(0, 10).__next__))
        channels.set_info(StreamInfo(fs=2000.0, channel_names=names, sample_shape=(n,), grid=grid, channel_types=types))
        shown = ChannelList(channels)
        shown.build(dpg.add_group(parent=screen.window, horizontal=True), theme)
        screen.each_frame(shown.draw)
        screen.frames(3)
        screen.click(shown.popup.button)
        screen.frames(3)
        made.append(shown)
        return shown

    yield make
    for shown in made:
        shown.delete()


def press(screen, item: int) -> None:
    """Press an item near its left edge, where a tick is."""
    left, top = dpg.get_item_rect_min(item)
    height = dpg.get_item_rect_size(item)[1]
    screen.click_at(left + height / 2, top + height / 2)
    screen.frames(2)


def choose(screen, theme, combo: int, text: str) -> None:
    """Choose a line of a combo by two clicks."""
    at = dpg.get_item_configuration(combo)["items"].index(text)
    left, top = dpg.get_item_rect_min(combo)
    screen.click(combo)
    line = theme.fonts.height("words") + theme.px(8)
    screen.click_at(left + theme.px(40), top + theme.row_height + theme.px(8) + (at + 0.35) * line)
    screen.frames(2)


def taken_back(screen, made, state) -> None:
    """Check that a press takes the last edit back, and another makes it again."""
    after = made.channels.to_json(), made.channels.numbers
    press(screen, made.undo_button)
    assert (made.channels.to_json(), made.channels.numbers) == state
    press(screen, made.redo_button)
    assert (made.channels.to_json(), made.channels.numbers) == after


def state_of(made):
    return made.channels.to_json(), made.channels.numbers


def test_a_tick_hides_and_shows(screen, show):
    made = show()
    state = state_of(made)
    press(screen, made.rows.item(2, "tick"))
    assert made.channels.numbers == [0, 1, 3, 4, 5, 6, 7]
    assert dpg.get_item_label(made.popup.button) == "Channels 7/8"
    taken_back(screen, made, state)
    press(screen, made.undo_button)
    assert dpg.get_value(made.rows.item(2, "tick"))
    screen.click(made.none.tag)
    assert made.channels.numbers == []
    press(screen, made.rows.item(5, "tick"))
    screen.click(made.invert.tag)
    assert made.channels.numbers == [0, 1, 2, 3, 4, 6, 7]
    screen.click(made.all.tag)
    assert len(made.channels.numbers) == 8


def test_solo_and_back(screen, show):
    made = show()
    press(screen, made.rows.item(1, "tick"))
    state = state_of(made)
    screen.click(made.rows.item(3, "solo"))
    assert made.channels.numbers == [3]
    assert dpg.get_item_label(made.popup.button) == "Solo 1/8"
    taken_back(screen, made, state)
    screen.click(made.rows.item(5, "solo"))
    assert made.channels.numbers == [3, 5]
    screen.screenshot("channel_list_solo")
    screen.click(made.rows.item(5, "solo"))
    screen.click(made.rows.item(3, "solo"))
    assert made.channels.numbers == [0, 2, 3, 4, 5, 6, 7]
    screen.click(made.rows.item(5, "solo"))
    screen.click(made.end_solo.tag)
    assert not made.channels.any_solo


def double_click(screen, item: int) -> None:
    screen.move(*screen.middle(item))
    # Both presses are there before the next frame, however slow the machine is.
    subprocess.run(["xdotool", "click", "--repeat", "2", "--delay", "5", "1"], check=True, timeout=10)
    screen.frames(10)


def test_a_name_is_typed_where_it_stands(screen, show):
    made = show(names=tuple(f"E{i:02d}" for i in range(8)))
    state = state_of(made)
    double_click(screen, made.rows.item(2, "name"))
    screen.key("ctrl+a")
    screen.type("Biceps")
    screen.screenshot("channel_list_rename")
    screen.key("Return")
    screen.frames(3)
    assert made.channels.label(2) == "Biceps"
    assert dpg.get_item_label(made.rows.item(2, "name")) == "Biceps"
    assert "«E02» at the device" in dpg.get_value(made.rows.item(2, "facts"))
    taken_back(screen, made, state)
    # In the field below, and left with a click elsewhere; Escape leaves the name as it was.
    screen.click(made.rows.item(4, "name"))
    screen.click(made.details.name)
    screen.key("ctrl+a")
    screen.type("Tri")
    screen.click(made.rows.item(0, "name"))
    screen.frames(3)
    assert made.channels.label(4) == "Tri"
    double_click(screen, made.rows.item(6, "name"))
    screen.type("x")
    screen.key("Escape")
    screen.frames(3)
    assert made.channels.label(6) == "E06"


def test_a_colour_is_picked_in_one_edit(screen, show, theme):
    made = show()
    state = state_of(made)
    item = made.rows.item(1, "colour")
    before = made.channels.colour(1, theme)
    screen.click(item)
    screen.frames(3)
    screen.screenshot("channel_list_colour")
    left, top = dpg.get_item_rect_min(item)
    made.channels.undo._clock = lambda: 0.0  # a drag takes no time at all
    screen.drag((left + 40, top + 80), (left + 120, top + 150))
    after = made.channels.colour(1, theme)
    assert after not in (before, (0, 0, 0, 255))
    assert made.channels.undo.next_undo == "Colour ch_1"
    screen.click_at(900, 700)
    screen.frames(3)
    if not made.popup.is_open:
        screen.click(made.popup.button)
        screen.frames(3)
    taken_back(screen, made, state)
    screen.click(made.rows.item(1, "name"))
    screen.click(made.details.plain.tag)
    assert made.channels.colour(1, theme) == before


def test_lines_are_dragged_and_moved(screen, show):
    made = show()
    state = state_of(made)
    screen.drag(screen.middle(made.rows.item(1, "handle")), screen.middle(made.rows.item(4, "handle")))
    screen.frames(2)
    assert made.channels.numbers == [0, 2, 3, 4, 1, 5, 6, 7]
    assert made.channels.undo.next_undo == "Move ch_1"
    screen.screenshot("channel_list_moved")
    taken_back(screen, made, state)
    screen.click(made.rows.item(1, "name"))
    screen.click(made.details.up.tag)
    assert made.channels.numbers == [0, 2, 3, 1, 4, 5, 6, 7]
    screen.click(made.details.down.tag)
    screen.click(made.details.down.tag)
    assert made.channels.numbers == [0, 2, 3, 4, 5, 1, 6, 7]
    made.open_tab("more")
    screen.frames(3)
    screen.click(made.given.tag)
    assert made.channels.numbers == list(range(8))


def test_bad_with_a_reason(screen, show, theme):
    made = show()
    state = state_of(made)
    screen.click(made.rows.item(2, "bad"))
    assert made.channels.bad == {2}
    taken_back(screen, made, state)
    screen.click(made.details.reason)
    screen.type("gel dried")
    screen.key("Return")
    screen.frames(3)
    assert made.channels.reason(2) == "gel dried"
    assert dpg.get_item_label(made.rows.item(2, "name")) == "ch_2 · gel dried"
    choose(screen, theme, made.details.reasons, "noisy")
    assert made.channels.reason(2) == "noisy"
    screen.screenshot("channel_list_bad")
    screen.click(made.rows.item(2, "bad"))
    assert made.channels.bad == frozenset()


def test_pages_of_256(screen, show, theme):
    made = show(256)
    assert dpg.get_item_label(made.popup.button) == "Channels 32/256"
    assert made.place.text == "1–32 of 256"
    made.popup.close()
    screen.click(made.next.tag)
    screen.click(made.next.tag)
    assert (made.channels.numbers[0], made.place.text) == (64, "65–96 of 256")
    screen.click(made.previous.tag)
    assert made.channels.page == 1
    screen.click(made.popup.button)
    made.open_tab("more")
    screen.frames(3)
    choose(screen, theme, made.per_page, "64 a page")
    assert (made.channels.per_page, made.channels.n_pages) == (64, 4)
    screen.click(made.on.tag)
    assert made.channels.numbers[0] == 64
    choose(screen, theme, made.per_page, "all at once")
    assert len(made.channels.numbers) == 256
    screen.frames(2)
    assert not dpg.is_item_shown(made._pages)


def test_the_list_of_256_is_scrolled_and_searched(screen, show):
    made = show(256)
    with pytest.raises(KeyError):
        made.rows.item(200, "tick")
    made.rows.show(200)
    screen.frames(4)
    press(screen, made.rows.item(200, "tick"))
    assert not made.channels.is_shown(200)
    screen.screenshot("channel_list_scrolled")
    screen.click(made.find)
    screen.type("25")
    screen.frames(3)
    assert made.rows.listed == [25, 125, 225, 250, 251, 252, 253, 254, 255]
    screen.screenshot("channel_list_found")
    press(screen, made.rows.item(125, "tick"))
    assert not made.channels.is_shown(125)
    dpg.set_y_scroll(made.rows.box, 0)
    made.rows.find("")
    screen.frames(3)
    made.rows.show(255)
    screen.frames(4)
    bottom = made.rows.edges[1]
    last = made.rows.item(255, "name")
    assert dpg.get_item_rect_min(last)[1] + dpg.get_item_rect_size(last)[1] <= bottom


def test_a_line_is_dragged_beyond_what_is_in_sight(screen, show):
    made = show(64)
    x, y = screen.middle(made.rows.item(1, "handle"))
    bottom = made.rows.edges[1]
    screen.drag((x, y), (x, bottom + 30))
    assert made.channels.order.index(1) > 9
    assert made.channels.undo.next_undo == "Move ch_1"


def test_presets_are_chosen_saved_and_deleted(screen, show, theme):
    made = show(8, types=("EMG",) * 6 + ("ACC",) * 2)
    state = state_of(made)
    choose(screen, theme, made.presets, "ACC")
    assert made.channels.numbers == [6, 7]
    taken_back(screen, made, state)
    assert dpg.get_item_label(made.popup.button) == "Channels 2/8"
    screen.click(made.named)
    screen.type("legs")
    screen.key("Return")
    screen.frames(3)
    assert [p.name for p in made.channels.presets() if p.saved] == ["legs"]
    screen.click(made.all.tag)
    choose(screen, theme, made.presets, "legs")
    assert made.channels.numbers == [6, 7]
    screen.screenshot("channel_list_presets")
    screen.click(made.forget.tag)
    assert [p.name for p in made.channels.presets() if p.saved] == []


def test_what_was_set_survives(screen, show):
    made = show()
    press(screen, made.rows.item(2, "tick"))
    screen.click(made.rows.item(4, "bad"))
    saved = made.channels.to_json()
    made.delete()
    screen.clear()
    again = Channels()
    again.apply(saved)
    other = show(channels=again)
    assert not dpg.get_value(other.rows.item(2, "tick"))
    assert dpg.get_item_label(other.rows.item(4, "name")) == "ch_4 · bad"


def test_without_a_grid_its_tab_says_so(screen, show, theme):
    made = show(64)
    screen.click(made.tabs["grid"].tag)
    assert dpg.is_item_shown(made.rows.box)
    assert dpg.get_value(made.tabs["grid"]._words).startswith("The device tells no electrode grid.")
    screen.click(made.tabs["more"].tag)
    choose(screen, theme, made.layout.combo, "GR10MM0808")
    assert made.channels.grid is not None
    screen.click(made.layout.turn)
    assert made.channels.placement.turns == 1
    screen.click(made.tabs["grid"].tag)
    screen.frames(3)
    assert dpg.is_item_shown(made.picker.box)
    screen.screenshot("channel_list_layout")
    press(screen, made.undo_button)
    press(screen, made.undo_button)
    assert made.channels.grid is None
    assert dpg.is_item_shown(made.rows.box)


def test_rows_and_columns_of_ones_own(screen, show, theme):
    made = show(12)
    made.open_tab("more")
    screen.frames(3)
    choose(screen, theme, made.layout.combo, "rows × columns…")
    assert (made.channels.placement.n_rows, made.channels.placement.n_columns) == (4, 3)
    field = made.layout.fields["n_rows"]
    screen.click(field)
    screen.key("ctrl+a")
    screen.type("9")
    screen.key("Return")
    screen.frames(3)
    assert made.channels.placement.n_rows == 4
    assert made.layout.note.text == "That needs more channels than the stream has."
    screen.screenshot("channel_list_own_layout")
    screen.click(field)
    screen.key("ctrl+a")
    screen.type("2")
    screen.key("Return")
    screen.frames(3)
    assert made.channels.grid.cells[3:7] == ((1, 0), (1, 1), (1, 2), (-1, -1))


def test_names_that_would_crash_are_drawn(screen, show):
    made = show(7, names=ODD)
    screen.frames(3)
    screen.screenshot("channel_list_odd_names")
    for number in range(7):
        screen.click(made.rows.item(number, "name"))
    assert made.rows.selected == 6


def test_the_stream_may_change_under_it(screen, show):
    made = show(64)
    made.rows.show(60)
    made.rows.select(60)
    screen.frames(3)
    made.channels.set_info(StreamInfo(fs=1000.0, sample_shape=(3,)))
    screen.frames(5)
    assert made.rows.listed == [0, 1, 2]
    press(screen, made.rows.item(1, "tick"))
    assert made.channels.numbers == [0, 2]
    made.channels.set_info(StreamInfo(fs=1000.0, sample_shape=(128,)))
    screen.frames(5)
    assert len(made.rows.listed) == 128
    press(screen, made.rows.item(8, "tick"))
    assert 8 not in made.channels.chosen


@pytest.mark.parametrize("mode", ["light", "high contrast"])
def test_it_is_readable_in_other_modes(screen, show, theme, mode):
    made = show(64, grid=FOUR.grid() and Placement("GR08MM1305", n_channels=64).grid())
    made.channels.mark_bad([3, 20], "flat")
    made.channels.show([5, 6], False)
    theme.set_mode(mode)
    screen.frames(4)
    screen.screenshot(f"channel_list_{mode.replace(' ', '_')}")
    made.open_tab("grid")
    screen.frames(4)
    screen.screenshot(f"channel_list_grid_{mode.replace(' ', '_')}")
    assert tuple(dpg.get_value(made.rows.item(0, "colour")))[:3] == pytest.approx(theme.channel(0)[:3])


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0, 2.5])
def test_it_stays_inside_the_screen_at_every_scale(screen, show, scale):
    made = show(256, grid=FOUR.grid(), scale=scale)
    made.channels.mark_bad(3, "flat")
    made.channels.show([5, 6, 70, 71, 200], False)
    made.channels.place(Placement("HD08MM1305", n_grids=4, n_channels=256))
    made.rows.select(3)
    for tab in ("list", "grid", "more"):
        made.open_tab(tab)
        screen.frames(6)
        screen.screenshot(f"channel_list_{tab}_{round(100 * scale)}")
        left, top = dpg.get_item_pos(made.popup.window)
        width, height = dpg.get_item_rect_size(made.popup.window)
        assert top >= 0
        assert left + width <= dpg.get_viewport_client_width()
        assert top + height <= dpg.get_viewport_client_height()
