"""What stands beside the samples in an EMG-BIDS data set: JSON objects and rows of tables.

Facts: BIDS 1.11.1, https://bids-specification.readthedocs.io, and its schema 1.2.7. What nobody knows is ``n/a`` or
left out, never made up. Free text that a spreadsheet would run as a formula begins with ``'``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..sources.info import StreamInfo
from .about import ChannelAbout
from .csv_cells import safe
from .edf_scaling import plain
from .session import Session
from .stored import StoredStream

BIDS_VERSION = "1.11.1"
NOT_KNOWN = "n/a"
SPACE = "grid"
TYPES = {"EMG": "EMG", "SEMG": "EMG", "HDEMG": "EMG", "ACC": "ACCEL", "ACCEL": "ACCEL", "GYRO": "GYRO", "GYR": "GYRO",
         "MAG": "MAGN", "MAGN": "MAGN", "ECG": "ECG", "EEG": "EEG", "EOG": "EOG", "TRIG": "TRIG", "TRIGGER": "TRIG",
         "TEMP": "TEMP", "RESP": "RESP", "GSR": "GSR", "PPG": "PPG"}  # fmt: skip
UNIT_TYPES = {"V": "EMG", "mV": "EMG", "µV": "EMG", "μV": "EMG", "uV": "EMG", "nV": "EMG", "g": "ACCEL",
              "m/s²": "ACCEL", "m/s^2": "ACCEL", "deg/s": "GYRO", "°/s": "GYRO", "rad/s": "GYRO"}  # fmt: skip
CHANNELS = ("name", "type", "units", "description", "sampling_frequency", "signal_electrode", "reference", "group",
            "target_muscle", "placement_scheme", "placement_description", "interelectrode_distance")  # fmt: skip
ELECTRODES = ("name", "x", "y", "coordinate_system", "type", "group")
EVENTS = ("onset", "duration", "trial_type", "label", "text", "stream")


class Labelled(NamedTuple):
    """A stream and what its channels are called in the file of samples.

    Parameters
    ----------
    stream
        Which one.
    labels
        One a channel.
    """

    stream: StoredStream
    labels: tuple[str, ...]


def label(text: str, otherwise: str) -> str:
    """Return text as BIDS has it in the name of a file: letters and digits."""
    return re.sub(r"[^0-9A-Za-z]", "", plain(text, 64)) or otherwise


def subject_label(code: str) -> str:
    """Return a subject's code as it stands after ``sub-``."""
    return label(re.sub(r"^sub[-_]", "", code, flags=re.IGNORECASE), "01")


def types_of(info: StreamInfo) -> list[str]:
    """Return the type of each channel, as BIDS calls them: by what the source says, else by the unit."""
    by_unit = UNIT_TYPES.get(info.unit, "MISC")
    if len(info.sample_shape) > 1:
        by_unit = "MISC"
    return [TYPES.get(said.upper(), "MISC") if said else by_unit for said in info.types]


def dataset_description(name: str, version: str) -> dict[str, Any]:
    """Return ``dataset_description.json``."""
    return {
        "Name": name or "EMG recorded with myoscope",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [
            {"Name": "myoscope", "Version": version or NOT_KNOWN, "Description": "Recorded and exported by myoscope"}
        ],
    }


def readme(name: str, notes: str, said: Sequence[str]) -> str:
    """Return ``README``: what the data set is, and what was rounded or padded in making it."""
    what = (
        "Electromyograms in the layout of the Brain Imaging Data Structure (BIDS). Samples are as the device delivered"
        " them, in BDF+ files; nothing was filtered. Gaps in the recording, and padding in the files, are annotated"
        " there; the tables of events list the gaps, too."
    )
    lines = [f"# {name or 'EMG recorded with myoscope'}", "", what, ""]
    if notes:
        lines += [notes, ""]
    return "\n".join([*lines, *(f"- {sentence}" for sentence in said), ""])


def emg_json(session: Session, streams: Sequence[Labelled]) -> dict[str, Any]:
    """Return ``*_emg.json`` of the streams that are in one file."""
    about, main = session.about, _main(streams)
    device = main.stream.info.device
    channels = [one for each in streams for one in _emg_channels(each)]
    references = {one.reference for one in channels}
    distances = {one.electrode_distance_mm for one in channels}
    said: dict[str, Any] = {
        "TaskName": label(about.task, "recording"),
        "TaskDescription": about.task or about.protocol or NOT_KNOWN,
        "Manufacturer": _said(device, "manufacturer", "make"),
        "ManufacturersModelName": _said(device, "model", "board", "name"),
        "DeviceSerialNumber": _said(device, "serial_number", "serial"),
        "SoftwareVersions": f"myoscope {session.attributes.get('app_version') or ''}".strip(),
        "EMGChannelCount": sum(types_of(each.stream.info).count("EMG") for each in streams),
        "EMGPlacementScheme": "Other",
        "EMGPlacementSchemeDescription": _placement(channels),
        "EMGReference": _reference(references, distances),
        "SamplingFrequency": main.stream.info.fs,
        "PowerLineFrequency": _power_line(streams),
        "RecordingType": "discontinuous" if any(gap.n_lost for gap in session.gaps) else "continuous",
        "RecordingDuration": round(session.duration_s, 6) if math.isfinite(session.duration_s) else NOT_KNOWN,
        "SoftwareFilters": NOT_KNOWN,
        "HardwareFilters": NOT_KNOWN,
    }
    if len(distances) == 1 and (distance := distances.pop()):
        said["InterelectrodeDistance"] = distance
    return said


def _main(streams: Sequence[Labelled]) -> Labelled:
    """Return the stream with most EMG channels."""
    return max(streams, key=lambda one: types_of(one.stream.info).count("EMG"))


