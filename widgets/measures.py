"""A table of figures, channel by channel: between the cursors, or of the whole window."""

from __future__ import annotations

import math

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.language import later, tr, trn
from ..sources.measure import Measures as Found
from ..sources.measure import Measuring, Stretch, nearest, stretch, stretch_of_rows
from ..sources.ring import RingBuffer
from .door import Tag, clean, label
from .figures import BASES, PREFIXES, grouped, si
from .flow import Flow
from .panel import Words
from .popup import tooltip
from .readout import minus
from .selection import length
from .view import Table, View

WIDE = 9
"""Characters of a figure, so that columns stand still."""
GAP = 1
COLUMNS = (
    (later("Peak–peak"), later("Highest minus lowest value")),
    (later("RMS"), later("Root of the mean square of the values as shown, an offset included")),
    (later("Mean"), later("Mean of the values as shown")),
    (later("Median"), later("Median frequency: half the power lies below it, the mean left out")),
    (later("ΔV"), later("Value at cursor B minus value at cursor A")),
)
MEDIAN = 3


class Measures(View):
    """Peak to peak, RMS, mean, median frequency and difference of each channel that is shown. Main thread only.

    Between the cursors of the time axis; of the whole window while they are off. Measured anew at most four times a
    second, and only when the samples are others; a few channels a frame, so that no frame waits.
    """

    kind = "measures"
    title = later("Measures")

    def prepare(self) -> None:
        """Begin without figures."""
        self._job: Measuring | None = None
        self._job_of: tuple[object, ...] = ()
        self.found: Found | None = None
        self._rows = Stretch(0, 0, 0, ())
        self._difference: NDArray[np.float64] | None = None
        self._numbers: tuple[int, ...] = ()
        self._unit, self._factor = "", 1.0
        self._wide = [WIDE] * len(COLUMNS)
        self._cells: list[list[Tag]] = []
        self._shown: list[list[str]] = []

    def build_controls(self, flow: Flow) -> None:
        """Put Copy into the heading row."""
        self.copy_button: Tag = dpg.generate_uuid()
        dpg.add_button(tag=self.copy_button, label=label(tr("Copy")), parent=flow.group(), callback=lambda: self.copy())
        tooltip(self.copy_button, tr("Copy the table, tabs between columns, for a spreadsheet"), self._theme)

    def build_body(self, parent: Tag) -> None:
        """Make room for the table, and the line above it."""
        self._words = Words(self._theme, "small", "muted", wrap=0)
        self._words.build(parent)
        self._place: Tag = dpg.generate_uuid()
        dpg.add_group(tag=self._place, parent=parent)

    def begin(self) -> None:
        """Make the table anew."""
        theme, look = self._theme, self.look
        self._job, self._job_of, self.found, self._difference = None, (), None, None
        self._numbers, self._unit, self._factor = tuple(look.channels.numbers), look.info.unit, 1.0
        dpg.delete_item(self._place, children_only=True)
        self._heads: list[Tag] = [dpg.generate_uuid() for _ in COLUMNS]
        self._cells = []
        with dpg.table(
            parent=self._place, scrollX=True, scrollY=True, height=-1, policy=dpg.mvTable_SizingFixedFit,
            freeze_rows=1, freeze_columns=1, header_row=False,
        ) as table:  # fmt: skip
            for _ in range(len(COLUMNS) + 1):
                dpg.add_table_column()
            with dpg.table_row():
                self._cell(tr("Channel"), "small", "muted")
                for head, (_, tip) in zip(self._heads, COLUMNS, strict=True):
                    self._cell("", "small figures", "muted", head)
                    tooltip(head, tr(tip), theme)
            for number in self._numbers:
                with dpg.table_row():
                    self._cell(look.channels.label(number), "small", "text")
                    self._cells.append([self._cell("", "small figures", "text") for _ in COLUMNS])
        dpg.bind_item_theme(table, theme.lines())
        self._name_units()

    def _cell(self, text: str, face: str, role: str, tag: Tag = 0) -> Tag:
        made: Tag = tag or dpg.generate_uuid()
        dpg.add_text(label(text), tag=made)
        self._theme.fonts.bind(made, face)
        dpg.bind_item_theme(made, self._theme.text(role))
        return made

    def _name_units(self) -> None:
        for i, (head, (name, _)) in enumerate(zip(self._heads, COLUMNS, strict=True)):
            unit = "Hz" if i == MEDIAN else self._unit
            text = label(f"{tr(name)} {unit}".strip(), 40)
            # Right above the figures' last digits; in a column of their own words may grow.
            self._wide[i] = max(WIDE, len(text)) + GAP
            dpg.set_value(head, f"{text:>{self._wide[i]}}")
        self._shown = [[""] * len(COLUMNS) for _ in self._numbers]

    # Each frame

    def draw_body(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Measure the next few channels."""
        job = self._job
        if job is None:
            return
        job.step()
        if job.done:
            self._job = None
            if job.spoiled:
                # Overwritten meanwhile: the next round takes what is there then.
                self._job_of = ()
                return
            self.found, self._rows = job.found, job.rows
            self._show()

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Begin to measure when the samples, the cursors or the window are others."""
        ring, look = self.look.ring, self.look
        if ring is None or self._job is not None or not self._numbers:
            return
        rows = self._stretch(ring)
        wanted = (ring, rows, look.axis.cursors)
        if wanted == self._job_of:
            return
        self._job_of = wanted
        self._difference = self._differ(ring)
        if rows.n_samples:
            self._job = Measuring(ring, rows, self._numbers, look.info.fs)
        else:
            self.found, self._rows = None, rows
            self._show()

    def _stretch(self, ring: RingBuffer) -> Stretch:
        look, cursors = self.look, self.look.axis.cursors
        if cursors is not None:
            return stretch(ring, *cursors)
        view = look.view(look.axis.seconds)
        return Stretch(0, 0, 0, ()) if view is None else stretch_of_rows(ring, view.first, view.first + len(view.data))

    def _differ(self, ring: RingBuffer) -> NDArray[np.float64] | None:
        cursors, view = self.look.axis.cursors, ring.view(None)
        if cursors is None or not len(view.timestamps) or min(cursors) < view.timestamps[0]:
            return None
        a, b = (nearest(view, t) for t in cursors)
        return None if a is None or b is None else view.data[b].astype(np.float64) - view.data[a]

    # What is written

    def _show(self) -> None:
        self._words.say(self._range_words())
        rows = self._figures()
        volts = [abs(row[i]) for row in rows for i in (0, 1, 2, 4) if math.isfinite(row[i])]
        self._choose_unit(max(volts, default=0.0))
        largest = max(volts, default=0.0) * self._factor
        decimals = 1 if largest >= 1000 else 2 if largest >= 10 else 3
        for cells, shown, row in zip(self._cells, self._shown, rows, strict=True):
            for i, value in enumerate(row):
                factor = 1.0 if i == MEDIAN else self._factor
                text = figure(value * factor, 1 if i == MEDIAN else decimals, self._wide[i])
                if text != shown[i]:
                    shown[i] = text
                    dpg.set_value(cells[i], text)

    def _figures(self) -> list[tuple[float, ...]]:
        n, found = len(self._numbers), self.found
        none = np.full(n, np.nan)
        delta = none if self._difference is None else self._difference[list(self._numbers)]
        if found is None:
            columns = [none, none, none, none, delta]
        else:
            columns = [found.peak_to_peak, found.rms, found.mean, found.median_hz, delta]
        return [tuple(float(value) for value in row) for row in zip(*columns, strict=True)]

    def _choose_unit(self, largest: float) -> None:
        """Keep the unit while figures read well in it, so that it does not jump to and fro."""
        own = self.look.info.unit
        if 1 <= largest * self._factor < 10_000 or not largest:
            return
        factor, unit = prefixed(largest, own)
        if unit != self._unit:
            self._factor, self._unit = factor, unit
            self._name_units()

    def _range_words(self) -> str:
        look, rows = self.look, self._rows
        if look.axis.cursors is not None:
            a, b = look.axis.cursors
            parts = [tr("Between cursors A and B, {time}").format(time=length(abs(b - a)))]
        else:
            parts = [tr("The whole window, {time}").format(time=length(look.axis.seconds))]
        if not rows.n_samples:
            return parts[0] + " · " + tr("No sample of it is kept.")
        parts.append(trn("{n} sample", "{n} samples", rows.n_samples).format(n=grouped(rows.n_samples)))
        if rows.n_lost:
            lost = trn("{n} lost sample left out", "{n} lost samples left out", rows.n_lost)
            parts.append(lost.format(n=grouped(rows.n_lost)))
        if self.found is not None and self.found.why:
            parts.append(self.found.why)
        return " · ".join(parts)

    @property
    def words(self) -> str:
        """What is written above the table."""
        return self._words.text

    def cell(self, row: int, column: int) -> str:
        """Return a figure as it is written; rows and columns from 0, the names left out."""
        return self._shown[row][column].strip()

    # Taking it away

    def values(self) -> Table | None:
        """Return the table in the stream's own unit; None before the first figures."""
        if self.found is None:
            return None
        unit, labels = self.look.info.unit, self.look.channels.label
        header = (tr("Channel"), *(f"{tr(n)} [{'Hz' if i == MEDIAN else unit}]" for i, (n, _) in enumerate(COLUMNS)))
        rows = zip(self._numbers, self._figures(), strict=True)
        return Table(header, [(labels(number), *map(_cell_of, figures)) for number, figures in rows])

    def copy(self) -> None:
        """Put the table on the clipboard: one row a line, tabs between columns."""
        table = self.values()
        if table is not None:
            lines = [table.header, *table.rows]
            dpg.set_clipboard_text("\n".join("\t".join(clean(cell) for cell in line) for line in lines) + "\n")


def _cell_of(value: float) -> object:
    return float(f"{value:.7g}") if math.isfinite(value) else ""


def figure(value: float, decimals: int, wide: int = WIDE) -> str:
    """Return a figure, always as wide; a dash where there is none."""
    return minus(f"{value:z{wide}.{decimals}f}") if math.isfinite(value) else f"{'–':>{wide}}"


def prefixed(largest: float, unit: str) -> tuple[float, str]:
    """Return a unit in which a value reads well, and by what to multiply for it: ``(1e6, "µV")`` for 0.0002 V."""
    wanted = si(largest, unit).partition(" ")[2]
    for base in BASES:
        before, after = unit.removesuffix(base), wanted.removesuffix(base)
        if unit.endswith(base) and wanted.endswith(base) and before in PREFIXES and after in PREFIXES:
            return 10.0 ** (PREFIXES[before] - PREFIXES[after]), wanted
    return 1.0, unit
