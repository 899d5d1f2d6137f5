"""Where an axis has its figures, and how they are written."""

from __future__ import annotations

import math

STEPS = (1.0, 2.0, 5.0)
DECADE = (1, 2, 5)

Ticks = list[tuple[str, float]]


def written(value: float, step: float) -> str:
    """Return a value with the decimals that its neighbours `step` away need, and a true minus."""
    if abs(value) >= 1e6 or (value and max(abs(value), step) < 1e-4):
        return f"{value:.0e}".replace("-", "−").replace("e+0", "e").replace("e−0", "e−")
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    return f"{value:.{min(decimals, 9)}f}".replace("-", "−")


def round_step(span: float, most: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that divides `span` into no more than `most` parts."""
    least = span / max(1.0, most)
    decade = 10.0 ** math.floor(math.log10(least))
    return next((s * decade for s in STEPS if s * decade >= least * (1 - 1e-9)), 10 * decade)


def even(low: float, high: float, most: float) -> Ticks:
    """Return round values from `low` to `high`, about `most` at the most, with what is written at each."""
    if not high > low:
        return []
    step = round_step(high - low, most)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [(written(i * step, step), i * step) for i in range(first, last + 1)]


def decades(low: float, high: float, most: float) -> Ticks:
    """Return 1, 2 and 5 times powers of ten between two values above 0; powers only where those are too many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in (DECADE, (1,)):
        values = [s * 10.0**p for p in powers for s in steps if low * (1 - 1e-9) <= s * 10.0**p <= high * (1 + 1e-9)]
        if len(values) <= most or steps == (1,):
            return [(f"{value:g}", value) for value in values]
    return []
