"""A real shoulder abduction, sent over LSL by another process: seen, recorded, replayed, bit for bit."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from myoscope import App, Stream, open_session

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT.parent / "shared" / "data" / "shoulder_abduction.npz"
EXAMPLE = ROOT / "examples" / "stream_npz_over_lsl.py"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the real recording is not here: ../shared/data")


@pytest.fixture
def sender():
    """Return a function that starts the other process; it is ended in the end."""
    started = []

    def start(*options):
        process = subprocess.Popen(
            [sys.executable, str(EXAMPLE), "--file", str(FILE), *options], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def abduction():
    with np.load(FILE) as file:
        return {"emg": file["emg"], "markers": file["markers"].reshape(len(file["markers"]), -1)}


def test_recorded_and_replayed_bit_for_bit(sender, until, abduction, tmp_path):
    process = sender("--wait", "60")
    app = App("abduction")
    app.streams(Stream("emg", "lsl:EMG?timeout_s=20", buffer_seconds=10), Stream("markers", "lsl:Markers?timeout_s=20"))
    app.record(tmp_path / "abduction.myo", subject="S07")
    with app:
        emg, markers = (app.context.streams[name] for name in ("emg", "markers"))
        until(lambda: emg.health.n_received >= 14000 and markers.health.n_received >= 700, "every sample", 90)
    out, _ = process.communicate(timeout=20)
    sent = {line["stream"]: line for line in map(json.loads, (text for text in out.splitlines() if text[0] == "{"))}
    with open_session(tmp_path / "abduction.myo") as session:
        assert session.gaps == ()
        for name, want in abduction.items():
            stored = session.streams[name]
            data, timestamps = stored.read()
            np.testing.assert_array_equal(data, want)
            assert hashlib.sha256(data.tobytes()).hexdigest() == sent[stored.info.name]["sha256"]
            assert data.dtype == want.dtype
            assert (np.diff(timestamps) >= 0).all()
        assert (session.streams["emg"].info.unit, session.streams["emg"].info.fs) == ("V", 2000)
        assert (session.streams["markers"].info.unit, session.streams["markers"].info.fs) == ("mm", 100)

    with App("replay") as again:
        again.engine.open_replay(tmp_path / "abduction.myo", speed=4.0)
        emg, markers = (again.context.streams[name] for name in ("emg", "markers"))
        until(lambda: emg.health.n_received >= 14000 and markers.health.n_received >= 700, "every sample again", 60)
        for stream in (emg, markers):
            timestamps, data = stream.get_raw_snapshot()
            np.testing.assert_array_equal(data, abduction[stream.name])
            assert (np.diff(timestamps) > 0).all()
        assert emg.health.n_received == 14000


@pytest.mark.gui
def test_seen_recorded_and_replayed_in_the_window(sender, window, abduction):
    sender("--loop")
    person = window("emg=lsl:EMG?timeout_s=20", "markers=lsl:Markers?timeout_s=20")
    person.until(person.live("emg", 2000), "the EMG", 60)
    person.until(person.live("markers", 50), "the markers", 60)
    person.click("Record")
    person.until(lambda seen: (seen["recording"] or 0) > 6000, "rows on disk", 60)
    person.shoot("abduction")
    person.click("Stop")
    seen = person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    with open_session(seen["last"]) as session:
        assert session.gaps == ()
        for name, want in abduction.items():
            data, _ = session.streams[name].read()
            first = np.flatnonzero((want == data[0]).all(axis=1))
            assert len(first), "the first row recorded is one that was sent"
            rows = (first[0] + np.arange(len(data))) % len(want)
            np.testing.assert_array_equal(data, want[rows])
    person.menu("Session", "Open recent", Path(seen["last"]).name)
    person.until(lambda seen: seen["replay"] and seen["replay"]["position"] > 1.0, "the replay")
    person.shoot("abduction-replayed")
