"""The ring: any split of the samples reads back as one row of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.sources import RingBuffer, SourceError


def counted(first: int, n: int, n_channels: int) -> np.ndarray:
    """Return rows that hold their own number, plus a tenth of their column."""
    return (np.arange(first, first + n)[:, None] + np.arange(n_channels) / 10).astype(np.float32)


@given(
    sizes=st.lists(st.integers(0, 70), min_size=1, max_size=40),
    n_channels=st.integers(1, 5),
    capacity=st.integers(1, 60),
    slack=st.integers(0, 20),
    asked=st.integers(1, 90),
)
def test_newest_rows_read_back_after_any_split(sizes, n_channels, capacity, slack, asked):
    ring = RingBuffer(n_channels, capacity, slack)
    total = 0
    for size in sizes:
        ring.extend(counted(total, size, n_channels), np.arange(total, total + size, dtype=float))
        total += size
        view = ring.view(asked)
        n = min(asked, capacity, total)
        assert view.first == total - n
        assert ring.holds(view.first)
        np.testing.assert_array_equal(view.data, counted(total - n, n, n_channels))
        np.testing.assert_array_equal(view.timestamps, np.arange(total - n, total))
        assert view.data.flags.c_contiguous


def test_a_view_is_no_copy_and_says_when_it_is_spoiled():
    ring = RingBuffer(1, 8, 2)
    ring.extend(counted(0, 8, 1), np.arange(8.0))
    view = ring.view(8)
    assert np.shares_memory(view.data, ring.view(8).data)
    ring.extend(counted(8, 2, 1), np.arange(8.0, 10.0))
    assert ring.holds(view.first)
    ring.extend(counted(10, 1, 1), np.arange(10.0, 11.0))
    assert not ring.holds(view.first)


def test_a_copy_is_never_changed_by_later_samples():
    ring = RingBuffer(2, 8, 2)
    ring.extend(counted(0, 8, 2), np.arange(8.0))
    copy = ring.copy(4)
    ring.extend(counted(8, 10, 2), np.arange(8.0, 18.0))
    np.testing.assert_array_equal(copy.data, counted(4, 4, 2))
    np.testing.assert_array_equal(copy.timestamps, [4, 5, 6, 7])


@given(losses=st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_lost_samples_are_counted_before_every_row(losses):
    ring = RingBuffer(1, 1000, 10)
    before = []
    for row, lost in enumerate(losses):
        ring.extend(counted(row, 1, 1), np.array([float(row)]), lost)
        before.append(ring.n_lost)
    assert [ring.lost_before(row) for row in range(len(losses))] == before


def test_rows_before_the_kept_gaps_still_know_their_losses():
    ring = RingBuffer(1, 1000, 10)
    for row in range(300):
        ring.extend(counted(row, 1, 1), np.array([float(row)]), 1)
    assert len(ring.gaps) == 256
    assert ring.lost_before(299) == 300
    assert ring.lost_before(0) == 300 - 256


def test_a_buffer_beyond_memory_is_refused_in_one_sentence():
    with pytest.raises(SourceError, match=r"takes .* GiB; 2 GiB is the most. Give a shorter buffer_seconds"):
        RingBuffer(512, 10_000 * 120)


@given(
    parts=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=12),
    more=st.integers(0, 400),
)
def test_a_frozen_copy_keeps_samples_numbers_and_gaps(parts, more):
    ring = RingBuffer(2, 150)
    row = 0
    for n, lost in parts:
        ring.extend(counted(row, n, 2), np.arange(row, row + n) / 10.0, lost)
        row += n
    kept, view = ring.frozen(), ring.view()
    lost_before = [ring.lost_before(view.first + i) for i in range(len(view.data))]
    before = view.data.copy()
    if more:
        ring.extend(counted(row, more, 2), np.arange(row, row + more) / 10.0, 3)
    ours = kept.view()
    assert (ours.first, kept.n_total) == (view.first, row)
    np.testing.assert_array_equal(ours.data, before)
    np.testing.assert_array_equal(ours.data[:, 0], np.arange(ours.first, row, dtype=np.float32))
    assert [kept.lost_before(ours.first + i) for i in range(len(ours.data))] == lost_before
    part = kept.view(5, end=row - 2)
    assert part.first + len(part.data) == max(part.first, row - 2)
