"""The last messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .door import Tag, label
from .marks import Mark
from .panel import Panel, Words
from .state import Shape
from .theme import Theme

Level = Literal["info", "warning", "error"]
LOOKS: dict[Level, tuple[Shape, str]] = {
    "info": ("ring", "muted"),
    "warning": ("triangle", "warn"),
    "error": ("cross", "bad"),
}


@dataclass(frozen=True)
class LogLine:
    """One message.

    Parameters
    ----------
    time
        When, as it is to be written, such as ``10:43:05``.
    text
        One sentence.
    level
        Tells the shape and colour in front of it.
    """

    time: str
    text: str
    level: Level = "info"


class LogPanel:
    """The last messages, newest first. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    lines
        Asked each frame; newest last.
    n_shown
        How many are shown.
    heading
        Above them; «Log» when empty.
    """

    def __init__(
        self, theme: Theme, lines: Callable[[], Sequence[LogLine]], n_shown: int = 6, heading: str = ""
    ) -> None:
        self._theme = theme
        self._lines = lines
        self._n_shown = n_shown
        self.panel = Panel(theme, heading or tr("Log"))
        self._rows: list[tuple[Tag, Mark, Words, Words]] = []
        self._shown: tuple[LogLine, ...] | None = None

    def build(self, parent: Tag) -> None:
        """Make the panel inside `parent`."""
        theme = self._theme
        body = self.panel.build(parent)
        self._shown = None
        self._rows = []
        self._nothing = Words(theme, "small", "muted")
        self._nothing.build(body)
        self._nothing.say(tr("Nothing has happened yet."))
        box: Tag = dpg.generate_uuid()
        dpg.add_group(tag=box, parent=body)
        dpg.bind_item_theme(box, theme.lines())
        for _ in range(self._n_shown):
            row: Tag = dpg.generate_uuid()
            dpg.add_group(tag=row, parent=box, horizontal=True, show=False)
            mark, time, text = Mark(theme, 9), Words(theme, "small figures", "muted"), Words(theme, "small", wrap=0)
            mark.build(row, "small")
            time.build(row)
            text.build(row)
            self._rows.append((row, mark, time, text))

    def draw(self) -> None:
        """Bring the messages up to date."""
        lines = tuple(self._lines()[-self._n_shown :][::-1])
        if lines == self._shown:
            return
        self._shown = lines
        self._nothing.show(not lines)
        for i, (row, mark, time, text) in enumerate(self._rows):
            dpg.configure_item(row, show=i < len(lines))
            if i < len(lines):
                mark.show(*LOOKS[lines[i].level])
                time.say(label(lines[i].time, 12))
                text.say(label(lines[i].text, 300))

    def delete(self) -> None:
        """Remove the panel. Safe to call twice."""
        self.panel.delete()
