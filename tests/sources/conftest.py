"""Stand-ins for a clock and a device, moved by hand; and the ends of LSL, gone after each test."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections import deque

import numpy as np
import pytest

from myoscope.sources import Block, StreamInfo, lsl_inlet, names
from myoscope.sources.lsl import LSLSink, LSLSource
from tests.recordings.sessions import SteppedTime
from tests.sources.lsl_traffic import Outlet

NUMBERS = itertools.count()


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
    return SteppedTime()


@pytest.fixture
def bench():
    """The class of stand-in devices."""
    return Bench


@pytest.fixture
def notes():
    return Notes()


# LSL


@pytest.fixture
def title():
    """An LSL stream's name that no other test has."""
    return f"EMG-{os.getpid()}-{next(NUMBERS)}"


@pytest.fixture
def quick(monkeypatch):
    """Do without the first estimate of the clock offset, 0.6 s: both clocks are one here."""
    monkeypatch.setattr(lsl_inlet, "OFFSET_WAIT_S", 0.0)


@pytest.fixture
def outlet():
    """Put LSL outlets on the network that are gone after the test."""
    made = []

    def make(*args, **kwargs):
        made.append(Outlet(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def source():
    """Make LSL sources that are let go after the test."""
    made = []

    def make(*args, **kwargs):
        made.append(LSLSource(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.disconnect()


@pytest.fixture
def sink():
    """Make LSL sinks that are closed after the test."""
    made = []

    def make(*args, **kwargs):
        made.append(LSLSink(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def program():
    """Start a program that sends; it is gone after the test."""
    started = []

    def start(*words):
        process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
