"""What a session is in MATLAB: one structure a stream, one of the session, one of its events, one of its gaps.

Arrays have time along their last dimension: what lies sample by sample on the disk is, in MATLAB's order,
(n_channels, n_samples), without moving a byte.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .session import Session
from .storable import channel_texts, event_columns, gap_columns, session_facts, storable, stream_facts
from .stored import StoredStream

MAX_NAME = 63
_RESERVED = ("session", "events", "gaps", "ans", "end", "for", "if", "while", "function", "return", "else", "case")


class Rows(NamedTuple):
    """Samples (`which` 0) or timestamps (1) of a stream, written stretch by stretch.

    Parameters
    ----------
    stream
        Whose.
    which
        0 or 1.
    """

    stream: StoredStream
    which: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape in MATLAB: (…, n_samples)."""
        shape = self.stream.info.sample_shape[::-1] if self.which == 0 else (1,)
        return *shape, self.stream.n_samples

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number format, little-endian."""
        return np.dtype(self.stream.info.dtype if self.which == 0 else "float64").newbyteorder("<")


Value = str | list[str] | NDArray[Any] | Rows | dict[str, Any]
"""Text, cell of texts, numbers as MATLAB has them, rows of a stream, or a structure of such values."""


def variables(session: Session) -> dict[str, dict[str, Value]]:
    """Return the variables of the file by name; each is a structure."""
    found: dict[str, dict[str, Value]] = {"session": dict(map(_fact, session_facts(session).items()))}
    for name, stream in session.streams.items():
        found[_variable(name, found)] = _stream(stream)
    found["events"] = {key: _column(key, values) for key, values in event_columns(session).items()}
    found["gaps"] = {key: _column(key, values) for key, values in gap_columns(session).items()}
    return found


def _stream(stream: StoredStream) -> dict[str, Value]:
    info = stream.info
    value: dict[str, Value] = {"data": Rows(stream, 0), "timestamps": Rows(stream, 1)}
    value |= dict(map(_fact, stream_facts(stream).items()))
    value["scale"] = info.scales.reshape(-1, 1)
    value |= {key: [storable(text) for text in texts] for key, texts in channel_texts(stream).items()}
    if info.grid is not None:
        value["grid"] = np.array(info.grid.cells, dtype=np.float64)
    return value


def _fact(item: tuple[str, str | float]) -> tuple[str, Value]:
    key, value = item
    return key, storable(value) if isinstance(value, str) else np.array([[value]], dtype=np.float64)


def _column(key: str, values: list[Any]) -> Value:
    if key in ("t", "t_first", "t_last", "sample", "n_lost"):
        return np.array(values, dtype=np.float64).reshape(-1, 1)
    return [str(value) for value in values]


def _variable(name: str, taken: dict[str, Any]) -> str:
    """Return a stream's name as MATLAB allows it for a variable."""
    base = re.sub(r"[^A-Za-z0-9_]", "_", name)[: MAX_NAME - 4]
    if not re.match("[A-Za-z]", base) or base in _RESERVED:
        base = f"s_{base}"[: MAX_NAME - 4]
    unique, n = base, 2
    while unique in taken:
        unique, n = f"{base}_{n}", n + 1
    return unique
