"""The list in which channels are shown, hidden and coloured."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import dearpygui.dearpygui as dpg

from .door import Tag, clean, label
from .palette import Colour
from .popup import PopupButton
from .theme import Theme

MOST = 256


class ChannelList:
    """A button «Channels n/n» and the list below it. Main thread only.

    Parameters
    ----------
    on_change
        Called after channels were shown, hidden or coloured.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self.names: tuple[str, ...] = ()
        self.hidden: set[str] = set()
        self.colours: dict[str, Colour] = {}
        self._numbers: list[int] = []
        self.popup = PopupButton("Channels", "Show, hide and colour channels (C)", self._fill, 300)
        self.boxes: dict[int, Tag] = {}
        self._rows: dict[int, Tag] = {}
        self.all_button: Tag = 0
        self.none_button: Tag = 0

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button."""
        self._theme = theme
        self.popup.build(parent, theme)
        self._refresh()

    def set_names(self, names: Sequence[str]) -> None:
        """Take over the channels of a stream."""
        self.names = tuple(names)
        self._refresh()

    def _refresh(self) -> None:
        self._numbers = [i for i, name in enumerate(self.names) if name not in self.hidden][:MOST]
        if self.popup.button:
            self.popup.set_text(f"Channels {len(self._numbers)}/{len(self.names)}")

    @property
    def numbers(self) -> list[int]:
        """Numbers of the channels that are shown, in the stream's order; at most 256."""
        return self._numbers

    def colour(self, number: int) -> Colour:
        """Return a channel's colour."""
        chosen = self.colours.get(self.names[number])
        return chosen if chosen is not None else self._theme.channel(number)

    def show(self, name: str, shown: bool) -> None:
        """Show or hide the channel of that name."""
        (self.hidden.discard if shown else self.hidden.add)(name)
        self.changed()

    def show_all(self) -> None:
        """Show every channel."""
        self.hidden.clear()
        self._tick()

    def show_none(self) -> None:
        """Hide every channel."""
        self.hidden = set(self.names)
        self._tick()

    def _tick(self) -> None:
        for number, box in self.boxes.items():
            if dpg.does_item_exist(box):
                dpg.set_value(box, self.names[number] not in self.hidden)
        self.changed()

    def changed(self) -> None:
        """Count again and tell."""
        self._refresh()
        self._on_change()

    def _fill(self, window: Tag) -> None:
        theme = self._theme
        self.all_button, self.none_button = dpg.generate_uuid(), dpg.generate_uuid()
        with dpg.group(horizontal=True, parent=window):
            dpg.add_button(label="All", tag=self.all_button, callback=self.show_all, width=theme.px(64))
            dpg.add_button(label="None", tag=self.none_button, callback=self.show_none, width=theme.px(64))
            dpg.add_input_text(hint="Find", width=theme.px(140), callback=self._find)
        if len(self.names) > MOST:
            dpg.add_text(f"The first {MOST} that are ticked are drawn.", parent=window)
        height = min(len(self.names) * theme.px(40) + theme.px(8), round(dpg.get_viewport_client_height() * 0.6))
        self.boxes, self._rows = {}, {}
        with dpg.child_window(parent=window, width=theme.px(300), height=height) as box:
            dpg.bind_item_theme(box, theme.ground("panel"))
            for number, name in enumerate(self.names):
                self._rows[number] = dpg.generate_uuid()
                self.boxes[number] = dpg.generate_uuid()
                with dpg.group(horizontal=True, tag=self._rows[number]):
                    dpg.add_color_edit(
                        list(self.colour(number)), no_inputs=True, no_label=True, no_alpha=True, no_options=True,
                        user_data=name, callback=self._coloured,
                    )  # fmt: skip
                    dpg.add_checkbox(
                        label=label(name, 60), tag=self.boxes[number], default_value=name not in self.hidden,
                        user_data=name, callback=self._ticked,
                    )  # fmt: skip

    def _ticked(self, _sender: Tag, shown: bool, name: str) -> None:
        self.show(name, bool(shown))

    def _coloured(self, _sender: Tag, parts: Sequence[float], name: str) -> None:
        red, green, blue = (min(255, max(0, round(part * 255))) for part in parts[:3])
        self.colours[name] = (red, green, blue, 255)
        self._on_change()

    def _find(self, _sender: Tag, text: str) -> None:
        wanted = clean(text).casefold()
        for number, row in self._rows.items():
            dpg.configure_item(row, show=wanted in self.names[number].casefold())
