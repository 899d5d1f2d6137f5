"""One stream of an XDF file on its way into a session."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Event
from ..sources.info import StreamInfo
from . import xdf_chunks as chunks
from .building import SessionBuilder
from .gaps import Gap, rows_of
from .xdf_clock import ClockMap, Line
from .xdf_headers import Header

GAP_S, GAP_PERIODS = 0.5, 20
"""A step in time that is longer than both is a gap; shorter ones are jitter."""
BACK_S = 1.0
FAR_S = 3600.0
"""In a damaged file a step within a chunk that is longer than this, or back by more than that, is damage too."""
MAX_PIECES = 32
MAX_EVENTS = 100_000
MAX_EVENT_BYTES = 16 * 2**20
MAX_TIME_S = 1e11
MOST_LOST = 2**48
MAX_CAUSE = 80
BUFFER_BYTES = 256 * 2**10
RESET = "clock reset"
DAMAGED = "damaged file"
NOT_IN_FILE = "not in the file"
_NAMED_AHEAD = 4096


class NumberStream:
    """Writes the samples of one stream: times on the recorder's clock, what is missing as named gaps.

    Parameters
    ----------
    builder
        The new session.
    name
        What the stream is called there.
    header
        What its header says.
    lines
        How its clock relates to the recorder's; none leaves its times as they are.
    trusted
        Whether gaps that the header names can be placed: nothing of the file is damaged.
    """

    def __init__(
        self, builder: SessionBuilder, name: str, header: Header, lines: Sequence[Line], *, trusted: bool
    ) -> None:
        info = header.info
        self._builder, self._info = builder, info
        self.name = self._name = name
        self.kind = chunks.NumberFormat(
            np.dtype(info.dtype).newbyteorder("<").str, info.n_channels, 1 / info.fs if info.fs else 0.0
        )
        self._header, self._trusted = header, trusted
        self._clock = ClockMap(lines)
        self._last_raw = 0.0
        self._last = math.nan
        self._named = None if header.gaps is None or not trusted else rows_of(header.gaps, 2**62)
        self._waiting: list[tuple[NDArray[Any], NDArray[np.float64]]] = []
        self.n_waiting_bytes = 0
        self.n_samples = self.n_back = self.n_found_gaps = self.n_pieces = 0
        self._n_lost = 0
        self.resets: list[float] = []
        self._torn = False
        self._begin(name)

    def _begin(self, name: str) -> None:
        self._name = name
        self._builder.stream(name, self._info, "xdf", self._header.channels)
        self.n_pieces += 1

    def tear(self) -> None:
        """Hear that something before the next samples could not be read: rows no longer tell where gaps are."""
        self._torn, self._named = True, None

    def take(self, content: bytes) -> None:
        """Read one chunk.

        Raises
        ------
        DamagedChunk
            When it is not what it says; nothing of it is kept.
        """
        data, raw = chunks.decode_samples(content, self.kind, self._last_raw)
        if not len(raw):
            return
        if not (np.abs(raw) < MAX_TIME_S).all():
            raise chunks.DamagedChunk("timestamps that are none")
        steps = np.diff(raw)
        if not self._trusted and ((steps < -BACK_S) | (steps > FAR_S)).any():
            raise chunks.DamagedChunk("timestamps that leap")
        self._last_raw = float(raw[-1])
        times, resets = self._clock(raw)
        self.resets += [float(times[row]) for row in resets]
        cuts = self._cuts(times, resets)
        first = 0
        for row in [*cuts, len(times)]:
            if row > first:
                self._keep(data[first:row], times[first:row])
                first = row
            if row in cuts:
                self._part(float(times[row]), cuts[row])
        if self.n_waiting_bytes >= BUFFER_BYTES:
            self.flush()

    def _cuts(self, times: NDArray[np.float64], resets: list[int]) -> dict[int, str]:
        """Return the rows of a chunk before which something is missing, or time goes back, and why."""
        steps = np.diff(times, prepend=self._last if self.n_samples else times[0])
        self.n_back += int(np.count_nonzero(steps < 0))
        cut = steps < -BACK_S
        if self._named is not None:
            rows = np.array([row for row, _ in self._named[:_NAMED_AHEAD]], dtype=np.int64) - self.n_samples
            cut[rows[(rows >= 0) & (rows < len(times))]] = True
        elif self._info.fs:
            cut |= steps > max(GAP_S, GAP_PERIODS * self.kind.period_s)
            cut[0] |= self._torn and steps[0] > 1.5 * self.kind.period_s
        torn, self._torn = self._torn, False
        return {
            row: RESET if row in resets else DAMAGED if torn and row == 0 else NOT_IN_FILE
            for row in np.flatnonzero(cut).tolist()
        }

    def _part(self, t: float, cause: str) -> None:
        """Name what is missing before the sample at `t`, or begin a new stream where time goes back."""
        self.flush()
        before = self._last
        while self._named and self._named[0][0] <= self.n_samples:
            self._gap(self._named.pop(0)[1])
        if t < before - BACK_S:
            if self.n_pieces < MAX_PIECES:
                self._begin(f"{self.name}-part-{self.n_pieces + 1}")
            self._builder.event(Event(t, "clock", "clock went back", f"{self.name}: from {before:.3f} s", self.name))
        elif self._named is None:
            self._gap(Gap(self._name, before, t, 0, max(0, round((t - before) * self._info.fs) - 1), cause))
            self.n_found_gaps += 1

    def _gap(self, gap: Gap) -> None:
        """Name what is missing; of more than any recording can miss, only that something is."""
        self._n_lost += gap.n_lost
        n_lost = gap.n_lost if self._n_lost <= MOST_LOST else 0
        self._builder.gap(self._name, gap.t_first, gap.t_last, n_lost, gap.cause[:MAX_CAUSE])

    def _keep(self, data: NDArray[Any], times: NDArray[np.float64]) -> None:
        self._waiting.append((data, times))
        self.n_waiting_bytes += data.nbytes + times.nbytes
        self.n_samples += len(times)
        self._last = float(times[-1])

    def flush(self) -> None:
        """Write what has gathered."""
        if self._waiting:
            data = np.concatenate([some for some, _ in self._waiting])
            times = np.concatenate([some for _, some in self._waiting])
            self._waiting, self.n_waiting_bytes = [], 0
            self._builder.write(self._name, data.reshape(len(data), *self._info.sample_shape), times)

    def finish(self) -> list[str]:
        """Write the rest; return sentences for the person."""
        self.flush()
        for _, gap in self._named or ():
            self._gap(gap)
        notes = []
        for t in self.resets:
            self._builder.event(Event(t, "clock", RESET, f"The clock of {self.name} began anew.", self.name))
        if self.resets:
            notes.append(f"{self.name}: its clock was reset {len(self.resets)} times; its times were joined.")
        if self.n_pieces > 1:
            notes.append(f"{self.name}: time goes back, so it became {self.n_pieces} streams.")
        if self.n_found_gaps:
            notes.append(f"{self.name}: {self.n_found_gaps:,} gaps, counted by its timestamps and rate.")
        if self.n_back and self.n_pieces == 1:
            notes.append(f"{self.name}: {self.n_back:,} timestamps are before the one before, kept as they are.")
        return notes


class TextStream:
    """Turns the texts of one stream into events.

    Parameters
    ----------
    builder
        The new session.
    name
        Of the stream.
    info
        What its header says.
    lines
        How its clock relates to the recorder's.
    ours
        Whether each text is a whole event of ours, as JSON.
    """

    def __init__(
        self, builder: SessionBuilder, name: str, info: StreamInfo, lines: Sequence[Line], *, ours: bool
    ) -> None:
        self.name = name
        self._builder, self._ours, self._n_channels = builder, ours, info.n_channels
        self._period_s = 1 / info.fs if info.fs else 0.0
        self._clock = ClockMap(lines)
        self._last_raw = 0.0
        self.n_events = self.n_left_out = self.n_bytes = 0

    def take(self, content: bytes) -> None:
        """Read one chunk; `DamagedChunk` when it is not what it says, from where on it is left out."""
        for t, texts in chunks.decode_texts(content, self._n_channels, self._period_s, self._last_raw):
            if not abs(t) < MAX_TIME_S:
                raise chunks.DamagedChunk("a text with a time that is none")
            self._last_raw = t
            self.n_bytes += sum(map(len, texts))
            if self.n_events >= MAX_EVENTS or self.n_bytes > MAX_EVENT_BYTES:
                self.n_left_out += 1
                continue
            times, _ = self._clock(np.array([t]))
            self._builder.event(self._event(float(times[0]), texts))
            self.n_events += 1

    def _event(self, t: float, texts: list[str]) -> Event:
        said = _object(texts[0]) if self._ours else None
        if said is not None:
            kind, label, text, stream = (str(said.get(key, "")) for key in ("kind", "label", "text", "stream"))
            return Event(t, kind, label, text, stream)
        return Event(t, "marker", texts[0], " · ".join(texts[1:]), self.name)

    def tear(self) -> None:
        """Nothing is counted between texts."""

    def flush(self) -> None:
        """Nothing waits."""

    def finish(self) -> list[str]:
        """Return sentences for the person."""
        if not self.n_left_out:
            return []
        return [f"{self.name}: {self.n_left_out:,} texts were left out; a session holds {MAX_EVENTS:,} events."]


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
