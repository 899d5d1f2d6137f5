from __future__ import annotations

import subprocess

import dearpygui.dearpygui as dpg
import pytest

from myoscope.widgets.cursors import nudge, toggle

from .planes import DrawnPlane

pytestmark = pytest.mark.gui
NAMES = ("Deltoid ant.", "Biceps", "Triceps", "Trapezius")


def xdotool(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, timeout=10)


@pytest.fixture
def plane(screen, theme, bench, clock):
    """Return four lanes with the mouse over them, and 8 s of noise."""
    made = []

    def make(seconds=8.0, size=(1000, 600), **how):
        fed = bench(names=NAMES, buffer_seconds=20.0, **how)
        fed.noise(seconds)
        box = dpg.add_child_window(parent=screen.window, width=size[0], height=size[1], no_scrollbar=True)
        drawn = DrawnPlane(fed, theme, clock, box)
        made.append(drawn)

        def draw() -> None:
            clock.now += 0.02
            drawn.draw()

        screen.each_frame(draw)
        screen.frames(6)
        return drawn

    yield make
    for drawn in made:
        drawn.pointer.delete()


def press(screen, *keys):
    for key in keys:
        xdotool("keydown", key)
    screen.frames(3)


def lift(screen, *keys):
    for key in keys:
        xdotool("keyup", key)
    screen.frames(3)


def wheel(screen, at, button, times=1):
    screen.move(*at)
    for _ in range(times):
        xdotool("click", str(button))
        screen.frames(3)


def test_a_drag_goes_through_the_past_and_back_to_live(screen, plane):
    view = plane()
    axis, (x, y) = view.look.axis, view.middle()
    live = axis.edge
    screen.drag((x, y), (x + 200, y))
    assert axis.held
    assert axis.edge == pytest.approx(live - 200 * view.seconds_per_pixel, abs=1e-6)
    view.bench.noise(1.0)
    screen.frames(2)
    assert axis.edge == pytest.approx(live - 200 * view.seconds_per_pixel, abs=1e-6)
    screen.drag((x, y), (x - 450, y))
    assert not axis.held
    assert axis.edge == pytest.approx(live + 1.0)


def test_a_drag_goes_on_beyond_the_plot_and_the_signal_stays_under_the_pointer(screen, plane):
    view = plane(seconds=19.0)
    x, y = view.middle()
    t = view.time_at(x)
    screen.move(x, y)
    xdotool("mousedown", "1")
    screen.frames(3)
    screen.move(1200, 700)
    assert view.pointer.doing == "pan"
    assert view.time_at(1200) == pytest.approx(t, abs=2 * view.seconds_per_pixel)
    xdotool("mouseup", "1")
    screen.frames(3)
    assert view.pointer.doing == ""


def test_the_wheel_scrolls_zooms_and_changes_the_gain(screen, plane):
    view = plane()
    axis, at = view.look.axis, view.middle()
    live = axis.edge
    wheel(screen, at, 4, 2)
    assert axis.edge == pytest.approx(live - 2 * 0.1 * 5)
    wheel(screen, at, 5, 3)
    assert not axis.held
    press(screen, "ctrl")
    wheel(screen, at, 4)
    assert axis.seconds == pytest.approx(5 / 1.2)
    assert not axis.held
    lift(screen, "ctrl")
    wheel(screen, at, 4)
    screen.frames(2)
    off_middle = (at[0] - 150, at[1])
    t = view.time_at(off_middle[0])
    press(screen, "ctrl")
    wheel(screen, off_middle, 4, 2)
    lift(screen, "ctrl")
    assert axis.seconds == pytest.approx(5 / 1.2**3)
    assert view.time_at(off_middle[0]) == pytest.approx(t, abs=2 * view.seconds_per_pixel)
    assert view.gains == []
    press(screen, "shift")
    wheel(screen, at, 4)
    wheel(screen, at, 5)
    lift(screen, "shift")
    assert view.gains == [1, -1]


