"""Protocols as files: what comes back, and what is refused with one sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError
from myoscope.recordings.protocol import (
    MAX_BYTES,
    ExpectedStream,
    RecordingProtocol,
    changed,
    file_name,
    protocol_of,
    read_protocol,
    write_protocol,
)
from myoscope.sources import StreamInfo

FULL = RecordingProtocol(
    "Shoulder",
    "abduction",
    (
        ExpectedStream("emg*", 2048.0, 0.5, 64, "µV"),
        ExpectedStream("markers", None, 1.0, None, None, required=False),
    ),
    2.0,
    "{task} {take:03}",
    30.0,
    20.0,
    1.5,
)
text = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
expected = st.builds(
    ExpectedStream,
    text,
    st.none() | st.floats(0, 200_000),
    st.floats(0, 100),
    st.none() | st.integers(1, 4096),
    st.none() | text,
    st.booleans(),
)
protocols = st.builds(
    RecordingProtocol,
    text,
    text,
    st.lists(expected, max_size=5).map(tuple),
    st.floats(0, 60),
    st.sampled_from(["{name} {take:02}", "{date}-{subject}-{attempt}", "plain"]),
    st.floats(0, 1e5),
    st.floats(0, 100),
    st.floats(0, 60_000),
)


@given(protocols)
def test_what_is_written_comes_back(protocol):
    assert RecordingProtocol.from_json(json.loads(json.dumps(protocol.to_json()))) == protocol


def test_a_file_comes_back_and_replaces_the_one_before(tmp_path):
    path = tmp_path / "new" / file_name(FULL.name)
    write_protocol(path, FULL)
    assert read_protocol(path) == FULL
    other = changed(FULL, planned_minutes=5)
    write_protocol(path, other)
    assert read_protocol(path).planned_minutes == 5
    assert [p.name for p in path.parent.iterdir()] == ["Shoulder.protocol.json"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "no protocol of ours"),
        ({"version": 2}, "Update myoscope"),
        ({"name": ""}, "has no name"),
        ({"name": "x" * 81}, "for name"),
        ({"name": "a\nb"}, "for name"),
        ({"task": 3}, "for task"),
        ({"streams": {}}, "streams that cannot be"),
        ({"streams": [{}] * 65}, "streams that cannot be"),
        ({"streams": ["emg"]}, "without a name"),
        ({"streams": [{"stream": "emg", "fs": -1}]}, "for fs"),
        ({"streams": [{"stream": "emg", "fs": True}]}, "a number"),
        ({"streams": [{"stream": "emg", "n_channels": 2.5}]}, "n_channels"),
        ({"streams": [{"stream": "emg", "n_channels": 10**9}]}, "n_channels"),
        ({"streams": [{"stream": "emg", "required": "yes"}]}, "true or false"),
        ({"pretrigger_s": 61}, "0 to 60"),
        ({"min_battery_percent": "20"}, "a number"),
        ({"take_pattern": "{take.__class__}"}, "naming pattern"),
        ({"take_pattern": "{0}"}, "naming pattern"),
        ({"take_pattern": "{take:99999}"}, "naming pattern"),
        ({"take_pattern": "{other}"}, "naming pattern"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(change, words):
    with pytest.raises(SessionError, match=words) as refused:
        RecordingProtocol.from_json({**FULL.to_json(), **change})
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"name": NaN}', b"[" * 50_000, b" " * (MAX_BYTES + 1)],
    ids=["empty", "torn", "list", "no text", "NaN", "deep", "large"],
)
def test_a_strangers_file_is_refused_with_a_sentence(tmp_path, data):
    path = tmp_path / "a.protocol.json"
    path.write_bytes(data)
    with pytest.raises(SessionError):
        read_protocol(path)


def test_links_and_missing_files_are_refused(tmp_path):
    with pytest.raises(SessionError, match="missing"):
        read_protocol(tmp_path / "none")
    write_protocol(tmp_path / "a", FULL)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(SessionError, match="no links"):
        read_protocol(tmp_path / "link")
    with pytest.raises(SessionError, match="cannot be written"):
        write_protocol(tmp_path / "a" / "b", FULL)
    with pytest.raises(SessionError, match="0 to 60"):
        write_protocol(tmp_path / "c", RecordingProtocol("x", pretrigger_s=99))
    assert not (tmp_path / "c").exists()


@settings(max_examples=25)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda v: st.lists(v, max_size=3)))
def test_nothing_else_than_that_one_error_comes_out(value):
    for key in FULL.to_json():
        try:
            RecordingProtocol.from_json({**FULL.to_json(), key: value})
        except SessionError:
            continue


def test_a_pattern_means_streams_by_name():
    assert FULL.streams[0].means("emg-2")
    assert not FULL.streams[0].means("EMG")
    assert not ExpectedStream("*a" * 30).means("b" * 64)


def test_what_is_connected_becomes_a_protocol():
    streams = [
        ("emg", StreamInfo(2048.0, channel_names=("a", "b"), unit="µV")),
        ("markers", StreamInfo(0.0, channel_names=("text",), dtype="str")),
    ]
    made = protocol_of("Today", streams, task="rest")
    assert made.streams == (ExpectedStream("emg", 2048.0, 1.0, 2, "µV"), ExpectedStream("markers", 0.0, 1.0, 1, None))
    assert made.task == "rest"
    assert RecordingProtocol.from_json(made.to_json()) == made


def test_file_names_are_safe():
    assert file_name("../../etc/passwd") == "etc_passwd.protocol.json"
    assert file_name("…") == "protocol.protocol.json"
