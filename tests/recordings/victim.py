"""A program that records a pattern and tells what is safe, until somebody kills it.

``python victim.py FOLDER``: each line it prints is a JSON object of what the recorder says it has written.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from myoscope.recordings import Recorder
from myoscope.sources.block import Block, Event
from myoscope.sources.info import StreamInfo

EMG = StreamInfo(fs=2000.0, sample_shape=(4,), dtype="int32")
FORCE = StreamInfo(fs=0.0, sample_shape=(1,), dtype="float64")
N_LOST = 3


def rows(first: int, n: int, info: StreamInfo) -> np.ndarray:
    """Return the pattern: every value tells its row and channel, and none is zero."""
    numbers = np.arange(first * info.n_channels, (first + n) * info.n_channels) + 1
    return numbers.reshape(n, info.n_channels).astype(info.dtype)


def main(folder: str) -> None:
    """Record for ever: blocks of all lengths, gaps, events, chunks that fill quickly, streams that change."""
    # Ten times as fast as real time, so that a short life sees many syncs, publications and chunks.
    recorder = Recorder(folder, clock=lambda: time.monotonic() * 10, chunk_seconds=0.01)
    recorder.open()
    emg, force = recorder.sink("emg"), recorder.sink("force")
    emg.open(EMG)
    force.open(FORCE)
    lengths = np.random.default_rng().integers(1, 400, 100_000)
    n_emg = n_lost = 0
    for i, n in enumerate(lengths):
        lost = N_LOST if i % 50 == 49 else 0
        n_lost += lost
        emg.write(Block(rows(n_emg, n, EMG), (n_emg + n_lost + np.arange(n)) / EMG.fs, lost))
        n_emg += int(n)
        force.write(Block(rows(i, 1, FORCE), np.array([n_emg / EMG.fs])))
        if i % 7 == 0:
            recorder.event(Event(n_emg / EMG.fs, "marker", str(i)))
        recorder.step(0.001 if i % 3 == 0 else 0)
        status = recorder.status
        print(json.dumps({"written": status.n_written, "acknowledged": status.n_acknowledged}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
