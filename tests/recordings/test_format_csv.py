"""Tables out and in, read by pandas; strangers' tables as they come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.csv_cells import safe, times, unsafe
from myoscope.recordings.formats import export_session, import_file

from .exported import changed, rich, rich_irregular, same, steady, stops


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("make", [rich, rich_irregular, changed])
def test_a_folder_of_tables_is_the_session_again(make, tmp_path):
    made = make(tmp_path / "a.myo")
    with open_session(made) as session:
        out = export_session(session, "csv", tmp_path / "a-csv").path
        first = next(iter(session.streams))
    back = import_file(out / f"{first}.csv", tmp_path / "b.myo")
    same(made, back.path)
    assert "whole session" in back.notes[0]


def test_pandas_reads_every_value(tmp_path):
    import pandas

    with open_session(rich(tmp_path / "a.myo", float_emg=False)) as session:
        out = export_session(session, "csv", tmp_path / "a-csv").path
        emg = session.streams["emg"]
        table = pandas.read_csv(out / "emg.csv")
        data, timestamps = emg.read()
        assert list(table.columns)[:3] == ["time [s] at 2000 Hz", "Biceps [µV]", "'=2+2 [µV]"]
        np.testing.assert_array_equal(table.to_numpy()[:, 1:], data * 0.195)
        np.testing.assert_allclose(table.to_numpy()[:, 0], timestamps - timestamps[0], atol=1e-9, rtol=0)
        events = pandas.read_csv(out / "events.csv")
        assert events["label"][0] == "'@lift"
        assert pandas.read_csv(out / "gaps.csv")["lost"].tolist() == [100]


def test_memory_does_not_grow(tmp_path, monkeypatch):
    out = steady(tmp_path, "csv", "out", monkeypatch, file="emg.csv", n=2000)
    stops(lambda progress: import_file(out, tmp_path / "stopped.myo", progress), tmp_path / "stopped.myo")


@pytest.mark.parametrize(
    ("text", "options", "names", "unit", "fs", "values"),
    [
        ("time [s],a [mV],b [mV]\n0,1,2\n0.001,3,4\n0.002,5,6\n", {}, ("a", "b"), "mV", 1000, [1, 2, 3, 4, 5, 6]),
        ("Zeit (ms);links;rechts\n0;1,5;2\n10;-3,25;\n20;1e-3;4\n", {}, ("links", "rechts"), "", 100,
         [1.5, 2, -3.25, np.nan, 1e-3, 4]),
        ("a\tb\n1\t2\n3\t4\n", {"fs": "500", "unit": "V"}, ("a", "b"), "V", 500, [1, 2, 3, 4]),
        ("1,2\n3,4\n", {"fs": 250.0}, ("ch_0", "ch_1"), "", 250, [1, 2, 3, 4]),
        ("By X\nSampling rate: 2 kHz\n\nx [µV],y [g]\n1,2\n3,4\n", {}, ("x [µV]", "y [g]"), "", 2000, [1, 2, 3, 4]),
        ("# made by hand\n 1.0  2.0\n 3.0  4.0\n", {"fs": "100"}, ("ch_0", "ch_1"), "", 100, [1, 2, 3, 4]),
        ("t,a,\n0,1,\n1,2,\n2,3,\n", {}, ("a",), "", 1, [1, 2, 3]),
    ],
)  # fmt: skip
def test_strangers_tables(text, options, names, unit, fs, values, tmp_path):
    imported = import_file(written(tmp_path / "x.csv", text), tmp_path / "x.myo", **options)
    with open_session(imported.path) as session:
        stream = session.streams["table"]
        assert (stream.info.channel_names, stream.info.unit, stream.info.fs) == (names, unit, fs)
        np.testing.assert_array_equal(stream.read()[0].ravel(), values)


def test_windows_and_utf_16_texts(tmp_path):
    text = "time [s];Größe [µV]\r\n0;1\r\n1;2\r\n2;3\r\n"
    for i, encoding in enumerate(("cp1252", "utf-16", "utf-8-sig")):
        imported = import_file(written(tmp_path / f"{i}.csv", text, encoding), tmp_path / f"{i}.myo")
        with open_session(imported.path) as session:
            assert session.streams["table"].info.channel_names == ("Größe",)
            assert session.streams["table"].info.unit == "µV"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rows of numbers"),
        ("hello\nworld\n", "no rows of numbers"),
        ("a,b\n1,2\n3,4\n", "fs=table=2000"),
        ("a,b\n1,2\n3\n5,6\n7,8\n", "Line 3 .* has 1 cells where 2 belong"),
        ("a,b\n1,2\n3,4\n5,x6\n7,8\n9,1\n", "Line 4 .* 'x6' in column 2"),
        ("a,b\n1,2\n1_0,4\n5,6\n", "Line 3 .* '1_0'"),
        ("time,b\n1,2\n,4\n5,6\n", "no time in row 2"),
        ("a,b\n1,2\n3,\0\n", "zero byte"),
        ("a,b\n1,2\n3,4\n" + "9" * 5_000_000, "over 4,194,304 characters"),
        ("a\n1\n2\n3\n" + '"' + "9\n" * 200_000, "cannot be read"),
        (",".join("1" for _ in range(5000)) + "\n", "no rows of numbers|4,096 channels|over"),
    ],
)
def test_bad_tables_are_one_sentence(text, said, tmp_path):
    options = {} if said.startswith("fs") else {"fs": "100"}
    with pytest.raises(SessionError, match=said):
        import_file(written(tmp_path / "x.csv", text), tmp_path / "x.myo", **options)
    assert not (tmp_path / "x.myo").exists()


def test_a_changed_folder_of_ours_is_told(tmp_path):
    with open_session(rich(tmp_path / "a.myo", 400)) as session:
        out = export_session(session, "csv", tmp_path / "a-csv").path
    (out / "force.csv").unlink()
    with pytest.raises(SessionError, match="force.csv is missing"):
        import_file(out / "emg.csv", tmp_path / "b.myo")
    (out / "force.csv").symlink_to(out / "emg.csv")
    with pytest.raises(SessionError, match="no plain file"):
        import_file(out / "emg.csv", tmp_path / "b.myo")
    about = out / "session.csv"
    about.write_bytes(about.read_bytes().replace(b"stream emg,", b"stream ../emg,"))
    with pytest.raises(SessionError, match="names streams that cannot be"):
        import_file(out / "emg.csv", tmp_path / "b.myo")


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("-3.5", "-3.5"), ("-cmd", "'-cmd"), ("µV", "µV"), ("+1e3", "+1e3"), ("'=x", "''=x")],
)
def test_formulas_are_made_harmless(text, cell):
    assert safe(text) == cell


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_every_text_comes_back_and_none_is_run(text):
    cell = safe(text)
    assert unsafe(cell) == text
    try:
        float(cell)
    except ValueError:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.floats(0, 1e9), st.lists(st.floats(0, 1e5), min_size=1, max_size=20))
def test_every_time_comes_back(zero, after):
    moments = np.array(after) + zero
    read = np.array([float(text) for text in times(moments, zero)]) + zero
    np.testing.assert_allclose(read, moments, rtol=2**-52, atol=0)
