from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets.edits import Edit, Undo


def test_an_edit_is_taken_back_and_made_again():
    undo, thing = Undo(), SimpleNamespace(filter="none")
    undo.do(Edit.setting(thing, "filter", "high-pass", "High-pass 20 Hz"))
    undo.do(Edit.setting(thing, "filter", "notch", "Notch 50 Hz"))
    assert (thing.filter, undo.next_undo, undo.next_redo) == ("notch", "Notch 50 Hz", "")
    assert undo.undo() == "Notch 50 Hz"
    assert (thing.filter, undo.next_undo, undo.next_redo) == ("high-pass", "High-pass 20 Hz", "Notch 50 Hz")
    undo.undo()
    assert (thing.filter, undo.undo()) == ("none", "")
    assert [undo.redo(), undo.redo(), undo.redo()] == ["High-pass 20 Hz", "Notch 50 Hz", ""]
    assert thing.filter == "notch"


def test_a_new_edit_forgets_what_was_taken_back():
    undo, thing = Undo(), SimpleNamespace(n=0)
    undo.do(Edit.setting(thing, "n", 1, "one"))
    undo.undo()
    undo.do(Edit.setting(thing, "n", 2, "two"))
    assert undo.redo() == ""
    assert thing.n == 2
    undo.undo()
    assert thing.n == 0


def test_edits_with_one_key_that_follow_closely_are_one():
    now = [0.0]
    undo, thing = Undo(clock=lambda: now[0]), SimpleNamespace(colour=0, name="")
    for colour in (1, 2, 3):
        now[0] += 0.5
        undo.do(Edit.setting(thing, "colour", colour, f"Colour {colour}", "colour"))
    assert undo.next_undo == "Colour 3"
    now[0] += 5.0
    undo.do(Edit.setting(thing, "colour", 9, "Colour 9", "colour"))
    undo.undo()
    assert thing.colour == 3
    undo.undo()
    assert thing.colour == 0
    undo.redo()
    assert thing.colour == 3
    undo.do(Edit.setting(thing, "colour", 4, "Colour 4", "colour"))
    undo.undo()
    assert thing.colour == 3  # what was done again stays a step of its own


def test_only_so_many_are_kept():
    undo, thing = Undo(most=3), SimpleNamespace(n=0)
    for n in range(1, 6):
        undo.do(Edit.setting(thing, "n", n, str(n)))
    assert [undo.undo() for _ in range(4)] == ["5", "4", "3", ""]
    assert thing.n == 2
    undo.clear()
    assert undo.redo() == ""


@given(st.lists(st.one_of(st.integers(0, 9), st.sampled_from(["undo", "redo"])), max_size=40))
def test_it_behaves_as_a_list_of_states(steps):
    undo, thing = Undo(), SimpleNamespace(n=-1)
    states, at = [-1], 0
    for i, step in enumerate(steps):
        if step == "undo":
            undo.undo()
            at = max(0, at - 1)
        elif step == "redo":
            undo.redo()
            at = min(len(states) - 1, at + 1)
        else:
            undo.do(Edit.setting(thing, "n", step, str(i)))
            states, at = [*states[: at + 1], step], at + 1
        assert thing.n == states[at]
