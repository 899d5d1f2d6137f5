"""biosiglive's files in and out: read by plain pickle, and never run."""

from __future__ import annotations

import io
import os
import pickle
import pickletools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.bio_unpickling import Lying, unpickle
from myoscope.recordings.formats import export_session, import_file
from myoscope.recordings.progress import Stopped

from .exported import rich, rich_irregular, steady, stops

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def pickled(*dicts, protocol=5):
    return b"".join(pickle.dumps(one, protocol=protocol) for one in dicts)


def imported(tmp_path, data, **options):
    (tmp_path / "x.bio").write_bytes(data)
    return import_file(tmp_path / "x.bio", tmp_path / "x.myo", **options)


@pytest.mark.parametrize("make", [rich, rich_irregular])
def test_plain_pickle_reads_what_was_written(make, tmp_path):
    made = make(tmp_path / "a.myo")
    with open_session(made) as session:
        exported = export_session(session, "bio", tmp_path / "a.bio")
        with exported.path.open("rb") as file:
            read = pickle.load(file)
            assert file.read() == b""
        for name, stream in session.streams.items():
            data, timestamps = stream.read()
            np.testing.assert_array_equal(read[name], (data * stream.info.scale if stream.info.scale != 1 else data).T)
            np.testing.assert_array_equal(read[f"{name}_timestamps"], timestamps)
            assert (read[f"{name}_fs"], read[f"{name}_unit"]) == (stream.info.fs, stream.info.unit)
    names = {arg for op, arg, _ in pickletools.genops(exported.path.read_bytes()) if op.name == "GLOBAL"}
    assert names == {"numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"}
    assert "left out" in exported.notes[0]
    back = import_file(exported.path, tmp_path / "b.myo")
    with open_session(made) as session, open_session(back.path) as again:
        for name, stream in session.streams.items():
            scale = stream.info.scale
            data, timestamps = again.streams[name].read()
            np.testing.assert_array_equal(data, stream.read()[0] * scale if scale != 1 else stream.read()[0])
            np.testing.assert_array_equal(timestamps, stream.read()[1])


def test_memory_does_not_grow(tmp_path, monkeypatch):
    out = steady(tmp_path, "bio", "out.bio", monkeypatch)
    stops(lambda progress: import_file(out, tmp_path / "stopped.myo", progress), tmp_path / "stopped.myo")


@pytest.mark.skipif(not DATA.is_dir(), reason="the real recording is not here: ../shared/data")
def test_a_real_abduction(tmp_path):
    path = DATA / "shoulder_abduction.bio"
    with pytest.raises(SessionError, match=r"emg \(10, 14000\), markers \(3, 16, 700\)"):
        import_file(path, tmp_path / "x.myo")
    made = import_file(path, tmp_path / "x.myo", fs="emg=2000,markers=100", unit="emg=V,markers=mm")
    with open_session(made.path) as session, np.load(DATA / "shoulder_abduction.npz") as archive:
        for name, fs in (("emg", 2000), ("markers", 100)):
            data, timestamps = session.streams[name].read()
            assert data.dtype == np.float64
            np.testing.assert_array_equal(data.astype(np.float32), archive[name])
            np.testing.assert_array_equal(timestamps, np.arange(len(data)) / fs)
        assert session.streams["markers"].info.sample_shape == (16, 3)


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_pieces_are_joined_on_the_last_axis(protocol, tmp_path):
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(4, n)) for n in (5, 1000, 1, 0, 77)]
    markers = [np.asfortranarray(rng.integers(-9, 9, (3, 2, n)).astype(">i4")) for n in (1, 2, 3, 4, 5)]
    dicts = [{"emg": a, "markers": b, "who": {"x": [1]}} for a, b in zip(parts, markers, strict=True)]
    made = imported(tmp_path, pickled(*dicts, protocol=protocol), fs="100")
    assert made.notes == ["who is left out: it is no array of numbers."]
    with open_session(made.path) as session:
        np.testing.assert_array_equal(session.streams["emg"].read()[0], np.concatenate(parts, axis=-1).T)
        np.testing.assert_array_equal(session.streams["markers"].read()[0], np.concatenate(markers, axis=-1).T)


