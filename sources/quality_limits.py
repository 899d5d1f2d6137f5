"""Which figures of a channel are as they should be, worth a look, or bad."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple

import numpy as np

from .quality import QualityFigures

FLATTEST_UV = 0.05
"""Below it even the best amplifier's own noise is missing, µV."""
ALIKE_ELSEWHERE = 0.4
"""A channel is loose only where the channels of its grid are this much alike in general."""
MICROVOLTS = {"V": 1e6, "mV": 1e3, "µV": 1.0, "μV": 1.0, "uV": 1.0, "nV": 1e-3}

Kind = Literal["missing", "saturated", "flat", "mains", "bridge", "loose", "noise"]


@dataclass(frozen=True)
class QualityLimits:
    """From where on a figure is worth a look, and from where on it is bad.

    The noise floor's follow P. Konrad, The ABC of EMG (2005), which asks for 1 to 3.5 µV on average and spikes of no
    more than 10 to 15 µV; the others are experience with surface EMG.

    Parameters
    ----------
    flat, saturated, mains
        Shares, 0 to 1.
    bridge
        Correlation with a neighbour from which gel is likely to join the two.
    loose
        Correlation with every neighbour below which an electrode of a grid has likely come off.
    noise_uv
        Noise floor, µV.
    """

    flat: tuple[float, float] = (0.5, 0.95)
    saturated: tuple[float, float] = (0.0005, 0.01)
    mains: tuple[float, float] = (0.1, 0.4)
    bridge: tuple[float, float] = (0.98, 0.995)
    loose: tuple[float, float] = (0.3, 0.1)
    noise_uv: tuple[float, float] = (5.0, 15.0)

    def to_json(self) -> dict[str, list[float]]:
        """Return a JSON-ready dict that `read` understands."""
        return {name: list(pair) for name, pair in asdict(self).items()}

    def read(self, saved: object) -> QualityLimits:
        """Return limits with what can be read of `saved` taken over; what is not understood is left as it is."""
        if not isinstance(saved, Mapping):
            return self
        taken = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in taken:
            pair = saved.get(name)
            if isinstance(pair, list | tuple) and len(pair) == 2 and all(_is_number(value) for value in pair):
                taken[name] = (float(pair[0]), float(pair[1]))
        return QualityLimits(**taken)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


class Finding(NamedTuple):
    """Something about one channel that is not as it should be.

    Parameters
    ----------
    kind
        What.
    bad
        Whether it is bad rather than worth a look.
    value
        The figure, as in `QualityFigures`; the noise floor in µV.
    """

    kind: Kind
    bad: bool
    value: float


def judge(figures: QualityFigures, limits: QualityLimits, unit: str) -> list[tuple[Finding, ...]]:
    """Return what is wrong with each channel, the worst first; an empty tuple where nothing is.

    Parameters
    ----------
    figures
        Of all channels.
    limits
        What counts.
    unit
        The stream's; noise is judged only in volts or parts of it.
    """
    microvolts = MICROVOLTS.get(unit, math.nan)
    likeness = figures.likeness[np.isfinite(figures.likeness)]
    alike = float(np.median(likeness)) if len(likeness) else 0.0
    found = []
    for i in range(len(figures.flat)):
        flat, saturated = float(figures.flat[i]), float(figures.saturated[i])
        if microvolts * float(figures.spread[i]) < FLATTEST_UV:
            flat = 1.0
        of_channel = _above("missing", float(figures.missing[i]), (0.0005, 0.01))
        of_channel += _above("saturated", saturated, limits.saturated)
        if not any(f.kind == "saturated" and f.bad for f in of_channel):
            of_channel += _above("flat", flat, limits.flat)
        if not any(f.kind == "flat" and f.bad for f in of_channel):
            like = float(figures.likeness[i])
            of_channel += _above("mains", float(figures.mains[i]), limits.mains)
            of_channel += _above("bridge", like, limits.bridge)
            if alike >= ALIKE_ELSEWHERE:
                of_channel += [
                    f._replace(value=like) for f in _above("loose", -like, (-limits.loose[0], -limits.loose[1]))
                ]
            if not any(f.kind == "mains" and f.bad for f in of_channel):
                # Mains lifts the floor, too; what helps against it comes first.
                of_channel += _above("noise", microvolts * float(figures.noise[i]), limits.noise_uv)
        found.append(tuple(sorted(of_channel, key=lambda finding: not finding.bad)))
    return found


def _above(kind: Kind, value: float, limits: tuple[float, float]) -> list[Finding]:
    return [Finding(kind, value >= limits[1], value)] if value >= limits[0] else []
