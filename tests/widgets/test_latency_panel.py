from __future__ import annotations

import math

import dearpygui.dearpygui as dpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets.latency_panel import HealthFigure, LatencyPanel, grade_of
from myoscope.widgets.widget import Widget


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e6, 1e6), st.floats(0.1, 1e6))
def test_limits_rise_or_fall(value, look, more):
    bad = look + more
    rising = "bad" if value >= bad else "warn" if value >= look else "good"
    assert grade_of(value, (look, bad)) == rising
    assert grade_of(-value, (-look, -bad)) == rising
    assert grade_of(math.nan, (look, bad)) == "none"


def figures(age=0.012, queue=0.004, n_gaps=0):
    age_limits, queue_limits = (0.1, 0.5), (0.1, 0.5)
    found = []
    for name in ("emg", "markers"):
        found += [
            HealthFigure(name, "rate", "Rate", 10.0, "2000.02 Hz +10 ppm", "good", "Measured over the last 5 s."),
            HealthFigure(
                name, "age", "Newest sample", age, f"{1000 * age:4.0f} ms old", grade_of(age, age_limits),
                "How old the newest sample is.", True, age_limits,
            ),
            HealthFigure(name, "gaps", "Gaps", n_gaps, f"{n_gaps} · 84 samples", "warn" if n_gaps else "good", "Lost."),
            HealthFigure(name, "sync", "Last sync", 0.3, " 300 ms ago", "good", "Clocks."),
        ]  # fmt: skip
    return [
        *found,
        HealthFigure(
            "Recording", "queue", "Queue", queue, f"{100 * queue:5.1f} %", grade_of(queue, queue_limits),
            "The disk is too slow.", True, queue_limits,
        ),
        HealthFigure("Recording", "disk", "Disk left", 3660.0, "3,660 min", "good", "Make room."),
        HealthFigure("Program", "frame", "Frame", 4.9, "  4.9 ms", "good", "One picture.", True, (16.7, 33.3)),
    ]  # fmt: skip


@pytest.fixture
def shown(screen, clock, theme):
    panels = []

    def make(facts, size=(460, 480)):
        theme.apply()
        panel = LatencyPanel(facts, theme, clock=clock)
        assert isinstance(panel, Widget)
        with dpg.child_window(parent=screen.window, width=size[0], height=size[1], border=False) as box:
            panel.build(box)
        panels.append(panel)

        def draw():
            clock.now += 0.25
            panel.draw()

        screen.each_frame(draw)
        screen.frames(6)
        return panel

    yield make
    for panel in panels:
        panel.delete()


@pytest.mark.gui
def test_grades_history_and_what_to_do(screen, shown, clock):
    state = {"age": 0.012, "queue": 0.004}
    panel = shown(lambda: figures(**state))
    assert panel.summary.text == "all well"
    for i in range(120):
        state["age"] = 0.012 + 0.3 * math.exp(-(((i - 60) / 10) ** 2))
        state["queue"] = 0.02 + i / 200
        screen.frames(1)
    state["n_gaps"] = 2
    screen.frames(2)
    assert panel.summary.text == "1 bad, 2 to look at"
    past = panel.history["emg", "age"]
    assert max(v for _, v in past) == pytest.approx(0.312, abs=0.01)
    top, bottom, _ = next(row for row in panel._rows if row[2].key == "queue")
    corner = dpg.get_item_rect_min(panel.canvas.tag)
    screen.move(corner[0] + 60, corner[1] + (top + bottom) / 2)
    screen.frames(2)
    assert panel.tip.words == "The disk is too slow."
    screen.screenshot("health")
    for _ in range(300):
        panel.draw()
        clock.now += 0.25
    assert clock.now - panel.history["emg", "age"][0][0] <= 60.5
    assert panel.values().rows[0][:3] == ("emg", "Rate", "2000.02 Hz +10 ppm")


@pytest.mark.gui
def test_a_stream_that_goes_takes_its_history_along(screen, shown):
    state = {"all": figures()}
    panel = shown(lambda: state["all"])
    state["all"] = [f for f in figures() if f.group != "emg"]
    screen.frames(3)
    assert ("emg", "age") not in panel.history
    state["all"] = []
    screen.frames(3)
    assert panel.summary.text == "nothing to tell yet"


@pytest.mark.gui
@pytest.mark.parametrize(
    ("mode", "scale", "size"),
    [
        ("light", 1.0, (460, 480)),
        ("dark", 2.0, (760, 700)),
        ("dark", 1.0, (240, 200)),
        ("high contrast", 0.75, (420, 380)),
    ],
)
def test_looks(screen, shown, theme, mode, scale, size):
    theme.set_mode(mode)
    theme.set_scale(scale)
    panel = shown(lambda: figures(age=0.2, n_gaps=1), size)
    screen.frames(60)
    assert len(panel._rows) == 11
    screen.screenshot(f"health_{mode.replace(' ', '_')}_{round(100 * scale)}_{size[0]}")
