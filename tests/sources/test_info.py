"""What a stream says of itself, and the limits of what is believed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from myoscope.sources import Grid, Pacer, SourceError, StreamInfo, names


def test_channels_follow_from_the_names():
    info = StreamInfo(fs=1000, channel_names=["a", "b"], unit="µV", scale=[0.1, 0.2])
    assert (info.n_channels, info.sample_shape, info.labels) == (2, (2,), ("a", "b"))
    np.testing.assert_array_equal(info.scales, [0.1, 0.2])
    assert StreamInfo(fs=0, sample_shape=(2,)).labels == ("ch_0", "ch_1")


def test_it_survives_json():
    info = StreamInfo(
        fs=1259.2593,
        name="Trigno",
        channel_names=names("emg", 4),
        unit="V",
        dtype="int32",
        scale=(1e-6, 1e-6, 2e-6, 1e-6),
        device={"host": "lab"},
        grid=Grid(((0, 0), (0, 1), (1, 0), (1, 1)), 8.0),
    )
    assert StreamInfo.from_json(json.loads(json.dumps(info.to_json()))) == info


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"fs": float("nan"), "sample_shape": (1,)}, "rate is nan Hz"),
        ({"fs": -1, "sample_shape": (1,)}, "rate is -1 Hz"),
        ({"fs": 1e6, "sample_shape": (1,)}, "200,000 Hz"),
        ({"fs": 1}, "has 0 channels"),
        ({"fs": 1, "sample_shape": (1_000_000,)}, "has 1,000,000 channels"),
        ({"fs": 1, "sample_shape": (5000, 5000)}, "over 64 MiB"),
        ({"fs": 1, "sample_shape": (3,), "channel_names": ("a",)}, "names 1 channels but its samples hold 3"),
        ({"fs": 1, "sample_shape": (3,), "scale": (1.0, 2.0)}, "2 scale factors for 3 channels"),
        ({"fs": 1, "sample_shape": (3,), "scale": float("inf")}, "not finite"),
        ({"fs": 1, "sample_shape": (1,), "dtype": "object"}, "number format 'object'"),
        ({"fs": 1, "sample_shape": (1,), "name": "x" * 300}, "over 256 characters"),
        ({"fs": 1, "sample_shape": (3,), "grid": Grid(((0, 0),))}, "grid of 1 cells"),
    ],
)
def test_what_is_out_of_limits_is_refused(values, sentence):
    with pytest.raises(SourceError, match=sentence):
        StreamInfo(**values)


@pytest.mark.parametrize(
    "values",
    [{}, {"fs": "fast"}, {"fs": 1, "sample_shape": 3}, {"fs": 1, "sample_shape": ["x"]}, {"fs": 1, "grid": [1]}],
)
def test_a_damaged_description_is_one_typed_error(values):
    with pytest.raises(SourceError):
        StreamInfo.from_json(values)


def test_a_pacer_makes_up_for_pauses_without_drift(clock):
    pacer = Pacer(1000.0, clock, max_burst_s=0.5)
    made = []
    for pause in (0.0004, 0.0011, 0.02, 0.3, 0.0001):
        clock.now += pause
        made.extend(pacer.due())
    assert len(made) == 321
    np.testing.assert_allclose(made, 1000 + np.arange(1, 322) / 1000)
    clock.now += 10
    assert len(pacer.due()) == 500
    assert pacer.wait_s() == 0
