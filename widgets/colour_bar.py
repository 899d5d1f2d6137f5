"""Which number has which colour, drawn into a canvas."""

from __future__ import annotations

import math

import dearpygui.dearpygui as dpg

from .canvas import Canvas
from .colour_map import table
from .figures import si

N_STEPS = 16


def draw_colour_bar(
    canvas: Canvas,
    layer: int,
    rect: tuple[float, float, float, float],
    colours: str,
    low: float,
    high: float,
    unit: str,
    gap: float,
) -> None:
    """Draw a bar with the numbers at its ends, and between them where there is room, at its right.

    Parameters
    ----------
    canvas, layer
        Where to.
    rect
        Left, top, right and bottom of the bar itself, px.
    colours
        Name of the colour map.
    low, high
        The numbers at its lower and upper end.
    unit
        Of both.
    gap
        Between bar and numbers, px.
    """
    left, top, right, bottom = rect
    shades = table(colours)
    step = (bottom - top) / N_STEPS
    for i in range(N_STEPS):
        ends = [shades[round((len(shades) - 1) * (1 - (i + more) / N_STEPS))] for more in (0, 1)]
        above, below = ([round(255 * float(part)) for part in end] for end in ends)
        dpg.draw_rectangle(
            (left, top + i * step), (right, top + (i + 1) * step + 0.5), multicolor=True, color=(0, 0, 0, 0),
            corner_colors=[above, above, below, below], parent=canvas.layers[layer],
        )  # fmt: skip
    height = canvas.text_height("small figures")
    n_between = 3 if bottom - top > 9 * height else 1 if bottom - top > 5 * height else 0
    for i in range(n_between + 2):
        share = i / (n_between + 1)
        value = high + share * (low - high)
        y = top + share * (bottom - top - height)
        canvas.text(layer, (right + gap, y), si(value, unit) if math.isfinite(value) else "–", "muted", "small figures")
