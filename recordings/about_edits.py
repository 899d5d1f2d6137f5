"""What was said of a recording after it was made: one line an edit in ``about.jsonl``, never changed.

What holds now is what was recorded, with all edits in their order. An edit tells when, who, what and what was there
before, so the file is the audit trail; taking one back is one more line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from .about import About, ChannelAbout
from .about_fields import CHANNEL_FIELDS, SESSION_FIELDS, Value, checked
from .errors import SessionError
from .layout import ABOUT, ABOUT_LOCK, MAX_LINE_BYTES, sync_folder
from .lines import LineWriter, read_lines

SESSION = "session"
MAX_EDITS_BYTES = 8 * 2**20
LOCK_WITHIN_S = 5.0


class Change(NamedTuple):
    """What a person wants to say.

    Parameters
    ----------
    field
        One of `SESSION_FIELDS`, or of `CHANNEL_FIELDS` when there is a channel.
    after
        What it is from now on; checked as typed.
    what
        ``"session"``, or the group that the channel is in.
    channel
        Its number in the group, from 0; None for the session itself.
    """

    field: str
    after: object
    what: str = SESSION
    channel: int | None = None


class AboutEdit(NamedTuple):
    """One line of the audit trail.

    Parameters
    ----------
    utc
        When, ISO 8601.
    by
        Who.
    what, channel, field
        As in `Change`.
    before, after
        What it was, and what it is from then on.
    """

    utc: str
    by: str
    what: str
    channel: int | None
    field: str
    before: Value
    after: Value

    @property
    def place(self) -> tuple[str, int | None, str]:
        """What it is about."""
        return self.what, self.channel, self.field

    @property
    def back(self) -> Change:
        """The change that takes it back."""
        return Change(self.field, self.before, self.what, self.channel)

    def to_json(self) -> dict[str, Any]:
        """Return the line."""
        return self._asdict()

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> AboutEdit:
        """Read a line.

        Raises
        ------
        SessionError
            When it is none.
        """
        what, channel, field = line.get("what"), line.get("channel"), str(line.get("field"))
        if type(what) is not str or not (channel is None or (type(channel) is int and 0 <= channel < 2**31)):
            raise SessionError(f"A line of {ABOUT} is about {str(what)[:40]!r}. Is it damaged?")
        if field not in (SESSION_FIELDS if channel is None else CHANNEL_FIELDS):
            raise SessionError(f"A line of {ABOUT} is about the field {field[:40]!r}. Is it damaged?")
        before, after = (_as_read(field, channel, line.get(key)) for key in ("before", "after"))
        return cls(str(line.get("utc", ""))[:64], str(line.get("by", ""))[:256], what, channel, field, before, after)


class AboutEdits(NamedTuple):
    """What ``about.jsonl`` holds.

    Parameters
    ----------
    edits
        In the order they were made.
    n_damaged
        Lines that cannot be read.
    """

    edits: tuple[AboutEdit, ...] = ()
    n_damaged: int = 0

    def about(self, recorded: About) -> About:
        """Return what holds of the session now."""
        values = {edit.field: edit.after for edit in self.edits if edit.channel is None}
        return replace(recorded, **{field: as_kept(value) for field, value in values.items()})

    def channels(self, group: str, recorded: tuple[ChannelAbout, ...]) -> tuple[ChannelAbout, ...]:
        """Return what holds of each channel of a group now."""
        said: dict[int, dict[str, Any]] = {}
        for edit in self.edits:
            if edit.channel is not None and edit.what == group:
                said.setdefault(edit.channel, {})[edit.field] = edit.after
        return tuple(replace(one, **said[i]) if i in said else one for i, one in enumerate(recorded))

    def with_changes(
        self,
        wanted: Iterable[Change],
        recorded: About,
        recorded_channels: Mapping[str, tuple[ChannelAbout, ...]],
        by: str,
        utc: str,
    ) -> list[AboutEdit]:
        """Return the lines that make checked changes of what holds now; what is so already needs none."""
        session = asdict(self.about(recorded))
        channels: dict[str, list[dict[str, Any]]] = {}
        edits = []
        for field, said, what, channel in wanted:
            after: Value = as_written(said)
            values = session
            if channel is not None:
                if what not in channels:
                    channels[what] = [asdict(one) for one in self.channels(what, recorded_channels[what])]
                values = channels[what][channel]
            before = as_written(values[field])
            if before != after:
                edits.append(AboutEdit(utc, by[:256], what, channel, field, before, after))
                values[field] = after
        return edits


class AboutLog:
    """Reads a session's edits when somebody first asks.

    Parameters
    ----------
    folder
        The session's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def now(self) -> AboutEdits:
        """What ``about.jsonl`` held; `SessionError` as in `read_edits`."""
        return read_edits(self._folder)


def as_kept(value: Value) -> Any:
    """Return a value as `About` has it."""
    return tuple(value) if isinstance(value, list) else value


def as_written(value: object) -> Any:
    """Return a field of `About` as a line has it."""
    return list(value) if isinstance(value, tuple) else value


