"""The logic of a session's time line, without a screen: columns in time, marks, pixels, reading."""

from __future__ import annotations

import shutil
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.app import session_reading
from myoscope.app.jobs import Jobs
from myoscope.app.log import Log
from myoscope.app.overview_job import build_in_background
from myoscope.app.session_columns import Lanes, StreamLine, reach_of, stretched
from myoscope.app.session_marks import marks_of
from myoscope.app.session_pixels import LaneColours, paint_band, paint_events, paint_ranges
from myoscope.app.session_reading import Question, SessionReader
from myoscope.app.session_ruler import Stretch, figures_of, time_text
from myoscope.recordings import open_session
from myoscope.recordings.building import SessionBuilder
from myoscope.sources import Event, StreamInfo, names

RATE = 500.0
ZERO = 50.0
GAP = (40.0, 55.0)
SECONDS = 100.0


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    """Return noise whose every column has extremes of its own."""
    return np.random.default_rng(2).normal(0, 100, (round(SECONDS * RATE), 3)).astype(np.float32)


@pytest.fixture(scope="module")
def path(tmp_path_factory, samples):
    """Return a session of two streams: one with a gap of fifteen seconds, one that begins late."""
    with SessionBuilder(tmp_path_factory.mktemp("strip") / "a.myo") as builder:
        builder.stream("emg", StreamInfo(fs=RATE, channel_names=names("EMG", 3), unit="µV"))
        builder.stream("force", StreamInfo(fs=50.0, channel_names=("Fz",), unit="N"))
        first, last = (round(t * RATE) for t in GAP)
        t = ZERO + np.arange(len(samples)) / RATE
        builder.write("emg", samples[:first], t[:first])
        builder.gap("emg", t[first - 1], t[last], last - first, "device")
        builder.write("emg", samples[last:], t[last:])
        builder.write("force", np.ones((1000, 1), dtype=np.float32), ZERO + 60.0 + np.arange(1000) / 50)
        builder.event(Event(ZERO + 10.0, "marker", "lift"))
        builder.event(Event(ZERO + 20.0, "trial", "one"))
        builder.event(Event(ZERO + 70.0, "trial", "two"))
        builder.event(Event(ZERO + 80.0, "trial", "three", "superseded"))
        return builder.finish()


@pytest.fixture
def session(path):
    with open_session(path) as opened:
        yield opened


# Columns


def test_columns_are_the_extremes_of_what_lies_in_them_in_time(session, samples):
    line = StreamLine(session.streams["emg"], ZERO)
    columns = line.columns(0.0, SECONDS, 100, 1)
    pieces = samples[:, 1].reshape(100, 500)
    middle = columns[0, 0, 0] - pieces[0].min()
    expected = np.stack([pieces.min(axis=1), pieces.max(axis=1)], axis=-1) + middle
    before = slice(0, 39)
    # Pieces have equally many samples, a column a second: there are 85 s of samples in a hundred columns.
    assert columns.shape == (1, 100, 2)
    assert np.isnan(columns[0, 41:54]).all(), "nothing was sampled in the gap"
    assert np.isfinite(columns[0, before]).all()
    whole = columns[0, before], expected[before]
    assert np.nanmax(whole[0][:, 1]) == pytest.approx(whole[1][:, 1].max(), abs=1e-3)
    assert np.nanmin(columns[0]) == pytest.approx(min(pieces[:40].min(), pieces[55:].min()) + middle, abs=1e-3)


@given(st.floats(0, 39), st.floats(0.2, 10), st.integers(1, 40))
def test_without_a_gap_columns_are_those_of_the_samples(path, samples, start, seconds, n_columns):
    stop = min(start + seconds, GAP[0])
    with open_session(path) as session:
        line = StreamLine(session.streams["emg"], ZERO)
        columns = line.columns(start, stop, n_columns, None)
        middle = line._middle
    times = np.arange(len(samples)) / RATE
    edges = start + (stop - start) * np.arange(n_columns + 1) / n_columns
    for column in range(n_columns):
        # A column has what lies in it, and at the most what touches it on either side.
        wide = (times > edges[column] - (stop - start) / n_columns - 0.01) & (
            times < edges[column + 1] + (stop - start) / n_columns + 0.01
        )
        around = samples[wide] - middle
        low, high = columns[0, column]
        if np.isfinite(low):
            assert around.min() - 1e-3 <= low <= high <= around.max() + 1e-3
    inside = samples[(times >= start) & (times < stop)] - middle
    if len(inside):
        assert np.nanmax(columns[..., 1]) >= inside.max() - 1e-3, "no extreme is lost"
        assert np.nanmin(columns[..., 0]) <= inside.min() + 1e-3


