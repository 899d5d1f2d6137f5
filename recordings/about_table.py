"""What is said of channels as a table: pasted from a spreadsheet, or copied into one."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict

from .about import ChannelAbout
from .about_edits import Change
from .about_fields import CHANNEL_FIELDS, checked, field_named
from .errors import SessionError

CHANNEL = "channel"
MAX_TABLE = 2**20


def table_of(labels: Sequence[str], channels: Sequence[ChannelAbout]) -> str:
    """Return a table that `changes_of` reads: a heading, then a row a channel, cells with tabs between."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, dialect="excel-tab", lineterminator="\n")
    writer.writerow([CHANNEL, *CHANNEL_FIELDS])
    for name, channel in zip(labels, channels, strict=True):
        values = asdict(channel)
        writer.writerow([_cell(name), *(_cell(values[field]) for field in CHANNEL_FIELDS)])
    return text.getvalue()


def _cell(value: object) -> str:
    from .csv_cells import safe

    if isinstance(value, float):
        return f"{value:g}"
    return safe(str(value)) if value else ""


def changes_of(text: str, group: str, labels: Sequence[str], first: int = 0) -> list[Change]:
    """Read a table; a cell that is empty changes nothing.

    Parameters
    ----------
    text
        Cells with tabs between, or semicolons, or commas where there is no tab. A heading names the columns; without
        one they are muscle, side, placement, and so on. With a column ``channel``, its name or its number from 1
        says which channel a row is about; else rows are channels in their order.
    group
        The group that the channels are in.
    labels
        Their names.
    first
        Number of the channel that the first row is about, from 0, where no column says so.

    Returns
    -------
    list of Change
        One a cell.

    Raises
    ------
    SessionError
        With row and column when a cell cannot be read, or there is no such channel.
    """
    if len(text) > MAX_TABLE:
        raise SessionError(f"The table has {len(text):,} letters, and {MAX_TABLE:,} fit. Paste less of it.")
    heading, rows = _rows(text)
    changes: list[Change] = []
    for i, cells in enumerate(rows):
        named = dict(zip(heading, (cell.strip() for cell in cells), strict=False))
        where = f"Row {i + 1} of the table"
        number = _channel(named.pop(CHANNEL, ""), labels, first + i, where)
        for field, cell in named.items():
            if not cell:
                continue
            try:
                changes.append(Change(field, checked(field, cell), group, number))
            except SessionError as error:
                raise SessionError(f"{where}: {error}") from None
    if not changes:
        raise SessionError("The table is empty. Copy some cells first, with their heading where there is one.")
    return changes


def _rows(text: str) -> tuple[list[str], list[list[str]]]:
    lines = text.lstrip("\ufeff").strip("\r\n")
    between = next((letter for letter in "\t;," if letter in lines), "\t")
    try:
        rows = [row for row in csv.reader(io.StringIO(lines, newline=""), delimiter=between) if any(row)]
    except csv.Error as error:
        raise SessionError(f"The table cannot be read: {error}.") from None
    if rows:
        heading = _heading(rows[0])
        if heading:
            return heading, rows[1:]
        if max(len(row) for row in rows) > len(CHANNEL_FIELDS):
            raise SessionError(
                f"The table has {max(len(row) for row in rows)} columns and no heading. Name them in the first row:"
                f" {CHANNEL}, {', '.join(CHANNEL_FIELDS)}."
            )
    return list(CHANNEL_FIELDS), rows


def _heading(cells: Sequence[str]) -> list[str]:
    """Return the fields that a row names; empty where it is no heading."""
    fields: list[str] = []
    for cell in cells:
        try:
            fields.append(field_named(cell, (CHANNEL, *CHANNEL_FIELDS)))
        except SessionError:
            # A column of the spreadsheet that is none of ours, or no heading at all.
            fields.append("")
    known = [field for field in fields if field]
    if not known or len(known) * 2 < len([cell for cell in cells if cell.strip()]):
        return []
    if "" in fields:
        raise SessionError(
            f"There is no field {cells[fields.index('')].strip()[:40]!r}. There are: {CHANNEL},"
            f" {', '.join(CHANNEL_FIELDS)}. Leave the column out."
        )
    if len(set(known)) < len(known):
        raise SessionError("The heading names a column twice. Leave one out.")
    return fields


def _channel(said: str, labels: Sequence[str], usual: int, where: str) -> int:
    number = usual
    if said in labels:
        number = labels.index(said)
    elif said.isdecimal() and len(said) < 6:
        number = int(said) - 1
    elif said:
        raise SessionError(f"{where}: there is no channel {said[:40]!r}. Give its name, or its number from 1.")
    if not 0 <= number < len(labels):
        raise SessionError(f"{where}: there is no channel {number + 1}; there are {len(labels):,}.")
    return number
