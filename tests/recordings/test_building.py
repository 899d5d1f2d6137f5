"""Sessions made of samples that come from no device are sessions like any other."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from myoscope.recordings import RecordingError, check_session, open_session
from myoscope.recordings.about import About, ChannelAbout
from myoscope.recordings.building import SessionBuilder
from myoscope.sources import Event, StreamInfo

EMG = StreamInfo(fs=1000, sample_shape=(4,), dtype="int16", unit="µV", scale=0.5)


def test_what_is_written_is_there_with_gaps_events_and_words(tmp_path):
    data = np.arange(40_000 * 4, dtype=np.int16).reshape(-1, 4)
    times = np.arange(40_000) / 1000
    about = About(name="reach", subject="sub-001", task="reaching", take=3, tags=("good",))
    with SessionBuilder(tmp_path, about, origin={"file": "a.xdf"}) as builder:
        assert (
            builder.stream("emg", EMG, channels=(ChannelAbout(muscle="deltoid", electrode_size_mm=10.0),) * 4) == "emg"
        )
        builder.write("emg", data, times)
        builder.write("emg", data[:10], 41 + times[:10], lost=990, cause="device")
        builder.event(Event(3.0, "marker", "go"))
        path = builder.finish()
    with open_session(path) as session:
        assert session.state == "complete"
        assert session.about == about
        assert session.attributes["origin"] == {"file": "a.xdf"}
        stream = session.streams["emg"]
        samples, stamps = stream.read()
        np.testing.assert_array_equal(samples, np.concatenate([data, data[:10]]))
        np.testing.assert_array_equal(stamps, np.concatenate([times, 41 + times[:10]]))
        assert [channel.muscle for channel in stream.channels_about] == ["deltoid"] * 4
        assert [(gap.sample, gap.n_lost, gap.cause) for gap in session.gaps] == [(40_000, 990, "device")]
        assert session.events == (Event(3.0, "marker", "go"),)
    assert check_session(path)["ok"]


def test_what_is_not_finished_leaves_nothing(tmp_path):
    def half_way():
        with SessionBuilder(tmp_path) as builder:
            builder.stream("emg", EMG)
            builder.write("emg", np.zeros((10, 4)), np.arange(10.0))
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        half_way()
    assert list(tmp_path.iterdir()) == []


def test_another_rate_begins_another_group(tmp_path):
    with SessionBuilder(tmp_path / "a.myo") as builder:
        builder.stream("emg", EMG)
        builder.write("emg", np.zeros((10, 4)), np.arange(10) / 1000)
        assert builder.stream("emg", StreamInfo(fs=2000, sample_shape=(4,), dtype="int16")) == "emg~2"
        builder.write("emg", np.ones((10, 4)), 1 + np.arange(10) / 2000)
        path = builder.finish()
    with open_session(path) as session:
        assert {name: stream.n_samples for name, stream in session.streams.items()} == {"emg": 10, "emg~2": 10}


def test_a_stream_that_was_not_begun_is_told(tmp_path):
    builder = SessionBuilder(tmp_path)
    with pytest.raises(RecordingError, match="no stream 'emg'"):
        builder.write("emg", np.zeros((1, 4)), np.zeros(1))
    builder.discard()


def test_the_clock_of_the_samples_is_tied_to_the_time_of_day(tmp_path):
    with SessionBuilder(tmp_path, created=datetime(2025, 5, 1, 12, tzinfo=UTC), clock_at_created=50.0) as builder:
        path = builder.finish()
    with open_session(path) as session:
        assert session.created.startswith("2025-05-01T12:00:00")
        assert session.attributes["created"]["lsl_clock"] == pytest.approx(50.0, abs=5)


def test_hours_are_written_with_few_files_open(tmp_path):
    info = StreamInfo(fs=100, sample_shape=(64,), dtype="float64")
    open_files = Path("/proc/self/fd")
    if not open_files.is_dir():
        pytest.skip("this system does not tell which files are open")
    before = len(list(open_files.iterdir()))
    with SessionBuilder(tmp_path) as builder:
        builder.stream("emg", info)
        for second in range(0, 4000, 500):
            builder.write("emg", np.full((50_000, 64), second, dtype=float), second + np.arange(50_000) / 100)
            assert len(list(open_files.iterdir())) - before < 100
    assert list(tmp_path.iterdir()) == []
