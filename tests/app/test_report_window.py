"""The report of a recording in the real window, with real clicks: it comes by itself, and when asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from myoscope.app.settings import Settings
from myoscope.recordings.manifest import verify_manifest

pytestmark = pytest.mark.gui
SYNTHETIC = "emg=synthetic:?n_channels=8&rate_hz=1000"


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_recording_is_checked_when_it_is_stopped_and_its_report_opens(window):
    # Compression would take the chunk that is damaged below.
    settings = Settings.load()
    settings.compress = False
    settings.save()
    person = window(SYNTHETIC)
    person.until(person.live(), "the stream")
    person.press("r")
    person.until(lambda seen: (seen["recording"] or 0) > 2500, "rows on disk")
    person.press("r")
    seen = person.until(lambda seen: seen["notice"], "the notice")
    take = Path(seen["last"])
    told = [text for level, text in seen["log"] if level == "good" and "·" in text]
    assert told
    assert told[-1].startswith("Recorded 00:0")
    person.frames(5)
    person.shoot("report-notice")
    assert person.ask("untold") == []
    assert person.ask("cut") == []
    with (take / "report.json").open(encoding="utf-8") as file:
        kept = json.load(file)
    assert kept["ok"] is True
    assert "<svg" in (take / "report.html").read_text(encoding="utf-8")
    verified = verify_manifest(take)
    assert verified.manifest is not None
    assert verified.faults == ()

    person.click("Report")
    seen = person.until(lambda seen: seen["report"], "the report")
    assert seen["report"]["path"] == str(take)
    assert not seen["notice"]
    person.frames(10)
    person.shoot("report")
    shown = person.ask("texts")
    for title in ("Samples recorded", "Gaps", "Jitter", "Flat channels", "Clipped channels", "Chunks in order"):
        assert title in shown
    assert "was not set meanwhile" in shown
    assert any("all in order" in text.lower() or "to look at" in text for text in shown)
    assert person.ask("untold") == []
    assert person.ask("cut") == []

    # A letter is meant for what lies in front: nothing is recorded below it.
    person.press("r")
    person.frames(10)
    assert person.see()["recording"] is None

    # What was damaged since is found by checking again.
    flip(take / "emg" / "samples" / "c.0.0", 8000)
    person.click("Check again")
    seen = person.until(lambda seen: seen["report"] and not seen["report"]["ok"], "the problem")
    person.frames(10)
    person.shoot("report-bad")
    assert any("are not what was recorded" in text for text in person.ask("texts"))
    person.press("Escape")
    person.until(lambda seen: seen["report"] is None, "it is closed")

    # In a replay it is a menu away, and at any size.
    person.menu("Session", "Open recent", take.name)
    person.until(lambda seen: seen["replay"], "the replay")
    person.menu("Session", "Report of the recording")
    person.until(lambda seen: seen["report"], "the report of the session that is open")
    person.press("Escape")
    for percent in (75, 250):
        person.ask("scale", percent)
        person.frames(5)
        person.press("ctrl+shift+R")
        person.until(lambda seen: seen["report"], "the report again")
        person.frames(10)
        person.shoot(f"report-{percent}")
        assert person.ask("cut") == []
        person.click("Close")
        person.until(lambda seen: seen["report"] is None, "it is closed")
