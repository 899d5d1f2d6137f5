"""The engine hands the filter a stream is looked at through to every recording; samples stay raw."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope import App, Stream, open_session
from myoscope.sources.view_filter import ViewFilter

BAND = ViewFilter(20.0, 450.0, 50.0)
AVERAGE = ViewFilter(montage="common average")


@pytest.fixture
def app():
    app = App("test")
    yield app
    app.engine.stop()


def test_a_recorded_session_holds_the_filter_and_raw_samples(app, tap, until, tmp_path):
    source = tap(fs=2000.0, n_channels=4)
    app.streams(Stream("emg", source))
    app.engine.note_view("emg", BAND.to_json())
    app.record(tmp_path / "first.myo")
    with app:
        until(lambda: source.n_made > 500, "some samples")
    with open_session(app.last_recording) as session:
        stream = session.streams["emg"]
        assert stream.view_filter == BAND
        np.testing.assert_array_equal(stream.read()[0][:, 0], np.arange(source.n_made))


def test_the_latest_one_counts_and_the_next_recording_begins_with_it(app, tap, until, tmp_path):
    stream = Stream("emg", tap())
    app.streams(stream)
    with app:
        until(lambda: stream.health.n_received > 100, "some samples")
        first = app.record(tmp_path / "first.myo")
        until(lambda: app.engine.snapshot().recording.n_written.get("emg", 0) > 100, "rows")
        app.engine.note_view("emg", BAND.to_json())
        app.engine.note_view("emg", AVERAGE.to_json())
        app.stop_recording()
        second = app.record(tmp_path / "second.myo")
        until(lambda: app.engine.snapshot().recording.n_written.get("emg", 0) > 100, "rows")
        app.stop_recording()
    for path in (first, second):
        with open_session(path) as session:
            assert session.streams["emg"].view_filter == AVERAGE
