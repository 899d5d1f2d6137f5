"""From a few electrodes to a smooth picture: weights for what lies between them, and for what is missing."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Smoothness = Literal["linear", "cubic"]


def between(n_cells: int, per_cell: int, how: Smoothness) -> NDArray[np.float32]:
    """Return the weights that spread values in the middles of cells over pixels.

    Cubic is the interpolation of E. Catmull and R. Rom (1974): smooth, and right in the middle of every cell. Beyond
    the outermost middles the outermost value stays.

    Parameters
    ----------
    n_cells
        Cells along one side.
    per_cell
        Pixels a cell.
    how
        ``linear`` or ``cubic``.

    Returns
    -------
    weights
        Shape (n_cells * per_cell, n_cells), float32; each row adds up to 1.
    """
    at = np.clip((np.arange(n_cells * per_cell) + 0.5) / per_cell - 0.5, 0, n_cells - 1)
    left = np.minimum(at.astype(np.int64), max(0, n_cells - 2))
    t = at - left
    if how == "linear":
        taps = {0: 1 - t, 1: t}
    else:
        taps = {
            -1: (-t + 2 * t**2 - t**3) / 2,
            0: (2 - 5 * t**2 + 3 * t**3) / 2,
            1: (t + 4 * t**2 - 3 * t**3) / 2,
            2: (-(t**2) + t**3) / 2,
        }
    weights = np.zeros((len(at), n_cells))
    pixels = np.arange(len(at))
    for offset, share in taps.items():
        cell = left + offset
        # Beyond the edge the values go on in a straight line.
        below, above = cell < 0, cell >= n_cells
        inner = np.clip(cell, 0, n_cells - 1)
        mirrored = np.clip(np.where(below, 1, n_cells - 2), 0, n_cells - 1)
        outside = below | above
        np.add.at(weights, (pixels, inner), np.where(outside, 2 * share, share))
        np.add.at(weights, (pixels[outside], mirrored[outside]), -share[outside])
    return weights.astype(np.float32)


def taps(weights: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return where each row of weights begins to be other than 0, and the few weights from there on.

    Returns
    -------
    first
        Shape (n_pixels,), int64.
    share
        Shape (n_pixels, n_taps), float32, contiguous.
    """
    used = weights != 0
    last = weights.shape[1] - used[:, ::-1].argmax(axis=1)
    n_taps = int((last - used.argmax(axis=1)).max())
    first = np.minimum(used.argmax(axis=1), weights.shape[1] - n_taps).astype(np.int64)
    share = np.take_along_axis(weights, first[:, None] + np.arange(n_taps), axis=1)
    return first, np.ascontiguousarray(share)


def filling(
    cells: tuple[tuple[int, int], ...], known: NDArray[np.bool_], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Return the weights that make a whole grid of the channels there are.

    A cell without a usable channel is the mean of its nearest usable neighbours, weighted by the inverse square of
    their distance: of the eight around it, or, where there is none, of the next ring out.

    Parameters
    ----------
    cells
        (row, column) of each channel.
    known
        Shape (n_channels,): whether a channel's value can be used.
    shape
        Rows and columns.

    Returns
    -------
    weights
        Shape (rows * columns, n_channels), float32: each row adds up to 1, or is empty when no channel is usable.
    """
    weights = np.zeros((shape[0] * shape[1], len(cells)), dtype=np.float32)
    usable = np.flatnonzero(known)
    if not len(usable):
        return weights
    places = np.asarray(cells, dtype=np.float64).reshape(-1, 2)
    owner = {cells[i]: i for i in usable}
    for cell in range(len(weights)):
        row, column = divmod(cell, shape[1])
        at = owner.get((row, column))
        if at is not None:
            weights[cell, at] = 1.0
            continue
        away = np.abs(places[usable] - (row, column))
        rings = away.max(axis=1)
        near = usable[rings <= rings.min()]
        share = 1 / (away[rings <= rings.min()] ** 2).sum(axis=1)
        weights[cell, near] = share / share.sum()
    return weights
