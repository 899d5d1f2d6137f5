"""Recordings that the end of the program left unchecked: remembered, and sealed and checked the next time."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from myoscope import Stream, open_session
from myoscope.app.backlog import QUIET_S
from myoscope.app.engine import Engine
from myoscope.app.settings import Settings
from myoscope.app.state import EngineState
from myoscope.app.workbench import Workbench
from myoscope.recordings import storing_report
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.manifest import verify_manifest
from myoscope.sources import StreamInfo


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    path = tmp_path_factory.mktemp("unchecked") / "take.myo"
    with SessionBuilder(path, clock_at_created=10.0) as builder:
        builder.stream("emg", StreamInfo(fs=1000.0, sample_shape=(4,), unit="µV", dtype="int16"))
        builder.write("emg", np.arange(20_000, dtype="<i2").reshape(5000, 4), 10 + np.arange(5000) / 1000)
        builder.finish()
    return path


@pytest.fixture
def take(original, tmp_path):
    shutil.copytree(original, tmp_path / "take.myo")
    return tmp_path / "take.myo"


class Desk:
    """The program from one start to its end, with a clock moved by hand."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.engine = Engine()
        self.bench = Workbench(self.engine, settings)

    def look(self, t: float, recording: object = None, replay: Path | None = None) -> None:
        played = None if replay is None else SimpleNamespace(path=replay)
        state = EngineState(t, recording=recording, replay=played, jobs=self.engine.jobs.states)
        self.bench.unchecked.look(state)
        self.bench.compressing.look(state)

    @property
    def jobs(self) -> list[str]:
        return [job.title for job in self.engine.jobs.states]

    def finish(self) -> None:
        for _, worker in list(self.engine.jobs._running.values()):
            assert worker.join(30)

    @property
    def said(self) -> list[str]:
        return [line.text for line in self.engine.log.lines]


@pytest.fixture
def desk():
    """Return a function that starts the program with some settings."""
    made = []

    def start(settings: Settings) -> Desk:
        made.append(Desk(settings))
        return made[-1]

    yield start
    for each in made:
        each.engine.stop()
        assert each.engine.jobs.states == ()


@pytest.fixture
def endless(monkeypatch):
    """Let a check last until it is stopped; set when it has begun."""
    begun = threading.Event()

    def check(_path, progress):
        begun.set()
        while True:
            progress(0.5)
            threading.Event().wait(0.002)

    monkeypatch.setattr(storing_report, "finish_session", check)
    return begun


def test_a_check_that_the_end_cut_short_is_made_at_the_next_start(desk, take, endless, until, tmp_path, monkeypatch):
    first = desk(Settings())
    first.engine.reports.recorded(take)
    until(endless.is_set, "the check")
    first.engine.jobs.stop_all()
    assert first.settings.unchecked == [str(take)]
    assert first.settings.uncompressed == []
    first.settings.save(tmp_path / "settings.json")

    monkeypatch.undo()
    again = desk(Settings.load(tmp_path / "settings.json"))
    again.look(100.0)
    again.look(100.0 + QUIET_S - 0.1)
    assert again.jobs == []
    again.look(100.0 + QUIET_S)
    assert again.jobs == ["Checking take"]
    again.finish()
    assert again.settings.unchecked == []
    assert again.settings.uncompressed == [str(take)]
    assert verify_manifest(take).faults == ()
    assert (take / "report.json").is_file()
    assert not again.engine.reports.newest.recorded
    assert again.said[-1].startswith("take: Checked 00:05 · ")
    for t in (120.0, 120.0 + QUIET_S):
        again.look(t)
    assert again.jobs == ["Compressing take"]
    again.finish()
    with open_session(take) as session:
        assert session.streams["emg"].is_compacted


def test_what_is_checked_in_time_is_not_left(desk, take):
    first = desk(Settings())
    first.engine.reports.recorded(take)
    assert first.settings.unchecked == [str(take)]
    first.engine.stop()
    assert first.settings.unchecked == []
    assert first.settings.uncompressed == [str(take)]


def test_a_session_that_is_gone_is_dropped(desk, take):
    again = desk(Settings(unchecked=[str(take.with_name("gone.myo")), str(take)]))
    again.look(100.0)
    again.look(110.0)
    assert again.settings.unchecked == [str(take)]
    assert again.said == ["gone.myo is no longer there; nothing is left to be done with it."]
    assert [line.level for line in again.engine.log.lines] == ["info"]
    again.look(110.1)
    assert again.jobs == ["Checking take"]
    again.finish()


def test_it_waits_for_a_recording_and_for_other_work_and_goes_before_compression(desk, take):
    again = desk(Settings(unchecked=[str(take)], uncompressed=[str(take)]))
    again.look(100.0, recording=object())
    again.look(110.0, recording=object())
    again.look(120.0)
    assert again.jobs == []
    again.look(120.0 + QUIET_S)
    assert again.jobs == ["Checking take"]
    again.finish()


def test_what_a_person_stops_is_not_begun_again(desk, take, endless, until):
    first = desk(Settings())
    first.engine.reports.recorded(take)
    until(endless.is_set, "the check")
    first.look(100.0)
    first.engine.reports.stop(take)
    first.finish()
    for t in (110.0, 110.0 + QUIET_S, 130.0, 140.0):
        first.look(t)
    assert first.jobs == []
    assert first.settings.unchecked == []


def test_a_recording_that_the_end_closes_is_left_for_the_next_time(tap, until, tmp_path, endless, monkeypatch):
    engine, settings, kept = Engine(), Settings(), []
    Workbench(engine, settings)
    # The end of the program has no time for a check at all.
    monkeypatch.setattr(engine.reports, "settle", lambda: until(endless.is_set, "the check"))
    engine.on_stopped.append(lambda: kept.append(list(settings.unchecked)))
    engine.add(Stream("emg", tap()))
    with engine:
        engine.wait_connected()
        path = engine.record(tmp_path / "take.myo")
        until(lambda: sum(engine.snapshot().recording.n_written.values()) > 300, "samples")
        assert settings.unchecked == []
    assert kept == [[str(path)]]
    engine.stop()
    assert len(kept) == 1
