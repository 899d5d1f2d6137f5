"""Measuring rivals in turns, so that whatever else the machine does disturbs all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

Turn = Callable[[], Sequence[float]]
"""Does some work and returns its costs, s; what each of them means is its own affair."""


@dataclass(frozen=True)
class Turns:
    """What a number of rounds gave.

    Parameters
    ----------
    costs
        Shape (n_rounds, n_rivals, n_costs), s.
    """

    costs: NDArray[np.float64]

    def median(self, rival: int, cost: int = 0) -> float:
        """Return the median over all rounds, s."""
        return float(np.median(self.costs[:, rival, cost]))

    def least(self, rival: int, cost: int = 0) -> float:
        """Return the least of all rounds, s: of processor time, to which the rest of the machine only ever adds."""
        return float(self.costs[:, rival, cost].min())

    def least_ratio(self, over: int, under: int, cost: int = 0) -> float:
        """Return how many times as much one rival costs as another, the least of each."""
        return self.least(over, cost) / self.least(under, cost)

    def ratio(self, over: int, under: int, cost: int = 0) -> float:
        """Return how many times as much one rival costs as another: the median of each round's own ratio."""
        return float(np.median(self.costs[:, over, cost] / self.costs[:, under, cost]))


def in_turns(n_rounds: int, *rivals: Turn) -> Turns:
    """Let each rival have a turn, over and over; the first round is a rehearsal and does not count."""
    for rival in rivals:
        rival()
    gc.collect()
    gc.disable()
    try:
        costs = [[rival() for rival in rivals] for _ in range(n_rounds)]
    finally:
        gc.enable()
    return Turns(np.asarray(costs, dtype=np.float64))


def timed(call: Callable[[], object], number: int = 1) -> float:
    """Return what one call takes, s, as the mean of `number` calls."""
    begun = perf_counter()
    for _ in range(number):
        call()
    return (perf_counter() - begun) / number
