"""Compressing that is stopped, cut or killed at any moment, and what then lies about."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from myoscope.recordings import SessionError, array_compaction, check_session, open_session
from myoscope.recordings.array_compaction import UNFINISHED, has_leftovers
from myoscope.recordings.compaction import compact_session
from myoscope.recordings.lock import SessionLock
from myoscope.recordings.progress import Stopped

from .compacting import content, names_in, two_streams

VICTIM = Path(__file__).with_name("compacting_victim.py")
N_KILLS = int(os.environ.get("MYOSCOPE_TEST_KILLS", "30")) // 3


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return two_streams(tmp_path_factory.mktemp("original") / "original.myo")


@pytest.fixture
def path(original, tmp_path):
    copy = tmp_path / "copy.myo"
    shutil.copytree(original, copy)
    return copy


@pytest.mark.parametrize("at", [0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.85, 0.95])
def test_a_person_may_stop_it_at_any_moment(path, at):
    before = content(path)

    def stop(share):
        if share > at:
            raise Stopped

    with pytest.raises(Stopped):
        compact_session(path, stop)
    assert not [name for name in names_in(path) if UNFINISHED in name]
    assert content(path) == before
    compact_session(path)
    assert content(path) == before
    assert check_session(path)["ok"]


class Cut(BaseException):
    """The power is cut: nothing that would be tidied up afterwards is."""


@pytest.mark.parametrize("step", range(62))
def test_a_cut_at_any_step_leaves_everything(path, step, monkeypatch):
    """Each change of the folder is a step; from the chosen one on, none is made any more."""
    before, n = content(path), [0]

    def counting(real):
        def call(*given, **options):
            n[0] += 1
            if n[0] > step:
                raise Cut
            return real(*given, **options)

        return call

    with monkeypatch.context() as cut:
        for name in ("mkdir", "rename", "replace", "unlink"):
            cut.setattr(Path, name, counting(getattr(Path, name)))
        cut.setattr(array_compaction.shutil, "rmtree", counting(shutil.rmtree))
        cut.setattr(array_compaction, "_settle", counting(array_compaction._settle))
        with suppress(Cut):
            compact_session(path)
    # Whoever holds a dead writer's lock is gone with it.
    assert content(path) == before
    assert not any(has_leftovers(path / name / "samples") for name in before)
    assert not any(has_leftovers(path / name / "timestamps") for name in before)
    if step % 6 == 0:
        compact_session(path)
        assert content(path) == before
        assert check_session(path)["ok"]


@pytest.mark.parametrize("number", range(N_KILLS))
def test_a_kill_at_any_moment_leaves_everything(path, number):
    before = content(path)
    chance = random.Random(f"compaction {number}")
    with subprocess.Popen([sys.executable, str(VICTIM), str(path)], stdout=subprocess.PIPE) as victim:
        try:
            victim.stdout.readline()
            for _ in range(chance.randrange(0, 12)):
                victim.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                victim.wait(timeout=chance.uniform(0, 0.01))
        finally:
            victim.kill()
        victim.wait(timeout=30)
    assert content(path) == before
    compact_session(path)
    assert content(path) == before
    assert check_session(path)["ok"]
    assert not [name for name in names_in(path) if "s/c." in name or UNFINISHED in name]


def test_leftovers_stay_while_somebody_is_at_work(path):
    (path / "emg" / f"samples{UNFINISHED}").mkdir()
    with SessionLock(path):
        open_session(path).close()
        assert has_leftovers(path / "emg/samples")
    open_session(path).close()
    assert not has_leftovers(path / "emg/samples")


def test_chunks_stay_when_shards_are_not_all_there(path):
    copy = path.with_name("spare.myo")
    shutil.copytree(path, copy)
    compact_session(path)
    shutil.copy(copy / "emg/samples/c.0.0", path / "emg/samples/c.0.0")
    shutil.rmtree(path / "emg/samples/c/0")
    with pytest.raises(SessionError, match="is missing"):
        open_session(path)
    assert (path / "emg/samples/c.0.0").exists()


def test_a_link_among_leftovers_is_not_followed(path):
    elsewhere = path.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (path / "emg" / f"samples{UNFINISHED}").symlink_to(elsewhere)
    (path / "emg/samples/c").symlink_to(elsewhere)
    open_session(path).close()
    assert (elsewhere / "precious").exists()
