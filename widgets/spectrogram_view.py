"""The spectrogram of what is looked at: power over frequency and time, as a picture that moves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.language import later, tr
from ..sources.spectrogram import RunningSpectrogram, number_of
from ..sources.spectrum import Welch
from .channel_choice import ChannelChoice, Chosen
from .chart import Chart
from .checked_record import read_record
from .colour_scale import GUTTER, ColourBar
from .door import Tag
from .eased_range import EasedRange
from .flow import Flow
from .options import Options
from .panel import Switch
from .spectrogram_picture import SpectrogramPicture
from .spectrogram_settings import ALLOWED, DETAIL_S, OPTIONS, SpectrogramSettings
from .ticks import even, written
from .view import Table, View

MOST_COLUMNS = 400
MOST_IN_MEAN = 64
AIM_S = 0.5


class SpectrogramView(View):
    """Power density after Welch of one channel, or the mean of all, as colours that move. Main thread only."""

    kind = "spectrogram"
    title = later("Spectrogram")

    def prepare(self) -> None:
        """Make what settings go into."""
        self.set = SpectrogramSettings()
        self.running: RunningSpectrogram | None = None
        self.picture: SpectrogramPicture | None = None
        self.range = EasedRange(parts=6)
        self._bar: ColourBar | None = None
        self._key: tuple[object, ...] = ()
        self._aimed = self._last = -math.inf
        self._painted: tuple[object, ...] = ()

    # What a person chooses

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        low, high = self.range.target
        return asdict(replace(self.set, low_db=low, high_db=high) if self.set.locked else self.set)

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        self.set = read_record(self.set, settings, ALLOWED)
        if self.set.locked and self.set.high_db > self.set.low_db:
            self.range.lock(self.set.low_db, self.set.high_db)
        else:
            self.set = replace(self.set, locked=False)
            self.range.auto = True
        self._key = ()

    def choose(self, key: str, value: Any) -> None:
        """Change one setting."""
        self.set = replace(self.set, **{key: value})
        self._key = ()

    @property
    def chosen(self) -> Chosen:
        """What is shown: ``mean``, or a channel's number."""
        channels = self.look.channels
        if self.set.what == "mean":
            return "mean"
        if self.set.channel in channels.names:
            return channels.names.index(self.set.channel)
        return channels.numbers[0] if channels.numbers else 0

    def show(self, chosen: Chosen) -> None:
        """Choose what is shown: ``mean``, or a channel's number."""
        if isinstance(chosen, int):
            self.set = replace(self.set, what="one", channel=self.look.channels.names[chosen])
        else:
            self.set = replace(self.set, what="mean")
        self.range.forget()
        self._key = ()

    def lock(self) -> None:
        """Keep the colours as they are, or let them follow again."""
        if self.range.auto and self.range.known:
            self.range.lock(*self.range.target)
            self.set = replace(self.set, locked=True)
        else:
            self.range.auto = True
            self.set = replace(self.set, locked=False)
        self._aimed = -math.inf

    # Making

    def build_controls(self, flow: Flow) -> None:
        """Put controls into the heading row."""
        theme = self._theme
        self.choice = ChannelChoice(
            self.look, tr("Which channel is shown"), lambda: self.chosen, self.show, (("mean", later("Mean of all")),)
        )
        self.options = Options(lambda: OPTIONS, lambda key: getattr(self.set, key), self.choose)
        self.lock_button = Switch(
            theme, tr("Lock colours"), tr("Keep what each colour stands for, or let it follow the signal"), self.lock
        )
        controls = flow.group()
        self.choice.build(controls, theme)
        self.options.build(controls, theme)
        self.lock_button.build(flow.group())

    def build_body(self, parent: Tag) -> None:
        """Make the plot."""
        self.chart = Chart(self._theme)
        self.chart.build(parent)
        self._bar = ColourBar(self.chart, self._theme)
        self._key = ()

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            self.choice.popup.close()
            self.options.popup.close()
            self._drop()
        super().delete()

    def _drop(self) -> None:
        for drawn in (self.picture, self._bar):
            if drawn is not None:
                drawn.drop()

    def why_empty(self) -> tuple[str, str]:
        """Return why there is no spectrogram."""
        rate = self.look.info.fs
        if not rate:
            why = tr("This stream has no fixed rate: it says when a sample was, not how often.")
        elif Welch.fitting(rate, self.look.axis.seconds) is None:
            why = tr("The window is too short: 32 samples are the least. Choose a longer one.")
        elif not len(self._channels()):
            why = tr("All channels are hidden or marked bad. Show one in the list of channels.")
        else:
            return "", ""
        self._drop()
        return tr("No spectrogram"), why

    # Each frame

    def begin(self) -> None:
        """Start anew."""
        self._key = ()

    def _channels(self) -> NDArray[np.int64]:
        channels, chosen = self.look.channels, self.chosen
        if isinstance(chosen, int):
            return np.asarray([chosen] if channels.names else [], dtype=np.int64)
        good = np.asarray([i for i in channels.chosen if not channels.is_bad(i)], dtype=np.int64)
        if len(good) <= MOST_IN_MEAN:
            return good
        return good[np.linspace(0, len(good) - 1, MOST_IN_MEAN).round().astype(np.int64)]

    def _begin(self, n_columns: int) -> None:
        rate, seconds = self.look.info.fs, self.look.axis.seconds
        welch = Welch.fitting(rate, seconds, 1 / DETAIL_S[self.set.detail] if seconds > 1 else 0.0)
        if welch is None:
            return
        hop = max(1, math.ceil(seconds * rate / n_columns))
        self.running = RunningSpectrogram(welch, self._channels(), hop, math.ceil(seconds * rate / hop) + 2)
        end = len(welch.frequencies)
        if 0 < self.set.highest_hz < welch.frequencies[-1]:
            end = max(3, int(np.searchsorted(welch.frequencies, self.set.highest_hz, side="right")))
        if self.picture is not None and self.picture.fits(end, self.running.n_columns):
            self.picture.clear()
        else:
            if self.picture is not None:
                self.picture.drop()
            self.picture = SpectrogramPicture(self.chart.y_axis, end, self.running.n_columns)
        self._painted, self._aimed = (), -math.inf

    def draw_body(self, now: float) -> None:
        """Paint what is new, and move the picture."""
        chart, ring = self.chart, self.look.ring
        if ring is None or not chart.has_size:
            return
        if not dpg.is_item_visible(chart.plot):
            # Out of sight it would be uploaded all the same.
            self._drop()
            return
        wide = max(64.0, chart.inner[0] - self._theme.px(GUTTER))
        n_columns = int(min(MOST_COLUMNS if self.chosen != "mean" else MOST_COLUMNS // 2, wide // 2))
        n_columns -= n_columns % 16
        seconds = self.look.axis.seconds
        key = (self.look.version, self.look.channels.version, seconds, self.set, n_columns)
        if key != self._key:
            self._begin(n_columns)
            self._key = key
        running, picture = self.running, self.picture
        if running is None or picture is None:
            return
        end = self.look.end
        new = running.update(ring, end)
        if new:
            picture.take(running.columns, new)
        if now - self._aimed >= (AIM_S if self.range.known else 0.0) or now < self._aimed:
            self._aimed = now
            self._aim(picture)
        self.range.ease(now - self._last if math.isfinite(self._last) else 0.0)
        self._last = now
        painted = (self.range.low, self.range.high, self.set.colours)
        if painted != self._painted:
            picture.paint(None, *painted)
            self._painted = painted
        elif new:
            picture.paint(new, *painted)
        self._arrange(running, picture, seconds, end)

    def _aim(self, picture: SpectrogramPicture) -> None:
        levels = picture.levels[::2, ::3]
        known = levels[np.isfinite(levels) & (levels > -399)]
        if len(known):
            low, high = np.quantile(known, (0.05, 0.995))
            self.range.aim(float(low), float(high), 20.0)

    def _arrange(self, running: RunningSpectrogram, picture: SpectrogramPicture, seconds: float, end: int) -> None:
        chart, theme, ring = self.chart, self._theme, self.look.ring
        if ring is None:
            return
        step_hz = float(running.welch.frequencies[1])
        high = picture.rows_end * step_hz
        gutter = seconds * theme.px(GUTTER) / max(1.0, chart.inner[0] - theme.px(GUTTER))
        drawn = self._bar is not None and self._bar.is_drawn
        if chart.changed(seconds, gutter, high, self.range.target, self.set.colours, drawn):
            chart.set_limits((-seconds, gutter), (0.0, high))
            most = chart.most_ticks
            times = [(f"{text} s" if at == 0 else text, at) for text, at in even(-seconds, 0.0, most[0])]
            chart.set_ticks(times, even(0.0, high, most[1]), "Hz")
            if self._bar is not None:
                self._bar.draw(0.0, self.range.target, self.set.colours, "dB")
        first, stop = running.span(ring, end)
        axis, newest = self.look.axis, self.look.newest
        behind = newest - axis.edge if math.isfinite(newest) and math.isfinite(axis.edge) else 0.0
        edge = number_of(ring, max(0, end - 1)) + 1
        rate = self.look.info.fs
        picture.place(first, stop, (first * running.hop - edge) / rate + behind, running.hop / rate, high)
        self._read(running, picture, (edge, behind), step_hz)

    def _read(
        self, running: RunningSpectrogram, picture: SpectrogramPicture, at_edge: tuple[int, float], step_hz: float
    ) -> None:
        at = self.chart.pointer
        if at is None or at[0] > 0:
            unit = f"{self.look.info.unit}²/Hz" if self.look.info.unit else "1/Hz"
            self.chart.read(at, [tr("dB re 1 {unit}").format(unit=unit)])
            return
        number = round((at_edge[0] + (at[0] - at_edge[1]) * self.look.info.fs) / running.hop)
        row = min(len(picture.levels) - 1, int(at[1] / (picture.rows_end * step_hz) * len(picture.levels)))
        slot = number % running.n_columns
        level = float(picture.levels[row, slot]) if running.numbers[slot] == number else math.nan
        power = f"{level:.1f} dB".replace("-", "−") if math.isfinite(level) else tr("no samples")
        self.chart.read(at, [f"{written(at[0], 0.01)} s", f"{written(at[1], 1)} Hz", power])

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring words up to date."""
        self.choice.draw()
        why = "" if self.range.known else tr("There are no colours to lock yet: no sample has come.")
        locked = not self.range.auto
        self.lock_button.show(
            text=tr("Colours locked") if locked else tr("Lock colours"), look="on" if locked else "plain", why_off=why
        )

    def values(self) -> Table | None:
        """Return a row a moment: seconds before the right edge, and dB at each frequency shown."""
        running, picture, ring = self.running, self.picture, self.look.ring
        if running is None or picture is None or ring is None:
            return None
        edge = number_of(ring, max(0, self.look.end - 1)) + 1
        step = picture.rows_end * float(running.welch.frequencies[1]) / len(picture.levels)
        header = (tr("Time (s)"), *(f"{i * step:g} Hz (dB)" for i in range(len(picture.levels))))
        first, stop = running.span(ring, self.look.end)
        rows: list[tuple[object, ...]] = []
        for number in range(first, stop):
            slot = number % running.n_columns
            if running.numbers[slot] == number:
                t = (number * running.hop - edge) / self.look.info.fs
                rows.append((t, *picture.levels[:, slot].tolist()))
        return Table(header, rows)
