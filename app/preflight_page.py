"""The list of what was looked at before recording, in the dialog: what to do about each, or record anyway."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr
from ..widgets import StateView, Theme
from ..widgets.door import Tag, clean, label
from ..widgets.marks import StateLine
from ..widgets.panel import Switch, Words
from ..widgets.popup import tooltip
from .preflight import Override, Preflight
from .preflight_items import HELP, Grade, Item
from .workbench import Workbench

REFRESH_S = 0.25
MAX_REASON = 500
WIDTHS = (92, 92, 76)
"""Of the columns before the sentence, px at 100 %."""
WORDS: dict[Grade, str] = {"ok": later("in order"), "look": later("to look at"), "red": later("red")}
KINDS = {
    "stream": later("Data"), "rate": later("Rate"), "expected": later("Protocol"), "gaps": later("Gaps"),
    "channels": later("Channels"), "clock": later("Clock"), "battery": later("Battery"), "disk": later("Disk"),
}  # fmt: skip


def state_of(grade: Grade, words: str, detail: str = "") -> StateView:
    """Return how a grade is shown: shape, colour and words."""
    if grade == "red":
        return StateView("cross", "bad", words, detail)
    return (
        StateView("triangle", "warn", words, detail) if grade == "look" else StateView("circle", "good", words, detail)
    )


def preflight_view(found: Preflight) -> StateView:
    """Return the line of the panel: the worst grade, how many, and what the first of them says."""
    first = next(iter(found.worst_first), None)
    told = found.grade != "ok" and first is not None
    detail = f"{_about(first)}: {first.sentence}" if told and first is not None else ""
    return state_of(found.grade, found.summary, detail)


def _about(item: Item) -> str:
    return tr(KINDS["disk"]) if item.about == "disk" else item.about


class _Row:
    """One item on screen."""

    def __init__(self, theme: Theme, item: Item, table: Tag) -> None:
        self._state = StateLine(theme)
        with dpg.table_row(parent=table):
            with dpg.group(horizontal=True) as cell:
                self._state.build(cell, level=True)
            about = Words(theme, "strong")
            about.build(dpg.add_group())
            about.say(label(_about(item), 24))
            kind = Words(theme, "words", "muted")
            kind.build(dpg.add_group())
            kind.say("" if item.about == "disk" else tr(KINDS[item.what]))
            self._sentence = Words(theme, wrap=0)
            self._sentence.build(dpg.add_group())
        for words in (about, kind, self._sentence):
            tooltip(words.tag, tr(HELP[item.what]), theme)
        self.show(item)

    def show(self, item: Item) -> None:
        self._state.show(state_of(item.grade, tr(WORDS[item.grade])))
        self._sentence.say(item.sentence)


class PreflightPage:
    """Lives while its dialog is open. Main thread only.

    Parameters
    ----------
    workbench
        Looks, and records.
    theme
        Colours, faces and measures.
    close
        Closes the dialog.
    """

    def __init__(self, workbench: Workbench, theme: Theme, close: Callable[[], object]) -> None:
        self._bench = workbench
        self._theme = theme
        self._close = close
        self._rows: dict[tuple[str, str, int], _Row] = {}
        self._list: Tag = 0
        self._heading = Words(theme, "words", "muted", wrap=0)
        tip = tr("Begin the recording. What is red, and your reason, are noted in it.")
        self.record = Switch(theme, tr("Record"), tip, self._record, "record")
        self.reason: Tag = 0
        self._refreshed = 0.0

    def fill(self, window: Tag) -> None:
        """Make the items inside the dialog."""
        theme = self._theme
        self._rows = {}
        self._heading.build(window)
        # Buttons and field stay in sight however long the list is.
        self._list = dpg.add_child_window(parent=window, width=-1, height=-theme.px(92), always_use_window_padding=True)
        dpg.bind_item_theme(self._list, theme.ground("panel"))
        self.reason = dpg.add_input_text(parent=window, width=-1, hint=tr("Why it is recorded all the same (optional)"))
        tooltip(self.reason, tr("Noted in the recording, with the time and the operator."), theme)
        with dpg.group(horizontal=True, parent=window) as line:
            self.record.build(dpg.add_group(parent=line))
            cancel = dpg.add_button(label=label(tr("Cancel")), callback=self._close)
            tooltip(cancel, tr("Record nothing (Esc)."), theme)
        self._refreshed = 0.0
        self.draw()

    def draw(self) -> None:
        """Look again, four times a second: what is put right turns green by itself."""
        now = time.monotonic()
        if now - self._refreshed < REFRESH_S:
            return
        self._refreshed = now
        found = self._bench.takes.look()
        words = tr("Protocol {name}: {summary}.") if found.protocol else tr("What every recording needs: {summary}.")
        self._heading.say(words.format(name=found.protocol, summary=found.summary))
        self._show_items(found)
        red = bool(found.of("red"))
        dpg.configure_item(self.reason, show=red)
        # Without the field there is more room for the list.
        dpg.configure_item(self._list, height=-self._theme.px(92 if red else 50))
        recording = tr("A recording runs already.") if self._bench.state.recording else ""
        text = tr("Record anyway") if red else tr("Record")
        self.record.show(text=text, why_off=recording or self._bench.why_not_record())

    def _show_items(self, found: Preflight) -> None:
        keyed = {(item.about, item.what, i): item for i, item in enumerate(found.worst_first)}
        if list(keyed) != list(self._rows):
            dpg.delete_item(self._list, children_only=True)
            table = dpg.add_table(
                parent=self._list, header_row=False, policy=dpg.mvTable_SizingFixedFit, borders_innerH=True,
                pad_outerX=True,
            )  # fmt: skip
            for width in WIDTHS:
                dpg.add_table_column(parent=table, width_fixed=True, init_width_or_weight=self._theme.px(width))
            dpg.add_table_column(parent=table, width_stretch=True)
            self._rows = {key: _Row(self._theme, item, table) for key, item in keyed.items()}
        for key, row in self._rows.items():
            row.show(keyed[key])

    def _record(self) -> None:
        takes = self._bench.takes
        override = None
        if takes.look().of("red"):
            reason = clean(dpg.get_value(self.reason), MAX_REASON).strip()
            override = Override(datetime.now(UTC).isoformat(timespec="seconds"), takes.operator, reason)
        takes.begin(override)
        self._close()
