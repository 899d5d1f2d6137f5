"""Colour tables and the loop that paints with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.widgets.colour_kernels import paint, warm
from myoscope.widgets.colour_map import MAPS, table


def lightness(colours: np.ndarray) -> np.ndarray:
    """Return CIE L* of sRGB colours, shape (n, 3)."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


@pytest.mark.parametrize("name", MAPS)
def test_a_table_has_256_opaque_colours(name):
    colours = table(name)
    assert colours.shape == (256, 4)
    assert colours.dtype == np.float32
    assert colours.min() >= 0
    assert colours.max() <= 1
    assert (colours[:, 3] == 1).all()
    assert len(np.unique(colours, axis=0)) > 250


@pytest.mark.parametrize("name", ["Viridis", "Cividis", "Grey"])
def test_more_is_lighter_all_the_way(name):
    assert (np.diff(lightness(table(name)[:, :3])) > 0).all()


def test_turbo_is_lightest_in_the_middle_and_goes_up_and_down_but_once():
    light = lightness(table("Turbo")[:, :3])
    top = int(light.argmax())
    assert 96 < top < 160
    # Turbo has small dents where hues meet, which its author names; none is as large as 1 of 100.
    assert np.maximum.accumulate(light[:top])[-1] - light[0] > 60
    assert (np.maximum.accumulate(light[: top + 1]) - light[: top + 1]).max() < 1
    assert (np.maximum.accumulate(light[top:][::-1]) - light[top:][::-1]).max() < 1


def test_published_colours():
    # matplotlib's viridis and cividis, Google's turbo: first, middle (128) and last.
    published = {
        "Turbo": ((48, 18, 59), (164, 252, 60), (122, 4, 3)),
        "Viridis": ((68, 1, 84), (33, 145, 140), (253, 231, 37)),
        "Cividis": ((0, 34, 78), (125, 124, 120), (254, 232, 56)),
        "Grey": ((0, 0, 0), (128, 128, 128), (255, 255, 255)),
    }
    for name, colours in published.items():
        assert np.abs(table(name)[[0, 128, 255], :3] * 255 - colours).max() < 2, name


def test_an_unknown_map_is_the_first():
    np.testing.assert_array_equal(table("Jet"), table(MAPS[0]))


@given(st.lists(st.floats(width=32), min_size=1, max_size=40), st.integers(0, 3))
def test_painting_equals_looking_up(listed, which):
    values = np.asarray([listed], dtype=np.float32)
    colours = table(MAPS[which])
    out = np.full((*values.shape, 4), 7, dtype=np.float32)
    paint(out, values, -10.0, 30.0, colours)
    share = np.clip((values.astype(np.float64) + 10) / 40, 0, 1)
    at = np.floor(np.nan_to_num(share) * 255 + 0.5).astype(int)
    expected = np.where(np.isnan(values)[..., None], 0, colours[at])
    np.testing.assert_array_equal(out, expected)


def test_a_part_of_a_picture_is_painted_from_a_transposed_array():
    values = np.arange(6, dtype=np.float32).reshape(2, 3).T
    out = np.zeros((4, 5, 4), dtype=np.float32)
    paint(out[1:4, 2:4], values, 0.0, 5.0, table("Grey"))
    np.testing.assert_allclose(out[1:4, 2:4, 0] * 5, values, atol=0.02)
    assert out[0].max() == 0
    assert out[:, :2].max() == 0
    assert out[:, 4:].max() == 0


def test_no_range_is_one_colour():
    out = np.zeros((1, 2, 4), dtype=np.float32)
    paint(out, np.asarray([[3, 3]], dtype=np.float32), 3.0, 3.0, table("Grey"))
    assert (out[..., 0] == 0).all()


def test_warm_compiles_what_is_called_with():
    warm()
    known = set(paint.signatures)
    wide, picture = np.zeros((3, 9), dtype=np.float32), np.zeros((3, 9, 4), dtype=np.float32)
    for values in (wide, wide[:, 2:4]):
        for out in (picture[:, : values.shape[1]].copy(), picture[:, : values.shape[1]]):
            paint(out, values, 0.0, 1.0, table("Turbo"))
    assert known.issuperset(paint.signatures)
