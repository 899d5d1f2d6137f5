"""Playing a session: at its pace, in its order, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from myoscope.recordings import Replay, ReplaySource, SessionError, open_session
from myoscope.sources import Block, Source, SourceError, StreamInfo, name_of, open_source

from .playing import player, session_to_play
from .sessions import EMG, MARKERS, SteppedTime, block, counted, recorder


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Path:
    return session_to_play(tmp_path_factory.mktemp("replay"))


# Playing


def test_everything_is_played_once_bit_exact_and_at_its_own_pace(session):
    play = player(session)
    assert play.replay.duration_seconds == pytest.approx(6040 / 2000)
    play.replay.play()
    play.run(4.0)
    assert play.replay.ended
    assert not play.replay.playing
    assert play.replay.position_seconds == play.replay.duration_seconds
    assert play.data().tobytes() == counted(0, 6000).tobytes()
    assert play.data("markers").tobytes() == counted(0, 250, MARKERS).tobytes()
    stored = open_session(session).streams
    for name in ("emg", "markers"):
        assert play.stamps(name) == pytest.approx(stored[name].read()[1] - 50.0 + 5000.0, abs=1e-8)
    assert play.lost() == 40
    lost_before = next(got for got in play.blocks["emg"] if got.lost)
    assert (lost_before.data[0] == counted(2000, 1)[0]).all()


@pytest.mark.parametrize("rate_hz", [500, 2048, 10_000])
@pytest.mark.parametrize("speed", [0.1, 1.0, 16.0])
def test_a_minute_of_replay_keeps_time(tmp_path_factory, rate_hz, speed):
    folder = tmp_path_factory.getbasetemp() / f"pace-{rate_hz}"
    info = StreamInfo(fs=rate_hz, sample_shape=(1,), dtype="int32")
    if not folder.exists():
        made = recorder(folder)
        sink = made.sink("emg")
        sink.open(info)
        for first in range(0, 70 * rate_hz, 7 * rate_hz):
            sink.write(block(first, 7 * rate_hz, info))
        made.close()
    play = player(folder, speed=speed, loop=True)
    play.replay.play()
    begun = play.time.now
    play.run(60.0)
    stamps, n = play.stamps(), len(play.data())
    # By count, to the sample that was due 0.02 s ago; by stamps, exactly.
    assert n == pytest.approx(60.0 * rate_hz * speed, rel=1e-3)
    assert stamps[-1] - begun == pytest.approx((n - 1) / rate_hz / speed, rel=1e-6)
    assert np.abs(np.diff(stamps) * rate_hz * speed - 1).max() < 1e-3
    whole = counted(0, 70 * rate_hz, info)
    assert (play.data() == np.resize(whole, (n, 1))).all()


def test_blocks_come_every_hundredth_of_a_second_and_not_more_often(session):
    play = player(session)
    play.replay.play()
    play.run(1.0)
    assert 50 <= len(play.blocks["emg"]) <= 101


def test_a_pause_sends_nothing_and_costs_nothing(session):
    play = player(session)
    play.run(0.5)
    assert play.blocks["emg"] == []
    play.replay.play()
    play.run(1.0)
    play.replay.pause()
    n, position = len(play.data()), play.replay.position_seconds
    assert not play.replay.playing
    play.run(2.0)
    assert len(play.data()) == n
    assert play.replay.position_seconds == position
    play.replay.play()
    play.run(3.0)
    assert play.data().tobytes() == counted(0, 6000).tobytes()


def test_another_speed_goes_on_from_here(session):
    play = player(session)
    play.replay.play()
    for speed in (1.0, 16.0, 0.1, 2.0):
        play.replay.speed = speed
        play.run(0.1)
    assert play.replay.position_seconds == pytest.approx(0.1 * 19.1, rel=0.1)
    play.run(2.0)
    assert play.data().tobytes() == counted(0, 6000).tobytes()
    play.replay.speed = 0.5  # after the end, for the next time
    assert play.replay.speed == 0.5
    assert play.replay.position_seconds == play.replay.duration_seconds


@pytest.mark.parametrize("speed", [0.0, -1.0, 17.0, float("nan")])
def test_a_speed_out_of_limits_is_refused(session, speed):
    with pytest.raises(SessionError, match=r"0\.1 to 16"):
        Replay(session, speed=speed)
    with Replay(session) as replay, pytest.raises(SessionError, match=r"0\.1 to 16"):
        replay.speed = speed
    with pytest.raises(SourceError, match=r"0\.1 to 16"):
        ReplaySource(str(session), speed=speed).connect()


def test_what_is_lost_at_the_end_is_told(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100, lost=3, at=3))
    sink.write(Block(np.empty((0, 4), "int16"), np.empty(0), 5))
    made.close()
    play = player(tmp_path)
    play.replay.play()
    play.run(1.0)
    assert [got.lost for got in play.blocks["emg"] if got.lost] == [3, 5]


def test_time_is_kept_while_the_program_was_asleep(session):
    play = player(session)
    play.replay.play()
    play.run(0.1)
    play.time.sleep(10.0)
    play.run(0.1)
    assert play.data().tobytes() == counted(0, 6000).tobytes()
    assert play.replay.ended


# Events, streams


def test_events_come_when_they_are_due_at_the_present_time(session):
    play = player(session)
    play.replay.play()
    assert play.replay.events_due() == []
    seen = []
    while not play.replay.ended:
        play.run(0.1)
        seen += [(event, play.time.now) for event in play.replay.events_due()]
    seen += [(event, play.time.now) for event in play.replay.events_due()]
    assert [event.label for event, _ in seen] == [f"at {t}" for t in (49.0, 50.0, 50.75, 51.0, 99.0)]
    assert [event.t - 5000.0 for event, _ in seen] == pytest.approx([0.0, 0.0, 0.75, 1.0, 3.02], abs=1e-6)
    assert all(event.t <= now < event.t + 0.15 for event, now in seen)
    assert seen[0][0].stream == "cues"
    assert play.replay.events_due() == []


def test_a_stream_that_changed_is_played_as_two(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 200))
    other = replace(EMG, fs=1000.0)
    sink.open(other)
    sink.write(block(0, 100, other, t0=50.2))
    made.close()
    play = player(tmp_path)
    assert list(play.replay.sources) == ["emg", "emg-2"]
    play.replay.play()
    play.run(0.5)
    assert (play.data("emg") == counted(0, 200)).all()
    assert (play.data("emg-2") == counted(0, 100)).all()
    assert play.stamps("emg-2")[0] == pytest.approx(5000.2)


def test_a_session_without_samples_ends_at_once(tmp_path):
    made = recorder(tmp_path)
    made.sink("emg").open(EMG)
    made.close()
    play = player(tmp_path, loop=True)
    play.replay.play()
    play.run(0.1)
    assert play.blocks["emg"] == []
    assert play.replay.position_seconds <= play.replay.duration_seconds


# A source of its own


def test_a_source_of_its_own_plays_and_ends(session):
    time = SteppedTime()
    source = ReplaySource(str(session), speed=4.0, clock=time, wait=time.sleep)
    assert isinstance(source, Source)
    assert source.connect() == EMG
    got = []

    def read_on():
        while True:
            got.append(source.read())

    with pytest.raises(EOFError, match="played to its end"):
        read_on()
    data = np.concatenate([one.data for one in got if one is not None])
    assert data.tobytes() == counted(0, 6000).tobytes()
    assert time.now == pytest.approx(1000 + 3.02 / 4, abs=0.03)
    source.disconnect()
    source.disconnect()
    with pytest.raises(SourceError, match="Connect first"):
        source.read()
    source.connect()
    source.disconnect()


def test_a_source_is_named_by_one_string(session):
    source = open_source(f"session:{session}?stream=markers&speed=2&loop=true")
    assert isinstance(source, ReplaySource)
    assert (source.path, source.stream, source.speed, source.loop) == (str(session), "markers", 2.0, True)
    assert open_source(name_of(source)) == source
    assert name_of(ReplaySource("a.myo")) == "session:a.myo"


def test_what_cannot_be_played_is_told(session, tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        ReplaySource(str(tmp_path / "none.myo")).connect()
    with pytest.raises(SourceError, match=r"has no stream 'force'\. It has: emg, markers\."):
        ReplaySource(str(session), "force").connect()
    with pytest.raises(SessionError, match="does not exist"):
        Replay(tmp_path / "none.myo")
    made = recorder(tmp_path)
    made.close()
    with pytest.raises(SourceError, match="holds no stream"):
        ReplaySource(str(made.path)).connect()


def test_a_session_that_was_lent_stays_open(session):
    with open_session(session) as lent:
        replay = Replay(lent)
        assert replay.session is lent
        replay.close()
        assert lent.streams["emg"].read(0, 1)[0].shape == (1, 4)


def test_a_source_connected_on_the_way_begins_there(session):
    play = player(session, history_seconds=0.1)
    play.replay.play()
    play.run(1.0)
    n = len(play.blocks["emg"])
    play.replay.sources["emg"].connect()
    play.run(0.1)
    history = play.blocks["emg"][n]
    assert len(history.data) == pytest.approx(200, abs=1)
    assert (play.blocks["emg"][n + 1].data[0] != history.data[-1]).any()
