"""Recordings that were cut off: what is there is found, what is not is named, and nothing is invented."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import SessionError, check_session, open_session, recovery
from myoscope.recordings.commits import RECORD_BYTES, Commit, encode
from myoscope.sources import Event

from .sessions import EMG, MARKERS, SteppedTime, block, counted, recorder

N = 3000


def interrupted(folder: Path, *, publish: bool = False, lost: int = 0) -> Path:
    """Return a copy of a session as it was while two streams were recorded: 1024 rows a chunk, 100 rows a commit."""
    clock = SteppedTime()
    made = recorder(folder / "whole.myo", clock, chunk_seconds=0.01)
    emg, markers = made.sink("emg"), made.sink("markers")
    emg.open(EMG)
    markers.open(MARKERS)
    for first in range(0, N, 100):
        emg.write(block(first, 100, lost=lost if first == 2900 else 0))
        markers.write(block(first // 20, 5, MARKERS))
        made.step(0)
        if publish and first == 1500:
            for _ in range(2):
                clock.sleep(1.0)
                made.step(0)
    made.event(Event(1.0, "marker", "go"))
    made.step(0)
    copy = folder / "cut.myo"
    shutil.copytree(made.path, copy)
    made.close()
    return copy


def state(session: Path) -> str:
    return str(json.loads((session / "zarr.json").read_text(encoding="utf-8"))["attributes"]["state"])


def test_an_interrupted_recording_is_recovered_whole(tmp_path):
    session = interrupted(tmp_path)
    opened = open_session(session)
    assert opened.recovered == (
        "The recording was interrupted. Found 3,000 samples of emg, 150 samples of markers; nothing written is missing."
    )
    assert opened.state == state(session) == "recovered"
    assert (opened.streams["emg"].read()[0] == counted(0, N)).all()
    assert (opened.streams["markers"].read()[0] == counted(0, 150, MARKERS)).all()
    assert [event.label for event in opened.events] == ["go"]
    assert zarr.open_group(session, mode="r")["emg/samples"].shape == (N, 4)
    left = {path.name for path in session.iterdir()}
    assert left == {"zarr.json", "emg", "markers", "events.jsonl", "gaps.jsonl", "clock.jsonl", "checksums.json"}
    report = check_session(session)
    assert (report["ok"], report["problems"], report["state"]) == (True, [], "recovered")
    again = open_session(session)
    assert again.recovered == opened.recovered
    assert again.report() == opened.report()


def test_a_recovered_session_keeps_checksums(tmp_path):
    session = interrupted(tmp_path)
    open_session(session)
    chunk = session / "emg" / "samples" / "c.1.0"
    data = bytearray(chunk.read_bytes())
    data[17] ^= 4
    chunk.write_bytes(data)
    problems = check_session(session)["problems"]
    said = "emg: samples 1,024 to 2,047 are not what was recorded (checksum of c.1.0). Restore it from a copy."
    assert problems == [said]


def test_rows_of_zeros_that_nobody_sampled_never_come_back(tmp_path):
    """After a power cut the end of a chunk may not have reached the disk although the log has."""
    session = interrupted(tmp_path)
    chunk = session / "emg" / "samples" / "c.2.0"
    size = chunk.stat().st_size
    row = 4 * 2
    os.truncate(chunk, (2650 - 2048) * row)
    os.truncate(chunk, size)
    opened = open_session(session)
    stream = opened.streams["emg"]
    assert stream.n_samples == 2600  # the last commit that the bytes bear out
    assert (stream.read()[0] == counted(0, 2600)).all()
    gap = stream.gaps[-1]
    assert (gap.sample, gap.n_lost, gap.cause) == (2600, 400, "interrupted")
    assert gap.t_first == pytest.approx(50.0 + 2599 / 2000)
    assert "400 of emg had not reached the disk and are a named gap" in opened.recovered
    assert stream.n_samples + stream.n_lost == N
    report = check_session(session)
    assert report["problems"] == [opened.recovered]
    assert opened.streams["markers"].n_samples == 150


def test_a_whole_chunk_that_is_missing_cuts_there(tmp_path):
    session = interrupted(tmp_path)
    (session / "emg" / "timestamps" / "c.1").unlink()
    stream = open_session(session).streams["emg"]
    assert (stream.n_samples, stream.n_lost) == (1024, N - 1024)


def test_published_rows_are_believed_without_the_log(tmp_path):
    session = interrupted(tmp_path, publish=True)
    (session / "commits.log").unlink()
    opened = open_session(session)
    assert opened.streams["emg"].n_samples == 1600
    assert (opened.streams["emg"].read()[0] == counted(0, 1600)).all()


def test_published_rows_stay_when_the_tail_is_damaged(tmp_path):
    session = interrupted(tmp_path, publish=True)
    chunk = session / "emg" / "samples" / "c.1.0"
    data = bytearray(chunk.read_bytes())
    data[(1650 - 1024) * 8] ^= 1
    chunk.write_bytes(data)
    stream = open_session(session).streams["emg"]
    assert (stream.n_samples, stream.n_lost) == (1600, 1400)


@pytest.mark.parametrize("left", [b"", b'{"zarr_format":3,"sha', None])
def test_array_metadata_that_a_power_cut_took_are_made_again(tmp_path, left):
    session = interrupted(tmp_path, publish=True)
    for name in ("samples", "timestamps"):
        path = session / "emg" / name / "zarr.json"
        path.unlink() if left is None else path.write_bytes(left)
    opened = open_session(session)
    assert (opened.streams["emg"].read()[0] == counted(0, N)).all()
    assert zarr.open_group(session, mode="r")["emg/samples"].shape == (N, 4)
    assert check_session(session)["ok"]


def test_a_gap_whose_line_did_not_reach_the_disk_is_named_from_the_log(tmp_path):
    session = interrupted(tmp_path, lost=7)
    os.truncate(session / "gaps.jsonl", 0)
    stream = open_session(session).streams["emg"]
    assert stream.n_samples + stream.n_lost == N + 7
    assert [(gap.sample, gap.n_lost, gap.cause) for gap in stream.gaps] == [(2900, 7, "cause unknown")]
    assert stream.gaps[0].t_first == pytest.approx(50.0 + 2899 / 2000)
    assert stream.gaps[0].t_last == pytest.approx(50.0 + 2900 / 2000)


def test_torn_lines_are_cut_off(tmp_path):
    session = interrupted(tmp_path, lost=7)
    whole = {}
    for name in ("events.jsonl", "gaps.jsonl", "clock.jsonl"):
        whole[name] = (session / name).read_bytes()
        with (session / name).open("ab") as file:
            file.write(b'{"t": 5, "ki')
    open_session(session)
    assert {name: (session / name).read_bytes() for name in whole} == whole


@given(st.data())
def test_a_log_cut_anywhere_gives_a_prefix(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "prefix"
    if not folder.exists():
        interrupted(folder)
    session = tmp_path_factory.mktemp("cut") / "cut.myo"
    shutil.copytree(folder / "cut.myo", session)
    log = session / "commits.log"
    cut = data.draw(st.integers(0, log.stat().st_size))
    os.truncate(log, cut)
    stream = open_session(session).streams["emg"]
    n_records = cut // RECORD_BYTES
    assert stream.n_samples % 100 == 0 or stream.n_samples % 1024 == 0
    assert stream.n_samples <= n_records * 100
    assert (stream.read()[0] == counted(0, stream.n_samples)).all()
    assert check_session(session)["ok"]
    shutil.rmtree(session)


@given(st.data())
def test_a_damaged_file_never_gives_a_row_that_was_not_recorded(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "damage"
    if not folder.exists():
        interrupted(folder)
    session = tmp_path_factory.mktemp("damage") / "cut.myo"
    shutil.copytree(folder / "cut.myo", session)
    name = data.draw(st.sampled_from(["commits.log", "emg/samples/c.1.0", "emg/samples/c.2.0", "emg/timestamps/c.2"]))
    contents = bytearray((session / name).read_bytes())
    at = data.draw(st.integers(0, len(contents) - 1))
    end = min(len(contents), at + data.draw(st.sampled_from([1, 100, 4096])))
    contents[at:end] = bytes(byte ^ 0x55 for byte in contents[at:end])
    (session / name).write_bytes(contents)
    stream = open_session(session).streams["emg"]
    assert (stream.read()[0] == counted(0, stream.n_samples)).all()
    assert (stream.read()[1] == 50.0 + counted_numbers(stream.n_samples)).all()
    shutil.rmtree(session)


def counted_numbers(n: int):
    return block(0, n).timestamps - 50.0


def test_a_log_of_claims_is_not_believed(tmp_path):
    session = interrupted(tmp_path)
    with (session / "commits.log").open("ab") as file:
        for commit in (Commit(0, 2**32 - 1, 1024, 1, 1, 0), Commit(0, 2, 10**6, 1, 1, 0), Commit(99, 0, 1, 1, 1, 0)):
            file.write(encode(commit))
        file.write(b"\0" * 1000)
    stream = open_session(session).streams["emg"]
    assert (stream.read()[0] == counted(0, N)).all()


def test_recovery_that_was_itself_interrupted_names_a_gap_once(tmp_path, monkeypatch):
    session = interrupted(tmp_path)
    (session / "emg" / "timestamps" / "c.2").unlink()
    real = recovery.replace_json

    def die(path, value, **settings):
        if path == session / "zarr.json":
            raise OSError(errno.EIO, "power cut")
        real(path, value, **settings)

    monkeypatch.setattr(recovery, "replace_json", die)
    open_session(session)
    assert state(session) == "recording"
    monkeypatch.undo()
    stream = open_session(session).streams["emg"]
    assert [(gap.cause, gap.n_lost) for gap in stream.gaps] == [("interrupted", N - 2048)]
    assert stream.n_samples == 2048


def test_a_read_only_folder_is_recovered_in_memory(tmp_path, monkeypatch):
    session = interrupted(tmp_path)
    before = {path: path.read_bytes() for path in session.rglob("*") if path.is_file() and path.name != "writer.lock"}

    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("myoscope.recordings.session.make_whole", refuse)
    opened = open_session(session)
    assert opened.state == "recovered"
    assert "read-only" in opened.recovered
    assert (opened.streams["emg"].read()[0] == counted(0, N)).all()
    assert {path: path.read_bytes() for path in before} == before


def test_a_folder_one_may_not_write_is_recovered_in_memory(tmp_path):
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("root may write everywhere.")
    session = interrupted(tmp_path)
    (session / "writer.lock").chmod(0o444)
    session.chmod(0o555)
    try:
        opened = open_session(session)
        assert opened.streams["emg"].n_samples == N
        assert "read-only" in opened.recovered
    finally:
        session.chmod(0o755)


def test_a_log_that_is_no_file_is_refused(tmp_path):
    session = interrupted(tmp_path)
    (session / "commits.log").unlink()
    (session / "commits.log").symlink_to("/dev/zero" if sys.platform != "win32" else session)
    with pytest.raises(SessionError, match="not a plain file"):
        open_session(session)


def test_a_gap_that_reached_the_disk_before_the_rows_in_front_of_it_leaves_none_unnamed(tmp_path):
    """Gaps go to the disk first; a power cut may come before the rows and the log do."""
    session = interrupted(tmp_path, publish=True, lost=7)
    (session / "commits.log").unlink()
    opened = open_session(session)
    stream = opened.streams["emg"]
    assert stream.n_samples == 1600
    assert sorted((gap.sample, gap.n_lost, gap.cause) for gap in stream.gaps) == [
        (1600, 1300, "interrupted"),
        (2900, 7, "device"),
    ]
    assert "1,300 of emg had not reached the disk and are a named gap" in opened.recovered
    assert check_session(session)["problems"] == [opened.recovered]


def test_rows_that_are_missing_on_both_sides_of_a_gap_are_named_on_both(tmp_path):
    session = interrupted(tmp_path, lost=7)
    (session / "emg" / "timestamps" / "c.1").unlink()
    stream = open_session(session).streams["emg"]
    assert stream.n_samples == 1024
    assert sorted((gap.sample, gap.n_lost, gap.cause) for gap in stream.gaps) == [
        (1024, 1876, "interrupted"),
        (2900, 7, "device"),
        (2907, 100, "interrupted"),
    ]
    assert stream.n_samples + stream.n_lost == N + 7
