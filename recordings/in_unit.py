"""Samples in their unit, and back in the number format in which the device delivered them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.info import StreamInfo
from .errors import SessionError

EXACT = 2**53


def unit_dtype(info: StreamInfo) -> np.dtype[Any]:
    """Return the number format of samples in their unit: the device's own where its scale is 1, else float64."""
    return np.dtype(info.dtype) if info.scale == 1.0 else np.dtype(np.float64)


def in_unit(info: StreamInfo, data: NDArray[Any]) -> NDArray[Any]:
    """Return samples in the stream's unit.

    Parameters
    ----------
    info
        What they are.
    data
        Shape (n_samples, *sample_shape), as stored.

    Returns
    -------
    NDArray
        Shape (n_samples, n_channels), in `unit_dtype`.
    """
    flat = data.reshape(len(data), -1)
    return flat if info.scale == 1.0 else flat * info.scales


def as_delivered(info: StreamInfo, values: NDArray[Any]) -> NDArray[Any]:
    """Return what `in_unit` was given, exactly: whole numbers up to 2**53, any float32, a float64 where scale is 1.

    Parameters
    ----------
    info
        What the samples were.
    values
        Shape (n_samples, n_channels), in the stream's unit.

    Returns
    -------
    NDArray
        Shape (n_samples, *sample_shape), in the device's number format.

    Raises
    ------
    SessionError
        When a value cannot be one of the device's.
    """
    dtype, shape = np.dtype(info.dtype), (len(values), *info.sample_shape)
    if info.scale != 1.0:
        scales = info.scales
        values = np.divide(values, scales, out=np.zeros(values.shape), where=scales != 0)
    if dtype.kind in "iu" and values.dtype != dtype:
        ends = np.iinfo(dtype)
        whole = values if values.dtype.kind in "iu" else np.rint(values)
        # A comparison that a NaN does not pass either.
        if not ((whole >= ends.min) & (whole <= ends.max)).all():
            raise SessionError(f"Some values of {info.name or 'a stream'} are no {dtype}. Was the file changed?")
        values = whole
    return np.ascontiguousarray(values.astype(dtype, copy=False).reshape(shape))


def loses_digits(info: StreamInfo) -> bool:
    """Whether a scale makes whole numbers of 64 bits inexact beyond 2**53."""
    return info.scale != 1.0 and np.dtype(info.dtype).itemsize == 8 and np.dtype(info.dtype).kind in "iu"
