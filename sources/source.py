"""The three things one can plug in: a source, a sink, a processor."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .block import Block
from .info import StreamInfo


@runtime_checkable
class Source(Protocol):
    """Where samples come from. One thread at a time calls it.

    A source is configured by its constructor's keyword arguments; a class may also offer a classmethod
    ``discover(timeout_s) -> list[Found]`` for the menus, and an attribute ``held``: true while nothing comes on
    purpose, so that nobody takes silence for a fault; an attribute ``battery_percent`` where it knows its battery, %,
    and a method ``clock_offset() -> (offset_s, uncertainty_s) | None`` where it has a clock of its own. Neither waits.
    """

    def connect(self) -> StreamInfo:
        """Open the device and describe the stream.

        Raises
        ------
        SourceError
            When the device is not there or not to be believed; the message says what to do.
        """
        ...

    def read(self) -> Block | tuple[NDArray[Any], NDArray[np.float64]] | None:
        """Return the samples that have come since the last call, or None; wait at most about 0.1 s.

        ``data`` is (n_samples, *sample_shape), ``timestamps`` (n_samples,) float64 s on the LSL clock.

        Raises
        ------
        EOFError
            When no sample will ever come again.
        SourceLost
            When the device went away.
        """
        ...

    def disconnect(self) -> None:
        """Let the device go. Safe to call twice, and after a failed `connect`."""
        ...


@runtime_checkable
class Sink(Protocol):
    """Where blocks go: a recorder, an LSL outlet, a socket. The acquisition thread calls it."""

    def open(self, info: StreamInfo) -> None:
        """Begin a stream, or go on with it after the source came back, perhaps with another `info`."""
        ...

    def write(self, block: Block) -> None:
        """Take one block; return at once. The block is not changed afterwards by anyone."""
        ...

    def close(self) -> None:
        """End the stream. Safe to call twice."""
        ...


@runtime_checkable
class Processor(Protocol):
    """A filter, a feature, a model: blocks in, blocks out."""

    def prepare(self, info: StreamInfo) -> StreamInfo:
        """Learn what is coming; return what will come out."""
        ...

    def __call__(self, block: Block) -> Block:
        """Process one block; state carries over from the last one."""
        ...


class Found(NamedTuple):
    """One device that `discover` saw.

    Parameters
    ----------
    name
        The source's one-string name, e.g. ``"lsl:EMG"``; what `open_source` takes.
    label
        What a menu shows.
    detail
        One line more: channels, rate, host.
    """

    name: str
    label: str
    detail: str = ""
