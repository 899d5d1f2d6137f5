"""A folder of tables that was a session becomes that session again, number by number."""

from __future__ import annotations

import csv
import io
import math
import os
import stat
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.block import Event
from .csv_cells import unsafe
from .csv_lines import ROWS_AT_ONCE, Table, TextLines, numbers, rows_of_lines
from .description import OURS, Described, GapWriter, beginning, parse_description, stream_of
from .errors import SessionError
from .formats import BuilderFor
from .gaps import Gap
from .in_unit import as_delivered
from .layout import is_group_name
from .library_words import said_by
from .pieces import Share
from .progress import Progress
from .stream_keys import keys_of

ABOUT = "session.csv"
EVENTS = "events.csv"
GAPS = "gaps.csv"
EVENTS_HEADING = ("time [s]", "kind", "label", "text", "stream")
GAPS_HEADING = ("stream", "from [s]", "to [s]", "sample", "lost", "cause")
ZERO = "time 0 [s, LSL clock]"
MAX_ROWS = 10**6


def files_of(folder: Path, streams: Iterable[str]) -> dict[str, Path]:
    """Return the table of each stream in a folder of ours."""
    keys = keys_of(streams, [Path(name).stem for name in (ABOUT, EVENTS, GAPS)])
    return {name: folder / f"{key}.csv" for name, key in keys.items()}


def is_ours(path: Path) -> bool:
    """Whether a table lies in a folder that says which session it was."""
    about = path.parent / ABOUT
    if not about.is_file() or about.is_symlink():
        return False
    with about.open("rb") as file:
        return file.read(64).split(b"\r\n")[1:2] == [f"format,{OURS}".encode()]


def read_ours(folder: Path, builder_for: BuilderFor, progress: Progress) -> list[str]:
    """Make the session that a folder of tables was.

    Raises
    ------
    SessionError
        When a table is missing, torn, or not what ``session.csv`` says.
    """
    said = {row[0]: row[1] for row in _table(folder / ABOUT) if len(row) == 2}
    about = parse_description(said.get("session", ""), folder / ABOUT)
    zero = _seconds(said.get(ZERO, ""), folder / ABOUT)
    streams = {
        key.removeprefix("stream "): stream_of(parse_description(text, folder / ABOUT), folder / ABOUT)
        for key, text in said.items()
        if key.startswith("stream ")
    }
    if not all(map(is_group_name, streams)):
        raise SessionError(f"{folder / ABOUT} names streams that cannot be. Is it damaged?")
    gaps = [_gap(row, zero, folder / GAPS) for row in _table(folder / GAPS)]
    files = {name: _plain_file(path) for name, path in files_of(folder, streams).items()}
    share = Share(progress, sum(path.stat().st_size for path in files.values()))
    with builder_for(**beginning(about)) as builder:
        for name, one in streams.items():
            one.begin(builder)
            rows = GapWriter(builder, one.stream, [gap for gap in gaps if gap.stream == name])
            for times, values in _rows(files[name], one, share):
                rows.write(values, times + zero)
            rows.finish()
        for row in _table(folder / EVENTS):
            if len(row) != len(EVENTS_HEADING):
                raise SessionError(f"{folder / EVENTS} has a row of {len(row)} cells. Was the file cut off?")
            builder.event(Event(_seconds(row[0], folder / EVENTS) + zero, *map(unsafe, row[1:])))
        builder.finish()
    return [f"The whole session was read from {folder}."]


def _rows(path: Path, one: Described, share: Share) -> Iterator[tuple[NDArray[np.float64], NDArray[Any]]]:
    info = one.info
    table = Table("utf-8-sig", ",", False, 1, (), "", info.n_channels + 1)
    exact_ints = info.scale == 1.0 and info.dtype in ("int64", "uint64")
    with path.open("rb") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as file:
        rows = rows_of_lines(TextLines(file, path), path, ",")
        next(rows, None)
        told = 0
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            read = numbers(chunk, table, path)
            values: NDArray[Any] = read[:, 1:]
            if exact_ints:
                values = _whole(chunk, info.dtype, path)
            yield read[:, 0], as_delivered(info, values)
            now = raw.tell()
            share.add(now - told)
            told = now


def _whole(rows: list[tuple[int, list[str]]], dtype: str, path: Path) -> NDArray[Any]:
    try:
        return np.array([[int(cell) for cell in row[1:]] for _, row in rows], dtype=dtype)
    except (ValueError, OverflowError) as error:
        raise SessionError(f"A cell near line {rows[0][0]} of {path} is no {dtype}: {said_by(error)}.") from None


def _plain_file(path: Path) -> Path:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        raise SessionError(f"{path} is missing. Is this the whole folder?") from None
    if not stat.S_ISREG(mode):
        raise SessionError(f"{path} is no plain file. Copy the whole folder anew.")
    return path


def _table(path: Path) -> Iterator[list[str]]:
    before = csv.field_size_limit()
    if not path.exists():
        return
    # A description of many channels is one long cell; the limit is the whole module's, so it is put back.
    csv.field_size_limit(max(before, 2**22))
    try:
        with _plain_file(path).open(encoding="utf-8-sig", newline="") as file:
            rows = rows_of_lines(TextLines(file, path), path, ",")
            next(rows, None)
            read = [row for _, row in islice(rows, MAX_ROWS + 1)]
            if len(read) > MAX_ROWS:
                raise SessionError(f"{path} has over {MAX_ROWS:,} rows, more than any session. It is not ours.")
    finally:
        csv.field_size_limit(before)
    yield from read


def _seconds(text: str, path: Path) -> float:
    try:
        return float(text) if text else math.nan
    except ValueError:
        raise SessionError(f"{path} holds {text[:40]!r} where a time belongs. Is it damaged?") from None


def _gap(row: list[str], zero: float, path: Path) -> Gap:
    try:
        stream, first, last, sample, lost, cause = row
        t_first, t_last = (_seconds(text, path) + zero for text in (first, last))
        return Gap.from_json(
            {
                "stream": unsafe(stream),
                "t_first": t_first,
                "t_last": t_last,
                "sample": sample,
                "n_lost": lost,
                "cause": unsafe(cause),
            }
        )
    except ValueError:
        raise SessionError(f"{path} has a row that is no gap: {row!s:.80}. Is it damaged?") from None
