"""What every source and every sink is tried with. A new one adds a case to `SOURCES` or `SINKS`, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from myoscope.recordings import Recorder, ReplaySource
from myoscope.sources import Block, Derived, Sink, Source, Stream, StreamInfo, local_clock, lsl_inlet, names
from myoscope.sources.brainflow import BrainFlowSource
from myoscope.sources.lsl import LSLSink, LSLSource
from myoscope.sources.synthetic import SyntheticSource
from tests.recordings.sessions import SteppedTime


@dataclass(frozen=True)
class SourceCase:
    """One way to have a source.

    Parameters
    ----------
    name
        What the test is called.
    ready
        A context in which the source's `connect` works: it starts what the source needs and takes it away again.
    discovers
        Whether it tells what there is to connect to.
    """

    name: str
    ready: Callable[[], AbstractContextManager[Source]]
    discovers: bool = True


@dataclass(frozen=True)
class SinkCase:
    """One way to have a sink; `ready` as for a source."""

    name: str
    ready: Callable[[], AbstractContextManager[Sink]]


def _synthetic(**settings):
    @contextmanager
    def ready() -> Iterator[Source]:
        time = SteppedTime()
        yield SyntheticSource(**settings, clock=time, sleep=time.sleep)

    return ready


@contextmanager
def _brainflow() -> Iterator[Source]:
    source = BrainFlowSource("synthetic", channels="exg", serial_number="contract")
    try:
        yield source
    finally:
        source.disconnect()


@contextmanager
def _lsl() -> Iterator[Source]:
    sent_as = StreamInfo(fs=1000.0, channel_names=names("emg", 3), unit="µV", dtype="int16", scale=0.25)
    sink, source = LSLSink("contract"), LSLSource("contract")
    receive, n = source.read, 0

    def send_and_receive() -> Block | None:
        nonlocal n
        sink.write(some_block(sent_as, n=5, first=start + n / 1000))
        n += 5
        return receive()

    source.read = send_and_receive
    # Both clocks are one here; the first estimate of their offset would take 0.6 s.
    with patch.object(lsl_inlet, "OFFSET_WAIT_S", 0.0):
        sink.open(sent_as)
        start = local_clock()
        try:
            yield source
        finally:
            source.disconnect()
            sink.close()


@contextmanager
def _lsl_sink() -> Iterator[Sink]:
    sink = LSLSink("contract")
    try:
        yield sink
    finally:
        sink.close()


class _Same:
    def prepare(self, info: StreamInfo) -> StreamInfo:
        return info

    def __call__(self, block: Block) -> Block:
        return block


@contextmanager
def _derived() -> Iterator[Sink]:
    yield Derived(Stream("emg", SyntheticSource()), _Same())


@contextmanager
def _session() -> Iterator[Source]:
    with TemporaryDirectory() as folder:
        recorder = Recorder(f"{folder}/contract.myo")
        with recorder:
            sink = recorder.sink("emg")
            sink.open(EMG)
            sink.write(some_block(EMG, n=500))
        time = SteppedTime()
        source = ReplaySource(str(recorder.path), clock=time, wait=time.sleep)
        try:
            yield source
        finally:
            source.disconnect()


@contextmanager
def _recorder() -> Iterator[Sink]:
    with TemporaryDirectory() as folder, Recorder(folder) as recorder:
        yield recorder.sink("emg")


SOURCES = [
    SourceCase("synthetic", _synthetic()),
    SourceCase("synthetic-slow", _synthetic(n_channels=1, rate_hz=1.0)),
    SourceCase("synthetic-grid", _synthetic(n_channels=70, electrodes="grid", dtype="int16", counter_channel=True)),
    SourceCase("synthetic-dropping", _synthetic(n_channels=3, drop_every_s=0.2, rate_hz=1234.5)),
    SourceCase("brainflow", _brainflow),
    SourceCase("lsl", _lsl),
    SourceCase("session", _session, discovers=False),
]

SINKS = [
    SinkCase("derived", _derived),
    SinkCase("lsl", _lsl_sink),
    SinkCase("recorder", _recorder),
]


def gathered(source: Source, n_samples: int, n_reads: int = 400) -> list[Block]:
    """Return the blocks of the first reads that hold `n_samples`, or what there was until the source's end."""
    blocks: list[Block] = []
    n = 0
    for _ in range(n_reads):
        try:
            raw = source.read()
        except EOFError:
            break
        if raw is not None:
            blocks.append(Block(*raw))
            n += len(blocks[-1].timestamps)
        if n >= n_samples:
            break
    return blocks


def keep_reading(source: Source, n_reads: int, after_each: Callable[[], None] = lambda: None) -> None:
    """Read and throw away, until something is raised."""
    for _ in range(n_reads):
        source.read()
        after_each()


def some_block(info: StreamInfo, n: int = 10, first: float = 100.0) -> Block:
    """Return `n` samples that fit `info`."""
    data = np.arange(n * info.n_channels).reshape(n, *info.sample_shape).astype(info.dtype)
    return Block(data, first + np.arange(n) / (info.fs or 1))


EMG = StreamInfo(fs=1000.0, name="EMG", channel_names=names("emg", 4), unit="µV")
