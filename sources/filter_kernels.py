"""Compiled inner loops of the view filters. Importing this module imports numba.

Samples are rows; each loop runs over neighbouring channels last, which the compiler turns into vector instructions.
Channels do not touch each other but in a montage, so vectors change no bit of the result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .kernels import kernel

NONE, AVERAGE, BIPOLAR, DOUBLE = range(4)
TINY = 1e-150
"""States below are taken for 0: subnormal numbers are slow, and float32 ends at 1e-45."""


@kernel
def all_finite(data: NDArray[np.float32]) -> bool:
    """Tell whether every value of `data`, shape (n_samples, n_channels), is a number."""
    for row in range(data.shape[0]):
        n_bad = 0
        for channel in range(data.shape[1]):
            value = data[row, channel]
            n_bad += value - value != 0
        if n_bad:
            return False
    return True


@kernel
def arrange(
    work: NDArray[np.float64],
    data: NDArray[np.float32],
    kind: int,
    terms: NDArray[np.int64],
    members: NDArray[np.int64],
    edges: NDArray[np.int64],
) -> None:
    """Subtract what a montage subtracts.

    Parameters
    ----------
    work
        Shape (n_samples, n_shown): the result.
    data
        Shape (n_samples, n_channels).
    kind
        One of ``NONE, AVERAGE, BIPOLAR, DOUBLE``.
    terms
        Shape (n_shown, 3): the channels of each difference; for an average the group that is subtracted, -1 for none.
    members, edges
        Channels of group g are ``members[edges[g]:edges[g + 1]]``. One that is no number is left out of the mean.
    """
    n_samples, n_shown = work.shape
    n_groups = edges.shape[0] - 1
    mean = np.zeros(n_groups + 1)
    for row in range(n_samples):
        if kind == NONE:
            for i in range(n_shown):
                work[row, i] = data[row, i]
        elif kind == AVERAGE:
            for group in range(n_groups):
                total, n = 0.0, 0
                for k in range(edges[group], edges[group + 1]):
                    value = np.float64(data[row, members[k]])
                    if value - value == 0:
                        total += value
                        n += 1
                mean[group] = total / n if n else 0.0
            for i in range(n_shown):
                # The last mean is always 0: group -1 is none.
                work[row, i] = data[row, i] - mean[terms[i, 0]]
        elif kind == BIPOLAR:
            for i in range(n_shown):
                work[row, i] = np.float64(data[row, terms[i, 0]]) - np.float64(data[row, terms[i, 1]])
        else:
            for i in range(n_shown):
                outer = np.float64(data[row, terms[i, 0]]) + np.float64(data[row, terms[i, 2]])
                work[row, i] = outer - 2 * np.float64(data[row, terms[i, 1]])


@kernel
def means(level: NDArray[np.float64], work: NDArray[np.float64]) -> None:
    """Write the mean of each channel's numbers into `level`, shape (n_shown,); NaN where there is none."""
    for i in range(work.shape[1]):
        total, n = 0.0, 0
        for row in range(work.shape[0]):
            value = work[row, i]
            if value - value == 0:
                total += value
                n += 1
        level[i] = total / n if n else np.nan


@kernel
def bridge(
    work: NDArray[np.float64],
    at: int,
    held: NDArray[np.float64],
    n_missing: NDArray[np.int64],
    asleep: NDArray[np.bool_],
    blank: NDArray[np.bool_],
    patience: int,
) -> int:
    """Put the last number in the place of what is none, from row `at` on; return the row where a channel wakes up.

    Parameters
    ----------
    work
        Shape (n_samples, n_shown), repaired up to the row returned: n_samples when no channel wakes.
    held, n_missing, asleep
        Shape (n_shown,): last number, how many have been missing since, whether it was too many to go on from it.
    blank
        Shape (n_samples, n_shown): where nothing may be shown.
    patience
        After so many missing a channel falls asleep, and starts anew with its next number.
    """
    n_samples = len(work)
    for row in range(at, n_samples):
        for i in range(work.shape[1]):
            value = work[row, i]
            if asleep[i] and value - value == 0:
                return row
        for i in range(work.shape[1]):
            value = work[row, i]
            if value - value == 0:
                held[i] = value
                n_missing[i] = 0
                blank[row, i] = False
            else:
                work[row, i] = held[i]
                n_missing[i] += 1
                asleep[i] = asleep[i] or n_missing[i] >= patience
                blank[row, i] = True
    return n_samples


