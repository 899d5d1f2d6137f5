"""XDF's clock offsets as lines, and the times that follow from them."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope.recordings.xdf_clock import ClockMap, clock_lines


def test_outliers_hardly_move_the_line():
    t = np.arange(0.0, 600.0, 5.0)
    offsets = -2.5 + 2e-5 * t + np.random.default_rng(2).normal(scale=2e-5, size=len(t))
    offsets[::17] += 0.01
    (line,) = clock_lines(t, offsets)
    assert line.slope == pytest.approx(2e-5, abs=2e-7)
    synced, resets = ClockMap([line])(np.array([0.0, 300.0]))
    assert resets == []
    np.testing.assert_allclose(synced, [-2.5, 300 - 2.5 + 6e-3], atol=3e-5)


def test_chunks_are_synchronised_as_the_whole_would_be():
    t = np.concatenate([np.arange(1000.0, 1100.0, 5.0), np.arange(3.0, 103.0, 5.0)])
    offsets = np.where(t > 500, -900.0, 250.0)
    lines = clock_lines(t, offsets)
    assert len(lines) == 2
    times = np.concatenate([np.arange(1000.0, 1099.0, 0.7), np.arange(4.0, 100.0, 0.7)])
    whole, resets = ClockMap(lines)(times)
    assert resets == [len(np.arange(1000.0, 1099.0, 0.7))]
    by_chunk = ClockMap(lines)
    np.testing.assert_array_equal(np.concatenate([by_chunk(some)[0] for some in np.array_split(times, 23)]), whole)
