"""What views are made of: figures on axes, ranges that ease, settings that are read, lists to choose from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets.channel_choice import ChannelChoice
from myoscope.widgets.chart import Chart
from myoscope.widgets.checked_record import read_record
from myoscope.widgets.clipped_names import clipped
from myoscope.widgets.eased_range import EasedRange
from myoscope.widgets.look import Look
from myoscope.widgets.raw_texture import RawTexture
from myoscope.widgets.ticks import decades, even, written

NUMBERS = st.floats(-1e9, 1e9)


@given(NUMBERS, st.floats(1e-3, 1e9), st.floats(1, 30))
def test_even_figures_are_round_inside_and_not_too_many(low, wide, most):
    high = low + wide
    if not high > low or wide < abs(low) * 1e-6:
        return
    ticks = even(low, high, most)
    assert len(ticks) <= most + 1.001
    assert all(low - 1e-5 * wide <= at <= high + 1e-5 * wide for _, at in ticks)
    assert len({text for text, _ in ticks}) == len(ticks) or wide >= 1e5
    steps = np.diff([at for _, at in ticks])
    assert len(steps) < 2 or np.allclose(steps, steps[0])


def test_figures_as_they_are_written():
    assert even(-5, 0, 6) == [("−5", -5), ("−4", -4), ("−3", -3), ("−2", -2), ("−1", -1), ("0", 0)]
    assert [text for text, _ in even(0, 0.3, 4)] == ["0.0", "0.1", "0.2", "0.3"]
    assert [text for text, _ in decades(2, 1000, 20)] == ["2", "5", "10", "20", "50", "100", "200", "500", "1000"]
    assert [text for text, _ in decades(2, 1000, 4)] == ["10", "100", "1000"]
    assert written(2.5e7, 1e7) == "2e7"
    assert even(3, 3, 5) == []


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20))
def test_a_range_always_holds_what_it_was_told(told):
    span = EasedRange()
    for one, other in told:
        low, high = min(one, other), max(one, other)
        span.aim(low, high)
        reach = 1e-6 * max(abs(low), abs(high), 1e-9)
        assert span.target[0] <= low + reach
        assert span.target[1] >= high - reach
        assert span.target[1] > span.target[0]
        for _ in range(60):
            span.ease(0.05)
        assert span.settled


def test_a_range_keeps_still_until_it_must_move():
    span = EasedRange()
    span.aim(-95, 95)
    first = span.target
    span.aim(-80, 90)
    assert span.target == first
    span.aim(-20, 20)
    assert span.target[1] < first[1] / 2
    assert span.high == first[1]
    span.ease(0.1)
    assert span.target[1] < span.high < first[1]


def test_a_locked_range_does_not_move():
    span = EasedRange()
    span.lock(0, 5)
    span.aim(-100, 100)
    span.forget()
    assert span.target == (0, 5)
    assert not span.auto
    span.lock(math.nan, 3)
    assert span.target == (0, 5)


@dataclass(frozen=True)
class Record:
    on: bool = True
    hz: float = 5.0
    text: str = "a"
    n: int = 3
    names: tuple[str, ...] = ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["on", "hz", "text", "n", "names", "else"]), ANYTHING))
def test_settings_are_taken_only_when_they_are_of_the_kind(saved):
    read = read_record(Record(), saved, {"text": ("a", "b")})
    assert type(read.on) is bool
    assert type(read.hz) is float
    assert math.isfinite(read.hz)
    assert read.text in ("a", "b")
    assert type(read.n) is int
    assert all(isinstance(name, str) for name in read.names)


def test_settings_that_are_understood_are_taken():
    saved = {"on": False, "hz": 2, "text": "b", "n": 4, "names": ["x", 3]}
    assert read_record(Record(), saved) == Record(False, 2.0, "b", 4, ("x",))


@pytest.mark.gui
def test_names_are_cut_in_the_middle(screen, theme):
    screen.frames(2)
    assert clipped("Biceps", 200, theme) == "Biceps"
    cut = clipped("Musculus biceps brachii caput longum 02", 120, theme)
    assert cut.startswith("Musc")
    assert cut.endswith("02")
    assert theme.fonts.width(cut, "small") <= 120
    assert clipped("Biceps", 1, theme) == ""


@pytest.mark.gui
def test_a_long_list_of_channels_is_searched(screen, theme, bench):
    made = bench(n_channels=64)
    look = Look(made.stream)
    look.update()
    chosen: list[object] = [0]
    choice = ChannelChoice(look, "Which", lambda: chosen[-1], chosen.append, (("mean", "Mean of all"),))
    choice.build(screen.window, theme)
    choice.draw()
    screen.frames(3)
    assert dpg.get_item_label(choice.popup.button) == "ch_0"
    screen.click(choice.popup.button)
    screen.frames(3)
    assert dpg.get_item_label(choice.rows[0]) == "● ch_0"
    x = screen.middle(choice.rows["mean"])[0]
    # The box to search in is the first thing in the window.
    screen.click_at(x, dpg.get_item_pos(choice.popup.window)[1] + 24)
    screen.type("_42")
    shown = [row for row, tag in choice.rows.items() if dpg.is_item_shown(tag)]
    assert shown == [42]
    screen.screenshot("channel_choice_search")
    screen.click(choice.rows[42])
    assert chosen[-1] == 42
    assert not choice.popup.is_open


@pytest.mark.gui
def test_a_reading_stays_inside_and_goes_away(screen, theme):
    chart = Chart(theme)
    with dpg.child_window(parent=screen.window, width=400, height=300) as box:
        chart.build(box)
    screen.frames(3)
    chart.set_limits((0, 10), (0, 1))
    chart.set_ticks(even(0, 10, 5), even(0, 1, 5), "µV")
    chart.read((9.9, 0.99), ["one", "two ## three"])
    screen.frames(3)
    assert chart.reading == ("one", "two # # three")
    screen.screenshot("chart_reading")
    chart.read(None)
    assert chart.reading == ()
    assert "10" not in chart.ticks[0] or chart.ticks[0][-1] == "10"
    # The last figure may be left out, but never cut: it ends inside the plot.
    width, _ = chart.inner
    assert all(at / 10 * width + theme.fonts.width(text, "small") / 2 <= width + 4 for text, at in even(0, 10, 5)[:-1])


@pytest.mark.gui
def test_a_texture_is_made_shown_and_dropped(screen, theme):
    chart = Chart(theme)
    with dpg.child_window(parent=screen.window, width=400, height=300) as box:
        chart.build(box)
    texture = RawTexture(chart.y_axis, 8, 4)
    texture.pixels[:] = 1
    place = (0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0)
    texture.show([place, place])
    screen.frames(3)
    assert texture.exists
    n_images = len(dpg.get_item_children(chart.y_axis, 1))
    assert n_images == 2
    texture.show([place])
    screen.frames(2)
    texture.drop()
    texture.drop()
    screen.frames(2)
    assert not texture.exists
    assert dpg.get_item_children(chart.y_axis, 1) == []
    texture.show([place])
    screen.frames(2)
    assert texture.exists
    texture.drop()
    with pytest.raises(ValueError, match="1 to 4096"):
        RawTexture(chart.y_axis, 0, 5000)
