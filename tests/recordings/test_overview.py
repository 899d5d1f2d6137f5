"""The overview of a stream: every level is the extremes of the samples, and it is never believed when it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import Recorder, check_session, open_session
from myoscope.recordings.overview import column_edges, eased
from myoscope.recordings.overview_building import build_overviews, without_overview
from myoscope.recordings.overview_writer import BUCKET, OverviewWriter, bucket_of
from myoscope.recordings.progress import Stopped
from myoscope.sources import Block, StreamInfo

from .sessions import SteppedTime, recorded, recorder

FORMATS = ("int16", "uint8", "int32", "int64", "float32", "float64")


def numbers(n: int, n_channels: int, dtype: str, seed: int = 0) -> np.ndarray:
    """Return noise with far outliers, so that every bucket's extremes are its own; floats hold NaN and infinities."""
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind != "f":
        limits = np.iinfo(dtype)
        return rng.integers(limits.min, limits.max, (n, n_channels), dtype=dtype, endpoint=True)
    data = (rng.standard_normal((n, n_channels)) * 10.0 ** rng.integers(-3, 4, (n, n_channels))).astype(dtype)
    data[rng.random((n, n_channels)) < 0.02] = np.nan
    data[rng.random((n, n_channels)) < 0.001] = np.inf
    data[rng.random((n, n_channels)) < 0.001] = -np.inf
    data[100 : 100 + 3 * BUCKET, 0] = np.nan
    return data


def session_of(
    path: Path, data: np.ndarray, lengths: list[int] | None = None, chunk_seconds: float = 1.0, **about
) -> Path:
    """Record samples in blocks of these lengths, over and over, with a gap before every tenth; return the session."""
    clock = SteppedTime()
    info = StreamInfo(fs=2000.0, sample_shape=data.shape[1:], dtype=data.dtype.name, **about)
    with Recorder(path, clock=clock, chunk_seconds=chunk_seconds) as made:
        sink = made.sink("emg")
        sink.open(info)
        first = i = 0
        lengths = lengths or [997]
        while first < len(data):
            n = min(lengths[i % len(lengths)], len(data) - first)
            lost = 5 if i % 10 == 9 else 0
            sink.write(Block(data[first : first + n].copy(), (first + np.arange(n)) / 2000.0, lost))
            first, i = first + n, i + 1
            if i % 3 == 0:
                clock.sleep(0.3)
                made.step(0)
    return made.path


