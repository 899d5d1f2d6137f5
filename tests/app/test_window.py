"""The real window under Xvfb, with real clicks and keys: what a new user does."""

from __future__ import annotations

from pathlib import Path

import pytest

from myoscope import open_session
from myoscope.app.settings import Settings

pytestmark = pytest.mark.gui
SYNTHETIC = "synthetic:?n_channels=4&rate_hz=1000"


def test_start_connect_record_stop_replay(window):
    person = window()
    assert person.see()["start"]
    person.until(lambda _: person.has("Connect"), "the list of devices")
    person.shoot("start")
    person.click("Connect")
    person.until(person.live(), "the synthetic stream")
    person.click("Name of the take")
    person.write("abduction")
    person.click("Record")
    person.until(lambda seen: (seen["recording"] or 0) > 1000, "rows on disk")
    person.click("Mark")
    person.click("lift")
    person.press("m")
    person.until(lambda seen: len(seen["events"]) == 3, "three events")
    person.shoot("recording")
    person.click("Stop")
    seen = person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    take = Path(seen["last"])
    assert take.name.endswith("_abduction_01.myo")
    with open_session(take) as session:
        assert session.state == "complete"
        assert [event.label for event in session.events][1] == "lift"
        assert len(session.events) == 3
        assert session.gaps == ()
        assert session.streams["emg"].n_samples > 1000

    person.menu("Session", "Open recent", take.name)
    person.until(lambda seen: seen["replay"], "the replay")
    person.until(lambda seen: seen["replay"]["position"] > 0.3, "the replay moves")
    person.shoot("replay")
    person.click("Pause", -1)
    held = person.until(lambda seen: not seen["replay"]["playing"], "the replay is held")["replay"]["position"]
    person.press("Right")
    person.until(lambda seen: seen["replay"]["position"] > held + 0.5, "a step on")
    person.click("Loop")
    person.until(lambda seen: seen["replay"]["loop"], "the loop")
    person.press("ctrl+e")
    person.click("CSV")
    person.click("Export")
    person.until(lambda seen: any("Exported" in text for _, text in seen["log"]), "the tables")
    assert (take.with_name(f"{take.stem}-csv") / "emg.csv").stat().st_size > 10_000
    person.press("ctrl+w")
    person.until(lambda seen: seen["replay"] is None and not seen["busy"], "the end of the replay")
    person.until(person.live(), "the live stream")
    person.quit()


def test_reconnect_and_switch_from_the_menu_keep_the_trace(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(n=1500), "the stream")
    person.menu("Device", "Reconnect")
    person.until(lambda seen: seen["streams"]["emg"]["gaps"] == 1, "the named gap")
    n = person.until(person.live(), "the stream again")["streams"]["emg"]["n"]
    assert n > 1500, "the counts, like the picture, stay"
    person.shoot("reconnected")
    person.menu("Device", "Switch to…", "BrainFlow synthetic board")
    seen = person.until(lambda s: s["streams"]["emg"]["source"] == "brainflow:synthetic", "the other device")
    person.until(person.live(), "the board")
    person.shoot("switched")
    assert not [text for level, text in seen["log"] if level == "bad"]
    person.press("F5")
    person.until(lambda seen: not seen["busy"], "the reconnection")
    person.until(person.live(), "the board again")


def test_a_device_that_is_not_there_is_one_sentence_and_the_old_one_stays(window):
    settings = Settings.load()
    settings.remember_source("lsl:NoSuchStream?timeout_s=0.5")
    settings.save()
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.menu("Device", "Switch to…", "lsl:NoSuchStream?timeout_s=0.5")
    sentence = "No LSL stream named NoSuchStream"
    seen = person.until(lambda s: any(sentence in text for _, text in s["log"]), "the sentence")
    assert any("Still on synthetic:" in text for _, text in seen["log"])
    person.shoot("not-there")
    n = person.until(person.live(), "the old device")["streams"]["emg"]["n"]
    person.until(person.live(n=n), "more samples")


def test_keys_pause_the_picture_but_never_the_acquisition(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.press("space")
    seen = person.until(lambda seen: seen["paused"] == [True], "the pause")
    drawn, n = seen["newest_drawn"], seen["streams"]["emg"]["n"]
    seen = person.until(lambda seen: seen["streams"]["emg"]["n"] > n + 300, "more samples")
    assert seen["newest_drawn"] == drawn
    person.press("space")
    person.until(lambda seen: seen["paused"] == [False], "the picture goes on")
    person.press("1")
    person.until(lambda seen: seen["events"] == ["lift"], "the event on key 1")


def test_typing_into_a_field_is_no_shortcut(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.click("More …")
    person.click("Notes")
    person.write("rmrm 1")
    seen = person.see()
    assert seen["recording"] is None
    assert seen["events"] == []
    assert seen["paused"] == [False]


def test_settings_survive_a_restart(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.menu("View", "Theme", "Light")
    person.until(lambda seen: seen["theme"] == "light", "the light theme")
    before = person.see()["seconds"]
    person.press("bracketleft")
    changed = person.until(lambda seen: seen["seconds"] != before, "a shorter window")["seconds"]
    person.shoot("light")
    person.quit()
    person = window(f"emg={SYNTHETIC}")
    seen = person.until(person.live(), "the stream")
    assert seen["theme"] == "light"
    assert seen["seconds"] == changed
    assert Settings.load().recent_sources == [SYNTHETIC]


def test_a_device_is_added_with_a_form(window):
    person = window()
    person.until(lambda seen: seen["start"], "the start screen")
    person.press("ctrl+d")
    person.until(lambda seen: seen["dialog"] == "device", "the form")
    person.frames(5)
    person.shoot("form")
    person.click("Connect device")
    person.until(person.live(), "the synthetic stream")
    assert person.see()["dialog"] == ""


def test_the_end_of_the_window_closes_a_recording(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(person.live(), "the stream")
    person.press("r")
    seen = person.until(lambda seen: (seen["recording"] or 0) > 300, "rows")
    person.quit()
    with open_session(seen["last"]) as session:
        assert session.state == "complete"
        assert session.streams["emg"].n_samples > 300
    # Checked in time, so only compression is left; or checked the next time, and then compressed.
    left = Settings.load()
    assert [*left.unchecked, *left.uncompressed] == [seen["last"]]


def test_help_lists_the_shortcuts(window):
    person = window(f"emg={SYNTHETIC}")
    person.press("F1")
    person.until(lambda seen: seen["dialog"] == "shortcuts", "the list")
    person.frames(3)
    person.shoot("shortcuts")
    person.press("Escape")
    person.until(lambda seen: seen["dialog"] == "", "it is closed")
