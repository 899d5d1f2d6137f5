"""What is said of a channel's quality: short on its tile, in full beside the pointer, and what to do about it."""

from __future__ import annotations

import math

from ..sources.language import later, tr
from ..sources.quality import QualityFigures
from ..sources.quality_limits import Finding, Kind
from .figures import si

SHORT: dict[Kind, str] = {
    "missing": later("no numbers"),
    "saturated": later("saturated"),
    "flat": later("flat"),
    "mains": later("mains"),
    "bridge": later("bridge"),
    "loose": later("loose"),
    "noise": later("noisy"),
}
ADVICE: dict[Kind, str] = {
    "missing": later("Check the cable and the device: it sends no numbers for part of the time."),
    "saturated": later("Check the electrode and the reference, or choose a smaller gain at the device."),
    "flat": later("Check that the electrode is plugged in and switched on at the device."),
    "mains": later("Check the reference electrode, and keep power cables away."),
    "bridge": later("Gel or sweat may join two electrodes: dry the skin between them."),
    "loose": later("Press the electrode on, or renew its gel."),
    "noise": later("Is the muscle at rest? Then prepare the skin again, or renew the gel."),
}
LIMITS: dict[str, tuple[str, str, str, float]] = {
    "flat": (later("Flat"), later("Samples that repeat the one before"), "%", 100.0),
    "saturated": (later("Saturated"), later("Samples at the device's limits, or on flat tops"), "%", 100.0),
    "mains": (later("Mains"), later("Power at 50 or 60 Hz ± 1 Hz and 4 harmonics, of all above 5 Hz"), "%", 100.0),
    "bridge": (later("Bridge"), later("Correlation with a neighbour from here on; 20–450 Hz, mains left out"), "", 1.0),
    "loose": (later("Loose"), later("Correlation with every neighbour below this; in grids only"), "", 1.0),
    "noise_uv": (later("Noise"), later("RMS of the quietest tenth of 50 ms pieces; after Konrad 2005"), "µV", 1.0),
}  # fmt: skip
"""For each limit: its name, how the figure is found, its unit, and shown numbers per stored one."""


def percent(share: float) -> str:
    """Return a share as ``43 %``, or ``0.4 %`` where it is small."""
    if not math.isfinite(share):
        return "– %"
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 or value < 0.005 else f"{value:.1f} %"


def in_short(finding: Finding) -> str:
    """Return a finding in a word or two, such as ``mains 43 %``."""
    word = tr(SHORT[finding.kind])
    return f"{word} {percent(finding.value)}" if finding.kind in ("mains", "saturated") else word


def reason(finding: Finding) -> str:
    """Return a finding with its figure, to mark a channel bad by: ``mains 43 %``, ``noisy 18 µV``."""
    if finding.kind == "noise":
        return f"{tr(SHORT['noise'])} {si(finding.value, 'µV', 2)}"
    if finding.kind in ("bridge", "loose"):
        return f"{tr(SHORT[finding.kind])} {finding.value:.3f}"
    return f"{tr(SHORT[finding.kind])} {percent(finding.value)}"


def advice(finding: Finding) -> str:
    """Return a finding and what to do about it in a line: ``Mains 43 %: check the reference electrode, …``."""
    said = reason(finding)
    return f"{said[:1].upper()}{said[1:]}: {tr(ADVICE[finding.kind])}"


def in_full(figures: QualityFigures, channel: int, unit: str) -> str:
    """Return all figures of a channel, one a line."""
    likeness = float(figures.likeness[channel])
    lines = [
        (tr("Repeats"), percent(float(figures.flat[channel]))),
        (tr("At limits"), percent(float(figures.saturated[channel]))),
        (tr("Mains {hz} Hz").format(hz=f"{figures.mains_hz:.0f}"), percent(float(figures.mains[channel]))),
        (tr("Likeness to a neighbour"), f"{likeness:.3f}" if math.isfinite(likeness) else "–"),
        (tr("Noise floor"), si(float(figures.noise[channel]), unit, 2)),
        (tr("RMS"), si(float(figures.spread[channel]), unit)),
    ]
    return "\n".join(f"{name}: {figure}" for name, figure in lines)
