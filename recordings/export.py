"""A session as tables that any program opens."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from .errors import SessionError
from .session import Session
from .stored import StoredStream

ROWS_AT_ONCE = 4096
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_csv(session: Session, folder: Path, go_on: Callable[[float], bool] = lambda _: True) -> list[Path]:
    """Write a session as CSV files into a new folder: one a stream, one of its events, one of its gaps.

    The first column is the time since the session's first sample, s; the others are channels in their unit,
    named in the heading with the rate. Text that a spreadsheet would run as a formula is quoted with ``'``.
    Memory does not grow with the session's length.

    Parameters
    ----------
    session
        What to write.
    folder
        Made here; must not be there yet.
    go_on
        Told the share done, 0 to 1, now and then; returns whether to go on. What has been written is
        removed when it does not.

    Returns
    -------
    The files written; empty when it was stopped.

    Raises
    ------
    SessionError
        When the folder is there already, or cannot be written.
    """
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise SessionError(f"{folder} is there already. Remove it, or choose another folder.") from None
    except OSError as error:
        raise SessionError(f"{folder} cannot be made: {error.strerror}. Choose another folder.") from error
    try:
        files = _write(session, folder, go_on)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise SessionError(f"{folder} cannot be written: {error.strerror}. Free space, or choose another.") from error
    if not files:
        shutil.rmtree(folder, ignore_errors=True)
    return files


def _write(session: Session, folder: Path, go_on: Callable[[float], bool]) -> list[Path]:
    streams = list(session.streams.values())
    total = sum(stream.n_samples for stream in streams) or 1
    zero = min((s.first_timestamp for s in streams if s.n_samples), default=0.0)
    files, done = [], 0
    for stream in streams:
        path = folder / f"{stream.name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(_heading(stream))
            for first in range(0, stream.n_samples, ROWS_AT_ONCE):
                if not go_on(done / total):
                    return []
                table.writerows(_rows(stream, first, zero))
                done += min(ROWS_AT_ONCE, stream.n_samples - first)
        files.append(path)
    events = [(f"{e.t - zero:.6f}", e.kind, e.label, e.text, e.stream) for e in session.events]
    files.append(_table(folder / "events.csv", ("time [s]", "kind", "label", "text", "stream"), events))
    gaps = [
        (g.stream, _time(g.t_first - zero), _time(g.t_last - zero), g.sample, g.n_lost, g.cause) for g in session.gaps
    ]
    heading = ("stream", "from [s]", "to [s]", "sample", "lost", "cause")
    files.append(_table(folder / "gaps.csv", heading, gaps))
    go_on(1.0)
    return files


def _heading(stream: StoredStream) -> list[str]:
    info = stream.info
    unit = f" [{info.unit}]" if info.unit else ""
    rate = f" at {info.fs:.10g} Hz" if info.fs else ""
    return [f"time [s]{rate}", *(safe(f"{name}{unit}") for name in info.labels)]


def _rows(stream: StoredStream, first: int, zero: float) -> Iterable[list[str]]:
    data, timestamps = stream.read(first, first + ROWS_AT_ONCE)
    flat = data.reshape(len(data), -1)
    info = stream.info
    if info.scale != 1.0:
        flat = flat * info.scales
    # Nine digits are all that a float32 has; whole numbers and doubles are written as they are.
    spell = "%.9g" if flat.dtype == np.float32 else "%r"
    for t, row in zip((timestamps - zero).tolist(), flat.tolist(), strict=True):
        yield [f"{t:.6f}", *(spell % value for value in row)]


def _table(path: Path, heading: Iterable[str], rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(heading)
        table.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return path


def _time(seconds: float) -> str:
    return f"{seconds:.6f}" if math.isfinite(seconds) else ""


def safe(text: str) -> str:
    """Return text that a spreadsheet shows rather than runs; numbers stay as they are."""
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(FORMULA) else text
    return text
