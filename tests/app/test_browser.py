"""The list of recordings, with a real mouse: find, choose, tag, cut, join, put aside, bring back."""

from __future__ import annotations

import json

import dearpygui.dearpygui as dpg
import numpy as np
import pytest
from gui import _xdotool

from myoscope.app.browser import BrowserPage
from myoscope.app.browser_acts import BrowserActs
from myoscope.app.browser_cuts import Moments, seconds_of
from myoscope.app.engine import Engine
from myoscope.app.settings import Settings
from myoscope.app.workbench import Workbench
from myoscope.recordings import open_session
from myoscope.recordings.about import ChannelAbout
from myoscope.sources import Block, Event, StreamInfo, names
from tests.recordings.sessions import recorder

pytestmark = pytest.mark.gui
INFO = StreamInfo(fs=500.0, channel_names=names("emg", 4), unit="µV", dtype="float32")


def take(path, seconds=4.0, t0=50.0, events=(), seed=0, **about):
    """Record bursts of noise."""
    made = recorder(path, **about)
    made.describe_channels("emg", [ChannelAbout(muscle="biceps brachii")] * 4)
    sink = made.sink("emg")
    sink.open(INFO)
    t = np.arange(int(seconds * 500)) / 500
    noise = np.random.default_rng(seed).normal(0, 100, (len(t), 4)) * (0.1 + np.sin(t * (1 + seed % 3))[:, None] ** 4)
    sink.write(Block(noise.astype(np.float32), t0 + t))
    for event in events:
        made.event(event)
    made.step(0)
    made.close()
    return made.path


def typed(screen, text):
    """Type a text at once: far fewer processes than a letter at a time."""
    _xdotool("type", "--delay", "1", text)
    screen.frames(len(text) + 2)


class Shown:
    """The page in a window of its own, and the engine that works for it."""

    def __init__(self, screen, theme, folder, size):
        self.screen, self.theme = screen, theme
        self.engine = Engine()
        self.engine.start()
        self.bench = Workbench(self.engine, Settings(recordings=str(folder), operator="anna"))
        self.bench.engine = self.engine
        self.bench.shown_dialog = lambda name: self.opened.append((name, self.bench.described))
        self.opened = []
        self.closed = 0
        acts = BrowserActs(self.engine, lambda: "anna")
        self.page = BrowserPage(self.bench, theme, acts, self._close)
        self.window = dpg.add_window(label="Recordings", width=size[0], height=size[1], pos=(0, 0), no_collapse=True)
        self.page.fill(self.window)
        screen.each_frame(self.bench.refresh, self._draw)

    def _draw(self):
        if not self.closed:
            self.page.draw()

    def _close(self):
        self.closed += 1
        self.page.delete()
        dpg.delete_item(self.window)

    @property
    def titles(self):
        return [entry.title for entry in self.page.found]

    def until(self, condition):
        self.screen.until(condition, 15.0)

    def click(self, name):
        """Click the row of a session, by its folder's name."""
        path = next(path for path in self.page.rows.buttons if path.name == name)
        self.screen.click(self.page.rows.buttons[path])

    def press(self, name):
        """Click one of the buttons at the right, scrolled to if it must be."""
        button = self.page.details.switches[name].tag
        right = dpg.get_item_parent(self.page.details._box)
        if dpg.get_y_scroll_max(right):
            dpg.set_y_scroll(right, max(0, dpg.get_item_pos(button)[1] + dpg.get_y_scroll(right) - 100))
            self.screen.frames(3)
        self.screen.click(button)

    def close(self):
        self.page.delete()
        self.engine.stop()


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


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "recordings"
    marks = [Event(51.0, "marker", "lift"), Event(52.5, "marker", "lift"), Event(53.0, "trial", "trial 1")]
    take(made / "a.myo", name="abduction", subject="S07", task="lift", tags=("good",), take=1, events=marks)
    take(
        made / "b.myo",
        t0=70.0,
        name="abduction",
        subject="S07",
        task="lift",
        take=2,
        seed=1,
        notes="Electrode 3 came off.",
    )
    take(made / "c.myo", 2.0, name="Übung", subject="S08", seed=2)
    return made


@pytest.fixture
def show(screen, theme, folder):
    made = []

    def open_page(size=(1240, 760), scale=1.0):
        theme.set_scale(scale)
        shown = Shown(screen, theme, folder, size)
        made.append(shown)
        shown.until(lambda: shown.page.library.entries is not None and not shown.page.library.n_waiting)
        screen.frames(5)
        return shown

    yield open_page
    for shown in made:
        shown.close()
    theme.set_scale(1.0)


