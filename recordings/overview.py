"""Lowest and highest values of any stretch of a stream in milliseconds, from what `OverviewWriter` left.

A long column is made of a few whole rows of a coarse level; what is left over at its two ends, of up to three rows of
each finer level; and the last few samples, of the samples themselves. So the answer is exact, and takes about as many
rows as there are columns, whatever the length.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from .arrays import ArrayLayout
from .errors import SessionError
from .extremes import Extremes
from .layout import MAX_JSON_BYTES, METADATA
from .overview_writer import BUCKET, FACTOR, OVERVIEW, bucket_of
from .places import Place, read_json_in
from .recorded_array import RecordedArray
from .sampled_columns import Blocks, Rows, add_all, add_ends

SHORT = 4 * BUCKET
"""Columns of fewer samples are quicker looked at sample by sample than put together from the overview."""

MAX_LEVELS = 24


class Overview:
    """The overview of one stream, on the disk. Any thread may call it.

    Parameters
    ----------
    place
        The folder that holds ``overview``: the group's, or another.
    dtype
        Number format of the stream, little-endian.
    n_channels
        Values of a sample, all axes of it together.
    n_samples
        How many samples the stream has now.

    Raises
    ------
    SessionError
        When there is none, or it is one of other samples than these.
    """

    def __init__(self, place: Place, dtype: np.dtype[Any], n_channels: int, n_samples: int) -> None:
        folder = place / OVERVIEW
        folder.require_folder()
        attributes = read_json_in(folder, METADATA, MAX_JSON_BYTES).get("attributes")
        told = attributes if isinstance(attributes, dict) else {}
        n_levels = told.get("n_levels")
        if (told.get("n_samples"), told.get("bucket"), told.get("factor")) != (n_samples, BUCKET, FACTOR):
            raise SessionError(f"{folder} is of {str(told.get('n_samples'))[:20]} samples; there are {n_samples:,}.")
        if type(n_levels) is not int or not 0 <= n_levels <= MAX_LEVELS or (n_levels == 0) != (n_samples < BUCKET):
            raise SessionError(f"{folder} has {str(n_levels)[:20]} levels, which cannot be. Build it anew.")
        self._levels = []
        for level in range(1, n_levels + 1):
            place_of_level = folder / str(level)
            place_of_level.require_folder()
            metadata = read_json_in(place_of_level, METADATA, MAX_JSON_BYTES)
            layout, n_rows = ArrayLayout.parse(Path(str(place_of_level)), metadata)
            if (layout.row_shape, layout.dtype, n_rows) != ((n_channels, 2), dtype, n_samples // bucket_of(level)):
                raise SessionError(f"{place_of_level} does not fit the samples. Build the overview anew.")
            self._levels.append(RecordedArray(place_of_level, layout))

    def add_to(self, found: Extremes, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """Take in everything of the columns but what is left over at their edges.

        Parameters
        ----------
        found
            One column each.
        edges
            Shape (n_columns + 1,): sample numbers; no column is shorter than a row of the first level.

        Returns
        -------
        NDArray[np.int64]
            Shape (2, n_columns): the first sample and the one behind the last that each column has got.

        Raises
        ------
        SessionError
            When a file is missing or cannot be read.
        """
        begins, ends = edges[:-1], edges[1:]
        shortest = int((ends - begins).min())
        top = max(k for k in range(1, len(self._levels) + 1) if bucket_of(k) <= shortest)
        size = bucket_of(top)
        inner = np.stack([-(-begins // size), ends // size])
        self._add_whole(found, top, inner)
        for level in range(top - 1, 0, -1):
            size = bucket_of(level)
            outer = np.stack([-(-begins // size), ends // size])
            self._add_left_over(found, level, inner * FACTOR, outer)
            inner = outer
        return inner * bucket_of(1)

    def _add_whole(self, found: Extremes, level: int, spans: NDArray[np.int64]) -> None:
        starts, n_rows = spans[0], spans[1] - spans[0]
        for j in range(int(n_rows.max())):
            has = np.flatnonzero(n_rows > j)
            rows = self._gather(level, starts[has] + j)
            found.add(has, rows[..., 0], rows[..., 1])

    def _add_left_over(self, found: Extremes, level: int, inner: NDArray[np.int64], outer: NDArray[np.int64]) -> None:
        """Take in the rows of a level that lie outside of what a coarser one gave; at most three at either end."""
        wanted, columns = [], []
        for j in range(1, FACTOR):
            for rows, has in (
                (inner[0] - j, inner[0] - j >= outer[0]),
                (inner[1] + j - 1, inner[1] + j - 1 < outer[1]),
            ):
                columns.append(np.flatnonzero(has))
                wanted.append(rows[has])
        gathered = self._gather(level, np.concatenate(wanted))
        at = 0
        for some in columns:
            found.add(some, gathered[at : at + len(some), :, 0], gathered[at : at + len(some), :, 1])
            at += len(some)

    def _gather(self, level: int, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Return some rows of a level, shape (n, n_channels, 2), each chunk file being looked at once."""
        array = self._levels[level - 1]
        n = array.layout.chunk_rows
        out = np.empty((len(numbers), *array.layout.row_shape), dtype=array.layout.dtype)
        chunks = numbers // n
        for chunk in np.unique(chunks):
            here = np.flatnonzero(chunks == chunk)
            low, high = int(numbers[here].min()), int(numbers[here].max()) + 1
            out[here] = array.rows(low, high)[numbers[here] - low]
        return out

    def close(self) -> None:
        """Let the mapped files go. Safe to call twice."""
        for level in self._levels:
            level.close()


