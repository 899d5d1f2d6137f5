"""The recorder's end on the acquisition threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..sources.block import Block, Event
from ..sources.info import StreamInfo
from .event_lines import Edit
from .inbox import Inbox, Lane

CLOSED = "closed"


class Opened(NamedTuple):
    """A source connected, or came back."""

    stream: str
    info: StreamInfo
    source_name: str
    channels: tuple[dict[str, Any], ...] = ()


@dataclass
class Refused:
    """Samples that were delivered and could not be kept.

    Parameters
    ----------
    stream
        Whose.
    cause
        Why, as in `Gap`.
    t_first, t_last
        Timestamps of the first and the last, s, LSL clock.
    n_rows
        How many.
    n_device
        How many more the device itself had lost meanwhile.
    """

    stream: str
    cause: str
    t_first: float
    t_last: float
    n_rows: int = 0
    n_device: int = 0

    def add(self, block: Block) -> None:
        """Count one more block."""
        self.n_rows += len(block.timestamps)
        self.n_device += block.lost
        if len(block.timestamps):
            self.t_last = float(block.timestamps[-1])


class Described(NamedTuple):
    """A person changed what is known about the recording."""

    changes: dict[str, Any]


class ChannelsDescribed(NamedTuple):
    """A person said what the channels of a stream are: `ChannelAbout.to_json` of each."""

    stream: str
    channels: tuple[dict[str, Any], ...]


class Viewed(NamedTuple):
    """A person looks at a stream through other filters."""

    stream: str
    settings: dict[str, Any]


class ClockOffset(NamedTuple):
    """How far a source's own clock is from ours."""

    t: float
    stream: str
    offset_s: float
    uncertainty_s: float


Note = Described | ChannelsDescribed | Viewed | ClockOffset | Event | Edit
"""What a person or the program says about a recording."""


def refused(stream: str, cause: str, block: Block) -> Refused:
    """Return the refusal of one block."""
    t = float(block.timestamps[0]) if len(block.timestamps) else float("nan")
    refusal = Refused(stream, cause, t, t)
    refusal.add(block)
    return refusal


class RecorderSink(Lane[Opened | Refused]):
    """Hands the blocks of one stream to a recorder. Made by `Recorder.sink`.

    Parameters
    ----------
    inbox
        The recorder's queue.
    stream
        Name of the stream.
    source_name
        The source's one-string name.
    """

    def __init__(self, inbox: Inbox[Note], stream: str, source_name: str) -> None:
        super().__init__(inbox)
        self.stream = stream
        self.source_name = source_name
        self._refused: Refused | None = None

    def open(self, info: StreamInfo) -> None:
        """Begin, or go on after the source came back. The stream's thread calls it."""
        self._append(Opened(self.stream, info, self.source_name))

    def write(self, block: Block) -> None:
        """Take a block; it is written by another thread later. Costs microseconds; never waits, never drops unnamed."""
        # The device's thread: nothing is called here that need not be.
        n_put = self._n_put + block.data.nbytes + block.timestamps.nbytes
        if n_put > self.promised and not self._may_put(n_put, block):
            return
        self._n_put = n_put
        self._append(block)

    def _may_put(self, n_put: int, block: Block) -> bool:
        why = self._inbox.ask(self, n_put)
        if not why:
            self.hand_in()
        elif why != CLOSED:
            if self._refused is not None and self._refused.cause == why:
                self._refused.add(block)
            else:
                self.hand_in()
                self._refused = refused(self.stream, why, block)
        return not why

    def hand_in(self) -> None:
        """Tell the recorder what was refused so far."""
        refusal, self._refused = self._refused, None
        if refusal is not None:
            self._append(refusal)

    @property
    def n_refused(self) -> int:
        """Samples refused and not yet handed in."""
        refusal = self._refused
        return refusal.n_rows + refusal.n_device if refusal is not None else 0

    def close(self) -> None:
        """End the stream. Safe to call twice."""
