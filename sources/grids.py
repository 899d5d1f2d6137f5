"""Layouts of electrode grids, for streams whose device tells none.

Which amplifier channel sits where depends on grid, adapter and how the grid was put on, and published maps of one and
the same grid differ by a turn. A layout here is one orientation of it; `Placement.turns` brings the others. Tap an
electrode and look which channel answers before results depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .info import Grid
from .language import later

NOWHERE = (-1, -1)
MOST_CELLS = 4096
FEWEST_IN_A_PART = 4


@dataclass(frozen=True)
class Layout:
    """One kind of electrode grid.

    Parameters
    ----------
    name
        As its maker calls it.
    electrodes
        Rows of electrode numbers, from 1, as seen from above; 0 where there is no electrode.
    distance_mm
        Between neighbouring electrodes, mm.
    note
        What is not certain about the numbering; empty where sources agree.
    """

    name: str
    electrodes: tuple[tuple[int, ...], ...]
    distance_mm: float | None = None
    note: str = ""

    @property
    def n_electrodes(self) -> int:
        """How many channels one such grid has."""
        return sum(number > 0 for row in self.electrodes for number in row)

    @property
    def cells(self) -> tuple[tuple[int, int], ...]:
        """(row, column) of every electrode, by its number."""
        where = {n: (r, c) for r, row in enumerate(self.electrodes) for c, n in enumerate(row) if n > 0}
        return tuple(where[n] for n in sorted(where))


def _table(n_rows: int, n_columns: int, number: Callable[[int, int], int]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(number(row, column) for column in range(n_columns)) for row in range(n_rows))


def _meander(row: int, column: int) -> int:
    return (64 - row, 39 + row, 38 - row, 13 + row, 12 - row)[column]


_TURNED = later("Published maps of this grid differ by a turn: tap an electrode to see which way it lies.")
_DISPUTED = later("Published maps of this grid disagree on its numbering: tap electrodes before you rely on it.")
_MIRRORED = later("Published maps of this grid are mirror images of each other: tap electrodes before you rely on it.")

OTB: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout("GR04MM1305", _table(13, 5, _meander), 4.0, _TURNED),
        Layout("GR08MM1305", _table(13, 5, _meander), 8.0, _TURNED),
        Layout("GR10MM0808", _table(8, 8, lambda r, c: 64 - 8 * r - c), 10.0, _TURNED),
        Layout("GR10MM0804", _table(4, 8, lambda r, c: 32 - 8 * r - c), 10.0, _MIRRORED),
        Layout("HD04MM1305", _table(13, 5, lambda r, c: 12 + 13 * c - r), 4.0, _TURNED),
        Layout("HD08MM1305", _table(13, 5, lambda r, c: 12 + 13 * c - r), 8.0, _DISPUTED),
        Layout("HD10MM0808", _table(8, 8, lambda r, c: 8 * r + 8 - c), 10.0, _TURNED),
        Layout("HD10MM0804", _table(4, 8, lambda r, c: 32 - 8 * r - c), 10.0, _TURNED),
    )
}
"""Grids of OT Bioelettronica by name: distance in mm, rows and columns stand in the name.

