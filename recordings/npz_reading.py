"""NumPy archives become sessions: our own as they were, others' each array a stream."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from ..sources.errors import SourceError
from ..sources.info import MAX_CHANNELS, StreamInfo
from .description import Described, GapWriter, beginning, event_from_json, parse_description, streams_of
from .errors import SessionError
from .foreign_times import require_times
from .formats import BuilderFor
from .gaps import Gap
from .in_unit import as_delivered, delivered_dtype
from .npz_members import SESSION, Member, opened, rows, small, text
from .per_stream import rate_of, rates_wanted, said_of
from .pieces import PIECE_BYTES, Share
from .progress import Progress
from .stream_keys import keys_of

BESIDE = ("_timestamps", "_fs", "_channels", "_unit")


def keys_in(streams: Iterable[str]) -> dict[str, str]:
    """Return what the array of each stream is called in an archive of ours."""
    return keys_of(streams, (SESSION,), BESIDE)


def read_archive(path: Path, builder_for: BuilderFor, progress: Progress, fs: float | str, unit: str) -> list[str]:
    """Make a session of an archive; see `format_npz.read`."""
    with opened(path) as (archive, members):
        said = text(archive, members.get(SESSION), path)
        if said.startswith('{"format":"myoscope"'):
            return _read_ours(path, archive, members, said, builder_for, progress)
        return _read_theirs(path, archive, members, builder_for, progress, fs, unit)


def _read_ours(
    path: Path,
    archive: zipfile.ZipFile,
    members: dict[str, Member],
    said: str,
    builder_for: BuilderFor,
    progress: Progress,
) -> list[str]:
    about = parse_description(said, path)
    streams = streams_of(about, path)
    events, gap_lines = about.get("events"), about.get("gaps")
    gaps = [Gap.from_json(line) for line in gap_lines if isinstance(line, dict)] if isinstance(gap_lines, list) else []
    keys = keys_in(streams)
    for name, one in streams.items():
        data, times = members.get(keys[name]), members.get(f"{keys[name]}_timestamps")
        if data is None or times is None:
            raise SessionError(f"{path} names {name} but has no array of its samples or times. Is it damaged?")
        if len(times.shape) != 1 or data.shape != (*times.shape, *one.info.sample_shape) or data.fortran:
            raise SessionError(f"{name} in {path} has shape {data.shape}, not as described. Was it changed?")
        if not data.is_numeric or not times.is_numeric:
            raise SessionError(f"{name} in {path} holds {data.dtype} at {times.dtype}, no samples. Was it changed?")
    share = Share(progress, sum(members[key].shape[0] for key in keys.values()))
    with builder_for(**beginning(about)) as builder:
        for name, one in streams.items():
            one.begin(builder)
            _copy(archive, members, keys[name], one, [gap for gap in gaps if gap.stream == name], builder, share)
        for line in events if isinstance(events, list) else []:
            event = event_from_json(line) if isinstance(line, dict) else None
            if event is not None:
                builder.event(event)
        builder.finish()
    return []


def _copy(
    archive: zipfile.ZipFile,
    members: dict[str, Member],
    key: str,
    one: Described,
    gaps: list[Gap],
    builder: Any,
    share: Share,
) -> None:
    writer = GapWriter(builder, one.stream, gaps)
    n = max(1, PIECE_BYTES // (8 * one.info.n_channels))
    stamps = members[f"{key}_timestamps"]
    with rows(archive, members[key], share.tick) as data, rows(archive, stamps, share.tick) as times:
        for first in range(0, len(data), n):
            values = np.array(data[first : first + n]).reshape(-1, one.info.n_channels)
            writer.write(as_delivered(one.info, values), np.array(times[first : first + n]))
            share.add(len(values))
    writer.finish()


def _read_theirs(
    path: Path,
    archive: zipfile.ZipFile,
    members: dict[str, Member],
    builder_for: BuilderFor,
    progress: Progress,
    fs: float | str,
    unit: str,
) -> list[str]:
    found, notes = _streams_in(members)
    if not found:
        raise SessionError(f"{path} holds no array of samples. Save arrays of shape (n_samples, n_channels).")
    infos = {}
    for name, member in found.items():
        infos[name] = _info(path, archive, members, member, fs, unit)
        if member.shape != _time_first(member).shape:
            notes.append(f"{name} has its {member.shape[-1]:,} samples along its last axis, and was turned round.")
    slow = [
        name
        for name, info in infos.items()
        if not info.fs and _times(members, name, _time_first(found[name]).shape[0]) is None
    ]
    if slow:
        shapes = ", ".join(f"{name} {found[name].shape}" for name in slow)
        raise rates_wanted(path.name, slow, shapes)
    notes += [
        f"{name}_timestamps is left out: it has not one time a sample."
        for name, member in found.items()
        if f"{name}_timestamps" in members and _times(members, name, _time_first(member).shape[0]) is None
    ]
    share = Share(progress, sum(_time_first(member).shape[0] for member in found.values()))
    with builder_for() as builder:
        for name, member in found.items():
            info, turned = infos[name], member.shape != _time_first(member).shape
            builder.stream(name, info, f"npz:{path.name}")
            n = max(1, PIECE_BYTES // (8 * info.n_channels))
            with ExitStack() as stack:
                data = stack.enter_context(rows(archive, member, share.tick, last_is_time=turned))
                times = None
                if (moments_of := _times(members, name, len(data))) is not None:
                    times = stack.enter_context(rows(archive, moments_of, share.tick))
                for first in range(0, len(data), n):
                    values = np.array(data[first : first + n]).reshape(-1, *info.sample_shape)
                    last = first + len(values)
                    moments = np.arange(first, last) / info.fs if times is None else np.array(times[first:last], float)
                    require_times(moments, first + 1, f"{name} in {path}")
                    builder.write(name, values, moments)
                    share.add(len(values))
        builder.finish()
    return notes


def _streams_in(members: dict[str, Member]) -> tuple[dict[str, Member], list[str]]:
    found: dict[str, Member] = {}
    notes = []
    for name, member in members.items():
        if any(name.endswith(end) and name.removesuffix(end) in members for end in BESIDE):
            continue
        channels = int(np.prod(_time_first(member).shape[1:], dtype=np.float64)) if member.shape else 0
        if not member.is_numeric or not member.shape or 0 in member.shape or not 1 <= channels <= 2**23:
            notes.append(f"{name} is left out: it is no array of samples.")
        else:
            found[name] = member
    return found, notes


def _time_first(member: Member) -> Member:
    """Return the array with time first: as it is, unless its last axis is far longer than its first."""
    shape = member.shape
    turned = len(shape) > 1 and shape[0] <= MAX_CHANNELS and shape[-1] > 4 * shape[0] and shape[-1] >= 64
    return member._replace(shape=shape[::-1]) if turned else member


def _info(
    path: Path,
    archive: zipfile.ZipFile,
    members: dict[str, Member],
    member: Member,
    fs: float | str,
    unit: str,
) -> StreamInfo:
    name, shape = member.name, _time_first(member).shape[1:] or (1,)
    rate = rate_of(fs, name) or _number(archive, members.get(f"{name}_fs"), path)
    labels = members.get(f"{name}_channels")
    names: tuple[str, ...] | None = None
    if labels is not None and labels.dtype.kind == "U" and labels.shape == shape:
        names = tuple(str(label)[:256] for label in small(archive, labels, path))
    try:
        return StreamInfo(
            fs=rate,
            name=name[:256],
            channel_names=names,
            unit=(said_of(unit, name) or text(archive, members.get(f"{name}_unit"), path))[:64],
            dtype=delivered_dtype(member.dtype),
            sample_shape=shape,
        )
    except SourceError as error:
        raise SessionError(f"{path}: {error}") from error


def _number(archive: zipfile.ZipFile, member: Member | None, path: Path) -> float:
    if member is None or not member.is_numeric or int(np.prod(member.shape)) != 1:
        return 0.0
    return float(small(archive, member, path).reshape(-1)[0])


def _times(members: dict[str, Member], name: str, n: int) -> Member | None:
    """Return the array that holds the times of another, s; None where the rate tells them."""
    member = members.get(f"{name}_timestamps")
    return member if member is not None and member.shape == (n,) and member.is_numeric else None
