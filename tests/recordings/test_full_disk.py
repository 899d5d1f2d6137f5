"""A disk that fills, fails or is taken away while it is written to."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress

import pytest

from myoscope.recordings import Recorder, RecordingError, check_session, disk, open_session
from myoscope.sources import Event

from .sessions import EMG, SteppedTime, attributes, block, counted, recorder
from .small_disks import memory_disk


class Disk:
    """A disk with room for so many bytes; only samples, lines and the log are written through it."""

    def __init__(self, room: int, code: int = errno.ENOSPC):
        self.room, self.code = room, code

    def __call__(self, file, pieces):
        data = b"".join(pieces)[: self.room]
        if not data:
            raise OSError(self.code, os.strerror(self.code))
        self.room -= len(data)
        return file.write(data)


@pytest.mark.parametrize("room", [0, 7, 100, 4321, 16_000, 30_000])
def test_a_full_disk_keeps_what_fits(tmp_path, monkeypatch, room):
    clock = SteppedTime()
    made = recorder(tmp_path, clock)
    sink = made.sink("emg")
    sink.open(EMG)
    made.step(0)
    full = Disk(room)
    monkeypatch.setattr(disk, "write_some", full)
    freed = SteppedTime(0)

    def free_ballast():
        (made.path / "ballast").unlink()
        full.room += 256 * 2**10
        freed.sleep(1)

    monkeypatch.setattr(made._take.folder, "free_ballast", free_ballast)
    for first in range(0, 5000, 100):
        sink.write(block(first, 100))
        if first % 700 == 0:
            made.step(0)
    made.step(0)
    n = made.status.n_written["emg"]
    seconds = f"00:{int(n / 2000):02}"
    assert made.status.error == f"The disk is full: {seconds} are safe in {made.path}. Free space and record again."
    sink.write(block(5000, 100, lost=2))
    assert made.status.n_lost == 5102 - n
    made.close()
    assert freed() == 1
    assert attributes(made.path)["state"] == "complete"
    assert attributes(made.path)["ended"] == "disk full"
    stream = open_session(made.path).streams["emg"]
    assert stream.n_samples == n >= room // 16 - 700  # never less than what fits by more than one write
    assert (stream.read()[0] == counted(0, n)).all()
    assert stream.n_samples + stream.n_lost == 5102
    assert {gap.cause for gap in stream.gaps} <= {"disk full", "device"}
    assert check_session(made.path)["problems"] == []


def test_a_really_full_disk(tmp_path):
    with memory_disk(tmp_path / "small", "2m") as mount:
        clock = SteppedTime()
        made = recorder(mount, clock, chunk_seconds=1.0)
        sink = made.sink("emg")
        sink.open(EMG)
        n = 0
        while not made.status.error and n < 10**6:
            sink.write(block(n, 100))
            n += 100
            clock.sleep(0.05)
            made.step(0)
        assert "The disk is full" in made.status.error
        made.event(Event(1.0, "marker", "last words"))
        made.close()
        session = open_session(made.path)
        stream = session.streams["emg"]
        assert stream.n_samples + stream.n_lost == n
        assert stream.n_samples > 80_000
        assert (stream.read()[0] == counted(0, stream.n_samples)).all()
        assert session.ended == "disk full"
        assert [event.label for event in session.events] == ["last words"]
        assert check_session(made.path)["problems"] == []
        session.close()
        with (mount / "rest").open("wb", buffering=0) as rest, suppress(OSError):
            while rest.write(bytes(2**12)):
                pass
        with pytest.raises(RecordingError, match=r"full\. Free space"):
            Recorder(mount).open()
        assert {path.name for path in mount.iterdir()} == {made.path.name, "rest"}


@pytest.mark.parametrize(
    ("room", "n_rows"), [(0, 0), (200_000, 5000), (480_000, 20_000), (600_001, 34_995), (900_000, 52_491)]
)
def test_a_disk_that_fills_among_large_blocks_keeps_what_fits(tmp_path, monkeypatch, room, n_rows):
    """A chunk of 20,000 rows takes 160 kB of timestamps, which come first, as much of samples, and 36 for a commit."""
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    made.step(0)
    monkeypatch.setattr(disk, "write_some", Disk(room))
    for first in range(0, 60_000, 20_000):
        sink.write(block(first, 20_000))
    made.step(0)
    n = made.status.n_written["emg"]
    assert (n, made.status.n_lost) == (n_rows, 60_000 - n_rows)
    monkeypatch.undo()
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert stream.n_samples == n
    assert (stream.read()[0] == counted(0, n)).all()
    assert stream.n_samples + stream.n_lost == 60_000


def test_a_disk_that_fails_is_told_and_what_is_written_is_recovered(tmp_path, monkeypatch):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    monkeypatch.setattr(disk, "write_some", Disk(0, errno.EIO))
    sink.write(block(100, 100))
    made.step(0)
    assert made.status.error.startswith("The disk failed (Input/output error): 00:00 are safe in")
    assert made.status.n_lost == 100
    made.close()
    monkeypatch.undo()
    session = open_session(made.path)
    assert session.state == "recovered"
    assert session.streams["emg"].n_samples == 100


def test_a_failure_at_the_close_is_raised_when_nobody_knew(tmp_path, monkeypatch):
    made = recorder(tmp_path)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    chunk = made.path / "emg" / "samples" / "c.0.0"
    data = bytearray(chunk.read_bytes())
    data[3] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(RecordingError, match="does not hold what was written"):
        made.close()
    assert attributes(made.path)["state"] == "recording"
    assert "does not hold" in made.status.error


def test_a_folder_that_is_deleted_is_not_made_again(tmp_path):
    clock = SteppedTime()
    made = recorder(tmp_path, clock)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 100))
    made.step(0)
    shutil.rmtree(made.path)
    sink.write(block(100, 100))
    clock.sleep(1.0)
    made.step(0)
    assert made.status.error == (
        f"The folder {made.path} is gone while it was being recorded. Record again to another place."
    )
    sink.write(block(200, 100))
    made.close()
    assert not made.path.exists()


def test_a_folder_swapped_for_another_is_left_alone(tmp_path):
    clock = SteppedTime()
    made = recorder(tmp_path / "a.myo", clock)
    made.path.rename(tmp_path / "b.myo")
    made.path.mkdir()
    clock.sleep(1.0)
    made.step(0)
    made.close()
    assert "is gone" in made.status.error
    assert list(made.path.iterdir()) == []


def test_a_disk_that_fills_while_the_folder_is_made_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "write_some", Disk(1000))
    with pytest.raises(RecordingError, match="is full"):
        Recorder(tmp_path).open()
    assert list(tmp_path.iterdir()) == []
