"""XDF, out and in, against pyxdf."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from myoscope.recordings import SessionError, open_session, xdf_chunks
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session, import_file
from myoscope.recordings.xdf_frames import Frame, frames
from myoscope.sources import StreamInfo, names
from tests.recordings.by_pyxdf import load
from tests.recordings.exported import stops
from tests.recordings.memory import Memory, long_session
from tests.recordings.mixed import EMG, EVENTS, T0, mixed_session

DATA = Path(__file__).parents[3] / "shared" / "data"

NUMBERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with open_session(mixed_session(tmp_path_factory.mktemp("xdf") / "take.myo")) as opened:
        yield opened


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
    out = tmp_path / "take.xdf"
    stops(lambda progress: export_session(session, "xdf", out, progress), out)
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


# Wide, and long


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
        with open_session(long_session(tmp_path / f"{seconds}.myo", seconds)) as session:
            made = export_session(session, "xdf", tmp_path / f"{seconds}.xdf")
        with Memory() as memory:
            import_file(made.path, tmp_path / f"{seconds}-back.myo")
        peaks.append(memory.peak_bytes)
    assert peaks[1] < 1.3 * peaks[0] + 2**20
