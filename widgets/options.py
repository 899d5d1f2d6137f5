"""A button with everything below it that can be chosen in a view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr
from .door import Tag, label
from .popup import PopupButton, tooltip
from .theme import Theme


class Option(NamedTuple):
    """One thing that can be chosen.

    Parameters
    ----------
    key
        Name of the setting.
    name
        What it is called; translated when shown.
    tip
        What its tooltip says; translated when shown.
    choices
        Values and what is written beside each; none for what is on or off.
    """

    key: str
    name: str
    tip: str
    choices: tuple[tuple[Any, str], ...] = ()


class Options:
    """The button «Options» and the window below it. Main thread only.

    Parameters
    ----------
    options
        Returns what can be chosen now.
    get
        Returns the value of a setting.
    choose
        Called with a setting and its new value.
    """

    def __init__(
        self, options: Callable[[], Sequence[Option]], get: Callable[[str], Any], choose: Callable[[str, Any], None]
    ) -> None:
        self._options = options
        self._get = get
        self._choose = choose
        self.items: dict[str, Tag] = {}
        self.popup = PopupButton(tr("Options"), tr(later("What this view shows, and how")), self._fill, 300)

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button."""
        self._theme = theme
        self.popup.build(parent, theme)

    def _fill(self, window: Tag) -> None:
        theme = self._theme
        self.items = {}
        most = round(dpg.get_viewport_client_height() * 0.7)
        lines = sum(1 if not option.choices else len(_rows(option)) + 1 for option in self._options())
        height = min(most, lines * (theme.row_height + theme.px(8)) + theme.px(8))
        box: Tag = dpg.generate_uuid()
        dpg.add_child_window(tag=box, parent=window, width=theme.px(300), height=height)
        dpg.bind_item_theme(box, theme.ground("panel"))
        for option in self._options():
            tag: Tag = dpg.generate_uuid()
            self.items[option.key] = tag
            now = self._get(option.key)
            if not option.choices:
                dpg.add_checkbox(
                    tag=tag, parent=box, label=label(tr(option.name)), default_value=bool(now), user_data=option,
                    callback=self._ticked,
                )  # fmt: skip
            else:
                words = dpg.add_text(label(tr(option.name)), parent=box)
                dpg.bind_item_theme(words, theme.text("muted"))
                theme.fonts.bind(words, "small")
                texts = [label(tr(text)) for _, text in option.choices]
                at = next((i for i, (value, _) in enumerate(option.choices) if value == now), 0)
                dpg.add_radio_button(
                    texts, tag=tag, parent=box, default_value=texts[at], user_data=option, callback=self._chosen,
                    horizontal=len(_rows(option)) == 1,
                )  # fmt: skip
            tooltip(tag, tr(option.tip), theme)

    def _ticked(self, _sender: Tag, on: bool, option: Option) -> None:
        self._choose(option.key, bool(on))

    def _chosen(self, _sender: Tag, text: str, option: Option) -> None:
        for value, offered in option.choices:
            if label(tr(offered)) == text:
                self._choose(option.key, value)


def _rows(option: Option) -> range:
    """Return a row for each choice, but one for all where they are short."""
    short = sum(len(tr(text)) + 5 for _, text in option.choices) <= 34
    return range(1 if short else len(option.choices))
