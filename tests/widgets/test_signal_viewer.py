from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.sources.block import Event
from myoscope.sources.errors import SourceLost
from myoscope.sources.info import StreamInfo
from myoscope.widgets import RawSignalViewer, SignalViewer
from myoscope.widgets.look import Look
from myoscope.widgets.time_axis import TimeAxis

pytestmark = pytest.mark.gui


@pytest.fixture
def show(screen, theme, clock):
    """Return what builds a viewer on a bench's stream and draws it."""
    viewers = []

    def make(b, kind=SignalViewer, **kwargs):
        viewer = kind(b.stream, theme, clock=clock, **kwargs)
        viewer.build(screen.window)

        def draw() -> None:
            clock.now += 0.1
            viewer.draw()

        screen.each_frame(draw)
        screen.frames(10)
        viewers.append(viewer)
        return viewer

    yield make
    for viewer in viewers:
        viewer.delete()


def drawn(viewer) -> list[np.ndarray]:
    return [series.values()[1] for series in viewer.plot.series]


def expected(viewer, lane: int, n_lanes: int) -> np.ndarray:
    """Return what a lane should hold, worked out in another way."""
    channel = viewer.channels.numbers[lane]
    low, high = viewer.picture.envelope.columns[channel].astype(float).T
    gain = 0.48 / float(viewer.scale.reach[channel])
    middle = n_lanes - lane - 0.5
    low, high = ((end - float(viewer.scale.centre[channel])) * gain for end in (low, high))
    # No stroke is shorter than a pixel.
    half = np.maximum(high - low, viewer.plot.lanes_per_pixel) / 2
    return middle + np.stack(((low + high) / 2 - half, (low + high) / 2 + half), axis=1).ravel()


def test_what_is_drawn_is_the_envelope(screen, bench, show):
    b = bench(n_channels=6)
    b.noise(6.0)
    viewer = show(b)
    screen.screenshot("viewer")
    ys = drawn(viewer)
    assert len(ys) == 6
    for lane, y in enumerate(ys):
        np.testing.assert_allclose(y, expected(viewer, lane, 6), atol=2e-3)
    x = viewer.plot.series[0].values()[0]
    assert x[0] == pytest.approx(-5.0, abs=0.01)
    assert x[-1] == pytest.approx(0.0, abs=0.01)
    b.noise(0.5, seed=3)
    screen.frames(3)
    np.testing.assert_allclose(drawn(viewer)[2], expected(viewer, 2, 6), atol=2e-3)


def test_traces_stay_in_their_lanes_and_clear_of_the_scale_bar(screen, bench, show):
    b = bench(n_channels=8)
    b.noise(6.0)
    viewer = show(b)
    for lane, y in enumerate(drawn(viewer)):
        inside = np.abs(y - (8 - lane - 0.5)) <= 0.5
        assert inside.mean() > 0.97
    assert max(series.values()[0].max() for series in viewer.plot.series) <= 0.0
    ((text, (x, _), _, _),) = viewer.plot.gutter.notes.shown
    assert x > 0
    assert text.endswith("µV")


def test_the_measure_of_the_plot_is_right(screen, bench, show):
    b = bench(n_channels=3, names=("Deltoid", "Trapezius superior", "x"))
    b.noise(6.0)
    viewer = show(b)
    plot = viewer.plot
    dpg.configure_item(plot.plot, no_inputs=False)  # dearpygui tells the pointer's place only then
    left, top = dpg.get_item_rect_min(plot.plot)
    width = dpg.get_item_rect_size(plot.plot)[0]
    # The pointer over the right edge of the window must be at 0 s, whatever the labels take.
    screen.move(left + width - viewer.theme.px(84) - 0.5, top + 200)
    assert dpg.get_plot_mouse_pos()[0] == pytest.approx(0.0, abs=2 * plot.seconds_per_pixel)
    screen.move(left + width - viewer.theme.px(84) - plot.n_pixels + 0.5, top + 200)
    assert dpg.get_plot_mouse_pos()[0] == pytest.approx(-5.0, abs=2 * plot.seconds_per_pixel)


def test_names_are_those_of_the_stream_or_ch_0(screen, bench, show):
    b = bench(n_channels=3)
    b.noise(1.0)
    viewer = show(b)
    assert viewer.channels.names == ("ch_0", "ch_1", "ch_2")
    assert viewer.facts == "3 ch · 2000 Hz · µV"


