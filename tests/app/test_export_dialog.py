"""Exporting and importing at the window, with real clicks; and the parts of it by themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from myoscope import open_session
from myoscope.app.exchange import Exchange
from myoscope.app.format_words import KEPT, estimated_bytes, size_text
from myoscope.app.import_dialog import listed
from myoscope.app.jobs import Jobs
from myoscope.app.log import Log
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import FORMATS, export_session
from myoscope.sources import Event, StreamInfo, names

SYNTHETIC = "synthetic:?n_channels=4&rate_hz=2000"


def made(path, seconds=4, n_channels=4):
    with SessionBuilder(path, clock_at_created=100.0) as builder:
        info = StreamInfo(fs=2000.0, channel_names=names("emg", n_channels), unit="µV", dtype="int16", scale=0.5)
        builder.stream("emg", info)
        data = np.random.default_rng(3).integers(-900, 900, (2000, n_channels)).astype(np.int16)
        for second in range(seconds):
            builder.write("emg", data, 100 + second + np.arange(2000) / 2000)
        builder.event(Event(101.0, "marker", "lift"))
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


@pytest.fixture
def exchange():
    made = Exchange(Jobs(Log(lambda: 0.0)))
    yield made
    assert made.jobs.stop_all() == []


@pytest.fixture
def window_of(screen, theme):
    """Return a function that opens a page in a window of some size, as the dialogs do."""
    pages = []

    def fill(page, size):
        import dearpygui.dearpygui as dpg

        window = dpg.add_window(width=size[0], height=size[1], pos=(0, 0), label="Dialog", no_collapse=True)
        page.fill(window)
        screen.each_frame(page.draw)
        pages.append(page)
        screen.frames(4)
        return page

    yield fill
    for page in pages:
        page.delete()


def visible_texts():
    import dearpygui.dearpygui as dpg

    texts = [i for i in dpg.get_all_items() if dpg.get_item_type(i).endswith("mvText")]
    return [dpg.get_value(i) for i in texts if dpg.get_item_state(i).get("visible")]


@pytest.mark.gui
@pytest.mark.parametrize(
    ("mode", "scale", "size"),
    [
        ("dark", 1.0, (860, 690)),
        ("light", 0.75, (640, 500)),
        ("high contrast", 2.0, (1240, 760)),
        ("dark", 1.0, (420, 380)),
        ("dark", 2.5, (900, 640)),
    ],
)
def test_the_page_of_an_export_at_every_size(screen, theme, window_of, exchange, tmp_path, mode, scale, size):
    import dearpygui.dearpygui as dpg

    from myoscope.app.export_dialog import ExportPage

    theme.set_mode(mode)
    theme.set_scale(scale)
    page = window_of(ExportPage(made(tmp_path / "lift.myo"), exchange, theme, lambda: None), size)
    for name in ("nwb", "hdf5", "csv"):
        page.choose(name)
        screen.frames(3)
        assert dpg.get_value(page.out).startswith(str(tmp_path / "lift"))
    page.choose("xdf")
    screen.frames(3)
    assert any("Every sample with its own time" in text for text in visible_texts())
    for button in (page.export.tag,):
        x, y = dpg.get_item_rect_min(button)
        wide, high = dpg.get_item_rect_size(button)
        assert high >= 30 * scale - 1
        assert x + wide <= size[0]
        assert y + high <= size[1]
    screen.screenshot(f"export_{mode.replace(' ', '_')}_{round(100 * scale)}_{size[0]}")


@pytest.mark.gui
def test_what_is_there_is_not_overwritten_and_a_typed_name_stays(screen, theme, window_of, exchange, tmp_path):
    import dearpygui.dearpygui as dpg

    from myoscope.app.export_dialog import ExportPage

    closed = []
    page = window_of(
        ExportPage(made(tmp_path / "lift.myo"), exchange, theme, lambda: closed.append(1), "xdf"), (860, 690)
    )
    (tmp_path / "mine.xdf").write_text("mine")
    dpg.set_value(page.out, "mine.xdf")
    screen.click(page.export.tag)
    assert not closed
    assert any("mine.xdf is there already" in text for text in visible_texts())
    page.choose("hdf5")
    assert dpg.get_value(page.out) == "mine.xdf"
    page.choose("xdf")
    dpg.set_value(page.out, "yours.xdf")
    screen.click(page.export.tag)
    screen.until(lambda: exchange.newest is not None)
    assert closed == [1]
    assert exchange.newest.path == tmp_path / "yours.xdf"
    assert (tmp_path / "mine.xdf").read_text() == "mine"
    assert (tmp_path / "yours.xdf").stat().st_size > 50_000


@pytest.mark.gui
def test_the_page_of_an_import_finds_its_way(screen, theme, window_of, exchange, tmp_path):
    import dearpygui.dearpygui as dpg

    from myoscope.app.import_dialog import ImportPage

    (tmp_path / "there").mkdir()
    np.savez(tmp_path / "there" / "bare.npz", emg=np.zeros((100, 2), np.float32))
    page = window_of(ImportPage(tmp_path, tmp_path / "made", exchange, theme, lambda: None), (760, 680))
    dpg.set_value(page.path, str(tmp_path / "there"))
    page._typed()
    screen.frames(2)
    assert page.folder == tmp_path / "there"
    page.choose(tmp_path / "nothing.xdf")
    screen.frames(2)
    assert any("is not there" in text for text in visible_texts())
    screen.click(page.run.tag)
    assert exchange.newest is None
    page.choose(tmp_path / "there" / "bare.npz")
    screen.frames(2)
    screen.screenshot("import_rate")
    # The file has no rate: that is told; with one it is read.
    screen.click(page.run.tag)
    screen.until(lambda: exchange.newest is not None)
    assert exchange.newest.error
    first = exchange.newest
    dpg.set_value(page._form.form.inputs["fs"], "500")
    screen.click(page.run.tag)
    screen.until(lambda: exchange.newest is not first)
    with open_session(exchange.newest.path) as session:
        (stream,) = session.streams.values()
        assert (stream.info.fs, stream.n_samples) == (500.0, 100)


@pytest.mark.gui
def test_the_strip_tells_of_jobs_and_stops_them(screen, theme, exchange):
    import threading

    import dearpygui.dearpygui as dpg

    from myoscope.app.jobs_strip import MOST_LINES, JobsStrip

    now, go = [0.0], threading.Event()

    def work(progress):
        while not go.wait(0.005):
            progress(0.42)
        return ""

    strip = JobsStrip(theme, exchange.jobs, lambda: now[0])
    strip.build(screen.window)
    screen.each_frame(strip.draw)
    for name in ("Exporting a", "Exporting b", "Importing c", "Importing d"):
        exchange.jobs.start(name, work)
    screen.frames(3)
    assert strip.height() == 0
    now[0] = 10.0
    screen.frames(3)
    assert strip.height() >= MOST_LINES * 38
    texts = visible_texts()
    assert "Exporting a" in texts
    assert "Importing d" not in texts
    assert texts.count(" 42 %") == MOST_LINES
    screen.screenshot("jobs_strip")
    (first, *_) = [i for i in dpg.get_all_items() if dpg.get_item_label(i) == "Cancel"]
    screen.click(first)
    screen.until(lambda: len(exchange.jobs.states) == 3)
    now[0] = 20.0
    screen.frames(3)
    assert "Exporting a" not in visible_texts()
    assert "Importing d" in visible_texts()
    go.set()
    screen.until(lambda: not exchange.jobs.states)
    screen.frames(3)
    assert strip.height() == 0
    strip.delete()


def test_every_format_says_what_it_keeps():
    assert set(KEPT) == {one.name for one in FORMATS if one.writes}
    assert all(kept.words.endswith(".") for kept in KEPT.values())


@pytest.mark.parametrize("name", ["csv", "npz", "bio", "xdf", "mat5", "mat73", "hdf5", "nwb"])
def test_the_estimate_is_near(tmp_path, name):
    with open_session(made(tmp_path / "take.myo", seconds=20)) as session:
        said = estimated_bytes(session, name)
        path = export_session(session, name, tmp_path / "out").path
    size = sum(f.stat().st_size for f in (path.rglob("*") if path.is_dir() else [path]))
    if KEPT[name].is_packed:
        assert size <= 1.3 * said + 200_000
    else:
        assert 0.6 * said < size < 1.5 * said + 20_000


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.04e8, "204 MB"), (1.9e12, "1.9e+03 GB")]
)
def test_sizes_are_short(n, text):
    assert size_text(n) == text


def test_only_what_can_be_imported_is_listed(tmp_path):
    for name in ("B.XDF", "a.csv", "x.doc", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    for name in ("take.myo", "sub"):
        (tmp_path / name).mkdir()
    folders, files, n_left = listed(tmp_path)
    assert [path.name for path in folders] == ["sub"]
    assert [(path.name, size) for path, size in files] == [("a.csv", 1), ("B.XDF", 1)]
    assert n_left == 0


def test_a_file_that_is_none_is_told_and_nothing_is_made(exchange, tmp_path, until):
    (tmp_path / "bad.xdf").write_bytes(b"no")
    exchange.import_file(tmp_path / "bad.xdf", tmp_path / "made", "xdf", {})
    until(lambda: exchange.newest is not None)
    assert "is no XDF file" in exchange.newest.error
    assert not (tmp_path / "made").exists()


def test_an_export_that_fails_is_remembered_with_its_reason(exchange, tmp_path, until):
    exchange.export(tmp_path / "none.myo", "xdf", tmp_path / "out.xdf", {})
    until(lambda: exchange.newest is not None)
    assert "does not exist" in exchange.newest.error
    assert exchange.newest.kind == "export"


@pytest.mark.gui
def test_a_session_goes_out_and_a_file_comes_in(window, tmp_path):
    recordings = tmp_path / "recordings"
    person = window()
    take = made(recordings / "lift.myo", seconds=450, n_channels=16)

    # Out: the dialog says what becomes of the samples, how large it is, and where it goes.
    person.press("ctrl+o")
    person.click("lift.myo")
    person.until(lambda seen: seen["replay"], "the replay")
    person.press("ctrl+e")
    person.until(lambda seen: seen["dialog"] == "export", "the dialog")
    person.click("XDF")
    assert any("Every sample with its own time" in text for text in person.ask("texts"))
    assert person.ask("untold") == []
    assert person.ask("cut") == []
    assert str(recordings / "lift.xdf") in person.ask("values")
    person.shoot("export")
    person.click("Export")
    seen = person.until(lambda seen: any("Exported" in text for _, text in seen["log"]), "the export")
    assert seen["dialog"] == ""
    assert (recordings / "lift.xdf").stat().st_size > 1_000_000
    person.until(lambda _: person.has("Show folder"), "the notice")
    person.frames(2)
    person.shoot("exported")
    person.click("Dismiss", -1)
    assert not person.has("Show folder")

    # A long one is cancelled on its way; nothing of it is left.
    person.press("ctrl+e")
    person.click("CSV")
    person.click("Export")
    person.until(lambda _: person.has("Cancel"), "the line of the job")
    person.click("Cancel")
    person.until(lambda seen: any("Stopped" in text for _, text in seen["log"]), "the end of the job")
    assert not [path for path in recordings.iterdir() if "csv" in path.name]

    # In: folders and files that can be read are listed; afterwards the session is open.
    person.press("ctrl+shift+i")
    person.until(lambda seen: seen["dialog"] == "import", "the other dialog")
    person.click_containing("lift.xdf")
    person.shoot("import")
    assert person.ask("untold") == []
    person.click("Import")
    seen = person.until(lambda seen: any("Imported" in text for _, text in seen["log"]), "the import")
    imported = Path(next(text for _, text in seen["log"] if "Imported" in text).removeprefix("Imported: ")[:-1])
    person.until(lambda seen: any(f"Replaying {imported.name}" in text for _, text in seen["log"]), "its replay")
    with open_session(take) as before, open_session(imported) as after:
        np.testing.assert_array_equal(after.streams["emg"].read()[0], before.streams["emg"].read()[0] * np.float32(0.5))
        np.testing.assert_array_equal(after.streams["emg"].read()[1], before.streams["emg"].read()[1])
        assert after.events == before.events

    person.quit()
