"""Seconds from before Record: in the device's own numbers, each sample once, none missing at the seam."""

from __future__ import annotations

import json
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope import open_session
from myoscope.app import pretrigger
from myoscope.app.engine import Engine
from myoscope.app.stream_names import watched
from myoscope.recordings import Recorder
from myoscope.sources import Block, Stream, StreamInfo
from myoscope.sources.lead import Lead
from myoscope.sources.synthetic import SyntheticSource

FS = 1000.0


class Hand:
    """A source that gives what it was given: blocks, or an interruption."""

    def __init__(self, dtype="int16", fs=FS, n_channels=2, scale=0.5):
        self.described = {"fs": fs, "dtype": dtype, "sample_shape": (n_channels,), "scale": scale, "unit": "µV"}
        self.blocks: deque = deque()
        self.n = 0
        self.t = 100.0

    def connect(self):
        return StreamInfo(**self.described)

    def read(self):
        return self.blocks.popleft() if self.blocks else None

    def disconnect(self):
        pass

    def give(self, n, lost=0):
        """Queue n samples that count on from the last one, `lost` of them never sent."""
        self.n += lost
        numbers = np.arange(self.n, self.n + n)
        self.t += lost / FS
        stamps = self.t + (1 + np.arange(n)) / FS
        self.n += n
        self.t += n / FS
        data = np.repeat(numbers[:, None], 2, axis=1).astype(self.described["dtype"])
        self.blocks.append(Block(data, stamps, lost))


class Notes:
    """A sink that writes down what it is told."""

    def __init__(self):
        self.told = []

    def open(self, info):
        self.told.append(info)

    def write(self, block):
        self.told.append(block)

    def close(self):
        pass

    @property
    def numbers(self):
        """Return every number that was written, and how many were named as lost before each block."""
        blocks = [one for one in self.told if isinstance(one, Block)]
        return np.concatenate([b.data[:, 0] for b in blocks]) if blocks else np.empty(0)

    @property
    def n_lost(self):
        return sum(one.lost for one in self.told if isinstance(one, Block))


def pumped(hand, **how):
    stream = Stream("emg", hand, clock=lambda: hand.t)
    stream.keep_blocks(**{"seconds": 1.0, "max_bytes": 10**9, **how})
    stream.connect()
    return stream


def pump(stream):
    while stream.source.blocks:
        stream.pump()


step = st.one_of(
    st.tuples(st.just("give"), st.integers(1, 400), st.integers(0, 30)),
    st.tuples(st.just("reconnect"), st.just(0), st.integers(0, 300)),
    st.tuples(st.just("record"), st.just(0), st.just(0)),
)


@given(st.lists(step, max_size=20), st.integers(0, 1000))
def test_past_and_present_meet_with_no_sample_missing_and_none_twice(steps, n_back):
    hand = Hand(dtype="int32")
    stream = pumped(hand)
    hand.give(1)
    pump(stream)
    sinks = []
    for what, n, lost in steps:
        if what == "give":
            hand.give(n, lost)
            pump(stream)
        elif what == "reconnect":
            hand.n += lost
            hand.t += lost / FS
            stream.reconnect()
        else:
            # Half a sample off, so that rounding decides nothing.
            sinks.append((Notes(), hand.n))
            stream.add_sink(sinks[-1][0], since=hand.t - (n_back - 0.5) / FS)
    hand.give(5)
    pump(stream)
    for notes, n_at_record in sinks:
        assert isinstance(notes.told[0], StreamInfo)
        numbers = notes.numbers
        assert (np.diff(numbers) > 0).all(), "none twice, in order"
        assert numbers[-1] == hand.n - 1, "up to the newest"
        first = notes.told[[isinstance(one, Block) for one in notes.told].index(True)]
        begun = int(numbers[0]) - first.lost
        assert len(numbers) + notes.n_lost == hand.n - begun, "recorded + lost = delivered"
        wanted = max(0, n_at_record - n_back)
        if numbers[0] < n_at_record:
            assert begun == wanted, "from the sample on that was asked for"
        else:
            # Nothing but a gap before Record: it is named whole, as ever.
            assert begun <= wanted


