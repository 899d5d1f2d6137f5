"""Frames of an image stream, such as ultrasound: the newest one, in grey or in colours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..sources.language import later, tr
from ..sources.ring import RingBuffer
from .canvas import Canvas, HoverWords
from .canvas_image import CanvasImage
from .choice_button import Choice, ChoiceButton
from .colour_map import MAPS, table
from .door import Tag
from .eased_range import EasedRange
from .figures import age, grouped, si
from .flow import Flow
from .panel import Switch, Words
from .view import Table, View

MOST_PIXELS = 1920 * 1080
LARGEST_SIDE = 4096
SHARP_PIXELS = 640 * 480
"""Pixels on the screen up to which every pixel of a frame can be drawn with sharp edges at little cost."""
SAMPLED = 8192
FULL = {"uint8": (0.0, 255.0)}
DRAG_PX = 300.0
AUTO_TIP = later("Brightness follows the frames. Press to keep it, or drag on the picture: sideways for contrast, up"
                 " and down for brightness. Double click: automatic again.")  # fmt: skip


def frame_shape(sample_shape: tuple[int, ...]) -> tuple[int, int, bool] | None:
    """Return height, width and whether samples are in colour; None when they are no frames.

    (n, 3) is what markers have, so a picture is at least four pixels wide.
    """
    if len(sample_shape) == 2 and min(sample_shape) > 1 and sample_shape[1] > 3:
        return sample_shape[0], sample_shape[1], False
    if len(sample_shape) == 3 and sample_shape[2] == 3 and min(sample_shape[:2]) > 1:
        return sample_shape[0], sample_shape[1], True
    return None


def enlargement(height: int, width: int) -> int:
    """Return into how many pixels on a side each one is cut to look sharp; 1 where frames are too large for that."""
    return max(1, min(8, math.isqrt(SHARP_PIXELS // max(1, height * width)), LARGEST_SIDE // max(height, width)))


class FrameView(View):
    """The newest frame of a stream of samples of shape (height, width) or (height, width, 3).

    Only a new frame is painted: between two of them a frame on the screen costs what any texture does.
    """

    kind: ClassVar[str] = "frames"
    title: ClassVar[str] = later("Frames")

    def prepare(self) -> None:
        """Make what `apply` puts settings into."""
        self.colours = "Grey"
        self.sharp = False
        # In fine steps: brightness has no figures that would jitter.
        self.range = EasedRange(parts=1000)
        self.frame: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        """What is shown: (height, width) or (height, width, 3), float32, in the stream's unit."""
        self.image: CanvasImage | None = None
        self.number = -1
        """Number of the frame that is shown, lost ones counted, from 0."""
        self.n_painted = 0
        self._ring: RingBuffer | None = None
        self._end = -1
        self._shape: tuple[int, int, bool] | None = None
        self._enlarged = 1
        self._painted: tuple[float, ...] = ()
        self._eased = -math.inf
        self._place = (0.0, 0.0, 0.0, 0.0)

    def build_controls(self, flow: Flow) -> None:
        """Colours, brightness, sharp or smooth pixels."""
        theme = self._theme
        group = flow.group()
        self.colours_button = ChoiceButton[str](
            tr("Which colours stand for the numbers"),
            [Choice(name, tr(name)) for name in sorted(MAPS, key="Grey".__ne__)], lambda: self.colours,
            self.set_colours, 140,
        )  # fmt: skip
        self.colours_button.build(group, theme)
        self.range_button = Switch(theme, tr("Auto brightness"), tr(AUTO_TIP), self.toggle_lock)
        self.range_button.build(group)
        self.sharp_button = Switch(
            theme, tr("Sharp pixels"), tr("Show each pixel as an even square, or smooth over."), self.toggle_sharp
        )  # fmt: skip
        self.sharp_button.build(group)

    def build_body(self, parent: Tag) -> None:
        """The picture, and a line of facts below it."""
        self.canvas = Canvas(self._theme, 1)
        self.canvas.build(parent)
        self.tip = HoverWords(self.canvas, self._theme)
        self.footer = Words(self._theme, "small figures", "muted")
        self.footer.build(parent)

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        self._drop()
        if self.box:
            self.colours_button.popup.close()
            self.canvas.delete()
        super().delete()

    def _drop(self) -> None:
        if self.image is not None:
            self.image.drop()
            self.image = None

    # What a person does

    def set_colours(self, name: str) -> None:
        """Choose a colour map; frames that are in colour keep theirs."""
        self.colours, self._painted = name, ()

    def toggle_sharp(self) -> None:
        """Show pixels as squares, or smooth."""
        self.sharp = not self.sharp
        self._seen = None

    def toggle_lock(self) -> None:
        """Keep the brightness as it is, or let it follow."""
        if self.range.auto:
            self.range.lock(self.range.low, self.range.high)
        else:
            self.range.auto = True
            self._aim()

    def window(self, contrast_px: float, brightness_px: float) -> None:
        """Change contrast and brightness by a drag, px; they are kept from then on."""
        low, high = self.range.low, self.range.high
        wide = (high - low) * math.exp(-contrast_px / DRAG_PX)
        middle = (low + high) / 2 + brightness_px / DRAG_PX * (high - low)
        self.range.lock(middle - wide / 2, middle + wide / 2)

    # Each frame

    def why_empty(self) -> tuple[str, str]:
        """Return why there are no frames to be seen."""
        shape = frame_shape(self.stream.info.sample_shape)
        self._shape = shape
        if shape is None:
            what = tr("Each sample has to be a picture; here it has shape {shape}.")
            said = what.format(shape=" × ".join(str(n) for n in self.stream.info.sample_shape))
            self._drop()
            return tr("No frames"), said
        height, width, _ = shape
        if height * width > MOST_PIXELS or max(height, width) > LARGEST_SIDE:
            what = tr("{n} pixels a frame, {width} × {height}, would slow everything else; {most} are the most."
                      " Let the device send smaller frames, or a part of them.")  # fmt: skip
            self._drop()
            return tr("Frames are too large"), what.format(
                n=grouped(height * width), width=width, height=height, most=grouped(MOST_PIXELS)
            )
        return "", ""

    def begin(self) -> None:
        """Start anew."""
        from . import colour_kernels, frame_kernels

        self._paint, self._paint_colours = colour_kernels.paint, frame_kernels.paint_colours
        if self._shape is None:
            return
        height, width, _ = self._shape
        self._enlarged = enlargement(height, width) if self.sharp else 1
        self._drop()
        self.image = CanvasImage(height * self._enlarged, width * self._enlarged)
        self._ring, self._end, self._painted = None, -1, ()
        self.canvas.clear(0)
        self.canvas.fit(0, 0)

    def draw_body(self, now: float) -> None:
        """Paint the frame at the look's end, if it is another one than before."""
        width, height = self.size()
        height -= self._theme.fonts.height("small figures") + 2 * self._theme.padding
        if height <= 0 or self.image is None or self._shape is None:
            return
        resized = self.canvas.fit(width, height)
        self._mouse(now)
        end, ring = self.look.end, self.look.ring
        if end != self._end or ring is not self._ring:
            self._ring, self._end = ring, end
            view = self.look.view(0.0)
            if ring is None or view is None or not len(view.data):
                return
            rows, columns, in_colour = self._shape
            self.frame = view.data[-1].reshape((rows, columns, 3) if in_colour else (rows, columns))
            self.number = end - 1 + ring.lost_before(end - 1)
            self._aim()
            self._painted = ()
        if not self.frame.size:
            return
        self.range.ease(min(now - self._eased, 1.0) if math.isfinite(self._eased) else 0.0)
        self._eased = now
        wanted = (self.range.low, self.range.high)
        if wanted != self._painted:
            self._painted = wanted
            self._fill()
        if resized or not self._place[2]:
            self._fit(width, height)
        self.image.show(self.canvas.layers[0], self._place)

    def _aim(self) -> None:
        info = self.stream.info
        if info.dtype in FULL and info.scale == 1.0:
            low, high = FULL[info.dtype]
            self.range.aim(low, high)
        elif self.frame.size:
            some = self.frame.reshape(-1)[:: max(1, self.frame.size // SAMPLED)]
            known = some[np.isfinite(some)]
            if len(known):
                low, high = (float(edge) for edge in np.percentile(known, (0.5, 99.5)))
                self.range.aim(low, high, least=1e-6)

    def _fill(self) -> None:
        """Paint the frame; enlarged, so that the smoothing of the screen stays within a part of a pixel."""
        if self.image is None:
            return
        n, out, low, high = self._enlarged, self.image.pixels, self.range.low, self.range.high
        self.n_painted += 1
        target = out if n == 1 else np.empty((*self.frame.shape[:2], 4), dtype=np.float32)
        if self.frame.ndim == 3:
            self._paint_colours(target, self.frame, low, high)
        else:
            self._paint(target, self.frame, low, high, table(self.colours))
        if n > 1:
            rows, columns = self.frame.shape[:2]
            out.reshape(rows, n, columns, n, 4)[:] = target[:, None, :, None]

    def _fit(self, width: int, height: int) -> None:
        rows, columns = self.frame.shape[:2]
        scale = min(width / columns, height / rows)
        left, top = (width - columns * scale) / 2, (height - rows * scale) / 2
        self._place = (left, top, left + columns * scale, top + rows * scale)

    def _mouse(self, now: float) -> None:
        pointer = self.canvas.follow(now)
        if pointer.button == 0 and (pointer.dx or pointer.dy) and not pointer.clicked and self.range.known:
            self.window(pointer.dx, pointer.dy)
        if pointer.doubled:
            self.range.auto = True
            self._aim()
        self.tip.say(self._below(pointer.x, pointer.y) if pointer.inside and pointer.button < 0 else "")

    def _below(self, x: float, y: float) -> str:
        left, top, right, bottom = self._place
        if not self.frame.size or not (left <= x < right and top <= y < bottom):
            return ""
        rows, columns = self.frame.shape[:2]
        row, column = int((y - top) / (bottom - top) * rows), int((x - left) / (right - left) * columns)
        value = self.frame[row, column]
        unit = self.stream.info.unit
        said = (
            ", ".join(f"{part:g}" for part in np.atleast_1d(value)) if self.frame.ndim == 3 else si(float(value), unit)
        )
        return tr("row {row}, column {column}: {value}").format(row=row, column=column, value=said)

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring number, rate, age and brightness up to date."""
        health, info = self.stream.health, self.stream.info
        parts = []
        if self._shape is not None:
            height, width, _ = self._shape
            parts.append(f"{width} × {height}")
        parts.append(tr("frame {n}").format(n=grouped(max(0, self.number))))
        rate = self.rate_hz
        parts.append(tr("{rate} frames/s").format(rate=f"{rate:.1f}" if math.isfinite(rate) else "–"))
        held = self.look.axis.held
        parts.append(tr("held") if held else tr("{age} old").format(age=age(health.age_s).strip()))
        parts.append(f"{si(self.range.low, info.unit)} – {si(self.range.high, info.unit)}")
        room, fonts = self.canvas.width, self._theme.fonts
        while len(parts) > 1 and fonts.width(" · ".join(parts), "small figures") > room:
            parts.pop()
        self.footer.say(" · ".join(parts))
        in_colour = self._shape is not None and self._shape[2]
        self.colours_button.draw()
        self.colours_button.popup.set_off(tr("These frames are in colour already.") if in_colour else "")
        auto = self.range.auto
        text = tr("Auto brightness") if auto else tr("Locked")
        self.range_button.show(text=text, look="on" if auto else "plain")
        why = ""
        if self._shape is not None and enlargement(*self._shape[:2]) < 2:
            why = tr("Frames this large are always smoothed: sharp pixels would slow everything else.")
        self.sharp_button.show(look="on" if self.sharp else "plain", why_off=why)

    @property
    def rate_hz(self) -> float:
        """Frames a second over the last second before the one that is shown; NaN when that is not known."""
        view = self.look.view(1.0)
        if view is None or len(view.timestamps) < 2:
            return math.nan
        spent = float(view.timestamps[-1] - view.timestamps[0])
        return (len(view.timestamps) - 1) / spent if spent > 0 else math.nan

    # What survives

    def values(self) -> Table | None:
        """Return the frame as rows of numbers; None for one in colour, or one too large for a table."""
        if self.frame.ndim != 2 or not self.frame.size or self.frame.size > SHARP_PIXELS:
            return None
        rows: list[tuple[object, ...]] = [tuple(row) for row in self.frame.tolist()]
        return Table(tuple(str(column) for column in range(self.frame.shape[1])), rows)

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        locked = None if self.range.auto else [self.range.low, self.range.high]
        return {"colours": self.colours, "sharp": self.sharp, "range": locked}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        self.colours = next((name for name in MAPS if name == settings.get("colours")), self.colours)
        if isinstance(settings.get("sharp"), bool):
            self.sharp = settings["sharp"]
        locked = settings.get("range")
        if isinstance(locked, list | tuple) and len(locked) == 2 and all(isinstance(v, int | float) for v in locked):
            self.range.lock(float(locked[0]), float(locked[1]))
        self._seen = None
