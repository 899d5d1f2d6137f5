"""How the cost of a frame grows with channels and rate; that neither it nor the memory grows with time."""

from __future__ import annotations

from collections import defaultdict

from effort import Effort
from screen import on_screen
from table import Row, duration, times

# Channels, window in seconds, rate in Hz.
Case = tuple[int, float, float]
GROWING: tuple[Case, ...] = (
    *((n, 10.0, 2048.0) for n in (8, 16, 64, 128, 256, 512)),
    *((64, 10.0, rate_hz) for rate_hz in (1000.0, 10_000.0)),
    (64, 1.0, 2048.0),
)
LONGER: tuple[tuple[Case, ...], ...] = (
    tuple((64, seconds, 2048.0) for seconds in (5.0, 10.0, 30.0)),
    tuple((256, seconds, 10_000.0) for seconds in (2.0, 5.0, 10.0)),
)
FLAT = 1.5
SCROLLED = {"n_channels": 64, "rate_hz": 2048.0, "window_s": 10.0}
HOUR_S = 3600.0
MEMORY = 0.02


def rows(effort: Effort) -> list[Row]:
    """Measure under the null driver, all in one process, each several times of which the cheapest counts."""
    growing = GROWING[2:5:2] if effort.quick else GROWING
    longer = [case for cases in LONGER[: 1 if effort.quick else 2] for case in cases]
    order = [*growing, *longer * (1 if effort.quick else 3), *growing[::-1]]
    cases = [dict(zip(("n_channels", "seconds", "rate_hz"), case, strict=True)) for case in order]
    n_frames = 30 if effort.quick else 60
    costs: defaultdict[Case, list[tuple[float, float]]] = defaultdict(list)
    measured = on_screen("viewer", "null", 480.0, cases=cases, n_frames=n_frames)["cases"]
    for case, found in zip(order, measured, strict=True):
        costs[case].append((found["frame_cpu_s"], found["update_cpu_s"]))
    cheapest = {case: min(found) for case, found in costs.items()}
    table = [
        Row(
            "frame without drawing, {} ch × {:g} s × {:,.0f} Hz".format(*case),
            f"{duration(frame_s)}, of it the update {duration(update_s)}",
        )
        for case, (frame_s, update_s) in cheapest.items()
    ]
    flat = [_flat(lengths, cheapest) for lengths in LONGER if lengths[0] in cheapest]
    return [*table, *flat, _memory(effort)]


def _flat(lengths: tuple[Case, ...], cheapest: dict[Case, tuple[float, float]]) -> Row:
    """Return how the dearest length of the window compares with the cheapest."""
    long = [cheapest[case][0] for case in lengths]
    spread = max(long) / min(long)
    n_channels, _, rate_hz = lengths[0]
    seconds = ", ".join(f"{case[1]:g}" for case in lengths)
    what = f"frame without drawing, {n_channels} ch × {rate_hz:,.0f} Hz: dearest of {seconds} s over the cheapest"
    return Row(what, times(spread), "", "", f"≤ {FLAT:g}×", spread <= FLAT)


def _memory(effort: Effort) -> Row:
    """Return what the process holds while an hour scrolls by in the signal's own time."""
    seconds = effort.seconds(HOUR_S, HOUR_S / 30)
    found = on_screen("scroll", "null", 900.0, seconds=seconds, **SCROLLED)
    settled, most = found["settled_bytes"], found["most_bytes"]
    growth = most / settled - 1
    what = f"memory, {SCROLLED['n_channels']} ch, {seconds / 60:g} minutes scrolled by"
    text = f"{settled / 1e6:.1f} MB after a tenth of it, {most / 1e6:.1f} MB at most"
    return Row(what, text, "", f"{100 * growth:+.2f} %", f"≤ +{100 * MEMORY:g} %", growth <= MEMORY)
