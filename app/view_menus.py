"""The menus that change with what is there: views, layouts, filters, themes, sizes, languages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..sources.language import LANGUAGES, later, tr
from .actions import Action, Submenu
from .filtering import FILTER_NAMES
from .snapshots import ShownView
from .workbench import SCALES, Workbench

Entries = list[Action | Submenu | None]
THEMES = (("dark", later("Dark")), ("light", later("Light")), ("high contrast", later("High contrast")))


class ViewMenus:
    """Says what the changing menus hold. Main thread only.

    Parameters
    ----------
    workbench
        Does it.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._bench = workbench

    # Views and layouts

    def add_view(self) -> Entries:
        """Return a submenu for each kind of view, with the streams it suits."""
        entries: Entries = []
        for kind in self._bench.pane_kinds():
            if kind.of_stream:
                streams = partial(self._streams_for, kind.kind)
                why_not = partial(self._bench.why_not_add_view, kind.kind)
                entries.append(Submenu(tr(kind.title), streams, why_not, tr(kind.help)))
            else:
                entries.append(self._add(kind.kind, "", tr(kind.title), tr(kind.help)))
        return entries

    def _streams_for(self, kind: str) -> Entries:
        words = tr("Of this stream, beside what is there.")
        return [self._add(kind, stream.name, stream.name, words) for stream in self._bench.state.streams]

    def _add(self, kind: str, stream: str, label: str, words: str) -> Action:
        return Action(
            label,
            partial(self._bench.add_view, kind, stream),
            help=words,
            why_not=partial(self._bench.why_not_add_view, kind, stream),
        )

    def close_view(self) -> Entries:
        """Return an action to close each pane."""
        bench = self._bench
        return self._per_pane(bench.close_pane, bench.why_not_close_pane, tr("Take it off the screen."))

    def float_view(self) -> Entries:
        """Return an action to let each pane float, or to put it back."""
        bench = self._bench
        floats = {pane.id for pane in bench.panes() if pane.floating}
        docked = self._per_pane(bench.float_pane, bench.why_not_float_pane, tr("Let it float above the others."))
        back = self._per_pane(bench.dock_pane, bench.why_not_dock_pane, tr("Put it back among the others."))
        return [b if pane.id in floats else d for pane, d, b in zip(bench.panes(), docked, back, strict=True)]

    def maximise_view(self) -> Entries:
        """Return an action to give each pane the whole room."""
        bench = self._bench
        return self._per_pane(bench.maximise_pane, bench.why_not_maximise_pane, tr("Give it the whole room, or back."))

    def _per_pane(self, do: Callable[[str], object], why_not: Callable[[str], str], words: str) -> Entries:
        return [
            Action(pane.title, partial(do, pane.id), help=words, why_not=partial(why_not, pane.id))
            for pane in self._bench.panes()
        ]

    def layouts(self) -> Entries:
        """Return all layouts, and what can be done with them."""
        bench = self._bench
        names = [
            Action(
                tr(name) if bench.is_built_in(name) else name,
                partial(bench.use_layout, name),
                help=tr(bench.layout_help(name)),
                why_not=partial(bench.why_not_use_layout, name),
                checked=partial(self._is_layout, name),
            )
            for name in bench.layouts
        ]
        own = [name for name in bench.layouts if not bench.is_built_in(name)]
        forget = [
            Action(
                name,
                partial(bench.delete_layout, name),
                help=tr("Forget this layout; what is on screen stays."),
                why_not=partial(bench.why_not_delete_layout, name),
            )
            for name in own
        ]
        return [*names, None, Submenu(tr("Delete layout"), lambda: [*forget], lambda: self._why_none_own(own))]

    def _is_layout(self, name: str) -> bool:
        return self._bench.layout_name == name

    @staticmethod
    def _why_none_own(own: list[str]) -> str:
        return "" if own else tr("There is no layout of your own yet. Save one first.")

    # What is shown, to be kept

    def snapshots(self) -> Entries:
        """Return an action to take a picture of each view."""
        return self._per_view(self._bench.snapshots.take, tr("A PNG file in the recordings folder."))

    def copies(self) -> Entries:
        """Return an action to copy each view's values."""
        words = tr("As CSV, to be pasted into a table.")
        return self._per_view(self._bench.snapshots.copy, words, self._bench.snapshots.why_no_values)

    def saves(self) -> Entries:
        """Return an action to save each view's values."""
        words = tr("A CSV file in the recordings folder.")
        return self._per_view(self._bench.snapshots.save, words, self._bench.snapshots.why_no_values)

    def _per_view(
        self, do: Callable[[ShownView], object], words: str, why_not: Callable[[ShownView], str] = lambda _: ""
    ) -> Entries:
        return [
            Action(view.title, partial(do, view), help=words, why_not=partial(why_not, view))
            for view in self._bench.snapshots.views()
        ]

    # Filters

    def filters(self) -> Entries:
        """Return the view filters to choose from."""
        bench = self._bench
        words = tr("Shown only. The file holds the raw signal.")
        return [
            Action(
                tr(name),
                partial(bench.set_filter, key),
                help=words,
                why_not=partial(bench.why_not_filter, key),
                checked=partial(bench.is_filter, key),
            )
            for key, name in FILTER_NAMES.items()
        ]

    # Looks

    def themes(self) -> Entries:
        """Return the colour schemes."""
        return [
            Action(tr(name), partial(self._bench.set_theme, key), checked=partial(self._is_theme, key))
            for key, name in THEMES
        ]

    def _is_theme(self, key: str) -> bool:
        return self._bench.settings.theme == key

    def scales(self) -> Entries:
        """Return the sizes on screen."""
        return [
            Action(f"{percent} %", partial(self._bench.set_scale, percent), checked=partial(self._is_scale, percent))
            for percent in SCALES
        ]

    def _is_scale(self, percent: int) -> bool:
        return self._bench.settings.scale_percent == percent

    def languages(self) -> Entries:
        """Return the languages, each in its own words."""
        system = Action(
            tr("The system's"),
            partial(self._bench.set_language, ""),
            help=tr("As the rest of this computer."),
            checked=partial(self._is_language, ""),
        )
        return [
            system,
            *(
                Action(name, partial(self._bench.set_language, code), checked=partial(self._is_language, code))
                for code, name in LANGUAGES.items()
            ),
        ]

    def _is_language(self, code: str) -> bool:
        return self._bench.settings.language == code
