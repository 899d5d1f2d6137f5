from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.sources.grids import NOWHERE, Placement, otb_grid, regular_grid
from myoscope.sources.info import Grid, StreamInfo
from myoscope.widgets.channel_colours import group_of
from myoscope.widgets.channel_state import arranged, channel_keys
from myoscope.widgets.channels import Channels
from myoscope.widgets.palette import CHANNELS, role

THEME = SimpleNamespace(
    mode="dark",
    channel=lambda number: (*CHANNELS["dark"][number % 8], 255),
    colour=lambda name: role("dark", name),
)


def of(n=6, names=None, grid=None, types=None) -> Channels:
    made = Channels()
    made.set_info(info(n, names, grid, types))
    return made


def info(n=6, names=None, grid=None, types=None) -> StreamInfo:
    return StreamInfo(fs=2000.0, channel_names=names, sample_shape=(n,), grid=grid, channel_types=types)


def preset(channels, name):
    return next(p for p in channels.presets() if p.name == name)


def test_it_opens_in_the_given_order_with_the_streams_names():
    channels = of(4, names=("Deltoid", "Biceps", "Triceps", "x"))
    assert channels.numbers == channels.chosen == channels.order == [0, 1, 2, 3]
    assert [channels.label(i) for i in range(4)] == ["Deltoid", "Biceps", "Triceps", "x"]
    assert [channels.colour(i, THEME) for i in range(4)] == [THEME.channel(i) for i in range(4)]
    assert (channels.bad, channels.grid, channels.n_pages) == (frozenset(), None, 1)


def test_32_of_256_with_pages():
    channels = of(256)
    assert (channels.per_page, channels.n_pages, len(channels.numbers)) == (32, 8, 32)
    channels.next_page()
    assert channels.numbers == list(range(32, 64))
    channels.set_per_page(16)
    assert (channels.page, channels.numbers[0]) == (2, 32)
    channels.go(99)
    assert (channels.page, channels.numbers[-1]) == (15, 255)
    version = channels.version
    channels.next_page()
    assert channels.version == version
    channels.previous_page()
    assert channels.page == 14
    channels.choose(range(20))
    assert (channels.page, channels.numbers) == (1, list(range(16, 20)))
    channels.set_per_page(0)
    assert (channels.n_pages, channels.numbers) == (1, list(range(20)))
    channels.set_per_page(None)
    channels.show_all()
    assert channels.per_page == 32
    assert of(64).per_page == 0
    channels.show_none()
    assert (channels.numbers, channels.n_pages) == ([], 1)


EDITS = {
    "hide": lambda c: c.show(2, False),
    "choose": lambda c: c.choose([1, 3]),
    "none": lambda c: c.show_none(),
    "solo": lambda c: c.solo(4),
    "rename": lambda c: c.rename(0, "Biceps"),
    "recolour": lambda c: c.recolour(1, (1, 2, 3, 255)),
    "by group": lambda c: c.colour_by_group(True),
    "move": lambda c: c.move(5, 0),
    "bad": lambda c: c.mark_bad([1, 2], "flat"),
    "found": lambda c: c.mark_found({0: "50 Hz", 3: "noisy"}),
    "place": lambda c: c.place(Placement("", 2, 3, n_channels=6)),
    "preset": lambda c: c.use(preset(c, "Every other, from the first")),
    "save preset": lambda c: c.save_preset("mine"),
}


def all_of(channels):
    return (
        channels.to_json(), channels.numbers, channels.order, [channels.label(i) for i in range(6)],
        [channels.colour(i, THEME) for i in range(6)], channels.bad, channels.grid, channels.any_solo,
    )  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_each_edit_is_taken_back_and_made_again(name):
    channels = of(6)
    before, version = all_of(channels), channels.version
    edit = EDITS[name](channels)
    after = all_of(channels)
    assert edit is not None
    assert edit.text == channels.undo.next_undo != ""
    assert after != before
    assert channels.version > version
    channels.undo.undo()
    assert all_of(channels) == before
    assert channels.undo.redo() == edit.text
    assert all_of(channels) == after


def test_what_changes_nothing_is_no_edit():
    channels = of(6)
    assert channels.show(2) is None
    assert channels.rename(0, "ch_0") is None
    assert channels.move(3, 3) is None
    assert channels.mark_good(1) is None
    assert channels.end_solo() is None
    assert channels.save_preset("  ") is None
    assert channels.undo.next_undo == ""


