"""What a person reads when something goes wrong, and how soon: every clock here is moved by hand."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from myoscope.app.context import Context, Events
from myoscope.app.log import Log
from myoscope.app.predict import Predictor
from myoscope.app.recording import Recording
from myoscope.app.watch import Watch
from myoscope.recordings import Recorder, disk, open_session
from myoscope.sources import Block, SourceError, SourceLost, Stream, StreamInfo, names
from tests.recordings.sessions import SteppedTime

INFO = StreamInfo(fs=1000.0, channel_names=names("ch", 2), unit="µV")


class Device:
    """Gives what a test puts into it."""

    def __init__(self, clock, info=INFO):
        self.clock, self.info = clock, info
        self.n = 0
        self.away = ""
        self.n_clock_resets = 0
        self.stamp = lambda stamps: stamps

    def connect(self):
        if self.away:
            raise SourceError(self.away)
        return self.info

    def read(self):
        """Return 10 ms."""
        if self.away:
            raise SourceLost(self.away)
        n = round(self.info.fs / 100)
        stamps = self.clock() - 0.01 + (np.arange(n) + 1) / self.info.fs
        self.n += n
        return Block(np.zeros((n, self.info.n_channels), np.float32), self.stamp(stamps))

    def disconnect(self):
        pass


class Desk:
    """A stream under watch, and what the log says."""

    def __init__(self):
        self.clock = SteppedTime()
        self.device = Device(self.clock)
        self.stream = Stream("emg", self.device, clock=self.clock)
        self.log = Log(self.clock)
        self.watch = Watch(self.log, self.clock)

    def run(self, seconds):
        end = self.clock.now + seconds
        while self.clock.now < end - 1e-9:
            self.clock.now += 0.01
            if self.stream.state == "idle":
                self.stream.connect()
            self.stream.pump()
            self.watch.look(self.stream, any_rate=False)

    def told_after(self, seconds):
        """Let so much time pass; return the new lines, and how long the first took, s."""
        before, n = self.clock.now, len(self.log.lines)
        self.run(seconds)
        new = self.log.lines[n:]
        return [(line.level, line.text) for line in new], new[0].t - before if new else None


@pytest.fixture
def desk():
    desk = Desk()
    desk.run(3.0)
    assert [line.level for line in desk.log.lines] == ["good"]
    return desk


def test_a_lost_device_is_told_of_at_once_and_so_is_its_return(desk):
    desk.device.away = "The cable is out."
    lines, took = desk.told_after(2.0)
    assert lines == [("bad", "emg: The cable is out.")]
    assert took < 0.1
    desk.device.away = ""
    lines, took = desk.told_after(2.5)
    assert [level for level, _ in lines] == ["good"]
    assert lines[0][1].startswith("emg: back after ")
    assert took < 2.05  # tried again at most two seconds after it was tried last


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fs": 500.0}, "emg: has changed to 2 channels at 500 Hz; it had 2 channels at 1000 Hz."),
        (
            {"channel_names": names("ch", 5)},
            "emg: has changed to 5 channels at 1000 Hz; it had 2 channels at 1000 Hz.",
        ),
    ],
)
def test_a_device_that_has_changed_says_what_it_is_now(desk, changes, words):
    desk.stream.reconnect(Device(desk.clock, replace(INFO, sample_shape=(), **changes)))
    lines, took = desk.told_after(2.0)
    assert lines == [("warn", f"{words} A recording goes on in a part of its own.")]
    assert took < 2.0


def test_a_device_that_comes_back_as_it_was_says_nothing_of_that(desk):
    desk.stream.reconnect(Device(desk.clock))
    assert desk.told_after(2.0)[0] == []


def test_a_rate_that_changes_without_a_word_is_told_of_within_two_seconds(desk):
    plain = desk.device.read
    desk.device.read = lambda: Block(plain().data[::2], plain().timestamps[::2])
    lines, took = desk.told_after(3.0)
    assert len(lines) == 1
    assert "but says 1000 Hz. Check the device's settings; every sample is kept" in lines[0][1]
    assert took < 2.0


def test_timestamps_out_of_order_are_told_of_once(desk):
    desk.device.stamp = lambda stamps: stamps[::-1]
    lines, took = desk.told_after(5.0)
    words = "emg: timestamps run backwards. Every sample is kept as it came; check the device's clock."
    assert lines == [("warn", words)]
    assert took < 2.0
    desk.device.stamp = lambda stamps: stamps
    assert desk.told_after(12.0)[0] == []
    assert desk.log.lines[-1].times == 1
    desk.device.stamp = lambda stamps: stamps[::-1]
    desk.run(2.0)
    assert (desk.log.lines[-1].text, desk.log.lines[-1].times) == (words, 2)


def test_timestamps_that_repeat_are_told_of(desk):
    desk.device.stamp = lambda stamps: np.repeat(stamps[::2], 2)
    lines, took = desk.told_after(5.0)
    words = (
        "emg: many samples repeat the timestamp of the one before."
        " Every sample is kept as it came; check the device's settings."
    )
    assert lines == [("warn", words)]
    assert took < 2.0


def test_a_few_repeated_timestamps_are_no_news(desk):
    n_blocks = 0

    def stamp(stamps):
        nonlocal n_blocks
        n_blocks += 1
        if n_blocks % 50 == 0:
            stamps[1] = stamps[0]
        return stamps

    desk.device.stamp = stamp
    assert desk.told_after(5.0)[0] == []


def test_a_sender_that_sets_its_clock_is_told_of(desk):
    desk.device.n_clock_resets += 1
    lines, took = desk.told_after(2.0)
    assert lines == [
        ("warn", "emg: the sender has set its clock. Timestamps go on where they were; every sample is kept.")
    ]
    assert took < 2.0


# The recording


class Take:
    """A recording with a writing thread of its own, and clocks that stand still."""

    def __init__(self, folder):
        self.clock, self.set_by = SteppedTime(), 0.0
        self.log = Log(self.clock)
        self.errors = []
        recorder = Recorder(folder, clock=self.clock, queue_bytes=20_000)
        recorder.open()
        self.recording = Recording(
            recorder, self.log, self.clock, lambda *what: self.errors.append(what), lambda: self.clock() + self.set_by
        )
        self.stream = Stream("emg", Device(self.clock), clock=self.clock)
        self.recording.follow(self.stream)
        self.stream.connect()

    def give(self):
        self.clock.now += 0.01
        self.stream.pump()

    @property
    def lines(self):
        return [(line.level, line.text) for line in self.log.lines]


@pytest.fixture
def take(tmp_path):
    take = Take(tmp_path / "take.myo")
    yield take
    take.recording.stop()
    assert take.errors == []


def test_a_disk_that_does_not_answer_is_told_of_within_two_seconds(take, until, monkeypatch):
    inside, go_on, write = threading.Event(), threading.Event(), disk.write_some

    def stall(file, data):
        inside.set()
        assert go_on.wait(30)
        return write(file, data)

    monkeypatch.setattr(disk, "write_some", stall)
    take.give()
    assert inside.wait(20)
    take.clock.now += 0.9
    take.recording.look()
    assert take.lines == []
    take.clock.now += 0.2
    take.recording.look()
    words = (
        "The disk answers slowly. Nothing is lost so far: samples wait in memory, of which 0 % is full."
        " Record to a faster disk."
    )
    assert take.lines == [("warn", words)]
    assert take.recording.status.error == words
    take.recording.look()
    assert len(take.lines) == 1
    # It never comes back, and memory fills: that is told of although the writing thread still waits.
    for _ in range(200):
        take.give()
    take.recording.look()
    assert take.lines[1][0] == "bad"
    assert take.lines[1][1].startswith("The disk is too slow: ")
    go_on.set()
    monkeypatch.undo()
    until(lambda: take.recording.status.queue_fraction == 0)
    n_made = take.stream.source.n
    take.recording.stop()
    with open_session(take.recording.path) as session:
        emg = session.streams["emg"]
        assert emg.n_samples + emg.n_lost == n_made
        assert emg.n_lost > 0


@pytest.mark.parametrize(("step_s", "shown"), [(3600.0, "+3,600"), (-3600.0, "-3,600")])
def test_a_time_of_day_that_jumps_is_told_of_and_noted(take, until, step_s, shown):
    take.give()
    until(lambda: take.recording.status.n_written.get("emg"))
    take.set_by = step_s
    until(lambda: take.lines)
    words = (
        f"The time of day has jumped by {shown} s: the clock was set, or the computer slept."
        " Samples have a clock of their own and stay as they are."
    )
    assert take.lines == [("warn", words)]
    take.give()
    take.recording.stop()
    with open_session(take.recording.path) as session:
        assert [(event.kind, event.text) for event in session.events] == [("clock", f"{step_s:+.3f} s")]
        assert session.streams["emg"].n_lost == 0


# Prediction


def test_a_call_that_takes_long_is_told_of_while_it_runs_and_after():
    clock = SteppedTime()
    log = Log(clock)
    stream = Stream("emg", Device(clock), window_seconds=0.01, clock=clock)
    stream.connect()
    clock.now += 0.01
    stream.pump()
    seen = []

    def decode(windows):
        clock.now += 0.9
        predictor.look()
        seen.append(len(log.lines))
        clock.now += 0.2
        predictor.look()
        seen.append(len(log.lines))
        return 1.0

    predictor = Predictor(decode, 10.0, "grip", Context({"emg": stream}, Events(clock), log), lambda: None, clock)
    predictor.step()
    assert seen == [0, 1]
    assert [(line.level, line.text) for line in log.lines] == [
        (
            "warn",
            "grip: one call takes over 1 s. The program may stand still meanwhile, and samples wait. Do less in it.",
        )
    ]
    predictor.look()
    assert len(log.lines) == 1
