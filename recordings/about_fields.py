"""What a person may say of a recording and of a channel: the fields, and how what was typed becomes a value."""

from __future__ import annotations

import math
import re

from .about import MAX_ABOUT, MAX_TAGS, SIDES
from .errors import SessionError

SESSION_FIELDS = ("name", "subject", "task", "operator", "notes", "protocol", "take", "tags", "superseded")
CHANNEL_FIELDS = (
    "muscle", "side", "placement", "electrode_size_mm", "electrode_distance_mm", "reference", "notes",
)  # fmt: skip
LENGTHS = ("electrode_size_mm", "electrode_distance_mm")
MAX_LINE = 256
MAX_TAKE = 10**6

Value = str | int | float | list[str] | None
"""What one field holds: text, a whole number (take), mm or None (lengths), words (tags)."""

_SIDES = {
    "l": "left", "left": "left", "links": "left", "li": "left",
    "r": "right", "right": "right", "rechts": "right", "re": "right",
    "m": "midline", "mid": "midline", "middle": "midline", "midline": "midline", "mitte": "midline",
}  # fmt: skip


def field_named(text: str, fields: tuple[str, ...]) -> str:
    """Return the field that a person means by a word such as ``Electrode size`` or ``distance``.

    Raises
    ------
    SessionError
        When none is meant; the sentence names them all.
    """
    word = re.sub(r"\W+", "_", text.strip().casefold()).strip("_")
    for field in fields:
        if word in (field, field.removesuffix("_mm")):
            return field
    meant = [field for field in fields if word and word in field.split("_")]
    if len(meant) == 1:
        return meant[0]
    raise SessionError(f"There is no field {text.strip()[:40]!r}. There are: {', '.join(fields)}.")


def checked(field: str, value: object) -> Value:
    """Return what a field keeps of what was typed or given.

    Raises
    ------
    SessionError
        When it cannot be kept; the sentence says what can.
    """
    if field in LENGTHS:
        return _length(field, value)
    if field == "take":
        return _take(value)
    if field == "tags":
        return _tags(value)
    text = "" if value is None else str(value)
    text = "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())
    if field != "notes":
        text = " ".join(text.split())
    text = text.strip()
    if field == "side":
        return _side(text)
    limit = MAX_ABOUT if field == "notes" else MAX_LINE
    if len(text) > limit:
        raise SessionError(f"The {field} has {len(text):,} letters, and {limit:,} fit. Put the rest into the notes.")
    return text


def _side(text: str) -> str:
    side = _SIDES.get(text.casefold(), "") if text else ""
    if text and not side:
        raise SessionError(f"The side is {text[:40]!r}. Give one of: {', '.join(SIDES)}.")
    return side


def _length(field: str, value: object) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    what = field.removesuffix("_mm").replace("_", " ")
    try:
        number = float(str(value).strip().removesuffix("mm").strip().replace(",", "."))
    except ValueError:
        raise SessionError(f"The {what} {str(value)[:40]!r} is no number. Give it in mm, such as 20.") from None
    if not math.isfinite(number) or not 0 < number <= 1000:
        raise SessionError(f"The {what} is {number:g} mm. Give more than 0 and at most 1,000 mm.")
    return number


def _take(value: object) -> int:
    text = "" if value is None else str(value).strip()
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,7}", text) or int(text) >= MAX_TAKE:
        raise SessionError(f"The take {text[:40]!r} is no number. Give a whole one from 1, or 0 for none.")
    return int(text)


def _tags(value: object) -> list[str]:
    parts = re.split(r"[,;\n]", value) if isinstance(value, str) else value
    if parts is None:
        return []
    if not isinstance(parts, list | tuple):
        raise SessionError(f"The tags are {str(value)[:40]!r}. Give words with commas between.")
    tags = list(dict.fromkeys(tag for tag in (str(checked("tag", part)) for part in parts) if tag))
    if len(tags) > MAX_TAGS:
        raise SessionError(f"There are {len(tags)} tags, and {MAX_TAGS} fit.")
    return tags
