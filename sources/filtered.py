"""A ring carried through a view filter: every sample filtered once, however many views look."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .filter_chain import FilterChain
from .info import StreamInfo
from .ring import RingBuffer, RingGap
from .view_filter import ViewFilter

AT_ONCE = 50_000_000
"""So much is filtered in one go, in second-order sections: about 20 ms."""
SLICE = 10_000_000
"""So much of the past is filtered with each update, likewise: about 4 ms."""


class Filtered:
    """A filtered copy of a ring, its rows numbered as the ring's. One thread updates and reads it.

    It starts with what the ring holds of the past, so that one can scroll back through filtered samples, and starts
    anew after every gap and break: nothing of one side rings into the other.

    Parameters
    ----------
    source
        The ring with the samples as they came; another thread may write it.
    info
        What they are.
    chosen
        What to do with them.
    bad
        Numbers of the channels to leave out of averages.
    first
        The row to start with; the oldest that is held by default.

    Raises
    ------
    SourceError
        When the filter cannot be used on this stream.
    """

    def __init__(
        self,
        source: RingBuffer,
        info: StreamInfo,
        chosen: ViewFilter,
        bad: Iterable[int] = (),
        first: int | None = None,
    ) -> None:
        self.source = source
        self._chain = FilterChain(info, chosen, bad)
        self.info = self._chain.info
        """What is shown: a montage makes other channels."""
        self._n_warm = min(self._chain.n_warm, source.capacity)
        oldest = source.view(None).first
        self._begin(oldest if first is None else max(oldest, min(first, source.n_total)))

    def _begin(self, row: int) -> None:
        n = self.info.n_channels
        self.ring = RingBuffer(n, self.source.capacity, max(64, self.source.capacity // 32), row)
        """The filtered samples. Another object after the writer was a whole buffer ahead."""
        self.first = row
        """Number of the first row that was filtered."""
        self._out = np.empty((max(64, 65536 // n), n), dtype=np.float32)
        # The row that the chain has to be started at before it is filtered.
        self._restart_at = row

    @property
    def behind(self) -> int:
        """Rows that the ring has and this has not."""
        return self.source.n_total - self.ring.n_total

    @property
    def cost(self) -> int:
        """About how much one row costs, in second-order sections: 0.4 ns each."""
        return self._chain.cost

    def update(self, end: int | None = None, *, at_most: int | None = None, whole: bool = False) -> int:
        """Filter what has come since; return how many rows that were.

        A piece of less than 20 ms after a gap waits until there is enough of it to start from.

        Parameters
        ----------
        end
            Number of the row to stop before; the newest by default.
        at_most
            So many rows at once.
        whole
            Nothing more will come: begin even the shortest piece.
        """
        source, done = self.source, 0
        total = source.n_total
        # In this order: a gap is noted before its rows are there, so none before `total` is missed.
        gaps = source.gaps
        if self.ring.gaps is not gaps:
            self.ring.gaps, self.ring.n_lost = gaps, gaps[-1].total_lost if gaps else 0
        end = total if end is None else min(end, total)
        if source.view(0, end=self.ring.n_total).first > self.ring.n_total:
            self._overtaken()
        breaks = _from(gaps, self.ring.n_total)
        most = end if at_most is None else at_most
        while self.ring.n_total < end and done < most:
            row = self.ring.n_total
            following = min((at for at in breaks if at > row), default=total)
            if row == self._restart_at or row in breaks:
                known = min(following, row + self._n_warm)
                if known == total < row + self._n_warm and not whole:
                    break
                self._chain.restart(source.view(known - row, end=known).data)
            stop = min(end, following, row + len(self._out), row + most - done)
            piece = source.view(stop - row, end=stop)
            out = self._out[: len(piece.data)]
            self._chain.run(piece.data, out)
            if piece.first != row or not source.holds(row):
                # Overwritten while it was read: what came out of it is worth nothing.
                self._overtaken()
                continue
            self._restart_at = -1
            self.ring.extend(out, piece.timestamps)
            done += len(out)
        return done

    def _overtaken(self) -> None:
        """Begin anew with what the ring still holds."""
        gaps, n_lost = self.ring.gaps, self.ring.n_lost
        self._begin(self.source.view(None).first)
        self.ring.gaps, self.ring.n_lost = gaps, n_lost


class FilteredAtOnce:
    """A filtered copy whose newest part is there at once, and the rest of a long past soon. One thread.

    Filtering a minute of many channels takes longer than a frame may. Then the newest rows are filtered first, and
    beside them the whole past, a slice with each update, until it takes their place.

    Parameters
    ----------
    source, info, chosen, bad
        As `Filtered` takes them.
    first
        The first row that is wanted at once.
    """

    def __init__(
        self, source: RingBuffer, info: StreamInfo, chosen: ViewFilter, bad: Iterable[int], first: int
    ) -> None:
        self._shown = Filtered(source, info, chosen, bad)
        self._whole: Filtered | None = None
        if self._shown.behind * self._shown.cost > AT_ONCE:
            self._whole = self._shown
            self._shown = Filtered(source, info, chosen, bad, first)

    @property
    def ring(self) -> RingBuffer:
        """The filtered samples; another object once the whole past is there."""
        return self._shown.ring

    @property
    def info(self) -> StreamInfo:
        """What is shown."""
        return self._shown.info

    @property
    def is_whole(self) -> bool:
        """Whether all of the past is there."""
        return self._whole is None

    def update(self, end: int | None = None, *, whole: bool = False) -> None:
        """Filter what has come since, and a slice of the past; the parameters are those of `Filtered.update`."""
        self._shown.update(end, whole=whole)
        if self._whole is not None:
            self._whole.update(end, at_most=max(1, SLICE // self._whole.cost), whole=whole)
            if self._whole.ring.n_total >= self._shown.ring.n_total:
                self._shown, self._whole = self._whole, None


def _from(gaps: tuple[RingGap, ...], row: int) -> list[int]:
    """Return the rows of those gaps that are at `row` or later."""
    found = []
    for gap in reversed(gaps):
        if gap.row < row:
            break
        found.append(gap.row)
    return found
