"""Recording: what goes in comes out, once, whatever happens on the way."""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import Recorder, RecordingError, check_session, disk, open_session
from myoscope.sources import Block, Event, Sink, StreamInfo

from .sessions import EMG, MARKERS, SteppedTime, block, counted, recorded, recorder


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def attributes(session: Path) -> dict:
    return json.loads((session / "zarr.json").read_text(encoding="utf-8"))["attributes"]


# What is on disk


@given(st.lists(st.integers(0, 700), min_size=1, max_size=12), st.sampled_from([EMG, MARKERS]))
def test_blocks_of_any_length_come_back_bit_exact(tmp_path_factory, lengths, info):
    made = recorder(tmp_path_factory.mktemp("blocks"), chunk_seconds=0.01)
    sink = made.sink("a")
    sink.open(info)
    n = 0
    for length in lengths:
        sink.write(block(n, length, info))
        n += length
        if length % 2:
            made.step(0)
    made.close()
    assert check_session(made.path)["problems"] == []
    data, timestamps = open_session(made.path).streams["a"].read()
    assert data.dtype == info.dtype
    assert data.tobytes() == counted(0, n, info).tobytes()
    assert (timestamps == 50.0 + np.arange(n) / info.fs).all()
    group = zarr.open_group(made.path, mode="r")
    assert group["a/samples"][:].tobytes() == data.tobytes()
    assert group["a/timestamps"][:].tobytes() == timestamps.tobytes()


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


# Publishing and acknowledging


def test_rows_are_acknowledged_after_half_a_second_and_published_within_one(tmp_path):
    time = SteppedTime()
    made = recorder(tmp_path, time)
    sink = made.sink("emg")
    sink.open(EMG)

    def published() -> int:
        return zarr.open_array(made.path / "emg" / "samples", mode="r").shape[0]

    n = 0
    seen = []
    for _ in range(60):
        sink.write(block(n, 100))
        n += 100
        time.sleep(0.05)
        made.step(0)
        status = made.status
        assert status.n_written["emg"] == n
        assert status.n_acknowledged["emg"] >= n - 1000  # 0.5 s
        assert published() >= n - 2000  # 1 s
        assert published() <= status.n_acknowledged["emg"]
        seen.append(published())
    assert seen == sorted(seen)
    assert (zarr.open_array(made.path / "emg" / "samples", mode="r")[:] == counted(0, seen[-1])).all()
    made.close()


def test_step_waits_for_blocks_to_gather_but_no_longer_than_asked(tmp_path):
    made = recorder(tmp_path, queue_bytes=10_000)
    sink = made.sink("emg")
    sink.open(EMG)
    made.step(0.001)
    sink.write(block(0, 500))  # more than half the queue, so this step does not wait at all
    made.step(timeout_s=3600.0)
    assert made.status.n_written == {"emg": 500}
    made.close()


def test_status_tells_how_it_goes(tmp_path):
    time = SteppedTime()
    made = recorder(tmp_path, time)
    assert made.status.n_written == {}
    assert made.status.disk_seconds_left == math.inf
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 2001, lost=3))
    assert made.status.queue_fraction > 0
    time.sleep(2.0)
    made.step(0)
    status = made.status
    assert status.seconds == pytest.approx(1.0)
    assert status.n_lost == 3
    assert status.n_gaps == 1
    assert status.queue_fraction == 0
    assert status.bytes_written == 2001 * (4 * 2 + 8)
    assert status.disk_seconds_left == pytest.approx(status.disk_free_bytes / (status.bytes_written / 2.0))
    assert status.error == ""
    made.close()
    assert made.status.n_acknowledged == {"emg": 2001}


# Events, notes, clocks


def test_events_are_kept_whatever_they_say(tmp_path):
    made = recorder(tmp_path)
    some = [
        Event(1.25, "marker", "MVC µ «»"),
        Event(2.0, "label", "\ud800\n", "x" * 100, "emg"),
        Event(np.float64(3), "a", "b"),
    ]
    for event in some:
        made.event(event)
    made.close()
    assert open_session(made.path).events == tuple(some)


