"""Which channels belong together by their names, and hues for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .palette import Colour
from .theme import Theme

# Words for a side say nothing about the muscle.
SIDES = frozenset(("l", "r", "left", "right", "li", "re", "links", "rechts"))
SHADES = (0.0, 0.3, 0.55)
NUMBER = re.compile(r"[\W_]*\d+[\W_]*$")


def group_of(name: str, kind: str = "") -> str:
    """Return what a channel belongs with: ``Trapezius`` for ``Trapezius sup. 2``, ``E`` for ``E07``."""
    words = [word for word in NUMBER.sub("", name).replace("_", " ").split() if word.casefold() not in SIDES]
    stem = NUMBER.sub("", words[0]).rstrip(".,:;-") if words else ""
    return f"{kind} {stem}".strip()


def hues(groups: Sequence[str], theme: Theme) -> list[Colour]:
    """Return a colour for each channel: one hue a group, in shades, so that neighbours can be told apart."""
    hue = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    seen: dict[str, int] = {}
    colours = []
    for group in groups:
        nth = seen[group] = seen.get(group, -1) + 1
        colours.append(_towards(theme.channel(hue[group]), theme.colour("text"), SHADES[nth % len(SHADES)]))
    return colours


def _towards(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one[:3], other[:3], strict=True))
    return red, green, blue, 255