def _emg_channels(one: Labelled) -> list[ChannelAbout]:
    kinds = types_of(one.stream.info)
    return [about for about, kind in zip(one.stream.channels_about, kinds, strict=True) if kind == "EMG"]


def _said(device: Any, *keys: str) -> str:
    return next((str(device[key])[:256] for key in keys if device.get(key)), NOT_KNOWN)


def _placement(channels: Sequence[ChannelAbout]) -> str:
    said = sorted({one.placement for one in channels if one.placement})
    return "; ".join(said)[:2000] or "The placement was not written down when it was recorded."


def _reference(references: set[str], distances: set[float | None]) -> str:
    if len(references) == 1 and (only := next(iter(references))):
        return only
    if any(references):
        return "ChannelSpecific"
    # Two contacts a known distance apart, and nothing said of another reference: a bipolar sensor.
    return "Bipolar" if distances and None not in distances else NOT_KNOWN


def _power_line(streams: Sequence[Labelled]) -> float | str:
    for one in streams:
        notch = one.stream.view_filter.notch_hz if one.stream.view_filter else None
        if notch in (50, 60):
            return float(notch)
    return NOT_KNOWN


def channel_rows(streams: Sequence[Labelled]) -> list[list[Any]]:
    """Return the rows of ``*_channels.tsv``, in the order of the file."""
    rows: list[list[Any]] = []
    for one in streams:
        info = one.stream.info
        for name, whole, kind, about in zip(
            one.labels, info.labels, types_of(info), one.stream.channels_about, strict=True
        ):
            is_emg = kind == "EMG"
            bipolar = "bipolar" if is_emg and about.electrode_distance_mm else NOT_KNOWN
            rows.append(
                [
                    name,
                    kind,
                    info.unit.replace("\u03bc", "µ").replace("uV", "µV") or NOT_KNOWN,
                    " ".join(part for part in (whole, about.notes) if part),
                    info.fs,
                    name if is_emg else NOT_KNOWN,
                    (about.reference or bipolar) if is_emg else NOT_KNOWN,
                    one.stream.name,
                    " ".join(part for part in (about.side, about.muscle) if part) or NOT_KNOWN,
                    "other" if is_emg else NOT_KNOWN,
                    _electrode(about) or NOT_KNOWN,
                    about.electrode_distance_mm or NOT_KNOWN,
                ]
            )
    return rows


def _electrode(about: ChannelAbout) -> str:
    size = f"electrode of {about.electrode_size_mm:g} mm" if about.electrode_size_mm else ""
    return ", ".join(part for part in (about.placement, size) if part)


def electrode_rows(streams: Sequence[Labelled]) -> list[list[Any]]:
    """Return the rows of ``*_electrodes.tsv``: where on its grid each electrode is, mm; nothing without a grid."""
    rows: list[list[Any]] = []
    for one in streams:
        grid = one.stream.info.grid
        if grid is None or grid.distance_mm is None:
            continue
        for name, (row, column) in zip(one.labels, grid.cells, strict=True):
            x, y = column * grid.distance_mm, row * grid.distance_mm
            rows.append([name, f"{x:g}", f"{y:g}", SPACE, "surface", one.stream.name])
    return rows


def coordsystem_json() -> dict[str, Any]:
    """Return ``*_coordsystem.json`` of a grid."""
    return {
        "EMGCoordinateSystem": "Other",
        "EMGCoordinateUnits": "mm",
        "EMGCoordinateSystemDescription": (
            "Two-dimensional, on the electrode grid itself: the origin is its first electrode, x runs along its columns"
            " and y along its rows. Where the grid lies on the body is told by the channels' placement_description."
        ),
    }


def event_rows(session: Session, zero: float) -> list[list[Any]]:
    """Return the rows of ``*_events.tsv``: events and gaps, in order of time after `zero`, s."""
    rows: list[tuple[float, list[Any]]] = [
        (e.t, [0, e.kind or "marker", e.label, e.text, e.stream]) for e in session.events
    ]
    for gap in session.gaps:
        length = gap.t_last - gap.t_first
        text = f"{gap.n_lost} samples lost"
        rows.append((gap.t_first, [round(length, 6) if length > 0 else 0, "gap", gap.cause, text, gap.stream]))
    # What has no time is no event; and among others it would upset their order.
    timed = [(t, row) for t, row in rows if math.isfinite(t)]
    return [[f"{t - zero:.6f}", *row] for t, row in sorted(timed, key=lambda pair: pair[0])]


EVENTS_JSON = {
    "trial_type": {
        "Description": "Kind of event: marker, cue, label, device, gap, or a word of the experimenter's own"
    },
    "label": {"Description": "What was noted; of a gap its cause"},
    "text": {"Description": "Anything longer; of a gap how many samples are missing"},
    "stream": {"Description": "Stream that the event came from; n/a where it came from the person or the program"},
}
PARTICIPANTS_JSON = {
    "participant_id": {"Description": "Code of the participant"},
    "age": {"Description": "Age of the participant", "Units": "year"},
    "sex": {"Description": "Sex of the participant", "Levels": {"M": "male", "F": "female", "O": "other"}},
    "handedness": {"Description": "Hand that the participant prefers", "Levels": {"R": "right", "L": "left"}},
}
SCANS_JSON = {"acq_time": {"Description": "When the recording began, UTC"}}


def tsv(heading: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table: cells without tabs and line ends, empty ones ``n/a``, none of them a formula."""
    lines = [heading, *rows]
    return "".join("\t".join(_cell(cell) for cell in line) + "\n" for line in lines)


def _cell(value: Any) -> str:
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    # Made harmless last: what lies behind blanks comes to be the beginning here.
    return safe(re.sub(r"\s+", " ", text.encode("utf-8", "replace").decode()).strip()) or NOT_KNOWN
