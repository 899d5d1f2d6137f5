"""A session behind a URL: read-only, in blocks, through fsspec. Needs the extra ``myoscope[remote]``.

What is read is what was asked for: files are not listed where their names follow from the array's shape, blocks are
kept so that neighbouring reads cost one request, and each request has a time bound. The person installs what a
protocol needs: s3fs for ``s3://``, gcsfs for ``gs://``, aiohttp for ``https://``.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SessionError

WITHIN_S = 30.0
"""How long one request may take."""
BLOCK_BYTES = 2**20
MOST_AT_ONCE = 16 * BLOCK_BYTES
CACHE_BYTES = 64 * 2**20
EXTRA = 'pip install "myoscope[remote]"'


def remote_place(url: str) -> RemotePlace:
    """Return the place that a URL names; nothing is fetched yet.

    Raises
    ------
    SessionError
        When fsspec, or the package of that protocol, is missing or refuses the URL.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise SessionError(f"{url} is not on this machine; reading it needs fsspec. Run: {EXTRA}.") from error
    try:
        # Listings that are kept would hide what a recording still adds.
        files, root = url_to_fs(url.rstrip("/"), skip_instance_cache=True, use_listings_cache=False)
    except ImportError as error:
        what = str(error).rstrip(".") or "a package is missing"
        raise SessionError(f"{url} cannot be read yet: {what}. Run: {EXTRA}, and install what that names.") from error
    except Exception as error:
        # Each protocol is a library of its own, with errors of its own.
        raise SessionError(f"{url} cannot be opened: {_said(error)}. Check the URL and the network.") from error
    return RemotePlace(Files(files, url), str(root))


