"""Traces of many lanes as a picture in pieces: what is finished is uploaded once and then only moved."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .door import Tag
from .palette import Colour

TILE_PX = 32
"""Wide tiles cost more while they grow, narrow ones more to move; between 16 and 64 px a frame costs the same."""
NOTICED_PX = 0.5
"""What moves by less is not painted anew."""
REACHES = 2.0
"""How many lanes from its middle a trace is looked at: where lanes are low, traces reach into their neighbours."""
PACE = 3.0
"""So many times as long as painting all of it took passes before that is done again."""


@dataclass(frozen=True)
class Ground:
    """Where the picture lies: it fills a plot's window, whose right edge is at 0 s and whose lower edge is at lane 0.

    Parameters
    ----------
    seconds
        Length of the window, s.
    n_places
        How many strokes lie side by side in it.
    pitch
        Width of a stroke, px; the window is ``n_places * pitch`` pixels wide.
    height_px
        Height of the plot's ground, px.
    top
        The upper edge, in lanes.
    sweep
        Every place is painted over one window later, and nothing scrolls.
    blank
        How many places are left empty after the newest, in a sweep.
    """

    seconds: float
    n_places: int
    pitch: int
    height_px: int
    top: float
    sweep: bool = False
    blank: int = 0


NO_GROUND = Ground(1.0, 1, 1, 1, 1.0)


@dataclass
class Tile:
    """Places `first` to `stop` as one texture, on one item of the plot."""

    first: int
    stop: int
    texture: Tag
    item: Tag
    laid: tuple[float, ...] = ()


class Tiles:
    """An envelope drawn through textures: the cost of a frame depends neither on the lanes nor on the window's length.

    Places are numbered from the beginning of the stream, as columns of an envelope are; a tile is a run of them whose
    columns are all finished, painted once, as dearpygui's static texture. What is still growing is a narrow texture
    made anew each frame: a raw texture would be shown one frame late. Textures are drawn pixel by pixel, so a stroke
    looks as a line does. Main thread only.

    When gain or centre change by so much that it can be seen, all is painted again; while they ease, not more often
    than leaves two thirds of the time to everything else. `behind` says that such a painting is still due.

    Parameters
    ----------
    y_axis
        The axis of the plot that it is drawn on.
    clock
        For pacing, s; a test passes its own.
    """

    def __init__(self, y_axis: Tag, clock: Callable[[], float] = time.perf_counter) -> None:
        from . import raster

        self._paint = raster.paint_strokes
        self._clock = clock
        self._axis = y_axis
        self._registry: Tag = dpg.generate_uuid()
        self._nothing: Tag = dpg.generate_uuid()
        dpg.add_texture_registry(tag=self._registry)
        dpg.add_static_texture(1, 1, [0.0] * 4, tag=self._nothing, parent=self._registry)
        # Items of the plot are used again: ImPlot never forgets one.
        self._spare: list[Tag] = []
        self._tiles: dict[int, Tile] = {}
        self._open: Tile | None = None
        self._ground = NO_GROUND
        self._shown = np.zeros(0, dtype=np.int64)
        self._middles = np.zeros(0, dtype=np.float32)
        self._colours: tuple[Colour, ...] = ()
        self._ink = np.zeros((0, 4), dtype=np.float32)
        self._centre = self._gain = np.zeros(0, dtype=np.float32)
        self._pixels = np.zeros(0, dtype=np.float32)
        self._scaled = False
        self._painted_at = -np.inf
        self._took = 0.0
        self.behind = False

    # What is drawn

    def arrange(
        self,
        ground: Ground,
        shown: NDArray[np.int64],
        middles: NDArray[np.float32],
        colours: Sequence[Colour],
    ) -> None:
        """Choose place, channels and colours; cheap when they are what they were.

        Parameters
        ----------
        ground
            Where the picture lies.
        shown
            Shape (n_shown,), int64: the channel in each lane; the last one is painted over all others.
        middles
            Shape (n_shown,), float32: middle of each lane, in lanes from the lower edge; the same for all lays them
            over one another.
        colours
            One a lane.
        """
        wanted = tuple(colours)
        if (
            ground == self._ground
            and wanted == self._colours
            and np.array_equal(shown, self._shown)
            and np.array_equal(middles, self._middles)
        ):
            return
        self.forget()
        self._ground, self._colours = ground, wanted
        self._shown, self._middles = shown.copy(), middles.copy()
        self._ink = (np.asarray(wanted, dtype=np.float32).reshape(-1, 4) / np.float32(255)).astype(np.float32)
        room = ground.height_px * max(TILE_PX, ground.pitch) * 4
        self._pixels = np.empty(room, dtype=np.float32)

    def forget(self) -> None:
        """Take everything off the plot, to be painted anew: the signal behind the columns is another than before."""
        for tile in self._tiles.values():
            self._drop(tile)
        if self._open is not None:
            self._drop(self._open)
        self._tiles, self._open = {}, None
        self._scaled = False

    def delete(self) -> None:
        """Remove the textures, and what is on the plot. Safe to call twice, and after the plot is gone."""
        tiles = (*self._tiles.values(), *([self._open] if self._open else []))
        for tag in (*self._spare, *(tile.item for tile in tiles), self._registry):
            if dpg.does_item_exist(tag):
                dpg.delete_item(tag)
        self._tiles, self._open, self._spare = {}, None, []

    # Each frame

    def draw(
        self,
        columns: NDArray[np.float32],
        column: int,
        centre: NDArray[np.float32],
        gain: NDArray[np.float32],
    ) -> None:
        """Bring the picture up to date; `arrange` comes first.

        Parameters
        ----------
        columns
            Shape (n_channels, n_columns, 2), float32: lowest and highest values, NaN where nothing was sampled; as
            many columns as places, or more: then neighbours share a place.
        column
            Number of the newest of them, since the stream began; those before it never change.
        centre, gain
            Shape (n_channels,), float32: the value in the middle of its lane, and lanes per unit, not 0.
        """
        ground = self._ground
        if column < 0 or not len(self._shown):
            self.forget()
            return
        begun = self._clock()
        anew = self._rescale(centre, gain, begun)
        n_columns, n_places = columns.shape[1], ground.n_places
        newest = column * n_places // n_columns
        seen: dict[int, Tile] = {}
        first = max(0, newest + 1 - n_places + (min(ground.blank, n_places - 1) if ground.sweep else 0))
        while (bounds := self._bounds(first))[1] <= newest:
            begin, stop = bounds
            tile = self._tiles.pop(begin, None)
            if tile is not None and tile.first > first:
                self._drop(tile)
                tile = None
            if tile is None:
                tile = self._make(first, stop, columns, column)
            seen[begin] = tile
            self._lay(tile, first, stop, newest)
            first = stop
        for tile in self._tiles.values():
            self._drop(tile)
        self._tiles = seen
        self._open = self._make(first, newest + 1, columns, column, self._open)
        self._lay(self._open, first, newest + 1, newest)
        if anew:
            self._took, self._painted_at = self._clock() - begun, begun

    def _rescale(self, centre: NDArray[np.float32], gain: NDArray[np.float32], now: float) -> bool:
        """Take over another scale if that can be seen and is not too early; return whether all is to be painted."""
        if self._scaled:
            lane_px = self._ground.height_px / self._ground.top
            which = self._shown
            moved = np.abs((centre[which] - self._centre[which]) * gain[which])
            grown = np.abs(gain[which] / self._gain[which] - 1) * REACHES
            # What is no number does not count.
            self.behind = bool(np.fmax.reduce(moved + grown, initial=0.0) * lane_px > NOTICED_PX)
            if not self.behind or now - self._painted_at < PACE * self._took:
                return False
        self.forget()
        self.behind = False
        self._centre, self._gain, self._scaled = centre.copy(), gain.copy(), True
        return True

    def _bounds(self, place: int) -> tuple[int, int]:
        """Return first and last (not included) place of the tile that a place is in; a sweep's edge is a tile's."""
        n_places, wide = self._ground.n_places, max(1, TILE_PX // self._ground.pitch)
        begun = place - place % n_places if self._ground.sweep else 0
        first = begun + (place - begun) // wide * wide
        return first, min(first + wide, begun + n_places) if self._ground.sweep else first + wide

    # One tile

    def _make(
        self, first: int, stop: int, columns: NDArray[np.float32], column: int, before: Tile | None = None
    ) -> Tile:
        """Paint places `first` to `stop`; on the item of the tile `before`, whose texture is let go."""
        ground, n_columns = self._ground, columns.shape[1]
        # Place p is made of the columns whose number times places over columns rounds down to p.
        edges = -(-np.arange(first, stop + 1, dtype=np.int64) * n_columns // ground.n_places)
        edges = np.clip(edges - (column - n_columns + 1), 0, n_columns)
        width, height = (stop - first) * ground.pitch, ground.height_px
        pixels = self._pixels[: height * width * 4]
        out = pixels.reshape(height, width, 4)
        self._paint(
            out, columns, edges, ground.pitch, self._shown, self._middles, self._centre, self._gain, self._ink,
            ground.top,
        )  # fmt: skip
        texture: Tag = dpg.generate_uuid()
        dpg.add_static_texture(width, height, pixels, tag=texture, parent=self._registry)
        if before is None:
            tile = Tile(first, stop, texture, self._item())
            dpg.configure_item(tile.item, texture_tag=texture, show=True)
            return tile
        dpg.configure_item(before.item, texture_tag=texture)
        dpg.delete_item(before.texture)
        return Tile(first, stop, texture, before.item)

    def _item(self) -> Tag:
        if self._spare:
            return self._spare.pop()
        tag: Tag = dpg.generate_uuid()
        dpg.add_image_series(self._nothing, (0.0, 0.0), (0.0, 0.0), tag=tag, parent=self._axis, show=False)
        return tag

    def _lay(self, tile: Tile, first: int, stop: int, newest: int) -> None:
        """Show places `first` to `stop` of a tile where they belong."""
        ground = self._ground
        n_places = ground.n_places
        # Places from the right edge of the window, not positive.
        left = (first % n_places if ground.sweep else first - newest - 1 + n_places) - n_places
        step, n = ground.seconds / n_places, tile.stop - tile.first
        laid = (left * step, (left + stop - first) * step, (first - tile.first) / n, (stop - tile.first) / n)
        if laid != tile.laid:
            tile.laid = laid
            dpg.configure_item(
                tile.item, bounds_min=(laid[0], 0.0), bounds_max=(laid[1], ground.top), uv_min=(laid[2], 0.0),
                uv_max=(laid[3], 1.0),
            )  # fmt: skip

    def _drop(self, tile: Tile) -> None:
        dpg.configure_item(tile.item, texture_tag=self._nothing, show=False)
        dpg.delete_item(tile.texture)
        self._spare.append(tile.item)
