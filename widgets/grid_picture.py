"""One electrode grid as a picture: cells, or smooth between them, what is missing filled in."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .canvas_image import CanvasImage
from .colour_map import table
from .electrode_layout import Part
from .upsampling import between, filling, taps

Drawing = Literal["cells", "linear", "cubic"]
DRAWINGS: tuple[Drawing, ...] = ("cells", "linear", "cubic")
PER_CELL = 12
MOST_PIXELS = 65_536


class GridPicture:
    """The pixels of one grid. Main thread only.

    Parameters
    ----------
    part
        The grid.
    drawing
        ``cells``, ``linear`` or ``cubic``.
    cell_px
        Size of a cell on the screen, px.
    """

    def __init__(self, part: Part, drawing: Drawing, cell_px: float) -> None:
        from . import colour_kernels, grid_kernels

        self._paint, self._spread = colour_kernels.paint, grid_kernels.spread
        self.part = part
        self.drawing = drawing
        n_cells = part.n_rows * part.n_columns
        # Cells want their edges on the screen's pixels, as far as that many are affordable.
        most = max(1, int((MOST_PIXELS / n_cells) ** 0.5))
        per_cell = max(1, min(most, round(cell_px) if drawing == "cells" else PER_CELL))
        sides = (part.n_rows, part.n_columns)
        if drawing == "cells":
            whole = [np.repeat(np.eye(n, dtype=np.float32), per_cell, axis=0) for n in sides]
        else:
            whole = [between(n, per_cell, drawing) for n in sides]
        self._down, self._across = taps(whole[0]), taps(whole[1])
        self._smooth = np.zeros((part.n_rows * per_cell, part.n_columns * per_cell), dtype=np.float32)
        self._half = np.zeros((part.n_rows * per_cell, part.n_columns), dtype=np.float32)
        self.image = CanvasImage(part.n_rows * per_cell, part.n_columns * per_cell)
        self._known = np.zeros(0, dtype=np.bool_)
        # Where each cell's value comes from; for holes, which cells they are and their neighbours' weights.
        self._owner = np.zeros(n_cells, dtype=np.int64)
        self._holes = np.zeros(0, dtype=np.int64)
        self._weights = np.zeros((0, len(part.channels)), dtype=np.float32)
        self._channels = np.asarray(part.channels, dtype=np.int64)

    def cells(self, values: NDArray[np.float32], bad: frozenset[int]) -> NDArray[np.float32]:
        """Return a value for every cell, shape (n_rows, n_columns), NaN where none can be told.

        Parameters
        ----------
        values
            Shape (n_channels,), float32, of all channels of the stream.
        bad
            Numbers of channels that are not to be believed; they are filled in from their neighbours.
        """
        own = values[self._channels]
        known = np.isfinite(own)
        if bad:
            known &= np.asarray([channel not in bad for channel in self.part.channels])
        if not np.array_equal(known, self._known):
            self._known = known
            weights = filling(self.part.cells, known, (self.part.n_rows, self.part.n_columns))
            self._owner = weights.argmax(axis=1)
            self._holes = np.flatnonzero(weights.max(axis=1) < 1)
            self._weights = weights[self._holes]
        own = np.where(known, own, np.float32(0.0)) if known.any() else np.full_like(own, np.nan)
        whole: NDArray[np.float32] = own[self._owner]
        if len(self._holes) and known.any():
            whole[self._holes] = (self._weights * own).sum(axis=1)
        return whole.reshape(self.part.n_rows, self.part.n_columns)

    def paint(self, values: NDArray[np.float32], bad: frozenset[int], low: float, high: float, colours: str) -> None:
        """Bring the pixels up to date; colours run from `low` to `high`."""
        self._spread(self._smooth, self._half, self.cells(values, bad), *self._down, *self._across)
        self._paint(self.image.pixels, self._smooth, low, high, table(colours))
