"""Inter for words, JetBrains Mono for figures."""

from __future__ import annotations

from pathlib import Path

import dearpygui.dearpygui as dpg

from .door import Tag

FOLDER = Path(__file__).parent.parent / "assets" / "fonts"
SMALLEST = 12
# Name, size in pixels at 100 %, files in order of preference.
WORDS = ("Inter-Regular.ttf", "Inter-Regular.otf")
STRONG = ("Inter-SemiBold.ttf", "Inter-SemiBold.otf", "Inter-Medium.ttf", "Inter-Medium.otf", *WORDS)
FIGURES = ("JetBrainsMono-Regular.ttf",)
FACES: dict[str, tuple[int, tuple[str, ...]]] = {
    "words": (15, WORDS),
    "small": (13, WORDS),
    "heading": (12, STRONG),
    "title": (18, STRONG),
    "strong": (15, STRONG),
    "figures": (14, FIGURES),
    "small figures": (13, FIGURES),
}


class Fonts:
    """The faces of one UI scale, for as long as the dearpygui context lives. Main thread only.

    Parameters
    ----------
    scale
        1.0 is 100 %.
    folder
        Where the font files are.
    """

    def __init__(self, scale: float = 1.0, folder: Path = FOLDER) -> None:
        registry: Tag = dpg.generate_uuid()
        self._tags: dict[str, Tag] = {}
        self._heights: dict[str, int] = {}
        dpg.add_font_registry(tag=registry)
        for name, (size, files) in FACES.items():
            path = next((folder / file for file in files if (folder / file).is_file()), None)
            self._heights[name] = max(SMALLEST, round(size * scale))
            if path is not None:
                # Without its file a face falls back on dearpygui's own font, which is better than no window.
                tag: Tag = dpg.generate_uuid()
                dpg.add_font(str(path), self._heights[name], tag=tag, parent=registry)
                self._tags[name] = tag

    def bind(self, item: Tag, name: str) -> None:
        """Draw `item` in a face: words, small, heading, title, strong, figures or small figures."""
        if name in self._tags:
            dpg.bind_item_font(item, self._tags[name])

    def bind_all(self) -> None:
        """Draw everything else in the face for words."""
        if "words" in self._tags:
            dpg.bind_font(self._tags["words"])

    def height(self, name: str) -> int:
        """Return a face's height, px."""
        return self._heights[name]

    def width(self, text: str, name: str) -> float:
        """Return how wide `text` is in a face, px; an estimate before the first frame."""
        size = dpg.get_text_size(text, font=self._tags[name]) if name in self._tags else dpg.get_text_size(text)
        return float(size[0]) if size else len(text) * self._heights[name] * 0.6