@pytest.mark.parametrize("by", ["right button", "Alt"])
def test_a_rubber_band_zooms_while_samples_keep_coming(screen, plane, by):
    view = plane()
    axis, (x, y) = view.look.axis, view.middle()
    button = "3" if by == "right button" else "1"
    if by == "Alt":
        press(screen, "alt")
    start = view.time_at(x - 200)
    screen.move(x - 200, y)
    xdotool("mousedown", button)
    screen.frames(3)
    view.bench.noise(0.25)
    screen.move(x, y)
    screen.move(x + 150, y)
    stop = view.time_at(x + 150)
    assert view.pointer.selection.notes.shown[0][0] == f"{stop - start:.3f} s"
    screen.screenshot(f"pointer_band_{button}")
    xdotool("mouseup", button)
    screen.frames(3)
    lift(screen, "alt")
    assert axis.held
    assert axis.edge == pytest.approx(stop)
    assert axis.seconds == pytest.approx(stop - start, abs=2 * view.seconds_per_pixel)
    before = view.look.stream.ring.n_total
    view.bench.noise(0.5)
    screen.frames(3)
    assert view.look.stream.ring.n_total > before
    assert axis.edge == pytest.approx(stop)
    screen.click_at(x, y)
    screen.move(x, y)
    xdotool("click", "--repeat", "2", "--delay", "40", "1")
    screen.frames(8)
    assert not axis.held
    assert axis.seconds == 5.0


def test_a_band_of_no_width_zooms_nowhere(screen, plane):
    view = plane()
    screen.click_at(*view.middle(), button=3)
    assert not view.look.axis.zoomed
    assert view.pointer.selection.end() is None


def test_ctrl_and_click_drops_an_event_there(screen, plane):
    view = plane()
    x, y = view.middle()
    t = view.time_at(x + 77)
    press(screen, "ctrl")
    screen.click_at(x + 77, y)
    lift(screen, "ctrl")
    assert view.events == [pytest.approx(t)]
    assert not view.look.axis.held
    screen.screenshot("pointer_event")


def test_a_click_beside_the_traces_is_for_the_lane(screen, plane):
    view = plane()
    left, top, right, bottom = view.ground
    height = (bottom - top) / 4
    screen.click_at(left - 30, bottom - height / 2)
    screen.click_at(right + 30, top + 1.5 * height, button=3)
    assert view.clicked == [(3, 0), (1, 1)]
    assert not view.look.axis.held


def test_cursors_are_dragged_set_and_read(screen, plane):
    view = plane()
    axis, (x, y) = view.look.axis, view.middle()
    toggle(axis)
    a, b = axis.cursors
    assert (axis.edge - a, axis.edge - b) == pytest.approx((10 / 3, 5 / 3))
    screen.frames(3)
    screen.drag((view.px(a) + 3, y), (view.px(a) - 100, y))
    assert axis.cursors[0] == pytest.approx(a - 100 * view.seconds_per_pixel, abs=2 * view.seconds_per_pixel)
    assert axis.cursors[1] == b
    assert not axis.held
    screen.click_at(x + 250, y)
    assert axis.cursors[1] == pytest.approx(view.time_at(x + 250), abs=1e-6)
    screen.frames(3)
    lane = view.lane_at(y)
    data = view.look.ring.view(None)
    times = data.timestamps
    values = [data.data[abs(times - t).argmin(), lane] for t in axis.cursors]
    dt = axis.cursors[1] - axis.cursors[0]
    lines = view.cursors.box.lines
    assert lines[0] == f"Δt +{dt:.3f} s"
    assert lines[1] == f"1/Δt {1 / dt:.3f} Hz"
    assert lines[2].startswith("ΔV " + ("−" if values[1] < values[0] else "+"))
    assert lines[2].endswith(NAMES[lane])
    assert float(lines[2][4:].split()[0]) == pytest.approx(abs(values[1] - values[0]), rel=0.01)
    screen.screenshot("cursors")


def test_a_double_click_leaves_the_cursors_where_they_were(screen, plane):
    view = plane()
    axis, (x, y) = view.look.axis, view.middle()
    toggle(axis)
    axis.hold(axis.edge - 1)
    before = axis.cursors
    screen.move(x + 20, y)
    xdotool("click", "--repeat", "2", "--delay", "40", "1")
    screen.frames(8)
    assert axis.cursors == before
    assert not axis.held


def test_cursors_that_scroll_out_wait_at_the_edge(screen, plane):
    view = plane()
    axis = view.look.axis
    toggle(axis)
    moments = axis.cursors
    view.bench.noise(2.0)
    screen.frames(3)
    assert axis.cursors == moments
    assert [note[0] for note in view.cursors.letters.shown] == ["B", "← A"]
    view.bench.noise(4.0)
    screen.frames(3)
    assert [note[0] for note in view.cursors.letters.shown] == ["← A B"]
    screen.screenshot("cursors_waiting")
    axis.hold(moments[0] - 0.1)
    screen.frames(3)
    assert [note[0] for note in view.cursors.letters.shown] == ["A B →"]
    left, _, right, _ = view.ground
    axis.cursors = (axis.edge - axis.seconds, axis.edge)
    screen.frames(3)
    places = [view.px_of(note[1][0]) for note in view.cursors.letters.shown]
    assert places[0] > left + 6, "whole also at the edge"
    assert places[1] < right - 6
    axis.cursors = moments
    axis.mode = "sweep"
    axis.release()
    screen.frames(3)
    assert [note[0] for note in view.cursors.letters.shown] == ["← A B"]
    nudge(view, 1, -3)
    assert axis.cursors[1] == pytest.approx(moments[1] - 3 * view.seconds_per_pixel)
    toggle(axis)
    screen.frames(2)
    assert view.cursors.letters.shown == []
    assert view.cursors.box.lines == ()


