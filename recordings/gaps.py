"""What is not there, named: samples that were delivered, or should have been, and are not in the arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter, itemgetter
from sys import intern
from typing import Any, NamedTuple

from .errors import SessionError
from .layout import MAX_JSON_BYTES

DEVICE = "device"
RECONNECTED = "reconnected"
QUEUE_FULL = "queue full"
DISK_FULL = "disk full"
WRITE_ERROR = "write error"
NOT_OURS = "unfit block"
INTERRUPTED = "interrupted"
UNNAMED = "cause unknown"
NOT_RECORDED = "not recorded"
"""Between sessions that were joined: nothing was delivered there, so nothing is lost."""


class Gap(NamedTuple):
    """Samples that are not in a stream's arrays.

    Parameters
    ----------
    stream
        The group they would be in.
    t_first, t_last
        Timestamps of the last sample before and of the first one after, s, LSL clock; equal where one is unknown.
    sample
        Number of the first missing one, counting all that were delivered to the group, from 0.
    n_lost
        How many are missing; 0 where nothing is known to be.
    cause
        ``"device"``, ``"reconnected"``, ``"queue full"``, ``"disk full"``, ``"write error"``, ``"unfit block"``,
        ``"interrupted"``, ``"not recorded"`` or ``"cause unknown"``.
    """

    stream: str
    t_first: float
    t_last: float
    sample: int
    n_lost: int
    cause: str

    def to_json(self) -> dict[str, Any]:
        """Return what one line of ``gaps.jsonl`` holds."""
        values = self._asdict()
        for key in ("t_first", "t_last"):
            values[key] = values[key] if math.isfinite(values[key]) else None
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Gap:
        """Read what `to_json` wrote.

        Raises
        ------
        SessionError
            When a field is missing or of the wrong kind.
        """
        try:
            stream, t_first, t_last, sample, n_lost, cause = _FIELDS(values)
            gap = cls(
                # The same few names in many lines: once in memory.
                intern(str(stream)),
                math.nan if t_first is None else float(t_first),
                math.nan if t_last is None else float(t_last),
                int(sample),
                int(n_lost),
                intern(str(cause)),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise SessionError(f"A gap cannot be read ({error!r}). Is gaps.jsonl damaged?") from None
        if not 0 <= gap.sample <= 2**63 or not 0 <= gap.n_lost <= 2**63 or len(gap.cause) > MAX_JSON_BYTES:
            raise SessionError(f"A gap of {gap.n_lost} samples at {gap.sample} cannot be. Is gaps.jsonl damaged?")
        return gap


_FIELDS = itemgetter(*Gap._fields)
_SAMPLE = attrgetter("sample")


def placed(gaps: Iterable[Gap], n_rows: int) -> Iterator[tuple[int, Gap]]:
    """Yield for each gap of one group the row that follows it, in order; `n_rows` where none does."""
    lost, row = 0, 0
    for gap in sorted(gaps, key=_SAMPLE):
        at = gap.sample - lost
        # Not with min and max: there may be hundreds of thousands.
        if at > row:
            row = at if at < n_rows else n_rows
        yield row, gap
        lost += gap.n_lost


def rows_of(gaps: Iterable[Gap], n_rows: int) -> list[tuple[int, Gap]]:
    """Return all that `placed` yields."""
    return list(placed(gaps, n_rows))
