"""Numbers of takes: what comes next, what it is called, what was set aside."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope import open_session
from myoscope.recordings import Recorder, SessionError
from myoscope.recordings.about_edits import read_edits
from myoscope.recordings.numbering import (
    PENDING,
    Attempt,
    Counted,
    NumberedTake,
    bring_back,
    check_pattern,
    next_attempt,
    read_take,
    set_aside,
    takes_in,
    title,
)

WHO = Counted("abduction", "S07", "lift")


def taken(number, superseded="", counted=WHO):
    return NumberedTake(Path("x"), counted, number, superseded, "")


def recorded(folder, take, **about):
    path = folder / f"take-{take}-{len(list(folder.iterdir()))}.myo"
    with Recorder(path, **{"name": "abduction", "subject": "S07", "task": "lift", "take": take, **about}):
        pass
    return path


@pytest.mark.parametrize(
    ("takes", "following"),
    [
        ([], (1, 1)),
        ([taken(1)], (2, 1)),
        ([taken(1), taken(2, "again")], (2, 2)),
        ([taken(1), taken(2, "a"), taken(2, "b")], (2, 3)),
        ([taken(2, "a"), taken(2)], (3, 1)),
        ([taken(1, "a"), taken(2)], (3, 1)),
        ([taken(0)], (1, 1)),
        ([taken(9, counted=Counted("abduction", "S08", "lift"))], (1, 1)),
    ],
)
def test_the_next_number(takes, following):
    assert next_attempt(takes, WHO) == following


@given(st.lists(st.booleans(), max_size=40))
def test_whatever_is_done_again_the_numbers_that_count_are_one_to_n(redone):
    takes: list[NumberedTake] = []
    for again in redone:
        number, attempt = next_attempt(takes, WHO)
        assert attempt == 1 + sum(t.take == number for t in takes)
        takes.append(taken(number))
        if again:
            takes[-1] = takes[-1]._replace(superseded=PENDING)
    counting = [t.take for t in takes if not t.superseded]
    assert counting == list(range(1, len(counting) + 1))


@pytest.mark.parametrize(
    ("pattern", "attempt", "called"),
    [
        ("", Attempt(3), "abduction 03"),
        ("{name} {take:02}", Attempt(3, 2), "abduction 03 (2)"),
        ("{task}-{take}-{attempt}", Attempt(12, 2), "lift-12-2"),
        ("{subject} {date} {take:3}", Attempt(7), "S07 2026-11-20 7"),
    ],
)
def test_what_a_take_is_called(pattern, attempt, called):
    assert title(pattern, WHO, attempt, "2026-11-20") == called


def test_a_take_without_a_name_is_called_by_its_task_or_take():
    assert title("", Counted("", "", "lift"), Attempt(1)) == "lift 01"
    assert title("", Counted("", "", ""), Attempt(1)) == "take 01"


def test_a_name_with_braces_is_a_name():
    assert title("", Counted("{take.x}", "", ""), Attempt(1)) == "{take.x} 01"


@pytest.mark.parametrize("pattern", ["{", "}", "{}", "{name!r}", "{take:x}", "x" * 129])
def test_other_patterns_are_refused(pattern):
    with pytest.raises(SessionError, match="naming pattern"):
        check_pattern(pattern)


def test_a_take_is_set_aside_with_an_audit_trail_and_brought_back(tmp_path):
    path = recorded(tmp_path, 3)
    before = (path / "zarr.json").read_bytes()
    assert read_take(path) == NumberedTake(path, WHO, 3, "", read_take(path).created)
    set_aside(path, "AB")
    assert read_take(path).superseded == PENDING
    assert next_attempt(takes_in(tmp_path), WHO) == (3, 2)
    again = recorded(tmp_path, 3)
    set_aside(path, "AB", again.name)
    assert next_attempt(takes_in(tmp_path), WHO) == (4, 1)
    with open_session(path) as session:
        assert session.about.superseded == again.name
    bring_back(path, "CD")
    assert read_take(path).superseded == ""
    trail = [(edit.by, edit.field, edit.before, edit.after) for edit in read_edits(path).edits]
    assert trail == [
        ("AB", "superseded", "", PENDING),
        ("AB", "superseded", PENDING, again.name),
        ("CD", "superseded", again.name, ""),
    ]
    assert (path / "zarr.json").read_bytes() == before, "what was recorded stays as it is"


def test_what_is_no_session_counts_for_nothing(tmp_path):
    recorded(tmp_path, 1)
    (tmp_path / "empty.myo").mkdir()
    (tmp_path / "file.myo").write_text("x")
    damaged = tmp_path / "damaged.myo"
    damaged.mkdir()
    (damaged / "zarr.json").write_text("{")
    assert [take.take for take in takes_in(tmp_path)] == [1]
    assert takes_in(tmp_path / "missing") == []


def test_a_take_that_is_being_recorded_stays_as_it_is(tmp_path):
    recorder = Recorder(tmp_path / "a.myo", take=1)
    recorder.open()
    try:
        assert read_take(tmp_path / "a.myo").take == 1
        with pytest.raises(SessionError, match="being recorded"):
            set_aside(tmp_path / "a.myo")
    finally:
        recorder.close()
