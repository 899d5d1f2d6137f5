"""What surface electrodes pick up: muscles, baseline noise, mains hum, heart, movement, and a bad electrode."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .info import Grid
from .motor_units import (
    ELECTRODE_DISTANCE_MM,
    GRID_ROWS,
    LOOP_S,
    Profile,
    bipolar_loop,
    drive,
    grid_loop,
)

Electrodes = Literal["pairs", "grid"]
BadChannel = Literal["none", "flat", "noisy", "popping"]

BLOCK = 64
N_MUSCLES = 32
TABLE_BYTES = 96 * 2**20
NOISE_S = 5.0
HUM_HARMONICS = ((1, 1.0), (2, 0.12), (3, 0.35), (5, 0.15))


class SurfaceEmg:
    """A pure function of the sample number: any stretch of an endless recording, the same however it is cut.

    Tables are made once: a loop of 24 s of EMG for at most 32 muscles or one grid of 64 electrodes, and a shorter one
    of noise. Channels beyond those see the same muscles at another time of the loop, with other noise. What all
    channels share, hum and heart, has tables of its own. All together they hold at most about 120 MB.

    The parameters are those of `SyntheticSource`.
    """

    def __init__(
        self,
        n_channels: int,
        rate_hz: float,
        *,
        electrodes: Electrodes = "pairs",
        profile: Profile = "contractions",
        amplitude_uv: float = 500.0,
        noise_uv: float = 5.0,
        mains_hz: float = 50.0,
        hum_uv: float = 4.0,
        ecg_uv: float = 0.0,
        movement_uv: float = 0.0,
        bad_channel: BadChannel = "none",
        seed: int = 0,
    ) -> None:
        self.n_channels = n_channels
        self.rate_hz = rate_hz
        self.n_loop = max(2, round(LOOP_S * rate_hz))
        self.n_tile = _tile(n_channels, self.n_loop, electrodes)
        # The longest stretch that can be copied in one piece, wherever in a loop it begins.
        self._slack = max(64, min(math.ceil(rate_hz), 4096))
        rng = np.random.default_rng((seed, 0))
        self._emg = self._muscles(electrodes, profile, amplitude_uv, movement_uv, seed, rng)
        # Not a divisor of the other loop, so that the sum does not repeat with either.
        self.n_noise = max(2, min(self.n_loop - 1, round(NOISE_S * rate_hz)))
        while math.gcd(self.n_noise, self.n_loop) > 1:
            self.n_noise += 1
        self._noise = self._opened(self._baseline(noise_uv, seed))
        n_tiles = -(-n_channels // self.n_tile)
        self._shifts = [(round(i * 0.381966 * self.n_loop), round(i * 0.618034 * self.n_noise)) for i in range(n_tiles)]
        self._gain = rng.uniform(0.8, 1.2, n_channels).astype(np.float32)
        self._shared = [
            (self._opened(wave), (size * gains).astype(np.float32))
            for wave, size, gains in (
                (self._hum(mains_hz), hum_uv, rng.uniform(0.5, 1.5, n_channels)),
                (self._heart(rng), ecg_uv, rng.uniform(0.15, 1.0, n_channels)),
            )
            if size > 0
        ]
        bad = self._bad(bad_channel, amplitude_uv, noise_uv, rng)
        self._bad_column = None if bad is None else (n_channels // 2, self._opened(bad))

    def rows(self, first: int, n: int) -> NDArray[np.float32]:
        """Return samples `first` to ``first + n``, shape (n, n_channels), µV."""
        out = np.empty((n, self.n_channels), dtype=np.float32)
        for begin in range(0, n, self._slack):
            part = out[begin : begin + self._slack]
            self._fill(part, first + begin)
        return out

    def _fill(self, out: NDArray[np.float32], first: int) -> None:
        n = len(out)
        for i, (shift, noise_shift) in enumerate(self._shifts):
            tile = out[:, i * self.n_tile : (i + 1) * self.n_tile]
            width = tile.shape[1]
            at = (first + shift) % self.n_loop
            np.multiply(self._emg[at : at + n, :width], self._gain[i * self.n_tile :][:width], out=tile)
            at = (first + noise_shift) % self.n_noise
            tile += self._noise[at : at + n, :width]
        at = first % self.n_loop
        for wave, gains in self._shared:
            out += wave[at : at + n, None] * gains
        if self._bad_column is not None:
            column, wave = self._bad_column
            out[:, column] = wave[at : at + n]

    def _opened(self, loop: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `loop` followed by its own beginning, so that a stretch over its end lies in one piece."""
        return np.take(loop, np.arange(len(loop) + self._slack), axis=0, mode="wrap")

    def _muscles(
        self,
        electrodes: Electrodes,
        profile: Profile,
        amplitude_uv: float,
        movement_uv: float,
        seed: int,
        rng: np.random.Generator,
    ) -> NDArray[np.float32]:
        table = np.empty((self.n_loop + self._slack, self.n_tile), dtype=np.float32)
        emg = table[: self.n_loop]
        if electrodes == "grid":
            n_columns = -(-self.n_tile // GRID_ROWS)
            emg[:] = grid_loop(self.n_loop, self.rate_hz, drive(profile, 1, rng)[:, 0], n_columns, seed)[
                :, : self.n_tile
            ]
            emg *= np.float32(amplitude_uv / _peak(emg[:: max(1, self.n_loop // 4000)]))
        else:
            sizes = amplitude_uv * rng.uniform(0.6, 1.2, self.n_tile)
            for i, drive_of_muscle in enumerate(drive(profile, self.n_tile, rng).T):
                muscle = bipolar_loop(self.n_loop, self.rate_hz, drive_of_muscle, seed, i)
                emg[:, i] = muscle * np.float32(sizes[i] / _peak(muscle[:: max(1, self.n_loop // 8000)]))
        if movement_uv > 0:
            self._move(emg, movement_uv, rng)
        table[self.n_loop :] = np.take(emg, np.arange(self._slack), axis=0, mode="wrap")
        return table

    def _move(self, emg: NDArray[np.float32], movement_uv: float, rng: np.random.Generator) -> None:
        """Add tugs at the cables: slow swings of about a second in a few neighbouring channels, 8 times a loop."""
        n = min(len(emg), max(1, round(1.5 * self.rate_hz)))
        t = np.arange(n) / self.rate_hz
        for start in rng.integers(0, len(emg), 8):
            swing = np.exp(-t / 0.3) * np.sin(2 * np.pi * rng.uniform(1.5, 4.0) * t)
            reach = np.exp(-np.abs(np.arange(emg.shape[1]) - rng.integers(emg.shape[1])) / 1.5)
            rows = (start + np.arange(n)) % len(emg)
            emg[rows] += (movement_uv * swing[:, None] * rng.choice((-1, 1)) * reach).astype(np.float32)

    def _baseline(self, noise_uv: float, seed: int) -> NDArray[np.float32]:
        rng = np.random.default_rng((seed, 4))
        noise = rng.standard_normal((self.n_noise, self.n_tile), dtype=np.float32)
        noise *= (noise_uv * rng.uniform(0.8, 1.25, self.n_tile)).astype(np.float32)
        return noise

    def _hum(self, mains_hz: float) -> NDArray[np.float32]:
        t = np.arange(self.n_loop) / self.n_loop
        # A whole number of periods a loop, at most 0.02 Hz off, so that the loop closes.
        turns = round(mains_hz * LOOP_S)
        parts = [
            size * np.sin(2 * np.pi * (turns * k * t + 0.13 * k))
            for k, size in HUM_HARMONICS
            if mains_hz * k < self.rate_hz / 2
        ]
        return np.sum(parts, axis=0, dtype=np.float32) if parts else np.zeros(self.n_loop, dtype=np.float32)

    def _heart(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return an electrocardiogram of about 68 beats a minute, R waves of height 1."""
        beats = (np.arange(27) + rng.uniform(-0.06, 0.06, 27)) * LOOP_S / 27
        wave = np.zeros(self.n_loop)
        for beat in beats:
            rows = np.arange(round((beat - 0.3) * self.rate_hz), round((beat + 0.5) * self.rate_hz))
            wave[rows % self.n_loop] += _heartbeat(rows / self.rate_hz - beat)
        return wave.astype(np.float32)

    def _bad(
        self, kind: BadChannel, amplitude_uv: float, noise_uv: float, rng: np.random.Generator
    ) -> NDArray[np.float32] | None:
        if kind == "none":
            return None
        if kind == "flat":
            return np.zeros(self.n_loop, dtype=np.float32)
        noise = rng.standard_normal(self.n_loop, dtype=np.float32)
        if kind == "noisy":
            return np.asarray(noise * np.float32(max(20 * noise_uv, 0.2 * amplitude_uv)), dtype=np.float32)
        wave = noise.astype(np.float64) * noise_uv
        t = np.arange(self.n_loop) / self.rate_hz
        for start in rng.uniform(0, LOOP_S, 10):
            wave += rng.uniform(3, 8) * amplitude_uv * rng.choice((-1, 1)) * np.exp(-((t - start) % LOOP_S) / 0.25)
        return wave.astype(np.float32)


def layout(n_channels: int) -> Grid:
    """Return where the electrodes of a grid sit: columns of eight, blocks of 8 × 8, blocks side by side and below."""
    n_blocks = -(-n_channels // BLOCK)
    blocks_down = max(1, math.isqrt(n_blocks))
    cells = []
    for channel in range(n_channels):
        block, within = divmod(channel, BLOCK)
        row, column = within % GRID_ROWS, within // GRID_ROWS
        cells.append((block % blocks_down * GRID_ROWS + row, block // blocks_down * GRID_ROWS + column))
    return Grid(tuple(cells), ELECTRODE_DISTANCE_MM)


def _tile(n_channels: int, n_loop: int, electrodes: Electrodes) -> int:
    """Return how many channels get tables of their own; fewer where the rate is very high."""
    tile, least = (BLOCK, GRID_ROWS) if electrodes == "grid" else (N_MUSCLES, 1)
    while tile > least and tile * n_loop * 4 > TABLE_BYTES:
        tile //= 2
    return min(n_channels, tile)


def _peak(values: NDArray[np.float32]) -> float:
    """Return what the peaks of a strong contraction reach; 1 where there is no contraction."""
    return float(np.quantile(np.abs(values), 0.995)) or 1.0


def _heartbeat(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return P, Q, R, S and T waves around the R wave at 0 s."""
    waves = ((0.1, -0.18, 0.025), (-0.12, -0.028, 0.009), (1.0, 0.0, 0.011), (-0.22, 0.03, 0.011), (0.25, 0.26, 0.05))
    beat: NDArray[np.float64] = np.sum(
        [height * np.exp(-0.5 * ((t - at) / width) ** 2) for height, at, width in waves], axis=0
    )
    return beat
