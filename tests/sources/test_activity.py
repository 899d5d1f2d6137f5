from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from myoscope.sources.activity import RunningMeanFrequency, RunningRms
from myoscope.sources.ring import RingBuffer

FS = 2000.0


def filled(data: np.ndarray, capacity: int | None = None) -> RingBuffer:
    ring = RingBuffer(data.shape[1], capacity or max(1, len(data)))
    ring.extend(data, np.arange(len(data)) / FS)
    return ring


def noise(n: int, n_channels: int = 3, seed: int = 0, offset: float = 0.0) -> np.ndarray:
    return (offset + np.random.default_rng(seed).normal(0, 5, (n, n_channels))).astype(np.float32)


@given(st.integers(1, 400), st.lists(st.integers(0, 150), max_size=12), st.integers(0, 99), st.floats(-1e4, 1e4))
def test_rms_is_that_of_the_window_however_it_arrives(n_window, blocks, seed, offset):
    ring = RingBuffer(3, 1000)
    running = RunningRms(3, n_window)
    data = noise(sum(blocks), seed=seed, offset=offset)
    at = 0
    for n in blocks:
        ring.extend(data[at : at + n], np.arange(at, at + n) / FS)
        at += n
        running.update(ring, ring.n_total)
    if not at:
        return
    bucket = max(1, round(n_window / 50))
    n_buckets = max(1, round(n_window / bucket)) + 1
    first = max(0, ((at - 1) // bucket - n_buckets + 1) * bucket)
    seen = data[first:at].astype(float)
    if len(seen) == 0:
        assert np.isnan(running.values).all()
        return
    assert len(seen) <= n_window + 2 * bucket
    np.testing.assert_allclose(running.values, seen.std(axis=0), rtol=1e-3, atol=2e-3)


def test_rms_of_the_past_and_of_broken_numbers():
    data = noise(4000)
    data[:, 1] = np.nan
    data[::7, 2] = np.inf
    ring = filled(data)
    running = RunningRms(3, 500)
    running.update(ring, 4000)
    running.update(ring, 2000)
    assert running.values[0] == pytest.approx(data[1490:2000, 0].std(), rel=0.02)
    assert np.isnan(running.values[1])
    part = data[1490:2000, 2]
    assert running.values[2] == pytest.approx(part[np.isfinite(part)].std(), rel=0.02)


def all_steps(running: RunningMeanFrequency, ring: RingBuffer, end: int) -> int:
    n = 0
    while running.step(ring, end):
        n += 1
        assert n < 10_000
    return n


@settings(max_examples=25)
@given(st.floats(0.1, 2.0), st.integers(4000, 6000), st.integers(0, 99))
def test_mean_frequency_is_that_of_welch(seconds, end, seed):
    data = noise(6000, seed=seed, offset=200.0)
    data[:, 1] = np.cumsum(data[:, 1] - 200)
    ring = filled(data)
    running = RunningMeanFrequency(3, FS, seconds)
    all_steps(running, ring, end)
    stop = running.last_whole(end) * running.hop + running.n_segment
    start = stop - (running.n_segments - 1) * running.hop - running.n_segment
    assert start >= 0
    assert end - stop < running.hop
    f, power = signal.welch(
        data[start:stop].astype(float), FS, nperseg=running.n_segment,
        noverlap=running.n_segment - running.hop, axis=0,
    )  # fmt: skip
    np.testing.assert_allclose(running.values, (f @ power) / power.sum(axis=0), rtol=2e-3)


def test_a_segment_is_transformed_once_and_a_gap_is_left_out():
    data = noise(6000)
    ring = filled(data)
    running = RunningMeanFrequency(3, FS, 1.0)
    assert all_steps(running, ring, 4000) == running.n_segments
    assert all_steps(running, ring, 4000) == 0
    assert all_steps(running, ring, 4250) == 1
    # Back in time.
    assert all_steps(running, ring, 4000) == 1
    broken = RingBuffer(3, 8000)
    broken.extend(data[:2000], np.arange(2000) / FS)
    broken.extend(data[2000:4000] + 1e5, 1 + np.arange(2000) / FS, lost=500)
    all_steps(running, broken, 3000)
    assert running.values == pytest.approx(np.full(3, 500.0), rel=0.1)


def test_many_channels_take_several_steps():
    data = noise(1000, 600)
    running = RunningMeanFrequency(600, FS, 0.5)
    assert all_steps(running, filled(data), 1000) == running.n_segments * 3
    assert np.isfinite(running.values).all()


def test_an_offset_alone_has_no_frequency():
    running = RunningMeanFrequency(1, FS, 0.5)
    all_steps(running, filled(np.full((2000, 1), 7.0, dtype=np.float32)), 2000)
    assert np.isnan(running.values).all()
