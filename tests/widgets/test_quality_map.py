from __future__ import annotations

import json

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.sources.info import Grid
from myoscope.widgets.quality_map import QualityMap

pytestmark = pytest.mark.gui
FS = 2000.0


def signal(n_channels: int, seconds: float = 2.5, seed: int = 0) -> np.ndarray:
    """EMG-like: a common part and noise of each channel's own, quiet now and then."""
    rng = np.random.default_rng(seed)
    n = round(seconds * FS)
    loud = (0.5 + 0.5 * np.sin(np.arange(n) / FS * 6))[:, None] ** 4
    common = rng.normal(0, 30, (n, 1)) * loud
    return (common + rng.normal(0, 15, (n, n_channels)) * loud + rng.normal(0, 1.5, (n, n_channels))).astype(np.float32)


def spoilt(data: np.ndarray) -> np.ndarray:
    t = np.arange(len(data)) / FS
    data[:, 1] = 3.0
    data[:, 2] += (60 * np.sin(2 * np.pi * 50 * t)).astype(np.float32)
    data[:, 4] = np.clip(data[:, 4], -20, 20)
    data[:, 6] = data[:, 5] + np.random.default_rng(1).normal(0, 0.05, len(data)).astype(np.float32)
    return data


@pytest.fixture
def shown(screen, clock, bench, theme):
    views = []

    def make(n_channels=9, grid=None, size=(900, 560), data=None, **options):
        theme.apply()
        b = bench(n_channels, FS)
        if grid is not None:
            object.__setattr__(b.fed.info, "grid", grid)
            b.stream.reconnect()
        b.feed(spoilt(signal(n_channels)) if data is None else data)
        view = QualityMap(b.stream, theme, clock=clock, **options)
        with dpg.child_window(parent=screen.window, width=size[0], height=size[1], border=False) as box:
            view.build(box)
        views.append(view)

        def draw():
            clock.now += 0.1
            view.draw()

        screen.each_frame(draw)
        screen.until(lambda: len(view.findings) == n_channels)
        screen.frames(6)
        return b, view

    yield make
    for view in views:
        view.delete()


def kinds(view):
    return {i: {f.kind for f in found if f.bad} for i, found in enumerate(view.findings) if any(f.bad for f in found)}


def place_of(view, channel):
    part = next(p for p in view._layout.parts if channel in p.channels)
    left, top, right, bottom = view._layout.rect(part, part.cells[part.channels.index(channel)])
    corner = dpg.get_item_rect_min(view.canvas.tag)
    return corner[0] + (left + right) / 2, corner[1] + (top + bottom) / 2


def test_faults_are_found_said_and_marked(screen, shown):
    _, view = shown()
    assert kinds(view) == {1: {"flat"}, 2: {"mains"}, 4: {"saturated"}, 5: {"bridge"}, 6: {"bridge"}}
    screen.move(*place_of(view, 2))
    screen.frames(3)
    assert view.tip.words.startswith("ch_2\nMains ")
    assert "Check the reference electrode" in view.tip.words
    screen.screenshot("quality_dark")
    screen.click(view.mark_button.tag)
    screen.frames(4)
    assert view.look.channels.bad == {1, 2, 4, 5, 6}
    assert view.look.channels.reason(2).startswith("mains ")
    assert view.proposed() == {}
    # Pressed again it does nothing, and says why.
    screen.click(view.mark_button.tag)
    screen.frames(4)
    screen.screenshot("quality_marked")
    assert view.values().rows[1][1].startswith("flat")


def test_limits_are_a_persons_own(screen, shown):
    _, view = shown()
    screen.click(view.limits_popup.popup.button)
    screen.frames(6)
    screen.screenshot("quality_limits")
    screen.click(view.limits_popup.fields["mains", 1])
    screen.key("ctrl+a")
    screen.type("101")
    screen.frames(3)
    assert view.limits.mains[1] == pytest.approx(1.01)
    assert kinds(view)[2] == {"noise"}
    kept = json.loads(json.dumps(view.settings()))
    other = QualityMap(view.stream, settings=kept)
    assert other.limits == view.limits


@pytest.mark.parametrize(
    ("mode", "scale", "size"),
    [
        ("light", 1.0, (900, 560)),
        ("dark", 2.0, (1240, 760)),
        ("dark", 1.0, (300, 240)),
        ("high contrast", 0.75, (640, 420)),
    ],
)
def test_a_grid_of_sixty_four(screen, shown, theme, mode, scale, size):
    theme.set_mode(mode)
    theme.set_scale(scale)
    grid = Grid(tuple((i % 8, i // 8) for i in range(64)), 8.0)
    _, view = shown(64, grid, size)
    assert len(view._layout.parts) == 1
    screen.move(*place_of(view, 10))
    screen.frames(2)
    assert view.tip.words.startswith("ch_10\n")
    screen.screenshot(f"quality_grid_{mode.replace(' ', '_')}_{round(100 * scale)}_{size[0]}")


def test_an_irregular_stream_says_why(screen, bench, theme, clock):
    b = bench(2, 0.0)
    view = QualityMap(b.stream, theme, clock=clock)
    view.build(screen.window)
    screen.each_frame(view.draw)
    screen.frames(4)
    assert view.headline.text == "No steady rate"
    view.delete()
