"""Times as the files of others tell them: which column holds them, in which unit, and at which rate they go on."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError

TIME_NAMES = re.compile(r"\s*(time|times|timestamps?|t|zeit|temps|tiempo|tempo|lsl|elapsed)\b", re.IGNORECASE)
UNIT = re.compile(r"[\[(]\s*([^\])]{1,16}?)\s*[\])]")
SECONDS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "µs": 1e-6,
    "μs": 1e-6, "us": 1e-6, "usec": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0,
}  # fmt: skip
REGULAR = 0.25


def unit_of_time(heading: str) -> str:
    """Return the unit that the heading of a column of times names; ``s`` where it names none."""
    found = UNIT.search(heading)
    return found.group(1).lower() if found else "s"


def unknown_unit(unit: str) -> list[str]:
    """Return a sentence to tell the person where a unit of time is none that is known: it is then taken for seconds."""
    return [] if unit in SECONDS else [f"The unit of its times, {unit}, is not known; they were taken for seconds."]


def require_times(times: NDArray[np.float64], first: int, what: object) -> None:
    """Refuse samples without a time.

    Parameters
    ----------
    times
        Shape (n,), s.
    first
        Number of the first of them in the file, counted from 1.
    what
        Where they are, for the message.

    Raises
    ------
    SessionError
        When one is no number, or infinite.
    """
    bad = np.flatnonzero(~np.isfinite(times))
    if len(bad):
        raise SessionError(f"{what} has no time in row {first + bad[0]:,}. Fill it in, or leave the row out.")


def rate_by(times: NDArray[np.float64]) -> float:
    """Return the rate that times tell, Hz; 0 where their steps differ by more than a quarter.

    Parameters
    ----------
    times
        Shape (n,), s.
    """
    steps = np.diff(times)
    steps = steps[np.isfinite(steps)]
    if len(steps) < 2 or (steps <= 0).any():
        return 0.0
    step = float(np.median(steps))
    if np.quantile(np.abs(steps - step), 0.9) > REGULAR * step:
        return 0.0
    # Over all steps together, rounding of the single time hardly counts.
    near = steps[np.abs(steps - step) <= REGULAR * step]
    rate = 1 / float(near.mean())
    return float(np.round(rate)) if rate > 1 and abs(rate / np.round(rate) - 1) < 1e-4 else rate
