"""One channel against another."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets.quantities import correlation
from myoscope.widgets.xy_view import MOST_POINTS, XYView

pytestmark = pytest.mark.gui


@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)), min_size=3, max_size=50))
def test_r_is_what_numpy_says(pairs):
    x, y = np.asarray(pairs, dtype=np.float32).T
    if x.std() == 0 or y.std() == 0:
        assert np.isnan(correlation(x, y))
    else:
        assert correlation(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-6)


@pytest.fixture
def shown(show_in_box):
    """Return what shows the view in a box; samples come by `bench.feed`."""

    def make(width=520, height=420, settings=None, **kwargs):
        return show_in_box(XYView, width, height, settings, **kwargs)

    return make


def figure(n, fs=2000.0, start=0):
    """Return Lissajous' figure and a third channel of noise, shape (n, 3)."""
    t = (start + np.arange(n)) / fs
    noise = np.random.default_rng(start).normal(0, 30, n)
    return np.column_stack((100 * np.sin(6 * t), 60 * np.sin(9 * t + 1), noise)).astype(np.float32)


def test_the_last_second_is_drawn_in_three_ages(screen, shown):
    view, bench = shown(n_channels=3)
    data = figure(6000)
    bench.feed(data)
    screen.frames(40)
    parts = [series.values() for series in view.series]
    x = np.concatenate([part[0][1 if i else 0 :] for i, part in enumerate(parts)])
    y = np.concatenate([part[1][1 if i else 0 :] for i, part in enumerate(parts)])
    np.testing.assert_allclose(x, data[-2000:, 0], rtol=1e-6)
    np.testing.assert_allclose(y, data[-2000:, 1], rtol=1e-6)
    assert view.r == pytest.approx(np.corrcoef(data[-2000:, 0], data[-2000:, 1])[0, 1], abs=1e-4)
    screen.screenshot("xy")


def test_clicks_choose_channels(screen, shown):
    view, bench = shown(n_channels=3, names=("Biceps", "Triceps", "Noise"))
    data = figure(6000)
    bench.feed(data)
    screen.frames(20)
    screen.click(view.choices["y"].popup.button)
    screen.frames(3)
    screen.click(view.choices["y"].rows[2])
    screen.frames(40)
    np.testing.assert_allclose(view.series[-1].values()[1][1:], data[-667:, 2], rtol=1e-6)
    assert view.set.y == "Noise"
    assert view.values().header == ("Biceps (µV)", "Noise (µV)")
    screen.screenshot("xy_noise")


def test_points_and_equal_axes(screen, shown):
    view, bench = shown(n_channels=3, width=700)
    bench.feed(figure(6000))
    screen.frames(20)
    screen.click(view.options.popup.button)
    screen.frames(3)
    screen.screenshot("xy_options")
    left, top = dpg.get_item_rect_min(view.options.items["equal"])
    screen.click_at(left + 12, top + 12)
    screen.click_at(1200, 780)
    view.choose("style", "points")
    screen.frames(40)
    assert view.set.equal
    width, height = view.chart.inner
    x, y = view.chart.x, view.chart.y
    assert (x[1] - x[0]) / width == pytest.approx((y[1] - y[0]) / height, rel=0.02)
    assert view.series[0].segments
    screen.screenshot("xy_points")


def test_a_short_artefact_does_not_widen_the_axes_and_they_can_be_locked(screen, shown):
    view, bench = shown(n_channels=3)
    data = figure(6000)
    data[-100] = 1e6
    bench.feed(data)
    screen.frames(40)
    assert view.x_range.target[1] < 300
    screen.click(view.lock_button.tag)
    screen.frames(20)
    locked = view.chart.x
    bench.feed(10 * figure(4000))
    screen.frames(60)
    assert view.chart.x == locked
    assert view.settings()["x_high"] == view.x_range.target[1]
    screen.click(view.lock_button.tag)
    screen.frames(60)
    assert view.chart.x[1] > 2 * locked[1]


def test_predictions_with_two_outputs(screen, shown):
    view, bench = shown(n_channels=2, fs=50.0, unit="", names=("flexion", "extension"), settings={"seconds": 5.0})
    t = np.arange(300) / 50
    bench.feed(np.column_stack((np.sin(t), -np.sin(t))))
    screen.frames(40)
    assert view.r == pytest.approx(-1)
    assert view.said.text == "r = −1.00"
    screen.screenshot("xy_predictions")


def test_one_channel_says_what_is_missing(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(figure(4000)[:, :1])
    screen.frames(20)
    assert view.headline.text == "One channel only"


def test_long_windows_are_thinned(screen, shown):
    view, bench = shown(n_channels=3, settings={"seconds": 0.0})
    bench.feed(figure(20_000))
    screen.frames(20)
    drawn = sum(series.n_points for series in view.series)
    assert MOST_POINTS / 3 < drawn <= MOST_POINTS + 6


def test_held_it_stands_still_and_scrolls_back(screen, shown):
    view, bench = shown(n_channels=3)
    data = figure(18_000)
    bench.feed(data)
    screen.frames(10)
    view.look.axis.hold(view.look.axis.edge - 1)
    screen.frames(20)
    np.testing.assert_allclose(view.series[-1].values()[0][-1], data[-2001, 0], rtol=1e-5)
    bench.feed(figure(2000, start=18_000))
    screen.frames(20)
    np.testing.assert_allclose(view.series[-1].values()[0][-1], data[-2001, 0], rtol=1e-5)


def test_settings_come_back_and_nonsense_is_left(screen, theme, bench, clock):
    saved = {"x": "ch_2", "style": "points", "locked": True, "x_low": -1, "x_high": 1, "y_low": 0, "y_high": 5}
    view = XYView(bench().stream, theme, saved, clock)
    assert view.set.locked
    assert XYView(bench().stream, theme, view.settings(), clock).settings() == view.settings()
    before = view.settings()
    view.apply({"style": "bars", "seconds": 77, "equal": "no", "x": 5})
    assert view.settings() == before
    view.apply({"x_low": 7.0})
    assert not view.set.locked


@pytest.mark.parametrize(("mode", "scale"), [("light", 1.0), ("dark", 0.75), ("dark", 2.0)])
def test_it_looks_well(screen, shown, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    view, bench = shown(round(520 * scale), round(370 * scale), n_channels=3)
    bench.feed(figure(6000))
    screen.frames(40)
    screen.screenshot(f"xy_{mode}_{round(scale * 100)}")
    assert len(view.chart.ticks[0]) >= 3


def test_a_small_box(screen, shown):
    names = ("Musculus biceps brachii caput longum", "Musculus triceps brachii", "c")
    view, bench = shown(300, 200, n_channels=3, names=names)
    bench.feed(figure(6000))
    screen.frames(40)
    screen.screenshot("xy_small")
    assert view.chart.inner[1] > 15


def test_the_unit_is_written_at_a_figure_that_is_seen(screen, shown):
    view, bench = shown(n_channels=3)
    start = 0
    # The axes ease to each size: figures are written on the way, too.
    for size in (1.0, 7.3, 0.4):
        for _ in range(8):
            bench.feed(size * figure(500, start=start))
            start += 500
            screen.frames(4)
            low, high = view.chart.x
            (where,) = [at for text, at in view.chart.x_ticks if text.endswith(" µV")]
            assert low <= where <= high
