"""A stream as it is looked at: filtered for the eye, its channels arranged, at a place in time."""

from __future__ import annotations

import math

import numpy as np

from ..sources.info import StreamInfo
from ..sources.ring import RingBuffer, View
from ..sources.stream import Stream
from ..sources.view_filter import ViewFilter
from .channels import Channels
from .time_axis import TimeAxis


class Look:
    """What every view of a stream shares. Main thread only; acquisition knows nothing of it.

    Give views of the same stream the same look, and they show the same filter, channels and time; a view that is
    given a bare stream makes a look of its own.

    Parameters
    ----------
    stream
        What is looked at.
    axis
        The time looked at; share one among looks that go together.
    """

    def __init__(self, stream: Stream, axis: TimeAxis | None = None) -> None:
        self.stream = stream
        self.axis = axis if axis is not None else TimeAxis()
        self.channels = Channels()
        self.version = 0
        """Another number when ring, channels of the stream or filter are others than before."""
        self._filter = ViewFilter()
        self._live: RingBuffer | None = None
        self._kept: RingBuffer | None = None
        self._info: StreamInfo | None = None

    @staticmethod
    def of(subject: Stream | Look) -> Look:
        """Return a look: the one given, or a new one on a stream."""
        return subject if isinstance(subject, Look) else Look(subject)

    @property
    def filter(self) -> ViewFilter:
        """What is done to the signal before it is shown."""
        return self._filter

    @filter.setter
    def filter(self, chosen: ViewFilter) -> None:
        if chosen != self._filter:
            self._filter = chosen
            self.version += 1

    # What there is to see

    def update(self) -> None:
        """Catch up with the stream. Every view calls it before it draws; again in the same frame costs nothing."""
        stream, axis = self.stream, self.axis
        live = stream.ring
        if live is not self._live or (stream.connected_once and stream.info is not self._info):
            self._live, self._kept = live, None
            self._info = stream.info if stream.connected_once else None
            if self._info is not None:
                self.channels.set_info(self._info)
            self.version += 1
        if live is None:
            return
        if axis.held_at is None:
            self._kept = None
        elif self._kept is None or (axis.held_at > _newest(self._kept) and live.n_total > self._kept.n_total):
            # A copy of the past stands still while the ring is written on.
            self._kept = live.frozen()
        view = live.view(None)
        if len(view.timestamps):
            oldest = _oldest(self._kept) if self._kept is not None else float(view.timestamps[0])
            axis.note(id(self), oldest, float(view.timestamps[-1]), stream.buffer_seconds)

    @property
    def ready(self) -> bool:
        """Whether there are numbers to draw: the stream has been connected, and is not one of text markers."""
        return self.ring is not None

    @property
    def ring(self) -> RingBuffer | None:
        """Where the samples to be shown are: live, or the past that is held; as `filter` leaves them."""
        return self._kept if self._kept is not None else self._live

    @property
    def info(self) -> StreamInfo:
        """What is shown: the stream's own description, but for what a montage changes.

        Raises
        ------
        SourceError
            When the stream has never been connected.
        """
        return self.stream.info if self._info is None else self._info

    @property
    def end(self) -> int:
        """Number of the row after the last one to be shown."""
        ring = self.ring
        if ring is None:
            return 0
        at = self.axis.held_at
        if at is None:
            return ring.n_total
        view = ring.view(None)
        return view.first + int(np.searchsorted(view.timestamps, at, side="right"))

    @property
    def newest(self) -> float:
        """The moment of the last row to be shown, s, LSL clock; NaN when there is none."""
        view = self.view(0.0)
        return float(view.timestamps[-1]) if view is not None and len(view.timestamps) else math.nan

    def view(self, seconds: float) -> View | None:
        """Return the last `seconds` to be shown, straight from the ring: at least one row where there is any.

        The view is valid for this frame only; ``ring.holds(view.first)`` tells whether it was overwritten meanwhile.
        """
        ring = self.ring
        if ring is None:
            return None
        end = self.end
        rate = self.info.fs
        if rate:
            return ring.view(max(1, round(seconds * rate)), end=end)
        view = ring.view(None, end=end)
        inside = int(np.searchsorted(view.timestamps, view.timestamps[-1] - seconds)) if len(view.timestamps) else 0
        return View(view.data[inside:], view.timestamps[inside:], view.first + inside)

    def close(self) -> None:
        """Leave the time axis. Safe to call twice."""
        self.axis.forget(id(self))


def _newest(ring: RingBuffer) -> float:
    timestamps = ring.view(1).timestamps
    return float(timestamps[-1]) if len(timestamps) else -math.inf


def _oldest(ring: RingBuffer) -> float:
    timestamps = ring.view(None).timestamps
    return float(timestamps[0]) if len(timestamps) else math.nan
