"""What of a session lies in a range of time: rows, gaps, events, clock offsets; and writing that into another one.

A range is half open: it holds its first moment, not its last. Ranges that follow each other share out everything:
each row, event and lost sample is in exactly one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ..sources.block import Event
from .building import SessionBuilder
from .gaps import Gap, rows_of
from .layout import CLOCK
from .lines import read_lines
from .session import Session
from .stored import StoredStream

PIECE_BYTES = 4 * 2**20
PIECE_ROWS = 65536


class Portion(NamedTuple):
    """What of one group lies in a range.

    Parameters
    ----------
    stream
        The group.
    first, last
        Its rows: ``first`` to before ``last``.
    gaps
        For each gap the row before which it lies, and the gap with as many lost samples as are in the range.
    """

    stream: StoredStream
    first: int
    last: int
    gaps: tuple[tuple[int, Gap], ...]

    @property
    def n_rows(self) -> int:
        """How many rows."""
        return self.last - self.first

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing, not even something lost."""
        return not self.n_rows and not self.gaps


def portions_of(session: Session, start: float, stop: float) -> list[Portion]:
    """Return what lies between two moments, s, LSL clock; of each stream one group at least."""
    all_of_them = [portion_of(stream, start, stop) for stream in session.streams.values()]
    filled = {portion.stream.stream for portion in all_of_them if not portion.is_empty}
    kept: list[Portion] = []
    for portion in all_of_them:
        name = portion.stream.stream
        if not portion.is_empty or name not in filled:
            filled.add(name)
            kept.append(portion)
    return kept


def portion_of(stream: StoredStream, start: float, stop: float) -> Portion:
    """Return what of a group lies between two moments, s, LSL clock."""
    n = stream.n_samples
    first = 0 if start == -math.inf else stream.index_at(start)
    last = n if stop == math.inf else max(first, stream.index_at(stop))
    gaps = []
    for row, gap in rows_of(stream.gaps, n):
        n_lost = _lost_from(gap, row, start, first, stream) - _lost_from(gap, row, stop, last, stream)
        # One of which nothing is lost belongs to the row that follows; at the end, to its moment.
        marked = first <= row < last or (row == n and start <= _end_of(gap, stream) < stop)
        if n_lost > 0 or (not gap.n_lost and marked):
            gaps.append((min(max(row, first), last), _clipped(gap, n_lost, start, stop)))
    return Portion(stream, first, last, tuple(gaps))


def _end_of(gap: Gap, stream: StoredStream) -> float:
    ends = (gap.t_last, gap.t_first, stream.last_timestamp, 0.0)
    return next(t for t in ends if math.isfinite(t))


def _lost_from(gap: Gap, row: int, cut: float, cut_row: int, stream: StoredStream) -> int:
    """Return how many of a gap's samples belong to `cut`, s, and later; `cut_row` is the first row there."""
    if cut == -math.inf or row > cut_row:
        return gap.n_lost
    if cut == math.inf or row < cut_row:
        return 0
    end, fs = _end_of(gap, stream), stream.info.fs
    if not fs or not gap.t_first < gap.t_last:
        return gap.n_lost if cut <= end else 0
    if cut <= gap.t_first:
        return gap.n_lost
    # They end one period before the sample that follows.
    return min(gap.n_lost, max(0, math.floor((end - cut) * fs)))


def _clipped(gap: Gap, n_lost: int, start: float, stop: float) -> Gap:
    if n_lost == gap.n_lost:
        return gap
    # A NaN stays what it is.
    t_first = start if gap.t_first < start else gap.t_first
    t_last = stop if gap.t_last > stop else gap.t_last
    return gap._replace(n_lost=n_lost, t_first=t_first, t_last=t_last)


def begin(builder: SessionBuilder, stream: StoredStream) -> None:
    """Begin a group like another one, or go on with it where it is the same."""
    if stream.view_filter is not None:
        builder.note_view(stream.stream, stream.view_filter.to_json())
    builder.stream(stream.stream, stream.info, stream.source_name, stream.channels_about)


