"""A whole recording in simulated time: a device that counts its samples, a stream, a recorder, one step after another.

Run as a program, ``python rehearsal.py FOLDER TOLD``, it records until somebody ends it. Four simulated seconds pass in
about one; in the file TOLD stands at any moment what the source had made, and what was written and acknowledged.
"""

from __future__ import annotations

import struct
import sys
import time as real_time
from contextlib import suppress
from pathlib import Path

from myoscope.recordings import Recorder
from myoscope.sources import Block, SourceError, Stream
from myoscope.sources.synthetic import SyntheticSource

RATE_HZ = 2000.0
TOLD = struct.Struct("<QQQ")


class Clock:
    """Moves only while someone sleeps by it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def device(clock: Clock, **options) -> SyntheticSource:
    """Return a device on a clock, which counts its samples in its last channel."""
    options = {"n_channels": 4, "rate_hz": RATE_HZ, "counter_channel": True, "noise_uv": 0.0} | options
    return SyntheticSource(clock=clock, sleep=clock.sleep, **options)


class Rehearsal:
    """Records a device by hand, with a clock that moves as the device asks.

    Parameters
    ----------
    path
        Of the session, or the folder for it.
    source
        The device; one that counts by default.
    clock
        Its clock.
    settings
        For the recorder.
    """

    def __init__(self, path: Path, source=None, clock: Clock | None = None, **settings) -> None:
        self.clock = clock or Clock()
        self.source = source or device(self.clock)
        self.stream = Stream("emg", self.source, clock=self.clock)
        self.recorder = Recorder(path, clock=self.clock, **{"chunk_seconds": 0.6} | settings)
        self.recorder.open()
        self.stream.add_sink(self.recorder.sink("emg", "synthetic:"))

    @property
    def path(self) -> Path:
        return self.recorder.path

    @property
    def error(self) -> str:
        """What the person reads."""
        return self.recorder.status.error

    @property
    def counts(self) -> tuple[int, int, int]:
        """Samples made by the source, written, and acknowledged."""
        status = self.recorder.status
        return self.source.n_made, sum(status.n_written.values()), sum(status.n_acknowledged.values())

    def step(self, *, write: bool = True) -> None:
        """Let the device give a block, and the recorder write it."""
        if self.stream.state == "idle":
            self.stream.connect()
        before = self.clock.now
        with suppress(SourceError):
            # In the stream's health, as in the program.
            self.stream.pump()
        if self.clock.now == before:
            self.clock.sleep(0.005)
        if write:
            self.recorder.step(0)

    def run(self, seconds: float, *, write: bool = True) -> None:
        """Go on for so long."""
        end = self.clock() + seconds
        while self.clock() < end:
            self.step(write=write)

    def seconds_until_told(self, at_most: float = 10.0) -> float:
        """Go on until the person is told of something; return how long that took, s."""
        begun = self.clock()
        while not self.error:
            assert self.clock() < begun + at_most, "the person was told nothing"
            self.step()
        return self.clock() - begun

    def close(self) -> None:
        """End it properly."""
        self.recorder.close()
        self.stream.disconnect()

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Scripted:
    """A source that gives the blocks of a list, one a read."""

    def __init__(self, info, blocks: list[Block]) -> None:
        self.info, self.blocks = info, list(blocks)
        self.n_made = 0

    def connect(self):
        return self.info

    def read(self):
        if not self.blocks:
            raise EOFError
        block = self.blocks.pop(0)
        self.n_made += len(block.timestamps) + block.lost
        return block

    def disconnect(self) -> None:
        pass


def main(folder: str, told: str) -> None:
    """Record until somebody ends it."""
    rehearsal = Rehearsal(Path(folder), device(clock := Clock(), drop_every_s=0.5, drop_samples=7), clock)
    with Path(told).open("r+b", buffering=0) as file:
        while True:
            rehearsal.step()
            file.seek(0)
            file.write(TOLD.pack(*rehearsal.counts))
            real_time.sleep(0.001)  # the pace of the program: a kill falls between any two steps


if __name__ == "__main__":
    main(*sys.argv[1:])