class Files:
    """What fsspec found behind a URL, with one cache of blocks for the whole session.

    Parameters
    ----------
    system
        The fsspec file system.
    url
        As the person gave it, for messages.
    """

    def __init__(self, system: Any, url: str) -> None:
        self.system = system
        self.url = url
        self._blocks: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = Lock()
        self._n_cached = 0

    def call(self, verb: str, path: str, *given: Any) -> Any:
        """Ask for something, with a time bound; a missing file is a `FileNotFoundError`.

        Raises
        ------
        SessionError
            When the network, the server or the library fails.
        """
        from fsspec.asyn import AsyncFileSystem, sync

        try:
            if isinstance(self.system, AsyncFileSystem):
                return sync(self.system.loop, getattr(self.system, f"_{verb}"), path, *given, timeout=WITHIN_S)
            return getattr(self.system, verb)(path, *given)
        except (FileNotFoundError, NotADirectoryError, KeyError) as error:
            raise FileNotFoundError(path) from error
        except TimeoutError as error:
            raise SessionError(
                f"{path} was not answered within {WITHIN_S:.0f} s. Check the network, or copy the session here first."
            ) from error
        except Exception as error:
            # Each protocol is a library of its own, with errors of its own.
            raise SessionError(
                f"{path} cannot be read: {_said(error)}. Check the network and that you may read it."
            ) from error

    def bytes_of(self, path: str, first: int, n_bytes: int, size: int) -> bytes:
        """Return a range of a file; blocks around it are kept.

        Raises
        ------
        SessionError
            When they cannot be had.
        """
        blocks: dict[int, bytes] = {}
        wanted = range(first // BLOCK_BYTES, -(-(first + n_bytes) // BLOCK_BYTES))
        with self._lock:
            for number in wanted:
                block = self._blocks.get((path, number))
                if block is not None:
                    self._blocks.move_to_end((path, number))
                    blocks[number] = block
        missing = [number for number in wanted if number not in blocks]
        while missing:
            run = [missing.pop(0)]
            while missing and missing[0] == run[-1] + 1 and len(run) * BLOCK_BYTES < MOST_AT_ONCE:
                run.append(missing.pop(0))
            blocks.update(self._fetched(path, run[0], run[-1] + 1, size))
        # One whole piece, cut once.
        joined = b"".join(blocks[number] for number in wanted)
        offset = first - wanted[0] * BLOCK_BYTES if len(wanted) else 0
        return joined[offset : offset + n_bytes]

    def _fetched(self, path: str, begin: int, end: int, size: int) -> dict[int, bytes]:
        first, last = begin * BLOCK_BYTES, min(end * BLOCK_BYTES, size)
        try:
            data: bytes = self.call("cat_file", path, first, last)
        except FileNotFoundError:
            raise SessionError(f"{path} is missing. Was the session copied there completely?") from None
        if len(data) == size and len(data) != last - first:
            # A server that knows no ranges sends the whole file; it would do so each time.
            begin, first, last = 0, 0, size
        if len(data) != last - first:
            raise SessionError(
                f"{path} gave {len(data):,} bytes where {last - first:,} were asked for."
                " Was the session copied there completely?"
            )
        found = {
            begin + i: data[at : at + BLOCK_BYTES] for i, at in enumerate(range(0, max(1, len(data)), BLOCK_BYTES))
        }
        with self._lock:
            for number, block in found.items():
                self._n_cached += len(block) - len(self._blocks.pop((path, number), b""))
                self._blocks[path, number] = block
            while self._n_cached > CACHE_BYTES and len(self._blocks) > 1:
                self._n_cached -= len(self._blocks.popitem(last=False)[1])
        return found

    def close(self) -> None:
        """Forget the blocks, and close an archive that was opened for this session."""
        with self._lock:
            self._blocks.clear()
            self._n_cached = 0


class RemotePlace:
    """A folder behind a URL.

    Parameters
    ----------
    files
        What is behind it.
    root
        The folder, as the file system calls it.
    """

    is_remote = True

    def __init__(self, files: Files, root: str) -> None:
        self._files = files
        self._root = root.rstrip("/")

    @property
    def name(self) -> str:
        """Last part of the path."""
        text = self._root or self._files.url.partition("::")[2] or self._files.url
        return text.rstrip("/").rpartition("/")[2]

    def __truediv__(self, name: str) -> RemotePlace:
        return RemotePlace(self._files, self._path(name))

    def __str__(self) -> str:
        return self._root if "://" in self._root else f"{self._files.url.partition('://')[0]}://{self._root}"

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if self._root else name

    def require_folder(self) -> None:
        """Whether it is there shows when its files are read."""

    def read(self, name: str, limit: int) -> bytes:
        """Return a whole small file; its length is asked for first."""
        n_bytes = self.size(name)
        if n_bytes is None:
            raise SessionError(f"{self}/{name} is missing. Is this a session's folder, copied completely?")
        if n_bytes > limit:
            raise SessionError(
                f"{self}/{name} has {n_bytes:,} bytes, over the {limit:,} allowed. It is not ours, or damaged."
            )
        if n_bytes == 0:
            return b""
        try:
            data: bytes = self._files.call("cat_file", self._path(name), 0, n_bytes)
        except FileNotFoundError:
            raise SessionError(f"{self}/{name} is missing. Is this a session's folder, copied completely?") from None
        # One that still grows, or a server that knows no ranges, gives more.
        return data[:n_bytes]

    def size(self, name: str) -> int | None:
        """Return a file's length, or None when it is not there.

        Raises
        ------
        SessionError
            When the server does not tell lengths.
        """
        try:
            found = self._files.call("info", self._path(name))
        except FileNotFoundError:
            return None
        n_bytes = found.get("size")
        if found.get("type") != "file" or type(n_bytes) is not int or n_bytes < 0:
            raise SessionError(f"{self}/{name} has no length that its server tells. Copy the session here first.")
        return n_bytes

    def open(self, name: str, n_bytes: int | None = None) -> RemoteFile:
        """Open a file of samples; nothing is fetched when its length is known."""
        size = self.size(name) if n_bytes is None else n_bytes
        if size is None:
            raise SessionError(f"{self}/{name} is missing. Was the session copied there completely?")
        return RemoteFile(self._files, self._path(name), size)

    def inside(self, suffix: str) -> list[str]:
        """Return the names in this folder that end in `suffix`; empty where names cannot be told."""
        try:
            found = self._files.call("ls", self._root, False)
        except FileNotFoundError:
            return []
        names = {str(path).rstrip("/").rpartition("/")[2] for path in found}
        return sorted(name for name in names if name.endswith(suffix))

    def n_names(self) -> int:
        """Return how many files and folders there are; one request."""
        return len(self._files.call("ls", self._root, False))

    def close(self) -> None:
        """Forget what was fetched."""
        self._files.close()


class RemoteFile:
    """A file of samples behind a URL.

    Parameters
    ----------
    files
        Where it is.
    path
        What it is called there.
    n_bytes
        Its length.
    """

    def __init__(self, files: Files, path: str, n_bytes: int) -> None:
        self._files, self._path = files, path
        self.n_bytes = n_bytes

    def part(self, first: int, n_bytes: int) -> NDArray[np.uint8]:
        """Return bytes from `first` on, fetched with the blocks around them."""
        if not 0 <= first <= first + n_bytes <= self.n_bytes:
            raise SessionError(f"{self._path} ends before its samples do. Copy the session there anew.")
        return np.frombuffer(self._files.bytes_of(self._path, first, n_bytes, self.n_bytes), dtype=np.uint8)


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())[:200] or type(error).__name__
    return text.rstrip(".")
