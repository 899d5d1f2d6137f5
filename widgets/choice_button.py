"""A button that shows what is chosen, and the few things to choose from below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import dearpygui.dearpygui as dpg

from .door import Tag, label
from .popup import PopupButton, calling, tooltip
from .theme import Theme

K = TypeVar("K")


class Choice(NamedTuple, Generic[K]):
    """One thing to choose.

    Parameters
    ----------
    key
        What is chosen.
    text
        On the button and in the list.
    tip
        What its tooltip says; may be empty.
    """

    key: K
    text: str
    tip: str = ""


class ChoiceButton(Generic[K]):
    """One of a few. Main thread only.

    Parameters
    ----------
    tip
        What the button's tooltip says.
    options
        What there is to choose from, in words already translated.
    chosen
        Returns the key that is chosen now.
    on_choose
        Called with the key of what was chosen.
    width
        Of the list, px at 100 %.
    """

    def __init__(
        self, tip: str, options: Sequence[Choice[K]], chosen: Callable[[], K], on_choose: Callable[[K], None],
        width: float = 180,
    ) -> None:  # fmt: skip
        self._options = tuple(options)
        self._chosen = chosen
        self._on_choose = on_choose
        self.rows: dict[K, Tag] = {}
        self.popup = PopupButton(self._text, tip, self._fill, width)
        self._width = width

    @property
    def _text(self) -> str:
        return next((option.text for option in self._options if option.key == self._chosen()), "–")

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button inside `parent`."""
        self._theme = theme
        self.popup.build(parent, theme)

    def draw(self) -> None:
        """Bring the words on the button up to date."""
        self.popup.set_text(self._text)

    def _fill(self, window: Tag) -> None:
        self.rows = {}
        for option in self._options:
            tag = dpg.add_button(
                label=label(option.text), parent=window, width=self._theme.px(self._width),
                callback=calling(self._choose, option.key),
            )  # fmt: skip
            self.rows[option.key] = tag
            chosen = option.key == self._chosen()
            dpg.bind_item_theme(tag, self._theme.button("on") if chosen else self._theme.choice())
            if option.tip:
                tooltip(tag, option.tip, self._theme)

    def _choose(self, key: K) -> None:
        self._on_choose(key)
        self.popup.close()
        self.draw()