def test_gaps_and_events_are_drawn_where_they_are(screen, bench, show):
    b = bench()
    b.noise(3.0)
    b.noise(2.0, lost=84)
    viewer = show(b)
    viewer.set_events(
        [Event(b.t - 1.0, "cue", "lift"), Event(b.t - 50.0, "cue", "long ago"), Event(b.t - 0.98, "", "x")]
    )
    screen.frames(3)
    screen.screenshot("gaps_and_events")
    ((text, (left, _), _, _),) = viewer.plot.occurrences.gap_notes.shown
    assert text == "gap 42 ms"
    assert left == pytest.approx(-2.042, abs=0.02)
    (lift, (x, high), _, _), (other, (_, lower), _, _) = viewer.plot.occurrences.event_notes.shown
    assert (lift, other) == ("lift", "x")
    assert lower < high
    assert x == pytest.approx(-1.0, abs=0.02)
    # They scroll with the samples.
    b.noise(1.0, seed=5)
    screen.frames(3)
    assert viewer.plot.occurrences.event_notes.shown[0][1][0] == pytest.approx(-2.0, abs=0.02)
    assert viewer.plot.occurrences.gap_notes.shown[0][1][0] == pytest.approx(-3.042, abs=0.02)


def test_pause_freezes_the_picture_and_not_the_acquisition(screen, bench, show):
    b = bench()
    b.noise(6.0)
    viewer = show(b)
    screen.click(viewer.controls.pause_button)
    assert viewer.paused
    screen.frames(10)
    before, n = drawn(viewer), b.stream.ring.n_total
    for seed in range(12):
        b.noise(1.0, amplitude=500.0, seed=seed + 9)
        screen.frames(4)
    assert b.stream.ring.n_total == n + 12 * 2000
    for one, other in zip(before, drawn(viewer), strict=True):
        np.testing.assert_array_equal(one, other)
    screen.screenshot("paused")
    screen.click(viewer.controls.pause_button)
    screen.frames(12)
    assert not viewer.paused
    np.testing.assert_allclose(drawn(viewer)[0], expected(viewer, 0, 4), atol=2e-3)


def test_hidden_channels_leave_their_lanes_to_the_others(screen, bench, show):
    b = bench(n_channels=5)
    b.noise(6.0)
    viewer = show(b)
    viewer.channels.show(2, False)
    screen.frames(3)
    assert viewer.channels.numbers == [0, 1, 3, 4]
    assert len(viewer.plot.series) == 4
    np.testing.assert_allclose(drawn(viewer)[2], expected(viewer, 2, 4), atol=2e-2)
    viewer.channels.show(range(5), False)
    screen.frames(2)
    assert viewer.plot.series == []
    viewer.look.undo.undo()
    screen.frames(2)
    assert len(viewer.plot.series) == 4


def test_gain_by_buttons_and_shortcuts(screen, bench, show):
    b = bench()
    b.noise(6.0)
    viewer = show(b)
    before = float(viewer.scale.target[0])
    screen.click(viewer.controls.larger)
    assert float(viewer.scale.target[0]) < before
    assert not viewer.scale.auto
    screen.click(viewer.controls.smaller)
    assert float(viewer.scale.target[0]) == pytest.approx(before)
    viewer.gain(-1)
    screen.frames(12)
    assert float(viewer.scale.reach[0]) > before
    np.testing.assert_allclose(drawn(viewer)[1], expected(viewer, 1, 4), atol=2e-3)
    screen.click(viewer.controls.auto_button)
    screen.frames(12)
    assert viewer.scale.auto
    screen.click(viewer.controls.scaling.button)
    screen.click(viewer.controls.choices["none"])
    assert viewer.scale.sharing == "none"
    screen.frames(12)
    assert len(viewer.plot.gutter.notes.shown) == 4
    screen.screenshot("per_channel")


def test_the_length_of_the_window_is_chosen_and_typed(screen, bench, show):
    b = bench(buffer_seconds=8.0)
    b.noise(8.0)
    viewer = show(b)
    screen.click(viewer.controls.length.button)
    screen.screenshot("window_length")
    screen.click(viewer.controls.lengths[1.0])
    screen.frames(3)
    assert viewer.seconds == 1.0
    assert viewer.plot.series[0].values()[0][0] == pytest.approx(-1.0, abs=0.01)
    screen.click(viewer.controls.length.button)
    screen.click(viewer.controls.typed)
    screen.type("3.5")
    screen.key("Return")
    screen.frames(3)
    assert viewer.seconds == 3.5
    viewer.set_seconds(1e9)
    assert viewer.seconds == 8.0
    viewer.set_seconds(float("nan"))
    assert viewer.seconds == 8.0
    viewer.controls.longer(-1)
    assert viewer.seconds == 5.0


