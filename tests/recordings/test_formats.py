"""The table of formats, and what holds for all of them: whole or not at all, one sentence, nothing left behind."""

from __future__ import annotations

import builtins
from importlib import import_module

import numpy as np
import pytest

from myoscope.recordings import SessionError, check_session, open_session
from myoscope.recordings.formats import FORMATS, export_session, format_named, format_of, import_file, suggested
from myoscope.recordings.progress import Stopped

from .sessions import recorded


@pytest.fixture
def session(tmp_path):
    with open_session(recorded(tmp_path / "made" / "reach.myo", 3000, lost_at={500: 7})) as opened:
        yield opened


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_every_format_has_its_functions(one):
    module = import_module(f"myoscope.recordings.{one.module}")
    assert not one.writes or callable(module.write)
    assert not one.reads or callable(module.read)
    assert one.about.endswith(".")


def test_names_and_suffixes_tell_formats_apart():
    assert len({one.name for one in FORMATS}) == len(FORMATS)
    suffixes = [suffix for one in FORMATS for suffix in one.reads]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("one", [one for one in FORMATS if one.writes], ids=lambda one: one.name)
def test_stopping_half_way_leaves_nothing(one, session, tmp_path):
    out, told = tmp_path / "out", []

    def stop(share):
        told.append(share)
        if len(told) > 1 or share > 0:
            raise Stopped("enough")

    out.mkdir()
    with pytest.raises(Stopped):
        export_session(session, one.name, out / f"a{one.suffix}", stop)
    assert names(out) == []


@pytest.mark.parametrize("one", [one for one in FORMATS if one.writes], ids=lambda one: one.name)
def test_every_format_is_written_whole_and_tells_how_far_it_is(one, session, tmp_path):
    told = []
    made = export_session(session, one.name, tmp_path / "out" / f"a{one.suffix}", told.append)
    assert names(tmp_path / "out") == [made.path.name]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert all(note[-1] in ".?" for note in made.notes)


@pytest.mark.parametrize("one", [one for one in FORMATS if one.writes and one.reads], ids=lambda one: one.name)
def test_what_is_written_is_read_back(one, session, tmp_path):
    written = export_session(session, one.name, tmp_path / f"a{one.suffix}").path
    file = next(iter(sorted(written.glob("emg*")))) if one.is_folder else written
    read = import_file(file, tmp_path / "back")
    assert check_session(read.path)["ok"]
    before, _ = session.streams["emg"].read()
    with open_session(read.path) as back:
        (stream,) = back.streams.values()
        after, _ = stream.read()
        assert after.shape == before.shape
        physical = after.reshape(len(after), -1) * stream.info.scales
        np.testing.assert_allclose(physical, before * session.streams["emg"].info.scales, atol=1e-9)
        assert stream.info.fs == session.streams["emg"].info.fs
        assert back.attributes.get("origin") or one.unpacks


def test_nothing_is_ever_overwritten(session, tmp_path):
    (tmp_path / "a.npz").write_text("mine", encoding="utf-8")
    with pytest.raises(SessionError, match="is there already"):
        export_session(session, "npz", tmp_path / "a.npz")
    assert (tmp_path / "a.npz").read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_is_told_in_one_sentence(session, tmp_path):
    with pytest.raises(SessionError, match="no format 'wav'"):
        export_session(session, "wav", tmp_path / "a.wav")
    with pytest.raises(SessionError, match="takes no option 'colour'"):
        export_session(session, "npz", tmp_path / "a.npz", colour="red")
    with pytest.raises(SessionError, match="can be written, not read"):
        import_file(session.path / "zarr.json", tmp_path, name="nwb")
    with pytest.raises(SessionError, match="no file that is there"):
        import_file(tmp_path / "nothing.xdf", tmp_path)
    with pytest.raises(SessionError, match="of no format that can be read"):
        format_of(tmp_path / "a.wav")


def test_a_library_that_is_missing_is_named(session, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == "pyarrow":
            raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SessionError, match=r'needs pyarrow, .* pip install "myoscope\[export\]"'):
        export_session(session, "parquet", tmp_path / "a-parquet")
    assert names(tmp_path) == ["made"]


def test_a_place_that_is_taken_gets_a_number(session):
    wanted = format_named("npz")
    first = suggested(session, wanted)
    assert first.name == "reach.npz"
    first.touch()
    assert suggested(session, wanted).name == "reach-2.npz"
