"""The streams that a protocol expects, as rows to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr
from ..widgets import FormError, Theme
from ..widgets.door import Tag, clean, label
from ..widgets.popup import calling, tooltip

COLUMNS = {
    "stream": (later("Stream"), 130, later("Its name, or a pattern: emg* means every stream that begins with emg.")),
    "fs": (later("Rate, Hz"), 80, later("Empty for any, 0 for irregular.")),
    "fs_tolerance_percent": (later("± %"), 50, later("How far the rate may be off.")),
    "n_channels": (later("Channels"), 76, later("Empty for any number.")),
    "unit": (later("Unit"), 60, later("Empty for any.")),
    "required": (later("Needed"), 64, later("Ticked: red where it is not as expected. Otherwise only worth a look.")),
}


class ExpectedRows:
    """A row a stream. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._box: Tag = 0
        self._given: list[dict[str, Any]] = []
        self.inputs: list[dict[str, Tag]] = []
        self.add: Tag = 0

    def build(self, parent: Tag, streams: Sequence[Mapping[str, Any]]) -> None:
        """Make the rows inside `parent`."""
        self._box = dpg.add_group(parent=parent)
        self._fill([dict(stream) for stream in streams])

    def _fill(self, streams: list[dict[str, Any]]) -> None:
        theme = self._theme
        self._given, self.inputs = streams, []
        dpg.delete_item(self._box, children_only=True)
        dpg.add_spacer(height=theme.px(8), parent=self._box)
        with dpg.table(parent=self._box, header_row=False, policy=dpg.mvTable_SizingFixedFit, scrollX=False):
            for _, width, _ in COLUMNS.values():
                dpg.add_table_column(width_fixed=True, init_width_or_weight=theme.px(width))
            dpg.add_table_column(width_fixed=True)
            with dpg.table_row():
                for title, _, tip in COLUMNS.values():
                    with dpg.group():
                        words = dpg.add_text(label(tr(title)))
                        dpg.bind_item_theme(words, theme.text("muted"))
                        tooltip(words, tr(tip), theme)
            for i, stream in enumerate(streams):
                with dpg.table_row():
                    self.inputs.append({key: self._input(key, stream.get(key)) for key in COLUMNS})
                    with dpg.group():
                        remove = dpg.add_button(label="×", width=theme.px(30), callback=calling(self._remove, i))
                        tooltip(remove, tr("Expect this stream no longer."), theme)
        self.add = dpg.add_button(label=label(tr("+ Stream")), parent=self._box, callback=self._add)
        tooltip(self.add, tr("Expect one more stream."), theme)

    def _input(self, key: str, value: Any) -> Tag:
        with dpg.group():
            if key == "required":
                item: Tag = dpg.add_checkbox(default_value=bool(value))
            else:
                item = dpg.add_input_text(default_value=_written(value), width=-1)
            tooltip(item, tr(COLUMNS[key][2]), self._theme)
        return item

    def _typed(self) -> list[dict[str, Any]]:
        return [{key: dpg.get_value(item) for key, item in row.items()} for row in self.inputs]

    def _add(self) -> None:
        self._fill([*self._typed(), {"stream": "", "fs_tolerance_percent": "1", "required": True}])

    def _remove(self, number: int) -> None:
        rows = self._typed()
        del rows[number]
        self._fill(rows)

    def values(self) -> list[dict[str, Any]]:
        """Return the rows as a protocol's file has them.

        Raises
        ------
        FormError
            When a number is none; the sentence names it.
        """
        return [
            {
                "stream": clean(row["stream"]).strip(),
                "fs": _number(row, "fs"),
                "fs_tolerance_percent": _number(row, "fs_tolerance_percent") or 0.0,
                "n_channels": _number(row, "n_channels"),
                "unit": clean(row["unit"]).strip() or None,
                "required": bool(row["required"]),
            }
            for row in self._typed()
        ]


def _written(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else clean(value)


def _number(row: Mapping[str, Any], key: str) -> float | None:
    text = clean(row[key]).strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        words = tr("{name} of stream {stream} is «{text}». Type a number.")
        raise FormError(words.format(name=tr(COLUMNS[key][0]), stream=row["stream"], text=text)) from None
