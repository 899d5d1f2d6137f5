from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from myoscope.sources.measure import (
    EXACT_BELOW,
    Measuring,
    Stretch,
    measure,
    median_frequency,
    n_in_spectrum,
    nearest,
    stretch,
    values_at,
)
from myoscope.sources.ring import RingBuffer


def oracle(data: np.ndarray, fs: float) -> np.ndarray:
    """Median frequency by SciPy: where the cumulative periodogram reaches half, straight between frequencies."""
    frequencies, power = signal.periodogram(data.astype(np.float64), fs, detrend="constant", axis=0)
    total = power.cumsum(axis=0)
    return np.array([np.interp(column[-1] / 2, column, frequencies) for column in total.T])


@given(
    n=st.integers(16, 6000), n_channels=st.integers(1, 19), seed=st.integers(0, 2**32 - 1),
    fs=st.sampled_from([148.148, 1000.0, 2048.0, 10000.0]), offset=st.sampled_from([0.0, -40.0, 3e4]),
    unit=st.sampled_from([1e-6, 1.0, 1e4]),
)  # fmt: skip
def test_figures_are_those_of_numpy_and_scipy(n, n_channels, seed, fs, offset, unit):
    rng = np.random.default_rng(seed)
    noise = signal.lfilter([1.0], [1.0, -rng.uniform(-0.7, 0.7)], rng.normal(0, 50, (n, n_channels)), axis=0)
    data = (unit * (noise + offset)).astype(np.float32)
    found = measure(data, fs)
    exact = data.astype(np.float64)
    assert found.n_samples == n
    assert found.why == ""
    np.testing.assert_allclose(found.peak_to_peak, np.ptp(exact, axis=0), rtol=1e-7)
    np.testing.assert_allclose(found.mean, exact.mean(axis=0), rtol=1e-6, atol=1e-6 * unit)
    np.testing.assert_allclose(found.rms, np.sqrt((exact**2).mean(axis=0)), rtol=1e-6)
    np.testing.assert_allclose(found.std, exact.std(axis=0), rtol=1e-5)
    newest = data[-n_in_spectrum(n) :]
    np.testing.assert_allclose(found.median_hz, oracle(newest, fs), rtol=1e-8)


@given(st.integers(EXACT_BELOW, 10**6))
def test_a_long_spectrum_leaves_out_little(n):
    assert 0.94 * n < n_in_spectrum(n) <= n


def test_a_tone_has_its_own_frequency():
    t = np.arange(4000) / 2000.0
    tones = np.stack([np.sin(2 * np.pi * f * t) for f in (50.0, 120.0, 700.0)], axis=1)
    np.testing.assert_allclose(median_frequency(tones.T.astype(np.float32), 2000.0), [50, 120, 700], atol=0.5)


def test_what_has_no_median_frequency_says_why():
    short = measure(np.ones((15, 2), dtype=np.float32), 2000.0)
    assert np.isnan(short.median_hz).all()
    assert "15 samples" in short.why
    assert short.rms.tolist() == [1.0, 1.0]
    irregular = measure(np.ones((50, 1), dtype=np.float32), 0.0)
    assert np.isnan(irregular.median_hz).all()
    assert "no fixed rate" in irregular.why
    flat = measure(np.full((64, 1), 3.0, dtype=np.float32), 2000.0)
    assert math.isnan(flat.median_hz[0])
    assert flat.why == ""
    empty = measure(np.empty((0, 3), dtype=np.float32), 2000.0)
    assert empty.n_samples == 0
    assert np.isnan(empty.rms).all()


def test_one_channel_without_numbers_leaves_the_others_alone():
    data = np.random.default_rng(1).normal(size=(200, 3)).astype(np.float32)
    data[7, 1] = np.nan
    data[9, 2] = np.inf
    found = measure(data, 1000.0)
    assert np.isfinite([found.rms[0], found.median_hz[0]]).all()
    assert np.isnan(found.median_hz[1:]).all()


def ring_with_gap() -> tuple[RingBuffer, np.ndarray, np.ndarray]:
    data = np.random.default_rng(3).normal(0, 20, (500, 11)).astype(np.float32)
    times = 100.0 + np.arange(530) / 1000.0
    times = np.delete(times, np.arange(120, 150))
    ring = RingBuffer(11, 1000)
    ring.extend(data[:120], times[:120])
    ring.extend(data[120:], times[120:], lost=30)
    return ring, data, times


def test_a_gap_is_left_out_and_told():
    ring, data, times = ring_with_gap()
    rows = stretch(ring, times[450], times[50])
    assert rows == Stretch(50, 451, 30, (120,))
    assert rows.longest == (120, 451)
    job = Measuring(ring, rows, range(11), 1000.0)
    assert job.found is None
    while not job.done:
        job.step()
    found = job.found
    np.testing.assert_allclose(found.peak_to_peak, np.ptp(data[50:451], axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.median_hz, oracle(data[120:451], 1000.0), rtol=1e-6)
    assert stretch(ring, 0.0, 1.0).n_samples == 0
    assert stretch(ring, times[450], times[50], end=60) == Stretch(50, 60, 0, ())


def test_channels_in_any_order_and_rows_overwritten_meanwhile():
    ring, data, _ = ring_with_gap()
    job = Measuring(ring, Stretch(0, 100, 0, ()), (9, 2, 5), 1000.0)
    job.step()
    np.testing.assert_allclose(job.found.mean, data[:100, [9, 2, 5]].mean(axis=0), rtol=1e-4, atol=1e-5)
    spoiled = Measuring(ring, Stretch(0, 100, 0, ()), range(11), 1000.0)
    spoiled.step()
    ring.extend(np.zeros((1200, 11), dtype=np.float32), 200 + np.arange(1200) / 1000)
    spoiled.step()
    assert spoiled.done
    assert spoiled.found is None


def test_the_nearest_sample():
    ring, data, times = ring_with_gap()
    view = ring.view(None)
    assert nearest(view, times[7] + 0.0004) == 7
    assert nearest(view, times[7] + 0.0006) == 8
    assert (nearest(view, 0.0), nearest(view, 1e9)) == (0, 499)
    np.testing.assert_array_equal(values_at(ring, times[200]), data[200])
    assert values_at(RingBuffer(2, 10), 1.0) is None


@pytest.mark.parametrize("n", [16, 17, 1023])
def test_even_and_odd_lengths(n):
    data = np.random.default_rng(n).normal(size=(n, 3)).astype(np.float32)
    np.testing.assert_allclose(median_frequency(data.T, 500.0), oracle(data, 500.0), rtol=1e-6)
