"""A frame of the viewer: ours against pyqtgraph's, and against reducing the whole window again in each frame."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import Any

from effort import Effort
from screen import in_process, on_screen
from table import Row, cheaper, duration

Case = dict[str, Any]
SMALL, MIDDLE = ({"n_channels": n, "rate_hz": 2048.0, "seconds": 10.0} for n in (64, 256))
LARGE, LARGEST = ({"n_channels": n, "rate_hz": 10_000.0, "seconds": 10.0} for n in (256, 512))
MOST_S = ((SMALL, 0.0025), (LARGE, 0.003), (LARGEST, 0.003))
LEAST_FPS = 40.0
SCRATCH = ((SMALL, 5.0), (MIDDLE, 10.0))


def rows(effort: Effort) -> list[Row]:
    """Measure bringing the picture up to date, and whole frames, drawn by a graphics card or by the processor.

    pyqtgraph draws on the processor in either case: that is how it works. Processor time is compared, and where both
    draw on the processor, on all its cores, the time that passes.
    """
    found: defaultdict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    n_frames = 40 if effort.quick else 120
    # Over again, so that what disturbs the machine meets all of them.
    for _ in range(1 if effort.quick else 2):
        _draw(found, "null", [SMALL, MIDDLE, LARGE, LARGEST], 2 * n_frames)
        for case in (SMALL, MIDDLE):
            found["pyqtgraph", _name(case)].append(in_process("pyqtgraph_plot", n_frames=n_frames // 2, **case))
            for how in ("M4", "min-max"):
                alone = on_screen("scratch", "null", how=how, n_frames=n_frames // 4, **case)
                found[how, _name(case)].append(alone)
        _draw(found, "llvmpipe", [SMALL, MIDDLE, LARGEST], n_frames // 3)

    def middle(of: str, case: Case, cost: str) -> float:
        return median(frame[cost] for frame in found[of, _name(case)])

    def compared(what: str, case: Case, driver: str, peer: str, cost: str, least: float | None) -> Row:
        ours, theirs = middle(driver, case, cost), middle(peer, case, cost)
        return cheaper(f"{what}, {_name(case)}", ours, theirs, peer, theirs / ours, least)

    null, drawn = "frame without drawing (null driver; Qt does draw)", "frame, drawn by the processor (llvmpipe; Qt)"
    again = "frame without drawing, against the whole window again"
    return [
        compared("update of the plot", SMALL, "null", "pyqtgraph", "update_cpu_s", 1),
        *(compared(null, case, "null", "pyqtgraph", "frame_cpu_s", 1) for case in (SMALL, MIDDLE)),
        compared(drawn, SMALL, "llvmpipe", "pyqtgraph", "frame_s", None),
        compared(drawn, MIDDLE, "llvmpipe", "pyqtgraph", "frame_s", 1),
        *(
            compared(again, case, "null", how, "frame_cpu_s", least)
            for case, least in SCRATCH
            for how in ("M4", "min-max")
        ),
        *(_at_most(case, middle("null", case, "frame_cpu_s"), most_s) for case, most_s in MOST_S),
        _frames_a_second(LARGEST, middle("llvmpipe", LARGEST, "frame_s")),
    ]


def _draw(
    found: defaultdict[tuple[str, str], list[dict[str, float]]], driver: Any, cases: list[Case], n_frames: int
) -> None:
    # Each alone: what one leaves in memory is no part of the next one's cost.
    for case in cases:
        found[driver, _name(case)] += on_screen("viewer", driver, cases=[case], n_frames=n_frames)["cases"]


def _name(case: Case) -> str:
    return f"{case['n_channels']} ch × {case['seconds']:g} s × {case['rate_hz']:,.0f} Hz"


def _at_most(case: Case, frame_s: float, most_s: float) -> Row:
    what = f"frame without drawing, {_name(case)}"
    return Row(what, duration(frame_s), "", "", f"≤ {duration(most_s)}", frame_s <= most_s)


def _frames_a_second(case: Case, frame_s: float) -> Row:
    what = f"frames a second, drawn by the processor (llvmpipe), {_name(case)}"
    return Row(what, f"{1 / frame_s:.0f}", "", "", f"≥ {LEAST_FPS:g}", 1 / frame_s >= LEAST_FPS)
