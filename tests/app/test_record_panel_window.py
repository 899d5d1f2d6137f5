"""Takes in the real window, with real clicks: numbers, trials, redo, a protocol that is red, seconds before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from myoscope import open_session
from myoscope.recordings.protocol import ExpectedStream, RecordingProtocol, read_protocol, write_protocol

pytestmark = pytest.mark.gui
EMG = "emg=synthetic:?n_channels=4&rate_hz=1000&counter_channel=true&battery_percent=60"


def says(person, text):
    """Return a condition: these words stand somewhere on the screen."""
    return lambda _: text in person.ask("texts")


def take(person, n=500):
    """Record for a moment by the button; return the session's folder."""
    person.click("Record")
    person.until(lambda seen: (seen["recording"] or 0) > n, "rows on disk")
    person.click("Stop")
    seen = person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    return Path(seen["last"])


def test_takes_protocol_and_seconds_before_by_mouse(window, tmp_path):
    strict = RecordingProtocol(
        "Strict", "lift", (ExpectedStream("emg", 1000.0), ExpectedStream("markers")), 0.0, "{name} {take:02}"
    )
    write_protocol(tmp_path / "config" / "protocols" / "Strict.protocol.json", strict)
    person = window(EMG)
    person.until(person.live(), "the stream")
    person.until(says(person, "take 01"), "the number of the take")
    person.until(lambda _: person.has("All in order"), "preflight")
    person.click("Name of the take")
    person.write("abduction")
    person.until(says(person, "abduction 01"), "the name of the take")

    # A trial, one again, one more.
    person.click("Record")
    person.until(lambda seen: (seen["recording"] or 0) > 300, "rows on disk")
    person.click("Trial 1")
    person.until(lambda _: person.has("Trial 2"), "the first trial")
    person.click("Again")
    person.until(lambda seen: seen["events"][-2:] == ["trial 1", "trial 1"], "the first trial again")
    person.shoot("record-trials")
    person.click("Stop")
    seen = person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    first = Path(seen["last"])
    with open_session(first) as session:
        trials = [(e.label, e.text) for e in session.events if e.kind == "trial"]
        assert trials == [("trial 1", "superseded"), ("trial 1", "attempt 2")]
        assert session.about.take == 1

    # The last one again, by its key.
    person.until(says(person, "abduction 02"), "the next number")
    person.press("shift+r")
    person.until(says(person, "abduction 01 (2)"), "the same number again")
    second = take(person)
    assert second.name.endswith("_abduction_01_2.myo")
    person.until(says(person, "abduction 02"), "the next number")
    with open_session(first) as session:
        assert session.about.superseded == second.name
    assert not person.ask("cut")

    # A protocol that is red blocks Record, until somebody says why not.
    person.click("More …")
    person.click("No protocol")
    person.click("Strict")
    person.until(lambda _: person.has("1 thing is red"), "preflight by the protocol")
    person.shoot("record-unfolded")
    person.click("Record")
    seen = person.until(lambda seen: seen["dialog"] == "preflight", "the list")
    assert seen["recording"] is None
    person.until(lambda _: person.has("Record anyway"), "the button")
    person.shoot("preflight")
    assert not person.ask("untold")
    person.click("Why it is recorded all the same (optional)")
    person.write("no markers today")
    person.click("Record anyway")
    person.until(lambda seen: (seen["recording"] or 0) > 300, "rows on disk")
    assert person.see()["dialog"] == ""
    person.click("Stop")
    seen = person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    with open_session(seen["last"]) as session:
        kept = session.attributes["preflight"]
        assert kept["override"]["reason"] == "no markers today"
        assert kept["override"]["items"] == [["markers", "expected"]]
        assert session.about.protocol == "Strict"
        assert session.about.task == "lift"

    # The note about the recording opens now; a click in that very moment would be its own.
    person.until(lambda _: person.has("Dismiss"), "the note about the recording")
    person.frames(10)

    # What is connected becomes a protocol; with a stream too many it is refused with a sentence.
    person.click("Edit…")
    person.until(lambda seen: seen["dialog"] == "protocol", "the protocol")
    person.click("New from what is connected")
    person.click("+ Stream")
    person.click("Save and use")
    person.until(lambda _: any("without a name" in text for text in person.ask("texts")), "the sentence")
    person.shoot("protocol")
    person.click("×", -1)
    person.click("Save and use")
    person.until(lambda seen: seen["dialog"] == "", "the end of the dialog")
    person.until(lambda _: person.has("All in order"), "preflight by the protocol")
    (made,) = (tmp_path / "config" / "protocols").glob("Protocol*")
    assert [s.stream for s in read_protocol(made).streams] == ["emg"]

    # Two seconds from before, each sample once.
    person.click("Nothing from before")
    person.click("2 s before Record")
    person.until(lambda _: any(t.startswith("2 s before Record are kept") for t in person.ask("texts")), "the past")
    path = take(person)
    with open_session(path) as session:
        data, stamps = session.streams["emg"].read()
        trigger = session.attributes["trigger"]
        assert session.gaps == ()
        (noted,) = [e for e in session.events if e.kind == "trigger"]
    assert noted.t == trigger["t"]
    assert stamps[0] == pytest.approx(trigger["t"] - 2.0, abs=0.01)
    assert (np.diff(data[:, -1]) == 1).all()
    person.quit()
