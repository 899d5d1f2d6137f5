"""Channels: flat, clipped, missing values, against numpy; and what is told of gaps and chunks."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.recordings import open_session
from myoscope.recordings.figures import N_COLUMNS, measure_samples, raw_limits
from myoscope.recordings.layout import CHECKSUMS, read_json
from myoscope.recordings.progress import no_progress
from myoscope.recordings.report import make_report
from myoscope.recordings.report_html import html
from myoscope.recordings.report_text import text
from myoscope.sources import Block, StreamInfo, names

from .sessions import EMG, recorded, recorder

FS = 1000.0


def kept(folder, data, **info):
    """Record some samples; return the session's folder."""
    made = recorder(folder / f"{len(list(folder.iterdir()))}.myo", chunk_seconds=0.7)
    sink = made.sink("emg")
    described = {"unit": "µV", "dtype": data.dtype.name, "channel_names": names("ch", data.shape[1]), **info}
    sink.open(StreamInfo(fs=FS, **described))
    for first in range(0, len(data), 250):
        rows = data[first : first + 250]
        sink.write(Block(rows, 10 + np.arange(first, first + len(rows)) / FS))
    made.close()
    return made.path


def measured(folder, data, **info):
    path = kept(folder, data, **info)
    with open_session(path) as session:
        stream = session.streams["emg"]
        known = read_json(path / CHECKSUMS)["emg"]
        return measure_samples(stream, known, (10.0, 10 + len(data) / FS), no_progress)


def figure(report, key):
    return next(f for f in report.streams[0].figures if f.key == key)