def test_text_markers_make_no_arrays(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("cues")
    sink.open(StreamInfo(fs=0.0, dtype="str", sample_shape=(1,)))
    sink.write(Block(np.array([["go"], ["stop"]], dtype=object), np.array([1.0, 2.0])))
    sink.write(Block(np.array([["late"]], dtype=object), np.array([9.0]), 4))
    made.close()
    session = open_session(made.path)
    assert session.streams == {}
    assert [(gap.stream, gap.sample, gap.n_lost) for gap in session.gaps] == [("cues", 2, 4)]


def test_notes_can_be_changed_while_it_records(tmp_path):
    made = recorder(tmp_path, subject="S01")
    made.describe(subject="S02", notes="sweaty")
    made.step(0)
    assert (attributes(made.path)["subject"], attributes(made.path)["notes"]) == ("S02", "sweaty")
    made.describe(name="n" * 10**6)
    made.close()
    session = open_session(made.path)
    assert session.subject == "S02"
    assert len(session.name) == 32 * 2**10


def test_the_clock_is_anchored_every_ten_seconds_and_offsets_are_kept(tmp_path):
    time = SteppedTime()
    made = recorder(tmp_path, time)
    made.clock_offset("emg", -0.25, 1e-4)
    for _ in range(25):
        time.sleep(1.0)
        made.step(0)
    made.close()
    found = lines(made.path / "clock.jsonl")
    assert [line["t"] for line in found if line["kind"] == "utc"] == [1000.0, 1010.0, 1020.0, 1025.0]
    offset = next(line for line in found if line["kind"] == "source")
    assert offset == {"kind": "source", "t": 1000.0, "stream": "emg", "offset_s": -0.25, "uncertainty_s": 1e-4}


# A source that comes back


def test_a_source_that_comes_back_leaves_a_named_gap(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    sink.open(EMG)
    sink.write(block(100, 50, lost=20, at=120))
    sink.open(replace(EMG, name="another of the kind"))
    sink.write(block(150, 50, at=170))
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.read()[0] == counted(0, 200)).all()
    assert [(gap.sample, gap.n_lost, gap.cause) for gap in stream.gaps] == [
        (100, 20, "reconnected"),
        (170, 0, "reconnected"),
    ]
    assert stream.gaps[0].t_first == pytest.approx(50.0 + 99 / 2000)
    assert stream.gaps[0].t_last == pytest.approx(50.0 + 120 / 2000)


def test_a_changed_stream_begins_a_group_of_its_own(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    other = replace(EMG, fs=1000.0)
    sink.open(other)
    sink.write(block(0, 40, other, lost=7, t0=60.0))
    sink.open(EMG)
    sink.write(block(100, 10, t0=70.0))
    made.close()
    session = open_session(made.path)
    assert [(name, s.stream, s.n_samples, s.n_lost) for name, s in session.streams.items()] == [
        ("emg", "emg", 100, 0),
        ("emg~2", "emg", 40, 7),
        ("emg~3", "emg", 10, 0),
    ]
    gap = session.streams["emg~2"].gaps[0]
    assert (gap.sample, gap.cause) == (0, "reconnected")
    assert (gap.t_first, gap.t_last) == (pytest.approx(50.0 + 99 / 2000), 60.0)
    assert check_session(made.path)["problems"] == []


def test_a_stream_taken_up_again_goes_on_in_its_group(tmp_path):
    made = recorder(tmp_path)
    for first in (0, 10):
        sink = made.sink("emg")
        sink.open(EMG)
        sink.write(block(first, 10))
        sink.close()
        sink.close()
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.n_samples, stream.gaps[0].cause) == (20, "reconnected")


def test_what_is_lost_before_an_end_is_named(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 10))
    sink.write(Block(np.empty((0, 4), "int16"), np.empty(0), 5))
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.n_samples, stream.n_lost, stream.gaps[0].sample) == (10, 5, 10)


def test_a_block_that_does_not_fit_is_a_named_gap(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 10))
    sink.write(Block(np.zeros((5, 3), "int16"), np.arange(5.0)))
    sink.write(Block(np.zeros((5, 4), "float64"), np.arange(5.0)))
    sink.write(Block(counted(10, 10).astype(">i2"), np.arange(10.0)))  # another byte order is no loss
    made.step(0)
    assert "not as announced" in made.status.error
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.read()[0] == counted(0, 20)).all()
    assert [(gap.sample, gap.n_lost, gap.cause) for gap in stream.gaps] == [
        (10, 5, "unfit block"),
        (15, 5, "unfit block"),
    ]


# The queue


def test_a_full_queue_refuses_names_and_tells(tmp_path):
    made = recorder(tmp_path, queue_bytes=20 * 100 * 16)
    sink = made.sink("emg")
    sink.open(EMG)
    for first in range(0, 3000, 100):
        sink.write(block(first, 100, lost=1 if first == 2500 else 0))
    assert made.status.queue_fraction == 1
    assert made.status.n_lost == 1001
    assert "too slow" in made.status.error
    made.step(0)
    sink.write(block(3000, 100, at=3001))
    made.close()
    assert "too slow" in made.status.error
    stream = open_session(made.path).streams["emg"]
    assert (stream.read()[0] == np.concatenate([counted(0, 2000), counted(3000, 100)])).all()
    assert {gap.cause: gap.n_lost for gap in stream.gaps} == {"device": 1, "queue full": 1000}
    assert stream.n_samples + stream.n_lost == 3101


