"""Parquet out and in, read by pandas; strangers' tables as they come."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from myoscope.recordings import SessionError, open_session, parquet_reading
from myoscope.recordings.formats import export_session, import_file

from .exported import changed, rich, rich_irregular, same, steady, stops


@pytest.mark.parametrize("make", [rich, rich_irregular, changed])
def test_a_folder_of_tables_is_the_session_again(make, tmp_path):
    made = make(tmp_path / "a.myo")
    with open_session(made) as session:
        out = export_session(session, "parquet", tmp_path / "a-parquet").path
        last = list(session.streams)[-1]
    back = import_file(out / f"{last}.parquet", tmp_path / "b.myo")
    same(made, back.path)
    assert "whole session" in back.notes[0]


def test_pandas_reads_every_value(tmp_path):
    import pandas

    with open_session(rich(tmp_path / "a.myo", float_emg=False)) as session:
        out = export_session(session, "parquet", tmp_path / "a-parquet").path
        data, timestamps = session.streams["emg"].read()
        table = pandas.read_parquet(out / "emg.parquet")
        assert list(table.columns)[:3] == ["time", "Biceps", "=2+2"]
        np.testing.assert_array_equal(table.to_numpy()[:, 1:], data * 0.195)
        np.testing.assert_array_equal(table["time"], timestamps)
        assert pandas.read_parquet(out / "events.parquet")["label"].tolist() == ["@lift", "später"]
        assert pandas.read_parquet(out / "gaps.parquet")["n_lost"].tolist() == [100]
        assert pq.read_schema(out / "emg.parquet").field("Biceps").metadata == {b"unit": "µV".encode()}


def test_memory_does_not_grow(tmp_path, monkeypatch):
    out = steady(tmp_path, "parquet", "out", monkeypatch, file="emg.parquet")
    stops(lambda progress: import_file(out, tmp_path / "stopped.myo", progress), tmp_path / "stopped.myo")


def test_strangers_tables(tmp_path):
    table = pa.table(
        {
            "when [ms]": pa.array(["a"] * 50),
            "t (ms)": np.arange(50) * 10,
            "a": np.arange(50, dtype=np.float32),
            "b": pa.array([None if i == 3 else i for i in range(50)], pa.int16()),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    imported = import_file(tmp_path / "x.parquet", tmp_path / "x.myo")
    assert "when [ms]" in " ".join(imported.notes)
    with open_session(imported.path) as session:
        stream = session.streams["table"]
        data, timestamps = stream.read()
        assert (stream.info.fs, stream.info.channel_names) == (100, ("a", "b"))
        np.testing.assert_array_equal(data[:, 0], np.arange(50))
        assert np.flatnonzero(np.isnan(data[:, 1])).tolist() == [3]
        np.testing.assert_allclose(timestamps, np.arange(50) / 100)


def test_times_of_day(tmp_path):
    when = np.datetime64("2026-11-20T10:00:00") + np.arange(20) * np.timedelta64(5, "ms")
    pq.write_table(pa.table({"x": np.arange(20.0), "stamp": when}), tmp_path / "x.parquet")
    with open_session(import_file(tmp_path / "x.parquet", tmp_path / "x.myo").path) as session:
        assert session.streams["table"].info.fs == 200
        assert session.streams["table"].first_timestamp == when[0].astype("datetime64[s]").astype(int)


def test_bad_tables_are_one_sentence(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"time": np.arange(1000.0), "a": np.arange(1000.0)}), path)
    good = path.read_bytes()
    rng = np.random.default_rng(1)
    for i in range(24):
        bad = bytearray(good)
        if i % 3 == 0:
            bad = bad[: rng.integers(0, len(bad))]
        else:
            for at in rng.integers(0, len(bad), 3) if i % 3 == 1 else rng.integers(len(bad) - 800, len(bad), 3):
                bad[at] = rng.integers(0, 256)
        path.write_bytes(bad)
        try:
            import_file(path, tmp_path / f"{i}.myo")
        except SessionError:
            assert not (tmp_path / f"{i}.myo").exists()
    # Dictionary and run lengths make many rows of few bytes.
    n = 5 * 10**7
    pq.write_table(pa.table({"time": np.zeros(n), "a": np.zeros(n, np.int8)}), path, row_group_size=n)
    with pytest.raises(SessionError, match="That cannot be|has a row group"):
        import_file(path, tmp_path / "bomb.myo")
    pq.write_table(pa.table({"a": ["x"], "b": ["y"]}), path)
    with pytest.raises(SessionError, match="needs a column of times"):
        import_file(path, tmp_path / "text.myo")


TIMES = np.arange(6) / 100


@pytest.mark.parametrize(
    ("columns", "dtype", "values", "note"),
    [
        # A structure has two columns in the file, so the numbers of columns differ from those of fields.
        ({"s": pa.array([{"x": 1, "y": 2}] * 6), "a": pa.array([1, None, 3, 4, 5, 6], pa.int64())}, "float64",
         [1, np.nan, 3, 4, 5, 6], "kept together as float64"),
        ({"a": pa.array([2**63 + 1] * 6, pa.uint64()), "b": pa.array([-1] * 6, pa.int64())}, "float64",
         [2.0**63, -1] * 6, "whole numbers beyond 2**53 are rounded"),
        ({"a": pa.array([2**62 + 1] * 6, pa.int64())}, "int64", [2**62 + 1] * 6, ""),
        ({"a": pa.array([1, None, 3, 4, 5, 6], pa.int16())}, "float64", [1, np.nan, 3, 4, 5, 6], ""),
    ],
)  # fmt: skip
def test_whole_numbers_stay_or_their_rounding_is_said(columns, dtype, values, note, tmp_path):
    pq.write_table(pa.table({"time": pa.array(TIMES), **columns}), tmp_path / "x.parquet")
    imported = import_file(tmp_path / "x.parquet", tmp_path / "x.myo")
    assert any("float64" in one for one in imported.notes) == bool(note)
    assert note in " ".join(imported.notes)
    with open_session(imported.path) as session:
        stream = session.streams["table"]
        assert stream.info.dtype == dtype
        np.testing.assert_array_equal(stream.read()[0].ravel(), np.array(values, dtype))


def test_empty_cells_that_a_file_denies_are_refused(tmp_path, monkeypatch):
    pq.write_table(pa.table({"time": TIMES, "a": pa.array([1, None, 3, 4, 5, 6], pa.int64())}), tmp_path / "x.parquet")
    monkeypatch.setattr(parquet_reading, "_nulls", lambda *_: False)
    with pytest.raises(SessionError, match="empty cells where it says it has none"):
        import_file(tmp_path / "x.parquet", tmp_path / "x.myo")


@pytest.fixture
def folder(tmp_path):
    with open_session(rich(tmp_path / "a.myo", 400)) as session:
        return export_session(session, "parquet", tmp_path / "a-parquet").path


def test_a_copy_beside_a_file_does_not_double_its_samples(folder, tmp_path):
    shutil.copy(folder / "emg.parquet", folder / "emg (copy).parquet")
    imported = import_file(folder / "emg.parquet", tmp_path / "b.myo")
    assert "emg (copy).parquet holds emg, as another file does, and was left out." in imported.notes
    same(tmp_path / "a.myo", imported.path)


def test_one_file_alone_says_what_is_missing(folder, tmp_path):
    (tmp_path / "alone").mkdir()
    shutil.copy(folder / "emg.parquet", tmp_path / "alone")
    imported = import_file(tmp_path / "alone" / "emg.parquet", tmp_path / "b.myo")
    assert imported.notes == ["Not beside it, so left out: force."]


def described(file, change):
    """Write a file of ours anew, with another description."""
    read = pq.read_table(file)
    said = json.loads(read.schema.metadata[b"myoscope"])
    change(said)
    pq.write_table(read.replace_schema_metadata({"myoscope": json.dumps(said)}), file)


@pytest.mark.parametrize("order", [[["emg"]], 5, {"emg": 1}, "emg", None])
def test_an_order_of_anything_does_no_harm(order, folder, tmp_path):
    for file in folder.glob("*.parquet"):
        described(file, lambda said: said.update(order=order))
    with open_session(import_file(folder / "emg.parquet", tmp_path / "b.myo").path) as session:
        assert set(session.streams) == {"emg", "force"}


@pytest.mark.parametrize("times", [pa.array([None, 1.0], pa.float64()), pa.array(["x", "y"]), pa.array([True, False])])
def test_events_at_no_time_are_left_out(times, folder, tmp_path):
    file = folder / "events.parquet"
    read = pq.read_table(file)
    pq.write_table(read.set_column(0, "time", times).replace_schema_metadata(read.schema.metadata), file)
    with open_session(import_file(folder / "emg.parquet", tmp_path / "b.myo").path) as session:
        assert len(session.events) <= 2


def test_columns_of_text_are_no_samples(folder, tmp_path):
    file = folder / "emg.parquet"
    read = pq.read_table(file)
    texts = pa.array(["1"] * 400)
    pq.write_table(read.set_column(1, read.column_names[1], texts).replace_schema_metadata(read.schema.metadata), file)
    with pytest.raises(SessionError, match="not the columns that it describes"):
        import_file(file, tmp_path / "b.myo")


def test_a_person_is_heard_within_a_file(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_reading, "PIECE_BYTES", 2**10)
    shares = []
    import_file(folder / "emg.parquet", tmp_path / "b.myo", shares.append)
    assert len({share for share in shares if 0 < share < 1}) > 10
