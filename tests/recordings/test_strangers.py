"""Whatever anyone sends is refused in one sentence, in little memory, nothing run, nothing left; or read, and right."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .sessions import recorded
from .strange_files import strange_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does it")
HANGS_AFTER_S = 240


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Let a process of little memory open them all; return what it said of each, by name."""
    folder = tmp_path_factory.mktemp("strangers")
    good = recorded(folder / "good.myo", 2000)
    bad = folder / "all" / "bad"
    bad.mkdir(parents=True)
    files = {}
    for number, stranger in enumerate(strange_files(good)):
        path = bad / f"{number:03}{stranger.suffix}"
        path.write_bytes(stranger.make())
        files[path.name] = stranger
    place = folder / "place"
    place.mkdir()
    program = Path(__file__).with_name("stranger.py")
    command = [sys.executable, program, folder / "all", folder / "out"]
    done = subprocess.run(
        command, cwd=place, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=False, encoding="utf-8"
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    said = {line["name"]: line for line in lines}
    yield files, said, done, sorted(p.name for p in place.rglob("*")), sorted(folder.iterdir())
    shutil.rmtree(folder)


def test_there_are_enough_of_them(found):
    files, *_ = found
    assert len(files) >= 100
    assert len({stranger.name for stranger in files.values()}) == len(files)


def test_none_ends_the_program(found):
    files, said, done, *_ = found
    assert (done.returncode, done.stderr) == (0, "")
    assert set(said) == set(files)


def test_each_is_refused_in_one_sentence_or_read_and_right(found):
    files, said, *_ = found
    wrong = []
    for name, line in said.items():
        stranger = files[name]
        sentence = line["error"] == "SessionError" and re.fullmatch(r"[^\n]{10,600}[.?]", line["text"])
        # What is odd in a file that can be read is told by the check of what it became.
        fine = sentence or (stranger.may_open and not line["error"] and line["text"].startswith("read"))
        if not fine:
            wrong.append(f"{stranger.name}: {line['error']} {line['text'][:300]}")
    assert wrong == []


def test_what_is_refused_leaves_nothing(found):
    files, said, _, placed, beside = found
    assert [(files[name].name, line["left"]) for name, line in said.items() if line["error"] and line["left"]] == []
    assert placed == [], "something that came with a file was run, or written beside"
    assert {path.name for path in beside} <= {"all", "good.myo", "out", "place"}
