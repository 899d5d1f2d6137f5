"""Replay as the program reads it, by a clock that moves only when told, and a session for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from myoscope.recordings import Replay
from myoscope.sources import Block, Event

from .sessions import EMG, MARKERS, SteppedTime, block, recorder


class Player:
    """Reads sources as the program would, and looks at everything that comes."""

    def __init__(self, replay: Replay, time: SteppedTime):
        self.replay, self.time = replay, time
        self.blocks: dict[str, list[Block]] = {name: [] for name in replay.sources}
        self.last = dict.fromkeys(replay.sources, -np.inf)
        for source in replay.sources.values():
            source.connect()

    def run(self, seconds: float) -> None:
        end = self.time.now + seconds
        while self.time.now < end:
            before = self.time.now
            for name in self.blocks:
                self.read(name)
            if self.time.now == before:
                self.time.sleep(0.001)

    def read(self, name: str) -> Block | None:
        got = self.replay.sources[name].read()
        if got is not None:
            stamps = got.timestamps
            if len(stamps):
                assert stamps[0] > self.last[name]
                assert (np.diff(stamps) > 0).all()
                assert stamps[-1] <= self.time.now
                self.last[name] = stamps[-1]
            assert got.data.dtype == self.replay.session.streams[self.replay.sources[name].stream].info.dtype
            self.blocks[name].append(got)
        return got

    def data(self, name: str = "emg") -> np.ndarray:
        return np.concatenate([got.data for got in self.blocks[name]])

    def stamps(self, name: str = "emg") -> np.ndarray:
        return np.concatenate([got.timestamps for got in self.blocks[name]])

    def lost(self, name: str = "emg") -> int:
        return sum(got.lost for got in self.blocks[name])


def player(session, **settings) -> Player:
    time = SteppedTime(5000.0)
    replay = Replay(session, clock=time, wait=time.sleep, **settings)
    return Player(replay, time)


def session_to_play(folder: Path) -> Path:
    """Record two streams of 3 s that do not begin together, with gaps and events; chunks of 0.5 s."""
    made = recorder(folder, chunk_seconds=0.01)
    emg, markers = made.sink("emg"), made.sink("markers")
    emg.open(EMG)
    markers.open(MARKERS)
    for first in range(0, 6000, 100):
        emg.write(block(first, 100, lost=40 if first == 2000 else 0, at=first + (40 if first >= 2000 else 0)))
    markers.write(block(0, 250, MARKERS, t0=50.5))
    for t in (49.0, 50.0, 50.75, 51.0, 99.0):
        made.event(Event(t, "marker", f"at {t}", stream="cues"))
    made.close()
    return made.path
