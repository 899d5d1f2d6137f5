"""A session as biosiglive stores recordings, and its files as a session.

A ``.bio`` file is a row of pickled dicts; reading joins what stands under a key on its last axis, which is time. Ours
is one dict: ``NAME`` (n_channels, n_samples) or (3, n_markers, n_samples) in its unit, ``NAME_timestamps`` (n_samples,)
in s on the LSL clock, ``NAME_fs`` in Hz, ``NAME_unit``. The names in it are those of NumPy 1, which NumPy 2 reads too.
Facts about the format: biosiglive 2.0.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .bio_reading import ENDS, read_arrays
from .formats import BuilderFor
from .in_unit import in_unit, rounded, unit_dtype
from .pieces import Share, n_rows, pieces
from .progress import Progress
from .session import Session
from .stored import StoredStream
from .stream_keys import keys_of


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write a session as one pickled dict, its arrays a piece at a time.

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
    share = Share(progress, n_rows(session.streams.values()))
    with out.open("wb") as file:
        file.write(b"\x80\x04}(")
        for name, key in keys_of(session.streams, ends=ENDS).items():
            stream = session.streams[name]
            info, n = stream.info, stream.n_samples
            _text(file, key)
            _array(file, (*info.sample_shape[::-1], n), unit_dtype(info), _samples(stream, share))
            _text(file, f"{key}_timestamps")
            _array(file, (n,), np.dtype(np.float64), _times(stream))
            _text(file, f"{key}_fs")
            file.write(b"G" + struct.pack(">d", info.fs))
            _text(file, f"{key}_unit")
            _text(file, info.unit)
        file.write(b"u.")
    lost = [what for what, there in (("events", session.events), ("gaps", session.gaps)) if there]
    what = ", ".join([*lost, "channel names"])
    return [
        f"A .bio file has no place for {what} and notes; they were left out.",
        *rounded(session.streams.values()),
    ]


def _text(file: IO[bytes], text: str) -> None:
    data = text.encode("utf-8", "backslashreplace")
    file.write(b"X" + struct.pack("<I", len(data)) + data)


def _array(file: IO[bytes], shape: tuple[int, ...], dtype: np.dtype[Any], parts: Iterator[NDArray[Any]]) -> None:
    """Write an array of which the parts, time first, are the bytes: so its first axis runs fastest."""
    dtype = dtype.newbyteorder("<")
    file.write(b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01(")
    for n in shape:
        file.write(b"\x8a\x08" + struct.pack("<q", n))
    file.write(b"tcnumpy\ndtype\n")
    _text(file, dtype.str[1:])
    order = b"|" if dtype.itemsize == 1 else b"<"
    file.write(b"\x89\x88\x87R(K\x03X\x01\x00\x00\x00" + order + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x88")
    n_bytes = dtype.itemsize * int(np.prod(shape, dtype=object))
    file.write(b"\x8e" + struct.pack("<Q", n_bytes))
    for part in parts:
        file.write(np.ascontiguousarray(part, dtype=dtype).data)
    file.write(b"tb")


def _samples(stream: StoredStream, share: Share) -> Iterator[NDArray[Any]]:
    for piece in pieces(stream):
        yield in_unit(stream.info, piece.data)
        share.add(len(piece.data))


def _times(stream: StoredStream) -> Iterator[NDArray[np.float64]]:
    for first in range(0, stream.n_samples, 2**18):
        yield stream.read_timestamps(first, first + 2**18)


def read(path: Path, builder_for: BuilderFor, progress: Progress, fs: float | str = "", unit: str = "") -> list[str]:
    """Make a session of a ``.bio`` file, each of its arrays a stream. Nothing in it is run.

    Parameters
    ----------
    path
        The file.
    builder_for
        Makes the session.
    progress
        Told the share done.
    fs
        Rate, Hz, or one a stream, such as ``emg=2000,markers=100``; biosiglive's files do not say it.
    unit
        Unit, or one a stream, such as ``emg=V,markers=mm``; they do not say it either.

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When it is damaged, asks for code, or no rate is known.
    """
    return read_arrays(path, builder_for, progress, fs, unit)