def test_recordings_are_found_and_chosen(show, screen):
    shown = show()
    assert sorted(shown.titles) == ["abduction 01", "abduction 02", "Übung"]
    screen.click(shown.page.field)
    typed(screen, "subject:S07 ")
    shown.until(lambda: shown.titles == ["abduction 02", "abduction 01"])
    screen.frames(3)
    shown.click("b.myo")
    assert [entry.path.name for entry in shown.page.rows.chosen_entries()] == ["b.myo"]
    screen.screenshot("browser")
    _xdotool("keydown", "ctrl")
    shown.click("a.myo")
    _xdotool("keyup", "ctrl")
    screen.frames(3)
    assert len(shown.page.rows.chosen) == 2
    screen.screenshot("browser-two")


def tags(path):
    with open_session(path) as session:
        return session.about.tags


def test_tags_are_given_taken_and_brought_back(show, screen, folder):
    shown = show()
    shown.click("b.myo")
    screen.click(shown.page.details.tag_field)
    typed(screen, "pilot")
    screen.key("Return")
    shown.until(lambda: tags(folder / "b.myo") == ("pilot",))
    shown.until(lambda: any(entry.tags == ("pilot",) for entry in shown.page.rows.chosen_entries()))
    screen.frames(3)
    assert "pilot" in shown.page._status.text
    screen.click(shown.page.undo.tag)
    shown.until(lambda: tags(folder / "b.myo") == ())
    screen.click(shown.page.redo.tag)
    shown.until(lambda: tags(folder / "b.myo") == ("pilot",))
    lines = [json.loads(line) for line in (folder / "b.myo" / "about.jsonl").read_text().splitlines()]
    assert [(line["by"], line["after"]) for line in lines] == [("anna", ["pilot"]), ("anna", []), ("anna", ["pilot"])]


def test_a_range_is_kept_as_a_new_recording(show, screen, folder):
    shown = show()
    shown.click("a.myo")
    shown.press("cut")
    form = shown.page.details.cut
    screen.frames(3)
    screen.screenshot("browser-trim")
    screen.click(form.start)
    screen.key("ctrl+a")
    typed(screen, "0:01")
    screen.click(form.stop)
    screen.key("ctrl+a")
    typed(screen, "0")
    screen.frames(2)
    assert "must come after" in form.problem.text
    screen.key("ctrl+a")
    typed(screen, "2.5")
    screen.frames(2)
    screen.click(form.make.tag)
    shown.until(lambda: len(shown.titles) == 4)
    (cut,) = (entry for entry in shown.page.found if entry.origin == "cut")
    assert cut.duration_s == pytest.approx(1.5)
    assert shown.page.details.cut is None


def test_it_is_split_at_events_and_joined_again(show, screen, folder):
    shown = show()
    shown.page.rows._click(folder / "a.myo")
    shown.page.details.switches["cut"]._press()
    form = shown.page.details.cut
    screen.frames(2)
    screen.click(form._modes.popup.button)
    screen.click(form._modes.rows["events"])
    assert "3 new recordings" in form.problem.text
    screen.screenshot("browser-split")
    form._make()
    shown.until(lambda: len(shown.titles) == 6)
    shown.page._search("origin:cut")
    screen.frames(2)
    parts = [entry.path.name for entry in shown.page.found]
    shown.click(parts[0])
    _xdotool("keydown", "shift")
    shown.click(parts[-1])
    _xdotool("keyup", "shift")
    screen.frames(3)
    assert len(shown.page.rows.chosen) == 3
    shown.page.details.switches["join"]._press()
    shown.until(lambda: any(entry.origin == "join" for entry in shown.page.library.entries))
    (joined,) = (entry for entry in shown.page.library.entries if entry.origin == "join")
    with open_session(joined.path) as one, open_session(folder / "a.myo") as whole:
        np.testing.assert_array_equal(one.streams["emg"].read()[0], whole.streams["emg"].read()[0])
        assert one.gaps == whole.gaps == ()


def test_what_is_put_aside_comes_back(show, screen, folder):
    shown = show()
    shown.page.rows._click(folder / "c.myo")
    screen.frames(2)
    shown.press("aside")
    shown.until(lambda: len(shown.titles) == 2)
    assert not (folder / "c.myo").exists()
    screen.click(shown.page.undo.tag)
    shown.until(lambda: len(shown.titles) == 3)
    assert (folder / "c.myo" / "zarr.json").is_file()


