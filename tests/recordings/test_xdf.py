"""XDF, out and in, against pyxdf."""

from __future__ import annotations

import gzip
import io
import logging
import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import pyxdf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from myoscope.recordings import SessionError, open_session, xdf_chunks
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session, import_file
from myoscope.recordings.progress import Stopped
from myoscope.recordings.xdf_clock import ClockMap, clock_lines
from myoscope.recordings.xdf_frames import Frame, Skipped, frames
from myoscope.sources import Event, StreamInfo, names
from tests.recordings.mixed import EMG, EVENTS, T0, mixed_session

DATA = Path(__file__).parents[3] / "shared" / "data"
NUMBERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")


@pytest.fixture(autouse=True)
def _quiet():
    """pyxdf tells of segments through the root logger; that is no matter here."""
    logging.getLogger("pyxdf").setLevel(logging.CRITICAL)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with open_session(mixed_session(tmp_path_factory.mktemp("xdf") / "take.myo")) as opened:
        yield opened


def load(path, **options):
    """Return what pyxdf reads, by the stream's name."""
    streams, header = pyxdf.load_xdf(str(path), **{"dejitter_timestamps": False, **options})
    return {stream["info"]["name"][0]: stream for stream in streams}, header


def real(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


# Out


@pytest.mark.parametrize("values", ["physical", "raw"])
def test_pyxdf_reads_every_sample_and_time(session, tmp_path, values):
    shares = []
    made = export_session(session, "xdf", tmp_path / "take.xdf", shares.append, values=values)
    assert shares == sorted(shares)
    streams, header = load(made.path)
    assert header["info"]["version"] == ["1.0"]
    for name, stored in session.streams.items():
        data, timestamps = stored.read()
        read = streams[name]
        np.testing.assert_array_equal(read["time_stamps"], timestamps)
        flat = data.reshape(len(data), stored.info.n_channels)
        if name == "emg" and values == "physical":
            assert read["info"]["channel_format"] == ["float32"]
            np.testing.assert_array_equal(read["time_series"], (flat * 0.061).astype(np.float32))
            # The device's own numbers can be told from it.
            np.testing.assert_array_equal(np.rint(read["time_series"] / 0.061).astype(np.int16), flat)
        else:
            np.testing.assert_array_equal(read["time_series"], flat)
        footer = read["footer"]["info"]
        assert int(footer["sample_count"][0]) == len(data)
        if len(data):
            assert float(footer["first_timestamp"][0]) == timestamps[0]
            assert float(footer["last_timestamp"][0]) == timestamps[-1]
            assert {float(offset["value"][0]) for offset in footer["clock_offsets"][0]["offset"]} == {0.0}
    channels = streams["emg"]["info"]["desc"][0]["channels"][0]["channel"]
    assert [channel["label"][0] for channel in channels] == list(EMG.labels)
    assert {channel["unit"][0] for channel in channels} == {"µV"}
    assert {channel["type"][0] for channel in channels} == {"EMG"}
    assert channels[0]["muscle"] == ["biceps"]
    assert ("scale" in channels[0]) == (values == "raw")


def test_markers_tell_events_and_gaps(session, tmp_path):
    streams, _ = load(export_session(session, "xdf", tmp_path / "take.xdf").path)
    markers = streams["myoscope-events"]
    assert markers["info"]["type"] == ["Markers"]
    labels = [row[0] for row in markers["time_series"]]
    assert labels[:2] == ["lift µ", ""]
    assert "gap in emg: 1000 samples (device)" in labels
    assert markers["time_stamps"][0] == EVENTS[0].t
    gaps = streams["emg"]["info"]["desc"][0]["myoscope"][0]["gaps"][0]["gap"]
    assert [gap["n_lost"][0] for gap in gaps] == ["1000"]


def test_chunks_are_in_order_of_time_with_boundaries_between(tmp_path):
    with SessionBuilder(tmp_path / "long.myo", clock_at_created=T0) as builder:
        for name, fs in (("fast", 400.0), ("slow", 10.0)):
            builder.stream(name, StreamInfo(fs=fs, channel_names=("a",)))
            n = int(61 * fs)
            builder.write(name, np.zeros((n, 1), np.float32), T0 + np.arange(n) / fs)
        builder.finish()
    with open_session(tmp_path / "long.myo") as session:
        made = export_session(session, "xdf", tmp_path / "long.xdf")
    newest, boundary, offsets, begun = 0.0, T0, {1: [], 2: []}, []
    with made.path.open("rb") as file:
        for frame in frames(file, made.path.stat().st_size):
            assert isinstance(frame, Frame)
            if frame.tag == xdf_chunks.BOUNDARY:
                assert newest - boundary < 10
                boundary = max(newest, T0)
            elif frame.tag == xdf_chunks.CLOCK_OFFSET:
                number, t, offset_s = xdf_chunks.decode_clock_offset(frame.content)
                assert offset_s == 0
                offsets[number].append(t)
            elif frame.tag == xdf_chunks.SAMPLES and xdf_chunks.stream_of(frame.content) in offsets:
                kind = xdf_chunks.NumberFormat("<f4", 1, 0.0)
                _, times = xdf_chunks.decode_samples(frame.content, kind, 0.0)
                begun.append(times[0])
                assert times[-1] - times[0] <= 1.0
                newest = max(newest, times[-1])
    assert begun == sorted(begun)
    assert newest - boundary < 10
    for times in offsets.values():
        assert np.diff(times).max() < 6.5


@pytest.mark.parametrize("dtype", NUMBERS)
def test_every_number_format_comes_back(tmp_path, dtype):
    rng = np.random.default_rng(5)
    if "int" in dtype:
        ends = np.iinfo(dtype)
        data = rng.integers(ends.min, ends.max, (300, 2), dtype=dtype, endpoint=True)
        data[0] = ends.min, ends.max
    else:
        data = rng.normal(size=(300, 2)).astype(dtype)
        data[3] = np.nan, np.inf
    with SessionBuilder(tmp_path / "take.myo", clock_at_created=T0) as builder:
        builder.stream("x", StreamInfo(fs=100.0, channel_names=("a", "b"), dtype=dtype))
        builder.write("x", data, T0 + np.arange(300) / 100)
        builder.finish()
    with open_session(tmp_path / "take.myo") as session:
        made = export_session(session, "xdf", tmp_path / "take.xdf")
    read = load(made.path)[0]["x"]["time_series"]
    if dtype == "uint64":
        assert any("exact up to 2^53" in note for note in made.notes)
        np.testing.assert_array_equal(read, data.astype(np.float64))
    else:
        np.testing.assert_array_equal(read, data)
        assert bool(made.notes) == dtype.startswith("uint")


def test_stopped_half_way_it_leaves_nothing(session, tmp_path):
    def stop(share):
        if share > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        export_session(session, "xdf", tmp_path / "take.xdf", stop)
    assert list(tmp_path.iterdir()) == []


# There and back


@pytest.mark.parametrize("values", ["physical", "raw"])
def test_what_was_written_comes_back(session, tmp_path, values):
    made = export_session(session, "xdf", tmp_path / "take.xdf", values=values)
    imported = import_file(made.path, tmp_path / "back.myo")
    assert imported.notes == []
    with open_session(imported.path) as back:
        assert list(back.streams) == list(session.streams)
        for name, stored in session.streams.items():
            data, timestamps = stored.read()
            again, times = back.streams[name].read()
            np.testing.assert_array_equal(times, timestamps)
            info = back.streams[name].info
            np.testing.assert_allclose(
                (again.reshape(len(again), info.n_channels) * info.scales),
                data.reshape(len(data), info.n_channels) * stored.info.scales,
                rtol=1e-7,
            )
            assert again.shape == data.shape
            assert (info.fs, info.unit, info.channel_names) == (
                stored.info.fs,
                stored.info.unit,
                stored.info.channel_names or stored.info.labels,
            )
            assert back.streams[name].channels_about == stored.channels_about
        assert [(e.t, e.kind, e.label[:6]) for e in back.events] == [(e.t, e.kind, e.label[:6]) for e in session.events]
        assert back.gaps == session.gaps
        assert back.about == session.about
        assert back.created[:19] == session.created[:19]


# In


@pytest.mark.parametrize("name", ["minimal.xdf", "empty_streams.xdf", "clock_resets.xdf"])
def test_files_of_others_are_read_as_pyxdf_reads_them(tmp_path, name):
    path = real(name)
    imported = import_file(path, tmp_path / "in.myo")
    expected, _ = load(path)
    with open_session(imported.path) as session:
        stored = {stream.stream: stream for stream in session.streams.values()}
        n_texts = 0
        for stream in expected.values():
            if stream["info"]["channel_format"] == ["string"]:
                n_texts += len(stream["time_series"])
                continue
            data, timestamps = stored[stream["info"]["name"][0]].read()
            np.testing.assert_array_equal(data, stream["time_series"])
            # Both fit the same line by Huber's loss, each in its own way.
            np.testing.assert_allclose(timestamps, stream["time_stamps"], rtol=0, atol=1e-6)
        events = [event for event in session.events if event.kind == "marker"]
        assert len(events) == n_texts


def test_a_clock_reset_is_joined_and_named(tmp_path):
    path = real("clock_resets.xdf")
    imported = import_file(path, tmp_path / "in.myo")
    segments = load(path)[0]["BioSemi"]["info"]["clock_segments"]
    assert len(segments) == 2
    with open_session(imported.path) as session:
        assert [gap.sample for gap in session.gaps] == [segments[1][0]]
        assert session.gaps[0].cause == "clock reset"
        assert session.gaps[0].n_lost == pytest.approx((session.gaps[0].t_last - session.gaps[0].t_first) * 100, abs=2)
        assert [event.label for event in session.events if event.kind == "clock"] == ["clock reset"]
        assert (np.diff(session.streams["BioSemi"].read_timestamps()) > 0).all()
    assert any("reset 1 times" in note for note in imported.notes)


def test_times_can_be_left_as_they_are(tmp_path):
    path = real("clock_resets.xdf")
    imported = import_file(path, tmp_path / "in.myo", clock="own")
    expected = load(path, synchronize_clocks=False)[0]["BioSemi"]
    with open_session(imported.path) as session:
        pieces = list(session.streams.values())
        assert len(pieces) == 2
        np.testing.assert_array_equal(
            np.concatenate([piece.read_timestamps() for piece in pieces]), expected["time_stamps"]
        )
        np.testing.assert_array_equal(np.concatenate([piece.read()[0] for piece in pieces]), expected["time_series"])
    with pytest.raises(SessionError, match="'synchronised' or 'own'"):
        import_file(path, tmp_path / "other.myo", clock="mine")


def test_gzipped_files_are_read(tmp_path):
    path = real("minimal.xdf")
    (tmp_path / "minimal.xdfz").write_bytes(gzip.compress(path.read_bytes()))
    imported = import_file(tmp_path / "minimal.xdfz", tmp_path / "in.myo")
    with open_session(imported.path) as session:
        assert session.streams["SendDataC"].n_samples == 9
    (tmp_path / "bomb.xdfz").write_bytes(gzip.compress(b"XDF:" + bytes(2**24)))
    with pytest.raises(SessionError, match="unpacks to over"):
        import_file(tmp_path / "bomb.xdfz", tmp_path / "bomb.myo")
    (tmp_path / "torn.xdfz").write_bytes(gzip.compress(path.read_bytes())[:-20])
    with pytest.raises(SessionError, match="gzip"):
        import_file(tmp_path / "torn.xdfz", tmp_path / "torn.myo")


# What is damaged


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


# The codec


@given(st.integers(0, 2**64 - 1))
def test_lengths_come_back(n):
    data = xdf_chunks.encode_length(n)
    assert xdf_chunks.decode_length(data) == (n, len(data))
    with pytest.raises(xdf_chunks.DamagedChunk):
        xdf_chunks.decode_length(data[:-1])


@given(
    hnp.arrays(
        st.sampled_from([np.dtype(name) for name in xdf_chunks.FORMATS.values()]),
        st.tuples(st.integers(0, 120), st.integers(1, 5)),
    ),
    st.lists(st.booleans(), min_size=120, max_size=120),
)  # fmt: skip
def test_samples_come_back_with_and_without_their_own_times(data, stamped):
    times, last, rows = [], 5.0, []
    for row, has_time in zip(data, stamped, strict=False):
        last = last + 1.25 if has_time else last + 0.1
        times.append(last)
        rows.append((struct.pack("<Bd", 8, last) if has_time else b"\0") + row.tobytes())
    content = struct.pack("<I", 9) + xdf_chunks.encode_length(len(data)) + b"".join(rows)
    kind = xdf_chunks.NumberFormat(data.dtype.str, data.shape[1], 0.1)
    again, read = xdf_chunks.decode_samples(content, kind, 5.0)
    np.testing.assert_array_equal(again, data)
    np.testing.assert_array_equal(read, times)
    if len(data):
        with pytest.raises(xdf_chunks.DamagedChunk):
            xdf_chunks.decode_samples(content[:-1], kind, 5.0)
        with pytest.raises(xdf_chunks.DamagedChunk):
            xdf_chunks.decode_samples(content + b"\0", kind, 5.0)


@given(st.binary(max_size=300), st.integers(1, 5), st.sampled_from(sorted(xdf_chunks.FORMATS.values())))
def test_no_bytes_crash_the_codec(content, n_channels, dtype):
    kind = xdf_chunks.NumberFormat(dtype, n_channels, 0.01)
    for read in (
        lambda: xdf_chunks.decode_samples(content, kind, 0.0),
        lambda: list(xdf_chunks.decode_texts(content, n_channels, 0.0, 0.0)),
        lambda: xdf_chunks.decode_clock_offset(content),
    ):
        with suppress(xdf_chunks.DamagedChunk):
            assert read() is not None


@given(st.binary(max_size=400))
def test_any_bytes_are_chunks_or_skipped(data):
    whole = xdf_chunks.MAGIC + data
    found = list(frames(io.BytesIO(whole), len(whole)))
    at = len(xdf_chunks.MAGIC)
    for one in found:
        if isinstance(one, Skipped):
            assert one.first == at < one.last
            at = one.last
        else:
            assert one.at + len(one.content) > at
            at = one.at + len(one.content)
    assert at == len(whole)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text("aµ€\n\0😀", max_size=8), st.text("xy", max_size=3)), max_size=5))