def test_the_value_under_the_pointer(screen, plane):
    view = plane()
    x, y = view.middle()
    screen.move(x, y)
    screen.frames(4)
    lane = view.lane_at(y)
    view_ = view.look.ring.view(None)
    lo, hi = sorted((view.time_at(x - 0.5), view.time_at(x + 0.5)))
    column = view_.data[(view_.timestamps >= lo) & (view_.timestamps < hi), lane]
    name, lowest, _, _, highest, _ = view.hover.box.lines[0].split()
    assert name == NAMES[lane]
    assert float(lowest.replace("−", "-")) == pytest.approx(column.min(), rel=0.01)
    assert float(highest.replace("−", "-")) == pytest.approx(column.max(), rel=0.01)
    assert view.hover.box.lines[1].startswith("−2.")
    left, top, right, bottom = view.ground
    screen.move(right - 3, bottom - 3)
    screen.frames(4)
    edges = view.hover.box.edges
    assert left <= edges[0] < edges[2] <= right
    assert top <= edges[1] < edges[3] <= bottom
    screen.screenshot("hover")
    xdotool("mousedown", "1")
    screen.frames(4)
    assert view.hover.box.lines == ()
    xdotool("mouseup", "1")
    screen.frames(4)
    assert view.hover.box.lines != ()
    screen.move(1200, 790)
    screen.frames(4)
    assert view.hover.box.lines == ()


def test_zoomed_in_the_nearest_sample_is_read_and_a_gap_has_none(screen, plane):
    view = plane(fs=500.0)
    view.look.axis.set_seconds(0.5)
    screen.frames(4)
    x, y = view.middle()
    screen.move(x, y)
    screen.frames(4)
    samples = view.look.ring.view(None)
    row = abs(samples.timestamps - view.time_at(x)).argmin()
    text = view.hover.box.lines[0].removeprefix(NAMES[view.lane_at(y)]).split()
    assert float(text[0].replace("−", "-")) == pytest.approx(samples.data[row, view.lane_at(y)], rel=0.01)
    view.bench.noise(0.1, lost=150)
    screen.frames(4)
    screen.move(x + 1, y)
    screen.frames(4)
    assert view.hover.box.lines == ("no sample here",)


def test_nothing_happens_below_another_window(screen, plane):
    view = plane()
    axis, (x, y) = view.look.axis, view.middle()
    toggle(axis)
    moments = axis.cursors
    dpg.add_window(pos=(int(x) - 150, int(y) - 150), width=300, height=300, no_move=True, no_title_bar=True)
    screen.frames(4)
    screen.drag((x, y), (x + 100, y))
    wheel(screen, (x, y), 4, 2)
    press(screen, "ctrl")
    screen.click_at(x, y)
    lift(screen, "ctrl")
    assert not axis.held
    assert axis.cursors == moments
    assert view.events == []
    assert view.hover.box.lines == ()


def test_a_drag_that_began_elsewhere_is_not_for_the_plot(screen, plane):
    view = plane()
    x, y = view.middle()
    screen.drag((1200, 780), (x, y))
    assert not view.look.axis.held


def test_the_wheel_is_let_go(screen, plane):
    view = plane()
    tag = view.pointer._wheel
    assert dpg.does_item_exist(tag)
    view.pointer.delete()
    view.pointer.delete()
    assert not dpg.does_item_exist(tag)


@pytest.mark.parametrize(("percent", "size"), [(75, (1000, 600)), (200, (1200, 760)), (100, (420, 260))])
def test_notes_stay_inside_at_any_size(screen, theme, plane, percent, size):
    theme.set_scale(percent / 100)
    view = plane(size=size)
    toggle(view.look.axis)
    x, y = view.middle()
    screen.move(x, y)
    screen.frames(4)
    left, top, right, bottom = view.ground
    for box in (view.cursors.box, view.hover.box):
        assert left <= box.edges[0] < box.edges[2] <= right
        assert top <= box.edges[1] < box.edges[3] <= bottom
    screen.screenshot(f"readout_{percent}_{size[0]}")
