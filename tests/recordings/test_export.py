"""A session as tables, read back by the standard library."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from myoscope.recordings import Recorder, SessionError, export_csv, open_session
from myoscope.recordings.export import safe
from myoscope.sources import Block, Event, StreamInfo


@pytest.fixture
def session(tmp_path):
    rng = np.random.default_rng(3)
    emg = rng.normal(size=(9000, 3)).astype(np.float32)
    counts = np.arange(20, dtype=np.int16)[:, None]
    with Recorder(tmp_path / "take.myo", clock=lambda: 100.0) as recorder:
        sink = recorder.sink("emg")
        sink.open(StreamInfo(fs=2000.0, channel_names=("Biceps", "=2+2", "c"), unit="µV"))
        sink.write(Block(emg[:5000], 100 + np.arange(5000) / 2000))
        sink.write(Block(emg[5000:], 103 + np.arange(4000) / 2000, lost=1000))
        force = recorder.sink("force")
        force.open(StreamInfo(fs=0, channel_names=("f",), unit="N", dtype="int16", scale=0.5))
        force.write(Block(counts, 100.5 + np.arange(20.0)))
        recorder.event(Event(101.0, "marker", "@lift", "a, b"))
    with open_session(tmp_path / "take.myo") as opened:
        yield opened, emg


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_value_comes_back(session, tmp_path):
    opened, emg = session
    shares = []
    files = export_csv(opened, tmp_path / "out", lambda share: shares.append(share) or True)
    assert sorted(path.name for path in files) == ["emg.csv", "events.csv", "force.csv", "gaps.csv"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    heading, *rows = read(tmp_path / "out" / "emg.csv")
    assert heading == ["time [s] at 2000 Hz", "Biceps [µV]", "'=2+2 [µV]", "c [µV]"]
    values = np.array(rows, dtype=float)
    np.testing.assert_array_equal(values[:, 1:].astype(np.float32), emg)
    np.testing.assert_allclose(values[[0, 4999, 5000], 0], [0, 2.4995, 3.0], atol=1e-6)
    force = np.array(read(tmp_path / "out" / "force.csv")[1:], dtype=float)
    np.testing.assert_array_equal(force[:, 1], np.arange(20) * 0.5)
    assert read(tmp_path / "out" / "events.csv")[1] == ["1.000000", "marker", "'@lift", "a, b", ""]
    gap = read(tmp_path / "out" / "gaps.csv")[1]
    assert (gap[0], gap[4], gap[5]) == ("emg", "1000", "device")


def test_stopped_half_way_it_leaves_nothing(session, tmp_path):
    opened, _ = session
    assert export_csv(opened, tmp_path / "out", lambda share: share < 0.4) == []
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_not_touched(session, tmp_path):
    opened, _ = session
    (tmp_path / "out").mkdir()
    with pytest.raises(SessionError, match="is there already"):
        export_csv(opened, tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "written"), [("=1+1", "'=1+1"), ("-3.5", "-3.5"), ("-cmd", "'-cmd"), ("µV", "µV"), ("+1e3", "+1e3")]
)
def test_formulas_are_made_harmless(text, written):
    assert safe(text) == written
