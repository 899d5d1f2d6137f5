"""A Zarr v3 array in shards: how compaction leaves samples, and what is believed of a shard from anyone.

A shard is a file of about a minute. It holds inner chunks, each compressed by itself and followed by its CRC-32C, and
at its end an index: for each inner chunk, in C order, offset and length (uint64, little-endian), then a CRC-32C of
those (Zarr v3, codec ``sharding_indexed`` 1.0). Compression is Blosc with bit-shuffle: its header tells how many
bytes come out, so a chunk that would swell beyond what was declared is refused before anything is decompressed.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..sources.info import NUMERIC
from .arrays import MAX_CHUNK_BYTES, MAX_ROWS, ArrayLayout, is_whole_numbers
from .errors import SessionError

SHARD_SECONDS = 60.0
INNER_SECONDS = 1.0
INNER_CHANNELS = 16
MIN_SHARD_BYTES = 8 * 2**20
MAX_SHARD_BYTES = 32 * 2**20
MAX_INNER_BYTES = 2**20
MIN_INNER_BYTES = 64 * 2**10
MAX_INNER_CHUNKS = 2**16
BLOSC_HEADER = struct.Struct("<BBBBIII")
"""Version, version of the compressor's format, flags, size of a number, bytes out, bytes of a block, bytes in."""
CRC_BYTES = 4
_CODEC_KEYS = {"typesize", "cname", "clevel", "shuffle", "blocksize"}
_CNAMES = ("lz4", "lz4hc", "zstd", "zlib", "blosclz")


