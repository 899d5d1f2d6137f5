"""The small files of a session behind a URL, kept on this machine while it is open."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

from .layout import (
    ABOUT,
    CHECKSUMS,
    CLOCK,
    EVENTS,
    GAPS,
    MAX_CHECKSUMS_BYTES,
    MAX_JSON_BYTES,
    MAX_LINES_BYTES,
    METADATA,
    SUFFIX,
)
from .places import Place

FILES = {
    METADATA: MAX_JSON_BYTES,
    EVENTS: MAX_LINES_BYTES,
    GAPS: MAX_LINES_BYTES,
    CLOCK: MAX_LINES_BYTES,
    ABOUT: MAX_LINES_BYTES,
    CHECKSUMS: MAX_CHECKSUMS_BYTES,
}


class Mirror:
    """A temporary folder with a session's lines and checksums, read from there by whoever reads them here.

    Parameters
    ----------
    place
        The session's folder behind its URL.

    Raises
    ------
    SessionError
        When a file is larger than any session's, or the network fails.
    """

    def __init__(self, place: Place) -> None:
        parent = Path(tempfile.mkdtemp(prefix="myoscope-remote-"))
        self.close = weakref.finalize(self, shutil.rmtree, parent, ignore_errors=True)
        """Remove the folder. Safe to call twice."""
        name = "".join(c if c.isalnum() or c in "-_." else "_" for c in place.name).strip(".")[:120] or "session"
        self.folder = parent / (name if name.endswith(SUFFIX) else name + SUFFIX)
        self.folder.mkdir()
        try:
            for file, limit in FILES.items():
                if place.size(file) is not None:
                    (self.folder / file).write_bytes(place.read(file, limit))
        except BaseException:
            self.close()
            raise
