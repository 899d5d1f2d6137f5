"""What contradicts itself in a session: everything that its files must bear out, in sentences."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from operator import attrgetter
from typing import Any

from .errors import SessionError
from .figures import SampleFigures
from .layout import CHECKSUMS, CLOCK, EVENTS, GAPS, MAX_CHECKSUMS_BYTES, read_json
from .lines import read_lines
from .manifest import Verified
from .session import Session
from .stored import StoredStream
from .timing import TimeFigures

RATE_TOLERANCE = 0.02
MOST_TOLD = 20


def checksums_of(session: Session) -> tuple[dict[str, Any], list[str]]:
    """Return what ``checksums.json`` holds, and what is wrong with it; nothing of a recording that still runs."""
    if session.live:
        return {}, []
    path = session.path / CHECKSUMS
    try:
        return read_json(path, MAX_CHECKSUMS_BYTES), []
    except SessionError as error:
        wrong = session.state == "complete" or os.path.lexists(path)
        return {}, [str(error)] if wrong else []


def problems_of_lines(session: Session) -> list[str]:
    """Return what cannot be read in the files of lines."""
    problems = []
    for name in (EVENTS, CLOCK):
        try:
            n_damaged = read_lines(session.path / name).n_damaged
        except SessionError as error:
            problems.append(str(error))
            continue
        if n_damaged:
            problems.append(f"{name} has {n_damaged} lines that cannot be read.")
    if session.n_damaged_gaps:
        problems.append(f"{GAPS} has {session.n_damaged_gaps} lines that cannot be read, so gaps may be missing.")
    return problems


def problems_of_bytes(stream: StoredStream, checksums: object, figures: SampleFigures) -> list[str]:
    """Return which rows are not what was recorded, and whether all are there."""
    name, known, problems = stream.name, checksums if isinstance(checksums, Mapping) else {}, []
    if known and (known.get("n_rows") != stream.n_samples or stream.n_published != (stream.n_samples,) * 2):
        problems.append(
            f"{name}: {stream.n_published[0]:,} samples and {stream.n_published[1]:,} timestamps are published"
            f" where {str(known.get('n_rows'))[:40]} of each were recorded."
        )
    for wrong in figures.wrong[:MOST_TOLD]:
        rows = f"{name}: {wrong.what} {wrong.first:,} to {wrong.last:,}"
        if wrong.what == "samples and timestamps":
            problems.append(f"{rows} cannot be read: {wrong.why}")
        else:
            problems.append(f"{rows} are not what was recorded (checksum of {wrong.why}). Restore it from a copy.")
    if len(figures.wrong) > MOST_TOLD:
        problems.append(f"{name}: … and {len(figures.wrong) - MOST_TOLD:,} more such stretches.")
    return problems or stream.damage()


def problems_of_times(stream: StoredStream, times: TimeFigures) -> list[str]:
    """Return what timestamps contradict: order, gaps, rate."""
    name, fs, problems = stream.name, stream.info.fs, []
    if times.n_foreign:
        problems.append(f"{name}: {times.n_foreign:,} timestamps are no numbers.")
    if times.n_backwards:
        problems.append(f"{name}: time runs backwards {times.n_backwards:,} times.")
    if times.jumps:
        row, step_s = times.jumps[0]
        problems.append(
            f"{name}: time jumps by {step_s:.2f} s at sample {row:,} with no gap named ({times.n_jumps} such jumps)."
        )
    if fs and abs(times.steady_hz / fs - 1) > RATE_TOLERANCE:
        problems.append(f"{name}: the timestamps say {times.steady_hz:,.1f} Hz where the device said {fs:,.1f} Hz.")
    return problems


def problems_of_gaps(stream: StoredStream, checksums: object) -> list[str]:
    """Return which gaps cannot be, and whether as many samples are named as were counted."""
    problems, lost, named = [], 0, stream.n_lost
    for gap in sorted(stream.gaps, key=attrgetter("sample")):
        if gap.sample - lost > stream.n_samples + named:
            problems.append(f"{stream.name}: a gap is named at sample {gap.sample:,}, beyond the end.")
        lost += gap.n_lost
    known = checksums.get("n_lost") if isinstance(checksums, Mapping) else None
    if known is not None and known != named:
        problems.append(f"{stream.name}: {GAPS} names {named:,} lost samples where {str(known)[:40]} were counted.")
    return problems


def problems_of_recovery(session: Session) -> list[str]:
    """Return what recovery found to be missing."""
    cut = session.attributes.get("recovery")
    n_cut = cut.get("n_cut") if isinstance(cut, dict) else None
    return [session.recovered] if isinstance(n_cut, dict) and any(n_cut.values()) else []


def problems_of_seal(
    sealed: Verified, wrong_files: Collection[str] = (), checked: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """Return what contradicts the manifest: problems, and what is merely worth knowing.

    Parameters
    ----------
    sealed
        From `verify_manifest`.
    wrong_files
        Chunk files whose rows have been told of already, by path below the session.
    checked
        Streams all of whose rows are what was recorded, or told of.
    """
    problems, notes = [], []
    for fault in sealed.faults:
        if fault.kind == "derived":
            notes.append(fault.sentence)
        elif fault.path not in wrong_files:
            told = fault.sentence
            if _is_chunk(fault.path) and fault.path.split("/")[0] in checked:
                told = told.replace(" Restore", " Its rows are whole by checksums.json. Restore", 1)
            problems.append(told)
    if len(problems) > MOST_TOLD:
        problems[MOST_TOLD:] = [f"… and {len(problems) - MOST_TOLD:,} more files that are not as they were sealed."]
    if sealed.n_grown_bytes:
        notes.append(
            f"{sealed.n_grown_bytes:,} bytes of events or descriptions were added since the session was sealed. Seal it"
            " again with: myoscope check --seal."
        )
    if sealed.added:
        listed = ", ".join(sealed.added[:4]) + (", …" if len(sealed.added) > 4 else "")
        notes.append(f"Not covered by the manifest: {listed}.")
    return problems, notes


def _is_chunk(path: str) -> bool:
    return path.rsplit("/", 1)[-1].startswith("c.") or "/c/" in path
