from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets.figures import (
    age,
    bar_below,
    clock,
    clock_tenths,
    grouped,
    hz,
    si,
    span,
    step_from,
    step_up,
)

amounts = st.floats(1e-12, 1e12)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (200.0, "µV", "200 µV"),
        (200.0, "uV", "200 µV"),
        (2000.0, "µV", "2 mV"),
        (0.0002, "V", "200 µV"),
        (1.5, "V", "1.5 V"),
        (999.9, "µV", "1 mV"),
        (0.05, "µV", "50 nV"),
        (0.0, "µV", "0 µV"),
        (20.0, "% MVC", "20 % MVC"),
        (20.0, "", "20"),
        (0.5, "mm", "500 µm"),
        (0.25, "a.u.", "0.25 a.u."),
        (math.nan, "µV", "– µV"),
        (-3.0, "mV", "-3 mV"),
    ],
)
def test_si(value, unit, text):
    assert si(value, unit) == text


@given(amounts)
def test_steps_enclose_the_value(value):
    above = step_up(value)
    assert value * (1 - 1e-6) <= above <= value * 1.35
    assert step_from(above, +1) > above
    assert step_from(above, -1) < above
    assert math.isclose(step_from(step_from(above, +1), -1), above, rel_tol=1e-6)


@given(amounts)
def test_a_scale_bar_fits_and_is_not_short(value):
    bar = bar_below(value)
    assert bar <= value * (1 + 1e-6)
    assert bar > value / 2.6
    assert f"{bar:.3e}"[0] in "125"


@given(st.floats(0, 99.9))
def test_an_age_is_always_as_wide(seconds):
    assert len(age(seconds)) == 7


def test_times_and_counts():
    assert clock(42) == "00:42"
    assert clock(3723) == "1:02:03"
    assert clock(math.nan) == "--:--"
    assert clock_tenths(59.99) == "00:59.9"
    assert clock_tenths(60.0) == "01:00.0"
    assert grouped(84212) == "84,212"
    assert [hz(2000.0), hz(148.15), hz(0.0), hz(math.nan)] == ["2000 Hz", "148.15 Hz", "irregular", "– Hz"]
    assert [span(s) for s in (0.042, 0.0012, 1.4, 42, 200, 61 * 3600, math.nan)] == [
        "42 ms", "1.2 ms", "1.4 s", "42 s", "3 min", "61 h", "–",
    ]  # fmt: skip
    assert age(math.nan).strip() == "–"
