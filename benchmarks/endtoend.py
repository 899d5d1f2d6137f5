"""All at once: the window at sixty frames a second while it records; and what can be recorded without one."""

from __future__ import annotations

from typing import Any

from effort import Effort
from headless import device_cpu
from screen import in_process, on_screen
from table import Row, duration, percent

WHAT = "256 ch × 2,048 Hz × 10 s shown, recorded"
RECORDED = "384 ch × 10,000 Hz recorded"
ENOUGH_FPS = 59.0
FLAT = 0.05


def rows(effort: Effort) -> list[Row]:
    """Measure frames, processor, losses and memory."""
    seconds = 600.0 if effort.long else effort.seconds(60.0, 4.0)
    live = on_screen("live", "null", seconds + 120.0, n_channels=256, rate_hz=2048.0, seconds=seconds)
    alone = in_process("headless", n_channels=384, rate_hz=10_000.0, seconds=effort.seconds(15.0, 2.0))
    device = device_cpu(256, 2048.0)
    p50, p99 = live["busy_s"]
    return [
        Row(f"{WHAT}: frames a second", f"{live['fps']:.1f}", "", "", f"≥ {ENOUGH_FPS:g}", live["fps"] >= ENOUGH_FPS),
        Row(f"{WHAT}: a frame's work", f"p50 {duration(p50)}, p99 {duration(p99)}", "", "", "≤ 16.7 ms", p50 <= 1 / 60),
        Row(f"{WHAT}: processor, of one core", f"{percent(live['cpu'])}, of it the device {percent(device)}",
            "", "", "< 200 %", live["cpu"] < 2),
        _losses(WHAT, live),
        _memory(seconds, live),
        _losses(RECORDED, alone),
        Row(f"{RECORDED}: processor, of one core",
            f"{percent(alone['cpu'])}, of it the device {percent(alone['device_cpu'])}"),
        Row(f"{RECORDED}: queue at its fullest", percent(alone["fullest"])),
    ]  # fmt: skip


def _memory(seconds: float, found: dict[str, Any]) -> Row:
    """Return what the process held once buffers were full, and at the end."""
    what, end = f"{WHAT}: memory over {seconds:.0f} s", found["memory_bytes"]
    settled = found["settled_bytes"]
    if not settled:
        return Row(what, f"{end / 1e6:.0f} MB; too short to tell more")
    growth = end / settled - 1
    text = f"{settled / 1e6:.0f} MB after 20 s, {end / 1e6:.0f} MB at the end"
    return Row(what, text, "", f"{100 * growth:+.1f} %", f"≤ +{100 * FLAT:.0f} %", growth <= FLAT)


def _losses(what: str, found: dict[str, Any]) -> Row:
    """Delivered by the device, and in the session: as many, each once, in order."""
    lost = found["n_missing"] + found["n_lost"]
    text = f"{found['n_delivered']:,} delivered, {lost:,} lost, {found['n_breaks']:,} out of order"
    ok = not (lost or found["n_breaks"] or found["error"])
    return Row(f"{what}: samples", f"{text} {found['error']}".rstrip(), "", "", "none lost", ok)
