"""Disks that fill, break, stall, vanish or belong to others: what the books say afterwards, and what the person reads.

Where a small disk may be mounted the disk is a real one; elsewhere `test_recorder` has the same faults simulated.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from myoscope.recordings import Recorder, RecordingError, check_session, disk, open_session
from myoscope.recordings.folder import BALLAST_BYTES

from .ledger import read_ledger
from .rehearsal import RATE_HZ, Rehearsal
from .small_disks import break_disk, image_disk, make_image, memory_disk

HERE = Path(__file__).parent


@pytest.fixture
def rehearse():
    """Begin recordings that have ended after the test, also after one that failed."""
    made = []

    def begin(*args, **kwargs):
        made.append(Rehearsal(*args, **kwargs))
        return made[-1]

    yield begin
    for take in made:
        take.close()


def counted(take: Rehearsal) -> None:
    """Assert that the status knows of every sample: written, or lost."""
    status = take.recorder.status
    assert sum(status.n_written.values()) + status.n_lost == take.source.n_made


@pytest.mark.parametrize("size", ["1m", "2m"])
def test_a_full_disk_stops_cleanly_with_all_that_fits(rehearse, tmp_path, size):
    with memory_disk(tmp_path / "disk", size) as place:
        take = rehearse(place / "take.myo")
        take.seconds_until_told(at_most=60.0)
        made, written, _ = take.counts
        assert made - written < 2 * RATE_HZ
        # All that is left is what the ballast gave back for the close, and less than a block.
        assert shutil.disk_usage(place).free <= BALLAST_BYTES + 2**14
        assert take.error == (
            f"The disk is full: 00:{int((written - 1) / RATE_HZ):02} are safe in {take.path}."
            " Free space and record again."
        )
        take.run(0.5)
        take.close()
        books = read_ledger(take.path, take.source.n_made, first=0)
        assert (books.faults, books.recorded) == ({}, written)
        with open_session(take.path) as session:
            assert (session.state, session.ended) == ("complete", "disk full")
        assert check_session(take.path)["ok"]


def test_when_room_is_freed_recording_again_works_at_once(rehearse, tmp_path):
    with memory_disk(tmp_path / "disk", "3m") as place:
        rest = place / "rest"
        rest.write_bytes(bytes(2 * 2**20))
        first = rehearse(place / "first.myo")
        first.seconds_until_told(at_most=60.0)
        rest.unlink()
        # The recording that stopped stays stopped, and goes on counting: what it says is safe stays so.
        written = first.counts[1]
        first.run(0.5)
        assert first.counts[1] == written
        assert "Free space and record again" in first.error
        with rehearse(place / "second.myo") as second:
            second.run(2.0)
        assert second.error == ""
        first.close()
        for take in (first, second):
            assert read_ledger(take.path, take.source.n_made, first=0).faults == {}
            assert check_session(take.path)["ok"]
        assert read_ledger(second.path).named == 0


def test_a_disk_that_becomes_read_only_keeps_what_was_acknowledged(rehearse, tmp_path):
    image = make_image(tmp_path / "image", 16 * 2**20)
    with image_disk(image, tmp_path / "disk") as place:
        take = rehearse(place / "take.myo")
        take.run(2.0)
        _, _, acknowledged = take.counts
        break_disk(place)
        assert take.seconds_until_told() < 2.0
        assert take.error == (
            f"The disk failed (Read-only file system): 00:02 are safe in {take.path}. Check the disk and record again."
        )
        take.run(0.5)
        counted(take)
        take.close()
        with open_session(take.path) as session:
            assert session.state == "recovered"
            assert session.recovered.endswith("The folder is read-only, so it stays as it is.")
    with image_disk(image, tmp_path / "disk") as place:
        with open_session(place / "take.myo") as session:
            assert session.state == "recovered"
        books = read_ledger(place / "take.myo", first=0)
        assert books.faults == {}
        assert books.recorded >= acknowledged > 1.5 * RATE_HZ


def test_a_read_only_disk_is_refused_before_anything_begins(tmp_path):
    image = make_image(tmp_path / "image", 4 * 2**20)
    with image_disk(image, tmp_path / "disk") as place:
        break_disk(place)
        with pytest.raises(RecordingError, match=r"cannot be written: Read-only file system\. Choose a folder that"):
            Recorder(place / "take.myo").open()


def test_a_folder_deleted_while_recording_is_told_and_never_made_again(rehearse, tmp_path):
    take = rehearse(tmp_path / "take.myo")
    take.run(1.0)
    shutil.rmtree(take.path)
    assert take.seconds_until_told() < 2.0
    assert take.error == (f"The folder {take.path} is gone while it was being recorded. Record again to another place.")
    take.run(0.5)
    counted(take)
    take.close()
    assert not take.path.exists()


def test_a_folder_moved_away_while_recording_holds_what_was_recorded(rehearse, tmp_path):
    take = rehearse(tmp_path / "take.myo")
    take.run(1.0)
    _, _, acknowledged = take.counts
    take.path.rename(tmp_path / "moved.myo")
    assert take.seconds_until_told() < 2.0
    assert "is gone while it was being recorded" in take.error
    counted(take)
    take.close()
    with open_session(tmp_path / "moved.myo") as session:
        assert session.state == "recovered"
    books = read_ledger(tmp_path / "moved.myo", first=0)
    assert books.faults == {}
    assert books.recorded >= acknowledged
    assert not take.path.exists()


# Becomes somebody who is not root, since root may write everywhere; what it needs is imported by then.
DENIED = """
import json, os, sys
from pathlib import Path
from rehearsal import Rehearsal
from myoscope.recordings import RecordingError

