"""Finding sessions by words: ``subject:S07 tag:good biceps -pilot``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .browser_summary import SessionEntry
from .fuzzy import fits, plain

CLOSE = 6.0
"""A letter must fit so well on average that a word counts as meant, though it is not written out."""
SHORTEST = 3
FIELDS: dict[str, Callable[[SessionEntry], Iterable[object]]] = {
    "name": lambda e: (e.title,),
    "subject": lambda e: (e.subject,),
    "task": lambda e: (e.task,),
    "take": lambda e: (e.take or "",),
    "tag": lambda e: e.tags,
    "operator": lambda e: (e.operator,),
    "protocol": lambda e: (e.protocol,),
    "notes": lambda e: (e.notes,),
    "muscle": lambda e: e.muscles,
    "stream": lambda e: (stream.name for stream in e.streams),
    "state": lambda e: (e.state or "damaged", *(("superseded",) if e.superseded else ())),
    "date": lambda e: (e.created[:16].replace("T", " "),),
    "folder": lambda e: (str(e.path.parent),),
    "origin": lambda e: (e.origin or "recorded",),
    "is": lambda e: _marks(e),
}
EXACT = ("take", "tag", "state", "is")
FUZZY = ("name", "subject", "task", "tag", "muscle")
SORTS: dict[str, Callable[[SessionEntry], tuple[object, ...]]] = {
    "date": lambda e: (e.created, str(e.path)),
    "name": lambda e: (plain(e.title), e.take, e.created),
    "subject": lambda e: (plain(e.subject), plain(e.task), e.take, e.created),
    "duration": lambda e: (e.duration_s, e.created),
    "size": lambda e: (e.n_bytes, e.created),
}
DOWNWARDS = ("date", "duration", "size")
_WORD = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))')


class Wanted(NamedTuple):
    """One word of a query.

    Parameters
    ----------
    text
        `plain`.
    field
        Where it must stand; empty for anywhere.
    absent
        Whether it must not.
    exact
        Whether it must stand as it is written.
    """

    text: str
    field: str = ""
    absent: bool = False
    exact: bool = False


def parse(query: str) -> list[Wanted]:
    """Return the words of a query; a field that there is not is part of its word."""
    wanted = []
    for minus, field, quoted, word in _WORD.findall(query):
        text = quoted or word
        known = field.casefold() if field.casefold() in FIELDS else ""
        if field and not known:
            text = f"{field}:{text}"
        if text:
            wanted.append(Wanted(plain(text), known, bool(minus), bool(quoted)))
    return wanted


def search(query: str, entries: Iterable[SessionEntry], sort: str = "date") -> list[SessionEntry]:
    """Return the sessions that all words of a query fit, sorted by one of `SORTS`."""
    wanted = parse(query)
    found = [entry for entry in entries if all(matches(word, entry) is not word.absent for word in wanted)]
    return sorted(found, key=SORTS[sort], reverse=sort in DOWNWARDS)


def matches(word: Wanted, entry: SessionEntry) -> bool:
    """Tell whether a word stands in a session's texts, or nearly so; `absent` is not looked at."""
    for field in (word.field,) if word.field else FIELDS:
        if field in ("is", "folder") and not word.field:
            continue
        for value in FIELDS[field](entry):
            text = plain(str(value))
            if field in EXACT and word.field:
                if text == word.text:
                    return True
            elif word.text in text or (not word.exact and field in FUZZY and _near(word.text, text)):
                return True
    return False


def _near(word: str, text: str) -> bool:
    if len(word) < SHORTEST:
        return False
    score = fits(word, text)
    return score is not None and score >= CLOSE * len(word)


def _marks(entry: SessionEntry) -> Iterable[str]:
    if entry.error or entry.problems:
        yield "problem"
    if entry.n_gaps:
        yield "gaps"
    if entry.superseded:
        yield "superseded"
    if entry.tags:
        yield "tagged"
