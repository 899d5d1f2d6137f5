"""Finding sessions, summing them up, remembering that, searching, putting aside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from myoscope.app.browser_index import REST_S, Library, read_cache, sessions_below, write_cache
from myoscope.app.browser_search import SORTS, parse, search
from myoscope.app.browser_summary import SessionEntry, StreamFacts, summary_of
from myoscope.app.browser_trash import TRASH, bring_back, put_aside
from myoscope.recordings.about import ChannelAbout
from myoscope.recordings.about_edits import Change, edit_about
from myoscope.recordings.cutting import trim_session
from tests.recordings.sessions import EMG, block, recorder


def take(path, n=400, lost=0, **about):
    path.parent.mkdir(parents=True, exist_ok=True)
    made = recorder(path, **about)
    made.describe_channels("emg", [ChannelAbout(muscle="biceps brachii")] * 4)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, n))
    if lost:
        sink.write(block(n, n, EMG, lost))
    made.step(0)
    made.close()
    return made.path


@pytest.fixture
def folder(tmp_path):
    take(tmp_path / "r" / "one.myo", name="abduction", subject="S07", tags=("good",))
    take(tmp_path / "r" / "deep" / "two.myo", 800, lost=9, name="flexion", subject="S08", task="curl")
    (tmp_path / "r" / "three.myo").mkdir()
    (tmp_path / "r" / "three.myo" / "zarr.json").write_text("{")
    return tmp_path / "r"


@pytest.fixture
def library(folder, tmp_path):
    problems = []
    made = Library(lambda: [folder], problems.append, tmp_path / "cache" / "sessions.json")
    yield made
    assert problems == []


def by_name(library):
    return {entry.path.name: entry for entry in library.entries}


def looked(library):
    library.look_soon()
    while library.step() == REST_S:
        pass
    return by_name(library)


def test_sessions_are_found_and_summed_up(library, folder):
    entries = looked(library)
    one, two, three = (entries[name] for name in ("one.myo", "two.myo", "three.myo"))
    assert (one.name, one.subject, one.tags, one.state, one.error) == ("abduction", "S07", ("good",), "complete", "")
    assert one.streams == (StreamFacts("emg", 4, 2000.0, 400),)
    assert one.duration_s == pytest.approx(0.2)
    assert one.muscles == ("biceps brachii",)
    assert 400 * 16 < one.n_bytes < 2**20
    assert (two.n_gaps, two.n_lost, two.path.parent.name) == (1, 9, "deep")
    assert "damaged" in three.error
    assert three.outline is None
    outline = one.outline
    assert outline.shape == (100, 2)
    assert np.abs(outline).max() == 1.0
    assert (outline[:, 0] <= outline[:, 1]).all()


def test_what_was_summed_up_is_not_read_again(library, folder, tmp_path, monkeypatch):
    first = looked(library)
    library.stop()
    again = Library(lambda: [folder], lambda _: None, tmp_path / "cache" / "sessions.json")
    monkeypatch.setattr("myoscope.app.browser_index.summary_of", lambda path: pytest.fail(f"{path} was read"))
    assert looked(again) == first


def test_a_change_is_seen(library, folder):
    looked(library)
    edit_about(folder / "one.myo", [Change("subject", "sub-001")], "anna")
    entries = looked(library)
    assert entries["one.myo"].subject == "sub-001"
    (folder / "one.myo").rename(folder / "four.myo")
    assert set(looked(library)) == {"two.myo", "three.myo", "four.myo"}


def test_long_work_is_done_in_short_rounds(folder, tmp_path):
    now = [0.0]

    def clock():
        now[0] += 0.06
        return now[0]

    library = Library(lambda: [folder], lambda _: None, tmp_path / "sessions.json", clock)
    assert library.step() == REST_S, "there is more to do"
    assert len(library.entries) < 3
    assert library.n_waiting == 3 - len(library.entries)
    assert len(looked(library)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"version": 2}', '{"version": 2, "sessions": [["/a", [[1], {}]]]}',
        '{"version": 2, "sessions": [["/a", 5]]}', '{"version": 1, "sessions": []}',
    ],
)  # fmt: skip
def test_a_damaged_cache_is_empty(tmp_path, text):
    path = tmp_path / "sessions.json"
    path.write_text(text)
    assert read_cache(path) == {}


def test_what_is_kept_comes_back(tmp_path, folder):
    path = tmp_path / "sessions.json"
    known = {entry.path: ((1, 2), entry) for entry in map(summary_of, sessions_below([folder]))}
    write_cache(path, known)
    assert read_cache(path) == known
    values = json.loads(path.read_text())
    values["sessions"][0][1][1]["subject"] = 7
    path.write_text(json.dumps(values))
    assert read_cache(path) == {}


def test_links_and_hidden_folders_are_not_followed(folder, tmp_path):
    take(tmp_path / "elsewhere" / "out.myo")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "linked.myo").symlink_to(tmp_path / "elsewhere" / "out.myo")
    take(folder / ".hidden" / "in.myo")
    found = [path.name for path in sessions_below([folder, folder / "deep", tmp_path / "nowhere"])]
    assert sorted(found) == ["one.myo", "three.myo", "two.myo"]


def test_a_part_says_where_it_comes_from(folder, tmp_path):
    assert summary_of(trim_session(folder / "one.myo", tmp_path, 0.0, 0.1)).origin == "cut"


# Searching

ENTRIES = [
    SessionEntry(Path("/r/a.myo"), "abduction", "S07", "lift", tags=("good", "pilot"), created="2026-11-20T10:00",
                 take=1,
                 muscles=("biceps brachii", "deltoid, anterior"), duration_s=60.0, n_bytes=100, state="complete"),
    SessionEntry(Path("/r/b.myo"), "abduction", "S08", "hold", tags=("bad",), created="2026-11-21T09:00", take=2,
                 notes="electrode came off", duration_s=10.0, n_bytes=900, state="recovered", n_gaps=2),
    SessionEntry(Path("/q/c.myo"), "Übung", "S17", created="2026-10-01T09:00", n_bytes=5, error="It is damaged."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "bac"),
        ("abduction", "ba"),
        ("subject:S07", "a"),
        ("subject:s07 tag:good", "a"),
        ("tag:goo", ""),
        ("tag:good tag:pilot", "a"),
        ("-tag:good", "bc"),
        ("ubung", "c"),
        ("electrode", "b"),
        ('"came off"', "b"),
        ('notes:"off came"', ""),
        ("muscle:deltoid", "a"),
        ("abdctn", "ba"),
        ("take:2", "b"),
        ("is:problem", "c"),
        ("is:gaps", "b"),
        ("state:recovered", "b"),
        ("date:2026-11", "ba"),
        ("folder:/q", "c"),
        ("colour:red", ""),
        ("zzz", ""),
        ("bi br", "a"),
    ],
)
def test_words_find_sessions(query, found):
    assert "".join(entry.path.stem for entry in search(query, ENTRIES)) == found


def test_they_are_sorted():
    assert {sort: "".join(e.path.stem for e in search("", ENTRIES, sort)) for sort in SORTS} == {
        "date": "bac", "name": "abc", "subject": "abc", "duration": "abc", "size": "bac",
    }  # fmt: skip


def test_a_query_is_read_as_it_is_typed():
    assert [tuple(word) for word in parse('subject:S07 -"two words" tag:"very good" http://x')] == [
        ("s07", "subject", False, False),
        ("two words", "", True, True),
        ("very good", "tag", False, True),
        ("http://x", "", False, False),
    ]
    assert parse('"') == []


# Putting aside


def test_nothing_is_destroyed(folder):
    paths = [folder / "one.myo", folder / "deep" / "two.myo"]
    before = [summary_of(path) for path in paths]
    trashed = put_aside(paths, now=lambda: 0.0)
    assert not any(path.exists() for path in paths)
    assert [path.name for path in sessions_below([folder])] == ["three.myo"]
    assert (folder / TRASH / "1970-01-01T000000" / "one.myo" / "zarr.json").is_file()
    bring_back(trashed)
    assert [summary_of(path) for path in paths] == before
    assert not (folder / TRASH).exists()


def test_two_of_one_name_are_both_kept(folder):
    put_aside([folder / "one.myo"], now=lambda: 0.0)
    take(folder / "one.myo", 100)
    put_aside([folder / "one.myo"], now=lambda: 0.0)
    assert sorted(path.name for path in (folder / TRASH).glob("*/*")) == ["one-2.myo", "one.myo"]


def test_where_one_cannot_be_moved_all_stay(folder):
    with pytest.raises(OSError, match="No such file"):
        put_aside([folder / "one.myo", folder / "gone.myo"])
    assert (folder / "one.myo").is_dir()


def test_what_is_there_by_now_is_not_overwritten(folder):
    trashed = put_aside([folder / "one.myo"])
    take(folder / "one.myo", 100)
    with pytest.raises(OSError, match="by now"):
        bring_back(trashed)
    assert summary_of(folder / "one.myo").streams[0].n_samples == 100


def test_an_entry_that_changes_is_another(folder):
    entry = summary_of(folder / "one.myo")
    assert replace(entry) == entry
    assert entry.title == "abduction"
