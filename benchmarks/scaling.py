"""How the cost of a frame grows with channels and rate, and that it does not grow with the window's length."""

from __future__ import annotations

from collections import defaultdict

from effort import Effort
from screen import on_screen
from table import Row, duration, times

# Channels, window in seconds, rate in Hz.
GROWING = (
    *((n, 10.0, 2048.0) for n in (16, 64, 128, 256, 512)),
    *((64, 10.0, rate_hz) for rate_hz in (1000.0, 10_000.0)),
    (64, 1.0, 2048.0),
)
LONGER = tuple((64, seconds, 2048.0) for seconds in (5.0, 10.0, 30.0))
FLAT = 1.5


def rows(effort: Effort) -> list[Row]:
    """Measure under the null driver, all in one process, each several times of which the cheapest counts."""
    growing = GROWING[1:4:2] if effort.quick else GROWING
    order = [*growing, *LONGER * (1 if effort.quick else 3), *growing[::-1]]
    cases = [dict(zip(("n_channels", "seconds", "rate_hz"), case, strict=True)) for case in order]
    n_frames = 30 if effort.quick else 60
    costs: defaultdict[tuple[float, ...], list[tuple[float, float]]] = defaultdict(list)
    for case, found in zip(
        order, on_screen("viewer", "null", 240.0, cases=cases, n_frames=n_frames)["cases"], strict=True
    ):
        costs[case].append((found["frame_cpu_s"], found["update_cpu_s"]))
    cheapest = {case: min(found) for case, found in costs.items()}
    table = [
        Row(
            "frame without drawing, {} ch × {:g} s × {:,.0f} Hz".format(*case),
            f"{duration(frame_s)}, of it the update {duration(update_s)}",
        )
        for case, (frame_s, update_s) in cheapest.items()
    ]
    # One second has fewer than two samples a pixel and is drawn sample by sample: another way of drawing.
    long = [cheapest[case][0] for case in LONGER]
    spread = max(long) / min(long)
    what = "frame without drawing, 64 ch: dearest of 5, 10, 30 s over the cheapest"
    return [*table, Row(what, times(spread), "", "", f"≤ {FLAT:g}×", spread <= FLAT)]
