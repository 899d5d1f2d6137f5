"""Unix time to the LSL clock: forward, also when somebody sets the calendar clock."""

from __future__ import annotations

import numpy as np

from myoscope.sources.unix_time import UnixTime


class Clocks:
    """Two clocks that run together; the calendar one can be set."""

    def __init__(self):
        self.lsl = 50.0
        self.ahead = 1.7e9

    def unix(self):
        return self.lsl + self.ahead


def test_it_adds_the_difference_of_the_clocks():
    clocks = Clocks()
    mapping = UnixTime(lambda: clocks.lsl, clocks.unix)
    stamps = clocks.unix() - np.array([0.03, 0.02, 0.01])
    assert np.allclose(mapping.to_lsl(stamps), [49.97, 49.98, 49.99], atol=1e-5)


def test_it_follows_drift_slowly():
    clocks = Clocks()
    mapping = UnixTime(lambda: clocks.lsl, clocks.unix)
    for _ in range(400):
        clocks.lsl += 0.02
        clocks.ahead += 1e-6
        mapped = mapping.to_lsl(np.array([clocks.unix() - 0.01]))
        assert abs(mapped[0] - (clocks.lsl - 0.01)) < 1e-4


def test_setting_the_calendar_clock_bends_nothing():
    for step in (3600.0, -3600.0, 0.8, -0.8):
        clocks = Clocks()
        mapping = UnixTime(lambda clocks=clocks: clocks.lsl, clocks.unix)
        mapped, true = [], []
        for k in range(100):
            early = [clocks.unix() + 0.004]
            if k == 50:
                clocks.ahead += step
            clocks.lsl += 0.01
            mapped.append(mapping.to_lsl(np.array([*early, clocks.unix()])))
            true += [clocks.lsl - 0.006, clocks.lsl]
        mapped = np.concatenate(mapped)
        assert (np.diff(mapped) > 0).all()
        assert np.abs(mapped - true).max() < 1e-3


def test_stamps_never_go_back_nor_into_the_future():
    clocks = Clocks()
    mapping = UnixTime(lambda: clocks.lsl, clocks.unix)
    first = mapping.to_lsl(clocks.unix() + np.array([-0.1, -0.3, -0.1, -0.1, 500.0]))
    clocks.lsl += 1.0
    second = mapping.to_lsl(clocks.unix() + np.array([-5.0, -0.5]))
    both = np.concatenate([first, second])
    assert (np.diff(both) > 0).all()
    assert first[-1] < 50.001
    assert abs(second[-1] - 50.5) < 1e-5
    assert mapping.to_lsl(np.empty(0)).shape == (0,)