@dataclass(frozen=True)
class ShardLayout:
    """Where the rows of a compacted array lie.

    Parameters
    ----------
    folder
        The array's folder.
    dtype
        Number format, little-endian.
    row_shape
        Shape of one row: a sample's shape, or () for timestamps.
    shard_rows
        Rows of a shard.
    inner_rows
        Rows of an inner chunk.
    inner_row_shape
        What an inner chunk holds of a row: some of the channels, or all of it.
    recorded_chunk_rows
        Rows of a chunk while it was recorded; ``checksums.json`` goes by those.
    cname, clevel
        Compressor inside Blosc, and how hard it tries.
    """

    folder: Path
    dtype: np.dtype[Any]
    row_shape: tuple[int, ...]
    shard_rows: int
    inner_rows: int
    inner_row_shape: tuple[int, ...]
    recorded_chunk_rows: int
    cname: str = "lz4"
    clevel: int = 5

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.dtype.itemsize * math.prod(self.row_shape)

    @property
    def shard_bytes(self) -> int:
        """Bytes of a shard's rows, uncompressed."""
        return self.row_bytes * self.shard_rows

    @property
    def inner_bytes(self) -> int:
        """Bytes of an inner chunk, uncompressed."""
        return self.dtype.itemsize * self.inner_rows * math.prod(self.inner_row_shape)

    @property
    def inner_across(self) -> int:
        """Inner chunks side by side: more than one where channels are apart."""
        return math.prod(self.row_shape) // math.prod(self.inner_row_shape)

    @property
    def n_inner(self) -> int:
        """Inner chunks of a shard."""
        return self.shard_rows // self.inner_rows * self.inner_across

    @property
    def index_bytes(self) -> int:
        """Bytes of a shard's index, at its end."""
        return 16 * self.n_inner + CRC_BYTES

    @property
    def most_file_bytes(self) -> int:
        """What a shard's file may have at most: what Blosc could not compress is a little longer."""
        return self.n_inner * (self.inner_bytes + BLOSC_HEADER.size + CRC_BYTES) + self.index_bytes

    @property
    def as_recorded(self) -> ArrayLayout:
        """How the rows lay while they were recorded."""
        return ArrayLayout(self.folder, self.dtype, self.row_shape, self.recorded_chunk_rows)

    def shard_name(self, shard: int) -> str:
        """Return the file of a shard below the array's folder, such as ``c/3/0``."""
        return "/".join(["c", str(shard), *("0" for _ in self.row_shape)])

    def n_shards(self, n_rows: int) -> int:
        """Return how many shards hold `n_rows`."""
        return -(-n_rows // self.shard_rows)

    @classmethod
    def of(cls, recorded: ArrayLayout, fs: float) -> ShardLayout:
        """Return how compaction stores what lies as `recorded`, sampled at `fs` Hz."""
        row_bytes, shape = recorded.row_bytes, recorded.row_shape
        inner_shape = shape
        if len(shape) == 1 and shape[0] > INNER_CHANNELS:
            # As many channels together as divide them evenly; some numbers have no such part.
            k = max(k for k in range(1, INNER_CHANNELS + 1) if shape[0] % k == 0)
            inner_shape = (k,) if k >= INNER_CHANNELS // 2 else shape
        inner_row_bytes = recorded.dtype.itemsize * math.prod(inner_shape)
        least = max(1, -(-MIN_INNER_BYTES // inner_row_bytes))
        inner = min(max(round(fs * INNER_SECONDS), least), max(1, MAX_INNER_BYTES // inner_row_bytes))
        inner = max(1, min(inner, MAX_SHARD_BYTES // row_bytes))
        wanted = max(round(fs * SHARD_SECONDS), MIN_SHARD_BYTES // row_bytes)
        n = max(1, min(-(-wanted // inner), MAX_SHARD_BYTES // (row_bytes * inner)))
        # Numbers that vary in every bit down to the last gain from a better compressor; counts do not.
        codec = ("zstd", 3) if recorded.dtype.kind == "f" else ("lz4", 5)
        return cls(recorded.folder, recorded.dtype, shape, n * inner, inner, inner_shape, recorded.chunk_rows, *codec)

    def codecs(self) -> dict[str, Any]:
        """Return the sharding codec as ``zarr.json`` has it."""
        configuration = {"configuration": {"endian": "little"}} if self.dtype.itemsize > 1 else {}
        in_order = {"name": "bytes", "configuration": {"endian": "little"}}
        blosc = {
            "typesize": self.dtype.itemsize, "cname": self.cname, "clevel": self.clevel,
            "shuffle": "bitshuffle", "blocksize": 0,
        }  # fmt: skip
        return {
            "name": "sharding_indexed",
            "configuration": {
                "chunk_shape": [self.inner_rows, *self.inner_row_shape],
                "codecs": [
                    {"name": "bytes", **configuration},
                    {"name": "blosc", "configuration": blosc},
                    {"name": "crc32c"},
                ],
                "index_codecs": [in_order, {"name": "crc32c"}],
                "index_location": "end",
            },
        }

    def metadata(self, n_rows: int) -> dict[str, Any]:
        """Return the array's ``zarr.json`` at a length of `n_rows`."""
        recorded = self.as_recorded.metadata(n_rows)
        return {
            **recorded,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [self.shard_rows, *self.row_shape]}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "codecs": [self.codecs()],
            "attributes": {"recorded_chunk_rows": self.recorded_chunk_rows},
        }

    @classmethod
    def parse(cls, folder: Path, metadata: Mapping[str, Any]) -> tuple[ShardLayout, int]:
        """Return the layout and number of rows that a ``zarr.json`` describes.

        Raises
        ------
        SessionError
            When it describes another kind of array than `metadata` writes, or one beyond all limits.
        """
        shape, data_type = metadata.get("shape"), metadata.get("data_type")
        if not is_whole_numbers(shape) or not 0 <= shape[0] <= MAX_ROWS or min(shape[1:], default=1) < 1:
            raise SessionError(f"{folder} says its shape is {str(shape)[:80]}. No recording has that; it is damaged.")
        if data_type not in NUMERIC:
            raise SessionError(f"{folder} holds {str(data_type)[:40]!r}. Sessions hold {', '.join(NUMERIC)}.")
        shard = _inside(metadata, "chunk_grid", "configuration", "chunk_shape")
        coded = metadata.get("codecs")
        outer = coded[0] if isinstance(coded, list) and len(coded) == 1 else {}
        inner = _inside(outer, "configuration", "chunk_shape")
        recorded = _inside(metadata, "attributes", "recorded_chunk_rows")
        if not (
            _divides(shard, [shape[0], *shape[1:]], rows_free=True)
            and shard[1:] == shape[1:]
            and _divides(inner, shard)
            and (len(shape) == 2 or inner[1:] == shape[1:])
        ):
            raise SessionError(
                f"{folder} says its shards are {str(shard)[:80]} of {str(inner)[:80]}. It is not ours, or damaged."
            )
        blosc = _blosc(outer)
        dtype = np.dtype(data_type).newbyteorder("<")
        if (
            type(recorded) is not int
            or recorded < 1
            or recorded * dtype.itemsize * math.prod(shape[1:]) > MAX_CHUNK_BYTES
        ):
            raise SessionError(f"{folder} does not say how it was recorded. Open it with zarr.open_group().")
        layout = cls(
            folder, dtype, tuple(shape[1:]), shard[0], inner[0], tuple(inner[1:]), recorded,
            blosc.get("cname", ""), blosc.get("clevel", -1),
        )  # fmt: skip
        if layout.shard_bytes > MAX_SHARD_BYTES or layout.n_inner > MAX_INNER_CHUNKS:
            raise SessionError(
                f"{folder} has shards of {layout.shard_bytes:,} bytes in {layout.n_inner:,} chunks. It is not ours."
            )
        ours = layout.metadata(shape[0])
        for key in ("zarr_format", "node_type", "chunk_grid", "chunk_key_encoding", "codecs"):
            if metadata.get(key) != ours[key]:
                raise SessionError(
                    f"{folder} stores its samples in another way ({key}: {str(metadata.get(key))[:80]})."
                    " Open it with zarr.open_group()."
                )
        if metadata.get("storage_transformers"):
            raise SessionError(f"{folder} stores its samples transformed. Open it with zarr.open_group().")
        return layout, shape[0]


def is_sharded(metadata: Mapping[str, Any]) -> bool:
    """Whether a ``zarr.json`` describes an array in shards."""
    codecs = metadata.get("codecs")
    first = codecs[0] if isinstance(codecs, list) and codecs else None
    return isinstance(first, dict) and first.get("name") == "sharding_indexed"


def _inside(value: object, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _divides(part: object, whole: object, *, rows_free: bool = False) -> bool:
    """Whether `part` is a shape that `whole` can be cut into; its rows need not when they are free."""
    if not is_whole_numbers(part) or not is_whole_numbers(whole) or len(part) != len(whole) or min(part) < 1:
        return False
    pairs = list(zip(part, whole, strict=True))[1 if rows_free else 0 :]
    return all(n % p == 0 for p, n in pairs)


def _blosc(outer: object) -> dict[str, Any]:
    """Return the Blosc configuration of a sharding codec; an empty one where there is none."""
    codecs = _inside(outer, "configuration", "codecs")
    found = _inside(codecs[1], "configuration") if isinstance(codecs, list) and len(codecs) == 3 else None
    if not isinstance(found, dict) or set(found) != _CODEC_KEYS or found["cname"] not in _CNAMES:
        return {}
    return found
