"""A power cut as a disk may have it at worst: of all that was not brought to it, any page, any name, or none.

The real one, on a mounted image, is in `test_fault_cut`; this one needs no mount, and comes between any two syncs.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from pathlib import Path

import pytest

from myoscope.recordings import layout, open_session

from .ledger import read_ledger
from .rehearsal import RATE_HZ, Clock, Rehearsal, device

PAGE = 4096
N_TAKES = int(os.environ.get("MYOSCOPE_TEST_TORN", "6"))
CUTS_OF_A_TAKE = 12


class WorstDisk:
    """Knows what was synced below a folder, and can say what a power cut may leave of the rest."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.before_sync = lambda: None
        self._contents: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int]] = {}
        self._kept = folder.with_name("kept")
        self._kept.mkdir()
        monkeypatch.setattr(os, "fsync", self._synced)
        monkeypatch.setattr(layout, "_fdatasync", self._synced)

    def _synced(self, descriptor: int) -> None:
        self.before_sync()
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self._names[path] = {child.name: child.stat().st_ino for child in path.iterdir()}
        else:
            inode = os.fstat(descriptor).st_ino
            self._contents[inode] = path.read_bytes()
            if not (self._kept / str(inode)).exists():
                # Else another file may get the same number when this one is replaced.
                os.link(path, self._kept / str(inode))

    def cut(self, chance: random.Random, into: Path) -> None:
        """Leave a copy of the folder as it may be after a power cut at this moment."""
        self._leave(self.folder, chance, into)

    def _leave(self, folder: Path, chance: random.Random, into: Path) -> None:
        into.mkdir()
        now = {child.name: child.stat().st_ino for child in folder.iterdir()}
        synced = self._names.get(folder, {})
        for name in sorted(now.keys() | synced.keys()):
            inode = chance.choice([now.get(name), synced.get(name)])
            if inode is None:
                continue
            if inode == now.get(name) and (folder / name).is_dir():
                self._leave(folder / name, chance, into / name)
            else:
                current = (folder / name).read_bytes() if inode == now.get(name) else None
                (into / name).write_bytes(self._torn(self._contents.get(inode, b""), current, chance))

    def _torn(self, synced: bytes, current: bytes | None, chance: random.Random) -> bytes:
        if current is None or current == synced:
            return synced
        # Names and lengths go another way to the disk than contents do.
        left = bytearray(synced.ljust(len(current), b"\0")[: max(len(synced), chance.choice([0, len(current)]))])
        for page in range(0, len(left), PAGE):
            if chance.random() < 0.5:
                left[page : page + PAGE] = current[page : min(page + PAGE, len(left))]
        return bytes(left)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="What a file is called is asked of /proc.")
@pytest.mark.parametrize("number", range(N_TAKES))
def test_of_what_was_not_synced_any_page_may_be_missing(tmp_path, monkeypatch, number):
    chance = random.Random(f"torn {number}")
    worst = WorstDisk(tmp_path / "disk", monkeypatch)
    worst.folder.mkdir()
    clock = Clock()
    take = Rehearsal(worst.folder / "take.myo", device(clock, drop_every_s=0.25, drop_samples=7), clock)
    take.run(0.3)
    cuts: list[tuple[Path, int, int]] = []

    def cut() -> None:
        made, _, acknowledged = take.counts
        cuts.append((tmp_path / f"after-{len(cuts)}", made, acknowledged))
        worst.cut(chance, cuts[-1][0])

    def before_sync() -> None:
        if chance.random() < 0.05:
            cut()

    worst.before_sync = before_sync
    while len(cuts) < CUTS_OF_A_TAKE:
        take.run(chance.uniform(0.0, 0.4))
        cut()
    worst.before_sync = lambda: None
    take.close()
    monkeypatch.undo()
    for folder, made, acknowledged in cuts:
        session = folder / "take.myo"
        with open_session(session) as opened:
            assert opened.state == "recovered"
        books = read_ledger(session, first=0)
        # Where the log is torn, too, it is known how many were lost, and not exactly where.
        assert books.faults in ({}, {"unnamed": 7, "overnamed": 7})
        assert acknowledged <= books.recorded
        assert books.reached <= take.source.n_made
        assert made - (books.recorded + books.named) <= RATE_HZ
        shutil.rmtree(folder)
