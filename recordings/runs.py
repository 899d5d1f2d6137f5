"""Consecutive rows that lie in several arrays, as blocks come from a device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

JOINED_BYTES = 128 * 2**10
PIECE_BYTES = 16 * 2**10
"""Blocks up to the first in all, or smaller than the second, are joined: copying costs less than a piece each."""


def packed(blocks: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Return consecutive blocks of rows in fewer pieces, none of them empty; large ones stay as they are."""
    if sum([block.nbytes for block in blocks]) <= JOINED_BYTES:
        joined = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        return [joined] if len(joined) else []
    pieces: list[NDArray[Any]] = []
    first = n_bytes = 0
    for i, block in enumerate(blocks, 1):
        n_bytes += block.nbytes
        if n_bytes >= PIECE_BYTES or (n_bytes and i == len(blocks)):
            pieces.append(block if i - first == 1 else np.concatenate(blocks[first:i]))
            first, n_bytes = i, 0
    return pieces


def split(pieces: Sequence[NDArray[Any]], n_rows: int) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Return the first `n_rows` rows of pieces, and the rest."""
    for i, piece in enumerate(pieces):
        if n_rows < len(piece):
            head = [*pieces[:i], piece[:n_rows]] if n_rows else list(pieces[:i])
            return head, [piece[n_rows:], *pieces[i + 1 :]]
        n_rows -= len(piece)
    return list(pieces), []
