"""How good each channel is: flat, saturated, mains, its likeness to its neighbours, and its noise floor."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .grids import parts
from .info import Grid, StreamInfo
from .ring import RingBuffer

WINDOW_S = 2.0
SHORTEST_S = 0.5
VALUES_A_STEP = 131_072
PAIRS_A_STEP = 64
PIECE_S = 0.05
FROM_HZ = 5.0
"""Below it there is drift and movement, which say nothing of the mains."""
LIKENESS_BAND_HZ = (20.0, 450.0)
"""The band of surface EMG (SENIAM recommends 10–20 Hz to about 500 Hz)."""
MAINS_HZ = (50.0, 60.0)
MAINS_WIDTH_HZ = 1.0
N_HARMONICS = 5
AT_LIMIT = 0.001
"""How close to the device's limit counts as at it, of the whole range: converters often stop a little short."""


class QualityFigures(NamedTuple):
    """What is known of each channel; every array has shape (n_channels,), float32, NaN where it cannot be told.

    Parameters
    ----------
    flat
        Share of samples that repeat the one before, 0 to 1.
    saturated
        Share of samples at the device's limits or, where those are not known, on flat tops: runs of at least three
        samples at the window's highest or lowest value.
    noise
        Noise floor in the stream's unit: the root mean square of the quietest tenth of the window, cut into pieces of
        50 ms, each about its own mean.
    spread
        Root mean square about the mean, in the stream's unit.
    missing
        Share of samples that are no numbers.
    mains
        Power within ± 1 Hz of 50 or 60 Hz and the next four harmonics, of all power from 5 Hz up, 0 to 1.
    likeness
        Highest correlation with a neighbour within 20–450 Hz, mains left out, −1 to 1.
    mains_hz
        Which of the two mains frequencies is meant, Hz; not an array.
    """

    flat: NDArray[np.float32]
    saturated: NDArray[np.float32]
    noise: NDArray[np.float32]
    spread: NDArray[np.float32]
    missing: NDArray[np.float32]
    mains: NDArray[np.float32]
    likeness: NDArray[np.float32]
    mains_hz: float


def neighbours(grid: Grid | None, n_channels: int) -> NDArray[np.int64]:
    """Return pairs of channels that sit side by side, shape (n_pairs, 2): in the grid, or one after the other."""
    if grid is None:
        first = np.arange(n_channels - 1, dtype=np.int64)
        return np.stack((first, first + 1), axis=1)
    pairs = []
    for part in parts(grid):
        at = {grid.cells[channel]: channel for channel in part}
        for (row, column), channel in at.items():
            pairs += [(channel, at[cell]) for cell in ((row, column + 1), (row + 1, column)) if cell in at]
    return np.asarray(pairs, dtype=np.int64).reshape(-1, 2)


