"""Which markers are joined by a line."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Links = tuple[tuple[int, int], ...]
MOST_LINKS = 2000


def read_links(saved: object, n_markers: int, names: tuple[str, ...] = ()) -> Links | None:
    """Return links from a list of pairs of numbers (from 0) or names; None when it is no such list."""
    if not isinstance(saved, list | tuple) or len(saved) > MOST_LINKS:
        return None
    at: dict[Any, int] = {name: number for number, name in enumerate(names)}
    links: dict[tuple[int, int], None] = {}
    for pair in saved:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            return None
        ends = [at.get(end, -1) if isinstance(end, str) else end for end in pair]
        if not all(type(end) is int and 0 <= end < n_markers for end in ends) or ends[0] == ends[1]:
            continue
        links[min(ends), max(ends)] = None
    return tuple(links)


def toggled(links: Links, one: int, other: int) -> Links:
    """Return links with the one between two markers added, or taken away where it was."""
    link = (min(one, other), max(one, other))
    return tuple(kept for kept in links if kept != link) if link in links else (*links, link)


def proposed(path: NDArray[np.floating[Any]]) -> Links:
    """Return links that join all markers by short lines whose length changes little: a minimum spanning tree.

    Markers on one segment keep their distance, so distance and five times its standard deviation are what a link
    costs. Markers that are never seen, or never together with others, stay alone.

    Parameters
    ----------
    path
        Shape (n_frames, n_markers, 3), NaN where a marker was not seen.
    """
    n_markers = path.shape[1]
    cost = np.full((n_markers, n_markers), np.inf)
    for one in range(n_markers - 1):
        apart = np.sqrt(((path[:, one + 1 :] - path[:, one : one + 1]).astype(np.float64) ** 2).sum(axis=2))
        seen = np.isfinite(apart)
        n = seen.sum(axis=0)
        known = np.where(seen, apart, 0.0)
        mean = known.sum(axis=0) / np.maximum(n, 1)
        spread = np.sqrt((np.where(seen, apart - mean, 0.0) ** 2).sum(axis=0) / np.maximum(n, 1))
        row = np.where(n > 0, mean + 5 * spread, np.inf)
        cost[one, one + 1 :] = cost[one + 1 :, one] = row
    links: list[tuple[int, int]] = []
    left = set(range(n_markers))
    while left:
        # Prim's algorithm, begun anew for markers that cannot be reached from the others.
        first = min(left)
        left.discard(first)
        joined = [first]
        while left:
            others = sorted(left)
            block = cost[np.ix_(joined, others)]
            best = np.unravel_index(int(np.argmin(block)), block.shape)
            if not np.isfinite(block[best]):
                break
            one, other = joined[int(best[0])], others[int(best[1])]
            links.append((min(one, other), max(one, other)))
            joined.append(other)
            left.discard(other)
    return tuple(links)


def marker_names(labels: tuple[str, ...], n_markers: int) -> tuple[str, ...]:
    """Return a name for each marker: what the names of its three coordinates begin with, or its number from 1."""
    if len(labels) == 3 * n_markers:
        names = []
        for i in range(n_markers):
            x, y, z = labels[3 * i : 3 * i + 3]
            stem = x[:-1].rstrip(" _-.:")
            if not stem or x[:-1] != y[:-1] or y[:-1] != z[:-1]:
                break
            names.append(stem)
        if len(set(names)) == n_markers:
            return tuple(names)
    return tuple(str(i + 1) for i in range(n_markers))
