"""Recording: what goes in comes out, once, whatever happens on the way."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import Recorder, RecordingError, check_session, open_session
from myoscope.sources import Block, Event, Sink, StreamInfo

from .sessions import EMG, MARKERS, SteppedTime, attributes, block, counted, lines, recorder


@given(st.lists(st.integers(0, 700), min_size=1, max_size=12), st.sampled_from([EMG, MARKERS]))
def test_blocks_of_any_length_come_back_bit_exact(tmp_path_factory, lengths, info):
    made = recorder(tmp_path_factory.mktemp("blocks"), chunk_seconds=0.01)
    sink = made.sink("a")
    sink.open(info)
    n = 0
    for length in lengths:
        sink.write(block(n, length, info))
        n += length
        if length % 2:
            made.step(0)
    made.close()
    assert check_session(made.path)["problems"] == []
    data, timestamps = open_session(made.path).streams["a"].read()
    assert data.dtype == info.dtype
    assert data.tobytes() == counted(0, n, info).tobytes()
    assert (timestamps == 50.0 + np.arange(n) / info.fs).all()
    group = zarr.open_group(made.path, mode="r")
    assert group["a/samples"][:].tobytes() == data.tobytes()
    assert group["a/timestamps"][:].tobytes() == timestamps.tobytes()


# Publishing and acknowledging


def test_rows_are_acknowledged_after_half_a_second_and_published_within_one(tmp_path):
    clock = SteppedTime()
    made = recorder(tmp_path, clock)
    sink = made.sink("emg")
    sink.open(EMG)

    def published() -> int:
        return zarr.open_array(made.path / "emg" / "samples", mode="r").shape[0]

    n = 0
    seen = []
    for _ in range(60):
        sink.write(block(n, 100))
        n += 100
        clock.sleep(0.05)
        made.step(0)
        status = made.status
        assert status.n_written["emg"] == n
        assert status.n_acknowledged["emg"] >= n - 1000  # 0.5 s
        assert published() >= n - 2000  # 1 s
        assert published() <= status.n_acknowledged["emg"]
        seen.append(published())
    assert seen == sorted(seen)
    assert (zarr.open_array(made.path / "emg" / "samples", mode="r")[:] == counted(0, seen[-1])).all()
    made.close()


def test_status_tells_how_it_goes(tmp_path):
    clock = SteppedTime()
    made = recorder(tmp_path, clock)
    assert made.status.n_written == {}
    assert made.status.disk_seconds_left == math.inf
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 2001, lost=3))
    assert made.status.queue_fraction > 0
    clock.sleep(2.0)
    made.step(0)
    status = made.status
    assert status.seconds == pytest.approx(1.0)
    assert status.n_lost == 3
    assert status.n_gaps == 1
    assert status.queue_fraction == 0
    assert status.bytes_written == 2001 * (4 * 2 + 8)
    assert status.disk_seconds_left == pytest.approx(status.disk_free_bytes / (status.bytes_written / 2.0))
    assert status.error == ""
    made.close()
    assert made.status.n_acknowledged == {"emg": 2001}


# Events, notes, clocks


def test_events_are_kept_whatever_they_say(tmp_path):
    made = recorder(tmp_path)
    some = [
        Event(1.25, "marker", "MVC µ «»"),
        Event(2.0, "label", "\ud800\n", "x" * 100, "emg"),
        Event(np.float64(3), "a", "b"),
    ]
    for event in some:
        made.event(event)
    made.close()
    assert open_session(made.path).events == tuple(some)


def test_text_markers_make_no_arrays(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("cues")
    sink.open(StreamInfo(fs=0.0, dtype="str", sample_shape=(1,)))
    sink.write(Block(np.array([["go"], ["stop"]], dtype=object), np.array([1.0, 2.0])))
    sink.write(Block(np.array([["late"]], dtype=object), np.array([9.0]), 4))
    made.close()
    session = open_session(made.path)
    assert session.streams == {}
    assert [(gap.stream, gap.sample, gap.n_lost) for gap in session.gaps] == [("cues", 2, 4)]


def test_notes_can_be_changed_while_it_records(tmp_path):
    made = recorder(tmp_path, subject="S01")
    made.describe(subject="S02", notes="sweaty")
    made.step(0)
    assert (attributes(made.path)["subject"], attributes(made.path)["notes"]) == ("S02", "sweaty")
    made.describe(name="n" * 10**6)
    made.close()
    session = open_session(made.path)
    assert session.subject == "S02"
    assert len(session.name) == 32 * 2**10


def test_the_clock_is_anchored_every_ten_seconds_and_offsets_are_kept(tmp_path):
    clock = SteppedTime()
    made = recorder(tmp_path, clock)
    made.clock_offset("emg", -0.25, 1e-4)
    for _ in range(25):
        clock.sleep(1.0)
        made.step(0)
    made.close()
    found = lines(made.path / "clock.jsonl")
    assert [line["t"] for line in found if line["kind"] == "utc"] == [1000.0, 1010.0, 1020.0, 1025.0]
    offset = next(line for line in found if line["kind"] == "source")
    assert offset == {"kind": "source", "t": 1000.0, "stream": "emg", "offset_s": -0.25, "uncertainty_s": 1e-4}


# A source that comes back


def test_a_source_that_comes_back_leaves_a_named_gap(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    sink.open(EMG)
    sink.write(block(100, 50, lost=20, at=120))
    sink.open(replace(EMG, name="another of the kind"))
    sink.write(block(150, 50, at=170))
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.read()[0] == counted(0, 200)).all()
    assert [(gap.sample, gap.n_lost, gap.cause) for gap in stream.gaps] == [
        (100, 20, "reconnected"),
        (170, 0, "reconnected"),
    ]
    assert stream.gaps[0].t_first == pytest.approx(50.0 + 99 / 2000)
    assert stream.gaps[0].t_last == pytest.approx(50.0 + 120 / 2000)


def test_a_changed_stream_begins_a_group_of_its_own(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    other = replace(EMG, fs=1000.0)
    sink.open(other)
    sink.write(block(0, 40, other, lost=7, t0=60.0))
    sink.open(EMG)
    sink.write(block(100, 10, t0=70.0))
    made.close()
    session = open_session(made.path)
    assert [(name, s.stream, s.n_samples, s.n_lost) for name, s in session.streams.items()] == [
        ("emg", "emg", 100, 0),
        ("emg~2", "emg", 40, 7),
        ("emg~3", "emg", 10, 0),
    ]
    gap = session.streams["emg~2"].gaps[0]
    assert (gap.sample, gap.cause) == (0, "reconnected")
    assert (gap.t_first, gap.t_last) == (pytest.approx(50.0 + 99 / 2000), 60.0)
    assert check_session(made.path)["problems"] == []


def test_a_stream_taken_up_again_goes_on_in_its_group(tmp_path):
    made = recorder(tmp_path)
    for first in (0, 10):
        sink = made.sink("emg")
        sink.open(EMG)
        sink.write(block(first, 10))
        sink.close()
        sink.close()
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.n_samples, stream.gaps[0].cause) == (20, "reconnected")


def test_what_is_lost_before_an_end_is_named(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 10))
    sink.write(Block(np.empty((0, 4), "int16"), np.empty(0), 5))
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.n_samples, stream.n_lost, stream.gaps[0].sample) == (10, 5, 10)


def test_a_block_that_does_not_fit_is_a_named_gap(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 10))
    sink.write(Block(np.zeros((5, 3), "int16"), np.arange(5.0)))
    sink.write(Block(np.zeros((5, 4), "float64"), np.arange(5.0)))
    sink.write(Block(counted(10, 10).astype(">i2"), np.arange(10.0)))  # another byte order is no loss
    made.step(0)
    assert "not as announced" in made.status.error
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.read()[0] == counted(0, 20)).all()
    assert [(gap.sample, gap.n_lost, gap.cause) for gap in stream.gaps] == [
        (10, 5, "unfit block"),
        (15, 5, "unfit block"),
    ]


# Its end


def test_sinks_are_sinks_and_write_nothing_after_the_end(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    assert isinstance(sink, Sink)
    sink.open(EMG)
    made.close()
    made.close()
    sink.write(block(0, 10))
    made.step(0)
    assert made.status.n_lost == 0
    assert open_session(made.path).streams["emg"].n_samples == 0


def test_a_recorder_records_once(tmp_path):
    made = recorder(tmp_path)
    with pytest.raises(RecordingError, match="new Recorder"):
        made.open()
    made.close()
    with pytest.raises(RecordingError, match="new Recorder"):
        made.open()


def test_it_is_a_context(tmp_path):
    with Recorder(tmp_path, clock=SteppedTime()) as made:
        sink = made.sink("emg")
        sink.open(EMG)
        sink.write(block(0, 10))
    assert open_session(tmp_path).streams["emg"].n_samples == 10
