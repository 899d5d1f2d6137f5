from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
from scipy import signal

from myoscope.widgets.measures import Measures, figure, prefixed

pytestmark = pytest.mark.gui


@pytest.fixture
def measures(screen, theme, bench, clock):
    """Return a table of a fed stream, drawn at 20 frames a second."""

    def make(n_channels=4, seconds=8.0, size=(760, 300), **how):
        fed = bench(n_channels=n_channels, **how)
        data = fed.noise(seconds)
        view = Measures(fed.stream, theme, clock=clock)
        box = dpg.add_child_window(parent=screen.window, width=size[0], height=size[1], no_scrollbar=True)
        view.build(box)

        def draw() -> None:
            clock.now += 0.05
            view.draw()

        screen.each_frame(draw)
        screen.frames(10)
        return fed, view, data

    return make


def median(data, fs):
    frequencies, power = signal.periodogram(data.astype(float), fs, detrend="constant", axis=0)
    total = power.cumsum(axis=0)
    return [np.interp(column[-1] / 2, column, frequencies) for column in total.T]


def test_the_whole_window_and_between_cursors(screen, measures):
    _, view, data = measures()
    axis = view.look.axis
    last = data[-10000:].astype(float)
    table = view.values()
    assert table.header == ("Channel", "Peak–peak [µV]", "RMS [µV]", "Mean [µV]", "Median [Hz]", "ΔV [µV]")
    columns = list(zip(*table.rows, strict=True))
    assert columns[0] == ("ch_0", "ch_1", "ch_2", "ch_3")
    np.testing.assert_allclose(columns[1], np.ptp(last, axis=0), rtol=1e-6)
    np.testing.assert_allclose(columns[2], np.sqrt((last**2).mean(axis=0)), rtol=1e-6)
    np.testing.assert_allclose(columns[3], last.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(columns[4], median(last, 2000.0), rtol=1e-6)
    assert columns[5] == ("",) * 4
    assert view.words == "The whole window, 5.000 s · 10,000 samples"
    times = view.look.ring.view(None).timestamps
    axis.cursors = (float(times[9000]), float(times[4001]))
    screen.frames(12)
    between = data[4001:9001].astype(float)
    columns = list(zip(*view.values().rows, strict=True))
    np.testing.assert_allclose(columns[2], np.sqrt((between**2).mean(axis=0)), rtol=1e-6)
    np.testing.assert_allclose(columns[5], data[4001].astype(float) - data[9000], rtol=1e-5)
    assert view.words == "Between cursors A and B, 2.500 s · 4,999 samples".replace("4,999", "5,000").replace(
        "2.500", f"{abs(times[9000] - times[4001]):.3f}"
    )
    assert view.cell(1, 1) == f"{np.sqrt((between[:, 1] ** 2).mean()):.2f}"
    screen.screenshot("measures")


def test_nothing_is_measured_again_while_nothing_is_new(screen, measures, monkeypatch):
    fed, view, _ = measures()
    started = []
    from myoscope.widgets import measures as module

    real = module.Measuring
    monkeypatch.setattr(module, "Measuring", lambda *how: started.append(1) or real(*how))
    screen.frames(40)
    assert started == []
    times = view.look.ring.view(None).timestamps
    view.look.axis.cursors = (float(times[-5000]), float(times[-1000]))
    screen.frames(20)
    assert len(started) == 1
    for _ in range(20):
        fed.noise(0.05)
        screen.frames(1)
    assert len(started) == 1  # the cursors stick to the signal
    view.look.axis.cursors = None
    for _ in range(40):
        fed.noise(0.05)
        screen.frames(1)
    assert 5 <= len(started) <= 10  # four times a second at most, in 2 s


def test_lost_samples_and_what_is_no_longer_kept_are_told(screen, measures):
    fed, view, _ = measures(buffer_seconds=10.0)
    fed.noise(1.0, lost=86)
    screen.frames(15)
    assert "86 lost samples left out" in view.words
    view.look.axis.cursors = (900.0, 950.0)
    screen.frames(10)
    assert view.words.endswith("No sample of it is kept.")
    assert view.cell(0, 1) == "–"
    t = view.look.axis.edge
    view.look.axis.cursors = (t - 0.002, t)
    screen.frames(10)
    assert "are too few" in view.words
    assert view.cell(0, 3) == "–"
    assert view.cell(0, 1) != "–"


def test_copy_puts_the_table_on_the_clipboard(screen, measures):
    _, view, _ = measures(unit="V", n_channels=2)
    screen.click(view.copy_button)
    lines = dpg.get_clipboard_text().splitlines()
    assert lines[0].split("\t") == list(view.values().header)
    assert [line.split("\t")[0] for line in lines[1:]] == ["ch_0", "ch_1"]
    assert float(lines[1].split("\t")[2]) == pytest.approx(view.found.rms[0], rel=1e-5)


def test_many_channels_scroll_and_units_fit(screen, measures):
    fed, view, _ = measures(n_channels=64, unit="V", seconds=1.0)
    fed.feed(np.full((20000, 64), 0.0002, dtype=np.float32) * np.random.default_rng(0).normal(size=(20000, 1)))
    screen.frames(30)
    assert len(view.values().rows) == 64
    assert dpg.get_value(view._heads[0]).strip() == "Peak–peak mV"
    assert float(view.cell(63, 1)) == pytest.approx(1000 * view.found.rms[63], abs=0.001)
    screen.screenshot("measures_64")


@pytest.mark.parametrize(("percent", "size"), [(75, (600, 260)), (200, (1200, 600)), (100, (380, 220))])
def test_sizes(screen, theme, measures, percent, size):
    theme.set_scale(percent / 100)
    measures(size=size)
    screen.screenshot(f"measures_{percent}_{size[0]}")


def test_figures_keep_their_width():
    assert {len(figure(value, 2)) for value in (0.0, -1234.5, 99.999, float("nan"))} == {9}
    assert figure(-1.5, 1).strip() == "−1.5"
    assert figure(-0.04, 1).strip() == "0.0", "nothing has no sign"
    assert prefixed(0.0002, "V") == (pytest.approx(1e6), "µV")
    assert prefixed(12.0, "a.u.") == (1.0, "a.u.")
