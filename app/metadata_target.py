"""What the editor is about: a recorded session, or the next recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..sources.language import tr
from ..widgets.edits import Edit
from .browser_acts import BrowserActs
from .workbench import Workbench

if TYPE_CHECKING:
    from ..recordings.about_edits import AboutEdit, Change

NEXT_FIELDS: tuple[str, ...] = ("subject", "task", "name", "operator", "notes")
RECORDED_FIELDS: tuple[str, ...] = ("subject", "task", "name", "take", "operator", "protocol", "tags", "notes")


class Said(NamedTuple):
    """All that is said at one moment.

    Parameters
    ----------
    session
        Value by field.
    labels
        Names of the channels, by group.
    channels
        Value by field of each channel, by group.
    history
        What was changed, oldest first.
    """

    session: dict[str, Any]
    labels: dict[str, list[str]]
    channels: dict[str, list[dict[str, Any]]]
    history: tuple[AboutEdit, ...] = ()


class Target(Protocol):
    """Something to describe. Main thread only."""

    title: str
    about: str
    fields: tuple[str, ...]
    has_history: bool

    def read(self) -> Said:
        """Return what is said now; `SessionError` where it cannot be read."""
        ...

    def apply(self, changes: Sequence[Change], text: str, key: str = "") -> None:
        """Say something else, as one step to take back; the changes are checked."""
        ...


class Recorded:
    """A session on the disk: changes are lines of its audit trail.

    Parameters
    ----------
    path
        Its folder.
    acts
        Writes, and takes back.
    """

    def __init__(self, path: Path, acts: BrowserActs) -> None:
        self.path, self._acts = path, acts
        self.title = path.stem
        self.about = tr("What was recorded stays as it is: changes are kept beside it, with who and when.")
        self.fields = RECORDED_FIELDS
        self.has_history = True

    def read(self) -> Said:
        """Return what is said now; `SessionError` where it cannot be read."""
        from ..recordings import SessionError
        from ..recordings.session import open_damaged

        with open_damaged(self.path) as session:
            if session.live:
                raise SessionError(
                    tr("It is being recorded. Describe the next recording instead: that is this one, too.")
                )
            about = {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(session.about).items()}
            return Said(
                about,
                {name: list(stream.info.labels) for name, stream in session.streams.items()},
                {name: [asdict(one) for one in stream.channels_about] for name, stream in session.streams.items()},
                session.about_log.now.edits,
            )

    def apply(self, changes: Sequence[Change], text: str, key: str = "") -> None:
        """Write lines in the background."""
        self._acts.describe({self.path: list(changes)}, text, key)


class Coming:
    """The next recording, and the one that runs: changes are recorded from the first second.

    Parameters
    ----------
    bench
        Knows subject and task, and what streams there are.
    acts
        Takes back.
    """

    def __init__(self, bench: Workbench, acts: BrowserActs) -> None:
        self._bench, self._acts = bench, acts
        self.title = tr("The next recording")
        self.about = tr("Kept in every recording from its first second, until you change it; in one that runs at once.")
        self.fields = NEXT_FIELDS
        self.has_history = False

    def read(self) -> Said:
        """Return what is said now."""
        takes, bench = self._bench.takes, self._bench
        labels: dict[str, list[str]] = {}
        channels: dict[str, list[dict[str, Any]]] = {}
        for stream in bench.own_streams():
            if stream.info is not None and not stream.info.is_text:
                labels[stream.name] = list(stream.info.labels)
                channels[stream.name] = [asdict(one) for one in self._channels(stream.name, stream.info.n_channels)]
        return Said({field: getattr(takes, field) for field in NEXT_FIELDS}, labels, channels)

    def _channels(self, stream: str, n_channels: int) -> list[Any]:
        from ..recordings.about import ChannelAbout

        said = self._bench.settings.channels_about.get(stream, [])
        rows = said if len(said) == n_channels else [None] * n_channels
        return [ChannelAbout.from_json(row) for row in rows]

    def apply(self, changes: Sequence[Change], text: str, key: str = "") -> None:
        """Say it for all recordings that follow, and for the one that runs."""
        before = self.read()
        after = Said(dict(before.session), before.labels, {k: [dict(c) for c in v] for k, v in before.channels.items()})
        groups = {change.what for change in changes if change.channel is not None}
        for change in changes:
            if change.channel is None:
                after.session[change.field] = change.after
            else:
                after.channels[change.what][change.channel][change.field] = change.after
        self._acts.undo.do(Edit(text, partial(self._put, after, groups), partial(self._put, before, groups), key))

    def _put(self, said: Said, groups: set[str]) -> None:
        from ..recordings.about import ChannelAbout

        takes, settings = self._bench.takes, self._bench.settings
        changed = {field: value for field, value in said.session.items() if getattr(takes, field) != value}
        for field, value in changed.items():
            setattr(takes, field, value)
        if changed:
            takes.filled_in(**changed)
            self._bench.engine.describe(**changed)
        settings.subject, settings.operator = takes.subject, takes.operator
        for group in groups:
            channels = [ChannelAbout(**values) for values in said.channels[group]]
            settings.channels_about = {**settings.channels_about, group: [channel.to_json() for channel in channels]}
            self._bench.engine.describe_channels(group, channels)
        self._acts.told()
