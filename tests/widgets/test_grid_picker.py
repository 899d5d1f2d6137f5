from __future__ import annotations

import subprocess
from contextlib import contextmanager

import dearpygui.dearpygui as dpg
import pytest

from myoscope.sources.grids import NOWHERE, Placement, otb_grid, regular_grid
from myoscope.sources.info import Grid, StreamInfo
from myoscope.widgets.channels import Channels
from myoscope.widgets.grid_picker import GridPicker

pytestmark = pytest.mark.gui


@pytest.fixture
def show(screen, theme):
    """Return what draws a picker on a grid."""
    made = []

    def make(grid, scale=1.0, width=700, height=560):
        theme.set_scale(scale)
        channels = Channels()
        channels.set_info(StreamInfo(fs=2000.0, sample_shape=(len(grid.cells),), grid=grid))
        picker = GridPicker(theme, channels)
        picker.build(screen.window, width, height)
        screen.each_frame(picker.draw)
        screen.frames(3)
        made.append(picker)
        return picker

    yield make
    for picker in made:
        picker.delete()


def on_screen(picker, place):
    left, top = dpg.get_item_rect_min(picker.drawing)
    return left + place[0], top + place[1]


def electrode(picker, number):
    return on_screen(picker, picker.places[number])


@contextmanager
def holding(screen, key):
    subprocess.run(["xdotool", "keydown", key], check=True, timeout=10)
    screen.frames(2)
    yield
    subprocess.run(["xdotool", "keyup", key], check=True, timeout=10)
    screen.frames(2)


def around(picker, first, last):
    """Return corners of a rectangle around two electrodes and what is between."""
    (x, y), (u, v) = electrode(picker, first), electrode(picker, last)
    return (x - 12, y - 12), (u + 12, v + 12)


def test_a_press_shows_or_hides_one(screen, show):
    picker = show(regular_grid(4, 5))
    screen.click_at(*electrode(picker, 7))
    assert picker._channels.numbers == [i for i in range(20) if i != 7]
    screen.screenshot("grid_picker")
    screen.click_at(*electrode(picker, 7))
    assert picker._channels.numbers == list(range(20))
    picker._channels.undo.undo()
    assert 7 not in picker._channels.numbers
    picker._channels.undo.redo()
    assert 7 in picker._channels.numbers


def test_a_rectangle_shows_just_what_is_in_it(screen, show):
    picker = show(regular_grid(4, 5))
    screen.drag(*around(picker, 6, 13))
    assert picker._channels.numbers == [6, 7, 8, 11, 12, 13]
    with holding(screen, "shift"):
        screen.drag(*around(picker, 15, 16))
    assert picker._channels.numbers == [6, 7, 8, 11, 12, 13, 15, 16]
    with holding(screen, "alt"):
        screen.drag(*around(picker, 12, 18))
    assert picker._channels.numbers == [6, 7, 8, 11, 15, 16]
    # From the lower right to the upper left; undone in one step each.
    screen.drag(*reversed(around(picker, 0, 1)))
    assert picker._channels.numbers == [0, 1]
    picker._channels.undo.undo()
    picker._channels.undo.undo()
    assert picker._channels.numbers == [6, 7, 8, 11, 12, 13, 15, 16]


def test_an_empty_rectangle_changes_nothing(screen, show):
    picker = show(regular_grid(4, 5))
    (x, y), _ = around(picker, 0, 0)
    screen.drag((x - 12, y - 12), (x - 2, y + 60))
    assert len(picker._channels.numbers) == 20


def test_the_band_is_seen_while_it_is_drawn(screen, show):
    picker = show(regular_grid(4, 5))
    start, stop = around(picker, 0, 12)
    screen.move(*start)
    subprocess.run(["xdotool", "mousedown", "1"], check=True, timeout=10)
    screen.frames(2)
    screen.move(*stop)
    assert dpg.get_item_configuration(picker._band)["show"]
    screen.screenshot("grid_picker_band")
    subprocess.run(["xdotool", "mouseup", "1"], check=True, timeout=10)
    screen.frames(3)
    assert not dpg.get_item_configuration(picker._band)["show"]


