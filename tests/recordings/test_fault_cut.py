"""A program that is killed, a computer that loses its power: what is there afterwards, by the source's own counter.

``MYOSCOPE_TEST_KILLS=100`` and ``MYOSCOPE_TEST_POWER_CUTS=50`` make campaigns of these tests.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from myoscope.recordings import check_session, open_session
from tests.waiting import until

from .ledger import read_ledger
from .rehearsal import RATE_HZ, TOLD
from .small_disks import image_disk, make_image

N_KILLS = int(os.environ.get("MYOSCOPE_TEST_KILLS", "6"))
N_CUTS = int(os.environ.get("MYOSCOPE_TEST_POWER_CUTS", "6"))
PROGRAM = Path(__file__).with_name("rehearsal.py")
DISK_BYTES = 96 * 2**20


class Running:
    """A program that records, and what it says at any moment."""

    def __init__(self, session: Path, told: Path) -> None:
        self.session, self._told = session, told
        told.write_bytes(bytes(TOLD.size))
        self.process = subprocess.Popen([sys.executable, str(PROGRAM), str(session), str(told)])

    @property
    def counts(self) -> tuple[int, int, int]:
        """Samples made by the source, written, and acknowledged."""
        return TOLD.unpack(self._told.read_bytes())

    def until_made(self, n: int) -> None:
        """Wait until the source has made so many samples."""
        until(lambda: self.counts[0] >= n, f"sample {n:,}", 60.0, program=self.process)

    def stop_for_a_moment(self) -> tuple[int, int, int]:
        """Let nothing more happen in the program; return what it had said."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        return self.counts

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def running(session: Path, told: Path):
    """Record with a program that is gone after the block."""
    program = Running(session, told)
    try:
        yield program
    finally:
        program.process.kill()
        program.process.wait(30)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals.")
@pytest.mark.parametrize("number", [signal.SIGKILL, getattr(signal, "SIGSEGV", 11)] * ((N_KILLS + 1) // 2))
def test_a_program_that_is_killed_or_crashes_loses_nothing_written(request, tmp_path, number):
    chance = random.Random(request.node.name)
    with running(tmp_path / "take.myo", tmp_path / "told") as program:
        program.until_made(chance.randrange(1, 6000))
        program.process.send_signal(number)
        program.process.wait(30)
        assert program.process.returncode == -number
        _, written, acknowledged = program.counts
    with open_session(tmp_path / "take.myo") as session:
        assert session.state == "recovered"
        n = session.streams["emg"].n_samples
        assert session.recovered == (
            f"The recording was interrupted. Found {n:,} samples of emg; nothing written is missing."
        )
    books = read_ledger(tmp_path / "take.myo", first=0)
    assert books.faults == {}
    # One block more may have been written than the program came to say; after a loss it is one and a half.
    assert written <= books.recorded <= written + 32
    assert acknowledged <= written
    assert check_session(tmp_path / "take.myo")["ok"]


def copy_at_rest(image: Path, copy: Path) -> None:
    """Copy the image of a mounted disk, as it was at one single moment."""
    for _ in range(50):
        shutil.copyfile(image, copy)
        if image.read_bytes() == copy.read_bytes():
            return
    pytest.fail("the disk never rests")


def test_a_power_cut_costs_at_most_the_last_second(tmp_path):
    """The image below a mounted disk holds what was flushed, and nothing of what the system still had in memory."""
    chance = random.Random("power")
    image = make_image(tmp_path / "image", DISK_BYTES)
    cut_short = 0
    with image_disk(image, tmp_path / "disk") as disk, ExitStack() as programs:
        for number in range(N_CUTS):
            if number % 10 == 0:
                programs.close()
                program = programs.enter_context(running(disk / f"take-{number}.myo", tmp_path / f"told-{number}"))
                before = 0
            before += chance.randrange(1, int(3 * RATE_HZ))
            program.until_made(before)
            made, _, acknowledged = program.stop_for_a_moment()
            copy_at_rest(image, tmp_path / "copy")
            program.go_on()
            with image_disk(tmp_path / "copy", tmp_path / "after") as after:
                session = after / program.session.name
                with open_session(session) as opened:
                    assert opened.state == "recovered"
                    assert opened.recovered.startswith("The recording was interrupted. Found ")
                books = read_ledger(session, first=0)
                assert books.faults == {}
                assert acknowledged <= books.recorded
                assert made - (books.recorded + books.named) <= RATE_HZ
                cut_short += books.reached < made
                report = check_session(session)
                assert [said for said in report["problems"] if "had not reached the disk" not in said] == []
            print(f"cut {number}: {(made - books.reached) / RATE_HZ:.3f} s lost of {made / RATE_HZ:.1f} s")
    # Else the images were no power cuts.
    assert cut_short
