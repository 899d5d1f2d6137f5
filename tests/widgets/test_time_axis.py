from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets.look import Look
from myoscope.widgets.time_axis import SHORTEST_S, OwnLength, TimeAxis


@pytest.fixture
def axis() -> TimeAxis:
    axis = TimeAxis(5.0)
    axis.note(1, 100.0, 160.0, 60.0)
    return axis


def test_live_the_edge_is_the_newest_sample_of_any_stream(axis):
    axis.note(2, 90.0, 159.0, 60.0)
    assert axis.edge == 160.0
    axis.note(2, 90.0, 161.0, 60.0)
    assert axis.edge == 161.0
    axis.forget(2)
    assert axis.edge == 160.0


def test_held_it_stays_while_samples_come(axis):
    axis.hold()
    axis.note(1, 101.0, 170.0, 60.0)
    assert axis.edge == 160.0
    axis.release()
    assert axis.edge == 170.0


def test_scrolling_stays_within_what_is_kept(axis):
    axis.scroll(-20.0)
    assert axis.edge == 140.0
    axis.scroll(-1000.0)
    assert axis.edge == 105.0, "the window's left edge is the oldest sample"
    axis.scroll(+10.0)
    assert axis.edge == 115.0
    axis.scroll(+1000.0)
    assert not axis.held, "scrolled to the newest sample is live"


def test_a_selection_is_looked_at_while_live_goes_on(axis):
    axis.zoom(150.0, 149.0)
    assert (axis.seconds, axis.edge, axis.zoomed) == (1.0, 150.0, True)
    axis.zoom(149.5, 149.5001)
    assert axis.seconds == pytest.approx(SHORTEST_S)
    axis.release()
    assert (axis.seconds, axis.held, axis.zoomed) == (5.0, False, False)


def test_nothing_can_be_held_before_the_first_sample():
    axis = TimeAxis()
    axis.hold()
    axis.scroll(-1.0)
    assert not axis.held
    assert math.isnan(axis.edge)


@given(
    seconds=st.floats(allow_nan=True, allow_infinity=True),
    steps=st.lists(st.floats(-100, 100), max_size=20),
)
def test_length_and_place_are_always_within_what_there_is(seconds, steps):
    axis = TimeAxis()
    axis.note(1, 100.0, 160.0, 60.0)
    axis.set_seconds(seconds)
    assert SHORTEST_S <= axis.seconds <= 60.0
    for step in steps:
        axis.scroll(step)
        assert axis.edge - min(axis.seconds, 60.0) + 1e-9 >= 100.0
        assert axis.edge <= 160.0


def test_an_excerpt_follows_in_everything_but_its_length(axis):
    own = OwnLength(axis, 0.2)
    axis.scroll(-3.0)
    assert (own.held_at, own.edge, own.seconds) == (157.0, 157.0, 0.2)
    own.zoom(150.0, 150.1)
    assert axis.held_at == pytest.approx(150.1)
    assert axis.seconds == 5.0
    own.release()
    assert not axis.held
    assert own.seconds == 0.2
    own.cursors = (1.0, 2.0)
    assert axis.cursors == (1.0, 2.0)


def test_a_held_look_keeps_the_past_and_refreshes_when_scrolled_on(bench):
    b = bench(buffer_seconds=10.0)
    b.noise(10.0)
    look = Look(b.stream)
    look.update()
    look.axis.scroll(-6.0)
    look.update()
    first, at = look.view(2.0).data.copy(), look.newest
    for seed in range(30):
        b.noise(1.0, seed=seed)
        look.update()
    assert look.newest == at
    assert (look.view(2.0).data == first).all(), "what is held stays, long after the ring has forgotten it"
    look.axis.scroll(+8.0)
    look.update()
    assert look.newest > at, "further on there is what came meanwhile"
    look.axis.release()
    look.update()
    assert look.newest == pytest.approx(b.t)
    assert look.ring is b.stream.ring
