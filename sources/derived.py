"""Streams made from other streams."""

from __future__ import annotations

import math
import queue
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .block import Block
from .clock import local_clock
from .errors import SourceError, SourceLost
from .info import StreamInfo
from .source import Processor
from .stream import Stream

QUEUED_BLOCKS = 4096


class Derived:
    """A source whose samples are another stream's, through a processor: a filtered copy, an envelope.

    Parameters
    ----------
    stream
        Where the samples come from; it must be running.
    processor
        What is done to each block; the thread that reads this source calls it.
    """

    def __init__(self, stream: Stream, processor: Processor) -> None:
        self.stream = stream
        self.processor = processor
        self._blocks: queue.Queue[Block] = queue.Queue(QUEUED_BLOCKS)
        self._n_dropped = 0
        self._connected = self._changed = False
        self._seen: StreamInfo | None = None

    def connect(self) -> StreamInfo:
        """Listen to the stream and describe what comes out.

        Raises
        ------
        SourceError
            When the stream itself has never been connected.
        """
        self._seen, self._changed = self.stream.info, False
        prepared = self.processor.prepare(self._seen)
        self.stream.add_sink(self)
        self._connected = True
        return prepared

    def read(self) -> Block | None:
        """Return the next processed block, or None when none came within 0.1 s."""
        if not self._connected:
            raise SourceLost(f"The copy of stream {self.stream.name!r} is not connected.")
        if self._changed:
            raise SourceLost(f"Stream {self.stream.name!r} changed its rate or channels.")
        try:
            block = self._blocks.get(timeout=0.1)
        except queue.Empty:
            return None
        lost, self._n_dropped = self._n_dropped, 0
        return self.processor(block._replace(lost=block.lost + lost))

    def disconnect(self) -> None:
        """Stop listening. Safe to call twice."""
        if self._connected:
            self._connected = False
            self.stream.remove_sink(self)
        while not self._blocks.empty():
            self._blocks.get_nowait()

    # The stream's side: this source is a sink there.

    def open(self, info: StreamInfo) -> None:
        """Note that the stream goes on, perhaps changed. The stream's thread calls it."""
        self._changed = self._seen is not None and not info.same_samples(self._seen)

    def write(self, block: Block) -> None:
        """Keep a block for `read`. The stream's thread calls it."""
        try:
            self._blocks.put_nowait(block)
        except queue.Full:
            self._n_dropped += len(block.timestamps) + block.lost

    def close(self) -> None:
        """Nothing is held."""


class PredictionSource:
    """A source that a predict function feeds: one sample a prediction.

    Parameters
    ----------
    rate_hz
        How often a prediction is asked for, Hz.
    name
        What the stream is called.
    clock
        The LSL clock, unless a test passes its own.
    """

    def __init__(self, rate_hz: float, name: str = "prediction", clock: Callable[[], float] = local_clock) -> None:
        if not math.isfinite(rate_hz) or rate_hz <= 0:
            raise SourceError(f"rate_hz of {name!r} is {rate_hz:g}. Give a rate above 0 Hz.")
        self.rate_hz = rate_hz
        self.name = name
        self._clock = clock
        self._names: tuple[str, ...] | None = None
        self._pending: list[tuple[NDArray[np.float32], float]] = []

    def give(self, value: ArrayLike | dict[str, float], t: float | None = None) -> bool:
        """Add one prediction; return whether the stream must be connected anew because its outputs changed.

        Parameters
        ----------
        value
            A number, one a channel, or a dict of names and numbers.
        t
            When, s, LSL clock; now by default.
        """
        if isinstance(value, dict):
            names = tuple(str(key) for key in value)
            row = np.asarray(list(value.values()), dtype=np.float32).ravel()
        else:
            row = np.asarray(value, dtype=np.float32).ravel()
            names = tuple(f"{self.name}_{i}" for i in range(len(row))) if len(row) != 1 else (self.name,)
        changed = names != self._names
        if changed:
            self._pending.clear()
        self._names = names
        self._pending.append((row, self._clock() if t is None else t))
        return changed

    def connect(self) -> StreamInfo:
        """Describe the outputs.

        Raises
        ------
        SourceError
            When no prediction has been made yet.
        """
        if self._names is None:
            raise SourceError(f"Stream {self.name!r} has no prediction yet.")
        return StreamInfo(fs=self.rate_hz, name=self.name, channel_names=self._names, device={"kind": "prediction"})

    def read(self) -> Block | None:
        """Return the predictions given since the last call, or None."""
        if not self._pending:
            return None
        rows, self._pending = self._pending, []
        return Block(np.stack([row for row, _ in rows]), np.array([t for _, t in rows]))

    def disconnect(self) -> None:
        """Nothing is held."""
