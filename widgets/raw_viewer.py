"""Every sample of a short window."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ..sources.stream import Stream
from .figures import grouped, span
from .picture import RAW_BELOW
from .signal_viewer import SignalViewer
from .theme import Theme


class RawSignalViewer(SignalViewer):
    """Every sample of a short window, drawn as a line, nothing reduced. Main thread only.

    Where there are more samples than the screen can show it says so instead of drawing something else.

    Parameters
    ----------
    stream
        What is shown.
    theme
        Colours, faces and measures; may be given later, before `build`.
    settings
        What `settings` returned some other day.
    clock
        For easing and refresh, s; a test passes its own.
    """

    lengths_s = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)

    def __init__(
        self,
        stream: Stream,
        theme: Theme | None = None,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(stream, theme, {"seconds": 0.2, **(settings or {})}, clock)

    def refusal(self, seconds: float, n_columns: int) -> str:
        """Return why the window cannot be drawn sample by sample; empty when it can."""
        rate = self.stream.info.fs
        if seconds * rate < RAW_BELOW * n_columns:
            return ""
        longest = RAW_BELOW * n_columns / rate
        return (
            f"{grouped(round(seconds * rate))} samples do not fit {grouped(n_columns)} columns of the screen."
            f" Choose a window of up to {span(longest)}, or use the signal viewer: it draws lowest and highest values."
        )