folder = Path(sys.argv[1])
with Rehearsal(folder / "warm.myo") as take:
    take.run(0.2)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
locked = folder / "locked"
locked.mkdir(mode=0o555)
try:
    Rehearsal(locked / "take.myo")
    refused = "nothing"
except RecordingError as error:
    refused = str(error)
take = Rehearsal(folder / "take.myo")
take.run(2.0)
before = take.counts
folders = [take.path, *(path for path in take.path.rglob("*") if path.is_dir())]
for path in folders:
    path.chmod(0o555)
took = take.seconds_until_told()
error = take.error
take.run(0.5)
lost = take.recorder.status.n_lost
counts = take.counts
take.close()
for path in (*folders, locked):
    path.chmod(0o755)
print(json.dumps([refused, took, error, before, counts, lost]))
"""


def test_permission_denied_is_told_before_and_while_recording(tmp_path):
    if sys.platform == "win32":
        pytest.skip("Folders are locked otherwise on Windows.")
    folder = Path("/tmp") / f"{tmp_path.parent.name}-{tmp_path.name}-{os.getpid()}"  # others may not enter tmp_path
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    environment = {**os.environ, "PYTHONPATH": str(HERE), "HOME": str(folder)}
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-c", DENIED, str(folder)],
            capture_output=True, text=True, check=False, timeout=60, env=environment, cwd="/",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        refused, took, error, before, (made, written, _), lost = json.loads(done.stdout)
        assert refused == (
            f"{folder / 'locked' / 'take.myo'} cannot be written: Permission denied."
            " Choose a folder that you may write to."
        )
        assert took < 2.0
        assert error == (
            f"{folder / 'take.myo'} may no longer be written (Permission denied): 00:02 are safe in"
            f" {folder / 'take.myo'}. Record again to another place."
        )
        assert written + lost == made
        with open_session(folder / "take.myo") as session:
            assert session.state == "recovered"
        books = read_ledger(folder / "take.myo", first=0)
        assert books.faults == {}
        assert books.recorded == written >= before[1]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_second_writer_is_refused_and_a_second_reader_changes_nothing(rehearse, tmp_path):
    take = rehearse(tmp_path / "take.myo")
    take.run(1.0)
    (tmp_path / "told").write_bytes(bytes(24))
    second = subprocess.run(
        [sys.executable, str(HERE / "rehearsal.py"), str(take.path), str(tmp_path / "told")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert f"{take.path} exists already. Choose another name; nothing is ever overwritten." in second.stderr
    reader = (
        "import sys; from myoscope.recordings import open_session;"
        " s = open_session(sys.argv[1]); print(s.state, s.live, s.streams['emg'].n_samples)"
    )
    read = subprocess.run(
        [sys.executable, "-c", reader, str(take.path)], capture_output=True, text=True, check=True, timeout=60
    )
    state, live, n = read.stdout.split()
    assert (state, live) == ("recording", "True")
    assert 0 < int(n) <= take.counts[2]
    take.run(1.0)
    take.close()
    assert take.error == ""
    assert read_ledger(take.path, take.source.n_made, first=0).faults == {}
    with open_session(take.path) as session:
        assert session.state == "complete"


def test_a_queue_that_overflows_is_a_named_gap_and_told_at_once(rehearse, tmp_path):
    take = rehearse(tmp_path / "take.myo", queue_bytes=int(RATE_HZ) * 24)  # holds one second
    take.run(0.5)
    begun = take.clock()
    while not take.error:
        take.step(write=False)
    assert take.clock() - begun < 2.0
    assert take.error.startswith("The disk is too slow: ")
    assert take.error.endswith(" samples were not recorded and are a named gap. Record to a faster disk.")
    take.run(1.0, write=False)
    take.run(1.0)
    take.close()
    books = read_ledger(take.path, take.source.n_made, first=0)
    assert books.faults == {}
    assert books.named > 0.5 * RATE_HZ
    lines = (take.path / "gaps.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["cause"] for line in lines} == {"queue full"}


def test_a_disk_that_stalls_half_a_second_a_write_loses_nothing(rehearse, tmp_path, monkeypatch):
    take = rehearse(tmp_path / "take.myo")
    take.run(0.5)
    write = disk.write_some
    n_stalls = 0

    def stall(file, data):
        nonlocal n_stalls
        n_stalls += 1
        take.clock.sleep(0.5)
        return write(file, data)

    monkeypatch.setattr(disk, "write_some", stall)
    take.run(20.0)
    monkeypatch.undo()
    take.run(20.0)  # the device has more to give than it could while everything waited
    take.close()
    assert n_stalls > 20
    assert take.error == ""
    books = read_ledger(take.path, take.source.n_made, first=0)
    assert (books.faults, books.named) == ({}, 0)
    assert books.recorded > 39 * RATE_HZ
