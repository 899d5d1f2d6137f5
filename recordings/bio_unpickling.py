"""Reading a pickle of NumPy arrays without running anything in it, and without holding its arrays in memory."""

from __future__ import annotations

import math
import struct
from typing import IO, Any, NamedTuple

import numpy as np

from .bio_machine import Buffer, Kind, Machine, Span
from .errors import SessionError
from .library_words import said_by


class Lying(NamedTuple):
    """An array whose values lie in the file.

    Parameters
    ----------
    shape
        Its shape.
    dtype
        Its number format.
    fortran
        Whether its first axis runs fastest.
    data
        Where its bytes lie, or the bytes of a small one.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    data: Span | bytes


def unpickle(file: IO[bytes], end: int) -> dict[str, Any]:
    """Read one pickle; the file is then behind it.

    Parameters
    ----------
    file
        At the pickle's beginning.
    end
        Length of the file.

    Returns
    -------
    dict
        What stands under each key: arrays as `Lying`, numbers and texts as they are, anything else as None.

    Raises
    ------
    SessionError
        When it holds anything but plain values and arrays of numbers, is torn, or is beyond all limits.
    """
    try:
        return _finished(Machine(file, end).run())
    except (IndexError, KeyError, TypeError, ValueError, struct.error, OverflowError, RecursionError) as error:
        raise SessionError(f"The pickle is damaged near byte {file.tell():,}: {said_by(error)}.") from None


def _finished(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SessionError("The pickle holds no dict of arrays. It is no .bio file.")
    return {
        str(key)[:256]: _array(one) if isinstance(one, Buffer) else one if isinstance(one, str | int | float) else None
        for key, one in value.items()
    }


def _array(made: Buffer) -> Lying:
    _, shape, kind, fortran, data = made.state or (1, (0,), Kind("f8"), False, b"")
    fits = isinstance(shape, tuple) and len(shape) <= 8 and all(type(n) is int and 0 <= n < 2**48 for n in shape)
    if not fits or not isinstance(kind, Kind) or not isinstance(data, Span | bytes):
        raise SessionError("The pickle holds an array that is none of numbers. It is not opened.")
    order = kind.order if kind.order in "<>" else "="
    dtype = np.dtype(order + kind.code.lstrip("<=>|"))
    n_bytes = data.n_bytes if isinstance(data, Span) else len(data)
    if n_bytes != dtype.itemsize * math.prod(shape):
        raise SessionError(f"The pickle has {n_bytes:,} bytes for an array of shape {shape}. It is damaged.")
    return Lying(shape, dtype, bool(fortran), data)
