"""Events on their way into recordings: once each, from the right moment on, and with the texts they are given later."""

from __future__ import annotations

from pathlib import Path

import pytest

from myoscope.app.context import KEPT_EVENTS, Events
from myoscope.app.errors import AppError
from myoscope.app.noting import Noting
from myoscope.recordings import event_lines
from myoscope.sources import Event


class Recording:
    """A stand-in that keeps what it is told."""

    def __init__(self, name="take.myo"):
        self.path = Path(name)
        self.noted: list[Event] = []
        self.edited: list[tuple[str, str, str]] = []

    def note(self, event):
        self.noted.append(event)

    def edit(self, event, label, text):
        self.edited.append((event.label, label, text))


@pytest.fixture
def written(monkeypatch):
    """Return what is written to sessions that are closed."""
    lines = []
    monkeypatch.setattr(event_lines, "edit_event", lambda path, edit: lines.append((str(path), edit)))
    return lines


@pytest.fixture
def events():
    return Events(lambda: 50.0)


@pytest.fixture
def noting(events):
    return Noting(events, lambda: 99.0, lambda write: write())


def labels(recording):
    return [event.label for event in recording.noted]


def test_a_recording_has_events_from_a_moment_on_once_each(events, noting):
    for t, label, kind in ((1, "early", "marker"), (5, "before", "marker"), (6, "old trigger", "trigger")):
        events.add(Event(float(t), kind, label))
    recording = Recording()
    noting.begin(recording, since=4.0)
    events.mark("now")
    events.mark("now")
    noting.end()
    events.mark("after")
    assert labels(recording) == ["before", "now", "now"]


def test_an_event_that_is_on_its_way_while_the_recording_takes_over_is_noted_once(events, noting):
    recording = Recording()
    # The recording begins after the event was kept, and before it was told of.
    events.on_event.insert(0, lambda _: noting.begin(recording, since=0.0))
    events.mark("lift")
    assert labels(recording) == ["lift"]


def test_an_edit_goes_to_the_recording_that_holds_the_event(events, noting, written):
    first, second = Recording("first.myo"), Recording("second.myo")
    noting.begin(first, since=0.0)
    lift = events.mark("lift")
    now = noting.edit(lift, "lift 2")
    assert first.edited == [("lift", "lift 2", "")]
    noting.end()
    noting.begin(second, since=100.0)
    noting.edit(now, "lift 3", "left arm")
    assert second.edited == []
    assert written == [("first.myo", event_lines.Edit(99.0, lift, "lift 3", "left arm"))]


def test_a_text_given_before_the_recording_is_an_edit_of_what_was_noted(events, noting, written):
    lift = events.mark("lift")
    noting.edit(lift, "lift 2")
    assert written == []
    recording = Recording()
    noting.begin(recording, since=0.0)
    assert labels(recording) == ["lift"]
    assert recording.edited == [("lift", "lift 2", "")]


def test_what_is_no_longer_kept_stays_as_it_is(events, noting):
    lift = events.mark("lift")
    for i in range(KEPT_EVENTS):
        events.mark(str(i))
    with pytest.raises(AppError, match="'lift' is no longer kept"):
        noting.edit(lift, "other")
