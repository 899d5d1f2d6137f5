"""What can be said of one channel of the list: its place, name, colour, and why it is bad."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .channel_rows import ChannelRows
from .channels import REASONS, Channels
from .door import Tag, label
from .panel import Switch, Words
from .popup import tooltip
from .theme import Theme


class ChannelDetails:
    """The line chosen in the list, below it. Main thread only.

    Parameters
    ----------
    theme
        Faces and measures.
    channels
        What is changed.
    rows
        The list, which knows the chosen line.
    on_change
        Called after a press changed something.
    """

    def __init__(self, theme: Theme, channels: Channels, rows: ChannelRows, on_change: Callable[[], None]) -> None:
        self._theme = theme
        self._channels = channels
        self._rows = rows
        self._on_change = on_change
        self._shown: tuple[int, int] | None = None
        self.up = Switch(theme, "↑", tr("Move up"), lambda: rows.nudge(-1))
        self.down = Switch(theme, "↓", tr("Move down"), lambda: rows.nudge(+1))
        self.plain = Switch(theme, tr("Own colour"), tr("Forget the colour that was chosen"), self._plain)
        self.name: Tag = 0
        self.reason: Tag = 0
        self.reasons: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the controls inside `parent`."""
        theme = self._theme
        self.name, self.reason, self.reasons = (dpg.generate_uuid() for _ in range(3))
        self._registries = (dpg.generate_uuid(), dpg.generate_uuid())
        self._shown = None
        self._facts = Words(theme, "small", "muted", wrap=0)
        self._facts.build(parent)
        with dpg.group(parent=parent, horizontal=True) as line:
            for switch in (self.up, self.down):
                switch.build(line, theme.row_height)
            dpg.add_input_text(tag=self.name, width=theme.px(200), hint=tr("name"))
            self.plain.build(line)
        tooltip(self.name, tr("Its name here; the recording keeps the device's. Empty it to see the device's."), theme)
        with dpg.group(parent=parent, horizontal=True) as self._why:
            dpg.add_text(tr("Bad because"))
            dpg.add_input_text(tag=self.reason, width=theme.px(168), hint=tr("reason"))
            dpg.add_combo([label(tr(r)) for r in REASONS], tag=self.reasons, no_preview=True, callback=self._suggested)
        tooltip(self.reason, tr("Why the channel is bad, in a few words"), theme)
        tooltip(self.reasons, tr("What channels are usually bad for"), theme)
        for registry, item, typed in zip(
            self._registries, (self.name, self.reason), (self._renamed, self._typed), strict=True
        ):
            with dpg.item_handler_registry(tag=registry):
                dpg.add_item_deactivated_handler(callback=typed)
            dpg.bind_item_handler_registry(item, registry)
        self.draw()

    def delete(self) -> None:
        """Let go of what is not inside the window. Safe to call twice."""
        for registry in self._registries if self.reason else ():
            if dpg.does_item_exist(registry):
                dpg.delete_item(registry)
        self.reason = 0

    def draw(self) -> None:
        """Bring the controls up to date."""
        number, channels = self._rows.selected, self._channels
        none = tr("Press a channel's name first.") if number is None else ""
        self._facts.say(channels.facts(number) if number is not None else none)
        at = self._rows.listed.index(number) if number in self._rows.listed else None
        self.up.show(why_off=none or ("" if at else tr("It is the first already.")))
        last = at is None or at + 1 == len(self._rows.listed)
        self.down.show(why_off=none or (tr("It is the last already.") if last else ""))
        own = number is not None and not channels.is_recoloured(number)
        self.plain.show(why_off=none or (tr("No other colour was chosen.") if own else ""))
        bad = number is not None and channels.is_bad(number)
        dpg.configure_item(self._why, show=bad)
        shown = None if number is None else (number, channels.version)
        if shown != self._shown and not dpg.is_item_active(self.reason) and not dpg.is_item_active(self.name):
            self._shown = shown
            dpg.set_value(self.reason, label(channels.reason(number)) if bad and number is not None else "")
            dpg.set_value(self.name, label(channels.label(number)) if number is not None else "")

    def _renamed(self) -> None:
        number, typed = self._shown[0] if self._shown is not None else None, dpg.get_value(self.name)
        if number is not None and typed != label(self._channels.label(number)):
            self._channels.rename(number, typed)
            self._on_change()

    def _plain(self) -> None:
        if self._rows.selected is not None:
            self._channels.recolour(self._rows.selected, None)
            self._on_change()

    def _typed(self) -> None:
        self._take(dpg.get_value(self.reason))

    def _suggested(self, _sender: Tag, text: str) -> None:
        self._take(text)

    def _take(self, text: str) -> None:
        number = self._shown[0] if self._shown is not None else None
        if number is not None and self._channels.is_bad(number):
            self._channels.mark_bad(number, text)
            self._on_change()
