"""The manifest: any flipped bit of any file is found and named, and what may change may change."""

from __future__ import annotations

import hashlib
import json
import os
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import SessionError
from myoscope.recordings.event_lines import Edit, edit_event
from myoscope.recordings.manifest import cover, read_manifest, verify_manifest, write_manifest
from myoscope.recordings.progress import Stopped
from myoscope.recordings.report import make_report
from myoscope.recordings.session_files import files_of, kind_of
from myoscope.recordings.storing_report import finish_session, seal_session
from myoscope.sources import Event

from .sessions import block, recorded, recorder


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """A small session with something in every file, sealed and with its report."""
    made = recorder(tmp_path_factory.mktemp("sealed") / "lift.myo", chunk_seconds=0.01, name="lift")
    sink = made.sink("emg", "synthetic:")
    from .sessions import EMG

    sink.open(EMG)
    for first in range(0, 3000, 100):
        sink.write(block(first, 100, lost=7 if first == 500 else 0, at=first + (7 if first >= 500 else 0)))
    made.event(Event(51.0, "marker", "lift", "left arm", ""))
    made.clock_offset("emg", 0.25, 1e-5)
    made.close()
    report = finish_session(made.path)
    assert report.ok, report.problems
    assert report.notes == ()
    return made.path


def files(session):
    return sorted([path for path, _ in files_of(session)] + ["manifest.json"])


