"""The one table that all measurements end in."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HEAD = ("what", "ours", "peer", "ratio", "asked", "ok")
PACKAGES = ("numpy", "numba", "zarr", "dearpygui", "tsdownsample", "dvg-ringbuffer", "pyqtgraph")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    what
        What was measured.
    ours
        Our figure, with its unit.
    peer
        The rival's figure and name; empty where there is none.
    ratio
        How many times ours the rival's figure is where we are to be cheaper (asked with ≥), and how many times the
        rival's ours is where we may be dearer (asked with ≤).
    asked
        What the ratio, or ours, has to be; empty where the figure is for information.
    ok
        Whether it is; None where nothing is asked.
    """

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    asked: str = ""
    ok: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        return (self.what, self.ours, self.peer, self.ratio, self.asked, {True: "yes", False: "NO", None: ""}[self.ok])


def cheaper(what: str, ours_s: float, peer_s: float, name: str, ratio: float, least: float | None = None) -> Row:
    """Return the row of two times, of which ours is to be the shorter; `ratio` is theirs over ours."""
    asked, ok = ("", None) if least is None else (f"≥ {least:g}×" if least > 1 else "faster", ratio >= least)
    return Row(what, duration(ours_s), f"{duration(peer_s)} {name}", times(ratio), asked, ok)


def duration(seconds: float) -> str:
    """Return ``4.1 µs``, ``1.3 ms`` or ``2.05 s``."""
    for size, unit in ((1e-6, "µs"), (1e-3, "ms")):
        if seconds < 1000 * size:
            return f"{_three_digits(seconds / size)} {unit}"
    return f"{seconds:.2f} s"


def percent(share: float) -> str:
    """Return a share of one core."""
    return f"{_three_digits(100 * share)} %"


def times(ratio: float) -> str:
    """Return ``23×``."""
    return f"{_three_digits(ratio)}×"


def _three_digits(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def as_text(rows: Iterable[Row]) -> str:
    """Return the table, aligned, and Markdown at the same time."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)


def machine() -> str:
    """Return what the figures were made on: hardware and versions, nothing that names the machine or its owner."""
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} missing")
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{_processor()}, {n_cores} cores, {platform.system()}, Python {platform.python_version()}; "
        f"{', '.join(versions)}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