def test_a_stream_that_begins_late_has_nothing_before(session):
    columns = StreamLine(session.streams["force"], ZERO).columns(0.0, SECONDS, 100, None)
    assert np.isnan(columns[0, :60]).all()
    assert (columns[0, 60:80] == 0).all(), "less its middle"
    assert np.isnan(columns[0, 81:]).all()


def test_a_lane_for_each_channel(session):
    line = StreamLine(session.streams["emg"], ZERO)
    each = line.columns(0.0, SECONDS, 50, -1)
    joint = line.columns(0.0, SECONDS, 50, None)
    assert each.shape == (3, 50, 2)
    np.testing.assert_array_equal(joint[0, :, 1], np.fmax.reduce(each[..., 1]))
    np.testing.assert_array_equal(line.columns(0.0, SECONDS, 50, 2)[0], each[2])


def test_columns_stretched_to_another_stretch_keep_their_place():
    columns = np.arange(20, dtype=np.float32).reshape(1, 10, 2)
    near = stretched(columns, (0.0, 10.0), (2.0, 4.0), 4)
    np.testing.assert_array_equal(near[0, :, 0], [4, 4, 6, 6])
    far = stretched(columns, (0.0, 10.0), (-10.0, 20.0), 30)
    np.testing.assert_array_equal(far[:, 10:20], columns)
    assert np.isnan(far[:, :10]).all()
    assert np.isnan(far[:, 20:]).all()


def test_a_single_artefact_does_not_flatten_a_lane():
    columns = np.tile(np.array([-1.0, 1.0], dtype=np.float32), (2, 1000, 1))
    columns[0, 5] = 1e6
    columns[1] = np.nan
    assert reach_of(columns) == pytest.approx([1.05, 1.0])


# Marks


def test_events_trials_and_gaps_are_told_where_they_are(session):
    marks = marks_of(session, ZERO, session.duration_s)
    assert [(begin, end, name) for begin, end, name in marks.trials] == [
        (pytest.approx(20.0), pytest.approx(70.0), "one"),
        (pytest.approx(70.0), pytest.approx(80.0), "two"),
    ]
    assert any("lift" in line for line in marks.said_at(10.3, 0.5))
    assert not any("lift" in line for line in marks.said_at(10.6, 0.5))
    assert any("7,500" in line for line in marks.said_at(50.0, 0.1)), "how many samples are missing"
    assert marks.said_at(90.0, 0.1) == []
    np.testing.assert_array_equal(marks.columns_of_events(0.0, 100.0, 100), [10])
    assert len(marks.columns_of_events(11.0, 100.0, 100)) == 0
    inside = np.flatnonzero(marks.columns_of_gaps(0.0, 100.0, 100, ("emg",)))
    assert (inside[0], inside[-1]) == (39, 54)
    assert not marks.columns_of_gaps(0.0, 100.0, 100, ("force",)).any()
    assert marks.columns_of_gaps(0.0, 1e6, 100, ("emg",)).sum() == 2, "however short, it is seen"


# Zoom


def test_the_time_below_the_pointer_stays():
    stretch = Stretch(1000.0)
    stretch.zoom(5, 250.0)
    share = (250.0 - stretch.start) / stretch.seconds
    assert share == pytest.approx(0.25)
    stretch.zoom(-20, 250.0)
    assert stretch.is_whole
    assert (stretch.start, stretch.stop) == (0.0, 1000.0)


@given(st.lists(st.tuples(st.sampled_from(["zoom", "pan"]), st.floats(-30, 30), st.floats(0, 1000)), max_size=30))
def test_no_way_leads_out_of_the_session(steps):
    stretch = Stretch(1000.0)
    for what, amount, at in steps:
        if what == "zoom":
            stretch.zoom(amount, min(max(at, stretch.start), stretch.stop))
        else:
            stretch.pan(amount * 20)
        assert -1e-9 <= stretch.start < stretch.stop <= 1000.0 + 1e-6
        assert 0.05 - 1e-9 <= stretch.seconds <= 1000.0 + 1e-6


def test_it_turns_the_page_when_the_replay_runs_over_its_end():
    stretch = Stretch(1000.0)
    stretch.show(100.0, 50.0)
    stretch.follow(149.0, 151.0)
    assert (stretch.start, stretch.stop) == (151.0, 201.0)
    stretch.follow(20.0, 21.0)
    assert stretch.start == 151.0, "what was outside is left alone"


def test_figures_stand_at_round_times():
    assert [text for _, text in figures_of(0.0, 28_800.0, 10)] == [
        "00:00", *(f"{hour}:00:00" for hour in range(1, 9)),
    ]  # fmt: skip
    assert [text for _, text in figures_of(61.0, 61.4, 5)] == ["01:01.0", "01:01.1", "01:01.2", "01:01.3", "01:01.4"]
    assert time_text(3599.999, 0.1) == "1:00:00.0"


# Pixels


