from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.sources.ring import RingBuffer
from myoscope.widgets.picture import Picture, copy_of, middles

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


def test_frozen_it_stays_while_the_ring_goes_on(bench):
    b = bench()
    b.noise(3.0)
    b.noise(1.0, lost=20, seed=1)
    picture = look(b, 2.0, 300)
    before = picture.lay(ALL, ZERO, ONE, 0.0).copy()
    picture.freeze()
    assert picture.frozen
    for seed in range(20):
        b.noise(1.0, seed=seed + 2)
        picture.update()
    after = picture.lay(ALL, ZERO, ONE, 0.0)
    # A copy has a column grid of its own: the same signal, cut at other samples.
    assert np.nanmax(np.abs(np.nanmax(after, axis=1) - np.nanmax(before, axis=1))) < 1e-3
    assert len(picture.gaps()) == 1
    # Zooming works on the copy, long after the ring has forgotten it.
    picture.look_at(b.stream.ring, 2000.0, 0.1, 800)
    picture.update()
    assert np.isfinite(picture.lay(ALL, ZERO, ONE, 0.0)).all()
    picture.thaw()
    assert picture.update() > 0
    assert not picture.frozen


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


@settings(max_examples=30)
@given(parts=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=12))
def test_a_copy_has_the_same_samples_and_gaps(parts):
    ring = RingBuffer(2, 150)
    row = 0
    for n, lost in parts:
        data = np.arange(row, row + n, dtype=np.float32)
        ring.extend(np.stack((data, -data), axis=1), data.astype(float), lost)
        row += n
    copied = copy_of(ring)
    ours, theirs = copied.view(), ring.view()
    np.testing.assert_array_equal(ours.data, theirs.data)
    np.testing.assert_array_equal(ours.timestamps, theirs.timestamps)
    kept = [(gap.row - theirs.first, gap.n_lost) for gap in ring.gaps if theirs.first < gap.row]
    assert [(gap.row, gap.n_lost) for gap in copied.gaps] == kept
