"""Export, import and the list of formats on the command line: honest exit codes; real processes where signals come."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from myoscope import open_session
from myoscope.app.cli import main
from myoscope.app.format_options import options_of, values_of
from myoscope.recordings import SessionError
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import FORMATS, format_named
from myoscope.sources import Event, StreamInfo, names
from tests.app.command import RUN, refused
from tests.waiting import until


@pytest.fixture
def myoscope(capsys, monkeypatch):
    """Return a function that runs the command line and tells exit code and output."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["myoscope", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return SimpleNamespace(returncode=ended.value.code, stdout=told.out, stderr=told.err)

    return run


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    path = tmp_path_factory.mktemp("formats") / "take.myo"
    with SessionBuilder(path, clock_at_created=10.0) as builder:
        builder.stream("emg", StreamInfo(fs=1000.0, channel_names=names("emg", 3), unit="µV", dtype="int16", scale=0.5))
        data = np.random.default_rng(1).integers(-1000, 1000, (5000, 3)).astype(np.int16)
        builder.write("emg", data, 10 + np.arange(5000) / 1000)
        builder.event(Event(11.0, "marker", "lift"))
        builder.finish()
    return path


def test_out_and_in_again(myoscope, take, tmp_path):
    result = myoscope("export", take, "--format", "xdf", "--out", tmp_path / "take.xdf", "-o", "values=raw")
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == str(tmp_path / "take.xdf")
    assert "value × scale" in result.stderr
    result = myoscope("import", tmp_path / "take.xdf", "--out", tmp_path / "back.myo")
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == str(tmp_path / "back.myo")
    with open_session(take) as before, open_session(tmp_path / "back.myo") as after:
        for one, other in zip(before.streams["emg"].read(), after.streams["emg"].read(), strict=True):
            np.testing.assert_array_equal(one, other)
        assert before.events == after.events


def test_without_out_it_lies_beside_the_session(myoscope, take):
    for name in ("take.h5", "take-2.h5"):
        result = myoscope("export", take, "--format", "hdf5")
        assert result.returncode == 0, result.stderr
        assert result.stdout.strip() == str(take.with_name(name))
        assert take.with_name(name).stat().st_size > 10_000


def test_the_suffix_may_say_the_format(myoscope, take, tmp_path):
    assert myoscope("export", take, "--out", tmp_path / "take.xdf").returncode == 0
    refused(myoscope("export", take, "--out", tmp_path / "take.mat"), "one of mat5, mat73")
    refused(myoscope("export", take, "--out", tmp_path / "take.doc"), "Say which format")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--format", "docx"), "There is no format 'docx'"),
        (("--format", "xdf", "-o", "values=none"), "values is one of physical, raw"),
        (("--format", "xdf", "-o", "speed=1"), "has no option 'speed'"),
        (("--format", "xdf", "-o", "raw"), "NAME=VALUE"),
        (("--format", "mat5", "-o", "values=raw"), "There are: none"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(myoscope, take, tmp_path, arguments, sentence):
    refused(myoscope("export", take, "--out", tmp_path / "out.xdf", *arguments), sentence)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_touched(myoscope, take, tmp_path):
    (tmp_path / "take.xdf").write_text("mine")
    refused(myoscope("export", take, "--out", tmp_path / "take.xdf"), "is there already")
    assert (tmp_path / "take.xdf").read_text() == "mine"


def test_files_that_are_none_are_refused(myoscope, tmp_path):
    refused(myoscope("import", tmp_path / "none.xdf"), "is no file")
    (tmp_path / "notes.doc").write_text("x")
    refused(myoscope("import", tmp_path / "notes.doc"), "of no format that can be read")
    (tmp_path / "bad.xdf").write_bytes(b"no")
    refused(myoscope("import", tmp_path / "bad.xdf"), "is no XDF file")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.xdf", "notes.doc"]


def test_the_list_tells_all_formats(myoscope, take):
    result = myoscope("formats", "--json")
    assert result.returncode == 0, result.stderr
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert list(rows) == [one.name for one in FORMATS]
    assert rows["xdf"]["write_options"] == {"values": "physical"}
    assert rows["xdf"]["read_options"] == {"clock": "synchronised"}
    text = myoscope("export", "--list")
    assert text.returncode == 0
    assert text.stdout == myoscope("formats").stdout
    assert all(one.title in text.stdout for one in FORMATS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_leaves_nothing(tmp_path, number):
    """A long session, stopped as soon as there is something of the export."""
    path = tmp_path / "long.myo"
    with SessionBuilder(path, clock_at_created=10.0) as builder:
        builder.stream("emg", StreamInfo(fs=2000.0, channel_names=names("emg", 64)))
        data = np.random.default_rng(1).normal(size=(40_000, 64)).astype(np.float32)
        for i in range(12):
            builder.write("emg", data, 10 + (i * 40_000 + np.arange(40_000)) / 2000)
        builder.finish()
    out = tmp_path / "out"
    out.mkdir()
    command = [*RUN, "export", str(path), "--format", "hdf5", "--out", str(out / "long.h5")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: list(out.iterdir()), "something of the export", 60.0, program=process)
    os.kill(process.pid, number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 128 + number, told
    assert "nothing of it is left" in told
    assert list(out.iterdir()) == []


def test_options_are_read_as_their_functions_take_them():
    xdf = format_named("xdf")
    assert values_of(xdf, "write", {"values": " raw "}) == {"values": "raw"}
    assert values_of(xdf, "write", {"values": ""}) == {}
    with pytest.raises(SessionError, match="no option 'clock'"):
        values_of(xdf, "write", {"clock": "own"})
    npz = format_named("npz")
    (rate,) = (option for option in options_of(npz, "read") if option.name == "fs")
    assert rate.is_number
    assert rate.value("1259.2593") == 1259.2593
    for text in ("fast", "nan", "inf"):
        with pytest.raises(SessionError, match="is a number"):
            rate.value(text)
