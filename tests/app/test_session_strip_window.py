"""The whole session below the traces, with a real mouse: sought, wheeled, dragged, chosen, folded."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
from gui import _xdotool

from myoscope.app.engine import Engine
from myoscope.app.replay_strip import ReplayStrip
from myoscope.app.session_columns import Lanes
from myoscope.app.settings import Settings
from myoscope.app.workbench import Workbench
from myoscope.recordings.building import SessionBuilder
from myoscope.sources import Event, StreamInfo, names

pytestmark = pytest.mark.gui
SECONDS = 600.0


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Make ten minutes of two streams with a gap, events and trials."""
    rng = np.random.default_rng(4)
    with SessionBuilder(tmp_path_factory.mktemp("strip") / "long.myo") as builder:
        builder.stream("emg", StreamInfo(fs=200.0, channel_names=names("EMG", 8), unit="µV"))
        builder.stream("force", StreamInfo(fs=50.0, channel_names=("Fx", "Fz"), unit="N"))
        for k in range(60):
            t = 10 * k + np.arange(2000) / 200
            noise = rng.normal(0, 100, (2000, 8)) * (0.05 + np.abs(np.sin(t / 40 + np.arange(8)[:, None] / 3)).T ** 3)
            if k == 45:
                builder.gap("emg", 50 + 420 - 1 / 200, 50 + 450, 6000, "device")
            if not 42 <= k < 45:
                builder.write("emg", noise.astype(np.float32), 50 + t)
            slow = t[::4]
            force = 50 * np.stack([np.sin(slow / 60), np.sin(slow / 17)], axis=1)
            builder.write("force", force.astype(np.float32), 50 + slow)
        for i in range(8):
            builder.event(Event(50 + 40.0 + 70 * i, "marker", f"lift {i}"))
        for i in range(3):
            builder.event(Event(50 + 20.0 + 190 * i, "trial", f"abduction {i + 1}"))
        return builder.finish()


@pytest.fixture(scope="module")
def _the_theme(_the_screen):
    from myoscope.widgets import Theme

    return Theme()


@pytest.fixture
def theme(screen, _the_theme):
    _the_theme.set_mode("dark")
    _the_theme.set_scale(1.0)
    yield _the_theme
    screen.clear()


class Shown:
    """The strip at the lower end of a window, the engine that replays, and a person before it."""

    def __init__(self, screen, theme, path, width=1270):
        self.screen = screen
        self.engine = Engine()
        self.engine.start()
        self.engine.open_replay(path, play=False)
        self.bench = Workbench(self.engine, Settings())
        self.strip = ReplayStrip(self.bench, theme)
        self.box = dpg.add_child_window(
            parent=screen.window, width=width, height=400, pos=(4, 300), border=False, no_scrollbar=True
        )
        self.strip.build(self.box)
        screen.each_frame(self.draw)
        screen.until(lambda: self.line is not None and self.line.reader.answer is not None and self.settled)

    def draw(self):
        self.bench.refresh()
        self.strip.draw()
        dpg.configure_item(self.box, height=self.strip.height)

    @property
    def line(self):
        return self.strip.session

    @property
    def settled(self):
        answer, stretch = self.line.reader.answer, self.line.stretch
        question = answer.question
        same = (question.start, question.stop, question.lanes) == (stretch.start, stretch.stop, self.line.lanes)
        return same and not self.line.reader.busy

    @property
    def position(self):
        return self.engine.replay.position_seconds

    def spot(self, across, down=0.5):
        left, top = dpg.get_item_rect_min(self.line.canvas.tag)
        return left + across * self.line.canvas.width, top + down * self.line.canvas.height

    def close(self):
        self.strip.delete()
        self.engine.stop()


@pytest.fixture
def show(screen, theme, path):
    made = []

    def make(**options):
        made.append(Shown(screen, theme, path, **options))
        return made[-1]

    yield make
    for shown in made:
        shown.close()


