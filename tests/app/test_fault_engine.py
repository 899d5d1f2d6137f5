"""The whole engine with all its threads, in real time, while something goes wrong.

``MYOSCOPE_TEST_HOG_S=10`` holds the interpreter for that long instead of two seconds.
"""

from __future__ import annotations

import itertools
import os
import re
import time

import numpy as np
import pylsl
import pytest

from myoscope import App, Stream, local_clock, open_session
from myoscope.recordings import check_session, disk
from myoscope.sources import lsl_inlet
from myoscope.sources.lsl import LSLSource
from myoscope.sources.synthetic import SyntheticSource
from tests.recordings.ledger import read_ledger
from tests.recordings.small_disks import memory_disk

HOG_S = float(os.environ.get("MYOSCOPE_TEST_HOG_S", "2"))
NUMBERS = itertools.count()


@pytest.fixture
def app():
    app = App("test")
    yield app
    app.engine.stop()


def counting(**options):
    return SyntheticSource(**{"n_channels": 4, "rate_hz": 2000.0, "counter_channel": True} | options)


def said(app, *levels):
    return [line.text for line in app.context.log.lines if line.level in levels]


def test_a_full_disk_is_told_of_and_once_there_is_room_recording_again_works(app, until, tmp_path):
    source = counting(n_channels=16, rate_hz=10_000.0)
    stream = Stream("emg", source)
    app.streams(stream)
    with memory_disk(tmp_path / "disk", "3m") as place, app:
        rest = place / "rest"
        rest.write_bytes(bytes(2 * 2**20))
        first = app.record(place / "first.myo")
        until(lambda: said(app, "bad"), "the sentence")
        assert re.fullmatch(
            rf"The disk is full: 00:0\d are safe in {re.escape(str(first))}\. Free space and record again\.",
            said(app, "bad")[0],
        )
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n + 1000, "more samples: the picture goes on")
        before = source.n_made
        assert app.stop_recording() == first
        assert said(app, "warn")[-1].startswith("Recorded ")
        books = read_ledger(first)
        assert books.faults == {}
        assert books.named > 1000
        assert before <= books.reached <= source.n_made + 1
        rest.unlink()
        second = app.record(place / "second.myo")
        until(lambda: app.engine.snapshot().recording.n_written.get("emg", 0) > 2000, "rows")
        assert app.engine.snapshot().recording.error == ""
        before = source.n_made
        app.stop_recording()
        books = read_ledger(second)
        assert (books.faults, books.named) == ({}, 0)
        assert before <= books.reached <= source.n_made + 1
        for session in (first, second):
            assert check_session(session)["ok"]


def test_a_disk_that_stalls_half_a_second_a_write_is_told_of_and_loses_nothing(app, until, tmp_path, monkeypatch):
    source = counting()
    app.streams(Stream("emg", source))
    session = app.record(tmp_path / "take.myo") or tmp_path / "take.myo"
    write = disk.write_some

    def stall(file, data):
        time.sleep(0.5)  # the stall under test
        return write(file, data)

    with app:
        until(lambda: source.n_made > 500, "samples")
        monkeypatch.setattr(disk, "write_some", stall)
        until(
            lambda: any("The disk answers slowly. Nothing is lost so far" in text for text in said(app, "warn")), "it"
        )
        n = source.n_made
        until(lambda: source.n_made > n + 2000, "another second")
        monkeypatch.undo()
    books = read_ledger(session, source.n_made, first=0)
    assert (books.faults, books.named) == ({}, 0)
    assert said(app, "bad") == []
    with open_session(session) as opened:
        assert opened.state == "complete"


def hold_interpreter(seconds):
    """Return a function that keeps every other thread from running for about so long: a pattern that backtracks."""
    pattern, n, took = re.compile(r"(a+)+$"), 16, 0.0
    while took < 0.05:
        n += 1
        # Of the processor's time: what others on the machine take would make it seem longer than it is.
        begun = time.thread_time()
        pattern.match("a" * n + "b")
        took = time.thread_time() - begun
    n += round(np.log2(seconds / took))
    return lambda: pattern.match("a" * n + "b")


def test_a_prediction_that_holds_the_interpreter_costs_no_sample(app, until, tmp_path):
    source = counting()
    stream = Stream("emg", source)
    app.streams(stream)
    app.record(tmp_path / "take.myo")
    hog, held = hold_interpreter(HOG_S), []

    @app.predict(rate_hz=20, name="grip")
    def decode(windows):
        if stream.health.n_received > 1000 and not held:
            begun = time.perf_counter()
            hog()
            held.append(time.perf_counter() - begun)
        return 1.0

    with app:
        until(lambda: held, "the end of it", timeout_s=20 + 4 * HOG_S)
        n = source.n_made
        until(lambda: source.n_made > n + 2000 * (HOG_S + 1), "all that was made meanwhile", timeout_s=20 + 2 * HOG_S)
        words = "grip: one call takes over 1 s. The program may stand still meanwhile, and samples wait. Do less in it."
        assert words in said(app, "warn")
    print(f"the interpreter was held for {held[0]:.1f} s")
    books = read_ledger(tmp_path / "take.myo", source.n_made, first=0)
    assert (books.faults, books.named) == ({}, 0)
    assert said(app, "bad") == []


@pytest.mark.parametrize("to", ["an hour on", "an hour back", "zero", "two seconds on"])
def test_an_lsl_sender_that_sets_its_clock_loses_nothing(app, until, tmp_path, monkeypatch, to):
    monkeypatch.setattr(lsl_inlet, "OFFSET_WAIT_S", 0.0)  # both clocks are one here
    title = f"EMG-fault-{os.getpid()}-{next(NUMBERS)}"
    outlet = pylsl.StreamOutlet(pylsl.StreamInfo(title, "EMG", 2, 1000.0, "float32", title))
    stream = Stream("emg", LSLSource(title))
    app.streams(stream)
    begun, n_sent, set_by = local_clock(), 0, 0.0

    def send(until_n):
        nonlocal n_sent
        while n_sent < until_n:
            due = min(until_n, int((local_clock() - begun) * 1000))
            if due > n_sent:
                rows = np.repeat(np.arange(n_sent, due, dtype=np.float32)[:, None], 2, axis=1)
                outlet.push_chunk(rows, begun + due / 1000 + set_by)
                n_sent = due
            time.sleep(0.005)  # the pace of the sender

    app.record(tmp_path / "take.myo")
    with app:
        until(lambda: stream.state == "live", "the connection")
        until(outlet.have_consumers, "somebody who listens")
        n_sent = int((local_clock() - begun) * 1000)
        send(n_sent + 700)
        set_by = {"an hour on": 3600.0, "an hour back": -3600.0, "zero": -local_clock(), "two seconds on": 2.0}[to]
        send(n_sent + 700)
        words = "emg: the sender has set its clock. Timestamps go on where they were; every sample is kept."
        until(lambda: words in said(app, "warn"), "the sentence")
        send(n_sent + 300)
        until(lambda: stream.get_window()[0][0, -1:] == n_sent - 1, "the last sample")
    books = read_ledger(tmp_path / "take.myo", n_sent, on_grid=False)
    assert (books.faults, books.named) == ({}, 0)
    assert books.recorded >= 1690
    with open_session(tmp_path / "take.myo") as session:
        stamps = session.streams["emg"].read()[1]
    assert (np.diff(stamps) >= 0).all()
    assert stamps[-1] - stamps[0] < 60
