"""How the cost of a frame grows with channels and rate, and that it does not grow with the window's length."""

from __future__ import annotations

from effort import Effort
from screen import on_screen
from table import Row, duration, times

CASES = (
    *((n, 10.0, 2048.0) for n in (16, 64, 128, 256, 512)),
    *((64, 10.0, rate_hz) for rate_hz in (1000.0, 10_000.0)),
    *((64, seconds, 2048.0) for seconds in (1.0, 5.0, 30.0)),
)
FLAT = 1.5


def rows(effort: Effort) -> list[Row]:
    """Measure under the null driver, all in one process, in two passes."""
    chosen = [case for case in CASES if not effort.quick or (case[1] > 1 and case[0] in (64, 256) and case[2] == 2048)]
    cases = [dict(zip(("n_channels", "seconds", "rate_hz"), case, strict=True)) for case in chosen]
    n_frames = 30 if effort.quick else 60
    answered = on_screen("viewer", "null", 240.0, cases=cases + cases[::-1], n_frames=n_frames)["cases"]
    costs, found = {}, []
    for case, one, other in zip(chosen, answered, answered[::-1], strict=False):
        costs[case] = min(one["frame_cpu_s"], other["frame_cpu_s"])
        update_s = min(one["update_cpu_s"], other["update_cpu_s"])
        what = "frame without drawing, {} ch × {:g} s × {:,.0f} Hz".format(*case)
        found.append(Row(what, f"{duration(costs[case])}, of it the update {duration(update_s)}"))
    # One second has fewer than two samples a pixel and is drawn sample by sample: another way of drawing.
    long = [costs[64, seconds, 2048.0] for seconds in (5.0, 10.0, 30.0)]
    spread = max(long) / min(long)
    asked = f"≤ {FLAT:g}×"
    found.append(
        Row(
            "frame without drawing, 64 ch: dearest of 5, 10, 30 s over the cheapest",
            times(spread),
            "",
            "",
            asked,
            spread <= FLAT,
        )
    )
    return found
