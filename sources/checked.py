"""What a source returned, checked before it is believed."""

from __future__ import annotations

from typing import Any

import numpy as np

from .block import Block
from .errors import SourceError
from .info import StreamInfo
from .source import Source


def checked(raw: Any, info: StreamInfo, source: Source) -> Block:
    """Return what `read` of `source` returned as a block of its own memory that fits `info`.

    Raises
    ------
    SourceError
        When it does not fit; the message says what to return instead.
    """
    if not isinstance(raw, tuple) or len(raw) not in (2, 3):
        raise SourceError(
            f"read() of {type(source).__name__} returned {type(raw).__name__}. Return (data, timestamps) or None."
        )
    data, timestamps = np.asarray(raw[0]), np.asarray(raw[1])
    lost = int(raw[2]) if len(raw) == 3 else 0
    if data.ndim == 1 and info.sample_shape == (1,):
        data = data[:, None]
    if data.shape[1:] != info.sample_shape:
        given = f"read() returned {data.shape} for {info.n_channels} channels"
        if data.ndim == 2 and len(data) == info.n_channels:
            raise SourceError(f"{given}: did you return channels first? Return (n_samples, n_channels).")
        raise SourceError(f"{given}. Return (n_samples, {', '.join(map(str, info.sample_shape))}).")
    if timestamps.shape != (len(data),):
        raise SourceError(
            f"read() returned {len(data)} samples with timestamps of shape {timestamps.shape}. Give one a sample."
        )
    timestamps = np.array(timestamps, dtype=np.float64)
    if not np.isfinite(timestamps).all():
        raise SourceError("read() returned a timestamp that is not a number. Stamp samples with pylsl.local_clock().")
    if lost < 0:
        raise SourceError(f"read() says that {lost} samples were lost. Give 0 or more.")
    if info.is_text:
        return Block(data, timestamps, lost)
    wanted = np.dtype(info.dtype)
    if not np.can_cast(data.dtype, wanted, "same_kind"):
        raise SourceError(
            f"read() returned {data.dtype} numbers for a stream of {wanted}."
            f" Say dtype={str(data.dtype)!r} in StreamInfo."
        )
    return Block(np.array(data, dtype=wanted, order="C"), timestamps, lost)
