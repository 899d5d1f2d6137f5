"""Checking a session: everything that its files must bear out."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import ArrayLayout
from .errors import SessionError
from .gaps import rows_of
from .layout import CHECKSUMS, CLOCK, EVENTS, GAPS, MAX_CHECKSUMS_BYTES, read_json
from .lines import read_lines
from .recovery import read_gaps
from .session import Session, open_damaged
from .stored import StoredStream

PIECE_BYTES = 8 * 2**20
RATE_TOLERANCE = 0.02
JUMP_S = 0.5


def check_session(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Check a session against its own checksums, clocks and counts; an interrupted one is recovered first.

    Parameters
    ----------
    path
        As `open_session` takes it.

    Returns
    -------
    dict
        What ``myoscope check --json`` prints: `Session.report`, ``"ok"``, and ``"problems"`` in sentences.

    Raises
    ------
    SessionError
        When it cannot be opened at all.
    """
    with open_damaged(path) as session:
        problems = _problems(session)
        return {**session.report(), "ok": not problems, "problems": problems}


def _problems(session: Session) -> list[str]:
    problems = _problems_of_lines(session.path)
    checksums: dict[str, Any] = {}
    if not session.live:
        try:
            checksums = read_json(session.path / CHECKSUMS, MAX_CHECKSUMS_BYTES)
        except SessionError as error:
            if session.state == "complete" or os.path.lexists(session.path / CHECKSUMS):
                problems.append(str(error))
    for stream in session.streams.values():
        damage = stream.damage()
        problems += damage or [*_problems_of_bytes(stream, checksums.get(stream.name)), *_problems_of_times(stream)]
        problems += _problems_of_gaps(stream, checksums.get(stream.name))
    cut = session.attributes.get("recovery")
    if isinstance(cut, dict) and any((cut.get("n_cut") or {}).values()):
        problems.append(session.recovered)
    return problems


def _problems_of_lines(folder: Path) -> list[str]:
    problems = []
    for name in (EVENTS, CLOCK):
        lines = read_lines(folder / name)
        if lines.n_damaged:
            problems.append(f"{name} has {lines.n_damaged} lines that cannot be read.")
    _, n_damaged = read_gaps(folder)
    if n_damaged:
        problems.append(f"{GAPS} has {n_damaged} lines that cannot be read, so gaps may be missing.")
    return problems


def _problems_of_bytes(stream: StoredStream, checksums: object) -> list[str]:
    if not isinstance(checksums, dict) or not isinstance(chunks := checksums.get("chunks"), list):
        return []
    problems = []
    if checksums.get("n_rows") != stream.n_samples or stream.n_published != (stream.n_samples,) * 2:
        problems.append(
            f"{stream.name}: {stream.n_published[0]:,} samples and {stream.n_published[1]:,} timestamps are published"
            f" where {checksums.get('n_rows')} of each were recorded."
        )
    for chunk, known in enumerate(chunks[: stream.layouts[0].n_chunks(stream.n_samples)]):
        if not isinstance(known, list) or len(known) != 3:
            continue
        for layout, crc, what in zip(stream.layouts, known[1:], ("samples", "timestamps"), strict=True):
            if _crc_of_chunk(layout, chunk, known[0]) != crc:
                first = chunk * layout.chunk_rows
                problems.append(
                    f"{stream.name}: {what} {first:,} to {first + known[0] - 1:,} are not what was recorded"
                    f" (checksum of {layout.chunk_path(chunk).name})."
                )
    return problems


def _crc_of_chunk(layout: ArrayLayout, chunk: int, n_rows: object) -> int | None:
    if not isinstance(n_rows, int) or not 0 <= n_rows <= layout.chunk_rows:
        return None
    crc, left = 0, n_rows * layout.row_bytes
    try:
        with layout.chunk_path(chunk).open("rb") as file:
            while left > 0 and (piece := file.read(min(left, PIECE_BYTES))):
                crc = zlib.crc32(piece, crc)
                left -= len(piece)
    except OSError:
        return None
    return crc if left == 0 else None


def _problems_of_times(stream: StoredStream) -> list[str]:
    fs, gap_rows = stream.info.fs, {row for row, _ in rows_of(stream.gaps, stream.n_samples)}
    n_foreign = n_back = 0
    jumps: list[tuple[int, float]] = []
    span_s, n_steps = 0.0, 0
    before = np.empty(0)
    for start in range(0, stream.n_samples, 2**18):
        times = stream.read_timestamps(start, start + 2**18)
        n_foreign += int(np.count_nonzero(~np.isfinite(times)))
        first = start - len(before)
        steps = np.diff(np.concatenate([before, times]))
        n_back += int(np.count_nonzero(steps < 0))
        named = _named(gap_rows, first + 1, len(steps))
        if fs:
            far = np.flatnonzero((steps > max(JUMP_S, 20 / fs)) & ~named)
            jumps += [(first + 1 + int(i), float(steps[i])) for i in far]
            near = (steps >= 0) & (steps <= max(JUMP_S, 20 / fs)) & ~named
            span_s += float(steps[near].sum())
            n_steps += int(np.count_nonzero(near))
        before = times[-1:]
    name, problems = stream.name, []
    if n_foreign:
        problems.append(f"{name}: {n_foreign:,} timestamps are no numbers.")
    if n_back:
        problems.append(f"{name}: time runs backwards {n_back:,} times.")
    if jumps:
        row, step_s = jumps[0]
        problems.append(
            f"{name}: time jumps by {step_s:.2f} s at sample {row:,} with no gap named ({len(jumps)} such jumps)."
        )
    if fs and span_s > 2 and abs(n_steps / span_s / fs - 1) > RATE_TOLERANCE:
        problems.append(f"{name}: the timestamps say {n_steps / span_s:,.1f} Hz where the device said {fs:,.1f} Hz.")
    return problems


def _named(gap_rows: set[int], first: int, n: int) -> NDArray[np.bool_]:
    named = np.zeros(n, dtype=bool)
    places = [row - first for row in gap_rows if first <= row < first + n]
    named[places] = True
    return named


def _problems_of_gaps(stream: StoredStream, checksums: object) -> list[str]:
    problems = []
    lost = 0
    for gap in sorted(stream.gaps, key=lambda gap: gap.sample):
        if gap.sample - lost > stream.n_samples + sum(g.n_lost for g in stream.gaps):
            problems.append(f"{stream.name}: a gap is named at sample {gap.sample:,}, beyond the end.")
        lost += gap.n_lost
    known = checksums.get("n_lost") if isinstance(checksums, dict) else None
    if known is not None and known != stream.n_lost:
        problems.append(f"{stream.name}: {GAPS} names {stream.n_lost:,} lost samples where {known} were counted.")
    return problems
