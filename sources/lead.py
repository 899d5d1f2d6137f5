"""The last seconds of a stream as its blocks came, to be put in front of a recording."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .block import Block
from .info import StreamInfo
from .source import Sink

SLACK_S = 0.5
"""Kept beyond what was asked for: a device's timestamps may run a little ahead of the clock."""
BLOCK_BYTES = 512
"""What one more block takes besides its samples, about: two arrays and their places."""


class _Opening:
    """One connection of the source; another one, even to the same, is another opening."""

    def __init__(self, info: StreamInfo) -> None:
        self.info = info


class _Kept(NamedTuple):
    opening: _Opening
    block: Block
    n_bytes: int


class Lead:
    """Keeps blocks for a while, untouched: in the device's own number format, with what was lost between them.

    Costs two steps of a deque a block and copies nothing. Whoever owns it sees to it that no two threads are in it at
    once; a `Stream` does.

    Parameters
    ----------
    seconds
        How much is kept, s.
    max_bytes
        Less is kept where that would take more memory.
    """

    def __init__(self, seconds: float, max_bytes: int) -> None:
        self.seconds = seconds
        self.max_bytes = max_bytes
        self.n_bytes = 0
        self.full = False
        """Whether memory, not time, is what limits it."""
        self._kept: deque[_Kept] = deque()
        self._opening: _Opening | None = None

    def open(self, info: StreamInfo) -> None:
        """Hear that the source connected, or came back."""
        self._opening = _Opening(info)

    def take(self, block: Block) -> None:
        """Keep a block, and let the oldest go."""
        if self._opening is None or not len(block.timestamps):
            return
        n_bytes = block.data.nbytes + block.timestamps.nbytes + BLOCK_BYTES
        self._kept.append(_Kept(self._opening, block, n_bytes))
        self.n_bytes += n_bytes
        before = float(block.timestamps[-1]) - self.seconds - SLACK_S
        kept = self._kept
        while kept and kept[0].block.timestamps[-1] < before:
            self.n_bytes -= kept.popleft().n_bytes
            self.full = False
        while kept and self.n_bytes > self.max_bytes:
            self.n_bytes -= kept.popleft().n_bytes
            self.full = True

    def forget(self) -> None:
        """Let everything go: what comes now is of another session."""
        self._kept.clear()
        self.n_bytes, self.full = 0, False
        self._opening = None

    @property
    def kept_s(self) -> float:
        """From the oldest sample kept to the newest, s; not more than was asked for. Any thread may ask."""
        try:
            first, last = self._kept[0].block.timestamps[0], self._kept[-1].block.timestamps[-1]
        except IndexError:
            return 0.0
        return min(self.seconds, max(0.0, float(last - first)))

    def hand_over(self, sink: Sink, since: float) -> None:
        """Open a sink and write what is kept from a moment on to it, so that it can go on with the next block.

        Parameters
        ----------
        sink
            Gets every connection and every block since, as it would have at the time.
        since
            The first sample to hand over is stamped so, s, LSL clock, or later.
        """
        shown: _Opening | None = None
        for opening, block in self._from(since):
            if opening is not shown:
                sink.open(opening.info)
                shown = opening
            sink.write(block)
        if self._opening is not None and shown is not self._opening:
            sink.open(self._opening.info)

    def _from(self, since: float) -> Iterator[tuple[_Opening, Block]]:
        begun = False
        for opening, block, _ in self._kept:
            if begun:
                yield opening, block
            elif block.timestamps[-1] >= since:
                begun = True
                yield opening, _cut(block, since, opening.info.fs)


def _cut(block: Block, since: float, fs: float) -> Block:
    """Return the rows of a block from a moment on; of what was lost before it, only what was lost since then."""
    first = int(np.argmax(block.timestamps >= since))
    if first:
        return Block(block.data[first:], block.timestamps[first:])
    if not block.lost or not fs:
        return block
    within = math.floor((float(block.timestamps[0]) - since) * fs)
    return block._replace(lost=min(block.lost, max(0, within)))
