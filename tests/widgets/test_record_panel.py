"""The panel to record: the next take, preflight, trials, and what folds away."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import pytest

from myoscope.widgets import RecordPanel, RecordView, StateView
from myoscope.widgets.record_setup import SetupActions, SetupView
from myoscope.widgets.take_lines import TakeActions, TakeView

pytestmark = pytest.mark.gui
READY = RecordView(
    takes=TakeView("abduction 03", StateView("triangle", "warn", "2 things to look at", "emg: Its battery holds 9 %.")),
    setup=SetupView("Shoulder abduction, left and right, with very many words", 2.0, "2 s before Record are kept."),
)


@pytest.fixture
def panel(screen, theme, clock):
    """Return what shows a panel: its calls, its view in a list, and itself."""

    def make(view=READY, width=300):
        calls, views = [], [view]

        def note(name):
            return lambda *values: calls.append((name, *values))

        made = RecordPanel(
            theme, lambda: views[0], note("record"), note("stop"), note("event"), ["lift"], clock,
            TakeActions(note("check"), note("redo"), note("back"), note("trial"), note("again")),
            SetupActions(
                lambda: ["Shoulder", "MVC"], note("protocol"), note("edit"), (0.0, 2.0, 5.0), note("before"),
                note("fold"),
            ),
        )  # fmt: skip
        with dpg.child_window(parent=screen.window, width=theme.px(width), height=-1) as box:
            pass
        made.build(box)

        def draw():
            clock.now += 0.1
            made.draw()

        screen.each_frame(draw)
        screen.frames(6)
        return made, calls, views

    return make


def test_the_next_take_is_told_and_the_last_one_done_again(panel, screen):
    made, calls, views = panel()
    assert made.takes.next.text == "abduction 03"
    screen.click(made.takes.redo.tag)
    screen.click(made.takes.check.tag)
    assert calls == [("redo",), ("check",)]
    assert dpg.get_item_label(made.takes.check.tag) == "2 things to look at"
    assert "battery" in dpg.get_value(made.takes.check._words)
    views[0] = RecordView(takes=TakeView("abduction 03 (2)", can_bring_back=True))
    screen.frames(6)
    assert dpg.get_item_label(made.takes.redo.tag) == "Undo"
    screen.click(made.takes.redo.tag)
    assert calls[-1] == ("back",)
    views[0] = RecordView(takes=TakeView("abduction 01", why_not_redo="There is no take yet."))
    screen.frames(6)
    screen.click(made.takes.redo.tag)
    assert len(calls) == 3
    assert dpg.get_value(made.takes.redo._words) == "There is no take yet."


def test_trials_are_there_while_it_records(panel, screen):
    made, calls, views = panel()
    assert not dpg.is_item_visible(made.takes.trial.tag)
    views[0] = RecordView(True, takes=TakeView("abduction 03", why_not_redo_trial="None yet."))
    screen.frames(6)
    assert not dpg.is_item_visible(made.takes.check.tag)
    screen.click(made.takes.redo_trial.tag)
    screen.click(made.takes.trial.tag)
    views[0] = RecordView(True, takes=TakeView("abduction 03", next_trial=2))
    screen.frames(6)
    assert dpg.get_item_label(made.takes.trial.tag) == "Trial 2"
    screen.click(made.takes.redo_trial.tag)
    assert calls == [("trial",), ("again",)]


def test_what_folds_away_is_told_in_one_line(panel, screen, theme):
    made, calls, views = panel()
    line = dpg.get_item_label(made.setup.more.tag)
    assert line.startswith("Shoulder abduction")
    assert theme.fonts.width(line, "words") <= dpg.get_item_rect_size(made.setup.more.tag)[0]
    screen.screenshot("record_panel_folded")
    screen.click(made.setup.more.tag)
    screen.click(made.setup.inputs["task"])
    screen.type("lift")
    assert made.task == "lift"
    screen.click(made.setup.protocol.button)
    screen.frames(4)
    screen.click(made.setup.choices["MVC"])
    screen.click(made.setup.before.button)
    screen.frames(4)
    screen.click(made.setup.choices["5.0"])
    screen.click(made.setup.edit.tag)
    assert calls == [("fold", True), ("protocol", "MVC"), ("before", 5.0), ("edit",)]
    screen.screenshot("record_panel_unfolded")
    views[0] = RecordView(takes=TakeView("x"), setup=SetupView(why_not="A recording runs. Stop it first."))
    screen.frames(6)
    screen.click(made.setup.protocol.button)
    screen.frames(4)
    assert not made.setup.protocol.is_open
    screen.click(made.setup.more.tag)
    assert dpg.get_item_label(made.setup.more.tag) == "lift …"
    made.fill_in("squat", subject="S01")
    assert (made.name, made.subject) == ("squat", "S01")
    made.delete()
    made.delete()


@pytest.mark.parametrize(("mode", "scale"), [("light", 2.0), ("high contrast", 0.75), ("dark", 2.5)])
def test_it_holds_at_every_size(panel, screen, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    made, _, _ = panel(width=296)
    made.setup.fold()
    screen.frames(6)
    screen.screenshot(f"record_panel_{mode.replace(' ', '_')}_{round(100 * scale)}")
    right = dpg.get_item_rect_min(made.mark.tag)[0] + dpg.get_item_rect_size(made.mark.tag)[0]
    for item in (made.takes.redo, made.takes.check, made.setup.more, made.setup.edit):
        assert dpg.get_item_rect_min(item.tag)[0] + dpg.get_item_rect_size(item.tag)[0] <= right + 2
        assert dpg.get_item_rect_size(item.tag)[1] >= round(30 * scale)
