"""A session as one NumPy archive, and archives of anyone as a session.

Of each stream the archive holds ``NAME`` (n_samples, *sample_shape) in its unit, ``NAME_timestamps`` (n_samples,) in s
on the LSL clock, ``NAME_fs`` in Hz, ``NAME_channels`` and ``NAME_unit``; besides ``session``, a text of JSON with all
that a person said, the events and the gaps. ``numpy.load(path)`` opens it, with ``allow_pickle=False`` as by default.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from .description import MAX_BYTES, describe_line, describe_session, events_json
from .formats import BuilderFor
from .in_unit import in_unit, rounded, unit_dtype
from .npz_members import SESSION, header_of, write_array
from .npz_reading import keys_in, read_archive
from .pieces import Share, n_rows, pieces
from .progress import Progress
from .session import Session
from .stored import StoredStream


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write a session as a NumPy archive, uncompressed, a piece at a time.

    Parameters
    ----------
    session
        What to write.
    out
        The file.
    progress
        Told the share done.

    Returns
    -------
    Sentences to tell the person.
    """
    said = {
        **describe_session(session),
        "events": events_json(session),
        "gaps": [gap.to_json() for gap in session.gaps],
    }
    share = Share(progress, 2 * n_rows(session.streams.values()))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, key in keys_in(session.streams).items():
            _write_stream(archive, key, session.streams[name], share)
        line = describe_line(said)
        write_array(archive, SESSION, np.array(line))
    notes = rounded(session.streams.values())
    if len(line) > MAX_BYTES:
        notes.append("It has more events and gaps than are read back; to keep those, export CSV or Parquet.")
    return notes


def _write_stream(archive: zipfile.ZipFile, name: str, stream: StoredStream, share: Share) -> None:
    info, n = stream.info, stream.n_samples
    dtype: np.dtype[Any] = unit_dtype(info).newbyteorder("<")
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        member.write(header_of((n, *info.sample_shape), dtype))
        for piece in pieces(stream):
            member.write(np.ascontiguousarray(in_unit(info, piece.data), dtype=dtype).data)
            share.add(len(piece.data))
    with archive.open(f"{name}_timestamps.npy", "w", force_zip64=True) as member:
        member.write(header_of((n,), np.dtype("<f8")))
        for first in range(0, n, 2**18):
            times = stream.read_timestamps(first, first + 2**18)
            member.write(np.ascontiguousarray(times, dtype="<f8").data)
            share.add(len(times))
    write_array(archive, f"{name}_fs", np.array(info.fs))
    write_array(archive, f"{name}_channels", np.array(info.labels))
    write_array(archive, f"{name}_unit", np.array(info.unit))


def read(path: Path, builder_for: BuilderFor, progress: Progress, fs: float | str = "", unit: str = "") -> list[str]:
    """Make a session of a NumPy archive: of one that `write` made the same, of another's each array a stream.

    Parameters
    ----------
    path
        The file.
    builder_for
        Makes the session.
    progress
        Told the share done.
    fs
        Rate, Hz, or one a stream, where the archive does not say it.
    unit
        Unit, or one a stream, where the archive does not say it.

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When it is damaged, holds objects, or does not say its rates.
    """
    return read_archive(path, builder_for, progress, fs, unit)
