"""Figures of a stretch of signal, channel by channel: peak to peak, RMS, mean, median frequency."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .language import tr
from .ring import RingBuffer, View

MIN_SPECTRUM = 16
"""Fewer samples than this have no spectrum worth a median."""
EXACT_BELOW = 4096
"""Longer spectra leave out about one sample in twenty at most, so that their length factors well."""
SLICE = 8
"""Channels measured together: what stays in the processor's cache."""
RUN = 128


STEP_VALUES = 80_000
"""Measured at once where no frame may wait: about a millisecond."""
COLUMNS = range(1, 6)


class Stretch(NamedTuple):
    """The rows of a ring between two moments.

    Parameters
    ----------
    first, end
        Number of the first row, and of the one after the last.
    n_lost
        Samples missing between them.
    breaks
        Numbers of the rows before which something is missing, ``first < row < end``, in order.
    """

    first: int
    end: int
    n_lost: int
    breaks: tuple[int, ...]

    @property
    def n_samples(self) -> int:
        """How many rows there are."""
        return self.end - self.first

    @property
    def longest(self) -> tuple[int, int]:
        """The longest run of rows without anything missing: its first row, and the one after its last."""
        edges = (self.first, *self.breaks, self.end)
        return max(itertools.pairwise(edges), key=lambda run: run[1] - run[0])


class Measures(NamedTuple):
    """What `measure` found; each array has shape (n_channels,), float64.

    Parameters
    ----------
    n_samples
        How many samples of a channel went into it.
    peak_to_peak
        Highest minus lowest value, in the unit.
    rms
        Square root of the mean of the squared values as they are, an offset included, in the unit.
    mean
        In the unit.
    std
        RMS of what is left once the mean is taken away, in the unit.
    median_hz
        Median frequency, Hz; NaN where there is none.
    why
        Why no channel has a median frequency; empty when there is no general reason.
    """

    n_samples: int
    peak_to_peak: NDArray[np.float64]
    rms: NDArray[np.float64]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    median_hz: NDArray[np.float64]
    why: str


def stretch(ring: RingBuffer, start: float, stop: float, end: int | None = None) -> Stretch:
    """Return the rows between two moments, s, LSL clock, both included, as far as they are kept.

    Parameters
    ----------
    end
        Number of the row before which to stop in any case.
    """
    view = ring.view(None, end=end)
    begin, after = np.searchsorted(view.timestamps, (min(start, stop), np.nextafter(max(start, stop), math.inf)))
    return stretch_of_rows(ring, view.first + int(begin), view.first + int(after))


def stretch_of_rows(ring: RingBuffer, first: int, end: int) -> Stretch:
    """Return the rows from number `first` to before number `end`."""
    gaps = [gap for gap in ring.gaps if first < gap.row < end]
    return Stretch(first, end, sum(gap.n_lost for gap in gaps), tuple(gap.row for gap in gaps))


def nearest(view: View, t: float) -> int | None:
    """Return which row of a view is nearest to a moment, s, LSL clock; None when there is no row."""
    times = view.timestamps
    if not len(times):
        return None
    after = int(np.searchsorted(times, t))
    if after == 0 or after == len(times):
        return min(after, len(times) - 1)
    return after if times[after] - t < t - times[after - 1] else after - 1


def values_at(ring: RingBuffer, t: float) -> NDArray[np.float64] | None:
    """Return the values of the sample nearest to a moment, shape (n_channels,), float64; None when there is none."""
    view = ring.view(None)
    row = nearest(view, t)
    return None if row is None else view.data[row].astype(np.float64)


def measure(data: NDArray[np.float32], fs: float, run: tuple[int, int] | None = None) -> Measures:
    """Measure every channel.

    Parameters
    ----------
    data
        Shape (n_samples, n_channels), float32. Where samples are missing the rows just follow each other.
    fs
        Rate, Hz; 0 for irregular.
    run
        Rows of the longest run without anything missing, of which the spectrum is taken; all of them by default.

    Notes
    -----
    The median frequency halves the power of the spectrum (Stulen and De Luca, "Frequency parameters of the
    myoelectric signal as a measure of muscle conduction velocity", IEEE Trans. Biomed. Eng. 28, 1981). The spectrum is
    the one-sided periodogram without the mean, ``scipy.signal.periodogram(detrend="constant")``; its cumulative sum is
    taken to run straight from one frequency to the next.
    """
    n_samples, n_channels = data.shape
    first, end = (0, n_samples) if run is None else run
    why = why_no_spectrum(min(n_samples, end - first), fs)
    figures = np.full((5, n_channels), np.nan)
    # A channel that holds NaN or infinity has no figures; the others have.
    with np.errstate(invalid="ignore", over="ignore"):
        for at in range(0, n_channels if n_samples else 0, SLICE):
            # Channels first, a few at a time: several times faster than down the columns of all.
            some = np.ascontiguousarray(np.ascontiguousarray(data[:, at : at + SLICE]).T)
            middle = some.mean(axis=1, dtype=np.float64)
            near = middle.astype(np.float32)
            centred = some - near[:, np.newaxis]
            variance = np.einsum("ij,ij->i", centred, centred, dtype=np.float64) / n_samples
            # Less what rounding the mean to float32 left behind.
            left = np.sqrt(np.maximum(variance - (middle - near) ** 2, 0.0))
            height = some.max(axis=1).astype(np.float64) - some.min(axis=1)
            figures[:4, at : at + SLICE] = height, np.hypot(middle, left), middle, left
            if not why:
                figures[4, at : at + SLICE] = median_frequency(some[:, first:end], fs)
    spread, rms, mean, std, median = figures
    return Measures(n_samples, spread, rms, mean, std, median, why)


