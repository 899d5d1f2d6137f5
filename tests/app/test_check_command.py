"""`myoscope check`: what it prints, what it writes, how it ends; and how recordings are checked in the background."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from myoscope import SessionError
from myoscope.app.cli import cli
from myoscope.app.engine import Engine
from myoscope.app.jobs import Jobs
from myoscope.app.log import Log
from myoscope.app.reports import Reports
from myoscope.recordings.manifest import verify_manifest
from myoscope.sources import Stream


@pytest.fixture
def log():
    return Log(lambda: 0.0)


@pytest.fixture
def take(tap, until, tmp_path):
    """A short recording, closed, with nothing but what the recorder leaves."""
    with Engine() as engine:
        engine.add(Stream("emg", tap()))
        engine.wait_connected()
        engine.record(tmp_path / "take.myo")
        until(lambda: sum(engine.snapshot().recording.n_written.values()) > 300, "samples")
        return engine.stop_recording()


def run(*arguments):
    return CliRunner().invoke(cli, ["check", *map(str, arguments)])


def damage(take):
    chunk = take / "emg" / "samples" / "c.0.0"
    data = bytearray(chunk.read_bytes())
    data[100] ^= 1
    chunk.write_bytes(data)


def test_it_prints_and_writes_the_report(take, tmp_path):
    page, words = tmp_path / "report.html", tmp_path / "report.txt"
    result = run(take, "--html", page, "--text", words)
    assert result.exit_code == 0
    assert "Everything is in order." in result.output
    assert words.read_text(encoding="utf-8").strip() == result.output.strip()
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert not (take / "report.html").exists(), "a look changes nothing"
    report = json.loads(run(take, "--json").output)
    assert (report["ok"], report["problems"], list(report["streams"])) == (True, [], ["emg"])


def test_it_seals_what_is_in_order_and_finds_what_is_not_afterwards(take):
    assert run(take, "--seal").exit_code == 0
    assert verify_manifest(take).manifest is not None
    assert (take / "report.json").is_file()
    damage(take)
    result = run(take)
    assert result.exit_code == 1
    assert "are not what was recorded (checksum of c.0.0)" in result.output
    result = run(take, "--seal")
    assert isinstance(result.exception, SessionError)
    assert "not sealed" in str(result.exception)


def test_a_recording_is_sealed_and_checked_in_the_background_where_that_is_wanted(tap, until, tmp_path):
    with Engine() as engine:
        engine.add(Stream("emg", tap()))
        engine.wait_connected()
        followed = []
        engine.reports.after.append(lambda path, report: followed.append((path, report.ok)))
        for wanted in (False, True):
            engine.reports.automatic = wanted
            path = engine.record(tmp_path / f"{wanted}.myo")
            until(lambda: sum(engine.snapshot().recording.n_written.values()) > 300, "samples")
            engine.stop_recording()
        until(lambda: followed, "the report")
        checked = engine.reports.newest
        assert followed == [(path, True)]
        assert checked.recorded
        assert checked.report.path == path
        assert checked.html == path / "report.html"
        assert checked.words.startswith("Recorded 00:00 · ")
        assert engine.reports.of(path) is checked
        assert engine.reports.of(tmp_path / "False.myo") is None
        assert not (tmp_path / "False.myo" / "manifest.json").exists()
        assert verify_manifest(path).faults == ()
        assert checked.words in [line.text for line in engine.log.lines]


def test_checking_again_finds_what_was_damaged_and_says_so(take, until, log):
    jobs = Jobs(log)
    reports = Reports(jobs, log)
    damage(take)
    reports.check(take)
    until(lambda: reports.newest is not None, "the report")
    until(lambda: reports.share(take) is None, "the end of the job")
    assert not reports.newest.recorded
    assert reports.newest.words.endswith("1 problem")
    assert log.lines[-1].level == "bad"
    assert (take / "report.html").is_file()
    jobs.stop_all()


def test_what_is_no_session_is_one_sentence_in_the_log(tmp_path, until, log):
    jobs = Jobs(log)
    reports = Reports(jobs, log)
    reports.check(tmp_path)
    until(lambda: log.lines, "the sentence")
    assert "is not a session" in log.lines[0].text
    assert reports.newest is None
    jobs.stop_all()


def test_the_end_of_the_program_waits_for_the_check_of_what_was_just_recorded(tap, until, tmp_path):
    with Engine() as engine:
        engine.add(Stream("emg", tap()))
        engine.wait_connected()
        engine.reports.automatic = True
        path = engine.record(tmp_path / "take.myo")
        until(lambda: sum(engine.snapshot().recording.n_written.values()) > 300, "samples")
    verified = verify_manifest(path)
    assert verified.manifest is not None
    assert verified.faults == ()
    assert (path / "report.json").is_file()
    assert engine.jobs.states == ()
    assert engine.last_counts[0] > 300
