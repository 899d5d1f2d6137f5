"""What a person changes about how signals are shown, and takes back: view filters for all streams, undo, redo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..sources import Stream
from ..sources.language import later, tr
from ..sources.view_filter import PRESETS, ViewFilter, preset
from ..widgets.edits import Edit, Undo

if TYPE_CHECKING:
    from ..widgets.look import Look
    from .engine import Engine
    from .workspace import Workspace

FILTER_NAMES = {
    "": later("As it comes"),
    "emg": later("EMG"),
    "eeg": later("EEG"),
    "ecg": later("ECG"),
    "envelope": later("Envelope"),
}
"""The view filters that menus offer, by their names in `PRESETS`; an empty one is none."""


class Filtering:
    """The part of the workbench that filters and takes back. Main thread only."""

    engine: Engine
    workspace: Workspace
    undo_in_front: Callable[[], Undo | None]
    """Returns the changes of the dialog that is open; None without one that has some."""

    # Changes taken back

    @property
    def _undo(self) -> Undo:
        return self.undo_in_front() or self.workspace.looks.undo

    def undo_last(self) -> None:
        """Take the last change back: of the dialog that is open, or else to channels or filters."""
        text = self._undo.undo()
        if text:
            self.engine.log(tr("Taken back: {change}.").format(change=text))

    def redo_last(self) -> None:
        """Make the change again that was taken back last."""
        text = self._undo.redo()
        if text:
            self.engine.log(tr("Done again: {change}.").format(change=text))

    def why_not_undo(self) -> str:
        """Return why there is nothing to take back."""
        return "" if self._undo.next_undo else tr("Nothing has been changed yet.")

    def why_not_redo(self) -> str:
        """Return why there is nothing to do again."""
        return "" if self._undo.next_redo else tr("Nothing has been taken back.")

    # View filters

    def filter_for(self, name: str, stream: Stream) -> ViewFilter:
        """Return a view filter, by a name in `FILTER_NAMES`, as it fits a stream that has been connected."""
        return preset(name, stream.info) if name in PRESETS else ViewFilter()

    def set_filter(self, name: str) -> None:
        """Show every stream through a view filter; one step to take back."""
        looks = [look for look in self.workspace.looks if look.ready and not self._filter_problem(name, look.stream)]
        before = [(look, look.filter) for look in looks]
        after = [(look, self.filter_for(name, look.stream)) for look in looks]

        def give(filters: list[tuple[Look, ViewFilter]]) -> None:
            for look, chosen in filters:
                look.filter = chosen

        words = tr("View filter {name}").format(name=tr(FILTER_NAMES[name]))
        self.workspace.looks.undo.do(Edit(words, lambda: give(after), lambda: give(before)))

    def is_filter(self, name: str) -> bool:
        """Tell whether every stream on screen is shown through a view filter."""
        looks = [look for look in self.workspace.looks if look.ready]
        return bool(looks) and all(look.filter == self.filter_for(name, look.stream) for look in looks)

    def why_not_filter(self, name: str) -> str:
        """Return why no stream can be shown through a view filter."""
        reasons = [self._filter_problem(name, look.stream) for look in self.workspace.looks if look.ready]
        if not reasons:
            return tr("No stream on screen can be filtered.")
        return reasons[0] if all(reasons) else ""

    def _filter_problem(self, name: str, stream: Stream) -> str:
        return self.filter_for(name, stream).check(stream.info)
