"""A frame of 64 channels × 10 s × 2048 Hz, ours against pyqtgraph's."""

from __future__ import annotations

from statistics import median

from effort import Effort
from screen import in_process, on_screen
from table import Row, cheaper

CASE = {"n_channels": 64, "rate_hz": 2048.0, "seconds": 10.0}
WHAT = "64 ch × 10 s × 2,048 Hz"


def rows(effort: Effort) -> list[Row]:
    """Measure bringing the picture up to date, and whole frames, drawn by a graphics card or by the processor.

    pyqtgraph draws on the processor in either case: that is how it works. Processor time is compared, and where both
    draw on the processor, on all its cores, the time that passes.
    """
    found: dict[str, list[dict[str, float]]] = {"null": [], "llvmpipe": [], "pyqtgraph": []}
    n_frames = 40 if effort.quick else 120
    # Over again, so that what disturbs the machine meets all of them.
    for _ in range(1 if effort.quick else 2):
        found["null"] += on_screen("viewer", "null", cases=[CASE], n_frames=2 * n_frames)["cases"]
        found["pyqtgraph"].append(in_process("pyqtgraph_plot", n_frames=n_frames // 2, **CASE))
        found["llvmpipe"] += on_screen("viewer", "llvmpipe", cases=[CASE], n_frames=n_frames // 3)["cases"]

    def middle(of: str, what: str) -> float:
        return median(case[what] for case in found[of])

    def compared(what: str, driver: str, cost: str, least: float | None = None) -> Row:
        ours, theirs = middle(driver, cost), middle("pyqtgraph", cost)
        return cheaper(f"{what}, {WHAT}", ours, theirs, "pyqtgraph", theirs / ours, least)

    return [
        compared("update of the plot", "null", "update_cpu_s", 1),
        compared("frame without drawing (null driver; Qt does draw)", "null", "frame_cpu_s", 1),
        compared("frame, drawn by the processor (llvmpipe; Qt)", "llvmpipe", "frame_s"),
    ]
