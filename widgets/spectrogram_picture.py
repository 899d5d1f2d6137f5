"""Columns of a spectrogram as pixels: only new ones are painted, and the picture is moved, not drawn again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .colour_map import table
from .door import Tag
from .raw_texture import RawTexture

MOST_ROWS = 257


class SpectrogramPicture:
    """A ring of columns in a texture, shown as two parts side by side. Main thread only.

    Parameters
    ----------
    axis
        The y axis it belongs to.
    n_frequencies
        Frequencies that are shown, from 0 Hz on; neighbours share a pixel where there are over 257.
    n_columns
        Columns in the ring.
    """

    def __init__(self, axis: Tag, n_frequencies: int, n_columns: int) -> None:
        from . import colour_kernels

        self._paint = colour_kernels.paint
        self._n_columns = n_columns
        self._group = -(-n_frequencies // MOST_ROWS)
        self._n_frequencies = n_frequencies
        n_rows = -(-n_frequencies // self._group)
        self.levels = np.full((n_rows, n_columns), np.nan, dtype=np.float32)
        """Shape (n_rows, n_columns), float32, dB; the first row is the lowest frequency."""
        # One column more than the ring has: a copy of the first, so that both parts meet without a seam.
        self.texture = RawTexture(axis, n_columns + 1, n_rows)
        self.n_painted = 0
        self._stop = 0

    def fits(self, n_frequencies: int, n_columns: int) -> bool:
        """Tell whether the picture has this size."""
        return (n_frequencies, n_columns) == (self._n_frequencies, self._n_columns)

    def clear(self) -> None:
        """Begin anew in the same texture: dearpygui 2.3 never gives the memory of a raw one back."""
        self.levels.fill(np.nan)

    @property
    def rows_end(self) -> int:
        """Frequencies that the rows stand for; the last row may be less than full."""
        return len(self.levels) * self._group

    def take(self, columns: NDArray[np.float32], places: list[int]) -> None:
        """Take new columns over.

        Parameters
        ----------
        columns
            Shape (n_frequencies or more, n_columns), float32, unit² per Hz, NaN where there is none.
        places
            Which of them are new.
        """
        power = columns[: self._n_frequencies, places]
        if self._group > 1:
            starts = np.arange(0, self._n_frequencies, self._group)
            sizes = np.diff(np.append(starts, self._n_frequencies))[:, None]
            power = (np.add.reduceat(power, starts, axis=0) / sizes).astype(np.float32)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.levels[:, places] = np.where(power > 0, 10 * np.log10(power), np.where(power == 0, -400, np.nan))

    def paint(self, places: list[int] | None, low: float, high: float, colours: str) -> None:
        """Colour some columns, or all; `low` and `high` in dB, `colours` the name of a map."""
        pixels = self.texture.pixels
        if places is None:
            self._paint(pixels[::-1, : self._n_columns], self.levels, low, high, table(colours))
            self.n_painted += self._n_columns
        else:
            for place in places:
                part = slice(place, place + 1)
                self._paint(pixels[::-1, part], self.levels[:, part], low, high, table(colours))
            self.n_painted += len(places)
        pixels[:, self._n_columns] = pixels[:, 0]

    def place(self, first: int, stop: int, x_of_first: float, x_step: float, high: float) -> None:
        """Show columns number `first` to `stop` - 1, but those that are new since the last call.

        Parameters
        ----------
        first, stop
            Numbers of columns; the ring holds a column at its number modulo the ring's length.
        x_of_first, x_step
            Where the middle of the first is, and how far the next one is from it.
        high
            Upper end of the picture on the y axis; the lower one is 0.
        """
        n, parts = self._n_columns, []
        # dearpygui hands pixels on one frame late: until then the places of new columns hold the oldest ones.
        stop, self._stop = min(stop, self._stop), stop
        at = first
        while at < stop:
            slot = at % n
            # From the middle of a pixel to the middle of another: nothing is mixed in from beyond.
            end = min(stop - 1, at + n - slot)
            if end > at:
                left, right = x_of_first + (at - first) * x_step, x_of_first + (end - first) * x_step
                half = 0.5 / (n + 1)
                u = slot / (n + 1) + half
                parts.append((left, 0.0, right, high, u, 0.0, u + (end - at) / (n + 1), 1.0))
            at = max(end, at + 1)
        self.texture.show(parts[:2])

    def drop(self) -> None:
        """Remove it from the screen. Safe to call twice; `place` brings it back."""
        self.texture.drop()
