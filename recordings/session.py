"""Opening a recorded session."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..sources.block import Event
from .about import About
from .about_edits import AboutLog
from .array_compaction import finish_compaction
from .errors import SessionError
from .event_lines import EventLines, parse_events
from .finding import find_place
from .gaps import Gap
from .layout import (
    EVENTS,
    FORMAT,
    MAX_GROUPS,
    MAX_JSON_BYTES,
    METADATA,
    VERSION,
    is_group_name,
)
from .lines import objects_of
from .lock import SessionLock
from .mirror import Mirror
from .places import LocalPlace, Place, read_json_in
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
        The session's folder. Of one behind a URL, a temporary folder with its lines and checksums, while it is open.
    attributes
        Its metadata.
    streams
        Its groups by name, in the order in which they began; ``emg~2`` is what ``emg`` became.
    gaps
        Everything that is named as missing.
    live
        Whether somebody is still recording it; what is read is then what was there when it was opened.
    place
        Where its files are, closed with it; `path` when not given. One behind a URL is never written to.
    mirror
        What keeps its small files meanwhile.
    n_damaged_gaps
        Lines that name gaps and could not be read.
    """

    def __init__(
        self,
        path: Path,
        attributes: dict[str, Any],
        streams: dict[str, StoredStream],
        gaps: list[Gap],
        live: bool,
        place: Place | None = None,
        mirror: Mirror | None = None,
        n_damaged_gaps: int = 0,
    ) -> None:
        self.path = path
        self.place: Place = place or LocalPlace(path)
        self.url = str(self.place) if self.place.is_remote else ""
        self._mirror = mirror
        self.attributes = attributes
        self.streams = streams
        self.gaps = tuple(gaps)
        self.n_damaged_gaps = n_damaged_gaps
        self.live = live
        self.about_log = AboutLog(path)
        for stream in streams.values():
            stream.about_log = self.about_log

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
        return self.about.name

    @property
    def subject(self) -> str:
        """The subject's code."""
        return self.about.subject

    @property
    def notes(self) -> str:
        """The person's notes."""
        return self.about.notes

    @property
    def about(self) -> About:
        """What a person says of it, with all that was edited since."""
        return self.about_log.now.about(About.from_json(self.attributes))

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
        return parse_events(line for line in objects_of(self.path / EVENTS) if line is not None)

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

        return zarr.open_group(self.url or self.path, mode="r", use_consolidated=False)

    def close(self) -> None:
        """Let files go, once nobody holds samples of them. Safe to call twice."""
        for stream in self.streams.values():
            stream.close()
        self.place.close()
        if self._mirror is not None:
            self._mirror.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Session({self.url or str(self.path)!r}, {self.state}, {', '.join(self.streams) or 'empty'})"


def open_session(path: str | os.PathLike[str]) -> Session:
    """Open a recording; one that was interrupted is recovered first.

    Parameters
    ----------
    path
        The session's folder, or a folder that holds exactly one; or a URL that fsspec knows, such as ``https://…``,
        ``s3://…`` or ``zip://…``, which needs ``myoscope[remote]``. What is behind a URL is only read: one that is
        not closed counts as live, as far as it was published.

    Raises
    ------
    SessionError
        When it is not one, is damaged, or cannot be reached; one sentence.
    """
    session = open_damaged(path)
    try:
        for stream in session.streams.values():
            damage = stream.damage()
            if damage:
                raise SessionError(damage[0])
    except SessionError:
        session.close()
        raise
    return session


def open_damaged(path: str | os.PathLike[str]) -> Session:
    """Like `open_session`, but a session whose chunk files are not all there opens too."""
    place = find_place(path)
    if not isinstance(place, LocalPlace):
        return _open_remote(place)
    folder = place.path
    attributes, streams = _read(place)
    live = False
    recovered: Recovered | None = None
    if attributes["state"] == "recording":
        with SessionLock(folder) as lock:
            if lock.refused:
                live = True
            else:
                # Whoever held the lock a moment ago may have finished.
                attributes, streams = _read(place)
                if attributes["state"] == "recording":
                    recovered = _recover(folder, attributes, streams, writable=lock.held)
    if attributes["state"] != "recording":
        finish_compaction(folder, [stream.name for stream in streams])
    gaps, n_damaged = read_gaps(folder)
    if recovered is not None:
        gaps += [gap for gap in recovered.new_gaps if gap not in gaps]
    for stream in streams:
        stream.gaps = tuple(gap for gap in gaps if gap.stream == stream.name)
        if recovered is not None:
            stream.set_length(recovered.n_rows[stream.name])
    named = {stream.name: stream for stream in streams}
    return Session(folder, attributes, named, gaps, live, n_damaged_gaps=n_damaged)


def _open_remote(place: Place) -> Session:
    mirror: Mirror | None = None
    try:
        attributes, streams = _read(place)
        mirror = Mirror(place)
        gaps, n_damaged = read_gaps(mirror.folder)
    except BaseException:
        if mirror is not None:
            mirror.close()
        place.close()
        raise
    for stream in streams:
        stream.gaps = tuple(gap for gap in gaps if gap.stream == stream.name)
    named = {stream.name: stream for stream in streams}
    live = attributes["state"] == "recording"
    return Session(mirror.folder, attributes, named, gaps, live, place, mirror, n_damaged)


def _read(folder: Place) -> tuple[dict[str, Any], list[StoredStream]]:
    folder.require_folder()
    metadata: dict[str, Any] = read_json_in(folder, METADATA, MAX_JSON_BYTES)
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