def test_an_edit_says_what_it_does():
    channels = of(6, names=tuple("ABCDEF"))
    says = [channels.rename(0, "Biceps"), channels.show(0, False), channels.show([1, 2], False)]
    says.append(channels.mark_bad(3, "flat"))
    assert [edit.text for edit in says] == [
        "Rename A to Biceps", "Hide Biceps", "Hide 2 channels", "Mark D bad: flat"
    ]  # fmt: skip


def test_solo_brings_back_what_was_shown_before():
    channels = of(6)
    channels.show([0, 1], False)
    channels.solo(1)
    assert channels.numbers == [1]
    channels.solo(4)
    assert channels.numbers == [1, 4]
    assert not channels.is_shown(1)
    channels.solo(1)
    assert channels.numbers == [4]
    channels.solo(4)
    assert (channels.numbers, channels.any_solo) == ([2, 3, 4, 5], False)
    channels.solo(0)
    channels.show(1)
    assert channels.numbers == [1, 2, 3, 4, 5]


def test_names_are_cleaned_and_the_devices_stay():
    channels = of(3, names=("E01", "E02", "E03"))
    channels.rename(1, "  Bi\nceps \udce9" + "x" * 100)
    assert channels.label(1).startswith("Bi ceps \N{REPLACEMENT CHARACTER}x")
    assert len(channels.label(1)) == 64
    assert channels.names[1] == "E02"
    assert "«E02» at the device" in channels.facts(1)
    channels.rename(1, " ")
    assert channels.label(1) == "E02"
    assert of(2, names=("", "B")).label(0) == "ch_0"


def test_what_was_set_survives_reconnects_and_montages():
    channels = of(4, names=("A", "B", "C", "D"))
    channels.move(3, 0)
    channels.rename(1, "Biceps")
    channels.mark_bad(2, "noisy")
    channels.show(0, False)
    channels.set_info(info(3, names=("A–B", "B–C", "C–D")))
    assert (channels.numbers, channels.bad) == ([0, 1, 2], frozenset())
    channels.move(2, 0)
    channels.show(0, False)
    assert channels.numbers == [2, 1]
    channels.set_info(info(4, names=("A", "B", "C", "D")))
    assert (channels.numbers, channels.order, channels.bad) == ([3, 1, 2], [3, 0, 1, 2], frozenset({2}))
    assert channels.label(1) == "Biceps"
    channels.set_info(info(5, names=("B", "A", "new", "D", "C")))
    assert [channels.names[i] for i in channels.order] == ["D", "A", "new", "B", "C"]
    assert channels.reason(4) == "noisy"
    channels.undo.undo()
    channels.undo.undo()
    assert not channels.is_shown(1)


def test_channels_of_one_name_are_told_apart():
    channels = of(4, names=("EMG", "EMG", "EMG #0", "EMG"))
    channels.rename(1, "Biceps")
    channels.show(3, False)
    channels.mark_bad(2)
    assert [channels.label(i) for i in range(4)] == ["EMG", "Biceps", "EMG #0", "EMG"]
    assert (channels.numbers, channels.bad) == ([0, 1, 2], frozenset({2}))


@given(st.lists(st.sampled_from(["a", "b", "a #0", "a #1", "b'", "a #0'"]), max_size=12))
def test_keys_are_different(names):
    assert len(set(channel_keys(names))) == len(names)


@given(st.permutations(range(8)), st.lists(st.integers(0, 12), unique=True))
def test_arranging_keeps_all_and_the_wanted_order(keys, order):
    keys = [str(k) for k in keys]
    wanted = [str(k) for k in order]
    found = arranged(keys, wanted)
    assert sorted(found) == sorted(keys)
    assert [k for k in found if k in wanted] == [k for k in wanted if k in keys]
    assert [i for i, k in enumerate(found) if k not in wanted] == [i for i, k in enumerate(keys) if k not in wanted]


