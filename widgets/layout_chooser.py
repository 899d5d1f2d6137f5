"""Saying how a stream's electrodes lie, where its device does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import dearpygui.dearpygui as dpg

from ..sources.grids import OTB, Placement
from ..sources.language import tr
from .channels import Channels
from .door import Tag, label
from .panel import Words
from .popup import tooltip
from .theme import Theme


class LayoutChooser:
    """A choice of layouts that fit the stream, and what goes with the chosen one. Main thread only.

    Parameters
    ----------
    theme
        Faces and measures.
    channels
        Whose layout it is.
    on_change
        Called after another was chosen.
    """

    def __init__(self, theme: Theme, channels: Channels, on_change: Callable[[], None]) -> None:
        self._theme = theme
        self._channels = channels
        self._on_change = on_change
        self._shown: Placement | None = None
        self.combo: Tag = 0
        self.fields: dict[str, Tag] = {}

    @property
    def choices(self) -> dict[str, Placement | None]:
        """The layouts that fit, by what they are called on screen."""
        n = len(self._channels.names)
        info = self._channels.info
        told = info is not None and info.grid is not None
        found: dict[str, Placement | None] = {tr("as the device says") if told else tr("none"): None}
        for name, layout in OTB.items():
            if layout.n_electrodes <= n:
                found[name] = Placement(name, n_grids=n // layout.n_electrodes, n_channels=n)
        found[tr("one row")] = Placement("", 1, n, n_channels=n)
        if n >= 4:
            n_rows = next((rows for rows in (8, 4, 2) if n % rows == 0), 2)
            found[tr("rows × columns…")] = Placement("", n_rows, n // n_rows, n_channels=n)
        return found

    def build(self, parent: Tag) -> None:
        """Make the controls inside `parent`."""
        theme = self._theme
        self.combo, self.turn, self._more = (dpg.generate_uuid() for _ in range(3))
        with dpg.group(parent=parent, horizontal=True):
            dpg.add_text(tr("Layout"))
            dpg.add_combo([], tag=self.combo, width=theme.px(190), callback=self._chosen)
            dpg.add_button(tag=self.turn, label=tr("Turn"), callback=self._turn)
        tooltip(self.combo, tr("How the electrodes lie, where the device does not say it or says it wrong"), theme)
        tooltip(self.turn, tr("Turn the grid by a quarter, clockwise"), theme)
        with dpg.group(tag=self._more, parent=parent, horizontal=True):
            self.fields = {
                "n_rows": self._field(tr("rows"), tr("Rows of electrodes; channels go along the rows")),
                "n_columns": self._field(tr("columns"), tr("Columns of electrodes")),
                "n_grids": self._field(tr("grids"), tr("How many such grids follow each other")),
                "first": self._field(tr("from channel"), tr("The channel that is the first electrode")),
            }
        self.note = Words(theme, "small", "warn", wrap=0)
        self.note.build(parent)
        self.draw()

    def _field(self, text: str, tip: str) -> Tag:
        tag: Tag = dpg.generate_uuid()
        box: Tag = dpg.generate_uuid()
        with dpg.group(tag=box, horizontal=True):
            dpg.add_input_int(
                tag=tag, width=self._theme.px(44), step=0, min_value=1, max_value=4096, min_clamped=True,
                max_clamped=True, on_enter=True, callback=self._typed,
            )  # fmt: skip
            dpg.add_text(label(text))
        self._theme.fonts.bind(tag, "figures")
        tooltip(tag, tip, self._theme)
        return tag

    def draw(self) -> None:
        """Bring the controls up to date."""
        placement, choices = self._channels.placement, self.choices
        if placement is not None and placement.n_channels != len(self._channels.names):
            placement = None
        dpg.configure_item(self.combo, items=list(choices))
        dpg.set_value(self.combo, self._name(placement, choices))
        dpg.configure_item(self.turn, show=placement is not None)
        dpg.configure_item(self._more, show=placement is not None)
        if placement is not None:
            values = {**placement.to_json(), "first": placement.first + 1}
            for name, tag in self.fields.items():
                dpg.configure_item(dpg.get_item_parent(tag), show=name in ("n_grids", "first") or not placement.layout)
                dpg.set_value(tag, values[name])
        note = OTB[placement.layout].note if placement is not None and placement.layout else ""
        self.note.say(tr(note), "muted")
        self.note.show(bool(note))
        self._shown = placement

    def _name(self, placement: Placement | None, choices: dict[str, Placement | None]) -> str:
        names = list(choices)
        if placement is None:
            return names[0]
        if placement.layout:
            return placement.layout
        return tr("one row") if placement.n_rows == 1 else tr("rows × columns…")

    def _chosen(self, _sender: Tag, name: str) -> None:
        self._channels.place(self.choices.get(name))
        self._on_change()

    def _turn(self) -> None:
        if self._shown is not None:
            self._channels.place(replace(self._shown, turns=(self._shown.turns + 1) % 4))
            self._on_change()

    def _typed(self) -> None:
        if self._shown is None:
            return
        rows, columns, grids, first = (int(dpg.get_value(tag)) for tag in self.fields.values())
        wanted = replace(self._shown, n_rows=rows, n_columns=columns, n_grids=grids, first=first - 1)
        if not wanted.fits:
            self.note.say(tr("That needs more channels than the stream has."), "warn")
            self.note.show(True)
            return
        self._channels.place(wanted)
        self._on_change()