@settings(max_examples=60, deadline=None)
@given(
    npst.arrays(
        npst.floating_dtypes(sizes=(32, 64)) | npst.integer_dtypes(), npst.array_shapes(max_dims=3, max_side=30)
    ),
    st.integers(3, 5),
    st.booleans(),
)
def test_every_array_is_read_as_pickle_reads_it(array, protocol, fortran):
    array = np.asfortranarray(array) if fortran else array
    data = pickled({"a": array, "b": 3, "c": "text"}, protocol=protocol)
    found = unpickle(io.BytesIO(data), len(data))
    one = found["a"]
    assert isinstance(one, Lying)
    raw = one.data if isinstance(one.data, bytes) else data[one.data.offset : one.data.offset + one.data.n_bytes]
    read = np.frombuffer(raw, one.dtype).reshape(one.shape, order="F" if one.fortran else "C")
    np.testing.assert_array_equal(read, array)
    assert (read.dtype, found["b"], found["c"]) == (array.dtype, 3, "text")


class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/this-was-run",)


def wide(n):
    return b"\x80\x04}(X\x01\x00\x00\x00a\x8e" + n.to_bytes(8, "little") + b"xu."


BAD = {
    "code": pickle.dumps({"emg": Bomb()}),
    "code at the end": pickle.dumps({"emg": np.zeros((2, 10))})[:-1] + b"cos\nsystem\n(X\x04\x00\x00\x00true\x85R.",
    "objects": pickle.dumps({"emg": np.array([{}, []], dtype=object)}),
    "structured": pickle.dumps({"emg": np.zeros(3, dtype=[("a", "f8")])}),
    "complex": pickle.dumps({"emg": np.zeros(3, dtype=complex)}),
    "builtins": b"cbuiltins\neval\n(X\x03\x00\x00\x001+1tR.",
    "numpy load": b"cnumpy\nload\n(X\x01\x00\x00\x00xtR.",
    "huge bytes": wide(2**62),
    "huge bytearray": wide(2**40).replace(b"\x8e", b"\x96"),
    "huge reconstruct": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(J\xff\xff\xff\x7ftC\x01btR.",
    "memo": b"\x80\x04N" + b"r\xff\xff\xff\xff" * 10 + b".",
    "steps": b"\x80\x04" + b"N0" * 600_000 + b".",
    "torn": pickle.dumps({"emg": np.zeros((2, 1000))})[:-500],
    "empty": b"",
    "list": pickle.dumps([np.zeros(3)]),
    "text": b"hello, this is no pickle\n",
    "missing mark": b"\x80\x04u.",
    "stack": b"\x80\x04\x87.",
    "shape": pickle.dumps({"emg": np.zeros((2, 1000))}).replace(b"M\xe8\x03", b"M\xe9\x03"),
    "extension": b"\x82\x01.",
    "persistent": b"Pid\n.",
    "instance": b"(icodecs\nopen\n.",
    "new object": b"\x80\x02cnumpy\ndtype\n)\x81.",
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_pickles_are_one_sentence(kind, tmp_path):
    with pytest.raises(SessionError) as refused:
        imported(tmp_path, BAD[kind], fs=100)
    assert len(str(refused.value)) < 400
    assert not (tmp_path / "x.myo").exists()
    assert not Path("/tmp/this-was-run").exists()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 300))
def test_nothing_else_ever_comes_of_bytes(noise, at):
    good = pickle.dumps({"emg": np.arange(30.0).reshape(3, 10), "k": [1, 2.5, "x"]})
    data = good[:at] + noise + good[at + len(noise) :]
    for one in (data, noise):
        try:
            found = unpickle(io.BytesIO(one), len(one))
        except SessionError:
            continue
        assert isinstance(found, dict)


def test_a_person_is_heard_while_pickles_are_counted(tmp_path):
    one = pickle.dumps({"emg": np.zeros((2, 4))}, protocol=4)
    (tmp_path / "x.bio").write_bytes(one * 2000)
    asked = []

    def progress(share):
        asked.append(share)
        if len(asked) > 5:
            raise Stopped

    with pytest.raises(Stopped):
        import_file(tmp_path / "x.bio", tmp_path / "x.myo", progress, fs=100)
    assert set(asked) == {0.0}
    assert not (tmp_path / "x.myo").exists()
