"""The part of the menus that is about takes: check, redo, trials, protocol, seconds before Record."""

from __future__ import annotations

from functools import partial

from ..sources.language import tr
from .actions import Action, Submenu
from .pretrigger import CHOICES
from .view_menus import Entries
from .workbench import Workbench


class TakeMenus:
    """Says what the menus hold, in the language of the moment. Main thread only.

    Parameters
    ----------
    workbench
        Does it.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._bench = workbench

    def entries(self) -> Entries:
        """Return what comes below Record and Mark."""
        bench, takes = self._bench, self._bench.takes
        return [
            Action(
                tr("Check before recording"), partial(bench.open_dialog, "preflight"), "Ctrl+R",
                tr("Streams, batteries, clocks and disk, one by one."), bench.why_no_stream,
            ),
            Action(
                tr("Redo the last take"), takes.redo, "Shift+R",
                tr("Sets it aside, so that the next one has its number. Nothing is removed."), takes.why_not_redo,
            ),
            Action(
                tr("Bring back the take set aside"), takes.bring_back, "", tr("It counts again."),
                takes.why_not_bring_back,
            ),
            Action(
                tr("Next trial"), takes.begin_trial, "J", tr("Mark the beginning of the next part of this recording."),
                takes.why_no_trial,
            ),
            Action(
                tr("Redo the trial"), takes.redo_trial, "Shift+J",
                tr("Begin the last trial again, under its number."), takes.why_not_redo_trial,
            ),
            Submenu(tr("Protocol"), self._protocols, self._why_not_now),
            Submenu(tr("Keep before Record"), self._seconds_before, self._why_not_now),
        ]  # fmt: skip

    def _why_not_now(self) -> str:
        return tr("A recording runs. Stop it first.") if self._bench.state.recording else ""

    def _protocols(self) -> Entries:
        takes, settings = self._bench.takes, self._bench.settings

        def choice(name: str) -> Action:
            tip = tr("Check against it before each recording.") if name else tr("Only what every recording needs.")
            text, choose = name or tr("No protocol"), partial(takes.choose, name)
            return Action(text, choose, help=tip, checked=lambda: settings.protocol == name)

        edit = tr("Save what is connected as a protocol, change one, hand it on.")
        return [
            *map(choice, ["", *takes.protocols.all()]),
            None,
            Action(tr("Edit protocol…"), partial(self._bench.open_dialog, "protocol"), help=edit),
        ]

    def _seconds_before(self) -> Entries:
        takes, settings = self._bench.takes, self._bench.settings

        def choice(seconds: float) -> Action:
            text = tr("{seconds:g} s").format(seconds=seconds) if seconds else tr("Nothing from before")
            tip = tr("Put so much from before Record in front of the recording.")
            keep = partial(takes.keep_before, seconds)
            return Action(text, keep, help=tip, checked=lambda: settings.pretrigger_s == seconds)

        return [choice(seconds) for seconds in CHOICES]
