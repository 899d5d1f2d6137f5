from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myoscope.widgets.door import MAX_TEXT, Series, checked, clean, label, set_text

GOOD = np.linspace(0, 1, 8, dtype=np.float32)
# Everything that was seen to end the process, or to draw nothing without a word.
CRASHERS = {
    "None": None,
    "a string": "12345678",
    "an empty list": [],
    "a list": [0.0] * 8,
    "a nested list": [[0.0] * 8],
    "a number": 1.0,
    "an empty array": np.empty(0, dtype=np.float32),
    "two axes": np.zeros((2, 4), dtype=np.float32),
    "no axis": np.float32(1).reshape(()),
    "int16": np.zeros(8, dtype=np.int16),
    "uint16": np.zeros(8, dtype=np.uint16),
    "int64": np.zeros(8, dtype=np.int64),
    "float16": np.zeros(8, dtype=np.float16),
    "bool": np.zeros(8, dtype=bool),
    "big-endian": np.zeros(8, dtype=">f4"),
    "complex": np.zeros(8, dtype=complex),
    "objects": np.array([None] * 8),
    "strings": np.array(["a"] * 8),
    "a stride": np.zeros(16, dtype=np.float32)[::2],
    "reversed": GOOD[::-1],
    "too short": np.zeros(7, dtype=np.float32),
    "too long": np.zeros(9, dtype=np.float32),
}


@pytest.fixture
def axis(screen):
    tag = dpg.generate_uuid()
    with dpg.plot(parent=screen.window, width=400, height=300):
        dpg.add_plot_axis(dpg.mvXAxis)
        dpg.add_plot_axis(dpg.mvYAxis, tag=tag)
    return tag


@pytest.mark.gui
@pytest.mark.parametrize("what", CRASHERS)
def test_a_series_refuses_what_would_crash(screen, axis, what):
    series = Series(axis, GOOD, GOOD, segments=True)
    with pytest.raises(ValueError, match=r"\."):
        series.set_y(CRASHERS[what])
    with pytest.raises(ValueError, match=r"\."):
        series.set(GOOD, CRASHERS[what])
    with pytest.raises(ValueError, match=r"\."):
        series.set(CRASHERS[what], GOOD)
    with pytest.raises(ValueError, match=r"\."):
        Series(axis, GOOD, CRASHERS[what])
    screen.frames(2)
    np.testing.assert_array_equal(series.values()[1], GOOD)


@pytest.mark.gui
def test_strokes_need_pairs(screen, axis):
    odd = np.zeros(7, dtype=np.float32)
    with pytest.raises(ValueError, match="two points"):
        Series(axis, odd, odd, segments=True)
    screen.frames(1)


@pytest.mark.gui
def test_a_series_holds_what_it_was_given(screen, axis):
    series = Series(axis, GOOD, GOOD)
    longer = np.arange(20.0)
    series.set(longer, longer**2)
    screen.frames(2)
    x, y = series.values()
    np.testing.assert_array_equal(x, longer)
    np.testing.assert_array_equal(y, longer**2)
    series.delete()
    series.delete()
    screen.frames(1)
    assert not dpg.does_item_exist(series.tag)


@pytest.mark.gui
def test_values_that_are_not_numbers_are_drawn_as_nothing(screen, axis):
    y = np.array([np.nan, np.inf, -np.inf, 1, 2, np.nan, 1e30, -1e30], dtype=np.float32)
    series = Series(axis, GOOD, y)
    screen.frames(3)
    np.testing.assert_array_equal(series.values()[1], y)


@given(
    dtype=st.sampled_from(["f4", "f8", "f2", "i1", "i2", "u2", "i4", "i8", "?", ">f4", ">f8", "c8"]),
    shape=st.lists(st.integers(0, 5), max_size=3),
    step=st.sampled_from([1, 2, -1]),
)
def test_only_good_arrays_pass(dtype, shape, step):
    values = np.zeros(shape, dtype=dtype)
    if values.ndim:
        values = values[::step]
    good = (
        values.dtype in (np.dtype("f4"), np.dtype("f8"))
        and values.ndim == 1
        and values.size > 0
        and values.flags.c_contiguous
    )
    if good:
        assert checked(values, "y") is values
    else:
        with pytest.raises(ValueError, match="y "):
            checked(values, "y")


any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@given(any_text)
def test_clean_text_can_be_encoded_and_has_no_control_characters(text):
    cleaned = clean(text)
    cleaned.encode()
    assert "\0" not in cleaned
    assert all(letter == "\n" or (ord(letter) >= 0x20 and not 0x7F <= ord(letter) < 0xA0) for letter in cleaned)
    assert clean(cleaned) == cleaned


def test_clean_keeps_what_is_fine_and_marks_what_is_not():
    assert clean("10 µV ≤ 3 kΩ ±2 × → Привет 筋電図") == "10 µV ≤ 3 kΩ ±2 × → Привет 筋電図"
    assert clean("caf\udce9.edf") == "caf\N{REPLACEMENT CHARACTER}.edf"
    assert clean("a\0b\x1bc\td") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c d"
    assert len(clean("x" * 10_000)) == MAX_TEXT
    assert label("name##hidden\nsecond") == "name# #hidden second"


@pytest.mark.gui
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(any_text)
def test_any_text_can_be_drawn(screen, text):
    tag = dpg.generate_uuid()
    dpg.add_text("", tag=tag, parent=screen.window)
    set_text(tag, text)
    button = dpg.add_button(label=label(text), parent=screen.window)
    screen.frames(1)
    assert dpg.get_value(tag) == clean(text)
    dpg.delete_item(tag)
    dpg.delete_item(button)
