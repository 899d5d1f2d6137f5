"""A session as NWB, read back by pynwb and checked by nwbinspector."""

from __future__ import annotations

import warnings
from datetime import timedelta

import numpy as np
import pynwb
import pytest

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session
from myoscope.sources import StreamInfo
from tests.recordings.exported import stops
from tests.recordings.memory import most_to_export
from tests.recordings.mixed import EMG, T0, WHEN, mixed_session

SERIOUS = {"ERROR", "PYNWB_VALIDATION", "CRITICAL", "BEST_PRACTICE_VIOLATION"}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with open_session(mixed_session(tmp_path_factory.mktemp("nwb") / "take.myo")) as opened:
        yield opened


def read(path):
    return pynwb.NWBHDF5IO(str(path), "r")


def serious(path):
    """Return what nwbinspector calls more than a suggestion."""
    import nwbinspector

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        messages = list(nwbinspector.inspect_nwbfile(nwbfile_path=str(path)))
    return [(m.check_function_name, m.object_name, m.message) for m in messages if m.importance.name in SERIOUS]


def test_every_number_comes_back(session, tmp_path):
    shares = []
    made = export_session(session, "nwb", tmp_path / "take.nwb", shares.append, age="P25Y")
    assert shares == sorted(shares)
    assert any("none" in note and "left out" in note for note in made.notes)
    first = min(stream.first_timestamp for stream in session.streams.values() if stream.n_samples)
    with read(made.path) as io:
        file = io.read()
        for name, stream in session.streams.items():
            if not stream.n_samples:
                assert name not in file.acquisition
                continue
            data, timestamps = stream.read()
            series = file.acquisition[name]
            assert series.data.dtype == data.dtype
            np.testing.assert_array_equal(series.data[:], data)
            np.testing.assert_array_equal(series.timestamps[:], timestamps - first)
        emg = file.acquisition["emg"]
        assert isinstance(emg, pynwb.ecephys.ElectricalSeries)
        assert emg.conversion == pytest.approx(0.061e-6, rel=1e-12)
        electrodes = emg.electrodes.to_dataframe()
        assert electrodes["label"].tolist() == list(EMG.labels)
        assert electrodes["muscle"].tolist() == ["biceps", "triceps", "deltoid", "trapezius"]
        assert electrodes["location"].tolist()[0] == "left biceps"
        assert file.acquisition["mocap"].unit == "mm"
        assert abs(file.session_start_time - WHEN - timedelta(seconds=first - T0)) < timedelta(milliseconds=5)
        assert (file.subject.subject_id, file.subject.species, file.subject.age) == ("sub-001", "Homo sapiens", "P25Y")


def test_events_and_gaps_come_back(session, tmp_path):
    made = export_session(session, "nwb", tmp_path / "take.nwb")
    first = min(stream.first_timestamp for stream in session.streams.values() if stream.n_samples)
    with read(made.path) as io:
        file = io.read()
        events = file.events["events"].to_dataframe()
        np.testing.assert_allclose(
            events["timestamp"], [event.t - first for event in session.events], rtol=0, atol=1e-9
        )
        assert events["label"].tolist()[:2] == ["lift µ", ""]
        gaps = file.intervals["gaps"].to_dataframe()
        assert (gaps["n_lost"][0], gaps["cause"][0]) == (1000, "device")


def test_the_checkers_find_nothing_serious(session, tmp_path):
    made = export_session(session, "nwb", tmp_path / "take.nwb", age="P25Y", sex="F")
    assert serious(made.path) == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert pynwb.validate(path=str(made.path)) == []


def test_without_an_age_that_is_all_the_checkers_miss(session, tmp_path):
    made = export_session(session, "nwb", tmp_path / "take.nwb")
    assert any("age" in note for note in made.notes)
    assert {name for name, _, _ in serious(made.path)} == {"check_subject_age"}


def test_even_times_become_beginning_and_rate(tmp_path):
    with SessionBuilder(tmp_path / "even.myo", created=WHEN, clock_at_created=T0) as builder:
        builder.stream("emg", StreamInfo(fs=1000.0, channel_names=("a", "b"), unit="mV", scale=(1.0, 2.0)))
        builder.write("emg", np.ones((3000, 2), np.float32) * np.arange(3000)[:, None], T0 + 2 + np.arange(3000) / 1000)
        builder.finish()
    with open_session(tmp_path / "even.myo") as session:
        made = export_session(session, "nwb", tmp_path / "even.nwb", age="P30Y")
    assert any("even to" in note for note in made.notes)
    with read(made.path) as io:
        series = io.read().acquisition["emg"]
        assert (series.starting_time, series.rate, series.timestamps) == (0.0, 1000.0, None)
        assert (series.conversion, list(series.channel_conversion)) == (1e-3, [1.0, 2.0])
    assert serious(made.path) == []


@pytest.mark.parametrize("options", [{"sex": "x"}, {"age": "25"}, {"age": "P"}])
def test_what_nwb_does_not_know_is_refused(session, tmp_path, options):
    with pytest.raises(SessionError, match="NWB takes"):
        export_session(session, "nwb", tmp_path / "take.nwb", **options)
    assert list(tmp_path.iterdir()) == []


def test_stopped_half_way_it_leaves_nothing(session, tmp_path):
    out = tmp_path / "take.nwb"
    stops(lambda progress: export_session(session, "nwb", out, progress), out)
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_length(tmp_path):
    assert most_to_export(tmp_path, "nwb", seconds=60) < 1.3 * most_to_export(tmp_path, "nwb", seconds=20) + 2**20