def test_colours_by_muscle():
    names = ("Trapezius sup.", "Trapezius med.", "L Biceps 1", "R Biceps 2", "E07")
    assert [group_of(name) for name in names] == ["Trapezius", "Trapezius", "Biceps", "Biceps", "E"]
    channels = of(5, names=names)
    channels.colour_by_group(True)
    colours = [channels.colour(i, THEME) for i in range(5)]
    assert len(set(colours)) == 5
    assert [colours[0], colours[2], colours[4]] == [THEME.channel(0), THEME.channel(1), THEME.channel(2)]
    channels.recolour(0, (9, 9, 9, 0))
    assert channels.colour(0, THEME) == (9, 9, 9, 255)
    channels.reset_colours()
    assert channels.colour(0, THEME) == colours[0]


def test_presets_of_the_stream():
    types = ("EMG",) * 66 + ("ACC",) * 4
    channels = of(70, grid=otb_grid("GR08MM1305", 70), types=types)
    channels.mark_bad([0, 1])
    by_name = {p.name: p.numbers for p in channels.presets()}
    assert by_name["All"] == tuple(range(70))
    assert by_name["First 32"] == tuple(range(32))
    assert by_name["ACC"] == (66, 67, 68, 69)
    assert by_name["Good only"] == tuple(range(2, 70))
    assert by_name["Column 1"] == tuple(range(63, 50, -1))
    assert by_name["Row 13"] == (51, 50, 25, 24)
    assert by_name["Every other, from the second"] == tuple(range(1, 70, 2))
    channels.use(preset(channels, "Row 13"))
    assert channels.chosen == [24, 25, 50, 51]
    assert "Column 2" not in {p.name for p in of(70).presets()}


def test_a_saved_preset_keeps_choice_and_order():
    channels = of(6)
    channels.move(4, 0)
    channels.show([1, 2], False)
    channels.save_preset("arm")
    channels.show_all()
    channels.reset_order()
    channels.use(preset(channels, "arm"))
    assert channels.numbers == [4, 0, 3, 5]
    channels.undo.undo()
    assert channels.numbers == [0, 1, 2, 3, 4, 5]
    channels.delete_preset("arm")
    assert [p.name for p in channels.presets() if p.saved] == []
    channels.undo.undo()
    assert [p.name for p in channels.presets() if p.saved] == ["arm"]


def test_the_grid_is_the_chosen_one_or_the_streams():
    told = regular_grid(2, 3)
    channels = of(6, grid=told)
    assert channels.grid is told
    channels.place(Placement("", 1, 4, first=1, n_channels=6))
    assert channels.grid == Grid((NOWHERE, (0, 0), (0, 1), (0, 2), (0, 3), NOWHERE))
    channels.set_info(info(5))
    assert channels.grid is None
    channels.set_info(info(6))
    assert channels.grid is not None
    channels.place(None)
    assert channels.grid is None


def test_settings_survive():
    channels = of(100)
    for name, change in EDITS.items():
        if name not in ("none", "solo", "preset"):
            change(channels)
    channels.place(Placement("GR08MM1305", n_channels=100))
    channels.show_all()
    channels.show([7, 8], False)
    channels.go(1)
    saved = json.loads(json.dumps(channels.to_json()))
    again = Channels()
    again.apply(saved)
    again.set_info(info(100))
    assert again.to_json() == channels.to_json()
    assert (again.numbers, again.grid, again.bad) == (channels.numbers, channels.grid, channels.bad)
    assert [again.colour(i, THEME) for i in range(100)] == [channels.colour(i, THEME) for i in range(100)]


def test_settings_of_older_viewers_are_read():
    channels = of(4)
    channels.apply({"seconds": 5.0, "hidden": ["ch_1", 7], "colours": {"ch_0": [1, 2, 3], "ch_2": "red"}})
    assert channels.numbers == [0, 2, 3]
    assert channels.colour(0, THEME) == (1, 2, 3, 255)
    assert channels.colour(2, THEME) == THEME.channel(2)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("x" * 999),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.just("ch_1"), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Channels().to_json()]), junk))
def test_nothing_from_a_file_is_believed(saved):
    channels = of(4)
    channels.apply(saved)
    assert sorted(channels.order) == [0, 1, 2, 3]
    assert set(channels.numbers) <= {0, 1, 2, 3}
    assert all(len(channels.label(i)) <= 64 for i in range(4))
    assert all(len(channels.colour(i, THEME)) == 4 for i in range(4))
    kept = channels.to_json()
    again = of(4)
    again.apply(json.loads(json.dumps(kept)))
    assert again.to_json() == kept