def why_no_spectrum(n_samples: int, fs: float) -> str:
    """Return why there is no median frequency; empty when there is one."""
    if not fs:
        return tr("No median frequency: the stream has no fixed rate.")
    if n_samples < MIN_SPECTRUM:
        return tr("No median frequency: {n} samples in one run are too few, {least} are enough.").format(
            n=n_samples, least=MIN_SPECTRUM
        )
    return ""


def n_in_spectrum(n_samples: int) -> int:
    """Return how many of the newest samples the spectrum is taken of: all, or nearly all where they are many."""
    if n_samples < EXACT_BELOW:
        return n_samples
    from scipy import fft

    return int(fft.prev_fast_len(n_samples, real=True))


def median_frequency(data: NDArray[np.float32], fs: float) -> NDArray[np.float64]:
    """Return the median frequency of each channel, Hz; NaN for one that does not change.

    Parameters
    ----------
    data
        Shape (n_channels, n_samples), float32, nothing missing in between; see `n_in_spectrum`.
    fs
        Rate, Hz, above 0.
    """
    from scipy import fft

    n = n_in_spectrum(data.shape[1])
    newest = data[:, -n:]
    # In float64: where little power lies around the median, float32 would move it by more than it is read to.
    centred = newest - newest.mean(axis=1, dtype=np.float64, keepdims=True)
    bins = fft.rfft(centred, axis=1)
    power = bins.real**2
    power += bins.imag**2
    power[:, 0] = 0.0
    if n % 2 == 0:
        # Only frequencies that stand for two, one above and one below zero, count twice.
        power[:, -1] *= 0.5
    return np.array([_halving(row) for row in power]) * (fs / n)


def _halving(power: NDArray[np.float64]) -> float:
    """Return where the cumulative sum reaches half, in bins; NaN when there is nothing to halve."""
    # Sums of runs first, and bin by bin only inside the one that counts.
    runs = np.add.reduceat(power, np.arange(0, len(power), RUN)).cumsum()
    half = 0.5 * runs[-1]
    if not (half > 0 and math.isfinite(half)):
        return math.nan
    run = int(np.searchsorted(runs, half))
    before = runs[run - 1] if run else 0.0
    inside = before + power[run * RUN : (run + 1) * RUN].cumsum()
    at = min(int(np.searchsorted(inside, half)), len(inside) - 1)
    below = inside[at - 1] if at else before
    return run * RUN + at - 1 + float((half - below) / (inside[at] - below))


class Measuring:
    """Measures channels of a ring some at a time, so that no frame has to wait for it. One thread owns it.

    Parameters
    ----------
    ring
        Where the samples are; it may be written meanwhile.
    rows
        Which of them.
    channels
        Numbers of the channels to measure.
    fs
        Rate, Hz; 0 for irregular.
    """

    def __init__(self, ring: RingBuffer, rows: Stretch, channels: Sequence[int], fs: float) -> None:
        self.ring, self.rows, self.channels, self.fs = ring, rows, tuple(channels), fs
        self.spoiled = False
        """Whether the rows were overwritten before all was measured."""
        self._parts: list[Measures] = []
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether there is nothing left to measure."""
        return self.spoiled or self._at >= len(self.channels)

    def step(self) -> None:
        """Measure the next few channels."""
        if self.done:
            return
        rows = self.rows
        at_once = min(SLICE, max(1, STEP_VALUES // max(1, rows.n_samples)))
        some = self.channels[self._at : self._at + at_once]
        view = self.ring.view(rows.n_samples, end=rows.end)
        if view.first != rows.first:
            self.spoiled = True
            return
        block = view.data[:, some[0] : some[-1] + 1] if _consecutive(some) else view.data[:, list(some)]
        first, end = rows.longest
        part = measure(block, self.fs, (first - rows.first, end - rows.first))
        self.spoiled = not self.ring.holds(rows.first)
        self._parts.append(part)
        self._at += len(some)

    @property
    def found(self) -> Measures | None:
        """All figures, in the order of the channels; None before the last step, or when they were spoiled."""
        if self.spoiled or not self.done or not self._parts:
            return None
        parts = self._parts
        spread, rms, mean, std, median = (np.concatenate([part[i] for part in parts]) for i in COLUMNS)
        return Measures(parts[0].n_samples, spread, rms, mean, std, median, parts[0].why)


def _consecutive(numbers: Sequence[int]) -> bool:
    return all(after == before + 1 for before, after in itertools.pairwise(numbers))
