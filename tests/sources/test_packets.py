"""Lost rows, told from a counter that wraps and timestamps that jitter."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.sources.packets import PacketGaps

RATE = 250.0


def offered(counters, timestamps, pieces=1, rate_hz=RATE):
    """Offer rows as a board would send them, piece by piece; return the rows taken and the losses before each."""
    gaps = PacketGaps(rate_hz)
    held = np.empty((2, 0))
    taken = []
    for piece in [*np.array_split(np.stack([counters, timestamps]).astype(float), pieces, axis=1), None]:
        fresh = np.empty((2, 0)) if piece is None else piece
        held = np.concatenate([held, fresh], axis=1)
        while True:
            n, lost = gaps.take(*held, final=piece is None)
            if not n:
                break
            taken.append((lost, held[:, :n]))
            held = held[:, n:]
    assert held.shape[1] == 0
    return taken


def lost_in(taken):
    return sum(lost for lost, _ in taken)


@given(
    st.lists(st.tuples(st.integers(40, 400), st.integers(1, 900)), max_size=5),
    st.sampled_from([1, 2]),
    st.integers(0, 255),
    st.floats(0, 0.03),
    st.integers(1, 60),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=100, deadline=None)
def test_every_loss_is_counted_where_it_happened(runs, step, begin, jitter_s, pieces, seed):
    numbers, at = [np.arange(100)], 100
    for n_rows, n_lost in runs:
        numbers.append(at + n_lost + np.arange(n_rows))
        at = numbers[-1][-1] + 1
    rows = np.concatenate([*numbers, at + np.arange(100)])
    late = np.random.default_rng(seed).exponential(jitter_s / 5, len(rows)).clip(0, jitter_s)
    stamps = np.maximum.accumulate(rows / RATE + late)
    # A counter that goes in twos wraps after 128 rows: half as much jitter is told apart.
    taken = offered((begin + rows * step) % 256, stamps, pieces)
    assert np.array_equal(np.concatenate([block[1] for _, block in taken]), stamps)
    starts = np.cumsum([0] + [block.shape[1] for _, block in taken])[:-1]
    told = {int(rows[start]): lost for (lost, _), start in zip(taken, starts, strict=True) if lost}
    true = {int(after): int(after - before - 1) for before, after in pairwise(rows) if after - before > 1}
    assert told == true


def test_a_late_bunch_is_no_loss():
    rows = np.arange(2000)
    stamps = rows / RATE
    # The computer was busy from 2 to 3.2 s: what came meanwhile is stamped on waking.
    stamps[(stamps > 2) & (stamps < 3.2)] = 3.2
    assert lost_in(offered(rows % 256, stamps, 100)) == 0


def test_a_loss_behind_a_late_bunch_is_still_found():
    rows = np.concatenate([np.arange(1000), np.arange(1000 + 512, 2500)])
    stamps = rows / RATE
    late = (rows >= 1512) & (rows < 1540)
    stamps[late] = 1540 / RATE
    assert lost_in(offered(rows % 256, stamps, 50)) == 512


@pytest.mark.parametrize("counters", [np.zeros(1500), np.arange(1500) // 2 % 200, np.full(1500, np.nan)])
def test_a_counter_that_does_not_count_is_ignored(counters):
    stamps = np.arange(1500) / RATE
    stamps[700:] += 2.0
    assert lost_in(offered(counters, stamps, 30)) == 500


@pytest.mark.parametrize("wraps", [101, 128, 200, 65536, 10**9])
def test_a_counter_may_wrap_elsewhere(wraps):
    rows = np.arange(1200) + wraps - 300 if wraps > 1200 else np.arange(1200)
    assert lost_in(offered(rows % wraps, rows / RATE, 20)) == 0


def test_a_board_that_began_again_lost_what_the_clock_says():
    counters = np.concatenate([np.arange(200), np.arange(200)]) % 256
    stamps = np.arange(400) / RATE
    assert lost_in(offered(counters, stamps, 7)) == 0
    stamps[200:] += 312 / RATE
    assert abs(lost_in(offered(counters, stamps, 7)) - 312) <= 2


def test_rows_wait_until_the_counter_is_understood():
    gaps = PacketGaps(RATE)
    assert gaps.take(np.arange(5.0), np.arange(5) / RATE) == (0, 0)
    assert gaps.take(np.arange(5.0), np.arange(5) / RATE, final=True) == (5, 0)
    assert gaps.take(np.empty(0), np.empty(0), final=True) == (0, 0)
