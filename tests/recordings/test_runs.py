"""Rows in several arrays: joined and split, none lost, none moved."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import runs

lengths = st.lists(st.sampled_from([0, 1, 2, 7, 300, 5000]), max_size=12)


def arrays(lengths):
    rows = np.arange(4 * sum(lengths), dtype=np.float32).reshape(-1, 4)
    return rows, np.split(rows, np.cumsum(lengths)[:-1]) if lengths else []


@given(lengths.filter(bool))
def test_packing_keeps_rows_and_leaves_no_piece_empty(lengths):
    rows, blocks = arrays(lengths)
    pieces = runs.packed(blocks)
    assert all(len(piece) for piece in pieces)
    assert all(piece.nbytes >= runs.PIECE_BYTES for piece in pieces[:-1])
    np.testing.assert_array_equal(np.concatenate([rows[:0], *pieces]), rows)


@given(lengths, st.integers(0, 70_000))
def test_splitting_keeps_rows(lengths, n):
    rows, pieces = arrays(lengths)
    head, rest = runs.split(pieces, n)
    np.testing.assert_array_equal(np.concatenate([rows[:0], *head]), rows[:n])
    np.testing.assert_array_equal(np.concatenate([rows[:0], *rest]), rows[n:])
