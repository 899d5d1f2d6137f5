"""A picture of numbers whose memory dearpygui reads at every frame."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from .door import Tag

MOST_PIXELS = 4096 * 4096


class RawTexture:
    """Pixels that are written into in place, and the image series that show them. Main thread only.

    A raw texture is uploaded in every frame, drawn or not: call `drop` when it is out of sight, `need` when it is
    needed again. The pixels stay.

    Parameters
    ----------
    axis
        The y axis that the images belong to.
    width, height
        In pixels.

    Raises
    ------
    ValueError
        When a side is not between 1 and 4096.
    """

    def __init__(self, axis: Tag, width: int, height: int) -> None:
        if not (1 <= width <= 4096 and 1 <= height <= 4096):
            raise ValueError(f"A texture of {width} × {height} pixels cannot be drawn. Give 1 to 4096 for each side.")
        self.pixels: NDArray[np.float32] = np.zeros((height, width, 4), dtype=np.float32)
        """Shape (height, width, 4), float32: red, green, blue, alpha, 0 to 1. The first row is the upper one."""
        self._axis = axis
        self._registry: Tag = 0
        self._texture: Tag = 0
        self._images: list[Tag] = []
        self._placed: list[tuple[float, ...]] = []

    @property
    def exists(self) -> bool:
        """Whether there is a texture now, at its cost."""
        return bool(self._registry)

    def need(self) -> None:
        """Make the texture, if it is not there."""
        if self._registry or not dpg.does_item_exist(self._axis):
            return
        height, width = self.pixels.shape[:2]
        self._registry, self._texture = dpg.generate_uuid(), dpg.generate_uuid()
        dpg.add_texture_registry(tag=self._registry)
        # dearpygui keeps no copy: `pixels` must live as long as the texture does.
        dpg.add_raw_texture(
            width, height, self.pixels, format=dpg.mvFormat_Float_rgba, tag=self._texture, parent=self._registry
        )  # fmt: skip

    def show(self, places: list[tuple[float, float, float, float, float, float, float, float]]) -> None:
        """Show parts of the picture: left, bottom, right, top on the axes; left, top, right, bottom, 0 to 1, of it."""
        self.need()
        if not self._registry:
            return
        while len(self._images) < len(places):
            tag: Tag = dpg.generate_uuid()
            dpg.add_image_series(self._texture, (0, 0), (1, 1), tag=tag, parent=self._axis, show=False)
            self._images.append(tag)
            self._placed.append(())
        for i, tag in enumerate(self._images):
            place: tuple[float, ...] = places[i] if i < len(places) else ()
            if place == self._placed[i]:
                continue
            self._placed[i] = place
            if place:
                dpg.configure_item(
                    tag, bounds_min=place[0:2], bounds_max=place[2:4], uv_min=place[4:6], uv_max=place[6:8], show=True
                )
            else:
                dpg.configure_item(tag, show=False)

    def drop(self) -> None:
        """Remove texture and images. Safe to call twice."""
        for tag in (*self._images, self._registry):
            if tag and dpg.does_item_exist(tag):
                dpg.delete_item(tag)
        self._images, self._placed, self._registry, self._texture = [], [], 0, 0
