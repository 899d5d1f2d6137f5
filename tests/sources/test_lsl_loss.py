"""LSL on this machine: what goes missing is counted, and who goes away is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope.sources import Block, SourceError, SourceLost, Stream, StreamInfo, local_clock, lsl_inlet
from myoscope.sources.lsl import LSLSource
from tests.sources.lsl_traffic import DEADLINE_S, EXAMPLE, feeder, joined, read_until_lost, receive


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
