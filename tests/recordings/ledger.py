"""The books of a recording: what a source says it made, against what lies in the session's folder.

Nothing of the recorder is believed here, nor of the program that opens sessions: the arrays are read with zarr, the
gaps as the JSON lines they are. The source counts its samples in its last channel, as the synthetic one does with
``counter_channel``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import zarr

WRAPS_AT = {"float32": 2**24, "int16": 2**15}


@dataclass(frozen=True)
class Ledger:
    """What became of every sample that a source made.

    Parameters
    ----------
    first, reached
        Number of the first sample that the recording owes, and of the one after the last.
    recorded
        Rows.
    named
        Samples that gaps name as lost.
    duplicates
        Rows whose sample was recorded before.
    invented
        Rows that no sample of the source can be: not of its numbers, or not in its order.
    unnamed
        Samples that are missing where no gap says so.
    overnamed
        Samples that gaps name as lost where fewer are missing.
    out_of_time
        Rows whose timestamp is not that of their number on the device's clock.
    newest
        Number of the last row; -1 when there is none.
    """

    first: int
    reached: int
    recorded: int
    named: int
    duplicates: int
    invented: int
    unnamed: int
    overnamed: int
    out_of_time: int
    newest: int

    @property
    def delivered(self) -> int:
        """Samples that are owed."""
        return self.reached - self.first

    @property
    def faults(self) -> dict[str, int]:
        """Everything that is not as promised; empty when all is."""
        found = {
            "recorded + gaps - delivered": self.recorded + self.named - self.delivered,
            "duplicates": self.duplicates,
            "invented": self.invented,
            "unnamed": self.unnamed,
            "overnamed": self.overnamed,
            "out of time": self.out_of_time,
        }
        return {what: n for what, n in found.items() if n}


def read_ledger(
    session: Path,
    reached: int | None = None,
    *,
    first: int | None = None,
    stream: str = "emg",
    group: str = "",
    on_grid: bool = True,
) -> Ledger:
    """Return the books of one stream, over all the groups that it became.

    Parameters
    ----------
    session
        Its folder, closed or recovered.
    reached
        How many samples the source says it has made; None when it was cut off with the recording, which then owes
        what it holds and what its gaps name.
    first
        Number of the first sample that the recording owes; that of its first row by default.
    stream
        Name of the stream.
    group
        Only this group of it: another device's, which counts anew.
    on_grid
        The device stamps by a steady clock, so that a row's number tells its time.
    """
    root = zarr.open_group(session, mode="r", use_consolidated=False)
    named = [name for name in root.attrs["streams"] if root[name].attrs["stream"] == stream and group in ("", name)]
    counters, times, gaps, beyond = [], [], {}, 0
    for name in named:
        before = sum(map(len, counters))
        counters.append(_counter(root[f"{name}/samples"][:]))
        times.append(root[f"{name}/timestamps"][:])
        rate_hz = float(root[name].attrs["info"]["fs"])
        for row, n_lost in _placed(session, name):
            # A gap after rows that are not there: those rows are missing, and nothing says so.
            beyond = max(beyond, row - len(counters[-1]))
            place = before + min(row, len(counters[-1]))
            gaps[place] = gaps.get(place, 0) + n_lost
    books = _audit(np.concatenate(counters), np.concatenate(times), gaps, rate_hz, (first, reached), on_grid)
    return replace(books, unnamed=books.unnamed + beyond)


def _counter(samples: np.ndarray) -> np.ndarray:
    """Return the numbers in the last channel, unwrapped; (n_samples,) int64, -1 where a value is no number."""
    values = samples.reshape(len(samples), math.prod(samples.shape[1:]))[:, -1]
    wrap = WRAPS_AT[samples.dtype.name]
    plausible = (values >= 0) & (values < wrap) & (values == np.floor(values))
    numbers = np.where(plausible, values, -1).astype(np.int64)
    steps = np.diff(numbers, prepend=numbers[:1])
    # A step of nearly the whole range is a step over its end.
    turns = np.cumsum((steps < -wrap // 2).astype(np.int64) - (steps > wrap // 2))
    return np.where(numbers < 0, -1, numbers + wrap * turns)


def _placed(session: Path, group: str) -> list[tuple[int, int]]:
    """Return for each gap of a group the row that follows it, and how many samples it names."""
    lines = (session / "gaps.jsonl").read_text(encoding="utf-8").splitlines()
    gaps = sorted((gap for gap in map(json.loads, lines) if gap["stream"] == group), key=lambda gap: gap["sample"])
    placed, lost = [], 0
    for gap in gaps:
        placed.append((gap["sample"] - lost, gap["n_lost"]))
        lost += gap["n_lost"]
    return placed


def _audit(
    numbers: np.ndarray,
    times: np.ndarray,
    gaps: dict[int, int],
    rate_hz: float,
    owed: tuple[int | None, int | None],
    on_grid: bool,
) -> Ledger:
    n = len(numbers)
    known = numbers[numbers >= 0]
    first = owed[0] if owed[0] is not None else int(known[0]) if n else 0
    newest = int(numbers[-1]) if n else first - 1
    reached = owed[1] if owed[1] is not None else newest + 1 + gaps.get(n, 0)
    edges = np.concatenate([[first - 1], numbers, [reached]])
    missing = np.diff(edges) - 1
    named = np.zeros(n + 1, dtype=np.int64)
    for row, n_lost in gaps.items():
        named[row] += n_lost
    out_of_time = 0
    if on_grid and n:
        expected = times[0] + (numbers - numbers[0]) / rate_hz
        out_of_time = int(np.count_nonzero(~(np.abs(times - expected) < 0.01 / rate_hz)))
    return Ledger(
        first=first,
        reached=reached,
        recorded=n,
        named=int(named.sum()),
        duplicates=n - len(np.unique(numbers)),
        invented=int(np.count_nonzero((numbers < first) | (numbers >= reached)))
        + int(np.count_nonzero(np.diff(numbers) < 0)),
        unnamed=int(np.maximum(missing - named, 0).sum()),
        overnamed=int(np.maximum(named - np.maximum(missing, 0), 0).sum()),
        out_of_time=out_of_time,
        newest=newest,
    )