def test_it_is_opened_described_and_exported(show, screen, folder):
    shown = show()
    shown.page.rows._click(folder / "a.myo")
    shown.page.details.switches["describe"]._press()
    assert shown.opened == [("describe", folder / "a.myo")]
    # Of one it is asked how and where; several go beside themselves.
    shown.page.details.switches["export"]._press()
    assert shown.opened[-1][0] == "export"
    assert shown.bench.exported == folder / "a.myo"
    shown.page.rows.chosen = [folder / "a.myo", folder / "b.myo"]
    shown.page._chosen()
    (export,) = shown.page.details._popups
    screen.frames(2)
    screen.click(export.button)
    screen.frames(3)
    bottom = dpg.get_item_pos(export.window)[1] + dpg.get_item_rect_size(export.window)[1]
    assert bottom <= dpg.get_viewport_client_height(), "the list of formats ends inside the window"
    screen.screenshot("browser-formats")
    shown.page.details._export("csv")
    shown.until(lambda: (folder / "a-csv").is_dir() and (folder / "b-csv").is_dir())
    shown.click("a.myo")
    shown.page.details.switches["replay"]._press()
    assert shown.closed == 1
    shown.until(lambda: shown.engine.replay is not None)
    assert shown.engine.replay.session.path == folder / "a.myo"
    shown.until(lambda: shown.bench.state.replay is not None)
    entry = next(entry for entry in shown.page.found if entry.path.name == "a.myo")
    assert "It is open" in shown.page._acts.why_not_put_aside([entry])


def test_a_double_click_replays(show, screen, folder):
    shown = show()
    x, y = screen.middle(shown.page.rows.buttons[folder / "c.myo"])
    screen.move(x, y)
    _xdotool("click", "--repeat", "2", "--delay", "60", "1")
    shown.until(lambda: shown.closed == 1)
    shown.until(lambda: shown.engine.replay is not None)
    assert shown.engine.replay.session.path == folder / "c.myo"


@pytest.mark.parametrize(("size", "scale", "name"), [((1248, 656), 2.0, "200"), ((620, 420), 1.0, "small")])
def test_it_holds_at_any_size(show, screen, size, scale, name):
    shown = show(size, scale)
    shown.page.rows._click(next(iter(shown.page.rows.buttons)).with_name("a.myo"))
    screen.frames(2)
    screen.screenshot(f"browser-{name}")
    left, _ = dpg.get_item_rect_min(shown.page.details.switches["replay"].tag)
    width, _ = dpg.get_item_rect_size(shown.page.details.switches["replay"].tag)
    assert left + width <= size[0]
    assert dpg.get_item_rect_size(shown.page.details.switches["replay"].tag)[1] >= 30 * scale
    shown.page.details.switches["cut"]._press()
    screen.frames(2)
    screen.screenshot(f"browser-{name}-cut")
    shown.page.details.cut.draw()
    assert shown.page.details.cut.cuts()[2] == ""


def test_another_folder_is_looked_at_too(show, screen, tmp_path):
    take(tmp_path / "elsewhere" / "d.myo", 1.0, name="elsewhere")
    shown = show()
    shown.page._add_folder(str(tmp_path / "nowhere"))
    assert shown.bench.settings.session_folders == []
    shown.page._add_folder(str(tmp_path / "elsewhere"))
    shown.page.library.look_soon()
    shown.until(lambda: len(shown.titles) == 4)
    shown.page._forget(str(tmp_path / "elsewhere"))
    shown.page.library.look_soon()
    shown.until(lambda: len(shown.titles) == 3)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90.0), ("1:30", 90.0), ("0:01:30.5", 90.5), ("2,5", 2.5), ("-1", np.nan), ("x", np.nan), ("", np.nan)],
)
def test_times_are_read_as_people_write_them(text, seconds):
    np.testing.assert_equal(seconds_of(text), seconds)


def test_trials_last_until_the_next_and_those_done_again_are_left_out():
    trial = [Event(0, "trial", f"trial {n}", text) for n, text in [(1, ""), (2, "superseded"), (2, "attempt 2")]]
    moments = Moments(tuple(zip((1.0, 3.0, 4.0), trial, strict=True)))
    assert moments.trials(9.0) == [(1.0, 3.0, "trial 1"), (4.0, 9.0, "trial 2")]
    assert moments.labels == []
    for few in (Moments(), Moments(((2.0, Event(0, "marker", "lift")),))):
        assert few.trials(9.0) == []
