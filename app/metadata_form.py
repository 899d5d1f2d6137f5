"""The fields of a whole recording: subject, task, notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch, Words
from ..widgets.popup import tooltip
from ..widgets.theme import Theme
from .metadata_words import HELP, name_of, warning, written

if TYPE_CHECKING:
    from ..recordings.about_edits import Change

LABEL_PX = 120
NOTES_PX = 110
MAX_TYPED = 40_000

Apply = Callable[[Sequence["Change"], str, str], object]


class MetadataForm:
    """One line a field; what was typed is taken when the field is left. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces, measures.
    fields
        Which ones.
    apply
        Called with changes, a text and a key: what was typed and could be understood.
    next_code
        Returns the next free code for a subject.
    """

    def __init__(self, theme: Theme, fields: Sequence[str], apply: Apply, next_code: Callable[[], str]) -> None:
        self._theme, self._fields, self._apply, self._next_code = theme, tuple(fields), apply, next_code
        self.inputs: dict[str, Tag] = {}
        self.problems: dict[str, Words] = {}
        self._values: dict[str, Any] = {}
        self._registry: Tag = 0
        self._code = Switch(theme, "", tr("Take the next code that is free among the recordings."), self._take_code)

    def build(self, parent: Tag) -> None:
        """Make the lines inside `parent`."""
        theme = self._theme
        self.delete()
        self.inputs, self.problems = {}, {}
        self._registry = dpg.generate_uuid()
        with dpg.item_handler_registry(tag=self._registry):
            dpg.add_item_deactivated_after_edit_handler(callback=lambda _, item: self._left(item))
        for field in self._fields:
            with dpg.group(parent=parent, horizontal=True, xoffset=theme.px(LABEL_PX)):
                dpg.add_text(label(name_of(field)))
                with dpg.group() as cell, dpg.group(horizontal=True) as line:
                    # A tooltip becomes the next item of its item's group, and would move what follows: give it one.
                    with dpg.group():
                        tag = self._input(field)
                        tooltip(tag, tr(HELP[field]), theme)
                    if field == "subject":
                        self._code.build(line)
            self.inputs[field] = tag
            dpg.bind_item_handler_registry(tag, self._registry)
            self.problems[field] = Words(theme, "small", "warn", wrap=0)
            self.problems[field].build(cell)
            self.problems[field].show(False)

    def _input(self, field: str) -> Tag:
        theme = self._theme
        tag: Tag = dpg.generate_uuid()
        width = theme.px(220) if field == "subject" else -theme.px(8)
        if field == "notes":
            dpg.add_input_text(tag=tag, multiline=True, width=width, height=theme.px(NOTES_PX))
        else:
            dpg.add_input_text(tag=tag, width=width)
        return tag

    def show(self, values: dict[str, Any]) -> None:
        """Write values into the fields, but for one that is being typed into."""
        self._values = values
        for field, tag in self.inputs.items():
            if not dpg.is_item_active(tag):
                dpg.set_value(tag, clean(written(values.get(field)), MAX_TYPED))
                self._warn(field, warning(str(values.get(field) or "")) if field == "subject" else "")
        if "subject" in self.inputs:
            code = self._next_code()
            there = str(values.get("subject") or "") == code
            self._code.show(
                text=tr("Next free: {code}").format(code=code), why_off=tr("It has this code already.") if there else ""
            )

    def _warn(self, field: str, text: str) -> None:
        self.problems[field].say(text)
        self.problems[field].show(bool(text))

    def _left(self, item: Tag) -> None:
        field = next((name for name, tag in self.inputs.items() if tag == item), None)
        if field is not None:
            self.keep(field, str(dpg.get_value(item)))

    def _take_code(self) -> None:
        code = self._next_code()
        dpg.set_value(self.inputs["subject"], code)
        self.keep("subject", code)

    def keep(self, field: str, typed: str) -> None:
        """Take what was typed into a field, or say why not."""
        from ..recordings import SessionError
        from ..recordings.about_edits import Change
        from ..recordings.about_fields import checked

        try:
            value = checked(field, typed)
        except SessionError as error:
            self._warn(field, str(error))
            return
        self._warn(field, warning(str(value)) if field == "subject" else "")
        if value != self._values.get(field):
            words = tr("{field}: {value}").format(field=name_of(field), value=written(value)[:40] or "–")
            self._apply([Change(field, value)], words, "")

    def delete(self) -> None:
        """Let go of what is not inside the window. Safe to call twice."""
        if self._registry and dpg.does_item_exist(self._registry):
            dpg.delete_item(self._registry)
        self._registry = 0
