"""Compiling what views will need, before somebody opens them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from .worker import Worker

# Importing some of these takes most of a second; the first frame must not wait for that.
LATER = (
    "sources.filter_chain",
    "sources.activity_kernels",
    "sources.quality_kernels",
    "recordings.channel_kernels",
    "recordings.time_kernels",
    "widgets.colour_kernels",
    "widgets.frame_kernels",
    "widgets.grid_kernels",
)


class Warming:
    """A worker that compiles, or loads, one module's kernels after the other, and then ends.

    Parameters
    ----------
    log
        Told when that fails; the view then compiles at its first use.
    """

    def __init__(self, log: Callable[[str], None]) -> None:
        self._left = list(LATER)
        self._worker = Worker("warming", self._next, on_error=lambda _, error: log(str(error)))

    def start(self) -> None:
        """Begin."""
        self._worker.start()

    def _next(self) -> float:
        if not self._left:
            self._worker.stop()
            return 0.0
        warm: Callable[[], None] = import_module(f"..{self._left.pop(0)}", __package__).warm
        warm()
        return 0.05

    def stop(self) -> None:
        """End, after the module at hand. Safe to call twice."""
        self._worker.stop()
        self._worker.join()
