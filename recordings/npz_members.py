"""The arrays in a NumPy archive, looked at before they are believed, and read a piece at a time."""

from __future__ import annotations

import io
import math
import struct
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError
from .library_words import said_by

SESSION = "session"
MAX_MEMBERS = 4096
MAX_HEADER = 10_000
MAX_SMALL = 16 * 2**20
# No stream of deflate is packed tighter than this (zlib's technical details).
MAX_RATIO = 1040
_NO_HEADER = (
    *(ValueError, LookupError, TypeError, SyntaxError, AttributeError, ArithmeticError),
    *(RecursionError, MemoryError, tokenize.TokenError),
)
"""What comes out of numpy, which reads a header as Python writes values (and runs nothing of it)."""


class Member(NamedTuple):
    """One array of an archive.

    Parameters
    ----------
    name
        Its key.
    shape
        Its shape.
    dtype
        Its number format.
    fortran
        Whether its first axis runs fastest.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers that a stream can have."""
        return self.dtype.kind in "iufb" and self.dtype.itemsize <= 8


def header_of(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """Return the beginning of an ``.npy`` file."""
    text = io.BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(text, described)
    return text.getvalue()


def write_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    """Write a small array."""
    with archive.open(f"{name}.npy", "w") as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Member]]]:
    """Open an archive and look at the heads of all its arrays.

    Raises
    ------
    SessionError
        When it is no archive of arrays, or one that says more than it holds.
    """
    try:
        with _archive(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_MEMBERS or len({entry.filename for entry in entries}) != len(entries):
                raise SessionError(f"{path} holds {len(entries):,} arrays, or some twice. It is not one of NumPy's.")
            yield archive, {member.name: member for member in (_member(archive, entry, path) for entry in entries)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SessionError(
            f"{path} is no NumPy archive, or damaged: {said_by(error)}. Save it anew with numpy.savez."
        ) from None


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (ValueError, struct.error) as error:
        # Names that are no text, fields that end early: zipfile lets them through as they are.
        raise zipfile.BadZipFile(str(error)) from error


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> Member:
    name = entry.filename.removesuffix(".npy")
    if name == entry.filename or len(name) > 256:
        raise SessionError(f"{path} holds {entry.filename[:80]!r}, which is no array. Save it with numpy.savez.")
    packed = entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if packed or entry.flag_bits & 1 or entry.file_size > max(entry.compress_size, 64) * MAX_RATIO:
        raise SessionError(f"{name} in {path} is packed in a way that NumPy does not use. Save it with numpy.savez.")
    try:
        opened_entry = archive.open(entry)
    except ValueError as error:
        raise zipfile.BadZipFile(str(error)) from error
    with opened_entry as file:
        member, n_head = read_header(file, name, path)
    if n_head + member.dtype.itemsize * math.prod(member.shape) != entry.file_size:
        raise SessionError(
            f"{name} in {path} says its shape is {member.shape}, which is not what it holds. Is it damaged?"
        )
    return member


def read_header(file: IO[bytes], name: str, path: Path) -> tuple[Member, int]:
    """Return what the head of an ``.npy`` file says, and where its values begin; nothing in it is run.

    Raises
    ------
    SessionError
        When it is none, or says what no stream has.
    """
    try:
        version = np.lib.format.read_magic(file)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read(file, max_header_size=MAX_HEADER)
    except _NO_HEADER as error:
        raise SessionError(f"{name} in {path} is no NumPy array: {said_by(error)}.") from None
    if dtype.hasobject or dtype.kind not in "iufbUS" or dtype.itemsize < 1:
        raise SessionError(f"{name} in {path} holds {dtype.name[:40]}, not plain numbers. Save plain arrays.")
    if len(shape) > 8 or any(n < 0 for n in shape):
        raise SessionError(f"{name} in {path} says its shape is {str(shape)[:80]}. No stream has that.")
    return Member(name, tuple(shape), dtype, fortran), file.tell()


def small(archive: zipfile.ZipFile, member: Member, path: Path) -> NDArray[Any]:
    """Return a small array whole.

    Raises
    ------
    SessionError
        When it is not small.
    """
    n_bytes = member.dtype.itemsize * math.prod(member.shape)
    if n_bytes > 4 * MAX_SMALL:
        raise SessionError(f"{member.name} in {path} has {n_bytes:,} bytes, far more than it needs. Is it damaged?")
    with archive.open(f"{member.name}.npy") as file:
        read_header(file, member.name, path)
        data = file.read(n_bytes)
    return np.frombuffer(data, dtype=member.dtype).reshape(member.shape, order="F" if member.fortran else "C")


def text(archive: zipfile.ZipFile, member: Member | None, path: Path) -> str:
    """Return the text that an array of one element holds; empty where there is none."""
    if member is None or member.dtype.kind not in "US" or math.prod(member.shape) != 1:
        return ""
    value = small(archive, member, path).reshape(-1)[0]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@contextmanager
def rows(
    archive: zipfile.ZipFile, member: Member, tick: Callable[[], None], *, last_is_time: bool = False
) -> Iterator[NDArray[Any]]:
    """Give an array with time along its first axis, mapped from a copy of its own, so that it may be of any length.

    Parameters
    ----------
    archive, member
        Which one.
    tick
        Called after each MiB that was copied; may raise `Stopped`.
    last_is_time
        Whether time is its last axis; all axes are then turned round.

    Yields
    ------
    NDArray
        Shape (n_samples, ...), read-only; not to be kept.
    """
    with tempfile.TemporaryFile() as copy:
        with archive.open(f"{member.name}.npy") as file:
            read_header(file, member.name, Path(archive.filename or "the archive"))
            while piece := file.read(2**20):
                copy.write(piece)
                tick()
        if not math.prod(member.shape):
            yield np.empty(member.shape, member.dtype)
            return
        order: Literal["F", "C"] = "F" if member.fortran else "C"
        mapped = np.memmap(copy, member.dtype, "r", 0, member.shape, order)
        array = mapped.view(np.ndarray)
        yield array.T if last_is_time else array
        del array, mapped
