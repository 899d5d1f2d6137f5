"""How long to measure: a figure needs enough repetitions to be worth printing, and nobody waits for ever."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """What the command line asked for.

    Parameters
    ----------
    quick
        A minute in all: for seeing that everything runs, not for quoting.
    long
        Ten minutes for the memory, as the promise reads.
    """

    quick: bool = False
    long: bool = False

    def rounds(self, usual: int) -> int:
        """Return how many rounds to measure; an odd number, so that the median is one of them."""
        return (usual // 5 if self.quick else usual) | 1

    def seconds(self, usual: float, quick: float) -> float:
        """Return how long to run something live, s."""
        return quick if self.quick else usual
