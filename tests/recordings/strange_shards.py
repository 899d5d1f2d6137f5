"""Sessions in shards that nobody should have to open: what is bad about each, as a change to one that is fine."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import google_crc32c
import numcodecs
import numpy as np
from numcodecs import blosc

from myoscope.recordings import open_session
from myoscope.recordings.shards import CRC_BYTES, ShardLayout
from myoscope.sources import StreamInfo

MANY = StreamInfo(fs=1000.0, name="EMG", sample_shape=(32,), unit="µV", dtype="int16")


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
