"""Whatever the bytes or values, a codec returns what was encoded, or raises its one error."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError, lines, xdf_chunks
from myoscope.recordings.about import About, ChannelAbout, channels_of
from myoscope.recordings.about_edits import parse_edits
from myoscope.recordings.arrays import ArrayLayout
from myoscope.recordings.errors import MOST_LETTERS
from myoscope.recordings.event_lines import parse_events
from myoscope.recordings.gaps import Gap
from myoscope.recordings.manifest import read_manifest, verify_manifest
from myoscope.recordings.npz_members import header_of, read_header
from myoscope.recordings.protocol import RecordingProtocol
from myoscope.recordings.shards import ShardLayout
from myoscope.sources import SourceError, StreamInfo

HUGE = st.sampled_from([10**400, -(10**4000), 2**63, float("inf"), 1e308])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | HUGE
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))


def changed(good: dict[str, object]) -> st.SearchStrategy[dict[str, object]]:
    """Return what was `good` with any values in the place of some of its own."""
    return st.dictionaries(st.sampled_from(sorted(good)), VALUES, max_size=3).map(lambda other: {**good, **other})


# Numbers


@given(st.sampled_from("iufbU"), st.integers(1, 8), st.lists(st.integers(0, 2**40), max_size=8))
def test_the_head_of_an_array_comes_back(kind, size, shape):
    size = {"b": "", "f": 2 ** (1 + size % 3)}.get(kind, 2 ** (size % 4))
    dtype = np.dtype(f"{'?' if kind == 'b' else kind}{size}").newbyteorder("<")
    head = header_of(tuple(shape), dtype)
    member, n_head = read_header(io.BytesIO(head), "a", Path("a.npz"))
    assert (member.shape, member.dtype, member.fortran, n_head) == (tuple(shape), dtype, False, len(head))


@given(st.binary(max_size=120), st.integers(0, 80))
def test_no_bytes_make_another_head_of_an_array(noise, at):
    good = header_of((4, 2), np.dtype("<f4"))
    for data in (noise, good[:at] + noise, good[:at] + noise + good[at + len(noise) :]):
        with suppress(SessionError):
            member, _ = read_header(io.BytesIO(data), "a", Path("a.npz"))
            assert member.dtype.itemsize > 0
            assert not member.dtype.hasobject


@settings(max_examples=60)
@given(
    st.lists(st.booleans(), min_size=40, max_size=120),
    st.sampled_from(sorted(xdf_chunks.FORMATS.values())),
    st.integers(1, 3),
    st.sampled_from([b"", b"\0", b"\1"]),
    st.integers(0, 3),
)
def test_the_compiled_loop_reads_what_the_other_reads(stamped, dtype, n_channels, more, less):
    row = np.arange(n_channels, dtype=dtype).tobytes()
    rows = [(struct.pack("<Bd", 8, i * 0.5) if has else b"\0") + row for i, has in enumerate(stamped)]
    content = struct.pack("<I", 9) + xdf_chunks.encode_length(len(rows)) + b"".join(rows) + more
    content = content[: len(content) - less]
    told = []
    with pytest.MonkeyPatch.context() as patch:
        for many in (10**9, 1):
            patch.setattr(xdf_chunks, "_MANY", many)
            try:
                data, times = xdf_chunks.decode_samples(content, xdf_chunks.NumberFormat(dtype, n_channels, 0.1), 3.0)
                told.append((data.tobytes(), times.tobytes()))
            except xdf_chunks.DamagedChunk:
                told.append("damaged")
    assert told[0] == told[1]


# Lines


OBJECTS = st.dictionaries(
    st.text(max_size=3), st.integers() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)
)
JUNK = st.binary(max_size=12).map(lambda data: data.replace(b"\n", b"")) | st.sampled_from(
    [b"{", b"}", b"{},", b"", b'{"a":[1', b"]}", b'{"":[', b"NaN", b"[]", b"{} {}"]
)


@settings(max_examples=150)
@given(st.lists(OBJECTS.map(lambda value: json.dumps(value).encode()) | JUNK, max_size=8), st.booleans())
def test_lines_that_are_read_together_are_those_that_are_read_one_by_one(tmp_path_factory, some, torn):
    path = tmp_path_factory.getbasetemp() / "some.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in some) + (b'{"a"' if torn else b""))
    one_by_one = [lines._parsed(line, path) for line in some]
    found = lines.read_lines(path)
    assert found.objects == [one for one in one_by_one if one is not None]
    assert found.n_damaged == one_by_one.count(None)
    assert found.n_bytes - found.n_whole_bytes == 4 * torn


@pytest.mark.parametrize("line", [b"", b"{}", b"x"])
def test_a_file_of_nothing_but_lines_is_not_read_to_its_end(tmp_path, line):
    path = tmp_path / "gaps.jsonl"
    path.write_bytes((line + b"\n") * (lines.MAX_LINES + 70_000))
    found = lines.read_lines(path)
    assert len(found.objects) <= lines.MAX_LINES
    assert found.n_damaged > 0
    assert found.n_whole_bytes == found.n_bytes


EVENT = {"t": 1.5, "kind": "edit", "label": "a", "text": "", "stream": "", "of_t": 1.5, "of_kind": "x", "of_label": "y"}


@given(st.lists(changed(EVENT), max_size=5))
def test_any_values_are_events_or_left_out(some):
    for event in parse_events([{**EVENT, "kind": "x", "label": "y"}, *some]).edited:
        assert np.isfinite(event.t)
        assert all(isinstance(text, str) for text in event[1:])


EDIT = {"utc": "2026", "by": "x", "what": "emg", "channel": 1, "field": "muscle", "before": "", "after": "y"}


@given(st.lists(changed(EDIT) | changed({**EDIT, "what": "session", "channel": None, "field": "take"}), max_size=5))
def test_any_values_are_edits_or_counted(some):
    found = parse_edits(some)
    assert len(found.edits) + found.n_damaged == len(some)
    assert isinstance(found.about(About()).name, str)
    assert len(found.channels("emg", (ChannelAbout(),) * 2)) == 2


GAP = {"stream": "emg", "t_first": 1.0, "t_last": 2.0, "sample": 3, "n_lost": 4, "cause": "device"}


@given(changed(GAP))
def test_any_values_are_a_gap_or_refused(values):
    with suppress(SessionError):
        assert Gap.from_json(values).n_lost >= 0


# Descriptions


@given(changed(StreamInfo(fs=100, name="EMG", sample_shape=(4,), unit="V", scale=(1.0, 2.0, 3.0, 4.0)).to_json()))
def test_any_values_are_a_stream_or_refused(values):
    with suppress(SourceError):
        info = StreamInfo.from_json(values)
        assert all(isinstance(text, str) for text in (info.name, info.unit, info.dtype))
        assert np.isfinite(info.fs)


PLAIN = ArrayLayout(Path("emg"), np.dtype("<i2"), (4,), 100)
SHARDED = ShardLayout(Path("emg"), np.dtype("<i2"), (4,), 128, 64, (4,), 64)


@given(changed(PLAIN.metadata(5)), changed(SHARDED.metadata(5)), st.lists(st.integers() | HUGE, min_size=2, max_size=2))
def test_any_values_are_an_array_or_refused(plain, sharded, shape):
    for kind, values in ((ArrayLayout, plain), (ShardLayout, sharded)):
        for one in (values, {**values, "shape": shape}):
            with suppress(SessionError):
                layout, n_rows = kind.parse(Path("emg"), one)
                assert n_rows >= 0
                assert layout.row_bytes <= 2**26


@given(VALUES, VALUES)
def test_any_values_describe_channels_or_nothing(session, channels):
    assert isinstance(About.from_json({"name": session, "take": session, "tags": session}).take, int)
    assert len(channels_of({"channels": channels}, 4)) == 4


PROTOCOL = RecordingProtocol("a").to_json()
STREAM = {"stream": "emg*", "fs": 1000.0, "n_channels": 4, "unit": "mV", "required": True}


@given(changed(PROTOCOL), changed(STREAM))
def test_any_values_are_a_protocol_or_refused(values, stream):
    for one in (values, {**PROTOCOL, "streams": [stream]}):
        with suppress(SessionError):
            read = RecordingProtocol.from_json(one)
            assert RecordingProtocol.from_json(json.loads(json.dumps(read.to_json()))) == read


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["files", "version", "session", "written", "format", "x"]), VALUES), VALUES)
def test_any_values_are_a_manifest_or_refused(tmp_path_factory, values, entry):
    folder = tmp_path_factory.getbasetemp() / "sealed.myo"
    folder.mkdir(exist_ok=True)
    good = {"format": "myoscope manifest", "version": 1, "files": {"zarr.json": entry}}
    for one in ({**good, **values}, good):
        body = json.dumps(one, sort_keys=True, separators=(",", ":")).encode()
        sealed = {**one, "body_sha256": hashlib.sha256(body).hexdigest()}
        (folder / "manifest.json").write_bytes(json.dumps(sealed, sort_keys=True, separators=(",", ":")).encode())
        with suppress(SessionError):
            assert all(entry.n_bytes >= 0 for entry in read_manifest(folder).files.values())
        assert all(fault.sentence for fault in verify_manifest(folder).faults)


# Sentences


@given(st.text())
def test_a_sentence_is_one_line_that_commands_nothing(text):
    said = str(SessionError(text))
    assert said.isprintable()
    assert len(said) <= max(len(text), MOST_LETTERS)
    assert said == text or not text.isprintable() or len(text) > MOST_LETTERS
