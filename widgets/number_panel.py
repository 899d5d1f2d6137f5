"""Large figures: what a few channels amount to, to be read from across the room."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.language import later, tr
from .channel_choice import ChannelChoice, Chosen
from .checked_record import read_record
from .clipped_names import clipped
from .door import Tag, label
from .figures import si
from .flow import Flow
from .options import Option, Options
from .panel import Words
from .popup import centred
from .quantities import FREQUENCIES, QUANTITIES, measure
from .view import Table, View

MOST_CELLS = 24
SLOW_HZ = 150.0
SECONDS = (0.25, 0.5, 1.0, 2.0)
SMALLEST_PX, LARGEST_PX = 14, 260
# How much of a cell's height a figure may take.
FIGURE_SHARE = 0.58
SIGNED = ("last", "mean")
ALLOWED = {"what": ("shown", "one"), "seconds": SECONDS, "quantities": tuple(QUANTITIES)}
OPTIONS = (
    *(Option(key, name, later("Show it for each channel")) for key, name in QUANTITIES.items()),
    Option(
        "seconds",
        later("Over the last"),
        later("Longer is calmer, shorter is quicker"),
        tuple((seconds, f"{seconds:g} s") for seconds in SECONDS),
    ),
)


@dataclass(frozen=True)
class NumberSettings:
    """What a panel of numbers shows.

    Parameters
    ----------
    what
        ``shown`` channels, or ``one``.
    channel
        The device's name of the one.
    quantities
        Keys of `QUANTITIES`; none for what suits the stream.
    seconds
        Over how long they are taken, s.
    """

    what: str = "shown"
    channel: str = ""
    quantities: tuple[str, ...] = ()
    seconds: float = 0.5


class Cell(NamedTuple):
    """One number on the panel.

    Parameters
    ----------
    name
        Of the channel, and of the quantity where there are several.
    figure, unit
        As they are written.
    """

    name: str
    figure: str
    unit: str


class NumberPanel(View):
    """RMS, mean, frequencies or the last value of channels in figures as large as the box allows. Main thread only."""

    kind = "numbers"
    title = later("Numbers")

    def prepare(self) -> None:
        """Make what settings go into."""
        self.set = NumberSettings()
        self.cells: list[Cell] = []
        self.figure_px = 0
        self._letter = 0.5
        self._found: dict[str, NDArray[np.float64]] = {}
        self._items: list[tuple[Tag, Tag, Tag]] = []
        self._drawn: tuple[object, ...] = ()

    # What a person chooses

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        return asdict(self.set) | {"quantities": list(self.set.quantities)}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        self.set = read_record(self.set, settings, ALLOWED)

    def choose(self, key: str, value: Any) -> None:
        """Change one setting, or show a quantity or not."""
        if key in QUANTITIES:
            chosen = {*self.quantities, key} if value else {*self.quantities} - {key}
            self.set = replace(self.set, quantities=tuple(name for name in QUANTITIES if name in chosen))
        else:
            self.set = replace(self.set, **{key: value})
        self._refreshed = -math.inf

    def _get(self, key: str) -> Any:
        return key in self.quantities if key in QUANTITIES else getattr(self.set, key)

    @property
    def quantities(self) -> tuple[str, ...]:
        """What is shown; the last value of a slow stream, such as predictions, where nothing was chosen."""
        if self.set.quantities or not self.look.ready:
            return self.set.quantities or ("rms",)
        return ("last",) if self.look.info.fs < SLOW_HZ else ("rms",)

    @property
    def chosen(self) -> Chosen:
        """Which channels: ``shown``, or a number."""
        names = self.look.channels.names
        one = self.set.what == "one" and self.set.channel in names
        return names.index(self.set.channel) if one else "shown"

    def show(self, chosen: Chosen) -> None:
        """Choose which channels: ``shown``, or a number."""
        if isinstance(chosen, int):
            self.set = replace(self.set, what="one", channel=self.look.channels.names[chosen])
        else:
            self.set = replace(self.set, what="shown")
        self._refreshed = -math.inf

    # Making

    def build_controls(self, flow: Flow) -> None:
        """Put controls into the heading row."""
        theme = self._theme
        self.choice = ChannelChoice(
            self.look, tr("Which channels are shown"), lambda: self.chosen, self.show,
            (("shown", later("Shown channels")),),
        )  # fmt: skip
        self.options = Options(lambda: OPTIONS, self._get, self.choose)
        controls = flow.group()
        self.choice.build(controls, theme)
        self.options.build(controls, theme)
        self.said = Words(theme, "small", "muted")
        self.said.build(centred(flow.group(), theme.fonts.height("small"), theme))

    def build_body(self, parent: Tag) -> None:
        """Make the ground that figures are drawn on."""
        self._ground: Tag = dpg.generate_uuid()
        dpg.add_drawlist(tag=self._ground, parent=parent, width=1, height=1)
        self._items, self._drawn = [], ()

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            self.choice.popup.close()
            self.options.popup.close()
        super().delete()

    def why_empty(self) -> tuple[str, str]:
        """Return why there are no numbers."""
        if not self._numbers():
            return tr("No channel"), tr("All channels are hidden. Show one in the list of channels.")
        return "", ""

    # Four times a second

    def begin(self) -> None:
        """Start anew."""
        self._drawn = ()

    def _numbers(self) -> list[int]:
        chosen = self.chosen
        return [chosen] if isinstance(chosen, int) else self.look.channels.numbers

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Compute and write the figures."""
        self.choice.draw()
        numbers, quantities, info = self._numbers(), self.quantities, self.look.info
        shown = numbers[: max(1, min(MOST_CELLS, self._room()) // len(quantities))]
        view = self.look.view(self.set.seconds)
        if view is None:
            return
        data = view.data[:, shown]
        self._found = {key: measure(key, data, info.fs) for key in quantities}
        channels, cells = self.look.channels, []
        for i, number in enumerate(shown):
            name = f"× {channels.label(number)}" if channels.is_bad(number) else channels.label(number)
            for key in quantities:
                unit = "Hz" if key in FREQUENCIES else info.unit
                value, written_unit = _written(float(self._found[key][i]), unit, signed=key in SIGNED)
                what = f"{name} · {tr(QUANTITIES[key])}" if len(quantities) > 1 else name
                cells.append(Cell(what, value, written_unit))
        self.cells = cells
        parts = [tr(QUANTITIES[quantities[0]])] if len(quantities) == 1 else []
        if len(shown) < len(numbers):
            parts.append(tr("the first {n} of {all}").format(n=len(shown), all=len(numbers)))
        self.said.say(" · ".join(parts))
        self._lay(cells, [channels.colour(n, self._theme) for n in shown for _ in quantities])

    def _room(self) -> int:
        """Return how many figures of the smallest size fit into the box, six letters and a unit each."""
        theme, (width, height) = self._theme, self.size()
        smallest = theme.px(SMALLEST_PX)
        wide = smallest * (6 * self._letter + 1.0) + theme.px(12)
        # A name stands above each figure, never smaller than it can be read.
        high = max(smallest / FIGURE_SHARE, smallest * 1.1 + theme.fonts.height("small") * 1.25)
        return max(1, int(width // wide)) * max(1, int(height // high)) if min(width, height) > 0 else MOST_CELLS

    def draw_body(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Follow the size of the box."""
        if self._drawn and self.size() != self._drawn[0]:
            self._refreshed = -math.inf

    def _lay(self, cells: Sequence[Cell], colours: Sequence[tuple[int, int, int, int]]) -> None:
        size, theme = self.size(), self._theme
        drawn = (size, tuple(cells), tuple(colours), theme.version)
        if min(size) < 8 or drawn == self._drawn:
            return
        self._drawn = drawn
        dpg.configure_item(self._ground, width=size[0], height=size[1])
        n_across, figure = self._best(cells, size)
        self.figure_px = figure
        n_down = -(-len(cells) // n_across)
        wide, high = size[0] / n_across, size[1] / n_down
        small = max(theme.fonts.height("small"), min(round(figure * 0.36), round(high * 0.14)))
        self._make(len(cells))
        for i, (names, figures, units) in enumerate(self._items):
            if i >= len(cells):
                for tag in (names, figures, units):
                    dpg.configure_item(tag, show=False)
                continue
            cell, left, top = cells[i], (i % n_across) * wide + theme.px(4), (i // n_across) * high
            # A name is as wide as its letters at the size that is measured, times how much larger it is drawn.
            ratio = small / theme.fonts.height("small")
            name = clipped(cell.name, (wide - theme.px(12)) / ratio, theme)
            above = max(0.0, (high - small * 1.25 - figure * 1.1) / 2)
            self._write(names, name, (left, top + above), small, colours[i])
            at = (left, top + above + small * 1.25)
            self._write(figures, cell.figure, at, figure, theme.colour("text"))
            after = left + len(cell.figure) * figure * self._letter + figure * 0.16
            self._write(units, cell.unit, (after, at[1] + (figure - small) * 0.82), small, theme.colour("muted"))

    def _best(self, cells: Sequence[Cell], size: tuple[int, int]) -> tuple[int, int]:
        """Return how many cells side by side make the figures largest, and how high those are, px."""
        theme, best = self._theme, (1, 0)
        # Width of a figure in its own height: they are all as wide as one another.
        self._letter = theme.fonts.width("0000", "small figures") / 4 / theme.fonts.height("small figures")
        letters = max(len(cell.figure) for cell in cells)
        unit = max(len(cell.unit) for cell in cells)
        for n_across in range(1, len(cells) + 1):
            n_down = -(-len(cells) // n_across)
            wide = size[0] / n_across - theme.px(12)
            high = size[1] / n_down
            fits = min(wide / (letters * self._letter + 0.2 + unit * 0.24), high * FIGURE_SHARE)
            if fits > best[1]:
                best = (n_across, int(fits))
        return best[0], min(max(best[1], theme.px(SMALLEST_PX)), LARGEST_PX)

    def _make(self, n: int) -> None:
        while len(self._items) < n:
            tags: tuple[Tag, Tag, Tag] = (dpg.generate_uuid(), dpg.generate_uuid(), dpg.generate_uuid())
            for tag, face in zip(tags, ("words", "figures", "words"), strict=True):
                dpg.draw_text((0, 0), "", tag=tag, parent=self._ground, size=10, show=False)
                self._theme.fonts.bind(tag, face)
            self._items.append(tags)

    def _write(
        self, tag: Tag, text: str, at: tuple[float, float], px: float, colour: tuple[int, int, int, int]
    ) -> None:
        dpg.configure_item(
            tag, text=label(text), pos=(round(at[0]), round(at[1])), size=round(px), color=list(colour), show=True
        )

    def values(self) -> Table | None:
        """Return the numbers of each channel shown."""
        if not self._found or not self.cells:
            return None
        unit = self.look.info.unit
        header = tuple(f"{tr(QUANTITIES[key])} ({'Hz' if key in FREQUENCIES else unit or '–'})" for key in self._found)
        numbers = self._numbers()[: len(next(iter(self._found.values())))]
        rows: list[tuple[object, ...]] = [
            (self.look.channels.label(number), *(float(values[i]) for values in self._found.values()))
            for i, number in enumerate(numbers)
        ]
        return Table((tr("Channel"), *header), rows)


def _written(value: float, unit: str, *, signed: bool) -> tuple[str, str]:
    """Return a number in five letters, so that nothing jitters, with room for a sign before them; and its unit."""
    letters = 6 if signed else 5
    if not math.isfinite(value):
        return f"{'–':>{letters}}", unit
    text, _, written = si(value, unit or "", 9).partition(" ")
    number = float(text)
    decimals = 0 if abs(number) >= 1000 else 1 if abs(number) >= 100 else 2 if abs(number) >= 10 else 3
    short = f"{number:.{min(decimals, 1 if unit == 'Hz' else 3)}f}"
    return f"{short.replace('-', '−'):>{letters}}" if abs(number) < 1e5 else f"{number:.0e}", written
