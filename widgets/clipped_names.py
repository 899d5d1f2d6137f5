"""Names cut to the room there is."""

from __future__ import annotations

from .door import label
from .theme import Theme


def clipped(text: str, widest: float, theme: Theme, face: str = "small") -> str:
    """Return `text` if it is at most `widest` px wide, else cut in its middle: its end, where numbers are, stays.

    Where not even a letter fits it is empty.
    """
    text = label(text)
    fonts = theme.fonts
    if fonts.width(text, face) <= widest:
        return text
    for kept in range(min(len(text), 60), 1, -1):
        tail = min(3, kept // 3)
        cut = f"{text[: kept - tail].rstrip()}…{text[len(text) - tail :]}"
        if fonts.width(cut, face) <= widest:
            return cut
    return text[:1] if fonts.width(text[:1], face) <= widest else ""
