"""Describing a recording with real mouse and keys: fields, channels, the way back, the next recording."""

from __future__ import annotations

import json

import dearpygui.dearpygui as dpg
import pytest
from gui import _xdotool

from myoscope.app.browser_acts import BrowserActs
from myoscope.app.engine import Engine
from myoscope.app.metadata_editor import MetadataPage
from myoscope.app.metadata_words import suggestions, warning
from myoscope.app.settings import Settings
from myoscope.app.workbench import Workbench
from myoscope.recordings import open_session
from myoscope.recordings.about import ChannelAbout
from tests.recordings.sessions import recorded

pytestmark = pytest.mark.gui


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


def typed(screen, text):
    """Type a text at once: far fewer processes than a letter at a time."""
    _xdotool("type", "--delay", "1", text)
    screen.frames(len(text) + 2)


class Shown:
    """The editor in a window of its own, and the engine that works for it."""

    def __init__(self, screen, theme, bench, path, size):
        self.screen, self.bench = screen, bench
        self.page = MetadataPage(bench, theme, BrowserActs(bench.engine, lambda: "anna"), path)
        self.window = dpg.add_window(label="About", width=size[0], height=size[1], pos=(0, 0), no_collapse=True)
        self.page.fill(self.window)
        screen.each_frame(bench.refresh, self.page.draw)
        screen.frames(5)

    def write(self, item, text):
        self.screen.click(item)
        self.screen.key("ctrl+a")
        typed(self.screen, text)
        self.screen.key("Return")

    def tab(self, name):
        self.page.choose(name)
        self.screen.frames(3)


@pytest.fixture
def bench(tmp_path):
    engine = Engine()
    engine.start()
    yield Workbench(engine, Settings(recordings=str(tmp_path / "recordings"), operator="anna"))
    engine.stop()


@pytest.fixture
def path(tmp_path):
    (tmp_path / "recordings").mkdir()
    return recorded(tmp_path / "recordings" / "one.myo", 500, subject="S07", name="lift")


@pytest.fixture
def show(screen, theme, bench):
    made = []

    def open_page(path, size=(1080, 700), scale=1.0):
        theme.set_scale(scale)
        made.append(Shown(screen, theme, bench, path, size))
        return made[-1]

    yield open_page
    for shown in made:
        shown.page.delete()
    theme.set_scale(1.0)


def about(path):
    with open_session(path) as session:
        return session.about


def channels(path):
    with open_session(path) as session:
        return session.streams["emg"].channels_about


def test_a_recording_is_described_and_all_can_be_taken_back(show, screen, path):
    shown = show(path)
    form = shown.page.form
    assert dpg.get_value(form.inputs["subject"]) == "S07"
    shown.write(form.inputs["task"], "abduction")
    screen.until(lambda: about(path).task == "abduction")
    shown.write(form.inputs["subject"], "Anna Schmidt")
    assert "looks like a name" in form.problems["subject"].text
    screen.screenshot("metadata-recording")
    form.keep("take", "first")
    assert "is no number" in form.problems["take"].text
    screen.until(lambda: about(path).subject == "Anna Schmidt")
    assert form._code._shown[0] == "Next free: S08"
    screen.click(form._code.tag)
    screen.until(lambda: about(path).subject == "S08")
    assert form.problems["subject"].text == ""
    screen.click(shown.page.undo.tag)
    screen.click(shown.page.undo.tag)
    screen.until(lambda: about(path).subject == "S07")
    assert about(path).task == "abduction"
    screen.click(shown.page.tabs["history"].tag)
    screen.screenshot("metadata-history")
    newest_first = [edit.field for edit in reversed(shown.page.said.history)]
    assert newest_first == ["subject"] * 4 + ["task"]
    screen.click(shown.page.history.back[-1].tag)
    screen.until(lambda: about(path).task == "")
    lines = [json.loads(line) for line in (path / "about.jsonl").read_text().splitlines()]
    assert [line["by"] for line in lines] == ["anna"] * 6
    assert [(line["before"], line["after"]) for line in lines][-1] == ("abduction", "")


def test_many_channels_are_described_at_once(show, screen, path):
    shown = show(path)
    shown.tab("channels")
    table = shown.page.channels
    screen.click(table.ticks[1])
    screen.click(table.ticks[2])
    screen.click(table.cells[1, "muscle"])
    typed(screen, "bic")
    screen.frames(3)
    offered = [dpg.get_item_label(tag) for tag in table.offers]
    assert offered[0].startswith("biceps")
    screen.screenshot("metadata-channels")
    screen.click(table.offers[offered.index("biceps brachii")])
    screen.until(lambda: [one.muscle for one in channels(path)] == ["", "biceps brachii", "biceps brachii", ""])
    table.put(3, "electrode_distance_mm", "20 mm")
    screen.until(lambda: channels(path)[3].electrode_distance_mm == 20.0)
    table.put(3, "side", "up")
    screen.frames(2)
    assert "left, right, midline" in shown.page.status.text
    table.put(1, "side", "l")
    screen.until(lambda: [one.side for one in channels(path)] == ["", "left", "left", ""])
    table._tick(2)
    table._tick(3)
    screen.click(table._down.tag)
    wanted = ChannelAbout(muscle="biceps brachii", side="left", electrode_distance_mm=20.0)
    screen.until(lambda: channels(path)[3] == wanted)
    screen.click(shown.page.undo.tag)
    screen.until(lambda: channels(path)[3] == ChannelAbout(electrode_distance_mm=20.0))


