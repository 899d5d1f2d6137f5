"""HDF5: compressed arrays that any language opens. Out only; the layout is in ``docs/formats.md``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError
from .progress import Progress, part
from .session import Session
from .storable import channel_texts, event_columns, gap_columns, session_facts, storable, stream_facts
from .stored import StoredStream
from .stretches import rows_at_once, shares, stretches

if TYPE_CHECKING:
    import h5py

VERSION = 1
CHUNK_BYTES = 2**20
COMPRESSIONS = ("gzip", "lzf", "none")


def write(session: Session, out: Path, progress: Progress, compression: str = "gzip") -> list[str]:
    """Write a session as one HDF5 file: samples in the device's own number format, with their scale.

    Parameters
    ----------
    session
        What to write.
    out
        The file to make.
    progress
        Told the share done.
    compression
        ``"gzip"``, which every HDF5 reads; ``"lzf"``, faster, for h5py; or ``"none"``.

    Raises
    ------
    SessionError
        When there is no such compression.
    """
    import h5py

    if compression not in COMPRESSIONS:
        raise SessionError(f"HDF5 takes compression {', '.join(COMPRESSIONS)}, not {compression!r}.")
    with h5py.File(out, "x", libver="earliest") as file:
        file.attrs["version"] = VERSION
        for key, value in session_facts(session).items():
            file.attrs[key] = storable(value) if isinstance(value, str) else value
        streams = file.create_group("streams", track_order=True)
        for name, stream in session.streams.items():
            _write_stream(streams.create_group(name), stream, part(progress, *shares(session)[name]), compression)
        for name, columns in (("events", event_columns(session)), ("gaps", gap_columns(session))):
            _write_columns(file.create_group(name), columns)
    return []


def _write_stream(group: h5py.Group, stream: StoredStream, progress: Progress, compression: str) -> None:
    info = stream.info
    for key, value in stream_facts(stream).items():
        group.attrs[key] = storable(value)[: 2**15] if isinstance(value, str) else value
    # Beside the arrays rather than in attributes, which hold 64 KiB in all.
    _write_columns(group, {key: list(map(storable, texts)) for key, texts in channel_texts(stream).items()})
    group.create_dataset("scale", data=info.scales)
    if info.grid is not None:
        group.create_dataset("grid", data=np.array(info.grid.cells, dtype=np.int64))
        group.attrs["grid_distance_mm"] = np.nan if info.grid.distance_mm is None else info.grid.distance_mm
    write_rows(group, stream, progress, None if compression == "none" else compression, ("samples", "timestamps"), ())


def write_rows(
    group: h5py.Group,
    stream: StoredStream,
    progress: Progress,
    compression: str | None,
    names: tuple[str, str],
    time_shape: tuple[int, ...],
) -> tuple[h5py.Dataset, h5py.Dataset]:
    """Write samples and timestamps of a stream into two data sets, chunk by chunk; return them.

    Parameters
    ----------
    group
        Where they go.
    stream
        Whose.
    progress
        Told the share done.
    compression
        ``"gzip"``, ``"lzf"`` or None.
    names
        Of the two data sets.
    time_shape
        What follows the number of samples in the shape of the timestamps.
    """
    samples_dtype: np.dtype[Any] = np.dtype(stream.info.dtype).newbyteorder("<")
    rows = max(1, min(rows_at_once(stream, CHUNK_BYTES), stream.n_samples))
    sets = []
    for name, shape, dtype in (
        (names[0], stream.info.sample_shape, samples_dtype),
        (names[1], time_shape, np.dtype("<f8")),
    ):
        packing: dict[str, Any] = {"compression": compression, "shuffle": True} if compression else {}
        if compression == "gzip":
            packing["compression_opts"] = 1
        sets.append(
            group.create_dataset(
                name, (stream.n_samples, *shape), dtype, chunks=(rows, *shape), maxshape=(None, *shape), **packing
            )
        )
    # Whole chunks at a time: each is compressed once.
    for first, data, timestamps in stretches(stream, progress, 4 * rows):
        values: tuple[NDArray[Any], ...] = (data, timestamps.reshape(-1, *time_shape))
        for dataset, some in zip(sets, values, strict=True):
            dataset[first : first + len(some)] = some
    return sets[0], sets[1]


def _write_columns(group: h5py.Group, columns: dict[str, list[Any]]) -> None:
    import h5py

    for key, values in columns.items():
        if values and isinstance(values[0], str):
            group.create_dataset(key, data=values, dtype=h5py.string_dtype())
        elif values:
            group.create_dataset(key, data=np.array(values))
        else:
            number = {"t": "<f8", "t_first": "<f8", "t_last": "<f8", "sample": "<i8", "n_lost": "<i8"}.get(key)
            group.create_dataset(key, shape=(0,), dtype=number or h5py.string_dtype(), maxshape=(None,))
