"""What a view filter costs while a stream runs, and when it is switched on: ours, and scipy's on the same blocks."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from effort import Effort
from numpy.typing import NDArray
from scipy import signal
from table import Row, cheaper, duration, percent
from turns import Turn, in_turns

from myoscope.sources.filtered import Filtered
from myoscope.sources.info import StreamInfo
from myoscope.sources.ring import RingBuffer
from myoscope.sources.view_filter import ViewFilter

RATE_HZ = 2048
FRAMES_HZ = 60
MOST = 0.05
"""Share of a core that the filters of 64 channels may cost."""
SWITCHED_ON_S = 0.2
EMG = ViewFilter(20.0, 450.0, 50.0, notch_to_hz=500.0, montage="common average")


def rows(effort: Effort) -> list[Row]:
    """Measure 64 and 256 channels live, and a minute of the past at once."""
    return [
        *_live(effort, 64, 21, MOST),
        *_live(effort, 256, 9),
        _past(effort, 64, SWITCHED_ON_S),
        _past(effort, 256),
    ]


def _live(effort: Effort, n_channels: int, n_rounds: int, most: float | None = None) -> list[Row]:
    data = np.random.default_rng(4).normal(0, 100, (2 * RATE_HZ, n_channels)).astype(np.float32)
    result = in_turns(effort.rounds(n_rounds), _ours(data), _scipy(data))
    share = result.median(0) * FRAMES_HZ
    what = f"view filter live, {n_channels} ch × {RATE_HZ:,} Hz, {EMG.describe()} and harmonics to 500 Hz"
    asked, ok = ("", None) if most is None else (f"≤ {percent(most)}", share <= most)
    return [
        Row(f"{what}: share of a core", percent(share), "", "", asked, ok),
        cheaper(f"{what}: a frame", result.median(0), result.median(1), "sosfilt", result.ratio(1, 0)),
    ]


def _ours(data: NDArray[np.float32]) -> Turn:
    """As a view does: what came since the last frame is filtered into the ring that is drawn."""
    n_new = RATE_HZ // FRAMES_HZ
    timestamps = np.arange(len(data)) / RATE_HZ
    ring = RingBuffer(data.shape[1], 10 * RATE_HZ)
    ring.extend(data, timestamps)
    filtered = Filtered(ring, _info(data), EMG)
    filtered.update()
    _same_answer(data, filtered)
    at = 0

    def turn() -> tuple[float]:
        nonlocal at
        spent = 0.0
        for _ in range(60):
            at = (at + n_new) % (len(data) - n_new)
            ring.extend(data[at : at + n_new], timestamps[at : at + n_new])
            begun = perf_counter()
            filtered.update()
            spent += perf_counter() - begun
        assert not filtered.behind
        return (spent / 60,)

    return turn


def _scipy(data: NDArray[np.float32]) -> Turn:
    """The same blocks through numpy's mean and scipy's filter, with the state carried on."""
    n_new = RATE_HZ // FRAMES_HZ
    sections = EMG.sections(RATE_HZ)
    state = np.zeros((len(sections), 2, data.shape[1]))

    def turn() -> tuple[float]:
        nonlocal state
        begun = perf_counter()
        for at in range(0, 60 * n_new, n_new):
            block = data[at : at + n_new].astype(np.float64)
            block -= block.mean(axis=1, keepdims=True)
            out, state = signal.sosfilt(sections, block, axis=0, zi=state)
            out.astype(np.float32)
        return ((perf_counter() - begun) / 60,)

    return turn


def _past(effort: Effort, n_channels: int, most_s: float | None = None) -> Row:
    n = 60 * RATE_HZ
    data = np.random.default_rng(5).normal(0, 100, (RATE_HZ, n_channels)).astype(np.float32)
    ring = RingBuffer(n_channels, n)
    for second in range(60):
        ring.extend(data, second + np.arange(RATE_HZ) / RATE_HZ)

    def switch_on() -> tuple[float]:
        begun = perf_counter()
        filtered = Filtered(ring, _info(data), EMG)
        assert filtered.update() == n
        return (perf_counter() - begun,)

    spent = in_turns(effort.rounds(7), switch_on).median(0)
    asked, ok = ("", None) if most_s is None else (f"≤ {duration(most_s)}", spent <= most_s)
    return Row(
        f"view filter over the past, {n_channels} ch × 60 s × {RATE_HZ:,} Hz", duration(spent), "", "", asked, ok
    )


def _info(data: NDArray[np.float32]) -> StreamInfo:
    return StreamInfo(fs=RATE_HZ, sample_shape=(data.shape[1],))


def _same_answer(data: NDArray[np.float32], filtered: Filtered) -> None:
    """Both give the same numbers; else comparing them means nothing."""
    exact = data.astype(np.float64)
    exact -= exact.mean(axis=1, keepdims=True)
    n_warm = round(0.02 * RATE_HZ)
    sections = EMG.sections(RATE_HZ)
    state = signal.sosfilt_zi(sections)[:, :, None] * exact[:n_warm].mean(axis=0)
    expected, _ = signal.sosfilt(sections, exact, axis=0, zi=state)
    np.testing.assert_allclose(filtered.ring.view(None).data, expected, rtol=1e-4, atol=1e-3)
