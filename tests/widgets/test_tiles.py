from __future__ import annotations

import dataclasses

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.sources.envelope import Envelope
from myoscope.sources.ring import RingBuffer
from myoscope.widgets import lanes, raster
from myoscope.widgets.door import Series
from myoscope.widgets.picture import middles
from myoscope.widgets.tiles import TILE_PX, Ground, Tiles

pytestmark = pytest.mark.gui

WIDTH, HEIGHT = 501, 360
BUCKET = 5
RATE = 1000.0
GROUND = (20, 22, 28, 255)
# Nothing else on the screen has one of these.
PAINTS = ((250, 40, 30, 255), (40, 250, 30, 255), (60, 90, 250, 255), (240, 220, 10, 255))


class Sheet:
    """A plot of a known size with tiles on it, and a signal for them."""

    def __init__(self, screen, theme, n_channels=3, n_places=WIDTH, pitch=1, sweep=False, n_columns=0, top=0.0):
        self.screen = screen
        self.now = 0.0
        self.plot, self.y_axis = dpg.generate_uuid(), dpg.generate_uuid()
        ground = Ground(n_places * BUCKET / RATE, n_places, pitch, HEIGHT, top or n_channels + 0.3, sweep, 7 * sweep)
        with dpg.plot(
            tag=self.plot, parent=screen.window, width=ground.n_places * pitch, height=HEIGHT, no_title=True,
            no_menus=True, no_inputs=True, no_mouse_pos=True,
        ):  # fmt: skip
            x_axis = dpg.add_plot_axis(dpg.mvXAxis, no_tick_marks=True, no_tick_labels=True, no_gridlines=True)
            dpg.add_plot_axis(dpg.mvYAxis, tag=self.y_axis, no_tick_marks=True, no_tick_labels=True, no_gridlines=True)
        dpg.set_axis_limits(x_axis, -ground.seconds, 0.0)
        dpg.set_axis_limits(self.y_axis, 0.0, ground.top)
        self.ring = RingBuffer(n_channels, 40_000)
        self.envelope = Envelope(self.ring, BUCKET, n_columns or n_places)
        self.rng = np.random.default_rng(3)
        self.level = np.zeros(n_channels)
        self.tiles = Tiles(self.y_axis, lambda: self.now)
        self.shown = np.arange(n_channels, dtype=np.int64)
        self.middles = middles(n_channels)
        self.paints = PAINTS[:n_channels]
        self.centre, self.gain = np.zeros(n_channels, np.float32), np.ones(n_channels, np.float32)
        self.arrange(ground)

    def arrange(self, ground):
        self.ground = ground
        self.tiles.arrange(ground, self.shown, self.middles, self.paints)

    def feed(self, n_samples, lost=0):
        steps = self.rng.normal(0, 0.08, (n_samples, self.ring.n_channels))
        data = np.empty(steps.shape, dtype=np.float32)
        for i, step in enumerate(steps):
            self.level = data[i] = 0.97 * self.level + step
        self.ring.extend(data, self.ring.n_total / RATE + np.arange(n_samples) / RATE, lost)

    def draw(self, end=None):
        self.envelope.update(end)
        self.tiles.draw(self.envelope.columns, self.envelope.column, self.centre, self.gain)

    def wanted(self):
        """The whole window painted at once, shape (height, width), the number of the paint or -1."""
        ground, column, n_columns = self.ground, self.envelope.column, self.envelope.n_columns
        newest = column * ground.n_places // n_columns
        numbers = np.arange(column - n_columns + 1, column + 1)
        of_place = numbers * ground.n_places // n_columns
        ends = [int(np.searchsorted(of_place, newest - ground.n_places + 1 + i)) for i in range(ground.n_places + 1)]
        ink = np.repeat(np.arange(1, len(self.shown) + 1, dtype=np.float32)[:, None], 4, axis=1)
        out = np.empty((HEIGHT, ground.n_places * ground.pitch, 4), dtype=np.float32)
        raster.paint_strokes(
            out, self.envelope.columns, np.asarray(ends), ground.pitch, self.shown, self.middles, self.centre,
            self.gain, ink, ground.top,
        )  # fmt: skip
        picture = out[..., 0].astype(int) - 1
        if ground.sweep:
            picture[:, : ground.blank * ground.pitch] = -1
            picture = np.roll(picture, (newest + 1) % ground.n_places * ground.pitch, axis=1)
        return picture

    def seen(self, name):
        """What is on the screen, in the same way."""
        width, height, _, data = dpg.load_image(str(self.screen.screenshot(name)))
        whole = np.asarray(data, dtype=np.float32).reshape(height, width, 4)[..., :3] * 255
        left, top = (int(edge) for edge in dpg.get_item_rect_min(self.plot))
        part = whole[top : top + HEIGHT, left : left + self.ground.n_places * self.ground.pitch]
        picture = np.full(part.shape[:2], -1)
        for i, paint in enumerate(self.paints):
            picture[np.abs(part - np.asarray(paint[:3])).max(axis=2) < 2] = i
        # What is neither paint nor ground is a pixel that two of them were mixed into.
        mixed = (picture < 0) & (np.abs(part - np.asarray(GROUND[:3])).max(axis=2) > 2)
        assert not mixed.any()
        return picture


