"""How level bars are shown, and what of it can be chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..sources.language import later
from .checked_record import MAX_TEXT, read_record
from .options import Option

SECONDS = (0.1, 0.25, 0.5, 1.0)
ALLOWED = {"measure": ("rms", "mean"), "seconds": SECONDS, "peaks": ("off", "hold", "fall")}
MOST_MVC = 4096
OPTIONS = (
    Option(
        "measure",
        later("Level"),
        later("Root mean square, or mean of absolute values, of the signal as it is shown"),
        (("rms", "RMS"), ("mean", later("Mean |x|"))),
    ),
    Option(
        "seconds",
        later("Over the last"),
        later("Longer is calmer, shorter is quicker"),
        tuple((seconds, f"{seconds:g} s") for seconds in SECONDS),
    ),
    Option(
        "peaks",
        later("Peaks"),
        later("A line on each bar keeps the highest level"),
        (("off", later("Off")), ("fall", later("For a second")), ("hold", later("Until reset"))),
    ),
)


@dataclass(frozen=True)
class Mvc:
    """The strongest level that was measured for a channel.

    Parameters
    ----------
    level
        In `unit`, above 0.
    unit
        Of the stream when it was measured.
    measure
        ``rms`` or ``mean``.
    """

    level: float
    unit: str
    measure: str


@dataclass(frozen=True)
class LevelSettings:
    """How level bars are shown.

    Parameters
    ----------
    measure
        ``rms``, or ``mean`` of absolute values.
    seconds
        Over how long, s.
    peaks
        ``off``, ``hold`` until reset, or ``fall`` after a second.
    percent
        Whether levels are in % of the MVC.
    mvc
        By the device's name of a channel.
    """

    measure: str = "rms"
    seconds: float = 0.25
    peaks: str = "fall"
    percent: bool = False
    mvc: Mapping[str, Mvc] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `read` understands."""
        return asdict(self) | {"mvc": {name: asdict(mvc) for name, mvc in self.mvc.items()}}

    def read(self, saved: Mapping[str, Any]) -> LevelSettings:
        """Return these settings with what `saved` changes; what is not understood is left as it is."""
        plain = read_record(self, {key: value for key, value in saved.items() if key != "mvc"}, ALLOWED)
        listed = saved.get("mvc")
        if not isinstance(listed, Mapping):
            return plain
        read = {str(name): _mvc(value) for name, value in list(listed.items())[:MOST_MVC]}
        return replace(plain, mvc={name: mvc for name, mvc in read.items() if mvc is not None})


def _mvc(value: Any) -> Mvc | None:
    if not isinstance(value, Mapping):
        return None
    level, unit, measure = value.get("level"), value.get("unit"), value.get("measure")
    if not isinstance(level, int | float) or isinstance(level, bool) or not (math.isfinite(level) and level > 0):
        return None
    if measure not in ALLOWED["measure"] or not isinstance(unit, str) or len(unit) > MAX_TEXT:
        return None
    return Mvc(float(level), unit, measure)
