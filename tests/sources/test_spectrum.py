"""Spectra against SciPy's, over any way the samples come in."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.sources.ring import RingBuffer
from myoscope.sources.spectrogram import RunningSpectrogram, number_of, row_of
from myoscope.sources.spectrum import (
    WINDOWS,
    RunningSpectrum,
    Welch,
    mains_in,
    mean_frequency,
    median_frequency,
)

RATE = 1000.0


def ring_of(data: np.ndarray, capacity: int = 4000) -> RingBuffer:
    ring = RingBuffer(data.shape[1], capacity)
    ring.extend(data, np.arange(len(data)) / RATE)
    return ring


def noise(n: int, n_channels: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(3, 20, (n, n_channels)).astype(np.float32)


def settled(running: RunningSpectrum, ring: RingBuffer, end: int) -> np.ndarray:
    while not running.update(ring, end):
        pass
    return running.density()


def oracle(rows: np.ndarray, welch: Welch) -> np.ndarray:
    return scipy.signal.welch(
        rows.astype(np.float64), RATE, welch.window, welch.n_segment, welch.n_segment - welch.n_step, axis=0
    )[1].T


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_segment", [64, 65, 256])
def test_equals_scipy(window, n_segment):
    welch = Welch(RATE, n_segment, n_segment // 2, window)
    data = noise(n_segment // 2 * 20)
    running = RunningSpectrum(welch, np.arange(3), len(data))
    found = settled(running, ring_of(data), len(data))
    np.testing.assert_allclose(found, oracle(data, welch), rtol=2e-4, atol=1e-4)
    frequencies, _ = scipy.signal.welch(data[:, 0], RATE, nperseg=n_segment)
    np.testing.assert_allclose(welch.frequencies, frequencies)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=12), st.integers(64, 900), st.integers(0, 400))
def test_a_moving_window_equals_the_window_computed_anew(blocks, n_rows, back):
    data = noise(sum(blocks), seed=n_rows)
    welch = Welch(RATE, 64, 32)
    running, ring = RunningSpectrum(welch, np.asarray([2, 0]), n_rows), RingBuffer(3, 1000)
    at = 0
    for n in blocks:
        ring.extend(data[at : at + n], np.arange(at, at + n) / RATE)
        at += n
        settled(running, ring, at)
    # Then scrolled into the past.
    end = max(0, at - back)
    found = settled(running, ring, end)
    begin = ring.view(n_rows, end=end).first
    first, stop = -(-begin // 32) * 32, (end - 64) // 32 * 32 + 64
    if stop - first < 64 or end - begin < 64:
        assert np.isnan(found).all()
    else:
        np.testing.assert_allclose(found, oracle(data[first:stop, [2, 0]], welch), rtol=1e-3, atol=1e-4)


def test_each_segment_is_transformed_once(monkeypatch):
    counted = []
    original = Welch.periodograms
    monkeypatch.setattr(Welch, "periodograms", lambda self, rows: counted.append(1) or original(self, rows))
    data = noise(3000)
    running, ring = RunningSpectrum(Welch(RATE, 128, 64), np.arange(3), 1000), RingBuffer(3, 4000)
    for at in range(0, 3000, 37):
        ring.extend(data[at : at + 37], np.arange(at, min(3000, at + 37)) / RATE)
        settled(running, ring, ring.n_total)
        settled(running, ring, ring.n_total)
    assert len(counted) == (3000 - 128) // 64 + 1


def test_segments_with_a_gap_are_left_out():
    data = noise(640)
    data[320:] *= 1000
    ring = RingBuffer(3, 1000)
    ring.extend(data[:320], np.arange(320) / RATE)
    ring.extend(data[320:], np.arange(340, 660) / RATE, 20)
    welch = Welch(RATE, 64, 32)
    running = RunningSpectrum(welch, np.arange(3), 640)
    found = settled(running, ring, 640)
    assert running.n_averaged == 18
    halves = [oracle(data[:320], welch), oracle(data[320:], welch)]
    np.testing.assert_allclose(found, np.mean(halves, axis=0), rtol=1e-3)


def test_a_huge_artefact_leaves_nothing_behind():
    data = noise(4000)
    data[100:110] = 1e15
    welch = Welch(RATE, 64, 32)
    running, ring = RunningSpectrum(welch, np.arange(3), 640), RingBuffer(3, 4000)
    for at in range(0, 4000, 32):
        ring.extend(data[at : at + 32], np.arange(at, at + 32) / RATE)
        settled(running, ring, ring.n_total)
    np.testing.assert_allclose(running.density(), oracle(data[-640:], welch), rtol=1e-3)


def test_what_is_not_a_number_is_left_out_of_its_channel_only():
    data = noise(640)
    data[50, 1] = np.nan
    welch = Welch(RATE, 64, 32)
    found = settled(RunningSpectrum(welch, np.arange(3), 640), ring_of(data), 640)
    np.testing.assert_allclose(found[[0, 2]], oracle(data[:, [0, 2]], welch), rtol=1e-3)
    np.testing.assert_allclose(found[1], oracle(data[64:, 1:2], welch)[0], rtol=1e-3)


def test_a_sensible_choice_for_a_rate():
    assert Welch.fitting(2048, 5.0) == Welch(2048, 1024, 512)
    assert Welch.fitting(2000, 5.0) == Welch(2000, 1024, 512)
    assert Welch.fitting(2048, 0.2) == Welch(2048, 256, 128)
    assert Welch.fitting(2048, 5.0, 0.5) == Welch(2048, 4096, 2048)
    assert Welch.fitting(2048, 1.0, 0.1) == Welch(2048, 2048, 1024)
    assert Welch.fitting(100, 5.0, window="boxcar") == Welch(100, 64, 64, "boxcar")
    assert Welch.fitting(100, 0.2) is None


def test_mean_and_median_frequency():
    frequencies = np.linspace(0, 500, 501)
    triangle = np.where(frequencies <= 200, frequencies, 0.0)
    assert mean_frequency(frequencies, triangle) == pytest.approx(2 / 3 * 200, rel=0.01)
    assert median_frequency(frequencies, triangle) == pytest.approx(200 / np.sqrt(2), rel=0.01)
    assert np.isnan(mean_frequency(frequencies, 0 * triangle))
    assert np.isnan(median_frequency(frequencies, np.full(501, np.nan)))


@pytest.mark.parametrize("mains", [50, 60])
def test_mains_stand_out(mains):
    t = np.arange(8000) / RATE
    data = noise(8000, 1)[:, 0]
    for line, expected in ((0.0, 0.0), (15.0, mains)):
        frequencies, density = scipy.signal.welch(data + line * np.sin(2 * np.pi * mains * t), RATE, nperseg=512)
        assert mains_in(frequencies, density) == expected


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 30)), min_size=1, max_size=8))
def test_rows_and_their_place_in_time(blocks):
    ring, number, places = RingBuffer(1, 1000), 0, []
    for n, lost in blocks:
        number += lost
        ring.extend(np.zeros((n, 1)), np.zeros(n), lost)
        places += range(number, number + n)
        number += n
    assert [number_of(ring, row) for row in range(ring.n_total)] == places
    for place in range(number):
        assert row_of(ring, place) == np.searchsorted(places, place)


def whole(running: RunningSpectrogram, ring: RingBuffer, end: int) -> None:
    while running.update(ring, end):
        pass


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 300), min_size=3, max_size=10), st.integers(0, 200))
def test_columns_are_periodograms_around_their_moment(blocks, back):
    data = noise(sum(blocks), 2)
    welch = Welch(RATE, 64, 32)
    running, ring = RunningSpectrogram(welch, np.arange(2), 20, 30), RingBuffer(2, 2000)
    at = 0
    for n in blocks:
        ring.extend(data[at : at + n], np.arange(at, at + n) / RATE)
        at += n
        running.update(ring, at)
    end = max(0, at - back)
    whole(running, ring, end)
    first, stop = running.span(ring, end)
    for number in range(first, stop):
        column = running.columns[:, number % 30]
        begin = number * 20 - 32
        if begin < ring.view(None).first:
            assert np.isnan(column).all()
        else:
            segment = data[begin : begin + 64].astype(np.float64)
            expected = scipy.signal.periodogram(segment, RATE, "hann", detrend="constant", axis=0)[1].mean(axis=1)
            np.testing.assert_allclose(column, expected, rtol=1e-3, atol=1e-4)


def test_columns_over_a_gap_stay_empty_and_the_rest_is_where_it_was():
    data = noise(1000, 1)
    ring = RingBuffer(1, 2000)
    ring.extend(data[:500], np.arange(500) / RATE)
    ring.extend(data[500:], np.arange(600, 1100) / RATE, 100)
    running = RunningSpectrogram(Welch(RATE, 64, 32), np.arange(1), 20, 60)
    whole(running, ring, 1000)
    empty = {int(running.numbers[i]) for i in np.flatnonzero(np.isnan(running.columns[0]))} - {-1}
    # The segment around number 20 k touches the samples 500 to 599 that were lost, or begins before the first.
    assert empty == {k for k in range(60) if (20 * k + 32 > 500 and 20 * k - 32 < 600) or 20 * k < 32} & set(
        running.numbers.tolist()
    )
    later = scipy.signal.periodogram(data[600 - 32 : 600 + 32, 0].astype(np.float64), RATE, "hann")[1]
    np.testing.assert_allclose(running.columns[:, 35], later, rtol=1e-3, atol=1e-4)