def test_a_session_is_seen_whole_and_sought_by_a_click(show, screen):
    shown = show()
    line = shown.line
    assert [band.stream for band in line.reader.answer.bands] == ["emg", "force"]
    assert line.stretch.is_whole
    screen.frames(5)
    screen.until(lambda: shown.settled)
    screen.frames(2)
    painted = line._image.pixels
    n_columns = painted.shape[1]
    assert (painted[..., 3] > 0).any(axis=0).mean() > 0.99
    share = 150.0 / SECONDS
    screen.click_at(*shown.spot(share))
    assert shown.position == pytest.approx(150.0, abs=2 * SECONDS / n_columns)
    screen.until(lambda: line.last.seconds == pytest.approx(shown.position))
    # A gap is hatched: two alphas, no stroke.
    hatch = painted[20, int(425 / SECONDS * n_columns) : int(445 / SECONDS * n_columns), 3]
    assert 0 < hatch.min() < hatch.max() < 1
    screen.move(*shown.spot((40.0 + 70) / SECONDS))
    screen.until(lambda: "lift 1" in line.tip.words)
    assert "abduction 1" in line.tip.words
    screen.screenshot("session-strip")
    # The line where the replay is can be dragged along.
    screen.drag(shown.spot(share), shown.spot(0.4))
    assert shown.position == pytest.approx(0.4 * SECONDS, abs=3 * SECONDS / n_columns)
    screen.move(*shown.spot(430 / SECONDS))
    screen.until(lambda: "6,000" in line.tip.words)


def test_it_is_wheeled_dragged_and_shown_whole_again(show, screen):
    shown = show()
    line = shown.line
    x, y = shown.spot(0.25)
    screen.move(x, y)
    for _ in range(4):
        _xdotool("click", "4")
        screen.frames(3)
    screen.until(lambda: line.stretch.seconds < SECONDS / 3 and shown.settled)
    begin, length = line.stretch.start, line.stretch.seconds
    assert begin + 0.25 * length == pytest.approx(SECONDS / 4, abs=1.0)
    screen.drag(shown.spot(0.8), shown.spot(0.6))
    screen.until(lambda: shown.settled)
    assert line.stretch.start == pytest.approx(begin + 0.2 * length, abs=0.02 * length)
    assert shown.position == 0.0, "a drag seeks nothing"
    screen.screenshot("session-strip-near")
    screen.move(*shown.spot(0.5))
    _xdotool("click", "1")
    screen.frames(2)
    _xdotool("click", "1")
    screen.until(lambda: line.stretch.is_whole)
    assert shown.position == pytest.approx(0.0), "a double click goes nowhere"


def test_other_lanes_and_one_line(show, screen):
    shown = show()
    line, high = shown.line, shown.strip.height
    screen.click(shown.strip.picker.button.button)
    screen.frames(3)
    screen.screenshot("session-strip-picker")
    assert dpg.get_item_configuration(shown.strip.picker.streams)["items"] == ["All streams", "emg", "force"]
    shown.strip.picker._chose_stream(1)
    screen.frames(3)
    shown.strip.picker._chose_channel(1)
    shown.strip.picker.delete()
    assert line.lanes == Lanes("emg", -1)
    screen.until(lambda: shown.settled)
    assert [len(band.columns) for band in line.reader.answer.bands] == [8]
    screen.frames(3)
    screen.screenshot("session-strip-channels")
    shown.strip.picker._chose_channel(4)
    screen.until(lambda: shown.settled)
    screen.frames(3)
    assert shown.strip.picker.words == "EMG_03"
    screen.screenshot("session-strip-one")
    screen.click(shown.strip.fold.tag)
    screen.frames(3)
    assert shown.strip.folded
    assert shown.bench.settings.time_line == "folded"
    assert shown.strip.height < high
    screen.screenshot("session-strip-folded")
    x, y = shown.spot(0.5)
    screen.click_at(x, y)
    assert shown.position == pytest.approx(SECONDS / 2, abs=2.0)
    screen.click(shown.strip.fold.tag)
    screen.frames(3)
    assert not shown.strip.folded


@pytest.mark.parametrize(("mode", "scale"), [("light", 2.0), ("high contrast", 0.75)])
def test_it_holds_at_other_sizes_and_in_other_colours(show, screen, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    shown = show()
    shown.bench.settings.time_line = "open"
    screen.until(lambda: shown.settled)
    screen.frames(5)
    inside = dpg.get_item_pos(shown.box)[1] + shown.strip.height
    lower = dpg.get_item_rect_min(shown.strip.bar.loop.tag)[1] + dpg.get_item_rect_size(shown.strip.bar.loop.tag)[1]
    assert lower <= inside, "nothing of the bar is cut off"
    assert shown.line.canvas.height >= 2 * theme.row_height
    assert shown.line.canvas.width > 600
    screen.screenshot(f"session-strip-{scale:g}")