@kernel
def cascade(
    work: NDArray[np.float64], sections: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> None:
    """Run second-order sections over `work` in place: transposed direct form II, as `scipy.signal.sosfilt` does.

    Parameters
    ----------
    work
        Shape (n_samples, n_shown).
    sections
        Shape (n_sections, 6): b0, b1, b2, 1, a1, a2.
    first, second
        Shape (n_sections, n_shown): the two delays of each section.
    """
    n_samples, n_shown = work.shape
    for row in range(n_samples):
        for s in range(sections.shape[0]):
            b0, b1, b2 = sections[s, 0], sections[s, 1], sections[s, 2]
            a1, a2 = sections[s, 4], sections[s, 5]
            for i in range(n_shown):
                x = work[row, i]
                y = b0 * x + first[s, i]
                first[s, i] = b1 * x - a1 * y + second[s, i]
                second[s, i] = b2 * x - a2 * y
                work[row, i] = y
    for s in range(sections.shape[0]):
        for i in range(n_shown):
            first[s, i] = 0.0 if abs(first[s, i]) < TINY else first[s, i]
            second[s, i] = 0.0 if abs(second[s, i]) < TINY else second[s, i]


@kernel
def finish(
    out: NDArray[np.float32],
    work: NDArray[np.float64],
    rectify: bool,
    past: NDArray[np.float64],
    running: NDArray[np.float64],
    at: NDArray[np.int64],
) -> None:
    """Rectify, take the sliding root mean square, and round to float32.

    The sum over the last n squares is that of the block being filled plus what is left of the block before, summed
    from its end: nothing is ever subtracted, so the sum is never negative and one huge value is soon forgotten.

    Parameters
    ----------
    out, work
        Shape (n_samples, n_shown).
    rectify
        Show absolute values.
    past
        Shape (n + 1, n_shown): up to ``at[0]`` squares of this block, from there on sums to the end of the block
        before; the last row is 0. No rows for no mean square.
    running
        Shape (n_shown,): sum of the squares of this block.
    at
        Shape (2,): samples in this block, and samples since the start, counted up to n.
    """
    n_shown, n = work.shape[1], past.shape[0] - 1
    for row in range(work.shape[0]):
        if n < 1:
            if rectify:
                for i in range(n_shown):
                    out[row, i] = abs(work[row, i])
            else:
                for i in range(n_shown):
                    out[row, i] = work[row, i]
            continue
        k = at[0]
        at[1] = min(n, at[1] + 1)
        for i in range(n_shown):
            square = work[row, i] * work[row, i]
            running[i] += square
            out[row, i] = np.sqrt((running[i] + past[k + 1, i]) / at[1])
            past[k, i] = square
        at[0] = k + 1
        if k + 1 == n:
            for j in range(n - 1, -1, -1):
                for i in range(n_shown):
                    past[j, i] += past[j + 1, i]
            running[:] = 0.0
            at[0] = 0


def warm() -> None:
    """Compile, or load from the cache, the very signatures that a frame calls."""
    data, work = np.zeros((2, 3), dtype=np.float32), np.zeros((2, 3))
    level, numbers, flags = np.zeros(3), np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.bool_)
    all_finite(data)
    arrange(work, data, NONE, np.zeros((3, 3), dtype=np.int64), numbers, np.zeros(1, dtype=np.int64))
    means(level, work)
    bridge(work, 0, level, numbers, flags, np.zeros((2, 3), dtype=np.bool_), 2)
    cascade(work, np.zeros((1, 6)), np.zeros((1, 3)), np.zeros((1, 3)))
    finish(data, work, False, np.zeros((0, 3)), level, np.zeros(2, dtype=np.int64))
