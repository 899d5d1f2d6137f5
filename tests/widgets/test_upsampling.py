from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicHermiteSpline

from myoscope.sources.grids import otb_grid
from myoscope.sources.info import Grid
from myoscope.widgets.electrode_layout import arrange, grids_of, wrapped
from myoscope.widgets.grid_kernels import spread
from myoscope.widgets.upsampling import between, filling, taps


@given(st.integers(1, 16), st.integers(1, 15), st.sampled_from(["linear", "cubic"]), st.integers(0, 99))
def test_middles_keep_their_values_and_constants_stay(n_cells, half, how, seed):
    per_cell = 2 * half + 1
    values = np.random.default_rng(seed).normal(size=n_cells)
    weights = between(n_cells, per_cell, how)
    assert weights.shape == (n_cells * per_cell, n_cells)
    np.testing.assert_allclose((weights @ values)[half::per_cell], values, atol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)


@given(st.integers(2, 12), st.integers(1, 12), st.integers(0, 99))
def test_between_cells_it_is_the_oracles(n_cells, per_cell, seed):
    values = np.random.default_rng(seed).normal(size=n_cells)
    at = np.clip((np.arange(n_cells * per_cell) + 0.5) / per_cell - 0.5, 0, n_cells - 1)
    np.testing.assert_allclose(
        between(n_cells, per_cell, "linear") @ values, np.interp(at, np.arange(n_cells), values), atol=1e-5
    )
    wide = np.r_[2 * values[0] - values[1], values, 2 * values[-1] - values[-2]]
    oracle = CubicHermiteSpline(np.arange(n_cells), values, (wide[2:] - wide[:-2]) / 2)(at)
    np.testing.assert_allclose(between(n_cells, per_cell, "cubic") @ values, oracle, atol=1e-4)


def test_holes_are_filled_from_their_neighbours():
    cells = tuple((r, c) for r in range(3) for c in range(3) if (r, c) != (1, 1))
    weights = filling(cells, np.ones(8, dtype=bool), (3, 3))
    row = weights[4].reshape(8)
    assert row.sum() == pytest.approx(1)
    sides = [i for i, (r, c) in enumerate(cells) if r == 1 or c == 1]
    corners = [i for i in range(8) if i not in sides]
    assert row[sides] == pytest.approx(np.full(4, 1 / 6))
    assert row[corners] == pytest.approx(np.full(4, 1 / 12))
    # A channel that cannot be used is a hole, too; two rings out where nothing is nearer.
    only = filling(cells, np.arange(8) == 0, (3, 3))
    assert only[8, 0] == 1
    assert not filling(cells, np.zeros(8, dtype=bool), (3, 3)).any()


def test_a_grid_with_a_corner_missing_is_laid_out_square():
    grid = otb_grid("GR08MM1305")
    layout = arrange(grids_of(grid), 300, 400, 10)
    assert (layout.parts[0].n_rows, layout.parts[0].n_columns) == (13, 5)
    assert layout.cell_width == layout.cell_height == pytest.approx(400 / 13)
    for channel, cell in zip(layout.parts[0].channels, layout.parts[0].cells, strict=True):
        left, top, right, bottom = layout.rect(layout.parts[0], cell)
        assert layout.channel_at((left + right) / 2, (top + bottom) / 2) == channel
    hole = next((r, c) for r in range(13) for c in range(5) if (r, c) not in layout.parts[0].cells)
    left, top, right, bottom = layout.rect(layout.parts[0], hole)
    assert layout.channel_at((left + right) / 2, (top + bottom) / 2) is None


@given(st.integers(1, 6), st.floats(50, 2000), st.floats(50, 2000))
def test_several_grids_stay_in_the_box_and_apart(n, width, height):
    cells = tuple((r, c + 6 * k) for k in range(n) for r in range(4) for c in range(5))
    layout = arrange(grids_of(Grid(cells)), width, height, 10)
    assert len(layout.parts) == n
    left, top, right, bottom = layout.extent
    assert left == top == 0
    assert right <= width + 1e-6
    assert bottom <= height + 1e-6
    edges = [layout.bounds(part) for part in layout.parts]
    for i, one in enumerate(edges):
        for other in edges[i + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@given(st.integers(1, 300), st.floats(60, 1500), st.floats(60, 1500))
def test_channels_without_electrodes_wrap(n, width, height):
    layout = arrange(wrapped(n, width, height, 3.0), width, height, 10, 3.0)
    _, _, right, bottom = layout.extent
    assert right <= width + 1e-6
    assert bottom <= height + 1e-6
    assert len(layout.parts[0].channels) == n


@given(st.integers(1, 12), st.integers(1, 8), st.sampled_from(["linear", "cubic"]), st.integers(0, 99))
def test_taps_say_the_same_as_whole_weights(n_cells, per_cell, how, seed):
    weights = between(n_cells, per_cell, how)
    first, share = taps(weights)
    assert share.shape[1] <= min(4, n_cells)
    values = np.random.default_rng(seed).normal(size=n_cells)
    here = (values[first[:, None] + np.arange(share.shape[1])] * share).sum(axis=1)
    np.testing.assert_allclose(here, weights @ values, atol=1e-5)


def test_spreading_is_a_product_of_matrices():
    cells = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    down, across = between(5, 6, "cubic"), between(7, 6, "cubic")
    out, half = np.zeros((30, 42), dtype=np.float32), np.zeros((30, 7), dtype=np.float32)
    spread(out, half, cells, *taps(down), *taps(across))
    np.testing.assert_allclose(out, down @ cells @ across.T, atol=1e-5)
