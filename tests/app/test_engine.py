"""The engine: streams, recording, switching, replay, all without a window."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from myoscope import App, SessionError, SourceError, Stream, open_session
from myoscope.app import engine as module
from myoscope.app.engine import Engine
from myoscope.app.errors import AppError
from myoscope.app.worker import stop_all


@pytest.fixture
def app():
    app = App("test")
    yield app
    app.engine.stop()


def numbers(session, name="emg"):
    """Return the first column of a recorded stream."""
    stream = session.streams[name]
    return stream.read()[0][:, 0]


def test_every_sample_from_the_first_on_is_recorded_once(app, tap, until, tmp_path):
    source = tap(fs=2000.0, n_channels=4)
    app.streams(Stream("emg", source))
    app.record(tmp_path, name="take", subject="S01")
    with app:
        until(lambda: source.n_made > 2000, "a second")
    with open_session(app.last_recording) as session:
        assert session.state == "complete"
        assert (session.name, session.subject) == ("take", "S01")
        np.testing.assert_array_equal(numbers(session), np.arange(source.n_made))
        assert session.gaps == ()


def test_a_recording_begins_and_ends_while_running(app, tap, until, tmp_path):
    stream = Stream("emg", tap())
    app.streams(stream)
    with app:
        until(lambda: stream.health.n_received > 100, "some samples")
        path = app.record(tmp_path / "take.myo")
        assert path == tmp_path / "take.myo"
        with pytest.raises(AppError, match="is being recorded. Stop that first"):
            app.record(tmp_path)
        until(lambda: app.engine.snapshot().recording.n_written.get("emg", 0) > 200, "rows")
        app.context.events.mark("lift")
        assert app.stop_recording() == path
        assert app.stop_recording() is None
    with open_session(path) as session:
        recorded = numbers(session)
        np.testing.assert_array_equal(recorded, np.arange(recorded[0], recorded[0] + len(recorded)))
        assert [event.label for event in session.events] == ["lift"]


def test_predictions_are_recorded_beside_the_signal(app, tap, until, tmp_path):
    app.streams(Stream("emg", tap(), window_seconds=0.05))
    app.predict(rate_hz=50)(lambda windows: {"level": float(windows["emg"].mean())})
    app.record(tmp_path)
    with app:
        until(lambda: app.context.streams["prediction"].health.n_received > 10, "predictions")
    with open_session(app.last_recording) as session:
        prediction = session.streams["prediction"]
        assert prediction.info.channel_names == ("level",)
        assert prediction.n_samples == app.context.streams["prediction"].health.n_received
        assert session.streams["emg"].n_samples > 100


def test_a_lost_device_comes_back_with_a_named_gap(app, tap, until, tmp_path):
    source = tap(fs=1000.0)
    stream = Stream("emg", source)
    app.streams(stream)
    app.record(tmp_path)
    with app:
        until(lambda: stream.health.n_received > 200, "samples")
        ring = stream.ring
        source.refuse = SourceError("The device was unplugged.")
        until(lambda: stream.health.state == "lost", "the loss")
        source.n_made += 300  # made while nobody could hear
        source.refuse = None
        until(lambda: stream.health.state == "live", "the return")
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n + 200, "more samples")
        assert stream.ring is ring
    with open_session(app.last_recording) as session:
        recorded = numbers(session)
        assert (np.diff(recorded) >= 1).all()
        assert len(recorded) == stream.health.n_received
        assert sum(gap.n_lost for gap in session.gaps) == stream.health.n_lost
        assert session.gaps[0].cause == "reconnected"
    texts = [line.text for line in app.context.log.lines]
    assert any("unplugged" in text for text in texts)
    assert any("back after" in text for text in texts)


def test_switching_keeps_the_picture_and_the_recording_goes_on(app, tap, until, tmp_path):
    stream = Stream("emg", tap())
    app.streams(stream)
    app.record(tmp_path)
    with app:
        until(lambda: stream.health.n_received > 200, "samples")
        ring = stream.ring
        app.engine.switch("emg", tap())
        assert stream.ring is ring
        until(lambda: len(stream.health.gaps) == 1, "the gap")
        app.engine.switch("emg", tap(n_channels=3))
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n + 100, "the other device")
        assert stream.ring.n_channels == 3
    with open_session(app.last_recording) as session:
        assert list(session.streams) == ["emg", "emg~2"]
        assert session.streams["emg~2"].info.n_channels == 3
        assert {gap.cause for gap in session.gaps} >= {"reconnected"}
        assert [event.kind for event in session.events] == ["device", "device"]


def test_a_device_that_does_not_answer_leaves_the_old_one_on(app, tap, until):
    stream = Stream("emg", tap())
    app.streams(stream)
    with app:
        until(lambda: stream.health.n_received > 50, "samples")
        new = tap()
        new.refuse = SourceError("No LSL stream named EMG2.")
        with pytest.raises(SourceError, match="No LSL stream named EMG2. Still on Tap"):
            app.engine.switch("emg", new)
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n, "more samples")


def test_a_hung_device_is_left_behind_named_and_replaced(app, tap, until, monkeypatch):
    monkeypatch.setattr("myoscope.sources.stream.TURN_TIMEOUT_S", 0.2)
    hanging = tap()
    stream = Stream("emg", hanging)
    app.streams(stream)
    with app:
        until(lambda: stream.health.n_received > 50, "samples")
        hanging.hang = threading.Event()
        until(lambda: stream.health.state == "silent", "silence")
        app.engine.switch("emg", tap())
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n + 50, "samples of the new device")
        assert any("does not answer and was left behind" in line.text for line in app.context.log.lines)
        hanging.hang.set()


def test_headless_says_why_a_stream_cannot_connect_and_leaves_no_empty_session(app, tap, tmp_path):
    source = tap()
    source.refuse = SourceError("No LSL stream named EMG. Start the device.")
    app.streams(Stream("emg", source))
    app.record(tmp_path)
    with pytest.raises(SourceError, match="No LSL stream named EMG"):
        app.run(mode="headless", seconds=5)
    assert list(tmp_path.iterdir()) == []


def test_headless_ends_when_every_source_has(app, tap, until):
    source = tap()
    source.failures.append(EOFError("The file has ended."))
    app.streams(Stream("emg", source))
    app.run(mode="headless")
    assert app.context.streams["emg"].health.state == "ended"


def test_stop_ends_run_from_another_thread(app, tap, until):
    app.streams(Stream("emg", tap()))
    app.predict(rate_hz=100)(lambda windows: app.stop())
    app.run(mode="headless")
    assert not app.engine.running


def test_an_app_can_run_twice(app, tap, until):
    stream = Stream("emg", tap())
    app.streams(stream)
    for _ in range(2):
        with app:
            until(lambda: stream.health.n_received > 20, "samples")


def test_a_stream_added_while_recording_is_recorded(app, tap, until, tmp_path):
    app.streams(Stream("emg", tap()))
    app.record(tmp_path)
    with app:
        app.streams(Stream("force", tap(n_channels=1)))
        until(lambda: app.engine.snapshot().recording.n_written.get("force", 0) > 50, "rows")
        with pytest.raises(AppError, match="There is a stream 'emg' already"):
            app.streams(Stream("emg", tap()))
    with open_session(app.last_recording) as session:
        assert set(session.streams) == {"emg", "force"}


@pytest.fixture
def take(tap, until, tmp_path):
    """A recorded session of two streams, with a marker."""
    app = App("take")
    app.streams(Stream("emg", tap(fs=2000.0, n_channels=4)), Stream("force", tap(fs=100.0, n_channels=1)))
    app.record(tmp_path / "take.myo")
    with app:
        until(lambda: app.context.streams["emg"].health.n_received > 1500, "samples")
        app.context.events.mark("lift")
        until(lambda: app.context.streams["emg"].health.n_received > 3000, "samples")
    return app.last_recording


def test_a_session_replays_in_the_place_of_the_live_streams_and_gives_it_back(app, tap, until, take):
    stream = Stream("emg", tap())
    app.streams(stream)
    got = []
    app.predict(rate_hz=100)(lambda windows: got.append(windows["emg"].shape[0]))
    with app:
        until(lambda: 2 in got, "live windows")
        app.engine.open_replay(take, speed=4.0)
        state = app.engine.snapshot().replay
        assert state.path == take
        assert state.duration_seconds == pytest.approx(1.5, abs=0.3)
        until(lambda: app.engine.snapshot().replay.ended, "the end")
        assert set(app.context.streams) == {"emg", "prediction", "force"}
        with open_session(take) as session:
            until(lambda: stream.health.n_received == session.streams["emg"].n_samples, "the last sample")
            timestamps, replayed = stream.get_raw_snapshot()
            np.testing.assert_array_equal(replayed, session.streams["emg"].read()[0])
            assert (np.diff(timestamps) > 0).all()
        until(lambda: stream.health.state == "held", "it stands at its end, which is no fault")
        assert [event.label for event in app.context.events] == ["lift"]
        until(lambda: 4 in got, "windows of the replay")
        app.engine.close_replay()
        assert set(app.context.streams) == {"emg", "prediction"}
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n + 50, "live samples")
        assert stream.info.n_channels == 2


def test_no_replay_while_recording(app, tap, take, tmp_path):
    app.streams(Stream("emg", tap()))
    with app:
        app.record(tmp_path)
        with pytest.raises(AppError, match="A recording runs. Stop it before"):
            app.engine.open_replay(take)


def test_what_is_no_session_is_refused_and_live_goes_on(app, tap, until, tmp_path):
    stream = Stream("emg", tap())
    app.streams(stream)
    with app:
        until(lambda: stream.health.n_received > 50, "samples")
        with pytest.raises(SessionError):
            app.engine.open_replay(tmp_path)
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n, "more samples")


def test_commands_in_the_background_tell_what_went_wrong(app, tap, until):
    app.streams(Stream("emg", tap()))
    with app:
        app.engine.submit("switching", lambda: app.engine.switch("force", tap()))
        until(lambda: any("There is no stream 'force'" in line.text for line in app.context.log.lines), "the sentence")


def test_text_markers_are_events_everywhere(app, until, tmp_path):
    from myoscope import Block, StreamInfo, local_clock

    class Cues:
        def connect(self):
            self.left = ["lift", "hold"]
            return StreamInfo(fs=0, channel_names=("cue",), dtype="str")

        def read(self):
            if not self.left:
                raise EOFError
            return Block(np.array([[self.left.pop(0)]], dtype=object), np.array([local_clock()]))

        def disconnect(self):
            pass

    app.streams(Stream("cues", Cues()))
    app.record(tmp_path)
    app.run(mode="headless")
    assert [(e.label, e.stream) for e in app.context.events] == [("lift", "cues"), ("hold", "cues")]


def test_a_device_that_runs_at_another_rate_than_it_says_is_told_of(app, tap, until, monkeypatch):
    monkeypatch.setattr("myoscope.app.watch.RATE_OFF_FOR_S", 0.2)
    source = tap(fs=1000.0)
    stream = Stream("emg", source)
    app.streams(stream)
    plain = source.connect
    source.connect = lambda: replace(plain(), fs=2000.0)
    with app:
        until(lambda: any("runs at 1000" in line.text for line in app.context.log.lines), "the sentence")
    lines = [line.text for line in app.context.log.lines if "runs at" in line.text]
    assert len(lines) == 1
    assert "but says 2000 Hz. Check the device's settings" in lines[0]


def test_a_second_session_replays_in_the_place_of_the_first(app, tap, until, take, tmp_path):
    other = App("other")
    other.streams(Stream("emg", tap(n_channels=3)))
    other.record(tmp_path / "other.myo")
    with other:
        until(lambda: other.context.streams["emg"].health.n_received > 300, "samples")
    stream = Stream("emg", tap())
    app.streams(stream)
    with app:
        app.engine.open_replay(take)
        assert set(app.context.streams) == {"emg", "force"}
        app.engine.open_replay(tmp_path / "other.myo")
        assert set(app.context.streams) == {"emg"}
        until(lambda: stream.health.n_received > 100, "samples of the other session")
        assert stream.info.n_channels == 3
        app.engine.close_replay()
        until(lambda: stream.health.n_received > 50, "live samples")
        assert stream.info.n_channels == 2
    assert not [line for line in app.context.log.lines if line.level == "bad"]


def test_what_a_command_starts_while_the_engine_stops_has_time_to_end(take, until, monkeypatch):
    engine, given = Engine(), []
    stopping, opened = threading.Event(), threading.Event()

    def open_late():
        assert stopping.wait(20)
        engine.open_replay(take)
        opened.set()

    def stop_noted(workers, timeout_s):
        given.append(([worker.name for worker in workers], timeout_s))
        stopping.set()
        assert opened.wait(20)
        return stop_all(workers, 20)

    # All the time there is has gone by when the session is open.
    monkeypatch.setattr(module, "STOP_WITHIN_S", -1.0)
    monkeypatch.setattr(module, "stop_all", stop_noted)
    with engine:
        engine.submit("opening", open_late)
        until(lambda: engine.busy == "opening", "the command")
    assert [names for names, _ in given] == [["commands"], ["replay"]]
    assert given[1][1] >= 0.5
    assert engine.snapshot().replay is None