DTYPES = ["uint8", "int16", "int64", "float32", "float64"]


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.sampled_from(DTYPES), st.integers(1, 4), st.integers(1100, 2100))
def test_shares_and_extremes_are_those_of_numpy(tmp_path_factory, seed, dtype, n_channels, n):
    random = np.random.default_rng(seed)
    data = np.round(random.normal(60, 20, (n, n_channels))).astype(dtype)
    if data.dtype.kind == "f":
        data[random.random(data.shape) < 0.01] = np.nan
        data[5, 0] = np.inf
    found = measured(tmp_path_factory.mktemp("same"), data, scale=-0.5)
    channels = found.channels
    value = np.where(np.isfinite(data), data.astype(np.float64), np.nan) * -0.5
    for i in range(n_channels):
        heard = value[np.isfinite(value[:, i]), i]
        assert channels.missing[i] == pytest.approx(1 - len(heard) / n)
        assert channels.spread[i] == pytest.approx(heard.std(), rel=1e-9)
        assert (channels.lowest[i], channels.highest[i]) == (heard.min(), heard.max())
        if len(heard) == n:
            assert channels.flat[i] == pytest.approx(np.mean(np.diff(heard) == 0))
    assert (found.n_chunks, found.n_checked, found.wrong) == (-(-n // 1024), -(-n // 1024), ())
    assert [len(strip) for strip in found.strips] == [N_COLUMNS] * n_channels


def test_clipping_at_known_limits_counts_what_comes_within_a_thousandth(tmp_path):
    random = np.random.default_rng(2)
    data = np.clip(random.normal(0, 12_000, (4000, 3)), -32768, 32767).astype("int16")
    data[:, 1] //= 8
    found = measured(tmp_path, data)
    low, high = raw_limits(StreamInfo(fs=FS, sample_shape=(3,), dtype="int16"))
    wanted = ((data >= high) | (data <= low)).mean(axis=0)
    np.testing.assert_allclose(found.channels.clipped, wanted)
    assert found.channels.clipped[1] == 0
    assert "c" in found.strips[0]
    assert "c" not in found.strips[1]


def test_flat_tops_are_found_where_no_limit_is_known(tmp_path):
    t = np.arange(4000) / FS
    wave = 300 * np.sin(2 * np.pi * 7 * t)
    random = np.random.default_rng(3)
    data = np.stack([np.clip(wave, -200, 200), wave, random.normal(0, 100, 4000)], axis=1).astype("float32")
    found = measured(tmp_path, data)
    top, bottom = (np.isclose(data[:, 0], end).mean() for end in (200, -200))
    assert found.channels.clipped[0] == pytest.approx(top + bottom)
    np.testing.assert_allclose(found.channels.clipped[1:], 0, atol=1e-3)


def test_every_kind_of_bad_channel_is_named_with_what_to_do(tmp_path):
    random = np.random.default_rng(4)
    data = random.normal(0, 20, (6000, 6)).astype("float32")
    data[:, 1] = 7
    data[2000:4000, 2] = data[2000, 2]
    data[:, 3] = np.clip(data[:, 3] * 50, -100, 100)
    data[100:200, 4] = np.nan
    report = make_report(kept(tmp_path, data, device={"range": [-100, 100]}))
    assert report.ok, "the recording bears itself out; its signals are another matter"
    assert report.verdict == "bad"
    flat, clipped, missing = (figure(report, key) for key in ("flat", "clipped", "missing"))
    assert (flat.verdict, flat.value) == ("bad", "2 / 6")
    assert "ch_02 (100 %)" in flat.sentence
    assert "ch_03" in flat.sentence
    assert (clipped.verdict, clipped.value) == ("bad", "1 / 6")
    assert "ch_04" in clipped.sentence
    assert (missing.verdict, missing.value) == ("bad", "1 / 6")
    assert "ch_05" in missing.sentence
    verdicts = report.streams[0].verdicts
    assert verdicts["flat"] == ["ok", "bad", "look", "ok", "ok", "ok"]
    assert verdicts["clipped"] == ["ok", "ok", "ok", "bad", "ok", "ok"]
    assert "x" in report.streams[0].samples.strips[4]
    assert report.streams[0].samples.strips[1].strip("f") == ""


def test_a_channel_stuck_at_the_limit_is_overdriven_rather_than_off(tmp_path):
    data = np.random.default_rng(5).integers(-1000, 1000, (3000, 2)).astype("int16")
    data[:, 1] = 32767
    verdicts = make_report(kept(tmp_path, data)).streams[0].verdicts
    assert (verdicts["flat"][1], verdicts["clipped"][1]) == ("ok", "bad")


def test_pictures_and_places_may_stand_still(tmp_path):
    made = recorder(tmp_path / "frames.myo")
    sink = made.sink("emg")
    sink.open(StreamInfo(fs=30.0, sample_shape=(4, 4), dtype="uint8"))
    sink.write(Block(np.zeros((300, 4, 4), dtype="uint8"), np.arange(300) / 30))
    made.close()
    report = make_report(made.path)
    assert (figure(report, "flat").verdict, figure(report, "clipped").verdict) == ("ok", "ok")


def test_gaps_are_summed_by_cause_the_dearest_first(tmp_path):
    made = recorder(tmp_path / "gaps.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    at = 0
    for lost in (0, 3, 0, 500, 4):
        at += lost
        sink.write(Block(np.zeros((100, 4), dtype="int16") + np.int16(at), 1 + (at + np.arange(100)) / 2000, lost))
        at += 100
        if lost == 500:
            sink.open(EMG)
    made.close()
    report = make_report(made.path)
    stream = report.streams[0]
    assert list(stream.by_cause.items()) == [("device", (2, 503)), ("reconnected", (1, 4))]
    told = figure(report, "gaps")
    assert told.verdict == "bad"
    assert "device: 2 (503), reconnected: 1 (4)" in told.sentence
    assert "bring the receiver closer" in told.sentence
    counted = figure(report, "samples")
    assert (counted.value, counted.verdict) == ("500 / 1,007", "bad")
    assert stream.to_json()["gaps_by_cause"]["device"] == {"n": 2, "n_lost": 503}


def test_a_wrong_chunk_is_named_with_its_rows_and_the_others_are_measured(tmp_path):
    session = recorded(tmp_path / "wrong.myo", 5000, chunk_seconds=0.01)
    chunk = session / "emg" / "samples" / "c.1.0"
    data = bytearray(chunk.read_bytes())
    data[99] ^= 4
    chunk.write_bytes(data)
    (session / "emg" / "timestamps" / "c.3").unlink()
    report = make_report(session)
    missing = session / "emg" / "timestamps" / "c.3"
    problem = f"{missing} is missing, and its 1,024 rows with it. Restore it from a copy."
    assert report.problems[:2] == (
        "emg: samples 1,024 to 2,047 are not what was recorded (checksum of c.1.0). Restore it from a copy.",
        f"emg: samples and timestamps 3,072 to 4,095 cannot be read: {problem}",
    )
    chunks = figure(report, "checksums")
    assert (chunks.value, chunks.verdict) == ("3 / 5", "bad")
    assert figure(report, "flat").verdict == "ok"


def test_a_recording_that_runs_is_looked_at_as_far_as_it_is(tmp_path):
    made = recorder(tmp_path / "now.myo")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(Block(np.ones((100, 4), dtype="int16"), np.arange(100) / 2000))
    made.step(0)
    report = make_report(made.path)
    assert report.ok
    assert report.figures[0].value == "recording"
    made.close()
    assert make_report(made.path).figures[0].verdict == "ok"


def test_work_can_be_stopped_and_tells_how_far_it_is(tmp_path):
    session = recorded(tmp_path / "long.myo", 9000, chunk_seconds=0.01)
    shares = []
    make_report(session, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert len(shares) > 8


def test_a_strangers_lines_and_checksums_do_no_harm(tmp_path):
    session = recorded(tmp_path / "strange.myo", 300)
    huge = "1" + "0" * 400
    (session / "clock.jsonl").write_text(
        f'{{"kind":"utc","t":{huge},"utc":"2026-11-20T10:00:00+00:00"}}\n{{"kind":"utc","t":1,"utc":"9999"}}\n'
        f'{{"kind":"source","stream":"emg","t":1e308,"offset_s":-1e308}}\n'
        f'{{"kind":"source","stream":"emg","t":[],"offset_s":true,"uncertainty_s":{huge}}}\n',
        encoding="utf-8",
    )
    events = f'{{"t":{huge},"kind":"marker"}}\n{{"t":1,"kind":"edit","of_t":[]}}\n'
    (session / "events.jsonl").write_text(events, encoding="utf-8")
    (session / "gaps.jsonl").write_text(
        '{"stream":"emg","t_first":-1e308,"t_last":1e308,"sample":5,"n_lost":9223372036854775807,"cause":"<b>"}\n',
        encoding="utf-8",
    )
    (session / "checksums.json").write_text(
        '{"emg":{"n_rows":[1],"n_lost":{},"chunks":[[300,1,"x"],7]}}', encoding="utf-8"
    )
    report = make_report(session)
    assert not report.ok
    assert report.n_events == 1
    assert text(report)
    assert "<b>" not in html(report)
    json.dumps(report.to_json(), allow_nan=False)
