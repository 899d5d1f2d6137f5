from __future__ import annotations

import dearpygui.dearpygui as dpg
import pytest

from myoscope.sources.form import FormField, form_fields
from myoscope.sources.source import Found
from myoscope.sources.stream import Gap, StreamHealth
from myoscope.sources.synthetic import SyntheticSource
from myoscope.widgets import (
    DevicePanel,
    FormError,
    FormWidget,
    FoundView,
    HealthRow,
    HealthStrip,
    LogLine,
    LogPanel,
    RecordPanel,
    RecordView,
    ReplayBar,
    ReplayView,
    StateView,
    StreamRow,
    Widget,
)

pytestmark = pytest.mark.gui
LIVE = StateView("circle", "good", "live")


@pytest.fixture
def show(screen, clock):
    """Return what builds a widget and draws it."""

    def make(widget):
        assert isinstance(widget, Widget)
        widget.build(screen.window)

        def draw() -> None:
            clock.now += 0.1
            widget.draw()

        screen.each_frame(draw)
        screen.frames(4)
        return widget

    return make


def test_record_stop_and_events(screen, theme, clock, show):
    calls, view = [], [RecordView()]
    panel = RecordPanel(
        theme, lambda: view[0], lambda: calls.append("record"), lambda: calls.append("stop"), calls.append,
        ["lift", "hold"], clock,
    )  # fmt: skip
    show(panel)
    screen.click(panel.setup.more.tag)
    screen.click(panel.setup.inputs["subject"])
    screen.type("S07")
    screen.click(panel.setup.more.tag)
    assert dpg.get_item_label(panel.setup.more.tag) == "S07 …"
    assert panel.subject == "S07"
    screen.click(panel.button.tag)
    assert calls == ["record"]
    view[0] = RecordView(True, 42.3, 84212, 86, 61 * 3600.0, "abduction-03")
    screen.frames(4)
    assert dpg.get_item_label(panel.button.tag) == "Stop   00:42"
    assert [panel.facts.text(name) for name in ("Take", "Written", "Lost", "Disk left")] == [
        "abduction-03", "84,212 samples", "86 samples", "61 h",
    ]  # fmt: skip
    screen.screenshot("record_panel")
    screen.click(panel.mark.tag)
    screen.click(panel.event_buttons["hold"])
    screen.click(panel.new_label)
    screen.type("rest")
    screen.key("Return")
    screen.frames(5)
    screen.click(panel.event_buttons["rest"])
    screen.click(panel.button.tag)
    assert calls == ["record", "mark", "hold", "rest", "stop"]


def test_a_button_that_is_off_says_why_and_does_nothing(screen, theme, clock, show):
    calls = []
    view = RecordView(why_not="No stream is connected. Connect one first.", error="The disk is full.")
    panel = show(RecordPanel(theme, lambda: view, lambda: calls.append(1), lambda: 0, calls.append, clock=clock))
    screen.click(panel.button.tag)
    assert calls == []
    assert dpg.get_value(panel.button._words) == view.why_not
    assert panel.error.text == "The disk is full."
    screen.click(panel.panel.head)
    assert not dpg.is_item_shown(panel.panel.body)


def test_reconnect_and_switch(screen, theme, show):
    calls = []
    rows = [StreamRow("emg", LIVE, "lsl:EMG"), StreamRow("aux", LIVE, "lsl:Aux", "It is connecting already.")]
    found = [FoundView(scanning=True)]
    panel = DevicePanel(
        theme, lambda: rows, lambda: found[0], lambda name: calls.append(("reconnect", name)),
        lambda name, source: calls.append(("switch", name, source)), lambda: calls.append("scan"),
        lambda source: calls.append(("add", source)),
    )  # fmt: skip
    show(panel)
    screen.click(panel.items["emg"].reconnect.tag)
    screen.click(panel.items["aux"].reconnect.tag)
    assert calls == [("reconnect", "emg")]
    screen.click(panel.items["emg"].devices.popup.button)
    screen.frames(3)
    found[0] = FoundView((Found("lsl:Other", "Other", "8 ch"), Found("synthetic:", "Synthetic")))
    screen.frames(5)
    screen.screenshot("device_panel")
    screen.click(panel.items["emg"].devices.choices["lsl:Other"])
    assert calls[1:] == ["scan", ("switch", "emg", "lsl:Other")]
    assert not panel.items["emg"].devices.popup.is_open
    screen.click(panel.add.popup.button)
    screen.frames(3)
    screen.click(panel.add.typed)
    screen.type("synthetic:")
    screen.key("Return")
    assert calls[-1] == ("add", "synthetic:")
    rows.pop()
    screen.frames(3)
    assert list(panel.items) == ["emg"]
    panel.delete()
    panel.delete()


