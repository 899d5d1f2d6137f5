"""Samples in their unit, and back in the number format in which the device delivered them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.info import StreamInfo
from .errors import SessionError
from .stored import StoredStream

EXACT = 2**51
"""Whole numbers up to here come back through a scale: beyond it the two roundings of float64 reach half of one."""


def delivered_dtype(dtype: np.dtype[Any]) -> str:
    """Return the number format in which a stream holds numbers of this one: the next wider where there is none."""
    wider = {"b": "uint8", "f": "float64" if dtype.itemsize > 4 else "float32"}
    return wider.get(dtype.kind, dtype.newbyteorder("=").name)


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
    """Return what `in_unit` was given, exactly: whole numbers up to `EXACT`, any float32; anything where scale is 1.

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


def rounded(streams: Iterable[StoredStream]) -> list[str]:
    """Return a sentence for each stream of which not every number can be told from what is written in its unit."""
    notes = []
    for stream in streams:
        info = stream.info
        dtype, unit = np.dtype(info.dtype), info.unit or "their unit"
        if info.scale == 1.0:
            continue
        if not info.scales.all():
            notes.append(f"{stream.name}: a scale is 0, so 0 is written where the device had numbers.")
        if dtype.kind in "iu" and dtype.itemsize == 8:
            notes.append(f"{stream.name}: whole numbers beyond 2**51 are rounded where they are written in {unit}.")
        elif dtype.itemsize == 8:
            notes.append(f"{stream.name}: numbers are rounded to 15 digits where they are written in {unit}.")
    return notes
