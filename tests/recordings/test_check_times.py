"""Timestamps: order, jumps, jitter and drift, against numpy's own line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import open_session
from myoscope.recordings.clocks import ClockFigures, source_clock, utc_clock
from myoscope.recordings.progress import no_progress
from myoscope.recordings.report import make_report
from myoscope.recordings.session_verdicts import _time_of_day
from myoscope.recordings.timing import measure_times
from myoscope.sources import Block, StreamInfo

from .sessions import recorder

FS = 500.0


def stamped(folder, times, lost=None, fs=FS, chunk_seconds=1.0):
    """Record samples at times of one's own, some lost before those in `lost`; return what was measured."""
    made = recorder(folder / f"{len(list(folder.iterdir()))}.myo", chunk_seconds=chunk_seconds)
    sink = made.sink("emg")
    sink.open(StreamInfo(fs=fs, sample_shape=(1,), dtype="int16"))
    first = 0
    for end in sorted([*(lost or {}), len(times)]):
        data = np.arange(first, end, dtype="int16")[:, None]
        sink.write(Block(data, times[first:end], (lost or {}).get(first, 0)))
        first = end
    made.close()
    return made.path


def measured(folder, times, lost=None, **settings):
    with open_session(stamped(folder, times, lost, **settings)) as session:
        return measure_times(session.streams["emg"], no_progress)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.floats(-3e-3, 3e-3), st.floats(0, 2e-3), st.integers(1500, 4000))
def test_jitter_and_drift_are_those_of_the_least_squares_line(tmp_path_factory, seed, drift, noise, n):
    folder = tmp_path_factory.mktemp("line")
    times = 1e5 + np.arange(n) / FS * (1 + drift) + np.random.default_rng(seed).normal(0, noise, n)
    found = measured(folder, times)
    slope, intercept = np.polyfit(np.arange(n) / FS, times - times[0], 1)
    left = times - times[0] - intercept - slope * np.arange(n) / FS
    assert found.rate_hz == pytest.approx(FS / slope, rel=1e-9)
    assert found.drift_ppm == pytest.approx((1 / slope - 1) * 1e6, abs=1e-3)
    assert found.jitter_sd_ms == pytest.approx(1e3 * np.sqrt(np.mean(left**2)), rel=1e-3, abs=1e-6)
    if noise > 1e-5:
        wanted = 1e3 * np.sort(np.abs(left))[int(np.ceil(0.99 * n)) - 1]
        assert found.jitter_p99_ms == pytest.approx(wanted, rel=0.013)
    assert (found.n_backwards, found.n_duplicates) == (
        np.count_nonzero(np.diff(times) < 0),
        np.count_nonzero(np.diff(times) == 0),
    )
    lows, highs = (np.array([point[i] for point in found.residuals]) for i in (1, 2))
    assert lows.min() == pytest.approx(1e3 * left.min(), abs=1e-5)
    assert highs.max() == pytest.approx(1e3 * left.max(), abs=1e-5)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(100, 2900), st.floats(0.05, 20)), min_size=1, max_size=5), st.floats(-1e-4, 1e-4))
def test_gaps_do_not_bend_the_line(tmp_path_factory, pauses, drift):
    times = 50 + np.arange(3000) / FS * (1 + drift)
    lost = {}
    for row, pause in pauses:
        times[row:] += pause
        lost[row] = lost.get(row, 0) + max(1, round(pause * FS))
    found = measured(tmp_path_factory.mktemp("gaps"), times, lost)
    assert found.drift_ppm == pytest.approx((1 / (1 + drift) - 1) * 1e6, abs=1e-3)
    assert found.jitter_p99_ms < 1e-5
    assert found.n_jumps == 0


def test_jumps_nobody_named_are_counted_and_do_not_bend_it_either(tmp_path):
    times = np.arange(3000) / FS
    times[1000:] += 2
    times[2047:] += 3
    found = measured(tmp_path, times)
    assert found.jumps == ((1000, pytest.approx(2.002)), (2047, pytest.approx(3.002)))
    assert found.jitter_p99_ms < 1e-5


def test_duplicates_are_told_of_a_regular_stream_only(tmp_path):
    times = np.repeat(np.arange(500) / FS * 2, 2)
    report = make_report(stamped(tmp_path, times))
    figure = next(f for f in report.streams[0].figures if f.key == "duplicates")
    assert (figure.value, figure.verdict) == ("500", "look")
    report = make_report(stamped(tmp_path, times, fs=0.0))
    figure = next(f for f in report.streams[0].figures if f.key == "duplicates")
    assert (figure.value, figure.verdict) == ("500", "ok")


