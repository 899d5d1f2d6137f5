"""Stand-ins for a clock and a device, moved by hand."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from myoscope.sources import Block, StreamInfo, names


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """A source that gives what a test puts into it."""

    def __init__(self, fs=100.0, n_channels=2, **info):
        self.described = StreamInfo(fs=fs, **({"channel_names": names("ch", n_channels), "unit": "µV"} | info))
        self.queue: deque = deque()
        self.refuse: Exception | None = None
        self.n_connected = self.n_disconnected = 0

    def connect(self):
        self.n_connected += 1
        if self.refuse:
            raise self.refuse
        return self.described

    def give(self, data, timestamps, lost=0):
        self.queue.append(Block(np.asarray(data), np.asarray(timestamps, dtype=float), lost))

    def read(self):
        if not self.queue:
            return None
        item = self.queue.popleft()
        if isinstance(item, Exception):
            raise item
        return item

    def disconnect(self):
        self.n_disconnected += 1


class Notes:
    """A sink that notes what it is told."""

    def __init__(self):
        self.heard = []

    def open(self, info):
        self.heard.append(("open", info))

    def write(self, block):
        self.heard.append(("write", block))

    def close(self):
        self.heard.append(("close", None))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def bench():
    """The class of stand-in devices."""
    return Bench


@pytest.fixture
def notes():
    return Notes()
