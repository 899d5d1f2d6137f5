"""What LSL streams say about themselves, true or not."""

from __future__ import annotations

import contextlib
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.sources import SourceError, StreamInfo
from myoscope.sources.info import MAX_CHANNELS
from myoscope.sources.lsl_header import MAX_XML_BYTES, common_unit, read_header, shown, unit_of


def header(channels="", *, name="EMG", count="2", rate="2000.000000000000", number_format="float32", desc=""):
    return (
        f'<?xml version="1.0"?>\n<info><name>{name}</name><type>EMG</type><channel_count>{count}</channel_count>'
        f"<channel_format>{number_format}</channel_format><source_id>amp-1</source_id>"
        f"<nominal_srate>{rate}</nominal_srate><hostname>lab</hostname><uid>u-1</uid>"
        f"<desc><channels>{channels}</channels>{desc}</desc></info>"
    )


def channel(label="", unit="", kind="", more=""):
    return f"<channel><label>{label}</label><unit>{unit}</unit><type>{kind}</type>{more}</channel>"


def test_names_units_and_types_are_read():
    info = read_header(header(channel("biceps", "microvolts", "EMG") + channel("triceps", "uV", "EMG")))
    assert info.channel_names == ("biceps", "triceps")
    assert (info.name, info.fs, info.unit, info.dtype, info.scale) == ("EMG", 2000.0, "µV", "float32", 1.0)
    assert info.channel_types == ("EMG", "EMG")
    assert (info.device["hostname"], info.device["source_id"], info.device["uid"]) == ("lab", "amp-1", "u-1")
    assert "channel_units" not in info.device


def test_the_short_description_has_no_channels():
    info = read_header(header())
    assert info.channel_names is None
    assert info.sample_shape == (2,)


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("microvolts", "µV"), ("microvolt", "µV"), ("uV", "µV"), ("μV", "µV"), ("µV", "µV"), ("UV", "µV"),
        ("millivolts", "mV"), ("mV", "mV"), ("MV", "mV"), ("volts", "V"), ("V", "V"), ("Volt", "V"), ("mm", "mm"),
        ("millimeters", "mm"), ("N", "N"), ("", ""), ("  arbitrary   units ", "arbitrary units"),
    ],
)  # fmt: skip
def test_units_are_written_one_way(said, unit):
    assert unit_of(said) == unit


def test_volts_in_different_sizes_are_brought_to_one():
    info = read_header(header(channel("a", "µV") + channel("b", "mV") + channel("c", "uV"), count="3"))
    assert info.unit == "µV"
    assert info.scale == (1.0, 1000.0, 1.0)
    assert info.device["channel_units"] == ["µV", "mV", "µV"]


def test_units_that_have_nothing_in_common_give_none():
    assert common_unit(["µV", "N"]) == ("", (1.0, 1.0))
    assert common_unit(["µV", ""]) == ("µV", (1.0, 1.0))
    assert common_unit([]) == ("", ())


def test_names_for_another_number_of_channels_are_left_out_and_that_is_said():
    info = read_header(header(channel("a", "µV"), count="8"))
    assert info.channel_names is None
    assert info.unit == ""
    assert "names 1 channels, the stream has 8" in info.device["note"]


def test_a_channel_without_a_name_gets_its_number():
    assert read_header(header(channel("a") + channel(""))).channel_names == ("a", "ch_1")


def test_a_stream_of_markers_is_text():
    info = read_header(header(count="1", rate="0", number_format="string"))
    assert info.is_text
    assert info.fs == 0


def test_shape_scale_and_grid_come_back():
    channels = "".join(channel("x", "mm", more=f"<scale>0.5</scale><cell>0 {i}</cell>") for i in range(6))
    own = "<myoscope><sample_shape>2 3</sample_shape><distance_mm>8.5</distance_mm></myoscope>"
    info = read_header(header(channels, count="6", desc=own))
    assert info.sample_shape == (2, 3)
    assert info.scale == 0.5
    assert info.grid is not None
    assert info.grid.cells[5] == (0, 5)
    assert info.grid.distance_mm == 8.5


