"""The small pictures of a report, as inline SVG: activity of channels, gaps in time, what is left beside the line.

Colours are classes, so that the page chooses them; every mark has a shape of its own as well. Only numbers and our
own words go into the drawings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import groupby

from .figures import CLIPPED, FLAT, MISSING, N_COLUMNS, NOTHING, STRIP
from .gaps import Gap
from .session_report import StreamReport

WIDE = 480
COLUMN = WIDE / N_COLUMNS
STRIPS_HIGH = 128
GAPS_HIGH = 16
RESIDUALS_HIGH = 56
CLASSES = {CLIPPED: "clipped", FLAT: "flat", MISSING: "missing"}
MOST_ROWS = 128
MOST_MARKS = 400


def activity(stream: StreamReport) -> str:
    """Return a row a channel, time to the right: darker is stronger, marks say clipped, flat, missing."""
    strips = _thinned(stream.samples.strips)
    if not strips:
        return ""
    row = max(1.0, min(6.0, STRIPS_HIGH / len(strips)))
    high = row * len(strips)
    paths: dict[str, list[str]] = {}
    for i, strip in enumerate(strips):
        for letter, first, n in _runs(strip):
            if letter == NOTHING or letter == STRIP[0]:
                continue
            paths.setdefault(letter, []).append(_cell(letter, first, n, i * row, row))
    drawn = "".join(
        f'<path class="{CLASSES.get(letter, f"a{letter}")}" {_fill(letter)} d="{"".join(cells)}"/>'
        for letter, cells in sorted(paths.items())
    )
    n = len(stream.samples.strips)
    words = f"Activity of {n} channels, one a row" if len(strips) == n else f"Activity of {n} channels, several a row"
    return _svg(WIDE, high, drawn, words)


def _fill(letter: str) -> str:
    """Return how dark a cell is where nobody reads the page's colours."""
    return (
        f'fill="currentColor" fill-opacity="{STRIP.index(letter) / 5:g}"' if letter in STRIP else 'fill="currentColor"'
    )


def _cell(letter: str, first: int, n: int, top: float, row: float) -> str:
    x, wide = _n(first * COLUMN), _n(n * COLUMN)
    if letter == FLAT:
        # A thin line in the middle: nothing moves.
        thin = max(0.4, row / 5)
        return f"M{x} {_n(top + (row - thin) / 2)}h{wide}v{_n(thin)}h-{wide}z"
    if letter == CLIPPED:
        # Two lines at the ends: cut off above and below.
        third = row / 3
        return "".join(f"M{x} {_n(y)}h{wide}v{_n(third)}h-{wide}z" for y in (top, top + 2 * third))
    if letter == MISSING:
        half = max(0.5, row / 2)
        return "".join(f"M{_n((first + i) * COLUMN)} {_n(top)}h{_n(COLUMN / 2)}v{_n(half)}z" for i in range(n))
    return f"M{x} {_n(top)}h{wide}v{_n(row * 0.86)}h-{wide}z"


def _thinned(strips: tuple[str, ...]) -> list[str]:
    """Return at most some rows; where several become one, the worst mark and the strongest signal win."""
    if len(strips) <= MOST_ROWS:
        return list(strips)
    rank = NOTHING + STRIP + FLAT + MISSING + CLIPPED
    of = math.ceil(len(strips) / MOST_ROWS)
    return [
        "".join(max(letters, key=rank.index) for letters in zip(*strips[i : i + of], strict=True))
        for i in range(0, len(strips), of)
    ]


def _runs(strip: str) -> Iterator[tuple[str, int, int]]:
    at = 0
    for letter, run in groupby(strip):
        n = len(list(run))
        yield letter, at, n
        at += n


def gap_line(stream: StreamReport, span: tuple[float, float]) -> str:
    """Return the session from left to right, with a hatched bar for each gap, as wide as it is long."""
    first, last = span
    seconds = max(1e-9, last - first)
    middle = GAPS_HIGH / 2
    base = f'<path class="axis" stroke="currentColor" fill="none" d="M0 {middle}H{WIDE}"/>'
    marks = "".join(_gap(gap, first, seconds) for gap in stream.gaps[:MOST_MARKS])
    words = f"{len(stream.gaps)} gaps in time" if stream.gaps else "No gaps"
    return _svg(WIDE, GAPS_HIGH, base + marks, words)


def _gap(gap: Gap, first: float, seconds: float) -> str:
    if not math.isfinite(gap.t_first) or not math.isfinite(gap.t_last):
        return ""
    x = min(max((gap.t_first - first) / seconds, 0.0), 1.0) * WIDE
    wide = min(max((gap.t_last - gap.t_first) / seconds * WIDE, 1.5), WIDE - x + 1.5)
    return f'<rect class="gap" x="{_n(x)}" y="2" width="{_n(wide)}" height="{GAPS_HIGH - 4}"/>'


def residuals(stream: StreamReport, span: tuple[float, float]) -> str:
    """Return how far timestamps lie off the straight line, lowest to highest, over time."""
    points = stream.times.residuals
    if not points:
        return ""
    first, last = span
    seconds = max(1e-9, last - first)
    most = residual_range_ms(stream)
    middle = RESIDUALS_HIGH / 2

    def at(t: float, ms: float) -> str:
        x = min(max((t - first) / seconds, 0.0), 1.0) * WIDE
        return f"{_n(x)} {_n(middle - ms / most * (middle - 3))}"

    upper = [at(t, high) for t, _, high in points]
    lower = [at(t, low) for t, low, _ in reversed(points)]
    band = f'<path class="band" fill="currentColor" fill-opacity="0.5" d="M{"L".join(upper + lower)}Z"/>'
    axis = f'<path class="axis" stroke="currentColor" fill="none" d="M0 {middle}H{WIDE}"/>'
    return _svg(WIDE, RESIDUALS_HIGH, axis + band, "Timestamps against a straight line")


def residual_range_ms(stream: StreamReport) -> float:
    """Return what the upper and lower end of the picture of residuals stand for, ms."""
    most = max((max(-low, high) for _, low, high in stream.times.residuals), default=0.0)
    # Below a microsecond it is the rounding of numbers.
    return _round_up(max(most, 1e-3))


def _round_up(value: float) -> float:
    scale = 10.0 ** math.floor(math.log10(value))
    return float(next(step * scale for step in (1, 2, 5, 10) if step * scale >= value * (1 - 1e-9)))


def _svg(wide: float, high: float, drawn: str, words: str) -> str:
    return (
        f'<svg viewBox="0 0 {_n(wide)} {_n(high)}" role="img" aria-label="{words}" preserveAspectRatio="none"'
        f' style="height:{_n(high)}px"><title>{words}</title>{drawn}</svg>'
    )


def _n(value: float) -> str:
    """Return a length with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def marks_in(stream: StreamReport) -> Iterable[str]:
    """Return which marks the strips hold."""
    return sorted({letter for strip in stream.samples.strips for letter in strip} & set(CLASSES))
