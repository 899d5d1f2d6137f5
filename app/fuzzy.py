"""Finding by a few letters: they stand in the text in this order, wherever."""

from __future__ import annotations

import unicodedata

START = 8.0
TOGETHER = 9.0
LETTER = 1.0
SKIPPED = 0.05


def plain(text: str) -> str:
    """Return text without case and accents: ``Übersicht`` is ``ubersicht``, ``ß`` is ``ss``."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def fits(query: str, text: str) -> float | None:
    """Return how well letters fit a text, both `plain`; None when they do not stand in it in this order.

    Letters at the beginnings of words and letters side by side count most: the best of all ways to find them does.
    Spaces in the query are left out.
    """
    letters = query.replace(" ", "")
    if not letters:
        return 0.0
    # best[j]: score with the letters so far found, the last of them at text[j].
    best: list[float | None] = [None] * len(text)
    for i, letter in enumerate(letters):
        before, best = best, [None] * len(text)
        reach: float | None = None
        for j, there in enumerate(text):
            # The best way to have found the letters before, anywhere to the left but not beside.
            if j >= 2 and before[j - 2] is not None:
                reach = before[j - 2] if reach is None else max(reach, before[j - 2] or 0.0)
            if there != letter:
                continue
            gain = LETTER + (START if j == 0 or not text[j - 1].isalnum() else 0.0)
            ways = [-SKIPPED * j] if i == 0 else []
            if i and reach is not None:
                ways.append(reach)
            beside = before[j - 1] if i and j else None
            if beside is not None:
                ways.append(beside + TOGETHER)
            if ways:
                best[j] = max(ways) + gain
    found = [score for score in best if score is not None]
    return max(found) - SKIPPED * len(text) if found else None
