"""Parquet tables become sessions: our own folders as they were, others' tables with one stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..sources.errors import SourceError
from ..sources.info import MAX_CHANNELS, MAX_NAME, StreamInfo
from .csv_theirs import STREAM
from .description import OURS, Described, GapWriter, beginning, event_from_json, parse_description, streams_of
from .errors import SessionError
from .foreign_times import SECONDS, TIME_NAMES, rate_by, require_times, unit_of_time, unknown_unit
from .formats import BuilderFor
from .gaps import Gap
from .in_unit import as_delivered
from .layout import MAX_GROUPS
from .library_words import said_by
from .pieces import PIECE_BYTES, Share
from .progress import Progress

if TYPE_CHECKING:
    import pyarrow.parquet

TIME = "time"
EVENTS = ("kind", "label", "text", "stream")
GAPS = {"stream": "string", "t_first": "float64", "t_last": "float64", "sample": "int64", "n_lost": "int64",
        "cause": "string"}  # fmt: skip
MAX_GROUP_BYTES = 512 * 2**20
MAX_TABLE_BYTES = 256 * 2**20
MAX_RATIO = 1000


def read_file(path: Path, builder_for: BuilderFor, progress: Progress) -> list[str]:
    """Make a session of a table; see `format_parquet.read`."""
    with _opened(path) as file:
        said = (file.schema_arrow.metadata or {}).get(OURS.encode())
    if said is not None:
        return _read_ours(path, parse_description(said, path), builder_for, progress)
    return _read_theirs(path, builder_for, progress)


@contextmanager
def _opened(path: Path) -> Iterator[pyarrow.parquet.ParquetFile]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.is_symlink() or not path.is_file():
        raise SessionError(f"{path} is missing, or no plain file. Is this the whole folder?")
    file = None
    try:
        file = pq.ParquetFile(
            path, thrift_string_size_limit=2**24, thrift_container_size_limit=2**20, page_checksum_verification=True
        )
        _check(path, file.metadata)
        yield file
    except (pa.ArrowException, OSError, ValueError, OverflowError, UnicodeError) as error:
        raise SessionError(f"{path} is no Parquet table, or damaged: {said_by(error, 200)}.") from None
    finally:
        if file is not None:
            file.close()


def _check(path: Path, metadata: Any) -> None:
    """Refuse a table that says it holds more than one of its size should."""
    if not 0 < metadata.num_columns <= MAX_CHANNELS + 1:
        raise SessionError(
            f"{path} has {metadata.num_columns:,} columns, a stream has {MAX_CHANNELS:,} channels at most."
        )
    n_bytes = path.stat().st_size
    n_rows = 0
    for i in range(metadata.num_row_groups):
        group = metadata.row_group(i)
        n_rows += group.num_rows
        if not 0 <= group.total_byte_size <= MAX_GROUP_BYTES or group.num_rows < 0:
            raise SessionError(
                f"{path} has a row group of over 512 MiB ({group.total_byte_size:,} bytes). Write smaller ones."
            )
    if n_rows != metadata.num_rows or n_rows * metadata.num_columns * 8 > MAX_TABLE_BYTES + MAX_RATIO * n_bytes:
        raise SessionError(f"{path} says it has {metadata.num_rows:,} rows in {n_bytes:,} bytes. That cannot be.")


def _read_ours(path: Path, about: dict[str, Any], builder_for: BuilderFor, progress: Progress) -> list[str]:
    """Read the stream of one file, with all others that lie in its folder and are of the same session."""
    beside = [other for other in sorted(path.parent.glob("*.parquet")) if other != path and not other.is_symlink()]
    files = [path, *(other for other in beside[:MAX_GROUPS] if _is_of(other, about))]
    tables: list[tuple[Path, str, Described]] = []
    n_rows = 0
    gaps: list[Gap] = []
    events: list[dict[str, Any]] = []
    notes: list[str] = []
    for file in files:
        with _opened(file) as opened:
            said = parse_description(opened.schema_arrow.metadata[OURS.encode()], file)
            streams = streams_of(said, file)
            names = opened.schema_arrow.names
            if streams:
                name, one = next(iter(streams.items()))
                if any(name == known for _, known, _ in tables):
                    # The file that was asked for is the first; a copy beside it would double its samples.
                    notes.append(f"{file.name} holds {name}, as another file does, and was left out.")
                    continue
                if not _is_numeric(opened, one.info.n_channels + 1):
                    raise SessionError(f"{file} has not the columns that it describes. Was it changed?")
                tables.append((file, name, one))
                n_rows += opened.metadata.num_rows
            elif set(names) == set(GAPS):
                gaps = [Gap.from_json(row) for row in _table(opened, file)]
            elif set(names) == {TIME, *EVENTS}:
                events = [{"t": row[TIME], **{key: row[key] or "" for key in EVENTS}} for row in _table(opened, file)]
    order = about.get("order")
    ranks = {str(name): i for i, name in enumerate(order if isinstance(order, list) else [])}
    missing = [name for name in ranks if all(name != known for _, known, _ in tables)]
    if missing:
        notes.append(f"Not beside it, so left out: {', '.join(missing)[:200]}.")
    tables.sort(key=lambda table: ranks.get(table[1], len(ranks)))
    share = Share(progress, n_rows)
    with builder_for(**beginning(about)) as builder:
        for file, name, one in tables:
            one.begin(builder)
            writer = GapWriter(builder, one.stream, [gap for gap in gaps if gap.stream == name])
            with _opened(file) as opened:
                for times, values in _pieces(opened, 0, list(range(1, one.info.n_channels + 1))):
                    writer.write(as_delivered(one.info, values), times)
                    share.add(len(values))
            writer.finish()
        for event in filter(None, map(event_from_json, events)):
            builder.event(event)
        builder.finish()
    whole = len(tables) > 1 and not missing
    return [*([f"The whole session was read from {path.parent}."] if whole else []), *notes]


def _is_numeric(file: pyarrow.parquet.ParquetFile, n_columns: int) -> bool:
    import pyarrow as pa

    kinds = [field.type for field in file.schema_arrow]
    return len(kinds) == n_columns and all(pa.types.is_integer(k) or pa.types.is_floating(k) for k in kinds)


def _is_of(path: Path, about: dict[str, Any]) -> bool:
    try:
        with _opened(path) as file:
            said = (file.schema_arrow.metadata or {}).get(OURS.encode())
        return said is not None and parse_description(said, path).get("created") == about.get("created")
    except SessionError:
        # Somebody else's file that lies beside it.
        return False


def _table(file: pyarrow.parquet.ParquetFile, path: Path) -> list[dict[str, Any]]:
    if file.metadata.num_rows > 10**6:
        raise SessionError(f"{path} has {file.metadata.num_rows:,} rows, more than any session. It is not ours.")
    rows: list[dict[str, Any]] = file.read().to_pylist()
    return rows


def _pieces(
    file: pyarrow.parquet.ParquetFile, time: int, columns: list[int]
) -> Iterator[tuple[NDArray[np.float64] | None, NDArray[Any]]]:
    """Yield times and values; what is null is NaN."""
    n = max(1, PIECE_BYTES // (8 * (len(columns) + 1)))
    for batch in file.iter_batches(batch_size=n, use_threads=False):
        arrays = [batch.column(i) for i in columns]
        values = np.stack([array.to_numpy(zero_copy_only=False) for array in arrays], axis=1)
        times = batch.column(time).to_numpy(zero_copy_only=False) if time >= 0 else None
        yield times, values


def _read_theirs(path: Path, builder_for: BuilderFor, progress: Progress) -> list[str]:
    import pyarrow as pa

    notes = []
    with _opened(path) as file:
        schema = file.schema_arrow
        kinds = [field.type for field in schema]
        numeric = [i for i, kind in enumerate(kinds) if pa.types.is_integer(kind) or pa.types.is_floating(kind)]
        stamps = [i for i, kind in enumerate(kinds) if pa.types.is_timestamp(kind)]
        time = next((i for i in [*stamps, *numeric] if i in stamps or TIME_NAMES.match(schema.names[i])), -1)
        columns = [i for i in numeric if i != time]
        left = [name for i, name in enumerate(schema.names) if i != time and i not in columns]
        if not columns or time < 0 or not file.metadata.num_rows:
            raise SessionError(
                f"{path} needs a column of times, called time, and columns of numbers."
                f" It has: {', '.join(schema.names)[:200]}."
            )
        if left:
            notes.append(f"Left out, as they hold no numbers: {', '.join(left)[:200]}.")
        unit = str(getattr(kinds[time], "unit", None) or unit_of_time(schema.names[time]))
        factor = SECONDS.get(unit, 1.0)
        notes += unknown_unit(unit)
        if time in stamps:
            notes.append("Its times of day became seconds since 1970, rounded to 0.24 µs.")
        formats = [np.dtype(kinds[i].to_pandas_dtype()) for i in columns]
        dtype = np.result_type(*formats)
        nullable = any(_nulls(file, schema.names[i]) for i in columns)
        kind = "float64" if nullable and dtype.kind in "iu" else {"float16": "float32"}.get(dtype.name, dtype.name)
        if kind == "float64" and any(one.kind in "iu" and one.itemsize == 8 for one in formats):
            notes.append("Its columns are kept together as float64; whole numbers beyond 2**53 are rounded.")
        told, share, rate = 0, Share(progress, file.metadata.num_rows), None
        with builder_for() as builder:
            for times, values in _pieces(file, time, columns):
                moments = _seconds(times, factor)
                require_times(moments, told + 1, path)
                if values.dtype.kind == "f" and np.dtype(kind).kind != "f":
                    raise SessionError(f"{path} has empty cells where it says it has none. Write it anew.")
                if rate is None:
                    rate = rate_by(moments)
                    notes.append(f"Its times tell {rate:.10g} Hz." if rate else "Its times are irregular.")
                    builder.stream(STREAM, _info(path, schema, columns, rate, kind), f"parquet:{path.name}")
                builder.write(STREAM, values.astype(kind), moments)
                told += len(moments)
                share.add(len(moments))
            builder.finish()
    return notes


def _nulls(file: pyarrow.parquet.ParquetFile, name: str) -> bool:
    """Whether a column may have empty cells, by what the file says of its groups of rows."""
    # Structures have a column for each of their members, so numbers of columns differ from those of fields.
    places = [i for i in range(len(file.schema)) if file.schema.column(i).path == name]
    if len(places) != 1:
        return True
    return any(
        (statistics := file.metadata.row_group(i).column(places[0]).statistics) is None or statistics.null_count != 0
        for i in range(file.metadata.num_row_groups)
    )


def _seconds(times: Any, factor: float) -> NDArray[np.float64]:
    if times.dtype.kind == "M":
        whole = times.astype("int64")
        return np.where(np.isnat(times), np.nan, whole * factor)
    seconds: NDArray[np.float64] = times.astype(np.float64) * factor
    return seconds


def _info(path: Path, schema: Any, columns: list[int], rate: float, dtype: str) -> StreamInfo:
    names = tuple(schema.names[i][:MAX_NAME] for i in columns)
    units = {(schema.field(i).metadata or {}).get(b"unit", b"").decode("utf-8", "replace") for i in columns}
    try:
        return StreamInfo(
            fs=rate,
            name=path.stem[:MAX_NAME],
            channel_names=names,
            unit=units.pop()[:64] if len(units) == 1 else "",
            dtype=dtype,
        )
    except SourceError as error:
        raise SessionError(f"{path}: {error}") from error
