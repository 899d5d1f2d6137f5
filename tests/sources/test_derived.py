"""Streams made from other streams."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from myoscope.sources import Derived, SourceError, SourceLost, Stream
from myoscope.sources.derived import PredictionSource


class Rectify:
    """The smallest processor."""

    def prepare(self, info):
        return replace(info, name="rectified")

    def __call__(self, block):
        return block._replace(data=np.abs(block.data))


@pytest.fixture
def pair(bench, clock):
    stream = Stream("emg", bench(), clock=clock)
    stream.connect()
    derived = Stream("rectified", Derived(stream, Rectify()), clock=clock)
    derived.connect()
    return stream, derived


def test_each_block_passes_through_the_processor(pair):
    stream, derived = pair
    stream.source.give([[-1, 2], [3, -4]], [1.0, 2.0], lost=2)
    stream.pump()
    assert derived.pump() == 2
    np.testing.assert_array_equal(derived.get_window()[0], [[1, 3], [2, 4]])
    assert derived.health.n_lost == 2
    derived.disconnect()
    stream.pump()


def test_a_change_of_the_stream_makes_the_copy_connect_anew(pair, bench):
    stream, derived = pair
    stream.reconnect(bench(n_channels=3))
    with pytest.raises(SourceLost, match="changed its rate or channels"):
        derived.source.read()
    derived.reconnect()
    assert derived.info.n_channels == 3


def test_a_stream_never_connected_cannot_be_derived_from(bench, clock):
    derived = Stream("copy", Derived(Stream("emg", bench(), clock=clock), Rectify()), clock=clock)
    with pytest.raises(SourceError, match="has not been connected yet"):
        derived.connect()


def test_predictions_are_samples_with_names(clock):
    source = PredictionSource(10.0, clock=clock)
    with pytest.raises(SourceError, match="no prediction yet"):
        source.connect()
    assert source.give({"grip": 0.25, "rest": 0.75}, t=5.0)
    assert source.connect().channel_names == ("grip", "rest")
    assert not source.give({"grip": 0.5, "rest": 0.5}, t=5.1)
    block = source.read()
    np.testing.assert_array_equal(block.data, np.array([[0.25, 0.75], [0.5, 0.5]], np.float32))
    np.testing.assert_array_equal(block.timestamps, [5.0, 5.1])
    assert source.read() is None
    assert source.give(3.0)
    assert source.connect().channel_names == ("prediction",)


@pytest.mark.parametrize("rate_hz", [0, -1, float("nan")])
def test_a_prediction_rate_that_makes_no_sense_is_refused(rate_hz):
    with pytest.raises(SourceError, match="Give a rate above 0 Hz"):
        PredictionSource(rate_hz)
