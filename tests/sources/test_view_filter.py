"""View filters: their settings, and the chain at work against scipy.signal."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from myoscope.sources.errors import SourceError
from myoscope.sources.filter_chain import FilterChain, warm
from myoscope.sources.info import Grid, StreamInfo
from myoscope.sources.montage import arranged, why_not
from myoscope.sources.view_filter import PRESETS, ViewFilter, preset

FS = 1000.0


def info(n_channels: int = 3, fs: float = FS, **more) -> StreamInfo:
    return StreamInfo(fs=fs, sample_shape=(n_channels,), unit="µV", **more)


def noise(n: int, n_channels: int, seed: int = 0, offset: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(0, 100, (n, n_channels)) + offset).astype(np.float32)


def run(chain: FilterChain, data: np.ndarray, splits=()) -> np.ndarray:
    """Filter data in pieces."""
    out = np.empty((len(data), chain.info.n_channels), dtype=np.float32)
    chain.restart(data[: chain.n_warm])
    for start, stop in zip((0, *splits), (*splits, len(data)), strict=True):
        chain.run(np.ascontiguousarray(data[start:stop]), out[start:stop])
    return out


def oracle(sections: np.ndarray, data: np.ndarray, n_warm: int) -> np.ndarray:
    """Return what scipy makes of it in float64, from the state in which the mean of the head has left it."""
    exact = data.astype(np.float64)
    level = np.cumsum(exact[:n_warm], axis=0)[-1] / len(exact[:n_warm])
    state = signal.sosfilt_zi(sections)[:, :, None] * level
    filtered, _ = signal.sosfilt(sections, exact, axis=0, zi=state)
    return filtered.astype(np.float32)


filters = st.builds(
    lambda low, width, order, notch, dc: ViewFilter(
        highpass_hz=low, lowpass_hz=low + width if width else 0.0, order=order, notch_hz=notch, remove_dc=dc
    ),
    st.sampled_from([0.0, 0.1, 5.0, 20.0]),
    st.sampled_from([0.0, 30.0, 400.0]),
    st.integers(1, 8),
    st.sampled_from([0.0, 50.0, 60.0]),
    st.booleans(),
).filter(lambda chosen: chosen.needs_rate)


@given(
    chosen=filters,
    n=st.integers(1, 3000),
    n_channels=st.sampled_from([1, 2, 3, 8, 17]),
    splits=st.lists(st.integers(0, 3000), max_size=12),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_split_gives_scipys_numbers_bit_for_bit(chosen, n, n_channels, splits, seed):
    data = noise(n, n_channels, seed, offset=500.0)
    chain = FilterChain(info(n_channels), chosen)
    found = run(chain, data, sorted(min(n, at) for at in splits))
    np.testing.assert_array_equal(found, oracle(chosen.sections(FS), data, chain.n_warm))


def test_corners_and_notches_are_where_they_should_be():
    chosen = ViewFilter(20.0, 450.0, 50.0, order=4)
    frequencies = np.array([1.0, 20.0, 50.0, 75.0, 100.0, 150.0, 450.0, 480.0])
    _, response = signal.sosfreqz(chosen.sections(2000.0), worN=frequencies, fs=2000.0)
    gain_db = 20 * np.log10(np.maximum(np.abs(response), 1e-9))
    assert gain_db[0] < -90
    assert gain_db[1] == pytest.approx(-3, abs=0.1)
    assert (gain_db[[2, 4, 5]] < -60).all()
    assert gain_db[3] == pytest.approx(0, abs=0.2)
    assert chosen.notches_hz(2000.0) == tuple(50.0 * k for k in range(1, 20))
    assert ViewFilter(notch_hz=60.0, notch_to_hz=200.0).notches_hz(2000.0) == (60.0, 120.0, 180.0)
    width = ViewFilter(notch_hz=50.0, notch_width_hz=4.0).sections(2000.0)
    _, edge = signal.sosfreqz(width[:1], worN=[48.0, 52.0], fs=2000.0)
    np.testing.assert_allclose(20 * np.log10(np.abs(edge)), -3.0, atol=0.15)


@pytest.mark.parametrize("chosen", [ViewFilter(20.0, 450.0, 50.0), ViewFilter(remove_dc=True, order=2)])
def test_a_large_offset_does_not_ring_at_the_start(chosen):
    data = noise(2000, 4, offset=10_000.0)
    found = run(FilterChain(info(4), chosen), data)
    quiet = run(FilterChain(info(4), chosen), data - 10_000)
    # A cold start would answer with thousands; only the mean of the first 20 ms is not known exactly.
    assert np.abs(found).max() < 500
    np.testing.assert_allclose(found, quiet, atol=0.05)
    cold = signal.sosfilt(chosen.sections(FS), data.astype(np.float64), axis=0)
    assert np.abs(cold).max() > 5000


@given(level=st.floats(-1e6, 1e6, width=32), chosen=filters)
def test_a_constant_is_quiet_from_the_first_sample(level, chosen):
    data = np.full((300, 2), level, dtype=np.float32)
    found = run(FilterChain(info(2), chosen), data)
    expected = 0.0 if chosen.highpass_hz or chosen.remove_dc else level
    np.testing.assert_allclose(found, expected, atol=abs(level) * 1e-6)


def test_what_is_no_number_is_shown_as_none_and_does_no_harm_afterwards():
    chosen = ViewFilter(20.0, 450.0, 50.0)
    data = noise(2000, 3)
    hurt = data.copy()
    hurt[500, 0], hurt[501, 0], hurt[700:900, 1], hurt[900:, 2] = np.nan, np.inf, -np.inf, np.nan
    splits = (3, 500, 501, 640, 702, 703, 899, 900, 1500)
    found = run(FilterChain(info(3), chosen), hurt, splits)
    np.testing.assert_array_equal(np.isnan(found), ~np.isfinite(hurt))
    np.testing.assert_array_equal(found, run(FilterChain(info(3), chosen), hurt))
    clean = run(FilterChain(info(3), chosen), data)
    np.testing.assert_array_equal(found[:500], clean[:500])
    # Two samples of one channel are bridged: it is soon as if nothing had been; the others never noticed.
    np.testing.assert_allclose(found[1500:, 0], clean[1500:, 0], atol=0.5)
    np.testing.assert_array_equal(found[:700, 1:], clean[:700, 1:])
    assert np.abs(found[900:, 1]).max() < 600


def test_a_channel_that_begins_late_begins_quietly():
    data = noise(1000, 2, offset=10_000.0)
    data[:400, 1] = np.nan
    found = run(FilterChain(info(2), ViewFilter(highpass_hz=20.0)), data, (399, 400, 401))
    assert np.isnan(found[:400, 1]).all()
    assert np.abs(found[400:, 1]).max() < 1000


def test_silence_after_a_signal_ends_in_exact_zeros():
    data = np.concatenate([noise(500, 2), np.zeros((20_000, 2), dtype=np.float32)])
    chosen = ViewFilter(20.0, 100.0)
    found = run(FilterChain(info(2), chosen), data)
    assert not found[-1].any()
    chain = FilterChain(info(2), chosen)
    run(chain, data)
    # Nothing subnormal is left to slow the processor down.
    assert not chain._first.any()
    assert not chain._second.any()


@given(
    rms_ms=st.floats(1.0, 200.0),
    n=st.integers(1, 1200),
    splits=st.lists(st.integers(0, 1200), max_size=8),
    rectify=st.booleans(),
)
def test_rms_is_that_of_the_last_samples(rms_ms, n, splits, rectify):
    data = noise(n, 3, seed=n)
    chosen = ViewFilter(rms_ms=rms_ms, rectify=rectify)
    found = run(FilterChain(info(), chosen), data, sorted(min(n, at) for at in splits))
    length = chosen.rms_samples(FS)
    squares = np.concatenate([np.zeros((1, 3)), np.cumsum(data.astype(np.float64) ** 2, axis=0)])
    at = np.arange(1, n + 1)
    first = np.maximum(0, at - length)
    expected = np.sqrt((squares[at] - squares[first]) / (at - first)[:, None])
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert (found >= 0).all()


def test_one_huge_value_is_soon_forgotten_by_the_rms():
    data = noise(600, 1)
    data[100] = 3e38
    found = run(FilterChain(info(1), ViewFilter(rms_ms=50.0)), data)
    assert found[120, 0] > 1e36
    assert found[151:].max() < 500


def test_rectified_is_never_negative():
    found = run(FilterChain(info(), ViewFilter(highpass_hz=20.0, rectify=True)), noise(500, 3, offset=-300.0))
    plain = run(FilterChain(info(), ViewFilter(highpass_hz=20.0)), noise(500, 3, offset=-300.0))
    np.testing.assert_array_equal(found, np.abs(plain))
    assert (plain < 0).any()


# Montages


GRID = Grid(((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 1)))
GRIDDED = StreamInfo(fs=FS, channel_names=tuple("ABCDEFG"), grid=GRID, unit="mV")


def test_common_average_leaves_bad_channels_out_and_types_apart():
    stream = StreamInfo(fs=FS, sample_shape=(6,), channel_types=("EMG",) * 4 + ("ACC", "AUX"))
    data = noise(50, 6)
    chosen = ViewFilter(montage="common average")
    found = run(FilterChain(stream, chosen, bad={1}), data)
    exact = data.astype(np.float64)
    np.testing.assert_allclose(found[:, :4], exact[:, :4] - exact[:, [0, 2, 3]].mean(axis=1, keepdims=True), rtol=1e-5)
    np.testing.assert_array_equal(found[:, 4:], data[:, 4:])
    assert arranged(stream, "common average", bad={0, 1, 2}).terms.max() == -1


def test_one_channel_without_a_number_does_not_take_the_average_along():
    data = noise(50, 3)
    data[10:20, 1] = np.nan
    found = run(FilterChain(info(), ViewFilter(montage="common average")), data)
    exact = data.astype(np.float64)
    np.testing.assert_allclose(found, exact - np.nanmean(exact, axis=1, keepdims=True), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(
    ("montage", "along", "names", "cells"),
    [
        ("bipolar", "columns", ["A−B", "B−C", "D−E", "E−F", "F−G"], [(0, 0), (1, 0), (0, 1), (1, 1), (2, 1)]),
        ("bipolar", "rows", ["A−D", "B−E", "C−F"], [(0, 0), (1, 0), (2, 0)]),
        ("double differential", "columns", ["A−2B+C", "D−2E+F", "E−2F+G"], [(0, 0), (0, 1), (1, 1)]),
    ],
)
def test_differences_follow_the_grid(montage, along, names, cells):
    chain = FilterChain(GRIDDED, ViewFilter(montage=montage, along=along))
    assert list(chain.info.labels) == names
    assert list(chain.info.grid.cells) == cells
    assert chain.info.unit == "mV"
    data = noise(40, 7)
    columns = dict(zip("ABCDEFG", data.astype(np.float64).T, strict=True))
    expected = np.zeros((40, len(names)))
    for i, name in enumerate(names):
        for sign, factor, channel in re.findall("([−+]?)(2?)([A-G])", name):
            expected[:, i] += (-1 if sign == "−" else 1) * int(factor or 1) * columns[channel]
    np.testing.assert_allclose(run(chain, data), expected, rtol=1e-5, atol=1e-3)


def test_without_a_grid_neighbours_are_those_of_the_same_type_in_the_streams_order():
    stream = StreamInfo(fs=0.0, channel_names=("a", "b", "x", "c", "d"), channel_types=("E", "E", "X", "E", "E"))
    assert arranged(stream, "bipolar").info.labels == ("a−b", "c−d")
    assert "same type" in why_not(stream, "double differential")


def test_a_montage_that_cannot_be_says_why():
    assert "2 channels at least" in why_not(info(1), "common average")
    assert "3 channels at least; the stream has 2" in why_not(info(2), "double differential")
    assert "a row of the grid" in why_not(GRIDDED, "double differential", "rows")
    assert "frames" in why_not(StreamInfo(fs=25.0, sample_shape=(4, 6)), "bipolar")
    with pytest.raises(ValueError, match="a row of the grid"):
        arranged(GRIDDED, "double differential", "rows")
    with pytest.raises(SourceError, match="a row of the grid"):
        FilterChain(GRIDDED, ViewFilter(montage="double differential", along="rows"))


# Settings


def test_settings_survive_json():
    for chosen in (ViewFilter(), *PRESETS.values(), ViewFilter(montage="bipolar", along="rows", order=2, rectify=True)):
        assert ViewFilter.from_json(json.loads(json.dumps(chosen.to_json()))) == chosen
    assert ViewFilter.from_json({"highpass_hz": 5, "of tomorrow": 1}) == ViewFilter(highpass_hz=5.0)


@pytest.mark.parametrize(
    "values",
    [
        {"highpass_hz": "20"},
        {"highpass_hz": True},
        {"highpass_hz": None},
        {"highpass_hz": float("nan")},
        {"highpass_hz": float("inf")},
        {"highpass_hz": 10**400},
        {"lowpass_hz": -1},
        {"highpass_hz": 450.0, "lowpass_hz": 20.0},
        {"order": 0},
        {"order": 9},
        {"order": 4.0},
        {"notch_hz": 50.0, "notch_width_hz": 0.0},
        {"notch_hz": 50.0, "notch_width_hz": 60.0},
        {"rms_ms": 1e9},
        {"montage": "monopolar"},
        {"montage": ["bipolar"]},
        {"along": "diagonals"},
        {"rectify": 1},
        [],
        None,
    ],
)
def test_damaged_settings_are_one_clear_sentence(values):
    with pytest.raises(SourceError, match=r"^[^\n]+\.$"):
        ViewFilter.from_json(values)


@pytest.mark.parametrize(
    ("chosen", "stream", "reason"),
    [
        (ViewFilter(lowpass_hz=500.0), info(), "Give less than 500 Hz"),
        (ViewFilter(highpass_hz=700.0), info(), "Give less than 500 Hz"),
        (ViewFilter(highpass_hz=1e-5), info(), "Give 0.001 Hz or more"),
        (ViewFilter(notch_hz=60.0), info(fs=100.0), "Give less than 50 Hz"),
        (ViewFilter(notch_hz=49.5), info(fs=100.0), "does not fit"),
        (ViewFilter(remove_dc=True), info(fs=1.0), "Give less than 0.5 Hz"),
        (ViewFilter(highpass_hz=20.0), info(fs=0.0), "no steady rate"),
        (ViewFilter(rms_ms=100.0), info(fs=0.0), "no steady rate"),
        (ViewFilter(rectify=True), StreamInfo(fs=0.0, sample_shape=(1,), dtype="str"), "text markers"),
        (ViewFilter(montage="bipolar"), info(1), "2 channels"),
    ],
)
def test_a_filter_that_a_stream_cannot_have_says_why(chosen, stream, reason):
    assert reason in chosen.check(stream)
    with pytest.raises(SourceError):
        ViewFilter.from_json(chosen.to_json(), stream)
    with pytest.raises(SourceError):
        FilterChain(stream, chosen)


def test_a_filter_that_is_off_fits_everything():
    assert ViewFilter().is_off
    assert ViewFilter(order=2, notch_to_hz=200.0).is_off
    assert ViewFilter().check(StreamInfo(fs=0.0, sample_shape=(1,), dtype="str")) == ""
    assert ViewFilter(rectify=True, montage="common average").check(info(fs=0.0)) == ""


def test_in_a_few_words():
    assert ViewFilter(20.0, 450.0, 50.0).describe() == "20–450 Hz · notch 50"
    assert ViewFilter(highpass_hz=5.0, remove_dc=True, rectify=True).describe() == "no offset · > 5 Hz · absolute"
    assert ViewFilter(lowpass_hz=10.0, montage="bipolar", rms_ms=100.0).describe() == "bipolar · < 10 Hz · RMS 100 ms"
    assert ViewFilter().describe() == "No filter"


def test_presets_fit_the_stream():
    for name in PRESETS:
        for fs in (100.0, 250.0, 500.0, 2048.0):
            assert preset(name, info(fs=fs)).check(info(fs=fs)) == ""
    assert preset("emg", info(fs=2048.0), 60.0).notches_hz(2048.0)[:2] == (60.0, 120.0)
    assert preset("emg", info(fs=500.0)).lowpass_hz == 0.0


def test_what_is_shown_has_no_limits_of_the_device():
    stream = StreamInfo(
        fs=FS, sample_shape=(2,), dtype="int16", scale=0.5, unit="µV", device={"range": [-1, 1], "x": 1}
    )
    shown = FilterChain(stream, ViewFilter(highpass_hz=20.0)).info
    assert (shown.dtype, shown.scale, shown.unit, dict(shown.device)) == ("float32", 1.0, "µV", {"x": 1})


def test_what_is_warmed_is_what_runs():
    """After `warm` a stream of any width and filter compiles nothing more."""
    from myoscope.sources import filter_kernels

    kernels = [
        getattr(filter_kernels, name) for name in ("all_finite", "arrange", "means", "bridge", "cascade", "finish")
    ]
    warm()
    before = [len(kernel.signatures) for kernel in kernels]
    for n_channels in (1, 2, 5):
        for chosen in (ViewFilter(20.0, rms_ms=20.0), ViewFilter(rectify=True), ViewFilter(montage="common average")):
            if not chosen.check(info(n_channels)):
                data = noise(70, n_channels)
                data[5, 0] = np.nan
                run(FilterChain(info(n_channels), chosen), data, (1, 2, 6, 30))
    assert [len(kernel.signatures) for kernel in kernels] == before
