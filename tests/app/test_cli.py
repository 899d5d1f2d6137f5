"""The command line as a person or a script uses it: real processes, honest exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from myoscope import open_session
from myoscope.app.stream_names import make_streams, stream_name
from tests.app.command import RUN, refused
from tests.recordings.small_disks import memory_disk
from tests.waiting import until

SOURCE = "synthetic:?n_channels=4&rate_hz=1000"


def myoscope(*arguments, timeout=60):
    """Run the command line; return the finished process."""
    return subprocess.run([*RUN, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, check=False)


def until_recorded(process, session):
    """Wait until some samples are in a session that a program records."""
    log = session / "commits.log"
    until(lambda: log.exists() and log.stat().st_size > 500, "samples in the session", 30.0, program=process)


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    out = tmp_path_factory.mktemp("cli")
    result = myoscope("record", f"emg={SOURCE}", "--out", out, "--seconds", "1", "--name", "lift", "--subject", "S01")
    assert result.returncode == 0, result.stderr
    return Path(result.stdout.strip())


def test_record_prints_the_session_and_info_tells_what_it_holds(take):
    assert take.name.endswith("_lift.myo")
    result = myoscope("info", take, "--json")
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert set(report) == {"uuid", "created", "state", "streams"}
    assert report["state"] == "complete"
    assert list(report["streams"]) == ["emg"]
    emg = report["streams"]["emg"]
    assert set(emg) == {"n_samples", "n_channels", "fs", "unit", "duration_s", "n_gaps", "n_lost"}
    assert (emg["n_channels"], emg["fs"], emg["unit"], emg["n_lost"]) == (4, 1000, "µV", 0)
    assert emg["n_samples"] >= 900
    assert emg["duration_s"] == pytest.approx(emg["n_samples"] / 1000, rel=0.01)


def test_check_is_content_with_a_good_session_and_not_with_a_flipped_bit(take, tmp_path):
    result = myoscope("check", take, "--json")
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert report["ok"] is True
    assert report["problems"] == []
    broken = tmp_path / "broken.myo"
    subprocess.run(["cp", "-r", take, broken], check=True)
    chunk = broken / "emg" / "samples" / "c.0.0"
    data = bytearray(chunk.read_bytes())
    data[1000] ^= 1
    chunk.write_bytes(data)
    result = myoscope("check", broken, "--json")
    assert result.returncode == 1
    report = json.loads(result.stdout)
    assert report["ok"] is False
    assert len(report["problems"]) == 1


def test_info_and_check_in_words(take):
    words = myoscope("info", take.parent).stdout
    assert "emg: 4 channels, 1000 Hz, µV" in words
    assert "Everything is in order" in myoscope("check", take).stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0)])
def test_a_signal_closes_the_session_properly(tmp_path, number, code):
    process = subprocess.Popen(
        [*RUN, "record", SOURCE, "--out", tmp_path / "take.myo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until_recorded(process, tmp_path / "take.myo")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, err) == (code, "")
    assert out.strip() == str(tmp_path / "take.myo")
    with open_session(tmp_path / "take.myo") as session:
        assert session.state == "complete"
        assert session.streams["emg"].n_samples > 100


def test_kill_9_loses_nothing_that_was_written(tmp_path):
    process = subprocess.Popen([*RUN, "record", SOURCE, "--out", tmp_path / "take.myo"], stdout=subprocess.DEVNULL)
    until_recorded(process, tmp_path / "take.myo")
    process.kill()
    process.wait(20)
    report = json.loads(myoscope("info", tmp_path / "take.myo", "--json").stdout)
    assert report["state"] == "recovered"
    assert report["streams"]["emg"]["n_samples"] > 100
    assert myoscope("check", tmp_path / "take.myo").returncode == 0


def test_an_early_end_by_signal_is_told_by_the_exit_code(tmp_path):
    process = subprocess.Popen(
        [*RUN, "record", SOURCE, "--out", tmp_path / "take.myo", "--seconds", "60"], stdout=subprocess.PIPE
    )
    until_recorded(process, tmp_path / "take.myo")
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM


def test_devices_as_json():
    result = myoscope("devices", "--json", "--timeout", "0.2")
    assert result.returncode == 0
    names = {device["name"] for device in json.loads(result.stdout)}
    assert "synthetic:" in names
    assert "brainflow:synthetic" in names


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["record", "EMG", "--out", "OUT"], "'EMG' does not name a source. Write KIND:NAME"),
        (["record", "lsl:NoSuchStream?timeout_s=0.5", "--out", "OUT"], "No LSL stream named NoSuchStream"),
        (["record", "synthetic:?n_channels=0", "--out", "OUT"], "channels"),
        (["record", "synthetic:?n_channels=1000000", "--out", "OUT"], "channels"),
        (["record", "synthetic:?rate_hz=nan", "--out", "OUT"], "rate"),
        (["record", "brainflow:nonsense", "--out", "OUT"], "nonsense"),
        (["record", SOURCE, "--out", "FILE"], "FILE"),
        (["info", "OUT"], "OUT"),
        (["check", "OUT/none.myo"], "none.myo"),
        (["replay", "OUT"], "OUT"),
        (["view", SOURCE], "No display: DISPLAY is not set"),
        (["replay", "TAKE"], "No display: DISPLAY is not set"),
        ([], "No display: DISPLAY is not set"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, take, arguments, sentence):
    out, file = tmp_path / "OUT", tmp_path / "FILE"
    out.mkdir()
    file.write_text("not a folder", encoding="utf-8")
    places = {"OUT": str(out), "FILE": str(file), "TAKE": str(take), "OUT/none.myo": str(out / "none.myo")}
    refused(myoscope(*[places.get(argument, argument) for argument in arguments]), sentence)
    assert list(out.iterdir()) == []


def test_a_full_disk_stops_cleanly_with_what_fits(tmp_path):
    with memory_disk(tmp_path / "disk", "2m") as disk:
        result = myoscope(
            "record", "emg=synthetic:?n_channels=64&rate_hz=2048", "--out", disk / "take.myo", "--seconds", "8"
        )
        assert result.returncode == 1
        assert "The disk is full" in result.stderr
        report = json.loads(myoscope("check", disk / "take.myo", "--json").stdout)
        assert report["state"] == "complete"
        assert report["streams"]["emg"]["n_samples"] > 1000
        assert report["streams"]["emg"]["n_lost"] > 0


def test_help_of_every_command():
    words = myoscope("--help").stdout
    for command in ("demo", "devices", "view", "record", "replay", "info", "check"):
        assert command in words
        result = myoscope(command, "--help")
        assert result.returncode == 0
        assert "Usage" in result.stdout
    assert myoscope("--version").stdout.startswith("myoscope ")
    assert myoscope("nonsense").returncode == 2


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("lsl:EMG", "EMG"),
        ("synthetic:?n_channels=8", "emg"),
        ("brainflow:synthetic", "synthetic"),
        ("session:/data/day 1/abduction 3.myo?speed=2", "abduction_3"),
        ("lsl:Größe/2", "Gr_e_2"),
    ],
)
def test_streams_are_named_after_their_source(source, name):
    assert stream_name(source) == name


def test_names_given_and_names_made_unique():
    streams = make_streams(["left=synthetic:", "synthetic:", "synthetic:?n_channels=3"])
    assert [stream.name for stream in streams] == ["left", "emg", "emg-2"]
