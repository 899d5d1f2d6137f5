"""A small notice at the corner of the window once a recording was checked, with a way to its report."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..recordings.verdicts import Verdict
from ..sources.language import tr
from ..widgets import StateView, Theme
from ..widgets.door import label
from ..widgets.state import Shape
from .corner_card import CornerCard
from .reports import Checked, Reports

LOOKS: dict[Verdict, tuple[Shape, str]] = {
    "ok": ("circle", "good"),
    "look": ("triangle", "warn"),
    "bad": ("cross", "bad"),
}


class ReportNotice:
    """Says how the recording that was just stopped turned out. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    reports
        What was checked.
    is_recording
        Whether one runs: the notice of the one before then goes.
    show
        Opens the report.
    above
        Returns how much at the bottom of the window is to be left free, px.
    clock
        Tells how long it has been there, s.
    """

    def __init__(
        self,
        theme: Theme,
        reports: Reports,
        is_recording: Callable[[], bool],
        show: Callable[[], object],
        above: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reports = reports
        self._is_recording = is_recording
        self._show = show
        self._told = reports.newest
        self.card = CornerCard(theme, above, clock)

    def draw(self) -> None:
        """Come up with a new report of a recording; go when the next one begins. Once a frame."""
        newest = self._reports.newest
        if newest is not self._told:
            self._told = newest
            self.delete()
            if newest is not None and newest.recorded:
                self._build(newest)
        if self._is_recording():
            self.delete()
        self.card.draw()

    def _build(self, checked: Checked) -> None:
        shape, role = LOOKS[checked.report.verdict]
        state = StateView(shape, role, label(checked.words))
        _, row = self.card.open(state, stays=checked.report.verdict != "ok")
        tip = tr("What is there, what is missing, how good it is, and what to do.")
        self.card.button(row, tr("Report"), tip, self._open)
        self.card.dismiss(row, tr("Take this notice away. The report stays in the recording."))

    def _open(self) -> None:
        self.delete()
        self._show()

    def delete(self) -> None:
        """Take it off the screen. Safe to call twice."""
        self.card.delete()
