"""The options of a format as lines to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..sources.form import FormField
from ..sources.language import tr
from ..widgets import FormWidget, Theme
from ..widgets.door import Tag
from .format_options import FormatOption


class OptionForm:
    """One line an option; choices in words. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    options
        What to ask for.
    """

    def __init__(self, theme: Theme, options: Sequence[FormatOption]) -> None:
        self._options = tuple(options)
        self.form = FormWidget(theme, [_field(option) for option in options], indent=120)

    def build(self, parent: Tag) -> None:
        """Make the lines inside `parent`."""
        self.form.build(parent)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the format's function takes it; what is left empty is left out.

        Raises
        ------
        FormError
            When a field holds something else than it should; the form then says so, too.
        """
        found = {name: value for name, value in self.form.values().items() if value != ""}
        for option in self._options:
            if option.words.choices and option.name in found:
                shown = {tr(words): value for value, words in option.words.choices.items()}
                found[option.name] = shown[found[option.name]]
        return found

    def delete(self) -> None:
        """Remove the lines. Safe to call twice."""
        self.form.delete()


def _field(option: FormatOption) -> FormField:
    choices = tuple(tr(words) for words in option.words.choices.values())
    default: Any = option.default if option.default != "" else None
    if choices:
        default = tr(option.words.choices[option.default])
    kind = bool if isinstance(option.default, bool) else float if option.is_number else str
    # Empty texts are no defaults to show: the field says that it may stay empty.
    return FormField(option.name, option.words.label, kind, default, help=option.words.help, choices=choices)
