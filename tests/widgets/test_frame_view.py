from __future__ import annotations

import json

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.sources.block import Block
from myoscope.sources.errors import SourceError
from myoscope.sources.info import StreamInfo
from myoscope.sources.stream import Stream
from myoscope.widgets.colour_map import table
from myoscope.widgets.frame_view import FrameView, enlargement, frame_shape

pytestmark = pytest.mark.gui
FPS = 30.0


class Scanner:
    """A synthetic ultrasound scanner: layered tissue with a moving echo and speckle."""

    def __init__(self, shape=(120, 160), dtype="uint8", buffer_seconds=2.0, unit=""):
        self.info = StreamInfo(fs=FPS, dtype=dtype, sample_shape=shape, unit=unit)
        self.shape, self.n, self.now = shape, 0, 100.0
        self.blocks = []
        self.stream = Stream("probe", self, buffer_seconds=buffer_seconds, clock=lambda: self.now)
        self.stream.connect()

    def connect(self):
        return self.info

    def read(self):
        return self.blocks.pop(0) if self.blocks else None

    def disconnect(self):
        pass

    def picture(self, n):
        rows, columns = self.shape[:2]
        y, x = np.mgrid[0:rows, 0:columns] / rows
        depth = y + 0.02 * np.sin(6 * x + n / 8)
        echo = np.exp(-(((depth - 0.35) / 0.012) ** 2)) + 0.8 * np.exp(-(((depth - 0.7) / 0.02) ** 2))
        grey = np.exp(-1.5 * y) * (0.35 + 0.25 * np.sin(40 * depth)) + 0.6 * echo
        grey = np.clip(grey * np.random.default_rng(n).rayleigh(0.75, grey.shape), 0, 1)
        full = {"uint8": 255, "uint16": 4095}.get(self.info.dtype, 1.0)
        if len(self.shape) == 3:
            grey = np.stack((grey, grey * 0.6, 1 - grey), axis=2)
        return (full * grey).astype(self.info.dtype)

    def scan(self, n=1, lost=0):
        self.n += lost
        data = np.stack([self.picture(self.n + i) for i in range(n)])
        t = 100 + (self.n + np.arange(n)) / FPS
        self.n += n
        self.blocks = [Block(data, t, lost)]
        self.now = float(t[-1]) + 0.012
        self.stream.pump()
        return data[-1]


@pytest.fixture
def shown(screen, clock, theme):
    views = []

    def make(scanner, size=(800, 600), settings=None, n=3):
        theme.apply()
        scanner.scan(n)
        view = FrameView(scanner.stream, theme, settings, clock)
        with dpg.child_window(parent=screen.window, width=size[0], height=size[1], border=False) as box:
            view.build(box)
        views.append(view)

        def draw():
            clock.now += 0.02
            view.draw()

        screen.each_frame(draw)
        screen.frames(20)
        return view

    yield make
    for view in views:
        view.delete()


def middle(view):
    corner = dpg.get_item_rect_min(view.canvas.tag)
    return corner[0] + view.canvas.width / 2, corner[1] + view.canvas.height / 2


def test_the_newest_frame_is_painted_once(screen, shown):
    scanner = Scanner()
    view = shown(scanner)
    last = scanner.scan()
    screen.frames(3)
    n = view.n_painted
    screen.frames(10)
    assert view.n_painted == n
    np.testing.assert_array_equal(view.frame, last)
    wanted = table("Grey")[np.round(last / view.range.high * 255).astype(int)]
    np.testing.assert_allclose(view.image.pixels, wanted, atol=0.01)
    left, top, right, bottom = view._place
    assert (right - left) / (bottom - top) == pytest.approx(160 / 120)
    scanner.scan(lost=4)
    screen.frames(20)
    assert view.n_painted == n + 1
    assert view.number == 8
    assert view.footer.text.startswith("160 × 120 · frame 8 · ")
    assert "12 ms old" in view.footer.text
    screen.screenshot("frames")


