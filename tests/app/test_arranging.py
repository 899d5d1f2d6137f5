"""Commands to the workspace, without a window: layouts, views, time."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope.app.arranging import Arranging
from myoscope.app.layouts import Leaf, find, is_floating, leaf_of, leaves, panes
from myoscope.app.panes import EMG, HD_EMG, chosen, own_view, placeable
from myoscope.app.settings import Settings
from myoscope.app.workspace import Workspace
from myoscope.sources import Block, Stream, StreamInfo, names


class Fed:
    def __init__(self, info):
        self.info = info

    def connect(self):
        return self.info

    def read(self):
        return Block(np.zeros((10, *self.info.sample_shape), self.info.dtype), np.arange(10.0))

    def disconnect(self):
        pass


def stream(name, n_channels=8, fs=2000.0, connected=True, **info):
    info = {"channel_names": names("ch", n_channels), "unit": "µV", **info}
    made = Stream(name, Fed(StreamInfo(fs=fs, **info)), clock=lambda: 9.0)
    if connected:
        made.connect()
        made.pump()
    return made


class Bench(Arranging):
    def __init__(self, settings, *streams):
        self.settings = settings
        self.there = {s.name: s for s in streams}
        self.workspace = Workspace(settings, lambda: dict(self.there))
        self.scales = []
        self.scale_changed = lambda: self.scales.append(self.scale_percent)
        self.workspace.follow()

    @property
    def layout(self):
        return self.workspace.layout

    def views(self):
        self.workspace.follow()
        return [p.id for p in panes(self.layout) if p.id.startswith("view ")]


@pytest.fixture
def bench():
    return Bench(Settings(), stream("emg"), stream("aux", 2, 500.0))


def test_streams_come_and_go_in_their_order(bench):
    assert bench.views() == ["view emg", "view aux"]
    root = bench.layout.root
    assert root.children[1].style == "stack"
    assert root.children[0].weights == pytest.approx((2 / 3, 1 / 3)), "two channels need less room than eight"
    bench.there["force"] = stream("force", 6)
    assert bench.views() == ["view emg", "view aux", "view force"]
    del bench.there["emg"]
    assert bench.views() == ["view aux", "view force"]
    before = bench.layout
    bench.workspace.follow()
    assert bench.layout is before, "nothing is made anew without need"


def test_what_a_person_arranged_stays_when_streams_change(bench):
    bench.add_view("spectrum", "emg")
    bench.there["force"] = stream("force", 6)
    del bench.there["aux"]
    assert bench.views() == ["view emg", "view force"]
    assert find(bench.layout, "spectrum emg") is not None
    assert bench.layout.arranged
    bench.reset_layout()
    assert bench.views() == ["view emg", "view force"]
    assert find(bench.layout, "spectrum emg") is None
    assert bench.why_not_reset_layout() == "Nothing has been moved."


def test_a_closed_viewer_comes_back_only_when_wanted(bench):
    bench.close_pane("view emg")
    assert bench.views() == ["view aux"]
    bench.there["emg"] = stream("emg")
    assert bench.views() == ["view aux"]
    bench.add_view("signals", "emg")
    assert bench.views() == ["view aux", "view emg"]


def test_streams_get_the_view_that_suits_them():
    assert own_view(stream("a")) == "signals"
    assert own_view(stream("b", connected=False)) == "signals"
    assert own_view(stream("c", dtype="str", n_channels=1, fs=0.0)) == ""
    kinds = {kind.kind for kind in placeable()}
    for kind, shape in (("frames", (48, 64)), ("markers", (5, 3))):
        made = stream("d", channel_names=None, sample_shape=shape, dtype="float32")
        assert own_view(made) == (kind if kind in kinds else "")


def test_a_role_finds_the_stream_that_is_meant():
    force = stream("force", 6, 100.0, unit="N")
    small, large = stream("emg", 8), stream("grid", 64)
    streams = {s.name: s for s in (force, small, large)}
    assert chosen(EMG, streams) is small
    assert chosen(HD_EMG, streams) is large
    assert chosen(EMG, {"force": force}) is force
    assert chosen(EMG, {}) is None
    assert chosen("grid", streams) is large


def test_layouts_are_saved_chosen_and_deleted(bench):
    bench.add_view("spectrum", "emg")
    arranged = [p.id for p in panes(bench.layout)]
    assert bench.why_not_save_layout("Automatic") == "A built-in layout has that name. Choose another one."
    assert bench.why_not_save_layout("  ") != ""
    assert bench.why_not_save_layout("Mine") == ""
    bench.save_layout("Mine")
    assert bench.layouts[-1] == "Mine"
    assert bench.layout_name == "Mine"
    bench.use_layout("EMG, 8 channels")
    assert [p.id for p in panes(bench.layout)] != arranged
    bench.use_layout("Mine")
    assert [p.id for p in panes(bench.layout)] == arranged
    # And after a restart.
    bench.workspace.save()
    bench.settings.save()
    again = Bench(Settings.load(), *bench.there.values())
    assert again.layout_name == "Mine"
    assert [p.id for p in panes(again.layout)] == arranged
    assert again.why_not_delete_layout("Automatic") != ""
    again.delete_layout("Mine")
    assert "Mine" not in again.layouts
    assert again.why_not_use_layout("Mine") != ""


def test_moved_things_are_found_again_when_a_layout_is_left_and_chosen_again(bench):
    bench.float_pane("view aux")
    bench.use_layout("All streams")
    bench.use_layout("Automatic")
    assert is_floating(bench.layout, "view aux")
    bench.dock_pane("view aux")
    assert leaf_of(bench.layout, "view aux").style == "tabs"


def test_operator_mode_is_large_locked_and_leads_back(bench):
    bench.use_layout("EMG, 8 channels")
    bench.toggle_operator_mode()
    assert bench.operator_mode
    assert bench.scales == [150]
    assert bench.why_not_close_pane("signals").startswith("The operator's layout cannot be changed.")
    assert bench.why_not_add_view("spectrum", "emg") != ""
    assert bench.why_not_save_layout() != ""
    bench.toggle_operator_mode()
    assert bench.layout_name == "EMG, 8 channels"
    assert bench.scales == [150, 100]


def test_panels_are_there_once_and_go_back_to_the_others(bench):
    n = len(panes(bench.layout))
    bench.add_view("record")
    assert len(panes(bench.layout)) == n
    bench.close_pane("record")
    bench.add_view("record")
    assert leaf_of(bench.layout, "record").style == "stack"
    bench.float_pane("log")
    bench.dock_pane("log")
    assert leaf_of(bench.layout, "log").style == "stack"
    for _, leaf in list(leaves(bench.layout.root)):
        if leaf.style == "stack":
            for pane in leaf.panes:
                bench.close_pane(pane.id)
    bench.add_view("events")
    assert leaf_of(bench.layout, "events").style == "stack"
    assert leaf_of(bench.layout, "events").px == 312


def test_every_refusal_says_why(bench):
    bench.add_view("health")
    assert leaf_of(bench.layout, "health").style == "tabs"
    assert bench.why_not_add_view("hologram") == "This version has no such view."
    assert bench.why_not_add_view("spectrum", "nobody") == "That stream is not connected."
    text = stream("text", 1, 0.0, dtype="str")
    bench.there["text"] = text
    assert bench.why_not_add_view("signals", "text") == "Its samples are text."
    assert bench.why_not_add_view("signals", "emg") == ""
    assert bench.why_not_close_pane("nobody") == "It is not there any more."
    assert bench.why_not_dock_pane("view emg") == "It does not float."
    for _ in range(60):
        if bench.why_not_add_view("signals", "emg"):
            break
        bench.add_view("signals", "emg")
    assert bench.why_not_add_view("signals", "emg") == "There are too many views already. Close one first."
    alone = Bench(Settings(), stream("emg"))
    assert alone.why_not_link_time() == "There are not two streams to link."


def test_time_is_one_for_all_until_it_is_unlinked(bench):
    looks = [bench.workspace.looks.of(s) for s in bench.there.values()]
    assert looks[0].axis is looks[1].axis is bench.workspace.looks.axis
    bench.link_time()
    assert looks[0].axis is not looks[1].axis
    assert bench.workspace.looks.of(bench.there["emg"]) is looks[0]
    looks[0].axis.set_seconds(2.0)
    assert looks[1].axis.seconds == 5.0
    bench.workspace.save()
    assert not Workspace(bench.settings, dict).looks.linked
    bench.link_time()
    assert looks[0].axis is looks[1].axis
    assert looks[0].axis.seconds == 5.0


def test_only_one_stream_hides_the_views_of_others(bench):
    bench.settings.layout = "emg"
    shown = [p.id for p in panes(bench.layout) if bench.workspace.shows(p)]
    assert "view emg" in shown
    assert "record" in shown
    assert "view aux" not in shown
    bench.settings.layout = "gone"
    assert all(bench.workspace.shows(p) for p in panes(bench.layout))


def test_channels_and_filter_of_a_stream_survive_even_when_the_settings_of_old_viewers_are_read():
    settings = Settings(viewers={"emg": {"hidden": ["ch_02"]}}, looks={"aux": {"filter": {"highpass_hz": "x"}}})
    bench = Bench(settings, stream("emg"), stream("aux", 2))
    look = bench.workspace.looks.of(bench.there["emg"])
    look.update()
    assert 1 not in look.channels.numbers
    assert bench.workspace.looks.of(bench.there["aux"]).filter.is_off
    bench.workspace.save()
    assert settings.looks["emg"]["channels"]["hidden"] == ["ch_02"]


def test_a_maximised_pane_is_given_up_with_it(bench):
    bench.maximise_pane("view aux")
    assert bench.workspace.maximised == "view aux"
    bench.close_pane("view aux")
    assert bench.workspace.maximised == ""
    bench.maximise_pane()
    assert bench.workspace.maximised == "view emg"
    bench.maximise_pane()
    assert bench.workspace.maximised == ""
    assert isinstance(leaf_of(bench.layout, "view emg"), Leaf)