def test_short_windows_draw_every_sample(screen, bench, show):
    b = bench()
    data = b.noise(6.0)
    viewer = show(b, settings={"seconds": 0.1})
    y = drawn(viewer)[3]
    assert len(y) == 201
    gain = 0.48 / float(viewer.scale.reach[3])
    np.testing.assert_allclose(y, 0.5 + (data[-201:, 3] - viewer.scale.centre[3]) * gain, atol=2e-3)
    assert "every sample" in viewer.footer.text


def test_auto_scale_does_not_follow_an_artefact(screen, bench, show):
    b = bench()
    b.noise(6.0, amplitude=50)
    viewer = show(b)
    before = viewer.scale.target.copy()
    spike = np.random.default_rng(0).normal(0, 50, (2000, 4)).astype(np.float32)
    spike[1000:1040, 1] += 8000
    b.feed(spike)
    screen.frames(12)
    np.testing.assert_array_equal(viewer.scale.target, before)


def test_the_ring_may_change_under_it(screen, bench, show):
    b = bench(n_channels=4)
    b.noise(6.0)
    viewer = show(b)
    b.fed.info = StreamInfo(fs=500.0, sample_shape=(7,), unit="mV")
    b.stream.reconnect()
    screen.frames(5)
    b.noise(6.0)
    screen.frames(12)
    assert len(viewer.plot.series) == 7
    assert viewer.facts == "7 ch · 500 Hz · mV"
    np.testing.assert_allclose(drawn(viewer)[6], expected(viewer, 6, 7), atol=2e-3)


def test_a_lost_device_is_said_and_the_picture_stays(screen, bench, show):
    b = bench()
    b.noise(6.0)
    viewer = show(b)
    assert viewer.state_line.words == "live"

    def unplugged():
        raise SourceLost("The amplifier went away.")

    b.fed.read = unplugged
    b.stream.pump()
    screen.frames(6)
    assert viewer.state_line.words == "lost, trying again"
    assert len(drawn(viewer)) == 4
    screen.screenshot("lost")


def test_before_the_first_connection_it_says_what_to_do(screen, theme, show, bench):
    b = bench()
    b.stream = type(b.stream)("emg", "synthetic:")
    viewer = show(b)
    assert viewer.headline.text.startswith("Waiting for synthetic")
    screen.screenshot("empty")


@pytest.mark.parametrize("n_channels", [1, 128, 256, 300])
def test_any_number_of_channels(screen, bench, show, n_channels):
    b = bench(n_channels=n_channels)
    b.noise(6.0)
    viewer = show(b)
    assert len(viewer.channels.numbers) == (n_channels if n_channels <= 64 else 32), "a page at a time"
    viewer.channels.set_per_page(0)
    screen.frames(3)
    if n_channels > 64:
        assert viewer.plot.series == []
        assert viewer.plot.tiles is not None
        screen.screenshot(f"channels_{n_channels}")
        return
    assert len(viewer.plot.series) == n_channels
    last = len(viewer.plot.series) - 1
    np.testing.assert_allclose(drawn(viewer)[last], expected(viewer, last, last + 1), atol=2e-3)
    screen.screenshot(f"channels_{n_channels}")


def test_names_that_would_crash_are_drawn(screen, bench, show):
    bad = ("caf\udce9", "a\0b", "筋電図 µΩ±×≤→", "x" * 250, "##", "%s%n", "")
    b = bench(n_channels=7, names=bad)
    b.noise(2.0)
    viewer = show(b)
    viewer.set_events([Event(b.t - 0.5, "\udcff", "\0\udce9"), Event(b.t - 0.4, "", "")])
    viewer.channel_list.popup.open()
    screen.frames(5)
    assert len(viewer.plot.series) == 7
    screen.screenshot("odd_names")


def test_settings_survive(screen, bench, show, theme):
    b = bench()
    b.noise(3.0)
    viewer = show(b)
    viewer.set_seconds(2.0)
    viewer.set_sharing("none")
    viewer.gain(+1)
    viewer.gain(+1, channel=1)
    viewer.set_overlaid(True)
    viewer.set_axes(True)
    viewer.set_sweep(True)
    viewer.set_artefact_ms(40.0)
    screen.frames(3)
    kept, target = viewer.settings(), viewer.scale.target.copy()
    viewer.delete()
    viewer.delete()
    screen.clear()
    again = show(b, settings=kept)
    assert again.settings() == kept
    np.testing.assert_allclose(again.scale.target, target)
    again.apply({"seconds": "long", "auto": 3, "reach": {"a": "b"}, "sharing": [], "artefact_ms": -1, "what": None})
    assert {**again.settings(), "reach": 0} == {**kept, "reach": 0}
    assert again.apply({"common": True, "reach": 50.0}) is None, "as version 0.1 wrote it"
    assert again.scale.sharing == "all"


