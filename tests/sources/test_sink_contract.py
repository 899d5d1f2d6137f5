"""What holds for every sink."""

from __future__ import annotations

from dataclasses import replace

import pytest

from myoscope.sources import Sink, names
from tests.sources.contract import EMG, SINKS, SinkCase, some_block

every_sink = pytest.mark.parametrize("case", SINKS, ids=lambda case: case.name)


@every_sink
def test_it_is_a_sink(case: SinkCase):
    with case.ready() as sink:
        assert isinstance(sink, Sink)


@every_sink
def test_it_does_not_change_what_it_is_given(case: SinkCase):
    with case.ready() as sink:
        sink.open(EMG)
        block = some_block(EMG)
        data, timestamps = block.data.copy(), block.timestamps.copy()
        sink.write(block)
        sink.close()
    assert (block.data == data).all()
    assert (block.timestamps == timestamps).all()


@every_sink
def test_it_goes_on_when_the_source_comes_back(case: SinkCase):
    with case.ready() as sink:
        sink.open(EMG)
        sink.write(some_block(EMG))
        sink.open(EMG)
        sink.write(some_block(EMG, first=200.0)._replace(lost=7))
        changed = replace(EMG, fs=500.0, channel_names=names("emg", 2), sample_shape=())
        sink.open(changed)
        sink.write(some_block(changed, first=300.0))
        assert sink.close() is None


@every_sink
def test_it_takes_an_empty_block(case: SinkCase):
    with case.ready() as sink:
        sink.open(EMG)
        sink.write(some_block(EMG, n=0)._replace(lost=3))
        assert sink.close() is None


@every_sink
def test_close_may_come_twice_and_early(case: SinkCase):
    with case.ready() as sink:
        sink.close()
        sink.open(EMG)
        sink.close()
        assert sink.close() is None
