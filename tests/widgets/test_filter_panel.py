"""The view filter at the side, used as a person does."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.sources.info import Grid, StreamInfo
from myoscope.sources.view_filter import ViewFilter, preset
from myoscope.widgets import Widget
from myoscope.widgets.filter_panel import FilterPanel
from myoscope.widgets.look import Look

pytestmark = pytest.mark.gui


@pytest.fixture
def show(screen, theme, bench):
    """Return what builds a panel in a side column and draws it each frame."""
    made = []

    def make(*looks: Look, scale=1.0, width=312, **settings):
        theme.set_scale(scale)
        looks = list(looks)
        if not looks:
            source = bench(**settings)
            looks.append(Look(source.stream))
            source.noise(0.5)
        changes = []
        panel = FilterPanel(theme, lambda: looks, lambda *change: changes.append(change))
        assert isinstance(panel, Widget)
        side = dpg.add_child_window(parent=screen.window, width=theme.px(width), height=-1)
        panel.build(side)

        def draw() -> None:
            for look in looks:
                look.update()
            panel.draw()

        screen.each_frame(draw)
        screen.frames(5)
        panel.changes, panel.all = changes, looks
        made.append(panel)
        return panel

    yield make
    for panel in made:
        panel.delete()


def retype(screen, panel: FilterPanel, name: str, text: str, *, end: str = "Return") -> None:
    """Put another text into a field."""
    screen.click(panel.fields[name].tag)
    screen.key("ctrl+a")
    screen.key("BackSpace")
    screen.type(text)
    if end:
        screen.key(end)
    screen.frames(3)


def tick(screen, panel: FilterPanel, name: str) -> None:
    """Press a check box."""
    left, top = dpg.get_item_rect_min(panel.ticks[name])
    height = dpg.get_item_rect_size(panel.ticks[name])[1]
    screen.click_at(left + height / 2, top + height / 2)
    screen.frames(2)


def test_ticks_and_figures_take_effect_at_once(screen, show):
    panel = show()
    look = panel.look
    tick(screen, panel, "band")
    assert look.filter == ViewFilter(20.0, 450.0)
    assert look.ring is not look.raw
    retype(screen, panel, "highpass_hz", "5,5")
    assert look.filter.highpass_hz == 5.5
    tick(screen, panel, "notch")
    assert (look.filter.notch_hz, look.filter.notch_to_hz, look.filter.notch_width_hz) == (50.0, 500.0, 2.0)
    retype(screen, panel, "notch_hz", "60", end="")
    # Leaving the field counts as Enter does.
    screen.click(panel.fields["notch_to_hz"].tag)
    assert look.filter.notch_hz == 60.0
    tick(screen, panel, "rms_ms")
    tick(screen, panel, "rectify")
    tick(screen, panel, "remove_dc")
    assert look.filter == ViewFilter(5.5, 450.0, 60.0, notch_to_hz=500.0, rms_ms=100.0, rectify=True, remove_dc=True)
    screen.screenshot("filter_panel")
    tick(screen, panel, "band")
    assert (look.filter.highpass_hz, look.filter.lowpass_hz) == (0.0, 0.0)
    # What was typed is there when it is wanted again.
    tick(screen, panel, "band")
    assert look.filter.highpass_hz == 5.5
    before = ViewFilter()
    for where, was, now in panel.changes:
        assert where is look
        assert was == before
        before = now
    assert before == look.filter


def test_one_side_of_the_band_may_be_open(screen, show):
    panel = show()
    tick(screen, panel, "band")
    retype(screen, panel, "lowpass_hz", "")
    assert panel.look.filter == ViewFilter(highpass_hz=20.0)
    retype(screen, panel, "highpass_hz", "")
    assert panel.look.filter == ViewFilter(highpass_hz=20.0)
    assert "Type the lowest or the highest" in panel.problems["band"].text


@pytest.mark.parametrize(
    ("name", "text", "part", "says"),
    [
        ("lowpass_hz", "5000", "band", "Give less than 1000 Hz"),
        ("lowpass_hz", "10", "band", "Nothing is left between 20 and 10 Hz"),
        ("highpass_hz", "ten", "band", "«ten» is no number"),
        ("highpass_hz", "-3", "band", "below 0"),
        ("notch_hz", "", "notch", "Type the mains frequency"),
        ("notch_width_hz", "80", "notch", "Give less than 50 Hz"),
        ("rms_ms", "1e9", "rms_ms", "at most 2000 ms"),
    ],
)
def test_a_figure_that_cannot_be_is_told_and_changes_nothing(screen, show, name, text, part, says):
    panel = show()
    for each in ("band", "notch", "rms_ms"):
        tick(screen, panel, each)
    before, n = panel.look.filter, len(panel.changes)
    retype(screen, panel, name, text)
    assert panel.look.filter == before
    assert len(panel.changes) == n
    assert says in panel.problems[part].text
    assert dpg.is_item_shown(panel.problems[part].tag)
    assert dpg.get_value(panel.ticks[part])
    if name == "lowpass_hz":
        screen.screenshot(f"filter_panel_problem_{text}")
    retype(screen, panel, name, {"lowpass_hz": "300", "highpass_hz": "30", "notch_hz": "60"}.get(name, "4"))
    assert panel.look.filter != before
    assert not dpg.is_item_shown(panel.problems[part].tag)


def test_presets_and_off(screen, show):
    panel = show()
    look = panel.look
    for name, switch in panel.presets.items():
        screen.click(switch.tag)
        screen.frames(2)
        assert look.filter == preset(name, look.stream.info)
        assert [other for other, each in panel.presets.items() if each._shown[1] == "on"] == [name]
    screen.click(panel.montage.montages["common average"].tag)
    screen.click(panel.presets["emg"].tag)
    # A preset leaves the montage as it is.
    assert look.filter.montage == "common average"
    screen.click(panel.off.tag)
    screen.frames(2)
    assert look.filter == ViewFilter()
    assert not any(dpg.get_value(tag) for tag in panel.ticks.values())


def test_a_montage_that_the_stream_cannot_have_is_off_and_says_why(screen, show):
    panel = show(n_channels=2)
    double = panel.montage.montages["double differential"]
    screen.click(double.tag)
    assert panel.look.filter == ViewFilter()
    assert "3 channels at least; the stream has 2" in dpg.get_value(double._words)
    screen.click(panel.montage.montages["bipolar"].tag)
    screen.frames(3)
    assert panel.look.filter.montage == "bipolar"
    assert panel.look.channels.names == ("ch_0−ch_1",)
    # Without a grid that is said, and there are no directions to choose.
    assert dpg.is_item_shown(panel.montage.order.tag)
    assert not dpg.is_item_visible(panel.montage.alongs["rows"].tag)
    screen.screenshot("filter_panel_no_grid")


def test_directions_of_a_grid(screen, show, bench):
    source = bench(n_channels=4)
    grid = Grid(((0, 0), (0, 1), (0, 2), (1, 0)))
    source.fed.info = StreamInfo(fs=2000.0, sample_shape=(4,), grid=grid)
    source.stream.reconnect()
    source.noise(0.5)
    panel = show(Look(source.stream))
    screen.click(panel.montage.montages["double differential"].tag)
    screen.frames(3)
    # Only the rows are long enough.
    assert (panel.look.filter.montage, panel.look.filter.along) == ("double differential", "rows")
    columns = panel.montage.alongs["columns"]
    screen.click(columns.tag)
    assert panel.look.filter.along == "rows"
    assert "a column of the grid" in dpg.get_value(columns._words)
    screen.click(panel.montage.montages["bipolar"].tag)
    screen.frames(3)
    screen.click(columns.tag)
    screen.frames(3)
    assert panel.look.filter.along == "columns"
    assert panel.look.info.labels == ("ch_0−ch_3",)


def test_several_streams_have_a_filter_each(screen, show, bench):
    first, second = bench(), bench(fs=500.0)
    second.stream.name = "force"
    for source in (first, second):
        source.noise(0.5)
    panel = show(Look(first.stream), Look(second.stream))
    screen.click(panel.presets["emg"].tag)
    assert panel.all[0].filter.lowpass_hz == 450.0
    assert dpg.is_item_visible(panel.streams)
    panel._choose(panel.streams, "force")
    screen.frames(3)
    assert panel.look is panel.all[1]
    assert not dpg.get_value(panel.ticks["band"])
    screen.click(panel.presets["emg"].tag)
    assert panel.all[1].filter == preset("emg", second.fed.info)
    screen.screenshot("filter_panel_streams")
    panel.all.pop()
    screen.frames(3)
    assert panel.look is panel.all[0]
    panel.all.clear()
    screen.frames(3)
    assert panel.look is None
    assert "Add a device" in panel._nothing.text


def test_a_change_from_elsewhere_is_shown(screen, show):
    panel = show()
    panel.look.filter = ViewFilter(30.0, 300.0, order=2, remove_dc=True)
    screen.frames(3)
    assert (panel.fields["highpass_hz"].text, panel.fields["lowpass_hz"].text) == ("30", "300")
    assert dpg.get_value(panel.slope) == "12 dB/octave"
    assert dpg.get_value(panel.ticks["remove_dc"])
    assert panel.changes == []


def test_a_filter_of_another_device_can_be_taken_apart(screen, show, bench):
    source = bench(fs=200.0)
    source.noise(0.5)
    look = Look(source.stream)
    look.filter = ViewFilter(20.0, 450.0, 50.0)
    panel = show(look)
    assert "Not filtered." in panel._trouble.text
    assert "Give less than 100 Hz" in panel._trouble.text
    screen.screenshot("filter_panel_trouble")
    tick(screen, panel, "notch")
    assert look.filter == ViewFilter(20.0, 450.0, notch_to_hz=0.0)
    retype(screen, panel, "lowpass_hz", "90")
    assert look.why_unfiltered == ""
    assert not dpg.is_item_shown(panel._trouble.tag)


@pytest.mark.parametrize(("scale", "mode"), [(0.75, "light"), (1.0, "dark"), (2.0, "dark"), (1.0, "high contrast")])
def test_nothing_is_cut_off_at_any_size(screen, theme, show, scale, mode):
    theme.set_mode(mode)
    panel = show(scale=scale)
    screen.click(panel.presets["envelope"].tag)
    screen.click(panel.montage.montages["bipolar"].tag)
    screen.frames(5)
    right = dpg.get_item_rect_min(panel.panel.head)[0] + dpg.get_item_rect_size(panel.panel.head)[0]
    items = [*panel.ticks.values(), *(field.tag for field in panel.fields.values()), panel.slope, panel.off.tag]
    items += [switch.tag for switch in (*panel.presets.values(), *panel.montage.montages.values())]
    for item in items:
        assert dpg.get_item_rect_min(item)[0] + dpg.get_item_rect_size(item)[0] <= right
        assert dpg.get_item_rect_size(item)[1] >= round(29 * scale)
    screen.screenshot(f"filter_panel_{round(scale * 100)}_{mode.replace(' ', '_')}")


def test_languages_that_need_more_room(screen, theme, show, monkeypatch):
    monkeypatch.setattr("myoscope.widgets.filter_panel.tr", lambda text: f"{text}{'n' * (len(text) * 2 // 5)}")
    monkeypatch.setattr("myoscope.widgets.montage_choice.tr", lambda text: f"{text}{'n' * (len(text) * 2 // 5)}")
    panel = show()
    right = dpg.get_item_rect_min(panel.panel.head)[0] + dpg.get_item_rect_size(panel.panel.head)[0]
    for item in (*panel.ticks.values(), *(field.tag for field in panel.fields.values()), panel.slope):
        assert dpg.get_item_rect_min(item)[0] + dpg.get_item_rect_size(item)[0] <= right
    screen.screenshot("filter_panel_long_words")


def test_it_can_be_removed_at_any_time(theme):
    panel = FilterPanel(theme, list)
    panel.delete()
    panel.draw()
    window = dpg.add_window()
    panel.build(window)
    panel.draw()
    panel.delete()
    panel.delete()
    panel.draw()
    dpg.delete_item(window)


def test_a_held_picture_is_filtered_anew(screen, show):
    panel = show()
    look = panel.look
    look.axis.hold()
    screen.frames(2)
    held = look.ring
    screen.click(panel.presets["emg"].tag)
    screen.frames(2)
    assert look.ring is not held
    assert look.ring.n_total == held.n_total
    assert not np.array_equal(look.ring.view(None).data, held.view(None).data)
