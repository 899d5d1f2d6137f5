"""Reading an array as compaction leaves it: shards of compressed chunks."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError
from .places import Place, PlacedFile
from .recorded_array import MissingFile
from .shard_codec import decode_index, decode_inner
from .shards import ShardLayout

OPEN_SHARDS = 8
CACHE_BYTES = 16 * 2**20


class Shard(NamedTuple):
    """An open shard.

    Parameters
    ----------
    file
        Its bytes.
    places
        Shape (n_inner, 2): offset and length of each inner chunk, -1 where there is none.
    name
        For messages.
    """

    file: PlacedFile
    places: NDArray[np.int64]
    name: str


class ShardedArray:
    """Reads rows from shards; only the chunks that are needed are decompressed. Any thread may call it.

    Chunks that lie wholly inside what is asked for go straight into the result where they can. Those at its ends are
    kept for a while, as the next rows are likely to be in them.

    Parameters
    ----------
    place
        The array's folder.
    layout
        How its rows lie.
    n_rows
        How many there are.
    """

    is_compacted = True

    def __init__(self, place: Place, layout: ShardLayout, n_rows: int) -> None:
        self.shards = layout
        self.layout = layout.as_recorded
        self._place = place
        self._n_rows = n_rows
        self._shard = lru_cache(maxsize=OPEN_SHARDS)(self._open)
        self._decoded: OrderedDict[tuple[int, int], NDArray[Any]] = OrderedDict()
        self._n_kept = max(2 * layout.inner_across, CACHE_BYTES // layout.inner_bytes)
        self._lock = Lock()

    @property
    def piece_rows(self) -> int:
        """Rows that are cheap to read together."""
        return self.shards.inner_rows

    def rows(self, first: int, last: int, channels: slice = slice(None)) -> NDArray[Any]:
        """Return rows ``first:last``, read-only.

        Raises
        ------
        SessionError
            When a shard is missing or damaged.
        """
        layout = self.shards
        last = min(last, self._n_rows)
        first = min(first, last)
        left, right, n_wide = self._across(channels)
        shape = layout.row_shape if len(layout.row_shape) != 1 else (right - left,)
        out = np.empty((last - first, *shape), dtype=layout.dtype)
        n = layout.inner_rows
        for number in range(first // n, -(-last // n) if last > first else 0):
            begin, end = max(first, number * n), min(last, (number + 1) * n)
            for column in range(left // n_wide, -(-right // n_wide)):
                here = out[begin - first : end - first]
                taken = slice(begin - number * n, end - number * n)
                if len(layout.row_shape) != 1:
                    self._fill(here, number, column, taken, slice(None))
                    continue
                low, high = max(left, column * n_wide), min(right, (column + 1) * n_wide)
                part = here[:, low - left : high - left]
                self._fill(part, number, column, taken, slice(low - column * n_wide, high - column * n_wide))
        out.flags.writeable = False
        return out

    def _across(self, channels: slice) -> tuple[int, int, int]:
        """Return the channels that are asked for, from and to, and how many a chunk holds; (0, 1, 1) without any."""
        if len(self.shards.row_shape) != 1:
            return 0, 1, 1
        left, right, _ = channels.indices(self.shards.row_shape[0])
        return left, max(left, right), self.shards.inner_row_shape[0]

    def _fill(self, out: NDArray[Any], number: int, column: int, rows: slice, channels: slice) -> None:
        layout, key = self.shards, (number, column)
        whole = rows == slice(0, layout.inner_rows)
        with self._lock:
            inner = self._decoded.get(key)
            if inner is not None:
                self._decoded.move_to_end(key)
        if inner is None:
            if whole and out.flags.c_contiguous and out.nbytes == layout.inner_bytes:
                self._decode(number, column, out)
                return
            inner = np.empty((layout.inner_rows, *layout.inner_row_shape), dtype=layout.dtype)
            self._decode(number, column, inner)
            # What is read in long stretches would push out all that is read again.
            if not whole:
                self._keep(key, inner)
        copy_rows(out, inner[rows] if len(layout.row_shape) != 1 else inner[rows, channels])

    def _keep(self, key: tuple[int, int], inner: NDArray[Any]) -> None:
        with self._lock:
            self._decoded[key] = inner
            while len(self._decoded) > self._n_kept:
                self._decoded.popitem(last=False)

    def _decode(self, number: int, column: int, out: NDArray[Any]) -> None:
        layout = self.shards
        shard, inside = divmod(number, layout.shard_rows // layout.inner_rows)
        opened = self._shard(shard)
        offset, n_bytes = (int(value) for value in opened.places[inside * layout.inner_across + column])
        if offset < 0:
            first = number * layout.inner_rows
            raise SessionError(f"{opened.name} lacks the samples from {first:,} on. Restore it from a copy.")
        decode_inner(opened.file.part(offset, n_bytes), out, opened.name)

    def _open(self, shard: int) -> Shard:
        layout, name = self.shards, self.shards.shard_name(shard)
        told, n_bytes = f"{self._place}/{name}", self._place.size(name)
        problem = self._problem(shard, n_bytes)
        if problem is not None or n_bytes is None:
            raise problem or SessionError(f"{told} is missing.")
        file = self._place.open(name, n_bytes)
        if file.n_bytes != n_bytes:
            raise SessionError(f"{told} changes while it is read. Open the session again.")
        tail = file.part(n_bytes - layout.index_bytes, layout.index_bytes)
        return Shard(file, decode_index(tail, layout, n_bytes, told), told)

    def _problem(self, shard: int, n_bytes: int | None) -> SessionError | None:
        layout, told = self.shards, f"{self._place}/{self.shards.shard_name(shard)}"
        if n_bytes is None:
            n_rows = min(layout.shard_rows, self._n_rows - shard * layout.shard_rows)
            return MissingFile(f"{told} is missing, and its {n_rows:,} rows with it. Restore it from a copy.")
        if not layout.index_bytes <= n_bytes <= layout.most_file_bytes:
            return SessionError(f"{told} has {n_bytes:,} bytes, which cannot be. Restore it from a copy.")
        return None

    def names(self, n_rows: int) -> Iterator[str]:
        """Return the files that hold rows, below the array's folder."""
        return (self.shards.shard_name(shard) for shard in range(self.shards.n_shards(n_rows)))

    def is_beyond_its_files(self, n_rows: int) -> bool:
        """Whether it claims far more rows than its folder could hold; behind a URL reading tells."""
        if self._place.is_remote or not n_rows:
            return False
        try:
            return self.shards.n_shards(n_rows) > 2 * (self._place / "c").n_names() + 16
        except OSError:
            return self.shards.n_shards(n_rows) > 16

    def problem(self, n_rows: int) -> SessionError | None:
        """Return what is wrong with the first bad shard; behind a URL only the first and the last are asked for."""
        n_shards = self.shards.n_shards(n_rows)
        shards = sorted({0, n_shards - 1}) if self._place.is_remote and n_shards else range(n_shards)
        for shard in shards:
            try:
                problem = self._problem(shard, self._place.size(self.shards.shard_name(shard)))
            except SessionError as error:
                problem = error
            if problem is not None:
                return problem
        return None

    def close(self) -> None:
        """Let the files go. Safe to call twice."""
        self._shard.cache_clear()
        with self._lock:
            self._decoded.clear()


def copy_rows(out: NDArray[Any], rows: NDArray[Any]) -> None:
    """Copy rows of a few channels; numpy moves narrow numbers one by one, words four times as fast.

    Parameters
    ----------
    out, rows
        Shape (n_rows, n_channels), each row contiguous; other shapes are copied as they are.
    """
    if out.ndim != 2 or out.dtype.itemsize >= 8 or not out.size:
        out[...] = rows
        return
    ways = (out.ctypes.data, rows.ctypes.data, out.strides[0], rows.strides[0], out.shape[1] * out.itemsize)
    word = math.gcd(8, *ways)
    if word <= out.itemsize or out.strides[1] != out.itemsize or rows.strides[1] != rows.itemsize:
        out[...] = rows
    else:
        out.view(f"u{word}")[...] = rows.view(f"u{word}")
