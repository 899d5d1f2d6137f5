"""A form made from what a source's constructor takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import dearpygui.dearpygui as dpg

from ..sources.form import FormField
from ..sources.language import tr
from .door import Tag, clean, label
from .panel import Words
from .popup import tooltip
from .theme import Theme


class FormError(ValueError):
    """Something typed into a form cannot be used; the message names the field."""


class FormWidget:
    """One line a setting: its name and unit, and a field to fill in. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    fields
        What to ask for, as `form_fields` returns it.
    indent
        Where fields begin, px at 100 %.
    """

    def __init__(self, theme: Theme, fields: Sequence[FormField], indent: float = 200) -> None:
        self._theme = theme
        self._indent = indent
        self.fields = tuple(fields)
        self.inputs: dict[str, Tag] = {}
        self.problem = Words(theme, "small", "bad", wrap=0)
        self.box: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the lines inside `parent`."""
        theme = self._theme
        self.box = dpg.generate_uuid()
        self.inputs = {}
        with dpg.group(tag=self.box, parent=parent):
            for field in self.fields:
                with dpg.group(horizontal=True, xoffset=theme.px(self._indent)) as line:
                    name = Words(theme)
                    # A tooltip becomes the next item of its item's group, and would move the field: give it one.
                    name.build(dpg.add_group(parent=line))
                    name.say(f"{tr(field.label)}, {field.unit}" if field.unit else tr(field.label))
                    self.inputs[field.name] = self._make_input(field, line)
                if field.help:
                    tooltip(name.tag, tr(field.help), theme)
                    tooltip(self.inputs[field.name], tr(field.help), theme)
        self.problem.build(self.box)
        self.problem.show(False)

    def _make_input(self, field: FormField, parent: Tag) -> Tag:
        tag: Tag = dpg.generate_uuid()
        width = self._theme.px(200)
        if field.kind is bool:
            dpg.add_checkbox(tag=tag, parent=parent, default_value=bool(field.default))
        elif field.choices:
            chosen = field.default if field.default in field.choices else field.choices[0]
            dpg.add_combo(
                [label(choice) for choice in field.choices], tag=tag, parent=parent, width=width, default_value=chosen
            )
        else:
            empty = tr("may stay empty") if field.default in (None, "") else ""
            hint = tr("needed") if field.required else empty
            dpg.add_input_text(tag=tag, parent=parent, width=width, hint=hint, default_value=_written(field.default))
            if field.kind in (int, float):
                self._theme.fonts.bind(tag, "figures")
        return tag

    def draw(self) -> None:
        """Nothing changes by itself."""

    def values(self) -> dict[str, Any]:
        """Return what was filled in, by the constructor's keywords; what is left empty is left out.

        Raises
        ------
        FormError
            When a field holds something else than it should; the form then says so, too.
        """
        try:
            found = {field.name: self._read(field) for field in self.fields}
        except FormError as error:
            self.problem.say(str(error))
            self.problem.show(True)
            raise
        self.problem.show(False)
        return {name: value for name, value in found.items() if value is not None}

    def _read(self, field: FormField) -> Any:
        held = dpg.get_value(self.inputs[field.name])
        if field.kind is bool:
            return bool(held)
        text = clean(held).strip()
        if not text:
            if field.required:
                raise FormError(tr("{name} is needed. Fill it in.").format(name=tr(field.label)))
            return None if field.kind in (int, float) or field.default is None else ""
        if field.kind is int:
            try:
                return int(text.replace(",", "").replace(" ", ""))
            except ValueError:
                words = tr("{name} is «{text}». Type a whole number.")
                raise FormError(words.format(name=tr(field.label), text=text)) from None
        if field.kind is float:
            try:
                value = float(text.replace(",", ".") if "." not in text else text.replace(",", ""))
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                words = tr("{name} is «{text}». Type a number.")
                raise FormError(words.format(name=tr(field.label), text=text))
            return value
        return text

    def delete(self) -> None:
        """Remove the form. Safe to call twice."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0


def _written(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else clean(value)
