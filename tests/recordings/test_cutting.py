"""Trimming, splitting, joining: nothing is lost on the way, nothing is there twice, and the source stays as it was."""

from __future__ import annotations

import math
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from myoscope.recordings import Gap, SessionError, open_session
from myoscope.recordings.about import ChannelAbout
from myoscope.recordings.about_edits import Change, edit_about
from myoscope.recordings.cutting import Range, first_time, join_sessions, split_session, trim_session
from myoscope.recordings.gaps import NOT_RECORDED
from myoscope.recordings.progress import Stopped
from myoscope.recordings.report import make_report
from myoscope.sources import Block, Event, StreamInfo
from myoscope.sources.view_filter import ViewFilter
from tests.recordings.sessions import EMG, MARKERS, SteppedTime, block, counted, recorder

FASTER = StreamInfo(fs=4000.0, name="EMG", unit="µV", dtype="float32", sample_shape=(2,))


def take(path, n=3000, losses=(), events=(), t0=50.0, begins=None, clock=1000.0, name="abduction"):
    """Record `n` samples of EMG with some lost before given rows, and a tenth as many marker positions."""
    begins = begins or datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    time = SteppedTime(clock)
    made = recorder(path, time, name=name, subject="S07", utc=lambda: begins + timedelta(seconds=time.now - clock))
    emg, markers = made.sink("emg", "synthetic:"), made.sink("markers")
    made.note_view("emg", ViewFilter(highpass_hz=20.0).to_json())
    made.describe_channels("emg", [ChannelAbout(muscle="biceps brachii", side="left")] * 4)
    emg.open(EMG)
    markers.open(MARKERS)
    n_lost = 0
    losses = dict(losses)
    edges = sorted({0, n, *(row for row in losses if row < n)})
    for first, last in pairwise(edges):
        n_lost += losses.get(first, 0)
        emg.write(block(first, last - first, EMG, losses.get(first, 0), t0, at=first + n_lost))
    markers.write(block(0, n // 20, MARKERS, 0, t0))
    for t, label in events:
        made.event(Event(t, "marker", label))
    made.clock_offset("emg", 0.25, 0.001)
    made.step(0)
    made.close()
    return made.path


def facts(path):
    """Return all that a session holds, in a way that can be compared."""
    with open_session(path) as session:
        streams = {}
        for name, stream in session.streams.items():
            data, timestamps = stream.read()
            streams[name] = (data.tobytes(), timestamps.tobytes(), stream.info, stream.channels_about)
        return streams, sorted(session.events), session.gaps


def tree(path):
    """Return the bytes of every file of a session."""
    return {file.relative_to(path): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


@pytest.fixture
def whole(tmp_path):
    return take(
        tmp_path / "whole.myo",
        losses={500: 40, 2500: 7},
        events=[(50.1, "lift"), (50.6, "hold"), (51.4, "down")],
    )


def test_a_range_is_a_session_of_its_own(whole, tmp_path):
    before = tree(whole)
    cut = trim_session(whole, tmp_path / "cut.myo", 0.2, 0.9)
    assert tree(whole) == before
    with open_session(whole) as all_of_it, open_session(cut) as session:
        emg, source = session.streams["emg"], all_of_it.streams["emg"]
        first, last = source.index_at(50.2), source.index_at(50.9)
        data, timestamps = emg.read()
        np.testing.assert_array_equal(data, source.read(first, last)[0])
        np.testing.assert_array_equal(timestamps, source.read(first, last)[1])
        assert data.dtype == np.dtype("<i2")
        assert timestamps[0] >= 50.2 > source.read_timestamps(first - 1)[0]
        assert timestamps[-1] < 50.9
        # The first gap lies before row 500 of all, so before row 100 of the cut.
        assert session.gaps == (Gap("emg", source.gaps[0].t_first, source.gaps[0].t_last, 500 - first, 40, "device"),)
        assert emg.n_samples + emg.n_lost == round(0.7 * 2000), "recorded + gaps = delivered in this range"
        assert session.streams["markers"].n_samples == 70
        assert [event.label for event in session.events] == ["hold"]
        assert emg.view_filter == ViewFilter(highpass_hz=20.0)
        assert emg.channels_about[3] == ChannelAbout(muscle="biceps brachii", side="left")
        assert session.subject == "S07"
        assert session.state == "complete"
        assert session.uuid != all_of_it.uuid
        origin = session.attributes["origin"]
        assert (origin["kind"], origin["uuid"], origin["range_s"]) == ("cut", all_of_it.uuid, [0.2, 0.9])
        # The recording's clock was at 1,000 s at ten o'clock, and the cut begins 949.8 s before.
        assert session.created.startswith("2026-11-20T09:44:10.2")


def test_clock_offsets_come_along(whole, tmp_path):
    cut = trim_session(whole, tmp_path / "cut.myo", 0.2, 0.9)
    lines = (cut / "clock.jsonl").read_text().splitlines()
    assert sum('"offset_s":0.25' in line for line in lines) == 1


def test_later_words_are_in_the_cut(whole, tmp_path):
    edit_about(whole, [Change("subject", "sub-002"), Change("muscle", "triceps brachii", "emg", 1)], "anna")
    with open_session(trim_session(whole, tmp_path / "cut.myo", 0.2, 0.9)) as session:
        assert session.subject == "sub-002"
        assert session.attributes["subject"] == "sub-002"
        assert [one.muscle for one in session.streams["emg"].channels_about][:2] == [
            "biceps brachii",
            "triceps brachii",
        ]


def test_a_cut_through_a_gap_shares_out_what_was_lost(whole, tmp_path):
    # 40 samples are lost before row 500: from 50.25 s to 50.27 s, and this is in the middle of it.
    left, right = split_session(whole, tmp_path / "parts", at_s=[0.26])
    with open_session(left) as one, open_session(right) as other:
        (end,), (start, _) = one.gaps, other.gaps
        assert end.n_lost + start.n_lost == 40
        assert end.n_lost == 20
        assert (end.sample, start.sample) == (500, 0)
        assert (end.t_last, start.t_first) == (50.26, 50.26)
        assert one.streams["emg"].n_samples == 500


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(60, 2500),
    losses=st.dictionaries(st.integers(0, 2500), st.integers(1, 300), max_size=4),
    shares=st.lists(st.floats(0.02, 0.98), min_size=1, max_size=3, unique=True),
    marks=st.lists(st.floats(-0.1, 1.1), max_size=5),
)
def test_what_is_split_and_joined_is_what_it_was(n, losses, shares, marks):
    folder = Path(tempfile.mkdtemp())
    try:
        whole = take(folder / "whole.myo", n, losses, [(50 + 2 * at, f"mark {i}") for i, at in enumerate(marks)])
        with open_session(whole) as session:
            delivered = session.streams["emg"].n_samples + session.streams["emg"].n_lost
            seconds = [share * session.duration_s for share in shares]
        try:
            parts = split_session(whole, folder / "parts", at_s=seconds)
        except SessionError:
            # Two cuts next to each other, or within what was lost, leave a part without samples.
            assert not list((folder / "parts").glob("*"))
            assume(False)
        total = n_events = 0
        for one in parts:
            with open_session(one) as session:
                total += sum(s.n_samples + s.n_lost for s in session.streams.values() if s.stream == "emg")
                n_events += len(session.events)
        assert total == delivered, "each sample, recorded or lost, is in one part"
        assert n_events == len(marks)
        joined = join_sessions(list(reversed(parts)), folder / "joined.myo")
        streams, events, gaps = facts(joined)
        before, events_before, gaps_before = facts(whole)
        assert streams == before
        assert events == events_before
        assert gaps == gaps_before
    finally:
        shutil.rmtree(folder)


def test_another_rate_within_a_recording_stays_a_group_of_its_own(tmp_path):
    made = recorder(tmp_path / "whole.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 1000))
    sink.open(FASTER)
    sink.write(Block(np.ones((800, 2), np.float32), 51 + np.arange(800) / 4000))
    made.step(0)
    made.close()
    parts = split_session(made.path, tmp_path / "parts", at_s=[0.25, 1.1])
    assert [tuple(open_session(one).streams) for one in parts] == [("emg",), ("emg", "emg~2"), ("emg",)]
    assert facts(join_sessions(parts, tmp_path / "joined.myo")) == facts(made.path)


def test_sessions_made_one_after_another_are_one_with_a_named_gap(tmp_path):
    one = take(tmp_path / "one.myo", 2000, {500: 10}, [(50.5, "lift")])
    other = take(tmp_path / "other.myo", 1000, {300: 5}, [(60.1, "hold")], t0=60.0)
    joined = join_sessions([other, one], tmp_path / "joined.myo")
    with open_session(joined) as session:
        emg = session.streams["emg"]
        data, timestamps = emg.read()
        np.testing.assert_array_equal(data, np.concatenate([counted(0, 2000), counted(0, 1000)]))
        assert timestamps[2000] == 60.0
        assert [(g.sample, g.n_lost, g.cause) for g in emg.gaps] == [
            (500, 10, "device"), (2010, 0, NOT_RECORDED), (2310, 5, "device"),
        ]  # fmt: skip
        between = emg.gaps[1]
        assert (between.t_first, between.t_last) == (timestamps[1999], 60.0)
        assert [event.label for event in session.events] == ["lift", "hold"]
        sources = session.attributes["origin"]["sources"]
        assert [source["session"] for source in sources] == ["one.myo", "other.myo"]
        assert [source["shift_s"] for source in sources] == [0.0, 0.0]
        assert [gap.stream for gap in session.gaps].count("markers") == 1


def test_what_was_cut_and_joined_passes_its_check(tmp_path):
    one = take(tmp_path / "one.myo", 6000, {500: 10}, [(50.5, "lift")])
    other = take(tmp_path / "other.myo", 6000, t0=80.0)
    for made in (trim_session(one, tmp_path / "cut.myo", 0.2, 2.5), join_sessions([one, other], tmp_path / "all.myo")):
        report = make_report(made)
        assert report.problems == ()
        assert not [figure.key for figure in report.concerns if figure.verdict == "bad"]


def test_sessions_of_other_clocks_are_put_in_order_by_the_time_of_day(tmp_path):
    monday = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    one = take(tmp_path / "one.myo", 500, begins=monday, clock=49.0, events=[(50.1, "early")])
    # The computer was started anew: its clock is earlier, the time of day is later.
    other = take(
        tmp_path / "other.myo", 500, begins=monday + timedelta(minutes=10), clock=4.0, t0=5.0, events=[(5.1, "late")]
    )
    with open_session(join_sessions([other, one], tmp_path / "joined.myo")) as session:
        times = session.streams["emg"].read_timestamps()
        assert times[0] == 50.0
        assert times[500] == pytest.approx(650.0, abs=1e-6), "ten minutes later by the time of day"
        assert [(e.label, round(e.t, 6)) for e in session.events] == [("early", 50.1), ("late", 650.1)]
        assert session.attributes["origin"]["sources"][1]["shift_s"] == pytest.approx(645.0)


def test_what_cannot_be_joined_is_told(tmp_path, whole):
    with pytest.raises(SessionError, match="the same recording"):
        join_sessions([whole, whole], tmp_path / "joined.myo")
    late = take(tmp_path / "late.myo", 1000, t0=50.5)
    with pytest.raises(SessionError, match=r"overlap in emg by 1\.02"):
        join_sessions([whole, late], tmp_path / "joined.myo")
    made = recorder(tmp_path / "alone.myo")
    sink = made.sink("force")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    made.close()
    with pytest.raises(SessionError, match="Only sessions with the same streams"):
        join_sessions([whole, made.path], tmp_path / "joined.myo")
    with pytest.raises(SessionError, match="1 sessions cannot be joined"):
        join_sessions([whole], tmp_path / "joined.myo")
    assert not (tmp_path / "joined.myo").exists()


def test_ranges_become_sessions_by_name(whole, tmp_path):
    made = split_session(whole, tmp_path / "trials", ranges=[Range(0.1, 0.3, "trial 1"), Range(0.6, 1.0, "trial 2")])
    with open_session(made[0]) as one, open_session(made[1]) as other:
        assert (one.name, other.name) == ("trial 1", "trial 2")
        assert first_time(other) == pytest.approx(50.6, abs=1 / 2000)
        assert [event.label for event in other.events] == ["hold"]


def test_what_cannot_be_cut_is_told(whole, tmp_path):
    out = tmp_path / "parts"
    with pytest.raises(SessionError, match="no samples from 5 s to 6 s; it lasts"):
        trim_session(whole, out, 5.0, 6.0)
    with pytest.raises(SessionError, match="is no range"):
        trim_session(whole, out, 1.0, 0.5)
    with pytest.raises(SessionError, match="has no 7 s"):
        split_session(whole, out, at_s=[0.5, 7.0])
    with pytest.raises(SessionError, match="Say where to split"):
        split_session(whole, out)
    with pytest.raises(SessionError, match="would be one session"):
        split_session(whole, tmp_path / "out.myo", at_s=[0.5])
    assert not out.exists()


def test_nobody_cuts_what_is_being_recorded(tmp_path):
    made = recorder(tmp_path / "live.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 1000))
    made.step(0)
    with pytest.raises(SessionError, match="is being recorded"):
        trim_session(made.path, tmp_path / "cut.myo", 0.1, 0.2)
    made.close()


def test_a_person_may_stop_it_and_nothing_is_left(whole, tmp_path):
    told = []

    def stop_late(share):
        told.append(share)
        if share > 0.5:
            raise Stopped("enough")

    out = tmp_path / "parts"
    with pytest.raises(Stopped):
        split_session(whole, out, at_s=[0.4, 0.8], progress=stop_late)
    assert told == sorted(told)
    assert not list(out.iterdir())
    one, other = take(tmp_path / "a.myo", 500), take(tmp_path / "b.myo", 500, t0=90.0)
    with pytest.raises(Stopped):
        join_sessions([one, other], tmp_path / "joined.myo", stop_late)
    assert not (tmp_path / "joined.myo").exists()


def test_an_interrupted_recording_is_cut_as_it_was_recovered(tmp_path):
    made = recorder(tmp_path / "killed.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 1000))
    made.step(0)
    copied = tmp_path / "copy.myo"
    shutil.copytree(made.path, copied, ignore=shutil.ignore_patterns("writer.lock"))
    made.close()
    with open_session(trim_session(copied, tmp_path / "cut.myo", 0.1, math.inf)) as session:
        assert session.streams["emg"].n_samples == 800
        assert session.state == "complete"
        assert session.attributes["origin"]["state"] == "recovered"
