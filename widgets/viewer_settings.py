"""What of a viewer should survive a restart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .scale import ARTEFACT_MS, SHARINGS, Sharing


@dataclass(frozen=True)
class ViewerSettings:
    """How a person has set a viewer up.

    Parameters
    ----------
    seconds
        Length of the window, s.
    sweep
        Whether samples keep their places, or scroll.
    auto
        Whether the scale fits itself.
    sharing
        Which channels share a scale: all, those of one type, or none.
    reach
        What half a lane spans, in the stream's unit, by channel name, where `auto` is off.
    overlaid
        Whether traces are drawn over one another.
    axes
        Whether each lane has an axis with figures.
    artefact_ms
        What is shorter than this does not change the scale, ms.
    """

    seconds: float = 5.0
    sweep: bool = False
    auto: bool = True
    sharing: Sharing = "all"
    reach: Mapping[str, float] = field(default_factory=dict)
    overlaid: bool = False
    axes: bool = False
    artefact_ms: float = ARTEFACT_MS

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `read` understands."""
        return asdict(self)

    def read(self, saved: Mapping[str, Any]) -> ViewerSettings:
        """Return these settings with what `saved` changes; what is not understood is left as it is."""

        def switch(name: str) -> bool:
            value = saved.get(name)
            return value if isinstance(value, bool) else bool(getattr(self, name))

        def number(name: str) -> float:
            value: Any = saved.get(name)
            return float(value) if positive(value) else float(getattr(self, name))

        reach: Any = saved.get("reach")
        said, common = saved.get("sharing"), saved.get("common")
        # Version 0.1 said «common» or not.
        before: Sharing = self.sharing if not isinstance(common, bool) else "all" if common else "none"
        sharing = next((known for known in SHARINGS if known == said), before)
        return ViewerSettings(
            seconds=number("seconds"),
            sweep=switch("sweep"),
            auto=switch("auto"),
            sharing=sharing,
            reach={n: float(v) for n, v in reach.items() if isinstance(n, str) and positive(v)}
            if isinstance(reach, Mapping)
            else {"": float(reach)}
            if positive(reach)
            else self.reach,
            overlaid=switch("overlaid"),
            axes=switch("axes"),
            artefact_ms=number("artefact_ms"),
        )


def positive(value: Any) -> bool:
    """Tell whether a value from a file is a finite number above 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
