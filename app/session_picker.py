"""Choosing what the session's time line shows: every stream, one with its channels, or one channel."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..recordings.session import Session
from ..sources.language import tr
from ..widgets.door import Tag, label
from ..widgets.popup import PopupButton, tooltip
from ..widgets.theme import Theme
from .session_columns import Lanes

WIDTH_PX = 260


class SessionPicker:
    """A button with two lists. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    session
        Whose streams.
    lanes
        What is shown now.
    choose
        Called with what was chosen.
    """

    def __init__(
        self, theme: Theme, session: Session, lanes: Callable[[], Lanes], choose: Callable[[Lanes], object]
    ) -> None:
        self._theme = theme
        self._session = session
        self._lanes, self._choose = lanes, choose
        self.button = PopupButton(
            self.words, tr("Which streams and channels the time line shows"), self._fill, WIDTH_PX
        )
        self.streams: Tag = 0
        self.channels: Tag = 0

    @property
    def words(self) -> str:
        """What is shown, in short."""
        lanes = self._lanes()
        if not lanes.stream:
            return tr("All streams")
        if lanes.channel is None or lanes.channel < 0:
            return lanes.stream
        return self._names(lanes.stream)[lanes.channel]

    def build(self, parent: Tag, width: int) -> None:
        """Make the button inside `parent`."""
        self.button.build(parent, self._theme)
        dpg.configure_item(self.button.button, width=width)
        self._width = width

    def draw(self) -> None:
        """Bring the button up to date."""
        words, fonts = self.words, self._theme.fonts
        room = self._width - 2 * self._theme.px(10)
        if fonts.width(words, "words") > room:
            while len(words) > 2 and fonts.width(words + "…", "words") > room:
                words = words[:-1]
            words = words.rstrip() + "…"
        self.button.set_text(words)
        self.button.keep_inside()

    def _names(self, stream: str) -> tuple[str, ...]:
        return tuple(self._session.streams[stream].info.labels)

    def _fill(self, window: Tag) -> None:
        theme, lanes = self._theme, self._lanes()
        width = theme.px(WIDTH_PX)
        self.streams, self.channels = dpg.generate_uuid(), dpg.generate_uuid()
        every = tr("All streams")
        streams = [every, *(label(name) for name in self._session.streams)]
        at = 1 + list(self._session.streams).index(lanes.stream) if lanes.stream else 0
        dpg.add_text(tr("Stream"), parent=window)
        dpg.add_combo(
            streams, tag=self.streams, default_value=streams[at], width=width, parent=window,
            callback=lambda _tag, chosen: self._chose_stream(streams.index(chosen)),
        )  # fmt: skip
        tooltip(self.streams, tr("One stream, or all below each other"), theme)
        dpg.add_text(tr("Channels"), parent=window)
        names = self._names(lanes.stream) if lanes.stream else ()
        shown = [tr("All together"), *([tr("A lane for each")] if lanes.stream else [])]
        # Numbered: two channels may have one name.
        shown += [label(f"{i + 1}  {name}") for i, name in enumerate(names)]
        now = 0 if lanes.channel is None else 2 + lanes.channel if lanes.channel >= 0 else 1
        dpg.add_combo(
            shown, tag=self.channels, default_value=shown[now], width=width, parent=window,
            callback=lambda _tag, chosen: self._chose_channel(shown.index(chosen)),
        )  # fmt: skip
        tooltip(self.channels, tr("What all channels reach together, each on its own, or one"), theme)

    def _chose_stream(self, number: int) -> None:
        name = list(self._session.streams)[number - 1] if number else ""
        self._choose(Lanes(name))
        self.button.open()

    def _chose_channel(self, number: int) -> None:
        self._choose(Lanes(self._lanes().stream, None if number == 0 else number - 2))

    def delete(self) -> None:
        """Close the window. Safe to call twice."""
        self.button.close()
