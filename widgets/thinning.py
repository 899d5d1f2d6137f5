"""How many labels there is room for."""

from __future__ import annotations


def thinning(lane_px: float, needed_px: float) -> int:
    """Return that every how many-th lane gets a label, so that labels do not touch."""
    return next((every for every in (1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64) if every * lane_px >= needed_px), 100)
