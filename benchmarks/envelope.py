"""What a frame pays for its envelope: carried along by us, made anew by tsdownsample and by numpy."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from effort import Effort
from numpy.typing import NDArray
from table import Row, cheaper
from tsdownsample import M4Downsampler
from turns import Turn, in_turns

from myoscope.sources.envelope import Envelope
from myoscope.sources.ring import RingBuffer

COLUMNS = 800
FRAMES_HZ = 60
TABLE_CHANNELS = 64
"""So many channels get samples of their own; those beyond see the same ones: 600 MB would tell no more."""


def rows(effort: Effort) -> list[Row]:
    """Measure three sizes of a window."""
    return [
        *_compare(effort, 64, 10, 2048, 21, least=200),
        *_compare(effort, 256, 10, 2048, 9),
        *_compare(effort, 512, 30, 10_000, 3),
    ]


def _compare(
    effort: Effort, n_channels: int, seconds: int, rate_hz: int, n_rounds: int, least: float | None = None
) -> list[Row]:
    rng = np.random.default_rng(2)
    shown = min(n_channels, TABLE_CHANNELS)
    # Channels first and contiguous: what tsdownsample wants. It is spared the copy a live ring would need.
    signal = rng.standard_normal((shown, seconds * rate_hz), dtype=np.float32)
    repeats = n_channels // shown
    result = in_turns(
        effort.rounds(n_rounds),
        _ours(signal, repeats, rate_hz),
        _m4(signal, repeats),
        _numpy(signal, repeats, rows_first=True),
        _numpy(signal, repeats, rows_first=False),
    )
    # Which way round is quicker for numpy depends on the length of a bucket: it may choose.
    numpy_s, numpy_ratio = min((result.median(i), result.ratio(i, 0)) for i in (2, 3))
    what = f"envelope a frame, {n_channels} ch × {seconds} s × {rate_hz:,} Hz, {COLUMNS} columns"
    return [
        cheaper(what, result.median(0), result.median(1), "tsdownsample M4", result.ratio(1, 0), least),
        cheaper(what, result.median(0), numpy_s, "numpy min–max", numpy_ratio),
    ]


def _ours(signal: NDArray[np.float32], repeats: int, rate_hz: int) -> Turn:
    """As the viewer does: what came since the last frame goes into the columns; the whole window is there to draw."""
    data = np.tile(np.ascontiguousarray(signal.T[: 2 * rate_hz]), (1, repeats))
    timestamps = np.arange(len(data)) / rate_hz
    n_new = rate_hz // FRAMES_HZ
    bucket = signal.shape[1] // COLUMNS
    ring = RingBuffer(data.shape[1], len(data))
    envelope = Envelope(ring, bucket, COLUMNS)
    _same_answer(signal[:, : bucket * COLUMNS], bucket)
    for _ in range(signal.shape[1] // len(data) + 1):
        ring.extend(data, timestamps)
        envelope.update()
    at = 0

    def turn() -> tuple[float]:
        nonlocal at
        spent = 0.0
        for _ in range(60):
            at = (at + n_new) % (len(data) - n_new)
            ring.extend(data[at : at + n_new], timestamps[at : at + n_new])
            begun = perf_counter()
            envelope.update()
            columns = envelope.columns
            spent += perf_counter() - begun
        assert np.isfinite(columns).all()
        return (spent / 60,)

    return turn


def _m4(signal: NDArray[np.float32], repeats: int) -> Turn:
    downsampler = M4Downsampler()

    def turn() -> tuple[float]:
        begun = perf_counter()
        for _ in range(repeats):
            for channel in signal:
                channel[downsampler.downsample(channel, n_out=4 * COLUMNS)]
        return (perf_counter() - begun,)

    return turn


def _numpy(signal: NDArray[np.float32], repeats: int, *, rows_first: bool) -> Turn:
    bucket = signal.shape[1] // COLUMNS
    whole = signal[:, : bucket * COLUMNS]
    if rows_first:
        buckets, axis = np.ascontiguousarray(whole.T).reshape(COLUMNS, bucket, len(signal)), 1
    else:
        buckets, axis = np.ascontiguousarray(whole).reshape(len(signal), COLUMNS, bucket), 2

    def turn() -> tuple[float]:
        begun = perf_counter()
        for _ in range(repeats):
            buckets.min(axis=axis)
            buckets.max(axis=axis)
        return (perf_counter() - begun,)

    return turn


def _same_answer(signal: NDArray[np.float32], bucket: int) -> None:
    """The three find the same lowest and highest values; else comparing them means nothing."""
    ring = RingBuffer(len(signal), signal.shape[1])
    ring.extend(signal.T, np.arange(signal.shape[1], dtype=np.float64))
    envelope = Envelope(ring, bucket, COLUMNS)
    envelope.update()
    by_numpy = signal.reshape(len(signal), COLUMNS, bucket)
    ends = np.concatenate((by_numpy[:, :1, 0], by_numpy[:, :-1, -1]), axis=1)
    low, high = np.minimum(by_numpy.min(axis=2), ends), np.maximum(by_numpy.max(axis=2), ends)
    assert np.array_equal(envelope.columns, np.stack((low, high), axis=2))
    chosen = signal[0, M4Downsampler().downsample(signal[0], n_out=4 * COLUMNS)].reshape(COLUMNS, 4)
    assert np.array_equal(chosen.min(axis=1), by_numpy[0].min(axis=1))
    assert np.array_equal(chosen.max(axis=1), by_numpy[0].max(axis=1))
