"""The table of channels: muscle, side, electrodes; many filled in at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from ..sources.language import tr, trn
from ..widgets.choice_button import Choice, ChoiceButton
from ..widgets.door import Tag, clean, label
from ..widgets.flow import Flow
from ..widgets.panel import Switch, Words
from ..widgets.popup import PopupButton, calling, tooltip
from ..widgets.theme import Theme
from .metadata_form import Apply
from .metadata_target import Said
from .metadata_words import HELP, name_of, suggestions, written

if TYPE_CHECKING:
    from ..recordings.about_edits import Change

PAGE = 24
COLUMNS = {
    "muscle": 190, "side": 76, "placement": 140, "electrode_size_mm": 76, "electrode_distance_mm": 96,
    "reference": 116, "notes": 130,
}  # fmt: skip
NAME_PX = 96
TICK_PX = 30
TABLE_PX = 170
LOW_PX = 330


class MetadataChannels:
    """A row a channel. What is typed into a chosen row goes into all that are chosen. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces, measures.
    apply
        Called with changes, a text and a key.
    others
        Returns sessions to copy from.
    say
        Told what went wrong.
    """

    def __init__(
        self, theme: Theme, apply: Apply, others: Callable[[], list[Path]], say: Callable[[str], object]
    ) -> None:
        self._theme, self._apply, self._others, self._say = theme, apply, others, say
        self._said = Said({}, {}, {})
        self.group = ""
        self.page = 0
        self.chosen: set[int] = set()
        self.cells: dict[tuple[int, str], Tag] = {}
        self.ticks: dict[int, Tag] = {}
        self._last: tuple[int, str] | None = None
        self._registry: Tag = 0
        self._made: tuple[object, ...] | None = None
        self._suggested: tuple[object, ...] | None = None
        self.offers: list[Tag] = []

    def build(self, parent: Tag) -> None:
        """Make tools, table and suggestions inside `parent`."""
        theme = self._theme
        self.delete()
        self._registry = dpg.generate_uuid()
        with dpg.item_handler_registry(tag=self._registry):
            dpg.add_item_deactivated_after_edit_handler(callback=lambda _, item: self._left(item))
            dpg.add_item_activated_handler(callback=lambda _, item: self._entered(item))
        self._tools = Flow(theme, 8)
        self._tools.build(parent)
        tip = tr("All channels, or none; what you type goes into all chosen ones")
        self._all = Switch(theme, tr("Choose all"), tip, self._choose_all)
        tip = tr("What the first chosen channel has goes into the other chosen ones")
        self._down = Switch(theme, tr("Fill down"), tip, self._fill_down)
        tip = tr("What another recording says of its channels")
        self._from = PopupButton(tr("Copy from…"), tip, self._list_others, 360)
        tip = tr("Cells copied in a spreadsheet, with or without a heading")
        self._paste = Switch(theme, tr("Paste table"), tip, self.paste)
        self._copy = Switch(theme, tr("Copy table"), tr("To be pasted into a spreadsheet"), self._copy_table)
        for one in (self._all, self._down):
            one.build(self._tools.group())
        self._from.build(self._tools.group(), theme)
        for one in (self._paste, self._copy):
            one.build(self._tools.group())
        line = theme.row_height + theme.px(16)
        room = dpg.get_item_height(parent) if dpg.get_item_height(parent) > 0 else dpg.get_item_rect_size(parent)[1]
        # In a low window the page scrolls rather than leave no room for the table.
        high = -int(2 * line) if room > theme.px(LOW_PX) else theme.px(TABLE_PX)
        self._table_box = dpg.add_child_window(parent=parent, width=-1, height=high, no_scrollbar=True)
        self._offer_box = dpg.add_group(parent=parent, horizontal=True)
        with dpg.group(parent=parent, horizontal=True) as turns:
            self._turns = turns
            self._back = Switch(theme, "‹", tr("Channels before"), lambda: self._turn(-1))
            self._on = Switch(theme, "›", tr("Channels after"), lambda: self._turn(+1))
            self._back.build(turns, theme.row_height)
            self._on.build(turns, theme.row_height)
            self._where = Words(theme, "small", "muted")
            self._where.build(turns)
            self._groups_box = dpg.add_group(horizontal=True)
        self._made = self._suggested = None

    def show(self, said: Said) -> None:
        """Write values into the cells, but for one that is being typed into."""
        self._said = said
        if self.group not in said.labels:
            self.group, self.page, self.chosen = next(iter(said.labels), ""), 0, set()
        made = (self.group, self.page, tuple(said.labels.get(self.group, ())), tuple(said.labels))
        if made != self._made:
            self._made = made
            self._make()
        rows = said.channels.get(self.group, [])
        for (number, field), tag in self.cells.items():
            if not dpg.is_item_active(tag):
                dpg.set_value(tag, clean(written(rows[number][field])))

    @property
    def labels(self) -> list[str]:
        """Names of the channels that are shown."""
        return self._said.labels.get(self.group, [])

    def _make(self) -> None:
        theme, labels = self._theme, self.labels
        dpg.delete_item(self._groups_box, children_only=True)
        if len(self._said.labels) > 1:
            groups = [Choice(name, name) for name in self._said.labels]
            ChoiceButton(tr("Which stream"), groups, lambda: self.group, self._choose_group).build(
                self._groups_box, theme
            )
        dpg.delete_item(self._table_box, children_only=True)
        self.cells, self.ticks, self._last, self._suggested = {}, {}, None, None
        if not labels:
            words = dpg.add_text(clean(tr("No stream has channels here. Connect a device first.")), wrap=0,
                                 parent=self._table_box)  # fmt: skip
            dpg.bind_item_theme(words, theme.text("muted"))
        first = self.page * PAGE
        # As wide as it needs to be, whatever the window is: it scrolls, and names and heading stay in sight.
        table = dpg.add_table(
            parent=self._table_box, header_row=False, policy=dpg.mvTable_SizingFixedFit, width=-1, height=-1,
            scrollX=True, scrollY=True, freeze_columns=2, freeze_rows=1,
        )  # fmt: skip
        shown = [_numbered(number, labels[number]) for number in range(first, min(len(labels), first + PAGE))]
        widest = max((theme.fonts.width(name, "words") for name in shown), default=0.0)
        name_width = max(theme.px(NAME_PX), int(widest) + theme.px(8))
        for wide in (theme.px(TICK_PX), name_width, *map(theme.px, COLUMNS.values())):
            dpg.add_table_column(parent=table, width_fixed=True, init_width_or_weight=wide)
        with dpg.table_row(parent=table):
            for name in ("", tr("Channel"), *map(name_of, COLUMNS)):
                head = dpg.add_text(label(name))
                theme.fonts.bind(head, "small")
                dpg.bind_item_theme(head, theme.text("muted"))
        for number in range(first, min(len(labels), first + PAGE)):
            self._row(table, number, labels[number])
        n_pages = max(1, -(-len(labels) // PAGE))
        # One page of one stream: nothing to turn.
        dpg.configure_item(self._turns, show=n_pages > 1 or len(self._said.labels) > 1)
        self._back.show(why_off="" if self.page else tr("These are the first."))
        self._on.show(why_off="" if self.page + 1 < n_pages else tr("These are the last."))
        self._tell()

    def _row(self, table: Tag, number: int, name: str) -> None:
        theme = self._theme
        with dpg.table_row(parent=table):
            with dpg.group():
                self.ticks[number] = dpg.add_checkbox(
                    default_value=number in self.chosen, callback=calling(self._tick, number)
                )
                tooltip(self.ticks[number], tr("Choose it: what you type goes into all chosen ones"), theme)
            dpg.add_text(_numbered(number, name))
            for field, width in COLUMNS.items():
                with dpg.group():
                    cell = dpg.add_input_text(width=theme.px(width))
                    tooltip(cell, tr(HELP[field]), theme)
                dpg.bind_item_handler_registry(cell, self._registry)
                self.cells[number, field] = cell

    def _tell(self) -> None:
        n, first = len(self.labels), self.page * PAGE
        words = tr("{first} to {last} of {n}").format(first=min(n, first + 1), last=min(n, first + PAGE), n=n)
        if self.chosen:
            chosen = len(self.chosen)
            words += " · " + trn("{n} chosen", "{n} chosen", chosen).format(n=chosen)
        self._where.say(words)
        none = "" if self.labels else tr("No stream has channels here. Connect a device first.")
        self._all.show(text=tr("Choose none") if len(self.chosen) == n and n else tr("Choose all"), why_off=none)
        few = "" if len(self.chosen) > 1 else tr("Choose two channels or more, at the left.")
        self._down.show(why_off=none or few)
        self._paste.show(why_off=none)
        self._copy.show(why_off=none)
        self._from.set_off(none)

    def _turn(self, step: int) -> None:
        self.page += step
        self.show(self._said)

    def _choose_group(self, name: str) -> None:
        self.group, self.page, self.chosen = name, 0, set()
        self.show(self._said)

    # Choosing

    def _tick(self, number: int) -> None:
        self.chosen ^= {number}
        self._tell()

    def _choose_all(self) -> None:
        n = len(self.labels)
        self.chosen = set() if len(self.chosen) == n else set(range(n))
        for number, tick in self.ticks.items():
            dpg.set_value(tick, number in self.chosen)
        self._tell()

    # Typing

    def _cell(self, item: Tag) -> tuple[int, str] | None:
        return next((place for place, tag in self.cells.items() if tag == item), None)

    def _entered(self, item: Tag) -> None:
        self._last = self._cell(item) or self._last

    def _left(self, item: Tag) -> None:
        place = self._cell(item)
        if place is not None:
            self.put(*place, str(dpg.get_value(item)))

    def put(self, number: int, field: str, typed: str) -> None:
        """Say something of a channel, and of all chosen ones where it is one of them."""
        from ..recordings import SessionError
        from ..recordings.about_edits import Change
        from ..recordings.about_fields import checked

        try:
            value = checked(field, typed)
        except SessionError as error:
            self._say(str(error))
            return
        numbers = sorted(self.chosen) if number in self.chosen else [number]
        self._change(
            [Change(field, value, self.group, one) for one in numbers], f"{name_of(field)}: {typed[:40] or '–'}"
        )

    def _change(self, changes: Sequence[Change], text: str) -> None:
        rows = self._said.channels[self.group]
        wanted = [one for one in changes if one.channel is not None and rows[one.channel][one.field] != one.after]
        self._say("")
        if wanted:
            n = len({one.channel for one in wanted})
            self._apply(wanted, f"{text} ({trn('{n} channel', '{n} channels', n).format(n=n)})", "")
        else:
            self.show(self._said)

    def _fill_down(self) -> None:
        from ..recordings.about_edits import Change

        first, *others = sorted(self.chosen)
        values = self._said.channels[self.group][first]
        said = {field: value for field, value in values.items() if value not in ("", None)}
        changes = [Change(field, value, self.group, one) for one in others for field, value in said.items()]
        self._change(changes, tr("Fill down"))

    # Tables and other recordings

    def paste(self) -> None:
        """Read a table from the clipboard."""
        from ..recordings import SessionError
        from ..recordings.about_table import changes_of

        first = min(self.chosen, default=0)
        try:
            self._change(changes_of(dpg.get_clipboard_text() or "", self.group, self.labels, first), tr("Paste table"))
        except SessionError as error:
            self._say(str(error))

    def _copy_table(self) -> None:
        from ..recordings.about import ChannelAbout
        from ..recordings.about_table import table_of

        rows = [ChannelAbout(**values) for values in self._said.channels[self.group]]
        lines = table_of(self.labels, rows).split("\n")
        dpg.set_clipboard_text("\n".join("\t".join(clean(cell) for cell in line.split("\t")) for line in lines))

    def _list_others(self, window: Tag) -> None:
        paths = self._others()[:12]
        for path in paths:
            button = dpg.add_button(label=label(path.stem, 60), parent=window, width=self._theme.px(340),
                                    callback=calling(self.copy_from, path))  # fmt: skip
            dpg.bind_item_theme(button, self._theme.choice())
            tooltip(button, str(path), self._theme)
        if not paths:
            dpg.add_text(clean(tr("No other recording is known.")), parent=window)

    def copy_from(self, path: Path) -> None:
        """Say of the channels what another recording says of those of the same stream."""
        from ..recordings import SessionError, open_session
        from ..recordings.about_edits import Change

        self._from.close()
        try:
            with open_session(path) as session:
                stream = session.streams.get(self.group) or next(iter(session.streams.values()), None)
                rows = [] if stream is None else [one.to_json() for one in stream.channels_about]
        except SessionError as error:
            self._say(str(error))
            return
        n = min(len(rows), len(self.labels))
        changes = [Change(field, value, self.group, i) for i in range(n) for field, value in rows[i].items()]
        if not changes:
            self._say(tr("{name} says nothing of its channels.").format(name=path.stem))
            return
        self._change(changes, tr("Copy from {name}").format(name=path.stem))

    # Suggestions

    def draw(self) -> None:
        """Offer usual words for the cell that is typed into. Once a frame."""
        self._tools.fit()
        if self._last is None or self._last not in self.cells:
            return
        typed = str(dpg.get_value(self.cells[self._last]))
        if (self._last, typed) == self._suggested:
            return
        self._suggested = (self._last, typed)
        dpg.delete_item(self._offer_box, children_only=True)
        self.offers = []
        room = (dpg.get_item_rect_size(self._table_box)[0] or self._theme.px(600)) - self._theme.px(16)
        for word in suggestions(self._last[1], typed):
            room -= self._theme.fonts.width(word, "words") + self._theme.px(28)
            if room < 0 or word == typed:
                continue
            offer = Switch(self._theme, word, tr("Take this"), calling(self._take, *self._last, word), "quiet")
            offer.build(self._offer_box)
            self.offers.append(offer.tag)

    def _take(self, number: int, field: str, word: str) -> None:
        if (number, field) in self.cells:
            dpg.set_value(self.cells[number, field], word)
            self.put(number, field, word)

    def delete(self) -> None:
        """Let go of what is not inside the window. Safe to call twice."""
        if self._registry and dpg.does_item_exist(self._registry):
            dpg.delete_item(self._registry)
            self._from.close()
        self._registry = 0


def _numbered(number: int, name: str) -> str:
    """Return how a channel is called in the table."""
    return label(f"{number + 1}  {name}", 24)
