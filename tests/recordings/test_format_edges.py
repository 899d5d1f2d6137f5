"""What is rare in a session, and must not be lost, doubled or rounded in silence by any format."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.about import About
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import FORMATS, export_session, format_named, import_file
from myoscope.recordings.in_unit import EXACT, as_delivered, in_unit
from myoscope.recordings.stream_keys import keys_of
from myoscope.sources import Event, StreamInfo

from .exported import same

T0 = 1000.0
WHOLE = ("csv", "parquet", "npz")
ODD = "=a\0\ud800é\n"
COLLIDING = ("emg", "EMG", "a/b", "a:b", "events", "gaps", "session", "emg_timestamps", "emg_fs", "emg_unit")


def one(fs=100.0, **more):
    return StreamInfo(**{"fs": fs, "channel_names": ("a",), **more})


def built(path, streams, events=(), about=None):
    """Make a session of streams by name: what they are, and their values."""
    with SessionBuilder(path, about or About(name="odd"), clock_at_created=T0) as builder:
        for name, (info, values) in streams.items():
            builder.stream(name, info)
            data = np.asarray(values, dtype=info.dtype).reshape(-1, *info.sample_shape)
            builder.write(name, data, T0 + np.arange(len(data)) / (info.fs or 1.0))
        for event in events:
            builder.event(event)
        return builder.finish()


def written(session, name, folder):
    with open_session(session) as opened:
        return export_session(opened, name, folder / f"out{format_named(name).suffix}")


def first_file(exported, name):
    """Return the file to import: of a folder the table of a stream."""
    if exported.path.is_file():
        return exported.path
    files = sorted(exported.path.glob(f"*.{name}"))
    return next(file for file in files if file.stem not in ("events", "gaps", "session"))


@pytest.mark.parametrize("name", WHOLE)
def test_streams_may_be_called_as_a_format_calls_its_own(name, tmp_path):
    streams = {label: (one(), np.arange(5) + i) for i, label in enumerate(COLLIDING)}
    made = built(tmp_path / "a.myo", streams, [Event(T0 + 0.01, "marker", "x")])
    exported = written(made, name, tmp_path)
    back = import_file(first_file(exported, name), tmp_path / "b.myo")
    same(made, back.path)


def test_a_bio_file_tells_streams_apart_too(tmp_path):
    made = built(tmp_path / "a.myo", {label: (one(), np.arange(5) + i) for i, label in enumerate(COLLIDING)})
    back = import_file(written(made, "bio", tmp_path).path, tmp_path / "b.myo")
    with open_session(made) as a, open_session(back.path) as b:
        assert len(b.streams) == len(a.streams)
        for stream, read in zip(a.streams.values(), b.streams.values(), strict=True):
            np.testing.assert_array_equal(read.read()[0], stream.read()[0])


def test_keys_are_names_unless_they_mean_something_else():
    assert keys_of(["emg", "Events", "emg_fs"], ("events",), ("_fs",)) == {
        "emg": "emg",
        "Events": "Events~stream",
        "emg_fs": "emg_fs~stream",
    }


@pytest.mark.parametrize("one_of", FORMATS, ids=lambda one: one.name)
def test_texts_that_are_none_are_written_all_the_same(one_of, tmp_path):
    about = About(**dict.fromkeys(("name", "subject", "task", "operator", "notes", "protocol"), ODD), tags=(ODD,))
    streams = {
        "emg": (one(unit="mV"), np.arange(50)),
        "odd": (one(unit=ODD, channel_names=(ODD,)), np.arange(50)),
    }
    made = built(tmp_path / "a.myo", streams, [Event(T0 + 0.1, ODD, ODD, ODD)], about)
    exported = written(made, one_of.name, tmp_path)
    if one_of.reads:
        back = import_file(first_file(exported, one_of.name), tmp_path / "b.myo")
        with open_session(back.path) as session:
            assert len(session.streams) == 2
            assert len(session.events) == (one_of.name != "bio")
    if one_of.name in ("csv", "parquet"):
        assert any("spelled" in note for note in exported.notes)


@pytest.mark.parametrize("name", [*WHOLE, "bio"])
def test_what_a_scale_rounds_is_said(name, tmp_path):
    streams = {
        "wide": (one(dtype="int64", scale=0.195), [2**53 + 1, 3]),
        "fine": (one(dtype="float64", scale=0.1, unit="V"), [1 / 3, np.pi]),
        "none": (one(dtype="int16", scale=0.0), [1, 2]),
        "exact": (one(dtype="int32", scale=0.195), [1, 2]),
        "plain": (one(dtype="float64"), [1 / 3, 2]),
    }
    notes = written(built(tmp_path / "a.myo", streams), name, tmp_path).notes
    assert any(note.startswith("wide: whole numbers beyond 2**51 are rounded") for note in notes)
    assert any(note.startswith("fine: numbers are rounded to 15 digits") and "V" in note for note in notes)
    assert any(note.startswith("none: a scale is 0") for note in notes)
    assert not any(note.startswith(("exact", "plain")) for note in notes)


def test_whole_numbers_come_back_through_a_scale():
    rng = np.random.default_rng(1)
    for scale in (0.195, 1 / 3, 0.0298023226, 1e-9, 7.0):
        info = one(dtype="int64", scale=scale)
        values = rng.integers(-EXACT, EXACT, (20_000, 1), endpoint=True)
        np.testing.assert_array_equal(as_delivered(info, in_unit(info, values)), values)


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("name", WHOLE)
def test_few_samples_come_back(name, n, tmp_path):
    made = built(tmp_path / "a.myo", {"emg": (one(fs=34000 / 27, dtype="float64"), [1.5, np.nan, -np.inf][:n])})
    back = import_file(first_file(written(made, name, tmp_path), name), tmp_path / "b.myo")
    same(made, back.path)


@pytest.mark.parametrize(("name", "values", "scale", "unit"), [
    ("bdf", [-100, 100, 5], 2.0, "N"), ("edf", [-9000, 9000, 5], 1000.0, "N"), ("bdf", [-9999, 100, 7], -1000.0, "µV"),
])  # fmt: skip
def test_large_scales_find_a_range_of_eight_characters(name, values, scale, unit, tmp_path):
    made = built(tmp_path / "a.myo", {"emg": (one(dtype="int16", scale=scale, unit=unit), values)})
    exported = written(made, name, tmp_path)
    assert "emg: every sample is exact." in exported.notes
    with open_session(import_file(exported.path, tmp_path / "b.myo").path) as session:
        stream = session.streams["emg"]
        np.testing.assert_array_equal(stream.read()[0].ravel() * stream.info.scale, np.array(values) * scale)


@pytest.mark.parametrize("name", ["edf", "bdf", "bids"])
def test_values_beyond_the_header_are_left_out_and_said_not_clipped(name, tmp_path):
    streams = {
        "emg": (one(unit="mV"), [1, 2, 3]),
        "counter": (one(dtype="uint32"), [0, 2**32 - 1, 1]),
        "late": (one(dtype="uint64"), [2**63, 2**63 + 1, 2**63 + 2]),
        "wide": (one(dtype="float64"), [1e300, -np.inf, 3]),
        "volts": (one(dtype="float64", unit="µV"), [-5e9, 5e9, 1]),
    }
    notes = written(built(tmp_path / "a.myo", streams), name, tmp_path).notes
    left = [note.split(" ")[0] for note in notes if "is left out: EDF has 8 characters" in note]
    assert left == ["counter", "late", "wide"]
    assert "volts: its unit µV is written as mV." in notes
    del streams["emg"], streams["volts"]
    with pytest.raises(SessionError, match="in a range that EDF can hold"):
        written(built(tmp_path / "b.myo", streams), name, tmp_path / "b")


@pytest.mark.parametrize("name", ["edf", "bdf"])
def test_every_gap_comes_back_in_its_place(name, tmp_path):
    """Before the first sample, behind the last, without a time, of no samples, and with a single one between two."""
    with SessionBuilder(tmp_path / "a.myo", clock_at_created=T0) as builder:
        builder.stream("emg", one(fs=1259.2593, dtype="int16", unit="mV"))
        builder.gap("emg", np.nan, np.nan, 10, "device")
        place = 0
        for n, n_lost, cause in (
            (20, 9, "device"),
            (1, 21, "queue full"),
            (1, 0, "reconnected"),
            (300, 7, "disk full"),
        ):
            data = np.arange(n, dtype=np.int16)[:, None]
            builder.write("emg", data, T0 + (place + np.arange(n)) / 1259.2593)
            place += n + n_lost
            builder.gap("emg", np.nan, np.nan, n_lost, cause)
        made = builder.finish()
    back = import_file(written(made, name, tmp_path).path, tmp_path / "b.myo")
    with open_session(made) as a, open_session(back.path) as b:
        assert [gap[3:] for gap in b.gaps] == [gap[3:] for gap in a.gaps]
        assert [gap.n_lost for gap in b.gaps] == [10, 9, 21, 0, 7]
        np.testing.assert_array_equal(b.streams["emg"].read()[0], a.streams["emg"].read()[0])


def test_events_a_long_way_off_do_not_spoil_the_file(tmp_path):
    events = [Event(T0 + t, "marker", f"{t:g}") for t in (-5.0, 0.1, 1e25, -1e12)]
    made = built(tmp_path / "a.myo", {"emg": (one(unit="mV"), np.arange(50))}, events)
    exported = written(made, "edf", tmp_path)
    assert "Of the events 2 are left out: they have no time, or one over a century away." in exported.notes
    with open_session(import_file(exported.path, tmp_path / "b.myo").path) as session:
        assert [event.label for event in session.events] == ["-5", "0.1"]


def test_times_that_jump_between_are_told(tmp_path):
    with SessionBuilder(tmp_path / "a.myo", clock_at_created=T0) as builder:
        builder.stream("emg", one(unit="mV"))
        for after in (0, 100, 2):
            builder.write("emg", np.zeros((100, 1), np.float32), T0 + after + np.arange(100) / 100)
        made = builder.finish()
    notes = written(made, "edf", tmp_path).notes
    assert "emg: the file's even times are up to 99000.0 ms from those recorded, +0.0 ms at its end." in notes


@pytest.mark.parametrize("name", ["npz", "bio"])
def test_arrays_without_times_are_refused(name, tmp_path):
    import pickle

    arrays = {"emg": np.zeros((2, 100)), "emg_timestamps": np.append(np.arange(99.0), np.nan)}
    path = tmp_path / f"a.{name}"
    if name == "npz":
        np.savez(path, **arrays)
    else:
        path.write_bytes(pickle.dumps(arrays))
    with pytest.raises(SessionError, match="emg in .* has no time in row 100"):
        import_file(path, tmp_path / "b.myo")
    assert not (tmp_path / "b.myo").exists()
