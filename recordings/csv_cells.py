"""Cells of a table as text: harmless to a spreadsheet, exact for a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Event

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
DECIMALS = (6, 9, 12)


def safe(text: str) -> str:
    """Return text that a spreadsheet shows rather than runs; numbers stay as they are. `unsafe` undoes it."""
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(FORMULA) or _ESCAPED.match(text) else text
    return text


def spelled(text: str) -> str:
    """Return text with what no table can hold, zero bytes and half characters, spelled as Python writes them."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def respelled(events: Iterable[Event]) -> list[str]:
    """Return a sentence where texts of events hold what no table can."""
    n = sum(any(spelled(text) != text for text in (e.kind, e.label, e.text)) for e in events)
    return [f"Of {n:,} events a text holds characters that are none; they are spelled, as \\x00."] if n else []


def unsafe(text: str) -> str:
    """Return the text that `safe` was given."""
    return text[1:] if _ESCAPED.match(text) else text


def cells(row: Sequence[object]) -> list[object]:
    """Return a row with its texts made harmless."""
    return [safe(spelled(cell)) if isinstance(cell, str) else cell for cell in row]


def times(timestamps: NDArray[np.float64] | list[float], zero: float) -> list[str]:
    """Return times after `zero`, s, with so many decimals that ``zero + float(text)`` is the time again.

    Parameters
    ----------
    timestamps
        Shape (n_samples,), float64, s.
    zero
        Where time begins, s.

    Returns
    -------
    One text a time: 6 decimals where they suffice for all, else 9, else 12, else all there are; empty for NaN.
    """
    known = np.asarray(timestamps, dtype=np.float64)
    after = known - zero
    finite = np.isfinite(after)
    for decimals in DECIMALS:
        if np.array_equal((np.round(after, decimals) + zero)[finite], known[finite]):
            spell = f"%.{decimals}f"
            break
    else:
        spell = "%r"
    if finite.all():
        return [spell % t for t in after.tolist()]
    return [spell % t if ok else "" for t, ok in zip(after.tolist(), finite.tolist(), strict=True)]


def spelling(dtype: np.dtype[np.generic]) -> str:
    """Return how a number is written so that it is the same when read: a float32 has nine digits."""
    if dtype.kind in "iub":
        return "%d"
    return "%.9g" if dtype == np.float32 else "%r"
