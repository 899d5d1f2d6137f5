"""What a person sees first: devices, recordings, a way to try without either."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import dearpygui.dearpygui as dpg

from ..sources import Found
from ..sources.language import later, tr
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch
from ..widgets.popup import tooltip
from ..widgets.theme import Theme
from .shelf import Card, Shelf, sessions_in
from .workbench import Workbench

FIREWALL = later(
    "No LSL stream yet. Streams show here as soon as they run on this network. None comes? Let Python through the"
    " firewall: LSL uses UDP port 16571 and TCP and UDP ports 16572–16604."
)
NO_SESSIONS = later("Nothing has been recorded here yet. Recordings appear here when you press Record and Stop.")


def simulated(device: Found) -> bool:
    """Whether a device is there without anything being plugged in."""
    return device.name.startswith("synthetic:") or device.name == "brainflow:synthetic"


class StartScreen:
    """Two lists and a row of buttons. Main thread only.

    Parameters
    ----------
    workbench
        Does what is chosen.
    theme
        Colours, faces, measures.
    """

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        self._bench = workbench
        self._theme = theme
        self._box: Tag = 0
        self._found: tuple[Found, ...] | None = None
        self._cards: tuple[Card, ...] | None = None
        self.shelf: Shelf | None = None

    def build(self, parent: Tag) -> None:
        """Make the screen inside `parent`, and begin to look for recordings."""
        theme = self._theme
        self._found = self._cards = None
        self._box = dpg.add_child_window(parent=parent, width=-1, height=-1, no_scrollbar=True)
        dpg.bind_item_theme(self._box, theme.ground("ground"))
        # A low window at a large size has no room to spare above the lists.
        roomy = dpg.get_viewport_client_height() > theme.px(500)
        dpg.add_spacer(height=theme.px(12), parent=self._box, show=roomy)
        title = dpg.add_text("myoscope", parent=self._box, indent=theme.px(12))
        theme.fonts.bind(title, "title")
        words = tr("Connect a device to see it live, or replay a recording.")
        self._muted(dpg.add_text(label(words), parent=self._box, indent=theme.px(12)))
        dpg.add_spacer(height=theme.px(8), parent=self._box, show=roomy)
        with dpg.group(parent=self._box, horizontal=True, horizontal_spacing=theme.px(12)):
            self._left = dpg.add_child_window(height=-1, always_use_window_padding=True)
            self._right = dpg.add_child_window(width=-1, height=-1, always_use_window_padding=True)
        for box in (self._left, self._right):
            dpg.bind_item_theme(box, theme.ground("panel"))
        self._devices = self._column(self._left, tr("Devices"))
        self._simulators = self._column(self._left, tr("Without a device"))
        self._sessions = self._column(self._right, tr("Recordings"))
        self._try(self._left)
        settings = self._bench.settings
        self.shelf = Shelf(
            lambda: sessions_in(settings.recordings_folder), lambda text: self._bench.engine.log(text, "warn")
        ).start()

    def _column(self, parent: Tag, heading: str) -> Tag:
        title = dpg.add_text(label(heading.upper()), parent=parent)
        self._theme.fonts.bind(title, "heading")
        self._muted(title)
        box: Tag = dpg.add_group(parent=parent)
        dpg.add_spacer(height=self._theme.px(8), parent=parent)
        return box

    def _try(self, parent: Tag) -> None:
        dpg.add_spacer(height=self._theme.px(16), parent=parent)
        with dpg.group(parent=parent, horizontal=True):
            more = dpg.add_button(label=label(tr("Add device…")), callback=lambda: self._bench.shown_dialog("device"))
            tooltip(more, tr("Choose a kind of device and its settings."), self._theme)
            opened = dpg.add_button(
                label=label(tr("Open recording…")), callback=lambda: self._bench.shown_dialog("open")
            )
            tooltip(opened, tr("Replay a session from any folder."), self._theme)
            browse = dpg.add_button(
                label=label(tr("Browse recordings…")), callback=lambda: self._bench.shown_dialog("browse")
            )
            tooltip(browse, tr("All of them: find, tag, describe, cut, join."), self._theme)

    def _muted(self, item: Tag) -> None:
        dpg.bind_item_theme(item, self._theme.text("muted"))

    def draw(self) -> None:
        """Bring the lists up to date."""
        wide = dpg.get_item_rect_size(self._box)[0] or dpg.get_viewport_client_width()
        width = int(min(self._theme.px(620), max(self._theme.px(300), wide * 0.45)))
        if dpg.get_item_width(self._left) != width:
            dpg.configure_item(self._left, width=width)
        found = self._bench.scanner.found
        if found != self._found or not dpg.get_item_children(self._devices, 1):
            self._found = found
            self._list_devices(found)
        cards = self.shelf.cards if self.shelf is not None else None
        if cards is not self._cards or not dpg.get_item_children(self._sessions, 1):
            self._cards = cards
            self._list_sessions(cards)

    def _list_devices(self, found: tuple[Found, ...] | None) -> None:
        for box in (self._devices, self._simulators):
            dpg.delete_item(box, children_only=True)
        if found is None:
            self._muted(dpg.add_text(label(tr("Looking for devices…")), parent=self._devices))
        for device in sorted(found or (), key=lambda device: not device.name.startswith("synthetic:")):
            box = self._simulators if simulated(device) else self._devices
            tip = tr("Connect to {device}.").format(device=device.name)
            self._row(box, device.label, device.detail, tr("Connect"), partial(self._connect, device.name), tip)
        if found is not None and not any(device.name.startswith("lsl:") for device in found):
            self._muted(dpg.add_text(clean(tr(FIREWALL)), wrap=0, parent=self._devices))

    def _connect(self, name: str) -> None:
        self._bench.connect(name)

    def _list_sessions(self, cards: tuple[Card, ...] | None) -> None:
        dpg.delete_item(self._sessions, children_only=True)
        if not cards:
            words = tr("Looking for recordings…") if cards is None else tr(NO_SESSIONS)
            self._muted(dpg.add_text(clean(words), wrap=0, parent=self._sessions))
            return
        for card in cards:
            replay = partial(self._bench.open_session, card.path) if card.good else None
            self._row(self._sessions, card.title, card.facts, tr("Replay"), replay, str(card.path), card)

    def _row(
        self,
        parent: Tag,
        title: str,
        facts: str,
        verb: str,
        act: Callable[[], object] | None,
        tip: str,
        card: Card | None = None,
    ) -> None:
        theme = self._theme
        with dpg.table(parent=parent, header_row=False, policy=dpg.mvTable_SizingFixedFit):
            if card is not None:
                dpg.add_table_column(width_fixed=True, init_width_or_weight=theme.px(120))
            dpg.add_table_column(width_stretch=True)
            dpg.add_table_column(width_fixed=True, init_width_or_weight=self._verb_width() + theme.px(8))
            with dpg.table_row() as row:
                if card is not None:
                    self._thumbnail(card)
                with dpg.group() as words:
                    theme.fonts.bind(dpg.add_text(label(title)), "strong")
                    text = dpg.add_text(label(facts), wrap=0)
                    theme.fonts.bind(text, "small")
                    self._muted(text)
                dpg.bind_item_theme(words, theme.lines())
                button = Switch(theme, verb, tip, act or (lambda: None))
                button.build(row, self._verb_width())
                button.show(why_off="" if act is not None else tr("It cannot be opened: {reason}").format(reason=facts))

    def _verb_width(self) -> int:
        fonts, px = self._theme.fonts, self._theme.px
        widest = max(fonts.width(words, "words") for words in (tr("Connect"), tr("Replay")))
        return max(px(84), int(widest) + px(24))

    def _thumbnail(self, card: Card) -> None:
        theme = self._theme
        width, height = theme.px(116), theme.px(38)
        with dpg.drawlist(width, height):
            dpg.draw_rectangle((0, 0), (width, height), fill=theme.colour("plot"), color=(0, 0, 0, 0), rounding=4)
            if card.thumbnail is None:
                return
            step = width / len(card.thumbnail)
            for i, (low, high) in enumerate(card.thumbnail.tolist()):
                x, middle, reach = (i + 0.5) * step, height / 2, height * 0.45
                dpg.draw_line(
                    (x, middle - reach * high - 0.5),
                    (x, middle - reach * low + 0.5),
                    color=theme.channel(0),
                    thickness=1,
                )

    def delete(self) -> None:
        """Remove the screen and stop looking. Safe to call twice."""
        if self.shelf is not None:
            self.shelf.stop()
            self.shelf = None
        if self._box and dpg.does_item_exist(self._box):
            dpg.delete_item(self._box)
        self._box = 0
