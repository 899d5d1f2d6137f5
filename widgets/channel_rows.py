"""The lines of the channel list: however many channels there are, only those in sight are items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .channels import Channels
from .door import Tag, clean, label
from .palette import Colour
from .popup import tooltip
from .theme import Theme

OVERSCAN = 3
HEIGHT_SHARE = 0.42
OTHER_LINES = 7
NAME_WIDTH = 214


class ChannelRows:
    """A line a channel: handle, colour, tick, name, solo, bad. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    channels
        What is listed and changed.
    on_change
        Called after a press changed something, or chose another line.
    """

    def __init__(self, theme: Theme, channels: Channels, on_change: Callable[[], None]) -> None:
        self._theme = theme
        self._channels = channels
        self._on_change = on_change
        self._wanted = ""
        self._listed: list[int] = []
        self._slots: list[dict[str, Tag]] = []
        self._looks: list[dict[str, Any]] = []
        self._at: list[int | None] = []
        self._top = 0
        self._dragged: int | None = None
        self._n_drags = 0
        self._renamed: int | None = None
        self._registries: list[Tag] = []
        self.selected: int | None = None
        """Number of the channel that was pressed last."""
        self.box: Tag = 0

    @property
    def pitch(self) -> int:
        """From one line to the next, px."""
        return self._theme.row_height + self._theme.px(4)

    @property
    def listed(self) -> list[int]:
        """Numbers of the channels in the list, those out of sight too, top to bottom."""
        return self._listed

    def item(self, number: int, part: str) -> Tag:
        """Return an item of a channel's line: ``handle``, ``colour``, ``tick``, ``name``, ``typed``, ``solo``, ``bad``.

        Raises
        ------
        KeyError
            When the line is out of sight.
        """
        if number not in self._at:
            raise KeyError(f"Channel {number} is not in sight. Scroll to it first.")
        return self._slots[self._at.index(number)][part]

    # Making

    def build(self, parent: Tag) -> None:
        """Make the list inside `parent`."""
        theme, n = self._theme, len(self._channels.names)
        self.delete()
        high = dpg.get_viewport_client_height()
        room = min(high * HEIGHT_SHARE, high - OTHER_LINES * (theme.row_height + theme.px(8)))
        in_sight = max(3, int(room / self.pitch))
        height = min(n, in_sight) * self.pitch + theme.px(12)
        self.box, self._frame, self._above, self._below = (dpg.generate_uuid() for _ in range(4))
        self._slots, self._looks, self._at, self._top = [], [], [], 0
        self._dragged = self._renamed = None
        side = theme.row_height
        width = 5 * side + theme.px(NAME_WIDTH) + 5 * theme.px(8) + theme.px(26)
        dpg.add_group(tag=self._frame, parent=parent)
        dpg.add_child_window(tag=self.box, parent=self._frame, width=width, height=height)
        dpg.bind_item_theme(self.box, theme.list_lines())
        dpg.add_spacer(tag=self._above, parent=self.box)
        for slot in range(min(n, in_sight + OVERSCAN)):
            self._slots.append(self._make(slot, side))
            self._looks.append({})
            self._at.append(None)
        dpg.add_spacer(tag=self._below, parent=self.box)
        self.find("")

    def _make(self, slot: int, side: int) -> dict[str, Tag]:
        theme = self._theme
        tags: dict[str, Tag] = {
            part: dpg.generate_uuid()
            for part in ("row", "handle", "colour", "tick", "name", "typed", "solo", "bad", "facts")
        }

        def call(function: Callable[[int], object]) -> Callable[[], None]:
            def pressed() -> None:
                number = self._at[slot]
                if number is not None:
                    function(number)
                    self._on_change()

            return pressed

        with dpg.group(tag=tags["row"], parent=self.box, horizontal=True, horizontal_spacing=theme.px(6)):
            dpg.add_button(tag=tags["handle"], label="≡", width=side, height=side)
            dpg.add_color_edit(
                tag=tags["colour"], no_inputs=True, no_label=True, no_alpha=True, no_options=True, no_drag_drop=True,
                no_tooltip=True, user_data=slot, callback=self._coloured,
            )  # fmt: skip
            dpg.add_checkbox(tag=tags["tick"], callback=call(self._ticked))
            dpg.add_button(
                tag=tags["name"], width=theme.px(NAME_WIDTH), height=side, callback=call(self.select)
            )  # fmt: skip
            dpg.add_input_text(tag=tags["typed"], width=theme.px(NAME_WIDTH), show=False)
            dpg.add_button(tag=tags["solo"], label="S", width=side, height=side, callback=call(self._channels.solo))
            dpg.add_button(tag=tags["bad"], label="×", width=side, height=side, callback=call(self._mark))
        theme.fonts.bind(tags["handle"], "figures")
        dpg.bind_item_theme(tags["handle"], theme.button("quiet"))
        tooltip(tags["handle"], tr("Drag to another place"), theme)
        tooltip(tags["colour"], tr("Choose a colour"), theme)
        tooltip(tags["tick"], tr("Show or hide this channel"), theme)
        tooltip(tags["solo"], tr("Show only this channel, and others that are solo; once more to end it"), theme)
        tooltip(tags["bad"], tr("Mark as bad: shown faint, left out of means. Once more to take the mark away."), theme)
        tags["facts"] = tooltip(tags["name"], "", theme)
        self._listen(slot, tags)
        return tags

    def _listen(self, slot: int, tags: dict[str, Tag]) -> None:
        with dpg.item_handler_registry() as handle:
            dpg.add_item_activated_handler(callback=lambda: self._take_up(slot))
            dpg.add_item_active_handler(callback=self._drag)
            dpg.add_item_deactivated_handler(callback=self._let_go)
        with dpg.item_handler_registry() as name:
            dpg.add_item_double_clicked_handler(button=0, callback=lambda: self._begin_rename(slot))
        with dpg.item_handler_registry() as typed:
            dpg.add_item_deactivated_handler(callback=lambda: self._end_rename(slot))
        for item, registry in ((tags["handle"], handle), (tags["name"], name), (tags["typed"], typed)):
            dpg.bind_item_handler_registry(item, registry)
            self._registries.append(registry)

    def delete(self) -> None:
        """Remove the list. Safe to call twice, and after the window around it is gone."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        for registry in self._registries:
            if dpg.does_item_exist(registry):
                dpg.delete_item(registry)
        self._registries.clear()
        self.box = 0

    # What is in sight

    @property
    def edges(self) -> tuple[float, float]:
        """Where the list begins and ends on the screen, px from its upper edge."""
        # dearpygui tells the place of a group, but not that of a child window.
        top = float(dpg.get_item_rect_min(self._frame)[1])
        return top, top + float(dpg.get_item_rect_size(self.box)[1])

    def find(self, text: str) -> None:
        """List only channels with this in their name, the device's name, or type."""
        self._wanted = clean(text, 200).casefold().strip()
        self.draw()

    def _matches(self, number: int) -> bool:
        channels = self._channels
        texts = (channels.label(number), channels.names[number], channels.types[number])
        return any(self._wanted in text.casefold() for text in texts)

    def scrolled(self) -> None:
        """Follow the scroll bar. Each frame while the list is in sight; cheap when nothing moved."""
        if self.box and dpg.does_item_exist(self.box) and self._first() != self._top:
            self._fill()

    def _first(self) -> int:
        most = max(0, len(self._listed) - len(self._slots))
        return min(most, max(0, int(dpg.get_y_scroll(self.box) / self.pitch) - 1))

    def show(self, number: int) -> None:
        """Scroll to a channel."""
        if number in self._listed:
            dpg.set_y_scroll(self.box, max(0, self._listed.index(number) - 1) * self.pitch)

    def draw(self) -> None:
        """Bring the lines up to date with the channels."""
        if not self.box or not dpg.does_item_exist(self.box):
            return
        order = self._channels.order
        self._listed = [i for i in order if self._matches(i)] if self._wanted else list(order)
        if self.selected is not None and self.selected >= len(self._channels.names):
            self.selected = None
        self._fill()

    def _fill(self) -> None:
        self._top = top = self._first()
        shown = self._listed[top : top + len(self._slots)]
        # Between two items there is room anyway: what is above counts without it.
        dpg.configure_item(self._above, height=top * self.pitch)
        dpg.configure_item(self._below, height=(len(self._listed) - top - len(shown)) * self.pitch)
        for slot in range(len(self._slots)):
            self._put(slot, shown[slot] if slot < len(shown) else None)

    def _put(self, slot: int, number: int | None) -> None:
        tags, looks, channels, theme = self._slots[slot], self._looks[slot], self._channels, self._theme
        if self._renamed is not None and self._at[slot] == self._renamed != number:
            self._end_rename(slot)
        self._at[slot] = number

        def put(what: str, value: Any, set_it: Callable[[Any], object]) -> None:
            if looks.get(what) != value:
                looks[what] = value
                set_it(value)

        put("row", number is not None, lambda shown: dpg.configure_item(tags["row"], show=shown))
        if number is None:
            return
        bad, ticked = channels.is_bad(number), channels.is_shown(number)
        name = f"{channels.label(number)} · {channels.reason(number) or tr('bad')}" if bad else channels.label(number)
        put("name", (name, theme.scale), lambda _: dpg.configure_item(tags["name"], label=self._cut(name)))
        put("facts", channels.facts(number), lambda text: dpg.set_value(tags["facts"], label(text, 1000)))
        put("tick", ticked, lambda on: dpg.set_value(tags["tick"], on))
        put("colour", channels.colour(number, theme), lambda c: dpg.set_value(tags["colour"], list(c)))
        choice = "chosen" if number == self.selected else "faint" if bad or not ticked else "line"
        put("look", choice, lambda look: dpg.bind_item_theme(tags["name"], theme.list_line(look)))
        solo = "on" if channels.is_solo(number) else "quiet"
        put("solo", solo, lambda look: dpg.bind_item_theme(tags["solo"], theme.button(look)))
        put("bad", bad, lambda on: dpg.bind_item_theme(tags["bad"], theme.button("record" if on else "quiet")))

    def _cut(self, text: str) -> str:
        """Return a name as long as the line has room for."""
        room, shown = self._theme.px(NAME_WIDTH - 22), label(text)
        if self._theme.fonts.width(shown, "words") <= room:
            return shown
        while shown and self._theme.fonts.width(shown + "…", "words") > room:
            shown = shown[:-1]
        return shown.rstrip() + "…"

    # What a person does

    def select(self, number: int | None) -> None:
        """Choose a line, whose details are shown below the list."""
        self.selected = number

    def _ticked(self, number: int) -> None:
        # What is in the box is what the person sees, whatever came in between.
        shown = bool(dpg.get_value(self.item(number, "tick")))
        self._looks[self._at.index(number)]["tick"] = shown
        self._channels.show(number, shown)

    def _coloured(self, _sender: Tag, parts: Sequence[float], slot: int) -> None:
        number = self._at[slot]
        if number is not None:
            red, green, blue = (min(255, max(0, round(part * 255))) for part in parts[:3])
            colour: Colour = (red, green, blue, 255)
            # Not put back into the wheel it comes from: rounding would move the pointer's hue.
            self._looks[slot]["colour"] = colour
            self._channels.recolour(number, colour)
            self._on_change()

    def _mark(self, number: int) -> None:
        self.selected = number
        if self._channels.is_bad(number):
            self._channels.mark_good(number)
        else:
            self._channels.mark_bad(number)

    def _take_up(self, slot: int) -> None:
        self._dragged = self._at[slot]
        self._n_drags += 1

    def _drag(self) -> None:
        number = self._dragged
        if number is None or not self._listed:
            return
        top = dpg.get_item_rect_min(self._slots[0]["row"])[1] - self._top * self.pitch
        at = int((dpg.get_mouse_pos(local=False)[1] - top) // self.pitch)
        self._scroll_along()
        other = self._listed[min(max(at, 0), len(self._listed) - 1)]
        if other != number:
            self._channels.move(number, self._channels.order.index(other), f"drag {self._n_drags}")
            self._on_change()

    def _scroll_along(self) -> None:
        """Scroll while something is dragged over the upper or lower edge."""
        y = dpg.get_mouse_pos(local=False)[1]
        top, bottom = self.edges
        step = self.pitch / 4 * ((y > bottom) - (y < top))
        if step:
            now = dpg.get_y_scroll(self.box) + step
            dpg.set_y_scroll(self.box, min(max(now, 0), dpg.get_y_scroll_max(self.box)))

    def _let_go(self) -> None:
        self._dragged = None

    def nudge(self, by: int) -> None:
        """Move the chosen channel up (-1) or down (+1), past its neighbour in the list."""
        number = self.selected
        if number in self._listed:
            at = self._listed.index(number) + by
            if 0 <= at < len(self._listed):
                self._channels.move(number, self._channels.order.index(self._listed[at]))
                self._on_change()

    def _begin_rename(self, slot: int) -> None:
        number, tags = self._at[slot], self._slots[slot]
        if number is None:
            return
        self._renamed = number
        dpg.set_value(tags["typed"], label(self._channels.label(number)))
        dpg.configure_item(tags["name"], show=False)
        dpg.configure_item(tags["typed"], show=True)
        dpg.focus_item(tags["typed"])

    def _end_rename(self, slot: int) -> None:
        number, tags, self._renamed = self._renamed, self._slots[slot], None
        dpg.configure_item(tags["typed"], show=False)
        dpg.configure_item(tags["name"], show=True)
        typed = dpg.get_value(tags["typed"])
        if number is not None and typed != label(self._channels.label(number)):
            self._channels.rename(number, typed)
            self._on_change()
