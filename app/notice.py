"""What stands in the place of a view that cannot be shown: why, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..widgets.door import Tag, label
from ..widgets.panel import Words
from ..widgets.popup import tooltip
from ..widgets.theme import Theme


class Notice:
    """A headline, a sentence, and a button or two. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    headline, reason
        What is the matter, and why.
    buttons
        Text, tooltip and what is done of each.
    """

    def __init__(
        self,
        theme: Theme,
        headline: str,
        reason: str = "",
        buttons: tuple[tuple[str, str, Callable[[], object]], ...] = (),
    ) -> None:
        self._theme = theme
        self._buttons = buttons
        self.headline, self.reason = headline, reason
        self.box: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the words inside `parent`."""
        theme = self._theme
        self.box = dpg.generate_uuid()
        dpg.add_child_window(tag=self.box, parent=parent, width=-1, height=-1, always_use_window_padding=True)
        dpg.bind_item_theme(self.box, theme.ground("panel"))
        dpg.add_spacer(parent=self.box, height=theme.px(16))
        for face, role, text in (("title", "text", self.headline), ("words", "muted", self.reason)):
            if text:
                words = Words(theme, face, role, wrap=0)
                words.build(self.box)
                words.say(text)
        if self._buttons:
            row = dpg.add_group(parent=self.box, horizontal=True)
            for text, tip, run in self._buttons:
                button = dpg.add_button(label=label(text), parent=row, callback=_calling(run))
                tooltip(button, tip, theme)

    def draw(self) -> None:
        """Nothing moves."""

    def delete(self) -> None:
        """Remove the words. Safe to call twice, and before `build`."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0


def _calling(run: Callable[[], object]) -> Callable[[], None]:
    def call() -> None:
        run()

    return call
