"""What is drawn of markers in space: floor, axes, trails, links and points, made once and moved."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas
from .door import Tag
from .marker_links import Links
from .orbit import Orbit, floor_lines
from .palette import Colour
from .theme import Theme

FLOOR, TRAILS, LINES, POINTS, OVER = range(5)
AXES = "XYZ"
NOWHERE = (-1000.0, -1000.0)


class MarkerScene:
    """Draws into the layers of a canvas; what moves is changed in place. Main thread only.

    Parameters
    ----------
    canvas
        With five layers.
    theme
        Colours and measures.
    """

    def __init__(self, canvas: Canvas, theme: Theme) -> None:
        self._canvas = canvas
        self._theme = theme
        self._points: list[Tag] = []
        self._trails: list[Tag] = []
        self._lines: list[Tag] = []
        self._links: Links = ()
        self.placed: NDArray[np.float64] = np.full((0, 3), np.nan)
        """Shape (n_markers, 3): px from the left, px from the top, distance; NaN for what is not seen."""

    def set_markers(self, colours: list[Colour], links: Links, *, trails: bool) -> None:
        """Make as many points, links and trails as are needed."""
        theme, canvas = self._theme, self._canvas
        self._links = links
        size = theme.px(5 if len(colours) <= 60 else 3)
        points, lines, tails = (canvas.clear(layer) for layer in (POINTS, LINES, TRAILS))
        canvas.clear(OVER)
        self._points = [
            dpg.draw_circle(NOWHERE, size, fill=colour, color=theme.colour("plot"), parent=points) for colour in colours
        ]
        self._lines = [
            dpg.draw_line(NOWHERE, NOWHERE, color=theme.colour("muted"), thickness=theme.px(2), parent=lines)
            for _ in links
        ]
        self._trails = []
        if trails:
            self._trails = [
                dpg.draw_polyline([NOWHERE, NOWHERE], color=(*c[:3], 110), thickness=theme.px(1.5), parent=tails)
                for c in colours
            ]
        self.placed = np.full((len(colours), 3), np.nan)

    def move(self, points: NDArray[np.float64], orbit: Orbit) -> None:
        """Put points and links where they are, shape (n_markers, 3); NaN hides them."""
        self.placed = orbit.project(points, self._canvas.width, self._canvas.height)
        seen = np.isfinite(self.placed[:, 0])
        places = self.placed[:, :2].tolist()
        for tag, shown, place in zip(self._points, seen.tolist(), places, strict=True):
            dpg.configure_item(tag, center=place if shown else NOWHERE)
        for tag, (one, other) in zip(self._lines, self._links, strict=True):
            both = seen[one] and seen[other]
            dpg.configure_item(tag, p1=places[one] if both else NOWHERE, p2=places[other] if both else NOWHERE)

    def move_trails(self, path: NDArray[np.float64], orbit: Orbit) -> None:
        """Draw where markers have been, shape (n_frames, n_markers, 3); a trail begins anew where one was not seen."""
        if not self._trails or not len(path):
            return
        placed = orbit.project(path.reshape(-1, 3), self._canvas.width, self._canvas.height)[:, :2]
        placed = placed.reshape(len(path), -1, 2)
        for marker, tag in enumerate(self._trails):
            trail = placed[:, marker]
            lost = np.flatnonzero(~np.isfinite(trail[:, 0]))
            trail = trail[lost[-1] + 1 :] if len(lost) else trail
            dpg.configure_item(tag, points=trail.tolist() if len(trail) > 1 else [NOWHERE, NOWHERE])

    def draw_floor(self, points: NDArray[np.float64], orbit: Orbit, *, floor: bool) -> float:
        """Draw floor and axes anew; return how wide a square of the floor is, in the unit of the points."""
        canvas, theme = self._canvas, self._theme
        parent = canvas.clear(FLOOR)
        square = 0.0
        if floor:
            lines, square = floor_lines(points, orbit.up)
            # In short pieces: a line that passes behind the camera is then left out only where it does.
            steps = np.linspace(0, 1, 11)[None, :, None]
            pieces = lines[:, :1] + (lines[:, 1:] - lines[:, :1]) * steps
            placed = orbit.project(pieces.reshape(-1, 3), canvas.width, canvas.height)[:, :2].reshape(len(lines), 11, 2)
            colour = theme.colour("hairline")
            for line in placed:
                known = line[np.isfinite(line[:, 0])]
                if len(known) > 1:
                    dpg.draw_line(known[0].tolist(), known[-1].tolist(), color=colour, parent=parent)
        self._draw_axes(orbit, parent)
        return square

    def _draw_axes(self, orbit: Orbit, parent: Tag) -> None:
        canvas, theme = self._canvas, self._theme
        arm = theme.px(30)
        if canvas.width < 5 * arm or canvas.height < 5 * arm:
            return
        origin = np.array([1.6 * arm, canvas.height - 1.6 * arm])
        right, above, back = orbit.axes
        # The farthest first, so that the nearest lies over it.
        for axis in np.argsort(back).tolist():
            end = origin + arm * np.array([right[axis], -above[axis]])
            # Letters tell axes apart; red, green and blue are what people know besides.
            colour = theme.colour(("bad", "good", "accent")[axis])
            dpg.draw_line(origin.tolist(), end.tolist(), color=colour, thickness=theme.px(2), parent=parent)
            at = origin + 1.35 * (end - origin)
            height = theme.fonts.height("small")
            canvas.text(FLOOR, (at[0], at[1] - height / 2), AXES[axis], align=0.5, colour=colour)

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """Return the marker nearest to a place, px, within reach; of those that lie there, the one in front."""
        if not len(self.placed):
            return None
        away = np.hypot(self.placed[:, 0] - x, self.placed[:, 1] - y)
        near = np.flatnonzero(away <= reach)
        if not len(near):
            return None
        order = np.lexsort((self.placed[near, 2], np.round(away[near] / 4)))
        return int(near[order[0]])

    def draw_over(self, markers: list[int], names: tuple[str, ...], *, all_names: bool) -> None:
        """Ring some markers, and write names beside them, or beside all."""
        canvas, theme = self._canvas, self._theme
        parent = canvas.clear(OVER)
        height, taken = theme.fonts.height("small"), list[tuple[float, float, float]]()
        rest = np.argsort(self.placed[:, 2]).tolist() if all_names else []
        # Those in front first; where names would lie over one another the one behind is left out.
        for marker in [*markers, *(m for m in rest if m not in markers)]:
            x, y, _ = self.placed[marker]
            left, top = x + theme.px(9), y - height - theme.px(2)
            right = left + theme.fonts.width(names[marker], "small")
            free = all(abs(top - t) >= height or right < lft or left > rgt for lft, t, rgt in taken)
            if np.isfinite(x) and (free or marker in markers):
                taken.append((left, top, right))
                canvas.text(OVER, (left, top), names[marker], "text" if marker in markers else "muted")
        for marker in markers:
            x, y, _ = self.placed[marker]
            if np.isfinite(x):
                dpg.draw_circle(
                    (x, y), theme.px(10), color=theme.colour("text"), thickness=theme.px(1.5), parent=parent
                )  # fmt: skip
