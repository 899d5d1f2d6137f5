"""Channel quality: every channel as a tile with a shape, a word and a colour, where its electrode sits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import dearpygui.dearpygui as dpg

from ..sources.info import Grid, StreamInfo
from ..sources.language import later, tr, trn
from ..sources.quality import QualityMeter, neighbours
from ..sources.quality_limits import Finding, QualityLimits, judge
from ..sources.ring import RingBuffer
from .canvas import Canvas, HoverWords
from .door import Tag
from .electrode_layout import ElectrodeLayout, arrange, grids_of, wrapped
from .flow import Flow
from .marks import Mark, draw_shape
from .panel import Switch, Words
from .popup import centred, tooltip
from .quality_form import LimitsButton
from .quality_words import SHORT, advice, in_full, in_short, reason
from .state import Shape
from .view import Table, View

ROUND_S = 0.6
"""From the end of one round of judging to the beginning of the next, s."""
GRADES: tuple[tuple[Shape, str], ...] = (("circle", "good"), ("triangle", "warn"), ("cross", "bad"))
WIDEST = 3.2
MAINS = (0.0, 50.0, 60.0)


class QualityMap(View):
    """Flat, saturated, mains, bridged or loose, noisy: every channel judged once or twice a second.

    It looks at the samples as they come from the device, whatever filter is on and whether or not the picture stands.
    """

    kind: ClassVar[str] = "quality"
    title: ClassVar[str] = later("Channel quality")

    def prepare(self) -> None:
        """Make what `apply` puts settings into."""
        self.limits = QualityLimits()
        self.mains_hz = 0.0
        self.findings: list[tuple[Finding, ...]] = []
        self._meter: QualityMeter | None = None
        self._ring: RingBuffer | None = None
        self._info: StreamInfo | None = None
        self._grid: Grid | None = None
        self._due = -math.inf
        self._layout = ElectrodeLayout()
        self._hovered: int | None = None

    def build_controls(self, flow: Flow) -> None:
        """Counts of good and bad, «Mark bad», and the limits."""
        theme = self._theme
        counts = flow.group()
        self._marks, self._counts = [], []
        for shape, role in GRADES:
            mark, words = Mark(theme), Words(theme, "small", role)
            mark.build(centred(counts, theme.fonts.height("small") + 2, theme, text=False), "small")
            mark.show(shape, role)
            words.build(centred(counts, theme.fonts.height("small"), theme))
            tooltip(words.tag, self._grade_tip(role), theme)
            self._marks.append(mark)
            self._counts.append(words)
        buttons = flow.group()
        self.mark_button = Switch(
            theme, tr("Mark bad"),
            tr("Mark every channel with a cross as bad, with its reason. One undo takes it back."), self.mark_bad,
        )  # fmt: skip
        self.mark_button.build(buttons)
        self.limits_popup = LimitsButton(
            lambda: self.limits, self.set_limits, lambda: self.mains_hz, self.set_mains, MAINS
        )  # fmt: skip
        self.limits_popup.build(buttons, theme)

    def _grade_tip(self, role: str) -> str:
        return {
            "good": tr("Channels with nothing to say against them."),
            "warn": tr("Channels with a figure that is worth a look."),
            "bad": tr("Channels with a figure beyond its limit."),
        }[role]

    def build_body(self, parent: Tag) -> None:
        """The tiles."""
        self.canvas = Canvas(self._theme, 2)
        self.canvas.build(parent)
        self.tip = HoverWords(self.canvas, self._theme)

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            self.limits_popup.popup.close()
            self.canvas.delete()
        super().delete()

    # What a person does

    def mark_bad(self) -> None:
        """Mark every channel that is bad beyond doubt, each for its reason; one undo takes all back."""
        found = self.proposed()
        if found:
            self.look.channels.mark_found(found)

    def proposed(self) -> dict[int, str]:
        """Return the channels that «Mark bad» would mark, number to reason."""
        bad = self.look.channels.bad
        return {i: reason(f[0]) for i, f in enumerate(self.findings) if f and f[0].bad and i not in bad}

    def set_limits(self, limits: QualityLimits) -> None:
        """Judge by other limits from now on."""
        self.limits = limits
        self._judge()

    def set_mains(self, hz: float) -> None:
        """Look for 50 or 60 Hz; 0 for whichever is stronger."""
        self.mains_hz = hz
        self._meter = None

    # Each frame

    def why_empty(self) -> tuple[str, str]:
        """Return why nothing can be judged."""
        info = self.stream.info
        if not info.fs:
            return tr("No steady rate"), tr("Channels of an irregular stream cannot be judged.")
        if len(info.sample_shape) > 1:
            return tr("Not a stream of channels"), tr("Frames and markers have views of their own.")
        return "", ""

    def begin(self) -> None:
        """Start anew."""
        info = self.stream.info
        grid = self.look.channels.grid if self._same_channels else info.grid
        if self.stream.ring is not self._ring or info is not self._info or grid != self._grid:
            self._ring, self._info, self._grid = self.stream.ring, info, grid
            self._meter, self.findings = None, []
        self.canvas.fit(0, 0)

    @property
    def _same_channels(self) -> bool:
        """Whether the look's channels are the device's: a montage shows others."""
        shown, own = self.look.info, self.stream.info
        return shown is own or shown.labels == own.labels

    def draw_body(self, now: float) -> None:
        """Judge a few channels more, and draw the tiles after each round."""
        ring = self.stream.ring
        if ring is None or self._info is None:
            return
        if self._meter is None:
            pairs = neighbours(self._grid, self._info.n_channels)
            self._meter = QualityMeter(self._info, pairs, self.mains_hz)
            self._due = now
        if now >= self._due and self._meter.step(ring):
            self._due = now + ROUND_S
            self._judge()
        width, height = self.size()
        if height > 0 and self.canvas.fit(width, height):
            self._place(width, height)
        self._hover(now)

    def _judge(self) -> None:
        if self._meter is not None and self._meter.figures is not None and self._info is not None:
            self.findings = judge(self._meter.figures, self.limits, self._info.unit)
            self._draw_tiles()

    def _place(self, width: int, height: int) -> None:
        n_channels = self._info.n_channels if self._info is not None else 0
        grids = grids_of(self._grid) if self._grid is not None else ()
        grids = grids or wrapped(n_channels, width, height, WIDEST)
        self._layout = arrange(grids, width, height, self._theme.px(16), WIDEST, self._theme.px(72))
        self._draw_tiles()

    def _draw_tiles(self) -> None:
        theme, canvas, layout, channels = self._theme, self.canvas, self._layout, self.look.channels
        parent = canvas.clear(0)
        own = self._same_channels
        small = theme.fonts.height("small")
        inset = 1 if min(layout.cell_width, layout.cell_height) < theme.px(24) else theme.px(2)
        for part in layout.parts:
            for channel, cell in zip(part.channels, part.cells, strict=True):
                left, top, right, bottom = layout.rect(part, cell)
                found = self.findings[channel] if channel < len(self.findings) else None
                shape, role = self._grade(found)
                marked = own and channels.is_bad(channel)
                dpg.draw_rectangle(
                    (left + inset, top + inset), (right - inset, bottom - inset), fill=theme.colour("raised"),
                    color=theme.colour(role if found else "raised"), rounding=theme.px(4), parent=parent,
                )  # fmt: skip
                side = min(theme.px(12), (bottom - top) - 2 * inset - 2, (right - left) - 2 * inset - 2)
                name = channels.label(channel) if own else self._info.labels[channel] if self._info else ""
                pad = theme.px(8)
                room = right - left - 2 * inset - side - 2 * pad
                first = canvas.fitted(name, room) if bottom - top >= small + 4 else ""
                second = ""
                if bottom - top >= 2 * small + theme.px(14):
                    widest = right - left - 2 * pad
                    fitting = (w for w in self._words(found, marked=marked) if theme.fonts.width(w, "small") <= widest)
                    second = next(fitting, "")
                middle = (top + bottom) / 2
                upper = middle - (small + theme.px(2) if second else small / 2)
                at = (left + inset + pad + side / 2, upper + small / 2) if first else ((left + right) / 2, middle)
                if side >= 3:
                    draw_shape(parent, shape, theme.colour(role), at, side)
                if first:
                    canvas.text(0, (at[0] + side / 2 + pad * 0.7, upper), first, "muted" if marked else "text")
                if second:
                    canvas.text(0, (left + inset + pad, middle + theme.px(1)), second, "muted" if marked else role)
                if marked:
                    edge = theme.px(2)
                    dpg.draw_line(
                        (left + inset, bottom - inset - edge), (right - inset, bottom - inset - edge),
                        color=theme.colour("muted"), thickness=edge, parent=parent,
                    )  # fmt: skip

    @staticmethod
    def _words(found: tuple[Finding, ...] | None, *, marked: bool) -> tuple[str, ...]:
        """Return what may stand on a tile, the longest first."""
        if marked:
            return tr("marked bad"), tr("marked")
        if found is None:
            return ()
        return (in_short(found[0]), tr(SHORT[found[0].kind])) if found else (tr("good"),)

    def _grade(self, found: tuple[Finding, ...] | None) -> tuple[Shape, str]:
        if found is None:
            return "ring", "muted"
        return GRADES[0 if not found else 2 if found[0].bad else 1]

    def _hover(self, now: float) -> None:
        pointer = self.canvas.follow(now)
        channel = self._layout.channel_at(pointer.x, pointer.y) if pointer.inside else None
        if channel != self._hovered:
            self._hovered = channel
            layer = self.canvas.clear(1)
            if channel is not None:
                part = next(part for part in self._layout.parts if channel in part.channels)
                rect = self._layout.rect(part, part.cells[part.channels.index(channel)])
                colour, round_ = self._theme.colour("text"), self._theme.px(4)
                dpg.draw_rectangle(rect[:2], rect[2:], color=colour, rounding=round_, parent=layer)
        self.tip.say(self.explain(channel) if channel is not None else "")

    def explain(self, channel: int) -> str:
        """Return what is known of a channel, and what to do about it."""
        if self._info is None or self._meter is None or self._meter.figures is None or channel >= len(self.findings):
            return tr("Not judged yet: half a second of samples is needed.")
        own, channels = self._same_channels, self.look.channels
        lines = [channels.label(channel) if own else self._info.labels[channel]]
        if own and channels.is_bad(channel):
            lines.append(tr("Marked bad: {reason}").format(reason=channels.reason(channel) or tr("no reason given")))
        lines += [advice(finding) for finding in self.findings[channel]] or [tr("Nothing to say against it.")]
        return "\n".join([*lines, in_full(self._meter.figures, channel, self._info.unit)])

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring the counts up to date."""
        n_bad = sum(bool(f and f[0].bad) for f in self.findings)
        n_look = sum(bool(f) for f in self.findings) - n_bad
        n_good = len(self.findings) - n_bad - n_look
        texts = (
            tr("{n} good").format(n=n_good), tr("{n} to look at").format(n=n_look), tr("{n} bad").format(n=n_bad),
        )  # fmt: skip
        for words, text in zip(self._counts, texts, strict=True):
            words.say(text if self.findings else "–")
        n = len(self.proposed()) if self._same_channels else 0
        why = ""
        if not self._same_channels:
            why = tr("A montage is on: what is shown are not the device's own channels. Switch it off to mark them.")
        elif not n:
            why = tr("No channel is bad that is not marked already.") if self.findings else tr("Not judged yet.")
        text = trn("Mark {n} bad", "Mark {n} bad", n).format(n=n) if n else tr("Mark bad")
        self.mark_button.show(text=text, why_off=why)

    # What survives

    def values(self) -> Table | None:
        """Return all figures, one channel a row."""
        if self._meter is None or self._meter.figures is None or self._info is None:
            return None
        figures, unit = self._meter.figures, self._info.unit
        header = (
            tr("channel"), tr("judgement"), tr("repeats"), tr("at limits"), tr("mains"), tr("likeness"),
            f"{tr('noise floor')} [{unit}]", f"RMS [{unit}]",
        )  # fmt: skip
        arrays = (figures.flat, figures.saturated, figures.mains, figures.likeness, figures.noise, figures.spread)
        rows: list[tuple[object, ...]] = [
            (
                self._info.labels[i],
                ", ".join(reason(f) for f in self.findings[i]) or tr("good"),
                *(float(array[i]) for array in arrays),
            )
            for i in range(len(self.findings))
        ]
        return Table(header, rows)

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        return {"limits": self.limits.to_json(), "mains_hz": self.mains_hz}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        self.limits = self.limits.read(settings.get("limits"))
        if settings.get("mains_hz") in MAINS:
            self.mains_hz = float(settings["mains_hz"])
