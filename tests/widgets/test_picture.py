from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.sources.ring import RingBuffer
from myoscope.widgets.picture import Picture, middles

ONE = np.ones(4, dtype=np.float32)
ZERO = np.zeros(4, dtype=np.float32)
ALL = np.arange(4, dtype=np.int64)


def look(bench, seconds: float, n_pixels: int) -> Picture:
    picture = Picture()
    picture.look_at(bench.stream.ring, bench.fed.info.fs, seconds, n_pixels)
    picture.update()
    return picture


def test_strokes_are_the_envelope_in_lanes(bench):
    b = bench()
    data = b.noise(4.0)
    picture = look(b, 2.0, 400)
    assert picture.strokes
    gain = np.full(4, 0.001, dtype=np.float32)
    centre = np.array([0, 5, -5, 0], dtype=np.float32)
    shown = np.array([2, 0], dtype=np.int64)
    y = picture.lay(shown, centre, gain, 0.0)
    columns = picture.envelope.columns
    for i, channel in enumerate(shown):
        wanted = middles(2)[i] + (columns[channel].ravel() - centre[channel]) * gain[channel]
        np.testing.assert_allclose(y[i], wanted, atol=1e-5)
    # The newest whole columns against the samples themselves: 10 a column and the last one of the column before.
    newest = data[-10:, 0].min(), data[-10:, 0].max()
    assert columns[0, -1, 0] <= newest[0]
    assert columns[0, -1, 1] >= newest[1]


def test_strokes_stand_on_pixels_and_none_is_empty(bench):
    b = bench()
    b.noise(10.0)
    for seconds, n_pixels in ((5.0, 1138), (2.0, 777), (10.0, 640)):
        picture = look(b, seconds, n_pixels)
        pixels = (picture.x[::2] / (seconds / n_pixels)) + n_pixels
        np.testing.assert_allclose(pixels % 1, 0.5, atol=0.01)
        assert set(np.floor(pixels).astype(int)) == set(range(n_pixels))


def test_below_two_samples_a_pixel_every_sample_is_drawn(bench):
    b = bench()
    data = b.noise(2.0)
    picture = look(b, 0.1, 800)
    assert not picture.strokes
    y = picture.lay(ALL, ZERO, ONE, 0.0)
    np.testing.assert_allclose(y[1], middles(4)[1] + data[-201:, 1], atol=1e-3)
    np.testing.assert_allclose(picture.x[[0, -1]], [-0.1, 0.0], atol=1e-6)


def test_a_gap_lies_where_samples_are_missing(bench):
    b = bench()
    b.noise(2.0)
    b.noise(0.5, lost=100)
    for n_pixels in (50, 300, 4000):
        picture = look(b, 1.0, n_pixels)
        (gap,) = picture.gaps()
        pixel = 1.0 / n_pixels + 0.001
        assert abs(gap.right - -0.5) <= pixel + 0.0006
        assert abs(gap.left - -0.5505) <= pixel + 0.0006
        assert gap.seconds == pytest.approx(0.05)
        y = picture.lay(ALL, ZERO, ONE, 0.0)
        inside = (picture.x > gap.left + pixel) & (picture.x < gap.right - pixel)
        assert np.isnan(y[0, inside]).all()
        outside = (picture.x < gap.left - pixel) | (picture.x > gap.right + pixel)
        assert np.isfinite(y[0, outside]).all()


def test_gaps_outside_the_window_are_left_out(bench):
    b = bench()
    b.noise(1.0)
    b.noise(3.0, lost=10)
    assert look(b, 2.0, 300).gaps() == []
    assert len(look(b, 5.0, 300).gaps()) == 1


def test_a_moment_lies_where_its_sample_lies(bench):
    b = bench()
    data = np.zeros((4000, 4), dtype=np.float32)
    data[3000] = 1000
    timestamps = b.feed(data)
    for n_pixels in (100, 500, 4000):
        picture = look(b, 1.0, n_pixels)
        y = picture.lay(ALL, ZERO, ONE, 0.0)
        peak = picture.x[int(np.nanargmax(y[0]))]
        assert abs(picture.x_of_time(timestamps[3000]) - peak) <= 1.0 / n_pixels + 0.0006


def test_held_it_stays_while_the_ring_goes_on(bench):
    b = bench()
    b.noise(3.0)
    b.noise(1.0, lost=20, seed=1)
    kept = b.stream.ring.frozen()
    picture = Picture()
    picture.look_at(kept, 2000.0, 2.0, 300)
    picture.update()
    before = picture.lay(ALL, ZERO, ONE, 0.0).copy()
    for seed in range(20):
        b.noise(1.0, seed=seed + 2)
        assert picture.update() == 0
    np.testing.assert_array_equal(picture.lay(ALL, ZERO, ONE, 0.0), before)
    assert len(picture.gaps()) == 1
    # Zooming works on the copy, long after the ring has forgotten it.
    picture.look_at(kept, 2000.0, 0.1, 800)
    picture.update()
    assert np.isfinite(picture.lay(ALL, ZERO, ONE, 0.0)).all()


