"""A view filter at work: what it remembers between one block and the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .errors import SourceError
from .info import StreamInfo
from .montage import arranged
from .view_filter import ViewFilter

WARM_S = 0.02
"""A start is made from the mean of so much: one period of 50 Hz, so that mains do not shift it."""
STEP_VALUES = 32768
"""Samples times channels in one pass: 256 KiB, so that they stay near the processor."""


class FilterChain:
    """Filters block after block; the result does not depend on where one block ends. Any one thread.

    Between `restart` and the next it equals, bit for bit, `scipy.signal.sosfilt` in float64 with the state
    ``sosfilt_zi * mean of the head``, rounded to float32 once at the end. A value that is no number is shown as
    none; meanwhile the filter goes on from the last one, and after `n_warm` of them in a row it starts anew.

    Parameters
    ----------
    info
        The stream that is filtered.
    chosen
        What to do.
    bad
        Numbers of the channels to leave out of averages.

    Raises
    ------
    SourceError
        When the filter cannot be used on this stream.
    """

    def __init__(self, info: StreamInfo, chosen: ViewFilter, bad: Iterable[int] = ()) -> None:
        problem = chosen.check(info)
        if problem:
            raise SourceError(problem)
        # numba takes most of a second, and loads with the first use.
        from . import filter_kernels as kernels

        self._kernels = kernels
        self._plan = arranged(info, chosen.montage, chosen.along, bad)
        self.info = shown_info(self._plan.info)
        self.n_channels, n = info.n_channels, self._plan.info.n_channels
        self.sections = chosen.sections(info.fs) if chosen.needs_rate else np.zeros((0, 6))
        self.n_warm = max(1, round(WARM_S * info.fs))
        """Rows that `restart` wants to see."""
        self._settled = _settled(self.sections)
        self._rectify = chosen.rectify
        self._step = min(1024, max(16, STEP_VALUES // max(self.n_channels, n)))
        self._work = np.empty((self._step, n))
        self._blank = np.zeros((self._step, n), dtype=np.bool_)
        self._first, self._second = (np.zeros((len(self.sections), n)) for _ in range(2))
        self._held, self._level, self._running = (np.zeros(n) for _ in range(3))
        self._n_missing, self._asleep = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.bool_)
        length = chosen.rms_samples(info.fs)
        self._past = np.zeros((length + 1 if length else 0, n))
        self._at = np.zeros(2, dtype=np.int64)
        self._broken = True

    @property
    def cost(self) -> int:
        """About how much one row costs, in second-order sections."""
        return self._work.shape[1] * (len(self.sections) + 4)

    def restart(self, head: NDArray[np.float32]) -> None:
        """Forget everything, and be as if the signal had always been what it is on average in `head`.

        Parameters
        ----------
        head
            Shape (n_samples, n_channels): the first `n_warm` samples of what comes, or fewer where there are no more.
        """
        work = np.empty((len(head), self._work.shape[1]))
        self._arrange(work, np.ascontiguousarray(head, dtype=np.float32))
        self._kernels.means(self._level, work)
        self._asleep[:] = np.isnan(self._level)
        self._n_missing[:] = 0
        self._held[:] = np.where(self._asleep, 0.0, self._level)
        self._first[:] = self._settled[:, :1] * self._held
        self._second[:] = self._settled[:, 1:] * self._held
        self._past[:], self._running[:], self._at[:] = 0.0, 0.0, 0
        self._broken = bool(self._asleep.any())

    def run(self, data: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Filter what comes next.

        Parameters
        ----------
        data
            Shape (n_samples, n_channels), float32, C-contiguous.
        out
            Shape (n_samples, n_shown), float32, C-contiguous: filled with the result.
        """
        for at in range(0, len(data), self._step):
            piece, result = data[at : at + self._step], out[at : at + self._step]
            work = self._work[: len(piece)]
            self._arrange(work, piece)
            if self._broken or not self._kernels.all_finite(piece):
                self._run_broken(work, result)
            else:
                self._held[:] = work[-1]
                self._filter(work, result)

    def _arrange(self, work: NDArray[np.float64], data: NDArray[np.float32]) -> None:
        plan = self._plan
        self._kernels.arrange(work, data, plan.kind, plan.terms, plan.members, plan.edges)

    def _filter(self, work: NDArray[np.float64], out: NDArray[np.float32]) -> None:
        if len(self.sections):
            self._kernels.cascade(work, self.sections, self._first, self._second)
        self._kernels.finish(out, work, self._rectify, self._past, self._running, self._at)

    def _run_broken(self, work: NDArray[np.float64], out: NDArray[np.float32]) -> None:
        blank, done = self._blank[: len(work)], 0
        while done < len(work):
            ready = self._kernels.bridge(work, done, self._held, self._n_missing, self._asleep, blank, self.n_warm)
            if ready > done:
                self._filter(work[done:ready], out[done:ready])
            if ready < len(work):
                self._wake(work[ready])
            done = ready
        out[blank] = np.nan
        self._broken = bool(self._asleep.any() or self._n_missing.any())

    def _wake(self, row: NDArray[np.float64]) -> None:
        """Start channels that have been silent with their value in `row`."""
        for i in np.flatnonzero(self._asleep & np.isfinite(row)):
            self._asleep[i] = False
            self._held[i] = row[i]
            self._first[:, i], self._second[:, i] = self._settled[:, 0] * row[i], self._settled[:, 1] * row[i]


def shown_info(info: StreamInfo) -> StreamInfo:
    """Return the description of filtered samples: float32 in the unit, without the limits of the device."""
    device = {key: value for key, value in info.device.items() if key != "range"}
    return replace(info, dtype="float32", scale=1.0, device=device)


def warm() -> None:
    """Load what the first filter needs: kernels, and scipy's design, 0.7 s. Any thread, best beside the window."""
    from . import filter_kernels

    filter_kernels.warm()
    data = np.zeros((2, 2), dtype=np.float32)
    chain = FilterChain(StreamInfo(fs=1000.0, sample_shape=(2,)), ViewFilter(20.0, 450.0, 50.0))
    chain.restart(data)
    chain.run(data, np.empty_like(data))


def _settled(sections: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the state in which a constant 1 has left the sections, shape (n_sections, 2)."""
    if not len(sections):
        return np.zeros((0, 2))
    from scipy import signal

    found: NDArray[np.float64] = signal.sosfilt_zi(sections)
    return found
