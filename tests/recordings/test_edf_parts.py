"""What EDF files are made of: rates, scales, annotations, headers, places."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from myoscope.recordings import SessionError
from myoscope.recordings.edf_annotations import Annotation, beginning, encode, place
from myoscope.recordings.edf_annotations import parse as parse_annotations
from myoscope.recordings.edf_grid import Numbers, Run, Segment, padding_of, runs_of
from myoscope.recordings.edf_header import BLOCK, Header, Signal, n_signals, parse
from myoscope.recordings.edf_rates import MAX_RECORD_BYTES, decimal, fraction_of, records_for
from myoscope.recordings.edf_scaling import Extremes, fits, plain, scales_for, stored
from myoscope.recordings.edf_texts import (
    event_text,
    labels_of,
    name_in_file,
    padding_text,
    parse_event,
    parse_padding,
    parse_signal_field,
    signal_field,
)
from myoscope.sources import Event, StreamInfo


@pytest.mark.parametrize(
    ("rate", "fraction"),
    [(1259.2593, (34000, 27)), (148.1481, (4000, 27)), (1925.926, (52000, 27)), (2000.0, (2000, 1)), (1 / 3, (1, 3)),
     (1000 / 3, (1000, 3)), (512.5, (1025, 2))],
)  # fmt: skip
def test_rates_are_the_fractions_that_devices_mean(rate, fraction):
    assert fraction_of(rate) == Fraction(*fraction)


@given(st.integers(100, 20_000), st.integers(1, 40), st.integers(5, 9))
def test_a_rate_that_was_rounded_is_the_fraction_it_was(numerator, denominator, digits):
    rate = Fraction(numerator, denominator)
    assume(rate > 10)
    said = round(float(rate), digits)
    if len(str(said).split(".")[1]) == digits:
        assert fraction_of(said) == rate
    else:
        # Its decimals end before: it is what it says.
        assert abs(fraction_of(said) - rate) <= Fraction(1, 10**5)


@given(st.decimals("0.01", 20_000, places=2))
def test_a_rate_of_two_decimals_is_what_it_says(rate):
    assert fraction_of(float(rate)) == Fraction(rate)


@settings(deadline=None)
@given(st.lists(st.floats(0.5, 20_000).map(lambda x: round(x, 3)), min_size=1, max_size=3), st.integers(1, 200))
def test_records_hold_whole_samples(rates, n_channels):
    asked = [fraction_of(rate) for rate in rates]
    try:
        found = records_for(asked, [3 * n_channels] * len(asked))
    except SessionError:
        assert len(asked) > 1
        return
    assert found.error <= 1e-3
    text = decimal(found.duration)
    assert len(text) <= 8
    assert Fraction(text) == found.duration
    for rate, kept, n in zip(asked, found.rates, found.n_samples, strict=True):
        assert kept * found.duration == n >= 1
        assert abs(float(kept / rate) - 1) <= found.error + 1e-12
    if len(rates) == 1 and rates[0] > 10:
        assert found.error < 1e-6


def test_rates_far_apart_share_long_records_or_are_refused():
    assert records_for([Fraction(2000), Fraction(1, 10)], [192, 3])[:2] == (10, (20000, 1))
    with pytest.raises(SessionError, match="Streams of 2000, 0.0001 Hz do not fit"):
        records_for([Fraction(2000), Fraction(1, 10_000)], [192, 3])


def test_records_are_as_short_as_the_specification_asks():
    found = records_for([Fraction(2000)], [64 * 3])
    assert found.n_samples[0] * 64 * 3 <= MAX_RECORD_BYTES
    assert records_for([Fraction(34000, 27), Fraction(4000, 27)], [48, 36]).error == 0


@settings(max_examples=50, deadline=None)
@given(st.fractions(-(10**6), 10**6, max_denominator=10**6), st.none() | st.integers(0, 10**6), st.text())
def test_annotations_come_back(onset, thousandths, text):
    onset = Fraction(round(onset * 10**6), 10**6)
    duration = None if thousandths is None else Fraction(thousandths, 1000)
    data = beginning(Fraction(3, 8)) + encode(Annotation(onset, duration, text)) + b"\0\0"
    begins, found = parse_annotations(data, "x")
    assert begins == Fraction(3, 8)
    kept = "".join(c if c in "\t\n\r" or not c < " " else " " for c in text)
    kept = kept.encode("utf-8", "replace").decode()
    if len(kept.encode()) <= 1000 and kept:
        assert found == [Annotation(onset, duration, kept)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 300)), max_size=40))
def test_annotations_all_find_a_place(wanted):
    annotations = [(record, Annotation(Fraction(record), None, "x" * n)) for record, n in wanted]
    placed = place(annotations, 10, 20, 3)
    assert placed.n_bytes % 3 == 0
    assert all(0 <= record < 10 and 20 + len(data) <= placed.n_bytes for record, data in placed.texts.items())
    found = [one for data in placed.texts.values() for one in parse_annotations(b"+0\x14\x14\0" + data, "x")[1]]
    assert sorted(len(one.text) for one in found) == sorted(n for _, n in wanted if n)


@pytest.mark.parametrize(
    "data", [b"+1\x14hello", b"1\x14a\x14\0", b"+x\x14a\x14\0", b"\xff\xfe\0", b"+1\x15\x14a\x14\0"]
)
def test_bad_annotations_are_one_sentence(data):
    with pytest.raises(SessionError, match="annotation that is none"):
        parse_annotations(data, "x")


@settings(deadline=None)
@given(
    st.sampled_from(["int16", "uint16", "int32", "int8"]),
    st.sampled_from([1.0, 0.5, 0.195, 4.5 / 24 / (2**23 - 1) * 1e6, 0.0488, 1e-3, -0.25, 2.0, 1000.0, -305.2]),
    st.integers(-(2**15), 2**15 - 1),
    st.integers(0, 2**15),
    st.sampled_from(["µV", "V", "g"]),
)
def test_whole_numbers_stay_what_they_are(dtype, scale, low, width, unit):
    ends = np.iinfo(dtype)
    low = int(np.clip(low, ends.min, ends.max))
    high = min(low + width, ends.max)
    info = StreamInfo(fs=100, channel_names=("a",), unit=unit, dtype=dtype, scale=scale)
    extremes = Extremes(np.array([low]), np.array([high]), 0)
    assume(fits(info, extremes))
    spelled, (one,) = scales_for(info, extremes, 24)
    assert len(one.physical_min) <= 8 >= len(one.physical_max)
    values = np.array([[low], [high], [(low + high) // 2]]).astype(dtype)
    signal = Signal("a", "", spelled, one.physical_min, one.physical_max, one.digital_min, one.digital_max, "", 1)
    digits = stored([one])(values).astype(object)
    volts = {"V": 0, "mV": 3, "µV": 6, "uV": 6, "nV": 9}
    power = volts.get(spelled, 0) - volts.get(unit, 0)
    told = np.array([float(signal.gain * int(d) + signal.offset) for d in digits.ravel()])
    np.testing.assert_allclose(
        told, values.ravel() * scale * 10.0**power, rtol=2e-6, atol=abs(scale) * 10.0**power / 50
    )
    assert one.is_whole or abs(scale) * 10.0**power * 2**15 < 1e-3
    assert digits.min() >= one.digital_min
    assert digits.max() <= one.digital_max


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.sampled_from([16, 24]))
def test_other_values_are_within_half_a_step(low, width, bits):
    high = low + width
    info = StreamInfo(fs=100, channel_names=("a",), unit="N")
    _, (one,) = scales_for(info, Extremes(np.array([low]), np.array([high]), 0), bits)
    values = np.linspace(low, high, 7)[:, None]
    signal = Signal("a", "", "N", one.physical_min, one.physical_max, one.digital_min, one.digital_max, "", 1)
    told = stored([one])(values) * float(signal.gain) + float(signal.offset)
    assert np.abs(told - values).max() <= one.step * 0.51 + 1e-12
    assert len(one.physical_min) <= 8 >= len(one.physical_max)


def test_what_is_no_number_becomes_zero():
    info = StreamInfo(fs=100, channel_names=("a",), unit="N")
    _, scales = scales_for(info, Extremes(np.array([-5.0]), np.array([5.0]), 2), 16)
    assert stored(scales)(np.array([[np.nan], [np.inf], [5.0]])).ravel().tolist() == [0, 0, 32767]


def test_plain_characters():
    assert plain("µV²", 8) == "uV2"
    assert plain("Größe 日", 16) == "Grosse _"
    assert labels_of(["Überlang: Trizeps, links", "Überlang: Trizeps, rechts", "", "EDF Annotations"]) == [
        "Uberlang: Trizep", "Uberlang: Triz~2", "channel", "EDF Annotation~2",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=30), max_size=30))
def test_labels_are_short_plain_and_different(names):
    labels = labels_of(names)
    assert len(set(labels)) == len(names)
    assert all(0 < len(label) <= 16 and label.isascii() and label.isprintable() for label in labels)


@pytest.mark.parametrize(
    "event", [Event(1.0, "marker", "@lift", 'a, "b"\nc'), Event(1.0, "cue", "später", "", "emg"), Event(1.0, "x", "")]
)
def test_events_come_back(event):
    assert parse_event(1.0, event_text(event)) == event


@given(st.integers(0, 4000), st.sampled_from(["int16", "float32"]), st.text("ab~.-_", min_size=1, max_size=80))
def test_streams_are_told_apart_in_32_characters(number, dtype, name):
    field = signal_field(number, dtype, name)
    read = parse_signal_field(field)
    assert len(field) <= 32
    assert read == (number, dtype, name_in_file(number, dtype, name))
    assert parse_padding(padding_text(7, read.name)) == (7, read.name)
    assert name_in_file(number, dtype, "x" * 40) != name_in_file(number + 1, dtype, "x" * 40)


def test_streams_share_records():
    segments = [[Segment(0, 100, 0), Segment(100, 50, 1000)], [Segment(0, 12, 1)]]
    runs = runs_of(segments, (20, 2))
    assert runs == [Run(0, 7), Run(50, 53)]
    assert list(padding_of(segments[0], runs, 20)) == [(100, 40), (1050, 10)]
    assert list(padding_of(segments[1], runs, 2)) == [(0, 1), (13, 1), (100, 6)]
    assert [Numbers(runs).of(record) for record in (0, 6, 7, 49, 50, 52, 99)] == [0, 6, 7, 7, 7, 9, 9]


SIGNAL = Signal("emg 1", "AgAgCl", "uV", "-100", "100.5", -32768, 32767, "HP:10Hz", 200, "0:int16:emg")
HEADER = Header("S07 X X X", "Startdate 21-NOV-2026 X X myoscope", datetime(2026, 11, 21, 10, 4, 5, tzinfo=UTC),
                "EDF+C", 12, Fraction(1, 8), (SIGNAL, SIGNAL))  # fmt: skip


# Where fields of the first of two signals lie.
RANGE = BLOCK + 2 * (16 + 80 + 8)
N_SAMPLES = RANGE + 2 * (8 * 4 + 80)


def test_a_header_comes_back():
    data = HEADER.encode()
    assert len(data) == HEADER.n_bytes == 3 * BLOCK
    assert parse(data[:BLOCK], data[BLOCK:], "x") == HEADER


@pytest.mark.parametrize(
    ("at", "put", "said"),
    [(0, b"1", "neither EDF nor BDF"), (252, b"0   ", "announces 0"), (252, b"9999", "announces 9999"),
     (252, b"-1  ", "announces -1"), (244, b"1e400   ", "no number"), (244, b"0       ", "no rate"),
     (244, b"-3      ", "cannot be"), (236, b"many    ", "no whole number"), (184, b"12      ", "does not hold"),
     (RANGE, b"nan     ", "no number"), (N_SAMPLES, b"99999999", "record"), (N_SAMPLES, b"0       ", "0 samples")],
)  # fmt: skip
def test_bad_headers_are_one_sentence(at, put, said):
    data = bytearray(HEADER.encode())
    data[at : at + len(put)] = put
    with pytest.raises(SessionError, match=said):
        parse(bytes(data[:BLOCK]), bytes(data[BLOCK:]), "x")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3 * BLOCK - 1), st.binary(min_size=1, max_size=20))
def test_no_header_does_harm(at, noise):
    data = bytearray(HEADER.encode())
    data[at : at + len(noise)] = noise
    data = bytes(data[: 3 * BLOCK])
    try:
        n_signals(data[:BLOCK], "x")
        read = parse(data[:BLOCK], data[BLOCK:], "x")
    except SessionError:
        return
    assert all(signal.n_samples > 0 and signal.gain for signal in read.signals)
