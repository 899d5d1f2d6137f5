"""Electrodes drawn over a grid map: a dot and a number each, crosses on bad ones, rings where one is missing."""

from __future__ import annotations

import dearpygui.dearpygui as dpg

from .canvas import Canvas
from .channels import Channels
from .electrode_layout import ElectrodeLayout
from .marks import draw_shape
from .theme import Theme


def draw_dots(canvas: Canvas, layer: int, layout: ElectrodeLayout, channels: Channels, theme: Theme) -> None:
    """Draw every electrode; numbers, as the device counts from 1, where cells have room for them."""
    parent = canvas.layers[layer]
    size = layout.cell_width
    small = theme.fonts.height("small")
    numbers = size >= theme.fonts.width("888", "small") + theme.px(6) and size >= 1.6 * small
    side = max(3.0, min(theme.px(7), size / 5))
    ink, halo = theme.colour("text"), theme.colour("ground")
    soft = (*halo[:3], 150)
    for part in layout.parts:
        for channel, cell in zip(part.channels, part.cells, strict=True):
            left, top, right, bottom = layout.rect(part, cell)
            x, y = (left + right) / 2, (top + bottom) / 2
            if channels.is_bad(channel):
                arm = min(theme.px(14), size * 0.6)
                dpg.draw_circle((x, y), arm * 0.75, fill=soft, color=(0, 0, 0, 0), parent=parent)
                draw_shape(parent, "cross", theme.colour("bad"), (x, y), arm)
            elif numbers:
                # A ground of its own: below it lies any colour.
                words = str(channel + 1)
                width = theme.fonts.width(words, "small") + theme.px(4)
                dpg.draw_rectangle(
                    (x - width / 2, y - small / 2), (x + width / 2, y + small / 2), fill=soft, color=(0, 0, 0, 0),
                    rounding=theme.px(3), parent=parent,
                )  # fmt: skip
                canvas.text(layer, (x, y - small / 2), words, "text", align=0.5)
            elif size >= theme.px(8):
                dpg.draw_circle((x, y), side / 2 + 1, fill=soft, color=(0, 0, 0, 0), parent=parent)
                dpg.draw_circle((x, y), side / 2, fill=ink, color=(0, 0, 0, 0), parent=parent)
            if channels.is_solo(channel):
                dpg.draw_rectangle(
                    (left + 1, top + 1), (right - 1, bottom - 1), color=theme.colour("text"), thickness=theme.px(2),
                    parent=parent,
                )  # fmt: skip
        taken = set(part.cells)
        for row in range(part.n_rows):
            for column in range(part.n_columns):
                if (row, column) not in taken:
                    left, top, right, bottom = layout.rect(part, (row, column))
                    middle = ((left + right) / 2, (top + bottom) / 2)
                    dpg.draw_circle(middle, min(theme.px(7), size * 0.3), color=halo, thickness=3, parent=parent)
                    dpg.draw_circle(middle, min(theme.px(7), size * 0.3), color=ink, thickness=1, parent=parent)
