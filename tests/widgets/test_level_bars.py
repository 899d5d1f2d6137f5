"""Level bars, peaks and the MVC."""

from __future__ import annotations

import json

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from myoscope.widgets.level_bars import LevelBars
from myoscope.widgets.level_settings import LevelSettings
from myoscope.widgets.levels import Peaks, level

pytestmark = pytest.mark.gui


@given(
    arrays.arrays(np.float32, st.tuples(st.integers(1, 60), st.integers(1, 4)), elements=st.floats(-1e4, 1e4, width=32))
)
def test_levels_are_what_numpy_says(data):
    wide = data.astype(np.float64)
    np.testing.assert_allclose(level(data, "rms"), np.sqrt((wide**2).mean(axis=0)), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(level(data, "mean"), np.abs(wide).mean(axis=0), rtol=1e-4, atol=1e-6)
    assert np.isnan(level(data[:0], "rms")).all()


def test_a_peak_is_kept_for_a_second_and_falls():
    peaks = Peaks(1)
    peaks.update(np.asarray([10], dtype=np.float32), 0.0, falling=True)
    peaks.update(np.asarray([1], dtype=np.float32), 0.9, falling=True)
    assert peaks.values[0] == 10
    peaks.update(np.asarray([1], dtype=np.float32), 1.4, falling=True)
    assert peaks.values[0] == pytest.approx(10 * np.exp(-1), rel=1e-5)
    peaks.update(np.asarray([5], dtype=np.float32), 1.5, falling=True)
    assert peaks.values[0] == 5
    peaks.update(np.asarray([np.nan], dtype=np.float32), 9.0, falling=False)
    assert peaks.values[0] == 5
    peaks.reset()
    assert np.isnan(peaks.values[0])


@pytest.fixture
def shown(show_in_box):
    """Return what shows the view in a box; samples come by `bench.feed`."""

    def make(width=640, height=360, settings=None, **kwargs):
        return show_in_box(LevelBars, width, height, settings, **kwargs)

    return make


def noise(n, amplitudes, seed=0):
    return np.random.default_rng(seed).normal(0, 1, (n, len(amplitudes))) * np.asarray(amplitudes)


def test_bars_are_the_rms_of_the_last_quarter_second(screen, shown):
    view, bench = shown(n_channels=3, names=("Deltoid", "Biceps", "Triceps"))
    data = noise(4000, [50, 100, 20]).astype(np.float32)
    bench.feed(data)
    screen.frames(40)
    np.testing.assert_allclose(view.levels, np.sqrt((data[-500:].astype(float) ** 2).mean(axis=0)), rtol=1e-4)
    tops = [high[1] for _, high, _ in view.plot._fills._shown]
    np.testing.assert_allclose(tops, view.levels, rtol=1e-6)
    assert view.plot.chart.ticks[0] == ("Deltoid", "Biceps", "Triceps")
    screen.screenshot("levels")


def test_mvc_is_measured_with_clicks(screen, shown, clock):
    view, bench = shown(n_channels=2, names=("Biceps", "Triceps"))
    bench.feed(noise(4000, [10, 10]))
    screen.frames(30)
    screen.click(view.unit_button.tag)
    assert not view.percent
    screen.click(view.mvc.popup.button)
    screen.frames(3)
    screen.screenshot("levels_mvc")
    screen.click(view.mvc.buttons["trial"].tag)
    screen.frames(20)
    assert "seconds left" in view.said.text
    screen.screenshot("levels_trial")
    bench.feed(noise(1000, [200, 100]))
    screen.frames(10)
    best = view.levels.copy()
    bench.feed(noise(2000, [20, 20]))
    screen.frames(10)
    clock.now += 5
    screen.frames(20)
    assert view.trial is None
    assert view.percent
    assert [view.mvc_of(i) for i in range(2)] == pytest.approx(best.tolist())
    shown_now = [high[1] for _, high, _ in view.plot._fills._shown]
    assert shown_now == pytest.approx((100 * view.levels / best).tolist(), rel=1e-5)
    screen.frames(40)
    screen.screenshot("levels_percent")
    screen.click(view.unit_button.tag)
    assert view.unit_text == "µV"


def test_a_trial_can_be_cancelled(screen, shown):
    view, bench = shown(n_channels=2)
    bench.feed(noise(4000, [10, 10]))
    screen.frames(20)
    view.start_trial()
    screen.frames(30)
    screen.click(view.cancel_button.tag)
    screen.frames(30)
    assert view.trial is None
    assert not view.set.mvc
    assert view.said.text == ""


def test_peaks_are_taken_as_mvc_and_forgotten(screen, shown):
    view, bench = shown(n_channels=2, settings={"peaks": "hold"})
    bench.feed(noise(4000, [80, 40]))
    screen.frames(20)
    peaks = view.peaks.values.copy()
    bench.feed(noise(4000, [10, 10]))
    screen.frames(30)
    np.testing.assert_array_equal(view.peaks.values, peaks)
    screen.click(view.mvc.popup.button)
    screen.frames(3)
    screen.click(view.mvc.buttons["peaks"].tag)
    screen.frames(30)
    assert [view.mvc_of(i) for i in range(2)] == pytest.approx(peaks.tolist())
    screen.click(view.reset_button.tag)
    screen.frames(20)
    assert (view.peaks.values < peaks / 2).all()
    view.forget_mvc()
    assert not view.set.mvc
    assert not view.percent


def test_mvc_survives_in_settings_by_name_and_unit(screen, theme, bench, clock, shown):
    saved = {"percent": True, "mvc": {"ch_1": {"level": 50.0, "unit": "µV", "measure": "rms"}}}
    view, made = shown(n_channels=2, settings=saved)
    made.feed(noise(4000, [25, 25]))
    screen.frames(30)
    assert view.mvc_of(1) == 50
    assert np.isnan(view.mvc_of(0))
    assert "1 channel without MVC" in view.said.text
    again = LevelSettings().read(json.loads(json.dumps(view.settings())))
    assert again == view.set
    view.choose("measure", "mean")
    assert np.isnan(view.mvc_of(1))


def test_nonsense_in_settings_is_left():
    before = LevelSettings()
    nonsense = {"measure": "x", "seconds": 9, "peaks": None, "percent": 1, "mvc": {"a": 4, "b": {"level": -1}}}
    assert before.read(nonsense) == before
    assert before.read({"mvc": [1]}) == before
    hostile = {"mvc": {"a": {"level": float("inf"), "unit": "µV", "measure": "rms"}}}
    assert before.read(hostile) == before


def test_bad_channels_are_hatched_and_said_so(screen, shown):
    view, bench = shown(n_channels=4, names=("Deltoid", "Biceps", "Triceps", "Trapezius"))
    bench.feed(noise(4000, [50, 5000, 30, 70]))
    view.draw()
    view.look.channels.mark_bad([1], "loose electrode")
    screen.frames(40)
    assert view.plot.chart.ticks[0][1] == "× Biceps"
    assert view.plot.range.target[1] < 200
    left, top = dpg.get_item_rect_min(view.plot.chart.plot)
    width, height = dpg.get_item_rect_size(view.plot.chart.plot)
    screen.move(left + width * 0.42, top + height / 2)
    screen.frames(4)
    assert view.plot.chart.reading[0] == "Biceps"
    assert view.plot.chart.reading[-1] == "bad: loose electrode"
    screen.screenshot("levels_bad")


def test_held_bars_stand_still(screen, shown):
    view, bench = shown(n_channels=2)
    bench.feed(noise(4000, [50, 50]))
    screen.frames(20)
    view.look.axis.hold()
    screen.frames(5)
    held = view.levels.copy()
    bench.feed(noise(4000, [500, 500]))
    screen.frames(20)
    np.testing.assert_array_equal(view.levels, held)
    screen.click(view.mvc.popup.button)
    screen.frames(3)
    screen.click(view.mvc.buttons["trial"].tag)
    assert view.trial is None


def test_values(screen, shown):
    view, bench = shown(n_channels=2)
    bench.feed(noise(4000, [50, 50]))
    screen.frames(10)
    table = view.values()
    assert table.header == ("Channel", "RMS (µV)", "Peak (µV)", "MVC (µV)", "% MVC")
    assert [row[0] for row in table.rows] == ["ch_0", "ch_1"]
    assert table.rows[0][1] == pytest.approx(float(view.levels[0]))


@pytest.mark.parametrize(("mode", "scale"), [("light", 1.0), ("dark", 0.75), ("dark", 2.0)])
def test_64_channels(screen, shown, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    view, bench = shown(round(620 * scale), round(340 * scale), n_channels=64)
    view.draw()
    view.look.channels.set_per_page(0)
    bench.feed(noise(4000, 20 + 10 * np.arange(64) % 90))
    screen.frames(60)
    assert len(view.plot.bars) == 64
    screen.screenshot(f"levels_64_{mode}_{round(scale * 100)}")
    names = [name for name in view.plot.chart.ticks[0] if name]
    assert len(names) >= 6
    assert not any("…" in name for name in names)


def test_a_small_box_with_long_names(screen, shown):
    names = ("Musculus deltoideus pars clavicularis 01", "Musculus biceps brachii caput longum 02", "Triceps 03")
    view, bench = shown(300, 200, n_channels=3, names=names)
    bench.feed(noise(4000, [30, 50, 70]))
    screen.frames(60)
    assert "…" in view.plot.chart.ticks[0][0]
    assert view.plot.chart.ticks[0][0].endswith("01")
    assert view.plot.chart.inner[1] > 40
    screen.screenshot("levels_small")
