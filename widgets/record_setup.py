"""The rest of what can be said before a recording: subject, task, operator, notes, protocol, seconds before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .door import Tag, clean, label
from .figures import span
from .panel import Switch, Words
from .popup import PopupButton, calling, tooltip
from .theme import Theme

K = TypeVar("K", str, float)
FIELDS = ("subject", "task", "operator", "notes")
LIST_PX = 220


def _nothing(*_: object) -> None:
    """Stand in where nobody listens."""


@dataclass(frozen=True)
class SetupView:
    """What is set up.

    Parameters
    ----------
    protocol
        Name of the protocol that recordings go by; empty for none.
    before_s
        Seconds kept from before Record; 0 for none.
    before_told
        A sentence about them; empty when there is nothing to say.
    why_not
        Why nothing can be changed now; empty when it can.
    """

    protocol: str = ""
    before_s: float = 0.0
    before_told: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class SetupActions:
    """What is called when something is chosen.

    Parameters
    ----------
    protocols
        Returns the names of the saved protocols.
    on_protocol
        Called with the name that was chosen; empty for none.
    on_edit_protocol
        Called to open the protocol for changes.
    seconds_before
        What there is to choose from, s.
    on_seconds_before
        Called with what was chosen, s.
    on_unfold
        Called with whether the rest is shown.
    """

    protocols: Callable[[], Sequence[str]] = tuple
    on_protocol: Callable[[str], object] = _nothing
    on_edit_protocol: Callable[[], object] = _nothing
    seconds_before: Sequence[float] = (0.0, 1.0, 2.0, 5.0, 10.0)
    on_seconds_before: Callable[[float], object] = _nothing
    on_unfold: Callable[[bool], object] = _nothing


class RecordSetup:
    """Fields and choices that fold away; folded, one line says what they hold. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    actions
        What is called.
    """

    def __init__(self, theme: Theme, actions: SetupActions) -> None:
        self._theme = theme
        self._actions = actions
        self.unfolded = False
        self.typed = dict.fromkeys(FIELDS, "")
        self.inputs: dict[str, Tag] = {}
        self._view = SetupView()
        tip = tr("Subject, task, operator, notes, protocol, seconds before Record")
        self.more = Switch(theme, tr("More …"), tip, self.fold, "quiet", line=True)
        tip = tr("Check streams, battery, disk and clocks against a protocol before each recording.")
        self.protocol = PopupButton(tr("No protocol"), tip, self._fill_protocols, LIST_PX)
        tip = tr("Put the last seconds before Record in front of the recording.")
        self.before = PopupButton(tr("Nothing from before"), tip, self._fill_before, LIST_PX)
        edit = tr("Save what is connected as a protocol, change one, hand it on")
        self.edit = Switch(theme, tr("Edit…"), edit, actions.on_edit_protocol)
        self.choices: dict[str, Tag] = {}
        """What the list that was opened last offers."""
        self._told = Words(theme, "small", "muted", wrap=0)
        self._box: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the fold inside `parent`."""
        theme = self._theme
        self.more.build(parent, -1)
        self._box = dpg.generate_uuid()
        dpg.add_group(tag=self._box, parent=parent)
        hints = {
            "subject": tr("Subject code"), "task": tr("Task"), "operator": tr("Operator"), "notes": tr("Notes"),
        }  # fmt: skip
        tips = {
            "subject": tr("A code, never a name: it is kept in the recording."),
            "task": tr("What the subject does, such as abduction. Takes are counted by name, subject and task."),
            "operator": tr("Who records; kept in the recording."),
            "notes": tr("Kept in the recording."),
        }
        self.inputs = {name: dpg.generate_uuid() for name in FIELDS}
        for name in FIELDS:
            dpg.add_input_text(
                tag=self.inputs[name], parent=self._box, hint=hints[name], width=-1, default_value=self.typed[name],
                user_data=name, callback=self._note,
            )  # fmt: skip
            tooltip(self.inputs[name], tips[name], theme)
        with dpg.group(horizontal=True, parent=self._box) as line:
            self.protocol.build(dpg.add_group(parent=line), theme)
            self.edit.build(dpg.add_group(parent=line))
        self.before.build(self._box, theme)
        self._told.build(self._box)
        self._told.show(False)
        self._show()

    def _note(self, _sender: Tag, text: str, name: str) -> None:
        self.typed[name] = clean(text)

    def fill_in(self, name: str, text: str) -> None:
        """Write into a field."""
        self.typed[name] = label(text, 1000)
        if self.inputs:
            dpg.set_value(self.inputs[name], self.typed[name])

    def fold(self) -> None:
        """Show the rest, or fold it away."""
        self.unfolded = not self.unfolded
        self._actions.on_unfold(self.unfolded)
        self._show()

    def forget(self) -> None:
        """Hear that the items are gone."""
        self.inputs, self._box, self.more.tag = {}, 0, 0

    def _show(self) -> None:
        if not self._box:
            return
        dpg.configure_item(self._box, show=self.unfolded)
        self.draw(self._view)

    def draw(self, view: SetupView) -> None:
        """Bring words up to date."""
        self._view = view
        before = tr("{seconds} before").format(seconds=span(view.before_s)) if view.before_s else ""
        held = [self.typed["subject"].strip(), self.typed["task"].strip(), view.protocol, before]
        held = [label(text, 24) for text in held if text]
        folded = " · ".join(held) + " …" if held else tr("More …")
        text = tr("Less") if self.unfolded else folded
        self.more.show(text=_fitting(self._theme, text, self._room()))
        # In front of a field's width: a long name must not push the button beside it out of the panel.
        self.protocol.set_text(_fitting(self._theme, view.protocol or tr("No protocol"), self._room() * 0.6))
        self.before.set_text(before or tr("Nothing from before"))
        for button in (self.protocol, self.before):
            button.set_off(view.why_not)
        self._told.say(view.before_told)
        self._told.show(bool(view.before_told))

    def _room(self) -> float:
        width = float(dpg.get_item_rect_size(self.more.tag)[0]) if self.more.tag else 0.0
        return (width or self._theme.px(270)) - 2 * self._theme.px(10)

    def _fill_protocols(self, window: Tag) -> None:
        names = ["", *self._actions.protocols()]
        options = {name: name or tr("No protocol") for name in names}
        self._fill(window, options, self._view.protocol, self.protocol, self._actions.on_protocol)

    def _fill_before(self, window: Tag) -> None:
        seconds = self._actions.seconds_before
        words = tr("{seconds} before Record")
        options = {s: words.format(seconds=span(s)) if s else tr("Nothing from before") for s in seconds}
        self._fill(window, options, self._view.before_s, self.before, self._actions.on_seconds_before)

    def _fill(
        self, window: Tag, options: Mapping[K, str], chosen: K, popup: PopupButton, act: Callable[[K], object]
    ) -> None:
        self.choices = {}

        def choose(key: K) -> None:
            popup.close()
            act(key)

        for key, text in options.items():
            tag = dpg.add_button(
                label=label(text, 60), parent=window, width=self._theme.px(LIST_PX), callback=calling(choose, key)
            )
            self.choices[str(key)] = tag
            dpg.bind_item_theme(tag, self._theme.button("on") if key == chosen else self._theme.choice())


def _fitting(theme: Theme, text: str, room: float) -> str:
    """Return a text, cut where there is no more room, px."""
    text = label(text, 120)
    if theme.fonts.width(text, "words") <= room:
        return text
    while len(text) > 1 and theme.fonts.width(text + "…", "words") > room:
        text = text[:-1]
    return text.rstrip() + "…"
