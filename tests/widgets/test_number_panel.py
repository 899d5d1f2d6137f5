"""Large figures."""

from __future__ import annotations

from itertools import pairwise

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
import scipy.signal

from myoscope.sources.info import StreamInfo
from myoscope.widgets.number_panel import NumberPanel
from myoscope.widgets.quantities import QUANTITIES, measure

pytestmark = pytest.mark.gui


def tone(n, fs, hz, amplitude=100.0, seed=0):
    t = np.arange(n)[:, None] / fs
    wave = amplitude * np.sin(2 * np.pi * t * np.asarray(hz))
    return (wave + np.random.default_rng(seed).normal(0, 1, wave.shape)).astype(np.float32)


def test_quantities_are_what_scipy_says():
    data = tone(2000, 2000, [80, 200])
    wide = data.astype(np.float64)
    np.testing.assert_allclose(measure("last", data, 2000), wide[-1])
    np.testing.assert_allclose(measure("rms", data, 2000), np.sqrt((wide**2).mean(axis=0)), rtol=1e-6)
    np.testing.assert_allclose(measure("mean", data, 2000), wide.mean(axis=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(measure("peak", data, 2000), np.ptp(wide, axis=0), rtol=1e-6)
    frequencies, density = scipy.signal.welch(wide, 2000, nperseg=1024, axis=0)
    mnf = (frequencies[:, None] * density).sum(axis=0) / density.sum(axis=0)
    np.testing.assert_allclose(measure("mnf", data, 2000), mnf, rtol=1e-3)
    np.testing.assert_allclose(measure("mdf", data, 2000), [80, 200], atol=2)
    assert np.isnan(measure("mnf", data, 0.0)).all()
    assert all(np.isnan(measure(key, data[:0], 2000)).all() for key in QUANTITIES)


@pytest.fixture
def shown(show_in_box):
    """Return what shows the view in a box; samples come by `bench.feed`."""

    def make(width=640, height=360, settings=None, **kwargs):
        return show_in_box(NumberPanel, width, height, settings, **kwargs)

    return make


def test_figures_are_the_rms(screen, shown):
    view, bench = shown(n_channels=4, names=("Deltoid", "Biceps", "Triceps", "Trapezius"))
    data = tone(4000, 2000, [50, 80, 100, 120]) * np.float32([1, 0.5, 0.1, 2])
    bench.feed(data)
    screen.frames(30)
    rms = np.sqrt((data[-1000:].astype(float) ** 2).mean(axis=0))
    assert [float(cell.figure) for cell in view.cells] == pytest.approx(rms.tolist(), rel=1e-2)
    assert {cell.unit for cell in view.cells} == {"µV"}
    assert {len(cell.figure) for cell in view.cells} == {5}
    assert view.figure_px > 40
    screen.screenshot("numbers")


def test_figures_change_four_times_a_second_at_most(screen, shown, clock):
    view, bench = shown(n_channels=1)
    seen = set()
    for i in range(60):
        bench.feed(tone(33, 2000, [80], amplitude=10.0 * (i + 1)))
        screen.frames(1)
        if view.cells:
            seen.add(view.cells[0].figure)
    assert 3 <= len(seen) <= 6


def test_predictions_show_their_last_values(screen, shown):
    view, bench = shown(n_channels=2, fs=50.0, unit="", names=("flexion", "extension"))
    bench.feed(np.column_stack((np.linspace(0, 1, 100), np.linspace(0, -1, 100))))
    screen.frames(30)
    assert view.quantities == ("last",)
    assert [cell.figure.strip() for cell in view.cells] == ["1.000", "−1.000"]
    screen.screenshot("numbers_predictions")


def test_an_irregular_stream_shows_its_last_value_and_no_frequency(screen, shown):
    view, bench = shown(n_channels=1, settings={"quantities": ["last", "mnf"]})
    bench.fed.info = StreamInfo(fs=0, channel_names=("angle",), unit="°")
    bench.stream.connect()
    bench.fed.blocks.append((np.asarray([[12.5]]), np.asarray([1001.0])))
    bench.stream.pump()
    screen.frames(30)
    assert [cell.figure.strip() for cell in view.cells] == ["12.50", "–"]


def test_quantities_and_channel_are_chosen_with_clicks(screen, shown):
    view, bench = shown(n_channels=3, names=("Deltoid", "Biceps", "Triceps"))
    bench.feed(tone(4000, 2000, [50, 80, 100]))
    screen.frames(20)
    screen.click(view.options.popup.button)
    screen.frames(3)
    for key in ("mdf", "peak"):
        left, top = dpg.get_item_rect_min(view.options.items[key])
        screen.click_at(left + 12, top + 12)
    screen.screenshot("numbers_options")
    screen.click_at(1200, 780)
    screen.frames(20)
    assert view.quantities == ("rms", "peak", "mdf")
    assert len(view.cells) == 9
    screen.screenshot("numbers_many")
    screen.click(view.choice.popup.button)
    screen.frames(3)
    screen.click(view.choice.rows[1])
    screen.frames(20)
    assert [cell.name.split(" · ")[0] for cell in view.cells] == ["Biceps"] * 3
    assert float(view.cells[2].figure) == pytest.approx(80, abs=2)
    table = view.values()
    assert table.header == ("Channel", "RMS (µV)", "Peak to peak (µV)", "Median frequency (Hz)")
    assert table.rows[0][0] == "Biceps"


def test_held_figures_stand_still(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(tone(4000, 2000, [80]))
    screen.frames(20)
    view.look.axis.hold()
    screen.frames(20)
    before = list(view.cells)
    bench.feed(tone(4000, 2000, [80], amplitude=900))
    screen.frames(40)
    assert view.cells == before


def test_settings_come_back_and_nonsense_is_left(screen, theme, bench, clock):
    saved = {"quantities": ["mdf", "rms"], "seconds": 1.0, "what": "one", "channel": "ch_1"}
    view = NumberPanel(bench().stream, theme, saved, clock)
    assert NumberPanel(bench().stream, theme, view.settings(), clock).settings() == view.settings() == saved
    view.apply({"quantities": [3, "nonsense"], "seconds": "1", "what": 7, "channel": None})
    assert view.settings() == saved


@pytest.mark.parametrize(("mode", "scale"), [("light", 1.0), ("dark", 0.75), ("dark", 2.0)])
def test_it_looks_well(screen, shown, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    view, bench = shown(round(600 * scale), round(340 * scale), n_channels=40)
    bench.feed(tone(4000, 2000, 40 + np.arange(40)))
    screen.frames(30)
    assert len(view.cells) == 24
    assert "the first 24 of 40" in view.said.text
    screen.screenshot(f"numbers_{mode}_{round(scale * 100)}")


def test_figures_follow_the_box(screen, shown):
    view, bench = shown(300, 200, n_channels=1, names=("Musculus biceps brachii caput longum",))
    bench.feed(tone(4000, 2000, [80]))
    screen.frames(30)
    small = view.figure_px
    screen.screenshot("numbers_small")
    assert small > 30
    parent = dpg.get_item_parent(view.box)
    dpg.configure_item(parent, width=900, height=600)
    screen.frames(30)
    assert view.figure_px > 2 * small
    screen.screenshot("numbers_large")


def test_where_not_all_fit_the_first_are_shown_and_it_says_so(screen, shown):
    view, b = shown(300, 170, n_channels=64)
    b.noise(2.0)
    screen.frames(20)
    assert 1 <= len(view.cells) < 24
    assert view.said.text.endswith(f"the first {len(view.cells)} of 64") or "of 32" in view.said.text
    tops = sorted({dpg.get_item_configuration(figures)["pos"][1] for _, figures, _ in view._items[: len(view.cells)]})
    assert all(after - before >= view.figure_px for before, after in pairwise(tops))
    assert tops[-1] + view.figure_px <= view.size()[1]
    screen.screenshot("numbers_first")
