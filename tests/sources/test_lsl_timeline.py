"""Losses told from timestamps, and only losses."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myoscope.sources.lsl_timeline import Timeline


def lost_in(timeline, timestamps, **how):
    placed = timeline.place(timestamps, timestamps[-1])
    return sum(lost for _, _, lost in timeline.take(placed, **how))


def times(first, n, rate_hz=2000.0, start=1000.0):
    return start + (first + np.arange(n)) / rate_hz


def test_a_hole_between_blocks_is_counted_exactly():
    timeline = Timeline(2000.0)
    assert lost_in(timeline, times(0, 100)) == 0
    assert lost_in(timeline, times(700, 100)) == 600
    assert lost_in(timeline, times(800, 100)) == 0


def test_a_block_is_cut_where_samples_are_missing():
    timeline = Timeline(2000.0)
    holed = np.concatenate([times(0, 50), times(250, 50), times(1000, 30)])
    assert timeline.take(timeline.place(holed, holed[-1])) == [(0, 50, 0), (50, 100, 200), (100, 130, 700)]


def test_a_burst_that_comes_late_is_no_loss():
    """A sender that hung for 0.4 s and then stamps all that had gathered with the time of the call."""
    timeline = Timeline(2000.0)
    lost_in(timeline, times(0, 100))
    late = np.full(800, times(0, 100)[-1] + 0.4) + np.arange(800) * 1e-6
    assert timeline.jumps(late)
    assert lost_in(timeline, late) == 0


def test_after_a_stalled_reader_small_holes_count():
    timeline = Timeline(2000.0)
    lost_in(timeline, times(0, 100))
    assert lost_in(timeline, times(101, 100), jitter_s=0.0) == 1
    few = np.concatenate([times(202, 3), times(206, 30), times(256, 200)])
    assert timeline.take(timeline.place(few, few[-1]), jitter_s=0.0) == [(0, 3, 1), (3, 33, 1), (33, 233, 20)]


def test_jitter_that_was_seen_before_is_no_loss_where_every_sample_counts():
    timeline = Timeline(2000.0)
    rng = np.random.default_rng(2)
    timeline.take(timeline.place(times(0, 20), 2000.0))
    chunks = [times(first, 20) + rng.uniform(0, 0.008) for first in range(20, 8000, 20)]
    for chunk in chunks[:200]:
        if timeline.calm(chunk, 2000.0, 0.05) is None:
            assert lost_in(timeline, chunk) == 0
    assert lost_in(timeline, np.concatenate(chunks[200:]), jitter_s=0.0) == 0


def test_irregular_streams_lose_nothing():
    timeline = Timeline(0.0)
    assert lost_in(timeline, np.array([1.0, 2.0, 50.0, 51.0])) == 0


def test_one_sample_of_a_slow_stream_is_missed():
    timeline = Timeline(1.0)
    assert lost_in(timeline, np.array([10.0, 11.1, 13.0, 14.2])) == 1


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40), st.integers(0, 2**32 - 1))
def test_jitter_of_some_milliseconds_is_never_a_loss(sizes, seed):
    rng = np.random.default_rng(seed)
    timeline = Timeline(2000.0)
    first = 0
    for size in sizes:
        chunk = times(first, size) + rng.uniform(-0.015, 0.015)
        assert lost_in(timeline, np.sort(chunk + rng.uniform(-0.005, 0.005, size))) == 0
        first += size


@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 5000)), min_size=1, max_size=20),
    st.sampled_from([10.0, 500.0, 2000.0, 10_000.0]),
)
def test_received_and_lost_are_what_was_sent(parts, rate_hz):
    """Holes longer than jitter can be: none is missed, none is counted twice."""
    timeline = Timeline(rate_hz)
    least = math.ceil(0.06 * rate_hz) + 1
    first, received, lost = 0, 0, 0
    for size, hole in parts:
        first += hole + least if received else 0
        stamps = times(first, size, rate_hz)
        runs = timeline.take(timeline.place(stamps, stamps[-1]))
        received += sum(stop - start for start, stop, _ in runs)
        lost += sum(n for _, _, n in runs)
        first += size
    assert received + lost == first


@given(
    st.lists(st.floats(-0.2, 0.2) | st.just(math.nan) | st.floats(), min_size=1, max_size=6),
    st.sampled_from([0.0, 100.0]),
    st.sampled_from([0.0, 0.05]),
)
def test_the_short_way_gives_what_the_long_way_gives(steps, rate_hz, jitter_s):
    short, long = Timeline(rate_hz), Timeline(rate_hz)
    for timeline in (short, long):
        timeline.take(timeline.place(np.array([1000.0]), 1000.0))
    with np.errstate(all="ignore"):
        stamps = 1000 + np.cumsum(np.array(steps))
    placed = short.calm(stamps, 1000.5, jitter_s)
    if placed is not None:
        np.testing.assert_array_equal(long.place(stamps, 1000.5), placed)
        assert long.take(placed, jitter_s) == [(0, len(stamps), 0)]
        assert (short.newest, short.shift_s) == (long.newest, long.shift_s)


numbers = st.one_of(st.floats(), st.floats(-10, 10).map(lambda x: 1000 + x))


@given(st.lists(st.lists(numbers, max_size=12), max_size=8), st.sampled_from([0.0, 0.5, 2000.0]))
def test_whatever_comes_time_never_goes_back(blocks, rate_hz):
    timeline = Timeline(rate_hz)
    newest = -math.inf
    for block in blocks:
        stamps = np.array(block, dtype=float)
        timeline.jumps(stamps)
        placed = timeline.place(stamps, 1000.0)
        runs = timeline.take(placed)
        assert np.isfinite(placed).all()
        assert (np.diff(placed, prepend=newest) >= 0).all() if len(placed) else not runs
        assert [start for start, _, _ in runs] == [0, *(stop for _, stop, _ in runs)][: len(runs)]
        assert all(lost >= 0 for _, _, lost in runs)
        newest = placed[-1] if len(placed) else newest


def test_times_of_another_clock_are_moved_to_ours():
    timeline = Timeline(100.0)
    placed = timeline.place(times(0, 10, 100.0, start=1.7e9), 50.0)
    np.testing.assert_allclose(placed[-1], 50.0, atol=1e-6)
    timeline.take(placed)
    again = timeline.place(times(10, 10, 100.0, start=1.7e9), 50.1)
    np.testing.assert_allclose(again[0] - placed[-1], 0.01, atol=1e-6)


def test_a_clock_that_is_set_back_does_not_stop_time():
    timeline = Timeline(100.0)
    timeline.take(timeline.place(times(0, 10, 100.0), 1000.1))
    placed = timeline.place(times(10, 10, 100.0, start=400.0), 1000.2)
    assert 0 <= placed[0] - 1000.09 < 0.2
    np.testing.assert_allclose(np.diff(placed), 0.01, atol=1e-9)


def test_a_clock_that_is_set_forward_is_no_loss():
    timeline = Timeline(100.0)
    timeline.take(timeline.place(times(0, 10, 100.0), 1000.1))
    placed = timeline.place(times(10, 10, 100.0, start=5000.0), 1000.2)
    assert sum(lost for _, _, lost in timeline.take(placed)) == 0
    assert placed[-1] < 1001


def test_a_clock_that_is_set_forward_a_little_is_told_from_a_loss():
    """Samples after a loss are as old as ever; those of a clock that was set lie ahead of us."""
    for jump_s, now_s, lost in ((3.0, 0.0, 0), (3.0, 3.0, 300), (0.8, 0.0, 0), (0.8, 0.8, 80), (3.0, 2.9, 300)):
        timeline = Timeline(100.0)
        for first in (0, 10, 20):
            timeline.take(timeline.place(times(first, 10, 100.0), 1000.0 + first / 100 + 0.12))
        placed = timeline.place(times(30, 10, 100.0) + jump_s, 1000.42 + now_s)
        assert sum(n for _, _, n in timeline.take(placed)) == lost
        assert timeline.n_resets == (lost == 0)
