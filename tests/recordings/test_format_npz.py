"""NumPy archives out and in, read by numpy; strangers' archives as they come."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.formats import export_session, import_file
from myoscope.recordings.progress import Stopped

from .exported import changed, rich, rich_irregular, same, steady, stops

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.mark.parametrize("make", [rich, rich_irregular, changed])
def test_an_archive_is_the_session_again(make, tmp_path):
    made = make(tmp_path / "a.myo")
    with open_session(made) as session:
        out = export_session(session, "npz", tmp_path / "a.npz").path
    same(made, import_file(out, tmp_path / "b.myo").path)


def test_numpy_reads_every_value(tmp_path):
    with open_session(rich(tmp_path / "a.myo", float_emg=False)) as session:
        out = export_session(session, "npz", tmp_path / "a.npz").path
        data, timestamps = session.streams["emg"].read()
        with np.load(out, allow_pickle=False) as archive:
            np.testing.assert_array_equal(archive["emg"], data * 0.195)
            np.testing.assert_array_equal(archive["emg_timestamps"], timestamps)
            assert (archive["emg_fs"], archive["emg_unit"], archive["emg_channels"][1]) == (2000.0, "µV", "=2+2")
            said = json.loads(str(archive["session"]))
            assert [event["label"] for event in said["events"]] == ["@lift", "später"]
            assert said["gaps"][0]["n_lost"] == 100


def test_memory_does_not_grow(tmp_path, monkeypatch):
    out = steady(tmp_path, "npz", "out.npz", monkeypatch)
    stops(lambda progress: import_file(out, tmp_path / "stopped.myo", progress), tmp_path / "stopped.myo")


@pytest.mark.skipif(not DATA.is_dir(), reason="the real recording is not here: ../shared/data")
def test_a_real_abduction(tmp_path):
    path = DATA / "shoulder_abduction.npz"
    with pytest.raises(SessionError, match=r"emg \(14000, 10\), markers .* fs=emg=2000,markers=2000"):
        import_file(path, tmp_path / "x.myo")
    for wrong in ("fast", "-1", "emg=2000,markers=nan"):
        with pytest.raises(SessionError, match="is no rate"):
            import_file(path, tmp_path / "x.myo", fs=wrong)
    imported = import_file(path, tmp_path / "x.myo", fs="emg=2000,markers=100", unit="emg=V,markers=mm")
    with open_session(imported.path) as session, np.load(path) as archive:
        for name, fs, unit in (("emg", 2000, "V"), ("markers", 100, "mm")):
            stream = session.streams[name]
            np.testing.assert_array_equal(stream.read()[0], archive[name])
            assert (stream.info.fs, stream.info.unit, stream.info.dtype) == (fs, unit, "float32")
        assert session.streams["markers"].info.sample_shape == (16, 3)


@pytest.mark.parametrize("array", [np.arange(2000).reshape(4, 500), np.asfortranarray(np.arange(2000).reshape(500, 4))])
def test_arrays_that_lie_the_other_way_are_turned(array, tmp_path):
    np.savez_compressed(tmp_path / "x.npz", emg=array, emg_fs=1000.0, name="someone")
    imported = import_file(tmp_path / "x.npz", tmp_path / "x.myo")
    with open_session(imported.path) as session:
        want = array.T if len(array) == 4 else array
        np.testing.assert_array_equal(session.streams["emg"].read()[0], want)
        assert ("turned round" in " ".join(imported.notes)) == (len(array) == 4)


def member(shape="(10, 2)", descr="'<f8'", data=b"\0" * 160, magic=b"\x93NUMPY\x01\x00"):
    head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    head = head.ljust(117) + b"\n"
    return magic + len(head).to_bytes(2, "little") + head + data


BAD = {
    "objects": member(descr="'|O'"),
    "shape": member(shape="(10**9, 2)"),
    "huge": member(shape="(1000000000000000, 2)"),
    "negative": member(shape="(-1, 2)"),
    "torn": member(data=b"\0" * 100),
    "magic": member(magic=b"\x93NUMPX\x01\x00"),
    "structured": member(descr="[('a', '<f8'), ('b', 'O')]"),
    "code": member(shape="__import__('os').getcwd()"),
    "empty": b"",
    "long_double": member(descr="'<f16'"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_arrays_are_one_sentence(kind, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("a.npy", BAD[kind])
    with pytest.raises(SessionError):
        import_file(tmp_path / "x.npz", tmp_path / "x.myo", fs=100)
    assert not (tmp_path / "x.myo").exists()


def test_bad_archives_are_one_sentence(tmp_path):
    path = tmp_path / "x.npz"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", member(shape="(10000000, 2)", data=b"\0" * 160_000_000))
    whole = bytearray(packed.getvalue())
    # The directory at the end says how long the array is when unpacked.
    at = whole.rfind(b"PK\x01\x02") + 24
    whole[at : at + 4] = (2**31).to_bytes(4, "little")
    path.write_bytes(whole)
    with pytest.raises(SessionError):
        import_file(path, tmp_path / "x.myo", fs=100)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(SessionError, match="is no array"):
        import_file(path, tmp_path / "x.myo", fs=100)
    path.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    with pytest.raises(SessionError, match="no array of samples"):
        import_file(path, tmp_path / "x.myo", fs=100)
    np.savez(path, a=np.zeros((50, 2)))
    good = path.read_bytes()
    rng = np.random.default_rng(2)
    for i in range(24):
        bad = bytearray(good[: rng.integers(0, len(good))] if i % 2 else good)
        for at in rng.integers(0, max(1, len(bad)), 3):
            if at < len(bad):
                bad[at] = rng.integers(0, 256)
        path.write_bytes(bad)
        try:
            import_file(path, tmp_path / f"{i}.myo", fs=100)
        except SessionError:
            assert not (tmp_path / f"{i}.myo").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"emg": np.full((400, 3), "1.5")}, "no samples"),
        ({"emg_timestamps": np.full(400, "1.5")}, "no samples"),
        ({"emg": np.zeros(3, np.float32), "emg_timestamps": np.array(1.0)}, "not as described"),
        ({"emg": np.zeros((400, 2), np.float32)}, "not as described"),
    ],
)
def test_an_archive_of_ours_that_was_changed_is_refused(change, said, tmp_path):
    with open_session(rich(tmp_path / "a.myo", 400)) as session:
        out = export_session(session, "npz", tmp_path / "a.npz").path
    with np.load(out) as archive:
        arrays = {**archive, **change}
    np.savez(out, **arrays)
    with pytest.raises(SessionError, match=said):
        import_file(out, tmp_path / "b.myo")
    assert not (tmp_path / "b.myo").exists()


def test_times_that_do_not_fit_are_told(tmp_path):
    arrays = {"emg": np.zeros((100, 2)), "emg_timestamps": np.arange(99.0)}
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(SessionError, match="does not say how fast"):
        import_file(tmp_path / "x.npz", tmp_path / "x.myo")
    imported = import_file(tmp_path / "x.npz", tmp_path / "x.myo", fs=100)
    assert imported.notes == ["emg_timestamps is left out: it has not one time a sample."]


def test_more_events_than_are_read_back_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("myoscope.recordings.format_npz.MAX_BYTES", 1000)
    with open_session(rich(tmp_path / "a.myo", 400)) as session:
        assert "more events and gaps than are read back" in export_session(session, "npz", tmp_path / "a.npz").notes[0]


def test_a_person_is_heard_while_an_array_is_unpacked(tmp_path):
    np.savez(tmp_path / "x.npz", emg=np.zeros((2**19, 2)))
    asked = []

    def progress(share):
        asked.append(share)
        if len(asked) > 4:
            raise Stopped

    with pytest.raises(Stopped):
        import_file(tmp_path / "x.npz", tmp_path / "x.myo", progress, fs=100)
    assert set(asked) == {0.0}
    assert not (tmp_path / "x.myo").exists()
