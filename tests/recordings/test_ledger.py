"""The checker finds every kind of wrong entry; else what it says of faults would mean nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
import zarr

from .ledger import read_ledger
from .rehearsal import Clock, Rehearsal, device


@pytest.fixture(scope="module")
def balanced(tmp_path_factory):
    """A session with gaps, and what its source made."""
    clock = Clock()
    source = device(clock, drop_every_s=0.5, drop_samples=7)
    with Rehearsal(tmp_path_factory.mktemp("ledger") / "take.myo", source, clock) as take:
        take.run(1.8)
    return take.path, source.n_made


def test_the_books_of_a_good_recording_balance(balanced):
    path, reached = balanced
    books = read_ledger(path, reached, first=0)
    assert books.faults == {}
    assert books.delivered == reached == books.recorded + books.named
    assert books.named == 21
    assert books.recorded > 3000


def test_a_counter_that_wraps_goes_on(tmp_path):
    clock = Clock()
    source = device(clock, dtype="int16", rate_hz=20_000.0)
    with Rehearsal(tmp_path / "take.myo", source, clock) as take:
        take.run(4.0)
    assert source.n_made > 2 * 2**15
    assert read_ledger(take.path, source.n_made, first=0).faults == {}


def _cooked(tmp_path, session, act):
    """Return a copy of a session whose arrays went through `act`; its gaps are as they were."""
    old = zarr.open_group(session, mode="r", use_consolidated=False)
    samples, times = old["emg/samples"][:], old["emg/timestamps"][:]
    lines = (session / "gaps.jsonl").read_text(encoding="utf-8").splitlines()
    samples, times, lines = act(samples, times, lines)
    new = zarr.open_group(tmp_path / "cooked.myo", mode="w", attributes=dict(old.attrs))
    group = new.create_group("emg", attributes=dict(old["emg"].attrs))
    group.create_array("samples", data=samples)
    group.create_array("timestamps", data=times)
    (tmp_path / "cooked.myo" / "gaps.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "cooked.myo"


def _zero_row(samples, times, lines):
    samples[500] = 0
    return samples, times, lines


def _row_twice(samples, times, lines):
    return np.insert(samples, 500, samples[499], axis=0), np.insert(times, 500, times[499]), lines


def _row_away(samples, times, lines):
    return np.delete(samples, 500, axis=0), np.delete(times, 500), lines


def _rows_swapped(samples, times, lines):
    samples[[500, 501]] = samples[[501, 500]]
    return samples, times, lines


def _gap_away(samples, times, lines):
    return samples, times, lines[1:]


def _gap_longer(samples, times, lines):
    gap = json.loads(lines[0])
    return samples, times, [json.dumps(gap | {"n_lost": gap["n_lost"] + 1}), *lines[1:]]


def _tail_away(samples, times, lines):
    return samples[:-50], times[:-50], lines


def _zeros_after(samples, times, lines):
    return np.concatenate([samples, 0 * samples[:64]]), np.concatenate([times, np.zeros(64)]), lines


def _time_wrong(samples, times, lines):
    times[700] += 1e-3
    return samples, times, lines


@pytest.mark.parametrize(
    ("act", "faults"),
    [
        (_zero_row, {"duplicates", "invented", "unnamed", "out of time"}),
        (_row_twice, {"recorded + gaps - delivered", "duplicates"}),
        (_row_away, {"recorded + gaps - delivered", "unnamed"}),
        (_rows_swapped, {"invented", "unnamed", "out of time"}),
        (_gap_away, {"recorded + gaps - delivered", "unnamed"}),
        (_gap_longer, {"recorded + gaps - delivered", "overnamed"}),
        (_tail_away, {"recorded + gaps - delivered", "unnamed"}),
        (_zeros_after, {"recorded + gaps - delivered", "duplicates", "invented", "out of time"}),
        (_time_wrong, {"out of time"}),
    ],
)
def test_every_kind_of_wrong_entry_is_found(tmp_path, balanced, act, faults):
    path, reached = balanced
    found = read_ledger(_cooked(tmp_path, path, act), reached, first=0).faults
    assert set(found) >= faults, found
