"""Arrays that lie in a file of pickles become the streams of a session."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.errors import SourceError
from ..sources.info import StreamInfo
from .bio_machine import Span
from .bio_unpickling import Lying, unpickle
from .errors import SessionError
from .foreign_times import require_times
from .formats import BuilderFor
from .in_unit import delivered_dtype
from .per_stream import rate_of, rates_wanted, said_of
from .pieces import PIECE_BYTES, Share
from .progress import Progress

MAX_PICKLES = 1_000_000
MAX_KEYS = 4096
TOLD_EVERY = 256
ENDS = ("_timestamps", "_fs", "_unit")


def read_arrays(path: Path, builder_for: BuilderFor, progress: Progress, fs: float | str, unit: str) -> list[str]:
    """Make a session of a file of pickles; see `format_bio.read`."""
    arrays, facts, notes = _arrays_of(path, progress)
    names = [name for name in arrays if not any(name.endswith(e) and name.removesuffix(e) in arrays for e in ENDS)]
    streams = [name for name in names if arrays[name][0].shape and arrays[name][0].dtype.itemsize and _n(arrays[name])]
    notes += [f"{name} is left out: it is empty." for name in names if name not in streams]
    if not streams:
        raise SessionError(f"{path} holds no array of samples. Is it a recording of biosiglive?")
    infos = {name: _info(path, name, arrays[name], facts, fs, unit) for name in streams}
    times = {name: arrays.get(f"{name}_timestamps", []) for name in streams}
    for name, stamps in times.items():
        if stamps and (_n(stamps) != _n(arrays[name]) or any(len(one.shape) != 1 for one in stamps)):
            times[name] = []
            notes.append(f"{name}_timestamps is left out: it has not one time a sample.")
    slow = [name for name, info in infos.items() if not info.fs and not times[name]]
    if slow:
        shapes = ", ".join(f"{name} {(*arrays[name][0].shape[:-1], _n(arrays[name]))}" for name in slow)
        raise rates_wanted(path.name, slow, shapes)
    share = Share(progress, sum(_n(arrays[name]) for name in streams))
    file = np.memmap(path, np.uint8, "r")
    with builder_for() as builder:
        for name in streams:
            info = infos[name]
            builder.stream(name, info, f"bio:{path.name}")
            n = max(1, PIECE_BYTES // (8 * info.n_channels))
            told = 0
            known = _pieces(file, times[name], n)
            for part in _pieces(file, arrays[name], n):
                moments = next(known).astype(float) if times[name] else (told + np.arange(len(part))) / info.fs
                require_times(moments, told + 1, f"{name} in {path}")
                builder.write(name, part.reshape(len(part), *info.sample_shape).astype(info.dtype), moments)
                told += len(part)
                share.add(len(part))
        builder.finish()
    del file
    return notes


def _arrays_of(path: Path, progress: Progress) -> tuple[dict[str, list[Lying]], dict[str, Any], list[str]]:
    """Return where the arrays of each key lie, in order, and what else stands under a key."""
    arrays: dict[str, list[Lying]] = {}
    facts: dict[str, Any] = {}
    other: set[str] = set()
    end = path.stat().st_size
    with path.open("rb") as file:
        for number in range(MAX_PICKLES):
            if not number % TOLD_EVERY:
                progress(0.0)
            if file.tell() >= end:
                break
            for key, value in unpickle(file, end).items():
                if not isinstance(value, Lying):
                    facts[key] = value
                    if value is None:
                        other.add(key)
                    continue
                known = arrays.setdefault(key, [])
                if known and (known[0].shape[:-1], known[0].dtype) != (value.shape[:-1], value.dtype):
                    raise SessionError(f"{key} in {path} changes its shape or number format. Split the file there.")
                known.append(value)
                if len(arrays) > MAX_KEYS:
                    raise SessionError(f"{path} holds over {MAX_KEYS:,} arrays. Is it a recording of biosiglive?")
        else:
            raise SessionError(f"{path} holds over {MAX_PICKLES:,} pickles. Is it a recording of biosiglive?")
    return arrays, facts, [f"{key} is left out: it is no array of numbers." for key in sorted(other)]


def _n(arrays: list[Lying]) -> int:
    return sum(one.shape[-1] for one in arrays if one.shape and all(one.shape))


def _info(path: Path, name: str, arrays: list[Lying], facts: dict[str, Any], fs: float | str, unit: str) -> StreamInfo:
    said_rate, said_unit = facts.get(f"{name}_fs"), facts.get(f"{name}_unit")
    rate = rate_of(fs, name) or (float(said_rate) if isinstance(said_rate, int | float) else 0.0)
    dtype = arrays[0].dtype
    try:
        return StreamInfo(
            fs=rate,
            name=name,
            unit=(said_of(unit, name) or (said_unit if isinstance(said_unit, str) else ""))[:64],
            dtype=delivered_dtype(dtype),
            sample_shape=arrays[0].shape[:-1][::-1] or (1,),
        )
    except SourceError as error:
        raise SessionError(f"{path}: {error}") from error


def _pieces(file: NDArray[np.uint8], arrays: list[Lying], n: int) -> Iterator[NDArray[Any]]:
    """Yield samples, time first, always `n` together but for the last ones; shape (n, ..., channels)."""
    waiting: list[NDArray[Any]] = []
    n_waiting = 0
    for one in arrays:
        if not math.prod(one.shape):
            continue
        turned = _mapped(file, one).T
        first = 0
        while first < len(turned):
            take = min(n - n_waiting, len(turned) - first)
            waiting.append(turned[first : first + take])
            n_waiting += take
            first += take
            if n_waiting == n:
                yield np.concatenate(waiting)
                waiting, n_waiting = [], 0
    if waiting:
        yield np.concatenate(waiting)


def _mapped(file: NDArray[np.uint8], one: Lying) -> NDArray[Any]:
    if isinstance(one.data, Span):
        values = file[one.data.offset : one.data.offset + one.data.n_bytes].view(one.dtype)
    else:
        values = np.frombuffer(one.data, one.dtype)
    return values.reshape(one.shape, order="F" if one.fortran else "C")
