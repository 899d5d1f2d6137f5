"""What a session's folder holds from its first moment, how its parts are called, and where it can be made."""

from __future__ import annotations

import errno
import json
import math
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import zarr

from myoscope.recordings import Recorder, RecordingError, open_session
from myoscope.sources import StreamInfo

from .sessions import EMG, attributes, block, lines, recorded, recorder


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint32", "int64", "float32", "float64"])
def test_the_metadata_are_what_zarr_itself_would_write(tmp_path, dtype):
    info = StreamInfo(fs=1000.0, sample_shape=(3,), dtype=dtype)
    session = recorded(tmp_path, 200, info)
    theirs = zarr.open_group(tmp_path / "zarr", mode="w").create_array(
        "samples",
        shape=(200, 3),
        chunks=(10000, 3),
        dtype=dtype,
        compressors=None,
        filters=None,
        fill_value=0,
        chunk_key_encoding={"name": "default", "separator": "."},
        dimension_names=("time", "channel"),
    )
    ours = zarr.open_array(session / "emg" / "samples", mode="r")
    assert ours.metadata == theirs.metadata


def test_a_chunk_is_about_ten_seconds_and_at_most_64_mib(tmp_path):
    made = recorder(tmp_path)
    for name, info in {
        "emg": EMG,
        "wide": StreamInfo(fs=10_000.0, sample_shape=(512,)),
        "slow": StreamInfo(fs=1.0, sample_shape=(2,)),
        "irregular": StreamInfo(fs=0.0, sample_shape=(2,)),
    }.items():
        made.sink(name).open(info)
    made.step(0)
    made.close()
    group = zarr.open_group(made.path, mode="r")
    chunks = {name: group[f"{name}/samples"].chunks for name in ("emg", "wide", "slow", "irregular")}
    assert chunks == {"emg": (20_000, 4), "wide": (32_768, 512), "slow": (1024, 2), "irregular": (4096, 2)}


def test_metadata_are_complete_from_the_first_moment(tmp_path):
    at = datetime(2026, 11, 20, 10, 43, 5, tzinfo=UTC)
    made = recorder(
        tmp_path / "new" / "place",
        name="abduction / left",
        subject="S07",
        notes="chair\n2",
        protocol="MVC",
        app_version="0.1.0",
        utc=lambda: at,
    )
    assert made.path == tmp_path / "new" / "place" / "2026-11-20T104305Z_abduction_left.myo"
    found = attributes(made.path)
    assert len(found.pop("uuid")) == 36
    assert found == {
        "format": "myoscope",
        "version": 1,
        "created": {"utc": "2026-11-20T10:43:05+00:00", "lsl_clock": 1000.0},
        "app_version": "0.1.0",
        "name": "abduction / left",
        "subject": "S07",
        "notes": "chair\n2",
        "protocol": "MVC",
        "task": "",
        "operator": "",
        "take": 0,
        "tags": [],
        "streams": [],
        "state": "recording",
    }
    anchor = lines(made.path / "clock.jsonl")[0]
    assert anchor == {"kind": "utc", "t": 1000.0, "utc": "2026-11-20T10:43:05+00:00", "uncertainty_s": 0.0}
    made.close()


def test_a_second_session_of_the_same_second_gets_a_number(tmp_path):
    at = datetime(2026, 11, 20, 10, 43, 5, tzinfo=UTC)
    paths = [recorded(tmp_path, 100, name="x", utc=lambda: at).name for _ in range(3)]
    assert paths == [f"2026-11-20T104305Z_x{number}.myo" for number in ("", "-2", "-3")]


def test_a_group_knows_its_stream(tmp_path):
    made = recorder(tmp_path)
    made.sink("emg", "lsl:EMG").open(EMG)
    made.close()
    found = json.loads((made.path / "emg" / "zarr.json").read_text(encoding="utf-8"))["attributes"]
    assert found["stream"] == "emg"
    assert found["source"] == "lsl:EMG"
    assert StreamInfo.from_json(found["info"]) == EMG


def test_a_device_that_talks_too_much_is_recorded_all_the_same(tmp_path):
    chatty = replace(EMG, device={"log": "x" * 2**19, "nan": math.nan, "array": np.arange(3), "odd": object()})
    session = open_session(recorded(tmp_path, 100, chatty))
    assert session.streams["emg"].info == replace(EMG, device={})
    modest = replace(EMG, device={"nan": math.nan, "array": np.arange(3), "number": np.float32(2)})
    session = open_session(recorded(tmp_path, 100, modest, name="2"))
    assert session.streams["emg"].info.device == {"nan": None, "array": [0, 1, 2], "number": 2.0}


@pytest.mark.parametrize(
    ("stream", "group"),
    [
        ("aux", "stream_aux"),
        ("CON.txt", "stream_CON.txt"),
        ("ballast", "ballast~2"),
        ("a.", "a"),
        ("__x", "stream_x"),
    ],
)
def test_names_that_some_system_cannot_have_are_changed_and_remembered(tmp_path, stream, group):
    made = recorder(tmp_path)
    made.sink(stream).open(EMG)
    made.close()
    session = open_session(made.path)
    assert list(session.streams) == [group]
    assert session.streams[group].stream == stream


def test_streams_that_differ_in_case_only_do_not_meet(tmp_path):
    made = recorder(tmp_path)
    for name in ("emg", "EMG"):
        sink = made.sink(name)
        sink.open(EMG)
        sink.write(block(0, 10))
    made.close()
    assert [s.n_samples for s in open_session(made.path).streams.values()] == [10, 10]
    assert list(open_session(made.path).streams) == ["emg", "EMG~2"]


def test_files_that_only_recovery_needs_are_gone_after_a_close(tmp_path):
    session = recorded(tmp_path)
    assert {path.name for path in session.iterdir()} == {
        "zarr.json", "emg", "events.jsonl", "gaps.jsonl", "clock.jsonl", "checksums.json",
    }  # fmt: skip
    assert attributes(session)["state"] == "complete"


def test_nothing_is_ever_overwritten(tmp_path):
    session = recorded(tmp_path / "mine.myo", 100)
    with pytest.raises(RecordingError, match="exists already"):
        Recorder(session).open()
    assert open_session(session).streams["emg"].n_samples == 100


def test_a_path_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"cannot be written: .*Choose a folder|exists already"):
        Recorder(tmp_path / "file" / "below").open()
    with pytest.raises(RecordingError):
        Recorder(tmp_path / "file").open()


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_read_only_disk_is_told_in_a_sentence(tmp_path, monkeypatch, code):
    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RecordingError, match=r"cannot be written: .*\. Choose a folder that you may write to\."):
        Recorder(tmp_path / "x.myo").open()