def test_mode_and_scale_change_while_it_is_shown(screen, bench, show, theme):
    b = bench()
    b.noise(3.0)
    viewer = show(b)
    theme.set_mode("light")
    screen.frames(5)
    screen.screenshot("light")
    viewer.delete()
    theme.set_scale(2.0)
    viewer.build(screen.window)
    screen.frames(10)
    assert len(viewer.plot.series) == 4
    screen.screenshot("light_200")


def test_the_raw_viewer_draws_every_sample_or_says_why_not(screen, bench, show):
    b = bench()
    data = b.noise(6.0)
    viewer = show(b, RawSignalViewer)
    gain = 0.48 / float(viewer.scale.reach[0])
    y = drawn(viewer)[0]
    np.testing.assert_allclose(y, 3.5 + (data[-len(y) :, 0] - viewer.scale.centre[0]) * gain, atol=2e-3)
    viewer.set_seconds(5.0)
    screen.frames(6)
    assert viewer.headline.text == "Too many samples to draw each"
    assert "10,000 samples do not fit" in viewer.reason.text
    screen.screenshot("raw_refusal")
    viewer.set_seconds(0.5)
    screen.frames(6)
    assert len(drawn(viewer)[0]) == 1001


def test_a_sweep_is_drawn_in_place_and_leaves_a_gap_before_the_old(screen, bench, show):
    b = bench()
    b.noise(6.0)
    viewer = show(b, settings={"seconds": 2.0, "sweep": True})
    before = drawn(viewer)[0]
    b.noise(0.2, seed=4)
    screen.frames(3)
    after = drawn(viewer)[0]
    changed = ~((before == after) | (np.isnan(before) & np.isnan(after)))
    assert 0.05 < changed.mean() < 0.25, "only what is new has moved"
    assert np.isnan(after).any()
    screen.screenshot("sweep")


def test_butterfly_lays_all_traces_around_one_middle(screen, bench, show):
    b = bench(n_channels=6)
    b.noise(6.0)
    viewer = show(b)
    screen.click(viewer.controls.scaling.button)
    screen.click(viewer.controls.choices["overlaid"])
    screen.frames(3)
    viewer.controls.close()
    screen.frames(3)
    for y in drawn(viewer):
        assert abs(float(np.nanmean(y)) - 0.5) < 0.05
    assert viewer.plot.top < 1.2
    viewer.set_axes(True)
    screen.frames(3)
    assert len(viewer.plot.gutter.notes.shown) >= 5
    screen.screenshot("butterfly")


def test_axes_tell_the_values_of_each_lane(screen, bench, show):
    b = bench(n_channels=4)
    b.noise(6.0)
    viewer = show(b)
    viewer.set_axes(True)
    screen.frames(3)
    notes = viewer.plot.gutter.notes.shown
    assert len(notes) >= 8
    gain = float(viewer.scale.gain[0])
    for text, (_, y), _, _ in notes:
        value = float(text.split()[0])
        lane = 3 - int(y)
        channel = viewer.channels.numbers[lane]
        assert y == pytest.approx(viewer.plot.place(lane) + (value - viewer.scale.centre[channel]) * gain, abs=0.01)
    screen.screenshot("axes")


def test_clipped_parts_are_marked(screen, bench, show):
    b = bench(n_channels=3)
    b.fed.info = StreamInfo(fs=2000.0, sample_shape=(3,), unit="µV", device={"range": [-300.0, 300.0]})
    b.stream.reconnect()
    data = np.random.default_rng(0).normal(0, 50, (12000, 3)).astype(np.float32)
    data[8000:8200, 1] = 300.0
    data[9000:9100, 2] = -300.0
    b.feed(data)
    viewer = show(b)
    marks = viewer.plot.occurrences._marks["clips"]
    x, y = marks.values()
    assert {round(float(v), 2) for v in y} == {1.96, 0.04}
    upper = x[y > 1]
    assert upper.min() == pytest.approx(-2.0, abs=0.02)
    assert upper.max() == pytest.approx(-1.9, abs=0.02)
    screen.screenshot("clipped")
    b.noise(6.0, amplitude=20)
    screen.frames(3)
    assert not dpg.is_item_shown(marks.tag)


