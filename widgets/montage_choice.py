"""Buttons for what is subtracted from what; those that a stream cannot have say why."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.info import StreamInfo
from ..sources.language import later, tr
from ..sources.montage import ALONGS, ELECTRODES, MONTAGES, Along, Montage, why_not
from ..sources.view_filter import ViewFilter
from .door import Tag
from .flow import Flow
from .panel import Switch, Words
from .popup import calling
from .theme import Theme

CHOICES: dict[Montage, tuple[str, str]] = {
    "none": (later("As recorded"), later("Subtract nothing")),
    "common average": (later("Average"), later("Subtract the mean of all channels of the same type, but for bad ones")),
    "bipolar": (later("Bipolar"), later("Each electrode minus the next one")),
    "double differential": (later("Double diff."), later("The difference of two neighbouring bipolar channels")),
}
DIRECTIONS: dict[Along, tuple[str, str]] = {
    "columns": (later("Down columns"), later("The next electrode is the one below it on the grid")),
    "rows": (later("Along rows"), later("The next electrode is the one at its right on the grid")),
}


class MontageChoice:
    """One button a montage, and two for its direction on a grid. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    on_choose
        Called with the montage and the direction that were chosen.
    """

    def __init__(self, theme: Theme, on_choose: Callable[[Montage, Along], object]) -> None:
        self._theme = theme
        self._on_choose = on_choose
        self._info: StreamInfo | None = None
        self._chosen = ViewFilter()
        self.flows: tuple[Flow, ...] = ()
        """Whoever draws lets them fit."""

    def build(self, parent: Tag) -> None:
        """Make the buttons inside `parent`."""
        theme = self._theme
        self.flows = (Flow(theme, 8), Flow(theme, 8))
        for flow in self.flows:
            flow.build(parent)
        self.montages = {
            montage: Switch(theme, tr(text), tr(tip), calling(self._choose, montage))
            for montage, (text, tip) in CHOICES.items()
        }
        for switch in self.montages.values():
            switch.build(self.flows[0].group())
        self.alongs = {
            along: Switch(theme, tr(text), tr(tip), calling(self._turn, along))
            for along, (text, tip) in DIRECTIONS.items()
        }
        self._groups = []
        for switch in self.alongs.values():
            self._groups.append(self.flows[1].group())
            switch.build(self._groups[-1])
        self.order = Words(theme, "small", "muted", wrap=0)
        self.order.build(parent)

    def _ways(self, montage: Montage) -> list[Along]:
        """Return the directions in which the stream can have a montage, the present one first."""
        ways = sorted(ALONGS, key=lambda along: along != self._chosen.along)
        return [along for along in ways if self._info is None or not why_not(self._info, montage, along)]

    def _choose(self, montage: Montage) -> None:
        ways = self._ways(montage)
        if ways:
            self._on_choose(montage, ways[0])

    def _turn(self, along: Along) -> None:
        self._on_choose(self._chosen.montage, along)

    def show(self, chosen: ViewFilter, info: StreamInfo | None) -> None:
        """Show what is chosen, and what a stream can have."""
        self._chosen, self._info = chosen, info
        for montage in MONTAGES:
            off = "" if info is None or self._ways(montage) else why_not(info, montage, chosen.along)
            self.montages[montage].show(look="on" if chosen.montage == montage else "plain", why_off=off)
        differences = chosen.montage in ELECTRODES
        on_grid = info is not None and info.grid is not None
        for group in self._groups:
            dpg.configure_item(group, show=differences and on_grid)
        for along in ALONGS:
            off = why_not(info, chosen.montage, along) if info is not None else ""
            self.alongs[along].show(look="on" if chosen.along == along else "plain", why_off=off)
        self.order.say(tr("The stream tells no electrode grid: neighbours are those of its own order."))
        self.order.show(differences and not on_grid)
