"""SHA-256 of files one after the other, in constant memory, telling how far it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .progress import Progress

PIECE_BYTES = 2**20


class Hashed:
    """Hashes files one after the other.

    Parameters
    ----------
    n_bytes
        Of all files together.
    progress
        Told the share of bytes hashed.
    """

    def __init__(self, n_bytes: int, progress: Progress) -> None:
        self._total, self._done = max(1, n_bytes), 0
        self._progress = progress
        self._piece = memoryview(bytearray(PIECE_BYTES))

    def sha256(self, path: Path, n_bytes: int) -> str | None:
        """Return the hash of a file's first `n_bytes`; None when there are not so many, or it cannot be read."""
        sha, left = hashlib.sha256(), n_bytes
        try:
            with path.open("rb", buffering=0) as file:
                while left > 0 and (n := file.readinto(self._piece[: min(left, PIECE_BYTES)])):
                    sha.update(self._piece[:n])
                    left -= n
                    self._done += n
                    self._progress(min(1.0, self._done / self._total))
        except OSError:
            # The caller names the file.
            return None
        return sha.hexdigest() if not left else None
