"""A session's envelope as pixels: strokes, hatched gaps, ticks of events, ranges of trials."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..widgets.palette import Colour

HATCH = 6
EVENT_ALPHA = 0.6
MOST_LINES = 1 / 8


class LaneColours(NamedTuple):
    """Colours by role.

    Parameters
    ----------
    strokes
        One a lane.
    gap, hatch
        Of gaps: their ground and the lines over it.
    """

    strokes: tuple[Colour, ...]
    gap: Colour
    hatch: Colour


def paint_band(
    out: NDArray[np.float32],
    columns: NDArray[np.float32],
    reach: NDArray[np.float32],
    in_gap: NDArray[np.bool_],
    colours: LaneColours,
) -> None:
    """Paint the lanes of one stream, one below the other, over what is there.

    Parameters
    ----------
    out
        Shape (height, width, 4), float32, red to alpha, 0 to 1; written to. The height is shared by the lanes.
    columns
        Shape (n_lanes, width, 2): lowest and highest value from the lane's middle; NaN where there is none.
    reach
        Shape (n_lanes,): what half a lane's height stands for.
    in_gap
        Shape (width,): where samples are missing.
    colours
        What to paint with.
    """
    n_lanes, width = columns.shape[:2]
    height = out.shape[0] // n_lanes
    used = out[: height * n_lanes].reshape(n_lanes, height, width, 4)
    missing = np.flatnonzero(in_gap)
    if len(missing):
        lines = (np.arange(out.shape[0])[:, None] + missing) % HATCH == 0
        out[:, missing] = np.where(lines[..., None], _rgba(colours.hatch), _rgba(colours.gap))
    with np.errstate(invalid="ignore"):
        share = columns / (2 * reach[:, None, None])
        top = np.floor(np.clip(0.5 - share[..., 1], 0.0, 1.0) * height)
        bottom = np.maximum(np.ceil(np.clip(0.5 - share[..., 0], 0.0, 1.0) * height), top + 1)
        np.minimum(top, height - 1, out=top)
        rows = np.arange(height, dtype=np.int16)[None, :, None]
        first, after = top.astype(np.int16)[:, None], bottom.astype(np.int16)[:, None]
        known = ~np.isnan(columns[..., 0])[:, None]
    mask = (rows >= first) & (rows < after) & known
    strokes = np.array([_rgba(colour) for colour in colours.strokes], dtype=np.float32)
    # One number of sixteen bytes a pixel is copied four times as quickly as four of them.
    whole = used.view(np.complex128)[..., 0]
    np.copyto(whole, strokes.view(np.complex128)[:, :, None], where=mask)


def paint_events(out: NDArray[np.float32], columns: NDArray[np.int64], colour: Colour, head: int) -> None:
    """Paint a faint line where events are, strong in the uppermost `head` rows; `out` and colours as above.

    Where there are very many the lines would hide the signal, and only their heads are painted.
    """
    rgba = _rgba(colour)
    faint = rgba.copy()
    faint[3] *= EVENT_ALPHA
    if len(columns) <= MOST_LINES * out.shape[1]:
        # In the place of a stroke: a line in it is seen whatever its colour.
        out[head:, columns] = faint
    rgba[3] = 1.0
    out[:head, columns] = rgba


def paint_ranges(out: NDArray[np.float32], ranges: list[tuple[int, int]], colour: Colour) -> None:
    """Fill ranges of columns, with a pixel left free at the end of each."""
    for first, last in ranges:
        out[:, max(0, first) : max(first + 1, last - 1)] = _rgba(colour)


def _rgba(colour: Colour) -> NDArray[np.float32]:
    return np.asarray(colour, dtype=np.float32) / np.float32(255)
