"""One bad file, and what several kinds of them are made of."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Stranger(NamedTuple):
    """One file.

    Parameters
    ----------
    name
        What is bad about it.
    suffix
        What it claims to be.
    make
        Returns its bytes.
    may_open
        Whether a careful reader may make something of it all the same.
    """

    name: str
    suffix: str
    make: Callable[[], bytes]
    may_open: bool = False


def npy(descr: str = "<f4", shape: object = (4, 2), order: object = False, body: bytes | None = None) -> bytes:
    """Return an array's file whose header says what is given."""
    header = f"{{'descr': {descr!r}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    data = np.zeros((4, 2), dtype="<f4").tobytes() if body is None else body
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def zipped(members: dict[str, bytes], **settings: int) -> bytes:
    """Return a zip of members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **settings) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


class Bomb:
    """Whatever runs it writes a file that must not be there."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, ("import pathlib; pathlib.Path('ran').touch()",)