def test_the_oldest_samples_are_those_asked_for_to_the_sample():
    hand = Hand()
    stream = pumped(hand)
    for _ in range(40):
        hand.give(37)
    pump(stream)
    notes = Notes()
    stream.add_sink(notes, since=hand.t - 0.4995)
    hand.give(10)
    pump(stream)
    assert notes.numbers.tolist() == list(range(hand.n - 10 - 500, hand.n))
    assert notes.told[1].data.dtype == np.int16


def test_of_a_gap_at_the_beginning_only_what_is_asked_for_is_named():
    hand = Hand()
    stream = pumped(hand)
    hand.give(100)
    hand.give(100, lost=200)
    pump(stream)
    notes = Notes()
    # The gap ends 100 ms before now; 250 ms reach 150 samples into it.
    stream.add_sink(notes, since=hand.t - 0.2505)
    assert notes.numbers.tolist() == list(range(300, 400))
    assert notes.n_lost == 151
    notes = Notes()
    stream.add_sink(notes, since=hand.t - 0.05)
    assert notes.n_lost == 0


def test_a_reconnection_in_the_past_is_told_as_it_was():
    hand = Hand()
    stream = pumped(hand)
    hand.give(100)
    pump(stream)
    hand.t, hand.n = hand.t + 0.2, hand.n + 200
    stream.reconnect()
    hand.give(100)
    pump(stream)
    stream.reconnect()
    notes = Notes()
    stream.add_sink(notes, since=0.0)
    kinds = ["info" if isinstance(one, StreamInfo) else one.lost for one in notes.told]
    assert kinds == ["info", 0, "info", 200, "info"]


def test_another_session_leaves_nothing_of_the_one_before():
    hand = Hand()
    stream = pumped(hand)
    hand.give(100)
    pump(stream)
    stream.reconnect(hand, fresh=True)
    notes = Notes()
    stream.add_sink(notes, since=0.0)
    assert len(notes.told) == 1
    stream.keep_blocks(0, 0)
    assert stream.lead is None


def test_memory_is_capped_and_the_person_is_told():
    hand = Hand()
    stream = pumped(hand, max_bytes=10_000)
    for _ in range(30):
        hand.give(100)
    pump(stream)
    assert stream.lead.n_bytes <= 10_000
    told = pretrigger.look([stream], 1.0)
    assert told.full
    assert told.n_bytes == stream.lead.n_bytes
    assert "does not fit" in told.sentence
    assert 0 < told.kept_s < 1.0
    stream.keep_blocks(1.0, 10**9)
    hand.give(100)
    pump(stream)
    assert "so far" in pretrigger.look([stream], 1.0).sentence
    for _ in range(12):
        hand.give(100)
    pump(stream)
    assert pretrigger.look([stream], 1.0).sentence.startswith("1 s before Record are kept")
    assert pretrigger.look([stream], 0.0).sentence == ""


def test_an_empty_lead_and_one_that_nobody_opened_keep_nothing():
    lead = Lead(1.0, 1000)
    lead.take(Block(np.zeros((3, 1), np.float32), np.arange(3.0)))
    assert (lead.kept_s, lead.n_bytes) == (0.0, 0)


@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
def test_the_session_begins_before_record_in_the_devices_own_numbers(tmp_path, dtype):
    hand = Hand(dtype)
    stream = pumped(hand)
    for _ in range(20):
        hand.give(60)
    hand.give(60, lost=7)
    pump(stream)
    recorder = Recorder(tmp_path / "a.myo", facts={"trigger": {"t": hand.t}}, clock=lambda: hand.t)
    recorder.open()
    stream.add_sink(recorder.sink("emg"), since=hand.t - 0.3995)
    hand.give(50)
    pump(stream)
    recorder.step(0)
    recorder.close()
    with open_session(tmp_path / "a.myo") as session:
        stored = session.streams["emg"]
        data, stamps = stored.read()
        assert data.dtype == np.dtype(dtype)
        assert stored.n_lost == 7
        assert len(data) + 7 == 400 + 50
        assert stamps[0] == pytest.approx(session.attributes["trigger"]["t"] - 0.399, abs=1e-6)


