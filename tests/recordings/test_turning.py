"""A file that is replaced every second: what readers see, and what is left."""

from __future__ import annotations

import errno
import os

import pytest

from myoscope.recordings.turning import TurningFile


@pytest.fixture(params=[True, False], ids=["links", "no links"])
def file(request, tmp_path, monkeypatch):
    """Return a file that holds b"0000", on a disk with hard links and on one without."""
    if not request.param:

        def refuse(*_):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", refuse)
    made = TurningFile(tmp_path / "zarr.json", b"0000")
    yield made
    made.close()


def test_readers_see_each_content(file, tmp_path):
    path = tmp_path / "zarr.json"
    assert path.read_bytes() == b"0000"
    for turn in range(1, 9):
        file.turn(b"%04d" % turn)
        assert path.read_bytes() == b"%04d" % turn


def test_who_has_opened_it_reads_what_it_held_until_the_turn_after_the_next(file, tmp_path):
    file.turn(b"0001")
    with (tmp_path / "zarr.json").open("rb", buffering=0) as reader:
        file.turn(b"0002")
        assert reader.read() == b"0001"


def test_it_may_grow(file, tmp_path):
    file.turn(b"0001")
    file.turn(b"a longer text")
    file.turn(b"0003")
    assert (tmp_path / "zarr.json").read_bytes() == b"0003"


def test_in_the_end_nothing_hidden_is_left(file, tmp_path):
    file.turn(b"0001")
    file.turn(b"0002")
    file.finish(b"0003")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"zarr.json": b"0003"}
    assert (tmp_path / "zarr.json").stat().st_nlink == 1


def test_a_full_disk_is_told_and_readers_see_the_old_content(tmp_path, monkeypatch):
    made = TurningFile(tmp_path / "zarr.json", b"0000")
    monkeypatch.setattr(os, "write", lambda file, data: 2)
    with pytest.raises(OSError, match=r"No space"):
        made.turn(b"0001")
    monkeypatch.undo()
    assert (tmp_path / "zarr.json").read_bytes() == b"0000"
    made.turn(b"0002")
    assert (tmp_path / "zarr.json").read_bytes() == b"0002"
    made.close()