def test_every_file_is_in_it(sealed):
    manifest = read_manifest(sealed)
    assert set(manifest.files) == set(files(sealed)) - {"manifest.json"}
    assert {"zarr.json", "events.jsonl", "gaps.jsonl", "clock.jsonl", "checksums.json"} < set(manifest.files)
    assert {"emg/zarr.json", "emg/samples/zarr.json", "emg/samples/c.2.0", "emg/timestamps/c.0"} < set(manifest.files)
    for path, entry in manifest.files.items():
        data = (sealed / path).read_bytes()
        assert (entry.n_bytes, entry.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest.uuid == json.loads((sealed / "zarr.json").read_text(encoding="utf-8"))["attributes"]["uuid"]


def flipped(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(data)


@given(st.data())
def test_any_flipped_bit_of_any_file_is_found_and_named(sealed, data):
    name = data.draw(st.sampled_from(files(sealed)))
    path = sealed / name
    whole = path.read_bytes()
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    path.write_bytes(flipped(path, bit))
    try:
        verified = verify_manifest(sealed)
        assert [fault.path for fault in verified.faults] == [name]
        report = make_report(sealed)
        told = [*report.problems, *report.notes]
        assert any(name.rsplit("/", 1)[-1] in sentence for sentence in told), told
        if kind_of(name) == "derived":
            assert report.ok, "no recorded sample is in it"
            assert report.verdict != "ok"
        else:
            assert not report.ok
        if "/c." in name and kind_of(name) == "whole":
            row = bit // 64 + 1024 * int(name.split("c.")[1].split(".")[0])
            rows = f"{row // 1024 * 1024:,} to {min(row // 1024 * 1024 + 1023, 2999):,}"
            wanted = rows if row < 3000 else "Its rows are whole by checksums.json"
            assert any(wanted in sentence for sentence in told), (row, told)
    finally:
        path.write_bytes(whole)
    assert verify_manifest(sealed).faults == ()


@pytest.mark.parametrize("name", ["zarr.json", "emg/zarr.json", "emg/samples/zarr.json", "checksums.json"])
def test_every_bit_of_the_metadata_counts(sealed, name):
    path = sealed / name
    whole = path.read_bytes()
    found = 0
    try:
        for bit in range(0, 8 * len(whole), 37):
            path.write_bytes(flipped(path, bit))
            found += [fault.path for fault in verify_manifest(sealed).faults] == [name]
            path.write_bytes(whole)
    finally:
        path.write_bytes(whole)
    assert found == len(range(0, 8 * len(whole), 37))


def test_every_bit_of_the_manifest_itself_counts(sealed):
    path = sealed / "manifest.json"
    whole = path.read_bytes()
    try:
        for bit in range(0, 8 * len(whole), 61):
            path.write_bytes(flipped(path, bit))
            with pytest.raises(SessionError, match=r"manifest\.json"):
                read_manifest(sealed)
    finally:
        path.write_bytes(whole)
    assert read_manifest(sealed).files


@pytest.fixture
def copy(sealed, tmp_path):
    shutil.copytree(sealed, tmp_path / "copy.myo")
    return tmp_path / "copy.myo"


def test_further_lines_do_not_break_it_but_a_changed_beginning_does(copy):
    edit_event(copy, Edit(60.0, Event(51.0, "marker", "lift", "left arm", ""), "lower", "right arm"))
    (copy / "about.jsonl").write_text("{}\n", encoding="utf-8")
    verified = verify_manifest(copy)
    assert (verified.faults, verified.added) == ((), ())
    assert verified.n_grown_bytes > 50
    report = make_report(copy)
    assert report.ok
    assert "added since the session was sealed" in report.notes[0]
    data = bytearray((copy / "events.jsonl").read_bytes())
    data[5] ^= 1
    (copy / "events.jsonl").write_bytes(data)
    assert [fault.path for fault in verify_manifest(copy).faults] == ["events.jsonl"]


@pytest.mark.parametrize("name", ["events.jsonl", "emg/samples/c.1.0", "emg/timestamps/zarr.json"])
def test_what_is_cut_off_or_gone_is_named(copy, name):
    path = copy / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    faults = verify_manifest(copy).faults
    assert [fault.path for fault in faults] == [name]
    assert f"{len(whole):,} were sealed" in faults[0].sentence
    path.unlink()
    assert "is missing" in verify_manifest(copy).faults[0].sentence
    assert not make_report(copy).ok


def test_what_can_be_made_again_is_no_loss(copy):
    overview = copy / "emg" / "overview_16" / "c.0"
    overview.parent.mkdir()
    overview.write_bytes(b"0123")
    assert verify_manifest(copy).added == ()
    write_manifest(copy)
    overview.write_bytes(b"0124")
    report = make_report(copy)
    assert report.ok
    assert report.verdict == "look"
    assert "Make it again" in report.notes[0]
    shutil.rmtree(overview.parent)
    assert "is missing" in make_report(copy).notes[0]


def test_a_strangers_file_in_the_folder_is_told_of_and_no_problem(copy):
    (copy / "todo.txt").write_text("call S07", encoding="utf-8")
    (copy / ".DS_Store").write_bytes(b"x")
    report = make_report(copy)
    assert report.ok
    assert report.notes == ("Not covered by the manifest: todo.txt.",)


def test_compressed_shards_are_sealed_anew_and_any_flipped_bit_is_found(copy):
    from myoscope.recordings.compaction import compact_session

    compact_session(copy)
    report = make_report(copy)
    assert (report.ok, report.streams[0].stored) == (True, "compressed shards")
    assert report.streams[0].samples.n_checked == report.streams[0].samples.n_chunks == 3
    random = np.random.default_rng(0)
    for array in ("samples", "timestamps"):
        for path in sorted(p for p in (copy / "emg" / array).glob("c/**/*") if p.is_file()):
            whole = path.read_bytes()
            for bit in random.integers(0, 8 * len(whole), 12).tolist():
                path.write_bytes(flipped(path, bit))
                name = path.relative_to(copy).as_posix()
                assert [fault.path for fault in verify_manifest(copy).faults] == [name]
                report = make_report(copy)
                assert any(name in problem for problem in report.problems), report.problems
                path.write_bytes(whole)
    assert make_report(copy).ok


@pytest.mark.skipif(os.name != "posix", reason="links need rights there")
def test_links_are_not_followed(copy, tmp_path):
    chunk = copy / "emg" / "samples" / "c.0.0"
    (tmp_path / "elsewhere").write_bytes(chunk.read_bytes())
    chunk.unlink()
    chunk.symlink_to(tmp_path / "elsewhere")
    assert [fault.path for fault in verify_manifest(copy).faults] == ["emg/samples/c.0.0"]


def test_paths_out_of_the_folder_are_never_opened(copy, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    values = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(b"secret").hexdigest()
    values["files"]["../secret"] = {"bytes": 6, "sha256": digest, "kind": "whole"}
    del values["body_sha256"]
    spelled = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
    values["body_sha256"] = hashlib.sha256(spelled).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(values, sort_keys=True, separators=(",", ":")), encoding="utf-8")
    faults = verify_manifest(copy).faults
    assert [(fault.path, "is missing" in fault.sentence) for fault in faults] == [("../secret", True)]


@pytest.mark.parametrize(
    "files_said", [[], {"a": 3}, {"a": {"bytes": -1, "sha256": "", "kind": "whole"}}, {"a": {"bytes": "9"}}]
)
def test_a_strangers_manifest_is_one_sentence(copy, files_said):
    values = {"format": "myoscope manifest", "version": 1, "session": "", "written": "", "files": files_said}
    spelled = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
    values["body_sha256"] = hashlib.sha256(spelled).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(values, sort_keys=True, separators=(",", ":")), encoding="utf-8")
    verified = verify_manifest(copy)
    assert (len(verified.faults) == 1) == (files_said != [])


def test_a_session_without_one_is_in_order_and_can_be_sealed(tmp_path):
    session = recorded(tmp_path / "old.myo", 300)
    report = make_report(session)
    assert report.ok
    assert next(figure for figure in report.figures if figure.key == "manifest").value == "–"
    sealed = seal_session(session)
    assert sealed.ok
    assert verify_manifest(session).manifest is not None
    assert (session / "report.html").is_file()


def test_what_is_not_in_order_is_not_sealed(tmp_path):
    session = recorded(tmp_path / "old.myo", 300)
    chunk = session / "emg" / "samples" / "c.0.0"
    chunk.write_bytes(flipped(chunk, 77))
    with pytest.raises(SessionError, match="not in order, so it is not sealed"):
        seal_session(session)
    assert not (session / "manifest.json").exists()


def test_a_session_being_recorded_is_not_sealed(tmp_path):
    made = recorder(tmp_path / "now.myo")
    with pytest.raises(SessionError, match="not closed yet"):
        write_manifest(made.path)
    made.close()


def test_stopping_leaves_the_older_manifest(copy):
    before = (copy / "manifest.json").read_bytes()

    def stop(share):
        raise Stopped

    with pytest.raises(Stopped):
        write_manifest(copy, stop)
    assert (copy / "manifest.json").read_bytes() == before
    assert not list(copy.glob("*.new"))


def test_progress_goes_from_nothing_to_all(copy):
    shares = []
    verify_manifest(copy, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_only_what_can_be_made_again_is_covered_later(copy):
    (copy / "report.json").write_text("{}", encoding="utf-8")
    assert [fault.path for fault in verify_manifest(copy).faults] == ["report.json"]
    cover(copy, ["report.json"])
    assert verify_manifest(copy).faults == ()
    with pytest.raises(SessionError, match="Seal the whole session"):
        cover(copy, ["zarr.json"])


def test_what_cannot_be_opened_is_explained_by_its_manifest(copy):
    (copy / "zarr.json").write_bytes(b"{}")
    report = make_report(copy)
    assert not report.ok
    assert any("zarr.json" in problem and "SHA-256" in problem for problem in report.problems)
    assert report.to_json()["state"] == "unreadable"
    (copy / "manifest.json").unlink()
    with pytest.raises(SessionError):
        make_report(copy)
