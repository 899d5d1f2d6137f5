"""How one channel against another is shown, and what of it can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from ..sources.language import later
from .options import Option

SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 0.0)
ALLOWED = {"style": ("line", "points"), "seconds": SECONDS}
OPTIONS = (
    Option(
        "style",
        later("Draw"),
        later("Joined in the order of time, or each sample alone"),
        (("line", later("A line")), ("points", later("Points"))),
    ),
    Option("equal", later("Equal axes"), later("The same length stands for the same on both axes")),
    Option(
        "seconds",
        later("The last"),
        later("How much is drawn; the oldest is faint"),
        tuple((seconds, f"{seconds:g} s" if seconds else later("The whole window")) for seconds in SECONDS),
    ),
)


@dataclass(frozen=True)
class XYSettings:
    """How one channel against another is shown.

    Parameters
    ----------
    x, y
        The device's names of the channels; the first two where there are none of these names.
    style
        ``line`` or ``points``.
    seconds
        How much is drawn, s; 0 for the whole window.
    equal
        Whether both axes have the same scale.
    locked
        Whether the axes stay as they are.
    x_low, x_high, y_low, y_high
        What they span while locked, in the stream's unit.
    """

    x: str = ""
    y: str = ""
    style: str = "line"
    seconds: float = 1.0
    equal: bool = False
    locked: bool = False
    x_low: float = 0.0
    x_high: float = 0.0
    y_low: float = 0.0
    y_high: float = 0.0