def test_a_table_of_a_spreadsheet_is_pasted(show, screen, path):
    shown = show(path)
    shown.tab("channels")
    dpg.set_clipboard_text("Channel\tMuscle\tSide\n1\tsoleus\tL\n4\tgracilis\tR\n")
    screen.click(shown.page.channels._paste.tag)
    screen.until(lambda: [one.muscle for one in channels(path)] == ["soleus", "", "", "gracilis"])
    screen.until(lambda: dpg.get_value(shown.page.channels.cells[3, "side"]) == "right")
    screen.click(shown.page.channels._copy.tag)
    assert dpg.get_clipboard_text().splitlines()[1].split("\t")[1:3] == ["soleus", "left"]
    dpg.set_clipboard_text("Channel\tMuscle\n9\tsoleus\n")
    screen.click(shown.page.channels._paste.tag)
    assert "no channel 9" in shown.page.status.text


def test_words_of_another_recording_are_taken_over(show, screen, path, tmp_path):
    shown = show(path)
    shown.tab("channels")
    shown.page.channels.put(0, "muscle", "soleus")
    screen.until(lambda: channels(path)[0].muscle == "soleus")
    other = recorded(tmp_path / "recordings" / "two.myo", 100)
    again = show(other)
    again.tab("channels")
    again.page.channels.copy_from(path)
    screen.until(lambda: channels(other)[0].muscle == "soleus")
    again.page.channels.copy_from(tmp_path / "nowhere.myo")
    screen.frames(2)
    assert "does not exist" in again.page.status.text


def test_the_next_recording_has_it_from_the_first_second(show, screen, bench, tap, until, tmp_path):
    from myoscope.sources import Stream

    (tmp_path / "recordings").mkdir()
    bench.add(tap(), "emg")
    until(lambda: bench.engine.streams["emg"].health.n_received > 20)
    assert isinstance(bench.engine.streams["emg"], Stream)
    shown = show(None)
    shown.page.form.keep("task", "abduction")
    assert bench.takes.task == "abduction"
    shown.tab("channels")
    shown.write(shown.page.channels.cells[1, "muscle"], "soleus")
    screen.screenshot("metadata-next")
    assert bench.settings.channels_about == {"emg": [{}, {"muscle": "soleus"}]}
    first = bench.engine.record(tmp_path / "recordings", task=bench.takes.task)
    with open_session(first) as session:
        assert session.live
        assert session.about.task == "abduction"
    until(lambda: (first / "emg" / "zarr.json").is_file())
    attributes = json.loads((first / "emg" / "zarr.json").read_text())["attributes"]
    assert attributes["channels"] == [{}, {"muscle": "soleus"}]
    # While it runs, what is said goes into it.
    shown.page.channels.put(0, "muscle", "gracilis")
    shown.tab("recording")
    shown.page.form.keep("task", "flexion")
    bench.engine.stop_recording()
    assert [one.muscle for one in channels(first)] == ["gracilis", "soleus"]
    assert about(first).task == "flexion"
    screen.click(shown.page.undo.tag)
    assert bench.takes.task == "abduction"
    # And what is remembered is told the engine at the next start.
    engine = Engine()
    Workbench(engine, bench.settings)
    assert engine._channels_about["emg"][1].muscle == "soleus"


@pytest.mark.parametrize(("size", "scale", "name"), [((1248, 656), 2.0, "200"), ((620, 420), 1.0, "small")])
def test_it_holds_at_any_size(show, screen, path, size, scale, name):
    shown = show(path, size, scale)
    screen.screenshot(f"metadata-{name}")
    left, _ = dpg.get_item_rect_min(shown.page.form._code.tag)
    assert left + dpg.get_item_rect_size(shown.page.form._code.tag)[0] <= size[0]
    shown.tab("channels")
    screen.screenshot(f"metadata-{name}-channels")
    assert dpg.get_item_rect_size(shown.page.channels.cells[0, "muscle"])[1] >= 30 * scale
    shown.page.channels.put(0, "muscle", "soleus")
    shown.tab("history")
    screen.until(lambda: len(shown.page.history.back) == 1)
    screen.frames(2)
    screen.screenshot(f"metadata-{name}-history")
    assert dpg.get_item_rect_size(shown.page.history.back[0].tag)[1] >= 30 * scale


def test_suggestions_fit_what_is_typed():
    assert suggestions("muscle", "vl")[0] == "vastus lateralis"
    assert suggestions("side", "") == ["left", "right", "midline"]
    assert suggestions("notes", "x") == []
    assert suggestions("muscle", "") == []
    assert "birth date" in warning("12.03.1987")
    assert warning("sub-001") == ""
