"""Everything that nobody should have to open, laid before a process of little memory, one after the other."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from myoscope.recordings import open_session
from myoscope.recordings.formats import FORMATS, export_session

from .strange_files import Stranger, strange_files
from .strange_sessions import StrangeSession, make_bases, strange_sessions

MEMORY_BYTES = 512 * 2**20
PROGRAM = Path(__file__).with_name("stranger.py")


class Ended(NamedTuple):
    """How opening or checking ended.

    Parameters
    ----------
    error
        The kind of error; empty without one.
    text
        What was said.
    seconds, cpu_s
        What it took, s, in all and of the processor.
    """

    error: str
    text: str
    seconds: float
    cpu_s: float


class Met(NamedTuple):
    """How one ended.

    Parameters
    ----------
    name
        What is bad about it.
    is_session
        Whether it is a folder; else a file.
    may_open
        Whether it may be opened and in order all the same.
    ways
        How it ended when it was opened, and then when it was checked; a file is checked where it was opened.
    left
        What it left where a session would have come to be.
    changed
        Files of a finished session that are not as they were.
    """

    name: str
    is_session: bool
    may_open: bool
    ways: tuple[Ended, ...]
    left: list[str]
    changed: list[str]

    @property
    def seconds(self) -> float:
        """What the slower way took, s."""
        return max(way.seconds for way in self.ways)

    @property
    def cpu_s(self) -> float:
        """What the slower way took of the processor, s."""
        return max(way.cpu_s for way in self.ways)


class Meeting(NamedTuple):
    """How all ended.

    Parameters
    ----------
    met
        Each.
    peak_mb
        Memory that came on top of what the process had with all libraries loaded, MB; the most at any moment.
    status, errors
        The process's exit status, and what it wrote elsewhere than asked.
    beside
        What lies where the process ran, and where it should not have written.
    """

    met: list[Met]
    peak_mb: float
    status: int
    errors: str
    beside: list[str]


class Child:
    """The process."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "place"
        self.place.mkdir()
        self._errors = (folder / "errors").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, PROGRAM], cwd=self.place, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Let it do one thing; return what it says."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def end(self) -> tuple[int, str]:
        """Let it end; return its status, and what it complained of."""
        self._process.communicate(timeout=60)
        self._errors.seek(0)
        return self._process.returncode, self._errors.read()

    def close(self) -> None:
        """End it in any case. Safe to call twice."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        self._errors.close()


@contextmanager
def _child(folder: Path) -> Iterator[Child]:
    child = Child(folder)
    try:
        yield child
    finally:
        child.close()


def meet(folder: Path, every: int = 1) -> Meeting:
    """Lay them all before the process; those that are written down are removed at once.

    Parameters
    ----------
    folder
        To work in.
    every
        Leave out all but each so-many-th.
    """
    bases = make_bases(folder / "good")
    strangers: list[Stranger | StrangeSession] = [*strange_files(bases["plain"]), *strange_sessions()]
    met = []
    with _child(folder) as child:
        for path in (*bases.values(), *_good_files(bases["plain"], folder / "exported")):
            # What libraries load when first used is theirs, not a file's.
            said = child.ask({"path": str(path), "out": str(folder / "warm" / path.name)})
            assert (said["opened"]["error"], said["opened"]["text"]) == ("", "read"), (path.name, said)
        begins = child.ask({"limit": MEMORY_BYTES})["resident_mb"]
        peak = 0.0
        for number, stranger in enumerate(strangers[::every]):
            one, peak = _met(child, stranger, bases, folder / f"{number:03}")
            met.append(one)
        status, errors = child.end()
        beside = sorted(str(path.relative_to(folder)) for path in child.place.rglob("*"))
    known = {"place", "good", "exported", "warm", "errors"}
    beside += [path.name for path in folder.iterdir() if path.name not in known]
    return Meeting(met, peak - begins, status, errors, beside)


def _good_files(base: Path, folder: Path) -> Iterator[Path]:
    """Yield one good file of each format that is read."""
    for one in FORMATS:
        if one.reads:
            with open_session(base) as session:
                path = export_session(session, one.name, folder / f"good{one.suffix}").path
            yield next(p for p in sorted(path.rglob("*")) if p.suffix in one.reads) if one.is_folder else path


def _met(child: Child, stranger: Stranger | StrangeSession, bases: dict[str, Path], folder: Path) -> tuple[Met, float]:
    folder.mkdir()
    out = folder / "out"
    try:
        if isinstance(stranger, StrangeSession):
            path = folder / "strange.myo"
            shutil.copytree(bases[stranger.base], path)
            stranger.change(path)
        else:
            path = folder / f"strange{stranger.suffix}"
            path.write_bytes(stranger.make())
        before = _listed(folder)
        said = child.ask({"path": str(path), "out": str(out)})
        left = [str(p.relative_to(out)) for p in sorted(out.rglob("*"))] if said["opened"]["error"] else []
        changed = sorted(name for name, _ in before.items() ^ _listed(folder).items() if not name.startswith("out"))
    finally:
        shutil.rmtree(folder)
    ways = tuple(Ended(**said[way]) for way in ("opened", "checked") if way in said)
    met = Met(stranger.name, path.name == "strange.myo", stranger.may_open, ways, left[:5], changed[:5])
    return met, said["peak_mb"]


def _listed(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((path, path.lstat()) for path in folder.rglob("*"))
    return {str(path.relative_to(folder)): (status.st_size, status.st_mtime_ns) for path, status in found}
