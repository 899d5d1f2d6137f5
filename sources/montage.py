"""Which electrode is subtracted from which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .info import MAX_NAME, Grid, StreamInfo
from .language import tr

Montage = Literal["none", "common average", "bipolar", "double differential"]
Along = Literal["columns", "rows"]
MONTAGES: tuple[Montage, ...] = ("none", "common average", "bipolar", "double differential")
ALONGS: tuple[Along, ...] = ("columns", "rows")
ELECTRODES = {"bipolar": 2, "double differential": 3}
"""How many electrodes make one channel."""


@dataclass(frozen=True)
class Arranged:
    """A montage worked out for one stream.

    Parameters
    ----------
    info
        What is shown.
    kind
        Place in `MONTAGES`, which is also what the kernel calls it.
    terms
        Shape (n_shown, 3), int64: the channels of each difference; for an average the group that is subtracted
        from each channel, -1 for none.
    members, edges
        int64: channels of group g are ``members[edges[g]:edges[g + 1]]``.
    """

    info: StreamInfo
    kind: int
    terms: NDArray[np.int64]
    members: NDArray[np.int64]
    edges: NDArray[np.int64]


def arranged(info: StreamInfo, montage: Montage, along: Along = "columns", bad: Iterable[int] = ()) -> Arranged:
    """Work a montage out.

    Averages are taken over channels of the same type, without the bad ones; a type with fewer than two good channels
    is left as it is. A bipolar channel is an electrode minus the next one along the grid's columns or rows, or in the
    stream's order where it has no grid; a double differential one is the difference of two such neighbours.

    Parameters
    ----------
    info
        The stream.
    montage, along
        What to subtract, and in which direction of the grid.
    bad
        Numbers of the channels to leave out of averages.

    Raises
    ------
    ValueError
        When the stream cannot do it; `why_not` says why beforehand.
    """
    n, kind = info.n_channels, MONTAGES.index(montage)
    if why_not(info, montage, along):
        raise ValueError(why_not(info, montage, along))
    if montage in ELECTRODES:
        chains = chains_of(info, ELECTRODES[montage], along)
        terms = np.zeros((len(chains), 3), dtype=np.int64)
        terms[:, : ELECTRODES[montage]] = chains
        return Arranged(_differences(info, chains), kind, terms, *_groups([]))
    groups: list[list[int]] = []
    terms = np.full((n, 3), -1, dtype=np.int64)
    if montage == "common average":
        left_out = frozenset(bad)
        for kind_of in dict.fromkeys(info.types):
            same = [i for i, other in enumerate(info.types) if other == kind_of]
            good = [i for i in same if i not in left_out]
            if len(good) > 1:
                terms[same] = len(groups)
                groups.append(good)
    return Arranged(info, kind, terms, *_groups(groups))


def why_not(info: StreamInfo, montage: Montage, along: Along = "columns") -> str:
    """Return why a montage cannot be made of a stream; empty when it can."""
    if montage == "none":
        return ""
    if len(info.sample_shape) > 1:
        return tr("The samples of this stream are frames: there is nothing to subtract from one another.")
    needed = ELECTRODES.get(montage, 2)
    if info.n_channels < needed:
        return tr("This needs {n} channels at least; the stream has {m}.").format(n=needed, m=info.n_channels)
    if montage in ELECTRODES and not chains_of(info, needed, along):
        if info.grid is None:
            return tr("No {n} neighbouring channels of this stream are of the same type.").format(n=needed)
        if along == "columns":
            return tr("No {n} electrodes follow each other along a column of the grid.").format(n=needed)
        return tr("No {n} electrodes follow each other along a row of the grid.").format(n=needed)
    return ""


def chains_of(info: StreamInfo, length: int, along: Along) -> list[tuple[int, ...]]:
    """Return every `length` channels that follow each other without a hole, in order of the first one."""
    types = info.types
    follow: Callable[[int], int | None]
    if info.grid is None:
        last = info.n_channels - 1

        def follow(i: int) -> int | None:
            return i + 1 if i < last else None

    else:
        cells = info.grid.cells
        # Channels below 0 are on no electrode.
        at = {cell: i for i, cell in enumerate(cells) if min(cell) >= 0}
        down, right = (1, 0) if along == "columns" else (0, 1)

        def follow(i: int) -> int | None:
            return at.get((cells[i][0] + down, cells[i][1] + right)) if min(cells[i]) >= 0 else None

    chains = []
    for i in range(info.n_channels):
        chain = [i]
        while len(chain) < length:
            after = follow(chain[-1])
            if after is None or types[after] != types[i]:
                break
            chain.append(after)
        if len(chain) == length:
            chains.append(tuple(chain))
    return chains


def _differences(info: StreamInfo, chains: list[tuple[int, ...]]) -> StreamInfo:
    labels = info.labels
    patterns = {2: "{}−{}", 3: "{}−2{}+{}"}
    names = tuple(patterns[len(chain)].format(*(labels[i] for i in chain))[:MAX_NAME] for chain in chains)
    # A difference stands where its first electrode is: a grid one or two cells shorter, of the same distance.
    grid = info.grid and Grid(tuple(info.grid.cells[chain[0]] for chain in chains), info.grid.distance_mm)
    types = info.channel_types and tuple(info.channel_types[chain[0]] for chain in chains)
    return replace(
        info, channel_names=names, sample_shape=(len(chains),), scale=1.0, dtype="float32", grid=grid,
        channel_types=types,
    )  # fmt: skip


def _groups(groups: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    members = np.array([i for group in groups for i in group], dtype=np.int64)
    edges = np.cumsum([0, *(len(group) for group in groups)]).astype(np.int64)
    return members, edges
