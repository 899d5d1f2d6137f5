"""A field for one number, which counts once Enter is pressed or the field is left."""

from __future__ import annotations

import math
from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .door import Tag, clean
from .popup import tooltip
from .theme import Theme


class FigureField:
    """A number with a decimal point or comma, or nothing. Main thread only.

    Parameters
    ----------
    theme
        Faces and measures.
    tip
        What its tooltip says.
    on_done
        Called when it was changed and Enter was pressed or the field left.
    width
        Px at 100 %.
    hint
        What stands in it while it is empty.
    """

    def __init__(
        self, theme: Theme, tip: str, on_done: Callable[[], object], width: float = 58, hint: str = ""
    ) -> None:
        self._theme = theme
        self._tip = tip
        self._on_done = on_done
        self._width = width
        self._hint = hint
        self.tag: Tag = 0
        self._done: Tag = 0

    def build(self, parent: Tag, text: str = "") -> None:
        """Make the field inside `parent`."""
        self.tag, self._done = dpg.generate_uuid(), dpg.generate_uuid()
        # A tooltip becomes the next item of its item's group, and would move what follows: give it one.
        slot = dpg.add_group(parent=parent)
        dpg.add_input_text(
            tag=self.tag, parent=slot, width=self._theme.px(self._width), hint=self._hint, default_value=clean(text)
        )
        self._theme.fonts.bind(self.tag, "figures")
        tooltip(self.tag, self._tip, self._theme)
        with dpg.item_handler_registry(tag=self._done):
            dpg.add_item_deactivated_after_edit_handler(callback=lambda: self._on_done())
        dpg.bind_item_handler_registry(self.tag, self._done)

    @property
    def text(self) -> str:
        """What is written in it."""
        return clean(dpg.get_value(self.tag)).strip()

    @property
    def value(self) -> float:
        """The number; 0 when the field is empty.

        Raises
        ------
        ValueError
            When it holds something else; one sentence.
        """
        text = self.text
        if not text:
            return 0.0
        try:
            value = float(text.replace(",", ".") if "." not in text else text.replace(",", ""))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(tr("«{text}» is no number.").format(text=clean(text, 24)))
        return value

    def say(self, value: float) -> None:
        """Write a number; nothing for 0."""
        text = f"{value:.10g}" if value else ""
        if text != self.text:
            dpg.set_value(self.tag, text)

    def delete(self) -> None:
        """Let go of what outlives the field. Safe to call twice, and before `build`."""
        if self._done and dpg.does_item_exist(self._done):
            dpg.delete_item(self._done)
        self._done = 0
