"""Power spectra after Welch, each segment of the signal transformed once.

P. D. Welch, «The use of fast Fourier transform for the estimation of power spectra», IEEE Trans. Audio Electroacoust.
15(2), 1967. With the same parameters the figures are those of ``scipy.signal.welch``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .ring import RingBuffer

Window = Literal["hann", "hamming", "boxcar"]
WINDOWS: tuple[Window, ...] = ("hann", "hamming", "boxcar")
SEGMENT_S = 0.5
FEWEST = 32
MOST = 16384
# Transforms in one call of `update`: about a millisecond.
LINES_PER_UPDATE = 512
MAINS_HZ = (50.0, 60.0)


@dataclass(frozen=True)
class Welch:
    """How a power spectrum is estimated.

    Parameters
    ----------
    rate_hz
        Sampling rate, Hz.
    n_segment
        Samples in a segment.
    n_step
        Samples from one segment to the next.
    window
        What a segment is multiplied with, as SciPy names it.
    """

    rate_hz: float
    n_segment: int
    n_step: int
    window: Window = "hann"

    @staticmethod
    def fitting(rate_hz: float, seconds: float, resolution_hz: float = 0.0, window: Window = "hann") -> Welch | None:
        """Return a sensible choice for a window of so many seconds: half overlap, a power of two in each segment.

        Without a `resolution_hz` (distance of frequencies) segments are about half a second, and three or more of
        them lie in the window. None when the window is too short for any spectrum.
        """
        n_rows = int(seconds * rate_hz)
        if n_rows < FEWEST:
            return None
        wanted = rate_hz / resolution_hz if resolution_hz > 0 else min(SEGMENT_S * rate_hz, n_rows / 2)
        n = 2 ** round(math.log2(max(FEWEST, min(wanted, MOST))))
        while n > n_rows:
            n //= 2
        return Welch(rate_hz, n, n if window == "boxcar" else n // 2, window)

    @cached_property
    def frequencies(self) -> NDArray[np.float64]:
        """Where the spectrum is known, Hz, shape (n_segment // 2 + 1,)."""
        return np.arange(self.n_segment // 2 + 1, dtype=np.float64) * (self.rate_hz / self.n_segment)

    @cached_property
    def _taper(self) -> NDArray[np.float32]:
        n = np.arange(self.n_segment)
        wave = np.cos(2 * np.pi * n / self.n_segment)
        shape = {"hann": 0.5 - 0.5 * wave, "hamming": 0.54 - 0.46 * wave, "boxcar": np.ones(self.n_segment)}
        taper: NDArray[np.float32] = shape[self.window].astype(np.float32)[:, None]
        return taper

    @cached_property
    def _factor(self) -> NDArray[np.float32]:
        factor = np.full(self.n_segment // 2 + 1, 2.0)
        # Neither the mean nor the highest frequency of an even number has a negative twin.
        factor[0] = 1.0
        if self.n_segment % 2 == 0:
            factor[-1] = 1.0
        factor /= self.rate_hz * float(np.square(self._taper, dtype=np.float64).sum())
        return factor.astype(np.float32)[:, None]

    def periodograms(self, segments: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return power density of segments whose mean is taken away.

        Parameters
        ----------
        segments
            Shape (n_segment, n_lines), float32: one line a channel, or one a moment.

        Returns
        -------
        density
            Shape (n_frequencies, n_lines), float32, unit² per Hz; NaN for a line with a value that is not finite.
        """
        # Imported here: it takes a while, and not every program looks at spectra.
        from scipy import fft

        with np.errstate(over="ignore", invalid="ignore"):
            level = segments - segments.mean(axis=0, dtype=np.float64).astype(np.float32)
            level *= self._taper
            lines: NDArray[Any] = fft.rfft(level, axis=0)
            density: NDArray[np.float32] = np.square(lines.real)
            density += np.square(lines.imag)
            density *= self._factor
        density[:, ~np.isfinite(density).all(axis=0)] = np.nan
        return density


class RunningSpectrum:
    """The mean of the periodograms inside a window that moves. Any one thread.

    Segments begin at absolute row numbers, every `n_step`-th, so that each is transformed once, however the window
    moves. Those with a gap inside are left out, and so is a channel of one that holds a value that is not finite.

    Parameters
    ----------
    welch
        How it is estimated.
    channels
        Shape (n_lines,), int64: numbers of the channels.
    n_rows
        Length of the window, samples.
    """

    def __init__(self, welch: Welch, channels: NDArray[np.int64], n_rows: int) -> None:
        self.welch = welch
        self.channels = channels
        self._n_rows = n_rows
        self._n_slots = max(1, (n_rows - welch.n_segment) // welch.n_step + 1)
        n_frequencies, n_lines = len(welch.frequencies), len(channels)
        self._kept = np.zeros((self._n_slots, n_frequencies, n_lines), dtype=np.float32)
        self._known = np.zeros((self._n_slots, n_lines), dtype=bool)
        self._number = np.full(self._n_slots, -1, dtype=np.int64)
        self._sum = np.zeros((n_frequencies, n_lines))
        self._count = np.zeros(n_lines, dtype=np.int64)
        self._n_left = 0

    @property
    def n_averaged(self) -> int:
        """Segments in the mean, of the channel that has most."""
        return int(self._count.max(initial=0))

    def update(self, ring: RingBuffer, end: int) -> bool:
        """Look at the window that ends at row `end`; tell whether everything in it has been transformed.

        At most about a millisecond of work is done in one call, the newest first.
        """
        step, n = self.welch.n_step, self.welch.n_segment
        view = ring.view(self._n_rows, end=end)
        first, stop = -(-view.first // step), (view.first + len(view.data) - n) // step + 1
        for slot in np.flatnonzero((self._number >= 0) & ((self._number < first) | (self._number >= stop))):
            self._leave(int(slot))
        left = max(1, LINES_PER_UPDATE // max(1, len(self.channels)))
        for number in range(stop - 1, first - 1, -1):
            if self._number[number % self._n_slots] == number:
                continue
            if not left:
                return False
            left -= 1
            at = number * step - view.first
            rows = view.data[at : at + n, self.channels]
            if not ring.holds(number * step):
                return False
            broken = any(number * step < gap.row < number * step + n for gap in ring.gaps)
            self._enter(number, None if broken else self.welch.periodograms(rows))
        return True

    def _enter(self, number: int, density: NDArray[np.float32] | None) -> None:
        slot = number % self._n_slots
        if self._number[slot] >= 0:
            self._leave(slot)
        self._number[slot] = number
        if density is None:
            self._known[slot] = False
            return
        self._known[slot] = ~np.isnan(density[0])
        self._kept[slot] = np.where(self._known[slot], density, 0)
        self._sum += self._kept[slot]
        self._count += self._known[slot]

    def _leave(self, slot: int) -> None:
        self._number[slot] = -1
        if self._known[slot].any():
            self._sum -= self._kept[slot]
            self._count -= self._known[slot]
            self._n_left += 1
            # What a huge artefact leaves behind when it is taken away again would drown the signal.
            if self._n_left > self._n_slots or bool((self._kept[slot] > 1e6 * self._sum).any()):
                self._n_left = 0
                self._sum = self._kept[self._number >= 0].sum(axis=0, dtype=np.float64)

    def density(self) -> NDArray[np.float64]:
        """Return the mean power density, shape (n_lines, n_frequencies), unit² per Hz; NaN where there is none."""
        mean = self._sum.T / np.where(self._count > 0, self._count, np.nan)[:, None]
        return np.maximum(mean, 0.0)


def mean_frequency(frequencies: NDArray[np.float64], density: NDArray[np.float64]) -> float:
    """Return the mean frequency, Hz: power is the weight. NaN without power."""
    total = float(density.sum())
    return float((frequencies * density).sum()) / total if total > 0 else math.nan


def median_frequency(frequencies: NDArray[np.float64], density: NDArray[np.float64]) -> float:
    """Return the frequency below which half of the power lies, Hz; straight between frequencies. NaN without power."""
    power = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(frequencies))))
    if not power[-1] > 0:
        return math.nan
    return float(np.interp(power[-1] / 2, power, frequencies))


def mains_in(frequencies: NDArray[np.float64], density: NDArray[np.float64]) -> float:
    """Return the mains frequency that stands out of a spectrum, 50 or 60 Hz; 0 when neither does.

    A line stands out when it has over six times the median power of the 15 Hz around.
    """
    best, found = 6.0, 0.0
    for mains in MAINS_HZ:
        around = np.abs(frequencies - mains) <= 15
        near = np.abs(frequencies - mains) <= max(1.0, 0.6 * float(frequencies[1]))
        if mains > frequencies[-1] - 2 or not near.any() or (around & ~near).sum() < 4:
            continue
        usual = float(np.median(density[around & ~near]))
        stands_out = float(density[near].max()) / usual if usual > 0 else 0.0
        if stands_out > best:
            best, found = stands_out, mains
    return found
