"""Compressing a finished session: nothing changes but its size, whatever happens meanwhile."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import zarr

from myoscope.recordings import SessionError, array_compaction, check_session, compaction, open_session, shards
from myoscope.recordings.array_compaction import UNFINISHED, Crcs
from myoscope.recordings.compaction import Compacted, compact_session, compacted
from myoscope.recordings.lock import SessionLock
from myoscope.recordings.manifest import verify_manifest, write_manifest
from myoscope.sources import StreamInfo

from .compacting import content, names_in, two_streams
from .sessions import EMG, block, counted, recorded, recorder


def n_bytes(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return two_streams(tmp_path_factory.mktemp("original") / "original.myo")


@pytest.fixture
def path(original, tmp_path):
    copy = tmp_path / "copy.myo"
    shutil.copytree(original, copy)
    return copy


def test_a_compacted_session_holds_the_same_in_less(path):
    before = content(path)
    checksums = (path / "checksums.json").read_bytes()
    shares: list[float] = []
    n_before = n_bytes(path)
    done = compact_session(path, shares.append)
    assert done == Compacted(path, n_before, n_bytes(path))
    assert done.n_bytes_after < done.n_bytes_before
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 10
    assert content(path) == before
    assert (path / "checksums.json").read_bytes() == checksums
    with open_session(path) as session:
        assert compacted(session)
        assert all(stream.is_compacted for stream in session.streams.values())
    assert not [name for name in names_in(path) if "s/c." in name or UNFINISHED in name]
    group = zarr.open_group(path, mode="r", use_consolidated=False)
    for name, (data, timestamps) in before.items():
        assert group[f"{name}/samples"][:].tobytes() == data
        assert group[f"{name}/timestamps"][:].tobytes() == timestamps
        assert dict(group[name].attrs)["stream"] == name
    assert check_session(path)["ok"]
    assert verify_manifest(path).manifest is not None
    assert not verify_manifest(path).faults
    assert compact_session(path) == Compacted(path, n_bytes(path), n_bytes(path), already=True)


def test_a_recovered_session_is_compacted_too(tmp_path):
    made = recorder(tmp_path / "crashed.myo", chunk_seconds=0.5)
    sink = made.sink("emg")
    sink.open(EMG)
    for first in range(0, 3000, 500):
        sink.write(block(first, 500))
        made.step(0)
    shutil.copytree(made.path, tmp_path / "found.myo")
    made.close()
    assert not compact_session(tmp_path / "found.myo").already
    with open_session(tmp_path / "found.myo") as session:
        assert session.state == "recovered"
        assert (session.streams["emg"].read()[0] == counted(0, 3000)).all()
    assert check_session(tmp_path / "found.myo")["ok"]


@pytest.mark.parametrize("n", [0, 1, 1024, 1025])
def test_short_sessions_are_compacted(tmp_path, n):
    session = recorded(tmp_path / "short.myo", n, chunk_seconds=0.01)
    compact_session(session)
    assert (open_session(session).streams["emg"].read()[0] == counted(0, n)).all()
    assert check_session(session)["ok"]


def test_sessions_without_streams_have_nothing_to_compress(tmp_path):
    made = recorder(tmp_path)
    made.close()
    assert compact_session(made.path).already


# Readers


def test_a_session_that_is_open_reads_on(path):
    with open_session(path) as session:
        emg = session.streams["emg"]
        held, times = emg.read(10, 20)
        compact_session(path)
        assert (held == counted(10, 10)).all()
        assert (emg.read(0, 5000)[0] == counted(0, 5000)).all()
        assert emg.read_timestamps(10, 20).tobytes() == times.tobytes()
        assert emg.is_compacted
        assert emg.damage() == []


def test_the_picture_of_a_session_that_is_open_stays(path):
    with open_session(path) as session, open_session(path) as other:
        emg = session.streams["emg"]
        before = emg.overview(700, 3, 4990)
        assert not emg.lacks_overview
        compact_session(path)
        assert (other.streams["emg"].overview(700, 3, 4990) == before).all()
        assert (emg.overview(50, exact=True) == open_session(path).streams["emg"].overview(50, exact=True)).all()


def test_a_session_opened_while_its_chunks_go_reads_on(path, monkeypatch):
    opened = []
    real = array_compaction.sweep

    def open_first(folder):
        opened.append(open_session(path))
        return real(folder)

    monkeypatch.setattr(array_compaction, "sweep", open_first)
    compact_session(path)
    assert len(opened) == 4
    for session in opened:
        assert (session.streams["emg"].read()[0] == counted(0, 5000)).all()
        assert session.streams["markers"].damage() == []
        session.close()


def test_chunks_that_cannot_be_removed_yet_are_removed_later(path, monkeypatch):
    """As Windows has it, where files that somebody has mapped stay."""
    before, n = content(path), [0]
    real = Path.unlink

    def held(self, missing_ok=False):
        if self.parent.name == "samples" and self.name.startswith("c."):
            n[0] += 1
            raise PermissionError(13, "somebody has it open")
        real(self, missing_ok)

    with monkeypatch.context() as windows:
        windows.setattr(Path, "unlink", held)
        compact_session(path)
        assert content(path) == before
    assert n[0] >= 2
    assert not (path / "manifest.json").exists()  # it would go stale when they go
    assert content(path) == before
    assert not [name for name in names_in(path) if "s/c." in name]
    compact_session(path)
    assert not verify_manifest(path).faults
    assert (path / "manifest.json").exists()


def test_a_chunk_that_is_really_gone_is_still_told(path):
    with open_session(path) as session:
        (path / "emg/samples/c.1.0").unlink()
        with pytest.raises(SessionError, match=r"c\.1\.0 is missing, and its"):
            session.streams["emg"].read()


# What is refused


def test_a_session_that_is_being_recorded_is_left_alone(tmp_path):
    made = recorder(tmp_path)
    made.sink("emg").open(EMG)
    made.step(0)
    with pytest.raises(SessionError, match="being recorded"):
        compact_session(made.path)
    made.close()


def test_only_one_compacts_a_session_at_a_time(path):
    before = names_in(path)
    with SessionLock(path) as lock:
        assert lock.held
        with pytest.raises(SessionError, match="recorded or compressed elsewhere"):
            compact_session(path)
    assert names_in(path) == before


def test_what_is_not_what_was_recorded_is_not_compressed(path):
    with (path / "emg/samples/c.2.0").open("r+b") as file:
        file.seek(100)
        file.write(b"\x55")
    before = names_in(path)
    with pytest.raises(SessionError, match=r"from 2,048 on are not what was recorded.*Nothing was compressed"):
        compact_session(path)
    assert names_in(path) - {"manifest.json"} == before - {"manifest.json"}


def test_what_is_not_what_was_sealed_is_not_compressed(path):
    write_manifest(path)
    with (path / "gaps.jsonl").open("ab") as file:
        file.write(b"x")
    before = names_in(path)
    with pytest.raises(SessionError, match=r"gaps\.jsonl .*sealed.*Nothing was compressed"):
        compact_session(path)
    assert names_in(path) == before


@pytest.mark.parametrize("change", ["missing", "another length", "short"])
def test_without_its_checksums_nothing_is_compressed(path, change):
    values = json.loads((path / "checksums.json").read_text(encoding="utf-8"))
    if change == "missing":
        (path / "checksums.json").unlink()
    else:
        values["emg"]["n_rows" if change == "another length" else "chunks"] = 7 if change == "another length" else []
        (path / "checksums.json").write_text(json.dumps(values), encoding="utf-8")
    before = names_in(path)
    with pytest.raises(SessionError, match=r"checksums\.json|7 were recorded"):
        compact_session(path)
    assert names_in(path) == before


def test_room_is_asked_for_first(path, monkeypatch):
    usage = shutil.disk_usage(path)._replace(free=10**6)
    monkeypatch.setattr(compaction.shutil, "disk_usage", lambda _: usage)
    before = names_in(path)
    with pytest.raises(SessionError, match=r"needs .* MB for a while, and its disk has 1 MB left"):
        compact_session(path)
    assert names_in(path) == before


def test_a_session_that_is_moved_meanwhile_is_not_made_again(path, monkeypatch):
    monkeypatch.setattr(shards, "MIN_SHARD_BYTES", 100)
    monkeypatch.setattr(shards, "MIN_INNER_BYTES", 100)
    monkeypatch.setattr(shards, "SHARD_SECONDS", 0.3)
    before, moved = content(path), path.with_name("moved.myo")

    def move(share):
        if share > 0.12 and path.is_dir():
            path.rename(moved)

    with pytest.raises(SessionError, match="its folder is gone|is missing"):
        compact_session(path, move)
    assert not path.exists()
    assert content(moved) == before
    assert not [name for name in names_in(moved) if UNFINISHED in name]


def test_what_is_behind_a_url_is_not_compressed():
    with pytest.raises(SessionError, match="not on this machine"):
        compact_session("https://example.org/a.myo")


def test_shards_that_do_not_come_back_are_never_swapped_in(path, monkeypatch):
    before = content(path)
    real = array_compaction._settle

    def damage(file, until):
        with file.open("r+b") as shard:
            shard.seek(30)
            shard.write(b"\xff\x00\xff")
        real(file, until)

    monkeypatch.setattr(array_compaction, "_settle", damage)
    with pytest.raises(SessionError, match="damaged|does not come back"):
        compact_session(path)
    assert not any(stream.is_compacted for stream in open_session(path).streams.values())
    assert content(path) == before


def test_rows_that_were_swapped_on_the_way_are_found(path, monkeypatch):
    real = array_compaction.ShardedArray.rows
    monkeypatch.setattr(array_compaction.ShardedArray, "rows", lambda self, a, b: real(self, a, b)[::-1].copy())
    with pytest.raises(SessionError, match="does not come back from the disk as it was recorded"):
        compact_session(path)


# Shards


def test_rows_are_added_up_chunk_by_chunk():
    rows = counted(0, 2500)
    crcs = Crcs(1000)
    for first, last in ((0, 1), (1, 1), (1, 999), (999, 2001), (2001, 2500)):
        crcs.add(rows[first:last])
    whole = Crcs(1000)
    whole.add(rows)
    assert crcs.all == whole.all
    assert len(crcs.all) == 3
    assert Crcs(10).all == []


def test_sessions_of_many_shards_come_back(path, monkeypatch):
    monkeypatch.setattr(shards, "MIN_SHARD_BYTES", 100)
    monkeypatch.setattr(shards, "MIN_INNER_BYTES", 100)
    monkeypatch.setattr(shards, "SHARD_SECONDS", 0.3)
    monkeypatch.setattr(shards, "INNER_SECONDS", 0.1)
    before = content(path)
    compact_session(path)
    assert len([name for name in names_in(path) if name.startswith("emg/samples/c/")]) == 9
    assert content(path) == before
    assert check_session(path)["ok"]


def test_channels_apart_come_back_together(tmp_path):
    info = StreamInfo(fs=2000.0, name="grid", sample_shape=(64,), unit="µV", dtype="int16")
    session = recorded(tmp_path / "grid.myo", 5000, info, chunk_seconds=0.5)
    compact_session(session)
    with open_session(session) as opened:
        stream = opened.streams["emg"]
        assert stream._samples.shards.inner_row_shape == (16,)
        assert (stream.read()[0] == counted(0, 5000, info)).all()
        assert (stream.read(100, 4000, slice(20, 21))[0] == counted(100, 3900, info)[:, 20:21]).all()
        assert np.isfinite(stream.overview(10)).all()
