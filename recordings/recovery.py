"""What is really there after a recording was interrupted, and making it so."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import gaps as causes
from .arrays import ArrayLayout
from .commits import MAX_LOG_BYTES, RECORD_BYTES, Commit, decode_from
from .errors import SessionError
from .gaps import Gap, rows_of
from .layout import (
    BALLAST,
    CHECKSUMS,
    CLOCK,
    COMMITS,
    EVENTS,
    GAPS,
    METADATA,
    SAMPLES,
    TIMESTAMPS,
    read_bytes,
    replace_json,
    sync_folder,
)
from .lines import LineWriter, no_collection, objects_of, read_lines
from .overview_writer import GROWING as OVERVIEW_GROWING
from .stored import StoredStream


@dataclass
class Recovered:
    """What recovery found.

    Parameters
    ----------
    n_rows
        Rows that are whole, by group.
    n_cut
        Rows that had been written and did not reach the disk, by group.
    new_gaps
        What has to be named now.
    checksums
        By group, as ``checksums.json`` keeps them; a chunk without a record has None.
    """

    n_rows: dict[str, int] = field(default_factory=dict)
    n_cut: dict[str, int] = field(default_factory=dict)
    new_gaps: list[Gap] = field(default_factory=list)
    checksums: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What a person is told."""
        rows = ", ".join(f"{n:,} samples of {name}" for name, n in self.n_rows.items()) or "no samples"
        cut = ", ".join(f"{n:,} of {name}" for name, n in self.n_cut.items() if n)
        rest = f"; {cut} had not reached the disk and are a named gap." if cut else "; nothing written is missing."
        return f"The recording was interrupted. Found {rows}{rest}"


