"""The ring against dvg-ringbuffer: a block comes in, the newest ten seconds are asked for."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from dvg_ringbuffer import RingBuffer as DvgRing
from effort import Effort
from numpy.typing import NDArray
from table import Row, cheaper
from turns import Turn, in_turns

from myoscope.sources.ring import RingBuffer

RATE_HZ = 2048
WINDOW = 10 * RATE_HZ
BLOCK = 18
CYCLES = 40
EXTEND, FETCH, BOTH, READ = range(4)


def rows(effort: Effort) -> list[Row]:
    """Measure 64, 256 and 512 channels."""
    found: list[Row] = []
    for n_channels in (64, 256, 512):
        result = in_turns(effort.rounds(15), _ours(n_channels), _dvg(n_channels))
        for cost, what, least in (
            (FETCH, "window of 10 s", 20.0 if n_channels == 64 else None),
            (EXTEND, f"extend by {BLOCK}", None),
            (BOTH, "extend, then window", None),
            (READ, "window, and read it once", None),
        ):
            found.append(
                cheaper(
                    f"ring, {n_channels} ch: {what}",
                    result.median(0, cost),
                    result.median(1, cost),
                    "dvg",
                    result.ratio(1, 0, cost),
                    least,
                )
            )
    return found


def _blocks(n_channels: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    rng = np.random.default_rng(1)
    return rng.standard_normal((WINDOW, n_channels), dtype=np.float32), np.arange(WINDOW) / RATE_HZ


def _ours(n_channels: int) -> Turn:
    data, timestamps = _blocks(n_channels)
    ring = RingBuffer(n_channels, WINDOW, RATE_HZ)
    ring.extend(data, timestamps)

    def window() -> NDArray[np.float32]:
        view = ring.view(WINDOW)
        assert ring.holds(view.first)
        return view.data

    return _turn(lambda i: ring.extend(data[i : i + BLOCK], timestamps[i : i + BLOCK]), window)


def _dvg(n_channels: int) -> Turn:
    """Its documented way for many channels: one ring whose elements are rows, unwrapped by slicing."""
    data, timestamps = _blocks(n_channels)
    ring, times = DvgRing(WINDOW, dtype=(np.float32, n_channels)), DvgRing(WINDOW, dtype=np.float64)
    ring.extend(data)
    times.extend(timestamps)

    def extend(i: int) -> None:
        ring.extend(data[i : i + BLOCK])
        times.extend(timestamps[i : i + BLOCK])

    def window() -> NDArray[np.float32]:
        times[:]
        held: NDArray[np.float32] = ring[:]
        return held

    return _turn(extend, window)


def _turn(extend: Callable[[int], None], window: Callable[[], NDArray[np.float32]]) -> Turn:
    at = 0

    def turn() -> tuple[float, float, float, float]:
        nonlocal at
        spent = np.zeros(3)
        for _ in range(CYCLES):
            at = (at + BLOCK) % (WINDOW - BLOCK)
            begun = perf_counter()
            extend(at)
            extended = perf_counter()
            held = window()
            fetched = perf_counter()
            held.max()
            spent += extended - begun, fetched - extended, perf_counter() - extended
        assert len(held) == WINDOW
        into, out, read = spent / CYCLES
        return into, out, into + out, read

    return turn
