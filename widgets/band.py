"""The ground between two curves of a plot, filled."""

from __future__ import annotations

from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .door import Tag, checked
from .palette import Colour


class Band:
    """A filled band from a lower to an upper curve. Main thread only.

    Parameters
    ----------
    parent
        The y axis it belongs to.
    """

    def __init__(self, parent: Tag) -> None:
        self.tag: Tag = dpg.generate_uuid()
        self._theme: Tag = dpg.generate_uuid()
        self._fill: Tag = dpg.generate_uuid()
        dpg.add_shade_series([0.0, 1.0], [0.0, 0.0], y2=[0.0, 0.0], tag=self.tag, parent=parent, show=False)
        with dpg.theme(tag=self._theme), dpg.theme_component(dpg.mvShadeSeries):
            dpg.add_theme_color(dpg.mvPlotCol_Fill, (0, 0, 0, 0), category=dpg.mvThemeCat_Plots, tag=self._fill)
        dpg.bind_item_theme(self.tag, self._theme)

    def colour(self, colour: Colour) -> None:
        """Fill it with a colour."""
        dpg.set_value(self._fill, list(colour))

    def set(self, x: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> None:
        """Show the band.

        Parameters
        ----------
        x, low, high
            Shape (n_points,), float32 or float64, equally long, finite.

        Raises
        ------
        ValueError
            When they cannot be drawn.
        """
        for values, what in ((x, "x"), (low, "low"), (high, "high")):
            if checked(values, what).size != x.size:
                raise ValueError(f"{what} has {values.size} values for {x.size} of x.")
        low, high = np.ascontiguousarray(low, dtype=x.dtype), np.ascontiguousarray(high, dtype=x.dtype)
        dpg.configure_item(self.tag, x=x, y1=low, y2=high, show=True)

    def hide(self) -> None:
        """Show no band."""
        dpg.configure_item(self.tag, show=False)

    def delete(self) -> None:
        """Remove band and theme. Safe to call twice, and after the plot has gone."""
        for tag in (self.tag, self._theme):
            if dpg.does_item_exist(tag):
                dpg.delete_item(tag)