@pytest.fixture
def sheet(screen, theme):
    with dpg.theme() as bare, dpg.theme_component(dpg.mvAll):
        dpg.add_theme_style(dpg.mvPlotStyleVar_LabelPadding, 0, 0, category=dpg.mvThemeCat_Plots)
        dpg.add_theme_color(dpg.mvPlotCol_PlotBg, GROUND, category=dpg.mvThemeCat_Plots)
    made = []

    def make(**how):
        sheet = Sheet(screen, theme, **how)
        dpg.bind_item_theme(sheet.plot, bare)
        made.append(sheet)
        screen.frames(2)
        return sheet

    yield make
    for sheet in made:
        sheet.tiles.delete()
    screen.clear()
    dpg.delete_item(bare)


@pytest.mark.parametrize(
    "how", [{}, {"pitch": 2, "n_places": 301}, {"n_columns": 640}, {"n_channels": 1}, {"sweep": True}],
    ids=["one to one", "two pixels wide", "more columns than places", "one channel", "sweep"],
)  # fmt: skip
def test_each_frame_shows_what_painting_all_of_it_would(sheet, how):
    sheet = sheet(**how)
    sheet.feed(BUCKET * 40)
    for n_new, lost in ((0, 0), (3, 0), (2500, 0), (7, 0), (173, 100), (1900, 0), (1, 0), (400, 3)):
        sheet.feed(n_new, lost)
        sheet.draw()
        # In the very next frame: a texture that came one late would show here.
        sheet.screen.frames(1)
        wanted = sheet.wanted()
        np.testing.assert_array_equal(sheet.seen("tiles"), wanted)
    assert (wanted >= 0).mean() > 0.02


def test_what_is_finished_is_not_painted_again(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 2000)
    sheet.draw()
    calls, paint = [], sheet.tiles._paint
    sheet.tiles._paint = lambda out, *rest: (calls.append(out.shape[1]), paint(out, *rest))
    n_frames = 90
    for _ in range(n_frames):
        sheet.feed(BUCKET)
        sheet.draw()
    assert max(calls) <= TILE_PX
    # The growing part in each frame, and each tile once when it is finished.
    assert n_frames <= len(calls) <= n_frames + n_frames // TILE_PX + 1


def test_the_past_is_looked_at_to_and_fro(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 3000)
    for end in (15_000, 14_700, 9_003, 9_120, 8_400, 14_999, 2_600, 900, 12):
        sheet.draw(end)
        sheet.screen.frames(1)
        np.testing.assert_array_equal(sheet.seen("tiles_held"), sheet.wanted())


def test_lanes_may_lie_over_one_another_and_change_places(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 900)
    sheet.draw()
    sheet.middles = np.full(2, 1.6, dtype=np.float32)
    sheet.shown = np.array([2, 0], dtype=np.int64)
    sheet.paints = PAINTS[1:3]
    sheet.arrange(sheet.ground)
    sheet.draw()
    sheet.screen.frames(1)
    seen = sheet.seen("tiles_butterfly")
    np.testing.assert_array_equal(seen, sheet.wanted())
    assert {0, 1} <= set(np.unique(seen))


def test_another_size_paints_all_anew(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 900)
    sheet.draw()
    dpg.configure_item(sheet.plot, width=400)
    sheet.envelope = Envelope(sheet.ring, BUCKET, 400)
    sheet.tiles.forget()
    sheet.arrange(dataclasses.replace(sheet.ground, n_places=400))
    sheet.draw()
    sheet.screen.frames(2)
    np.testing.assert_array_equal(sheet.seen("tiles_resized"), sheet.wanted())


def test_forgotten_tiles_are_off_the_screen(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 900)
    sheet.draw()
    sheet.screen.frames(1)
    assert (sheet.seen("tiles_forgotten") >= 0).any()
    sheet.tiles.forget()
    sheet.screen.frames(1)
    assert not (sheet.seen("tiles_forgotten") >= 0).any()


# Scale


