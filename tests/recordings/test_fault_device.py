"""Devices that go, come back changed, or stamp their samples badly; a time of day that jumps. All in simulated time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from myoscope.recordings import check_session, open_session
from myoscope.sources import Block

from .ledger import read_ledger
from .rehearsal import RATE_HZ, Clock, Rehearsal, device


@pytest.fixture
def rehearse():
    """Begin recordings that have ended after the test, also after one that failed."""
    made = []

    def begin(*args, **kwargs):
        made.append(Rehearsal(*args, **kwargs))
        return made[-1]

    yield begin
    for take in made:
        take.close()


def gaps_of(session):
    return [json.loads(line) for line in (session / "gaps.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_device_that_is_lost_and_comes_back_leaves_a_named_gap(rehearse, tmp_path):
    take = rehearse(tmp_path / "take.myo")
    take.run(1.0)
    take.source.disconnect_device()
    take.step()
    health = take.stream.health
    assert (health.state, health.message) == ("lost", "The synthetic device was unplugged. Plug it back in.")
    take.run(1.5)
    take.source.plug_back()
    take.run(3.0)
    assert take.stream.health.state == "live"
    take.source.drop(9)
    take.run(0.5)
    take.close()
    books = read_ledger(take.path, take.source.n_made, first=0)
    assert books.faults == {}
    assert books.named > 1.5 * RATE_HZ
    assert [gap["cause"] for gap in gaps_of(take.path)] == ["reconnected", "device"]


@pytest.mark.parametrize("changed", [{"rate_hz": 1000.0}, {"n_channels": 6}, {"rate_hz": 500.0, "n_channels": 2}])
def test_a_device_that_comes_back_changed_goes_on_in_a_group_of_its_own(rehearse, tmp_path, changed):
    take = rehearse(tmp_path / "take.myo")
    take.run(1.0)
    first = take.source
    first.disconnect_device()
    take.run(0.7)
    second = device(take.clock, **changed)
    take.stream.reconnect(second)
    take.run(1.0)
    take.close()
    assert read_ledger(take.path, first.n_made, first=0, group="emg").faults == {}
    gap = next(gap for gap in gaps_of(take.path) if gap["stream"] == "emg~2")
    # How long it was away is known; how many samples that were is not, since it is another device now.
    assert (gap["cause"], gap["sample"], gap["n_lost"]) == ("reconnected", 0, 0)
    assert 0.7 <= gap["t_last"] - gap["t_first"] < 0.8
    books = read_ledger(take.path, second.n_made, first=0, group="emg~2")
    assert books.faults == {}
    assert books.recorded > 0.9 * second.rate_hz
    with open_session(take.path) as session:
        assert [s.info.fs for s in session.streams.values()] == [RATE_HZ, second.rate_hz]
        assert [s.info.n_channels for s in session.streams.values()] == [4, second.n_channels]
    assert check_session(take.path)["ok"]


class BadStamps:
    """A device whose timestamps went through something."""

    def __init__(self, clock, act):
        self.inner, self._act = device(clock), act
        self.given = []

    n_made = property(lambda self: self.inner.n_made)

    def connect(self):
        return self.inner.connect()

    def read(self):
        block = self.inner.read()
        if block is None:
            return None
        stamps = self._act(len(self.given), block.timestamps.copy())
        self.given.append(stamps)
        return Block(block.data, stamps, block.lost)

    def disconnect(self):
        self.inner.disconnect()


def repeat(_, stamps):
    stamps[1::2] = stamps[: len(stamps) // 2 * 2 : 2]
    return stamps


def swap(number, stamps):
    return stamps[::-1].copy() if number % 7 == 3 else stamps


def hours_off(number, stamps):
    return stamps - 3600.0 if number == 20 else stamps


@pytest.mark.parametrize(
    ("act", "n_back", "n_repeated"), [(repeat, False, True), (swap, True, False), (hours_off, True, False)]
)
def test_repeated_or_swapped_timestamps_are_kept_as_they_came(rehearse, tmp_path, act, n_back, n_repeated):
    clock = Clock()
    source = BadStamps(clock, act)
    take = rehearse(tmp_path / "take.myo", source, clock)
    take.run(2.0)
    health = take.stream.health
    take.close()
    assert (health.n_back > 0, health.n_repeated > 0) == (n_back, n_repeated)
    books = read_ledger(take.path, source.n_made, first=0, on_grid=False)
    assert (books.faults, books.named) == ({}, 0)
    with open_session(take.path) as session:
        stamps = session.streams["emg"].read()[1]
    given = np.concatenate(source.given)
    assert stamps.tobytes() == given.tobytes()
    steps = np.diff(given)
    assert (health.n_back, health.n_repeated) == (int((steps < 0).sum()), int((steps == 0).sum()))
    if n_back:
        problems = check_session(take.path)["problems"]
        assert any("back" in problem for problem in problems), problems


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
def test_a_time_of_day_that_jumps_moves_no_sample(rehearse, tmp_path, step_s):
    clock = Clock()
    day = datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC)
    set_by = [0.0]
    take = rehearse(
        tmp_path / "take.myo",
        device(clock),
        clock,
        utc=lambda: day + timedelta(seconds=clock() - 1000.0 + set_by[0]),
    )
    take.run(11.0)
    set_by[0] = step_s
    take.run(11.0)
    take.close()
    assert take.error == ""
    books = read_ledger(take.path, take.source.n_made, first=0)
    assert (books.faults, books.named) == ({}, 0)
    lines = [json.loads(line) for line in (take.path / "clock.jsonl").read_text(encoding="utf-8").splitlines()]
    ahead = [datetime.fromisoformat(line["utc"]).timestamp() - line["t"] for line in lines if line["kind"] == "utc"]
    assert ahead[0] == pytest.approx(ahead[1])
    assert ahead[-1] - ahead[0] == pytest.approx(step_s)
    assert check_session(take.path)["ok"]
