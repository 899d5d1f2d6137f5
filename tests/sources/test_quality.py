from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from myoscope.sources.info import Grid, StreamInfo
from myoscope.sources.quality import QualityFigures, QualityMeter, neighbours
from myoscope.sources.quality_limits import Finding, QualityLimits, judge
from myoscope.sources.ring import RingBuffer

FS = 2000.0


def measured(data: np.ndarray, info: StreamInfo | None = None, pairs=None, **options) -> QualityFigures:
    info = info or StreamInfo(fs=FS, unit="µV", sample_shape=(data.shape[1],))
    pairs = neighbours(None, data.shape[1]) if pairs is None else pairs
    ring = RingBuffer(data.shape[1], 3 * len(data))
    ring.extend(data, np.arange(len(data)) / info.fs)
    meter = QualityMeter(info, pairs, **options)
    for _ in range(10_000):
        if meter.step(ring):
            assert meter.figures is not None
            return meter.figures
    raise AssertionError("the round did not end")


def noise(n_channels=4, seconds=2.0, amplitude=10.0, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, amplitude, (round(seconds * FS), n_channels)).astype(np.float32)


@settings(max_examples=20)
@given(st.floats(0.0, 40.0), st.sampled_from([50.0, 60.0]), st.integers(0, 1000))
def test_mains_share_is_that_of_the_periodogram(peak, mains_hz, seed):
    data = noise(3, seed=seed)
    t = np.arange(len(data)) / FS
    data += (peak * np.sin(2 * np.pi * mains_hz * t))[:, None].astype(np.float32)
    figures = measured(data, mains_hz=mains_hz)
    f, power = signal.periodogram(data.astype(float), FS, window="hann", detrend="constant", axis=0)
    near = (np.abs(f[:, None] - mains_hz * np.arange(1, 6)) <= 1.0).any(axis=1)
    oracle = power[near].sum(axis=0) / power[(f >= 5) & (f < FS / 2)].sum(axis=0)
    np.testing.assert_allclose(figures.mains, oracle, rtol=1e-3, atol=1e-5)


def test_which_mains_is_found_by_itself():
    t = np.arange(round(2 * FS)) / FS
    for mains_hz in (50.0, 60.0):
        data = noise() + (30 * np.sin(2 * np.pi * mains_hz * t))[:, None].astype(np.float32)
        figures = measured(data)
        assert figures.mains_hz == mains_hz
        assert (figures.mains > 0.7).all()


def test_a_slow_stream_has_no_mains():
    info = StreamInfo(fs=50.0, sample_shape=(2,))
    figures = measured(noise(2)[:200], info, seconds=4.0)
    assert np.isnan(figures.mains).all()


@settings(max_examples=15)
@given(st.floats(0.0, 1.0), st.integers(0, 1000))
def test_likeness_is_the_correlation_of_the_band(share, seed):
    data = noise(3, seed=seed)
    data[:, 1] = share * data[:, 0] + (1 - share) * data[:, 1]
    figures = measured(data, pairs=np.array([[0, 1]]))
    taper = signal.get_window("hann", len(data))[:, None]
    tapered = (data - data.mean(axis=0)).astype(float) * taper
    spectrum = np.fft.rfft(tapered, axis=0)
    f = np.fft.rfftfreq(len(data), 1 / FS)
    mains = (np.abs(f[:, None] - np.r_[50.0 * np.arange(1, 6), 60.0 * np.arange(1, 6)]) <= 1).any(axis=1)
    spectrum[(f < 20) | (f > 450) | mains] = 0
    band = np.fft.irfft(spectrum, len(data), axis=0)
    oracle = np.corrcoef(band[:, 0], band[:, 1])[0, 1]
    assert figures.likeness[0] == pytest.approx(oracle, abs=1e-3)
    assert figures.likeness[1] == figures.likeness[0]
    assert np.isnan(figures.likeness[2])


