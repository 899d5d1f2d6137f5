"""The spectrum on screen."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
import scipy.signal

from myoscope.widgets.spectrum_view import SpectrumView

pytestmark = pytest.mark.gui


def tones(n: int, fs: float, hz: list[float], seed: int = 0) -> np.ndarray:
    """Return noise with a tone of its own in every channel, shape (n, len(hz))."""
    t = np.arange(n)[:, None] / fs
    noise = np.random.default_rng(seed).normal(0, 10, (n, len(hz)))
    return (noise + 40 * np.sin(2 * np.pi * t * np.asarray(hz))).astype(np.float32)


@pytest.fixture
def shown(show_in_box):
    """Return what shows the view in a box; samples come by `bench.feed`."""

    def make(width=640, height=400, settings=None, **kwargs):
        return show_in_box(SpectrumView, width, height, settings, **kwargs)

    return make


def test_what_is_shown_is_what_scipy_says(screen, shown):
    view, bench = shown(n_channels=2)
    data = tones(10_240, 2000, [80, 250])
    bench.feed(data)
    screen.frames(30)
    # Segments of 1,024 begin at every 512th row: the first one inside the newest 10,000 rows at 512.
    first = 512
    assert view.running.n_averaged == (10_240 - first - 1024) // 512 + 1
    _, expected = scipy.signal.welch(data[first:].astype(np.float64), 2000, nperseg=1024, axis=0)
    np.testing.assert_allclose(view.density, expected.T, rtol=1e-3)
    x, y = view.plot.lines[1].values()
    np.testing.assert_allclose(y, 10 * np.log10(expected[1:, 1]), atol=0.01)
    assert abs(x[y.argmax()] - 250) < 2


def test_a_click_shows_the_mean_another_one_channel(screen, shown):
    view, bench = shown(n_channels=4, names=("Deltoid", "Biceps", "Triceps", "Trapezius"))
    bench.feed(tones(8192, 2000, [60.5, 80, 120, 200]))
    screen.frames(20)
    assert len(view.plot.lines) == 4
    screen.screenshot("spectrum_shown")
    screen.click(view.choice.popup.button)
    screen.frames(3)
    screen.screenshot("spectrum_choice")
    screen.click(view.choice.rows["mean"])
    screen.frames(20)
    assert len(view.plot.lines) == 1
    assert "mean of 4 channels" in view.said.text
    screen.screenshot("spectrum_mean")
    screen.click(view.choice.popup.button)
    screen.frames(3)
    screen.click(view.choice.rows[2])
    screen.frames(30)
    assert view.set.what == "one"
    assert view.set.channel == "Triceps"
    assert "median" in view.said.text
    table = view.values()
    assert table.header == ("Frequency (Hz)", "Triceps (µV²/Hz)")
    powers = np.asarray(table.rows)
    assert abs(powers[powers[:, 1].argmax(), 0] - 120) < 2


def test_bad_channels_are_left_out_of_the_mean(screen, shown, monkeypatch):
    view, bench = shown(n_channels=3, settings={"what": "mean"})
    data = tones(8192, 2000, [80, 120, 200])
    bench.feed(data)
    screen.frames(20)
    with_all = view.density.copy()
    view.look.channels.mark_bad([2])
    screen.frames(20)
    assert not np.allclose(view.density, with_all)
    assert view.running.channels.tolist() == [0, 1]


def test_mains_lines_are_found_and_labelled(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(tones(10_000, 2000, [50]))
    screen.frames(40)
    assert view.mains_hz == 50
    labels = [note[0] for note in view.plot.chart.notes.shown]
    assert labels[0] == "50 Hz"
    assert all(float(text) % 50 == 0 for text in labels[1:])
    assert len(labels) > 3
    view.choose("mains", "off")
    screen.frames(40)
    assert view.plot.chart.notes.shown == []


def test_options_are_chosen_with_clicks(screen, shown):
    view, bench = shown(n_channels=2)
    bench.feed(tones(10_000, 2000, [50, 180]))
    screen.frames(20)
    screen.click(view.options.popup.button)
    screen.frames(3)
    screen.screenshot("spectrum_options")
    left, top = dpg.get_item_rect_min(view.options.items["log_frequency"])
    screen.click_at(left + 12, top + 12)
    left, top = dpg.get_item_rect_min(view.options.items["decibels"])
    screen.click_at(left + 12, top + 12)
    assert (view.set.log_frequency, view.set.decibels) == (True, False)
    left, top = dpg.get_item_rect_min(view.options.items["peak_hold"])
    screen.click_at(left + 12, top + 12)
    assert view.set.peak_hold
    screen.click_at(1200, 780)
    screen.frames(40)
    assert view.plot.unit_text == "µV²/Hz"
    np.testing.assert_allclose(view.plot.lines[0].values()[0][0], np.log10(2000 / 1024), rtol=1e-5)
    screen.screenshot("spectrum_log_linear")


def test_the_pointer_reads_frequency_and_value(screen, shown):
    view, bench = shown(n_channels=2, names=("Biceps", "Triceps"))
    bench.feed(tones(10_000, 2000, [180, 330]))
    screen.frames(60)
    left, top = dpg.get_item_rect_min(view.plot.chart.plot)
    width, height = dpg.get_item_rect_size(view.plot.chart.plot)
    screen.move(left + width * 0.4, top + height * 0.3)
    screen.frames(4)
    reading = view.plot.chart.reading
    assert reading[0].endswith(" Hz")
    assert reading[1].endswith(" dB")
    assert reading[2] in ("Biceps", "Triceps")
    screen.screenshot("spectrum_hover")
    screen.move(5, 790)
    screen.frames(4)
    assert view.plot.chart.reading == ()


def test_an_irregular_stream_says_why_there_is_no_spectrum(screen, shown):
    view, bench = shown(n_channels=1)
    bench.fed.info = bench.stream.info.__class__(fs=0, channel_names=("angle",))
    bench.stream.connect()
    screen.frames(30)
    assert view.headline.text == "No spectrum"
    assert "no fixed rate" in view.reason.text


def test_held_it_stands_still_and_scrolls_back(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(tones(10_000, 2000, [80]))
    bench.feed(tones(10_000, 2000, [300]))
    screen.frames(30)
    frequencies = view.running.welch.frequencies
    assert abs(frequencies[view.density[0].argmax()] - 300) < 2
    view.look.axis.hold(view.look.axis.edge - 5)
    screen.frames(30)
    assert abs(frequencies[view.density[0].argmax()] - 80) < 2
    before = view.density.copy()
    bench.feed(tones(6000, 2000, [300]))
    screen.frames(30)
    np.testing.assert_array_equal(view.density, before)
    view.look.axis.release()
    screen.frames(30)
    assert abs(frequencies[view.density[0].argmax()] - 300) < 2


def test_the_highest_is_held(screen, shown):
    view, bench = shown(n_channels=1, settings={"peak_hold": True})
    bench.feed(tones(10_000, 2000, [80]))
    screen.frames(30)
    at = int(view.density[0].argmax())
    high = view.density[0, at]
    bench.feed(tones(12_000, 2000, [300]))
    screen.frames(30)
    assert view.density[0, at] < high / 10
    assert view._peaks[0, at] == pytest.approx(high)


def test_settings_come_back_and_nonsense_is_left(screen, shown, theme, bench, clock):
    view = SpectrumView(bench().stream, theme, {"decibels": False, "what": "mean", "resolution_hz": 2}, clock)
    again = SpectrumView(bench().stream, theme, view.settings(), clock)
    assert again.settings() == view.settings()
    assert again.set.resolution_hz == 2.0
    before = again.settings()
    again.apply({"decibels": 3, "what": "nothing", "resolution_hz": float("nan"), "mains": [], "window": "pickle"})
    assert again.settings() == before


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_it_looks_well(screen, shown, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    view, bench = shown(round(700 * scale) if scale < 2 else 1200, round(400 * min(scale, 1.8)), n_channels=24)
    bench.feed(tones(20_000, 2000, [50.0 + 17 * i for i in range(24)]))
    screen.frames(60)
    assert "the first 16 of 24" in view.said.text
    screen.screenshot(f"spectrum_{mode}_{round(scale * 100)}")


def test_a_small_box(screen, shown):
    view, bench = shown(300, 200, n_channels=3)
    bench.feed(tones(20_000, 2000, [50.0, 100, 130]))
    screen.frames(60)
    screen.screenshot("spectrum_small")
    assert view.plot.chart.inner[1] > 50
    assert len(view.plot.chart.ticks[0]) >= 2


def test_names_stand_beside_the_curves_also_where_there_was_no_room_at_first(screen, shown):
    view, bench = shown(width=300, height=160, n_channels=4)
    bench.feed(np.random.default_rng(3).normal(0, 10, (8000, 4)).astype(np.float32))
    screen.frames(30)
    assert not dpg.is_item_shown(view.plot.legend)
    wide = view.plot.chart.inner[0]
    dpg.configure_item(dpg.get_item_parent(view.box), width=760, height=420)
    screen.frames(40)
    screen.screenshot("spectrum_grown")
    where = dpg.get_item_configuration(view.plot.legend)
    assert where["show"]
    assert where["outside"]
    assert where["location"] == dpg.mvPlot_Location_East
    assert view.plot.chart.inner[0] > wide
