"""Opening a recorded session."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from ..sources.block import Event
from .about import About
from .errors import SessionError
from .event_lines import EventLines, parse_events
from .gaps import Gap
from .layout import (
    EVENTS,
    FORMAT,
    LOCK,
    MAX_GROUPS,
    METADATA,
    SUFFIX,
    VERSION,
    is_group_name,
    plain_folder,
    read_json,
)
from .lines import read_lines
from .recovery import Recovered, make_whole, read_gaps, recover
from .stored import StoredStream

if TYPE_CHECKING:
    import zarr

STATES = ("recording", "complete", "recovered")


class Session:
    """One recording. Made by `open_session`.

    Parameters
    ----------
    path
        The session's folder.
    attributes
        Its metadata.
    streams
        Its groups by name, in the order in which they began; ``emg~2`` is what ``emg`` became.
    gaps
        Everything that is named as missing.
    live
        Whether somebody is still recording it; what is read is then what was there when it was opened.
    """

    def __init__(
        self, path: Path, attributes: dict[str, Any], streams: dict[str, StoredStream], gaps: list[Gap], live: bool
    ) -> None:
        self.path = path
        self.attributes = attributes
        self.streams = streams
        self.gaps = tuple(gaps)
        self.live = live

    @property
    def uuid(self) -> str:
        """Identity of the recording, whatever its folder is called."""
        return str(self.attributes.get("uuid", ""))

    @property
    def created(self) -> str:
        """When it began, UTC, ISO 8601."""
        created = self.attributes.get("created")
        return str(created.get("utc", "")) if isinstance(created, dict) else ""

    @property
    def state(self) -> str:
        """``recording``, ``complete`` or ``recovered``."""
        return str(self.attributes["state"])

    @property
    def name(self) -> str:
        """What the person called it."""
        return str(self.attributes.get("name", ""))

    @property
    def subject(self) -> str:
        """The subject's code."""
        return str(self.attributes.get("subject", ""))

    @property
    def notes(self) -> str:
        """The person's notes."""
        return str(self.attributes.get("notes", ""))

    @property
    def about(self) -> About:
        """What a person says of it."""
        return About.from_json(self.attributes)

    @property
    def recovered(self) -> str:
        """What recovery found, in a sentence; empty when the recording ended properly."""
        recovery = self.attributes.get("recovery")
        return str(recovery.get("found", "")) if isinstance(recovery, dict) else ""

    @property
    def ended(self) -> str:
        """Why the recording ended early, such as ``"disk full"``; empty when somebody stopped it."""
        return str(self.attributes.get("ended", ""))

    @property
    def events(self) -> tuple[Event, ...]:
        """Markers, cues, labels, in the order they were noted, with the texts they were given last.

        Read when first asked for.

        Raises
        ------
        SessionError
            When ``events.jsonl`` is beyond all limits.
        """
        return self._event_lines.edited

    @property
    def events_as_noted(self) -> tuple[Event, ...]:
        """The same events with the texts they had when they were noted.

        Raises
        ------
        SessionError
            When ``events.jsonl`` is beyond all limits.
        """
        return self._event_lines.noted

    @cached_property
    def _event_lines(self) -> EventLines:
        return parse_events(read_lines(self.path / EVENTS).objects)

    @property
    def duration_s(self) -> float:
        """From the earliest sample of any stream to the end of the latest, s."""
        filled = [stream for stream in self.streams.values() if stream.n_samples]
        if not filled:
            return 0.0
        first = min(stream.first_timestamp for stream in filled)
        return max(stream.first_timestamp + stream.duration_s for stream in filled) - first

    def report(self) -> dict[str, Any]:
        """Return what ``myoscope info --json`` prints."""
        return {
            "uuid": self.uuid,
            "created": self.created,
            "state": self.state,
            "streams": {
                name: {
                    "n_samples": stream.n_samples,
                    "n_channels": stream.info.n_channels,
                    "fs": stream.info.fs,
                    "unit": stream.info.unit,
                    "duration_s": stream.duration_s,
                    "n_gaps": len(stream.gaps),
                    "n_lost": stream.n_lost,
                }
                for name, stream in self.streams.items()
            },
        }

    def zarr(self) -> zarr.Group:
        """Return the session as a Zarr group, read-only, for those who like that."""
        import zarr

        return zarr.open_group(self.path, mode="r", use_consolidated=False)

    def close(self) -> None:
        """Let mapped files go, once nobody holds samples of them. Safe to call twice."""
        for stream in self.streams.values():
            stream.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Session({str(self.path)!r}, {self.state}, {', '.join(self.streams) or 'empty'})"


def open_session(path: str | os.PathLike[str]) -> Session:
    """Open a recording; one that was interrupted is recovered first.

    Parameters
    ----------
    path
        The session's folder, or a folder that holds exactly one.

    Raises
    ------
    SessionError
        When it is not one, or is damaged; one sentence.
    """
    session = open_damaged(path)
    for stream in session.streams.values():
        damage = stream.damage()
        if damage:
            raise SessionError(damage[0])
    return session