def test_a_shape_that_does_not_fit_is_not_believed():
    assert read_header(header(desc="<myoscope><sample_shape>2 3</sample_shape></myoscope>")).sample_shape == (2,)


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        (header(count="0"), "has 0 channels. A stream has 1 to 4,096"),
        (header(count="1000000"), "has 1000000 channels"),
        (header(count="-3"), "has -3 channels"),
        (header(count="9" * 5000), "channels. A stream has"),
        (header(count=""), "an unknown number of channels"),
        (header(rate="nan"), "its rate is nan Hz"),
        (header(rate="inf"), "its rate is inf Hz"),
        (header(rate="-1"), "its rate is -1 Hz"),
        (header(rate="1000000"), "its rate is 1e+06 Hz"),
        (header(rate="fast"), "its rate is 'fast' Hz"),
        (header(number_format="undefined"), "number format 'undefined'"),
        (header(name="x" * 300), "a name of over 256 characters"),
        (header(channel("a", more="<scale>nan</scale>") + channel("b")), "a channel with scale 'nan'"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + header(), "entities of its own"),
        ("<info>" + " " * MAX_XML_BYTES, "More than 1 MiB is not read"),
        ("<html/>", "begins with <html>"),
        ("", "is not XML"),
        ("<info>", "is not XML"),
        ("\ud800", "is not text"),
        ("<a>" * 300_000, "is not XML"),
    ],
    ids=range(20),
)
def test_what_cannot_be_is_refused_in_one_sentence(xml, sentence):
    with pytest.raises(SourceError, match=r"^[^\n]{1,250}$") as caught:
        read_header(xml)
    assert sentence in str(caught.value)


def test_characters_that_xml_forbids_do_not_matter():
    info = read_header(header(channel("a\x01b&#2;&#x1F;c") + channel("d&#xD800;&#9999999999;"), name="E\x00MG"))
    assert info.channel_names == ("abc", "d")
    assert info.name == "EMG"


def test_someone_elses_text_fits_a_sentence():
    assert shown("a\nb\x1b[31m\u202e" + "c" * 100) == "a b [31m " + "c" * 30 + "…"


words = st.text(max_size=30)
pieces = st.sampled_from(
    [
        "<info>", "</info>", "<desc>", "</desc>", "<channels>", "</channels>", "<channel>", "</channel>",
        "<label>a</label>",
        "<unit>uV</unit>", "<scale>1e999</scale>", "<cell>1 2</cell>", "<channel_count>2</channel_count>", "<![CDATA[",
        "]]>", "<!--", "-->", "&amp;", "&lol;", "&#0;", "<nominal_srate>1</nominal_srate>", "\ufffe", "<?x ?>",
        "<channel_format>float32</channel_format>", "<myoscope><sample_shape>1 2</sample_shape></myoscope>",
    ]
)  # fmt: skip


@given(st.one_of(words, st.lists(st.one_of(pieces, words), max_size=30).map("".join)))
def test_nothing_but_one_typed_error_comes_of_rubbish(text):
    with contextlib.suppress(SourceError):
        assert isinstance(read_header(text), StreamInfo)


@given(
    st.text(max_size=40),
    st.one_of(st.integers().map(str), words),
    st.one_of(st.floats().map(str), words),
    st.one_of(st.sampled_from(["float32", "int8", "string"]), words),
    st.lists(st.tuples(words, words, words), max_size=4),
)
def test_a_description_is_read_within_the_limits_or_refused(name, count, rate, number_format, channels):
    told = "".join(channel(*(escape(text) for text in texts)) for texts in channels)
    fields = {"name": name, "count": count, "rate": rate, "number_format": number_format}
    try:
        info = read_header(header(told, **{key: escape(text) for key, text in fields.items()}))
    except SourceError:
        return
    assert 1 <= info.n_channels <= MAX_CHANNELS
    assert 0 <= info.fs <= 200_000
    assert len(info.labels) == info.n_channels
