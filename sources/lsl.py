"""Streams of the lab streaming layer (https://labstreaminglayer.org), which most biosignal devices can send."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

from . import lsl_library
from .block import Block
from .clock import local_clock
from .errors import SourceError
from .info import StreamInfo
from .lsl_header import read_header, shown
from .lsl_inlet import Inlet
from .lsl_network import Search, Wanted, describe, distinct_names
from .lsl_sink import LSLSink
from .source import Found

__all__ = ["LSLSink", "LSLSource"]


@dataclass(eq=False)
class LSLSource:
    """A stream on the network, sent with the lab streaming layer.

    Timestamps are the sender's, moved to this computer's LSL clock. Samples that were skipped on the way are told
    from a jump of the timestamps. An outlet that has gone, or that came back as something else, is noticed within
    about two seconds; liblsl by itself would wait for ever.

    Parameters
    ----------
    name
        Name of the stream; empty for any.
    stream_type
        Content type, for example ``EMG``; empty for any.
    source_id
        The device's own id; needed where two devices send streams of the same name.
    hostname
        The sending computer; needed where even the ids are the same.
    timeout_s
        How long to look for the stream and wait for its answer, s.
    max_buffered_s
        How much is kept when nobody reads, s. Less where that would take over 256 MiB.

    Raises
    ------
    SourceError
        When a value is out of its range.
    """

    name: str = ""
    _: KW_ONLY
    stream_type: str = ""
    source_id: str = ""
    hostname: str = ""
    timeout_s: float = 2.0
    max_buffered_s: float = 30.0
    _inlet: Inlet | None = field(default=None, init=False, repr=False)
    _known: tuple[str, str] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        for value, what, most in ((self.timeout_s, "timeout_s", 60.0), (self.max_buffered_s, "max_buffered_s", 3600.0)):
            if not 0 < value <= most:
                raise SourceError(f"{what} of an LSL source is {value:g}. Give a time above 0 and up to {most:g} s.")

    @classmethod
    def discover(cls, timeout_s: float = 1.0) -> list[Found]:
        """Return the LSL streams on the network, by name. Takes `timeout_s`."""
        pylsl = lsl_library.load()

        outlets = sorted(pylsl.resolve_streams(timeout_s), key=lambda outlet: (outlet.name(), outlet.source_id()))
        found: dict[str, Found] = {}
        for outlet, name in zip(outlets, distinct_names(outlets), strict=True):
            found[name] = Found(name, shown(outlet.name()), describe(outlet))
        return list(found.values())

    def connect(self) -> StreamInfo:
        """Find the stream, subscribe, and return what its description says. Takes about 0.8 s.

        Raises
        ------
        SourceError
            When there is no such stream, several, or its description cannot be believed.
        """
        self.disconnect()
        deadline = local_clock() + self.timeout_s
        wanted = Wanted(self.name, self.stream_type, self.source_id, self.hostname)
        search = Search(wanted, self._known)
        outlet = search.first(self.timeout_s)
        inlet, info = self._subscribe(outlet, wanted, deadline)
        try:
            best, note = search.best()
        except SourceError:
            inlet.close()
            raise
        if best.uid() != outlet.uid():
            inlet.close()
            outlet = best
            inlet, info = self._subscribe(outlet, wanted, deadline)
        self._inlet, self._known = inlet, (outlet.source_id(), outlet.hostname())
        device: dict[str, Any] = dict(info.device)
        if note:
            device["note"] = " ".join(filter(None, (device.get("note"), note)))
        device["clock_synchronised"] = inlet.clock_offset is not None
        if inlet.clock_offset is not None:
            device["clock_offset_s"], device["clock_uncertainty_s"] = inlet.clock_offset
        return replace(info, device=device)

    def _subscribe(self, outlet: Any, wanted: Wanted, deadline: float) -> tuple[Inlet, StreamInfo]:
        inlet = Inlet(outlet, read_header(outlet.as_xml()), wanted, self.max_buffered_s)
        try:
            return inlet, inlet.open(max(0.3, deadline - local_clock()))
        except SourceError:
            inlet.close()
            raise

    def read(self) -> Block | None:
        """Return what has come, in the stream's own number format, or None; wait at most about 0.1 s.

        ``data`` is (n_samples, *sample_shape), for text markers an object array of ``str``. Timestamps are on this
        computer's LSL clock, s, and never go back. ``lost`` is read from the timestamps of streams that have a rate.

        Raises
        ------
        SourceLost
            When the outlet has gone, or came back with another description.
        SourceError
            When the source is not connected.
        """
        if self._inlet is None:
            raise SourceError(f"LSL stream {shown(self.name)} is not connected. Call connect() first.")
        return self._inlet.read()

    def disconnect(self) -> None:
        """Unsubscribe and let the inlet go. Safe to call twice, and after a failed `connect`."""
        inlet, self._inlet = self._inlet, None
        if inlet is not None:
            inlet.close()

    def clock_offset(self) -> tuple[float, float] | None:
        """Return the newest (offset, uncertainty) of the sender's clock, s, or None. Never waits.

        The offset is what is added to the sender's timestamps.
        """
        return self._inlet.clock_offset if self._inlet is not None else None

    @property
    def sync_age_s(self) -> float:
        """How long ago the sender's clock was compared with ours, s; NaN while that is not known."""
        return self._inlet.sync_age_s if self._inlet is not None else math.nan

    @property
    def n_clock_resets(self) -> int:
        """How often the sender set its clock since it was connected; timestamps go on without a jump."""
        return self._inlet.n_clock_resets if self._inlet is not None else 0
