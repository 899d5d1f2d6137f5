"""Roles and their colours: dark, light, high contrast. The only module that knows colours as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Colour = tuple[int, int, int, int]
Mode = Literal["dark", "light", "high contrast"]
MODES: tuple[Mode, ...] = ("dark", "light", "high contrast")

# «plot ground» is «plot» where that differs from the window's ground; else nothing has to be drawn a second time.
ROLES: Mapping[Mode, Mapping[str, tuple[int, ...]]] = {
    "dark": {
        "ground": (17, 19, 24),
        "panel": (24, 27, 34),
        "raised": (33, 37, 46),
        "hover": (44, 49, 60),
        "pressed": (54, 60, 73),
        "hairline": (44, 49, 60),
        "plot": (17, 19, 24),
        "plot ground": (0, 0, 0, 0),
        "grid": (255, 255, 255, 15),
        "text": (230, 232, 236),
        "muted": (146, 154, 170),
        "off": (104, 112, 128),
        "accent": (90, 162, 255),
        "on": (38, 66, 112),
        "on hover": (46, 78, 130),
        "good": (70, 190, 140),
        "warn": (232, 170, 70),
        "bad": (235, 95, 90),
        "record": (196, 58, 56),
        "record hover": (202, 62, 60),
        "on record": (255, 255, 255),
        "gap": (232, 170, 70, 34),
        "gap line": (232, 170, 70, 110),
        "gap label": (84, 62, 26),
        "event": (90, 162, 255, 200),
        "event label": (36, 58, 96),
        "shadow": (0, 0, 0, 110),
        "clear": (0, 0, 0, 0),
    },
    "light": {
        "ground": (238, 240, 244),
        "panel": (250, 251, 252),
        "raised": (229, 232, 238),
        "hover": (216, 221, 230),
        "pressed": (202, 208, 220),
        "hairline": (214, 219, 228),
        "plot": (255, 255, 255),
        "plot ground": (255, 255, 255),
        "grid": (20, 30, 50, 20),
        "text": (24, 28, 36),
        "muted": (90, 98, 114),
        "off": (116, 124, 140),
        "accent": (20, 98, 205),
        "on": (204, 222, 250),
        "on hover": (188, 211, 247),
        "good": (14, 112, 72),
        "warn": (142, 84, 0),
        "bad": (186, 40, 36),
        "record": (196, 58, 56),
        "record hover": (178, 46, 44),
        "on record": (255, 255, 255),
        "gap": (190, 120, 0, 30),
        "gap line": (170, 105, 0, 110),
        "gap label": (252, 232, 196),
        "event": (20, 98, 205, 200),
        "event label": (214, 228, 250),
        "shadow": (0, 0, 0, 40),
        "clear": (0, 0, 0, 0),
    },
    "high contrast": {
        "ground": (0, 0, 0),
        "panel": (0, 0, 0),
        "raised": (38, 38, 38),
        "hover": (64, 64, 64),
        "pressed": (84, 84, 84),
        "hairline": (170, 170, 170),
        "plot": (0, 0, 0),
        "plot ground": (0, 0, 0, 0),
        "grid": (255, 255, 255, 44),
        "text": (255, 255, 255),
        "muted": (218, 218, 218),
        "off": (160, 160, 160),
        "accent": (120, 200, 255),
        "on": (0, 74, 150),
        "on hover": (0, 84, 170),
        "good": (90, 240, 170),
        "warn": (255, 205, 70),
        "bad": (255, 130, 120),
        "record": (196, 30, 30),
        "record hover": (220, 48, 48),
        "on record": (255, 255, 255),
        "gap": (255, 205, 70, 60),
        "gap line": (255, 205, 70, 200),
        "gap label": (84, 60, 0),
        "event": (120, 200, 255, 255),
        "event label": (0, 60, 120),
        "shadow": (0, 0, 0, 0),
        "clear": (0, 0, 0, 0),
    },
}

# Okabe and Ito, "Color Universal Design" (2008): sky blue, orange, bluish green, yellow, reddish purple, blue,
# vermillion, black; lightened for a dark ground, darkened for a light one.
CHANNELS: Mapping[Mode, tuple[tuple[int, int, int], ...]] = {
    "dark": (
        (96, 188, 238),
        (236, 166, 24),
        (22, 188, 140),
        (238, 226, 84),
        (216, 134, 182),
        (122, 152, 252),
        (242, 116, 58),
        (204, 208, 216),
    ),
    "light": (
        (0, 118, 176),
        (202, 124, 0),
        (0, 126, 92),
        (93, 82, 0),
        (170, 74, 130),
        (48, 72, 196),
        (201, 75, 0),
        (78, 84, 96),
    ),
    "high contrast": (
        (110, 205, 255),
        (255, 184, 40),
        (40, 230, 170),
        (255, 244, 90),
        (244, 160, 210),
        (150, 176, 255),
        (255, 136, 76),
        (255, 255, 255),
    ),
}


def role(mode: Mode, name: str) -> Colour:
    """Return the colour of a role, red, green, blue and alpha in 0 to 255."""
    parts = ROLES[mode][name]
    return parts[0], parts[1], parts[2], parts[3] if len(parts) > 3 else 255


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, «contrast ratio»)."""
    first, second = sorted((_luminance(one), _luminance(other)))
    return (second + 0.05) / (first + 0.05)


def _luminance(colour: Colour) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
