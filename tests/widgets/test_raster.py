from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets import raster

HEIGHT = 40


def slowly(columns, edges, pitch, shown, middles, centre, gain, colours, top, height=HEIGHT):
    """Paint pixel by pixel: each asks of every lane whether its middle lies inside the stroke."""
    out = np.zeros((height, (len(edges) - 1) * pitch, 4), dtype=np.float32)
    for i, channel in enumerate(shown):
        factor = float(gain[channel])
        offset = float(middles[i]) - float(centre[channel]) * factor
        for k in range(len(edges) - 1):
            part = columns[channel, edges[k] : edges[k + 1]]
            part = part[~np.isnan(part).any(axis=1)]
            if not len(part):
                continue
            low, high = float(part[:, 0].min()), float(part[:, 1].max())
            with np.errstate(invalid="ignore"):
                ends = sorted((top - (offset + value * factor)) * (height / top) for value in (low, high))
            if any(math.isnan(end) for end in ends):
                continue
            if ends[1] - ends[0] < pitch:
                middle = (ends[0] + ends[1]) / 2
                ends = [middle - pitch / 2, middle + pitch / 2]
            for row in range(height):
                if ends[0] <= row + 0.5 < ends[1]:
                    place = slice(k * pitch, (k + 1) * pitch)
                    out[row, place] = over(colours[i], out[row, k * pitch])
    return out


def over(ink, below):
    """Lay a colour over another: Porter and Duff's formula, with alpha multiplied in and out again."""
    alpha, under = float(ink[3]), float(below[3]) * (1 - float(ink[3]))
    both = alpha + under
    mixed = (ink[:3] * alpha + below[:3] * under) / both if both else ink[:3]
    return (*mixed, both)


# Eighths: sums and products of them are exact, so that the oracle and the kernel agree on every edge.
eighths = st.integers(-200, 200).map(lambda n: n / 8)


