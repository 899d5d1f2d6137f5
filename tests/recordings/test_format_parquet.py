"""Parquet out and in, read by pandas; strangers' tables as they come."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from myoscope.recordings import SessionError, open_session
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