def open_damaged(path: str | os.PathLike[str]) -> Session:
    """Like `open_session`, but a session whose chunk files are not all there opens too."""
    folder = find_session(path)
    attributes, streams = _read(folder)
    live = False
    recovered: Recovered | None = None
    if attributes["state"] == "recording":
        with _WriterLock(folder) as lock:
            if lock.refused:
                live = True
            else:
                # Whoever held the lock a moment ago may have finished.
                attributes, streams = _read(folder)
                if attributes["state"] == "recording":
                    recovered = _recover(folder, attributes, streams, writable=lock.held)
    gaps, _ = read_gaps(folder)
    if recovered is not None:
        gaps += [gap for gap in recovered.new_gaps if gap not in gaps]
    for stream in streams:
        stream.gaps = tuple(gap for gap in gaps if gap.stream == stream.name)
        if recovered is not None:
            stream.set_length(recovered.n_rows[stream.name])
    return Session(folder, attributes, {stream.name: stream for stream in streams}, gaps, live)


def find_session(path: str | os.PathLike[str]) -> Path:
    """Return the session's folder: `path`, or the only session in it.

    Raises
    ------
    SessionError
        When there is none, or more than one.
    """
    try:
        folder = Path(path).expanduser().resolve()
        if not folder.exists():
            raise SessionError(f"{path} does not exist. Give the folder of a session; its name ends in {SUFFIX}.")
        if not folder.is_dir():
            raise SessionError(f"{path} is a file. Give the folder of a session; its name ends in {SUFFIX}.")
        if os.path.lexists(folder / METADATA):
            return folder
        inside = sorted(child for child in folder.iterdir() if child.suffix == SUFFIX and child.is_dir())
    except (OSError, ValueError, RuntimeError) as error:
        raise SessionError(f"{path!s} cannot be opened: {error}.") from error
    if len(inside) == 1:
        return inside[0]
    if inside:
        names = ", ".join(child.name for child in inside[:8]) + (", …" if len(inside) > 8 else "")
        raise SessionError(f"{path} holds {len(inside)} sessions. Give one of them: {names}.")
    raise SessionError(
        f"{path} is not a session: it has no {METADATA}. Give the folder of one; its name ends in {SUFFIX}."
    )


def _read(folder: Path) -> tuple[dict[str, Any], list[StoredStream]]:
    metadata = read_json(plain_folder(folder) / METADATA)
    attributes = metadata.get("attributes")
    if metadata.get("node_type") != "group" or not isinstance(attributes, dict) or attributes.get("format") != FORMAT:
        raise SessionError(f"{folder} is Zarr, but no session of ours. Open it with zarr.open().")
    version = attributes.get("version")
    if version != VERSION:
        raise SessionError(
            f"{folder} has format version {str(version)[:40]}, this program knows {VERSION}. Update myoscope."
        )
    if attributes.get("state") not in STATES:
        raise SessionError(f"{folder} is in state {str(attributes.get('state'))[:40]!r}, which is none. Is it damaged?")
    names = attributes.get("streams")
    if not isinstance(names, list) or len(names) > MAX_GROUPS or not all(is_group_name(name) for name in names):
        raise SessionError(f"{folder} lists streams that cannot be: {str(names)[:80]}. Is it damaged?")
    if len(set(names)) < len(names):
        raise SessionError(f"{folder} lists a stream twice. Is it damaged?")
    interrupted = attributes["state"] == "recording"
    return attributes, [StoredStream(folder / name, interrupted=interrupted) for name in names]


def _recover(folder: Path, attributes: dict[str, Any], streams: list[StoredStream], *, writable: bool) -> Recovered:
    gaps, _ = read_gaps(folder)
    found = recover(folder, streams, gaps)
    try:
        if not writable:
            raise PermissionError("no lock, so nothing may be written")
        make_whole(folder, attributes, streams, found)
    except OSError:
        # A read-only disk: what was found holds all the same, in memory.
        attributes["state"] = "recovered"
        attributes["recovery"] = {"found": f"{found.sentence} The folder is read-only, so it stays as it is."}
    return found


class _WriterLock:
    """Tells a living writer (`refused`) from a dead one (`held`) and from a folder one may not write (neither)."""

    def __init__(self, folder: Path) -> None:
        self.held = self.refused = False
        self._lock = FileLock(folder / LOCK, thread_local=False)
        self._path = folder / LOCK

    def __enter__(self) -> _WriterLock:
        try:
            self._lock.acquire(timeout=0)
            self.held = True
        except Timeout:
            self.refused = True
        except OSError:
            # Not allowed to write here; the folder is looked at all the same.
            self.held = False
        return self

    def __exit__(self, *_: object) -> None:
        if self.held:
            self._lock.release()
            # Windows keeps a file that someone else has open; it does no harm.
            with suppress(OSError):
                self._path.unlink()
