"""What menus, keys and the list of commands are made of, without a window."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.app import viewer_commands
from myoscope.app.actions import Action, Entry, Submenu, chord, entries_of, written
from myoscope.app.commands import Commands
from myoscope.app.display import nearest_percent, told_dpi
from myoscope.app.engine import Engine
from myoscope.app.fuzzy import fits, plain
from myoscope.app.palette_window import candidates, found
from myoscope.app.png import write_png
from myoscope.app.settings import Settings
from myoscope.app.shortcut_sheet import clashes, html_sheet, sheet
from myoscope.app.snapshots import Rect, cropped, csv_of
from myoscope.app.workbench import Workbench
from myoscope.sources import language
from myoscope.widgets.view import Table


@pytest.fixture
def workbench(tmp_path):
    """A workbench on an engine that is never started."""
    return Workbench(Engine(), Settings(recordings=str(tmp_path)))


@pytest.fixture
def menus(workbench):
    return Commands(workbench).menus()


def every_action(entries):
    for entry in entries:
        if isinstance(entry, Action):
            yield entry
        elif isinstance(entry, Submenu):
            yield from every_action(entry.items())


def test_no_two_actions_share_a_shortcut(menus):
    assert clashes(menus) == []


def test_a_shared_shortcut_is_found(menus):
    double = [*menus, ("More", [Action("Again", lambda: None, "Ctrl+K"), Action("Nine", lambda: None, "9")])]
    assert len(clashes(double)) == 2


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_every_action_says_what_it_does_and_why_it_is_off(workbench, code):
    language.set_language(code)
    try:
        menus = Commands(workbench).menus()
        for title, entries in menus:
            for entry in entries:
                if entry is None:
                    continue
                assert isinstance(entry.why_not(), str)
                assert entry.label, title
                if isinstance(entry, Action):
                    assert entry.help, entry.label
        off = [e for e in entries_of(menus) if e.why_not]
        # Without a device most is off, and each says a whole sentence.
        assert len(off) > 20
        assert all(e.why_not.endswith((".", "!", "?")) and len(e.why_not) > 8 for e in off), off
    finally:
        language.set_language("en")


def test_everything_the_viewers_can_do_is_in_a_menu_once(menus):
    named = [c for g in ("TIME", "READING", "AMPLITUDE", "CHANNEL") for c in getattr(viewer_commands, g) if c]
    labels = [action.label for _, entries in menus for action in every_action(e for e in entries if e is not None)]
    for command in named:
        assert labels.count(command.label) == 1, command
    assert len({command.name for command in named}) == len(named)
    assert {command.name for command in named} < viewer_commands.ALL


def test_viewer_commands_reach_the_viewers(workbench):
    asked = []
    workbench.viewer_command = asked.append
    workbench.viewer_refusal = lambda name: ""
    workbench.why_no_stream = lambda: ""
    for _, entries in Commands(workbench).menus():
        for entry in entries:
            if isinstance(entry, Action) and entry.label in ("Sweep", "Cursors", "Fit and lock", "Step back", "Pause"):
                assert entry.why_not() == ""
                entry.run()
    assert asked == ["pause", "step back", "sweep", "cursors", "fit"]


def test_shortcuts_are_written_as_the_keyboard_says():
    assert [written(keys) for keys in ("Ctrl+Shift+Z", "Ctrl++", "+", "Space", "")] == [
        "Ctrl+Shift+Z", "Ctrl++", "+", "Space", "",
    ]  # fmt: skip
    language.set_language("de")
    try:
        assert written("Ctrl+Shift+Z") == "Strg+Umschalt+Z"
        assert written("PageDown") == "Bild ab"
    finally:
        language.set_language("en")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("R", (set(), "R")), ("Ctrl+Shift+Z", ({"Ctrl", "Shift"}, "Z")), ("+", (set(), "+")),
        ("Ctrl++", ({"Ctrl"}, "+")), ("Ctrl+−", ({"Ctrl"}, "−")), ("Shift+,", ({"Shift"}, ",")),
    ],
)  # fmt: skip
def test_shortcuts_are_read(keys, expected):
    assert chord(keys) == expected


# The list of commands


@given(st.text("abc xyzü", max_size=6), st.text("abc xyzü", max_size=14))
def test_letters_are_found_exactly_where_they_stand_in_order(query, text):
    query, text = plain(query), plain(text)
    rest = iter(text)
    in_order = all(letter in rest for letter in query.replace(" ", ""))
    assert (fits(query, text) is not None) == in_order


def test_beginnings_of_words_count_more():
    assert fits("zi", "zoom in") > fits("zi", "freezing")
    assert fits("rec", "record or stop") > fits("rec", "reset colours")
    assert fits(plain("uber"), plain("Über myoscope")) is not None


def entry(label, path=("View",), why_not=""):
    return Entry(path, Action(label, lambda: None), why_not)


def listed(*entries):
    menus = [(e.path[0], [Action(e.action.label, lambda: None, why_not=lambda r=e.why_not: r)]) for e in entries]
    return candidates(menus)


def test_what_was_chosen_lately_comes_first_and_what_is_off_later():
    among = listed(entry("Zoom in"), entry("Zoom out"), entry("Zoom to the cursors", why_not="They are off."))
    assert found("", among, ["View › Zoom out"])[0].action.label == "Zoom out"
    assert [e.action.label for e in found("zoom", among, [])] == ["Zoom in", "Zoom out", "Zoom to the cursors"]
    assert found("zoom", among, ["View › Zoom out"])[0].action.label == "Zoom out"
    assert found("zoom", among, [])[-1].why_not == "They are off."
    assert found("qqq", among, []) == []


def test_a_menu_can_be_part_of_what_is_typed(menus):
    assert found("theme light", candidates(menus), [])[0].key == "View › Theme › Light"
    assert found("undo", candidates(menus), [])[0].action.label == "Undo"


def test_a_submenu_that_is_off_is_one_entry_with_its_reason(menus):
    switch = [e for e in entries_of(menus) if e.action.label == "Switch to…"]
    assert len(switch) == 1
    assert "no device" in switch[0].why_not


# The sheet


class Page(HTMLParser):
    """What a page holds, and whether its elements are closed."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.links = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data.strip())


