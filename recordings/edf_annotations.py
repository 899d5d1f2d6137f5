"""Annotations in EDF+ and BDF+ files: time-stamped lists of texts, a few in each data record.

A list is ``+onset`` or ``+onset 0x15 duration``, then texts each ended by 0x14, then 0. The first one of a record has
an empty text: it says when the record begins (EDF+ specification, 2.2.4).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from .edf_rates import decimal
from .errors import SessionError

MAX_TEXT = 1000
_ONSET = re.compile(rb"([+-]\d{1,20}(?:\.\d{0,40})?)(?:\x15(\d{1,20}(?:\.\d{0,40})?))?\x14")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Annotation(NamedTuple):
    """A text at a moment.

    Parameters
    ----------
    onset
        After the file's start, s.
    duration
        s; None where it has none.
    text
        What it says.
    """

    onset: Fraction
    duration: Fraction | None
    text: str


def encode(annotation: Annotation) -> bytes:
    """Return one list of one text; a text that is too long is cut."""
    text = _CONTROL.sub(" ", annotation.text).encode("utf-8", "replace")[:MAX_TEXT].decode("utf-8", "ignore")
    duration = "" if annotation.duration is None else f"\x15{decimal(annotation.duration, 12)}"
    return f"{_signed(annotation.onset)}{duration}\x14{text}\x14\0".encode()


def beginning(onset: Fraction) -> bytes:
    """Return the list with which a data record begins."""
    return f"{_signed(onset)}\x14\x14\0".encode()


def _signed(onset: Fraction) -> str:
    text = decimal(onset, 12)
    return text if text.startswith("-") else f"+{text}"


class Placed(NamedTuple):
    """Annotations laid into records.

    Parameters
    ----------
    n_bytes
        Of annotations in each record.
    texts
        Bytes that follow the beginning of a record, for those records that have any.
    """

    n_bytes: int
    texts: dict[int, bytes]


def place(annotations: Sequence[tuple[int, Annotation]], n_records: int, longest_beginning: int, unit: int) -> Placed:
    """Lay annotations into records: each into its own, or into a later one that has room.

    Parameters
    ----------
    annotations
        Each with the number of the record in which it happens.
    n_records
        How many records there are.
    longest_beginning
        Bytes that the beginning of a record takes at most.
    unit
        Bytes of one value of the file; each record has a whole number of them.
    """
    lists = [(min(max(record, 0), n_records - 1), encode(one)) for record, one in sorted(annotations, key=_in_order)]
    room = max((len(data) for _, data in lists), default=0)
    while True:
        texts: dict[int, bytes] = {}
        at = 0
        for record, data in lists:
            at = max(at, record)
            if len(texts.get(at, b"")) + len(data) > room:
                at += 1
            texts[at] = texts.get(at, b"") + data
        if at < n_records:
            return Placed(-(-(longest_beginning + room) // unit) * unit, texts)
        room *= 2


def _in_order(placed: tuple[int, Annotation]) -> tuple[int, Fraction]:
    return placed[0], placed[1].onset


def parse(data: bytes, what: object) -> tuple[Fraction | None, list[Annotation]]:
    """Read the annotations of one record.

    Returns
    -------
    Fraction or None
        When the record begins, s; None where it does not say.
    list of Annotation
        All others.

    Raises
    ------
    SessionError
        When they are none.
    """
    begins: Fraction | None = None
    found = []
    for i, part in enumerate(data.split(b"\0")):
        if not part:
            continue
        match = _ONSET.match(part)
        if match is None or not part.endswith(b"\x14"):
            raise SessionError(f"{what} holds an annotation that is none: {part[:40]!r}. It is damaged.")
        onset = Fraction(match.group(1).decode())
        duration = Fraction(match.group(2).decode()) if match.group(2) else None
        texts = part[match.end() :].split(b"\x14")[:-1]
        if i == 0 and texts[:1] == [b""]:
            begins, texts = onset, texts[1:]
        found += [Annotation(onset, duration, text.decode("utf-8", "replace")) for text in texts if text]
    return begins, found
