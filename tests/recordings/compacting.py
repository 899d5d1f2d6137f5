"""A session to compress, and what of it must never change."""

from __future__ import annotations

from pathlib import Path

from myoscope.recordings import open_session

from .sessions import EMG, MARKERS, block, recorder


def two_streams(path: Path, n: int = 5000) -> Path:
    """Record a stream of two arrays in several chunks, and one of another shape."""
    made = recorder(path, chunk_seconds=0.5)
    for name, info in (("emg", EMG), ("markers", MARKERS)):
        sink = made.sink(name)
        sink.open(info)
        for first in range(0, n, 500):
            sink.write(block(first, 500, info))
        made.step(0)
    made.close()
    return made.path


def content(path: Path) -> dict[str, tuple[bytes, bytes]]:
    """Return everything that a session's streams hold."""
    with open_session(path) as session:
        return {
            name: (data.tobytes(), timestamps.tobytes())
            for name, stream in session.streams.items()
            for data, timestamps in [stream.read()]
        }


def names_in(path: Path) -> set[str]:
    """Return all files below a folder."""
    return {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
