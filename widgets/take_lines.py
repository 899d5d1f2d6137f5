"""Lines of the panel to record: the next take, whether anything speaks against it, trials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .door import Tag, label
from .marks import Mark
from .panel import Switch, Words
from .popup import centred
from .state import StateView
from .theme import Theme


@dataclass(frozen=True)
class TakeView:
    """Which take comes next, or runs.

    Parameters
    ----------
    next
        What the next take is called; empty where nobody counts.
    preflight
        Whether anything speaks against recording; None where nobody looked.
    why_not_redo
        Why the last take cannot be done again; empty when it can.
    can_bring_back
        Whether a take was set aside and has not been done again.
    next_trial
        Number of the next trial.
    why_not_redo_trial
        Why the last trial cannot be done again; empty when it can.
    """

    next: str = ""
    preflight: StateView | None = None
    why_not_redo: str = ""
    can_bring_back: bool = False
    next_trial: int = 1
    why_not_redo_trial: str = ""


def _nothing() -> None:
    """Stand in where nobody listens."""


@dataclass(frozen=True)
class TakeActions:
    """What is called by the buttons about takes and trials.

    Parameters
    ----------
    on_preflight
        Show the list of what was looked at.
    on_redo, on_bring_back
        Set the last take aside; let it count again.
    on_trial, on_redo_trial
        Begin the next trial; begin the last one again.
    """

    on_preflight: Callable[[], object] = _nothing
    on_redo: Callable[[], object] = _nothing
    on_bring_back: Callable[[], object] = _nothing
    on_trial: Callable[[], object] = _nothing
    on_redo_trial: Callable[[], object] = _nothing


class TakeLines:
    """What was counted, what was looked at, and buttons to do a take or a trial again. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    actions
        What the buttons do.
    """

    def __init__(self, theme: Theme, actions: TakeActions) -> None:
        self._theme = theme
        self._actions = actions
        self.check = Switch(theme, "", "", actions.on_preflight, "quiet", line=True)
        self._check_mark = Mark(theme)
        self._which = Words(theme, "small", "muted")
        self.next = Words(theme, "strong")
        self.redo = Switch(theme, tr("Redo"), "", self._redo)
        self.trial = Switch(theme, tr("Trial"), tr("Mark the beginning of the next trial (J)"), actions.on_trial)
        again = tr("Begin this trial again, under its number; the one before stays, marked as superseded (Shift+J)")
        self.redo_trial = Switch(theme, tr("Again"), again, actions.on_redo_trial)
        self._take_line: Tag = 0
        self._check_line: Tag = 0
        self._trial_line: Tag = 0
        self._brings_back = False

    def build(self, body: Tag) -> None:
        """Make the lines inside `body`."""
        theme = self._theme
        self._take_line, self._check_line, self._trial_line = (dpg.generate_uuid() for _ in range(3))
        with dpg.table(tag=self._take_line, parent=body, header_row=False, policy=dpg.mvTable_SizingFixedFit):
            dpg.add_table_column(width_stretch=True)
            words = max(theme.fonts.width(text, "words") for text in (tr("Redo"), tr("Undo")))
            dpg.add_table_column(width_fixed=True, init_width_or_weight=max(theme.px(84), int(words) + theme.px(24)))
            with dpg.table_row():
                with dpg.group(horizontal=True) as cell:
                    self._which.build(centred(cell, theme.fonts.height("small"), theme))
                    self.next.build(centred(cell, theme.fonts.height("words"), theme))
                self.redo.build(dpg.add_group(), -1)
        with dpg.group(tag=self._check_line, parent=body, horizontal=True):
            side = theme.fonts.height("words") + 2
            self._check_mark.build(centred(self._check_line, side, theme, text=False))
            self.check.build(dpg.add_group(parent=self._check_line), -1)
        with dpg.group(tag=self._trial_line, parent=body, horizontal=True):
            self.trial.build(dpg.add_group(parent=self._trial_line), -theme.px(92))
            self.redo_trial.build(dpg.add_group(parent=self._trial_line), -1)
        for line in (self._take_line, self._check_line, self._trial_line):
            dpg.configure_item(line, show=False)

    def _redo(self) -> None:
        if self._brings_back:
            self._actions.on_bring_back()
        else:
            self._actions.on_redo()

    def show(self, view: TakeView, *, recording: bool) -> None:
        """Bring the lines up to date."""
        dpg.configure_item(self._take_line, show=bool(view.next))
        if view.next:
            self._brings_back = view.can_bring_back and not recording
            redo = tr("Set this take aside and stop: the next one has its number (Shift+R). Nothing is removed.")
            if not recording:
                redo = tr("Set the last take aside: the next one has its number (Shift+R). Nothing is removed.")
            if self._brings_back:
                redo = tr("Let the take that was set aside count again.")
            self.redo.say(redo)
            text = tr("Undo") if self._brings_back else tr("Redo")
            self.redo.show(text=text, why_off="" if self._brings_back else view.why_not_redo)
            self._which.say(tr("Now") if recording else tr("Next"))
            self.next.say(label(view.next, 40))
        checked = view.preflight is not None and not recording
        dpg.configure_item(self._check_line, show=checked)
        if view.preflight is not None and checked:
            self._check_mark.show(view.preflight.shape, view.preflight.role)
            self.check.say(view.preflight.detail or tr("Everything that was looked at is in order. Press to see it."))
            self.check.show(text=view.preflight.words)
        dpg.configure_item(self._trial_line, show=recording and bool(view.next))
        self.trial.show(text=tr("Trial {n}").format(n=view.next_trial))
        self.redo_trial.show(why_off=view.why_not_redo_trial)
