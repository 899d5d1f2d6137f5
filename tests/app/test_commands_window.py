"""Menus, the list of commands, languages and pictures in the real window, with real clicks and keys."""

from __future__ import annotations

import struct

import pytest

from myoscope.app.settings import Settings

pytestmark = pytest.mark.gui
SYNTHETIC = "synthetic:?n_channels=4&rate_hz=1000"


def png_size(path):
    """Return width and height of a PNG."""
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    return struct.unpack(">II", head[16:24])


def opened_palette(person, text=""):
    person.press("ctrl+k")
    person.until(lambda seen: seen["dialog"] == "palette", "the list of commands")
    person.frames(5)
    if text:
        person.write(text)
    return person.ask("palette")


def test_a_menu_does_not_move_while_it_is_open(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.ask("devices", "Left", "Middle", "Right")
    person.frames(20)
    person.menu("Device")
    person.menu_point_to("Device", "Connect")
    before = person.place("Device", "Connect", "Right")
    person.ask("devices", "Another", "Middle", "Right", "Left out")
    person.frames(30)
    assert person.place("Device", "Connect", "Right") == before
    assert person.place("Device", "Connect", "Another")[1] > before[1], "what is new comes last"
    person.shoot("menu-while-open")
    person.click_at(*before)
    person.until(lambda seen: any(s["source"] == "synthetic:?seed=82" for s in seen["streams"].values()), "that one")
    person.frames(30)
    person.menu("Device", "Connect")
    assert person.place("Device", "Connect", "Another")[1] < person.place("Device", "Connect", "Right")[1]
    assert person.place("Device", "Connect", "Left") is None


def test_what_has_gone_while_a_menu_is_open_is_off(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.ask("devices", "Left", "Middle")
    person.frames(20)
    person.menu("Device")
    person.menu_point_to("Device", "Connect")
    place = person.place("Device", "Connect", "Left")
    person.ask("devices", "Middle")
    person.frames(30)
    person.click_at(*place)
    person.frames(10)
    assert list(person.see()["streams"]) == ["emg"]


def test_any_command_is_found_by_a_few_letters(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    everything = opened_palette(person)
    assert everything["n"] > 80
    person.shoot("palette")
    person.write("thm lig")
    assert person.ask("palette")["chosen"] == "View › Theme › Light"
    person.press("Return")
    person.until(lambda seen: seen["theme"] == "light" and seen["dialog"] == "", "the light theme")
    assert opened_palette(person)["first"][0] == "View › Theme › Light", "lately chosen comes first"
    person.press("Down", "Down", "Up")
    assert person.ask("palette")["chosen"] == person.ask("palette")["first"][1]
    person.press("Escape")
    person.until(lambda seen: seen["dialog"] == "", "it is closed")


def test_what_is_off_says_why_and_is_not_run(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    shown = opened_palette(person, "redo")
    assert shown["why_not"] == "Nothing has been taken back."
    person.press("Return")
    person.shoot("palette-off")
    assert person.see()["dialog"] == "palette", "it stays, with the reason"
    person.press("Escape")
    person.until(lambda seen: seen["dialog"] == "", "it is closed")
    person.press("ctrl+y")
    person.until(lambda seen: ["warn", "Nothing has been taken back."] in seen["log"], "the reason, said by the key")


def test_a_command_is_chosen_with_the_mouse(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    opened_palette(person, "high contrast")
    person.click_containing("High contrast")
    person.until(lambda seen: seen["theme"] == "high contrast" and seen["dialog"] == "", "high contrast")
    person.shoot("high-contrast")


def test_everything_speaks_german_at_once_and_keys_still_work(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    english = set(person.ask("texts"))
    assert {"Session", "Edit", "Device", "Signal", "View", "Help", "Record", "Take"} <= english
    person.menu("View", "Language", "Deutsch")
    person.until(lambda seen: seen["language"] == "de", "German")
    person.frames(40)
    german = set(person.ask("texts"))
    assert {"Sitzung", "Bearbeiten", "Gerät", "Ansicht", "Hilfe", "Aufnehmen"} <= german
    assert not german & {"Session", "Edit", "View", "Help", "Record", "Record or stop", "Switch to…", "Reconnect"}
    person.shoot("german")
    person.press("space")
    person.until(lambda seen: seen["paused"] == [True], "one key, one pause")
    person.press("space")
    person.until(lambda seen: seen["paused"] == [False], "and on again")
    person.menu("Ansicht", "Sprache", "English")
    person.until(lambda seen: seen["language"] == "en", "English")
    person.frames(40)
    assert "Record" in person.ask("texts")


def test_pictures_of_the_window_and_of_a_view(window, tmp_path):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    folder = tmp_path / "recordings"
    person.press("ctrl+shift+s")
    person.until(lambda seen: any("picture is" in text for _, text in seen["log"]), "the picture")
    (whole,) = folder.glob("*_window.png")
    assert png_size(whole) == (1280, 800)
    opened_palette(person, "picture of emg")
    person.press("Return")
    person.until(lambda seen: sum("picture is" in text for _, text in seen["log"]) == 2, "the other picture")
    (view,) = set(folder.glob("*.png")) - {whole}
    width, height = png_size(view)
    assert 400 < width < 1280
    assert 200 < height < 800


def test_values_are_copied_from_the_menu(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(n=1500), "the stream")
    opened_palette(person, "add view measures emg")
    person.press("Return")
    person.frames(40)
    shown = opened_palette(person, "copy values of measures")
    assert shown["chosen"].startswith("Edit › Copy values of › Measures"), shown
    person.press("Return")
    person.until(lambda seen: any("on the clipboard" in text for _, text in seen["log"]), "the copy")
    lines = person.ask("clipboard").splitlines()
    assert len(lines) == 5
    assert all("," in line for line in lines)


def test_the_sheet_of_shortcuts_is_written_to_be_printed(window, tmp_path):
    person = window(f"emg={SYNTHETIC}")
    person.press("F1")
    person.until(lambda seen: seen["dialog"] == "shortcuts", "the sheet")
    person.frames(5)
    person.shoot("shortcuts")
    person.click("Save as HTML to print")
    page = tmp_path / "recordings" / "myoscope-shortcuts.html"
    person.until(lambda _: page.exists(), "the page")
    person.until(lambda seen: any(str(page) in text for _, text in seen["log"]), "the word about it")
    assert "<kbd>Ctrl+K</kbd>" in page.read_text(encoding="utf-8")


def test_a_mark_with_a_text_is_stamped_when_the_key_is_pressed(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.press("t")
    seen = person.until(lambda seen: len(seen["events"]) == 1, "the event is there before it has a name")
    person.frames(8)
    person.shoot("event-name")
    person.write("cough")
    person.press("Return")
    seen = person.until(lambda seen: seen["events"] == ["cough"], "its name")
    first = seen["event_times"][0]
    person.press("t")
    person.until(lambda seen: len(seen["events"]) == 2, "another event")
    person.frames(8)
    person.press("Escape")
    person.frames(5)
    seen = person.see()
    assert seen["events"][0] == "cough"
    assert seen["events"][1].startswith("mark")
    assert seen["event_times"][0] == first, "naming it did not move it"


@pytest.mark.parametrize("percent", [75, 100, 200])
@pytest.mark.parametrize("code", ["en", "de"])
def test_no_words_are_cut_in_any_language_at_any_size(window, code, percent):
    settings = Settings.load()
    settings.language, settings.scale_percent = code, percent
    settings.save()
    person = window()
    person.until(lambda seen: seen["start"] and seen["scanned"], "the start screen")
    person.frames(40)
    person.shoot(f"start-{code}-{percent}")
    assert person.ask("cut") == []
    person.press("F1")
    person.until(lambda seen: seen["dialog"] == "shortcuts", "the sheet")
    person.frames(10)
    person.shoot(f"sheet-{code}-{percent}")
    assert person.ask("cut") == []
    person.press("ctrl+d")
    person.until(lambda seen: seen["dialog"] == "device", "the form")
    person.frames(10)
    person.shoot(f"form-{code}-{percent}")
    assert person.ask("cut") == []
    person.press("Escape")
    person.until(lambda seen: seen["dialog"] == "", "it is closed")
    opened_palette(person, "synthetic emg" if code == "en" else "kunstliches emg")
    person.press("Return")
    person.until(lambda seen: any(s["state"] == "live" for s in seen["streams"].values()), "the stream")
    person.frames(60)
    person.shoot(f"live-{code}-{percent}")
    assert person.ask("cut") == []
    opened_palette(person)
    person.shoot(f"palette-{code}-{percent}")


@pytest.mark.parametrize("source", ["", f"emg={SYNTHETIC}"])
def test_nothing_that_is_off_keeps_its_reason_to_itself(window, source):
    person = window(*([source] if source else []))
    if source:
        person.until(person.live(), "the stream")
    person.until(lambda seen: seen["scanned"], "the search for devices")
    person.frames(40)
    assert person.ask("off") == []
    assert person.ask("untold") == []