def test_lanes_gaps_and_events_are_painted_where_they_belong():
    out = np.zeros((20, 8, 4), dtype=np.float32)
    columns = np.zeros((2, 8, 2), dtype=np.float32)
    columns[0, :, 0], columns[0, :, 1] = -1.0, 1.0
    columns[0, 3] = np.nan
    in_gap = np.arange(8) == 3
    colours = LaneColours(((255, 0, 0, 255), (0, 255, 0, 255)), (0, 0, 255, 51), (0, 0, 255, 102))
    paint_band(out, columns, np.ones(2, dtype=np.float32), in_gap, colours)
    red, green = out[..., 0] == 1, out[..., 1] == 1
    np.testing.assert_array_equal(red.sum(axis=0), [10, 10, 10, 0, 10, 10, 10, 10])
    assert not red[10:].any()
    assert (green.sum(axis=0) == 1).all(), "what does not move is a line"
    assert not green[:10].any()
    assert set(np.round(out[:10, 3, 3], 2)) == {np.float32(0.2), np.float32(0.4)}, "hatched"
    paint_events(out, np.array([6]), (255, 255, 255, 200), 2)
    assert (out[:2, 6] == 1).all()
    assert (out[2:, 6, 3] < 1).all()
    paint_ranges(out[:1], [(1, 5)], (0, 0, 0, 255))
    assert out[0, 1:4, 3].tolist() == [1, 1, 1]


# Reading


def answered(reader, until):
    reader.ask(Question(0.0, SECONDS, 200, Lanes()))
    until(lambda: not reader.busy, "the answer")
    return reader.answer


def test_the_newest_question_is_answered_and_no_thread_is_left(session, until):
    reader = SessionReader(session, ZERO, session.duration_s)
    for start in range(20):
        reader.ask(Question(float(start), start + 5.0, 300, Lanes("emg", -1)))
    until(lambda: not reader.busy, "the answers")
    assert reader.answer.question == Question(19.0, 24.0, 300, Lanes("emg", -1))
    assert [band.columns.shape for band in reader.answer.bands] == [(3, 300, 2)]
    assert reader.whole.question.start == 0.0
    assert reader.whole.question.lanes == Lanes("emg", -1)
    assert reader.close()


def test_what_cannot_be_read_is_said(path, tmp_path, until):
    copy = tmp_path / "copy.myo"
    shutil.copytree(path, copy)
    with open_session(copy) as session:
        shutil.rmtree(copy / "emg" / "overview")
        for chunk in (copy / "emg" / "samples").glob("c*"):
            shutil.rmtree(chunk) if chunk.is_dir() else chunk.unlink()
        reader = SessionReader(session, ZERO, session.duration_s)
        assert "missing" in answered(reader, until).problem
        assert reader.close()


def test_a_long_stream_without_an_overview_waits_for_it(session, path, tmp_path, until, monkeypatch):
    monkeypatch.setattr("myoscope.app.session_columns.WITHOUT_OVERVIEW_BYTES", 1000)
    copy = tmp_path / "copy.myo"
    shutil.copytree(path, copy)
    shutil.rmtree(copy / "emg" / "overview")
    jobs = Jobs(Log(time.monotonic))
    with open_session(copy) as session:
        reader = SessionReader(session, ZERO, session.duration_s)
        answer = answered(reader, until)
        assert answer.waiting == ("emg",)
        assert [band.stream for band in answer.bands] == ["force"]
        job = build_in_background(jobs, session)
        until(lambda: job.done, "the overview")
        assert not session.streams["emg"].lacks_overview
        answer = answered(reader, until)
        assert (answer.waiting, len(answer.bands)) == ((), 2)
        assert build_in_background(jobs, session) is None, "nothing is left to do"
        assert reader.close()
    assert jobs.stop_all() == []


def test_a_session_without_trials_is_read_too(path, tmp_path, until):
    shutil.copytree(path, tmp_path / "plain.myo")
    (tmp_path / "plain.myo" / "events.jsonl").unlink()
    with open_session(tmp_path / "plain.myo") as session:
        reader = SessionReader(session, ZERO, SECONDS)
        reader.ask(Question(0.0, SECONDS, 100, Lanes()))
        found = answered(reader, until)
        assert (found.problem, [band.stream for band in found.bands]) == ("", ["emg", "force"])
        assert reader.marks.trials == ()
        assert reader.close()


def test_whatever_goes_wrong_while_reading_is_told(session, until, monkeypatch):
    def broken(*_):
        raise ValueError("marks of another kind")

    monkeypatch.setattr(session_reading, "marks_of", broken)
    reader = SessionReader(session, ZERO, SECONDS)
    question = Question(0.0, SECONDS, 100, Lanes())
    reader.ask(question)
    until(lambda: reader.answer is not None, "the answer")
    assert (reader.answer.question, reader.answer.problem) == (question, "marks of another kind")
    assert reader.close()
