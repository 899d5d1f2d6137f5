"""What is known of the chosen sessions, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import dearpygui.dearpygui as dpg
import typer

from ..sources.language import tr, trn
from ..widgets.choice_button import Choice
from ..widgets.door import Tag, clean, label
from ..widgets.figures import clock
from ..widgets.panel import Switch
from ..widgets.popup import PopupButton, calling, tooltip
from ..widgets.theme import Theme
from .browser_acts import BrowserActs
from .browser_cuts import CutForm
from .browser_summary import SessionEntry
from .browser_words import origin, size, state, streams, when
from .workbench import Workbench

MAX_TAGS_SHOWN = 24


class BrowserDetails:
    """The right side of the browser. Main thread only.

    Parameters
    ----------
    bench
        Replays, describes.
    theme
        Colours, faces, measures.
    acts
        Changes sessions.
    choose_none
        Called when what was chosen goes away.
    on_close
        Called to close the window around it.
    """

    def __init__(
        self,
        bench: Workbench,
        theme: Theme,
        acts: BrowserActs,
        choose_none: Callable[[], object],
        on_close: Callable[[], object],
    ) -> None:
        self._bench, self._theme, self._acts = bench, theme, acts
        self._choose_none, self._on_close = choose_none, on_close
        self._entries: list[SessionEntry] | None = None
        self._box: Tag = 0
        self.tag_field: Tag = 0
        self.switches: dict[str, Switch] = {}
        self.cut: CutForm | None = None
        self._popups: list[PopupButton] = []

    def build(self, parent: Tag) -> None:
        """Make an empty place inside `parent`."""
        self._box = dpg.add_group(parent=parent)
        self._entries = None
        self.show([])

    def show(self, entries: list[SessionEntry]) -> None:
        """Tell of other sessions."""
        if entries == self._entries:
            return
        same = self._entries is not None and [e.path for e in entries] == [e.path for e in self._entries]
        self._entries = entries
        if self.cut is not None and same:
            # A form that is being filled in stays.
            return
        self.cut = None
        self._fill()

    def _fill(self) -> None:
        self.delete()
        dpg.delete_item(self._box, children_only=True)
        self.switches = {}
        entries = self._entries or []
        self._facts = dpg.add_group(parent=self._box)
        dpg.bind_item_theme(self._facts, self._theme.lines())
        if not entries:
            self._words(
                tr("Click a recording to see more of it. With Ctrl you choose one more, with Shift all between.")
            )
        elif self.cut is not None:
            self.cut.build(self._box)
        else:
            if len(entries) == 1:
                self._facts_of(entries[0])
            else:
                self._facts_of_all(entries)
            self._tags(entries)
            self._buttons(entries)

    def _words(self, text: str, role: str = "muted", face: str = "small") -> None:
        item = dpg.add_text(clean(text, 1500), parent=self._facts, wrap=0)
        self._theme.fonts.bind(item, face)
        dpg.bind_item_theme(item, self._theme.text(role))

    def _facts_of(self, entry: SessionEntry) -> None:
        self._words(entry.title, "text", "strong")
        if state(entry):
            self._words(state(entry), "bad" if entry.error else "warn")
        for problem in (*([entry.error] if entry.error else []), *entry.problems[:4]):
            self._words(problem, "text")
        take = tr("take {n}").format(n=entry.take) if entry.take and not entry.name else ""
        by = tr("by {operator}").format(operator=entry.operator) if entry.operator else ""
        n_events = trn("{n} event", "{n} events", entry.n_events).format(n=entry.n_events) if entry.n_events else ""
        gaps = trn("{n} gap", "{n} gaps", entry.n_gaps).format(n=entry.n_gaps) if entry.n_gaps else ""
        lines = [
            (when(entry), clock(entry.duration_s) if entry.streams else "", size(entry.n_bytes)),
            (entry.subject, entry.task, take, by),
            (streams(entry), n_events, gaps),
            (", ".join(entry.muscles[:6]) + (", …" if len(entry.muscles) > 6 else ""),),
            (entry.notes,),
            (origin(entry),),
        ]
        said = "\n".join(text for parts in lines if (text := " · ".join(part for part in parts if part)))
        self._words(said, "muted")

    def _facts_of_all(self, entries: Sequence[SessionEntry]) -> None:
        n = len(entries)
        self._words(trn("{n} recording chosen", "{n} recordings chosen", n).format(n=n), "text", "strong")
        together = clock(sum(entry.duration_s for entry in entries))
        self._words(f"{together} · {size(sum(entry.n_bytes for entry in entries))}")

    # Tags

    def _tags(self, entries: Sequence[SessionEntry]) -> None:
        theme, acts = self._theme, self._acts
        tags = list(dict.fromkeys(tag for entry in entries for tag in entry.tags))[:MAX_TAGS_SHOWN]
        room = (dpg.get_item_rect_size(dpg.get_item_parent(self._box))[0] or theme.px(280)) - theme.px(24)
        row, left = 0, 0.0
        for tag in tags:
            width = theme.fonts.width(f"{tag} ×", "words") + theme.px(28)
            if not row or width > left:
                row, left = dpg.add_group(parent=self._box, horizontal=True), room
            left -= width
            tip = tr("Take the tag «{tag}» away").format(tag=tag)
            Switch(theme, f"{tag} ×", tip, partial(acts.tag, list(entries), tag, on=False)).build(row)
        dpg.add_spacer(parent=self._box, height=theme.px(2))
        why_off = acts.why_not_read(entries)
        self.tag_field = dpg.add_input_text(
            parent=self._box, width=-1, hint=tr("Add a tag, then Enter"), on_enter=True, callback=self._add_tag,
            enabled=not why_off,
        )  # fmt: skip
        tooltip(self.tag_field, why_off or tr("A word to find it by, such as good or pilot"), theme)

    def _add_tag(self, _sender: Tag, text: str) -> None:
        tag = " ".join(clean(text).replace(",", " ").split())
        if tag and self._entries:
            self._acts.tag(self._entries, tag, on=True)
            dpg.set_value(self.tag_field, "")

    # What can be done

    def _buttons(self, entries: list[SessionEntry]) -> None:
        acts = self._acts
        unreadable = acts.why_not_read(entries)
        one = entries[0] if len(entries) == 1 else None
        single = "" if one is not None else tr("Choose just one recording.")
        self._button("replay", tr("Replay"), tr("Open it and play it."), partial(self.replay, entries[0]),
                     single or self._bench.why_not_open() or unreadable, "on")  # fmt: skip
        self._button("describe", tr("Describe…"), tr("Subject, task, muscles, electrodes; with all earlier versions."),
                     partial(self._describe, entries[0]), single or unreadable)  # fmt: skip
        self._button("check", tr("Check"), tr("Verify every sample; the report is kept with it."),
                     self._check, unreadable)  # fmt: skip
        self._button("cut", tr("Trim or split…"), tr("Parts of it as new recordings; this one stays as it is."),
                     self._open_cut, single or unreadable)  # fmt: skip
        self._button("join", tr("Join"), tr("One new recording of them all, with the time between as named gaps."),
                     partial(acts.join, entries), acts.why_not_join(entries))  # fmt: skip
        self._export_button(one, unreadable)
        self._button(
            "folder", tr("Show folder"), tr("In the system's file manager."), partial(self._folder, entries[0])
        )
        self._button("aside", tr("Put aside"), tr("Move it into a hidden folder beside it. Undo brings it back."),
                     self._put_aside, acts.why_not_put_aside(entries))  # fmt: skip

    def _button(
        self, name: str, text: str, tip: str, act: Callable[[], object], why_off: str = "", look: str = "plain"
    ) -> None:
        switch = Switch(self._theme, text, tip, act, look)
        switch.build(self._box, -1)
        switch.show(why_off=why_off)
        self.switches[name] = switch

    def _export_button(self, one: SessionEntry | None, why_off: str) -> None:
        """Ask how and where for one; several go beside themselves, as their format usually is."""
        if one is not None:
            self._button("export", tr("Export…"), tr("Make a file of another program of it."),
                         partial(self._bench.export, one.path), why_off)  # fmt: skip
            return
        export = PopupButton(tr("Export as…"), tr("In another format, each beside itself"), self._fill_formats, 260)
        export.build(self._box, self._theme)
        dpg.configure_item(export.button, width=-1)
        export.set_off(why_off)
        self._popups = [export]

    def _check(self) -> None:
        """Verify what is chosen; of one the report opens."""
        entries = self._entries or []
        self._acts.check(entries)
        if len(entries) == 1:
            self._bench.shown_report(entries[0].path)

    def _fill_formats(self, window: Tag) -> None:
        from ..recordings.formats import FORMATS

        for one in (Choice(f.name, f.title, f.about) for f in FORMATS if f.writes):
            button = dpg.add_button(
                label=label(tr(one.text)), parent=window, width=self._theme.px(240),
                callback=calling(self._export, one.key),
            )  # fmt: skip
            dpg.bind_item_theme(button, self._theme.choice())
            tooltip(button, tr(one.tip), self._theme)

    def _export(self, name: str) -> None:
        for popup in self._popups:
            popup.close()
        if self._entries:
            self._acts.export(self._entries, name)

    def replay(self, entry: SessionEntry) -> None:
        """Play a session, and close the list."""
        if not self._bench.why_not_open():
            self._bench.open_session(entry.path)
            self._on_close()

    def _describe(self, entry: SessionEntry) -> None:
        self._bench.describe(entry.path)

    def _folder(self, entry: SessionEntry) -> None:
        if typer.launch(str(entry.path), locate=True) != 0:
            self._bench.engine.log(tr("It is {path}.").format(path=entry.path))

    def _put_aside(self) -> None:
        entries, self._entries = self._entries, []
        self._acts.put_aside(entries or [])
        self._choose_none()
        self._fill()

    def _open_cut(self) -> None:
        if self._entries:
            self.cut = CutForm(self._theme, self._acts, self._entries[0], self._close_cut)
            self._fill()

    def _close_cut(self) -> None:
        self.cut = None
        self._fill()

    def escape(self) -> bool:
        """Leave the form that says where to cut; return whether it was open."""
        was_open = self.cut is not None
        if was_open:
            self._close_cut()
        return was_open

    def draw(self) -> None:
        """Bring the form up to date. Once a frame."""
        if self.cut is not None:
            self.cut.draw()
        for popup in self._popups:
            popup.keep_inside()

    def delete(self) -> None:
        """Put pop-ups away. Safe to call twice."""
        for popup in self._popups:
            popup.close()
        self._popups = []
