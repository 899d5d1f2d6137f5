"""One look for each stream, shared by everything that shows the stream; and one time for all looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..sources import SourceError, Stream
from ..sources.view_filter import ViewFilter
from ..widgets.edits import Undo
from ..widgets.look import Look
from ..widgets.time_axis import TimeAxis


class Looks:
    """Gives every stream its look. Main thread only.

    Parameters
    ----------
    saved
        What `settings` returned some other day.
    viewers
        Settings of viewers by stream, which held the channels' until there were looks.
    """

    def __init__(
        self,
        saved: Mapping[str, Mapping[str, Any]] | None = None,
        viewers: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.axis = TimeAxis()
        """The time that all streams are looked at while they are linked."""
        self.undo = Undo()
        self.linked = True
        self._saved = {name: {"channels": dict(settings)} for name, settings in (viewers or {}).items()}
        self._saved |= {name: dict(look) for name, look in (saved or {}).items()}
        self.recorded: Mapping[str, ViewFilter] = {}
        """What the streams of the open recording were shown through, by name."""
        self._as_recorded: set[str] = set()
        self._looks: dict[str, Look] = {}

    def of(self, stream: Stream) -> Look:
        """Return the look of a stream, always the same one as long as the stream is there."""
        look = self._looks.get(stream.name)
        if look is None or look.stream is not stream:
            if look is not None:
                self._leave(stream.name)
            look = Look(stream, self.axis if self.linked else self._own_axis(), self.undo)
            _apply(look, self._saved.get(stream.name, {}))
            if stream.name in self.recorded:
                look.filter = self.recorded[stream.name]
                self._as_recorded.add(stream.name)
            self._looks[stream.name] = look
        return look

    def __iter__(self) -> Iterator[Look]:
        return iter(list(self._looks.values()))

    def __len__(self) -> int:
        return len(self._looks)

    def keep(self, streams: Mapping[str, Stream]) -> None:
        """Let the looks of streams go that are there no more."""
        for name, look in list(self._looks.items()):
            if streams.get(name) is not look.stream:
                self._leave(name)

    def _leave(self, name: str) -> None:
        look = self._looks.pop(name)
        self._saved[name] = self._note(name, look)
        self._as_recorded.discard(name)
        look.close()

    def _note(self, name: str, look: Look) -> dict[str, Any]:
        noted = {"channels": look.channels.to_json(), "filter": look.filter.to_json()}
        if name in self._as_recorded:
            # What a recording was shown through is not what the person wants to see live.
            noted["filter"] = self._saved.get(name, {}).get("filter", ViewFilter().to_json())
        return noted

    def link(self, linked: bool) -> None:
        """Look at all streams on one time axis, or give each its own, which begins where the common one is."""
        if linked == self.linked:
            return
        self.linked = linked
        for look in self._looks.values():
            look.close()
            look.axis = self.axis if linked else self._own_axis()
            look.update()

    def _own_axis(self) -> TimeAxis:
        axis = TimeAxis(self.axis.seconds)
        axis.mode, axis.held_at, axis.cursors = self.axis.mode, self.axis.held_at, self.axis.cursors
        return axis

    def settings(self) -> dict[str, dict[str, Any]]:
        """Return what should survive a restart of each stream's channels and filter, by the stream's name."""
        return {**self._saved, **{name: self._note(name, look) for name, look in self._looks.items()}}


def _apply(look: Look, saved: Mapping[str, Any]) -> None:
    channels, chosen = saved.get("channels"), saved.get("filter")
    if isinstance(channels, Mapping):
        look.channels.apply(channels)
    if isinstance(chosen, Mapping):
        # What is damaged is as by default, like every setting.
        with suppress(SourceError):
            look.filter = ViewFilter.from_json(chosen)