def test_texts_come_back(rows):
    times = [float(i) for i in range(len(rows))]
    chunk = xdf_chunks.encode_texts(3, rows, times)
    (frame,) = frames(io.BytesIO(xdf_chunks.MAGIC + chunk), 4 + len(chunk))
    assert [(t, tuple(texts)) for t, texts in xdf_chunks.decode_texts(frame.content, 2, 0.0, 0.0)] == [
        (t, row) for t, row in zip(times, rows, strict=True)
    ]


# The clock


def test_outliers_hardly_move_the_line():
    t = np.arange(0.0, 600.0, 5.0)
    offsets = -2.5 + 2e-5 * t + np.random.default_rng(2).normal(scale=2e-5, size=len(t))
    offsets[::17] += 0.01
    (line,) = clock_lines(t, offsets)
    assert line.slope == pytest.approx(2e-5, abs=2e-7)
    synced, resets = ClockMap([line])(np.array([0.0, 300.0]))
    assert resets == []
    np.testing.assert_allclose(synced, [-2.5, 300 - 2.5 + 6e-3], atol=3e-5)


def test_chunks_are_synchronised_as_the_whole_would_be():
    t = np.concatenate([np.arange(1000.0, 1100.0, 5.0), np.arange(3.0, 103.0, 5.0)])
    offsets = np.where(t > 500, -900.0, 250.0)
    lines = clock_lines(t, offsets)
    assert len(lines) == 2
    times = np.concatenate([np.arange(1000.0, 1099.0, 0.7), np.arange(4.0, 100.0, 0.7)])
    whole, resets = ClockMap(lines)(times)
    assert resets == [len(np.arange(1000.0, 1099.0, 0.7))]
    by_chunk = ClockMap(lines)
    np.testing.assert_array_equal(np.concatenate([by_chunk(some)[0] for some in np.array_split(times, 23)]), whole)


