"""What is said of a recording afterwards: an audit trail that is only ever added to."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError, disk, open_session
from myoscope.recordings.about import About, ChannelAbout
from myoscope.recordings.about_edits import (
    MAX_EDITS_BYTES,
    AboutEdits,
    Change,
    edit_about,
    parse_edits,
    read_edits,
)
from myoscope.recordings.about_fields import CHANNEL_FIELDS, SESSION_FIELDS, checked, field_named
from tests.recordings.sessions import EMG, block, recorded, recorder

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return recorded(tmp_path / "one.myo", 500, subject="S07", name="lift")


def edit(path, *changes, by="anna"):
    return edit_about(path, changes, by, utc=lambda: NOON)


def test_an_edit_is_a_line_and_the_recorded_metadata_stay(path):
    before = (path / "zarr.json").read_bytes(), (path / "emg" / "zarr.json").read_bytes()
    edit(path, Change("subject", "sub-002"), Change("muscle", "biceps  brachii ", "emg", 3))
    assert ((path / "zarr.json").read_bytes(), (path / "emg" / "zarr.json").read_bytes()) == before
    assert [json.loads(line) for line in (path / "about.jsonl").read_text().splitlines()] == [
        {
            "utc": "2026-11-21T12:00:00+00:00", "by": "anna", "what": "session", "channel": None,
            "field": "subject", "before": "S07", "after": "sub-002",
        },
        {
            "utc": "2026-11-21T12:00:00+00:00", "by": "anna", "what": "emg", "channel": 3,
            "field": "muscle", "before": "", "after": "biceps brachii",
        },
    ]  # fmt: skip
    assert sorted(file.name for file in path.iterdir() if "about" in file.name) == ["about.jsonl"]
    with open_session(path) as session:
        assert (session.subject, session.about.subject, session.name) == ("sub-002", "sub-002", "lift")
        assert session.attributes["subject"] == "S07", "as recorded"
        emg = session.streams["emg"]
        assert emg.channels_about[3] == ChannelAbout(muscle="biceps brachii")
        assert emg.channels_recorded[3] == ChannelAbout()


def test_taking_back_is_one_more_line(path):
    made = edit(path, Change("tags", "good, pilot"), Change("electrode_size_mm", "10 mm", "emg", 0))
    edit(path, *(one.back for one in reversed(made)), by="bert")
    with open_session(path) as session:
        assert session.about.tags == ()
        assert session.streams["emg"].channels_about[0].electrode_size_mm is None
    found = read_edits(path)
    assert [(one.by, one.field, one.before, one.after) for one in found.edits] == [
        ("anna", "tags", [], ["good", "pilot"]),
        ("anna", "electrode_size_mm", None, 10.0),
        ("bert", "electrode_size_mm", 10.0, None),
        ("bert", "tags", ["good", "pilot"], []),
    ]


def test_what_is_so_already_gets_no_line(path):
    assert edit(path, Change("subject", " S07 "), Change("take", 0), Change("notes", "", "emg", 1)) == []
    assert not (path / "about.jsonl").exists()
    # The second is measured against the first.
    assert [one.before for one in edit(path, Change("task", "lift"), Change("task", "hold"))] == ["", "lift"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change("colour", "red"), "no field 'colour'"),
        (Change("muscle", "biceps"), "A session has no field 'muscle'"),
        (Change("subject", "x", "emg", 0), "A channel has no field 'subject'"),
        (Change("muscle", "x", "emg", 4), "emg has no channel 5. It has 4"),
        (Change("muscle", "x", "force", 0), "no stream 'force'. There are: emg"),
        (Change("side", "top", "emg", 0), "Give one of: left, right, midline"),
        (Change("electrode_size_mm", "large", "emg", 0), "no number. Give it in mm"),
        (Change("electrode_distance_mm", -3, "emg", 0), "more than 0"),
        (Change("take", "first"), "is no number"),
        (Change("task", "x" * 300), "has 300 letters"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_written(path, change, told):
    with pytest.raises(SessionError, match=told):
        edit(path, Change("subject", "sub-009"), change)
    assert not (path / "about.jsonl").exists()


def test_nobody_edits_what_is_being_recorded(tmp_path):
    made = recorder(tmp_path / "live.myo")
    with pytest.raises(SessionError, match="is being recorded"):
        edit(made.path, Change("subject", "sub-002"))
    made.close()


def test_words_for_channels_are_in_the_recording_from_the_first_second(tmp_path):
    made = recorder(tmp_path / "live.myo")
    made.describe_channels("emg", [ChannelAbout(muscle="soleus", side="left")] * 4)
    sink = made.sink("emg")
    sink.open(EMG)
    made.step(0)
    live = open_session(made.path)
    assert live.live
    assert live.streams["emg"].channels_about == (ChannelAbout(muscle="soleus", side="left"),) * 4
    sink.write(block(0, 100))
    made.describe_channels("emg", [ChannelAbout(muscle="gracilis")] * 4)
    made.describe_channels("emg", [ChannelAbout(muscle="of another number")] * 3)
    made.step(0)
    made.close()
    with open_session(made.path) as session:
        assert {one.muscle for one in session.streams["emg"].channels_about} == {"gracilis"}
        assert not (made.path / "about.jsonl").exists(), "recorded, not edited"


def test_a_line_that_was_torn_off_is_gone_and_the_next_one_is_whole(path):
    edit(path, Change("task", "lift"))
    with (path / "about.jsonl").open("ab") as file:
        file.write(b'{"utc":"2026-11-21T12')
    with open_session(path) as session:
        assert session.about.task == "lift"
    edit(path, Change("task", "hold"))
    assert read_edits(path).n_damaged == 0
    with open_session(path) as session:
        assert session.about.task == "hold"


def test_a_full_disk_leaves_all_as_it_was(path, monkeypatch):
    edit(path, Change("task", "lift"))
    before = (path / "about.jsonl").read_bytes()
    written = []
    write_some = disk.write_some

    def full(file, pieces):
        written.append(sum(map(len, pieces)))
        if len(written) > 1:
            raise OSError(28, "No space left on device")
        return write_some(file, pieces)

    monkeypatch.setattr(disk, "write_some", full)
    with pytest.raises(SessionError, match="No space left on device. Nothing changed"):
        edit(path, Change("task", "hold"), Change("operator", "anna"))
    assert (path / "about.jsonl").read_bytes() == before


def test_strangers_lines_are_data(path):
    lines = [
        {"what": "session", "channel": None, "field": "__class__", "after": "x"},
        {"what": "session", "field": "subject", "after": {"a": 1}},
        {"what": ["emg"], "field": "subject", "after": "x"},
        {"what": "emg", "channel": -1, "field": "muscle", "after": "x"},
        {"what": "emg", "channel": 10**12, "field": "muscle", "after": "x"},
        {"what": "emg", "channel": True, "field": "muscle", "after": "x"},
        {"what": "emg", "channel": 3, "field": "electrode_size_mm", "after": "1e999"},
        {"what": "nowhere", "channel": 3, "field": "muscle", "after": "x"},
        {"what": "session", "field": "tags", "after": ["a"] * 10_000},
    ]
    (path / "about.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + "no json\n")
    found = read_edits(path)
    assert found.n_damaged == 6
    with open_session(path) as session:
        assert session.about.subject == "{'a': 1}"
        assert len(session.about.tags) <= 64
        assert session.streams["emg"].channels_about == (ChannelAbout(),) * 4


def test_a_file_beyond_all_limits_is_refused(path, tmp_path):
    with (path / "about.jsonl").open("wb") as file:
        file.truncate(MAX_EDITS_BYTES + 1)
    with pytest.raises(SessionError, match="over the"):
        read_edits(path)
    (path / "about.jsonl").unlink()
    (path / "about.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SessionError, match="not a plain file"):
        read_edits(path)


values = st.one_of(
    st.none(), st.text(max_size=20), st.integers(), st.floats(), st.lists(st.text(max_size=5), max_size=3)
)


@settings(max_examples=150, deadline=None)
@given(field=st.sampled_from([*SESSION_FIELDS, *CHANNEL_FIELDS]), value=values)
def test_what_is_checked_once_is_checked_for_good(field, value):
    try:
        kept = checked(field, value)
    except SessionError:
        return
    assert checked(field, kept) == kept
    json.dumps(kept, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["subject", "task", "take", "tags"]), st.sampled_from(["", "1", "2", "3"])),
        max_size=8,
    )
)
def test_the_trail_tells_every_state_there_was(changes):
    wanted = [Change(field, checked(field, value)) for field, value in changes]
    edits = AboutEdits().with_changes(wanted, About(), {}, "anna", "now")
    state = {"subject": "", "task": "", "take": 0, "tags": []}
    for one in edits:
        assert state[one.field] == one.before != one.after
        state[one.field] = one.after
    now = parse_edits([json.loads(json.dumps(one.to_json())) for one in edits]).about(About())
    assert (now.subject, now.task, now.take, list(now.tags)) == tuple(state.values())


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "what": st.one_of(st.sampled_from(["session", "emg"]), plain),
                "channel": st.one_of(st.none(), st.integers(-1, 5), plain),
                "field": st.one_of(st.sampled_from([*SESSION_FIELDS, *CHANNEL_FIELDS]), plain),
                "after": plain, "before": plain, "utc": plain, "by": plain,
            },
        ),
        max_size=5,
    )
)  # fmt: skip
def test_whatever_a_line_holds_it_is_an_edit_or_counted(lines):
    found = parse_edits(lines)
    assert len(found.edits) + found.n_damaged == len(lines)
    found.about(About())
    assert len(found.channels("emg", (ChannelAbout(),) * 4)) == 4
    for one in found.edits:
        json.dumps(one.to_json(), allow_nan=False)


def test_a_word_of_a_table_names_a_field():
    assert field_named("Electrode size", CHANNEL_FIELDS) == "electrode_size_mm"
    assert field_named("distance", CHANNEL_FIELDS) == "electrode_distance_mm"
    assert field_named("MUSCLE", CHANNEL_FIELDS) == "muscle"
    for word in ("electrode", "", "colour"):
        with pytest.raises(SessionError, match="There are: muscle, side"):
            field_named(word, CHANNEL_FIELDS)
