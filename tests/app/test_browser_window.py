"""The list of recordings and the editor in the real window, from the start screen and by keys."""

from __future__ import annotations

import pytest

from myoscope import open_session
from myoscope.app.settings import Settings
from tests.app.test_browser import take

pytestmark = pytest.mark.gui


def test_recordings_are_browsed_described_and_replayed(window):
    folder = Settings.load().recordings_folder
    take(folder / "a.myo", name="abduction", subject="S07", task="lift", tags=("good",))
    take(folder / "b.myo", t0=70.0, name="flexion", subject="S08", seed=1)
    person = window()
    person.until(lambda seen: seen["start"] and seen["scanned"], "the start screen")
    person.frames(10)
    person.click("Browse recordings…")
    person.until(lambda seen: seen["dialog"] == "browse", "the list")
    person.until(lambda _: person.ask("holding", "abduction"), "the recordings")
    person.click_containing("abduction\n")
    person.until(lambda _: person.has("Describe…"), "what can be done")
    person.frames(5)
    person.shoot("browser")
    assert person.ask("untold") == []
    assert person.ask("off") == []
    assert person.ask("cut") == []
    # Esc leaves what lies in front: a list, the form where to cut, and only then the window.
    person.click("Trim or split…")
    person.click("Keep a range")
    person.until(lambda _: person.has("Split at times"), "the list of ways to cut")
    person.press("Escape")
    person.until(lambda _: not person.has("Split at times"), "the list is closed")
    assert person.has("Make new recordings")
    person.press("Escape")
    person.until(lambda _: person.has("Describe…"), "the form is closed")
    assert person.see()["dialog"] == "browse"
    # The key for it takes back what was done here.
    person.click("Add a tag, then Enter")
    person.write("pilot")
    person.press("Return")
    person.until(lambda _: tags(folder / "a.myo") == ("good", "pilot"), "the tag on the disk")
    person.until(lambda _: person.has("pilot ×"), "the tag")
    person.click("Newest first")
    person.press("Escape")
    person.press("ctrl+z")
    person.until(lambda _: tags(folder / "a.myo") == ("good",), "the tag is taken back")
    # The buttons below it have moved up then.
    person.until(lambda _: not person.has("pilot ×"), "the tag is off the screen")
    person.frames(3)
    # A check of one shows its report; Esc closes that alone.
    person.click("Check")
    person.until(lambda seen: seen["report"], "the report")
    person.press("Escape")
    seen = person.until(lambda seen: seen["report"] is None, "it is closed")
    person.frames(3)
    assert seen["dialog"] == "browse"
    person.click("Describe…")
    person.until(lambda seen: seen["dialog"] == "describe", "the editor")
    person.frames(5)
    person.click("Next free: S09")
    person.until(lambda _: subject(folder / "a.myo") == "S09", "the code on the disk")
    person.click("Channels")
    person.frames(5)
    person.shoot("metadata-channels")
    assert person.ask("untold") == []
    person.ask("scale", 200)
    person.until(lambda seen: seen["scale"] == 2.0, "twice the size")
    person.press("ctrl+shift+o")
    person.until(lambda seen: seen["dialog"] == "browse", "the list again")
    person.until(lambda _: person.ask("holding", "flexion"), "the recordings")
    person.frames(5)
    person.shoot("browser-200")
    person.press("Escape")
    person.until(lambda seen: not seen["dialog"], "it is closed")
    assert not [text for level, text in person.see()["log"] if level == "bad"]


def tags(path):
    with open_session(path) as session:
        return session.about.tags


def subject(path):
    with open_session(path) as session:
        return session.subject