def test_many_channels_in_few_chunks(tmp_path):
    with SessionBuilder(tmp_path / "wide.myo", clock_at_created=T0) as builder:
        builder.stream("w", StreamInfo(fs=10.0, channel_names=names("c", 4096)))
        data = np.random.default_rng(1).normal(size=(50, 4096)).astype(np.float32)
        builder.write("w", data, T0 + np.arange(50) / 10)
        builder.finish()
    with open_session(tmp_path / "wide.myo") as session:
        made = export_session(session, "xdf", tmp_path / "wide.xdf")
    with open_session(import_file(made.path, tmp_path / "back.myo").path) as back:
        np.testing.assert_array_equal(back.streams["w"].read()[0], data)


def test_pictures_are_written_without_a_line_a_pixel(tmp_path):
    with SessionBuilder(tmp_path / "frames.myo", clock_at_created=T0) as builder:
        builder.stream("video", StreamInfo(fs=10.0, sample_shape=(80, 80), dtype="uint8"))
        data = np.random.default_rng(1).integers(0, 256, (20, 80, 80), dtype=np.uint8)
        builder.write("video", data, T0 + np.arange(20) / 10)
        builder.finish()
    with open_session(tmp_path / "frames.myo") as session:
        made = export_session(session, "xdf", tmp_path / "frames.xdf")
    assert any("too many for a header" in note for note in made.notes)
    assert made.path.stat().st_size < 3 * data.nbytes
    np.testing.assert_array_equal(load(made.path)[0]["video"]["time_series"], data.reshape(20, -1))


def test_memory_of_an_import_does_not_grow_with_the_length(tmp_path):
    peaks = []
    for seconds in (20, 60):
        with SessionBuilder(tmp_path / f"{seconds}.myo", clock_at_created=T0) as builder:
            builder.stream("emg", StreamInfo(fs=2000.0, channel_names=names("emg", 16)))
            data = np.random.default_rng(1).normal(size=(20_000, 16)).astype(np.float32)
            for first in range(0, seconds, 10):
                builder.write("emg", data, T0 + first + np.arange(20_000) / 2000)
            builder.finish()
        with open_session(tmp_path / f"{seconds}.myo") as session:
            made = export_session(session, "xdf", tmp_path / f"{seconds}.xdf")
        tracemalloc.start()
        try:
            import_file(made.path, tmp_path / f"{seconds}-back.myo")
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0] + 2**20
