"""Colours that can be read, and told apart by eyes that see fewer of them."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope.widgets.palette import CHANNELS, MODES, contrast, role
from myoscope.widgets.theme import BUTTONS

# Machado, Oliveira and Fernandes (2009), «A physiologically-based model for simulation of color vision deficiency»,
# IEEE Trans. Vis. Comput. Graph. 15(6), table of the full deficiency; for linear sRGB.
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB to CIE XYZ, D65 (IEC 61966-2-1), and the white point.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
JUST_SEEN = 2.3  # a difference in CIELAB that is just noticed: Mahy et al. (1994), Color Res. Appl. 19(2)
NEIGHBOURS = 5 * JUST_SEEN
"""Two traces one above the other are told apart at a glance."""


def seen_by(matrix, colour):
    """Return a colour as CIELAB, shape (3,), as an eye with this matrix sees it."""
    parts = np.asarray(colour, float) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(matrix @ linear, 0, 1) / WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(matrix, one, other):
    return float(np.linalg.norm(seen_by(matrix, one) - seen_by(matrix, other)))


def test_the_simulation_knows_what_is_confused():
    red, green = (200, 60, 0), (110, 120, 0)
    assert distance(EYES["usual"], red, green) > 60
    assert distance(EYES["deuteranopia"], red, green) < distance(EYES["usual"], red, green) / 2
    assert distance(EYES["usual"], (255, 255, 255), (0, 0, 0)) == pytest.approx(100, abs=0.1)
    white = seen_by(EYES["protanopia"], (255, 255, 255))
    assert np.allclose(white, [100, 0, 0], atol=0.6), "grey stays grey"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("eye", EYES)
def test_neighbouring_channels_are_told_apart_by_every_eye(mode, eye):
    cycle = CHANNELS[mode]
    for i, colour in enumerate(cycle):
        following = cycle[(i + 1) % len(cycle)]
        assert distance(EYES[eye], colour, following) >= NEIGHBOURS, (i, colour, following)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("eye", ["usual", "protanopia", "deuteranopia"])
def test_all_colours_of_the_cycle_differ_to_every_eye(mode, eye):
    cycle = CHANNELS[mode]
    apart = [distance(EYES[eye], a, b) for i, a in enumerate(cycle) for b in cycle[i + 1 :]]
    assert min(apart) > JUST_SEEN


@pytest.mark.parametrize("mode", MODES)
def test_words_on_every_button_can_be_read(mode):
    least = 7.0 if mode == "high contrast" else 4.5
    for name, (ground, hovered, pressed, text) in BUTTONS.items():
        if name == "splitter":  # no words on it
            continue
        wanted = 3.0 if text in ("off", "muted") else 4.5 if name == "record" else least
        # What is clear shows one of the grounds that are tested below.
        for under in {ground, hovered, pressed} - {"clear"}:
            assert contrast(role(mode, text), role(mode, under)) >= wanted, (name, under)


@pytest.mark.parametrize("mode", MODES)
def test_text_and_muted_text_on_every_ground(mode):
    high = mode == "high contrast"
    for ground in ("ground", "panel", "raised", "plot", "hover", "on"):
        assert contrast(role(mode, "text"), role(mode, ground)) >= (7.0 if high else 4.5), ground
        assert contrast(role(mode, "muted"), role(mode, ground)) >= (4.5 if high else 3.0), ground
    for ground in ("ground", "panel", "plot"):
        assert contrast(role(mode, "muted"), role(mode, ground)) >= (7.0 if high else 4.5), ground
        for ink in ("good", "warn", "bad", "accent"):
            assert contrast(role(mode, ink), role(mode, ground)) >= (7.0 if high else 4.5), (ink, ground)
        # What is off may be fainter (WCAG 2.2, 1.4.3 leaves it out), but never gone.
        assert contrast(role(mode, "off"), role(mode, ground)) >= 2.9, ground


@pytest.mark.parametrize("mode", MODES)
def test_traces_stand_out_from_the_plot(mode):
    for colour in CHANNELS[mode]:
        assert contrast((*colour, 255), role(mode, "plot")) >= (7.0 if mode == "high contrast" else 3.0), colour