def test_numbers_of_rows_and_columns_choose_lines(screen, show):
    picker = show(regular_grid(4, 5))
    column = next(line for line in picker.headings if line.channels == (1, 6, 11, 16))
    row = next(line for line in picker.headings if line.channels == (10, 11, 12, 13, 14))
    assert (column.text, row.text) == ("2", "3")
    screen.click_at(*on_screen(picker, column.centre))
    assert picker._channels.numbers == [1, 6, 11, 16]
    with holding(screen, "shift"):
        screen.click_at(*on_screen(picker, row.centre))
    assert picker._channels.numbers == [1, 6, 10, 11, 12, 13, 14, 16]


def test_channels_on_no_electrode_stay_as_they_are(screen, show):
    picker = show(Grid((*regular_grid(2, 2).cells, NOWHERE, NOWHERE)))
    picker._channels.show(5, False)
    screen.drag(*around(picker, 0, 1))
    assert picker._channels.numbers == [0, 1, 4]


def test_the_pointer_is_told_name_and_number(screen, show):
    picker = show(otb_grid("GR08MM1305"))
    screen.move(1200, 780)
    assert picker.words.text.startswith("64 of 64 electrodes shown · 8 mm apart")
    picker._channels.rename(11, "Biceps")
    screen.move(*electrode(picker, 11))
    screen.frames(2)
    assert picker.words.text.startswith("Biceps · channel 12 of 64")
    assert picker.words.text.endswith("row 1, column 5")


def test_bad_ones_are_crossed_out(screen, show):
    picker = show(otb_grid("GR08MM1305"))
    picker._channels.mark_bad([5, 30], "flat")
    screen.frames(2)
    screen.screenshot("grid_picker_bad")
    crossed = [n for n, items in picker._items.items() if dpg.get_item_configuration(items[2])["show"]]
    assert crossed == [5, 30]


def test_four_grids_and_free_layouts(screen, show):
    four = Placement("GR08MM1305", n_grids=4, n_channels=256).grid()
    picker = show(four, width=1000)
    screen.screenshot("grid_picker_four")
    second = next(line for line in picker.headings if line.text == "Grid 2")
    screen.click_at(*on_screen(picker, second.centre))
    assert picker._channels.chosen == list(range(64, 128))
    screen.clear()
    picker = show(Grid(((0, 0), (0, 2), (1, 1), (900000, 0), (-1, -1))))
    screen.screenshot("grid_picker_free")
    screen.click_at(*electrode(picker, 3))
    assert picker._channels.numbers == [0, 1, 2, 4]


def test_the_grid_may_change_under_it(screen, show):
    picker = show(regular_grid(4, 5))
    picker._channels.place(Placement("", 2, 10, n_channels=20))
    screen.frames(3)
    assert len({y for _, y in picker.places.values()}) == 2
    screen.click_at(*electrode(picker, 19))
    assert 19 not in picker._channels.numbers
    picker._channels.set_info(StreamInfo(fs=1.0, sample_shape=(3,)))
    screen.frames(3)
    assert picker.places == {}
    picker._channels.set_info(StreamInfo(fs=1.0, sample_shape=(256,), grid=regular_grid(16, 16)))
    screen.frames(3)
    assert len(picker.places) == 256
    screen.screenshot("grid_picker_256")


@pytest.mark.parametrize("scale", [0.75, 2.0])
def test_it_is_scrolled_where_it_does_not_fit(screen, show, scale):
    picker = show(regular_grid(16, 16), scale=scale, width=400, height=300)
    screen.screenshot(f"grid_picker_small_{round(100 * scale)}")
    width, height = dpg.get_item_rect_size(picker.box)
    assert width <= 400
    assert height <= 300
    screen.click_at(*electrode(picker, 0))
    assert 0 not in picker._channels.chosen
