"""The one checked door into dearpygui for series and text.

What comes through here cannot end the process: dearpygui itself crashes on a text with a lone surrogate, on a
series whose y is shorter than its x, and on any number format but floats. Main thread only.
"""

from __future__ import annotations

from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

MAX_TEXT = 4096
MAX_POINTS = 4_000_000

Tag = int


def clean(text: object, limit: int = MAX_TEXT) -> str:
    """Return `text` as dearpygui can draw it: no lone surrogate, no control character but newline, not endless."""
    written = text if isinstance(text, str) else str(text)
    if len(written) > limit:
        written = written[: limit - 1] + "…"
    if written.isascii() and written.isprintable():
        return written
    return "".join(_drawable(letter) for letter in written)


def _drawable(letter: str) -> str:
    if letter == "\n":
        return letter
    if letter == "\t":
        return " "
    code = ord(letter)
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF):
        return "\N{REPLACEMENT CHARACTER}"
    return letter


def label(text: object, limit: int = 200) -> str:
    """Return `text` as an item's label: cleaned, on one line, and without the ``##`` that dearpygui would cut at."""
    line = clean(text, limit).replace("\n", " ").replace("##", "# #")
    # dearpygui adds ``##`` and a number: a ``#`` before that would be swallowed.
    return f"{line} " if line.endswith("#") else line


def set_text(tag: Tag, text: object) -> None:
    """Show `text` in a text item."""
    dpg.set_value(tag, clean(text))


def checked(values: object, what: str) -> NDArray[Any]:
    """Return `values` if dearpygui can be given them as they are.

    Raises
    ------
    ValueError
        When they are not a float32 or float64 array with one axis, contiguous, native, and between 1 and
        4,000,000 long.
    """
    if not isinstance(values, np.ndarray):
        raise ValueError(f"{what} is {type(values).__name__}. Give a numpy array.")
    if values.ndim != 1:
        raise ValueError(f"{what} has shape {values.shape}. Give one axis.")
    if values.dtype not in (np.float32, np.float64) or not values.dtype.isnative:
        raise ValueError(f"{what} holds {values.dtype}. Give float32 or float64 in native byte order.")
    if not values.flags.c_contiguous:
        raise ValueError(f"{what} is not contiguous. Give numpy.ascontiguousarray of it.")
    if not 1 <= values.size <= MAX_POINTS:
        raise ValueError(f"{what} has {values.size} values. Give 1 to {MAX_POINTS:,}.")
    return values


class Series:
    """One line series whose values are checked before they are pushed.

    Parameters
    ----------
    parent
        The y axis it belongs to.
    x, y
        Shape (n_points,), float32 or float64, equally long, at least one point.
    segments
        Draw points two by two as separate strokes; `x` and `y` then hold an even number of points.

    Raises
    ------
    ValueError
        When x or y cannot be drawn.
    """

    def __init__(self, parent: Tag, x: NDArray[Any], y: NDArray[Any], *, segments: bool = False) -> None:
        self.segments = segments
        self._check(x, y)
        self.n_points = x.size
        self.tag: Tag = dpg.generate_uuid()
        dpg.add_line_series([0.0, 0.0], [0.0, 0.0], tag=self.tag, parent=parent, segments=segments)
        dpg.configure_item(self.tag, x=x, y=y)

    def _check(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        checked(x, "x")
        checked(y, "y")
        if x.size != y.size:
            raise ValueError(f"x has {x.size} values and y {y.size}. Give as many of both.")
        if self.segments and x.size % 2:
            raise ValueError(f"x has {x.size} values. Strokes need two points each.")

    def set_y(self, y: NDArray[Any]) -> None:
        """Replace y, as long as it was before. The cheap way: x stays where it is.

        Raises
        ------
        ValueError
            When y cannot be drawn, or is not as long as x.
        """
        if checked(y, "y").size != self.n_points:
            raise ValueError(f"y has {y.size} values for {self.n_points} of x.")
        dpg.configure_item(self.tag, y=y)

    def set(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Replace x and y.

        Raises
        ------
        ValueError
            When x or y cannot be drawn.
        """
        self._check(x, y)
        self.n_points = x.size
        dpg.configure_item(self.tag, x=x, y=y)

    def values(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what dearpygui holds: x and y, shape (n_points,) each."""
        held = dpg.get_value(self.tag)
        return np.asarray(held[0]), np.asarray(held[1])

    def show(self, shown: bool) -> None:
        """Draw the series, or do not."""
        dpg.configure_item(self.tag, show=shown)

    def delete(self) -> None:
        """Remove the series. Safe to call twice."""
        if dpg.does_item_exist(self.tag):
            dpg.delete_item(self.tag)