def test_contrast_by_drag_and_back(screen, shown):
    view = shown(Scanner(dtype="uint16"))
    low, high = view.range.low, view.range.high
    assert high <= 4500
    x, y = middle(view)
    screen.drag((x, y), (x + 150, y))
    screen.frames(15)
    assert not view.range.auto
    assert view.range.high - view.range.low == pytest.approx((high - low) * np.exp(-0.5), rel=0.01)
    assert dpg.get_item_label(view.range_button.tag) == "Locked"
    kept = json.loads(json.dumps(view.settings()))
    assert FrameView(view.stream, settings=kept).range.high == view.range.high
    screen.drag((x, y), (x, y + 60))
    assert view.range.low > low
    screen.click_at(x, y)
    screen.click_at(x, y)
    screen.frames(60)
    assert view.range.auto
    assert (view.range.low, view.range.high) == (low, high)


def test_colours_sharpness_and_what_is_below_the_pointer(screen, shown):
    scanner = Scanner((40, 60), "float32", unit="dB")
    view = shown(scanner)
    screen.click(view.sharp_button.tag)
    screen.frames(4)
    n = enlargement(40, 60)
    assert n == 8
    assert view.image.pixels.shape == (40 * n, 60 * n, 4)
    np.testing.assert_array_equal(view.image.pixels[3 * n, 7 * n], view.image.pixels[4 * n - 1, 8 * n - 1])
    screen.click(view.colours_button.popup.button)
    screen.frames(4)
    screen.click(view.colours_button.rows["Viridis"])
    screen.frames(4)
    assert view.image.pixels[0, 0, 1] != view.image.pixels[0, 0, 0]
    x, y = middle(view)
    screen.move(x + 1, y + 1)
    screen.frames(3)
    assert view.tip.words.startswith("row 20, column 30: ")
    screen.screenshot("frames_sharp")


def test_colour_frames(screen, shown):
    scanner = Scanner((60, 80, 3))
    view = shown(scanner)
    last = scanner.scan()
    screen.frames(20)
    np.testing.assert_allclose(view.image.pixels[..., :3], last / view.range.high, atol=0.01)
    assert view.values() is None
    screen.screenshot("frames_colour")


def test_held_it_stands_and_goes_back(screen, shown):
    scanner = Scanner()
    view = shown(scanner, n=20)
    view.look.axis.hold()
    screen.frames(2)
    scanner.scan(5)
    screen.frames(3)
    assert view.number == 19
    view.look.axis.set_seconds(0.1)
    view.look.axis.scroll(-5 / FPS)
    screen.frames(3)
    assert view.number == 14
    np.testing.assert_array_equal(view.frame, scanner.picture(14))


@pytest.mark.parametrize(
    ("shape", "words"), [((1200, 1920), "Frames are too large"), ((16, 3), "No frames"), ((8,), "No frames")]
)
def test_what_cannot_be_shown_says_why(shape, words):
    scanner = Scanner((16, 16), buffer_seconds=1.0)
    scanner.scan()
    object.__setattr__(scanner.info, "sample_shape", shape)
    view = FrameView(scanner.stream, None)
    headline, reason = view.why_empty()
    assert headline == words
    assert "×" in reason or "8" in reason


def test_shapes():
    assert frame_shape((480, 640)) == (480, 640, False)
    assert frame_shape((480, 640, 3)) == (480, 640, True)
    assert frame_shape((39, 3)) is None
    assert frame_shape((480, 640, 4)) is None
    assert enlargement(480, 640) == 1


def test_a_buffer_of_large_frames_is_refused_with_the_figure():
    with pytest.raises(SourceError, match=r"307,200 channels takes 2\.\d GiB.*shorter buffer_seconds"):
        Stream("probe", Scanner((480, 640)), buffer_seconds=30.0).connect()


@pytest.mark.parametrize(
    ("mode", "scale", "size"), [("light", 1.0, (900, 640)), ("dark", 2.0, (1240, 760)), ("dark", 1.0, (300, 260))]
)
def test_looks(screen, shown, theme, mode, scale, size):
    theme.set_mode(mode)
    theme.set_scale(scale)
    view = shown(Scanner((480, 640), buffer_seconds=1.0), size, n=4)
    assert view.image.pixels.shape == (480, 640, 4)
    screen.screenshot(f"frames_{mode}_{round(100 * scale)}_{size[0]}")
