"""Where each electrode is drawn: one or several grids side by side, as large as the room allows. No screen needed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..sources.grids import parts
from ..sources.info import Grid

Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class Part:
    """One grid among those drawn.

    Parameters
    ----------
    channels
        Numbers of the channels on it.
    cells
        (row, column) of each, from 0 at its upper left.
    n_rows, n_columns
        Its size.
    left, top
        Its upper left corner, px.
    """

    channels: tuple[int, ...]
    cells: tuple[tuple[int, int], ...]
    n_rows: int
    n_columns: int
    left: float = 0.0
    top: float = 0.0


@dataclass(frozen=True)
class ElectrodeLayout:
    """All grids of a stream, placed in a box.

    Parameters
    ----------
    parts
        The grids.
    cell_width, cell_height
        Size of a cell, px.
    """

    parts: tuple[Part, ...] = ()
    cell_width: float = 0.0
    cell_height: float = 0.0

    def rect(self, part: Part, cell: tuple[int, int]) -> Rect:
        """Return left, top, right and bottom of a cell, px."""
        left = part.left + cell[1] * self.cell_width
        top = part.top + cell[0] * self.cell_height
        return left, top, left + self.cell_width, top + self.cell_height

    def bounds(self, part: Part) -> Rect:
        """Return left, top, right and bottom of a grid, px."""
        right, bottom = part.n_columns * self.cell_width, part.n_rows * self.cell_height
        return part.left, part.top, part.left + right, part.top + bottom

    @property
    def extent(self) -> Rect:
        """Left, top, right and bottom of all grids together, px."""
        edges = np.asarray([self.bounds(part) for part in self.parts] or [(0.0, 0.0, 0.0, 0.0)])
        low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def channel_at(self, x: float, y: float) -> int | None:
        """Return the channel whose cell is at a place, px; None beside all."""
        if not self.cell_width or not self.cell_height:
            return None
        for part in self.parts:
            cell = (math.floor((y - part.top) / self.cell_height), math.floor((x - part.left) / self.cell_width))
            if cell in part.cells:
                return part.channels[part.cells.index(cell)]
        return None


def grids_of(grid: Grid) -> tuple[Part, ...]:
    """Return the separate grids of a layout, each counted from its own upper left, not placed yet."""
    found = []
    for channels in parts(grid):
        cells = [grid.cells[channel] for channel in channels]
        top, left = min(row for row, _ in cells), min(column for _, column in cells)
        moved = tuple((row - top, column - left) for row, column in cells)
        n_rows, n_columns = (1 + max(cell[axis] for cell in moved) for axis in (0, 1))
        found.append(Part(channels, moved, n_rows, n_columns))
    return tuple(found)


def wrapped(n_channels: int, width: float, height: float, widest: float) -> tuple[Part, ...]:
    """Return channels without electrodes as one part, row by row, wrapped so that cells become large."""
    if not n_channels:
        return ()
    best = max(
        range(1, n_channels + 1),
        key=lambda n: min(width / n, widest * height / math.ceil(n_channels / n)),
    )
    cells = tuple(divmod(i, best) for i in range(n_channels))
    return (Part(tuple(range(n_channels)), cells, math.ceil(n_channels / best), best),)


def arrange(
    grids: tuple[Part, ...], width: float, height: float, gap: float, widest: float = 1.0, largest: float = math.inf
) -> ElectrodeLayout:
    """Place grids in a box from its upper left, in as many rows as make cells largest.

    Parameters
    ----------
    grids
        As `grids_of` or `wrapped` returns them.
    width, height
        Of the box, px.
    gap
        Between grids, px.
    widest
        A cell is at most so many times as wide as it is high; never higher than wide.
    largest
        A cell's height at most, px.
    """
    if not grids or width <= 0 or height <= 0:
        return ElectrodeLayout()
    n_rows, n_columns = max(g.n_rows for g in grids), max(g.n_columns for g in grids)
    best = (0.0, 0.0, 1)
    for across in range(1, len(grids) + 1):
        down = math.ceil(len(grids) / across)
        wide = (width - (across - 1) * gap) / (across * n_columns)
        high = min(largest, (height - (down - 1) * gap) / (down * n_rows))
        high = min(high, wide)
        wide = min(wide, widest * high)
        if high * wide > best[0] * best[1]:
            best = (wide, high, across)
    wide, high, across = best
    placed = [
        Part(
            g.channels,
            g.cells,
            g.n_rows,
            g.n_columns,
            (i % across) * (n_columns * wide + gap),
            (i // across) * (n_rows * high + gap),
        )
        for i, g in enumerate(grids)
    ]
    return ElectrodeLayout(tuple(placed), wide, high)
