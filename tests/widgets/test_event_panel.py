from __future__ import annotations

import dearpygui.dearpygui as dpg
import pytest

from myoscope.sources.block import Event
from myoscope.widgets.event_panel import EventDrop, EventPanel, centre
from myoscope.widgets.look import Look

pytestmark = pytest.mark.gui


class Kept:
    """Events, and what was done to them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.edits: list[tuple[Event, str, str]] = []
        self.now = 1000.0
        self.why_not = ""

    def mark(self) -> Event:
        self.events.append(Event(self.now, "marker", f"mark {len(self.events) + 1}"))
        return self.events[-1]

    def edit(self, event: Event, name: str, text: str) -> None:
        self.edits.append((event, name, text))
        self.events[self.events.index(event)] = event._replace(label=name, text=text)


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def panel(screen, theme, bench, kept):
    """Return a panel of events beside a stream with 10 s in its buffer, at t = 1010 s."""

    def make(width=312, **how):
        fed = bench()
        fed.noise(10.0)
        look = Look(fed.stream)
        look.update()
        made = EventPanel(theme, lambda: kept.events, lambda: 990.0, look.axis, kept.edit, lambda: kept.why_not, **how)
        box = dpg.add_child_window(parent=screen.window, width=theme.px(width), height=theme.px(500))
        made.build(box)
        screen.each_frame(look.update, made.draw)
        screen.frames(4)
        return made, look.axis

    return make


def test_a_press_on_an_event_looks_at_its_moment(screen, panel, kept):
    kept.events += [Event(1004.0, "marker", "lift"), Event(1009.9, "cue", "", "go"), Event(980.0, "marker", "old")]
    made, axis = panel()
    assert [row.time.text.strip() for row in made.rows[:3]] == ["00:00.0", "00:19.9", "00:14.0"]
    screen.click(made.rows[2].go.tag)
    assert axis.edge == pytest.approx(1004.0 + 2.5)
    screen.click(made.rows[1].go.tag)
    assert axis.edge == pytest.approx(axis.newest)
    assert axis.held
    before = axis.held_at
    screen.click(made.rows[0].go.tag)
    assert axis.held_at == before
    assert "no longer in the buffer" in dpg.get_value(made.rows[0].go._words)
    screen.screenshot("event_panel")
    centre(axis, 1000.5)
    assert axis.edge == pytest.approx(axis.oldest + 5.0)


def test_an_event_gets_another_name_and_a_text(screen, panel, kept):
    kept.events.append(Event(1004.0, "marker", "lift"))
    made, _ = panel()
    screen.click(made.rows[0].more.tag)
    screen.frames(4)
    field = made.field
    assert field.is_open
    assert dpg.get_value(field.name) == "lift"
    screen.screenshot("event_field")
    screen.click(field.text)
    screen.type("left")
    screen.key("Return")
    screen.frames(3)
    assert kept.edits == [(Event(1004.0, "marker", "lift"), "lift", "left")]
    assert not field.is_open
    assert dpg.get_item_label(made.rows[0].go.tag) == "lift · left"
    screen.click(made.rows[0].more.tag)
    screen.frames(4)
    screen.type("x")
    screen.key("Escape")
    screen.frames(3)
    assert not field.is_open
    assert len(kept.edits) == 1


def test_edit_says_why_it_is_off(screen, panel, kept):
    kept.events.append(Event(1004.0, "marker", "lift"))
    kept.why_not = "A recorded session is open."
    made, _ = panel()
    screen.click(made.rows[0].more.tag)
    screen.frames(3)
    assert not made.field.is_open
    assert dpg.get_value(made.rows[0].more._words) == kept.why_not


def test_only_the_latest_are_shown_newest_first(screen, panel, kept):
    made, _ = panel(n_shown=3)
    assert "Nothing has happened yet" in made._nothing.text
    for i in range(5):
        kept.events.append(Event(1005.0 + i, "marker", f"e{i}"))
    screen.frames(3)
    assert [dpg.get_item_label(row.go.tag) for row in made.rows] == ["e4", "e3", "e2"]
    made.delete()
    made.delete()


@pytest.fixture
def drop(screen, theme, kept):
    made = EventDrop(theme, kept.mark, kept.edit)
    screen.each_frame(made.draw)
    screen.frames(2)
    yield made
    made.delete()


def test_an_event_is_stamped_when_the_key_is_pressed(screen, drop, kept):
    kept.now = 1234.5
    drop.press()
    kept.now = 1300.0
    screen.frames(5)
    screen.type("lift")
    screen.screenshot("event_drop")
    screen.key("Return")
    screen.frames(3)
    assert kept.events == [Event(1234.5, "marker", "lift")]
    assert not drop.field.is_open


def test_esc_keeps_it_unnamed_and_so_does_an_empty_field(screen, drop, kept):
    drop.press()
    screen.frames(5)
    screen.type("li")
    screen.key("Escape")
    screen.frames(3)
    assert kept.events == [Event(1000.0, "marker", "mark 1")]
    drop.press()
    screen.frames(5)
    screen.key("Return")
    screen.frames(3)
    assert kept.edits == []
    assert [event.label for event in kept.events] == ["mark 1", "mark 2"]


def test_a_click_elsewhere_or_the_next_key_keeps_what_was_typed(screen, drop, kept):
    drop.press()
    screen.frames(5)
    screen.type("a")
    drop.press()
    screen.frames(5)
    assert [event.label for event in kept.events] == ["a", "mark 2"]
    screen.type("b")
    screen.click_at(900, 700)
    screen.frames(4)
    assert [event.label for event in kept.events] == ["a", "b"]
    assert not drop.field.is_open


@pytest.mark.parametrize("percent", [75, 200])
def test_sizes(screen, theme, panel, kept, percent):
    theme.set_scale(percent / 100)
    kept.events += [Event(1004.0, "marker", "a rather long name of an event", "and text"), Event(1009.0, "marker", "b")]
    made, _ = panel()
    screen.click(made.rows[0].more.tag)
    screen.frames(4)
    screen.screenshot(f"event_panel_{percent}")
