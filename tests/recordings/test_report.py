"""Checking sessions: every kind of damage is found and told."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import check_session, open_session
from myoscope.sources import Block, StreamInfo

from .sessions import EMG, block, recorded, recorder


def rewrite(session, timestamps: np.ndarray, lost: dict[int, int] | None = None, info: StreamInfo = EMG):
    """Record samples with timestamps of one's own."""
    made = recorder(session, chunk_seconds=0.01)
    sink = made.sink("emg")
    sink.open(info)
    first = 0
    for end in sorted([*(lost or {}), len(timestamps)]):
        data = block(first, end - first, info).data
        sink.write(Block(data, timestamps[first:end], (lost or {}).get(first, 0)))
        first = end
    made.close()
    return check_session(made.path)


def test_a_whole_session_is_fine(tmp_path):
    report = check_session(recorded(tmp_path, 5000, chunk_seconds=0.01, lost_at={300: 4000, 2000: 1}))
    assert (report["ok"], report["problems"]) == (True, [])
    assert set(report) >= {"uuid", "created", "state", "streams", "ok", "problems"}
    assert report["streams"]["emg"]["n_lost"] == 4001
    json.dumps(report)


@given(st.data())
def test_any_changed_byte_of_a_sample_is_found(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "tampered"
    session = next(folder.iterdir()) if folder.exists() else recorded(folder, 3000, chunk_seconds=0.01)
    name, row_bytes = data.draw(st.sampled_from([("samples/c.{}.0", 8), ("timestamps/c.{}", 8)]))
    row = data.draw(st.integers(0, 2999))
    path = session / "emg" / name.format(row // 1024)
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[row % 1024 * row_bytes + data.draw(st.integers(0, row_bytes - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        problems = check_session(session)["problems"]
    finally:
        path.write_bytes(whole)
    assert any(f"checksum of {path.name}" in problem for problem in problems)


def test_bytes_beyond_the_last_row_are_nobodys(tmp_path):
    session = recorded(tmp_path, 3000, chunk_seconds=0.01)
    with (session / "emg" / "samples" / "c.2.0").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    assert check_session(session)["ok"]


@pytest.mark.parametrize("name", ["samples/c.0.0", "timestamps/c.0"])
def test_a_missing_chunk_is_told_and_the_rest_reported(tmp_path, name):
    session = recorded(tmp_path, 3000, chunk_seconds=0.01)
    (session / "emg" / name).unlink()
    report = check_session(session)
    assert not report["ok"]
    assert any("is missing" in problem for problem in report["problems"])
    assert report["streams"]["emg"]["n_samples"] == 3000


def test_missing_checksums_are_told(tmp_path):
    session = recorded(tmp_path, 100)
    (session / "checksums.json").unlink()
    assert "checksums.json is missing" in check_session(session)["problems"][0]


def test_a_shape_that_was_changed_is_told(tmp_path):
    session = recorded(tmp_path, 5000)
    for name in ("samples", "timestamps"):
        path = session / "emg" / name / "zarr.json"
        values = json.loads(path.read_text(encoding="utf-8"))
        values["shape"][0] = 6000
        path.write_text(json.dumps(values), encoding="utf-8")
    problems = check_session(session)["problems"]
    assert "6,000 samples and 6,000 timestamps are published where 5000 of each were recorded" in problems[0]


def test_gaps_that_were_removed_are_told(tmp_path):
    session = recorded(tmp_path, 1000, lost_at={500: 9})
    (session / "gaps.jsonl").write_bytes(b"")
    problems = check_session(session)["problems"]
    assert "emg: gaps.jsonl names 0 lost samples where 9 were counted." in problems


def test_damaged_lines_are_told(tmp_path):
    session = recorded(tmp_path, 100)
    for name in ("events.jsonl", "gaps.jsonl", "clock.jsonl"):
        with (session / name).open("ab") as file:
            file.write(b"{}}\n[1]\n")
    problems = check_session(session)["problems"]
    assert [problem.split()[:3] for problem in problems] == [
        ["events.jsonl", "has", "2"],
        ["clock.jsonl", "has", "2"],
        ["gaps.jsonl", "has", "2"],
    ]


def test_a_gap_beyond_the_end_is_told(tmp_path):
    session = recorded(tmp_path, 100)
    line = {"stream": "emg", "t_first": 1, "t_last": 2, "sample": 10**9, "n_lost": 0, "cause": "device"}
    (session / "gaps.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert "beyond the end" in check_session(session)["problems"][0]


# Times


def test_time_that_runs_backwards_is_told(tmp_path):
    times = np.arange(3000) / 2000
    times[1024:] -= 0.1
    assert rewrite(tmp_path, times)["problems"] == ["emg: time runs backwards 1 times."]


def test_a_jump_that_nobody_named_is_told(tmp_path):
    times = np.arange(3000) / 2000
    times[1500:] += 3.0
    assert rewrite(tmp_path / "unnamed", times)["problems"] == [
        "emg: time jumps by 3.00 s at sample 1,500 with no gap named (1 such jumps)."
    ]
    assert rewrite(tmp_path / "named", times, {1500: 6000})["ok"]


def test_a_rate_that_is_not_the_devices_is_told(tmp_path):
    assert rewrite(tmp_path, np.arange(9000) / 1800)["problems"] == [
        "emg: the timestamps say 1,800.0 Hz where the device said 2,000.0 Hz."
    ]


def test_an_irregular_stream_may_do_as_it_likes(tmp_path):
    times = np.array([0.0, 5.0, 5.0, 100.0])
    assert rewrite(tmp_path, times, info=StreamInfo(fs=0.0, sample_shape=(2,)))["ok"]


def test_times_that_are_no_numbers_are_told(tmp_path):
    times = np.arange(3000) / 2000
    times[7] = np.nan
    problems = rewrite(tmp_path, times)["problems"]
    assert problems == ["emg: 1 timestamps are no numbers."]
    assert open_session(tmp_path).streams["emg"].n_samples == 3000