class QualityMeter:
    """Judges the newest seconds of a ring, a few channels at a time, so that no frame waits. One thread owns it.

    Parameters
    ----------
    info
        What the ring holds; its rate must be known.
    pairs
        As `neighbours` returns them.
    mains_hz
        50 or 60; 0 takes the one with more power on most channels.
    seconds
        How much is judged, s; less as long as there is less, but half a second at least.
    """

    def __init__(
        self, info: StreamInfo, pairs: NDArray[np.int64], mains_hz: float = 0.0, seconds: float = WINDOW_S
    ) -> None:
        from .quality_kernels import N_FIGURES, time_figures

        self._time_figures = time_figures
        self._rate_hz, self._n_channels = info.fs, info.n_channels
        self._pairs, self._mains_hz, self._seconds = pairs, mains_hz, seconds
        limits = info.limits
        if limits is None:
            self._low = self._high = np.full(info.n_channels, np.nan, dtype=np.float32)
        else:
            within = AT_LIMIT * (limits[1] - limits[0])
            self._low, self._high = limits[0] + within, limits[1] - within
        self._times = np.full((info.n_channels, N_FIGURES), np.nan, dtype=np.float32)
        self._shares = np.full((len(MAINS_HZ), info.n_channels), np.nan, dtype=np.float32)
        self._end = self._n_rows = self._channel = self._pair = 0
        self.figures: QualityFigures | None = None
        """Of the last round that came to its end."""

    def step(self, ring: RingBuffer) -> bool:
        """Go on with the round, or begin one on the newest samples; return whether it has come to its end."""
        if not self._n_rows and not self._begin(ring):
            return False
        if self._channel < self._n_channels:
            self._next_channels(ring)
            return False
        if self._pair < len(self._pairs):
            self._next_pairs()
            return False
        self._finish()
        return True

    def _begin(self, ring: RingBuffer) -> bool:
        n = min(round(self._seconds * self._rate_hz), ring.n_total, ring.capacity)
        if n < max(8, round(SHORTEST_S * self._rate_hz)):
            return False
        self._end, self._n_rows, self._channel, self._pair = ring.n_total, n, 0, 0
        frequencies: NDArray[np.float64] = np.fft.rfftfreq(n, 1 / self._rate_hz).astype(np.float64)
        beside = [_is_mains(frequencies, mains_hz) for mains_hz in MAINS_HZ]
        band = (frequencies >= LIKENESS_BAND_HZ[0]) & (frequencies <= LIKENESS_BAND_HZ[1])
        if not band.any():
            # A slow stream has nothing in the band of EMG: then all but its drift is compared.
            band = frequencies > 0
        self._compared = np.flatnonzero(band & ~beside[0] & ~beside[1])
        self._counted = (frequencies >= min(FROM_HZ, self._rate_hz / 8)) & (frequencies < self._rate_hz / 2)
        self._mains_bins = [np.flatnonzero(bins & self._counted) for bins in beside]
        # A periodic Hann window: the line of a sine is three bins wide, within ± 1 Hz of 2 s.
        self._taper = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)).astype(np.float32)
        self._spectra = np.zeros((self._n_channels, len(self._compared)), dtype=np.complex64)
        self._likeness = np.full(self._n_channels, np.nan, dtype=np.float32)
        return True

    def _next_channels(self, ring: RingBuffer) -> None:
        n = self._n_rows
        these = slice(self._channel, min(self._n_channels, self._channel + max(1, VALUES_A_STEP // n)))
        view = ring.view(n, end=self._end)
        block = view.data[:, these].T.copy()
        if block.shape[1] != n or not ring.holds(view.first):
            # Overtaken by the writer: what was judged so far is older than the ring.
            self._n_rows = 0
            return
        piece = max(2, round(PIECE_S * self._rate_hz))
        self._time_figures(self._times[these], block, self._low[these], self._high[these], piece)
        np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        block -= block.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
        block *= self._taper
        spectra = np.fft.rfft(block, axis=1).astype(np.complex64)
        power = (spectra.real**2 + spectra.imag**2).astype(np.float64)
        total = power[:, self._counted].sum(axis=1)
        for share, bins in zip(self._shares, self._mains_bins, strict=True):
            known = len(bins) > 0
            share[these] = _ratio(power[:, bins].sum(axis=1), total) if known else np.nan
        self._spectra[these] = spectra[:, self._compared]
        self._channel = these.stop

    def _next_pairs(self) -> None:
        pairs = self._pairs[self._pair : self._pair + PAIRS_A_STEP]
        one, other = self._spectra[pairs[:, 0]], self._spectra[pairs[:, 1]]
        energies = [np.sum(s.real**2 + s.imag**2, axis=1, dtype=np.float64) for s in (one, other)]
        common = np.sum(one.real * other.real + one.imag * other.imag, axis=1, dtype=np.float64)
        # Parseval: what two spectra have in common is the correlation of the signals in that band.
        joint: NDArray[np.float64] = np.sqrt(energies[0] * energies[1])
        likeness = _ratio(np.asarray(common), joint).astype(np.float32)
        for side in (0, 1):
            np.fmax.at(self._likeness, pairs[:, side], likeness)
        self._pair += len(pairs)

    def _finish(self) -> None:
        shares = self._shares
        medians = [
            float(np.median(share[np.isfinite(share)])) if np.isfinite(share).any() else -1.0 for share in shares
        ]
        of = MAINS_HZ.index(self._mains_hz) if self._mains_hz in MAINS_HZ else int(medians[1] > medians[0])
        flat, saturated, noise, spread, missing = self._times.T.copy()
        self.figures = QualityFigures(
            flat, saturated, noise, spread, missing, shares[of].copy(), self._likeness, MAINS_HZ[of]
        )
        self._n_rows = 0


def _is_mains(frequencies: NDArray[np.float64], mains_hz: float) -> NDArray[np.bool_]:
    centres = mains_hz * np.arange(1, N_HARMONICS + 1)
    near: NDArray[np.bool_] = np.abs(frequencies[:, None] - centres) <= MAINS_WIDTH_HZ + 1e-9
    return np.asarray(near.any(axis=1))


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
