"""A session as Parquet tables, and anyone's Parquet table as a session.

Written is a folder: ``NAME.parquet`` for each stream, with a column ``time`` (s, LSL clock) and one a channel in the
stream's unit, ``events.parquet`` and ``gaps.parquet``. What the numbers were stands in the metadata of each schema
under ``myoscope``, the unit of each column in that of its field, so any one of the files brings its stream back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .csv_cells import respelled, spelled
from .description import OURS, describe_line, describe_session, describe_stream
from .formats import BuilderFor
from .in_unit import in_unit, rounded, unit_dtype
from .parquet_reading import EVENTS, GAPS, TIME, read_file
from .pieces import PIECE_BYTES, Share, n_rows, rows_at_once
from .progress import Progress
from .session import Session
from .stored import StoredStream
from .stream_keys import keys_of

if TYPE_CHECKING:
    import pyarrow

GROUP_BYTES = 4 * PIECE_BYTES


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write a session as Parquet files into a new folder, a row group at a time.

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

    Raises
    ------
    ModuleNotFoundError
        When pyarrow is not installed.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    out.mkdir()
    about = {**describe_session(session), "streams": {}, "order": list(session.streams)}
    share = Share(progress, n_rows(session.streams.values()))
    keys = keys_of(session.streams, ("events", "gaps"))
    for name, stream in session.streams.items():
        schema = _schema(stream, about)
        path = out / f"{keys[name]}.parquet"
        with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:
            for columns in _groups(stream, share):
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    metadata = {OURS: describe_line(about)}
    events = session.events
    table = {
        TIME: pa.array([event.t for event in events], pa.float64()),
        **{key: pa.array([_text(getattr(e, key)) for e in events], pa.string()) for key in EVENTS},
    }
    pq.write_table(pa.table(table).replace_schema_metadata(metadata), out / "events.parquet")
    gaps = {
        key: pa.array([_text(getattr(gap, key)) for gap in session.gaps], getattr(pa, kind)())
        for key, kind in GAPS.items()
    }
    pq.write_table(pa.table(gaps).replace_schema_metadata(metadata), out / "gaps.parquet")
    return [*rounded(session.streams.values()), *respelled(session.events)]


def _text(value: Any) -> Any:
    return spelled(value) if isinstance(value, str) else value


def _schema(stream: StoredStream, about: dict[str, Any]) -> pyarrow.Schema:
    import pyarrow as pa

    info, fields = stream.info, [pa.field(TIME, pa.float64(), nullable=False, metadata={"unit": "s"})]
    taken = {TIME}
    for label in map(_text, info.labels):
        name, number = label, 2
        while name in taken:
            name, number = f"{label} ({number})", number + 1
        taken.add(name)
        kind = pa.from_numpy_dtype(unit_dtype(info))
        fields.append(pa.field(name, kind, nullable=False, metadata={"unit": spelled(info.unit)}))
    said = {**about, "streams": {stream.name: describe_stream(stream)}}
    return pa.schema(fields, metadata={OURS: describe_line(said)})


def _groups(stream: StoredStream, share: Share) -> Iterator[list[pyarrow.Array]]:
    import pyarrow as pa

    rows = rows_at_once(stream, GROUP_BYTES)
    for first in range(0, stream.n_samples, rows):
        data, times = stream.read(first, first + rows)
        columns = np.ascontiguousarray(in_unit(stream.info, data).T)
        yield [pa.array(np.asarray(times, dtype=np.float64)), *(pa.array(column) for column in columns)]
        share.add(len(times))


def read(path: Path, builder_for: BuilderFor, progress: Progress) -> list[str]:
    """Make a session of a Parquet table, or of its whole folder when that is one that `write` made.

    Parameters
    ----------
    path
        The file.
    builder_for
        Makes the session.
    progress
        Told the share done.

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When it is damaged, larger than it may be, or holds no samples.
    ModuleNotFoundError
        When pyarrow is not installed.
    """
    return read_file(path, builder_for, progress)
