"""From where on a channel's figures are worth a look, or bad: a button with the numbers below it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..sources.quality_limits import QualityLimits
from .door import Tag, label
from .popup import PopupButton, calling, tooltip
from .quality_words import LIMITS
from .theme import Theme


class LimitsButton:
    """Limits to be typed, and the mains frequency to be chosen. Main thread only.

    Parameters
    ----------
    limits, on_limits
        Returns the limits there are; called with others.
    mains_hz, on_mains
        Returns the frequency that is looked for, Hz, 0 for the stronger one; called with another.
    frequencies
        What there is to choose from, Hz.
    """

    def __init__(
        self,
        limits: Callable[[], QualityLimits],
        on_limits: Callable[[QualityLimits], object],
        mains_hz: Callable[[], float],
        on_mains: Callable[[float], object],
        frequencies: Sequence[float],
    ) -> None:
        self._limits, self._on_limits = limits, on_limits
        self._mains_hz, self._on_mains = mains_hz, on_mains
        self._frequencies = frequencies
        self.fields: dict[tuple[str, int], Tag] = {}
        """Input of each limit: its name as in `QualityLimits`, and 0 for «a look» or 1 for «bad»."""
        tip = tr("From where on a figure is worth a look, or bad; and your mains frequency.")
        self.popup = PopupButton(tr("Limits"), tip, self._fill, 420)

    def build(self, parent: Tag, theme: Theme) -> None:
        """Make the button inside `parent`."""
        self._theme = theme
        self.popup.build(parent, theme)

    def _fill(self, window: Tag) -> None:
        theme, limits = self._theme, self._limits()
        with dpg.table(parent=window, header_row=True, policy=dpg.mvTable_SizingFixedFit):
            for name in ("", tr("a look"), tr("bad"), ""):
                dpg.add_table_column(label=label(name))
            for name, (title, how, unit, factor) in LIMITS.items():
                with dpg.table_row():
                    tooltip(dpg.add_text(label(tr(title))), tr(how), theme)
                    for place in (0, 1):
                        field = self.fields[name, place] = dpg.add_input_float(
                            default_value=getattr(limits, name)[place] * factor, width=theme.px(110), step=0,
                            format="%.4g", user_data=(name, place, factor), callback=self._type,
                        )  # fmt: skip
                        tooltip(field, tr(how), theme)
                    dpg.add_text(unit)
        with dpg.group(horizontal=True, parent=window):
            dpg.add_text(label(tr("Mains")))
            for hz in self._frequencies:
                text = f"{hz:.0f} Hz" if hz else tr("by itself")
                button = dpg.add_button(label=label(text), callback=calling(self._choose, hz))
                dpg.bind_item_theme(button, theme.button("on" if hz == self._mains_hz() else "plain"))
                tooltip(button, tr("The frequency of the sockets in your country; by itself, the stronger one."), theme)
        reset = dpg.add_button(label=label(tr("As delivered")), parent=window, callback=calling(self._reset))
        tooltip(reset, tr("Bring all limits back to what they were at first."), theme)

    def _type(self, _: Tag, value: float, where: tuple[str, int, float]) -> None:
        name, place, factor = where
        if math.isfinite(value):
            pair = list(getattr(self._limits(), name))
            pair[place] = value / factor
            self._on_limits(replace(self._limits(), **{name: (pair[0], pair[1])}))

    def _choose(self, hz: float) -> None:
        self._on_mains(hz)
        self.popup.close()

    def _reset(self) -> None:
        self._on_limits(QualityLimits())
        self.popup.close()
