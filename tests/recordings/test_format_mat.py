"""A session as MATLAB files, read back by scipy, mat73 and hdf5storage."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.io

from myoscope.recordings import SessionError, format_mat5, open_session
from myoscope.recordings.formats import export_session
from myoscope.recordings.mat_layout import _variable
from tests.recordings.mixed import EMG, mixed_session


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with open_session(mixed_session(tmp_path_factory.mktemp("mat") / "take.myo")) as opened:
        yield opened


def variable_of(name):
    return name.replace(" ", "_")


def same(read, session):
    """Compare samples and times with what is stored; MATLAB has time last."""
    for name, stream in session.streams.items():
        data, timestamps = stream.read()
        found = read[variable_of(name)]
        if not len(data):
            assert all(found[key] is None or np.size(found[key]) == 0 for key in ("data", "timestamps"))
            continue
        samples = np.asarray(found["data"])
        assert samples.dtype == data.dtype
        np.testing.assert_array_equal(samples.reshape(data.shape[::-1]).T, data)
        np.testing.assert_array_equal(np.ravel(found["timestamps"]), timestamps)


def test_matlab_5_by_scipy(session, tmp_path):
    shares = []
    export_session(session, "mat5", tmp_path / "take.mat", shares.append)
    assert shares == sorted(shares)
    read = scipy.io.loadmat(tmp_path / "take.mat", simplify_cells=True)
    same(read, session)
    assert read["emg"]["channel_names"].tolist() == list(EMG.labels)
    assert (read["emg"]["unit"], read["emg"]["fs"]) == ("µV", 2000.0)
    np.testing.assert_array_equal(read["emg"]["scale"], EMG.scales)
    assert read["emg"]["channel_muscle"].tolist() == ["biceps", "triceps", "deltoid", "trapezius"]
    assert read["mocap"]["data"].shape == (3, 3, 550)
    np.testing.assert_array_equal(read["events"]["t"], [event.t for event in session.events])
    assert read["events"]["label"][0] == "lift µ"
    assert read["events"]["text"][1] == "a\nb"
    assert (read["gaps"]["n_lost"], read["gaps"]["cause"]) == (1000, "device")
    assert read["session"]["notes"] == "µ «notes»"


def test_matlab_7_3_by_mat73(session, tmp_path):
    import mat73

    export_session(session, "mat73", tmp_path / "take.mat")
    read = mat73.loadmat(str(tmp_path / "take.mat"))
    same(read, session)
    assert [name[0] for name in read["emg"]["channel_names"]] == list(EMG.labels)
    assert read["emg"]["unit"] == "µV"
    assert read["emg"]["fs"] == 2000.0
    np.testing.assert_array_equal(np.ravel(read["emg"]["scale"]), EMG.scales)
    assert read["events"]["label"][0] == ["lift µ"]
    assert read["session"]["subject"] == "sub-001"
    assert read["gaps"]["n_lost"] == 1000


def test_matlab_7_3_by_hdf5storage(session, tmp_path):
    import hdf5storage

    export_session(session, "mat73", tmp_path / "take.mat")
    read = hdf5storage.loadmat(str(tmp_path / "take.mat"))
    data, timestamps = session.streams["emg"].read()
    emg = read["emg"]
    np.testing.assert_array_equal(emg["data"][0].T if emg["data"].ndim == 3 else emg["data"].T, data)
    np.testing.assert_array_equal(np.ravel(emg["timestamps"]), timestamps)


def test_the_header_is_matlabs(session, tmp_path):
    for name, version in (("mat5", b"\x00\x01IM"), ("mat73", b"\x00\x02IM")):
        path = export_session(session, name, tmp_path / f"{name}.mat").path
        head = path.read_bytes()[:128]
        assert head.startswith(b"MATLAB ")
        assert head[124:] == version


def test_what_matlab_5_cannot_hold_is_refused_before_anything_is_written(session, tmp_path, monkeypatch):
    monkeypatch.setattr(format_mat5, "MOST_BYTES", 50_000)
    with pytest.raises(SessionError, match="Export it as MATLAB 7.3"):
        export_session(session, "mat5", tmp_path / "take.mat")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("emg", "emg"), ("emg~2", "emg_2"), ("2nd", "s_2nd"), ("events", "s_events"), ("for", "s_for"), ("_x", "s__x")],
)
def test_names_are_made_variables(name, expected):
    assert _variable(name, {}) == expected
    assert _variable(name, {expected: {}}) == f"{expected}_2"
    assert len(_variable("a" * 200, {})) <= 63