@given(st.integers(0, 1000), st.integers(1, 8))
def test_noise_floor_is_that_of_the_quietest_tenth(seed, loudness):
    data = noise(1, amplitude=1.0, seed=seed)
    data[len(data) // 3 :] *= loudness
    figures = measured(data)
    pieces = data[:, 0].astype(float).reshape(-1, 100)
    powers = np.sort(pieces.var(axis=1))
    assert figures.noise[0] == pytest.approx(np.sqrt(powers[:4].mean()), rel=1e-4)
    assert figures.spread[0] == pytest.approx(data.astype(float).std(), rel=1e-4)


def test_flat_tops_limits_and_missing_samples():
    data = noise(5)
    data[:, 0] = 7.0
    data[:, 1] = np.clip(data[:, 1], -8, 8)
    data[:400, 2] = np.nan
    data[:, 3] = np.round(data[:, 3] / 8) * 8
    figures = measured(data)
    assert figures.flat[0] == 1.0
    run = np.abs(data[:, 1]) == 8
    at = np.flatnonzero(np.diff(np.r_[0, run.astype(int), 0]))
    lengths = at[1::2] - at[::2]
    assert figures.saturated[1] == pytest.approx(lengths[lengths >= 3].sum() / len(data))
    assert figures.saturated[1] > 0.1
    # Coarse numbers stand at their extremes now and then; that is no flat top.
    assert figures.saturated[3] == 0.0
    assert figures.missing[2] == pytest.approx(400 / len(data))
    assert figures.saturated[4] == 0.0


def test_limits_of_the_number_format():
    data = np.clip(noise(2, amplitude=1000.0), -1000, 1000)
    data[:, 1] = noise(1, amplitude=50.0)[:, 0]
    info = StreamInfo(fs=FS, unit="µV", dtype="int16", scale=1000 / 32767, sample_shape=(2,))
    figures = measured(data, info)
    assert figures.saturated[0] == pytest.approx((np.abs(data[:, 0]) >= 998).mean(), abs=0.01)
    assert figures.saturated[1] == 0.0
    said = StreamInfo(fs=FS, unit="µV", sample_shape=(2,), device={"range": [-500, 500]})
    assert measured(data, said).saturated[0] == pytest.approx((np.abs(data[:, 0]) >= 499).mean(), abs=0.01)


def figures_of(n=9, **changed) -> QualityFigures:
    base = {"flat": 0.0, "saturated": 0.0, "noise": 2.0, "spread": 30.0, "missing": 0.0, "mains": 0.02, "likeness": 0.7}
    values = {name: np.full(n, value, dtype=np.float32) for name, value in base.items()}
    for name, (channel, value) in changed.items():
        values[name][channel] = value
    return QualityFigures(**values, mains_hz=50.0)


@pytest.mark.parametrize(
    ("name", "value", "kind", "bad"),
    [
        ("flat", 0.6, "flat", False),
        ("flat", 1.0, "flat", True),
        ("saturated", 0.002, "saturated", False),
        ("saturated", 0.3, "saturated", True),
        ("mains", 0.2, "mains", False),
        ("mains", 0.43, "mains", True),
        ("likeness", 0.985, "bridge", False),
        ("likeness", 0.999, "bridge", True),
        ("likeness", 0.2, "loose", False),
        ("likeness", -0.1, "loose", True),
        ("noise", 6.0, "noise", False),
        ("noise", 20.0, "noise", True),
        ("missing", 0.5, "missing", True),
        ("spread", 0.01, "flat", True),
    ],
)
def test_each_figure_has_a_limit(name, value, kind, bad):
    found = judge(figures_of(**{name: (3, value)}), QualityLimits(), "µV")
    assert [f[:2] for f in found[3]] == [(kind, bad)]
    assert not any(found[:3] + found[4:])


def test_noise_is_judged_in_volts_only():
    figures = figures_of(noise=(0, 20e-6), spread=(0, 30e-6))
    assert judge(figures, QualityLimits(), "V")[0][0] == Finding("noise", True, pytest.approx(20.0))
    assert judge(figures_of(noise=(0, 1e6)), QualityLimits(), "N")[0] == ()


def test_nothing_is_loose_where_no_channels_are_alike():
    figures = figures_of()._replace(likeness=np.full(9, 0.05, dtype=np.float32))
    assert not any(judge(figures, QualityLimits(), "µV"))


def test_limits_survive_json_and_nonsense():
    limits = QualityLimits(mains=(0.2, 0.5))
    assert QualityLimits().read(limits.to_json()) == limits
    assert limits.read({"mains": ["a", 1], "noise_uv": [True, 2], "other": 1}) == limits
    assert limits.read(None) == limits


def test_neighbours_in_a_grid_and_in_a_row():
    grid = Grid(((0, 0), (0, 1), (1, 0), (-1, -1), (1, 1)))
    assert sorted(map(tuple, neighbours(grid, 5))) == [(0, 1), (0, 2), (1, 4), (2, 4)]
    assert neighbours(None, 3).tolist() == [[0, 1], [1, 2]]
    assert neighbours(None, 1).shape == (0, 2)


def test_work_comes_in_small_steps_and_begins_anew_when_overtaken():
    info = StreamInfo(fs=FS, unit="µV", sample_shape=(128,))
    ring = RingBuffer(128, 4000)
    ring.extend(noise(128), np.arange(4000) / FS)
    meter = QualityMeter(info, neighbours(None, 128))
    assert [meter.step(ring) for _ in range(3)] == [False] * 3
    ring.extend(noise(128, 6.0, 50.0), np.arange(12000) / FS)
    n = next(i for i in range(100) if meter.step(ring))
    assert n >= 5
    assert meter.figures.spread == pytest.approx(np.full(128, 50.0), rel=0.1)


def test_too_little_is_not_judged():
    ring = RingBuffer(2, 4000)
    ring.extend(noise(2)[:500], np.arange(500) / FS)
    meter = QualityMeter(StreamInfo(fs=FS, sample_shape=(2,)), neighbours(None, 2))
    assert not meter.step(ring)
    assert meter.figures is None


def test_the_ring_of_a_single_channel_is_left_as_it_was():
    data = noise(1)
    ring = RingBuffer(1, 4000)
    ring.extend(data, np.arange(4000) / FS)
    meter = QualityMeter(StreamInfo(fs=FS, unit="µV", sample_shape=(1,)), neighbours(None, 1))
    while not meter.step(ring):
        pass
    np.testing.assert_array_equal(ring.view().data, data)
