"""Everything in the menus, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Words
from ..widgets.popup import centred
from ..widgets.theme import Theme
from .actions import Entry, Menu, entries_of, written
from .fuzzy import fits, plain
from .workbench import Workbench

N_ROWS = 11
WIDTH_PX = 640
KEYS_PX = 128
OFF_COSTS = 6.0
LATELY_GAINS = 4.0
OF_PATH = 0.5
# Dear ImGui's numbers (imgui.h); the names that dearpygui has for them are of another keyboard table.
PAGE_UP, PAGE_DOWN = 517, 518


@dataclass(frozen=True)
class Candidate:
    """An entry, with the words it is found by."""

    entry: Entry
    label: str
    whole: str


def candidates(menus: list[Menu]) -> list[Candidate]:
    """Return everything that can be found."""
    return [Candidate(e, plain(e.action.label), plain(" ".join((*e.path, e.action.label)))) for e in entries_of(menus)]


def found(query: str, among: list[Candidate], recent: list[str]) -> list[Entry]:
    """Return what letters find, best first; with none all there is, what was chosen lately first."""
    letters = plain(query).strip()
    lately = {key: len(recent) - i for i, key in enumerate(recent)}
    if not letters:
        ordered = sorted(among, key=lambda c: -lately.get(c.entry.key, 0))
        return [candidate.entry for candidate in ordered]
    scored: list[tuple[float, Entry]] = []
    for candidate in among:
        own, whole = fits(letters, candidate.label), fits(letters, candidate.whole)
        scores = [score for score in (own, None if whole is None else OF_PATH * whole) if score is not None]
        if scores:
            score = max(scores) - (OFF_COSTS if candidate.entry.why_not else 0.0)
            score += LATELY_GAINS * lately.get(candidate.entry.key, 0) / max(1, len(recent))
            scored.append((score, candidate.entry))
    # Sorting is stable: what is equally good stays in the order of the menus.
    return [entry for _, entry in sorted(scored, key=lambda pair: -pair[0])]


class PaletteWindow:
    """A field and a list below it, in the middle of the window. Main thread only.

    Parameters
    ----------
    workbench
        Runs what is chosen, and remembers it.
    theme
        Colours, faces, measures.
    menus
        What can be found.
    on_close
        Called when it closes, before what was chosen runs.
    """

    def __init__(self, workbench: Workbench, theme: Theme, menus: list[Menu], on_close: Callable[[], object]) -> None:
        self._bench = workbench
        self._theme = theme
        self._menus = menus
        self._on_close = on_close
        self._candidates: list[Candidate] = []
        self.entries: list[Entry] = []
        """What was found, best first."""
        self.chosen = 0
        """Number of the entry that Enter runs."""
        self._first = 0
        self._window: Tag = 0
        self._n_frames = 0

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return bool(self._window)

    def open(self) -> None:
        """Show the field, empty, and the whole list."""
        self.close()
        theme = self._theme
        self._candidates = candidates(self._menus)
        room = dpg.get_viewport_client_width()
        width = min(theme.px(WIDTH_PX), room - theme.px(16))
        top = min(theme.px(64), dpg.get_viewport_client_height() // 10)
        self._window, self.field = dpg.generate_uuid(), dpg.generate_uuid()
        self._n_frames = 0
        dpg.add_window(
            tag=self._window, popup=True, no_title_bar=True, no_move=True, no_resize=True, autosize=True,
            pos=((room - width) // 2, top), min_size=(width, 10),
        )  # fmt: skip
        inner = width - 2 * theme.px(8)
        dpg.add_input_text(
            tag=self.field, parent=self._window, width=inner, hint=tr("What do you want to do?"),
            callback=lambda _sender, text: self._search(text),
        )  # fmt: skip
        self._rows: list[tuple[Tag, Tag, Words]] = []
        fits_in = (dpg.get_viewport_client_height() - top) // (theme.row_height + theme.px(4)) - 3
        list_box = dpg.add_group(parent=self._window)
        dpg.bind_item_theme(list_box, theme.rows())
        for i in range(max(3, min(N_ROWS, fits_in))):
            with dpg.group(parent=list_box, horizontal=True) as row:
                button = dpg.add_button(width=inner - theme.px(KEYS_PX), height=theme.row_height)
                dpg.configure_item(button, callback=partial(self._click, i))
                keys = Words(theme, "figures", "muted")
                keys.build(centred(row, theme.fonts.height("figures"), theme))
            self._rows.append((row, button, keys))
        self._footer = Words(theme, "small", "muted", wrap=(inner - theme.px(8)) / theme.scale)
        self._footer.build(self._window)
        self._search("")

    def _search(self, text: str) -> None:
        self.entries = found(clean(text), self._candidates, self._bench.settings.recent_commands)
        self.chosen = self._first = 0
        self._show()

    def _show(self) -> None:
        theme, n = self._theme, len(self._rows)
        self._first = min(max(self._first, self.chosen - n + 1), self.chosen)
        for i, (row, button, keys) in enumerate(self._rows):
            at = self._first + i
            dpg.configure_item(row, show=at < len(self.entries))
            if at >= len(self.entries):
                continue
            entry = self.entries[at]
            tick = "● " if entry.action.checked is not None and entry.action.checked() else ""
            words = f"{tick}{entry.action.label}   ·   {' › '.join(entry.path)}"
            if entry.why_not:
                words += f"   –   {entry.why_not}"
            dpg.configure_item(button, label=label(words))
            look = ("on" if at == self.chosen else "quiet") + (" off" if entry.why_not else "")
            dpg.bind_item_theme(button, theme.choice(look))
            keys.say(written(entry.action.keys))
        if self.entries:
            entry = self.entries[self.chosen]
            off = tr("Off: {reason}").format(reason=entry.why_not) if entry.why_not else ""
            self._footer.say(off or entry.action.help or entry.action.label, "warn" if off else "muted")
        else:
            self._footer.say(tr("Nothing fits. Try fewer letters."), "muted")

    def draw(self) -> None:
        """Follow the keyboard. Once a frame."""
        if not self._window:
            return
        self._n_frames += 1
        if self._n_frames <= 3:
            dpg.focus_item(self.field)
        elif not dpg.is_item_shown(self._window):
            self.close()
            return
        if dpg.is_key_pressed(dpg.mvKey_Escape):
            self.close()
        elif dpg.is_key_pressed(dpg.mvKey_Return) or dpg.is_key_pressed(dpg.mvKey_NumPadEnter):
            self._run(self.chosen)
        else:
            step = dpg.is_key_pressed(dpg.mvKey_Down) - dpg.is_key_pressed(dpg.mvKey_Up)
            step += len(self._rows) * (dpg.is_key_pressed(PAGE_DOWN) - dpg.is_key_pressed(PAGE_UP))
            if step and self.entries:
                self.chosen = min(max(self.chosen + step, 0), len(self.entries) - 1)
                self._show()

    def _click(self, row: int) -> None:
        self._run(self._first + row)

    def _run(self, number: int) -> None:
        if number >= len(self.entries):
            return
        entry = self.entries[number]
        if entry.why_not:
            self.chosen = number
            self._show()
            return
        self._bench.settings.remember_command(entry.key)
        self.close()
        self._bench.run(entry.action)

    def close(self) -> None:
        """Take it off the screen. Safe to call twice."""
        window, self._window = self._window, 0
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)
        if window:
            self._on_close()