def columns(
    edges: NDArray[np.int64],
    overview: Overview | None,
    dtype: np.dtype[Any],
    n_channels: int,
    rows: Rows,
    blocks: Blocks,
    piece_rows: int,
) -> Extremes:
    """Return the extremes of columns of a stream, all equally long but for a few samples.

    Parameters
    ----------
    edges
        Shape (n_columns + 1,): sample numbers, from `column_edges` and perhaps `eased`.
    overview
        What makes it quick; without it every sample is looked at.
    dtype
        Number format of the samples.
    n_channels
        Values of a sample.
    rows, blocks
        How to read samples.
    piece_rows
        How many samples lie together.

    Raises
    ------
    SessionError
        When samples cannot be read. Where the overview cannot, it is done without.
    """
    found = Extremes(len(edges) - 1, n_channels, dtype)
    if overview is not None and int(np.diff(edges).min()) >= SHORT:
        try:
            inner = overview.add_to(found, edges)
        except SessionError:
            # Files of it are gone or damaged; no sample is in it.
            found = Extremes(len(edges) - 1, n_channels, dtype)
        else:
            add_ends(found, edges, inner, blocks)
            return found
    add_all(found, edges, rows, piece_rows)
    return found


def cache_of(*identity: object) -> Path:
    """Return the folder of the user's cache that holds the overview of what is `identity`, if any does."""
    base = os.environ.get("MYOSCOPE_CACHE_DIR") or platformdirs.user_cache_dir("myoscope", appauthor=False)
    return Path(base) / "overviews" / hashlib.sha256(repr(identity).encode()).hexdigest()[:32]


def column_edges(first: int, last: int, n_columns: int) -> NDArray[np.int64]:
    """Return where `n_columns` pieces of equal length begin and end, shape (n_columns + 1,)."""
    return first + (last - first) * np.arange(n_columns + 1, dtype=np.int64) // n_columns


def eased(edges: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    """Return edges moved to whole rows of a level of which a column has at least `parts`, if there is such a level.

    So they move by half of a row, and by at most ``1 / (2 * parts)`` of a column.

    Parameters
    ----------
    edges
        Shape (n_columns + 1,): sample numbers. The first and the last stay where they are.
    parts
        How many rows a column has at least.
    """
    shortest = int(np.diff(edges).min())
    size = 1
    while bucket_of(size) * parts <= shortest:
        size += 1
    if size == 1:
        return edges
    bucket = bucket_of(size - 1)
    moved = (edges + bucket // 2) // bucket * bucket
    moved[[0, -1]] = edges[[0, -1]]
    return moved
