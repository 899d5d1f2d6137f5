"""A camera that goes round what it looks at: where a point of space is on the screen. No screen needed."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Up = Literal["Z", "Y"]
FIELD_OF_VIEW = math.radians(35)
STEEPEST = math.radians(89)
NEAREST = 0.02
"""The nearest that is drawn, of the camera's distance."""


class Orbit:
    """Turned, moved nearer and aside with the mouse. Angles in radians, lengths in the unit of the points.

    Parameters
    ----------
    up
        Which axis points up: ``Z`` as most motion capture has it, or ``Y``.
    """

    def __init__(self, up: Up = "Z") -> None:
        self.up: Up = up
        self.version = 0
        """Another number after every change."""
        self.target = np.zeros(3)
        self.distance = self._home_distance = 3000.0
        self._home_target = np.zeros(3)
        self.reset()

    def reset(self) -> None:
        """Back to where `look_at` put it, seen from the front, the right and a little above."""
        self.yaw, self.pitch = math.radians(-60), math.radians(20)
        self.target = self._home_target.copy()
        self.distance = self._home_distance
        self.version += 1

    def look_at(self, points: NDArray[np.float64]) -> None:
        """Put all points into view, shape (n, 3); those that are no numbers are left out."""
        known = points[np.isfinite(points).all(axis=1)]
        if len(known):
            low, high = known.min(axis=0), known.max(axis=0)
            radius = max(float(np.linalg.norm(high - low)) / 2, 1.0)
            self._home_target = (low + high) / 2
            self._home_distance = 1.05 * radius / math.sin(FIELD_OF_VIEW / 2)
        self.reset()

    def set_up(self, up: Up) -> None:
        """Say which axis points up."""
        self.up = up
        self.version += 1

    # The mouse

    def turn(self, dx: float, dy: float) -> None:
        """Go round by a drag, px: half a turn in 400."""
        self.yaw -= dx * math.pi / 400
        self.pitch = min(max(self.pitch + dy * math.pi / 400, -STEEPEST), STEEPEST)
        self.version += 1

    def pan(self, dx: float, dy: float, height: float) -> None:
        """Move aside by a drag, px, on a picture `height` px high: what is at the target follows the pointer."""
        right, above, _ = self.axes
        scale = 2 * self.distance * math.tan(FIELD_OF_VIEW / 2) / max(1.0, height)
        self.target = self.target - right * dx * scale + above * dy * scale
        self.version += 1

    def zoom(self, steps: float) -> None:
        """Come nearer (above 0) or go away by turns of the wheel."""
        least, most = 0.02 * self._home_distance, 50 * self._home_distance
        self.distance = min(max(self.distance * 0.9**steps, least), most)
        self.version += 1

    # Projection

    @property
    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Right, above and towards the camera: three unit vectors at right angles, shape (3,) each."""
        cos_p, sin_p = math.cos(self.pitch), math.sin(self.pitch)
        back = np.array([cos_p * math.cos(self.yaw), cos_p * math.sin(self.yaw), sin_p])
        right = np.array([-math.sin(self.yaw), math.cos(self.yaw), 0.0])
        if self.up == "Y":
            # x stays, z comes forward where y went: a turn by a quarter about x.
            back, right = back[[1, 2, 0]], right[[1, 2, 0]]
        return right, np.cross(back, right), back

    def project(self, points: NDArray[Any], width: float, height: float) -> NDArray[np.float64]:
        """Return where points are on the screen.

        Parameters
        ----------
        points
            Shape (n, 3).
        width, height
            Of the picture, px.

        Returns
        -------
        placed
            Shape (n, 3): px from the left, px from the top, and distance from the camera; NaN for what is behind it
            or is no number.
        """
        right, above, back = self.axes
        moved = np.asarray(points, dtype=np.float64).reshape(-1, 3) - self.target
        depth = self.distance - moved @ back
        with np.errstate(invalid="ignore"):
            depth[~(depth > NEAREST * self.distance)] = np.nan
        scale = height / 2 / math.tan(FIELD_OF_VIEW / 2) / depth
        return np.stack((width / 2 + moved @ right * scale, height / 2 - moved @ above * scale, depth), axis=1)

    # What survives

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `apply` reads back."""
        return {
            "up": self.up,
            "yaw": self.yaw,
            "pitch": self.pitch,
            "distance": self.distance,
            "target": self.target.tolist(),
        }

    def apply(self, saved: object) -> bool:
        """Take over what was saved; return whether it was understood."""
        if not isinstance(saved, dict):
            return False
        numbers = [saved.get("yaw"), saved.get("pitch"), saved.get("distance"), *(saved.get("target") or ())]
        if len(numbers) != 6 or not all(isinstance(n, int | float) and math.isfinite(n) for n in numbers):
            return False
        if not numbers[2] > 0:
            return False
        self.up = "Y" if saved.get("up") == "Y" else "Z"
        self.yaw, self.pitch, self.distance = float(numbers[0]), float(numbers[1]), float(numbers[2])
        self.pitch = min(max(self.pitch, -STEEPEST), STEEPEST)
        self.target = np.asarray(numbers[3:], dtype=np.float64)
        self._home_distance, self._home_target = self.distance, self.target.copy()
        self.version += 1
        return True


def floor_lines(points: NDArray[np.float64], up: Up) -> tuple[NDArray[np.float64], float]:
    """Return a square grid below all points: strokes, shape (n_lines, 2, 3), and how wide one square is.

    It lies where up is 0, or below the lowest point where that is lower; squares are 1, 2 or 5 times a power of ten.
    """
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        return np.zeros((0, 2, 3)), 0.0
    vertical = 2 if up == "Z" else 1
    flat = [axis for axis in range(3) if axis != vertical]
    low, high = known.min(axis=0), known.max(axis=0)
    wide = max(float((high - low)[flat].max()), float((high - low)[vertical]) / 2, 1.0)
    decade = 10.0 ** math.floor(math.log10(wide / 5))
    square = next(step * decade for step in (1, 2, 5, 10) if step * decade >= wide / 5)
    n = 5
    middle = np.round((low + high) / 2 / square) * square
    level = min(0.0, math.floor(low[vertical] / square) * square)
    if low[vertical] > 4 * square:
        # Far above the ground a floor is out of sight: it lies below the lowest marker then.
        level = math.floor(low[vertical] / square) * square
    lines = []
    for axis, across in (flat, flat[::-1]):
        for k in range(-n, n + 1):
            ends = np.tile(middle, (2, 1))
            ends[:, axis] = middle[axis] + k * square
            ends[:, across] = middle[across] + np.array([-n, n]) * square
            ends[:, vertical] = level
            lines.append(ends)
    return np.asarray(lines), square