def expected(data: np.ndarray, edges: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Return the extremes of columns as plainly as can be, shape (n_channels, n_columns, 2)."""
    rows = data.reshape(len(data), -1)
    out = np.full((rows.shape[1], len(edges) - 1, 2), np.nan, dtype=np.float32)
    for column in range(len(edges) - 1):
        for channel in range(rows.shape[1]):
            some = rows[edges[column] : edges[column + 1], channel]
            some = some[~np.isnan(some)] if some.dtype.kind == "f" else some
            if len(some):
                out[channel, column] = sorted((some.min() * scale, some.max() * scale))
    return out


def levels_of(folder: Path) -> list[np.ndarray]:
    """Return every level, read by zarr alone."""
    group = zarr.open_group(folder, mode="r")
    return [group[str(level)][:] for level in range(1, group.attrs["n_levels"] + 1)]


def check_levels(folder: Path, data: np.ndarray) -> None:
    """Hold every row of every level against the samples."""
    levels = levels_of(folder)
    rows = data.reshape(len(data), -1)
    assert len(levels) == sum(1 for level in range(1, 12) if bucket_of(level) <= len(rows))
    for number, level in enumerate(levels, 1):
        size = bucket_of(number)
        assert level.dtype == data.dtype
        whole = expected(rows, np.arange(len(rows) // size + 1) * size)
        assert level.shape == (whole.shape[1], whole.shape[0], 2)
        np.testing.assert_array_equal(level.transpose(1, 0, 2).astype(np.float32), whole)


@pytest.mark.parametrize("dtype", FORMATS)
def test_every_level_is_the_extremes_of_the_samples(tmp_path, dtype):
    data = numbers(9000, 3, dtype)
    session = session_of(tmp_path, data, [1, 63, 64, 65, 500])
    check_levels(session / "emg" / "overview", data)
    report = check_session(session)
    assert report["problems"] == []


# Warnings of numpy about NaN would be errors here.
@given(
    st.lists(st.integers(1, 700), min_size=1, max_size=30),
    st.sampled_from(("int16", "float32")),
    st.integers(1, 5),
    st.integers(0, 2**31),
)
def test_levels_do_not_depend_on_how_blocks_are_cut(tmp_path_factory, lengths, dtype, n_channels, seed):
    data = numbers(sum(lengths), n_channels, dtype, seed)
    folder = tmp_path_factory.mktemp("levels")
    writer = OverviewWriter(folder, data.dtype, n_channels)
    first = 0
    for n in lengths:
        writer.add([data[first : first + n]])
        first += n
    writer.finish()
    check_levels(folder / "overview", data)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> tuple[Path, np.ndarray]:
    """Return a session of several chunks and levels, whose chunks end inside of buckets, and its samples."""
    data = numbers(60_001, 3, "float32", 5)
    return session_of(tmp_path_factory.mktemp("stored"), data, chunk_seconds=1.0, scale=-0.5), data


@given(st.integers(1, 300), st.integers(0, 60_001), st.integers(0, 60_001))
def test_columns_are_exact_at_any_zoom(stored, n_columns, start, stop):
    path, data = stored
    with open_session(path) as session:
        stream = session.streams["emg"]
        assert not stream.lacks_overview
        first, last = sorted((start, stop))
        columns = stream.overview(n_columns, first, last, exact=True)
        edges = first + (last - first) * np.arange(n_columns + 1) // n_columns
        np.testing.assert_array_equal(columns, expected(data, edges, -0.5))


@given(st.integers(1, 60), st.integers(0, 60_001), st.integers(0, 60_001))
def test_columns_that_need_not_be_exact_are_those_of_edges_nearby(stored, n_columns, start, stop):
    path, data = stored
    parts = 4
    first, last = sorted((start, stop))
    edges = column_edges(first, last, n_columns)
    moved = eased(edges, parts)
    assert (last - first) // n_columns >= parts * BUCKET or (moved == edges).all()
    assert (moved[0], moved[-1]) == (first, last)
    assert (np.abs(moved - edges) <= max(0, last - first) / n_columns / (2 * parts) + 1).all()
    with open_session(path) as session:
        columns = session.streams["emg"].overview(n_columns, first, last)
    np.testing.assert_array_equal(columns, expected(data, moved, -0.5))


def test_few_samples_are_read_for_many_columns(stored, monkeypatch):
    path, _ = stored
    with open_session(path) as session:
        stream = session.streams["emg"]
        asked = []
        real = stream._rows
        monkeypatch.setattr(stream, "_rows", lambda which, a, b, *more: asked.append(b - a) or real(which, a, b, *more))
        stream.overview(100, exact=False)
        # The two ends, whose blocks may lie across two chunks.
        assert sum(asked) <= 2 * BUCKET


def test_a_stream_of_markers_and_one_of_few_samples_have_columns_too(tmp_path):
    markers = numbers(700, 6, "float64").reshape(700, 2, 3)
    path = session_of(tmp_path / "markers.myo", markers)
    with open_session(path) as session:
        np.testing.assert_array_equal(session.streams["emg"].overview(3), expected(markers, column_edges(0, 700, 3)))
    few = numbers(BUCKET - 1, 2, "int16")
    path = session_of(tmp_path / "few.myo", few)
    assert levels_of(path / "emg" / "overview") == []
    with open_session(path) as session:
        stream = session.streams["emg"]
        assert not stream.lacks_overview
        np.testing.assert_array_equal(stream.overview(5), expected(few, column_edges(0, BUCKET - 1, 5)))


def test_an_empty_stretch_has_no_extremes(stored):
    with open_session(stored[0]) as session:
        assert np.isnan(session.streams["emg"].overview(4, 10, 10)).all()


# What is missing, short, stale or damaged


def interrupted(folder: Path, data: np.ndarray) -> Path:
    """Record and stop in the middle, as a killed program does; return the session."""
    clock = SteppedTime()
    made = recorder(folder, clock)
    sink = made.sink("emg")
    sink.open(StreamInfo(fs=2000.0, sample_shape=data.shape[1:], dtype=data.dtype.name))
    for first in range(0, len(data), 500):
        sink.write(Block(data[first : first + 500], (first + np.arange(len(data[first : first + 500]))) / 2000.0))
    made.step(0)
    left = folder / "killed.myo"
    shutil.copytree(made.path, left)
    made.close()
    shutil.rmtree(made.path)
    (left / "writer.lock").unlink()
    return left


def test_after_a_crash_it_is_missing_and_built_anew(tmp_path):
    data = numbers(20_000, 3, "int16")
    path = interrupted(tmp_path, data)
    assert (path / "emg" / "overview.new").is_dir()
    with open_session(path) as session:
        stream = session.streams["emg"]
        assert session.state == "recovered"
        before = stream.overview(7, exact=True)
        assert [one.name for one in without_overview(session)] == ["emg"]
        shares: list[float] = []
        assert build_overviews(session, shares.append) == ["emg"]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert without_overview(session) == []
        np.testing.assert_array_equal(stream.overview(7, exact=True), before)
        np.testing.assert_array_equal(before, expected(data, column_edges(0, 20_000, 7)))
    check_levels(path / "emg" / "overview", data)
    assert not list((path / "emg").glob("*.new"))
    with open_session(path) as session:
        assert without_overview(session) == []


def test_a_recovered_session_that_was_cut_shorter_does_not_believe_the_longer_one(tmp_path):
    path = recorded(tmp_path, 5000)
    with open_session(path) as session:
        stream = session.streams["emg"]
        whole = stream.overview(3, 0, 4000)
        stream.set_length(4000)
        assert stream.lacks_overview
        np.testing.assert_array_equal(stream.overview(3), whole)
        build_overviews(session)
        assert not stream.lacks_overview
        np.testing.assert_array_equal(stream.overview(3), whole)


def test_who_stops_the_building_leaves_nothing(tmp_path):
    path = recorded(tmp_path, 5000)
    shutil.rmtree(path / "emg" / "overview")

    def stop(share: float) -> None:
        raise Stopped

    with open_session(path) as session:
        with pytest.raises(Stopped):
            build_overviews(session, stop)
        assert session.streams["emg"].lacks_overview
    assert sorted(child.name for child in (path / "emg").iterdir()) == ["samples", "timestamps", "zarr.json"]


def test_of_a_session_that_cannot_be_written_it_is_kept_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    path = recorded(tmp_path / "a.myo", 5000)
    shutil.rmtree(path / "emg" / "overview")
    monkeypatch.setattr("os.access", lambda *_: False)
    with open_session(path) as session:
        before = session.streams["emg"].overview(9, exact=True)
        assert build_overviews(session) == ["emg"]
        assert not (path / "emg" / "overview").exists()
    with open_session(path) as session:
        assert without_overview(session) == []
        np.testing.assert_array_equal(session.streams["emg"].overview(9, exact=True), before)
    assert len(list((tmp_path / "cache" / "overviews").iterdir())) == 1


def _edit(path: Path, **changes: object) -> None:
    metadata = json.loads(path.read_text())
    metadata["attributes"].update(changes)
    path.write_text(json.dumps(metadata))


def _no_chunk(overview: Path) -> None:
    (overview / "1" / "c.0.0.0").unlink()


def _short_chunk(overview: Path) -> None:
    (overview / "1" / "c.0.0.0").write_bytes(b"short")


def _link(overview: Path) -> None:
    chunk = overview / "1" / "c.0.0.0"
    chunk.rename(overview / "moved")
    chunk.symlink_to(overview / "moved")


def _torn(overview: Path) -> None:
    (overview / "zarr.json").write_text('{"attributes": {"n_sam')


def _too_many_levels(overview: Path) -> None:
    _edit(overview / "zarr.json", n_levels=10**9)


def _other_samples(overview: Path) -> None:
    _edit(overview / "zarr.json", n_samples=4999)


def _no_level(overview: Path) -> None:
    shutil.rmtree(overview / "2")


@pytest.mark.parametrize("harm", [_no_chunk, _short_chunk, _link, _torn, _too_many_levels, _other_samples, _no_level])
def test_a_damaged_one_costs_time_and_nothing_else(tmp_path, harm):
    path = recorded(tmp_path, 5000)
    with open_session(path) as session:
        whole = session.streams["emg"].overview(3)
    harm(path / "emg" / "overview")
    with open_session(path) as session:
        np.testing.assert_array_equal(session.streams["emg"].overview(3), whole)


def test_a_full_disk_costs_the_overview_and_no_sample(tmp_path, monkeypatch):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    data = numbers(30_000, 4, "int16")
    sink.open(StreamInfo(fs=2000.0, sample_shape=(4,), dtype="int16"))
    made.step(0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("myoscope.recordings.overview_writer._Level._write", full)
    for first in range(0, len(data), 1000):
        sink.write(Block(data[first : first + 1000], first + np.arange(1000) / 2000.0))
    made.step(0)
    assert made.status.error == ""
    made.close()
    monkeypatch.undo()
    with open_session(made.path) as session:
        stream = session.streams["emg"]
        assert (session.state, stream.n_samples, stream.lacks_overview) == ("complete", 30_000, True)
        assert sorted(child.name for child in (made.path / "emg").iterdir()) == ["samples", "timestamps", "zarr.json"]


def test_a_recorder_may_leave_it_for_later(tmp_path):
    path = recorded(tmp_path, 5000, overview=False)
    assert sorted(child.name for child in (path / "emg").iterdir()) == ["samples", "timestamps", "zarr.json"]
    with open_session(path) as session:
        assert build_overviews(session) == ["emg"]
        assert without_overview(session) == []