def test_going_back_shows_what_was_shown_then(bench):
    b = bench()
    picture = Picture()
    shown = {}
    for seed in range(12):
        b.noise(0.5, seed=seed, lost=30 if seed == 6 else 0)
        picture.look_at(b.stream.ring, 2000.0, 2.0, 300)
        picture.update()
        end = b.stream.ring.n_total
        shown[end] = picture.lay(ALL, ZERO, ONE, 0.0).copy()
    for end in [*reversed(shown), *shown]:
        picture.update(end)
        np.testing.assert_array_equal(picture.lay(ALL, ZERO, ONE, 0.0), shown[end])


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 40)), min_size=1, max_size=10),
    seconds=st.floats(0.05, 0.6),
    n_wide=st.integers(20, 500),
    data=st.data(),
)
def test_a_window_anywhere_holds_the_extremes_of_its_samples(parts, seconds, n_wide, data):
    """Whatever the window, its place, losses and mode: each stroke reaches from the lowest to the highest sample."""
    ring = RingBuffer(1, 5000)
    rng = np.random.default_rng(len(parts))
    numbers, values, number = [], [], 0
    for n, lost in parts:
        block = rng.normal(size=(n, 1)).astype(np.float32)
        number += lost
        ring.extend(block, (number + np.arange(n)) / 1000, lost)
        numbers.append(number + np.arange(n))
        values.append(block[:, 0])
        number += n
    number_of, value_of = np.concatenate(numbers), np.concatenate(values)
    end = data.draw(st.integers(1, len(value_of)))
    picture = Picture()
    picture.look_at(ring, 1000.0, seconds, n_wide, sweep=data.draw(st.booleans()))
    picture.update(end)
    if picture.envelope is None:
        return
    bucket, n_columns = picture.envelope.bucket, picture.envelope.n_columns
    column = picture.envelope.column
    one = np.ones(1, dtype=np.float32)
    y = picture.lay(np.zeros(1, dtype=np.int64), 0 * one, one, 0.0)[0] - 0.5
    blank = max(1, n_columns // 80) if picture.sweep else 0
    for k in range(column - n_columns + 1, column + 1):
        at = k % n_columns if picture.sweep else k - column + n_columns - 1
        inside = (number_of // bucket == k) & (np.arange(len(number_of)) < end)
        low, high = y[2 * at], y[2 * at + 1]
        if (blank and 1 <= (at - column % n_columns) <= blank) or not inside.any():
            assert np.isnan(low)
        else:
            first = int(np.flatnonzero(inside)[0])
            joined = first > 0 and number_of[first] - number_of[first - 1] == 1 and first - 1 >= 0
            wanted = value_of[inside]
            if joined and number_of[first] % bucket == 0 and k > column - n_columns:
                wanted = np.append(wanted, value_of[first - 1])
            elif joined:
                # Where the ring is looked at from, the sample before may or may not be known.
                assert low <= wanted.min() + 1e-6
                assert high >= wanted.max() - 1e-6
                continue
            assert low == pytest.approx(wanted.min(), abs=1e-5)
            assert high == pytest.approx(wanted.max(), abs=1e-5)


def test_a_sweep_keeps_samples_at_their_places(bench):
    b = bench()
    picture = Picture()
    for n_pixels in (200, 5000):
        places = {}
        for seed in range(8):
            b.noise(0.13, seed=seed)
            picture.look_at(b.stream.ring, 2000.0, 1.0, n_pixels, sweep=True)
            picture.update()
            newest = b.stream.ring.n_total - 1
            x = picture.x_of_number(newest)
            assert -1.0 - 2 / n_pixels <= x <= 0
            assert picture.number_at(x) == pytest.approx(newest)
            assert picture.time_at(picture.x_of_time(b.t)) == pytest.approx(b.t, abs=1e-6)
            for number, place in places.items():
                assert picture.x_of_number(number) in (pytest.approx(place), -np.inf)
            places[newest] = x
            assert picture.x_of_number(newest + 1) == np.inf
        y = picture.lay(ALL, ZERO, ONE, 0.0)[0]
        assert np.isnan(y).any(), "the place after the newest sample is empty"
        assert np.isfinite(y).mean() > 0.95


def test_a_gap_over_the_edge_of_a_sweep_is_two_bands(bench):
    b = bench()
    b.noise(0.95)
    b.noise(0.6, lost=200)
    picture = Picture()
    picture.look_at(b.stream.ring, 2000.0, 1.0, 200, sweep=True)
    picture.update()
    bands = picture.gaps()
    assert len(bands) == 2
    assert sum(band.right - band.left for band in bands) == pytest.approx(0.1, abs=0.01)
    assert min(band.left for band in bands) >= -1.0
    assert max(band.right for band in bands) <= 0.0


def test_irregular_samples_lie_at_their_times():
    ring = RingBuffer(4, 100)
    times = np.array([10.0, 10.5, 12.0, 12.1])
    ring.extend(np.arange(16, dtype=np.float32).reshape(4, 4), times)
    picture = Picture()
    picture.look_at(ring, 0.0, 1.9, 500)
    picture.update()
    y = picture.lay(ALL, ZERO, ONE, 0.0)
    np.testing.assert_allclose(picture.x[-3:], times[1:] - 12.1, atol=1e-6)
    np.testing.assert_allclose(y[0][-3:], 3.5 + np.array([4, 8, 12]))


def test_an_empty_ring_draws_nothing():
    picture = Picture()
    picture.look_at(RingBuffer(4, 100), 1000.0, 0.1, 20)
    assert picture.update() == 0
    assert np.isnan(picture.lay(ALL, ZERO, ONE, 0.0)).all()
    assert picture.gaps() == []
    assert np.isnan(picture.values()).all()
