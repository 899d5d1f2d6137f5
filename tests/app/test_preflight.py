"""What speaks against recording: each fact on its own, from made-up states of the engine."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from myoscope import open_session
from myoscope.app import headless_take
from myoscope.app.cli import cli
from myoscope.app.flat_channels import flat_channels
from myoscope.app.folder_watch import NOT_WRITABLE, room_for
from myoscope.app.preflight import MAX_ITEMS, Override, preflight
from myoscope.app.preflight_items import HELP, bytes_per_second
from myoscope.app.preflight_page import KINDS, preflight_view
from myoscope.app.state import EngineState, StreamState
from myoscope.recordings import Recorder, SessionError
from myoscope.recordings.protocol import ExpectedStream, RecordingProtocol, write_protocol
from myoscope.sources import Stream, StreamHealth, StreamInfo
from myoscope.sources.brainflow import BrainFlowSource
from myoscope.sources.health import Gap
from myoscope.sources.synthetic import SyntheticSource

LIVE = StreamHealth("live", n_received=5000, newest=100.0, age_s=0.01, rate_hz=1000.0, nominal_hz=1000.0)
INFO = StreamInfo(1000.0, sample_shape=(8,), unit="µV", dtype="int16")
PLENTY = 1e12
EMG = RecordingProtocol("P", streams=(ExpectedStream("emg", 1000.0, 1.0, 8, "µV"),))


def state(*streams):
    return EngineState(100.0, streams or (stream(),))


def stream(name="emg", info=INFO, source="lsl:EMG", **health):
    return StreamState(name, source, info, replace(LIVE, **health))


def found(given, protocol=None, free=PLENTY, **more):
    """Return {(about, what): (grade, sentence)}."""
    return {(i.about, i.what): (i.grade, i.sentence) for i in preflight(given, protocol, free, **more).items}


def test_the_usual_case_is_in_order_without_a_protocol():
    result = preflight(state(), None, PLENTY)
    assert result.grade == "ok"
    assert {(i.about, i.what) for i in result.items} == {("emg", "stream"), ("disk", "disk")}
    assert preflight_view(result).words == "All in order"
    assert preflight_view(result).shape == "circle"


@pytest.mark.parametrize(
    ("health", "grade", "words"),
    [
        ({"state": "lost", "message": "The board was lost"}, "red", "The board was lost. Bring it back"),
        ({"state": "failed", "message": "Nonsense."}, "red", "Nonsense. Bring it back"),
        ({"state": "silent", "age_s": 3.2}, "red", "Nothing has come for 3.2 s"),
        ({"state": "held"}, "look", "held"),
        ({"state": "ended"}, "look", "ended"),
        ({"state": "connecting"}, "look", "connecting"),
        ({"state": "live", "age_s": 0.7}, "look", "0.7 s old"),
        ({"state": "live"}, "ok", "Data arrive"),
    ],
)
def test_the_state_of_a_stream(health, grade, words):
    assert found(state(stream(**health)))["emg", "stream"][0] == grade
    assert words in found(state(stream(**health)))["emg", "stream"][1]


def test_a_stream_that_a_protocol_does_not_need_is_never_red():
    aux = stream("aux", state="lost", message="gone")
    assert found(state(stream(), aux), EMG)["aux", "stream"][0] == "look"
    assert found(state(stream(), aux))["aux", "stream"][0] == "red"
    optional = replace(EMG, streams=(*EMG.streams, ExpectedStream("aux", required=False)))
    assert found(state(stream(), aux), optional)["aux", "stream"][0] == "look"


def test_an_irregular_stream_may_be_old():
    quiet = stream("buttons", StreamInfo(0.0, sample_shape=(1,)), age_s=500.0, nominal_hz=0.0, rate_hz=math.nan)
    assert preflight(state(quiet), None, PLENTY).grade == "ok"


def test_a_prediction_is_not_looked_at():
    prediction = stream("prediction", source="PredictionSource", state="lost")
    assert preflight(state(stream(), prediction), None, PLENTY).grade == "ok"


def test_a_rate_that_is_off_and_recent_gaps_are_worth_a_look():
    seen = found(state(stream(rate_hz=900.0, gaps=(Gap(10.0, 20.0, 5), Gap(90.0, 91.0, 42)))))
    assert seen["emg", "rate"][0] == "look"
    assert "900.0 Hz but says 1000 Hz" in seen["emg", "rate"][1]
    assert "1 gap in the last minute, 42 samples lost" in seen["emg", "gaps"][1]
    assert ("emg", "gaps") not in found(state(stream(gaps=(Gap(10.0, 20.0, 5),))))


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({"fs": 1011.0}, "1011 Hz instead of 1000 Hz"),
        ({"sample_shape": (16,)}, "16 channels instead of 8"),
        ({"unit": "mV"}, "the unit mV instead of µV"),
    ],
)
def test_a_stream_that_is_otherwise_than_expected_is_red(info, words):
    seen = found(state(stream(info=replace(INFO, **info))), EMG)
    assert seen["emg", "expected"][0] == "red"
    assert words in seen["emg", "expected"][1]
    optional = replace(EMG, streams=(replace(EMG.streams[0], required=False),))
    assert found(state(stream(info=replace(INFO, **info))), optional)["emg", "expected"][0] == "look"


def test_a_rate_within_its_tolerance_is_as_expected():
    assert found(state(stream(info=replace(INFO, fs=1009.0))), EMG)["emg", "expected"][0] == "ok"


def test_a_stream_that_is_missing_is_red_and_names_what_is_there():
    seen = found(state(stream("other"), stream("third")), EMG)
    assert seen["emg", "expected"][0] == "red"
    assert "one of: other, third" in seen["emg", "expected"][1]
    unconnected = StreamState("emg", "lsl:EMG", None, StreamHealth("connecting"))
    assert "not connected yet" in found(state(unconnected), EMG)["emg", "expected"][1]


def test_a_pattern_is_about_every_stream_it_means():
    both = replace(EMG, streams=(ExpectedStream("emg*", 1000.0),))
    seen = found(state(stream("emg-1"), stream("emg-2", replace(INFO, fs=500.0))), both)
    assert seen["emg-1", "expected"][0] == "ok"
    assert seen["emg-2", "expected"][0] == "red"


@pytest.mark.parametrize(
    ("left", "least", "grade"), [(15, 0, "ok"), (9, 0, "look"), (15, 20, "red"), (math.nan, 20, "ok"), (80, 20, "ok")]
)
def test_the_battery(left, least, grade):
    protocol = replace(EMG, min_battery_percent=float(least))
    assert found(state(stream(battery_percent=float(left))), protocol)["emg", "battery"][0] == grade


@pytest.mark.parametrize(("left", "grade"), [(40, "ok"), (15, "ok"), (12, "look"), (3, "look")])
def test_a_battery_that_holds_little_is_worth_a_look_without_a_protocol(left, grade):
    assert found(state(stream(battery_percent=float(left))))["emg", "battery"][0] == grade


def test_a_battery_nobody_asked_for_and_nobody_knows_is_not_mentioned():
    assert ("emg", "battery") not in found(state())
    unknown = found(state(), replace(EMG, min_battery_percent=10.0))["emg", "battery"]
    assert "not known" in unknown[1]


def test_the_clock():
    protocol = replace(EMG, max_clock_uncertainty_ms=1.0)
    unsure = stream(sync_age_s=2.0, clock_uncertainty_s=0.004)
    assert found(state(unsure), protocol)["emg", "clock"] == (
        "red", "Its clock is known to 4 ms; the protocol allows 1 ms. Use a cable, or a quieter network."
    )  # fmt: skip
    assert found(state(unsure))["emg", "clock"][0] == "ok"
    assert found(state(stream(sync_age_s=40.0)))["emg", "clock"][0] == "look"
    assert found(state(), protocol)["emg", "clock"][0] == "ok"
    assert ("emg", "clock") not in found(state())


def test_the_disk():
    rate = bytes_per_second(state().streams)
    assert rate == 1000 * (8 * 2 + 8)
    assert found(state(), free=rate * 30)["disk", "disk"][0] == "red"
    assert found(state(), free=rate * 600)["disk", "disk"][0] == "look"
    assert found(state(), free=rate * 7200)["disk", "disk"] == ("ok", "0.2 GB are free: enough for 2 h.")
    planned = found(state(), replace(EMG, planned_minutes=180.0), rate * 7200)["disk", "disk"]
    assert planned[0] == "red"
    assert "lasts 2 h, and 3 h are planned" in planned[1]
    assert found(state(), free=NOT_WRITABLE)["disk", "disk"][0] == "red"
    assert found(state(), free=math.nan)["disk", "disk"][0] == "ok"
    assert found(state(stream(rate_hz=math.nan)), free=rate * 30)["disk", "disk"][0] == "red"


def test_room_is_told_of_a_folder_that_is_not_there_yet(tmp_path):
    assert room_for(tmp_path / "a" / "b") > 0
    (tmp_path / "file").write_text("x")
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked").chmod(0o500)
    # Whoever may do everything may write there, too.
    assert room_for(tmp_path / "locked") == NOT_WRITABLE or room_for(tmp_path / "locked") > 0
    (tmp_path / "locked").chmod(0o700)


def test_flat_channels_are_found_in_the_ring_and_told(bench_of):
    data = np.random.default_rng(0).normal(size=(1500, 3)).astype(np.float32)
    data[:, 1] = 7.0
    data[:1490, 2] = 3.0
    stream = bench_of(data)
    assert flat_channels([stream]) == {"emg": ("b",)}
    seen = found(state(), EMG, flat_channels={"emg": ("b", "c", "d", "e", "f")})["emg", "channels"]
    assert seen == ("look", "5 channels are flat: b, c, d, e, …. Check their electrodes and cables.")


@pytest.fixture
def bench_of():
    """Return what makes a stream that holds some samples at 1000 Hz."""

    class Given:
        def __init__(self, data):
            self.data = data

        def connect(self):
            return StreamInfo(1000.0, channel_names=("a", "b", "c"))

        def read(self):
            data, self.data = self.data, None
            return None if data is None else (data, 1.0 + np.arange(len(data)) / 1000)

        def disconnect(self):
            pass

    def make(data):
        made = Stream("emg", Given(data), clock=lambda: 3.0)
        made.connect()
        made.pump()
        return made

    return make


def test_what_is_kept_of_it_and_of_an_override():
    result = preflight(state(stream(state="lost", message="gone")), EMG, PLENTY)
    kept = result.to_json(Override("2026-11-20T10:00:00+00:00", "AB", "spare battery is on its way"))
    assert kept["grade"] == "red"
    assert kept["protocol"] == "P"
    assert kept["items"][0]["grade"] == "red"
    assert kept["override"] == {
        "utc": "2026-11-20T10:00:00+00:00", "by": "AB", "reason": "spare battery is on its way",
        "items": [["emg", "stream"]],
    }  # fmt: skip
    assert "override" not in preflight(state(), EMG, PLENTY).to_json()
    many = preflight(state(*(stream(f"s{i}", state="lost") for i in range(500))), None, PLENTY)
    assert 40 < len(many.to_json()["items"]) <= MAX_ITEMS


def test_nothing_that_is_said_keeps_a_recording_from_starting(tmp_path):
    foreign = [stream(f"s{i}", state="lost", message="電極が外れています。" * 100) for i in range(300)]
    said = preflight(state(*foreign), None, PLENTY).to_json(Override("2026", "ä" * 10**6, "電" * 10**6))
    with Recorder(tmp_path / "a.myo", facts={"preflight": said}):
        pass
    with open_session(tmp_path / "a.myo") as session:
        assert session.attributes["preflight"]["items"][0]["grade"] == "red"
        assert len(session.attributes["preflight"]["override"]["items"]) == 30


def test_facts_cannot_pretend_to_be_the_sessions_own(tmp_path):
    for facts in ({"uuid": "x"}, {"name": "x"}, {"more": "x" * 70_000}):
        with pytest.raises(SessionError, match="facts about"):
            Recorder(tmp_path / "a.myo", facts=facts).open()
    assert not (tmp_path / "a.myo").exists()


def test_every_kind_of_item_has_a_name_and_a_help():
    assert set(KINDS) == set(HELP)


def test_sources_tell_their_battery():
    told = Stream("emg", SyntheticSource(battery_percent=34.0))
    assert told.health.battery_percent == 34.0
    assert math.isnan(Stream("emg", SyntheticSource()).health.battery_percent)
    board = BrainFlowSource()
    assert math.isnan(board.battery_percent)
    board.connect()
    try:
        while math.isnan(board.battery_percent):
            board.read()
        assert 0 < board.battery_percent <= 100
    finally:
        board.disconnect()


# On the command line

SOURCE = "emg=synthetic:?n_channels=2&rate_hz=500&battery_percent=12"


@pytest.fixture
def record(tmp_path, capsys, monkeypatch):
    """Return what runs ``myoscope record``; it returns exit code, folder of the session or None, and what it said."""
    # A busy machine may take seconds to connect, and only what has come by then can be put in front.
    monkeypatch.setattr(headless_take, "SETTLE_S", 60.0)

    def run(protocol, *options):
        write_protocol(tmp_path / "p.json", protocol)
        arguments = ["record", SOURCE, "--out", str(tmp_path / "out"), "--seconds", "0.3", *options]
        arguments += ["--protocol", str(tmp_path / "p.json")]
        code = cli(arguments, standalone_mode=False) or 0
        out, err = capsys.readouterr()
        return code, Path(out.strip()) if out.strip() else None, err

    return run


GOOD = RecordingProtocol("Two", "lift", (ExpectedStream("emg", 500.0, 1.0, 2, "µV"),), 0.4, "{task} {take:02}")


def test_record_by_a_protocol_that_is_kept(record):
    _, path, _ = record(GOOD, "--subject", "S07", "--operator", "AB")
    assert path.name.endswith("_lift_01.myo")
    with open_session(path) as session:
        kept = session.attributes["preflight"]
        assert kept["protocol"] == session.about.protocol == "Two"
        assert kept["grade"] in ("ok", "look")
        assert "override" not in kept
        assert (session.about.task, session.about.take, session.about.operator) == ("lift", 1, "AB")
        assert [e.kind for e in session.events][:2] == ["trigger", "preflight"]
        trigger = session.attributes["trigger"]
        stamps = session.streams["emg"].read()[1]
        assert trigger["before_s"] == 0.4
        assert stamps[0] == pytest.approx(trigger["t"] - 0.4, abs=0.01)
        assert session.gaps == ()
    _, again, _ = record(GOOD, "--subject", "S07")
    assert again.name.endswith("_lift_02.myo")


def test_what_is_red_ends_with_code_3_unless_overridden(record, tmp_path):
    strict = replace(GOOD, min_battery_percent=50.0, streams=(replace(GOOD.streams[0], n_channels=64),))
    code, path, said = record(strict)
    assert code == 3
    assert path is None
    assert "✕ emg: It has 2 channels instead of 64." in said
    assert "✕ emg: Its battery holds 12 %" in said
    assert not (tmp_path / "out").exists()
    _, path, _ = record(strict, "--override", "only a try", "--operator", "AB")
    with open_session(path) as session:
        override = session.attributes["preflight"]["override"]
        assert (override["by"], override["reason"]) == ("AB", "only a try")
        assert override["items"] == [["emg", "expected"], ["emg", "battery"]]
        (noted,) = [e for e in session.events if e.kind == "preflight"]
        assert noted.label == "preflight overridden"
        assert "by AB, reason: only a try" in noted.text
