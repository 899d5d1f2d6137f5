"""MATLAB 5 files, in constant memory: scipy's writer would hold all samples at once.

Layout: MathWorks, MAT-File Format, chapter 1 (Level 5 MAT-Files). Elements of type, size and data, all little-endian,
padded to 8 bytes. MATLAB refuses variables of 2 GB and more in it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError
from .mat_layout import Rows, Value, variables
from .progress import Progress, part
from .session import Session
from .stretches import row_bytes, shares, stretches

MOST_BYTES = 2**31 - 1
INT8, INT32, UINT32, MATRIX, UTF8 = 1, 5, 6, 14, 16
CELL, STRUCT, CHAR = 1, 2, 4
# Data type and array class of every number format.
NUMBERS = {
    "int8": (1, 8), "uint8": (2, 9), "int16": (3, 10), "uint16": (4, 11), "int32": (5, 12), "uint32": (6, 13),
    "float32": (7, 7), "float64": (9, 6), "int64": (12, 14), "uint64": (13, 15),
}  # fmt: skip
FIELD_BYTES = 32


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write a session as a MATLAB 5 file; samples in the device's own number format, with their scale.

    Parameters
    ----------
    session
        What to write.
    out
        The file to make.
    progress
        Told the share done.

    Raises
    ------
    SessionError
        When a stream does not fit into the 2 GB that a variable may have; nothing is written then.
    """
    contents = variables(session)
    for name, value in contents.items():
        if _size(name, value) > MOST_BYTES:
            raise SessionError(
                f"{name} takes {_size(name, value) / 2**30:.1f} GB, and MATLAB 5 holds 2 GB a variable."
                " Export it as MATLAB 7.3, or a part of it."
            )
    with out.open("xb", buffering=2**20) as file:
        file.write(_file_header(session))
        for name, value in contents.items():
            _write(file, name, value, progress, shares(session))
    return []


def _file_header(session: Session) -> bytes:
    text = f"MATLAB 5.0 MAT-file, written by myoscope, created {session.created}".encode("ascii", "replace")
    return text[:116].ljust(116) + bytes(8) + struct.pack("<H2s", 0x0100, b"IM")


# Sizes, which stand before what they are of


def _size(name: str, value: Value) -> int:
    """Return how many bytes the content of a value's element takes."""
    head = 16 + _padded(4 * len(_shape(value))) + 8 + _padded(len(name)) + 8
    if isinstance(value, dict):
        return head + 8 + 8 + FIELD_BYTES * len(value) + sum(8 + _size("", inner) for inner in value.values())
    if isinstance(value, list):
        return head + sum(8 + _size("", inner) for inner in value)
    if isinstance(value, str):
        return head + 8 + _padded(len(value.encode()))
    return head + 8 + _padded(_n_bytes(value))


def _shape(value: Value) -> tuple[int, ...]:
    if isinstance(value, dict):
        return (1, 1)
    if isinstance(value, list):
        return (len(value), 1)
    if isinstance(value, str):
        return (1, len(value)) if value else (0, 0)
    return value.shape


def _n_bytes(value: NDArray[Any] | Rows) -> int:
    n = value.dtype.itemsize
    for length in value.shape:
        n *= length
    return n


def _padded(n: int) -> int:
    return -(-n // 8) * 8


# Writing


def _write(
    file: BinaryIO,
    name: str,
    value: Value,
    progress: Progress,
    places: dict[str, tuple[float, float]],
) -> None:
    file.write(struct.pack("<II", MATRIX, _size(name, value)))
    kind = STRUCT if isinstance(value, dict) else CELL if isinstance(value, list) else CHAR
    if isinstance(value, np.ndarray | Rows):
        kind = NUMBERS[value.dtype.name][1]
    file.write(_element(UINT32, struct.pack("<II", kind, 0)))
    file.write(_element(INT32, np.array(_shape(value), dtype="<i4").tobytes()))
    file.write(_element(INT8, name.encode("ascii")))
    if isinstance(value, dict):
        _write_fields(file, list(value))
        for inner in value.values():
            _write(file, "", inner, progress, places)
    elif isinstance(value, list):
        for inner in value:
            _write(file, "", inner, progress, places)
    elif isinstance(value, str):
        file.write(_element(UTF8, value.encode()))
    elif isinstance(value, Rows):
        _write_rows(file, value, part(progress, *places[value.stream.name]))
    else:
        numbers = np.asarray(value).astype(value.dtype.newbyteorder("<"), copy=False)
        file.write(_element(NUMBERS[value.dtype.name][0], numbers.tobytes(order="F")))


def _write_fields(file: BinaryIO, names: Sequence[str]) -> None:
    # The length of the names in the form for small elements, as MATLAB itself writes it.
    file.write(struct.pack("<HHi", INT32, 4, FIELD_BYTES))
    padded = [name.encode("ascii")[: FIELD_BYTES - 1].ljust(FIELD_BYTES, b"\0") for name in names]
    file.write(_element(INT8, b"".join(padded)))


def _write_rows(file: BinaryIO, rows: Rows, progress: Progress) -> None:
    """Write rows as they lie on the disk, which is MATLAB's own order."""
    size = _n_bytes(rows)
    file.write(struct.pack("<II", NUMBERS[rows.dtype.name][0], size))
    # Samples first, then timestamps: half of the way each, as bytes go.
    own = 1 - 8 / row_bytes(rows.stream)
    told = part(progress, 0.0, own) if rows.which == 0 else part(progress, own, 1.0)
    for stretch in stretches(rows.stream, told):
        some: NDArray[Any] = (stretch.data, stretch.timestamps)[rows.which]
        file.write(np.ascontiguousarray(some).view("u1").data)
    file.write(bytes(_padded(size) - size))


def _element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(_padded(len(data)) - len(data))
