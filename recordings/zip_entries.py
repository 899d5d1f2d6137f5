"""What of a stranger's zip file is believed: names, kinds, numbers and sizes of its entries, before any is unpacked."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from .arrays import ArrayLayout
from .errors import SessionError
from .layout import (
    ABOUT,
    CHECKSUMS,
    CLOCK,
    COMMITS,
    EVENTS,
    GAPS,
    MANIFEST,
    MAX_GROUPS,
    MAX_JSON_BYTES,
    METADATA,
    REPORT_HTML,
    REPORT_JSON,
    is_group_name,
    parse_json,
)
from .shards import ShardLayout, is_sharded

ROOT = (METADATA, EVENTS, GAPS, CLOCK, ABOUT, CHECKSUMS, MANIFEST, REPORT_JSON, REPORT_HTML)
MAX_ENTRIES = 100_000
MAX_DIRECTORY_BYTES = 16 * 2**20
MAX_ENTRY_BYTES = 65 * 2**20
FEW = 64
"""Pieces of an array that may be there beside those of its rows: what a recording wrote before it lost its power."""
MAX_SWELL = 1100
"""How many times larger than packed an entry may claim to be; Deflate cannot do more than 1032."""
SHARD = re.compile(r"(samples|timestamps)/c(/\d{1,15}){1,8}")
_BEYOND_NAME = re.compile(
    rf"zarr\.json|(samples|timestamps)/(zarr\.json|c(\.\d{{1,15}}){{1,8}})|{SHARD.pattern}"
    r"|overview/(zarr\.json|\d{1,4}/(zarr\.json|c(\.\d{1,15}){1,8}))"
)
_LEFT_OUT = re.compile(
    r"(.*/)?(__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|[^/]+\.(new|compacting)(/.*)?|ballast|[a-z]+\.lock)"
)
"""What file managers add, and what comes and goes while a session is written."""


def is_session_file(name: str) -> bool:
    """Whether a session may hold a file of this path below its folder."""
    group, slash, rest = name.partition("/")
    if not slash:
        return name in ROOT
    return is_group_name(group) and _BEYOND_NAME.fullmatch(rest) is not None


def require_small_directory(file: BinaryIO, path: Path) -> None:
    """Refuse a list of entries that would fill the memory, before it is read.

    The end of central directory record, and its 64-bit locator: PKWARE APPNOTE 4.3.14 to 4.3.16.
    """
    size = file.seek(0, os.SEEK_END)
    tail_at = max(0, size - 2**16 - 22)
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise SessionError(f"{path.name} is no zip file, or cut short. Have it sent again.")
    n_entries, n_bytes = struct.unpack_from("<HI", tail, at + 10)
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        (record_at,) = struct.unpack_from("<Q", tail, at - 12)
        if record_at + 56 > size:
            raise SessionError(f"{path.name} is damaged: it points outside of itself. Have it sent again.")
        file.seek(record_at)
        n_entries, n_bytes = struct.unpack_from("<QQ", file.read(56), 32)
    if n_entries > MAX_ENTRIES or n_bytes > MAX_DIRECTORY_BYTES:
        raise SessionError(f"{path.name} holds {n_entries:,} files. No session of ours has over {MAX_ENTRIES:,}.")
    file.seek(0)


def checked(archive: zipfile.ZipFile, path: Path, n_bytes: int) -> tuple[dict[str, zipfile.ZipInfo], str]:
    """Return the entries by their path below the session's folder, and what that folder is called; "" without one."""
    # Not `is_dir`, which a name of no letters ends with an error.
    files = (info for info in archive.infolist() if not info.filename.endswith("/"))
    found = [info for info in files if not _LEFT_OUT.fullmatch(info.filename)]
    if len(found) > MAX_ENTRIES:
        raise SessionError(f"{path.name} holds {len(found):,} files. No session of ours has over {MAX_ENTRIES:,}.")
    tops = {info.filename.partition("/")[0] for info in found}
    bare = any(info.filename == METADATA for info in found)
    if not bare and len(tops) != 1:
        raise SessionError(f"{path.name} holds no session, or more than one. Give a zip of one session's folder.")
    top = "" if bare else tops.pop()
    entries: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for info in found:
        name = info.filename if bare else info.filename.partition("/")[2]
        _require_plain(info, name, path)
        if name.casefold() in folded:
            raise SessionError(f"{path.name} holds {name} twice. It is not ours, or damaged.")
        folded.add(name.casefold())
        entries[name] = info
    folders = {str(parent).casefold() for name in entries for parent in PurePosixPath(name).parents}
    if folders & folded:
        raise SessionError(f"{path.name} holds {sorted(folders & folded)[0]} as a file and a folder. It is not ours.")
    if METADATA not in entries:
        raise SessionError(f"{path.name} holds no session: there is no {METADATA}. Give a zip of a session's folder.")
    if len({name.partition("/")[0] for name in entries}) > MAX_GROUPS + len(ROOT):
        raise SessionError(f"{path.name} holds over {MAX_GROUPS:,} streams. It is not ours.")
    # Entries that share their bytes are how a small file becomes endless ones.
    if sum(info.compress_size for info in entries.values()) > n_bytes:
        raise SessionError(f"{path.name} holds entries that overlap. It is not ours, or damaged.")
    _require_no_more(archive, entries, path)
    return entries, top


def _require_no_more(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], path: Path) -> None:
    """Refuse more pieces of an array than its rows take, before they are unpacked one by one."""
    counted = Counter(name.partition("/c")[0] for name in entries if "/c" in name)
    for array, n in counted.items():
        said = entries.get(f"{array}/{METADATA}")
        if n <= FEW or said is None or said.file_size > MAX_JSON_BYTES:
            continue
        try:
            with archive.open(said) as file:
                metadata = parse_json(file.read(said.file_size), array)
            of = ShardLayout if is_sharded(metadata) else ArrayLayout
            layout, n_rows = of.parse(Path(array), metadata)
        except SessionError:
            # Opening it tells what is wrong; of a recording that lost its power this may be torn.
            continue
        needed = layout.n_shards(n_rows) if isinstance(layout, ShardLayout) else layout.n_chunks(n_rows)
        if n > needed + FEW:
            raise SessionError(
                f"{path.name} holds {n:,} pieces of {array}, which has {needed:,}. Nothing was unpacked."
            )


def _require_plain(info: zipfile.ZipInfo, name: str, path: Path) -> None:
    told = repr(info.orig_filename[:80])
    if info.orig_filename != info.filename or not (is_session_file(name) or name == COMMITS):
        raise SessionError(f"{path.name} holds {told}, which no session has. Nothing was unpacked.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise SessionError(f"{path.name} holds {told} as a link or device. Nothing was unpacked.")
    if info.flag_bits & 0x1:
        raise SessionError(f"{path.name} is encrypted. Have it sent without a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SessionError(f"{path.name} is packed in a way that is not read here. Have it sent as a plain zip file.")
    if info.file_size > MAX_ENTRY_BYTES or info.file_size > MAX_SWELL * (info.compress_size + 64):
        raise SessionError(f"{path.name}: {told} would become {info.file_size:,} bytes. Nothing was unpacked.")