def test_the_sheet_to_print_holds_every_shortcut_and_needs_nothing_else(menus):
    page = Page()
    page.feed(html_sheet([*menus, ("<More>", [Action("a < b", lambda: None, "F8")])], "en", "1.0"))
    assert page.open == []
    assert page.links == []
    for _, lines in sheet(menus):
        for line in lines:
            assert line.label in page.texts
            assert all(keys in page.texts for keys in line.keys)
    assert "<More>" in page.texts
    assert "a < b" in page.texts
    assert "1 – 9" in page.texts


# Pictures and values


def read_png(path):
    """Return a picture as pyplot-like array, by dearpygui's own reader (stb_image), which is not ours."""
    import dearpygui.dearpygui as dpg

    width, height, channels, data = dpg.load_image(str(path))
    return (np.asarray(data).reshape(height, width, channels)[..., :3] * 255 + 0.5).astype(np.uint8)


@pytest.mark.gui
def test_a_picture_comes_back_as_it_was_written(screen, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (23, 17, 3), dtype=np.uint8)
    pixels[5:12] = 40
    write_png(tmp_path / "a.png", pixels)
    assert np.array_equal(read_png(tmp_path / "a.png"), pixels)


def test_what_is_no_picture_is_refused(tmp_path):
    for wrong in (np.zeros((2, 2), np.uint8), np.zeros((0, 2, 3), np.uint8), np.zeros((2, 2, 3), np.float32)):
        with pytest.raises(ValueError, match="A picture has shape"):
            write_png(tmp_path / "a.png", wrong)


