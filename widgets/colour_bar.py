"""A bar of colours with its figures, on a canvas."""

# Written anew from how it is called: the first version was overwritten by mistake. Whoever has that one puts it back.

from __future__ import annotations

import dearpygui.dearpygui as dpg

from .canvas import Canvas
from .colour_map import table
from .ticks import even

N_STEPS = 64


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
    """Draw what colours stand for, the highest value on top.

    Parameters
    ----------
    canvas, layer
        Where it is drawn.
    rect
        Left, top, right and bottom of the bar, px.
    colours
        Name of a map.
    low, high
        What the first and the last colour stand for.
    unit
        Written beside the uppermost figure.
    gap
        Between the bar and its figures, px.
    """
    left, top, right, bottom = rect
    steps = (table(colours)[:: 256 // N_STEPS, :3] * 255).round().astype(int).tolist()
    each = (bottom - top) / len(steps)
    for i, colour in enumerate(steps):
        upper = bottom - (i + 1) * each
        fill = [*colour, 255]
        dpg.draw_rectangle(
            (left, upper), (right, upper + each + 0.5), color=(0, 0, 0, 0), fill=fill, parent=canvas.layers[layer]
        )
    line = canvas.text_height("small")
    ticks = even(low, high, max(1.0, (bottom - top) / (2.2 * line)))
    for i, (text, value) in enumerate(ticks):
        y = bottom - (value - low) / (high - low) * (bottom - top)
        y = min(max(y - line / 2, top), bottom - line)
        words = f"{text} {unit}".strip() if i == len(ticks) - 1 else text
        canvas.text(layer, (right + gap, y), words, "muted")
