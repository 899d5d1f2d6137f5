"""LSL on this machine: what is sent is what comes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest

from myoscope.sources import Block, Grid, SourceError, StreamInfo, local_clock, names
from myoscope.sources.info import NUMERIC
from myoscope.sources.lsl import LSLSink, LSLSource
from myoscope.sources.lsl_inlet import MAX_BUFFER_BYTES, buffer_length
from myoscope.sources.source import Sink, Source
from tests.sources.lsl_traffic import DEADLINE_S, EXAMPLE, REAL, joined, receive


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
