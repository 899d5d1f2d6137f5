"""What a stream is: rate, channels, unit, number format."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SourceError

MAX_CHANNELS = 4096
MAX_RATE_HZ = 200_000.0
MAX_NAME = 256
MAX_SAMPLE_BYTES = 64 * 2**20
TEXT = "str"
NUMERIC = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")


@dataclass(frozen=True)
class Grid:
    """Where each channel's electrode sits.

    Parameters
    ----------
    cells
        (row, column) of every channel, in channel order.
    distance_mm
        Distance between neighbouring electrodes, mm; None where unknown.
    """

    cells: tuple[tuple[int, int], ...]
    distance_mm: float | None = None


@dataclass(frozen=True)
class StreamInfo:
    """Everything one needs to know to read a stream's blocks.

    Parameters
    ----------
    fs
        Nominal sampling rate, Hz; 0 for an irregular stream.
    name
        The device's own name for the stream.
    channel_names
        One name a channel, or None.
    unit
        Unit of ``value * scale``, e.g. ``"µV"``.
    dtype
        numpy name of the device's number format; ``"str"`` for a stream of text markers.
    scale
        One factor, or one a channel: ``value * scale`` is in `unit`.
    sample_shape
        Shape of one sample: (n_channels,) usually, (height, width) for frames, (n_markers, 3) for
        motion capture. Left out, it follows from `channel_names`.
    device
        Free JSON-like facts about the device.
    grid
        Electrode layout, or None.
    channel_types
        What each channel measures, such as ``"EMG"`` or ``"ACC"``, or None where all measure the same.

    Raises
    ------
    SourceError
        When a value is out of the limits that the rest of the program is built for.
    """

    fs: float
    name: str = ""
    channel_names: tuple[str, ...] | None = None
    unit: str = ""
    dtype: str = "float32"
    scale: float | tuple[float, ...] = 1.0
    sample_shape: tuple[int, ...] = ()
    device: Mapping[str, Any] = field(default_factory=dict)
    grid: Grid | None = None
    channel_types: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.channel_names is not None:
            object.__setattr__(self, "channel_names", tuple(str(name) for name in self.channel_names))
        if self.channel_types is not None:
            object.__setattr__(self, "channel_types", tuple(str(kind)[:MAX_NAME] for kind in self.channel_types))
        shape = tuple(int(n) for n in self.sample_shape) or (len(self.channel_names or ()),)
        object.__setattr__(self, "sample_shape", shape)
        object.__setattr__(self, "fs", float(self.fs))
        scale = np.asarray(self.scale, dtype=np.float64)
        object.__setattr__(self, "scale", float(scale) if scale.ndim == 0 else tuple(scale.tolist()))
        self._check()

    def _check(self) -> None:
        who = f"Stream {self.name!r}" if self.name else "The stream"
        if not math.isfinite(self.fs) or not 0 <= self.fs <= MAX_RATE_HZ:
            raise SourceError(
                f"{who} says its rate is {self.fs:g} Hz. Give a rate from 0 (irregular) to {MAX_RATE_HZ:,.0f} Hz."
            )
        if self.dtype != TEXT and self.dtype not in NUMERIC:
            raise SourceError(f"{who} has number format {self.dtype!r}. Use one of {', '.join(NUMERIC)}, or 'str'.")
        if min(self.sample_shape) < 1 or (len(self.sample_shape) == 1 and self.sample_shape[0] > MAX_CHANNELS):
            raise SourceError(
                f"{who} has {self.n_channels:,} channels. A stream has 1 to {MAX_CHANNELS:,}:"
                " give channel_names or sample_shape, or check the device's settings."
            )
        if self.n_channels * 8 > MAX_SAMPLE_BYTES:
            raise SourceError(f"{who} has samples of shape {self.sample_shape}, over 64 MiB each. Make them smaller.")
        if len(self.name) > MAX_NAME or any(len(name) > MAX_NAME for name in self.channel_names or ()):
            raise SourceError(f"{who[:40]} has a name of over {MAX_NAME} characters. Shorten it at the device.")
        if self.channel_names is not None and len(self.channel_names) != self.n_channels:
            raise SourceError(
                f"{who} names {len(self.channel_names)} channels but its samples hold {self.n_channels}."
                " Give one name a channel, or none."
            )
        scales = self.scale if isinstance(self.scale, tuple) else (self.scale,)
        if len(scales) not in (1, self.n_channels) or not all(math.isfinite(s) for s in scales):
            raise SourceError(
                f"{who} has {len(scales)} scale factors for {self.n_channels} channels, or one that is not finite."
            )
        if self.channel_types is not None and len(self.channel_types) != self.n_channels:
            raise SourceError(f"{who} gives {len(self.channel_types)} types for {self.n_channels} channels.")
        if self.grid is not None and len(self.grid.cells) != self.n_channels:
            raise SourceError(f"{who} has a grid of {len(self.grid.cells)} cells for {self.n_channels} channels.")

    @property
    def n_channels(self) -> int:
        """Values in one sample."""
        return math.prod(self.sample_shape)

    @property
    def is_text(self) -> bool:
        """Whether samples are text markers rather than numbers."""
        return self.dtype == TEXT

    @property
    def labels(self) -> tuple[str, ...]:
        """Channel names, or ``ch_0``, ``ch_1``, … where the device gives none."""
        return self.channel_names or tuple(f"ch_{i}" for i in range(self.n_channels))

    @property
    def types(self) -> tuple[str, ...]:
        """What each channel measures; empty texts where nothing is said."""
        return self.channel_types or ("",) * self.n_channels

    @property
    def scales(self) -> NDArray[np.float64]:
        """Factor of every channel, shape (n_channels,)."""
        return np.broadcast_to(np.asarray(self.scale, dtype=np.float64), (self.n_channels,)).copy()

    @property
    def limits(self) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Lowest and highest value that the device can tell, shape (n_channels,) each, in `unit`; None if unknown.

        From ``device["range"]``, two numbers in `unit`, where the source says so, else from an integer format's limits.
        """
        said = self.device.get("range")
        if isinstance(said, list | tuple) and len(said) == 2 and all(isinstance(v, int | float) for v in said):
            low, high = (np.full(self.n_channels, value, dtype=np.float32) for value in sorted(said))
            return low, high
        if "int" not in self.dtype:
            return None
        ends = np.iinfo(self.dtype)
        a, b = (self.scales * end for end in (ends.min, ends.max))
        return np.minimum(a, b).astype(np.float32), np.maximum(a, b).astype(np.float32)

    def same_samples(self, other: StreamInfo) -> bool:
        """Whether samples of `other` can follow samples of this stream in one array."""
        return (self.fs, self.dtype, self.sample_shape, self.scale, self.unit) == (
            other.fs,
            other.dtype,
            other.sample_shape,
            other.scale,
            other.unit,
        )

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `from_json` reads back."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        values["device"] = dict(self.device)
        values["channel_names"] = None if self.channel_names is None else list(self.channel_names)
        values["channel_types"] = None if self.channel_types is None else list(self.channel_types)
        values["sample_shape"] = list(self.sample_shape)
        values["scale"] = list(self.scale) if isinstance(self.scale, tuple) else self.scale
        values["grid"] = self.grid and {
            "cells": [list(cell) for cell in self.grid.cells],
            "distance_mm": self.grid.distance_mm,
        }
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> StreamInfo:
        """Read what `to_json` wrote.

        Raises
        ------
        SourceError
            When a field is missing, of the wrong kind or out of limits.
        """
        known = {f.name for f in fields(cls)}
        try:
            kept = {key: value for key, value in dict(values).items() if key in known}
            for key in ("name", "unit", "dtype"):
                if not isinstance(kept.get(key, ""), str):
                    raise TypeError(f"{key} is no text")
            for key in ("sample_shape", "channel_names", "channel_types"):
                if kept.get(key) is not None:
                    kept[key] = tuple(kept[key])
            if isinstance(kept.get("scale"), list):
                kept["scale"] = tuple(kept["scale"])
            if kept.get("grid"):
                cells = tuple((int(row), int(column)) for row, column in kept["grid"]["cells"])
                kept["grid"] = Grid(cells, kept["grid"].get("distance_mm"))
            return cls(**kept)
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise SourceError(f"A stream's description cannot be read ({error}). Is the file damaged?") from error


def names(prefix: str, n_channels: int) -> tuple[str, ...]:
    """Return channel names ``prefix_01``, ``prefix_02``, …, as wide as the last one needs."""
    width = max(2, len(str(n_channels)))
    return tuple(f"{prefix}_{i:0{width}d}" for i in range(1, n_channels + 1))
