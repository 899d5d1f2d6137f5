"""The SHA-256 manifest: what every file of a finished session holds, to the last bit.

``manifest.json`` is written after the session was closed, never on the acquisition path. Whoever changes files of a
finished session on purpose, as compaction does, brings it up to date in this order:

1. ``verify_manifest(folder, progress)`` returns no problem, so nothing wrong is sealed anew;
2. the files change, each checked against ``checksums.json``, which goes by rows and stays as it is;
3. ``write_manifest(folder, progress)`` hashes all files and puts the new manifest in the place of the old one.

Between 2 and 3 the manifest would tell of the changed files, so it may be removed before 2: a session without one is in
order. After a crash there ``myoscope check --seal`` makes it anew.
Whoever writes a small file that can be made again calls ``cover(folder, names)`` instead.

The manifest is JSON in one spelling: sorted keys, no spaces, ASCII. ``body_sha256`` is the hash of all the rest in
that spelling, and a manifest in any other spelling is damaged, so no bit of it can change unnoticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from .errors import SessionError
from .hashing import Hashed
from .layout import MANIFEST, METADATA, parse_json, plain_folder, read_bytes, read_json, replace_json
from .progress import Progress, no_progress
from .session_files import Kind, files_of, kind_of

FORMAT = "myoscope manifest"
VERSION = 1
MAX_MANIFEST_BYTES = 32 * 2**20


class Entry(NamedTuple):
    """What the manifest knows of one file.

    Parameters
    ----------
    n_bytes
        Length that is covered.
    sha256
        Of those bytes, in hexadecimal.
    kind
        ``whole``; ``prefix`` where lines may be added later; ``derived`` where it can be made again.
    """

    n_bytes: int
    sha256: str
    kind: Kind


@dataclass(frozen=True)
class Manifest:
    """What was sealed.

    Parameters
    ----------
    uuid
        Of the session.
    written
        When, UTC, ISO 8601.
    files
        By path below the session's folder, with ``/``.
    """

    uuid: str
    written: str
    files: Mapping[str, Entry]


class Fault(NamedTuple):
    """One file that is not as it was sealed.

    Parameters
    ----------
    path
        Below the session's folder, with ``/``.
    kind
        As in `Entry`; ``derived`` is no loss.
    sentence
        What is wrong, and what to do.
    """

    path: str
    kind: Kind
    sentence: str


class Verified(NamedTuple):
    """What a manifest says of a folder.

    Parameters
    ----------
    manifest
        As it was read; None where there is none, or none that can be believed.
    faults
        Files that are not as they were sealed.
    added
        Files that were not there when it was sealed.
    n_grown_bytes
        Bytes of lines that were added since.
    """

    manifest: Manifest | None
    faults: tuple[Fault, ...]
    added: tuple[str, ...] = ()
    n_grown_bytes: int = 0


def write_manifest(folder: Path, progress: Progress = no_progress) -> Manifest:
    """Hash every file of a finished session and write ``manifest.json``, durable and at once.

    Memory does not grow with the length of the recording but by about 200 bytes a file. One caller at a time.

    Parameters
    ----------
    folder
        The session's.
    progress
        Told the share of bytes hashed.

    Raises
    ------
    SessionError
        When the session is still being recorded, holds links, or cannot be read or written.
    Stopped
        From `progress`; an older manifest then stays.
    """
    attributes = _attributes(folder)
    if attributes.get("state") == "recording":
        raise SessionError(f"{folder} is not closed yet. Open it once, which recovers it, and seal it then.")
    found = dict(files_of(folder))
    hashed = Hashed(sum(found.values()), progress)
    files = {}
    for path, n_bytes in sorted(found.items()):
        sha256 = hashed.sha256(folder / path, n_bytes)
        if sha256 is None:
            raise SessionError(f"{folder / path} changed while it was being sealed. Seal the session again.")
        files[path] = Entry(n_bytes, sha256, kind_of(path))
    manifest = Manifest(str(attributes.get("uuid", "")), datetime.now(UTC).isoformat(timespec="seconds"), files)
    _write(folder, manifest)
    progress(1.0)
    return manifest


def cover(folder: Path, names: Collection[str]) -> None:
    """Bring a manifest up to date for a few small files that were just written; without a manifest nothing happens.

    Raises
    ------
    SessionError
        When the manifest is damaged, or a file is none that can be made again, or cannot be read.
    """
    if not os.path.lexists(folder / MANIFEST):
        return
    manifest = read_manifest(folder)
    files = dict(manifest.files)
    for name in names:
        if kind_of(name) != "derived":
            raise SessionError(f"{folder / name} cannot be made again. Seal the whole session.")
        data = read_bytes(folder / name, MAX_MANIFEST_BYTES)
        files[name] = Entry(len(data), hashlib.sha256(data).hexdigest(), "derived")
    _write(folder, Manifest(manifest.uuid, manifest.written, files))


def read_manifest(folder: Path) -> Manifest:
    """Return a session's manifest.

    Raises
    ------
    SessionError
        When it is missing, or one bit of it is not as it was written.
    """
    path = folder / MANIFEST
    data = read_bytes(path, MAX_MANIFEST_BYTES)
    values = parse_json(data, path)
    told = values.pop("body_sha256", None)
    body = _spelled(values)
    sound = hashlib.sha256(body).hexdigest() == told and _spelled({**values, "body_sha256": told}) == data
    if not sound or values.get("format") != FORMAT:
        raise SessionError(
            f"{path} is damaged: it does not add up to its own hash. Checksums of the samples are in checksums.json;"
            " when they are in order, seal the session again with: myoscope check --seal."
        )
    if values.get("version") != VERSION:
        raise SessionError(f"{path} has version {str(values.get('version'))[:40]}. Update myoscope to check it.")
    files = values.get("files")
    try:
        entries = {str(name): _entry(entry) for name, entry in dict(files or {}).items()}
    except (TypeError, ValueError, KeyError) as error:
        raise SessionError(f"{path} lists files in a way that cannot be read ({error}). It is not ours.") from None
    return Manifest(str(values.get("session", "")), str(values.get("written", "")), entries)


def verify_manifest(folder: Path, progress: Progress = no_progress) -> Verified:
    """Hold every file against the manifest. Reads everything, in constant memory; changes nothing.

    Paths in the manifest are never opened: what is hashed is what is found in the folder, links not followed.

    Parameters
    ----------
    folder
        The session's.
    progress
        Told the share of bytes hashed.

    Returns
    -------
    Verified
        With no fault when there is no manifest.

    Raises
    ------
    SessionError
        When the folder cannot be read.
    """
    if not os.path.lexists(folder / MANIFEST):
        return Verified(None, ())
    try:
        manifest = read_manifest(folder)
    except SessionError as error:
        return Verified(None, (Fault(MANIFEST, "whole", str(error)),))
    found = dict(files_of(folder))
    hashed = Hashed(sum(n for path, n in found.items() if path in manifest.files), progress)
    faults, grown = [], 0
    for path, entry in sorted(manifest.files.items()):
        n_bytes = found.get(path)
        if n_bytes is None or n_bytes < entry.n_bytes or (n_bytes > entry.n_bytes and entry.kind != "prefix"):
            faults.append(_fault(folder, path, entry, n_bytes))
            continue
        if hashed.sha256(folder / path, entry.n_bytes) != entry.sha256:
            faults.append(_fault(folder, path, entry, n_bytes))
        grown += n_bytes - entry.n_bytes
    added = tuple(sorted(path for path in found if path not in manifest.files and kind_of(path) == "whole"))
    progress(1.0)
    return Verified(manifest, tuple(faults), added, grown)


def _fault(folder: Path, path: str, entry: Entry, n_bytes: int | None) -> Fault:
    if n_bytes is None:
        what = "is missing, or no plain file"
    elif n_bytes == entry.n_bytes or (n_bytes > entry.n_bytes and entry.kind == "prefix"):
        what = "is not what was sealed"
    else:
        what = f"has {n_bytes:,} bytes where {entry.n_bytes:,} were sealed"
    todo = "Make it again; no recorded sample is in it." if entry.kind == "derived" else "Restore it from a copy."
    return Fault(path, entry.kind, f"{folder / path} {what} (SHA-256). {todo}")


def _attributes(folder: Path) -> dict[str, Any]:
    attributes = read_json(plain_folder(folder) / METADATA).get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _write(folder: Path, manifest: Manifest) -> None:
    values = {
        "format": FORMAT,
        "version": VERSION,
        "session": manifest.uuid,
        "written": manifest.written,
        "files": {path: {"bytes": e.n_bytes, "sha256": e.sha256, "kind": e.kind} for path, e in manifest.files.items()},
    }
    values["body_sha256"] = hashlib.sha256(_spelled(values)).hexdigest()
    try:
        replace_json(folder / MANIFEST, json.loads(_spelled(values)))
    except OSError as error:
        raise SessionError(f"{folder / MANIFEST} cannot be written: {error.strerror or error}.") from error


def _spelled(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _entry(value: Mapping[str, Any]) -> Entry:
    n_bytes, sha256, kind = value["bytes"], value["sha256"], value["kind"]
    if type(n_bytes) is not int or n_bytes < 0 or kind not in ("whole", "prefix", "derived"):
        raise ValueError(str(value)[:80])
    return Entry(n_bytes, str(sha256), kind)
