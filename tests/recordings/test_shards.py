"""Reading shards: the zarr library is the oracle, and strangers' shards are refused before anything swells."""

from __future__ import annotations

import json
import shutil
import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import google_crc32c
import numcodecs
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
from myoscope.recordings.shards import CRC_BYTES, ShardLayout
from myoscope.sources import StreamInfo

from .sessions import counted, recorded

MANY = StreamInfo(fs=1000.0, name="EMG", sample_shape=(32,), unit="µV", dtype="int16")


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


def inner_of(path: Path) -> tuple[bytearray, int, int]:
    """Return the bytes of the first shard, and where its first chunk is."""
    data = bytearray((path / "emg/samples/c/0/0").read_bytes())
    layout = open_session(path).streams["emg"]._samples.shards
    offset, n_bytes = struct.unpack_from("<QQ", data, len(data) - layout.index_bytes)
    return data, offset, n_bytes


def index_of(data: bytearray, layout: ShardLayout) -> np.ndarray:
    """Return the index of a shard, to be changed in place."""
    return np.frombuffer(data, "<u8", 2 * layout.n_inner, len(data) - layout.index_bytes)


def sealed(data: bytearray, layout: ShardLayout) -> bytearray:
    """Make the index's checksum right again."""
    data[-CRC_BYTES:] = google_crc32c.value(bytes(data[-layout.index_bytes : -CRC_BYTES])).to_bytes(4, "little")
    return data


def with_bomb(session: Path) -> None:
    """Let the first chunk be one of some kilobytes that would become 256 MiB."""
    _replace_inner(session, numcodecs.Blosc("zstd", 9, 2).encode(np.zeros(2**28, np.uint8)))


def with_other_length(session: Path) -> None:
    _replace_inner(session, blosc.compress(np.zeros(1000, "<i2"), b"lz4", 5, 2))


def with_lying_header(session: Path) -> None:
    """Let a chunk say that as much comes out as was declared, and hold far more."""
    layout = open_session(session).streams["emg"]._samples.shards
    packed = bytearray(numcodecs.Blosc("zstd", 9, 2).encode(np.zeros(2**26, np.uint8)))
    packed[4:8] = struct.pack("<I", layout.inner_bytes)
    _replace_inner(session, bytes(packed))


def _replace_inner(session: Path, packed: bytes) -> None:
    data, _, _ = inner_of(session)
    layout = open_session(session).streams["emg"]._samples.shards
    packed += google_crc32c.value(packed).to_bytes(4, "little")
    body = bytearray(packed) + data[-layout.index_bytes :]
    index = index_of(body, layout)
    index[:] = 2**64 - 1
    index[:2] = 0, len(packed)
    (session / "emg/samples/c/0/0").write_bytes(sealed(body, layout))


def with_index(change):
    def act(session: Path) -> None:
        data, _, _ = inner_of(session)
        layout = open_session(session).streams["emg"]._samples.shards
        change(index_of(data, layout))
        (session / "emg/samples/c/0/0").write_bytes(sealed(data, layout))

    return act


def set_item(place: int, value: int):
    return lambda index: index.__setitem__(place, value)


def flipped(place: int):
    def act(session: Path) -> None:
        path = session / "emg/samples/c/0/0"
        data = bytearray(path.read_bytes())
        data[place] ^= 0x10
        path.write_bytes(data)

    return act


def metadata(**changes):
    def act(session: Path) -> None:
        path = session / "emg/samples/zarr.json"
        values = json.loads(path.read_text(encoding="utf-8"))
        for key, value in changes.items():
            *outer, last = key.split("__")
            inner = values
            for name in outer:
                inner = inner[int(name)] if isinstance(inner, list) else inner[name]
            inner[int(last) if isinstance(inner, list) else last] = value
        path.write_text(json.dumps(values), encoding="utf-8")

    return act


def _link(session: Path) -> None:
    (session / "emg/samples/c").rename(session.parent / "elsewhere")
    (session / "emg/samples/c").symlink_to(session.parent / "elsewhere")


def _link_deeper(session: Path) -> None:
    (session / "emg/samples/c/0").rename(session.parent / "elsewhere")
    (session / "emg/samples/c/0").symlink_to(session.parent / "elsewhere")


