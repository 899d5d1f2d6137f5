"""What of a viewer should survive a restart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .palette import Colour


@dataclass(frozen=True)
class ViewerSettings:
    """How a person has set a viewer up.

    Parameters
    ----------
    seconds
        Length of the window, s.
    auto
        Whether the scale fits itself.
    common
        Whether channels share one scale.
    reach
        What half a lane spans, in the stream's unit, where `auto` is off; None when not known.
    hidden
        Names of the channels that are not shown.
    colours
        Colours that were chosen, by channel name.
    """

    seconds: float = 5.0
    auto: bool = True
    common: bool = True
    reach: float | None = None
    hidden: frozenset[str] = frozenset()
    colours: Mapping[str, Colour] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `read` understands."""
        return {
            "seconds": self.seconds,
            "auto": self.auto,
            "common": self.common,
            "reach": self.reach,
            "hidden": sorted(self.hidden),
            "colours": {name: list(colour[:3]) for name, colour in self.colours.items()},
        }

    def read(self, saved: Mapping[str, Any]) -> ViewerSettings:
        """Return these settings with what `saved` changes; what is not understood is left as it is."""
        hidden, colours = saved.get("hidden"), saved.get("colours")
        reach = saved.get("reach", self.reach)
        return ViewerSettings(
            seconds=float(saved["seconds"]) if _positive(saved.get("seconds")) else self.seconds,
            auto=saved["auto"] if isinstance(saved.get("auto"), bool) else self.auto,
            common=saved["common"] if isinstance(saved.get("common"), bool) else self.common,
            reach=float(reach) if _positive(reach) else None,
            hidden=frozenset(n for n in hidden if isinstance(n, str)) if isinstance(hidden, list) else self.hidden,
            colours={n: (*c[:3], 255) for n, c in colours.items() if isinstance(n, str) and _colour(c)}
            if isinstance(colours, Mapping)
            else self.colours,
        )


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0


def _colour(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) >= 3 and all(type(p) is int and 0 <= p < 256 for p in value)
