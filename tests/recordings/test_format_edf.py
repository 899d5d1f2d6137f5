"""EDF+ and BDF+ out and in, read by edfio, pyedflib and MNE; files of others as they come."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

import numpy as np
import pytest

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.about import About
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session, import_file
from myoscope.sources import Event, StreamInfo, names

from .exported import T0, changed, rich, rich_irregular, steady, stops

KINDS = ("edf", "bdf")


def exported(made, kind, tmp_path, **options):
    with open_session(made) as session:
        return export_session(session, kind, tmp_path / f"out.{kind}", **options)


def in_unit(stream):
    return stream.read()[0].reshape(stream.n_samples, -1) * stream.info.scales


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("float_emg", [True, False])
def test_a_session_comes_back(kind, float_emg, tmp_path):
    made = rich(tmp_path / "a.myo", float_emg=float_emg)
    out = exported(made, kind, tmp_path)
    said = " ".join(out.notes)
    assert "padding" in said
    assert ("every sample is exact" in said.split("force")[0]) != float_emg
    back = import_file(out.path, tmp_path / "b.myo")
    with open_session(made) as a, open_session(back.path) as b:
        assert list(a.streams) == list(b.streams)
        for name, stream in a.streams.items():
            read = b.streams[name]
            assert (read.info.fs, read.info.unit, read.info.labels) == (
                stream.info.fs,
                stream.info.unit,
                stream.info.labels,
            )
            if "int" in stream.info.dtype:
                np.testing.assert_array_equal(read.read()[0], stream.read()[0])
                assert (read.info.scale, read.info.dtype) == (stream.info.scale, stream.info.dtype)
            else:
                assert np.abs(in_unit(read) - in_unit(stream)).max() <= 0.501 * max(read.info.scales)
            times = [one.read()[1] - one.first_timestamp for one in (stream, read)]
            np.testing.assert_allclose(times[1], times[0], rtol=0, atol=1e-9)
        assert [gap._replace(t_first=0, t_last=0) for gap in b.gaps] == [
            gap._replace(t_first=0, t_last=0) for gap in a.gaps
        ]
        shift = a.streams["emg"].first_timestamp - b.streams["emg"].first_timestamp
        assert [event._replace(t=round(event.t + shift, 6)) for event in b.events] == [
            event._replace(t=round(event.t, 6)) for event in a.events
        ]
        assert b.subject == "S07"
        began = [datetime.fromisoformat(one.created).timestamp() for one in (a, b)]
        assert began[1] + b.streams["emg"].first_timestamp - (began[0] + 5) == pytest.approx(0, abs=5e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_edfio_reads_every_value(kind, tmp_path):
    import edfio

    made = rich(tmp_path / "a.myo", float_emg=False)
    out = exported(made, kind, tmp_path).path
    read = edfio.read_edf(out) if kind == "edf" else edfio.read_bdf(out)
    assert [signal.label for signal in read.signals] == ["Biceps", "_2+2", "Uberlang: Trizep", "Fz"]
    assert [signal.sampling_frequency for signal in read.signals] == [2000, 2000, 2000, 100]
    assert (read.patient.code, read.recording.equipment_code, read.patient.name) == ("S07", "myoscope", "X")
    said = [one.text for one in read.annotations]
    assert 'marker: @lift | a, "b"\u2028c' in said
    assert "gap: 100 samples of emg lost, reconnected" in said
    assert "channel 3 is Überlang: Trizeps, caput longum" in said
    with open_session(made) as session:
        values = in_unit(session.streams["emg"])
        for i in range(3):
            told = read.signals[i].data
            np.testing.assert_allclose(told[:2000], values[:2000, i], atol=1e-9)
            np.testing.assert_allclose(told[2000:2100], 0, atol=1e-9)
            np.testing.assert_allclose(told[2100:4100], values[2000:, i], atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_pyedflib_and_mne_read_every_value(kind, tmp_path):
    import mne
    import pyedflib

    made = rich(tmp_path / "a.myo", 2000, float_emg=True)
    out = exported(made, kind, tmp_path).path
    with open_session(made) as session:
        values = in_unit(session.streams["emg"])
    with pyedflib.EdfReader(str(out)) as read:
        steps = [
            (read.getPhysicalMaximum(i) - read.getPhysicalMinimum(i)) / (2 ** (16 if kind == "edf" else 24))
            for i in range(3)
        ]
        told = np.stack([read.readSignal(i) for i in range(3)], axis=1)
        assert np.abs(told[:1000] - values[:1000]).max() <= max(steps)
        assert read.getPatientCode() == "S07"
        assert "gap: 100 samples of emg lost, reconnected" in read.readAnnotations()[2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        raw = (mne.io.read_raw_edf if kind == "edf" else mne.io.read_raw_bdf)(out, verbose="error")
    assert np.abs(raw.get_data(picks=[0])[0, :1000] * 1e6 - values[:1000, 0]).max() <= max(steps) * 1.01
    assert raw.info["sfreq"] == 2000


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_gap_is_no_data(kind, tmp_path):
    info = StreamInfo(fs=34000 / 27, channel_names=names("m", 2), unit="mV", dtype="int16", scale=0.001)
    data = np.arange(6000, dtype=np.int16).reshape(3000, 2)
    with SessionBuilder(tmp_path / "a.myo", About(name="x"), clock_at_created=T0) as builder:
        builder.stream("emg", info)
        builder.write("emg", data[:1000], T0 + np.arange(1000) / info.fs)
        builder.write("emg", data[1000:], T0 + 3600 + np.arange(2000) / info.fs, 4_532_333, "reconnected")
        builder.gap("emg", T0 + 3610, T0 + 3610, 7, "disk full")
        builder.event(Event(T0 + 3600.5, "marker", "after"))
        made = builder.finish()
    out = exported(made, kind, tmp_path)
    assert "discontinuous: 2 parts" in " ".join(out.notes)
    assert out.path.stat().st_size < 60_000
    assert out.path.read_bytes()[192:197] == f"{kind.upper()}+D".encode()
    with open_session(import_file(out.path, tmp_path / "b.myo").path) as session:
        emg = session.streams["emg"]
        read, timestamps = emg.read()
        np.testing.assert_array_equal(read, data)
        assert (emg.info.fs, emg.info.scale, emg.info.unit) == (info.fs, 0.001, "mV")
        assert timestamps[1000] - timestamps[0] == pytest.approx(3600, abs=1 / info.fs)
        assert [(gap.sample, gap.n_lost, gap.cause) for gap in session.gaps] == [
            (1000, 4_532_333, "reconnected"), (3000 + 4_532_333, 7, "disk full"),
        ]  # fmt: skip
        assert session.events[0].t - timestamps[0] == pytest.approx(3600.5, abs=1e-3)
    import mne

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        raw = (mne.io.read_raw_edf if kind == "edf" else mne.io.read_raw_bdf)(out.path, verbose="error")
    assert raw.info["sfreq"] == pytest.approx(info.fs)
    np.testing.assert_allclose(raw.get_data()[0, :1000], data[:1000, 0] * 1e-6, atol=1e-12)


def test_what_has_no_rate_is_left_out_and_said(tmp_path):
    out = exported(rich_irregular(tmp_path / "a.myo"), "bdf", tmp_path)
    said = " ".join(out.notes)
    assert "presses is left out: it has no rate" in said
    assert "shape (4, 3) became 12 channels" in said
    with open_session(import_file(out.path, tmp_path / "b.myo").path) as session:
        assert list(session.streams) == ["markers"]
        assert session.streams["markers"].info.labels[:2] == ("markers_1", "markers_2")


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_that_changed_and_one_that_is_empty(kind, tmp_path):
    made = changed(tmp_path / "a.myo")
    out = exported(made, kind, tmp_path)
    assert "empty is left out: it is empty." in out.notes
    assert b"0:int16:emg " in out.path.read_bytes()[:4096]
    with open_session(import_file(out.path, tmp_path / "b.myo").path) as read, open_session(made) as session:
        assert list(read.streams) == ["emg", "emg_2"]
        for one, other in zip(read.streams.values(), session.streams.values(), strict=False):
            np.testing.assert_array_equal(one.read()[0], other.read()[0])
        found = [(gap.stream, gap.sample, gap.n_lost, gap.cause) for gap in read.gaps]
        assert found == [("emg_2", 300, 200, "disk full")]


def test_volts_keep_their_digits(tmp_path):
    rng = np.random.default_rng(3)
    data = (rng.normal(size=(1000, 2)) * 1e-4).astype(np.float32)
    with SessionBuilder(tmp_path / "a.myo") as builder:
        builder.stream("emg", StreamInfo(fs=1000, channel_names=("a", "b"), unit="V"))
        builder.write("emg", data, np.arange(1000) / 1000)
        made = builder.finish()
    out = exported(made, "bdf", tmp_path)
    assert "unit V is written as mV" in " ".join(out.notes)
    with open_session(import_file(out.path, tmp_path / "b.myo").path) as session:
        assert session.streams["emg"].info.unit == "mV"
        np.testing.assert_allclose(in_unit(session.streams["emg"]), data * 1e3, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow(kind, tmp_path, monkeypatch):
    out = steady(tmp_path, kind, f"out.{kind}", monkeypatch)
    stops(lambda progress: import_file(out, tmp_path / "stopped.myo", progress), tmp_path / "stopped.myo")
    with open_session(tmp_path / "2.myo") as session:
        stops(lambda progress: export_session(session, kind, tmp_path / f"x.{kind}", progress), tmp_path / f"x.{kind}")


def test_files_of_others(tmp_path):
    import edfio

    rng = np.random.default_rng(1)
    eeg, ecg, ramp = rng.normal(size=(3, 1000)) * 50
    signals = [
        edfio.EdfSignal(eeg, 100, label="EEG Fpz", physical_dimension="uV", physical_range=(-300, 300)),
        edfio.EdfSignal(ecg, 100, label="EEG Cz", physical_dimension="uV", physical_range=(-300, 300)),
        edfio.EdfSignal(
            abs(ramp[:100]) + 1000, 10, label="Temp", physical_dimension="degC", physical_range=(900, 1400)
        ),
    ]
    notes = [edfio.EdfAnnotation(1.5, 0.5, "Lights off"), edfio.EdfAnnotation(2.25, None, "marker: not ours")]
    edfio.Edf(
        signals, annotations=notes, recording=edfio.Recording(startdate=datetime(2001, 2, 3, tzinfo=UTC).date())
    ).write(tmp_path / "x.edf")
    imported = import_file(tmp_path / "x.edf", tmp_path / "x.myo")
    with open_session(imported.path) as session:
        assert session.created.startswith("2001-02-03")
        assert list(session.streams) == ["eeg", "signals"]
        one, other = session.streams.values()
        assert (one.info.fs, one.info.unit, one.info.dtype, other.info.unit) == (100, "µV", "float64", "°C")
        np.testing.assert_allclose(in_unit(one)[:, 0], signals[0].data, atol=1e-9)
        np.testing.assert_allclose(in_unit(other)[:, 0], signals[2].data, atol=1e-9)
        assert [(event.t, event.kind, event.label) for event in session.events] == [
            (1.5, "annotation", "Lights off"), (2.25, "annotation", "marker: not ours"),
        ]  # fmt: skip


def test_a_bdf_of_others(tmp_path):
    import pyedflib

    data = np.random.default_rng(2).integers(-(2**22), 2**22, (2, 2000), dtype=np.int32)
    with pyedflib.EdfWriter(str(tmp_path / "x.bdf"), 2, pyedflib.FILETYPE_BDFPLUS) as file:
        for i in range(2):
            file.setSignalHeader(i, {"label": f"c{i}", "dimension": "uV", "sample_frequency": 1000, "transducer": "",
                                     "physical_min": -262144, "physical_max": 262143, "digital_min": -(2**23),
                                     "digital_max": 2**23 - 1, "prefilter": ""})  # fmt: skip
        file.writeSamples(list(data), digital=True)
        file.writeAnnotation(0.5, -1, "go")
    with open_session(import_file(tmp_path / "x.bdf", tmp_path / "x.myo").path) as session:
        (stream,) = session.streams.values()
        told = in_unit(stream)
        gain = (262143 + 262144) / (2**24 - 1)
        np.testing.assert_allclose(told, ((data + 2**23) * gain - 262144).T, rtol=0, atol=1e-6)
        assert session.events[0].label == "go"


def test_files_that_are_cut_off_or_damaged(tmp_path):
    out = exported(rich(tmp_path / "a.myo", 2000, float_emg=False), "edf", tmp_path).path
    good = out.read_bytes()
    path = tmp_path / "x.edf"
    path.write_bytes(good[:-3000])
    imported = import_file(path, tmp_path / "cut.myo")
    assert "cut off" in imported.notes[0]
    rng = np.random.default_rng(4)
    n_read = 0
    for i in range(24):
        bad = bytearray(good)
        for at in rng.integers(0, 256 * 6 if i % 2 else len(bad), 4):
            bad[at] = rng.integers(0, 256) if i % 4 else rng.choice(list(b"0123456789-. "))
        path.write_bytes(bad)
        try:
            import_file(path, tmp_path / f"{i}.myo")
            n_read += 1
        except SessionError:
            assert not (tmp_path / f"{i}.myo").exists()
    assert n_read > 5
    path.write_bytes(good[:700])
    with pytest.raises(SessionError, match="cut off"):
        import_file(path, tmp_path / "short.myo")
    path.write_bytes(b"")
    with pytest.raises(SessionError, match="neither EDF nor BDF"):
        import_file(path, tmp_path / "empty.myo")
