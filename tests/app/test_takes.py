"""Takes at the desk: numbers, doing one again, trials, protocols, and what blocks Record."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from myoscope import open_session
from myoscope.app.engine import Engine
from myoscope.app.errors import AppError
from myoscope.app.folder_watch import FolderWatch
from myoscope.app.preflight import Override
from myoscope.app.protocols import Protocols, protocols_folder
from myoscope.app.settings import Settings
from myoscope.app.takes import TakeDesk
from myoscope.app.workbench import Workbench
from myoscope.recordings import SessionError
from myoscope.recordings.numbering import takes_in
from myoscope.recordings.protocol import ExpectedStream, RecordingProtocol, read_protocol, write_protocol

PROTOCOL = RecordingProtocol(
    "Shoulder", "abduction", (ExpectedStream("emg", 1000.0, 1.0, 2, "µV"),), 1.0, "{task} {take:02}"
)


@pytest.fixture
def bench(tmp_path, tap, until):
    """Return a workbench with a live stream, that runs; each look at it is fresh."""
    settings = Settings(recordings=str(tmp_path / "recordings"))
    engine = Engine()
    engine.add(stream_of(tap))
    bench = Workbench(engine, settings)
    bench.takes = TakeDesk(engine, settings, engine.snapshot, clock=iter(range(10**9)).__next__)
    with engine:
        until(lambda: engine.streams["emg"].health.n_received > 100, "samples")
        bench.refresh()
        yield bench


def stream_of(tap):
    from myoscope.app.stream_names import watched

    return watched("emg", tap())


def settle(bench, until):
    """Wait until all that was submitted is done."""
    done = threading.Event()
    bench.engine.submit("waiting", done.set)
    until(done.is_set, "the commands")
    bench.refresh()


def press(bench, until):
    """Press Record, or Stop; return the newest session."""
    bench.record_or_stop()
    settle(bench, until)
    return bench.engine.last_recording


def record(bench, until):
    path = press(bench, until)
    press(bench, until)
    bench.takes.watch.look()
    return path


def test_takes_are_counted_by_name_subject_and_task(bench, until, tmp_path):
    takes = bench.takes
    takes.name, takes.subject, takes.task = "abduction", "S07", "lift"
    assert takes.title == "abduction 01"
    first = record(bench, until)
    assert first.name.endswith("_abduction_01.myo")
    assert takes.title == "abduction 02"
    takes.subject = "S08"
    assert takes.title == "abduction 01"
    takes.subject = "S07"
    record(bench, until)
    assert [take.take for take in takes_in(tmp_path / "recordings")] == [1, 2]
    with open_session(first) as session:
        assert (session.about.name, session.about.take, session.about.task) == ("abduction", 1, "lift")
        assert session.attributes["preflight"]["grade"] == "ok"
        assert session.attributes["attempt"] == 1
        assert session.events == (), "nothing was said, so nothing is noted"
    # A restart counts on from what is in the folder.
    again = TakeDesk(bench.engine, bench.settings, bench.engine.snapshot)
    again.name, again.subject, again.task = "abduction", "S07", "lift"
    again.watch.look()
    assert again.title == "abduction 03"


def test_the_last_take_is_done_again_and_brought_back(bench, until):
    takes = bench.takes
    takes.name, takes.operator = "abduction", "AB"
    assert "no take" in takes.why_not_redo()
    assert takes.why_not_bring_back()
    first, second = record(bench, until), record(bench, until)
    assert takes.why_not_redo() == ""
    takes.redo()
    settle(bench, until)
    assert takes.title == "abduction 02 (2)"
    assert second.is_dir(), "nothing is removed"
    takes.bring_back()
    settle(bench, until)
    assert takes.title == "abduction 03"
    takes.redo()
    settle(bench, until)
    third = record(bench, until)
    assert third.name.endswith("_abduction_02_2.myo")
    with open_session(second) as session:
        assert session.about.superseded == third.name
    with open_session(third) as session:
        assert (session.about.take, session.attributes["attempt"]) == (2, 2)
    assert takes.title == "abduction 03"
    assert takes.last.path == third
    assert first.is_dir()


def test_a_take_that_runs_is_stopped_and_set_aside(bench, until):
    bench.takes.name = "abduction"
    path = press(bench, until)
    assert bench.takes.why_not_redo() == ""
    assert "Stop it first" in bench.takes.why_not_bring_back()
    bench.takes.redo()
    settle(bench, until)
    assert bench.state.recording is None
    assert bench.takes.title == "abduction 01 (2)"
    with open_session(path) as session:
        assert session.state == "complete"
        assert session.about.superseded


def test_trials_are_numbered_and_done_again(bench, until):
    takes = bench.takes
    assert "Nothing is being recorded" in takes.why_no_trial()
    press(bench, until)
    assert "No trial" in takes.why_not_redo_trial()
    takes.begin_trial()
    takes.begin_trial()
    takes.redo_trial()
    takes.redo_trial()
    takes.begin_trial()
    assert takes.next_trial == 4
    path = press(bench, until)
    with open_session(path) as session:
        trials = [(e.label, e.text) for e in session.events if e.kind == "trial"]
        noted = [(e.label, e.text) for e in session.events_as_noted if e.kind == "trial"]
    again = ("trial 2", "superseded")
    assert trials == [("trial 1", ""), again, again, ("trial 2", "attempt 3"), ("trial 3", "")]
    assert noted[1:3] == [("trial 2", ""), ("trial 2", "attempt 2")], "as they were noted"
    press(bench, until)
    assert takes.next_trial == 1, "another recording begins anew"


def test_red_blocks_record_until_somebody_overrides_it(bench, until):
    opened = []
    bench.shown_dialog = opened.append
    missing = replace(PROTOCOL, streams=(*PROTOCOL.streams, ExpectedStream("markers")))
    bench.takes.protocols.save(missing)
    bench.takes.choose("Shoulder")
    bench.record_or_stop()
    assert opened == ["preflight"]
    assert bench.engine.snapshot().recording is None
    with pytest.raises(AppError, match="markers"):
        bench.takes.begin()
    bench.takes.begin(Override("2026-11-20T10:00:00+00:00", "AB", "without markers today"))
    settle(bench, until)
    path = press(bench, until)
    with open_session(path) as session:
        assert session.attributes["preflight"]["override"]["items"] == [["markers", "expected"]]
        assert session.attributes["preflight"]["override"]["reason"] == "without markers today"
        assert [e.label for e in session.events if e.kind == "preflight"] == ["preflight overridden"]
        assert session.about.protocol == "Shoulder"
        assert session.about.task == "abduction"


def test_a_protocol_is_remembered_and_sets_the_seconds_before(bench, until):
    takes = bench.takes
    filled = []
    takes.filled_in = lambda **texts: filled.append(texts)
    takes.protocols.save(PROTOCOL)
    takes.choose("Shoulder")
    assert filled == [{"task": "abduction"}]
    assert bench.settings.protocol == "Shoulder"
    assert bench.settings.pretrigger_s == 1.0
    until(lambda: bench.engine.snapshot().pretrigger.kept_s >= 1.0, "a second of past")
    assert takes.look().grade == "ok"
    assert takes.look().protocol == "Shoulder"
    path = record(bench, until)
    assert path.name.endswith("_abduction_01.myo")
    with open_session(path) as session:
        stamps = session.streams["emg"].read()[1]
        data = session.streams["emg"].read()[0][:, 0]
        assert session.attributes["trigger"]["t"] - stamps[0] == pytest.approx(1.0, abs=0.05)
        assert (data[1:] - data[:-1] == 1).all(), "each sample once"
    again = TakeDesk(bench.engine, bench.settings, bench.engine.snapshot)
    assert again.protocol == PROTOCOL
    assert again.task == "abduction"
    takes.protocols.remove("Shoulder")
    gone = TakeDesk(bench.engine, bench.settings, bench.engine.snapshot)
    assert gone.protocol is None
    assert bench.settings.protocol == ""


def test_what_is_connected_becomes_a_protocol_that_is_in_order(bench):
    made = bench.takes.protocol_now("Today")
    assert [(s.stream, s.fs, s.n_channels, s.unit) for s in made.streams] == [("emg", 1000.0, 2, "µV")]
    bench.takes.protocols.save(made)
    bench.takes.choose("Today")
    assert bench.takes.look().grade == "ok"


def test_protocols_are_taken_in_and_handed_out(tmp_path):
    protocols = Protocols(tmp_path / "protocols")
    assert protocols.all() == {}
    protocols.save(PROTOCOL)
    out = protocols.hand_out(PROTOCOL, tmp_path)
    assert read_protocol(out) == PROTOCOL
    with pytest.raises(AppError, match="exists already"):
        protocols.hand_out(PROTOCOL, tmp_path)
    assert protocols.take_in(out).name == "Shoulder", "it is here already"
    write_protocol(out, replace(PROTOCOL, planned_minutes=9.0))
    assert protocols.take_in(out).name == "Shoulder (2)"
    assert list(protocols.all()) == ["Shoulder", "Shoulder (2)"]
    with pytest.raises(SessionError):
        protocols.take_in(tmp_path / "none")
    (tmp_path / "protocols" / "bad.protocol.json").write_text("{")
    assert list(protocols.all()) == ["Shoulder", "Shoulder (2)"]
    assert len(protocols.problems) == 1
    with pytest.raises(AppError, match="differs more"):
        protocols.save(replace(PROTOCOL, name="Shoulder_"))
    assert protocols.get("") is None


def test_where_protocols_are_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("MYOSCOPE_CONFIG_DIR", str(tmp_path))
    assert protocols_folder() == tmp_path / "protocols"
    monkeypatch.delenv("MYOSCOPE_CONFIG_DIR")
    assert protocols_folder().name == "protocols"


def test_the_folder_is_watched_in_the_background(tmp_path, until):
    from myoscope.recordings import Recorder

    watch = FolderWatch(lambda: tmp_path, pytest.fail).start()
    try:
        until(lambda: watch.takes == (), "the first look")
        assert watch.disk_free_bytes > 0
        with Recorder(tmp_path / "a.myo", name="x", take=4):
            pass
        watch.look_again()
        until(lambda: watch.takes and watch.takes[0].take == 4, "the take")
        kept = watch.takes[0]
        watch.look_again()
        until(lambda: watch.takes[0] is kept, "what has not changed is not read again")
    finally:
        watch.stop()
