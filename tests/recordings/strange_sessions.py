"""Sessions that nobody should have to open: what is bad about each, as a change to a session that is fine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from myoscope.recordings.compaction import compact_session
from myoscope.recordings.layout import MAX_JSON_BYTES, MAX_LINES
from myoscope.recordings.manifest import write_manifest

from . import strange_shards
from .sessions import recorded

Change = Callable[[Path], object]


class StrangeSession(NamedTuple):
    """One session.

    Parameters
    ----------
    name
        What is bad about it.
    base
        Which of the good sessions it was: ``"plain"``, ``"long"`` with an overview, or ``"shards"``.
    change
        Makes it bad.
    may_open
        Whether it may be opened and found in order all the same: what is bad is not part of the recording.
    """

    name: str
    base: str
    change: Change
    may_open: bool = False


def make_bases(folder: Path) -> dict[str, Path]:
    """Record the good sessions."""
    bases = {
        "plain": recorded(folder / "plain.myo", 2000, chunk_seconds=1.0),
        "long": recorded(folder / "long.myo", 20_000, chunk_seconds=5.0),
        "shards": recorded(folder / "shards.myo", 5000, strange_shards.MANY, chunk_seconds=0.5),
    }
    compact_session(bases["shards"])
    return bases


def edit(path: Path, **changes) -> None:
    """Change keys of a JSON file; ``a__b`` is key b of key a."""
    values = json.loads(path.read_text(encoding="utf-8"))
    for key, value in changes.items():
        *outer, last = key.split("__")
        inner = values
        for name in outer:
            inner = inner[name]
        inner[last] = value
    path.write_text(json.dumps(values), encoding="utf-8")


def _huge_json(session: Path) -> None:
    edit(session / "zarr.json", attributes__notes="x" * (MAX_JSON_BYTES + 1))


def _deep(session: Path) -> None:
    (session / "zarr.json").write_text("[" * 100_000, encoding="utf-8")


def _pipe(session: Path) -> None:
    (session / "zarr.json").unlink()
    # Windows has no pipes among its files: then nothing is there.
    if hasattr(os, "mkfifo"):
        os.mkfifo(session / "zarr.json")


def _linked_group(session: Path) -> None:
    (session / "emg").rename(session.parent / "elsewhere")
    (session / "emg").symlink_to(session.parent / "elsewhere")


def _linked_chunk(session: Path) -> None:
    chunk = session / "emg" / "samples" / "c.0.0"
    chunk.rename(session.parent / "elsewhere")
    chunk.symlink_to(session.parent / "elsewhere")


def _linked_json(session: Path) -> None:
    (session / "zarr.json").rename(session.parent / "elsewhere")
    (session / "zarr.json").symlink_to(session.parent / "elsewhere")


def _truncate(path: str, n_bytes: int):
    def change(session: Path) -> None:
        os.truncate(session / path, n_bytes)

    return change


def _remove(path: str):
    def change(session: Path) -> None:
        found = session / path
        shutil.rmtree(found) if found.is_dir() else found.unlink()

    return change


def _edit(path: str, **changes):
    return lambda session: edit(session / path, **changes)


def _write(path: str, data: bytes):
    return lambda session: (session / path).write_bytes(data)


def _grow(session: Path) -> None:
    edit(session / "emg/samples/zarr.json", shape=[10**15, 4])
    edit(session / "emg/timestamps/zarr.json", shape=[10**15])


def _grow_while_recording(session: Path) -> None:
    _grow(session)
    edit(session / "zarr.json", attributes__state="recording")


SAMPLES = "emg/samples/zarr.json"
SESSIONS = {
    "empty metadata": _write("zarr.json", b""),
    "torn metadata": _truncate("zarr.json", 100),
    "metadata that are no text": _write("zarr.json", b"\xff\xfe\x00"),
    "metadata that are a list": _write("zarr.json", b"[]"),
    "not a number": _write("zarr.json", b'{"a": NaN}'),
    "nested too deeply": _deep,
    "huge metadata": _huge_json,
    "a pipe": _pipe,
    "a link for metadata": _linked_json,
    "another format": _edit("zarr.json", attributes__format="other"),
    "no attributes": _edit("zarr.json", attributes=[]),
    "a newer version": _edit("zarr.json", attributes__version=2),
    "an unknown state": _edit("zarr.json", attributes__state=["recording"]),
    "an array for a group": _edit("zarr.json", node_type="array"),
    "streams that are a number": _edit("zarr.json", attributes__streams=5),
    "a stream outside the folder": _edit("zarr.json", attributes__streams=["../emg"]),
    "a stream at the root": _edit("zarr.json", attributes__streams=["/etc"]),
    "a stream called dot dot": _edit("zarr.json", attributes__streams=[".."]),
    "a stream that is none": _edit("zarr.json", attributes__streams=["force"]),
    "a stream twice": _edit("zarr.json", attributes__streams=["emg", "emg"]),
    "a million streams": _edit("zarr.json", attributes__streams=["a"] * 20_000),
    "a stream that is a file": _edit("zarr.json", attributes__streams=["clock.jsonl"]),
    "no group metadata": _remove("emg/zarr.json"),
    "a group without a description": _edit("emg/zarr.json", attributes={}),
    "a million channels": _edit("emg/zarr.json", attributes__info__sample_shape=[10**6]),
    "no channels": _edit("emg/zarr.json", attributes__info__sample_shape=[0]),
    "a rate below zero": _edit("emg/zarr.json", attributes__info__fs=-1),
    "a text stream with arrays": _edit("emg/zarr.json", attributes__info__dtype="str"),
    "no samples": _remove("emg/samples"),
    "no timestamps": _remove("emg/timestamps"),
    "no array metadata": _remove(SAMPLES),
    "samples without a chunk": _remove("emg/samples/c.0.0"),
    "timestamps without a chunk": _remove("emg/timestamps/c.0"),
    "a chunk cut short": _truncate("emg/samples/c.0.0", 1000),
    "a chunk grown": _truncate("emg/timestamps/c.0", 10**7),
    "a linked group": _linked_group,
    "a linked chunk": _linked_chunk,
    "1e15 rows": _grow,
    "1e15 rows while recording": _grow_while_recording,
    "a number beyond all numbers": _edit(SAMPLES, shape=[2**80, 4]),
    "rows below zero": _edit(SAMPLES, shape=[-1, 4]),
    "a shape of text": _edit(SAMPLES, shape="big"),
    "no shape": _edit(SAMPLES, shape=[]),
    "half a row": _edit(SAMPLES, shape=[0.5, 4]),
    "another shape": _edit(SAMPLES, shape=[5000, 8]),
    "empty chunks": _edit(SAMPLES, chunk_grid__configuration__chunk_shape=[0, 4]),
    "chunks of 64 GiB": _edit(SAMPLES, chunk_grid__configuration__chunk_shape=[2**33, 4]),
    "narrow chunks": _edit(SAMPLES, chunk_grid__configuration__chunk_shape=[20000, 2]),
    "no chunks": _edit(SAMPLES, chunk_grid=None),
    "chunks that are text": _edit(SAMPLES, chunk_grid={"name": "regular", "configuration": "big"}),
    "compressed": _edit(SAMPLES, codecs=[{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd"}]),
    "another byte order": _edit(SAMPLES, codecs=[{"name": "bytes", "configuration": {"endian": "big"}}]),
    "transformed": _edit(SAMPLES, storage_transformers=[{"name": "x"}]),
    "objects": _edit(SAMPLES, data_type="object"),
    "another number format": _edit(SAMPLES, data_type="float64"),
    "a list for a number format": _edit(SAMPLES, data_type=["int16"]),
    "timestamps of another length of chunk": _edit(
        "emg/timestamps/zarr.json", chunk_grid__configuration__chunk_shape=[10]
    ),
    "timestamps that are whole numbers": _edit("emg/timestamps/zarr.json", data_type="int64"),
    "gaps that are a folder": lambda session: [(session / "gaps.jsonl").unlink(), (session / "gaps.jsonl").mkdir()],
}  # fmt: skip


# Small files


def _lines(path: str, line: bytes, n: int) -> Change:
    return _write(path, (line + b"\n") * n)


def _append(path: str, data: bytes) -> Change:
    def change(session: Path) -> None:
        with (session / path).open("ab") as file:
            file.write(data)

    return change


def _link(path: str) -> Change:
    def change(session: Path) -> None:
        (session / path).unlink(missing_ok=True)
        (session / path).symlink_to("/etc/passwd")

    return change


GAP = {"stream": "emg", "t_first": 1.0, "t_last": 2.0, "sample": 3, "n_lost": 4, "cause": "device"}
EDIT = {"utc": "2026", "by": "x", "what": "emg", "channel": 1, "field": "muscle", "before": "", "after": "y"}
HUGE = 10**4000


def _json_lines(path: str, *values: object) -> Change:
    return _append(path, b"".join(json.dumps(value).encode() + b"\n" for value in values))


LINES: dict[str, tuple[Change, bool]] = {
    "22 million lines": (_lines("gaps.jsonl", b"{}", 22_000_000), False),
    "64 MiB of ends of lines": (_lines("gaps.jsonl", b"", 2**26), False),
    "more gaps than lines are read": (_lines("gaps.jsonl", json.dumps(GAP).encode(), MAX_LINES + 10), False),
    "gaps of 65 MiB": (lambda session: os.truncate(session / "gaps.jsonl", 65 * 2**20), False),
    "gaps that are a link": (_link("gaps.jsonl"), False),
    "gaps without fields": (_json_lines("gaps.jsonl", {}, {"stream": "emg"}), False),
    "gaps beyond all numbers": (_json_lines("gaps.jsonl", {**GAP, "sample": HUGE}, {**GAP, "n_lost": -HUGE}), False),
    "a gap of 2^63 samples": (_json_lines("gaps.jsonl", {**GAP, "n_lost": 2**63}), False),
    "a gap without end": (_append("gaps.jsonl", b'{"stream":"emg","t_first":1e999,"t_last":0,"sample":1e999,'
                                                b'"n_lost":1e999,"cause":"x"}\n'), False),
    "a gap in lists": (_json_lines("gaps.jsonl", {**GAP, "sample": [1]}, {**GAP, "t_first": {}}), False),
    "a gap of a stream that is none": (_json_lines("gaps.jsonl", {**GAP, "stream": "../../x"}), True),
    "a gap with a story for a cause": (_json_lines("gaps.jsonl", {**GAP, "cause": "x" * 200_000}), False),
    "gaps nested deeply": (_append("gaps.jsonl", b"[" * 100_000 + b"\n"), False),
    "events that are a link": (_link("events.jsonl"), False),
    "events of 65 MiB": (lambda session: os.truncate(session / "events.jsonl", 65 * 2**20), False),
    "64 MiB of events": (_lines("events.jsonl", b'{"t":1,"kind":"marker","label":"a"}', 1_800_000), False),
    "an event beyond all numbers": (_json_lines("events.jsonl", {"t": HUGE, "kind": "marker"}), True),
    "an event without end": (_append("events.jsonl", b'{"t":1e999,"kind":"marker","label":"a"}\n'), True),
    "an event in lists": (_json_lines("events.jsonl", {"t": 1, "kind": ["a"], "label": {"a": [1]}}), True),
    "an edit about a list": (_json_lines("events.jsonl", {"t": 1, "kind": "a"}, {
        "t": 2, "kind": "edit", "of_t": [1], "of_kind": {}, "of_label": [[]]}), True),
    "an edit about a moment beyond all": (_json_lines("events.jsonl", {"t": 2, "kind": "edit", "of_t": HUGE}), True),
    "events nested deeply": (_append("events.jsonl", b'{"t":' + b"[" * 100_000 + b"\n"), False),
    "events that are a folder": (lambda s: [(s / "events.jsonl").unlink(missing_ok=True),
                                            (s / "events.jsonl").mkdir()], False),
    "clock lines in words": (_json_lines("clock.jsonl", {"kind": "utc", "t": "x"}, {
        "kind": "utc", "t": HUGE, "utc": []}, {"kind": "source", "stream": [], "t": 1, "offset_s": {}}), True),
    "a clock of the year 99999": (_json_lines("clock.jsonl", {"kind": "utc", "t": 1, "utc": "99999-01-01"}), True),
    "clock offsets beyond all numbers": (_append("clock.jsonl", b'{"kind":"source","stream":"emg","t":1e999,'
        b'"offset_s":1e308}\n{"kind":"source","stream":"emg","t":1,"offset_s":-1e308}\n' * 9), True),
    "clock lines that are a link": (_link("clock.jsonl"), False),
    "edits of 9 MiB": (_write("about.jsonl", b"\n" * (9 * 2**20)), False),
    "edits that are a link": (_link("about.jsonl"), False),
    "edits of noise": (_write("about.jsonl", np.random.default_rng(5).bytes(10_000)), True),
    "an edit of a channel that is none": (_json_lines("about.jsonl", {**EDIT, "channel": 2**31 - 1}), True),
    "an edit of a channel below none": (_json_lines("about.jsonl", {**EDIT, "channel": -1}), True),
    "an edit of a field that is none": (_json_lines("about.jsonl", {**EDIT, "field": "__class__"}), True),
    "an edit that gives lists": (_json_lines("about.jsonl", {**EDIT, "after": [[[]]]}, {
        **EDIT, "what": "session", "channel": None, "field": "tags", "after": {"a": HUGE}}), True),
    "an edit of a take beyond all": (_json_lines("about.jsonl", {
        **EDIT, "what": "session", "channel": None, "field": "take", "after": HUGE}), True),
    "an edit of a size without end": (_append("about.jsonl", json.dumps(
        {**EDIT, "field": "electrode_size_mm", "after": 7}).replace("7", "1e999").encode() + b"\n"), True),
    "edits of a name without end": (_json_lines("about.jsonl", {
        **EDIT, "what": "session", "channel": None, "field": "name", "after": "x\n\x1b[2J" * 9_000}), True),
}  # fmt: skip


# Seals and reports


def _sealed(edit_manifest: Callable[[dict[str, object]], object], *, adds_up: bool = True) -> Change:
    import hashlib

    def change(session: Path) -> None:
        write_manifest(session)
        path = session / "manifest.json"
        values = json.loads(path.read_bytes())
        edit_manifest(values)
        if adds_up:
            values.pop("body_sha256", None)
            values["body_sha256"] = hashlib.sha256(_spelled(values)).hexdigest()
        path.write_bytes(_spelled(values))

    return change


def _spelled(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _files(**changed: object) -> Change:
    return _sealed(lambda values: values["files"].update(changed))


def _entry(**changed: object) -> Change:
    return _sealed(lambda values: values["files"]["gaps.jsonl"].update(changed))


def _sealed_then(change: Change) -> Change:
    return lambda session: [write_manifest(session), change(session)]


OTHER = {"bytes": 5, "sha256": "00" * 32, "kind": "whole"}
SEALS: dict[str, tuple[Change, bool]] = {
    "a manifest of nothing": (_write("manifest.json", b""), False),
    "a manifest of 70 MiB": (lambda session: (session / "manifest.json").write_bytes(b" " * (70 * 2**20)), False),
    "a manifest of ten million lists": (_write("manifest.json", b'{"files":[' + b"[]," * 10_000_000 + b"[]]}"), False),
    "a manifest of ten million numbers": (_write("manifest.json", b'{"a":[' + b"1.5," * 8_000_000 + b"1]}"), False),
    "a manifest nested deeply": (_write("manifest.json", b'{"a":' * 100_000), False),
    "a manifest that is a link": (_link("manifest.json"), False),
    "a manifest that does not add up": (_sealed(lambda values: values.update(session="x"), adds_up=False), False),
    "a manifest of a later version": (_sealed(lambda values: values.update(version=99)), False),
    "a manifest without files": (_sealed(lambda values: values.update(files=None)), True),
    "a manifest whose files are a list": (_sealed(lambda values: values.update(files=[1, 2])), False),
    "a manifest whose files are numbers": (_files(**{"gaps.jsonl": 5}), False),
    "a sealed file outside": (_files(**{"../../../../etc/passwd": OTHER}), False),
    "a sealed file at the root": (_files(**{"/etc/passwd": OTHER}), False),
    "a sealed file of a name beyond all names": (_files(**{"x" * 100_000 + "\n\0": OTHER}), False),
    "a sealed length beyond all": (_entry(bytes=HUGE), False),
    "a sealed length below zero": (_entry(bytes=-1), False),
    "a sealed length in words": (_entry(bytes="many"), False),
    "a sealed kind that is none": (_entry(kind=["whole"]), False),
    "a sealed hash that is a list": (_entry(sha256=[1]), False),
    "a chunk changed after it was sealed": (_sealed_then(lambda s: _flip(s / "emg/samples/c.0.0")), False),
    "a file added after it was sealed": (_sealed_then(_write("setup.py", b"open('ran', 'w')")), True),
    "a report of 20 MiB": (_write("report.json", b"[" * (20 * 2**20)), True),
    "a report nested deeply": (_write("report.json", b'{"a":' * 100_000), True),
    "a report that is a page of programs": (_write("report.html", b"<script>alert(1)</script>"), True),
    "checksums of 17 MiB": (_write("checksums.json", b" " * (17 * 2**20)), False),
    "checksums of millions of lists": (_write("checksums.json", b'{"emg":[' + b"[]," * 5_000_000 + b"[]]}"), False),
    "checksums in words": (_write("checksums.json", b'{"emg":{"n_rows":"x","chunks":{"a":1},"n_lost":[]}}'), False),
    "checksums that are a list": (_write("checksums.json", b"[]"), False),
    "checksums of numbers beyond all": (_write("checksums.json", json.dumps(
        {"emg": {"n_rows": HUGE, "n_lost": HUGE, "chunks": [[HUGE, HUGE, -1]]}}).encode()), False),
    "checksums that are wrong": (_write("checksums.json", json.dumps(
        {"emg": {"n_rows": 2000, "n_lost": 0, "chunks": [[2000, 1, 2]]}}).encode()), False),
    "descriptions in lists": (_edit("zarr.json", attributes__notes=[1], attributes__created=5, attributes__uuid={},
                                    attributes__tags={"a": 1}, attributes__take=HUGE, attributes__recovery=[]), True),
    "channels in lists": (_edit("emg/zarr.json", attributes__channels=[[1], {"muscle": [1]}, HUGE, None]), True),
    "a filter that is none": (_edit("emg/zarr.json", attributes__view_filter={"kind": HUGE, "low_hz": []}), True),
    "a scale of nothing": (_edit("emg/zarr.json", attributes__info__scale=0), True),
    "a scale beyond all numbers": (_edit("emg/zarr.json", attributes__info__scale=HUGE), False),
    "a rate beyond all numbers": (_edit("emg/zarr.json", attributes__info__fs=HUGE), False),
    "channels without names": (_edit("emg/zarr.json", attributes__info__channel_names=[1, 2, 3, 4]), True),
    "a name of a stream with commands": (_edit("emg/zarr.json", attributes__info__name="\x1b[2J\n\0"), True),
}  # fmt: skip


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[17] ^= 1
    path.write_bytes(data)


# While it was being recorded


def _interrupted(change: Change) -> Change:
    return lambda session: [_edit("zarr.json", attributes__state="recording")(session), change(session)]


def _commits(*records: tuple[int, ...]) -> Change:
    from myoscope.recordings.commits import Commit, encode

    return _write("commits.log", b"".join(encode(Commit(*record)) for record in records))


RECORDING: dict[str, tuple[Change, bool]] = {
    "a log of noise": (_interrupted(_write("commits.log", np.random.default_rng(6).bytes(36_000))), True),
    "a log of 600 MiB": (_interrupted(lambda s: [_write("commits.log", b"")(s), os.truncate(
        s / "commits.log", 600 * 2**20)]), True),
    "a log of chunks beyond all": (_interrupted(_commits((0, 2**32 - 1, 2**32 - 1, 1, 1, 2**64 - 1))), True),
    "a log of groups that are none": (_interrupted(_commits((9999, 0, 5, 1, 1, 0))), True),
    "a log that is a link": (_interrupted(_link("commits.log")), True),
    "a log of a million records": (_interrupted(_commits(*[(0, 0, 7, 1, 1, 0)] * 100_000)), True),
    "chunks of rows in words": (_interrupted(_edit("emg/zarr.json", attributes__chunk_rows="many")), True),
    "chunks of rows beyond all": (_interrupted(lambda s: [_edit("emg/zarr.json", attributes__chunk_rows=HUGE)(s),
                                                         (s / "emg/samples/zarr.json").write_bytes(b"")]), True),
    "a lock that is a link": (_interrupted(_link("writer.lock")), True),
}  # fmt: skip


# Overviews


def _level(level: int, **changes: object) -> Change:
    return _edit(f"emg/overview/{level}/zarr.json", **changes)


def _overview(**changes: object) -> Change:
    return _edit("emg/overview/zarr.json", **{f"attributes__{key}": value for key, value in changes.items()})


OVERVIEWS: dict[str, Change] = {
    "an overview of other samples": _overview(n_samples=10**9),
    "an overview of levels beyond all": _overview(n_levels=HUGE),
    "an overview of levels below none": _overview(n_levels=-1),
    "an overview of more levels than there are": _overview(n_levels=24),
    "an overview of no levels": _overview(n_levels=0),
    "an overview of buckets of nothing": _overview(bucket=0, factor=0),
    "an overview of words": _overview(n_samples="many", n_levels=[], bucket={}),
    "an overview that is a link": lambda s: [shutil.rmtree(s / "emg/overview"),
                                             (s / "emg/overview").symlink_to("/etc")],
    "an overview that is a file": lambda s: [shutil.rmtree(s / "emg/overview"), _write("emg/overview", b"x")(s)],
    "an overview of metadata of 10 MiB": _write("emg/overview/zarr.json", b" " * (10 * 2**20)),
    "an overview nested deeply": _write("emg/overview/zarr.json", b'{"a":' * 50_000),
    "a level of 1e15 rows": _level(1, shape=[10**15, 4, 2]),
    "a level of chunks of 64 GiB": _level(1, chunk_grid__configuration__chunk_shape=[2**33, 4, 2]),
    "a level of another format": _level(1, data_type="float64"),
    "a level that is compressed": _level(1, codecs=[{"name": "zstd"}]),
    "a level without its chunk": _remove("emg/overview/1/c.0.0.0"),
    "a level of a chunk cut short": _truncate("emg/overview/1/c.0.0.0", 100),
    "a level of a chunk grown": _truncate("emg/overview/1/c.0.0.0", 10**7),
    "a level whose chunk is a link": _link("emg/overview/1/c.0.0.0"),
    "a level that lies": lambda s: (s / "emg/overview/1/c.0.0.0").write_bytes(
        b"\x7f" * (s / "emg/overview/1/c.0.0.0").stat().st_size),
}  # fmt: skip


# Compacted


def _index(change: Callable[[np.ndarray], object]) -> Change:
    return strange_shards.with_index(change)


def _overlapping(index: np.ndarray) -> None:
    index[2:4] = index[0:2]


SHARDS: dict[str, tuple[Change, bool]] = {
    "chunks that overlap": (_index(_overlapping), False),
    "a second zarr.json inside of the shards": (_write("emg/samples/c/zarr.json", b"{}"), True),
    "chunks beside the shards": (_write("emg/samples/c.0.0", b"x"), True),
    "an unfinished folder that is a link": (lambda s: (s / "emg/samples.compacting").symlink_to("/etc"), True),
    "shards that were never closed": (_edit("zarr.json", attributes__state="recording"), False),
}  # fmt: skip


def strange_sessions() -> list[StrangeSession]:
    """Return all of them."""
    return [
        *(StrangeSession(f"session: {name}", "plain", change) for name, change in SESSIONS.items()),
        *(StrangeSession(f"lines: {name}", "plain", *how) for name, how in LINES.items()),
        *(StrangeSession(f"seal: {name}", "plain", *how) for name, how in SEALS.items()),
        *(StrangeSession(f"recording: {name}", "plain", *how) for name, how in RECORDING.items()),
        *(StrangeSession(f"overview: {name}", "long", change, True) for name, change in OVERVIEWS.items()),
        *(StrangeSession(f"shards: {name}", "shards", change) for name, change in strange_shards.STRANGE.items()),
        *(StrangeSession(f"shards: {name}", "shards", *how) for name, how in SHARDS.items()),
    ]
