"""Which LSL stream is meant, and what is refused before anything is read."""

from __future__ import annotations

import pytest

from myoscope.sources import SourceError, StreamInfo, open_source
from myoscope.sources.lsl import LSLSource


def test_a_stream_that_is_not_there_says_what_is(title, outlet, source):
    outlet(title)
    with pytest.raises(SourceError) as caught:
        source("Nobody", timeout_s=0.8).connect()
    assert str(caught.value) == (
        f"No LSL stream named Nobody. Seen on the network: {title}. Start the device, or pick this one."
    )


def test_nothing_at_all_on_the_network(source):
    with pytest.raises(SourceError, match="Nothing was seen on the network"):
        source("Nobody", source_id="x", timeout_s=0.3).connect()


def test_two_devices_of_one_name_have_to_be_told_apart(title, source, sink):
    info = StreamInfo(fs=100.0, channel_names=("a",))
    one, two = sink(title, source_id="amp 1"), sink(title, source_id="amp&2")
    one.open(info)
    receiver = source(title)
    receiver.connect()
    two.open(info)
    with pytest.raises(SourceError, match="There are 2 LSL streams named") as caught:
        source(title).connect()
    assert f"lsl:{title}?source_id=amp 1" in str(caught.value)
    assert source(title, source_id="amp&2").connect().device["source_id"] == "amp&2"
    found = {item.name: item for item in LSLSource.discover() if title in item.name}
    assert set(found) == {f"lsl:{title}?source_id=amp 1", f"lsl:{title}?source_id=amp%262"}
    for name, item in found.items():
        assert item.label == title
        assert item.detail.startswith("1 channel · 100 Hz · ")
        named = open_source(name)
        assert named.connect().device["source_id"] in ("amp 1", "amp&2")
        named.disconnect()
    # Who was on one of them stays on it.
    assert receiver.connect().device["source_id"] == "amp 1"


def test_of_two_outlets_that_look_alike_the_newer_is_taken(title, sink, source):
    one, two = sink(title), sink(title)
    one.open(StreamInfo(fs=100.0, channel_names=("a",)))
    two.open(StreamInfo(fs=100.0, channel_names=("b",)))
    info = source(title).connect()
    assert info.channel_names == ("b",)
    assert "2 outlets look alike" in info.device["note"]


@pytest.mark.parametrize("keywords", [{"timeout_s": 0.0}, {"timeout_s": float("nan")}, {"max_buffered_s": -1.0}])
def test_settings_out_of_range_are_refused(keywords):
    with pytest.raises(SourceError, match="Give a time above 0"):
        LSLSource("x", **keywords)


def test_a_rate_that_cannot_be_is_refused_before_anything_is_read(title, outlet, source):
    outlet(title, rate_hz=1_000_000.0)
    with pytest.raises(SourceError, match="its rate is 1e\\+06 Hz"):
        source(title).connect()
    assert any("1e+06 Hz" in item.detail for item in LSLSource.discover(0.3))
