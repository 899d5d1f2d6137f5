"""A session as BDF+, and BDF files as sessions."""

from __future__ import annotations

from pathlib import Path

from .edf_reading import read_file
from .edf_writing import write_file
from .formats import BuilderFor
from .progress import Progress
from .session import Session


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write all streams that have a rate into one BDF+ file; see `edf_writing.write_file`."""
    return write_file(session, out, progress, "BDF").notes


def read(path: Path, builder_for: BuilderFor, progress: Progress) -> list[str]:
    """Make a session of a BDF or BDF+ file; see `edf_reading.read_file`."""
    return read_file(path, builder_for, progress)
