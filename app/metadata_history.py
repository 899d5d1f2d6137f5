"""The audit trail on screen: when, who, what, from what to what; and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch
from ..widgets.popup import tooltip
from ..widgets.theme import Theme
from .metadata_target import Said
from .metadata_words import name_of, written

if TYPE_CHECKING:
    from ..recordings.about_edits import AboutEdit

SHOWN = 100
COLUMNS = (128, 88, 130, 110)
CHANGE_PX = 160, 320
"""What the change itself gets, at least and at most."""


class MetadataHistory:
    """The newest edits, newest first. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces, measures.
    restore
        Called with the edit whose earlier value is wanted again.
    """

    def __init__(self, theme: Theme, restore: Callable[[AboutEdit], object]) -> None:
        self._theme, self._restore = theme, restore
        self._parent: Tag = 0
        self._box: Tag = 0
        self._shown: tuple[AboutEdit, ...] | None = None
        self.back: list[Switch] = []

    def build(self, parent: Tag) -> None:
        """Make an empty list inside `parent`."""
        self._parent, self._box = parent, dpg.add_group(parent=parent)
        self._shown = None

    def show(self, said: Said) -> None:
        """List the edits."""
        if said.history == self._shown:
            return
        self._shown = said.history
        self._fill(said.history[-SHOWN:][::-1], len(said.history), said)

    def _fill(self, edits: Sequence[AboutEdit], n_all: int, said: Said) -> None:
        theme = self._theme
        dpg.delete_item(self._box, children_only=True)
        self.back = []
        if not edits:
            self._muted(tr("Nothing was changed since it was recorded."))
            return
        if n_all > len(edits):
            self._muted(tr("The newest {n} of {all}; all of them are in about.jsonl.").format(n=len(edits), all=n_all))
        # As wide as it needs to be, whatever the window is: it scrolls.
        table = dpg.add_table(
            parent=self._box, header_row=False, policy=dpg.mvTable_SizingFixedFit, width=-1, height=-1,
            scrollX=True, scrollY=True,
        )  # fmt: skip
        widths = [theme.px(width) for width in COLUMNS]
        back_width = int(theme.fonts.width(tr("Restore"), "words")) + theme.px(24)
        room = dpg.get_item_rect_size(self._parent)[0] - sum(widths) - back_width - theme.px(88)
        least, most = map(theme.px, CHANGE_PX)
        change_width = int(min(max(room, least), most))
        for width in (*widths, change_width, back_width):
            dpg.add_table_column(parent=table, width_fixed=True, init_width_or_weight=width)
        for edit in edits:
            with dpg.table_row(parent=table) as row:
                facts = _when(edit.utc), edit.by or "–", _what(edit, said), name_of(edit.field)
                for words, width in zip(facts, widths, strict=True):
                    dpg.add_text(label(words, 60), wrap=width)
                change = f"{written(edit.before) or '–'}  →  {written(edit.after) or '–'}"
                text = dpg.add_text(clean(change, 400), wrap=change_width)
                theme.fonts.bind(text, "strong")
                tooltip(text, clean(change, 1000), theme)
                words = written(edit.before) or "–"
                tip = tr("Say «{value}» again; this line stays.").format(value=words[:80])
                back = Switch(theme, tr("Restore"), tip, partial(self._restore, edit), "quiet")
                back.build(row)
                self.back.append(back)

    def _muted(self, words: str) -> None:
        item = dpg.add_text(clean(words), parent=self._box, wrap=0)
        dpg.bind_item_theme(item, self._theme.text("muted"))


def _when(utc: str) -> str:
    try:
        made = datetime.fromisoformat(utc)
    except ValueError:
        return utc[:19]
    return f"{made.astimezone() if made.tzinfo else made:%Y-%m-%d %H:%M}"


def _what(edit: AboutEdit, said: Said) -> str:
    if edit.channel is None:
        return tr("Recording")
    labels = said.labels.get(edit.what, [])
    return f"{edit.what} · {labels[edit.channel] if edit.channel < len(labels) else edit.channel + 1}"
