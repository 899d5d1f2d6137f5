"""A session in one file: it comes back to the last bit, and nothing else does."""

from __future__ import annotations

import io
import os
import shutil
import stat
import struct
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError, check_session, format_zip, open_session
from myoscope.recordings.compaction import compact_session
from myoscope.recordings.formats import export_session, import_file
from myoscope.recordings.manifest import write_manifest
from myoscope.recordings.progress import Stopped, no_progress
from myoscope.recordings.zip_entries import is_session_file

from .memory import Memory
from .sessions import EMG, MARKERS, block, counted, recorder


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    made = recorder(tmp_path_factory.mktemp("zip") / "lift one.myo", chunk_seconds=0.5, subject="S07")
    for name, info in (("emg", EMG), ("markers", MARKERS)):
        sink = made.sink(name)
        sink.open(info)
        sink.write(block(0, 3000, info))
        made.step(0)
    made.close()
    write_manifest(made.path)
    return made.path


@pytest.fixture(scope="module")
def sent(session, tmp_path_factory):
    """Return the session in one file."""
    with open_session(session) as opened:
        return export_session(opened, "zip", tmp_path_factory.mktemp("sent") / "lift.myo.zip").path


def files_in(folder: Path) -> dict[str, bytes]:
    """Return all files of a session by path."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_a_session_comes_back_to_the_last_bit(session, sent, tmp_path):
    shares: list[float] = []
    made = import_file(sent, tmp_path, shares.append)
    assert made.path == tmp_path / "lift_one.myo"
    assert made.notes == []
    assert files_in(made.path) == files_in(session)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert check_session(made.path)["ok"]
    assert [path.name for path in tmp_path.iterdir()] == ["lift_one.myo"]
    assert import_file(sent, tmp_path).path == tmp_path / "lift_one-2.myo"
    assert import_file(sent, tmp_path / "as told.myo").path == tmp_path / "as told.myo"
    with pytest.raises(SessionError, match="exists already"):
        import_file(sent, tmp_path / "as told.myo")


def test_a_compacted_session_comes_back(session, tmp_path):
    small = tmp_path / "small.myo"
    shutil.copytree(session, small)
    compact_session(small)
    with open_session(small) as opened:
        out = export_session(opened, "zip", tmp_path / "small.zip").path
    with zipfile.ZipFile(out) as archive:
        kinds = {info.filename: info.compress_type for info in archive.infolist()}
    assert kinds["small.myo/emg/samples/c/0/0"] == zipfile.ZIP_STORED
    assert kinds["small.myo/clock.jsonl"] == zipfile.ZIP_DEFLATED
    made = import_file(out, tmp_path / "back.myo")
    assert files_in(made.path) == files_in(small)
    assert check_session(made.path)["ok"]


def test_the_same_session_gives_the_same_file(session, sent, tmp_path):
    copy = tmp_path / "elsewhere" / session.name
    shutil.copytree(session, copy)
    for file in copy.rglob("*"):
        os.utime(file, (1e9, 1e9))
    with open_session(copy) as opened:
        assert export_session(opened, "zip", tmp_path / "again.zip").path.read_bytes() == sent.read_bytes()


def test_a_session_behind_a_url_is_sent_too(session, tmp_path):
    files = fsspec.filesystem("memory")
    try:
        for name, data in files_in(session).items():
            files.pipe(f"/there/lift.myo/{name}", data)
        with open_session("memory://there/lift.myo") as opened:
            out = export_session(opened, "zip", tmp_path / "fetched.zip").path
    finally:
        files.store.clear()
    made = import_file(out, tmp_path / "fetched.myo")
    with open_session(made.path) as opened:
        assert (opened.streams["emg"].read()[0] == counted(0, 3000)).all()
    assert check_session(made.path)["ok"]


def test_a_session_that_is_being_recorded_is_not_sent(tmp_path):
    made = recorder(tmp_path / "live.myo")
    made.sink("emg").open(EMG)
    made.step(0)
    with open_session(made.path) as opened, pytest.raises(SessionError, match="is being recorded"):
        export_session(opened, "zip", tmp_path / "live.zip")
    made.close()
    assert not (tmp_path / "live.zip").exists()


def test_an_interrupted_session_is_recovered_where_it_arrives(tmp_path):
    made = recorder(tmp_path / "crashed.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 700))
    made.step(0)
    archive = zipped(
        {name: data for name, data in files_in(made.path).items() if name not in ("writer.lock", "ballast")}
    )
    made.close()
    (tmp_path / "sent.zip").write_bytes(archive)
    came = import_file(tmp_path / "sent.zip", tmp_path / "in")
    assert "Found 700 samples of emg" in came.notes[0]
    assert (open_session(came.path).streams["emg"].read()[0] == counted(0, 700)).all()


def test_what_is_not_what_was_sealed_is_told(session, tmp_path):
    files = files_in(session)
    files["events.jsonl"] = b'{"t":1.0,"kind":"marker","label":"added"}\n'
    files["clock.jsonl"] = b""
    (tmp_path / "changed.zip").write_bytes(zipped(files))
    made = import_file(tmp_path / "changed.zip", tmp_path / "in")
    assert len(made.notes) == 1
    assert "changed.myo/clock.jsonl has 0 bytes" in made.notes[0]


def test_a_person_may_stop_it(sent, session, tmp_path):
    def stop(share):
        if share > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        import_file(sent, tmp_path, stop)
    with open_session(session) as opened, pytest.raises(Stopped):
        export_session(opened, "zip", tmp_path / "x.zip", stop)
    assert not list(tmp_path.iterdir())


def test_what_other_systems_add_is_left_out(session, tmp_path):
    files = {f"a b.myo/{name}": data for name, data in files_in(session).items()}
    files |= {"__MACOSX/a b.myo/._zarr.json": b"x", "a b.myo/.DS_Store": b"x", "a b.myo/emg/": b""}
    (tmp_path / "mac.zip").write_bytes(zipped(files))
    made = import_file(tmp_path / "mac.zip", tmp_path)
    assert made.path.name == "a_b.myo"
    assert files_in(made.path) == files_in(session)


def test_memory_stays_flat(session, tmp_path):
    big = tmp_path / "big.myo"
    made = recorder(big, chunk_seconds=10.0)
    sink = made.sink("emg")
    sink.open(EMG)
    for first in range(0, 1_000_000, 50_000):
        sink.write(block(first, 50_000))
        made.step(0)
    made.close()
    with open_session(big) as opened, Memory() as writing:
        out = export_session(opened, "zip", tmp_path / "big.zip").path
    with Memory() as reading:
        import_file(out, tmp_path / "back.myo")
    assert max(writing.peak_bytes, reading.peak_bytes) < 8 * 2**20


# Strangers


def zipped(files: dict[str, bytes], **settings) -> bytes:
    """Return a zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data, **settings)
    return out.getvalue()


