"""NWB (Neurodata Without Borders): one HDF5 file for archives such as DANDI. Out only.

Streams in volts are ElectricalSeries with a row in the table of electrodes for each channel; all others are TimeSeries.
Numbers stay the device's own, with the factor to the unit beside them. Schema: https://nwb-schema.readthedocs.io.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import SessionError
from .progress import Progress, part
from .session import Session
from .storable import storable
from .stored import StoredStream
from .stretches import first_moment, rows_at_once, shares, stretches, utc_of

if TYPE_CHECKING:
    import pynwb

VOLTS = {"V": 1.0, "mV": 1e-3, "µV": 1e-6, "uV": 1e-6, "nV": 1e-9}
CHUNK_BYTES = 2**20
REGULAR_S = 5e-10
"""Stamps that are no farther from an even grid are written as rate and beginning, which NWB asks for."""
UNKNOWN = "unknown"
_CHANNEL_COLUMNS = {
    "label": "name of the channel",
    "muscle": "muscle it lies over",
    "side": "left, right or midline",
    "placement": "where the electrode sits",
    "reference_electrode": "where its reference sits",
    "grid_row": "row in the grid, -1 where there is none",
    "grid_column": "column in the grid, -1 where there is none",
}


def write(
    session: Session,
    out: Path,
    progress: Progress,
    species: str = "Homo sapiens",
    sex: str = "U",
    age: str = "",
    description: str = "",
) -> list[str]:
    """Write a session as an NWB file.

    Parameters
    ----------
    session
        What to write.
    out
        The file to make.
    progress
        Told the share done.
    species
        Of the subject, in Latin.
    sex
        ``"M"``, ``"F"``, ``"O"`` or ``"U"``, unknown.
    age
        ISO 8601, such as ``P25Y``; left out where it is empty.
    description
        Of the session; by default its task, name and notes.

    Raises
    ------
    SessionError
        When sex or age are written in another way.
    """
    import h5py
    from pynwb import NWBHDF5IO

    if sex not in ("M", "F", "O", "U"):
        raise SessionError(f"NWB takes sex M, F, O or U (unknown), not {sex!r}.")
    if age and not re.fullmatch(r"P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?", age):
        raise SessionError(f"NWB takes an age such as P25Y or P18M, not {age!r}.")
    t_zero = first_moment(session)
    if not np.isfinite(t_zero):
        raise SessionError("The first sample of the session has no time, which NWB needs. Choose another format.")
    file = _file(session, t_zero, description)
    _add_subject(file, session, species, sex, age)
    notes = _add_streams(file, session, t_zero, progress)
    notes += _add_tables(file, session, t_zero)
    if not age:
        notes.append("The subject's age is not written; archives ask for it: give it with the option age, e.g. P25Y.")
    with h5py.File(out, "x", libver="earliest") as raw, NWBHDF5IO(file=raw, mode="w") as writer:
        writer.write(file)
    return notes


def _file(session: Session, t_zero: float, description: str) -> pynwb.NWBFile:
    from pynwb import NWBFile

    about = session.about
    given = description or ". ".join(text for text in (about.task, about.name, about.notes) if text)
    optional = {
        "experimenter": [storable(about.operator)] if about.operator else None,
        "experiment_description": storable(about.protocol or about.task) or None,
        "notes": storable(about.notes) or None,
        "keywords": [storable(tag) for tag in about.tags] or ["EMG"],
        "session_id": re.sub(r"[/\\]", "-", storable(session.path.stem)),
    }
    return NWBFile(
        session_description=storable(given or "Recording of biosignals"),
        identifier=session.uuid or session.path.stem,
        session_start_time=utc_of(session, t_zero),
        data_collection=f"Recorded with myoscope. Time 0 is {t_zero!r} s on the LSL clock of the recording computer.",
        **{key: value for key, value in optional.items() if value is not None},
    )


def _add_subject(file: pynwb.NWBFile, session: Session, species: str, sex: str, age: str) -> None:
    from pynwb.file import Subject

    file.subject = Subject(
        subject_id=re.sub(r"[/\\]", "-", storable(session.subject)) or UNKNOWN,
        species=species,
        sex=sex,
        description=storable(f"Subject {session.subject or UNKNOWN}"),
        **({"age": age} if age else {}),
    )


def _add_streams(file: pynwb.NWBFile, session: Session, t_zero: float, progress: Progress) -> list[str]:
    from pynwb import TimeSeries
    from pynwb.ecephys import ElectricalSeries

    notes, places = [], shares(session)
    electrical = [stream for stream in session.streams.values() if _is_electrical(stream) and stream.n_samples]
    if electrical:
        for key, words in _CHANNEL_COLUMNS.items():
            file.add_electrode_column(name=key, description=words)
    for name, stream in session.streams.items():
        if not stream.n_samples:
            notes.append(f"{name}: has no samples, so it was left out.")
            continue
        info, told = stream.info, part(progress, *places[name])
        times, note = _times(stream, t_zero, part(told, 0.0, 0.2))
        notes += [note] if note else []
        data = _data(stream, 0, part(told, 0.2, 0.9))
        if "timestamps" in times:
            times["timestamps"] = _data(stream, 1, part(told, 0.9, 1.0), t_zero)
        shared = {"name": name, "data": data, "comments": _comments(stream), **times}
        if stream in electrical:
            factor, each = _conversion(stream)
            file.add_acquisition(
                ElectricalSeries(
                    electrodes=_electrodes(file, stream),
                    conversion=factor,
                    channel_conversion=each,
                    description=storable(f"{', '.join(sorted(set(info.types)))} of {name}".removeprefix(" of ")),
                    **shared,
                )
            )
        else:
            series, words = _plain_series(stream)
            notes += [words] if words else []
            file.add_acquisition(TimeSeries(**series, **shared))
    return notes


def _is_electrical(stream: StoredStream) -> bool:
    return stream.info.unit in VOLTS and len(stream.info.sample_shape) == 1


def _conversion(stream: StoredStream) -> tuple[float, list[float] | None]:
    """Return the factor to volts, and one more a channel where those differ."""
    factor, scales = VOLTS[stream.info.unit], stream.info.scales
    if np.ptp(scales) == 0:
        return factor * float(scales[0]), None
    return factor, [float(scale) for scale in scales]


def _plain_series(stream: StoredStream) -> tuple[dict[str, Any], str]:
    """Return what a stream that is no voltage has of its own."""
    info = stream.info
    axes = "sample, channel" if len(info.sample_shape) == 1 else "sample, marker, x y z"
    if len(info.sample_shape) == 2 and info.sample_shape[1] != 3:
        axes = "sample, row, column"
    words = f"{stream.name}: {axes}. Channels: {', '.join(info.labels[:256])}."
    own = {"unit": storable(info.unit) or "a.u.", "description": storable(words)}
    if np.ptp(info.scales) == 0:
        return {**own, "conversion": float(info.scales[0])}, ""
    factors = ", ".join(f"{scale:.12g}" for scale in info.scales)
    own["description"] += f" Value × factor of its channel is in the unit: {factors}."
    return own, f"{stream.name}: NWB has one factor for such a stream; those of its channels are in its description."


def _electrodes(file: pynwb.NWBFile, stream: StoredStream) -> Any:
    info, first = stream.info, len(file.electrodes) if file.electrodes is not None else 0
    made_by = " ".join(str(info.device[key]) for key in ("manufacturer", "model") if info.device.get(key))
    device = file.create_device(
        name=f"device of {stream.name}",
        description=storable("; ".join(text for text in (made_by, stream.source_name) if text) or UNKNOWN),
    )
    group = file.create_electrode_group(
        name=f"electrodes of {stream.name}",
        description=f"{info.n_channels} channels of {stream.name}",
        location=storable(", ".join(sorted({a.muscle for a in stream.channels_about if a.muscle}))) or UNKNOWN,
        device=device,
    )
    for i, (label, about) in enumerate(zip(info.labels, stream.channels_about, strict=True)):
        row, column = info.grid.cells[i] if info.grid is not None else (-1, -1)
        location = " ".join(text for text in (about.side, about.muscle, about.placement) if text)
        file.add_electrode(
            group=group,
            location=storable(location or UNKNOWN),
            label=storable(label),
            muscle=storable(about.muscle or UNKNOWN),
            side=storable(about.side or UNKNOWN),
            placement=storable(about.placement or UNKNOWN),
            reference_electrode=storable(about.reference or UNKNOWN),
            grid_row=row,
            grid_column=column,
        )
    rows = list(range(first, first + info.n_channels))
    return file.create_electrode_table_region(region=rows, description=f"electrodes of {stream.name}")


def _times(stream: StoredStream, t_zero: float, progress: Progress) -> tuple[dict[str, Any], str]:
    """Return what says when samples were taken: beginning and rate where stamps are even, else all of them."""
    fs, first = stream.info.fs, stream.first_timestamp
    if not fs:
        return {"timestamps": None}, ""
    for n, _, timestamps in stretches(stream, progress):
        even = first + (n + np.arange(len(timestamps))) / fs
        if np.abs(timestamps - even).max() > REGULAR_S:
            return {"timestamps": None}, ""
    words = f"{stream.name}: its timestamps are even to {REGULAR_S:g} s, so NWB holds beginning and rate instead."
    return {"starting_time": first - t_zero, "rate": fs}, words


def _data(stream: StoredStream, which: int, progress: Progress, t_zero: float = 0.0) -> Any:
    """Return samples or times of a stream, as pynwb asks for them piece by piece."""
    from hdmf.data_utils import GenericDataChunkIterator
    from pynwb import H5DataIO

    shape = (stream.n_samples, *(stream.info.sample_shape if which == 0 else ()))
    dtype = np.dtype(stream.info.dtype if which == 0 else "float64").newbyteorder("<")
    rows = max(1, min(rows_at_once(stream, CHUNK_BYTES), stream.n_samples))

    class Pieces(GenericDataChunkIterator):  # type: ignore[misc]  # hdmf has no annotations
        def _get_data(self, selection: tuple[slice, ...]) -> Any:
            first, last = selection[0].start, selection[0].stop
            progress(first / stream.n_samples)
            if which:
                return stream.read_timestamps(first, last) - t_zero
            return stream.read(first, last)[0][(slice(None), *selection[1:])]

        def _get_maxshape(self) -> tuple[int, ...]:
            return shape

        def _get_dtype(self) -> np.dtype[Any]:
            return dtype

    buffer = (min(4 * rows, stream.n_samples), *shape[1:])
    pieces = Pieces(buffer_shape=buffer, chunk_shape=(rows, *shape[1:]))
    return H5DataIO(pieces, compression="gzip", compression_opts=1, shuffle=True)


def _comments(stream: StoredStream) -> str:
    return storable(f"Source: {stream.source_name or UNKNOWN}; as recorded, {stream.n_lost} samples lost in gaps.")


def _add_tables(file: pynwb.NWBFile, session: Session, t_zero: float) -> list[str]:
    """Add events and gaps, where there are any."""
    from pynwb.epoch import TimeIntervals
    from pynwb.event import EventsTable

    notes: list[str] = []
    if session.events:
        events = EventsTable(name="events", description="Markers, cues and labels, by the recording computer's clock.")
        for key in ("label", "kind", "text", "stream"):
            events.add_column(name=key, description=f"{key} of the event")
        for event in sorted(session.events, key=lambda event: event.t):
            texts = {key: storable(getattr(event, key)) for key in ("label", "kind", "text", "stream")}
            events.add_event(timestamp=event.t - t_zero, **texts)
        file.add_events_table(events)
    gaps = [gap for gap in session.gaps if np.isfinite(gap.t_first) and np.isfinite(gap.t_last)]
    if len(gaps) < len(session.gaps):
        notes.append(f"{len(session.gaps) - len(gaps)} gaps without a time were left out of the table.")
    if gaps:
        table = TimeIntervals(name="gaps", description="Samples that were lost, with their cause.")
        for key in ("stream", "n_lost", "cause"):
            table.add_column(name=key, description=f"{key} of the gap")
        for gap in sorted(gaps, key=lambda gap: gap.t_first):
            start, stop = gap.t_first - t_zero, max(gap.t_first, gap.t_last) - t_zero
            table.add_interval(start_time=start, stop_time=stop, stream=gap.stream, n_lost=gap.n_lost, cause=gap.cause)
        file.add_time_intervals(table)
    return notes
