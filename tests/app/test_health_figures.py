from __future__ import annotations

import math
from pathlib import Path

import pytest

from myoscope.app.health_figures import figures
from myoscope.app.state import EngineState, StreamState
from myoscope.recordings.recorder import RecorderStatus
from myoscope.sources.health import StreamHealth


def stream(**changes) -> StreamState:
    health = {
        "state": "live", "n_received": 100_000, "newest": 50.0, "age_s": 0.011, "rate_hz": 2000.02,
        "nominal_hz": 2000.0,
    }  # fmt: skip
    return StreamState("emg", "lsl:EMG", None, StreamHealth(**{**health, **changes}))


def by_key(state, frame_ms=4.9, drawn=None):
    return {f.key: f for f in figures(state, frame_ms, drawn)}


def test_a_healthy_stream_is_good_in_everything():
    found = by_key(EngineState(50.0, (stream(sync_age_s=1.5),)), drawn={"emg": 0.02})
    assert list(found) == ["rate", "age", "drawn", "gaps", "sync", "frame"]
    assert {f.grade for f in found.values()} == {"good"}
    assert found["rate"].text == "2000.02 Hz +10 ppm"
    assert found["rate"].value == pytest.approx(10.0)
    assert found["age"].text.strip() == "11 ms old"
    assert found["gaps"].text == "none"
    assert found["sync"].text.strip() == "1.5 s ago"
    assert found["frame"].text.strip() == "4.9 ms"


@pytest.mark.parametrize(
    ("changes", "key", "grade"),
    [
        ({"age_s": 0.2}, "age", "warn"),
        ({"age_s": 2.0, "state": "silent"}, "age", "bad"),
        ({"age_s": 2.0, "state": "held"}, "age", "none"),
        ({"age_s": math.nan}, "age", "none"),
        ({"rate_hz": 2010.0}, "rate", "warn"),
        ({"rate_hz": 1900.0}, "rate", "bad"),
        ({"rate_hz": math.nan}, "rate", "none"),
        ({"n_gaps": 1, "n_lost": 84}, "gaps", "warn"),
        ({"n_gaps": 3, "n_lost": 5000}, "gaps", "bad"),
        ({"sync_age_s": 20.0}, "sync", "warn"),
        ({"sync_age_s": 90.0}, "sync", "bad"),
    ],
)
def test_each_has_its_limits(changes, key, grade):
    assert by_key(EngineState(50.0, (stream(**changes),)))[key].grade == grade


def test_a_recording_adds_queue_disk_and_what_went_wrong():
    status = RecorderStatus(Path("x.myo"), queue_fraction=0.6, disk_seconds_left=20 * 60.0, error="The disk is full.")
    found = by_key(EngineState(50.0, (stream(),), status))
    assert (found["queue"].grade, found["queue"].text.strip()) == ("bad", "60.0 %")
    assert (found["disk"].grade, found["disk"].text) == ("warn", "20 min")
    assert found["error"].tip == "The disk is full."
    free = by_key(EngineState(50.0, (), RecorderStatus(Path("x.myo"))))
    assert (free["disk"].grade, free["disk"].text) == ("none", "–")


def test_tips_name_the_limits():
    found = by_key(EngineState(50.0, (stream(sync_age_s=1.0),), RecorderStatus(Path("x"))), drawn={"emg": 0.01})
    for figure in found.values():
        assert "{" not in figure.tip
    assert "100 ms" in found["age"].tip
    assert "30 min" in found["disk"].tip


def test_irregular_streams_have_neither_rate_nor_age():
    assert list(by_key(EngineState(50.0, (stream(nominal_hz=0.0),)))) == ["gaps", "frame"]
