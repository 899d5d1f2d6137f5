"""XDF files that are torn, damaged or absurd: what is whole is read, nothing is invented."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

from myoscope.recordings import SessionError, open_session, xdf_chunks
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session, import_file
from myoscope.recordings.xdf_frames import Frame, frames
from myoscope.sources import Event, StreamInfo
from tests.recordings.by_pyxdf import load
from tests.recordings.mixed import T0


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    """30 s of one stream whose sample says its number, as XDF."""
    folder = tmp_path_factory.mktemp("damaged")
    with SessionBuilder(folder / "long.myo", clock_at_created=T0) as builder:
        builder.stream("x", StreamInfo(fs=100.0, channel_names=("n",), dtype="int32"))
        builder.write("x", np.arange(3000, dtype=np.int32)[:, None], T0 + np.arange(3000) / 100)
        builder.event(Event(T0 + 29.0, "marker", "late"))
        builder.finish()
    with open_session(folder / "long.myo") as session:
        return export_session(session, "xdf", folder / "long.xdf").path.read_bytes()


def imported_from(data, folder):
    (folder / "in.xdf").write_bytes(data)
    notes = import_file(folder / "in.xdf", folder / "in.myo").notes
    with open_session(folder / "in.myo") as session:
        samples, times = session.streams["x"].read()
        return notes, samples[:, 0].copy(), times.copy(), session.gaps, session.events


def is_as_recorded(samples, times):
    """Whether each sample that is there is one that was, at its own time."""
    np.testing.assert_array_equal(times, T0 + np.arange(3000)[samples] / 100)
    return True


@pytest.mark.parametrize("share", [0.3, 0.5, 0.77, 0.95])
def test_of_a_truncated_file_all_that_is_whole_is_read(long_file, tmp_path, share):
    data = long_file[: int(share * len(long_file))]
    notes, samples, times, _, _ = imported_from(data, tmp_path)
    assert is_as_recorded(samples, times)
    np.testing.assert_array_equal(samples, np.arange(len(samples)))
    (tmp_path / "in.xdf").write_bytes(data)
    assert len(samples) >= len(load(tmp_path / "in.xdf")[0]["x"]["time_stamps"]) - 100
    assert len(samples) > share * 3000 - 250
    assert any("torn off" in note for note in notes)


def chunk_at(data, t):
    """Return where the chunk of samples begins that holds the one at `t` s, and its length."""
    for frame in frames(io.BytesIO(data), len(data)):
        if isinstance(frame, Frame) and frame.tag == xdf_chunks.SAMPLES and xdf_chunks.stream_of(frame.content) == 1:
            kind = xdf_chunks.NumberFormat("<i4", 1, 0.0)
            _, times = xdf_chunks.decode_samples(frame.content, kind, 0.0)
            if times[0] <= T0 + t <= times[-1]:
                return frame.at - 7, len(frame.content)
    raise AssertionError(t)


def test_a_chunk_with_a_wrong_length_costs_what_is_before_the_next_boundary(long_file, tmp_path):
    at, _ = chunk_at(long_file, 9.5)
    data = bytearray(long_file)
    data[at : at + 5] = struct.pack("<BI", 4, 5000)
    notes, samples, times, gaps, events = imported_from(bytes(data), tmp_path)
    assert is_as_recorded(samples, times)
    missing = 3000 - len(samples)
    assert 100 <= missing <= 1000
    assert sum(gap.n_lost for gap in gaps) == missing
    assert {gap.cause for gap in gaps} <= {"damaged file", "not in the file"}
    assert any("were skipped" in note for note in notes)
    assert [event.label for event in events] == ["late"]


def test_bytes_that_are_no_samples_cost_their_chunk_alone(long_file, tmp_path):
    at, _ = chunk_at(long_file, 9.5)
    data = bytearray(long_file)
    data[at + 13] = 3
    notes, samples, times, gaps, _ = imported_from(bytes(data), tmp_path)
    assert is_as_recorded(samples, times)
    assert 3000 - len(samples) == sum(gap.n_lost for gap in gaps) > 0
    assert any("could not be read" in note for note in notes)


@pytest.mark.parametrize("seed", range(12))
def test_any_damage_is_survived_and_nothing_is_invented(long_file, tmp_path, seed):
    rng = np.random.default_rng(seed)
    data = bytearray(long_file)
    first = 6000 + int(rng.integers(0, len(data) - 8000))
    size = int(rng.integers(1, 400))
    data[first : first + size] = rng.bytes(size) if seed % 2 else b""
    notes, samples, times, _, _ = imported_from(bytes(data), tmp_path)
    assert notes
    # Damage inside of a chunk's values cannot be seen: XDF has no checksums. Everything else is as it was.
    known = np.isin(times, T0 + np.arange(3000) / 100)
    assert np.count_nonzero(~known) <= size
    assert len(samples) > 1500


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no XDF file"),
        (b"XDF:", "it has no stream"),
        (b"GARBAGE!", "no XDF file"),
        (b"XDF:" + xdf_chunks.encode_of_stream(2, 1, b"<info/>"), "number format"),
        (b"XDF:" + xdf_chunks.encode_of_stream(2, 1, b"<!DOCTYPE x [<!ENTITY a 'b'>]><info/>"), "entities"),
        (b"XDF:" + xdf_chunks.encode_of_stream(2, 1, b"<info>" + b" " * 2**20 + b"</info>"), "1 MiB"),
        (b"XDF:" + xdf_chunks.encode_of_stream(2, 1, b"\xff\xfe not xml"), "not XML"),
        (b"XDF:\x08" + b"\xff" * 8 + b"\x03\x00", "it has no stream"),
        (b"XDF:" + bytes(1000), "it has no stream"),
    ],
)
def test_what_is_no_recording_is_refused_in_a_sentence(tmp_path, content, says):
    (tmp_path / "x.xdf").write_bytes(content)
    with pytest.raises(SessionError, match=says):
        import_file(tmp_path / "x.xdf", tmp_path / "x.myo")
    assert not (tmp_path / "x.myo").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("channel_count", "0"), ("channel_count", "99999"), ("nominal_srate", "1e9"), ("channel_format", "object")],
)
def test_streams_beyond_the_limits_are_left_out(tmp_path, field, value):
    values = {"name": "x", "channel_count": "1", "nominal_srate": "10", "channel_format": "int16", field: value}
    bad = "<info>" + "".join(f"<{key}>{text}</{key}>" for key, text in values.items()) + "</info>"
    good = bad.replace(f">{value}<", ">1<" if field != "channel_format" else ">int16<")
    data = b"XDF:" + xdf_chunks.encode_of_stream(2, 1, bad.encode())
    data += xdf_chunks.encode_of_stream(2, 2, good.encode())
    data += xdf_chunks.encode_samples(2, np.array([[4]], dtype="<i2"), np.array([1.0]))
    (tmp_path / "x.xdf").write_bytes(data)
    imported = import_file(tmp_path / "x.xdf", tmp_path / "x.myo")
    assert any("left out" in note for note in imported.notes)
    with open_session(imported.path) as session:
        assert session.streams["x"].n_samples == 1


def test_absurd_times_offsets_and_gaps_are_borne(tmp_path):
    n_lost = 9 * 10**18
    gap = (
        f"<gap><t_first>1</t_first><t_last>2</t_last><sample>1</sample><n_lost>{n_lost}</n_lost><cause>x</cause></gap>"
    )
    header = (
        "<info><name>x</name><channel_count>1</channel_count><nominal_srate>200000</nominal_srate>"
        "<channel_format>int8</channel_format>{}</info>"
    )
    data = b"XDF:"
    for number, desc in ((1, ""), (2, f"<desc><myoscope><gaps>{gap}{gap}{gap}</gaps></myoscope></desc>")):
        data += xdf_chunks.encode_of_stream(2, number, header.format(desc).encode())
        for t, offset_s in ((1.0, 0.5), (1e300, -1e300), (np.nan, 1.0), (7.0, 0.5)):
            data += xdf_chunks.encode_clock_offset(number, t, offset_s)
        for t in (1.0, 9e10):
            data += xdf_chunks.encode_samples(number, np.array([[4]], dtype="<i1"), np.array([t]))
        data += xdf_chunks.encode_samples(number, np.array([[4]], dtype="<i1"), np.array([1e300]))
    (tmp_path / "x.xdf").write_bytes(data)
    imported = import_file(tmp_path / "x.xdf", tmp_path / "x.myo")
    with open_session(imported.path) as session:
        assert [stream.n_samples for stream in session.streams.values()] == [2, 2]
        assert session.streams["x"].first_timestamp == 1.5
        assert all(gap.n_lost < 2**49 for gap in session.gaps)
