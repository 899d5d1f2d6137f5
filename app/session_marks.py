"""What is marked on a session's time line: events, trials and gaps."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..recordings.gaps import Gap
from ..recordings.session import Session
from ..sources.block import Event
from ..sources.language import tr
from ..widgets.figures import gaps as gaps_text
from ..widgets.figures import span
from .browser_cuts import TRIAL, Moments

MOST_SAID = 4


class SessionMarks(NamedTuple):
    """Everything with a place in time, s from the session's beginning.

    Parameters
    ----------
    times
        Shape (n_events,), float64, rising: when events were, the marks of trials left out.
    events
        The events.
    trials
        Start, stop and name of each.
    gap_spans
        Shape (n_gaps, 2), float64: from the last sample before to the first one after.
    gaps
        The gaps.
    """

    times: NDArray[np.float64]
    events: tuple[Event, ...]
    trials: tuple[tuple[float, float, str], ...]
    gap_spans: NDArray[np.float64]
    gaps: tuple[Gap, ...]

    def columns_of_events(self, start: float, stop: float, n_columns: int) -> NDArray[np.int64]:
        """Return the columns in which events lie, each once; `start` and `stop` in s."""
        first, last = np.searchsorted(self.times, (start, stop))
        columns = ((self.times[first:last] - start) * (n_columns / (stop - start))).astype(np.int64)
        return np.unique(np.clip(columns, 0, n_columns - 1))

    def columns_of_gaps(self, start: float, stop: float, n_columns: int, streams: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which columns have to do with gaps of some streams, shape (n_columns,); short ones show, too."""
        inside = np.zeros(n_columns, dtype=np.bool_)
        for (begin, end), gap in zip(self._columns(start, stop, n_columns), self.gaps, strict=True):
            if gap.stream in streams and end >= 0 and begin < n_columns:
                first = max(0, math.floor(begin))
                inside[first : max(first + 2, math.ceil(end))] = True
        return inside

    def _columns(self, start: float, stop: float, n_columns: int) -> list[list[float]]:
        found: list[list[float]] = ((self.gap_spans - start) * (n_columns / (stop - start))).tolist()
        return found

    def said_at(self, seconds: float, near: float) -> list[str]:
        """Return a line for each trial, event and gap at a time of the session, or at most `near` away, s."""
        lines = [tr("Trial: {name}").format(name=name) for begin, end, name in self.trials if begin <= seconds < end]
        first, last = np.searchsorted(self.times, (seconds - near, seconds + near))
        found = range(int(first), int(last))
        lines += [f"▲ {self.events[i].label or self.events[i].kind}" for i in found[:MOST_SAID]]
        if len(found) > MOST_SAID:
            lines.append(tr("and {n} more events").format(n=len(found) - MOST_SAID))
        for (begin, end), gap in zip(self.gap_spans.tolist(), self.gaps, strict=True):
            if begin - near <= seconds <= end + near:
                words = tr("{stream}: {what} in {span} ({cause})")
                what = gaps_text(1, gap.n_lost)
                lines.append(words.format(stream=gap.stream, what=what, span=span(end - begin), cause=gap.cause))
        return lines[: 2 * MOST_SAID]


def marks_of(session: Session, zero: float, duration: float) -> SessionMarks:
    """Read events, trials and gaps of a session; `zero` is its first moment, s, LSL clock, `duration` its length, s."""
    moments = Moments(tuple(sorted((event.t - zero, event) for event in session.events)))
    shown = [(t, event) for t, event in moments.events if event.kind != TRIAL]
    gaps = tuple(gap for gap in session.gaps if math.isfinite(gap.t_first) and math.isfinite(gap.t_last))
    spans = np.array([(gap.t_first - zero, gap.t_last - zero) for gap in gaps], dtype=np.float64).reshape(-1, 2)
    return SessionMarks(
        np.array([t for t, _ in shown], dtype=np.float64), tuple(event for _, event in shown),
        tuple(moments.trials(duration)), spans, gaps,
    )  # fmt: skip
