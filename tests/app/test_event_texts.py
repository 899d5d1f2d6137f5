"""Events that get another text while the engine runs, in memory and on disk."""

from __future__ import annotations

import pytest

from myoscope import App, Stream, open_session
from myoscope.app.errors import AppError
from myoscope.sources import Event


@pytest.fixture
def app():
    app = App("test")
    yield app
    app.engine.stop()


def test_an_edit_reaches_the_session_that_holds_the_event(app, tap, until, tmp_path):
    engine = app.engine
    app.streams(Stream("emg", tap()))
    early = engine.mark("before")
    with app:
        engine.record(tmp_path / "one.myo")
        first = engine.mark("mark 1")
        named = engine.edit_event(first, "lift")
        assert (named.t, named.label) == (first.t, "lift")
        named = engine.edit_event(named, "raise", "slowly")
        assert engine.events.latest == (early, named)
        assert engine.edit_event(early, "long before").label == "long before"
        engine.stop_recording()
        engine.record(tmp_path / "two.myo")
        second = engine.mark("mark 2")
        engine.edit_event(named, "raised")
        engine.edit_event(second, "hold")
        until(lambda: not engine.busy and engine._commands.empty(), "the text to be on disk")
    with open_session(tmp_path / "one.myo") as session:
        assert session.events == (Event(first.t, "marker", "raised", "slowly"),)
        assert session.events_as_noted == (first,)
    with open_session(tmp_path / "two.myo") as session:
        assert session.events == (second._replace(label="hold"),)
    engine.edit_event(engine.events.latest[-1], "held")
    with open_session(tmp_path / "two.myo") as session:
        assert session.events == (second._replace(label="held"),)


def test_an_edit_that_cannot_be_made_says_why(app):
    with pytest.raises(AppError, match="no longer kept"):
        app.engine.edit_event(Event(1.0, "marker", "gone"), "x")


def test_version_tells_of_every_change(app):
    events = app.engine.events
    before = events.version
    mark = app.engine.mark("a")
    assert events.version > before
    before, n = events.version, events.n_total
    events.edit(mark, "b")
    assert (events.version > before, events.n_total) == (True, n)
    assert events.original(events.latest[-1]) == mark
