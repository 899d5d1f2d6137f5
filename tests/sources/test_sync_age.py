"""When clocks were compared last: told by sources that know, and passed on by their stream."""

from __future__ import annotations

import itertools
import math
import os

import numpy as np
import pylsl

from myoscope.sources import Block, Stream, StreamInfo
from myoscope.sources.lsl import LSLSource


class Clocked:
    def __init__(self, **more):
        self.__dict__.update(more)

    def connect(self):
        return StreamInfo(fs=100.0, sample_shape=(1,))

    def read(self):
        return Block(np.zeros((1, 1), dtype=np.float32), np.array([1.0]))

    def disconnect(self):
        pass


def test_a_stream_passes_on_what_its_source_knows():
    assert math.isnan(Stream("emg", Clocked()).health.sync_age_s)
    assert Stream("emg", Clocked(sync_age_s=1.25)).health.sync_age_s == 1.25


def test_lsl_tells_how_old_its_estimate_is():
    name = f"EMG-sync-{os.getpid()}"
    outlet = pylsl.StreamOutlet(pylsl.StreamInfo(name, "EMG", 1, 100.0, "float32", "amp"))
    source = LSLSource(name)
    assert math.isnan(source.sync_age_s)
    source.connect()
    try:
        first = source.sync_age_s
        assert 0 <= first < 5
        # It grows with the clock until the next comparison.
        ages = [source.sync_age_s for _ in range(3)]
        assert all(later > earlier for earlier, later in itertools.pairwise(ages))
    finally:
        source.disconnect()
        del outlet
    assert math.isnan(source.sync_age_s)
