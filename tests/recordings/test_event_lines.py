"""Events and their texts: a line is never changed, an edit is a further one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import SessionError, check_session, open_session
from myoscope.recordings.event_lines import Edit, edit_event, event_line, parse_events
from myoscope.recordings.lines import read_lines
from myoscope.sources.block import Event

from .sessions import EMG, SteppedTime, block, recorder

LIFT = Event(1000.125, "marker", "mark 1")
HOLD = Event(1001.5, "marker", "hold", "left arm", "cues")


def take(path):
    """Return a recorder with some samples and two events, one of which got another text twice."""
    time = SteppedTime()
    made = recorder(path, time)
    sink = made.sink("emg", "synthetic:")
    sink.open(EMG)
    sink.write(block(0, 400))
    made.event(LIFT)
    made.event(HOLD)
    time.now += 3
    made.edit_event(LIFT, "raise", "")
    made.edit_event(LIFT, "lift", "slowly")
    return made, time


def test_a_session_reads_the_last_text_and_keeps_the_first(tmp_path):
    made, _ = take(tmp_path / "a.myo")
    made.step(0)
    made.close()
    with open_session(made.path) as session:
        assert session.events == (LIFT._replace(label="lift", text="slowly"), HOLD)
        assert session.events_as_noted == (LIFT, HOLD)
    lines = (made.path / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["mark 1", "hold", "raise", "lift"]
    assert json.loads(lines[2])["t"] == 1003.0
    assert check_session(made.path)["ok"]


def test_killed_at_any_byte_the_event_is_there_under_one_of_its_texts(tmp_path):
    made, time = take(tmp_path / "a.myo")
    time.now += 1
    made.step(0)
    file = made.path / "events.jsonl"
    whole = file.read_bytes()
    first_two = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    for n in range(first_two, len(whole) + 1):
        file.write_bytes(whole[:n])
        found = parse_events(read_lines(file).objects)
        assert found.noted == (LIFT, HOLD)
        assert found.edited[0].label == ("mark 1", "raise", "lift")[whole[first_two:n].count(b"\n")]
        assert found.edited[0].t == LIFT.t
    # A crash in the middle of the last line; the writer's lock is let go as the system would.
    file.write_bytes(whole[:-20])
    made._take.close()
    made._take = None
    with open_session(made.path) as session:
        assert session.state == "recovered"
        assert session.events[0] == LIFT._replace(label="raise")
    assert file.read_bytes().endswith(b"\n")


def test_an_event_of_a_finished_session_gets_another_text(tmp_path):
    made, _ = take(tmp_path / "a.myo")
    made.close()
    edit_event(made.path, Edit(2000.0, HOLD, "held", "right arm"))
    with open_session(made.path) as session:
        assert session.events[1] == HOLD._replace(label="held", text="right arm")
    assert check_session(made.path)["ok"]
    before = (made.path / "events.jsonl").read_bytes()
    with pytest.raises(SessionError, match="has no event 'other'"):
        edit_event(made.path, Edit(2000.0, Event(5.0, "marker", "other"), "x", ""))
    assert (made.path / "events.jsonl").read_bytes() == before


def test_what_is_about_nothing_is_left_out_and_a_marker_called_edit_is_one():
    stray = Edit(5.0, Event(1.0, "marker", "gone"), "x", "").to_json()
    mine = event_line(Event(2.0, "edit", "cut", "of the film"))
    found = parse_events([stray, mine, {"t": None, "label": "broken"}])
    assert found.noted == found.edited == (Event(2.0, "edit", "cut", "of the film"),)


words = st.text(max_size=12).filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text))


@given(st.lists(st.tuples(st.floats(0, 1e9), words, words), max_size=8), st.data())
def test_edits_in_any_order_equal_a_list_that_is_changed_in_place(rows, data):
    events = [Event(t + i, "marker", label, text) for i, (t, label, text) in enumerate(rows)]
    lines = [event_line(event) for event in events]
    expected = list(events)
    for _ in range(data.draw(st.integers(0, 6)) if events else 0):
        at = data.draw(st.integers(0, len(events) - 1))
        label, text = data.draw(words), data.draw(words)
        lines.append(Edit(0.0, events[at], label, text).to_json())
        first = events.index(events[at])
        same = next(i for i, e in enumerate(events) if e._replace(text="") == events[first]._replace(text=""))
        expected[same] = expected[same]._replace(label=label, text=text)
    found = parse_events(json.loads(json.dumps(line)) for line in lines)
    assert list(found.noted) == events
    assert list(found.edited) == expected
