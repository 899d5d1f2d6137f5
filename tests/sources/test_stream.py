"""A stream, step by step, without a thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from myoscope.sources import Block, Event, SourceError, SourceLost, Stream, StreamInfo
from myoscope.sources.synthetic import SyntheticSource


def ramp(first, n, n_channels=2):
    return np.arange(first, first + n, dtype=np.float32)[:, None] * np.ones(n_channels, np.float32)


@pytest.fixture
def stream(bench, clock):
    stream = Stream("emg", bench(), window_seconds=0.1, buffer_seconds=1.0, clock=clock)
    stream.connect()
    return stream


def feed(stream, clock, first, n, lost=0):
    """Give `n` samples at 100 Hz that end now."""
    stream.source.give(ramp(first, n), clock() + (np.arange(n) - n + 1) / 100, lost)
    return stream.pump()


def test_window_is_channels_first_owned_and_in_the_unit(bench, clock):
    stream = Stream("emg", bench(scale=(0.5, 2.0), dtype="int16"), window_seconds=0.1, clock=clock)
    stream.connect()
    stream.source.give(np.arange(40, dtype=np.int16).reshape(20, 2), np.arange(20) / 100)
    assert stream.pump() == 20
    data, timestamps = stream.get_window()
    assert data.shape == (2, 10)
    assert data.dtype == np.float32
    assert data.flags.c_contiguous
    np.testing.assert_array_equal(data[0], np.arange(20, 40, 2) * 0.5)
    np.testing.assert_array_equal(data[1], np.arange(21, 41, 2) * 2.0)
    np.testing.assert_array_equal(timestamps, np.arange(10, 20) / 100)
    kept = data.copy()
    stream.source.give(np.zeros((500, 2), np.int16), np.arange(500) / 100 + 1)
    stream.pump()
    np.testing.assert_array_equal(data, kept)


def test_snapshot_is_sample_major_and_as_long_as_the_buffer(stream, clock):
    feed(stream, clock, 0, 250)
    timestamps, data = stream.get_raw_snapshot()
    assert timestamps.shape == (100,)
    assert data.shape == (100, 2)
    np.testing.assert_array_equal(data[:, 1], np.arange(150, 250))


def test_display_covers_the_window_asked_for(stream, clock):
    feed(stream, clock, 0, 100)
    columns, timestamps = stream.get_display(5, seconds=1.0)
    assert columns.shape == (2, 5, 2)
    np.testing.assert_array_equal(columns[0], [[0, 19], [19, 39], [39, 59], [59, 79], [79, 99]])
    np.testing.assert_allclose(np.diff(timestamps), 0.2)
    np.testing.assert_allclose(timestamps[0], clock() - 1.0)


def test_irregular_stream_windows_go_by_time(bench, clock):
    stream = Stream("trigger", bench(fs=0.0), window_seconds=1.0, clock=clock)
    stream.connect()
    stream.source.give(ramp(0, 4), [10.0, 11.0, 11.5, 11.9])
    stream.pump()
    np.testing.assert_array_equal(stream.get_window()[1], [11.0, 11.5, 11.9])


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (
            (np.zeros((64, 20), np.float32), np.zeros(20)),
            r"read\(\) returned \(64, 20\) for 64 channels: did you return",
        ),
        ((np.zeros((20, 63), np.float32), np.zeros(20)), r"read\(\) returned \(20, 63\) for 64 channels. Return"),
        ((np.zeros((20, 64), np.float32), np.zeros(19)), "Give one a sample"),
        ((np.zeros((20, 64), np.float32), np.full(20, np.nan)), "not a number"),
        ((np.zeros((20, 64), complex), np.zeros(20)), "Say dtype='complex128'"),
        ((np.zeros((20, 64), np.float32), np.zeros(20), -1), "Give 0 or more"),
        (np.zeros((20, 64), np.float32), r"returned ndarray. Return \(data, timestamps\)"),
    ],
)
def test_what_cannot_be_believed_is_said_in_one_sentence(bench, clock, raw, sentence):
    stream = Stream("emg", bench(n_channels=64), clock=clock)
    stream.connect()
    stream.source.queue.append(raw)
    with pytest.raises(SourceError, match=sentence):
        stream.pump()
    assert stream.health.state == "failed"
    assert stream.pump() == 0


def test_plain_tuples_and_wider_floats_are_taken(stream):
    stream.source.queue.append((np.ones((3, 2)), np.arange(3.0)))
    assert stream.pump() == 3


def test_a_source_may_reuse_its_own_memory(stream, notes):
    stream.add_sink(notes)
    memory = np.ones((3, 2), np.float32)
    stream.source.queue.append((memory, np.arange(3.0)))
    stream.pump()
    memory[:] = 9
    (_, block) = notes.heard[-1]
    assert (block.data == 1).all()


def test_sinks_hear_open_blocks_and_close(stream, clock, notes):
    stream.add_sink(notes)
    feed(stream, clock, 0, 5)
    stream.remove_sink(notes)
    feed(stream, clock, 5, 5)
    assert [what for what, _ in notes.heard] == ["open", "write", "close"]
    np.testing.assert_array_equal(notes.heard[1][1].data, ramp(0, 5))


def test_losses_are_counted_and_a_block_with_nothing_but_loss_is_added_to_the_next(stream, clock, notes):
    stream.add_sink(notes)
    stream.source.give(np.zeros((0, 2), np.float32), [], lost=3)
    stream.pump()
    feed(stream, clock, 0, 5, lost=4)
    health = stream.health
    assert (health.n_received, health.n_lost, health.n_gaps) == (5, 7, 1)
    assert notes.heard[-1][1].lost == 7


def test_silence_shows_within_a_second(stream, clock):
    feed(stream, clock, 0, 5)
    assert stream.health.state == "live"
    clock.now += 0.9
    assert stream.health.state == "silent"
    feed(stream, clock, 5, 5)
    assert stream.health.state == "live"


def test_a_lost_source_comes_back_by_itself_with_a_named_gap_and_the_picture(stream, clock, notes):
    stream.add_sink(notes)
    feed(stream, clock, 0, 50)
    ring = stream.ring
    stream.source.queue.append(SourceLost("The amplifier was unplugged."))
    stream.source.refuse = SourceError("No amplifier.")
    stream.pump()
    assert stream.health.state == "lost"
    assert "unplugged" in stream.health.message
    for _ in range(5):
        clock.now += 0.5
        stream.pump()
    assert stream.health.message == "No amplifier."
    stream.source.refuse = None
    clock.now += 2.5
    stream.pump()
    assert stream.health.state == "live"
    clock.now += 0.1
    feed(stream, clock, 50, 10)
    assert stream.ring is ring
    assert stream.health.back_after_s == pytest.approx(5.0)
    gap = stream.health.gaps[-1]
    # 10 samples ended 5.1 s after the 50th: 500 are missing in between.
    assert gap.n_lost == 500
    assert [what for what, _ in notes.heard] == ["open", "write", "open", "write"]
    assert notes.heard[-1][1].lost == 500
    assert ring.gaps[-1].n_lost == 500


def test_reconnect_swaps_the_source_and_keeps_the_ring(stream, clock, bench):
    feed(stream, clock, 0, 50)
    old, ring = stream.source, stream.ring
    new = bench()
    clock.now += 1.0
    stream.reconnect(new)
    assert old.n_disconnected == 1
    assert stream.source is new
    assert stream.ring is ring
    clock.now += 0.04
    feed(stream, clock, 0, 5)
    assert stream.health.gaps[-1].n_lost == 99


def test_a_fresh_beginning_shows_the_old_stream_until_the_new_one_is_there(stream, clock, bench):
    feed(stream, clock, 0, 50)
    old, ring, new = stream.info, stream.ring, bench()
    connect = new.connect

    def look():
        assert (stream.info, stream.ring) == (old, ring)
        return connect()

    new.connect = look
    stream.reconnect(new, fresh=True)
    assert stream.ring is not ring
    assert (stream.health.n_received, stream.health.gaps) == (0, ())
    clock.now += 1.0
    feed(stream, clock, 0, 5)
    assert stream.health.gaps == ()


def test_a_fresh_beginning_that_fails_forgets_the_old_stream(stream, clock, bench):
    feed(stream, clock, 0, 50)
    new = bench()
    new.refuse = SourceError("There is no such file.")
    with pytest.raises(SourceError, match=r"Still on Bench\."):
        stream.reconnect(new, fresh=True)
    assert stream.health.n_received == 0
    assert feed(stream, clock, 0, 5) == 5


def test_another_rate_or_channel_count_gets_another_ring(stream, clock, bench):
    feed(stream, clock, 0, 50)
    ring = stream.ring
    stream.reconnect(bench(n_channels=3))
    assert stream.ring is not ring
    assert stream.ring.n_channels == 3


def test_a_source_that_does_not_answer_leaves_the_old_one_on(stream, clock, bench):
    new, old = bench(), stream.source
    new.refuse = SourceError("No LSL stream named EMG2.")
    with pytest.raises(SourceError, match=r"No LSL stream named EMG2. Still on Bench."):
        stream.reconnect(new)
    assert stream.source is old
    assert stream.health.state == "live"
    assert feed(stream, clock, 0, 5) == 5


def test_a_source_that_hangs_is_left_behind(bench, clock, monkeypatch):
    monkeypatch.setattr("myoscope.sources.stream.TURN_TIMEOUT_S", 0.05)
    entered, leave = threading.Event(), threading.Event()
    hanging = bench()

    def hang():
        entered.set()
        leave.wait(20)
        return Block(ramp(0, 5), np.arange(5.0))

    hanging.read = hang
    stream = Stream("emg", hanging, clock=clock)
    stream.connect()
    pumped = []
    thread = threading.Thread(target=lambda: pumped.append(stream.pump()))
    thread.start()
    assert entered.wait(20)
    stream.reconnect(bench())
    assert stream.left_behind == ("Bench",)
    assert feed(stream, clock, 0, 7) == 7
    leave.set()
    thread.join(20)
    # What the left one gave in the end is nobody's any more.
    assert pumped == [0]
    assert stream.health.n_received == 7


def test_the_end_of_a_source_is_a_state(stream):
    stream.source.queue.append(EOFError("The file has ended."))
    stream.pump()
    assert (stream.health.state, stream.health.message) == ("ended", "The file has ended.")


def test_an_error_of_the_users_own_source_names_it(stream):
    stream.source.queue.append(ZeroDivisionError("division by zero"))
    with pytest.raises(SourceError, match=r"read\(\) of Bench raised ZeroDivisionError: division by zero"):
        stream.pump()


def test_text_markers_become_events(bench, clock):
    stream = Stream("cues", bench(fs=0.0, n_channels=1, dtype="str", unit=""), clock=clock)
    heard = []
    stream.on_event.append(heard.append)
    stream.connect()
    stream.source.give(np.array([["lift"], ["hold"]], dtype=object), [5.0, 6.0])
    stream.pump()
    assert heard == [Event(5.0, "marker", "lift", stream="cues"), Event(6.0, "marker", "hold", stream="cues")]


def test_rate_is_measured_from_the_timestamps(stream, clock):
    for i in range(300):
        clock.now += 0.0102
        stream.source.give(ramp(i, 1), [clock.now])
        stream.pump()
    assert stream.health.rate_hz == pytest.approx(1 / 0.0102, rel=1e-3)


def test_info_before_the_first_connection_says_what_to_do(bench):
    with pytest.raises(SourceError, match="has not been connected yet"):
        _ = Stream("emg", bench()).info


@pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 65, "emg~2", "naïve"])
def test_names_that_cannot_be_folders_are_refused(bench, name):
    with pytest.raises(SourceError, match="cannot be called"):
        Stream(name, bench())


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_lengths_that_make_no_sense_are_refused(bench, seconds):
    with pytest.raises(SourceError, match="Give a time above 0 s"):
        Stream("emg", bench(), window_seconds=seconds)


def test_frames_are_kept_flat_in_the_ring(bench, clock, notes):
    stream = Stream("markers", bench(channel_names=None, sample_shape=(4, 3)), clock=clock)
    stream.add_sink(notes)
    assert isinstance(stream.connect(), StreamInfo)
    stream.source.give(np.arange(24, dtype=np.float32).reshape(2, 4, 3), [1.0, 2.0])
    stream.pump()
    assert stream.get_window()[0].shape == (12, 2)
    assert notes.heard[-1][1].data.shape == (2, 4, 3)


def test_a_long_buffer_is_shortened_to_what_memory_allows():
    def kept(n_channels: int, rate_hz: float, seconds: float) -> float:
        source = SyntheticSource(n_channels=n_channels, rate_hz=rate_hz)
        stream = Stream("emg", source, buffer_seconds=seconds, buffer_bytes=64 * 2**20)
        stream.connect()
        try:
            assert stream.ring.capacity == pytest.approx(stream.buffer_seconds * rate_hz, abs=1)
            return stream.buffer_seconds
        finally:
            stream.disconnect()

    assert kept(8, 2000.0, 60.0) == 60.0
    assert kept(128, 2048.0, 60.0) == pytest.approx(64 * 2**20 / (2 * 2048 * 520))
    assert kept(512, 2048.0, 60.0) == 10.0, "ten seconds always"
    assert kept(512, 2048.0, 5.0) == 5.0
