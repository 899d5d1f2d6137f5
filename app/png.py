"""Pictures as PNG files, written with the standard library alone."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
UP = 2


def write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write a picture (PNG specification, third edition, W3C 2025: 8-bit truecolour, not interlaced).

    Any thread may call it.

    Parameters
    ----------
    path
        Where to; what is there is replaced.
    pixels
        Shape (height, width, 3), uint8: rows from the top, red, green, blue.

    Raises
    ------
    ValueError
        When the picture has another shape or is empty.
    OSError
        When the file cannot be written.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape or pixels.dtype != np.uint8:
        raise ValueError(f"A picture has shape (height, width, 3) and uint8, not {pixels.shape} and {pixels.dtype}.")
    height, width, _ = pixels.shape
    # Each row as the difference from the one above: screens are mostly flat, and shrink well so.
    lines = np.empty((height, 1 + 3 * width), np.uint8)
    flat = pixels.reshape(height, 3 * width)
    lines[:, 0] = UP
    lines[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=lines[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (
        SIGNATURE,
        _chunk(b"IHDR", header),
        _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)),
        _chunk(b"IEND", b""),
    )
    path.write_bytes(b"".join(parts))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
