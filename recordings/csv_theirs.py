"""A stranger's table of numbers as a session of one stream."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..sources.errors import SourceError
from ..sources.info import MAX_CHANNELS, MAX_NAME, MAX_RATE_HZ, StreamInfo
from .csv_cells import unsafe
from .csv_lines import (
    DELIMITERS,
    ROWS_AT_ONCE,
    Table,
    TextLines,
    encoding_of,
    is_number,
    numbers,
    require_whole_end,
    rows_of_lines,
)
from .errors import SessionError
from .foreign_times import SECONDS, TIME_NAMES, UNIT, rate_by, require_times, unit_of_time, unknown_unit
from .formats import BuilderFor
from .per_stream import rate_of, rates_wanted, said_of
from .pieces import Share
from .progress import Progress

HEAD_ROWS = 64
HEAD_CHARS = 4 * 2**20
MAX_BEFORE = 1000
STREAM = "table"
RATE = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)\s*(k?)Hz", re.IGNORECASE)
RATE_LINE = re.compile(r"sampl|rate|\bfs\b|abtast|échantillon|muestreo|campion", re.IGNORECASE)
"""Other frequencies stand above tables, too: those of filters."""
EXACT = 2**53


class Columns(NamedTuple):
    """What the columns of a table are.

    Parameters
    ----------
    time
        Number of the column that holds times; -1 where none does.
    to_seconds
        What its values are multiplied with.
    names
        Of the other columns.
    unit
        Of the other columns.
    fs
        The rate that the heading says, or a line above it, Hz; 0 where none does.
    unit_of_time
        As the heading has it.
    """

    time: int
    to_seconds: float
    names: tuple[str, ...]
    unit: str
    fs: float
    unit_of_time: str


def read_theirs(path: Path, builder_for: BuilderFor, progress: Progress, fs: float | str, unit: str) -> list[str]:
    """Make a session of a table.

    Raises
    ------
    SessionError
        When it is no table of numbers, or says no rate.
    """
    table = table_of(path)
    require_whole_end(path, table)
    columns = columns_of(table)
    notes = unknown_unit(columns.unit_of_time)
    if table.preamble:
        n_left = table.n_before - bool(table.heading)
        notes.append(f"{n_left:,} lines before the table were left out." if n_left > 1 else "A line was left out.")
    with path.open("rb") as raw, io.TextIOWrapper(raw, table.encoding, newline="") as file:
        rows = rows_of_lines(_after(TextLines(file, path), table.n_before), path, table.delimiter)
        head = _next(rows, table)
        rate = rate_of(fs, STREAM)
        if not rate and columns.fs:
            rate = columns.fs
            notes.append(f"By its heading it was sampled at {rate:.10g} Hz.")
        first = numbers(head, table, path)
        if not rate and columns.time >= 0:
            rate = rate_by(first[:, columns.time] * columns.to_seconds)
            notes.append(f"By its times it was sampled at {rate:.10g} Hz." if rate else "Its times are irregular.")
        elif not rate:
            raise rates_wanted(path.name, [STREAM], f"{len(columns.names)} columns, none of them times")
        if not 0 <= rate <= MAX_RATE_HZ:
            raise SessionError(f"{path} says it was sampled at {rate:g} Hz. Give the rate, such as fs=2000.")
        try:
            info = StreamInfo(
                fs=rate,
                name=path.stem[:MAX_NAME],
                channel_names=columns.names,
                unit=said_of(unit, STREAM) or columns.unit,
                dtype="float64",
            )
        except SourceError as error:
            raise SessionError(f"{path}: {error}") from error
        share, told, n, largest = Share(progress, path.stat().st_size), 0, 0, 0.0
        with builder_for() as builder:
            builder.stream(STREAM, info, f"csv:{path.name}")
            while head:
                values = numbers(head, table, path)
                if columns.time >= 0:
                    times = values[:, columns.time] * columns.to_seconds
                    require_times(times, n + 1, path)
                    values = np.delete(values, columns.time, axis=1)
                else:
                    times = (n + np.arange(len(values))) / rate
                builder.write(STREAM, values, times)
                n += len(values)
                largest = max(largest, float(np.abs(values).max(initial=0, where=np.isfinite(values))))
                share.add(raw.tell() - told)
                told = raw.tell()
                head = _next(rows, table)
            builder.finish()
    if largest >= EXACT:
        notes.append("Numbers are kept as float64: of more than 15 digits the last ones are rounded.")
    return notes


def _after(lines: TextLines, n: int) -> TextLines:
    for _ in islice(lines, n):
        pass
    return lines


def _next(rows: Iterator[tuple[int, list[str]]], table: Table) -> list[tuple[int, list[str]]]:
    return [(line + table.n_before, row) for line, row in islice(rows, ROWS_AT_ONCE)]


def table_of(path: Path) -> Table:
    """Find out how a table is written down, from its beginning.

    Raises
    ------
    SessionError
        When it holds no rows of numbers.
    """
    encoding = encoding_of(path)
    head, n_chars = [], 0
    with path.open(encoding=encoding, newline="") as file:
        for line in islice(TextLines(file, path), MAX_BEFORE + HEAD_ROWS):
            head.append(line)
            n_chars += len(line)
            # Each of them is looked at in nine ways.
            if n_chars > HEAD_CHARS:
                break
    best: tuple[int, Table] | None = None
    for delimiter in DELIMITERS:
        for comma in (False, True) if delimiter != "," else (False,):
            found = _try(head, encoding, delimiter, comma)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
    if best is None:
        raise SessionError(f"{path} has no rows of numbers. Give a table of one row a sample, one column a channel.")
    if best[1].n_columns > MAX_CHANNELS + 1:
        raise SessionError(f"{path} has {best[1].n_columns:,} columns; a stream has at most {MAX_CHANNELS:,} channels.")
    return best[1]


def _try(head: Sequence[str], encoding: str, delimiter: str, comma: bool) -> tuple[int, Table] | None:
    """Return how many cells hold numbers when a table is read so, and what it is then."""
    split = [_cells(line, delimiter) for line in head]
    for i, row in enumerate(split):
        width = len(row) - (len(row) > 1 and not row[-1].strip())
        if not width or not any(cell.strip() for cell in row):
            continue
        if not all(is_number(cell, comma) for cell in row) or all(not _digits(cell) for cell in row):
            continue
        following = [other for other in split[i : i + HEAD_ROWS] if any(cell.strip() for cell in other)]
        fits = sum(
            len(other) in (width, width + 1) and all(is_number(cell, comma) for cell in other) for other in following
        )
        if fits * 2 <= len(following):
            continue
        above = split[i - 1] if i else []
        named = [cell.strip() for cell in above[:width]]
        is_heading = len(above) in (width, width + 1) and not all(is_number(cell, comma) for cell in named)
        heading = tuple(named) if is_heading else ()
        preamble = "".join(head[: i - 1 if heading else i])
        return fits * width, Table(encoding, delimiter, comma, i, heading, preamble, width)
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    rows = rows_of_lines([line], Path("the table"), delimiter)
    try:
        return next(rows, (0, []))[1]
    except SessionError:
        # A line of the preamble may hold anything.
        return []


def _digits(cell: str) -> bool:
    return any(character.isdigit() for character in cell)


def columns_of(table: Table) -> Columns:
    """Find out what the columns of a table are, from its heading."""
    heading = [unsafe(name) for name in table.heading] or [f"ch_{i}" for i in range(table.n_columns)]
    time = next((i for i, name in enumerate(heading) if TIME_NAMES.match(name)), -1) if table.heading else -1
    if table.n_columns == 1:
        time = -1
    rest = [name for i, name in enumerate(heading) if i != time]
    units = [found.group(1) if (found := UNIT.search(name)) else "" for name in rest]
    same = units[0] if units and len(set(units)) == 1 else ""
    # Where units differ they stay in the names; one stream has one unit.
    names = tuple((UNIT.sub("", name).strip() if same else name.strip())[:MAX_NAME] for name in rest)
    lines = [heading[time]] if time >= 0 else []
    lines += [line for line in table.preamble.splitlines() if RATE_LINE.search(line)]
    said = next((found for line in lines if (found := RATE.search(line))), None)
    fs = float(said.group(1).replace(",", ".")) * (1000 if said.group(2) else 1) if said else 0.0
    unit = unit_of_time(heading[time]) if time >= 0 else "s"
    return Columns(time, SECONDS.get(unit, 1.0), names, same, fs, unit)
