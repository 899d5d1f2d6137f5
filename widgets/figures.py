"""Numbers as a person reads them: SI prefixes, grouped digits, times, fixed width."""

from __future__ import annotations

import math

from ..sources.language import tr, trn

PREFIXES = {"p": -12, "n": -9, "µ": -6, "μ": -6, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9}
WRITTEN = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
BASES = ("V", "A", "Hz", "s", "g", "N", "Nm", "T", "m", "Ω", "Pa", "W")
STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


def si(value: float, unit: str, digits: int = 3) -> str:
    """Return a value with its unit, in the SI prefix that keeps it short: ``si(0.0002, "V")`` is ``200 µV``.

    A unit that is not an SI one with an optional prefix is left as it is.
    """
    if not math.isfinite(value):
        return f"– {unit}".strip()
    split = _split(unit)
    if split is None or value == 0:
        return f"{_short(value, digits)} {unit}".strip()
    exponent, base = split
    value *= 10.0**exponent
    thousands = min(9, max(-12, 3 * math.floor(math.log10(abs(value)) / 3 + 1e-9)))
    if float(f"{abs(value) / 10.0**thousands:.{digits}g}") >= 1000 and thousands < 9:
        thousands += 3
    return f"{_short(value / 10.0**thousands, digits)} {WRITTEN[thousands]}{base}"


def _split(unit: str) -> tuple[int, str] | None:
    for base in BASES:
        if unit.endswith(base) and unit[: -len(base)] in PREFIXES:
            return PREFIXES[unit[: -len(base)]], base
    return None


def _short(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or abs(value) < 1e-4:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def step_up(value: float) -> float:
    """Return the smallest round number that is not below `value` (> 0)."""
    decade = 10.0 ** math.floor(math.log10(value))
    for step in (*STEPS, 10.0):
        if step * decade >= value * (1 - 1e-9):
            return step * decade
    return 10.0 * decade


def step_from(value: float, direction: int) -> float:
    """Return the next round number above (+1) or below (-1) `value` (> 0)."""
    if direction > 0:
        return step_up(value * 1.02)
    decade = 10.0 ** math.floor(math.log10(value * 0.98))
    return max((step * decade for step in STEPS if step * decade <= value * 0.98), default=decade)


def bar_below(value: float) -> float:
    """Return the longest of 1, 2, 5 times a power of ten that is not above `value` (> 0): a scale bar's length."""
    decade = 10.0 ** math.floor(math.log10(value))
    return max(step * decade for step in (0.5, 1.0, 2.0, 5.0, 10.0) if step * decade <= value * (1 + 1e-9))


def grouped(number: int) -> str:
    """Return a count with its digits in groups of three: ``84,212``, with a space in German."""
    # Translators: what stands between groups of three digits.
    return f"{number:,}".replace(",", tr(","))


def samples(n: int) -> str:
    """Return a number of samples in words: ``84,212 samples``."""
    return trn("{n} sample", "{n} samples", n).format(n=grouped(n))


def gaps(n_gaps: int, n_lost: int) -> str:
    """Return what went missing in words: ``2 gaps, 84 lost``, or ``no gaps``."""
    if not n_gaps:
        return tr("no gaps")
    return trn("{n} gap, {lost} lost", "{n} gaps, {lost} lost", n_gaps).format(n=grouped(n_gaps), lost=grouped(n_lost))


def hz(value: float) -> str:
    """Return a rate without needless digits: ``2000 Hz``, ``148.15 Hz``, ``irregular`` for 0."""
    if value == 0:
        return tr("irregular")
    return f"{value:.2f}".rstrip("0").rstrip(".") + " Hz" if math.isfinite(value) else "– Hz"


def clock(seconds: float) -> str:
    """Return a duration as ``00:42`` or ``1:02:03``; a dash when it is not known."""
    if not math.isfinite(seconds):
        return "--:--"
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes:02d}:{whole % 60:02d}"


def clock_tenths(seconds: float) -> str:
    """Return a position as ``00:42.3``."""
    tenths = max(0, math.floor(seconds * 10 + 1e-6)) if math.isfinite(seconds) else 0
    return f"{clock(tenths // 10)}.{tenths % 10}"


def age(seconds: float) -> str:
    """Return how old something is, in five characters and its unit: ``  11 ms``, `` 3.2 s``; a dash when unknown."""
    if not math.isfinite(seconds):
        return "    –"
    seconds = max(0.0, seconds)
    if seconds < 0.9995:
        return f"{seconds * 1000:4.0f} ms"
    return f"{seconds:5.1f} s" if seconds < 99.95 else f"{clock(seconds):>6}"


def span(seconds: float) -> str:
    """Return a short length of time as it is said: ``42 ms``, ``1.4 s``, ``3 min``, ``61 h``; a dash when unknown."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 0.9995:
        return f"{_short(seconds * 1000, 2)} ms" if seconds * 1000 < 10 else f"{seconds * 1000:.0f} ms"
    if seconds < 99.5:
        return f"{_short(seconds, 2)} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 99.5 else f"{grouped(round(minutes / 60))} h"
