"""A session as an EMG-BIDS data set, which the BIDS validator passes.

mne-bids is not used: what it writes for EMG says BIDS version 1.9.0 where EMG came with 1.11, names Biosemi as the
maker of whatever is in a BDF file, leaves TODO texts, knows neither electrodes nor coordinate systems of EMG, and takes
the whole recording into memory as volts. What is left, folders and names, is less than the code to call it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import bids_sidecars as sidecars
from .description import utc_at
from .edf_signals import labels_in_file
from .edf_writing import write_file
from .errors import SessionError
from .layout import read_bytes
from .progress import Progress, part
from .session import Session

MAX_RUNS = 999
MAX_TABLE = 16 * 2**20
PARTICIPANTS = "participants.tsv"
PARTICIPANTS_HEADING = ("participant_id", "age", "sex", "handedness")


def write(session: Session, out: Path, progress: Progress) -> list[str]:
    """Write a session as a data set of one recording, with its samples in a BDF+ file.

    Parameters
    ----------
    session
        What to write.
    out
        The folder, made here.
    progress
        Told the share done.

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When no stream has a rate.
    """
    out.mkdir()
    about = session.about
    version = str(session.attributes.get("app_version") or "")
    description = sidecars.dataset_description(about.name, version)
    _json(out / "dataset_description.json", description)
    _json(out / "participants.json", sidecars.PARTICIPANTS_JSON)
    notes = add_recording(session, out, progress)
    readme = sidecars.readme(about.name, about.notes, notes)
    (out / "README.md").write_text(readme, encoding="utf-8", errors="replace")
    if not about.subject:
        notes.append("The session names no subject; it is sub-01 in the data set.")
    if not about.task:
        notes.append("The session names no task, which BIDS needs; it is called recording.")
    notes.append("Add the authors and a license to dataset_description.json before you share it.")
    return notes


def add_recording(session: Session, dataset: Path, progress: Progress) -> list[str]:
    """Write a session into a data set that is there; what is there is kept.

    Parameters
    ----------
    session
        What to write.
    dataset
        A folder that `write` made.
    progress
        Told the share done.

    Returns
    -------
    Sentences to tell the person.

    Raises
    ------
    SessionError
        When it is no data set, or is full.
    """
    if not (dataset / "dataset_description.json").is_file():
        raise SessionError(f"{dataset} is no BIDS data set. Export a first session to a new folder.")
    subject = f"sub-{sidecars.subject_label(session.subject)}"
    folder = dataset / subject / "emg"
    folder.mkdir(parents=True, exist_ok=True)
    start = f"{subject}_task-{sidecars.label(session.about.task, 'recording')}"
    run = session.about.take or 1
    while (folder / f"{start}_run-{run:02}_emg.bdf").exists():
        run += 1
        if run > MAX_RUNS:
            raise SessionError(f"{folder} is full. Export to another data set.")
    stem = f"{start}_run-{run:02}"
    streams, notes = write_file(session, folder / f"{stem}_emg.bdf", part(progress, 0.0, 0.98), "BDF")
    labels = iter(labels_in_file(streams))
    labelled = [
        sidecars.Labelled(stream, tuple(next(labels) for _ in range(stream.info.n_channels))) for stream in streams
    ]
    zero = min(stream.first_timestamp for stream in streams)
    _json(folder / f"{stem}_emg.json", sidecars.emg_json(session, labelled))
    _table(folder / f"{stem}_channels.tsv", sidecars.CHANNELS, sidecars.channel_rows(labelled))
    electrodes = sidecars.electrode_rows(labelled)
    if electrodes:
        # One table for all recordings of a subject, unless another grid was used in this one.
        common = folder / f"{subject}_electrodes.tsv"
        fits = not common.exists() or common.read_text(encoding="utf-8") == sidecars.tsv(
            sidecars.ELECTRODES, electrodes
        )
        _table(common if fits else folder / f"{stem}_electrodes.tsv", sidecars.ELECTRODES, electrodes)
        _json(folder / f"{subject}_space-{sidecars.SPACE}_coordsystem.json", sidecars.coordsystem_json())
    _table(folder / f"{stem}_events.tsv", sidecars.EVENTS, sidecars.event_rows(session, zero))
    _json(folder / f"{stem}_events.json", sidecars.EVENTS_JSON)
    began = utc_at(session, zero)
    when = f"{began:%Y-%m-%dT%H:%M:%S.%f}Z" if began is not None else sidecars.NOT_KNOWN
    scans = dataset / subject / f"{subject}_scans.tsv"
    _add(scans, ("filename", "acq_time"), [f"emg/{stem}_emg.bdf", when])
    _json(scans.with_suffix(".json"), sidecars.SCANS_JSON)
    unknown = [sidecars.NOT_KNOWN] * (len(PARTICIPANTS_HEADING) - 1)
    _add(dataset / PARTICIPANTS, PARTICIPANTS_HEADING, [subject, *unknown])
    progress(1.0)
    return notes


def _json(path: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", errors="replace")


def _table(path: Path, heading: tuple[str, ...], rows: list[list[Any]]) -> None:
    path.write_text(sidecars.tsv(heading, rows), encoding="utf-8", newline="\n")


def _add(path: Path, heading: tuple[str, ...], row: list[Any]) -> None:
    """Add a row to a table unless it has one that begins so; a person's own columns stay."""
    if not path.exists():
        _table(path, heading, [row])
        return
    lines = read_bytes(path, MAX_TABLE).decode("utf-8", "replace").splitlines()
    if any(re.split("\t", line)[0] == row[0] for line in lines[1:]):
        return
    known = dict(zip(heading, row, strict=True))
    columns = lines[0].split("\t") if lines else list(heading)
    lines = [*(lines or ["\t".join(heading)]), "\t".join(str(known.get(name, sidecars.NOT_KNOWN)) for name in columns)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
