from __future__ import annotations

import json
import subprocess
from pathlib import Path

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.sources.block import Block
from myoscope.sources.info import StreamInfo
from myoscope.sources.stream import Stream
from myoscope.widgets.marker_view import MarkerView

pytestmark = pytest.mark.gui
DATA = Path(__file__).parents[3] / "shared" / "data" / "shoulder_abduction.npz"


@pytest.fixture(scope="module")
def markers():
    if not DATA.is_file():
        pytest.skip("The real markers are in ../shared/data, which is not here.")
    with np.load(DATA, allow_pickle=False) as file:
        return file["markers"]


class Capture:
    """A motion-capture system that plays what it was given, a block at a time."""

    def __init__(self, path, unit="mm", **device):
        self.path, self.at = path, 0
        self.info = StreamInfo(fs=100.0, unit=unit, sample_shape=path.shape[1:], device=device)
        self.now = 0.0
        self.stream = Stream("markers", self, buffer_seconds=10.0, clock=lambda: self.now)
        self.stream.connect()

    def connect(self):
        return self.info

    def read(self):
        return self.blocks.pop(0) if self.blocks else None

    def disconnect(self):
        pass

    def play(self, n):
        rows = self.path[self.at : self.at + n]
        t = (self.at + np.arange(len(rows))) / 100
        self.at += len(rows)
        self.blocks = [Block(np.ascontiguousarray(rows), t)]
        self.now = float(t[-1])
        self.stream.pump()


@pytest.fixture
def shown(screen, clock, theme):
    views = []

    def make(path, size=(900, 640), settings=None, n=300, **device):
        theme.apply()
        capture = Capture(path, **device)
        capture.play(n)
        view = MarkerView(capture.stream, theme, settings, clock)
        with dpg.child_window(parent=screen.window, width=size[0], height=size[1], border=False) as box:
            view.build(box)
        views.append(view)

        def draw():
            clock.now += 0.02
            view.draw()

        screen.each_frame(draw)
        screen.frames(20)
        return capture, view

    yield make
    for view in views:
        view.delete()


def place_of(view, marker):
    corner = dpg.get_item_rect_min(view.canvas.tag)
    return corner[0] + view.scene.placed[marker, 0], corner[1] + view.scene.placed[marker, 1]


def middle(view):
    corner = dpg.get_item_rect_min(view.canvas.tag)
    return corner[0] + view.canvas.width / 2, corner[1] + view.canvas.height - 30


def test_an_abduction_is_seen_turned_and_seen_again(screen, shown, markers):
    capture, view = shown(markers, settings={"trail_s": 2.0})
    assert view.points == pytest.approx(markers[299].astype(float))
    placed = view.scene.placed
    assert np.isfinite(placed).all()
    assert (placed[:, :2] > 0).all()
    assert (placed[:, 0] < view.canvas.width).all()
    assert (placed[:, 1] < view.canvas.height).all()
    # The arm hangs: shoulder markers are above those of the hand.
    assert placed[2, 1] < placed[15, 1]
    screen.click(view.propose_button.tag)
    screen.frames(4)
    assert len(view.links) == 15
    screen.screenshot("markers")
    before, yaw = placed.copy(), view.orbit.yaw
    x, y = middle(view)
    screen.drag((x, y), (x + 100, y - 40))
    assert view.orbit.yaw == pytest.approx(yaw - 100 * np.pi / 400)
    assert not np.allclose(view.scene.placed, before)
    capture.play(200)
    screen.frames(3)
    assert view.points == pytest.approx(markers[499].astype(float))
    screen.screenshot("markers_turned")
    screen.click_at(x, y)
    screen.click_at(x, y)
    screen.frames(2)
    assert view.orbit.yaw == yaw
    assert np.isfinite(view.scene.placed).all()


def test_wheel_and_right_drag(screen, shown, markers):
    _, view = shown(markers)
    distance = view.orbit.distance
    x, y = middle(view)
    screen.click_at(x, y, button=4)
    screen.frames(2)
    assert view.orbit.distance == pytest.approx(distance * 0.9)
    target = view.scene.placed[0, :2].copy()
    screen.move(x, y)
    subprocess.run(["xdotool", "mousedown", "3"], check=True)
    screen.frames(3)
    screen.move(x + 60, y - 20)
    subprocess.run(["xdotool", "mouseup", "3"], check=True)
    screen.frames(3)
    moved = view.scene.placed[0, :2] - target
    assert moved == pytest.approx([60, -20], rel=0.3)


def test_hidden_markers_are_left_out_and_counted(screen, shown, markers):
    path = markers.copy()
    path[:, 3] = np.nan
    path[:, 5] = 0.0
    _, view = shown(path)
    assert np.flatnonzero(np.isnan(view.scene.placed[:, 0])).tolist() == [3, 5]
    assert view.footer.text.startswith("14 of 16 markers seen")
    assert "15 of" not in view.footer.text


def test_links_by_hand_are_kept(screen, shown, markers):
    names = [f"M{i}" for i in range(16)]
    _, view = shown(markers, names=names, links=[["M0", "M1"], [2, 3]])
    assert view.links == ((0, 1), (2, 3))
    screen.click(view.link_button.tag)
    screen.frames(2)
    screen.click_at(*place_of(view, 14))
    screen.move(*place_of(view, 15))
    screen.frames(2)
    assert view.tip.words.startswith("M15\nx ")
    assert "from M14" in view.tip.words
    screen.screenshot("markers_linking")
    screen.click_at(*place_of(view, 15))
    screen.frames(2)
    assert view.links == ((0, 1), (2, 3), (14, 15))
    screen.click_at(*place_of(view, 15))
    screen.click_at(*place_of(view, 14))
    screen.frames(2)
    assert view.links == ((0, 1), (2, 3))
    kept = json.loads(json.dumps(view.settings()))
    other = MarkerView(view.stream, view.theme, kept)
    assert other._own_links == [[0, 1], [2, 3]]
    MarkerView(view.stream, settings={"links": 3, "camera": {"yaw": "x"}, "trail_s": "x"})


def test_a_camera_survives(screen, shown, markers):
    _, view = shown(
        markers, settings={"camera": {"up": "Y", "yaw": 1.0, "pitch": 0.5, "distance": 4000, "target": [1, 2, 3]}}
    )
    assert (view.orbit.up, view.orbit.distance) == ("Y", 4000.0)
    assert view.settings()["camera"]["target"] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("shape", "words"), [((8,), "No markers"), ((4, 4), "No markers"), ((600, 3), "Too many markers")]
)
def test_other_streams_say_why(screen, shown, shape, words):
    _, view = shown(np.zeros((20, *shape), dtype=np.float32), n=10)
    assert view.headline.text == words


@pytest.mark.parametrize(
    ("mode", "scale", "size"),
    [
        ("light", 1.0, (900, 640)),
        ("dark", 2.0, (1240, 760)),
        ("dark", 1.0, (300, 260)),
        ("high contrast", 0.75, (640, 420)),
    ],
)
def test_looks(screen, shown, theme, markers, mode, scale, size):
    theme.set_mode(mode)
    theme.set_scale(scale)
    _, view = shown(markers, size, {"trail_s": 1.0, "names": True})
    view.propose()
    screen.frames(4)
    assert np.isfinite(view.scene.placed).all()
    screen.screenshot(f"markers_{mode.replace(' ', '_')}_{round(100 * scale)}_{size[0]}")