def test_events_of_those_seconds_come_along_once_with_their_texts_of_today(tmp_path):
    now = [1000.0]
    engine = Engine(clock=lambda: now[0])
    engine.keep_before(5.0)
    engine.mark("too old", t=990.0)
    lift = engine.mark("lift", t=997.0)
    engine.edit_event(lift, "left lift")
    engine.record(tmp_path / "a.myo")
    engine.mark("hold")
    engine.stop_recording()
    with open_session(tmp_path / "a.myo") as session:
        assert [e.label for e in session.events] == ["left lift", "trigger", "hold"]
        assert [e.label for e in session.events_as_noted] == ["lift", "trigger", "hold"]
        assert session.attributes["trigger"] == {"t": 1000.0, "before_s": 5.0, "kept_s": {}}
        assert session.events[1].kind == "trigger"
    engine.record(tmp_path / "b.myo")
    engine.stop_recording()
    with open_session(tmp_path / "b.myo") as session:
        assert [e.label for e in session.events] == ["left lift", "hold", "trigger"], "the other trigger is not ours"
    engine.keep_before(0)
    engine.record(tmp_path / "c.myo")
    engine.stop_recording()
    with open_session(tmp_path / "c.myo") as session:
        assert session.events == ()
        assert "trigger" not in session.attributes


def test_under_load_with_a_real_worker_no_sample_is_missing_or_twice(tmp_path, until):
    """The device counts in its last channel; takes begin again and again while it is read at full speed."""
    engine = Engine()
    source = SyntheticSource(n_channels=8, rate_hz=20_000, counter_channel=True, profile="rest", drop_every_s=0.3)
    stream = engine.add(watched("emg", source))
    engine.keep_before(0.5)
    with engine:
        until(lambda: stream.lead is not None and stream.lead.kept_s > 0.45, "some past")
        for take in range(4):
            at_record = source.n_made
            path = engine.record(tmp_path / f"{take}.myo")
            until(lambda n=at_record: source.n_made > n + 4000, "more samples")
            engine.stop_recording()
            with open_session(path) as session:
                stored = session.streams["emg"]
                numbers = stored.read()[0][:, -1].astype(int)
                gaps = stored.gaps
            delivered = numbers[-1] - numbers[0] + 1
            inside = sum(gap.n_lost for gap in gaps if gap.sample)
            assert (np.diff(numbers) > 0).all(), "none twice"
            assert len(numbers) + inside == delivered, "none missing"
            assert at_record - numbers[0] > 0.4 * 20_000, "the past is there"


def test_the_engine_keeps_the_past_of_streams_that_come_later_and_says_so(tmp_path):
    hand = Hand()
    engine = Engine(clock=lambda: hand.t)
    engine.keep_before(100.0)
    stream = engine.add(Stream("emg", hand, clock=lambda: hand.t))
    assert stream.lead is not None
    assert stream.lead.seconds == pretrigger.MAX_SECONDS
    other = engine.add(Stream("aux", Hand(), clock=lambda: hand.t))
    assert stream.lead.max_bytes == other.lead.max_bytes == pretrigger.TOTAL_BYTES // 2
    stream.connect()
    hand.give(2000)
    pump(stream)
    assert engine.snapshot().pretrigger.kept_s == pytest.approx(1.999)
    path = engine.record(tmp_path / "a.myo")
    engine.stop_recording()
    attributes = json.loads((path / "zarr.json").read_text())["attributes"]
    assert attributes["trigger"]["kept_s"] == {"emg": 1.999, "aux": 0.0}