def test_replay_bar(screen, theme, show):
    calls, view = [], [ReplayView(False, 10.0, 40.0)]
    bar = ReplayBar(
        theme, lambda: view[0], lambda: calls.append("play"), lambda: calls.append("pause"),
        lambda s: calls.append(("seek", round(s))), lambda x: calls.append(("speed", x)),
        lambda on: calls.append(("loop", on)), lambda s: calls.append(("step", s)),
    )  # fmt: skip
    show(bar)
    assert bar.position.text == "00:10.0 / 00:40.0"
    assert dpg.get_value(bar.slider) == pytest.approx(0.25)
    screen.screenshot("replay_bar")
    for item in (bar.play.tag, bar.back.tag, bar.forth.tag, bar.loop.tag):
        screen.click(item)
    assert calls == ["play", ("step", -1.0), ("step", 1.0), ("loop", True)]
    x, y = screen.middle(bar.slider)
    screen.click_at(x, y)
    assert calls[-1] == ("seek", 20)
    view[0] = ReplayView(True, 30.0, 40.0, 2.0, True)
    screen.frames(3)
    assert dpg.get_value(bar.speed) == "2×"
    assert dpg.get_value(bar.slider) == pytest.approx(0.75)
    screen.click(bar.play.tag)
    assert calls[-1] == "pause"
    view[0] = None
    screen.frames(3)
    assert not dpg.is_item_shown(bar.box)


def test_health_strip_keeps_still_between_refreshes(screen, theme, clock, show):
    health = StreamHealth("live", "", 20480, 0, 0, 10.0, 0.011, 2048.02, 2048.0)
    rows = [HealthRow("emg", health)]
    strip = show(HealthStrip(theme, lambda: rows, clock))
    line = strip.lines["emg"]
    assert (line.state.words, line.age.text.strip(), line.gaps.text) == ("live", "11 ms old", "no gaps")
    back = StreamHealth(
        "live", "", 9, 84, 1, 100.0, 0.02, 1990.0, 2048.0, gaps=(Gap(97.0, 98.0, 84),), back_after_s=1.4
    )
    rows[0] = HealthRow("emg", back)
    rows.append(HealthRow("markers", StreamHealth("lost", "The cable is out.", age_s=3.0)))
    strip._refreshed = clock.now
    screen.frames(1)
    assert line.state.words == "live"
    screen.frames(4)
    line = strip.lines["emg"]
    assert (line.state.words, line.gaps.text) == ("back after 1.4 s", "1 gap, 84 lost")
    assert strip.lines["markers"].state.words == "lost, trying again"
    screen.screenshot("health_strip")


def test_log_shows_the_newest_first(screen, theme, show):
    lines = [LogLine(f"10:00:{i:02d}", f"message {i} \udce9", "warning" if i % 2 else "error") for i in range(20)]
    panel = show(LogPanel(theme, lambda: lines, n_shown=4))
    assert [row[3].text.split()[1] for row in panel._rows] == ["19", "18", "17", "16"]
    screen.screenshot("log_panel")


def test_a_form_for_every_kind_of_setting(screen, theme, show):
    fields = (
        FormField("host", "Host", str, None, required=True),
        FormField("n_channels", "Number of channels", int, 8, help="How many."),
        FormField("rate_hz", "Rate", float, 2000.0, "Hz"),
        FormField("kind", "Kind", str, "b", choices=("a", "b")),
        FormField("loud", "Loud", bool, True),
        FormField("limit", "Limit", float, None),
    )
    form = show(FormWidget(theme, fields))
    with pytest.raises(FormError, match="Host is needed"):
        form.values()
    screen.click(form.inputs["host"])
    screen.type("lab")
    assert form.values() == {"host": "lab", "n_channels": 8, "rate_hz": 2000.0, "kind": "b", "loud": True}
    dpg.set_value(form.inputs["n_channels"], "many")
    with pytest.raises(FormError, match="whole number"):
        form.values()
    assert "many" in form.problem.text
    dpg.set_value(form.inputs["n_channels"], "16")
    dpg.set_value(form.inputs["rate_hz"], "inf")
    with pytest.raises(FormError, match="Rate is «inf»"):
        form.values()


def test_the_form_of_the_synthetic_source_makes_one(screen, theme, show):
    form = show(FormWidget(theme, form_fields(SyntheticSource)))
    screen.screenshot("form")
    assert SyntheticSource(**form.values()) is not None
