"""Compressing in the background: when it begins, what it waits for, what is remembered; and by hand."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from myoscope import open_session
from myoscope.app import cli
from myoscope.app.backlog import QUIET_S
from myoscope.app.compressing import Compressing, compacted_words
from myoscope.app.engine import Engine
from myoscope.app.jobs import Jobs
from myoscope.app.log import Log
from myoscope.app.settings import Settings
from myoscope.app.state import EngineState
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.compaction import Compacted
from myoscope.recordings.progress import Stopped, no_progress
from myoscope.sources import StreamInfo, language

GOOD, BAD = SimpleNamespace(ok=True), SimpleNamespace(ok=False)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    path = tmp_path_factory.mktemp("compressing") / "take.myo"
    with SessionBuilder(path, clock_at_created=10.0) as builder:
        builder.stream("emg", StreamInfo(fs=1000.0, sample_shape=(4,), unit="µV", dtype="int16"))
        builder.write("emg", np.arange(20_000, dtype="<i2").reshape(5000, 4), 10 + np.arange(5000) / 1000)
        builder.finish()
    return path


@pytest.fixture
def take(original, tmp_path):
    shutil.copytree(original, tmp_path / "take.myo")
    return tmp_path / "take.myo"


class Bench:
    """What the window has of an engine: a clock, jobs, a state."""

    def __init__(self):
        self.log = Log(lambda: 0.0)
        self.jobs = Jobs(self.log)
        self.settings = Settings()
        self.waited: list[float] = []
        self.compressing = Compressing(self.jobs, self.settings, self.log, self.waited.append)

    def look(self, t: float, recording=None, replay: Path | None = None) -> None:
        played = None if replay is None else SimpleNamespace(path=replay)
        self.compressing.look(EngineState(t, recording=recording, replay=played, jobs=self.jobs.states))

    def finish(self) -> None:
        for _, worker in list(self.jobs._running.values()):
            assert worker.join(30)


@pytest.fixture
def bench():
    made = Bench()
    yield made
    assert made.jobs.stop_all() == []


def is_compressed(path: Path) -> bool:
    with open_session(path) as session:
        assert session.streams["emg"].read()[0].tobytes() == np.arange(20_000, dtype="<i2").tobytes()
        return session.streams["emg"].is_compacted


def test_a_recording_is_compressed_when_it_has_been_quiet_for_a_while(bench, take):
    bench.compressing.recorded(take, GOOD)
    bench.look(100.0)
    bench.look(100.0 + QUIET_S - 0.1)
    assert not bench.jobs.states
    bench.look(100.0 + QUIET_S)
    assert [job.title for job in bench.jobs.states] == ["Compressing take"]
    bench.finish()
    assert is_compressed(take)
    assert "every sample was read back and verified" in bench.log.lines[-1].text
    bench.look(120.0)
    assert bench.settings.uncompressed == []
    bench.look(140.0)
    assert not bench.jobs.states


def test_a_recording_that_runs_puts_it_off(bench, take):
    bench.compressing.recorded(take, GOOD)
    bench.look(100.0)
    bench.look(200.0, recording=object())
    bench.look(200.1)
    bench.look(200.0 + QUIET_S)
    assert not bench.jobs.states
    bench.look(200.2 + QUIET_S)
    assert bench.jobs.states
    bench.finish()


def test_other_work_in_the_background_goes_first(bench, take):
    bench.compressing.recorded(take, GOOD)
    going = []
    other = bench.jobs.start("Exporting", lambda progress: going.append(1) or _until_stopped(progress))
    bench.look(100.0)
    bench.look(200.0)
    assert [job.title for job in bench.jobs.states] == ["Exporting"]
    other.stop()
    bench.finish()


def _until_stopped(progress):
    while True:
        progress(0.5)


def test_what_is_replayed_is_put_off(bench, take):
    bench.compressing.recorded(take, GOOD)
    for t in (100.0, 110.0, 120.0):
        bench.look(t, replay=take)
    assert not bench.jobs.states
    assert bench.settings.uncompressed == [str(take)]
    bench.look(130.0)
    bench.look(140.0)
    assert bench.jobs.states
    bench.finish()


@pytest.mark.parametrize("reason", ["recording", "replay"])
def test_it_stands_still_meanwhile_and_goes_on(bench, take, reason):
    busy = {"recording": object()} if reason == "recording" else {"replay": take}
    bench.compressing._path = take

    def wait(seconds):
        bench.waited.append(seconds)
        if len(bench.waited) == 5:
            bench.look(50.0)

    bench.compressing._wait = wait
    bench.look(0.0, **busy)
    shares = []
    bench.compressing._compress(shares.append)
    assert bench.waited[:5] == [0.1] * 5
    assert len(set(shares[:5])) == 1
    assert is_compressed(take)


def test_it_can_be_stopped_while_it_stands_still(bench, take):
    bench.compressing._path = take
    bench.look(0.0, recording=object())

    def stop(share):
        if bench.waited:
            raise Stopped

    assert "was stopped; the recording is complete" in bench.compressing._compress(stop)
    assert not is_compressed(take)


def test_a_take_that_is_set_aside_meanwhile_is_no_error(bench, take):
    bench.compressing._path = take
    aside = take.with_name("aside.myo")
    bench.compressing._wait = lambda _: take.rename(aside) if take.is_dir() else None
    assert bench.compressing._compress(no_progress) == ""
    is_compressed(aside)  # looks at every sample, too


def test_half_the_time_is_rest(bench, take):
    bench.compressing._path = take
    bench.compressing._compress(no_progress)
    assert bench.waited
    assert all(0 <= seconds <= 0.1 for seconds in bench.waited)


def test_what_is_not_in_order_stays_as_it_is(bench, take):
    bench.compressing.recorded(take, BAD)
    assert bench.settings.uncompressed == []


def test_what_is_gone_is_forgotten(bench, take):
    bench.compressing.add(take.with_name("gone.myo"))
    bench.compressing.add(take)
    bench.compressing.add(take)
    for t in (100.0, 110.0, 120.0):
        bench.look(t)
    bench.finish()
    bench.look(130.0)
    assert bench.settings.uncompressed == []
    assert is_compressed(take)
    assert bench.log.lines[0].text == "gone.myo is no longer there; nothing is left to be done with it."


def test_what_a_person_stops_is_not_begun_again(bench, take):
    bench.compressing.add(take)
    bench.look(100.0, recording=object())
    bench.compressing._settings.uncompressed = [str(take)]
    bench.look(100.0)
    bench.compressing._wait = lambda _: bench.jobs.stop(bench.compressing._job.number)
    bench.look(110.0)
    bench.finish()
    bench.look(120.0)
    assert bench.settings.uncompressed == []
    assert not is_compressed(take)


def test_it_can_be_turned_off(bench, take):
    bench.compressing.add(take)
    assert bench.compressing.wanted
    bench.compressing.toggle()
    bench.compressing.recorded(take, GOOD)
    assert not bench.compressing.wanted
    assert bench.settings.uncompressed == []
    bench.compressing.toggle()
    bench.compressing.recorded(take, GOOD)
    assert bench.settings.uncompressed == [str(take)]


def test_what_was_not_done_is_remembered(tmp_path, take):
    settings = Settings(uncompressed=[str(take)], compress=True)
    settings.save(tmp_path / "settings.json")
    again = Settings.load(tmp_path / "settings.json")
    assert (again.uncompressed, again.compress) == ([str(take)], True)


# By hand


def run(monkeypatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["myoscope", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_the_command_line_compresses(take, monkeypatch, capsys):
    assert run(monkeypatch, "compact", str(take)) == 0
    assert "every sample was read back and verified" in capsys.readouterr().out
    assert is_compressed(take)
    assert run(monkeypatch, "compact", str(take)) == 0
    assert "compressed already" in capsys.readouterr().out
    assert run(monkeypatch, "compact", str(take / "emg")) == 1
    assert "no session of ours" in capsys.readouterr().err


def test_the_command_line_takes_urls(take, monkeypatch, capsys):
    import fsspec

    files = fsspec.filesystem("memory")
    try:
        for file in take.rglob("*"):
            if file.is_file():
                files.pipe(f"/cli/take.myo/{file.relative_to(take).as_posix()}", file.read_bytes())
        assert run(monkeypatch, "info", "memory://cli/take.myo") == 0
        assert "5,000 samples" in capsys.readouterr().out
        assert run(monkeypatch, "check", "memory://cli/take.myo") == 0
        out = take.with_name("out.npz")
        assert run(monkeypatch, "export", "memory://cli/take.myo", "--format", "npz", "--out", str(out)) == 0
        assert out.exists()
    finally:
        files.store.clear()
    assert run(monkeypatch, "check", take.as_uri()) == 0
    assert run(monkeypatch, "info", "memory://cli/gone.myo") == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_a_session_behind_a_url_is_replayed_in_the_place_of_live_streams(take):
    import fsspec

    files = fsspec.filesystem("memory")
    try:
        for file in take.rglob("*"):
            if file.is_file():
                files.pipe(f"/engine/take.myo/{file.relative_to(take).as_posix()}", file.read_bytes())
        with Engine() as engine:
            engine.open_replay("memory://engine/take.myo", play=False)
            replay = engine.snapshot().replay
            assert replay is not None
            assert replay.url.endswith("engine/take.myo")
            assert replay.duration_seconds == pytest.approx(5.0)
            assert list(engine.streams) == ["emg"]
            folder = replay.path
            assert folder.is_dir()
    finally:
        files.store.clear()
    assert not folder.exists()


def test_what_became_of_a_session_is_told_in_the_persons_language():
    done = Compacted(Path("take.myo"), 2_000_000, 800_000)
    assert (
        compacted_words(done)
        == "take.myo: 2 MB became 800 kB, 2.5 times less; every sample was read back and verified."
    )
    language.set_language("de")
    try:
        said = compacted_words(done)
        already = compacted_words(Compacted(Path("take.myo"), 5, 5, already=True))
    finally:
        language.set_language("en")
    assert "became" not in said
    assert all(part in said for part in ("take.myo", "2 MB", "800 kB", "2.5"))
    assert already == "take.myo ist schon komprimiert."
