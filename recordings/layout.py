"""The names in a session's folder, and how its small files are written so that a power cut cannot tear them."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import SessionError

FORMAT = "myoscope"
VERSION = 1
SUFFIX = ".myo"
METADATA = "zarr.json"
SAMPLES = "samples"
TIMESTAMPS = "timestamps"
EVENTS = "events.jsonl"
GAPS = "gaps.jsonl"
CLOCK = "clock.jsonl"
ABOUT = "about.jsonl"
ABOUT_LOCK = "about.lock"
COMMITS = "commits.log"
CHECKSUMS = "checksums.json"
LOCK = "writer.lock"
BALLAST = "ballast"
MANIFEST = "manifest.json"
REPORT_JSON = "report.json"
REPORT_HTML = "report.html"
RESERVED = (
    METADATA,
    EVENTS,
    GAPS,
    CLOCK,
    ABOUT,
    ABOUT_LOCK,
    COMMITS,
    CHECKSUMS,
    LOCK,
    BALLAST,
    MANIFEST,
    REPORT_JSON,
    REPORT_HTML,
)

MAX_JSON_BYTES = 256 * 2**10
MAX_CHECKSUMS_BYTES = 16 * 2**20
MAX_LINE_BYTES = 256 * 2**10
MAX_LINES_BYTES = 64 * 2**20
MAX_LINES = 300_000
MAX_JSON_GROUPS = 600_000
MAX_JSON_VALUES = 3_000_000
MAX_GROUPS = 4096

_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_fdatasync = getattr(os, "fdatasync", os.fsync)


def sync_file(descriptor: int) -> None:
    """Wait until a file's content is on the disk."""
    _fdatasync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows does that by itself."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_json(path: Path, value: Mapping[str, Any], *, durable: bool = True) -> None:
    """Put a JSON file in the place of another: at any moment a reader sees the old one or the new one.

    Parameters
    ----------
    path
        The file. Its folder must be there: a folder that someone deleted is not made again.
    value
        What to write.
    durable
        Wait until it is on the disk. Without, a power cut may bring the old one back, or on some file systems none.
    """
    replace_bytes(path, json_bytes(value), durable=durable)


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """Return a JSON object as it is written: ASCII, no spaces, no numbers that are none."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def replace_bytes(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put a file of these bytes in the place of another, as `replace_json` does."""
    name = os.fspath(path)
    with open(f"{name}.new", "wb", buffering=0) as file:  # noqa: PTH123  half the cost of Path, every second
        while data:
            data = data[file.write(data) :]
        if durable:
            os.fsync(file.fileno())
    os.replace(f"{name}.new", name)  # noqa: PTH105  as above
    if durable:
        sync_folder(path.parent)


def read_bytes(path: Path, limit: int) -> bytes:
    """Return the content of a plain file of at most `limit` bytes.

    Raises
    ------
    SessionError
        When it is missing, no plain file (a link, a pipe), too large or unreadable.
    """
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise SessionError(f"{path} is not a plain file. Sessions hold no links; copy the whole folder anew.")
        if found.st_size > limit:
            raise SessionError(
                f"{path} has {found.st_size:,} bytes, over the {limit:,} allowed. It is not ours, or damaged."
            )
        with path.open("rb") as file:
            return file.read(found.st_size)
    except FileNotFoundError:
        raise SessionError(f"{path} is missing. Is this a session's folder, copied completely?") from None
    except OSError as error:
        raise SessionError(f"{path} cannot be read: {error.strerror or error}.") from error


def parse_json(data: bytes, what: object) -> dict[str, Any]:
    """Read one JSON object.

    Raises
    ------
    SessionError
        When it is torn, too deep, or something else than an object of plain values.
    """
    # A byte or two of it may become sixty in memory.
    if data.count(b"{") + data.count(b"[") > MAX_JSON_GROUPS or data.count(b",") > MAX_JSON_VALUES:
        raise SessionError(f"{what} holds millions of values, which nothing of ours does. Restore it from a copy.")
    try:
        value = _DECODER.decode(data.decode("utf-8", "strict"))
    except (ValueError, RecursionError) as error:
        raise SessionError(f"{what} is damaged: {str(error) or 'nested too deeply'}. Restore it from a copy.") from None
    if not isinstance(value, dict):
        raise SessionError(f"{what} is damaged: it does not hold an object. Restore it from a copy.")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


# One for all: to make one takes longer than to read a line.
_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def read_json(path: Path, limit: int = MAX_JSON_BYTES) -> dict[str, Any]:
    """Read a JSON file that holds one object; `SessionError` as `read_bytes` and `parse_json`."""
    return parse_json(read_bytes(path, limit), path)


def plain(value: Any, depth: int = 8) -> Any:
    """Return `value` as JSON can hold it: numbers that are none become None, foreign objects their text."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth and isinstance(value, Mapping):
        return {str(key): plain(inner, depth - 1) for key, inner in value.items()}
    if depth and isinstance(value, list | tuple):
        return [plain(inner, depth - 1) for inner in value]
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return plain(value.item(), 0)
    if depth and hasattr(value, "tolist"):
        return plain(value.tolist(), depth - 1)
    return str(value)


def plain_folder(path: Path) -> Path:
    """Return `path`, a real folder and no link.

    Raises
    ------
    SessionError
        When it is something else.
    """
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise SessionError(f"{path} is missing or cannot be read: {error.strerror or error}.") from None
    if not stat.S_ISDIR(mode):
        raise SessionError(f"{path} is not a folder. Sessions hold no links; copy the whole folder anew.")
    return path


def session_name(name: str, created: datetime) -> str:
    """Return a folder's name such as ``2026-11-20T104305Z_abduction.myo``, safe on every system."""
    safe = re.sub(r"[^\w\-]+", "_", name).strip("_")[:64] or "recording"
    return f"{created:%Y-%m-%dT%H%M%SZ}_{safe}{SUFFIX}"


def unused(parent: Path, name: str) -> Path:
    """Return a path below `parent` that nothing has yet: `name`, or with ``-2``, ``-3``, … before its suffix."""
    path, number = parent / name, 2
    while os.path.lexists(path):
        path, number = parent / f"{Path(name).stem}-{number}{SUFFIX}", number + 1
    return path


def group_name(stream: str, taken: set[str]) -> str:
    """Return the name of a new group for `stream`: its own, or with ``~2``, ``~3``, … where that is taken.

    Names that differ in case only are one on Windows and macOS, and some are no file names at all there.
    """
    base = re.sub(r"[^A-Za-z0-9_.\-]", "_", stream)[:64].rstrip(".") or "stream"
    if base.startswith("__") or _WINDOWS_DEVICES.fullmatch(base):
        base = f"stream_{base.strip('_')}"
    forbidden = {name.casefold() for name in (*taken, *RESERVED)}
    name, number = base, 2
    while name.casefold() in forbidden:
        name, number = f"{base}~{number}", number + 1
    return name


def is_group_name(name: object) -> bool:
    """Whether `name` may be a group of a session; keeps paths out of the folder from being followed."""
    return (
        isinstance(name, str)
        and re.fullmatch(r"[A-Za-z0-9_.\-]{1,80}(~\d{1,6})?", name) is not None
        and name.strip(".") != ""
        and name not in RESERVED
    )


def clock_text(seconds: float) -> str:
    """Return a duration as ``00:42`` or ``1:02:03``."""
    # What falls short of a whole second by less than any clock shows was computed from timestamps.
    whole = max(0, int(seconds + 1e-3))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"
