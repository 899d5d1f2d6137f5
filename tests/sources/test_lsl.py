"""LSL on this machine: what is sent is what comes, and what goes away is noticed."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pylsl
import pytest

from myoscope.sources import (
    Block,
    Grid,
    SourceError,
    SourceLost,
    Stream,
    StreamInfo,
    local_clock,
    lsl_inlet,
    names,
    open_source,
)
from myoscope.sources.info import NUMERIC
from myoscope.sources.lsl import LSLSink, LSLSource
from myoscope.sources.lsl_inlet import MAX_BUFFER_BYTES, buffer_length
from myoscope.sources.source import Sink, Source

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "shoulder_abduction.npz"
EXAMPLE = ROOT / "examples" / "stream_npz_over_lsl.py"
NUMBERS = itertools.count()
DEADLINE_S = 20.0


@pytest.fixture
def title():
    """A stream name that no other test has."""
    return f"EMG-{os.getpid()}-{next(NUMBERS)}"


@pytest.fixture
def quick(monkeypatch):
    """Do without the first estimate of the clock offset, 0.6 s: both clocks are one here."""
    monkeypatch.setattr(lsl_inlet, "OFFSET_WAIT_S", 0.0)


class Outlet:
    """A device of someone else's making."""

    def __init__(self, name, n_channels=2, rate_hz=1000.0, number_format="float32", source_id="amp-1"):
        self.pylsl = pylsl.StreamOutlet(pylsl.StreamInfo(name, "EMG", n_channels, rate_hz, number_format, source_id))

    def close(self):
        self.pylsl = None


