"""The filter that a stream is looked at through is kept beside its samples, and never touches them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from myoscope.recordings import RecordingError, open_session
from myoscope.recordings.take import Take
from myoscope.sources.view_filter import ViewFilter

from .sessions import EMG, SteppedTime, attributes, block, counted, recorder

BAND = ViewFilter(20.0, 450.0, 50.0)
RMS = ViewFilter(rms_ms=100.0, montage="bipolar")


def test_known_from_the_beginning_and_the_last_one_in_the_end(tmp_path):
    time = SteppedTime()
    made = recorder(tmp_path / "take.myo", time)
    made.note_view("emg", BAND.to_json())
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    assert ViewFilter.from_json(attributes(made.path / "emg")["view_filter"]) == BAND
    made.note_view("emg", ViewFilter(rectify=True).to_json())
    made.note_view("emg", RMS.to_json())
    made.note_view("other", BAND.to_json())
    time.now += 1.0
    sink.write(block(100, 100))
    made.step(0)
    # Half a second later it would survive a crash.
    assert ViewFilter.from_json(attributes(made.path / "emg")["view_filter"]) == RMS
    made.note_view("emg", BAND.to_json())
    made.close()
    with open_session(made.path) as session:
        stream = session.streams["emg"]
        assert stream.view_filter == BAND
        np.testing.assert_array_equal(stream.read()[0], counted(0, 200))
        assert stream.info == EMG
        assert session.zarr()["emg"].attrs["view_filter"] == BAND.to_json()


def test_a_stream_that_comes_back_otherwise_keeps_a_filter_for_each_time(tmp_path):
    made = recorder(tmp_path / "take.myo")
    made.note_view("emg", BAND.to_json())
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    made.note_view("emg", RMS.to_json())
    sink.open(replace(EMG, fs=1000.0))
    sink.write(block(0, 100))
    made.step(0)
    made.close()
    with open_session(made.path) as session:
        assert session.streams["emg"].view_filter == BAND
        assert session.streams["emg~2"].view_filter == RMS


def test_without_a_word_nothing_is_kept(tmp_path):
    made = recorder(tmp_path / "take.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.close()
    assert "view_filter" not in attributes(made.path / "emg")
    with open_session(made.path) as session:
        assert session.streams["emg"].view_filter is None


@pytest.mark.parametrize("damaged", [{"highpass_hz": "x"}, {"montage": "of tomorrow"}, [1], "20-450", 5, None])
def test_a_damaged_filter_costs_nothing_else(tmp_path, damaged):
    made = recorder(tmp_path / "take.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.close()
    path = made.path / "emg" / "zarr.json"
    found = json.loads(path.read_text())
    found["attributes"]["view_filter"] = damaged
    path.write_text(json.dumps(found))
    with open_session(made.path) as session:
        assert session.streams["emg"].view_filter is None
        np.testing.assert_array_equal(session.streams["emg"].read()[0], counted(0, 100))


def test_a_disk_that_refuses_it_still_gets_every_sample(tmp_path, monkeypatch):
    made = recorder(tmp_path / "take.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)

    def refuse(self, _item):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Take, "_note_views", refuse)
    made.note_view("emg", BAND.to_json())
    made.close()
    with open_session(made.path) as session:
        assert session.state == "complete"
        np.testing.assert_array_equal(session.streams["emg"].read()[0], counted(0, 100))


def test_endless_settings_are_refused(tmp_path):
    made = recorder(tmp_path / "take.myo")
    with pytest.raises(RecordingError, match="over 2,048 bytes"):
        made.note_view("emg", {"x": "y" * 5000})
    made.close()
