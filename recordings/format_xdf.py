"""XDF, the format of LabRecorder: in and out."""

from __future__ import annotations

from .xdf_reader import read_xdf as read
from .xdf_writer import write_xdf as write

__all__ = ["read", "write"]
