"""Rows of a table, one after the other, from a file that nobody has checked."""

from __future__ import annotations

import csv
import io
import os
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
TAIL_BYTES = 2**18
BLOCK_CHARS = 2**18
BLANK = b" \t\r\n,;|"
"""What a line without a cell consists of."""
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


class TextLines:
    """The lines of a file one after the other, none longer than any table has.

    Text is taken in blocks, and blocks without a cell are passed over at once: a file of nothing but ends of lines, or
    of commas, costs no more than to read it. One thread iterates over it, once.

    Parameters
    ----------
    file
        Opened with ``newline=""``.
    path
        Its name, for messages.
    """

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file, self._path = file, path
        self._lines = self._read()
        self._n_read = 0
        self.n_passed = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Return the next line, with its end.

        Raises
        ------
        SessionError
            When one is too long, or is no text.
        """
        return next(self._lines)

    def _read(self) -> Iterator[str]:
        while block := self._block():
            n = block.count("\n") + block.count("\r") - block.count("\r\n")
            if "\0" in block:
                raise SessionError(
                    f"{self._path} holds a zero byte after line {self._n_read:,}. It is no text, so no table."
                )
            if block.encode("utf-8", "replace").translate(None, BLANK):
                yield from io.StringIO(block, newline="")
            else:
                self.n_passed += n
            self._n_read += n

    def _block(self) -> str:
        """Return the next whole lines."""
        try:
            block = self._file.read(BLOCK_CHARS)
            if not block.endswith("\n"):
                rest = self._file.readline(MAX_LINE)
                if len(rest) >= MAX_LINE:
                    raise SessionError(
                        f"A line of {self._path} after line {self._n_read:,} is over {MAX_LINE:,} characters long."
                        " It is no table."
                    )
                block += rest
        except UnicodeError as error:
            raise SessionError(
                f"{self._path} is no text after line {self._n_read:,}: {said_by(error)}. Is it damaged?"
            ) from None
        return block


def rows_of_lines(lines: Iterable[str], path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table with the number of the line that each ends in; those without a cell are left out.

    Raises
    ------
    SessionError
        When a row cannot be one.
    """
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter == " ")
    while True:
        try:
            row = next(reader, None)
            line = reader.line_num + (lines.n_passed if isinstance(lines, TextLines) else 0)
        except csv.Error as error:
            raise SessionError(
                f"Line {reader.line_num} of {path} cannot be read: {said_by(error)}. Is it a table?"
            ) from None
        if row is None:
            return
        if delimiter == " ":
            row = [cell for cell in row if cell]
        if len(row) > MAX_CELLS:
            raise SessionError(f"Line {line} of {path} has {len(row):,} cells, over {MAX_CELLS:,} columns.")
        if any(row):
            yield line, row


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
    if not any("_" in "".join(row) for row in texts):
        plain = [[cell.replace(",", ".") for cell in row] for row in texts] if table.comma else texts
        try:
            return np.array([[float(cell or "nan") for cell in row] for row in plain], dtype=np.float64)
        except ValueError:
            # Another word for an empty cell, or no number: looked at one by one.
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


def require_whole_end(path: Path, table: Table) -> None:
    """Refuse a table whose last line is none of its rows, before all others are read: most often it was cut off.

    Raises
    ------
    SessionError
        When it has more or fewer cells than the others, or one that holds no number.
    """
    if table.encoding == "utf-16":
        return
    with path.open("rb") as file:
        begins = max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES)
        file.seek(begins)
        tail = file.read().rstrip()
    at = max(tail.rfind(b"\n"), tail.rfind(b"\r"))
    if at < 0 or b'"' in tail[at:]:
        return
    rows = rows_of_lines([tail[at + 1 :].decode(table.encoding, "replace")], path, table.delimiter)
    for _, row in rows:
        if len(row) not in (table.n_columns, table.n_columns + 1):
            n = table.n_columns
            raise SessionError(
                f"The last line of {path} has {len(row):,} cells where {n:,} belong. Was the file cut off?"
            )
        wrong = next((cell for cell in row if not is_number(cell, table.comma)), None)
        if wrong is not None:
            raise SessionError(f"The last line of {path} holds {wrong[:40]!r}, which is no number. Was it cut off?")
