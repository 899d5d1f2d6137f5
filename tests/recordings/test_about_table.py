"""Tables of channels, pasted from a spreadsheet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError
from myoscope.recordings.about import SIDES, ChannelAbout
from myoscope.recordings.about_table import changes_of, table_of

LABELS = ["E01", "E02", "E03"]


def said(text, first=0):
    return {(change.channel, change.field): change.after for change in changes_of(text, "emg", LABELS, first)}


def test_a_heading_names_the_columns():
    table = "Channel\tMuscle\tElectrode size\tside\nE03\tbiceps brachii\t10 mm\tL\nE01\t\t12,5\tright\n"
    assert said(table) == {
        (2, "muscle"): "biceps brachii", (2, "electrode_size_mm"): 10.0, (2, "side"): "left",
        (0, "electrode_size_mm"): 12.5, (0, "side"): "right",
    }  # fmt: skip


def test_without_a_heading_they_are_in_their_usual_order():
    assert said("soleus\tleft\r\ngracilis\tright", first=1) == {
        (1, "muscle"): "soleus", (1, "side"): "left", (2, "muscle"): "gracilis", (2, "side"): "right",
    }  # fmt: skip


def test_channels_are_named_by_number_too():
    assert said("channel;muscle\n2;soleus") == {(1, "muscle"): "soleus"}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "is empty"),
        ("channel\tmuscle\nE09\tsoleus", "Row 1 of the table: there is no channel 'E09'"),
        ("channel\tmuscle\n4\tsoleus", "no channel 4; there are 3"),
        ("a\nb\nc\nd", "Row 4 of the table: there is no channel 4"),
        ("channel\tmuscle\tcolour\n1\ta\tb", "no field 'colour'"),
        ("muscle\tmuscle\na\tb", "a column twice"),
        ("muscle\tside\nsoleus\tup", "Row 1 of the table: The side is 'up'"),
        ("\t".join("abcdefgh"), "8 columns and no heading"),
        ("x" * 2_000_000, "Paste less"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_row(table, told):
    with pytest.raises(SessionError, match=told):
        said(table)


def test_what_is_copied_is_no_formula():
    assert "'=cmd" in table_of(["=cmd"], [ChannelAbout(muscle="=1+1")])


words = st.text("abcdefgh ,;\"'µä", min_size=1, max_size=12).filter(lambda text: text == " ".join(text.split()))
about = st.builds(
    ChannelAbout,
    muscle=words, side=st.sampled_from(SIDES), placement=words, reference=words, notes=words,
    electrode_size_mm=st.sampled_from([1.0, 2.5, 10.0]), electrode_distance_mm=st.sampled_from([8.0, 20.0]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(about, min_size=1, max_size=5))
def test_what_is_copied_is_read_back(channels):
    labels = [f"E{i}" for i in range(len(channels))]
    back = [dict[str, object]() for _ in channels]
    for change in changes_of(table_of(labels, channels), "emg", labels):
        back[change.channel][change.field] = change.after
    assert [ChannelAbout(**values) for values in back] == channels
