"""What a board's packet counter and its clock, together, say about lost rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEARNING_ROWS = 16
SETTLING_S = 0.25
BELIEVED_S = 0.1


class PacketGaps:
    """Tells where rows are missing, and how many.

    Most counters have 8 bits, so a counter alone tells a loss only modulo 256; the timestamps tell the rest. They also
    tell when a counter means something else: some boards give two rows the same number, or wrap somewhere of their own.
    Timestamps are taken when the computer gets a row, and rows come late and in bunches after every hiccup. A bunch
    catches up within moments, lost rows never do: so a doubtful gap is judged by the row after it that is least late.

    Parameters
    ----------
    rate_hz
        Nominal rate, Hz.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.step: int | None = None
        self.modulo = 256
        self._last: tuple[int, float] | None = None

    def take(
        self, counters: NDArray[np.float64], timestamps: NDArray[np.float64], final: bool = False
    ) -> tuple[int, int]:
        """Return (n, lost): the first n of these rows follow each other, and `lost` rows went missing before them.

        Offer the others again, with what has come since. n is 0 when more rows are needed to tell.

        Parameters
        ----------
        counters
            Shape (n_rows,), the packet counter of each row.
        timestamps
            Shape (n_rows,), s, on any one clock.
        final
            Judge by what there is.
        """
        counts = np.nan_to_num(counters).astype(np.int64)
        if not len(counts) or (self.step is None and len(counts) < LEARNING_ROWS and not final):
            return 0, 0
        while counts.max() >= self.modulo:
            self.modulo = self.modulo**2
        if self.step is None:
            self.step = self._learned(counts)
        if self._last is None:
            self._last = int(counts[0]) - self.step, timestamps[0] - 1 / self.rate_hz
        steps = np.diff(counts, prepend=self._last[0]) % self.modulo
        late = np.diff(timestamps, prepend=self._last[1]) * self.rate_hz - 1
        doubtful = self.modulo / self.step / 2 if self.step else max(4.0, BELIEVED_S * self.rate_hz)
        breaks = np.flatnonzero((late > doubtful) | ((steps != self.step) & (self.step > 0)))
        lost = 0
        if len(breaks) and breaks[0] == 0:
            verdict = self._judged(int(steps[0]), timestamps - self._last[1], bool(late[0] > doubtful), final)
            if verdict is None:
                return 0, 0
            lost, breaks = verdict, breaks[1:]
        n = int(breaks[0]) if len(breaks) else len(counts)
        self._last = int(counts[n - 1]), float(timestamps[n - 1])
        return n, lost

    def _learned(self, counts: NDArray[np.int64]) -> int:
        """Return by how much the counter grows a row; 0 when it cannot be relied upon."""
        steps = np.diff(counts) % self.modulo
        if not len(steps):
            return 0
        values, n_times = np.unique(steps, return_counts=True)
        usual = int(values[n_times.argmax()])
        return usual if 1 <= usual <= 16 and n_times.max() >= 0.8 * len(steps) else 0

    def _judged(self, step: int, ages: NDArray[np.float64], doubtful: bool, final: bool) -> int | None:
        """Return how many rows are missing before the first of these; None when later rows must tell.

        Parameters
        ----------
        step
            From the last row's counter to the first one's.
        ages
            Shape (n_rows,), s since the last row.
        doubtful
            Whether the counter may have gone round in between.
        final
            Judge by what there is.
        """
        counted, cycle = 0, 1
        if self.step:
            counted, cycle = max(0, -(-step // self.step) - 1), max(1, self.modulo // self.step)
            if step == 0:
                counted = cycle - 1
            if not doubtful and counted <= max(2.0, BELIEVED_S * self.rate_hz):
                return counted
        if ages[-1] - ages[0] < SETTLING_S and not final:
            return None
        seen = ages[ages <= ages[0] + SETTLING_S] * self.rate_hz
        late = max(0.0, float((seen - np.arange(1, len(seen) + 1)).min()))
        if not self.step:
            return round(late) if late > max(4.0, BELIEVED_S * self.rate_hz) else 0
        if late < counted / 2:
            # Nothing is missing by the clock: the counter wrapped or began again.
            return 0
        return counted + cycle * max(0, round((late - counted) / cycle))