@given(
    st.tuples(st.integers(-20, 60), st.integers(-20, 60), st.integers(0, 90), st.integers(0, 90)),
    st.sampled_from([1, 2]),
)
def test_a_view_is_cut_out_where_it_is(rect, density):
    left, top, width, height = rect
    rows, columns = np.mgrid[0:40, 0:50]
    frame = np.zeros((40 * density, 50 * density, 4), np.float32)
    frame[..., 0] = np.kron(columns, np.ones((density, density))) / 255
    frame[..., 1] = np.kron(rows, np.ones((density, density))) / 255
    part = cropped(frame, Rect(*rect), (50, 40))
    inside = frame[max(0, top) * density : (top + height) * density, max(0, left) * density : (left + width) * density]
    if inside.size and left + width > 0 and top + height > 0:
        assert np.array_equal(part, (inside[..., :3] * 255 + 0.5).astype(np.uint8))
    else:
        assert part.shape[0] >= 1
        assert part.shape[1] >= 1


def test_values_are_csv_that_no_spreadsheet_runs():
    table = Table(("Channel", "RMS (µV)"), [("=1+1", 12.5), ('say "hi", twice', -3.0), ("@SUM", np.float64(0.1))])
    rows = list(csv.reader(io.StringIO(csv_of(table))))
    assert rows == [["Channel", "RMS (µV)"], ["'=1+1", "12.5"], ['say "hi", twice', "-3.0"], ["'@SUM", "0.1"]]


# Size on screen


@pytest.mark.parametrize(
    ("dpi", "percent"), [(96, 100), (72, 100), (120, 125), (115, 125), (144, 150), (168, 150), (192, 200), (288, 250)]
)
def test_the_size_follows_the_pixel_density(dpi, percent):
    assert nearest_percent(dpi) == percent


@pytest.mark.parametrize(
    ("resources", "gdk", "dpi"),
    [
        (b"Xft.antialias:\t1\nXft.dpi:\t192\n", "", 192.0), (None, "", 96.0), (b"", "2", 192.0),
        (b"Xft.dpi: nonsense\n", "", 96.0), (b"Xft.dpi: 1e9\n", "", 96.0), (b"\xff\xfe", "x", 96.0),
        (b"Xft.dpi: 144", "2", 144.0),
    ],
)  # fmt: skip
def test_the_desktop_tells_its_density(resources, gdk, dpi):
    assert told_dpi(resources, gdk) == dpi


# Changes taken back


def test_a_filter_can_be_taken_back_and_done_again(workbench, monkeypatch):
    from myoscope.sources.stream import Stream
    from myoscope.sources.synthetic import SyntheticSource

    stream = Stream("emg", SyntheticSource())
    stream.connect()
    look = workbench.workspace.looks.of(stream)
    look.update()
    assert workbench.why_not_undo()
    assert workbench.why_not_filter("emg") == ""
    workbench.set_filter("emg")
    assert look.filter.highpass_hz == 20.0
    assert workbench.is_filter("emg")
    assert not workbench.why_not_undo()
    workbench.undo_last()
    assert look.filter.is_off
    assert not workbench.why_not_redo()
    workbench.redo_last()
    assert workbench.is_filter("emg")
    assert any("Taken back" in line.text for line in workbench.engine.log.lines)
    stream.disconnect()


def test_a_filter_that_does_not_fit_says_why(workbench):
    assert "No stream" in workbench.why_not_filter("emg")


def test_settings_remember_commands_and_language(tmp_path):
    settings = Settings(language="de")
    for i in range(20):
        settings.remember_command(f"View › {i % 15}")
    settings.save(tmp_path / "settings.json")
    read = Settings.load(tmp_path / "settings.json")
    assert read.language == "de"
    assert read.recent_commands == settings.recent_commands
    assert read.recent_commands[0] == "View › 4"
    assert len(read.recent_commands) == 12
    assert read.automatic_scale
