"""Selections of channels under a name: those that a stream brings along, and those a person saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..sources.grids import parts
from ..sources.info import Grid
from ..sources.language import tr

FIRST = 32
MOST_LINES = 64


@dataclass(frozen=True)
class Preset:
    """A selection of channels.

    Parameters
    ----------
    name
        As it is shown.
    numbers
        Of the channels, in their order.
    saved
        Whether a person saved it; its order then counts.
    """

    name: str
    numbers: tuple[int, ...]
    saved: bool = False


def built_in(n_channels: int, types: Sequence[str], grid: Grid | None, bad: Iterable[int]) -> list[Preset]:
    """Return the selections that make sense for a stream, in the person's language; none of them empty."""
    every = range(n_channels)
    found = [Preset(tr("All"), tuple(every))]
    if n_channels > FIRST:
        found.append(Preset(tr("First {n}").format(n=FIRST), tuple(range(FIRST))))
    found.append(Preset(tr("Good only"), tuple(sorted(set(every) - set(bad)))))
    if n_channels > 2:
        found.append(Preset(tr("Every other, from the first"), tuple(range(0, n_channels, 2))))
        found.append(Preset(tr("Every other, from the second"), tuple(range(1, n_channels, 2))))
    kinds = dict.fromkeys(kind for kind in types if kind)
    if len(kinds) > 1:
        found += [Preset(kind, tuple(i for i in every if types[i] == kind)) for kind in kinds]
    if grid is not None:
        found += _of_grid(grid)
    return [preset for preset in found if preset.numbers]


def _of_grid(grid: Grid) -> list[Preset]:
    pieces = parts(grid)
    found = []
    if len(pieces) > 1:
        found += [Preset(tr("Grid {n}").format(n=i + 1), piece) for i, piece in enumerate(pieces[:MOST_LINES])]
    for i, piece in enumerate(pieces):
        for text, axis in ((tr("Column {n}"), 1), (tr("Row {n}"), 0)):
            if len(found) > MOST_LINES:
                break
            before = tr("Grid {n}").format(n=i + 1) + ", " if len(pieces) > 1 else ""
            lines = lines_of(grid, piece, axis)
            if len(lines) > 1:
                found += [Preset(before + text.format(n=n + 1), line) for n, line in enumerate(lines)]
    return found


def lines_of(grid: Grid, part: Sequence[int], axis: int) -> list[tuple[int, ...]]:
    """Return the channels of each row (`axis` 0) or column (1) of a part of a grid, along that line."""
    lines: dict[int, list[int]] = {}
    for channel in part:
        lines.setdefault(grid.cells[channel][axis], []).append(channel)

    def along(channel: int) -> int:
        return grid.cells[channel][1 - axis]

    return [tuple(sorted(lines[at], key=along)) for at in sorted(lines)]
