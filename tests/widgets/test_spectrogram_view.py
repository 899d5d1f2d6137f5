"""The spectrogram on screen."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.widgets.colour_map import MAPS, table
from myoscope.widgets.spectrogram_view import SpectrogramView

pytestmark = pytest.mark.gui


def chirp(n: int, n_channels: int, start: int = 0, fs: float = 2000.0) -> np.ndarray:
    """Return a tone that rises from 50 to 650 Hz in ten seconds, and noise, shape (n, n_channels)."""
    t = (start + np.arange(n)) / fs
    phase = 2 * np.pi * np.cumsum(50 + 60 * (t % 10)) / fs
    noise = np.random.default_rng(start).normal(0, 2, (n, n_channels))
    return (noise + 50 * np.sin(phase)[:, None]).astype(np.float32)


@pytest.fixture
def shown(show_in_box):
    """Return what shows the view in a box; samples come by `bench.feed`."""

    def make(width=700, height=380, settings=None, **kwargs):
        return show_in_box(SpectrogramView, width, height, settings, **kwargs)

    return make


def column_at(view: SpectrogramView, seconds: float) -> np.ndarray:
    """Return levels of the column so many seconds before now, dB."""
    running = view.running
    number = round((view.look.end + seconds * view.look.info.fs) / running.hop)
    assert running.numbers[number % running.n_columns] == number
    return view.picture.levels[:, number % running.n_columns]


def row_hz(view: SpectrogramView) -> float:
    picture = view.picture
    return picture.rows_end * view.running.welch.frequencies[1] / len(picture.levels)


def test_a_rising_tone_is_where_it_was(screen, shown):
    view, bench = shown(n_channels=2)
    bench.feed(chirp(20_000, 2))
    screen.frames(30)
    step = row_hz(view)
    for seconds in (-4.0, -2.5, -1.0):
        expected = 50 + 60 * (10 + seconds)
        assert abs(column_at(view, seconds).argmax() * step - expected) < 2 * step
    screen.screenshot("spectrogram")


def test_only_new_columns_are_painted(screen, shown):
    view, bench = shown(n_channels=1, settings={"locked": True, "low_db": -20.0, "high_db": 30.0})
    bench.feed(chirp(20_000, 1))
    screen.frames(30)
    painted, hop = view.picture.n_painted, view.running.hop
    bench.feed(chirp(10 * hop, 1, 20_000))
    screen.frames(10)
    assert 10 <= view.picture.n_painted - painted <= 11
    before = view.picture.n_painted
    screen.frames(20)
    assert view.picture.n_painted == before


def test_pixels_are_the_levels_in_the_colours_of_the_map(screen, shown):
    view, bench = shown(n_channels=1, settings={"locked": True, "low_db": -20.0, "high_db": 30.0, "colours": "Grey"})
    bench.feed(chirp(20_000, 1))
    screen.frames(30)
    for colours in MAPS:
        view.choose("colours", colours)
        screen.frames(30)
        levels = view.picture.levels
        known = np.isfinite(levels)
        at = np.floor(np.clip((levels[known] + 20) / 50, 0, 1) * 255 + 0.5).astype(int)
        pixels = view.picture.texture.pixels[::-1, :-1][known]
        assert np.abs(pixels - table(colours)[at]).max() < 0.05
        screen.screenshot(f"spectrogram_{colours.lower()}")


def test_both_parts_of_the_ring_cover_the_window(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(chirp(20_000, 1))
    for i in range(12):
        bench.feed(chirp(1111, 1, 20_000 + 1111 * i))
        screen.frames(6)
        placed = [place for place in view.picture.texture._placed if place]
        assert 1 <= len(placed) <= 2
        assert min(place[0] for place in placed) <= -5 + 0.05
        assert -0.2 < max(place[2] for place in placed) <= 0
        if len(placed) == 2:
            left, right = sorted(placed)
            assert left[2] == pytest.approx(right[0])
            assert right[4] == pytest.approx(0.5 / (view.running.n_columns + 1))


def test_new_columns_are_shown_when_their_pixels_are(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(chirp(20_000, 1))
    screen.frames(30)

    def right():
        return max(place[2] for place in view.picture.texture._placed if place)

    hop, before = view.running.hop, right()
    bench.feed(chirp(10 * hop, 1, 20_000))
    screen.frames(1)
    assert right() == pytest.approx(before - 10 * hop / 2000), "what was there has moved on"
    screen.frames(1)
    assert right() == pytest.approx(before), "and what is new is there one frame later"


def test_clicks_choose_the_channel_and_lock_the_colours(screen, shown):
    view, bench = shown(n_channels=3, names=("Deltoid", "Biceps", "Triceps"))
    data = chirp(20_000, 3)
    data[:, 1] *= 0.01
    bench.feed(data)
    screen.frames(40)
    loud = view.range.target
    screen.click(view.choice.popup.button)
    screen.frames(3)
    screen.click(view.choice.rows[1])
    screen.frames(60)
    assert view.chosen == 1
    assert view.range.target[1] < loud[1] - 20
    screen.click(view.lock_button.tag)
    screen.frames(20)
    assert view.set.locked
    locked = view.range.target
    view.show(0)
    screen.frames(60)
    assert view.range.target == locked
    assert view.settings()["high_db"] == locked[1]
    screen.click(view.lock_button.tag)
    screen.frames(60)
    assert view.range.target[1] > locked[1] + 20


def test_mean_of_all_leaves_bad_channels_out(screen, shown):
    view, bench = shown(n_channels=3, settings={"what": "mean"})
    bench.feed(chirp(20_000, 3))
    view.draw()
    view.look.channels.mark_bad([0])
    screen.frames(40)
    assert view.running.channels.tolist() == [1, 2]
    assert np.isfinite(view.picture.levels).any()


def test_scrolled_back_it_shows_the_past(screen, shown):
    view, bench = shown(n_channels=1, settings={"channel": "ch_0"})
    bench.feed(chirp(20_000, 1))
    screen.frames(30)
    step = row_hz(view)
    view.look.axis.hold(view.look.axis.edge - 3)
    screen.frames(30)
    assert abs(column_at(view, -1.0).argmax() * step - (50 + 60 * 6)) < 2 * step
    held = view.picture.levels.copy()
    bench.feed(chirp(4000, 1, 20_000))
    screen.frames(20)
    np.testing.assert_array_equal(view.picture.levels, held)


def test_the_texture_goes_when_it_is_out_of_sight(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(chirp(20_000, 1))
    screen.frames(20)
    assert view.picture.texture.exists
    dpg.configure_item(view.box, show=False)
    screen.frames(6)
    assert not view.picture.texture.exists
    dpg.configure_item(view.box, show=True)
    screen.frames(6)
    assert view.picture.texture.exists
    view.delete()
    assert not view.picture.texture.exists


def test_a_gap_stays_empty(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(chirp(12_000, 1))
    bench.feed(chirp(4000, 1, 13_000), lost=1000)
    screen.frames(40)
    running = view.running
    inside = round((16_000 + 1000 - 4500) / running.hop)
    assert running.numbers[inside % running.n_columns] == inside
    assert np.isnan(view.picture.levels[:, inside % running.n_columns]).all()
    assert view.picture.texture.pixels[:, inside % running.n_columns, 3].max() == 0
    screen.screenshot("spectrogram_gap")


def test_the_pointer_reads(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(chirp(20_000, 1))
    screen.frames(30)
    left, top = dpg.get_item_rect_min(view.chart.plot)
    width, height = dpg.get_item_rect_size(view.chart.plot)
    screen.move(left + width / 2, top + height / 3)
    screen.frames(4)
    t, hz, power = view.chart.reading
    assert t.startswith("−")
    assert hz.endswith(" Hz")
    assert power.endswith(" dB")
    screen.screenshot("spectrogram_hover")


def test_an_irregular_stream_says_why(screen, shown):
    view, bench = shown(n_channels=1)
    bench.fed.info = bench.stream.info.__class__(fs=0, channel_names=("angle",))
    bench.stream.connect()
    screen.frames(30)
    assert view.headline.text == "No spectrogram"


def test_settings_come_back_and_nonsense_is_left(screen, theme, bench, clock):
    view = SpectrogramView(bench().stream, theme, {"colours": "Grey", "detail": "time", "locked": True}, clock)
    assert not view.set.locked
    assert SpectrogramView(bench().stream, theme, view.settings(), clock).settings() == view.settings()
    before = view.settings()
    view.apply({"colours": "Jet", "detail": 4, "locked": "yes", "low_db": None, "highest_hz": 1e9})
    assert view.settings() == before


def test_values_are_a_row_a_moment(screen, shown):
    view, bench = shown(n_channels=1)
    bench.feed(chirp(20_000, 1))
    screen.frames(30)
    table_ = view.values()
    assert len(table_.rows) > 100
    assert all(len(row) == len(table_.header) for row in table_.rows)


@pytest.mark.parametrize(("mode", "scale"), [("light", 1.0), ("dark", 0.75), ("dark", 2.0)])
def test_it_looks_well(screen, shown, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    view, bench = shown(round(620 * scale), round(360 * scale), n_channels=4)
    bench.feed(chirp(20_000, 4))
    screen.frames(40)
    screen.screenshot(f"spectrogram_{mode}_{round(scale * 100)}")
    assert view.chart.ticks[0][-1] == "0 s"


def test_a_small_box(screen, shown):
    view, bench = shown(300, 200, n_channels=3)
    bench.feed(chirp(20_000, 3))
    screen.frames(40)
    screen.screenshot("spectrogram_small")
    assert view.chart.inner[1] > 30
