from __future__ import annotations

import json

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.sources.grids import Placement, otb_grid, regular_grid
from myoscope.widgets.colour_map import table
from myoscope.widgets.grid_map import GridMap

pytestmark = pytest.mark.gui
FS = 2000.0


def emg(grid, n_channels, seconds=3.0, seed=0):
    """Noise that is louder towards one corner, and slower down the rows."""
    rng = np.random.default_rng(seed)
    gain = np.array([5 + 60 * np.exp(-((r - 3) ** 2 + (c - 2) ** 2) / 12) for r, c in grid.cells])
    return (rng.normal(0, 1, (round(seconds * FS), n_channels)) * gain).astype(np.float32), gain


@pytest.fixture
def shown(screen, clock, bench, theme):
    views = []

    def make(grid=None, n_channels=64, size=(900, 600), **options):
        theme.apply()
        b = bench(n_channels, FS)
        if grid is not None:
            object.__setattr__(b.fed.info, "grid", grid)
            b.stream.reconnect()
            b.feed(emg(grid, n_channels)[0])
        else:
            b.noise(1.0)
        view = GridMap(b.stream, theme, clock=clock, **options)
        with dpg.child_window(parent=screen.window, width=size[0], height=size[1], border=False) as box:
            view.build(box)
        views.append(view)

        def draw():
            clock.now += 0.1
            view.draw()

        screen.each_frame(draw)
        screen.frames(12)
        return b, view

    yield make
    for view in views:
        view.delete()


def place_of(view, channel):
    part = next(p for p in view.layout.parts if channel in p.channels)
    left, top, right, bottom = view.layout.rect(part, part.cells[part.channels.index(channel)])
    corner = dpg.get_item_rect_min(view.canvas.tag)
    return corner[0] + (left + right) / 2, corner[1] + (top + bottom) / 2


def test_colours_are_those_of_the_numbers(screen, shown):
    grid = regular_grid(8, 8)
    b, view = shown(grid, settings={"drawing": "cells", "colours": "Viridis"})
    data = b.stream.ring.view(1000).data.astype(float)
    assert view.values_shown == pytest.approx(data.std(axis=0), rel=0.05)
    picture = view.pictures[0]
    pixels, n = picture.image.pixels, picture.image.pixels.shape[0] // 8
    for channel, (row, column) in enumerate(grid.cells):
        share = (view.values_shown[channel] - view.range.low) / (view.range.high - view.range.low)
        wanted = table("Viridis")[round(255 * float(np.clip(share, 0, 1)))]
        assert pixels[row * n + n // 2, column * n + n // 2] == pytest.approx(wanted, abs=0.02)
    assert view.values().rows[9][:3] == ("ch_9", 2, 2)
    screen.screenshot("grid_map_cells")


def test_a_click_shows_a_channel_alone_and_another_all(screen, shown):
    _, view = shown(regular_grid(8, 8))
    screen.move(*place_of(view, 18))
    screen.frames(2)
    assert view.tip.words.startswith("ch_18")
    screen.click_at(*place_of(view, 18))
    screen.frames(3)
    assert view.look.channels.chosen == [18]
    screen.screenshot("grid_map_solo")
    screen.click_at(*place_of(view, 18))
    assert len(view.look.channels.chosen) == 64
    called = []
    view.on_channel = called.append
    screen.click_at(*place_of(view, 3))
    assert called == [3]


def test_bad_and_missing_electrodes_are_filled_in(screen, shown):
    b, view = shown(otb_grid("GR08MM1305"), 64)
    channels = view.look.channels
    spoilt = np.full((4000, 64), 1.0, dtype=np.float32) * np.sin(np.arange(4000))[:, None]
    spoilt[:, 30] *= 5000
    b.feed(spoilt)
    channels.mark_bad([30], "loose")
    screen.frames(12)
    assert view.range.high < 20
    cells = view.pictures[0].cells(view.values_shown, channels.bad)
    assert cells.shape == (13, 5)
    assert np.isfinite(cells).all()
    assert cells.max() < 2
    screen.move(*place_of(view, 30))
    screen.frames(3)
    assert "Marked bad: loose" in view.tip.words
    screen.screenshot("grid_map_otb")


def test_without_a_layout_it_says_what_to_do(screen, shown):
    _, view = shown(None, 16)
    assert view.headline.text == "No electrode layout"
    assert view.reason.text == "Choose a layout under Channels, Grid."
    screen.screenshot("grid_map_none")
    view.look.channels.place(Placement("", 4, 4, n_channels=16))
    screen.frames(12)
    assert len(view.pictures) == 1
    view.look.channels.place(None)
    screen.frames(3)
    assert view.pictures == []


def test_measures_lengths_and_lock_by_hand(screen, shown):
    _, view = shown(regular_grid(8, 8))
    screen.click(view.measure_button.popup.button)
    screen.frames(4)
    screen.screenshot("grid_map_choices")
    screen.click(view.measure_button.rows["mnf"])
    screen.frames(30)
    assert view.measure == "mnf"
    assert view.values_shown == pytest.approx(np.full(64, 500.0), rel=0.1)
    screen.screenshot("grid_map_mnf")
    screen.click(view.range_button.tag)
    screen.frames(4)
    assert not view.range.auto
    kept = json.loads(json.dumps(view.settings()))
    other = GridMap(view.stream, settings=kept)
    assert (other.measure, other.range.auto, other.range.high) == ("mnf", False, view.range.high)
    screen.click(view.measure_button.popup.button)
    screen.frames(4)
    screen.click(view.measure_button.rows["amplitude"])
    screen.frames(12)
    assert view.values_shown == pytest.approx(view.stream.ring.view(1).data[0])
    assert view.range.low == pytest.approx(-view.range.high)
    GridMap(view.stream, settings={"measure": 3, "seconds": "x", "range": [1], "drawing": None})


def test_it_follows_what_is_held(screen, shown):
    b, view = shown(regular_grid(8, 8), settings={"measure": "amplitude"})
    view.look.axis.hold()
    screen.frames(2)
    before = view.values_shown.copy()
    b.noise(1.0, 1000.0)
    screen.frames(5)
    np.testing.assert_array_equal(view.values_shown, before)
    view.look.axis.scroll(-0.5)
    screen.frames(5)
    assert not np.array_equal(view.values_shown, before)


@pytest.mark.parametrize(
    ("mode", "scale", "size"),
    [
        ("light", 1.0, (1240, 520)),
        ("dark", 2.0, (1240, 760)),
        ("dark", 1.0, (300, 260)),
        ("high contrast", 0.75, (640, 420)),
    ],
)
def test_several_grids_side_by_side(screen, shown, theme, mode, scale, size):
    theme.set_mode(mode)
    theme.set_scale(scale)
    grid = Placement("GR10MM0808", n_grids=2, n_channels=128).grid()
    _, view = shown(grid, 128, size)
    assert len(view.pictures) == 2
    assert view.layout.extent[2] <= size[0]
    screen.screenshot(f"grid_map_{mode.replace(' ', '_')}_{round(100 * scale)}_{size[0]}")
