"""The button in which channels are chosen, arranged, named and coloured."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr
from .channel_details import ChannelDetails
from .channel_presets import Preset
from .channel_rows import ChannelRows
from .channels import PAGES, Channels
from .door import Tag, label
from .edits import Undo
from .grid_picker import GridPicker
from .layout_chooser import LayoutChooser
from .panel import Switch, Words
from .popup import PopupButton, calling, centred, tooltip
from .theme import Theme

WIDTH = 470
GRID_SHARE = 0.55
TIP = later("Show, hide, order, name and colour channels (N)")
TABS = {
    "list": (later("List"), later("Channels one below the other")),
    "grid": (later("Grid"), later("Electrodes as they lie")),
    "more": (later("More"), later("Pages, colours, order, and how electrodes lie")),
}


class ChannelList:
    """A button «Channels 32/256», the pages beside it, and the window below. Main thread only.

    Parameters
    ----------
    channels
        What is shown and changed.
    undo
        Where edits go from now on; the channels' own stack when not given.
    """

    def __init__(self, channels: Channels, undo: Undo | None = None) -> None:
        self.channels = channels
        if undo is not None:
            channels.undo = undo
        self.popup = PopupButton("", "", self._fill, WIDTH)
        self.tab = "list"
        self._built = False
        self._seen: tuple[int, ...] = ()
        self._filled = False
        self._filled_for = 0

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button inside `parent`, a horizontal group."""
        self._theme = theme
        self._filled, self._seen = False, ()
        self.popup = PopupButton(self._text(), tr(TIP), self._fill, WIDTH)
        self.popup.build(parent, theme)
        self._pages = dpg.generate_uuid()
        dpg.add_group(tag=self._pages, parent=parent, horizontal=True, show=False)
        self.previous, self.next, self.place = self._build_pager(self._pages)
        self._built = True
        self.draw()

    def _build_pager(self, parent: Tag) -> tuple[Switch, Switch, Words]:
        theme, channels = self._theme, self.channels
        previous = Switch(theme, "◀", tr("Previous channels (Page Up)"), self._then(channels.previous_page))
        following = Switch(theme, "▶", tr("Next channels (Page Down)"), self._then(channels.next_page))
        place = Words(theme, "small figures", "muted")
        previous.build(parent, theme.row_height)
        place.build(centred(parent, theme.fonts.height("small figures"), theme))
        following.build(parent, theme.row_height)
        return previous, following, place

    def _text(self) -> str:
        channels = self.channels
        shown, every = len(channels.numbers), len(channels.names)
        text = tr("Solo {shown}/{all}") if channels.any_solo else tr("Channels {shown}/{all}")
        return text.format(shown=shown, all=every)

    def _then(self, function: Callable[[], object]) -> Callable[[], None]:
        """Return a callback that does something and shows what came of it."""

        def call() -> None:
            function()
            self.draw()

        return call

    # Four times a second

    def draw(self) -> None:
        """Bring button, pages and window up to date."""
        if not self._built or not dpg.does_item_exist(self.popup.button):
            return
        is_open = self._filled and self.popup.is_open
        if is_open and self._filled_for != len(self.channels.names):
            # Another stream: as many lines as it has channels.
            self.popup.open()
            return
        seen = (self.channels.version, self.channels.undo.version, self._theme.version, is_open)
        if is_open and self.tab == "grid":
            self.picker.draw()
        if seen == self._seen:
            return
        self._seen = seen
        self.popup.set_text(self._text())
        dpg.bind_item_theme(self.popup.button, self._theme.button("on" if self.channels.any_solo else "plain"))
        dpg.configure_item(self._pages, show=self.channels.n_pages > 1)
        self._draw_pager(self.previous, self.next, self.place)
        if is_open:
            self._draw_window()

    def _draw_pager(self, previous: Switch, following: Switch, place: Words) -> None:
        channels = self.channels
        first = channels.page * channels.per_page + 1
        previous.show(why_off="" if channels.page else tr("These are the first."))
        following.show(why_off="" if channels.page + 1 < channels.n_pages else tr("These are the last."))
        says = tr("{first}–{last} of {all}")
        place.say(says.format(first=first, last=first + len(channels.numbers) - 1, all=len(channels.chosen)))

    def _draw_window(self) -> None:
        channels, undo, theme = self.channels, self.channels.undo, self._theme
        back, again = tr("Take back: {what} (Ctrl+Z)"), tr("Do again: {what} (Ctrl+Shift+Z)")
        for button, tip, text, says, none in (
            (self.undo_button, self._undo_tip, undo.next_undo, back, tr("Nothing to take back.")),
            (self.redo_button, self._redo_tip, undo.next_redo, again, tr("Nothing to do again.")),
        ):
            dpg.bind_item_theme(button, theme.button("plain" if text else "off"))
            dpg.set_value(tip, label(says.format(what=text) if text else none, 400))
        why = tr("The device tells no electrode grid.") + " " + tr("Choose a layout under More.")
        tab = "list" if self.tab == "grid" and channels.grid is None else self.tab
        for name, switch in self.tabs.items():
            off = why if name == "grid" and channels.grid is None else ""
            switch.show(look="on" if name == tab else "plain", why_off=off)
            dpg.configure_item(self._pages_of[name], show=name == tab)
        self.end_solo.show(why_off="" if channels.any_solo else tr("No channel is solo."))
        self.rows.draw()
        self.details.draw()
        if tab == "grid":
            self.picker.draw()
        self.layout.draw()
        self._draw_presets()
        per_page = dict(zip(PAGES, self._page_texts(), strict=True)).get(channels.per_page, str(channels.per_page))
        dpg.set_value(self.per_page, per_page)
        dpg.set_value(self.by_group, channels.by_group)
        self._draw_pager(self.back, self.on, self.where)
        own = any(channels.is_recoloured(number) for number in channels.order)
        self.plain.show(why_off="" if own else tr("No other colour was chosen."))
        self.given.show(why_off=tr("It is the device's already.") if channels.order == sorted(channels.order) else "")

    # The window

    def _fill(self, window: Tag) -> None:
        theme, channels = self._theme, self.channels
        if self._filled:
            self._let_go()
        self._pages_of = {name: dpg.generate_uuid() for name in TABS}
        self._chosen: Preset | None = None
        self._preset_names: list[str] = []
        self._build_head(window)
        for tag in self._pages_of.values():
            dpg.add_group(tag=tag, parent=window, show=False)
        inside = self._pages_of["list"]
        self._build_choices(inside)
        self.rows = ChannelRows(theme, channels, self._redraw)
        self.rows.build(inside)
        self.details = ChannelDetails(theme, channels, self.rows, self._redraw)
        self.details.build(inside)
        width = max(dpg.get_item_width(self.rows.box) or 0, dpg.get_viewport_client_width() * GRID_SHARE)
        self.picker = GridPicker(theme, channels, self._redraw)
        self.picker.build(self._pages_of["grid"], width, dpg.get_viewport_client_height() * GRID_SHARE)
        self._build_more(self._pages_of["more"])
        self._build_presets(window)
        self._filled, self._filled_for = True, len(channels.names)
        self._stay_inside(window)
        self._redraw()

    def _stay_inside(self, window: Tag) -> None:
        """Move the window up where it would reach below the screen; where it is too high even so, it scrolls."""
        theme, room = self._theme, dpg.get_viewport_client_height() - 8
        others = 6 * (theme.row_height + theme.px(8)) + 3 * theme.px(8)
        left, top = dpg.get_item_pos(window)
        high = dpg.get_item_height(self.rows.box) + others
        top = max(4, min(top, room - high))
        dpg.configure_item(window, pos=[left, top], max_size=[dpg.get_viewport_client_width(), room - top])

    def _redraw(self) -> None:
        self._seen = ()
        self.draw()

    def _let_go(self) -> None:
        """Let registries of handlers go, which outlive the window they were made for."""
        self.rows.delete()
        self.details.delete()
        self.picker.delete()
        if dpg.does_item_exist(self._frames):
            dpg.delete_item(self._frames)
        self._filled = False

    def delete(self) -> None:
        """Close the window and let go of what it needed. Safe to call twice, and before `build`."""
        self.popup.close()
        if self._filled:
            self._let_go()
        self._built = False

    def _build_head(self, window: Tag) -> None:
        theme, channels = self._theme, self.channels
        self.undo_button, self.redo_button = dpg.generate_uuid(), dpg.generate_uuid()
        with dpg.group(parent=window, horizontal=True) as line:
            self.tabs = {}
            for name, (text, tip) in TABS.items():
                self.tabs[name] = Switch(theme, tr(text), tr(tip), calling(self.open_tab, name))
                self.tabs[name].build(line)
            side = theme.row_height
            for tag, sign, step in (
                (self.undo_button, "↺", lambda: channels.undo.undo()),
                (self.redo_button, "↻", lambda: channels.undo.redo()),
            ):
                dpg.add_button(tag=tag, label=sign, width=side, callback=self._then(step))
            self.end_solo = Switch(
                theme, tr("End solo"), tr("Back to the ticked channels"), self._then(channels.end_solo)
            )
            self.end_solo.build(line)
        self._undo_tip, self._redo_tip = (tooltip(tag, "", theme) for tag in (self.undo_button, self.redo_button))

    def _build_choices(self, parent: Tag) -> None:
        theme, channels = self._theme, self.channels
        self.find, self.presets, self.named = (dpg.generate_uuid() for _ in range(3))
        self._frames = dpg.generate_uuid()
        with dpg.group(parent=parent, horizontal=True) as line:
            dpg.add_input_text(
                tag=self.find, hint=tr("Find"), width=theme.px(150), callback=lambda _s, text: self.rows.find(text)
            )
            self.all = Switch(theme, tr("All"), tr("Show every channel"), self._then(channels.show_all))
            self.none = Switch(theme, tr("None"), tr("Hide every channel"), self._then(channels.show_none))
            self.invert = Switch(
                theme, tr("Invert"), tr("Show what is hidden, hide what is shown"), self._then(channels.invert)
            )
            for switch in (self.all, self.none, self.invert):
                switch.build(line)
        tooltip(self.find, tr("List only channels with this in their name or type"), theme)
        with dpg.item_handler_registry(tag=self._frames):
            dpg.add_item_visible_handler(callback=lambda: self.rows.scrolled())
        dpg.bind_item_handler_registry(self.find, self._frames)

    def _build_presets(self, window: Tag) -> None:
        theme = self._theme
        with dpg.group(parent=window, horizontal=True) as line:
            dpg.add_combo([], tag=self.presets, width=theme.px(190), callback=self._use)
            dpg.add_input_text(
                tag=self.named, hint=tr("save as…"), width=theme.px(150), on_enter=True, callback=self._save
            )
            self.forget = Switch(theme, "×", tr("Delete this preset"), self._forget)
            self.forget.build(line, theme.row_height)
        tooltip(self.presets, tr("Show a selection of channels"), theme)
        tooltip(self.named, tr("A name for the channels that are ticked and their order, then Enter"), theme)

    def _build_more(self, parent: Tag) -> None:
        theme, channels = self._theme, self.channels
        self.per_page, self.by_group = dpg.generate_uuid(), dpg.generate_uuid()
        with dpg.group(parent=parent, horizontal=True) as line:
            dpg.add_combo(self._page_texts(), tag=self.per_page, width=theme.px(150), callback=self._paged)
            self.back, self.on, self.where = self._build_pager(line)
        tooltip(self.per_page, tr("How many channels are drawn at once"), theme)
        dpg.add_checkbox(
            tag=self.by_group, label=tr("One hue a muscle"), parent=parent,
            callback=lambda _s, on: self._then(lambda: channels.colour_by_group(bool(on)))(),
        )  # fmt: skip
        tip = tr("Channels whose names begin alike get one hue, in shades; else each gets the next colour")
        tooltip(self.by_group, tip, theme)
        with dpg.group(parent=parent, horizontal=True) as line:
            self.given = Switch(
                theme, tr("Device's order"), tr("Channels in the order of the device"), self._then(channels.reset_order)
            )
            self.plain = Switch(
                theme,
                tr("Reset colours"),
                tr("Forget all colours that were chosen"),
                self._then(channels.reset_colours),
            )
            self.given.build(line)
            self.plain.build(line)
        self.layout = LayoutChooser(theme, channels, self._redraw)
        self.layout.build(parent)

    def open_tab(self, tab: str) -> None:
        """Show ``list``, ``grid`` or ``more``."""
        self.tab = tab
        self._redraw()

    # Presets and pages

    def _use(self, _sender: Tag, name: str) -> None:
        self._chosen = next((p for p in self.channels.presets() if label(p.name, 80) == name), None)
        if self._chosen is not None:
            self.channels.use(self._chosen)
        self._redraw()

    def _save(self, _sender: Tag, name: str) -> None:
        if self.channels.save_preset(name) is not None:
            self._chosen = next(p for p in reversed(self.channels.presets()) if p.saved)
            dpg.set_value(self.named, "")
        self._redraw()

    def _forget(self) -> None:
        if self._chosen is not None and self._chosen.saved:
            self.channels.delete_preset(self._chosen.name)
        self._redraw()

    def _draw_presets(self) -> None:
        """List the presets, and drop the chosen one where it is gone, by whatever way."""
        presets = self.channels.presets()
        names = [label(preset.name, 80) for preset in presets]
        if names != self._preset_names:
            self._preset_names = names
            dpg.configure_item(self.presets, items=names)
        if self._chosen is not None and (self._chosen.name, self._chosen.saved) not in {
            (p.name, p.saved) for p in presets
        }:
            self._chosen = None
        dpg.set_value(self.presets, label(self._chosen.name, 80) if self._chosen else tr("Presets"))
        saved = self._chosen is not None and self._chosen.saved
        self.forget.show(why_off="" if saved else tr("Only presets of your own can be deleted: choose one first."))

    def _page_texts(self) -> list[str]:
        return [tr("{n} a page").format(n=n) if n else tr("all at once") for n in PAGES]

    def _paged(self, _sender: Tag, text: str) -> None:
        texts = self._page_texts()
        if text in texts:
            self.channels.set_per_page(PAGES[texts.index(text)])
        self._redraw()
