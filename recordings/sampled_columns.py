"""Lowest and highest values of columns of samples, from the samples themselves."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import ArrayLayout
from .errors import SessionError
from .extremes import Extremes
from .overview_writer import BUCKET
from .recorded_array import MissingFile

Rows = Callable[[int, int], NDArray[Any]]
"""Returns samples ``first:last``, shape (n_samples, n_channels)."""
Blocks = Callable[[NDArray[np.int64]], NDArray[Any]]
"""Returns `BUCKET` samples from each of some numbers on, shape (n, BUCKET, n_channels); anything behind the end."""


def add_all(found: Extremes, edges: NDArray[np.int64], rows: Rows, piece_rows: int) -> None:
    """Take in columns sample by sample, without the interpreter lock.

    Parameters
    ----------
    found
        One column each.
    edges
        Shape (n_columns + 1,): sample numbers.
    rows
        How to read samples.
    piece_rows
        How many lie together: those of one piece are read without a copy, which costs more than the looking.
    """
    from .column_kernels import add_rows

    first, last = int(edges[0]), int(edges[-1])
    while first < last:
        end = min(last, (first // piece_rows + 1) * piece_rows)
        data = np.ascontiguousarray(rows(first, end)).view()
        data.flags.writeable = False
        add_rows(found.low, found.high, edges, int(np.searchsorted(edges, first, "right")) - 1, data, first)
        first = end


def add_ends(found: Extremes, edges: NDArray[np.int64], inner: NDArray[np.int64], blocks: Blocks) -> None:
    """Take in the few samples at both ends of each column that `Overview.add_to` has left over.

    Parameters
    ----------
    found
        One column each.
    edges
        Shape (n_columns + 1,): sample numbers.
    inner
        What `Overview.add_to` returned.
    blocks
        How to read them.
    """
    cut = np.unique(edges[(edges % BUCKET) > 0])
    if not len(cut):
        return
    # Sorted by where in its block an edge lies, those that a row comes before are always the first few.
    cut = cut[np.argsort(-(cut % BUCKET), kind="stable")]
    offsets = cut % BUCKET
    rows = blocks(cut - offsets)
    before = Extremes(len(cut), rows.shape[2], rows.dtype)
    after = Extremes(len(cut), rows.shape[2], rows.dtype)
    for row in range(BUCKET):
        n = int(np.searchsorted(-offsets, -row))
        some = rows[:, row]
        before.add(slice(0, n), some[:n], some[:n])
        after.add(slice(n, None), some[n:], some[n:])
    by_edge = np.argsort(cut)
    for edge_of, inner_of, side in ((edges[:-1], inner[0], after), (edges[1:], inner[1], before)):
        columns = np.flatnonzero(edge_of != inner_of)
        at = by_edge[np.searchsorted(cut, edge_of[columns], sorter=by_edge)]
        found.add(columns, side.low[at], side.high[at])


def blocks_of_files(layout: ArrayLayout, n_samples: int, rows: Rows) -> Blocks:
    """Return how to read blocks of `BUCKET` samples from anywhere in chunk files of this machine.

    A call of the system for each, because mapping a file takes ten times as long as reading a few pages of it.
    """
    n_columns = layout.row_bytes // layout.dtype.itemsize
    row_bytes, chunk_rows = layout.row_bytes, layout.chunk_rows

    def blocks(firsts: NDArray[np.int64]) -> NDArray[Any]:
        out = np.empty((len(firsts), BUCKET, n_columns), dtype=layout.dtype)
        into = out.reshape(-1).view(np.uint8).data
        order = np.argsort(firsts).tolist()
        numbers = firsts.tolist()
        file, chunk_open = -1, -1
        try:
            for i in order:
                first = numbers[i]
                n = min(BUCKET, n_samples - first)
                chunk, row = divmod(first, chunk_rows)
                if row + n > chunk_rows or not hasattr(os, "preadv"):
                    out[i, :n] = rows(first, first + n)
                    continue
                if chunk != chunk_open:
                    if file >= 0:
                        os.close(file)
                    file, chunk_open = -1, -1
                    try:
                        file, chunk_open = _open_chunk(layout, chunk), chunk
                    except MissingFile:
                        # Compacted since; whoever reads rows finds them.
                        out[i, :n] = rows(first, first + n)
                        continue
                at, n_bytes = i * BUCKET * row_bytes, n * row_bytes
                if os.preadv(file, [into[at : at + n_bytes]], row * row_bytes) < n_bytes:
                    raise SessionError(
                        f"{layout.chunk_path(chunk)} ends before its samples do. Restore it from a copy."
                    )
        finally:
            if file >= 0:
                os.close(file)
        return out

    return blocks


def _open_chunk(layout: ArrayLayout, chunk: int) -> int:
    path = layout.chunk_path(chunk)
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise MissingFile(f"{path} is missing. Restore it from a copy.") from None
    except OSError as error:
        raise SessionError(f"{path} cannot be read: {error.strerror or error}. Restore it from a copy.") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise SessionError(f"{path} is not a plain file. Sessions hold no links; copy the whole folder anew.")
    return file


def blocks_of_rows(n_samples: int, rows: Rows) -> Blocks:
    """Return how to read blocks of `BUCKET` samples where they lie in no chunk files of this machine."""

    def blocks(firsts: NDArray[np.int64]) -> NDArray[Any]:
        pieces = [rows(int(first), min(int(first) + BUCKET, n_samples)) for first in firsts]
        out = np.zeros((len(pieces), BUCKET, pieces[0].shape[1]), dtype=pieces[0].dtype)
        for i, piece in enumerate(pieces):
            out[i, : len(piece)] = piece
        return out

    return blocks