def copy(
    builder: SessionBuilder, portion: Portion, shift_s: float = 0.0, told: Callable[[int], None] = lambda _: None
) -> None:
    """Append rows and gaps to the group that was begun last, in constant memory.

    Parameters
    ----------
    builder
        Where they go.
    portion
        What is copied, in the device's own number format.
    shift_s
        Added to all times, s.
    told
        Called with the number of rows, each time some are written.
    """
    stream, row = portion.stream, portion.first
    for place, gap in portion.gaps:
        _copy_rows(builder, stream, row, place, shift_s, told)
        builder.gap(stream.stream, gap.t_first + shift_s, gap.t_last + shift_s, gap.n_lost, gap.cause)
        row = place
    _copy_rows(builder, stream, row, portion.last, shift_s, told)


def _copy_rows(
    builder: SessionBuilder, stream: StoredStream, first: int, last: int, shift_s: float, told: Callable[[int], None]
) -> None:
    n_rows = max(1, min(PIECE_ROWS, PIECE_BYTES // stream.layouts[0].row_bytes))
    for start in range(first, last, n_rows):
        data, timestamps = stream.read(start, min(last, start + n_rows))
        builder.write(stream.stream, data, timestamps + shift_s if shift_s else timestamps)
        told(len(data))


def copy_lines(
    builder: SessionBuilder,
    session: Session,
    start: float,
    stop: float,
    shift_s: float = 0.0,
    seen: set[tuple[object, ...]] | None = None,
) -> None:
    """Write events, gaps of streams without samples, and clock offsets of a range.

    Events come with the texts they have today; offsets with one before and one after the range, where there are.

    Parameters
    ----------
    builder
        Where they go.
    session
        Where they come from.
    start, stop
        The range, s, LSL clock.
    shift_s
        Added to all times, s.
    seen
        Offsets that are written already; grows by those written now. Parts of one recording share some.
    """
    seen = set() if seen is None else seen
    for event in events_in(session, start, stop):
        builder.event(event._replace(t=event.t + shift_s))
    for gap in session.gaps:
        t = gap.t_last if math.isfinite(gap.t_last) else gap.t_first
        if gap.stream not in session.streams and start <= (t if math.isfinite(t) else start) < stop:
            builder.stray_gap(gap._replace(t_first=gap.t_first + shift_s, t_last=gap.t_last + shift_s))
    for line in _around(clock_lines(session), start, stop):
        t, uncertainty_s = float(line["t"]) + shift_s, float(line["uncertainty_s"])
        what = (line["kind"], line.get("stream"), t)
        if what in seen:
            continue
        seen.add(what)
        if line["kind"] == "source":
            builder.clock_offset(t, str(line["stream"]), float(line["offset_s"]) + shift_s, uncertainty_s)
        else:
            builder.anchor(t, str(line["utc"]), uncertainty_s)


def events_in(session: Session, start: float, stop: float) -> list[Event]:
    """Return the events of a range, with the texts they have today."""
    return [event for event in session.events if start <= event.t < stop]


def clock_lines(session: Session) -> list[Mapping[str, Any]]:
    """Return what ``clock.jsonl`` says, without lines that make no sense."""
    return [line for line in read_lines(session.path / CLOCK).objects if _is_offset(line)]


def _is_offset(line: Mapping[str, Any]) -> bool:
    numbers = ["t", "uncertainty_s", *(["offset_s"] if line.get("kind") == "source" else [])]
    return line.get("kind") in ("source", "utc") and all(
        isinstance(value := line.get(key), int | float) and math.isfinite(value) for key in numbers
    )


def _around(lines: Iterable[Mapping[str, Any]], start: float, stop: float) -> list[Mapping[str, Any]]:
    by_clock: dict[object, list[Mapping[str, Any]]] = {}
    for line in lines:
        by_clock.setdefault((line["kind"], str(line.get("stream"))), []).append(line)
    kept = []
    for of_one in by_clock.values():
        of_one.sort(key=lambda line: line["t"])
        before = [line for line in of_one if line["t"] < start][-1:]
        inside = [line for line in of_one if start <= line["t"] < stop]
        after = [line for line in of_one if line["t"] >= stop][:1]
        kept += [*before, *inside, *after]
    return kept