def test_a_scale_that_is_seen_to_change_paints_all_anew_but_not_too_often(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 900)
    paint = sheet.tiles._paint

    def slowly(*rest):
        sheet.now += 0.001
        paint(*rest)

    sheet.tiles._paint = slowly
    sheet.draw()
    took, begun = sheet.now, sheet.now
    assert took > 0.01
    painted = 0
    sheet.now += 10 * took
    for _ in range(100):
        before = sheet.now
        sheet.gain *= np.float32(1.05)
        sheet.draw()
        painted += sheet.now - before > 0.8 * took
        sheet.now += 0.2 * took
    assert painted >= 5
    # A third of the time at most, give or take the last one.
    assert painted * took <= (sheet.now - begun) / 3 + took
    sheet.now += 10 * took
    sheet.draw()
    assert not sheet.tiles.behind
    sheet.screen.frames(1)
    np.testing.assert_array_equal(sheet.seen("tiles_gain"), sheet.wanted())


def test_what_is_due_is_said_and_done_without_a_new_sample(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 900)
    paint = sheet.tiles._paint
    sheet.tiles._paint = lambda *rest: (setattr(sheet, "now", sheet.now + 0.001), paint(*rest))
    sheet.draw()
    sheet.gain *= np.float32(2)
    sheet.draw()
    assert sheet.tiles.behind
    sheet.now += 1.0
    sheet.draw()
    assert not sheet.tiles.behind
    sheet.screen.frames(1)
    np.testing.assert_array_equal(sheet.seen("tiles_due"), sheet.wanted())


def test_less_than_half_a_pixel_is_left_alone(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 900)
    sheet.draw()
    before = set(sheet.tiles._tiles), {tile.texture for tile in sheet.tiles._tiles.values()}
    lane_px = HEIGHT / sheet.ground.top
    sheet.centre += np.float32(0.4 / lane_px)
    sheet.draw()
    assert (set(sheet.tiles._tiles), {tile.texture for tile in sheet.tiles._tiles.values()}) == before
    assert not sheet.tiles.behind
    sheet.centre += np.float32(0.2 / lane_px)
    sheet.draw()
    assert not {tile.texture for tile in sheet.tiles._tiles.values()} & before[1]


# As lines do


def test_it_looks_as_lines_do(sheet):
    sheet = sheet(n_channels=4)
    sheet.feed(BUCKET * 900)
    sheet.draw()
    sheet.screen.frames(1)
    tiles = sheet.seen("tiles_as_tiles")
    sheet.tiles.forget()
    y = np.empty((4, 2 * WIDTH), dtype=np.float32)
    lanes.lay_bars(
        y, sheet.envelope.columns, sheet.shown, sheet.middles, sheet.centre, sheet.gain, sheet.ground.top / HEIGHT
    )
    x = (np.repeat(np.arange(WIDTH) + 0.5 - WIDTH, 2) * BUCKET / RATE).astype(np.float32)
    themes = []
    for row, paint in zip(y, sheet.paints, strict=True):
        series = Series(sheet.y_axis, x, row, segments=True)
        with dpg.theme() as look, dpg.theme_component(dpg.mvAll):
            dpg.add_theme_color(dpg.mvPlotCol_Line, list(paint), category=dpg.mvThemeCat_Plots)
        dpg.bind_item_theme(series.tag, look)
        themes.append(look)
    sheet.screen.frames(2)
    drawn = sheet.seen("tiles_as_lines")
    for picture, other in ((tiles, drawn), (drawn, tiles)):
        for paint in range(4):
            mine = picture == paint
            near = other == paint
            near = near | np.roll(near, 1, axis=0) | np.roll(near, -1, axis=0)
            assert not (mine & ~near).any()
    assert (tiles == drawn).mean() > 0.99
    sheet.screen.clear()
    for look in themes:
        dpg.delete_item(look)


# Nothing piles up


def test_scrolling_for_long_leaves_nothing_behind(sheet):
    sheet = sheet()
    sheet.feed(BUCKET * 600)
    counts = set()
    for i in range(400):
        sheet.feed(BUCKET * 13)
        sheet.draw()
        sheet.screen.frames(1 if i % 40 == 0 else 0)
        n_items = len(dpg.get_item_children(sheet.y_axis, 1))
        n_textures = len(dpg.get_item_children(sheet.tiles._registry, 1))
        assert n_textures <= WIDTH // TILE_PX + 4
        if i > 20:
            counts.add(n_items)
    assert max(counts) <= WIDTH // TILE_PX + 4
    sheet.tiles.delete()
    assert not dpg.get_item_children(sheet.y_axis, 1)
    assert not dpg.does_item_exist(sheet.tiles._registry)
    sheet.tiles.delete()


def test_nothing_to_draw_draws_nothing(sheet):
    sheet = sheet()
    sheet.draw()
    assert not dpg.get_item_children(sheet.y_axis, 1)
    sheet.feed(20)
    sheet.shown, sheet.middles, sheet.paints = sheet.shown[:0], sheet.middles[:0], ()
    sheet.arrange(sheet.ground)
    sheet.draw()
    sheet.screen.frames(1)
    assert not (sheet.seen("tiles_none") >= 0).any()