def with_entry(name: str, data: bytes = b"x", mode: int = stat.S_IFREG | 0o644):
    """Return a change that adds an entry."""

    def change(files: dict[str, bytes]) -> bytes:
        out = io.BytesIO(zipped(files))
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(out, "a") as archive:
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, mode << 16
            archive.writestr(info, data)
        return out.getvalue()

    return change


def raw_name(name: bytes):
    """Return a change that adds an entry whose name no library would write."""

    def change(files: dict[str, bytes]) -> bytes:
        return with_entry("x" * len(name))(files).replace(b"x" * len(name), name)

    return change


def patched(at: bytes, offset: int, value: bytes, last: bool = True):
    """Return a change of some bytes after a signature."""

    def change(files: dict[str, bytes]) -> bytes:
        data = bytearray(zipped(files))
        place = (data.rfind(at) if last else data.find(at)) + offset
        data[place : place + len(value)] = value
        return bytes(data)

    return change


def bomb(files: dict[str, bytes]) -> bytes:
    """Return entries that claim to be 64 MiB each, all from the same few bytes."""
    data = bytearray(zipped({**files, **{f"emg/samples/c.{i}.0": b"\0" * 2**16 for i in range(10, 30)}}))
    return bytes(data)


def overlapping(files: dict[str, bytes]) -> bytes:
    """Let all entries of the list point to the bytes of the largest."""
    whole = zipped({**files, "emg/samples/c.900.0": os.urandom(2**16), "emg/samples/c.901.0": b"a"})
    data = bytearray(whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        at = archive.getinfo("emg/samples/c.900.0").header_offset
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        struct.pack_into("<I", data, place + 20, 2**16)
        struct.pack_into("<I", data, place + 42, at)
        place += 46
    return bytes(data)


def encrypted(files: dict[str, bytes]) -> bytes:
    data = bytearray(zipped(files))
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 46
    return bytes(data)


STRANGE = {
    "nothing": lambda files: b"",
    "no zip": lambda files: b"PK\x03\x04 and then text" * 100,
    "cut short": lambda files: zipped(files)[:-200],
    "cut in the middle": lambda files: zipped(files)[: len(zipped(files)) // 2],
    "no entries": lambda files: zipped({}),
    "no session": lambda files: zipped({"a/readme.txt": b"x"}),
    "two sessions": lambda files: zipped({**{f"a.myo/{n}": d for n, d in files.items()}, "b.myo/zarr.json": b"{}"}),
    "no metadata": lambda files: zipped({f"a.myo/{n}": d for n, d in files.items() if n != "zarr.json"}),
    "a path upwards": with_entry("../evil"),
    "a path upwards inside": with_entry("emg/samples/../../../evil"),
    "an absolute path": with_entry("/tmp/evil"),
    "a drive": with_entry("C:\\evil"),
    "backslashes": with_entry("..\\evil"),
    "a name with a zero": raw_name(b"emg/zarr.json\0.exe"),
    "a name that is no text": raw_name(b"emg/\xff\xfe\xfd\xfc"),
    "a program": with_entry("emg/run.exe"),
    "a hidden file": with_entry("emg/samples/.hidden"),
    "a folder like a stream": with_entry("con/samples/nul"),
    "a link": with_entry("emg/samples/c.7.0", b"/etc/passwd", stat.S_IFLNK | 0o777),
    "a device": with_entry("emg/samples/c.7.0", b"", stat.S_IFCHR | 0o666),
    "a pipe": with_entry("emg/samples/c.7.0", b"", stat.S_IFIFO | 0o666),
    "a name twice": with_entry("events.jsonl"),
    "a name twice but for its case": with_entry("EMG/zarr.json"),
    "a file that is a folder, too": with_entry("emg/samples/c.0.0/zarr.json"),
    "a shard that is a folder, too": lambda files: zipped(
        {**files, "emg/samples/c/0": b"a", "emg/samples/c/0/0": b"b"}
    ),
    "encrypted": encrypted,
    "another compression": patched(b"PK\x01\x02", 10, struct.pack("<H", 14)),
    "a size that was not packed": patched(b"PK\x01\x02", 24, struct.pack("<I", 50 * 2**20)),
    "a size beyond all": patched(b"PK\x01\x02", 24, struct.pack("<I", 2**32 - 2)),
    "a size too small": patched(b"PK\x01\x02", 24, struct.pack("<I", 1)),
    "a wrong checksum": patched(b"PK\x01\x02", 16, b"\1\2\3\4"),
    "an offset outside": patched(b"PK\x01\x02", 42, struct.pack("<I", 2**31)),
    "a list of many": patched(b"PK\x05\x06", 10, struct.pack("<HI", 65534, 2**31)),
    "a list elsewhere": patched(b"PK\x05\x06", 16, struct.pack("<I", 2**31)),
    "overlapping entries": overlapping,
    "damaged bytes": patched(b"PK\x03\x04", 60, b"\xff" * 20, last=False),
    "a session of another kind": lambda files: zipped({**files, "zarr.json": b"{}"}),
    "a chunk too few": lambda files: zipped({n: d for n, d in files.items() if n != "emg/samples/c.0.0"}),
    "an entry of 66 MiB": lambda files: zipped({**files, "emg/samples/c.90.0": bytes(66 * 2**20)}),
}  # fmt: skip


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_a_strange_archive_is_refused_in_one_sentence(session, tmp_path, change):
    archive = tmp_path / "strange.zip"
    archive.write_bytes(change(files_in(session)))
    with Memory() as memory, pytest.raises(SessionError) as told:
        import_file(archive, tmp_path / "in", no_progress)
    assert memory.peak_bytes < 64 * 2**20
    assert "\n" not in str(told.value)
    assert str(told.value)[-1] in ".?"
    assert [path.name for path in tmp_path.iterdir() if path.name != "in"] == ["strange.zip"]
    assert not (tmp_path / "in").exists() or not list((tmp_path / "in").iterdir())


def test_room_is_asked_for_first(sent, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=10**6)
    monkeypatch.setattr(format_zip.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(SessionError, match="the disk has 1 MB left"):
        import_file(sent, tmp_path / "in")


@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_damage_crashes_or_leaves_anything(sent, tmp_path, places):
    data = bytearray(sent.read_bytes())
    for place, value in places:
        data[min(int(place * len(data)), len(data) - 1)] = value
    archive = tmp_path / "damaged.zip"
    archive.write_bytes(bytes(data))
    with suppress(SessionError):
        shutil.rmtree(import_file(archive, tmp_path / "in").path)
    assert not (tmp_path / "in").exists() or not list((tmp_path / "in").iterdir())


@pytest.mark.parametrize(
    ("name", "so"),
    [
        ("zarr.json", True), ("emg/zarr.json", True), ("emg~2/samples/c.12.0", True), ("emg/timestamps/c.0", True),
        ("emg/samples/c/3/0", True), ("emg/timestamps/c/3", True), ("emg/overview/zarr.json", True),
        ("emg/overview/3/c.0.0.0", True), ("manifest.json", True), ("report.html", True), ("about.jsonl", True),
        ("ballast", False), ("writer.lock", False), ("emg/samples/c", False), ("emg/samples/c.a", False),
        ("emg", False), ("emg/samples/c/../0", False), ("../zarr.json", False), ("/zarr.json", False),
        ("emg//zarr.json", False),
        ("emg/samples.compacting/zarr.json", False), ("emg/overview/../zarr.json", False), ("", False),
    ],
)  # fmt: skip
def test_only_what_a_session_may_hold_is_taken(name, so):
    assert is_session_file(name) is so
