"""Going elsewhere in a session that plays: seeks and loops; time never runs backwards."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings.arrays import ArrayLayout
from myoscope.sources import StreamInfo

from .playing import player, session_to_play
from .sessions import counted, recorded


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Path:
    return session_to_play(tmp_path_factory.mktemp("replay"))


def test_a_seek_shows_what_lies_before_and_goes_on(session):
    play = player(session, history_seconds=0.5)
    play.replay.play()
    play.run(0.5)
    n = len(play.blocks["emg"])
    play.replay.seek(2.0)
    before = play.last["emg"]
    play.run(0.2)
    history = play.blocks["emg"][n]
    row = 2 * 2000 - 40
    assert (history.data == counted(row - 1000, 1000)).all()
    assert history.timestamps[0] > before
    rest = np.concatenate([got.data for got in play.blocks["emg"][n + 1 :]])
    assert (rest == counted(row, len(rest))).all()
    assert len(rest) == pytest.approx(400, abs=45)
    assert play.replay.position_seconds == pytest.approx(2.2, abs=0.03)


def test_a_seek_while_paused_shows_the_place_and_stays(session):
    play = player(session, history_seconds=0.25)
    play.replay.seek(1.0)
    play.run(0.3)
    assert (play.data() == counted(2000 - 40 - 460, 500)[: len(play.data())]).all()
    assert len(play.blocks["emg"]) == 1
    # Nothing had been sent before, so the rows keep their distances.
    assert np.diff(play.stamps())[:100] == pytest.approx(1 / 2000, rel=1e-4)
    assert play.replay.position_seconds == 1.0
    play.replay.step(-0.5)
    assert play.replay.position_seconds == 0.5
    play.run(0.3)
    assert len(play.blocks["emg"]) == 2
    assert (play.blocks["emg"][1].data == counted(500, 500)).all()


def test_positions_out_of_the_session_are_its_ends(session):
    play = player(session)
    play.replay.seek(-5.0)
    assert play.replay.position_seconds == 0.0
    play.replay.seek(1e9)
    assert play.replay.position_seconds == play.replay.duration_seconds
    play.replay.seek(float("nan"))
    assert play.replay.position_seconds == 0.0


def test_one_can_go_back_after_the_end(session):
    play = player(session, history_seconds=0.0)
    play.replay.play()
    play.run(4.0)
    assert play.replay.ended
    n = len(play.data())
    play.replay.seek(2.5)
    assert not play.replay.ended
    play.replay.play()
    play.run(1.0)
    assert (play.data()[n:] == counted(4960, 1040)).all()
    play.replay.play()  # from the end: from the start
    assert play.replay.position_seconds == 0.0
    play.run(4.0)
    assert (play.data()[n + 1040 :] == counted(0, 6000)).all()


def test_a_loop_begins_anew_and_time_goes_on(session):
    play = player(session, loop=True)
    play.replay.play()
    play.run(3.02 * 3 + 0.1)
    whole = counted(0, 6000)
    data = play.data()
    assert len(data) > 18_000
    assert (data == np.resize(whole, data.shape)).all()
    assert np.diff(play.stamps()).max() == pytest.approx(41 / 2000, rel=1e-3)
    assert play.replay.position_seconds == pytest.approx(0.1, abs=0.03)
    play.replay.loop = False
    play.run(4.0)
    assert play.replay.ended
    assert len(play.data()) == 24_000
    play.replay.loop = True
    play.replay.play()
    play.run(1.0)
    assert len(play.data()) > 25_500


@given(st.lists(st.tuples(st.integers(0, 6), st.floats(-1.0, 5.0), st.floats(0.0, 0.7)), max_size=25))
def test_time_never_runs_backwards_whatever_one_does(session, commands):
    play = player(session, history_seconds=0.3)
    play.replay.play()
    for command, value, then in commands:
        replay = play.replay
        if command == 0:
            replay.seek(value)
        elif command == 1:
            replay.step(value - 2.0)
        elif command == 2:
            replay.pause()
        elif command == 3:
            replay.play()
        elif command == 4:
            replay.speed = min(16.0, max(0.1, value * 3))
        elif command == 5:
            replay.loop = not replay.loop
        play.run(then)  # `Player` looks at every stamp
        events = replay.events_due()
        assert all(event.t <= play.time.now for event in events)
        assert 0.0 <= replay.position_seconds <= replay.duration_seconds
    play.replay.close()


def test_two_seeks_at_one_moment_wait_for_the_clock(session):
    play = player(session)
    play.replay.play()
    play.run(0.2)
    for seconds in (1.0, 2.0, 0.5):
        play.replay.seek(seconds)
        play.read("emg")
    play.run(0.1)


def hour_long(folder: Path, rate_hz: int = 2000, n_channels: int = 64) -> Path:
    """Return a session of an hour whose samples are holes in files; its timestamps are real."""
    info = StreamInfo(fs=rate_hz, sample_shape=(n_channels,))
    path = recorded(folder, 100, info)
    n = 3600 * rate_hz
    rows = 10 * rate_hz
    for name, dtype, shape in (("samples", "float32", (n_channels,)), ("timestamps", "float64", ())):
        layout = ArrayLayout(path / "emg" / name, np.dtype(dtype), shape, rows)
        for chunk in range(layout.n_chunks(n)):
            with layout.chunk_path(chunk).open("r+b" if chunk == 0 else "xb") as file:
                if name == "timestamps":
                    file.write((50.0 + np.arange(chunk * rows, (chunk + 1) * rows) / rate_hz).tobytes())
                file.truncate(layout.chunk_bytes)
        (layout.folder / "zarr.json").write_text(json.dumps(layout.metadata(n)), encoding="utf-8")
    return path


def test_an_hour_is_sought_without_reading_it(tmp_path, monkeypatch):
    path = hour_long(tmp_path)
    play = player(path)
    assert play.replay.duration_seconds == pytest.approx(3600)
    stored = play.replay.session.streams["emg"]
    touched = []
    real = stored._rows

    def count(which, first, last, *channels):
        touched.append(last - first)
        return real(which, first, last, *channels)

    monkeypatch.setattr(stored, "_rows", count)
    play.replay.seek(2999.5)
    play.read("emg")
    assert len(play.data()) == 20_000
    # Ten seconds of rows and a few timestamps on the way there: milliseconds on any machine.
    assert sum(touched) < 120_000
    assert len(touched) < 60


def test_events_follow_seeks_and_loops(session):
    play = player(session, loop=True)
    play.replay.play()
    play.replay.seek(0.9)
    play.run(0.2)
    assert [event.label for event in play.replay.events_due()] == ["at 51.0"]
    play.replay.seek(0.9)
    play.run(3.02)
    assert [event.label for event in play.replay.events_due()] == [f"at {t}" for t in (51.0, 99.0, 49.0, 50.0, 50.75)]