def test_scrolled_back_it_shows_the_past_while_samples_keep_coming(screen, bench, show):
    b = bench(buffer_seconds=30.0)
    data = b.noise(20.0)
    viewer = show(b, settings={"seconds": 2.0})
    viewer.axis.scroll(-10.0)
    screen.frames(12)
    y = drawn(viewer)[0]
    inside = data[int(8.0 * 2000) : int(10.0 * 2000), 0]
    gain, centre = float(viewer.scale.gain[0]), float(viewer.scale.centre[0])
    assert np.nanmax(y) == pytest.approx(3.5 + (inside.max() - centre) * gain, abs=0.02)
    assert "back" in viewer.footer.text
    b.noise(1.0, seed=8)
    screen.frames(12)
    np.testing.assert_array_equal(drawn(viewer)[0], y)
    screen.screenshot("scrolled_back")
    screen.click(viewer.controls.pause_button)
    screen.frames(3)
    assert not viewer.paused


def test_two_streams_share_one_axis_and_the_later_one_leads(screen, bench, theme, clock):
    first, second = bench(), bench(fs=500.0)
    first.noise(6.0)
    second.noise(5.5)
    axis = TimeAxis(2.0)
    viewers = [SignalViewer(Look(b.stream, axis), theme, clock=clock) for b in (first, second)]
    for viewer in viewers:
        box = dpg.add_child_window(parent=screen.window, height=300)
        viewer.build(box)
    screen.each_frame(*(viewer.draw for viewer in viewers))
    screen.frames(10)
    # Half a second is missing of the second stream: on one axis its newest sample lies half a second back.
    assert viewers[0].plot.shift == 0.0
    assert viewers[1].plot.shift == pytest.approx(0.5, abs=0.01)
    assert viewers[1].plot.px_of(0.0) == pytest.approx(
        viewers[0].plot.px_of(-0.5), abs=2 + abs(viewers[1].plot.ground[2] - viewers[0].plot.ground[2])
    )
    screen.screenshot("two_streams")
    for viewer in viewers:
        viewer.delete()


def test_fit_and_lock(screen, bench, show):
    b = bench()
    b.noise(6.0, amplitude=20)
    viewer = show(b)
    screen.click(viewer.controls.reach)
    assert not viewer.scale.auto
    locked = viewer.scale.target.copy()
    b.noise(6.0, amplitude=900)
    screen.frames(12)
    np.testing.assert_array_equal(viewer.scale.target, locked)
    screen.click(viewer.controls.reach)
    assert (viewer.scale.target > locked).all()


def test_the_filter_button_shows_the_signal_filtered_and_the_file_is_said_to_be_raw(screen, bench, show):
    b = bench()
    t = np.arange(12000)[:, None] / 2000
    b.feed(np.full((1, 4), 5000.0, np.float32) + 40 * np.sin(2 * np.pi * 100 * t))
    viewer = show(b)
    screen.click(viewer.controls.filter_button)
    screen.frames(12)
    assert viewer.look.filter.highpass_hz == 20.0
    shown = viewer.look.view(1.0).data
    assert np.abs(shown).max() < 60, "the offset is gone"
    assert "raw is recorded" in viewer.footer.text
    assert b.stream.get_window()[0].min() > 4900, "the stream itself is as it came"
    screen.screenshot("filtered")
    viewer.look.undo.undo()
    screen.frames(3)
    assert viewer.look.filter.is_off


def test_cursors_are_switched_on_and_a_press_on_a_name_shows_one_channel(screen, bench, show):
    b = bench()
    b.noise(6.0)
    viewer = show(b)
    screen.click(viewer.controls.cursors_button)
    screen.frames(3)
    assert viewer.axis.cursors is not None
    left, top, _, bottom = viewer.plot.ground
    lane = (bottom - top) / viewer.plot.top
    screen.click_at(left - 12, bottom - 2.5 * lane)
    screen.frames(3)
    assert viewer.channels.numbers == [1]
    screen.screenshot("single_channel")
    screen.click_at(left - 12, bottom - 0.5 * (bottom - top) / viewer.plot.top)
    screen.frames(3)
    assert viewer.channels.numbers == [0, 1, 2, 3]


def test_what_is_held_is_fitted_although_nothing_new_comes(screen, bench, show):
    b = bench(n_channels=2)
    rng = np.random.default_rng(0)
    for size in (1, 100):
        b.feed((size * rng.normal(0, 1, (12_000, 2))).astype(np.float32))
    viewer = show(b)
    viewer.pause()
    screen.frames(10)
    loud = viewer.scale.target.copy()
    # So shortly after one look that the next is not due in the frame that shows another part of the past.
    viewer._aimed = viewer.clock()
    viewer.axis.hold(viewer.axis.newest - 6.0)
    screen.frames(20)
    assert (viewer.scale.target < loud / 20).all()
