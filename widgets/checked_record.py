"""Settings read back from a file: what is understood is taken, the rest stays as it is."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")
MAX_TEXT = 256


def read_record(record: R, saved: Mapping[str, Any], allowed: Mapping[str, Collection[Any]] | None = None) -> R:
    """Return a frozen dataclass of plain values with what `saved` changes.

    Parameters
    ----------
    record
        The settings as they are: truths, numbers, texts, and tuples of texts.
    saved
        Anything that came out of JSON.
    allowed
        The values that a field may have, where not all of its kind are welcome.
    """
    changes: dict[str, Any] = {}
    for field in fields(record):
        if field.name not in saved:
            continue
        read = _read(getattr(record, field.name), saved[field.name])
        among = (allowed or {}).get(field.name)
        if isinstance(read, tuple) and among is not None:
            read = tuple(text for text in read if text in among) or None
        elif among is not None and read not in among:
            read = None
        if read is not None:
            changes[field.name] = read
    return replace(record, **changes)


def _read(now: Any, value: Any) -> Any:
    if isinstance(now, bool) or isinstance(value, bool):
        return value if type(now) is type(value) else None
    if isinstance(now, int | float) and isinstance(value, int | float):
        return type(now)(value) if math.isfinite(value) else None
    if isinstance(now, str) and isinstance(value, str):
        return value if len(value) <= MAX_TEXT else None
    if isinstance(now, tuple) and isinstance(value, list | tuple):
        return tuple(text for text in value if isinstance(text, str) and len(text) <= MAX_TEXT)
    return None