def test_what_a_full_queue_refused_last_is_named_at_the_close(tmp_path):
    made = recorder(tmp_path, queue_bytes=1000 * 16)
    sink = made.sink("emg")
    sink.open(EMG)
    for first in range(0, 2000, 100):
        sink.write(block(first, 100))
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.n_samples, stream.n_lost) == (1000, 1000)


# At most 960 rows: further on the numbers that rows hold begin anew.
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), st.booleans()), max_size=16))
def test_delivered_is_recorded_plus_gaps_whatever_the_queue_does(tmp_path_factory, deliveries):
    made = recorder(tmp_path_factory.mktemp("queue"), queue_bytes=100 * 16)
    sink = made.sink("emg")
    sink.open(EMG)
    n = lost_by_device = 0
    for rows, lost, step in deliveries:
        sink.write(block(n, rows, lost=lost))
        n += rows
        lost_by_device += lost
        if step:
            made.step(0)
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert stream.n_samples + stream.n_lost == n + lost_by_device
    assert made.status.n_lost == stream.n_lost
    # The first channel tells each row's number: every row is there once, in order.
    numbers = stream.read()[0][:, 0] // 31
    assert (np.diff(numbers) > 0).all()


def test_sinks_are_sinks_and_write_nothing_after_the_end(tmp_path):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    assert isinstance(sink, Sink)
    sink.open(EMG)
    made.close()
    made.close()
    sink.write(block(0, 10))
    made.step(0)
    assert made.status.n_lost == 0
    assert open_session(made.path).streams["emg"].n_samples == 0


# Disks that fail


class Disk:
    """A disk with room for so many bytes; only samples, lines and the log are written through it."""

    def __init__(self, room: int, code: int = errno.ENOSPC):
        self.room, self.code = room, code

    def __call__(self, file, data):
        n = min(len(data), self.room)
        if not n:
            raise OSError(self.code, os.strerror(self.code))
        self.room -= n
        return file.write(data[:n])


@pytest.mark.parametrize("room", [0, 7, 100, 4321, 16_000, 30_000])
def test_a_full_disk_keeps_what_fits(tmp_path, monkeypatch, room):
    time = SteppedTime()
    made = recorder(tmp_path, time)
    sink = made.sink("emg")
    sink.open(EMG)
    made.step(0)
    full = Disk(room)
    monkeypatch.setattr(disk, "write_some", full)
    freed = SteppedTime(0)

    def free_ballast():
        (made.path / "ballast").unlink()
        full.room += 256 * 2**10
        freed.sleep(1)

    monkeypatch.setattr(made._take.folder, "free_ballast", free_ballast)
    for first in range(0, 5000, 100):
        sink.write(block(first, 100))
        if first % 700 == 0:
            made.step(0)
    made.step(0)
    n = made.status.n_written["emg"]
    seconds = f"00:{int(n / 2000):02}"
    assert made.status.error == f"The disk is full: {seconds} are safe in {made.path}. Free space and record again."
    sink.write(block(5000, 100, lost=2))
    assert made.status.n_lost == 5102 - n
    made.close()
    assert freed() == 1
    assert attributes(made.path)["state"] == "complete"
    assert attributes(made.path)["ended"] == "disk full"
    stream = open_session(made.path).streams["emg"]
    assert stream.n_samples == n >= room // 16 - 700  # never less than what fits by more than one write
    assert (stream.read()[0] == counted(0, n)).all()
    assert stream.n_samples + stream.n_lost == 5102
    assert {gap.cause for gap in stream.gaps} <= {"disk full", "device"}
    assert check_session(made.path)["problems"] == []


