"""Reading shards: the zarr library is the oracle, and strangers' shards are refused before anything swells."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import google_crc32c
import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from numcodecs import blosc

from myoscope.recordings import SessionError, check_session, open_session
from myoscope.recordings.arrays import ArrayLayout
from myoscope.recordings.compaction import compact_session
from myoscope.recordings.places import LocalPlace
from myoscope.recordings.shard_codec import decode_index, decode_inner
from myoscope.recordings.sharded_array import ShardedArray, copy_rows
from myoscope.recordings.shards import ShardLayout

from .memory import Memory
from .sessions import counted, recorded
from .strange_shards import MANY, STRANGE, flipped


def sharded(folder: Path, rows: np.ndarray, layout: ShardLayout) -> ShardedArray:
    """Let the zarr library write `rows` as `layout` says; return our reader of them."""
    folder.mkdir()
    (folder / "zarr.json").write_text(json.dumps(layout.metadata(len(rows))), encoding="utf-8")
    with zarr.config.set({"array.write_empty_chunks": True}):
        zarr.open_array(folder, mode="r+")[:] = rows
    parsed, n_rows = ShardLayout.parse(folder, json.loads((folder / "zarr.json").read_text(encoding="utf-8")))
    assert (parsed, n_rows) == (layout, len(rows))
    return ShardedArray(LocalPlace(folder), parsed, n_rows)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize(
    ("row_shape", "inner"),
    [((), ()), ((6,), (6,)), ((6,), (3,)), ((6,), (1,)), ((2, 3), (2, 3)), ((3, 1, 2), (3, 1, 2))],
)
def test_any_rows_are_what_the_zarr_library_reads(tmp_path, dtype, row_shape, inner):
    rng = np.random.default_rng(7)
    rows = rng.integers(0, 100, (205, *row_shape)).astype(dtype)
    layout = ShardLayout(tmp_path / "a", np.dtype(dtype).newbyteorder("<"), row_shape, 60, 20, inner, 50)
    array = sharded(tmp_path / "a", rows, layout)
    theirs = zarr.open_array(tmp_path / "a", mode="r")
    for first, last in (
        (0, 205),
        (0, 20),
        (20, 40),
        (7, 9),
        (19, 21),
        (59, 61),
        (0, 60),
        (100, 205),
        (204, 205),
        (3, 3),
    ):
        ours = array.rows(first, last)
        assert ours.dtype == layout.dtype
        assert not ours.flags.writeable
        assert ours.shape == (last - first, *row_shape)
        assert ours.tobytes() == theirs[first:last].tobytes() == rows[first:last].tobytes()
        if len(row_shape) == 1:
            for channels in (slice(0, 1), slice(2, 5), slice(3, 6), slice(None)):
                assert (array.rows(first, last, channels) == rows[first:last, channels]).all()
    assert array.rows(200, 999).shape == (5, *row_shape)
    array.close()


def test_numbers_that_are_hard_to_keep_come_back_bit_by_bit(tmp_path):
    rows = np.zeros((300, 2), "<f4")
    rows[:60] = -0.0  # to zarr that is the fill value, whose chunks it leaves out unless told
    rows[100] = np.nan, np.inf
    rows[101].view("<u4")[:] = 0x7FC01234, 0xFF800001
    layout = ShardLayout(tmp_path / "a", np.dtype("<f4"), (2,), 60, 20, (2,), 50, "zstd", 3)
    array = sharded(tmp_path / "a", rows, layout)
    assert array.rows(0, 300).tobytes() == rows.tobytes()


@given(data=st.data())
def test_rows_of_some_channels_are_copied_like_numpy_does(data):
    itemsize = data.draw(st.sampled_from([1, 2, 4, 8]))
    n, wide, narrow = (data.draw(st.integers(1, 40)) for _ in range(3))
    k = data.draw(st.integers(1, min(wide, narrow)))
    into, of = (data.draw(st.integers(0, width - k)) for width in (wide, narrow))
    rng = np.random.default_rng(n)
    source = rng.integers(0, 255, (n, narrow * itemsize), dtype=np.uint8).view(f"<u{itemsize}")
    out = np.zeros((n, wide), f"<u{itemsize}")
    expected = out.copy()
    expected[:, into : into + k] = source[:, of : of + k]
    copy_rows(out[:, into : into + k], source[:, of : of + k])
    assert (out == expected).all()


@given(
    n_channels=st.integers(1, 600),
    dtype=st.sampled_from(["int8", "int16", "int32", "float32", "float64"]),
    fs=st.floats(0, 200_000),
)
def test_shards_of_any_stream_keep_to_their_limits(n_channels, dtype, fs):
    recorded_layout = ArrayLayout(Path("x"), np.dtype(dtype).newbyteorder("<"), (n_channels,), 100)
    layout = ShardLayout.of(recorded_layout, fs)
    assert layout.shard_rows % layout.inner_rows == 0
    assert n_channels % layout.inner_row_shape[0] == 0
    assert layout.shard_bytes <= 32 * 2**20
    assert layout.inner_bytes <= 2**20
    assert ShardLayout.parse(Path("x"), json.loads(json.dumps(layout.metadata(12345)))) == (layout, 12345)
    assert layout.as_recorded == recorded_layout


# Strangers


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = recorded(tmp_path_factory.mktemp("sharded") / "good.myo", 5000, MANY, chunk_seconds=0.5)
    compact_session(path)
    return path


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_strange_shards_are_refused_in_one_sentence(tmp_path, good, change):
    session = tmp_path / "strange.myo"
    shutil.copytree(good, session)
    change(session)
    with Memory() as memory, pytest.raises(SessionError) as told, open_session(session) as opened:
        opened.streams["emg"].read()
    assert memory.peak_bytes < 64 * 2**20
    assert "\n" not in str(told.value)
    assert str(told.value)[-1] in ".?"
    assert len(str(told.value)) < 600


def test_the_check_finds_a_flipped_bit_in_a_shard(tmp_path, good):
    session = tmp_path / "flipped.myo"
    shutil.copytree(good, session)
    assert check_session(session)["ok"]
    flipped(40)(session)
    assert not check_session(session)["ok"]


@given(data=st.binary(min_size=24, max_size=400), n=st.integers(1, 64))
def test_no_bytes_crash_the_decoder(data, n):
    out = np.zeros(n, "<i2")
    crc = google_crc32c.value(data).to_bytes(4, "little")
    with pytest.raises(SessionError):
        decode_inner(np.frombuffer(data + crc, np.uint8), out, "a shard")


@given(places=st.lists(st.tuples(st.integers(16, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_chunks_with_a_right_checksum_never_write_outside(places):
    good = np.arange(2048, dtype="<i2") % 50
    packed = bytearray(blosc.compress(good, b"lz4", 5, 2))
    for place, value in places:
        packed[16 + place % (len(packed) - 16)] = value
    crc = google_crc32c.value(bytes(packed)).to_bytes(4, "little")
    guarded = np.full(2048 + 256, 7, "<i2")
    with suppress(SessionError):
        decode_inner(np.frombuffer(bytes(packed) + crc, np.uint8), guarded[128:-128], "a shard")
    assert (guarded[:128] == 7).all()
    assert (guarded[-128:] == 7).all()


@given(data=st.binary(min_size=36, max_size=36))
def test_no_index_is_believed_that_does_not_add_up(data):
    layout = ShardLayout(Path("x"), np.dtype("<i2"), (2,), 4, 2, (2,), 4)
    assert layout.index_bytes == 36
    with pytest.raises(SessionError, match="does not add up"):
        decode_index(np.frombuffer(data, np.uint8).copy(), layout, 1000, "a shard")


def test_samples_of_a_compacted_session_replay_as_recorded(good):
    with open_session(good) as session:
        stream = session.streams["emg"]
        assert stream.is_compacted
        assert stream.layouts[0].chunk_rows == stream.attributes["chunk_rows"]
        data, timestamps = stream.read()
        assert (data == counted(0, 5000, MANY)).all()
        for t in (*timestamps[[0, 1, 499, 500, 501, 4999]], 49.0, 51.05, 99.0):
            assert stream.index_at(t) == np.searchsorted(timestamps, t)
        assert (stream.read(990, 2010, slice(15, 17))[0] == data[990:2010, 15:17]).all()
        assert stream.overview(7).shape == (32, 7, 2)
        with pytest.raises(ValueError, match="without a step"):
            stream.read(0, 10, slice(0, 8, 2))
