"""Naming what is missing, and finding its place again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import Gap, SessionError
from myoscope.recordings.gaps import rows_of

from .sessions import EMG, block, counted, recorder


def test_rows_of_places_gaps_in_the_rows():
    gaps = [
        Gap("emg", 0, 1, 150, 10, "device"),
        Gap("emg", 0, 1, 100, 20, "device"),
        Gap("emg", 0, 1, 160, 0, "reconnected"),
    ]
    assert rows_of(gaps, 500) == [(100, gaps[1]), (130, gaps[0]), (130, gaps[2])]


def test_rows_of_never_leaves_the_rows():
    assert [row for row, _ in rows_of([Gap("emg", 0, 1, 900, 5, "device")], 100)] == [100]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30)), min_size=1, max_size=30))
def test_recorded_plus_gaps_is_delivered_from_the_files_alone(tmp_path_factory, deliveries):
    from myoscope.recordings import open_session

    made = recorder(tmp_path_factory.mktemp("gaps"))
    sink = made.sink("emg")
    sink.open(EMG)
    n = n_lost = 0
    expected = []
    for rows, lost in deliveries:
        if lost:
            expected.append((n, lost))
        n_lost += lost
        sink.write(block(n, rows, lost=lost, at=n + n_lost))
        n += rows
        if rows % 3 == 0:
            made.step(0)
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert stream.n_samples == n
    assert stream.n_samples + stream.n_lost == n + n_lost
    placed = [(row, gap.n_lost) for row, gap in rows_of(stream.gaps, n)]
    assert placed == expected
    assert (stream.read()[0] == counted(0, n)).all()


def test_a_gap_survives_json():
    gap = Gap("emg~2", 1.5, math.nan, 7, 8, "device")
    again = Gap.from_json(gap.to_json())
    assert again[:2] == gap[:2]
    assert math.isnan(again.t_last)
    assert again[3:] == gap[3:]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"stream": "emg", "t_first": 0, "t_last": 0, "sample": "many", "n_lost": 0, "cause": ""},
        {"stream": "emg", "t_first": 0, "t_last": 0, "sample": -1, "n_lost": 0, "cause": ""},
        {"stream": "emg", "t_first": [], "t_last": 0, "sample": 0, "n_lost": 0, "cause": ""},
        {"stream": "emg", "t_first": 0, "t_last": 0, "sample": 0, "n_lost": 1e400, "cause": ""},
    ],
)
def test_a_damaged_gap_is_said_to_be_damaged(values):
    with pytest.raises(SessionError, match=r"gaps\.jsonl"):
        Gap.from_json(values)
