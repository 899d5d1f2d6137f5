"""A stream as it is looked at: filtered for the eye, its channels arranged, at a place in time."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ..sources.filtered import FilteredAtOnce
from ..sources.info import MAX_CHANNELS, StreamInfo
from ..sources.montage import ELECTRODES, arranged
from ..sources.ring import RingBuffer, View
from ..sources.stream import Stream
from ..sources.view_filter import ViewFilter
from .channels import Channels
from .edits import Undo
from .time_axis import TimeAxis

SETTLED_S = 1.0
"""Filtered before the left edge of the window, so that filters have settled there."""


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
    undo
        Keeps what a person does to channels and filter, to be taken back; share one in a window.
    """

    def __init__(self, stream: Stream, axis: TimeAxis | None = None, undo: Undo | None = None) -> None:
        self.stream = stream
        self.axis = axis if axis is not None else TimeAxis()
        self.undo = undo if undo is not None else Undo()
        self.channels = Channels(self.undo)
        self.version = 0
        """Another number when ring, channels of the stream or filter are others than before."""
        self.why_unfiltered = ""
        """Why the filter cannot be used on this stream, in a sentence; everything is then shown as it comes."""
        self._filter = ViewFilter()
        self._live: RingBuffer | None = None
        self._kept: RingBuffer | None = None
        self._info: StreamInfo | None = None
        self._shown_info: StreamInfo | None = None
        self._named: tuple[object, ...] | None = None
        self._named_from: StreamInfo | None = None
        self._bad: frozenset[int] = frozenset()
        self._placed: tuple[object, ...] | None = None
        self._placed_info: StreamInfo | None = None
        # What the filtered copies were made with, and where; None where nothing is filtered.
        self._made_for: tuple[object, ...] | None = None
        self._filtered: FilteredAtOnce | None = None
        self._filtered_kept: FilteredAtOnce | None = None
        self._frozen: RingBuffer | None = None
        self._seen: tuple[object, ...] = ()

    @staticmethod
    def of(subject: Stream | Look) -> Look:
        """Return a look: the one given, or a new one on a stream."""
        return subject if isinstance(subject, Look) else Look(subject)

    @property
    def filter(self) -> ViewFilter:
        """What is done to the signal before it is shown; taken over with the next `update`."""
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
        live, kept = stream.ring, self._kept
        if live is not self._live or (stream.connected_once and stream.info is not self._info):
            self._live, kept, self._named = live, None, None
            self._info = stream.info if stream.connected_once else None
            self.version += 1
        if live is None:
            self._kept = self._frozen = self._filtered = self._filtered_kept = self._made_for = None
            return
        if axis.held_at is None:
            kept = None
        elif kept is None or (axis.held_at > _newest(kept) and live.n_total > kept.n_total):
            # A copy of the past stands still while the ring is written on.
            before, kept = kept, live.frozen()
            if before is not None and _oldest(kept) > _newest(before):
                # What lies between the two copies is gone: go on where there are samples again.
                axis.held_at = max(axis.held_at, min(_oldest(kept) + axis.seconds, _newest(kept)))
        self._carry(live, kept)
        seen = (self.ring, self._shown_info)
        if any(a is not b for a, b in zip(seen, self._seen, strict=False)):
            self.version += 1
        self._seen = seen
        view = live.view(None)
        if len(view.timestamps):
            oldest = _oldest(kept) if kept is not None else float(view.timestamps[0])
            axis.note(id(self), oldest, float(view.timestamps[-1]), stream.buffer_seconds)

    def _carry(self, live: RingBuffer, kept: RingBuffer | None) -> None:
        """Bring the filtered copies up to date, and make them anew where something else is to be shown."""
        if kept is not self._kept:
            self._kept, self._frozen, self._filtered_kept = kept, None, None
        info = self.raw_info
        if info is None:
            return
        made_for = (live, info, self._filter)
        if self._made_for is None or any(a is not b and a != b for a, b in zip(made_for, self._made_for, strict=True)):
            self._made_for = made_for
            self._filtered = self._filtered_kept = self._frozen = None
            self.why_unfiltered = self._filter.check(info)
        chosen = ViewFilter() if self.why_unfiltered else self._filter
        self._name(arranged(info, chosen.montage, chosen.along).info if chosen.montage in ELECTRODES else self._info)
        if chosen.is_off:
            self._shown_info = self._info
            return
        bad = self._left_out(chosen)
        if bad != self._bad:
            self._bad = bad
            self._filtered = self._filtered_kept = self._frozen = None
        if self._filtered is None and kept is None:
            self._filtered = FilteredAtOnce(live, info, chosen, bad, self._first_wanted(live))
        if self._filtered is not None:
            # Held, it goes on unseen, so that there is nothing to catch up with afterwards.
            self._filtered.update(kept.n_total if kept is not None and self._frozen is None else None)
            self._shown_info = self._filtered.info
        if kept is not None and self._frozen is None:
            self._keep(kept, info, chosen)

    def _keep(self, kept: RingBuffer, info: StreamInfo, chosen: ViewFilter) -> None:
        """Filter the past that is held; or keep what is filtered of it already, so that nothing moves."""
        live = self._filtered
        if self._filtered_kept is None and live is not None and live.is_whole:
            self._frozen = live.ring.frozen()
            return
        if self._filtered_kept is None:
            self._filtered_kept = FilteredAtOnce(kept, info, chosen, self._bad, self._first_wanted(kept))
        self._filtered_kept.update(whole=True)
        self._shown_info = self._filtered_kept.info

    def _first_wanted(self, ring: RingBuffer) -> int:
        """Return the row to filter from at once: some time before the left edge of the window."""
        view, axis = ring.view(None), self.axis
        if not len(view.timestamps):
            return view.first
        edge = float(view.timestamps[-1]) if axis.held_at is None else axis.held_at
        return view.first + int(np.searchsorted(view.timestamps, edge - axis.seconds - SETTLED_S))

    @property
    def raw_info(self) -> StreamInfo | None:
        """The stream as it comes, on the electrode grid that the person chose for it; None before it was connected."""
        info, channels = self._info, self.channels
        if info is None:
            return None
        # Grids are worked out when something changed, not in each frame.
        asked = (info, channels.placement)
        if self._placed is None or any(a is not b for a, b in zip(asked, self._placed, strict=True)):
            placement = channels.placement
            fits = placement is not None and placement.n_channels == info.n_channels
            self._placed = asked
            self._placed_info = replace(info, grid=placement.grid()) if fits and placement is not None else info
        return self._placed_info

    def _left_out(self, chosen: ViewFilter) -> frozenset[int]:
        """Return the channels that averages leave out; call it when channels are numbered as those shown."""
        return self.channels.bad if chosen.montage == "common average" else frozenset()

    def _name(self, info: StreamInfo | None) -> None:
        """Tell the channels which ones there are, when they are others than before."""
        # Names are made up where a device gives none, which costs; and the pixels of a frame are no channels.
        if info is None or (info is self._named_from and self._named is not None) or info.n_channels > MAX_CHANNELS:
            return
        self._named_from = info
        named = (info.labels, info.types, info.grid)
        if named != self._named:
            self._named = named
            self.channels.set_info(info)

    @property
    def ready(self) -> bool:
        """Whether there are numbers to draw: the stream has been connected, and is not one of text markers."""
        return self.ring is not None

    @property
    def ring(self) -> RingBuffer | None:
        """Where the samples to be shown are: live, or the past that is held; as `filter` leaves them."""
        if self._kept is not None:
            kept = self._filtered_kept.ring if self._filtered_kept is not None else self._frozen
            return kept if kept is not None else self._kept
        return self._filtered.ring if self._filtered is not None else self._live

    @property
    def raw(self) -> RingBuffer | None:
        """The samples as they came, their rows numbered as those of `ring`: live, or the past that is held."""
        return self._kept if self._kept is not None else self._live

    @property
    def info(self) -> StreamInfo:
        """What is shown: the stream's own description, but for what a filter changes: channels, number format.

        Raises
        ------
        SourceError
            When the stream has never been connected.
        """
        return self.stream.info if self._shown_info is None else self._shown_info

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
