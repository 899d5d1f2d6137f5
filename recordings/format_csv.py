"""A session as tables that any program opens, and tables as a session.

Written is a folder: one table a stream, with units and rate in its heading, one of the events, one of the gaps, and
``session.csv`` that says what the numbers were, so that the folder comes back as the session it was.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from .csv_cells import cells, respelled, spelling, times
from .csv_ours import ABOUT, EVENTS, EVENTS_HEADING, GAPS, GAPS_HEADING, ZERO, files_of, is_ours, read_ours
from .csv_theirs import read_theirs
from .description import describe_line, describe_session, describe_stream
from .formats import BuilderFor
from .in_unit import in_unit, rounded, unit_dtype
from .pieces import Share, first_time, n_rows, pieces
from .progress import Progress
from .session import Session
from .stored import StoredStream

PIECE_BYTES = 2**19


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write a session as CSV files into a new folder.

    The first column is the time since the session's first sample, s; the others are channels in their unit, named in
    the heading with the rate. Text that a spreadsheet would run as a formula is quoted with ``'``. Every number is
    the same when it is read. Memory does not grow with the session's length.

    Parameters
    ----------
    session
        What to write.
    out
        The folder, made here.
    progress
        Told the share done.

    Returns
    -------
    Sentences to tell the person.
    """
    out.mkdir()
    zero = first_time(session)
    share = Share(progress, n_rows(session.streams.values()))
    for name, path in files_of(out, session.streams).items():
        _write_stream(session.streams[name], path, zero, share)
    events = ((times([e.t], zero)[0], e.kind, e.label, e.text, e.stream) for e in session.events)
    _write_table(out / EVENTS, EVENTS_HEADING, events)
    gaps = (
        (g.stream, *times([g.t_first], zero), *times([g.t_last], zero), g.sample, g.n_lost, g.cause)
        for g in session.gaps
    )
    _write_table(out / GAPS, GAPS_HEADING, gaps)
    about = describe_session(session)
    rows = [("format", about["format"]), (ZERO, repr(zero)), ("utc", session.created)]
    rows.append(("session", describe_line({**about, "streams": {}})))
    rows += [(f"stream {name}", describe_line(describe_stream(one))) for name, one in session.streams.items()]
    _write_table(out / ABOUT, ("what", "is"), rows)
    return [*rounded(session.streams.values()), *respelled(session.events)]


def _write_stream(stream: StoredStream, path: Path, zero: float, share: Share) -> None:
    info = stream.info
    unit = f" [{info.unit}]" if info.unit else ""
    rate = f" at {info.fs:.10g} Hz" if info.fs else ""
    row_text = ",".join(["%s", *[spelling(unit_dtype(info))] * info.n_channels]) + "\r\n"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow(cells([f"time [s]{rate}", *(f"{name}{unit}" for name in info.labels)]))
        for piece in pieces(stream, PIECE_BYTES):
            rows = in_unit(info, piece.data).tolist()
            seconds = times(piece.timestamps, zero)
            file.writelines([row_text % (t, *row) for t, row in zip(seconds, rows, strict=True)])
            share.add(len(rows))


def _write_table(path: Path, heading: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(heading)
        table.writerows(cells(row) for row in rows)


def read(path: Path, builder_for: BuilderFor, progress: Progress, fs: float | str = "", unit: str = "") -> list[str]:
    """Make a session of a table, or of its whole folder when that is one that `write` made.

    Parameters
    ----------
    path
        The file.
    builder_for
        Makes the session.
    progress
        Told the share done.
    fs
        Rate, Hz, where the file does not say it.
    unit
        Unit of the values, where the file does not say it.

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When the file is no table of numbers, is torn, or does not say its rate.
    """
    if is_ours(path):
        return read_ours(path.parent, builder_for, progress)
    return read_theirs(path, builder_for, progress, fs, unit)
