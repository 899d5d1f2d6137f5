"""Every sample of a short window."""

from __future__ import annotations

from ..sources.language import later, tr
from .figures import grouped, span
from .picture import RAW_BELOW
from .signal_viewer import SignalViewer
from .time_axis import OwnLength, TimeAxis


class RawSignalViewer(SignalViewer):
    """Every sample of a short window, drawn as a line, nothing reduced. Main thread only.

    Where there are more samples than the screen can show it says so instead of drawing something else. The length
    of the window is its own, also where other views share the axis.

    Parameters
    ----------
    subject
        The stream, or a look that several views share.
    theme
        Colours, faces and measures; may be given later, before `build`.
    settings
        What `settings` returned some other day.
    clock
        For easing and refresh, s; a test passes its own.
    """

    kind = "samples"
    title = later("Every sample")
    lengths_s = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)

    def prepare(self) -> None:
        """Begin with a window that is short enough for most devices."""
        self._axis = OwnLength(self.look.axis, 0.2)
        super().prepare()
        self._saved = self._saved.read({"seconds": 0.2})

    @property
    def axis(self) -> TimeAxis:
        """The time that is looked at: held and scrolled with the others, of a length of its own."""
        if not self._axis.follows(self.look.axis):
            self._axis = OwnLength(self.look.axis, self._axis.seconds)
        return self._axis

    def refusal(self, seconds: float, n_columns: int) -> str:
        """Return why the window cannot be drawn sample by sample; empty when it can."""
        rate = self.look.info.fs
        if seconds * rate < RAW_BELOW * n_columns:
            return ""
        longest = RAW_BELOW * n_columns / rate
        return tr(
            "{samples} samples do not fit {columns} columns of the screen. Choose a window of up to {longest}, or use"
            " the signal viewer: it draws lowest and highest values."
        ).format(samples=grouped(round(seconds * rate)), columns=grouped(n_columns), longest=span(longest))
