from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.sources.grids import NOWHERE, OTB, Placement, otb_grid, parts, regular_grid
from myoscope.sources.info import Grid


@pytest.mark.parametrize("name", OTB)
def test_each_electrode_is_there_once(name):
    layout, grid = OTB[name], otb_grid(name)
    n_rows, n_columns = int(name[6:8]), int(name[8:10])
    if name.endswith("0804"):
        n_rows, n_columns = n_columns, n_rows
    assert len(grid.cells) == layout.n_electrodes == len(set(grid.cells))
    assert layout.n_electrodes == n_rows * n_columns - (name.endswith("1305"))
    assert {row for row, _ in grid.cells} == set(range(n_rows))
    assert {column for _, column in grid.cells} == set(range(n_columns))
    assert grid.distance_mm == float(name[2:4])
    assert parts(grid) == (tuple(range(layout.n_electrodes)),)


@pytest.mark.parametrize(
    ("name", "corners"),
    [  # electrodes at upper left, upper right, lower left, lower right; 0 = none
        ("GR08MM1305", (64, 12, 52, 0)),
        ("GR04MM1305", (64, 12, 52, 0)),
        ("HD04MM1305", (12, 64, 0, 52)),
        ("GR10MM0808", (64, 57, 8, 1)),
        ("HD10MM0808", (8, 1, 64, 57)),
        ("GR10MM0804", (32, 25, 8, 1)),
    ],
)
def test_corners_are_those_of_the_published_maps(name, corners):
    cells = otb_grid(name).cells
    last_row, last_column = max(r for r, _ in cells), max(c for _, c in cells)
    where = {cell: number + 1 for number, cell in enumerate(cells)}
    at = [(0, 0), (0, last_column), (last_row, 0), (last_row, last_column)]
    assert tuple(where.get(cell, 0) for cell in at) == corners


def test_channels_beyond_the_layout_are_nowhere():
    grid = otb_grid("GR08MM1305", n_channels=70)
    assert grid.cells[64:] == (NOWHERE,) * 6
    assert parts(grid) == (tuple(range(64)),)
    with pytest.raises(ValueError, match="only 60 channels"):
        otb_grid("GR08MM1305", n_channels=60)
    with pytest.raises(ValueError, match="No grid 'GR99'"):
        otb_grid("GR99")
    with pytest.raises(ValueError, match="3 × 3"):
        regular_grid(3, 3, 8)


def test_several_grids_lie_side_by_side_and_are_told_apart():
    placed = Placement("GR08MM1305", n_grids=4, first=128, n_channels=408)
    grid = placed.grid()
    assert grid is not None
    assert [(part[0], part[-1]) for part in parts(grid)] == [(128, 191), (192, 255), (256, 319), (320, 383)]
    assert grid.cells[:128] == (NOWHERE,) * 128


def test_four_quarter_turns_are_none():
    once = otb_grid("GR10MM0804", turns=1)
    assert (max(r for r, _ in once.cells), max(c for _, c in once.cells)) == (7, 3)
    # Clockwise: what was at the upper left is at the upper right.
    assert regular_grid(2, 3, turns=1).cells[0] == (0, 1)
    assert otb_grid("GR10MM0804", turns=4) == otb_grid("GR10MM0804")


def test_cells_that_occur_again_begin_the_next_grid():
    two = Grid(regular_grid(2, 2).cells * 2)
    assert parts(two) == ((0, 1, 2, 3), (4, 5, 6, 7))


def test_few_sparse_electrodes_are_one_free_layout():
    assert parts(Grid(((0, 0), (0, 5), (9, 2)))) == ((0, 1, 2),)
    assert parts(Grid((NOWHERE, NOWHERE))) == ()


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 9), st.integers(0, 3), st.integers(0, 5))
def test_a_placement_is_read_back(n_rows, n_columns, n_grids, first, turns, spare):
    n = first + n_rows * n_columns * n_grids + spare
    placed = Placement("", n_rows, n_columns, n_grids, first, n, turns)
    assert Placement.from_json(placed.to_json()) == placed
    grid = placed.grid()
    assert grid is not None
    used = [cell for cell in grid.cells if cell != NOWHERE]
    assert len(used) == len(set(used)) == n - first - spare


@pytest.mark.parametrize(
    "saved",
    [
        None, 7, "GR08MM1305", {"layout": "GR99", "n_channels": 64}, {"layout": 3}, {"n_rows": -1}, {"n_rows": 10**9},
        {"n_rows": True, "n_columns": 2.5}, {"layout": "GR08MM1305", "n_channels": 63}, {"n_rows": 9, "n_channels": 8},
    ],
)  # fmt: skip
def test_nothing_from_a_file_is_believed(saved):
    assert Placement.from_json(saved) is None
