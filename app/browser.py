"""All recorded sessions: find, look at, describe, cut, put aside."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr, trn
from ..widgets.choice_button import Choice, ChoiceButton
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch, Words
from ..widgets.popup import PopupButton, calling, tooltip
from ..widgets.theme import Theme
from .browser_acts import BrowserActs
from .browser_details import BrowserDetails
from .browser_index import Library
from .browser_rows import BrowserRows
from .browser_search import SORTS, search
from .browser_summary import SessionEntry
from .workbench import Workbench

DETAILS_PX = 300
SHOW_EVERY_S = 0.7
SORT_WORDS = {
    "date": later("Newest first"), "name": later("By name"), "subject": later("By subject"),
    "duration": later("Longest first"), "size": later("Largest first"),
}  # fmt: skip
FIELDS = later(
    "Words, in any order; letters may be left out. Or say where: subject:S07, tag:good, task:, muscle:, operator:,"
    " notes:, date:2026-11, state:recovered, is:gaps, is:problem, origin:cut. A minus leaves out: -tag:bad."
)


class BrowserPage:
    """A list at the left, what is chosen at the right. Main thread only.

    Parameters
    ----------
    bench
        Does what is chosen.
    theme
        Colours, faces, measures.
    acts
        Changes sessions.
    on_close
        Called to close the window around it.
    """

    def __init__(self, bench: Workbench, theme: Theme, acts: BrowserActs, on_close: Callable[[], object]) -> None:
        self._bench, self._theme, self._acts, self._on_close = bench, theme, acts, on_close
        settings = bench.settings
        self.library = Library(
            lambda: [settings.recordings_folder, *(Path(folder) for folder in settings.session_folders)],
            lambda text: bench.engine.log(text, "warn"),
        )
        self.query, self.sort = "", settings.session_sort if settings.session_sort in SORTS else "date"
        self.found: list[SessionEntry] = []
        self.field: Tag = 0
        self._seen: tuple[SessionEntry, ...] | None = None
        self._n_frames = 0
        self._shown_at = -math.inf
        self.rows = BrowserRows(theme, self._chosen, self._replay)
        self.details = BrowserDetails(bench, theme, acts, self.rows.choose_none, on_close)

    def fill(self, window: Tag) -> None:
        """Make everything inside `window`, and begin to look."""
        theme = self._theme
        self.field = dpg.generate_uuid()
        sorts = [Choice(key, tr(words)) for key, words in SORT_WORDS.items()]
        with dpg.group(parent=window, horizontal=True) as top:
            dpg.add_input_text(
                tag=self.field, width=-self._beside(),
                hint=tr("Search: words, subject:S07, tag:good, -tag:bad"),
                callback=lambda _, text: self._search(text),
            )  # fmt: skip
            tooltip(self.field, tr(FIELDS), theme)
            self._sort = ChoiceButton(tr("In which order"), sorts, lambda: self.sort, self._sort_by)
            self._sort.build(top, theme)
            self._folders = PopupButton(
                tr("Folders"), tr("Where to look for recordings; what is below is found, too"), self._fill_folders, 420
            )
            self._folders.build(top, theme)
        foot = theme.row_height + theme.px(12)
        with dpg.group(parent=window, horizontal=True):
            room = dpg.get_item_width(window) or dpg.get_viewport_client_width()
            width = min(theme.px(DETAILS_PX), int(room * 0.46))
            left = dpg.add_child_window(width=-width - theme.px(8), height=-foot, always_use_window_padding=True)
            right = dpg.add_child_window(width=width, height=-foot, always_use_window_padding=True)
        for box in (left, right):
            dpg.bind_item_theme(box, theme.ground("panel"))
        self.rows.build(left)
        self.details.build(right)
        with dpg.group(parent=window, horizontal=True) as bottom:
            self.undo = Switch(theme, tr("Undo"), tr("Take the last change back"), self._undo)
            self.redo = Switch(theme, tr("Redo"), tr("Make the change again"), self._redo)
            self.undo.build(bottom)
            self.redo.build(bottom)
            self._status = Words(theme, "small", "muted", wrap=0)
            self._status.build(bottom)
        self._acts.on_change.append(self.library.look_soon)
        self.library.start()

    def _beside(self) -> int:
        """Return the room of the buttons beside the field, px."""
        texts = tr(SORT_WORDS[self.sort]), tr("Folders")
        return int(sum(self._theme.fonts.width(text, "words") for text in texts)) + self._theme.px(56)

    def draw(self) -> None:
        """Bring everything up to date. Once a frame."""
        self._n_frames += 1
        if self._n_frames <= 3:
            dpg.focus_item(self.field)
        entries = self.library.entries
        # While many are read for the first time, not with each of them.
        now = time.monotonic()
        if entries is not self._seen and (not self.library.n_waiting or now - self._shown_at > SHOW_EVERY_S):
            self._seen, self._shown_at = entries, now
            self._show()
        self.rows.draw()
        if not dpg.does_item_exist(self.field):
            # A double click has opened a recording, and closed this.
            return
        self.details.draw()
        undo, redo = self._acts.undo.next_undo, self._acts.undo.next_redo
        self.undo.show(why_off="" if undo else tr("Nothing was changed here yet."))
        self.redo.show(why_off="" if redo else tr("Nothing was taken back."))
        self._status.say(self._words(undo))

    def _words(self, undo: str) -> str:
        if self.library.entries is None:
            return tr("Looking for recordings…")
        n, n_all = len(self.found), len(self.library.entries)
        words = trn("{n} recording", "{n} recordings", n_all).format(n=n_all)
        if n != n_all:
            words = tr("{n} of {all}").format(n=n, all=words)
        if self.library.n_waiting:
            words += " · " + tr("{n} still to be read").format(n=self.library.n_waiting)
        jobs = self._bench.engine.jobs.states
        words += "".join(f" · {job.title}, {100 * job.share:.0f} %" for job in jobs[:2])
        return words + " · " + tr("last change: {change}").format(change=undo) if undo else words

    def _show(self) -> None:
        if self._seen is None:
            return
        self.found = search(self.query, self._seen, self.sort)
        nothing = (
            tr("No recording fits. Try fewer letters.")
            if self._seen
            else tr("No recordings here yet. They appear when you press Record and Stop; Folders says where to look.")
        )
        self.rows.show(self.found, nothing)
        self._chosen()

    def _search(self, text: str) -> None:
        self.query = clean(text)
        self.rows.first_page()
        self._show()

    def _sort_by(self, key: str) -> None:
        self.sort = self._bench.settings.session_sort = key
        dpg.configure_item(self.field, width=-self._beside())
        self.rows.first_page()
        self._show()

    def _chosen(self) -> None:
        self.details.show(self.rows.chosen_entries())

    def _replay(self, entry: SessionEntry) -> None:
        self.details.replay(entry)

    def _undo(self) -> None:
        self._acts.undo.undo()

    def _redo(self) -> None:
        self._acts.undo.redo()

    def escape(self) -> bool:
        """Leave a form that is open in it; return whether there was one."""
        return self.details.escape()

    # Folders

    def _fill_folders(self, window: Tag) -> None:
        theme, settings = self._theme, self._bench.settings
        width = theme.px(400)
        own = dpg.add_text(label(str(settings.recordings_folder)), parent=window)
        dpg.bind_item_theme(own, theme.text("muted"))
        for folder in settings.session_folders:
            with dpg.group(parent=window, horizontal=True):
                remove = dpg.add_button(label="×", width=theme.row_height, callback=calling(self._forget, folder))
                tooltip(remove, tr("Look there no more; nothing is deleted."), theme)
                dpg.add_text(label(folder))
        field = dpg.add_input_text(
            parent=window, width=width, hint=tr("Another folder, then Enter"), on_enter=True,
            callback=lambda _, text: self._add_folder(text),
        )  # fmt: skip
        tooltip(field, tr("Its full path; all recordings below it are shown."), theme)

    def _add_folder(self, text: str) -> None:
        path = Path(clean(text).strip()).expanduser()
        if not clean(text).strip() or not path.is_dir():
            self._bench.engine.log(tr("There is no folder {path}. Check the spelling.").format(path=path), "warn")
            return
        folders = self._bench.settings.session_folders
        if str(path.absolute()) not in folders:
            self._bench.settings.session_folders = [*folders, str(path.absolute())]
        self._folders.close()

    def _forget(self, folder: str) -> None:
        settings = self._bench.settings
        settings.session_folders = [one for one in settings.session_folders if one != folder]
        self._folders.close()

    def delete(self) -> None:
        """Stop looking. Safe to call twice."""
        if self.library.look_soon in self._acts.on_change:
            self._acts.on_change.remove(self.library.look_soon)
            self.library.stop()
        self._folders.close()
        self.details.delete()
