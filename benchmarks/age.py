"""How old the newest sample on screen is when a frame is done, while everything is recorded."""

from __future__ import annotations

from typing import Any

from effort import Effort
from screen import Driver, on_screen
from table import Row, duration


def rows(effort: Effort) -> list[Row]:
    """Measure 64 and 256 channels, as with a graphics card; and what drawing on the processor makes of it."""
    seconds = effort.seconds(8.0, 3.0)
    cases: tuple[tuple[int, Driver], ...] = ((64, "null"), (256, "null"), (64, "llvmpipe"))
    return [
        _row(n_channels, driver, on_screen("live", driver, n_channels=n_channels, rate_hz=2048.0, seconds=seconds))
        for n_channels, driver in (cases[:1] if effort.quick else cases)
    ]


def _row(n_channels: int, driver: Driver, found: dict[str, Any]) -> Row:
    p50, p99 = found["age_s"]
    what = f"age of the newest sample shown, {n_channels} ch × 2,048 Hz, recording ({driver})"
    return Row(what, f"p50 {duration(p50)}, p99 {duration(p99)} at {found['fps']:.1f} frames/s")
