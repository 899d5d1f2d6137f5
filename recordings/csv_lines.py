"""Rows of a table, one after the other, from a file that nobody has checked."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from ..sources.info import MAX_CHANNELS
from .errors import SessionError
from .library_words import said_by

MAX_LINE = 4 * 2**20
MAX_CELLS = MAX_CHANNELS + 2
HEAD_BYTES = 2**16
ROWS_AT_ONCE = 512
DELIMITERS = (",", ";", "\t", "|", " ")
EMPTY = {"", "nan", "na", "n/a", "null", "none", "-"}


class Table(NamedTuple):
    """How a table is written down.

    Parameters
    ----------
    encoding
        Of its text.
    delimiter
        Between cells.
    comma
        Whether numbers have a decimal comma.
    n_before
        Lines before the first row of numbers.
    heading
        The names of its columns; empty where it has none.
    preamble
        Text of the lines before the heading.
    n_columns
        Cells of a row.
    """

    encoding: str
    delimiter: str
    comma: bool
    n_before: int
    heading: tuple[str, ...]
    preamble: str
    n_columns: int


def encoding_of(path: Path) -> str:
    """Return how a file's text is encoded: by its mark, else UTF-8 where it is that, else Windows-1252."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        # The last characters may be cut in two.
        head[: head.rfind(b"\n") + 1 or len(head)].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def lines_of(file: TextIO, path: Path) -> Iterator[str]:
    """Yield lines, none longer than any table has.

    Raises
    ------
    SessionError
        When one is longer, or is no text.
    """
    number = 0
    try:
        while line := file.readline(MAX_LINE):
            number += 1
            if len(line) >= MAX_LINE:
                raise SessionError(f"Line {number} of {path} is over {MAX_LINE:,} characters long. It is no table.")
            if "\0" in line:
                raise SessionError(f"Line {number} of {path} holds a zero byte. It is no text, so no table.")
            yield line
    except UnicodeError as error:
        raise SessionError(f"{path} is no text after line {number}: {said_by(error)}. Is it damaged?") from None


def rows_of_lines(lines: Iterable[str], path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table with the number of the line that each ends in; empty lines are left out.

    Raises
    ------
    SessionError
        When a row cannot be one.
    """
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter == " ")
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise SessionError(
                f"Line {reader.line_num} of {path} cannot be read: {said_by(error)}. Is it a table?"
            ) from None
        if row is None:
            return
        if delimiter == " ":
            row = [cell for cell in row if cell]
        if len(row) > MAX_CELLS:
            raise SessionError(f"Line {reader.line_num} of {path} has {len(row):,} cells, over {MAX_CELLS:,} columns.")
        if any(row):
            yield reader.line_num, row


def is_number(cell: str, comma: bool) -> bool:
    """Whether a cell holds a number, or nothing."""
    text = cell.strip()
    if text.lower() in EMPTY:
        return True
    try:
        number(text, comma)
    except ValueError:
        return False
    return True


def number(text: str, comma: bool) -> float:
    """Return the number that a cell holds; NaN where it is empty.

    Raises
    ------
    ValueError
        When it holds something else.
    """
    text = text.strip()
    if text.lower() in EMPTY:
        return float("nan")
    if "_" in text:
        raise ValueError(text)
    return float(text.replace(",", ".") if comma else text)


def numbers(rows: list[tuple[int, list[str]]], table: Table, path: Path) -> NDArray[np.float64]:
    """Return rows as numbers, shape (n_rows, n_columns), NaN where a cell is empty.

    Raises
    ------
    SessionError
        When a row has more or fewer cells than the others, or a cell holds no number; says in which line.
    """
    for line, row in rows:
        if len(row) != table.n_columns and not (len(row) == table.n_columns + 1 and not row[-1].strip()):
            raise SessionError(
                f"Line {line} of {path} has {len(row)} cells where {table.n_columns} belong. Was the file cut off?"
            )
    texts = [row[: table.n_columns] for _, row in rows]
    # Python takes 1_0 for ten; a table does not.
    if not table.comma and not any("_" in "".join(row) for row in texts):
        try:
            return np.array([[float(cell) for cell in row] for row in texts], dtype=np.float64)
        except ValueError:
            # An empty cell, or one that is no number: looked at one by one.
            pass
    out = np.empty((len(rows), table.n_columns))
    for i, (line, _) in enumerate(rows):
        for j, cell in enumerate(texts[i]):
            try:
                out[i, j] = number(cell, table.comma)
            except ValueError:
                raise SessionError(
                    f"Line {line} of {path} holds {cell[:40]!r} in column {j + 1}, which is no number."
                ) from None
    return out
