"""Opening sessions: whole ones, live ones, strangers'."""

from __future__ import annotations

import json
import os
import shutil
import time

import numpy as np
import pytest
import zarr

from myoscope.recordings import SessionError, check_session, open_session
from myoscope.sources import Event

from .memory import Memory
from .sessions import EMG, MARKERS, SteppedTime, block, counted, recorded, recorder
from .strange_sessions import SAMPLES, SESSIONS, edit


def test_a_session_says_what_it_is(tmp_path):
    path = recorded(tmp_path, 5000, name="abduction", subject="S07", notes="n", lost_at={200: 5})
    session = open_session(path)
    assert (session.path, session.state, session.live, session.recovered, session.ended) == (
        path,
        "complete",
        False,
        "",
        "",
    )
    assert (session.name, session.subject, session.notes) == ("abduction", "S07", "n")
    assert len(session.uuid) == 36
    assert session.created.endswith("+00:00")
    assert session.duration_s == pytest.approx(5005 / 2000)
    assert session.events == ()
    stream = session.streams["emg"]
    assert (stream.name, stream.stream, stream.source_name) == ("emg", "emg", "synthetic:")
    assert stream.info == EMG
    assert (stream.n_samples, stream.n_lost, len(stream.gaps)) == (5000, 5, 1)
    assert session.report() == {
        "uuid": session.uuid,
        "created": session.created,
        "state": "complete",
        "streams": {
            "emg": {
                "n_samples": 5000,
                "n_channels": 4,
                "fs": 2000.0,
                "unit": "µV",
                "duration_s": stream.duration_s,
                "n_gaps": 1,
                "n_lost": 5,
            }
        },
    }
    json.dumps(session.report())
    assert session.zarr()["emg/samples"].shape == (5000, 4)
    with session:
        assert "emg" in repr(session)
        assert "5,000 x 4" in repr(stream)


def test_a_folder_with_one_session_opens_that_one(tmp_path):
    path = recorded(tmp_path, 100)
    assert open_session(tmp_path).path == path
    recorded(tmp_path, 100, name="other")
    with pytest.raises(SessionError, match=r"holds 2 sessions\. Give one of them: .*_other\.myo"):
        open_session(tmp_path)


def test_a_session_without_streams_opens(tmp_path):
    made = recorder(tmp_path)
    made.close()
    session = open_session(tmp_path)
    assert (session.streams, session.duration_s) == ({}, 0.0)
    assert check_session(tmp_path)["ok"]


def test_a_session_that_is_being_recorded_opens_as_far_as_it_is_published(tmp_path):
    clock = SteppedTime()
    made = recorder(tmp_path, clock)
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 1000))
    clock.sleep(1.0)
    made.step(0)
    sink.write(block(1000, 1000))
    made.step(0)
    session = open_session(made.path)
    assert (session.state, session.live, session.recovered) == ("recording", True, "")
    assert (session.streams["emg"].read()[0] == counted(0, 1000)).all()
    assert check_session(made.path)["problems"] == []
    made.close()
    assert open_session(made.path).streams["emg"].n_samples == 2000


def test_a_session_may_be_opened_through_a_link_to_its_folder(tmp_path):
    path = recorded(tmp_path / "real", 100)
    (tmp_path / "link").symlink_to(path)
    assert open_session(tmp_path / "link").streams["emg"].n_samples == 100


# Reading


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    path = recorded(tmp_path_factory.mktemp("stored"), 5000, chunk_seconds=0.01, lost_at={2000: 400})
    with open_session(path) as session:
        yield session.streams["emg"]


@pytest.mark.parametrize(
    ("start", "stop"), [(0, None), (0, 0), (0, 1024), (1000, 1100), (1024, 2048), (10, 4999), (-5, None)]
)
def test_any_rows_come_back(stream, start, stop):
    data, timestamps = stream.read(start, stop)
    assert (data == counted(0, 5000)[start:stop]).all()
    assert len(timestamps) == len(data)
    assert not data.flags.writeable or len(data) == 0 or start < 1024 < (stop or 5000)


def test_rows_beyond_the_end_are_none(stream):
    assert stream.read(5000)[0].shape == (0, 4)
    assert stream.read(6000, 7000)[1].shape == (0,)