@st.composite
def pictures(draw):
    n_channels, n_columns = draw(st.integers(1, 4)), draw(st.integers(1, 12))
    ends = draw(st.lists(eighths, min_size=2 * n_channels * n_columns, max_size=2 * n_channels * n_columns))
    columns = np.sort(np.asarray(ends, dtype=np.float32).reshape(n_channels, n_columns, 2), axis=2)
    for hole in draw(st.lists(st.integers(0, n_channels * n_columns - 1), max_size=6)):
        columns[hole % n_channels, hole // n_channels] = np.nan
    shown = np.asarray(draw(st.permutations(range(n_channels)))[: draw(st.integers(1, n_channels))], dtype=np.int64)
    edges = np.sort(np.asarray(draw(st.lists(st.integers(0, n_columns), min_size=2, max_size=8)), dtype=np.int64))
    middles = np.asarray([draw(eighths) / 8 for _ in shown], dtype=np.float32)
    centre = np.asarray([draw(eighths) for _ in range(n_channels)], dtype=np.float32)
    gain = np.asarray([2.0 ** draw(st.integers(-6, 3)) * draw(st.sampled_from((1, -1))) for _ in range(n_channels)])
    alphas = draw(st.sampled_from(((16, 16, 16, 16), (8, 16, 5, 12), (0, 4, 9, 1))))
    colours = np.asarray([[i + 1, 7, 9, alphas[i]] for i in range(len(shown))], dtype=np.float32) / 16
    top = float(draw(st.sampled_from((0.5, 1.0, 2.5, 5.0, 10.0))))
    return columns, edges, draw(st.integers(1, 3)), shown, middles, centre, gain.astype(np.float32), colours, top


def painted(columns, edges, pitch, *rest, height=HEIGHT):
    out = np.full((height, (len(edges) - 1) * pitch, 4), 5, dtype=np.float32)
    raster.paint_strokes(out, columns, edges, pitch, *rest)
    return out


@given(pictures())
def test_every_pixel_is_what_a_slow_look_at_it_says(picture):
    np.testing.assert_allclose(painted(*picture), slowly(*picture), atol=2e-6)


def one_lane(low, high, gain=1.0, centre=0.0, height=HEIGHT, top=1.0, middle=0.5, pitch=1):
    columns = np.array([[[low, high]]], dtype=np.float32)
    each = np.ones(1, dtype=np.float32)
    out = painted(
        columns, np.arange(2), pitch, np.zeros(1, dtype=np.int64), each * np.float32(middle), each * np.float32(centre),
        each * np.float32(gain), np.ones((1, 4), dtype=np.float32), top, height=height,
    )  # fmt: skip
    return np.flatnonzero(out[:, 0, 3])


@pytest.mark.parametrize("pitch", [1, 2, 3])
@given(value=st.floats(-0.45, 0.45))
def test_a_flat_line_is_as_high_as_a_stroke_is_wide(pitch, value):
    rows = one_lane(value, value, pitch=pitch)
    assert len(rows) == pitch
    assert abs((rows.mean() + 0.5) / HEIGHT - (0.5 - value)) * HEIGHT <= 0.51


def test_what_sticks_out_is_cut_at_the_edge():
    assert list(one_lane(-10.0, 10.0)) == list(range(HEIGHT))
    assert list(one_lane(0.25, 10.0)) == list(range(HEIGHT // 4))
    assert list(one_lane(3.0, 10.0)) == []
    assert list(one_lane(-10.0, -3.0)) == []
    assert list(one_lane(0.0, np.inf)) == list(range(HEIGHT // 2))
    assert list(one_lane(-np.inf, np.inf)) == list(range(HEIGHT))
    assert list(one_lane(-3e38, 3e38, gain=1e30)) == list(range(HEIGHT))


def test_what_is_no_number_is_not_painted():
    assert list(one_lane(np.nan, np.nan)) == []
    assert list(one_lane(np.inf, np.inf, gain=0.0)) == []
    assert list(one_lane(0.0, 0.1, centre=np.inf)) == []
    assert list(one_lane(0.0, 0.1, gain=np.nan)) == []


def test_the_later_lane_lies_above():
    columns = np.array([[[-0.25, 0.25]], [[0.0, 0.0]]], dtype=np.float32)
    each, colours = np.full(2, 0.5, dtype=np.float32), np.eye(4, dtype=np.float32)[:2]
    zero, one = np.zeros(2, dtype=np.float32), np.ones(2, dtype=np.float32)
    out = painted(columns, np.arange(2), 1, np.arange(2), each, zero, one, colours, 1.0)
    assert out[:, 0, 1].sum() == 1
    assert out[:, 0, 0].sum() == HEIGHT // 2 - 1


def test_what_is_laid_over_one_another_can_be_seen_through():
    columns = np.zeros((2, 1, 2), dtype=np.float32)
    each, colours = np.full(2, 0.5, dtype=np.float32), np.eye(4, dtype=np.float32)[:2]
    colours[:, 3] = 0.5
    zero, one = np.zeros(2, dtype=np.float32), np.ones(2, dtype=np.float32)
    out = painted(columns, np.arange(2), 1, np.arange(2), each, zero, one, colours, 1.0)
    np.testing.assert_allclose(out[HEIGHT // 2 - 1, 0], (1 / 3, 2 / 3, 0, 0.75), atol=1e-6)


@pytest.mark.parametrize("n_channels", [1, 2, 5])
def test_warming_covers_what_a_frame_calls(n_channels):
    from myoscope.sources.envelope import Envelope
    from myoscope.sources.ring import RingBuffer

    raster.warm()
    before = len(raster.paint_strokes.signatures)
    ring = RingBuffer(n_channels, 2000)
    ring.extend(np.zeros((500, n_channels), dtype=np.float32), np.arange(500) / 100)
    envelope = Envelope(ring, 10, 20)
    envelope.update()
    each = np.ones(n_channels, dtype=np.float32)
    out = np.zeros(HEIGHT * 40, dtype=np.float32).reshape(HEIGHT, 10, 4)
    raster.paint_strokes(
        out, envelope.columns, np.arange(11, dtype=np.int64), 1, np.arange(n_channels, dtype=np.int64), each, each,
        each, np.ones((n_channels, 4), dtype=np.float32), 2.0,
    )  # fmt: skip
    assert len(raster.paint_strokes.signatures) == before