@pytest.mark.parametrize(("scatter_s", "verdict"), [(1e-4, "ok"), (0.02, "look"), (0.2, "bad")])
def test_jitter_is_judged(tmp_path, scatter_s, verdict):
    times = np.arange(4000) / FS + np.random.default_rng(0).uniform(-scatter_s, scatter_s, 4000)
    report = make_report(stamped(tmp_path, times))
    assert next(f for f in report.streams[0].figures if f.key == "jitter").verdict == verdict


@pytest.mark.parametrize(("ppm", "verdict"), [(80, "ok"), (5000, "look"), (30_000, "bad")])
def test_drift_is_judged(tmp_path, ppm, verdict):
    report = make_report(stamped(tmp_path, np.arange(20_000) / FS / (1 + ppm * 1e-6)))
    figure = next(f for f in report.streams[0].figures if f.key == "drift")
    assert figure.verdict == verdict
    assert f"{ppm:+,}" in figure.value


def test_samples_by_the_clock(tmp_path):
    times = np.arange(4000) / FS
    times[2000:] += 0.4
    report = make_report(stamped(tmp_path, times))
    figure = next(f for f in report.streams[0].figures if f.key == "by_the_clock")
    assert (figure.value, figure.verdict) == ("4,200 (-200)", "bad")
    assert "200 more should have come" in figure.sentence
    assert report.streams[0].n_expected == 4200


def test_timestamps_that_no_clock_reaches_are_told(tmp_path):
    times = np.arange(2000) / FS
    times[[3, 700]] = 1e300, -np.inf
    report = make_report(stamped(tmp_path, times))
    assert "emg: 2 timestamps are no numbers." in report.problems
    json.dumps(report.to_json(), allow_nan=False)


# Clocks


def test_the_time_of_day_that_was_set_is_told_with_the_step():
    lines = [
        {"kind": "utc", "t": t, "utc": f"2026-11-20T{10 + (t >= 300):02}:{t // 60:02}:{t % 60:02}+00:00"}
        for t in range(0, 600, 10)
    ]
    clock = utc_clock(lines)
    assert clock.steps_s == (3600.0,)
    assert clock.drift_ppm == pytest.approx(0, abs=1e-3)
    assert utc_clock([{"kind": "utc", "t": 1.0, "utc": "noon"}, {"kind": "utc", "t": None}]).n == 0


def test_the_clock_of_a_device_drifts_and_is_set():
    def note(t, offset):
        return {"kind": "source", "stream": "emg", "t": t, "offset_s": offset, "uncertainty_s": 2e-5}

    fast = source_clock([note(t, 5 - 40e-6 * t) for t in range(0, 600, 5)], "emg")
    assert fast.drift_ppm == pytest.approx(40, abs=0.01)
    assert (fast.steps_s, fast.offset_s, fast.uncertainty_s) == ((), 5.0, 2e-5)
    reset = source_clock([note(t, 5 if t < 300 else 905) for t in range(0, 600, 5)], "emg")
    assert reset.steps_s == (-900.0,)
    assert reset.drift_ppm == pytest.approx(0, abs=0.01)
    assert source_clock([note(1, 2)], "other").n == 0


def test_a_clock_that_was_set_is_worth_a_look(tmp_path):
    made = recorder(tmp_path / "reset.myo")
    sink = made.sink("emg")
    sink.open(StreamInfo(fs=FS, sample_shape=(1,), dtype="int16"))
    sink.write(Block(np.arange(500, dtype="int16")[:, None], np.arange(500) / FS))
    made.clock_offset("emg", 1.0, 1e-5)
    made.clock_offset("emg", 500.0, 1e-5)
    made.close()
    report = make_report(made.path)
    figure = next(f for f in report.streams[0].figures if f.key == "source_clock")
    assert figure.verdict == "look"
    assert "was set meanwhile" in figure.sentence
    assert report.ok


@pytest.mark.parametrize(
    ("clock", "shown", "verdict", "said"),
    [
        (ClockFigures(2), "was not set meanwhile", "ok", "Nobody set the computer's time of day"),
        (ClockFigures(60, 10.0), "was not set meanwhile", "ok", "came apart by 0.036 s an hour."),
        (ClockFigures(60, 10.0, (3600.0, -0.25)), "was set by +3,600, -0.25 s", "look", "by another clock"),
        (ClockFigures(1), "noted once", "ok", "nobody knows"),
    ],
)
def test_the_computers_clock_is_told_in_words(clock, shown, verdict, said):
    figure = _time_of_day(clock)
    assert (figure.title, figure.value, figure.verdict) == ("Clock of the computer", shown, verdict)
    assert said in figure.sentence
    # What a window translates gives the same in English.
    assert figure.phrase.format(**figure.values) == figure.value


def test_a_clock_that_was_never_noted_is_not_told_of():
    assert _time_of_day(ClockFigures()) is None
