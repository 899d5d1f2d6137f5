"""Whatever anyone sends is refused in one sentence, in little memory, nothing run, nothing left; or read, and right."""

from __future__ import annotations

import re
import shutil
import sys

import pytest

from .strangers import Ended, meet

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does it")
SENTENCE = re.compile(r"[^\x00-\x1f\x7f-\x9f]{10,1000}[.?]")
MOST_CPU_S = 5.0
"""Bounded, however slow the machine; `benchmarks/strangers.py` measures it."""


@pytest.fixture(scope="module")
def meeting(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strangers")
    yield meet(folder)
    shutil.rmtree(folder)


def refused(way: Ended) -> bool:
    """Whether it was refused in a sentence."""
    return way.error == "SessionError" and SENTENCE.fullmatch(way.text) is not None


def test_there_are_enough_of_them(meeting):
    assert len([one for one in meeting.met if not one.is_session]) >= 100
    assert len([one for one in meeting.met if one.is_session]) >= 100
    assert len({one.name for one in meeting.met}) == len(meeting.met)


def test_none_ends_the_program(meeting):
    assert (meeting.status, meeting.errors) == (0, "")


def test_each_is_refused_in_one_sentence_or_read_and_right(meeting):
    wrong = []
    for one in meeting.met:
        fine = all(refused(way) or (not way.error and way.text.startswith("read")) for way in one.ways)
        # What is odd in a file that can be read is told by the check of what it became.
        told = any(refused(way) or way.text.startswith("read, but") for way in one.ways)
        if not fine or not (told or one.may_open):
            wrong.append(f"{one.name}: {one.ways}"[:700])
    assert wrong == []


def test_what_is_refused_leaves_nothing(meeting):
    assert [(one.name, one.left) for one in meeting.met if one.left] == []
    assert meeting.beside == [], "something that came with a file was run, or written beside"


def test_opening_writes_nothing_into_a_finished_session(meeting):
    finished = ("session: ", "lines: ", "seal: ", "overview: ")
    changed = [(one.name, one.changed) for one in meeting.met if one.changed and one.name.startswith(finished)]
    assert changed == []


def test_none_takes_long(meeting):
    assert [(one.name, one.cpu_s) for one in meeting.met if one.cpu_s > MOST_CPU_S] == []
