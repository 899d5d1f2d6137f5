"""A button that shows which channel is looked at, and the list of all below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .clipped_names import clipped
from .door import Tag, clean, label
from .look import Look
from .popup import PopupButton, calling
from .theme import Theme

Chosen = str | int
FIND_ABOVE = 12


class ChannelChoice:
    """One channel, or one of a few things besides, such as a mean. Main thread only.

    Parameters
    ----------
    look
        Whose channels there are to choose from.
    tip
        What the tooltip says.
    chosen
        Returns what is chosen: a key of `besides`, or a channel's number.
    on_choose
        Called with what was chosen.
    besides
        Key and text of what can be chosen besides the channels.
    before
        Written before the name on the button, such as ``x:``.
    widest
        Room for the name on the button, px at 100 %.
    """

    def __init__(
        self,
        look: Look,
        tip: str,
        chosen: Callable[[], Chosen],
        on_choose: Callable[[Chosen], None],
        besides: Sequence[tuple[str, str]] = (),
        before: str = "",
        widest: float = 150,
    ) -> None:
        self._look = look
        self._chosen = chosen
        self._on_choose = on_choose
        self._besides = tuple(besides)
        self._before = before
        self._widest = widest
        self.rows: dict[Chosen, Tag] = {}
        self.popup = PopupButton("–", tip, self._fill, 240)

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button."""
        self._theme = theme
        self.popup.build(parent, theme)

    def draw(self) -> None:
        """Bring the words on the button up to date."""
        name = clipped(self.name(self._chosen()), self._theme.px(self._widest), self._theme, "words")
        self.popup.set_text(f"{self._before} {name}".strip())

    def name(self, chosen: Chosen) -> str:
        """Return how something that can be chosen is called."""
        if isinstance(chosen, str):
            return next((tr(text) for key, text in self._besides if key == chosen), chosen)
        channels = self._look.channels
        return channels.label(chosen) if 0 <= chosen < len(channels.names) else "–"

    def _fill(self, window: Tag) -> None:
        theme, channels = self._theme, self._look.channels
        numbers = channels.chosen or list(range(len(channels.names)))
        offered: list[Chosen] = [key for key, _ in self._besides]
        offered.extend(numbers)
        width = theme.px(240)
        if len(numbers) > FIND_ABOVE:
            dpg.add_input_text(hint=tr("Find"), width=width, parent=window, callback=self._find)
        each = theme.row_height + theme.px(8)
        height = min(len(offered) * each + theme.px(8), round(dpg.get_viewport_client_height() * 0.6))
        box: Tag = dpg.generate_uuid()
        dpg.add_child_window(tag=box, parent=window, width=width, height=height)
        dpg.bind_item_theme(box, theme.ground("panel"))
        self.rows = {}
        now = self._chosen()
        for entry in offered:
            self.rows[entry] = tag = dpg.generate_uuid()
            words = clipped(self.name(entry), width - theme.px(70), theme, "words")
            if isinstance(entry, int) and channels.is_bad(entry):
                words = tr("{name} (bad)").format(name=words)
            dpg.add_button(
                tag=tag, parent=box, width=-1, label=label(f"● {words}" if entry == now else words),
                callback=calling(self._choose, entry),
            )  # fmt: skip
            dpg.bind_item_theme(tag, theme.choice())

    def _choose(self, entry: Chosen) -> None:
        self.popup.close()
        self._on_choose(entry)
        self.draw()

    def _find(self, _sender: Tag, text: str) -> None:
        wanted = clean(text).casefold()
        for entry, row in self.rows.items():
            dpg.configure_item(row, show=wanted in self.name(entry).casefold())
