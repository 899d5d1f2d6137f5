"""The editor of what is said of a recording: now for the next one, or after the fact with an audit trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr
from ..widgets.door import Tag, clean
from ..widgets.panel import Switch, Words
from ..widgets.theme import Theme
from .browser_acts import BrowserActs
from .metadata_channels import MetadataChannels
from .metadata_form import MetadataForm
from .metadata_history import MetadataHistory
from .metadata_target import Coming, Recorded, Said, Target
from .shelf import sessions_in
from .workbench import Workbench

if TYPE_CHECKING:
    from ..recordings.about_edits import AboutEdit, Change

REFRESH_FRAMES = 60
TABS = {
    "recording": (later("Recording"), later("Subject, task, notes")),
    "channels": (later("Channels"), later("Muscle, side and electrodes of each channel")),
    "history": (later("History"), later("Who changed what, and when")),
}


class MetadataPage:
    """Three pages and a footer. Main thread only.

    Parameters
    ----------
    bench
        Knows streams, settings, recordings.
    theme
        Colours, faces, measures.
    acts
        Writes, and takes back.
    path
        The session; None for the next recording.
    """

    def __init__(self, bench: Workbench, theme: Theme, acts: BrowserActs, path: Path | None) -> None:
        self._bench, self._theme, self._acts = bench, theme, acts
        self.target: Target = Recorded(path, acts) if path is not None else Coming(bench, acts)
        self._path = path
        self.said = Said({}, {}, {})
        self.tab = "recording"
        self.tabs: dict[str, Switch] = {}
        self._changed = True
        self._n_frames = 0
        self._problem = ""
        self._codes: str | None = None
        self.form = MetadataForm(theme, self.target.fields, self._apply, self._next_code)
        self.channels = MetadataChannels(theme, self._apply, self._others, self._say)
        self.history = MetadataHistory(theme, self._restore)
        self.status = Words(theme, "small", "muted", wrap=0)
        self._body: Tag = 0

    def fill(self, window: Tag) -> None:
        """Make everything inside `window`."""
        theme = self._theme
        head = dpg.add_group(parent=window)
        dpg.bind_item_theme(head, theme.lines())
        title = dpg.add_text(clean(self.target.title, 120), parent=head)
        theme.fonts.bind(title, "strong")
        about = dpg.add_text(clean(self.target.about), parent=head, wrap=0)
        theme.fonts.bind(about, "small")
        dpg.bind_item_theme(about, theme.text("muted"))
        dpg.add_spacer(parent=window, height=theme.px(2))
        with dpg.group(parent=window, horizontal=True) as line:
            for name, (words, tip) in TABS.items():
                self.tabs[name] = Switch(theme, tr(words), tr(tip), partial(self.choose, name))
                self.tabs[name].build(line)
        foot = theme.row_height + theme.px(12)
        self._body = dpg.add_child_window(parent=window, width=-1, height=-foot, always_use_window_padding=True)
        dpg.bind_item_theme(self._body, theme.ground("panel"))
        with dpg.group(parent=window, horizontal=True) as bottom:
            self.undo = Switch(theme, tr("Undo"), tr("Take the last change back"), self._acts.undo.undo)
            self.redo = Switch(theme, tr("Redo"), tr("Make the change again"), self._acts.undo.redo)
            back = Switch(theme, tr("Recordings"), tr("Back to the list of all recordings"), self._browse)
            for switch in (self.undo, self.redo, back):
                switch.build(bottom)
            self.status.build(bottom)
        self._acts.on_change.append(self._note_change)
        self.choose("recording")

    def choose(self, tab: str) -> None:
        """Show one of the three pages."""
        self.tab = tab
        self.form.delete()
        self.channels.delete()
        dpg.delete_item(self._body, children_only=True)
        pages: dict[str, Callable[[Tag], None]] = {
            "recording": self.form.build, "channels": self.channels.build, "history": self.history.build,
        }  # fmt: skip
        pages[tab](self._body)
        self._changed = True

    def _note_change(self) -> None:
        self._changed = True

    def draw(self) -> None:
        """Bring everything up to date. Once a frame."""
        self._n_frames += 1
        # Streams come and go by themselves; what is recorded changes only here.
        if self._path is None and self._n_frames % REFRESH_FRAMES == 0:
            self._changed = True
        if self._changed:
            self._changed = False
            self._read()
        if self.tab == "channels":
            self.channels.draw()
        for name, switch in self.tabs.items():
            off = tr("History begins when it is recorded.") if name == "history" and not self.target.has_history else ""
            switch.show(look="on" if name == self.tab else "plain", why_off=off)
        undo, redo = self._acts.undo.next_undo, self._acts.undo.next_redo
        self.undo.show(why_off="" if undo else tr("Nothing was changed here yet."))
        self.redo.show(why_off="" if redo else tr("Nothing was taken back."))
        self.status.say(self._problem or undo, "warn" if self._problem else "muted")

    def _read(self) -> None:
        from ..recordings import SessionError

        try:
            self.said = self.target.read()
        except SessionError as error:
            self._say(str(error))
            return
        if self.tab == "recording":
            self.form.show(self.said.session)
        elif self.tab == "channels":
            self.channels.show(self.said)
        else:
            self.history.show(self.said)

    def _say(self, text: str) -> None:
        self._problem = text

    def _apply(self, changes: Sequence[Change], text: str, key: str) -> None:
        self._say("")
        self.target.apply(changes, text, key)
        # What follows at once must start from this, although it is still on its way to the disk.
        for change in changes:
            if change.channel is None:
                self.said.session[change.field] = change.after
            else:
                self.said.channels[change.what][change.channel][change.field] = change.after

    def _restore(self, edit: AboutEdit) -> None:
        self._apply([edit.back], tr("Restore"), "")

    def _browse(self) -> None:
        self._bench.shown_dialog("browse")

    def _others(self) -> list[Path]:
        recent = [Path(path) for path in self._bench.settings.recent_sessions if Path(path).is_dir()]
        found = [*recent, *sessions_in(self._bench.settings.recordings_folder)]
        return [path for path in dict.fromkeys(found) if path != self._path]

    def _next_code(self) -> str:
        """Return the next free code for a subject; the recordings are looked at once."""
        if self._codes is None:
            from ..recordings.about_words import next_subject
            from .browser_index import read_subjects

            self._codes = next_subject(read_subjects(self._bench.settings.recordings_folder))
        return self._codes

    def delete(self) -> None:
        """Let go of what is not inside the window. Safe to call twice."""
        if self._note_change in self._acts.on_change:
            self._acts.on_change.remove(self._note_change)
        self.form.delete()
        self.channels.delete()