@pytest.fixture
def outlet():
    """Put outlets on the network that are gone after the test."""
    made = []

    def make(*args, **kwargs):
        made.append(Outlet(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def source():
    """Make sources that are let go after the test."""
    made = []

    def make(*args, **kwargs):
        made.append(LSLSource(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.disconnect()


@pytest.fixture
def sink():
    """Make sinks that are closed after the test."""
    made = []

    def make(*args, **kwargs):
        made.append(LSLSink(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def program():
    """Start a program that sends; it is gone after the test."""
    started = []

    def start(*words):
        process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def receive(source, n_samples, meanwhile=lambda: None):
    """Read until so many samples have come."""
    blocks, n, deadline = [], 0, local_clock() + DEADLINE_S
    while n < n_samples:
        assert local_clock() < deadline, f"only {n} of {n_samples} samples came"
        meanwhile()
        block = source.read()
        if block is not None:
            assert len(block.data) == len(block.timestamps)
            blocks.append(block)
            n += len(block.timestamps)
    return blocks


def joined(blocks):
    return np.concatenate([b.data for b in blocks]), np.concatenate([b.timestamps for b in blocks])


def read_until_lost(source, meanwhile=lambda: None):
    deadline = local_clock() + DEADLINE_S
    while local_clock() < deadline:
        meanwhile()
        source.read()


def feeder(outlet, n_channels, rate_hz):
    """Return a function that sends what has come due since it was called last."""
    sent = itertools.count()
    start = local_clock()

    def feed():
        due = int((local_clock() - start) * rate_hz)
        rows = []
        while feed.n < due:
            rows.append([next(sent)] * n_channels)
            feed.n += 1
        if rows:
            stamps = start + (due - len(rows) + np.arange(1, len(rows) + 1)) / rate_hz
            outlet.pylsl.push_chunk(np.array(rows, dtype=np.float32), stamps.tolist())

    feed.n = 0
    return feed


# What is sent is what comes


@pytest.mark.parametrize("dtype", NUMERIC)
def test_every_number_format_comes_bit_exact(dtype, quick, title, sink, source):
    rng = np.random.default_rng(1)
    if dtype.startswith("float"):
        sent = rng.standard_normal((300, 3)).astype(dtype)
        sent[0] = [np.nan, np.inf, np.finfo(dtype).tiny]
    else:
        limits = np.iinfo(dtype)
        sent = rng.integers(limits.min, limits.max, (300, 3), dtype=dtype, endpoint=True)
        sent[0] = [limits.min, limits.max, 0]
        if dtype == "uint64":
            sent //= 2
    info = StreamInfo(fs=1000.0, channel_names=("a", "b", "c"), unit="µV", dtype=dtype, scale=(0.25, 0.5, 1.0))
    out, receiver = sink(title), source(title)
    out.open(info)
    said = receiver.connect()
    assert (said.channel_names, said.unit, said.scale, said.fs) == (info.channel_names, "µV", info.scale, 1000.0)
    stamps = local_clock() + np.arange(300) / 1000
    for first in range(0, 300, 70):
        out.write(Block(sent[first : first + 70], stamps[first : first + 70]))
    blocks = receive(receiver, 300)
    data, timestamps = joined(blocks)
    assert data.dtype == np.dtype(said.dtype)
    assert all(block.data.flags.c_contiguous for block in blocks)
    assert data.astype(dtype).tobytes() == sent.tobytes()
    assert (data.astype(object) == sent.astype(object))[1:].all()
    np.testing.assert_allclose(timestamps, stamps, rtol=0, atol=0.005)
    assert sum(block.lost for block in blocks) == 0


def test_a_number_that_lsl_cannot_hold_is_refused(title, sink):
    out = sink(title)
    out.open(StreamInfo(fs=10.0, channel_names=("a",), dtype="uint64"))
    with pytest.raises(SourceError, match="Send it as float64"):
        out.write(Block(np.array([[2**63]], dtype=np.uint64), np.array([1.0])))


def test_an_irregular_stream_keeps_its_times(quick, title, sink, source):
    out, receiver = sink(title), source(title)
    out.open(StreamInfo(fs=0, channel_names=("force",), unit="N", dtype="float64"))
    assert receiver.connect().fs == 0
    stamps = local_clock() + np.cumsum([0.0, 0.001, 0.9, 0.0, 0.3])
    out.write(Block(np.arange(5.0)[:, None], stamps))
    data, timestamps = joined(blocks := receive(receiver, 5))
    assert data.ravel().tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(np.diff(timestamps), np.diff(stamps), atol=1e-3)
    assert sum(block.lost for block in blocks) == 0


def test_markers_are_text(quick, title, sink, source):
    out, receiver = sink(title, stream_type="Markers"), source(title)
    out.open(StreamInfo(fs=0, channel_names=("cue", "who"), dtype="str"))
    assert receiver.connect().is_text
    sent = np.array([["start", "Zoë"], ["", "µ–∞🙂"], ["a\nb", "x" * 5000]], dtype=object)
    out.write(Block(sent, local_clock() + np.arange(3.0)))
    data, _ = joined(receive(receiver, 3))
    assert data.dtype == object
    assert data.tolist() == sent.tolist()


def test_text_that_is_not_utf8_is_shown_as_far_as_it_goes(quick, title, outlet, source):
    out, receiver = outlet(title, 1, 0.0, "string"), source(title)
    receiver.connect()
    out.pylsl.push_sample([b"caf\xe9"])
    assert receive(receiver, 1)[0].data.tolist() == [["caf\ufffd"]]


def test_shape_grid_and_device_facts_come_along(quick, title, sink, source):
    grid = Grid(tuple((i // 2, i % 2) for i in range(6)), 8.0)
    info = StreamInfo(
        fs=100.0, channel_names=names("m", 6), unit="mm", sample_shape=(2, 3), grid=grid,
        device={"manufacturer": "Acme & Sons <x>"},
        channel_types=("MoCap",) * 6,
    )  # fmt: skip
    out, receiver = sink(title, stream_type="MoCap"), source(title, stream_type="MoCap")
    out.open(info)
    said = receiver.connect()
    assert (said.sample_shape, said.grid, said.channel_names) == ((2, 3), grid, info.channel_names)
    assert said.device["manufacturer"] == "Acme & Sons <x>"
    assert said.channel_types == ("MoCap",) * 6
    assert said.device["type"] == "MoCap"
    out.write(Block(np.arange(12, dtype=np.float32).reshape(2, 2, 3), local_clock() + np.arange(2) / 100))
    assert joined(receive(receiver, 2))[0].shape == (2, 2, 3)


def test_the_offset_of_the_clocks_is_known(title, outlet, source):
    receiver = source(title)
    assert receiver.clock_offset() is None
    outlet(title)
    info = receiver.connect()
    offset = receiver.clock_offset()
    assert offset is not None
    assert abs(offset[0]) <= offset[1] + 0.01
    assert info.device["clock_synchronised"]


def test_the_sink_keeps_its_outlet_for_the_same_stream_and_renews_it_for_another(quick, title, sink, source):
    out = sink(title)
    info = StreamInfo(fs=100.0, channel_names=("a",))
    out.open(info)
    uid = source(title).connect().device["uid"]
    out.open(StreamInfo(fs=100.0, channel_names=("a",)))
    assert source(title).connect().device["uid"] == uid
    out.open(StreamInfo(fs=200.0, channel_names=("a", "b")))
    again = source(title).connect()
    assert again.device["uid"] != uid
    assert (again.fs, again.n_channels) == (200.0, 2)
    out.close()
    out.close()
    with pytest.raises(SourceError, match="Call open"):
        out.write(Block(np.zeros((1, 2), np.float32), np.zeros(1)))


def test_they_are_a_source_and_a_sink():
    assert isinstance(LSLSource("x"), Source)
    assert isinstance(LSLSink("x"), Sink)


# Which stream


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


def test_buffers_are_bounded_in_bytes():
    units, seconds = buffer_length(StreamInfo(fs=2000.0, sample_shape=(64,)), 30.0)
    assert (units, seconds) == (30, 30.0)
    units, _ = buffer_length(StreamInfo(fs=100_000.0, sample_shape=(256,)), 3600.0)
    assert units * 100_000 * 256 * 4 <= MAX_BUFFER_BYTES
    units, _ = buffer_length(StreamInfo(fs=0.0, sample_shape=(4096,), dtype="float64"), 3600.0)
    assert units * 100 * 4096 * 8 <= MAX_BUFFER_BYTES
    with pytest.raises(SourceError, match="lower its rate"):
        buffer_length(StreamInfo(fs=200_000.0, sample_shape=(4096,)), 30.0)


def test_reading_before_connecting_and_letting_go_twice(source):
    receiver = source("x")
    with pytest.raises(SourceError, match="Call connect"):
        receiver.read()
    receiver.disconnect()
    receiver.disconnect()


# What goes missing, and who goes away


def test_samples_that_never_came_are_counted(quick, title, sink, source):
    out, receiver = sink(title), source(title)
    out.open(StreamInfo(fs=1000.0, channel_names=("n",), dtype="int32"))
    receiver.connect()
    n = np.concatenate([np.arange(100), np.arange(700, 800), np.arange(950, 1000)])
    start = local_clock() - 1.0
    for part in np.split(n, [60, 150, 220]):
        out.write(Block(part[:, None].astype(np.int32), start + part / 1000))
    blocks = receive(receiver, len(n))
    assert [(int(b.data[0, 0]), b.lost) for b in blocks if b.lost] == [(700, 600), (950, 150)]
    assert joined(blocks)[0].ravel().tolist() == n.tolist()


def test_a_reader_that_slept_too_long_is_told_how_much_it_missed(quick, title, sink, source):
    out, receiver = sink(title), source(title, max_buffered_s=1.0)
    out.open(StreamInfo(fs=1000.0, channel_names=("n",), dtype="int32"))
    receiver.connect()
    n = np.arange(4000)
    start = local_clock() - 4.0
    for part in np.split(n, 40):
        out.write(Block(part[:, None].astype(np.int32), start + part / 1000))
    blocks = [receive(receiver, 1)[0]]
    while int(blocks[-1].data[-1, 0]) < 3999:
        blocks += receive(receiver, 1)
    numbers = joined(blocks)[0].ravel()
    assert (np.diff(numbers) > 0).all()
    # The very first samples may be among those dropped; nothing can tell that there were any.
    assert len(numbers) + sum(b.lost for b in blocks) == 4000 - numbers[0]


def test_an_outlet_that_is_closed_is_lost_after_all_it_sent(quick, title, sink, source):
    out, receiver = sink(title), source(title, timeout_s=0.8)
    out.open(StreamInfo(fs=1000.0, channel_names=("n",)))
    receiver.connect()
    out.write(Block(np.arange(50, dtype=np.float32)[:, None], local_clock() + np.arange(50) / 1000))
    assert len(joined(receive(receiver, 50))[0]) == 50
    out.close()
    with pytest.raises(SourceLost, match="has gone from the network"):
        read_until_lost(receiver)
    with pytest.raises(SourceLost):
        receiver.read()
    with pytest.raises(SourceError, match="No LSL stream named"):
        receiver.connect()


def test_an_irregular_outlet_that_is_closed_is_lost_too(quick, monkeypatch, title, sink, source):
    monkeypatch.setattr(lsl_inlet, "IRREGULAR_SILENT_S", 0.1)
    monkeypatch.setattr(lsl_inlet, "IRREGULAR_PATIENCE_S", 0.8)
    out, receiver = sink(title), source(title)
    out.open(StreamInfo(fs=0, channel_names=("cue",), dtype="str"))
    receiver.connect()
    out.close()
    with pytest.raises(SourceLost, match="has gone"):
        read_until_lost(receiver)


def test_an_outlet_that_is_only_silent_is_not_lost(quick, title, sink, source):
    out, receiver = sink(title), source(title)
    out.open(StreamInfo(fs=1000.0, channel_names=("n",)))
    receiver.connect()
    until = local_clock() + 2.0
    while local_clock() < until:
        assert receiver.read() is None
    out.write(Block(np.ones((5, 1), np.float32), local_clock() + np.arange(5) / 1000))
    assert len(joined(receive(receiver, 5))[0]) == 5


@pytest.mark.parametrize(
    ("n_channels", "rate_hz", "number_format"), [(2, 500.0, "float32"), (5, 1000.0, "float32"), (2, 1000.0, "int16")]
)
def test_a_device_that_comes_back_changed_is_connected_with_its_new_description(
    n_channels, rate_hz, number_format, quick, title, outlet, source
):
    out, receiver = outlet(title), source(title)
    receiver.connect()
    receive(receiver, 20, feeder(out, 2, 1000.0))
    out.close()
    again = outlet(title, n_channels, rate_hz, number_format)
    feed = feeder(again, n_channels, rate_hz)
    with pytest.raises(SourceLost):
        read_until_lost(receiver, feed)
    info = receiver.connect()
    assert (info.n_channels, info.fs, info.dtype) == (n_channels, rate_hz, number_format)
    assert joined(receive(receiver, 20, feed))[0].shape[1] == n_channels


def test_a_stream_goes_on_when_its_device_comes_back(title, sink):
    info = StreamInfo(fs=1000.0, channel_names=("n",))
    out = sink(title)
    out.open(info)
    stream = Stream("emg", LSLSource(title))
    stream.connect()
    start, sent, down_until = local_clock(), 0, 0.0
    deadline = start + DEADLINE_S
    while stream.health.n_gaps == 0 and local_clock() < deadline:
        now = local_clock()
        if sent > 300 and not down_until:
            out.close()
            down_until = now + 0.3
        if now > down_until:
            out.open(info)
            n = np.arange(sent, int((now - start) * 1000))
            out.write(Block(n[:, None].astype(np.float32), start + n / 1000))
        sent = int((now - start) * 1000)
        stream.pump()
    health = stream.health
    stream.disconnect()
    assert health.state == "live"
    assert health.n_gaps == 1
    ring = stream.ring
    assert ring is not None
    rows = ring.copy().data
    newest = rows[-1, 0]
    first = newest + 1 - health.n_received - health.n_lost
    assert 0 <= first < 1000


# Another program


def test_a_program_that_is_killed_is_lost(title, program, source, tmp_path):
    np.savez(tmp_path / "x.npz", **{title: np.zeros((1000, 4), np.float32), f"{title}_rate_hz": 1000.0})
    process = program(str(EXAMPLE), "--file", str(tmp_path / "x.npz"), "--loop")
    assert process.stdout.readline() == f"{title}: 4 channels at 1000 Hz\n"
    receiver = source(title)
    assert receiver.connect().n_channels == 4
    receive(receiver, 100)
    process.kill()
    with pytest.raises(SourceLost):
        read_until_lost(receiver)


def test_real_emg_and_markers_come_bit_exact(program, source):
    if not REAL.exists():
        pytest.skip("The real recording is not here: ../shared/data/shoulder_abduction.npz")
    process = program(str(EXAMPLE), "--file", str(REAL), "--speed", "4", "--wait", "10")
    process.stdout.readline()
    process.stdout.readline()
    emg, markers = source("EMG"), source("Markers")
    said = markers.connect(), emg.connect()
    assert [(i.n_channels, i.fs, i.unit, i.dtype) for i in said] == [
        (48, 400.0, "mm", "float32"),
        (10, 8000.0, "V", "float32"),
    ]
    assert said[0].labels[:3] == ("marker_01_x", "marker_01_y", "marker_01_z")
    assert said[1].channel_types == ("EMG",) * 10
    with np.load(REAL) as content:
        sent = {"EMG": content["emg"], "Markers": content["markers"].reshape(700, 48)}
    blocks = {"EMG": [], "Markers": []}
    deadline = local_clock() + DEADLINE_S
    while any(sum(len(b.data) for b in blocks[key]) < len(sent[key]) for key in sent):
        assert local_clock() < deadline
        for key, receiver in (("EMG", emg), ("Markers", markers)):
            if sum(len(b.data) for b in blocks[key]) < len(sent[key]) and (block := receiver.read()) is not None:
                blocks[key].append(block)
    emg.disconnect()
    markers.disconnect()
    told = {line["stream"]: line for line in map(json.loads, process.stdout.read().splitlines())}
    for key, expected in sent.items():
        data, timestamps = joined(blocks[key])
        assert data.tobytes() == expected.tobytes()
        assert hashlib.sha256(data.tobytes()).hexdigest() == told[key]["sha256"]
        assert sum(b.lost for b in blocks[key]) == 0
        assert (np.diff(timestamps) >= 0).all()
    assert process.wait(DEADLINE_S) == 0


def test_importing_it_does_not_load_lsl():
    words = (
        "import sys, myoscope.sources.lsl as lsl; lsl.LSLSource('x'); lsl.LSLSink('x'); print('pylsl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
