"""Where a session's files are: in a folder of this machine, or behind a URL."""

from __future__ import annotations

import mmap
import os
import re
import stat
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError
from .layout import parse_json, plain_folder, read_bytes

POPULATED_BYTES = 8 * 2**20
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+::?//", re.ASCII)
_CHAINED = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+::[^/]", re.ASCII)


class PlacedFile(Protocol):
    """One file of samples, open for reading. Any thread may call it."""

    @property
    def n_bytes(self) -> int:
        """Its length."""
        ...

    def part(self, first: int, n_bytes: int) -> NDArray[np.uint8]:
        """Return bytes from `first` on, shape (n_bytes,), read-only.

        Raises
        ------
        SessionError
            When they cannot be read, or there are not so many.
        """
        ...


class Place(Protocol):
    """A folder of a session. Any thread may call it; everything it raises is a `SessionError`."""

    @property
    def name(self) -> str:
        """Last part of the path."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether it is behind a URL: read-only, and each look costs time."""
        ...

    def __truediv__(self, name: str) -> Place:
        """Return a folder inside."""
        ...

    def require_folder(self) -> None:
        """Raise unless this is a real folder, no link; behind a URL that shows when its files are read."""
        ...

    def read(self, name: str, limit: int) -> bytes:
        """Return a whole small file of at most `limit` bytes."""
        ...

    def size(self, name: str) -> int | None:
        """Return a plain file's length, or None when it is not there."""
        ...

    def open(self, name: str, n_bytes: int | None = None) -> PlacedFile:
        """Open a file of samples; `n_bytes` is its length where that is known and need not be asked for."""
        ...

    def n_names(self) -> int:
        """Return how many files and folders there are; not for places behind a URL."""
        ...

    def close(self) -> None:
        """Let go what is held."""
        ...


class LocalPlace:
    """A folder of this machine; files are mapped into memory, links are not followed.

    Parameters
    ----------
    path
        The folder.
    """

    is_remote = False

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.name

    def __truediv__(self, name: str) -> LocalPlace:
        return LocalPlace(self.path / name)

    def __str__(self) -> str:
        return str(self.path)

    def require_folder(self) -> None:
        """Raise unless this is a real folder, no link."""
        plain_folder(self.path)

    def read(self, name: str, limit: int) -> bytes:
        """Return a whole small file."""
        return read_bytes(self.path / name, limit)

    def size(self, name: str) -> int | None:
        """Return a plain file's length, or None when it is not there; no folder on the way to it may be a link."""
        # Text, for this is asked for each of many chunks: pathlib costs more than the disk.
        path = str(self.path)
        try:
            for part in name.split("/")[:-1]:
                path = f"{path}{os.sep}{part}"
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    raise SessionError(f"{path} is not a folder. Sessions hold no links; copy the whole folder anew.")
            path = f"{self.path}{os.sep}{name}"
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise SessionError(f"{path} cannot be read: {error.strerror or error}.") from error
        if not stat.S_ISREG(found.st_mode):
            raise SessionError(f"{path} is not a plain file. Sessions hold no links; copy the whole folder anew.")
        return found.st_size

    def open(self, name: str, n_bytes: int | None = None) -> MappedFile:  # noqa: ARG002  mapping tells the length
        """Map a file that `size` has found."""
        path = f"{self.path}{os.sep}{name}"
        try:
            return MappedFile(path, _mapped(path))
        except FileNotFoundError:
            raise SessionError(f"{path} is missing. Restore it from a copy.") from None
        except (OSError, ValueError) as error:
            raise SessionError(f"{path} cannot be read: {error}.") from error

    def n_names(self) -> int:
        """Return how many files and folders there are."""
        with os.scandir(self.path) as entries:
            return sum(1 for _ in entries)

    def close(self) -> None:
        """Nothing is held."""


class MappedFile:
    """A file mapped into memory.

    Parameters
    ----------
    path
        Where it is.
    mapped
        Its bytes, shape (n_bytes,).
    """

    def __init__(self, path: str, mapped: NDArray[np.uint8]) -> None:
        self._path = path
        self._mapped = mapped
        self.n_bytes = len(mapped)

    def part(self, first: int, n_bytes: int) -> NDArray[np.uint8]:
        """Return bytes from `first` on, not copied."""
        if not 0 <= first <= first + n_bytes <= self.n_bytes:
            raise SessionError(f"{self._path} ends before its samples do. Restore it from a copy.")
        return self._mapped[first : first + n_bytes]


def _mapped(path: str) -> NDArray[np.uint8]:
    """Return a plain file's bytes, mapped. Pages of a small file are there at once: a fault each costs more."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("it is not a plain file")
        if os.name != "posix":
            return np.frombuffer(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ), dtype=np.uint8)
        flags = mmap.MAP_SHARED | (getattr(mmap, "MAP_POPULATE", 0) if found.st_size <= POPULATED_BYTES else 0)
        return np.frombuffer(mmap.mmap(descriptor, found.st_size, flags, mmap.PROT_READ), dtype=np.uint8)
    finally:
        os.close(descriptor)


def is_url(path: object) -> bool:
    """Whether `path` is a URL that fsspec knows what to do with, such as ``https://…`` or ``zip://…::…``."""
    return isinstance(path, str) and bool(_URL.match(path) or _CHAINED.match(path))


def place_of(path: str | os.PathLike[str]) -> Place:
    """Return the place that a path or URL names; ``file://`` is this machine.

    Raises
    ------
    SessionError
        When a URL cannot be reached with what is installed.
    """
    text = os.fspath(path)
    if not is_url(text):
        return LocalPlace(Path(text))
    if text.startswith(("file://", "local://")) and "::" not in text:
        found = unquote(urlsplit(text).path)
        # "file:///C:/recordings" is a Windows path behind its slash.
        return LocalPlace(Path(found[1:] if re.match(r"/[A-Za-z]:", found) else found))
    from .remote import remote_place

    return remote_place(text)


def read_json_in(place: Place, name: str, limit: int) -> dict[str, Any]:
    """Read a JSON file that holds one object; `SessionError` where it does not."""
    return parse_json(place.read(name, limit), f"{place}/{name}")