def recover(folder: Path, streams: Sequence[StoredStream], gaps: Sequence[Gap]) -> Recovered:
    """Find out what is whole in an interrupted session. Changes nothing.

    Published rows were synced before, so they are there. Beyond them a chunk is believed as far as its bytes add
    up to what the commit log says.

    Parameters
    ----------
    folder
        The session.
    streams
        Its groups, in the order of the session's list.
    gaps
        What ``gaps.jsonl`` names.

    Raises
    ------
    SessionError
        When the log is no plain file, or beyond all limits.
    """
    log = folder / COMMITS
    data = read_bytes(log, MAX_LOG_BYTES) if os.path.lexists(log) else b""
    rows = [stream.layouts[0].chunk_rows for stream in streams]
    durable = [stream.n_samples // n for stream, n in zip(streams, rows, strict=True)]
    commits: list[list[Commit]] = [[] for _ in streams]
    for commit in decode_from(data[: len(data) // RECORD_BYTES * RECORD_BYTES], durable, rows):
        commits[commit.group].append(commit)
    found = Recovered()
    for stream, log_of_group in zip(streams, commits, strict=True):
        _recover_group(stream, log_of_group, [gap for gap in gaps if gap.stream == stream.name], found)
    return found


def _recover_group(stream: StoredStream, commits: Sequence[Commit], gaps: Sequence[Gap], found: Recovered) -> None:
    samples, timestamps = stream.layouts
    rows = samples.chunk_rows
    published = stream.n_samples
    chunk, n_rows = published // rows, published
    by_chunk: dict[int, list[Commit]] = {}
    for commit in commits:
        if 0 < commit.rows <= rows:
            by_chunk.setdefault(commit.chunk, []).append(commit)
    believed: dict[int, Commit] = {
        c: full for c, of_chunk in by_chunk.items() if (full := of_chunk[-1]).rows == rows and c < chunk
    }
    while chunk in by_chunk:
        best = _whole(samples, timestamps, by_chunk[chunk])
        if best is None:
            break
        believed[chunk] = best
        n_rows = max(n_rows, chunk * rows + best.rows)
        if best.rows < rows:
            break
        chunk += 1
    claimed = max((commit.chunk * rows + commit.rows for commit in commits if 0 < commit.rows <= rows), default=0)
    last = _timestamp(timestamps, n_rows - 1)
    known = [*gaps]
    for row, sample, n in _unnamed(commits, rows, published, n_rows, gaps):
        t_first, t_last = _timestamp(timestamps, row - 1), _timestamp(timestamps, row)
        known.append(Gap(stream.name, t_first if row else t_last, t_last, sample, n, causes.UNNAMED))
    pieces, claimed = _cut_off(n_rows, min(claimed, n_rows + 64 * rows), n_rows + 64 * rows, known)
    known += [Gap(stream.name, last, last, sample, n, causes.INTERRUPTED) for sample, n in pieces]
    found.n_rows[stream.name] = n_rows
    found.n_cut[stream.name] = claimed - n_rows
    found.checksums[stream.name] = _checksums(n_rows, rows, believed)
    found.new_gaps += known[len(gaps) :]


def _unnamed(
    commits: Sequence[Commit], chunk_rows: int, published: int, n_rows: int, gaps: Sequence[Gap]
) -> list[tuple[int, int, int]]:
    """Return what the log counts as lost and no gap names: (row that follows, number of the first, how many).

    Gaps were on the disk before the rows after them were published, so only those after that can be missing.
    """
    placed = rows_of(gaps, n_rows)
    found: list[tuple[int, int, int]] = []
    i = named = 0
    start = published
    for commit in sorted(commits, key=lambda commit: (commit.chunk, commit.rows)):
        end = commit.chunk * chunk_rows + commit.rows
        if not (0 < commit.rows <= chunk_rows and published < end <= n_rows):
            continue
        while i < len(placed) and placed[i][0] < end:
            named += placed[i][1].n_lost
            i += 1
        if commit.lost > named:
            found.append((start, start + named, commit.lost - named))
            named = commit.lost
        start = end
    return found


def _cut_off(n_rows: int, claimed: int, at_most: int, gaps: Sequence[Gap]) -> tuple[list[tuple[int, int]], int]:
    """Return what did not reach the disk: (number of the first sample, how many), and how many rows there had been.

    A gap may have reached the disk although the rows before it have not: those are missing as well.
    """
    pieces: list[tuple[int, int]] = []
    at, lost, end = n_rows, 0, max(n_rows, claimed)
    for gap in sorted(gaps, key=lambda gap: gap.sample):
        if gap.cause == causes.INTERRUPTED:
            # Named by a recovery that was interrupted itself.
            at += gap.n_lost
        else:
            before = gap.sample - lost
            if at < before <= at_most:
                pieces.append((at + lost, before - at))
                at = before
            lost += gap.n_lost
    if end > at:
        pieces.append((at + lost, end - at))
    return pieces, max(end, at)


def _whole(samples: ArrayLayout, timestamps: ArrayLayout, commits: Sequence[Commit]) -> Commit | None:
    """Return the furthest commit of a chunk that the bytes on the disk bear out."""
    best, crcs, done = None, [0, 0], 0
    try:
        with (
            samples.chunk_path(commits[0].chunk).open("rb") as data,
            timestamps.chunk_path(commits[0].chunk).open("rb") as times,
        ):
            for commit in sorted(commits, key=lambda commit: commit.rows):
                for i, (file, layout) in enumerate(((data, samples), (times, timestamps))):
                    crcs[i] = zlib.crc32(file.read((commit.rows - done) * layout.row_bytes), crcs[i])
                done = commit.rows
                if crcs != [commit.crc_samples, commit.crc_timestamps]:
                    break
                best = commit
    except OSError:
        # A chunk that was never made, or cannot be read, bears nothing out.
        return best
    return best


def _timestamp(layout: ArrayLayout, row: int) -> float:
    if row < 0:
        return float("nan")
    chunk, place = divmod(row, layout.chunk_rows)
    try:
        with layout.chunk_path(chunk).open("rb") as file:
            file.seek(place * layout.row_bytes)
            return float(memoryview(file.read(8)).cast("d")[0])
    except (OSError, IndexError, TypeError):
        return float("nan")


def _checksums(n_rows: int, rows: int, believed: Mapping[int, Commit]) -> dict[str, Any]:
    chunks: list[list[int] | None] = []
    for chunk in range(-(-n_rows // rows)):
        commit = believed.get(chunk)
        whole = commit is not None and commit.rows == min(rows, n_rows - chunk * rows)
        chunks.append([commit.rows, commit.crc_samples, commit.crc_timestamps] if commit and whole else None)
    return {"n_rows": n_rows, "chunks": chunks}


def make_whole(folder: Path, attributes: dict[str, Any], streams: Sequence[StoredStream], found: Recovered) -> None:
    """Write down what `recover` found. The caller holds the writer's lock.

    Parameters
    ----------
    folder
        The session.
    attributes
        The session's; brought up to date.
    streams
        Its groups.
    found
        From `recover`.

    Raises
    ------
    OSError
        When the folder cannot be written; nothing is lost then, and the next opening finds the same.
    """
    for name in (EVENTS, GAPS, CLOCK):
        lines = read_lines(folder / name)
        if lines.n_whole_bytes < lines.n_bytes:
            with (folder / name).open("r+b") as file:
                file.truncate(lines.n_whole_bytes)
    writer = LineWriter(folder / GAPS)
    try:
        for gap in found.new_gaps:
            writer.write(gap.to_json())
        writer.sync()
    finally:
        writer.close()
    for stream in streams:
        for name, layout in zip((SAMPLES, TIMESTAMPS), stream.layouts, strict=True):
            replace_json(folder / stream.name / name / METADATA, layout.metadata(found.n_rows[stream.name]))
            for left in (folder / stream.name / name).glob(f"{METADATA}*.new"):
                left.unlink(missing_ok=True)
        shutil.rmtree(folder / stream.name / OVERVIEW_GROWING, ignore_errors=True)
    replace_json(folder / CHECKSUMS, found.checksums)
    attributes["state"] = "recovered"
    attributes["recovery"] = {
        "utc": datetime.now(UTC).isoformat(),
        "found": found.sentence,
        "n_rows": found.n_rows,
        "n_cut": found.n_cut,
    }
    replace_json(folder / METADATA, {"zarr_format": 3, "node_type": "group", "attributes": attributes})
    for name in (COMMITS, BALLAST):
        (folder / name).unlink(missing_ok=True)
    sync_folder(folder)


def read_gaps(folder: Path) -> tuple[list[Gap], int]:
    """Return what ``gaps.jsonl`` names, and how many of its lines are damaged.

    Raises
    ------
    SessionError
        When it is no plain file, or beyond all limits.
    """
    found, n_damaged = [], 0
    with no_collection():
        for values in objects_of(folder / GAPS):
            if values is None:
                n_damaged += 1
                continue
            try:
                found.append(Gap.from_json(values))
            except SessionError:
                # Counted; `check_session` tells of it.
                n_damaged += 1
    return found, n_damaged
