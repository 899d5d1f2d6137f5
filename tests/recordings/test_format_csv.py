"""Tables out and in, read by pandas; strangers' tables as they come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError, csv_theirs, open_session
from myoscope.recordings.csv_cells import safe, times, unsafe
from myoscope.recordings.csv_lines import TextLines
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


@pytest.mark.parametrize(
    ("text", "fs", "note"),
    [
        # Greek mu, as a Mac writes it.
        ("time [\u03bcs],a\n0,1\n1000,2\n2000,3\n", 1000, "By its times it was sampled at 1000 Hz."),
        ("time [ticks],a\n0,1\n1,2\n2,3\n", 1,
         "The unit of its times, ticks, is not known; they were taken for seconds."),
        ("Bandpass 20-450 Hz\ntime,a\n0,1\n0.001,2\n0.002,3\n", 1000, "A line was left out."),
        ("Filter: 450 Hz\nSampling rate: 2,5 kHz\nx,y\n1,2\n3,4\n", 2500, "By its heading it was sampled at 2500 Hz."),
        ("time [s] at 10 Hz,a\n0,9007199254740993\n0.1,1\n", 10,
         "Numbers are kept as float64: of more than 15 digits the last ones are rounded."),
        ("time [s],a\n0,1\n2000,1\n4000,1\n", 0.0005, "By its times it was sampled at 0.0005 Hz."),
    ],
)  # fmt: skip
def test_what_is_taken_for_granted_is_said(text, fs, note, tmp_path):
    imported = import_file(written(tmp_path / "x.csv", text), tmp_path / "x.myo")
    assert note in imported.notes
    with open_session(imported.path) as session:
        assert session.streams["table"].info.fs == fs


def test_a_frequency_of_a_filter_is_no_rate(tmp_path):
    with pytest.raises(SessionError, match="does not say how fast"):
        import_file(written(tmp_path / "x.csv", "Bandpass 20-450 Hz\na,b\n1,2\n3,4\n"), tmp_path / "x.myo")


def test_lines_without_cells_are_passed_over_and_counted(tmp_path):
    text = "a,b\n1,2\n3,4\n" + "\n" * 300_000 + ",\r\n" * 200_000 + "5,x\n7,8\n"
    with pytest.raises(SessionError, match="Line 500004 .* 'x' in column 2"):
        import_file(written(tmp_path / "x.csv", text), tmp_path / "x.myo", fs=100)
    imported = import_file(written(tmp_path / "x.csv", text.replace("x", "6")), tmp_path / "x.myo", fs=100)
    with open_session(imported.path) as session:
        np.testing.assert_array_equal(session.streams["table"].read()[0], [[1, 2], [3, 4], [5, 6], [7, 8]])


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("1,2\n3", "The last line .* 1 cells where 2 belong. Was the file cut off"),
        ("1,2\n3,4e", "The last line .* '4e', which is no number"),
        ("1,2\n# end\n\n", "The last line .* 1 cells"),
        ('1,2\n"3","4"', ""),
        ("1,2,\n3,,\n", ""),
        ("1,2\n" + "3," + " " * 100_000 + "4", ""),
    ],
)
def test_the_end_is_looked_at_before_the_rest(end, said, tmp_path, monkeypatch):
    path = written(tmp_path / "x.csv", "a,b\n" + "1,2\n" * 2000 + end)
    if not said:
        with open_session(import_file(path, tmp_path / "x.myo", fs=100).path) as session:
            assert session.streams["table"].n_samples == 2002
        return
    monkeypatch.setattr("myoscope.recordings.csv_theirs.numbers", lambda *_: pytest.fail("rows were read before"))
    with pytest.raises(SessionError, match=said):
        import_file(path, tmp_path / "x.myo", fs=100)


def test_of_long_lines_few_are_looked_at(tmp_path):
    path = written(tmp_path / "x.csv", ("," * 60_000 + "\n") * 400)
    with path.open(newline="") as file:
        assert list(TextLines(file, path)) == []
    path = written(tmp_path / "y.csv", ("x" + "," * 60_000 + "\n") * 400)
    looked_at = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_theirs, "_cells", lambda line, delimiter: looked_at.append(len(line)) or [])
        with pytest.raises(SessionError, match="no rows of numbers"):
            csv_theirs.table_of(path)
    assert sum(looked_at) < 9 * (csv_theirs.HEAD_CHARS + 100_000)


def test_a_table_of_more_events_than_any_session_has_is_refused(tmp_path, monkeypatch):
    with open_session(rich(tmp_path / "a.myo", 400)) as session:
        out = export_session(session, "csv", tmp_path / "a-csv").path
    monkeypatch.setattr("myoscope.recordings.csv_ours.MAX_ROWS", 20)
    events = out / "events.csv"
    events.write_bytes(events.read_bytes() + b"1,a,b,c,d\r\n" * 30)
    with pytest.raises(SessionError, match="over 20 rows"):
        import_file(out / "emg.csv", tmp_path / "b.myo")
