"""What ``clock.jsonl`` tells: the LSL clock against the time of day, and each device's clock against ours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.1
"""From where on a change between two notes is a clock that somebody set, rather than one that drifts."""
LATEST_S = 1e11
"""No clock that counts seconds gets there."""
LEAST_S = 30.0
"""Over less time than this a drift is mostly the uncertainty of its ends."""


@dataclass(frozen=True)
class ClockFigures:
    """One clock against another.

    Parameters
    ----------
    n
        How often it was noted.
    drift_ppm
        How much faster the other one runs than the LSL clock, parts per million; NaN where that is not known.
    steps_s
        Changes too sudden for a drift, s: somebody, or a time service, set the clock.
    offset_s
        First offset that was noted, s; NaN for the time of day.
    uncertainty_s
        Largest uncertainty of a note, s; NaN where none is told.
    """

    n: int = 0
    drift_ppm: float = math.nan
    steps_s: tuple[float, ...] = ()
    offset_s: float = math.nan
    uncertainty_s: float = math.nan


def utc_clock(lines: Iterable[Mapping[str, Any]]) -> ClockFigures:
    """Return how the computer's time of day ran beside the LSL clock."""
    found = []
    for line in lines:
        if line.get("kind") == "utc" and _is_number(line.get("t")):
            t = float(line["t"])
            try:
                utc = datetime.fromisoformat(str(line.get("utc"))).timestamp()
            except (ValueError, OverflowError, OSError):
                # Counted nowhere: the other notes say enough.
                continue
            found.append((t, utc - t, _number(line.get("uncertainty_s"))))
    figures = _figures(found)
    return ClockFigures(figures.n, figures.drift_ppm, figures.steps_s, math.nan, figures.uncertainty_s)


def source_clock(lines: Iterable[Mapping[str, Any]], stream: str) -> ClockFigures:
    """Return how the clock of a stream's device ran beside the LSL clock of this computer.

    ``offset_s`` is what is added to the device's time, so a clock that runs fast has one that falls.
    """
    found = [
        (float(line["t"]), -float(line["offset_s"]), _number(line.get("uncertainty_s")))
        for line in lines
        if line.get("kind") == "source"
        and line.get("stream") == stream
        and _is_number(line.get("t"))
        and _is_number(line.get("offset_s"))
    ]
    return _figures(found)


def _figures(found: list[tuple[float, float, float]]) -> ClockFigures:
    if not found:
        return ClockFigures()
    t, ahead, uncertainty = np.array(sorted(found)).T
    changes = np.diff(ahead)
    steps = changes[np.abs(changes) > STEP_S]
    # Steps are taken out, so that what is left is drift.
    smooth = ahead - np.concatenate([[0.0], np.cumsum(np.where(np.abs(changes) > STEP_S, changes, 0.0))])
    known = uncertainty[np.isfinite(uncertainty)]
    return ClockFigures(
        len(t),
        _slope(t, smooth) * 1e6 if t[-1] - t[0] >= LEAST_S else math.nan,
        tuple(float(step) for step in steps[:20]),
        -float(ahead[0]),
        float(known.max()) if len(known) else math.nan,
    )


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    x = x - x.mean()
    return float(x @ (y - y.mean()) / (x @ x)) if x @ x > 0 else math.nan


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LATEST_S < value < LATEST_S


def _number(value: object) -> float:
    return float(value) if _is_number(value) else math.nan
