"""A session as HDF5, read back by h5py alone."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.formats import export_session
from tests.recordings.exported import stops
from tests.recordings.memory import most_to_export
from tests.recordings.mixed import EMG, mixed_session


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with open_session(mixed_session(tmp_path_factory.mktemp("hdf5") / "take.myo")) as opened:
        yield opened


@pytest.mark.parametrize("compression", ["gzip", "lzf", "none"])
def test_every_number_comes_back(session, tmp_path, compression):
    shares = []
    export_session(session, "hdf5", tmp_path / "take.h5", shares.append, compression=compression)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with h5py.File(tmp_path / "take.h5") as file:
        assert (file["streams/emg/samples"].compression or "none") == compression
        for name, stream in session.streams.items():
            data, timestamps = stream.read()
            group = file["streams"][name]
            assert group["samples"].dtype == data.dtype
            np.testing.assert_array_equal(group["samples"][:], data)
            np.testing.assert_array_equal(group["timestamps"][:], timestamps)
            assert group.attrs["fs"] == stream.info.fs
            assert group.attrs["unit"] == stream.info.unit
        emg = file["streams/emg"]
        assert emg["channel_names"].asstr()[:].tolist() == list(EMG.labels)
        assert emg["channel_muscle"].asstr()[:].tolist() == ["biceps", "triceps", "deltoid", "trapezius"]
        np.testing.assert_array_equal(emg["scale"][:], EMG.scales)
        assert json.loads(emg.attrs["device"]) == {}


def test_events_gaps_and_facts_come_back(session, tmp_path):
    export_session(session, "hdf5", tmp_path / "take.h5")
    with h5py.File(tmp_path / "take.h5") as file:
        assert file["events/t"][:].tolist() == [event.t for event in session.events]
        assert file["events/label"].asstr()[:].tolist()[:2] == ["lift µ", ""]
        gap = session.gaps[0]
        assert (file["gaps/n_lost"][0], file["gaps/sample"][0]) == (gap.n_lost, gap.sample)
        assert file["gaps/cause"].asstr()[0] == gap.cause
        assert file.attrs["subject"] == "sub-001"
        assert file.attrs["notes"] == "µ «notes»"
        assert file.attrs["uuid"] == session.uuid


def test_stopped_half_way_it_leaves_nothing(session, tmp_path):
    out = tmp_path / "take.h5"
    stops(lambda progress: export_session(session, "hdf5", out, progress), out)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_compression_is_refused(session, tmp_path):
    with pytest.raises(SessionError, match="gzip, lzf, none"):
        export_session(session, "hdf5", tmp_path / "take.h5", compression="zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["hdf5", "mat5", "mat73", "xdf"])
def test_memory_does_not_grow_with_the_length(tmp_path, name):
    assert most_to_export(tmp_path, name, seconds=120) < 1.3 * most_to_export(tmp_path, name, seconds=40) + 2**20