def test_times_are_found(stream):
    timestamps = stream.read()[1]
    for t in (*timestamps[[0, 1, 1023, 1024, 1999, 2000, 4999]], 49.0, 51.05, 60.0):
        assert stream.index_at(t) == np.searchsorted(timestamps, t)
    assert stream.first_timestamp == timestamps[0]
    assert stream.last_timestamp == timestamps[-1]


@pytest.mark.parametrize("n_columns", [1, 7, 100, 6000])
def test_an_overview_shows_the_extremes_in_the_unit(stream, n_columns):
    columns = stream.overview(n_columns)
    assert columns.shape == (4, n_columns, 2)
    whole = counted(0, 5000) * 0.5
    assert np.nanmin(columns[:, :, 0]) == whole.min()
    assert np.nanmax(columns[:, :, 1]) == whole.max()
    if n_columns == 100:
        assert (columns[2, 30] == [whole[1500:1550, 2].min(), whole[1500:1550, 2].max()]).all()
    assert np.isnan(columns).any() == (n_columns > 5000)


def test_samples_of_any_shape_come_back(tmp_path):
    stream = open_session(recorded(tmp_path, 300, MARKERS)).streams["emg"]
    assert stream.read(10, 20)[0].shape == (10, 3, 3)
    assert stream.overview(5).shape == (9, 5, 2)


def test_events_are_read_when_asked_for(tmp_path):
    made = recorder(tmp_path)
    made.event(Event(1.0, "marker", "a"))
    made.close()
    with (made.path / "events.jsonl").open("ab") as file:
        file.write(b'nonsense\n{"t": "no number"}\n[]\n{"t": 2, "kind": "marker", "label": "b"}\n{"t": 3, "ki')
    session = open_session(made.path)
    assert session.events == (Event(1.0, "marker", "a"), Event(2.0, "marker", "b"))


# Strangers


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("good") / "good.myo", 5000)


@pytest.mark.parametrize("change", SESSIONS.values(), ids=SESSIONS)
@pytest.mark.parametrize("opener", [open_session, check_session])
def test_a_strange_folder_is_refused_in_one_sentence(tmp_path, good, change, opener):
    session = tmp_path / "strange.myo"
    shutil.copytree(good, session)
    change(session)
    begun = time.process_time()
    with Memory() as memory:
        try:
            result = opener(session)
        except SessionError as error:
            text = str(error)
            assert len(text) < 600
            assert "\n" not in text
            assert text[-1] in ".?"
        else:
            assert opener is check_session  # what can be opened at all is reported instead
            assert not result["ok"]
            assert all(isinstance(problem, str) for problem in result["problems"])
    assert memory.peak_bytes < 64 * 2**20
    assert time.process_time() - begun < 5.0  # bounded, however slow the machine


@pytest.mark.parametrize(
    "path", ["nothing here", "file", "empty", "nul\0", "x" * 5000, "~nobody-of-that-name/x", "loop"], ids=range(7)
)
def test_a_path_that_is_no_session_is_refused(tmp_path, path):
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(SessionError, match=r"[.?]$"):
        open_session(tmp_path / path if not path.startswith("~") else path)


def test_a_zarr_group_of_somebody_else_is_refused(tmp_path):
    zarr.open_group(tmp_path / "theirs", mode="w")
    with pytest.raises(SessionError, match=r"no session of ours\. Open it with zarr\.open"):
        open_session(tmp_path / "theirs")


def test_consolidated_metadata_are_not_believed(tmp_path, good):
    session = tmp_path / "lying.myo"
    shutil.copytree(good, session)
    lie = json.loads((session / SAMPLES).read_text(encoding="utf-8"))
    lie["shape"] = [10**9, 4]
    edit(session / "zarr.json", consolidated_metadata={"kind": "inline", "metadata": {"emg/samples": lie}})
    assert open_session(session).streams["emg"].n_samples == 5000
    assert open_session(session).zarr()["emg/samples"].shape == (5000, 4)


def test_too_many_events_are_told_when_asked_for(tmp_path, good):
    session = tmp_path / "talking.myo"
    shutil.copytree(good, session)
    os.truncate(session / "events.jsonl", 65 * 2**20)
    opened = open_session(session)
    with pytest.raises(SessionError, match=r"events\.jsonl"):
        _ = opened.events