Numbers of GR08MM1305 and GR04MM1305 are those of the maker's own viewer and of openhdemg (0°); a third catalogue has
them turned by 180°. HD04MM1305, GR10MM0808 and HD10MM0808 follow the maker's viewer; others have them turned. For
HD08MM1305 the maker's viewer gives the map of GR08MM1305 and another catalogue that of HD04MM1305, which is taken here:
not settled. For the 4 × 8 grids sources disagree even on the handedness.
"""


def otb_grid(name: str, n_channels: int | None = None, turns: int = 0) -> Grid:
    """Return a grid of OT Bioelettronica in channel order.

    Parameters
    ----------
    name
        Such as ``GR08MM1305``.
    n_channels
        Of the stream, where it has more than the grid; the others get no cell.
    turns
        Quarter turns clockwise.

    Raises
    ------
    ValueError
        When no such grid is known, or the stream has too few channels for it.
    """
    if name not in OTB:
        raise ValueError(f"No grid {name!r} is known. Take one of {', '.join(OTB)}.")
    layout = OTB[name]
    n = layout.n_electrodes if n_channels is None else n_channels
    grid = Placement(name, n_channels=n, turns=turns).grid()
    if grid is None:
        raise ValueError(f"{name} has {layout.n_electrodes} electrodes, the stream only {n} channels.")
    return grid


def regular_grid(n_rows: int, n_columns: int, n_channels: int | None = None, turns: int = 0) -> Grid:
    """Return a grid whose channels go along the rows, from the upper left, in channel order.

    Raises
    ------
    ValueError
        When the stream has too few channels for it.
    """
    n = n_rows * n_columns if n_channels is None else n_channels
    grid = Placement("", n_rows, n_columns, n_channels=n, turns=turns).grid()
    if grid is None:
        raise ValueError(f"{n_rows} × {n_columns} electrodes do not fit {n} channels.")
    return grid


@dataclass(frozen=True)
class Placement:
    """How a person lays a stream's channels out on one or several equal grids.

    Parameters
    ----------
    layout
        Name of one of `OTB`; empty for rows and columns of one's own.
    n_rows, n_columns
        Of a layout of one's own; channels go along the rows.
    n_grids
        How many equal grids follow each other, side by side with an empty column between.
    first
        Number of the channel, from 0, that is the first electrode.
    n_channels
        Of the stream this was made for; it counts for no other.
    turns
        Quarter turns clockwise.
    """

    layout: str = ""
    n_rows: int = 1
    n_columns: int = 1
    n_grids: int = 1
    first: int = 0
    n_channels: int = 1
    turns: int = 0

    @property
    def n_electrodes(self) -> int:
        """How many channels one of the grids takes."""
        return OTB[self.layout].n_electrodes if self.layout in OTB else self.n_rows * self.n_columns

    @property
    def fits(self) -> bool:
        """Whether the stream has a channel for every electrode."""
        counts = (self.n_rows, self.n_columns, self.n_grids, self.n_electrodes)
        return (
            (not self.layout or self.layout in OTB)
            and all(1 <= n <= MOST_CELLS for n in counts)
            and self.first >= 0
            and self.first + self.n_grids * self.n_electrodes <= self.n_channels <= MOST_CELLS
        )

    def grid(self) -> Grid | None:
        """Return the cells in channel order, (-1, -1) where a channel is on no electrode; None if it does not fit."""
        if not self.fits:
            return None
        layout = OTB.get(self.layout)
        one = layout.cells if layout else tuple(divmod(i, self.n_columns) for i in range(self.n_electrodes))
        for _ in range(self.turns % 4):
            last = max(row for row, _ in one)
            one = tuple((column, last - row) for row, column in one)
        wide = max(column for _, column in one) + 2
        cells = [NOWHERE] * self.n_channels
        for k in range(self.n_grids):
            for i, (row, column) in enumerate(one):
                cells[self.first + k * len(one) + i] = (row, column + k * wide)
        return Grid(tuple(cells), layout.distance_mm if layout else None)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `from_json` reads back."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, values: object) -> Placement | None:
        """Read what `to_json` wrote; None when it is something else, or does not fit."""
        if not isinstance(values, Mapping):
            return None
        kept = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        counts = [value for name, value in kept.items() if name != "layout"]
        if not all(type(n) is int and 0 <= n <= MOST_CELLS for n in counts):
            return None
        if not isinstance(kept.get("layout", ""), str):
            return None
        read = cls(**kept)
        return read if read.fits else None


def parts(grid: Grid) -> tuple[tuple[int, ...], ...]:
    """Return the separate grids in a layout: numbers of the channels on each, in channel order.

    A cell that occurs again begins the next grid. Otherwise grids are separate where whole columns or rows between
    them are empty; electrodes so sparse that a part would have fewer than four are one free layout. Channels without
    a cell (a row or column below 0) are on none.
    """
    runs: list[list[int]] = []
    seen: set[tuple[int, int]] = set()
    for channel, cell in enumerate(grid.cells):
        if min(cell) < 0:
            continue
        if not runs or cell in seen:
            runs.append([])
            seen = set()
        runs[-1].append(channel)
        seen.add(cell)
    return tuple(part for run in runs for part in _apart(grid, run))


def _apart(grid: Grid, run: list[int]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [
        tuple(sorted(block))
        for band in _split(run, lambda channel: grid.cells[channel][1])
        for block in _split(band, lambda channel: grid.cells[channel][0])
    ]
    return found if all(len(part) >= FEWEST_IN_A_PART for part in found) else [tuple(run)]


def _split(channels: list[int], place: Callable[[int], int]) -> list[list[int]]:
    groups: list[list[int]] = []
    last: int | None = None
    for channel in sorted(channels, key=place):
        at = place(channel)
        if last is None or at > last + 1:
            groups.append([])
        groups[-1].append(channel)
        last = at
    return groups
