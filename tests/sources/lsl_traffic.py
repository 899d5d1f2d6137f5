"""What sends over LSL and what receives, until all has come or somebody is lost."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pylsl

from myoscope.sources import local_clock

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "shoulder_abduction.npz"
EXAMPLE = ROOT / "examples" / "stream_npz_over_lsl.py"
DEADLINE_S = 20.0


class Outlet:
    """A device of someone else's making."""

    def __init__(self, name, n_channels=2, rate_hz=1000.0, number_format="float32", source_id="amp-1"):
        self.pylsl = pylsl.StreamOutlet(pylsl.StreamInfo(name, "EMG", n_channels, rate_hz, number_format, source_id))

    def close(self):
        self.pylsl = None


def receive(source, n_samples, meanwhile=lambda: None):
    """Read until so many samples have come."""
    blocks, n, deadline = [], 0, local_clock() + DEADLINE_S
    while n < n_samples:
        assert local_clock() < deadline, f"only {n} of {n_samples} samples came"
        meanwhile()
        block = source.read()
        if block is not None:
            assert len(block.data) == len(block.timestamps)
            blocks.append(block)
            n += len(block.timestamps)
    return blocks


def joined(blocks):
    return np.concatenate([b.data for b in blocks]), np.concatenate([b.timestamps for b in blocks])


def read_until_lost(source, meanwhile=lambda: None):
    deadline = local_clock() + DEADLINE_S
    while local_clock() < deadline:
        meanwhile()
        source.read()


def feeder(outlet, n_channels, rate_hz):
    """Return a function that sends what has come due since it was called last."""
    sent = itertools.count()
    start = local_clock()

    def feed():
        due = int((local_clock() - start) * rate_hz)
        rows = []
        while feed.n < due:
            rows.append([next(sent)] * n_channels)
            feed.n += 1
        if rows:
            stamps = start + (due - len(rows) + np.arange(1, len(rows) + 1)) / rate_hz
            outlet.pylsl.push_chunk(np.array(rows, dtype=np.float32), stamps.tolist())

    feed.n = 0
    return feed
