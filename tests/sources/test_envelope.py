"""The envelope equals what the oracles say of the same columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tsdownsample import M4Downsampler

from myoscope.sources import Envelope, RingBuffer

BLOCKS = st.lists(
    st.tuples(st.integers(1, 80), st.sampled_from([0, 0, 0, 1, 5, 40, 900]), st.booleans()), min_size=1, max_size=40
)


def expected(data, numbers, bucket, n_columns):
    """Return the envelope made from scratch, column by column."""
    newest = numbers[-1] // bucket
    out = np.full((data.shape[1], n_columns, 2), np.nan, dtype=np.float32)
    for i in range(n_columns):
        rows = np.flatnonzero(numbers // bucket == newest - n_columns + 1 + i)
        if len(rows):
            first = rows[0]
            if first and numbers[first - 1] == numbers[first] - 1:
                rows = np.r_[first - 1, rows]
            out[:, i, 0], out[:, i, 1] = data[rows].min(axis=0), data[rows].max(axis=0)
    return out


@given(blocks=BLOCKS, bucket=st.integers(1, 30), n_columns=st.integers(1, 40), seed=st.integers(0, 99))
def test_carried_along_equals_made_from_scratch(blocks, bucket, n_columns, seed):
    rng = np.random.default_rng(seed)
    ring = RingBuffer(3, 4000, 400)
    envelope = Envelope(ring, bucket, n_columns)
    rows, numbers, number = [], [], 0
    for size, lost, look in blocks:
        data = rng.normal(size=(size, 3)).astype(np.float32)
        number += lost
        ring.extend(data, np.arange(size, dtype=float), lost)
        rows.append(data)
        numbers.extend(range(number, number + size))
        number += size
        if look:
            envelope.update()
    envelope.update()
    np.testing.assert_array_equal(
        envelope.columns, expected(np.concatenate(rows), np.array(numbers), bucket, n_columns)
    )
    later = Envelope(ring, bucket, n_columns)
    later.update()
    # One begun later lies on the same grid; only its oldest column may lack the sample before it.
    np.testing.assert_array_equal(later.columns[:, 1:], envelope.columns[:, 1:])


@given(bucket=st.integers(4, 50), n_columns=st.integers(2, 60), seed=st.integers(0, 99))
def test_extremes_equal_tsdownsample_m4_on_the_same_columns(bucket, n_columns, seed):
    n = bucket * n_columns
    data = np.random.default_rng(seed).normal(size=(n, 2)).astype(np.float32)
    ring = RingBuffer(2, n, 64)
    for part in np.array_split(data, 7):
        ring.extend(part, np.zeros(len(part)))
    envelope = Envelope(ring, bucket, n_columns)
    envelope.update()
    for channel in range(2):
        values = np.ascontiguousarray(data[:, channel])
        for column in range(n_columns):
            # Column by column: over the whole window its bins may end a sample off.
            mine = values[column * bucket : (column + 1) * bucket]
            kept = mine[M4Downsampler().downsample(mine, n_out=4)]
            low, high = kept.min(), kept.max()
            if column:
                joint = values[column * bucket - 1]
                low, high = min(low, joint), max(high, joint)
            assert tuple(envelope.columns[channel, column]) == (low, high)


def test_full_columns_never_change_while_the_picture_scrolls():
    rng = np.random.default_rng(1)
    ring = RingBuffer(1, 1000, 100)
    envelope = Envelope(ring, 10, 20)
    ring.extend(rng.normal(size=(200, 1)).astype(np.float32), np.zeros(200))
    envelope.update()
    before = envelope.columns.copy()
    ring.extend(rng.normal(size=(30, 1)).astype(np.float32), np.zeros(30))
    assert envelope.update() == 30
    np.testing.assert_array_equal(envelope.columns[:, :-3], before[:, 3:])


def test_not_a_number_is_passed_over():
    ring = RingBuffer(1, 100, 10)
    envelope = Envelope(ring, 2, 3)
    ring.extend(np.array([[1], [2], [np.nan], [5], [np.nan], [np.nan]], np.float32), np.zeros(6))
    envelope.update()
    np.testing.assert_array_equal(envelope.columns[0, :2], [[1, 2], [2, 5]])


def test_a_reader_left_far_behind_begins_anew():
    ring = RingBuffer(1, 50, 10)
    envelope = Envelope(ring, 5, 4)
    ring.extend(np.zeros((5, 1)), np.zeros(5))
    envelope.update()
    ring.extend(np.full((500, 1), 7.0), np.zeros(500))
    envelope.update()
    assert (envelope.columns == 7).all()


def test_columns_are_contiguous_for_each_channel():
    ring = RingBuffer(4, 100, 10)
    envelope = Envelope(ring, 3, 10)
    ring.extend(np.zeros((70, 4)), np.zeros(70))
    envelope.update()
    assert envelope.columns.shape == (4, 10, 2)
    assert all(channel.flags.c_contiguous for channel in envelope.columns)


@pytest.mark.parametrize(("bucket", "n_columns"), [(0, 10), (10, 0)])
def test_no_columns_are_refused(bucket, n_columns):
    with pytest.raises(ValueError, match="at least"):
        Envelope(RingBuffer(1, 10), bucket, n_columns)
