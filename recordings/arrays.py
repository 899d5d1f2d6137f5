"""A Zarr v3 array whose chunk files are its rows: uncompressed, little-endian, one chunk wide.

The metadata are plain JSON and written as such. The zarr library reads them; importing it here would cost half a
second and start threads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from ..sources.info import NUMERIC
from .errors import SessionError

MAX_CHUNK_BYTES = 64 * 2**20
MIN_CHUNK_ROWS = 1024
IRREGULAR_CHUNK_ROWS = 4096
MAX_ROWS = 2**53


def chunk_rows(fs: float, sample_bytes: int, chunk_seconds: float) -> int:
    """Return how many samples go into a chunk: about `chunk_seconds`, at most 64 MiB."""
    wanted = max(MIN_CHUNK_ROWS, round(fs * chunk_seconds)) if fs else IRREGULAR_CHUNK_ROWS
    return max(1, min(wanted, MAX_CHUNK_BYTES // max(8, sample_bytes)))


@dataclass(frozen=True)
class ArrayLayout:
    """Where the rows of an array lie.

    Parameters
    ----------
    folder
        The array's folder.
    dtype
        Number format, little-endian.
    row_shape
        Shape of one row: a sample's shape, or () for timestamps.
    chunk_rows
        Rows of a chunk file.
    """

    folder: Path
    dtype: np.dtype[Any]
    row_shape: tuple[int, ...]
    chunk_rows: int

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.dtype.itemsize * math.prod(self.row_shape)

    @property
    def chunk_bytes(self) -> int:
        """Bytes of a chunk file."""
        return self.row_bytes * self.chunk_rows

    def chunk_path(self, chunk: int) -> Path:
        """Return the file of a chunk, such as ``c.3.0``."""
        return self.folder / self.chunk_name(chunk)

    def chunk_name(self, chunk: int) -> str:
        """Return the name of that file."""
        return f"c.{chunk}" + ".0" * len(self.row_shape)

    def n_chunks(self, n_rows: int) -> int:
        """Return how many chunk files hold `n_rows`."""
        return -(-n_rows // self.chunk_rows)

    def metadata(self, n_rows: int) -> dict[str, Any]:
        """Return the array's ``zarr.json`` at a length of `n_rows`."""
        endian = {"configuration": {"endian": "little"}} if self.dtype.itemsize > 1 else {}
        names = ["time", "channel"] if len(self.row_shape) == 1 else ["time", *(None for _ in self.row_shape)]
        return {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [n_rows, *self.row_shape],
            "data_type": self.dtype.name,
            "chunk_grid": {
                "name": "regular",
                "configuration": {"chunk_shape": [self.chunk_rows, *self.row_shape]},
            },
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}},
            "fill_value": 0.0 if self.dtype.kind == "f" else 0,
            "codecs": [{"name": "bytes", **endian}],
            "attributes": {},
            "dimension_names": names,
            "storage_transformers": [],
        }

    @classmethod
    def parse(cls, folder: Path, metadata: Mapping[str, Any]) -> tuple[ArrayLayout, int]:
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
        grid = metadata.get("chunk_grid")
        configuration = grid.get("configuration") if isinstance(grid, dict) else None
        chunk = configuration.get("chunk_shape") if isinstance(configuration, dict) else None
        if not is_whole_numbers(chunk) or len(chunk) != len(shape) or chunk[0] < 1 or chunk[1:] != shape[1:]:
            raise SessionError(f"{folder} says its chunks are {str(chunk)[:80]}. No recording has that; it is damaged.")
        layout = cls(folder, np.dtype(data_type).newbyteorder("<"), tuple(shape[1:]), chunk[0])
        if layout.chunk_bytes > MAX_CHUNK_BYTES:
            raise SessionError(
                f"{folder} has chunks of {layout.chunk_bytes:,} bytes, over 64 MiB. It is not ours, or damaged."
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


def is_whole_numbers(value: object) -> TypeGuard[list[int]]:
    """Whether `value` can be a shape."""
    # Python computes with numbers of any length, and fails when it is to write them out.
    return isinstance(value, list) and 0 < len(value) <= 8 and all(type(n) is int and abs(n) < 2**63 for n in value)