def _as_read(field: str, channel: object, value: object) -> Value:
    """Return a value of a line, as forgiving as what reads the recorded ones."""
    kind = About if channel is None else ChannelAbout
    read: Value = as_written(getattr(kind.from_json({field: value}), field))
    return read


def parse_edits(lines: Iterable[Mapping[str, Any]]) -> AboutEdits:
    """Read lines; one that is no edit is counted and left out."""
    edits: list[AboutEdit] = []
    n_damaged = 0
    for line in lines:
        try:
            edits.append(AboutEdit.from_json(line))
        except SessionError:
            # Counted, and told by whoever checks the session; the other lines are good.
            n_damaged += 1
    return AboutEdits(tuple(edits), n_damaged)


def read_edits(folder: Path) -> AboutEdits:
    """Return the edits of a session; one without any has no such file.

    Raises
    ------
    SessionError
        When it is no plain file, or larger than a person's edits can be.
    """
    path = folder / ABOUT
    _refuse_large(path)
    lines = read_lines(path)
    parsed = parse_edits(lines.objects)
    return parsed._replace(n_damaged=parsed.n_damaged + lines.n_damaged)


def _refuse_large(path: Path) -> None:
    try:
        size = path.lstat().st_size
    except OSError:
        return
    if size > MAX_EDITS_BYTES:
        raise SessionError(f"{path} has {size:,} bytes, over the {MAX_EDITS_BYTES:,} allowed. Is it damaged?")


def edit_about(
    path: str | os.PathLike[str],
    changes: Iterable[Change],
    by: str,
    utc: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[AboutEdit]:
    """Say something of a recorded session, by further lines of ``about.jsonl``; any thread may call it.

    All changes are checked before the first is written. What is so already gets no line.

    Parameters
    ----------
    path
        As `open_session` takes it. One that was interrupted is recovered first.
    changes
        What to say.
    by
        Who says so.
    utc
        The time of day.

    Returns
    -------
    list of AboutEdit
        The lines that were written, and are on the disk.

    Raises
    ------
    SessionError
        When a value cannot be kept, there is no such channel, the session is being recorded, or cannot be written.
    """
    from .session import open_damaged

    with open_damaged(path) as session:
        if session.live:
            raise SessionError(f"{session.path} is being recorded. Change it in the window that records, or later.")
        folder = session.path
        n_channels = {name: stream.info.n_channels for name, stream in session.streams.items()}
        recorded = About.from_json(session.attributes)
        channels = {name: stream.channels_recorded for name, stream in session.streams.items()}
    wanted = [_placed(change, n_channels) for change in changes]
    if not wanted:
        return []
    lock = FileLock(folder / ABOUT_LOCK, thread_local=False)
    try:
        with lock.acquire(timeout=LOCK_WITHIN_S):
            now = utc().isoformat(timespec="seconds")
            edits = read_edits(folder).with_changes(wanted, recorded, channels, by, now)
            if edits:
                _append(folder / ABOUT, edits)
            # On Windows another one may wait for it; it does no harm.
            with suppress(OSError):
                (folder / ABOUT_LOCK).unlink()
    except Timeout:
        raise SessionError(f"{folder} is being described elsewhere. Try again in a moment.") from None
    except OSError as error:
        raise SessionError(
            f"{folder / ABOUT} cannot be written: {error.strerror or error}. Nothing changed."
        ) from error
    return edits


def _placed(change: Change, n_channels: Mapping[str, int]) -> Change:
    field, _, what, channel = change
    if channel is None:
        if what != SESSION or field not in SESSION_FIELDS:
            raise SessionError(f"A session has no field {field[:40]!r}. There are: {', '.join(SESSION_FIELDS)}.")
    elif field not in CHANNEL_FIELDS:
        raise SessionError(f"A channel has no field {field[:40]!r}. There are: {', '.join(CHANNEL_FIELDS)}.")
    elif what not in n_channels:
        raise SessionError(f"There is no stream {what[:80]!r}. There are: {', '.join(n_channels) or 'none'}.")
    elif not 0 <= channel < n_channels[what]:
        raise SessionError(f"{what} has no channel {channel + 1}. It has {n_channels[what]:,}.")
    return change._replace(after=checked(field, change.after))


def _append(path: Path, edits: list[AboutEdit]) -> None:
    for edit in edits:
        if len(json.dumps(edit.to_json())) >= MAX_LINE_BYTES:
            raise SessionError(f"The {edit.field} is too long to be changed: over {MAX_LINE_BYTES:,} bytes a line.")
    lines = read_lines(path)
    if lines.n_whole_bytes < lines.n_bytes:
        # Torn off by a power cut: what is appended must begin a line.
        with path.open("r+b") as file:
            file.truncate(lines.n_whole_bytes)
    start = lines.n_whole_bytes
    writer = LineWriter(path)
    try:
        try:
            for edit in edits:
                writer.write(edit.to_json())
            writer.sync()
        except OSError:
            # All of them or none: half a paste would be worse than none.
            os.truncate(path, start)
            raise
    finally:
        writer.close()
    sync_folder(path.parent)
