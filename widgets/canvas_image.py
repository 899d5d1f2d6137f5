"""A picture of numbers in a canvas, whose memory dearpygui reads at every frame."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .door import Tag

Rect = tuple[float, float, float, float]
MOST = 4096


class CanvasImage:
    """A raw texture and where it is drawn. Main thread only.

    It is uploaded in every frame, drawn or not: `drop` it when it is out of sight.

    Parameters
    ----------
    height, width
        In pixels.

    Raises
    ------
    ValueError
        When a side is not between 1 and 4096.
    """

    def __init__(self, height: int, width: int) -> None:
        if not (1 <= width <= MOST and 1 <= height <= MOST):
            raise ValueError(f"A picture of {width} × {height} pixels cannot be drawn. Give 1 to {MOST} for each side.")
        self.pixels: NDArray[np.float32] = np.zeros((height, width, 4), dtype=np.float32)
        """Shape (height, width, 4), float32: red, green, blue, alpha, 0 to 1. The first row is the upper one."""
        self._registry: Tag = 0
        self._texture: Tag = 0
        self._image: Tag = 0
        self._rect: Rect = (0.0, 0.0, 0.0, 0.0)

    def show(self, layer: Tag, rect: Rect) -> None:
        """Draw it in a layer of a canvas: left, top, right and bottom, px."""
        if not self._registry:
            self._registry, self._texture = dpg.generate_uuid(), dpg.generate_uuid()
            dpg.add_texture_registry(tag=self._registry)
            height, width = self.pixels.shape[:2]
            # dearpygui keeps no copy: `pixels` lives as long as the texture does.
            dpg.add_raw_texture(
                width, height, self.pixels, format=dpg.mvFormat_Float_rgba, tag=self._texture, parent=self._registry
            )  # fmt: skip
        if self._image and dpg.does_item_exist(self._image):
            if rect != self._rect:
                dpg.configure_item(self._image, pmin=rect[:2], pmax=rect[2:])
        else:
            # From the middle of the first pixel to that of the last: beyond them the texture begins again.
            height, width = self.pixels.shape[:2]
            u, v = 0.5 / width, 0.5 / height
            self._image = dpg.draw_image(
                self._texture, rect[:2], rect[2:], uv_min=(u, v), uv_max=(1 - u, 1 - v), parent=layer
            )  # fmt: skip
        self._rect = rect

    def drop(self) -> None:
        """Remove picture and texture. Safe to call twice."""
        for tag in (self._image, self._registry):
            if tag and dpg.does_item_exist(tag):
                dpg.delete_item(tag)
        self._image = self._registry = self._texture = 0