def _grow_timestamps(session: Path) -> None:
    path = session / "emg/timestamps/zarr.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**values, "shape": [10**15]}), encoding="utf-8")


INNER = "codecs__0__configuration__chunk_shape"
STRANGE = {
    "a bomb": with_bomb,
    "a chunk of another length": with_other_length,
    "a chunk with a lying header": with_lying_header,
    "a bit of a chunk": flipped(40),
    "a bit of the index": flipped(-20),
    "a bit of the index's checksum": flipped(-1),
    "an offset outside": with_index(set_item(0, 2**40)),
    "an offset below zero": with_index(set_item(0, 2**63 + 5)),
    "a length outside": with_index(set_item(1, 2**31)),
    "a length of nothing": with_index(set_item(1, 0)),
    "a chunk into the index": with_index(lambda index: index.__setitem__(0, index[0] + 10**6)),
    "half an entry": with_index(set_item(0, 2**64 - 1)),
    "a missing chunk": with_index(lambda index: index.__setitem__(slice(0, 2), 2**64 - 1)),
    "no shard": lambda session: (session / "emg/samples/c/0/0").unlink(),
    "no shards": lambda session: shutil.rmtree(session / "emg/samples/c"),
    "an empty shard": lambda session: (session / "emg/samples/c/0/0").write_bytes(b""),
    "a shard that is a folder": lambda s: [(s / "emg/samples/c/0/0").unlink(), (s / "emg/samples/c/0/0").mkdir()],
    "a linked folder of shards": _link,
    "a linked folder of a shard": _link_deeper,
    "1e15 rows": lambda s: [metadata(shape=[10**15, 32])(s), _grow_timestamps(s)],
    "rows below zero": metadata(shape=[-1, 32]),
    "a shape of text": metadata(shape="big"),
    "objects": metadata(data_type="object"),
    "shards of 64 GiB": metadata(chunk_grid__configuration__chunk_shape=[2**30, 32]),
    "shards that chunks do not fill": metadata(**{INNER: [999, 16]}),
    "chunks of nothing": metadata(**{INNER: [0, 16]}),
    "chunks that are text": metadata(**{INNER: "big"}),
    "chunks of three dimensions": metadata(**{INNER: [1000, 4, 4]}),
    "a million chunks": metadata(**{INNER: [1, 1]}),
    "narrow shards": metadata(chunk_grid__configuration__chunk_shape=[131072, 16]),
    "no codec": metadata(codecs=[]),
    "a codec that is text": metadata(codecs__0="sharding_indexed"),
    "pickles": metadata(codecs__0__configuration__codecs=[{"name": "numcodecs.pickle"}]),
    "chunks without a checksum": lambda s: _without_checksum(s),
    "another compressor": metadata(codecs__0__configuration__codecs__1__configuration__cname="snappy"),
    "a compressor that is a list": metadata(codecs__0__configuration__codecs__1__configuration__cname=["lz4"]),
    "another size of number": metadata(codecs__0__configuration__codecs__1__configuration__typesize=255),
    "an index at the start": metadata(codecs__0__configuration__index_location="start"),
    "an index without a checksum": metadata(
        codecs__0__configuration__index_codecs=[{"name": "bytes", "configuration": {"endian": "little"}}]
    ),
    "another byte order": metadata(codecs__0__configuration__codecs__0__configuration__endian="big"),
    "transformed": metadata(storage_transformers=[{"name": "x"}]),
    "recorded in chunks of nothing": metadata(attributes__recorded_chunk_rows=0),
    "recorded in chunks of 64 GiB": metadata(attributes__recorded_chunk_rows=2**40),
    "recorded in other chunks": metadata(attributes__recorded_chunk_rows=2048),
    "not saying how it was recorded": metadata(attributes={}),
}  # fmt: skip


def _without_checksum(session: Path) -> None:
    path = session / "emg/samples/zarr.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    values["codecs"][0]["configuration"]["codecs"].pop()
    path.write_text(json.dumps(values), encoding="utf-8")


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_strange_shards_are_refused_in_one_sentence(tmp_path, good, change):
    session = tmp_path / "strange.myo"
    shutil.copytree(good, session)
    change(session)
    tracemalloc.start()
    try:
        with pytest.raises(SessionError) as told, open_session(session) as opened:
            opened.streams["emg"].read()
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 64 * 2**20
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