def test_a_really_full_disk(tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mount)]
    if not sys.platform.startswith("linux") or shutil.which("mount") is None:
        pytest.skip("A small disk can be made on Linux only.")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("A small disk may not be mounted here: that takes root.")
    try:
        time = SteppedTime()
        made = recorder(mount, time, chunk_seconds=1.0)
        sink = made.sink("emg")
        sink.open(EMG)
        n = 0
        while not made.status.error and n < 10**6:
            sink.write(block(n, 100))
            n += 100
            time.sleep(0.05)
            made.step(0)
        assert "The disk is full" in made.status.error
        made.event(Event(1.0, "marker", "last words"))
        made.close()
        session = open_session(made.path)
        stream = session.streams["emg"]
        assert stream.n_samples + stream.n_lost == n
        assert stream.n_samples > 80_000
        assert (stream.read()[0] == counted(0, stream.n_samples)).all()
        assert session.ended == "disk full"
        assert [event.label for event in session.events] == ["last words"]
        assert check_session(made.path)["problems"] == []
        session.close()
        with (mount / "rest").open("wb", buffering=0) as rest, suppress(OSError):
            while rest.write(bytes(2**12)):
                pass
        with pytest.raises(RecordingError, match=r"full\. Free space"):
            Recorder(mount).open()
        assert {path.name for path in mount.iterdir()} == {made.path.name, "rest"}
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


@pytest.mark.parametrize(
    ("room", "n_rows"), [(0, 0), (200_000, 5000), (480_000, 20_000), (600_001, 34_995), (900_000, 52_491)]
)
def test_a_disk_that_fills_among_large_blocks_keeps_what_fits(tmp_path, monkeypatch, room, n_rows):
    """A chunk of 20,000 rows takes 160 kB of timestamps, which come first, as much of samples, and 36 for a commit."""
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    made.step(0)
    monkeypatch.setattr(disk, "write_some", Disk(room))
    for first in range(0, 60_000, 20_000):
        sink.write(block(first, 20_000))
    made.step(0)
    n = made.status.n_written["emg"]
    assert (n, made.status.n_lost) == (n_rows, 60_000 - n_rows)
    monkeypatch.undo()
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert stream.n_samples == n
    assert (stream.read()[0] == counted(0, n)).all()
    assert stream.n_samples + stream.n_lost == 60_000


def test_a_disk_that_fails_is_told_and_what_is_written_is_recovered(tmp_path, monkeypatch):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    monkeypatch.setattr(disk, "write_some", Disk(0, errno.EIO))
    sink.write(block(100, 100))
    made.step(0)
    assert made.status.error.startswith("The disk failed (Input/output error): 00:00 are safe in")
    assert made.status.n_lost == 100
    made.close()
    monkeypatch.undo()
    session = open_session(made.path)
    assert session.state == "recovered"
    assert session.streams["emg"].n_samples == 100


def test_a_failure_at_the_close_is_raised_when_nobody_knew(tmp_path, monkeypatch):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    chunk = made.path / "emg" / "samples" / "c.0.0"
    data = bytearray(chunk.read_bytes())
    data[3] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(RecordingError, match="does not hold what was written"):
        made.close()
    assert attributes(made.path)["state"] == "recording"
    assert "does not hold" in made.status.error


def test_a_folder_that_is_deleted_is_not_made_again(tmp_path):
    time = SteppedTime()
    made = recorder(tmp_path, time)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    shutil.rmtree(made.path)
    sink.write(block(100, 100))
    time.sleep(1.0)
    made.step(0)
    assert made.status.error == (
        f"The folder {made.path} is gone while it was being recorded. Record again to another place."
    )
    sink.write(block(200, 100))
    made.close()
    assert not made.path.exists()


def test_a_folder_swapped_for_another_is_left_alone(tmp_path):
    time = SteppedTime()
    made = recorder(tmp_path / "a.myo", time)
    made.path.rename(tmp_path / "b.myo")
    made.path.mkdir()
    time.sleep(1.0)
    made.step(0)
    made.close()
    assert "is gone" in made.status.error
    assert list(made.path.iterdir()) == []


# Beginning


def test_nothing_is_ever_overwritten(tmp_path):
    session = recorded(tmp_path / "mine.myo", 100)
    with pytest.raises(RecordingError, match="exists already"):
        Recorder(session).open()
    assert open_session(session).streams["emg"].n_samples == 100


def test_a_recorder_records_once(tmp_path):
    made = recorder(tmp_path)
    with pytest.raises(RecordingError, match="new Recorder"):
        made.open()
    made.close()
    with pytest.raises(RecordingError, match="new Recorder"):
        made.open()


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


def test_a_disk_that_fills_while_the_folder_is_made_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "write_some", Disk(1000))
    with pytest.raises(RecordingError, match="is full"):
        Recorder(tmp_path).open()
    assert list(tmp_path.iterdir()) == []


def test_it_is_a_context(tmp_path):
    with Recorder(tmp_path, clock=SteppedTime()) as made:
        sink = made.sink("emg")
        sink.open(EMG)
        sink.write(block(0, 10))
    assert open_session(tmp_path).streams["emg"].n_samples == 10
