"""A device moved by hand, and a way to wait for something without sleeping blindly."""

from __future__ import annotations

import threading
import time
from collections import deque

import numpy as np
import pytest

from myoscope.sources import Block, SourceLost, StreamInfo, local_clock, names
from tests import waiting


class Tap:
    """A source that runs by the clock, counts what it makes, and can be pulled out. Every sample is its number."""

    def __init__(self, fs=1000.0, n_channels=2, **info):
        self.described = StreamInfo(fs=fs, channel_names=names("ch", n_channels), unit="µV", **info)
        self.n_made = 0
        self.refuse = None
        self.failures: deque = deque()
        self.hang: threading.Event | None = None
        self._start = None

    def connect(self):
        if self.refuse:
            raise self.refuse
        if self._start is None:
            self._start = local_clock()
        return self.described

    def read(self):
        if self.hang is not None:
            self.hang.wait(30)
        if self.failures:
            raise self.failures.popleft()
        if self.refuse:
            raise SourceLost("The device was unplugged.")
        time.sleep(0.004)  # the pace of the device
        due = int((local_clock() - self._start) * self.described.fs)
        first, self.n_made = self.n_made, max(due, self.n_made)
        n = self.n_made - first
        if not n:
            return None
        numbers = np.arange(first, first + n)
        data = (numbers[:, None] + np.zeros(self.described.n_channels)).astype(self.described.dtype)
        return Block(data, self._start + (numbers + 1) / self.described.fs)

    def disconnect(self):
        pass


@pytest.fixture
def tap():
    """The class of stand-in devices."""
    return Tap


@pytest.fixture
def until():
    """Return a function that waits for a condition, and fails when it does not come true in time."""
    return waiting.until


@pytest.fixture
def window(display, tmp_path, monkeypatch):
    """Return a function that opens the real window on some sources, with a `Person` in front of it."""
    from tests.app.person import windows

    monkeypatch.setenv("MYOSCOPE_CONFIG_DIR", str(tmp_path / "config"))
    with windows(tmp_path / "recordings") as open_window:
        yield open_window
