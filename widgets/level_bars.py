"""A bar for each channel: how strong it is now, how strong it was, and how that compares to the strongest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.language import later, tr, trn
from .door import Tag
from .figures import si
from .flow import Flow
from .level_plot import Bar, LevelPlot
from .level_settings import OPTIONS, LevelSettings, Mvc
from .levels import Measure, Peaks, Trial, level
from .mvc_popup import MvcPopup
from .options import Options
from .panel import Switch, Words
from .popup import centred
from .view import Table, View

PACE_S = 0.05
TRIAL_S = 5.0
MOST_BARS = 128


class LevelBars(View):
    """RMS or mean absolute value of each channel as bars, in the stream's unit or % of the MVC. Main thread only."""

    kind = "levels"
    title = later("Levels")

    def prepare(self) -> None:
        """Make what settings go into."""
        self.set = LevelSettings()
        self.plot: LevelPlot | None = None
        self.trial: Trial | None = None
        self.levels = np.zeros(0, dtype=np.float32)
        """Of every channel of the stream, in its unit, shape (n_channels,)."""
        self.peaks = Peaks(0)
        self._numbers: list[int] = []
        self._stale = True
        self._in_percent = False
        self._computed = self._last = -math.inf
        self._end = -1
        self._version = -1

    # What a person chooses

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        return self.set.to_json()

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        self.set = self.set.read(settings)
        self._stale = True

    def choose(self, key: str, value: Any) -> None:
        """Change one setting."""
        self.set = replace(self.set, **{key: value})
        if key == "measure":
            self.trial = None
            self.peaks.reset()
        self._stale = True

    # The strongest a person can

    def start_trial(self) -> None:
        """Measure the MVC: the highest level of the next five seconds, channel by channel."""
        if not len(self.levels):
            return
        self.trial = Trial(self.clock() + TRIAL_S, np.full_like(self.levels, np.nan))

    def cancel_trial(self) -> None:
        """Leave the MVC as it was."""
        self.trial = None

    def take_peaks(self) -> None:
        """Take the peaks that are shown as MVC."""
        self._set_mvc(self.peaks.values)

    def forget_mvc(self) -> None:
        """Forget the MVC of every channel of this stream."""
        names = self.look.channels.names
        self.set = replace(
            self.set, percent=False, mvc={name: mvc for name, mvc in self.set.mvc.items() if name not in names}
        )
        self._stale = True

    def _set_mvc(self, levels: NDArray[np.float32]) -> None:
        unit, found = self.look.info.unit, dict(self.set.mvc)
        channels = self.look.channels
        for number, value in enumerate(levels.tolist()):
            if math.isfinite(value) and value > 0 and not channels.is_bad(number):
                found[channels.names[number]] = Mvc(value, unit, self.set.measure)
        self.set = replace(self.set, mvc=found, percent=True)
        self._stale = True

    def mvc_of(self, number: int) -> float:
        """Return a channel's MVC; NaN when none was measured in this unit and this way."""
        mvc = self.set.mvc.get(self.look.channels.names[number])
        if mvc is None or mvc.unit != self.look.info.unit or mvc.measure != self.set.measure:
            return math.nan
        return mvc.level

    @property
    def percent(self) -> bool:
        """Whether levels are shown in % of the MVC."""
        return self.set.percent and any(math.isfinite(self.mvc_of(i)) for i in self._numbers)

    # Making

    def build_controls(self, flow: Flow) -> None:
        """Put controls into the heading row."""
        theme = self._theme
        does = {"trial": self.start_trial, "peaks": self.take_peaks, "forget": self.forget_mvc}
        self.mvc = MvcPopup(TRIAL_S, does, self._why_not)
        self.options = Options(lambda: OPTIONS, lambda key: getattr(self.set, key), self.choose)
        self.unit_button = Switch(
            theme, "% MVC", tr("Levels in percent of the MVC, or in the stream's unit"),
            lambda: self.choose("percent", not self.set.percent),
        )  # fmt: skip
        self.cancel_button = Switch(theme, tr("Cancel"), tr("Leave the MVC as it was"), self.cancel_trial)
        self.reset_button = Switch(theme, tr("Reset peaks"), tr("Forget the highest levels"), self.reset_peaks)
        controls = flow.group()
        self.options.build(controls, theme)
        self.mvc.build(controls, theme)
        controls = flow.group()
        self.unit_button.build(controls)
        self.reset_button.build(controls)
        controls = flow.group()
        self.cancel_button.build(controls)
        for button in (self.cancel_button, self.reset_button):
            dpg.configure_item(button.tag, show=False)
        self.said = Words(theme, "small", "muted")
        self.said.build(centred(controls, theme.fonts.height("small"), theme))

    def reset_peaks(self) -> None:
        """Forget the highest levels."""
        self.peaks.reset()
        self._stale = True

    def _why_not(self, key: str) -> str:
        """Return why something about the MVC cannot be done now; empty when it can."""
        if key == "trial":
            return tr("The picture stands still. Go back to live first.") if self.look.axis.held else ""
        if key == "peaks":
            none = not np.isfinite(self.peaks.values).any()
            return tr("No peaks yet: no sample has come.") if none else ""
        none = not any(math.isfinite(self.mvc_of(i)) for i in range(len(self.look.channels.names)))
        return tr("No MVC has been measured yet.") if none else ""

    def build_body(self, parent: Tag) -> None:
        """Make the plot."""
        self.plot = LevelPlot(self._theme)
        self.plot.build(parent)
        self._stale = True

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            self.mvc.popup.close()
            self.options.popup.close()
        super().delete()
        self.plot = None

    def why_empty(self) -> tuple[str, str]:
        """Return why there are no bars."""
        if not self.look.channels.numbers:
            return tr("No channel"), tr("All channels are hidden. Show one in the list of channels.")
        return "", ""

    # Each frame

    def begin(self) -> None:
        """Start anew."""
        n = len(self.look.channels.names)
        if len(self.peaks.values) != n or self._version != self.look.version:
            self._version, self.peaks, self.trial = self.look.version, Peaks(n), None
        self._stale = True

    def draw_body(self, now: float) -> None:
        """Bring bars up to date, at most twenty times a second."""
        plot, look = self.plot, self.look
        if plot is None:
            return
        if self._stale:
            channels = look.channels
            self._numbers = channels.numbers[:MOST_BARS]
            bad = {i: tr("bad") for i in channels.bad}
            bars = [Bar(channels.label(i), channels.colour(i, self._theme), bad.get(i, "")) for i in self._numbers]
            plot.set_bars(bars)
            self._end = -1
        end = look.end
        due = now - self._computed >= PACE_S or now < self._computed
        # A peak that falls moves without new samples, but not while the picture is held.
        moving = end != self._end or (self.set.peaks == "fall" and not look.axis.held)
        if self._stale or (due and moving):
            self._computed, self._end = now, end
            self._measure(plot, now)
        self._stale = False
        if self.trial is not None and now >= self.trial.until:
            best, self.trial = self.trial.best, None
            self._set_mvc(best)
        plot.arrange(now - self._last if math.isfinite(self._last) else 0.0, self.unit_text)
        self._read(plot)
        self._last = now

    @property
    def unit_text(self) -> str:
        """What the figures on the axis are."""
        return "% MVC" if self.percent else self.look.info.unit

    def _measure(self, plot: LevelPlot, now: float) -> None:
        view = self.look.view(self.set.seconds)
        if view is None:
            return
        self.levels = level(view.data, cast(Measure, self.set.measure))
        if not self.look.axis.held:
            self.peaks.update(self.levels, now, falling=self.set.peaks == "fall")
        if self.trial is not None:
            self.trial.update(self.levels)
        numbers = np.asarray(self._numbers, dtype=np.int64)
        scale = self.scale(numbers)
        peaks = None if self.set.peaks == "off" else self.peaks.values[numbers] * scale
        if self.percent != self._in_percent:
            self._in_percent = self.percent
            plot.range.forget()
        plot.show(self.levels[numbers] * scale, peaks, 100.0 if self.percent else 0.0)

    def scale(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what levels are multiplied with to be shown, shape as `numbers`; NaN where there is no MVC."""
        if not self.percent:
            return np.ones(len(numbers), dtype=np.float32)
        return np.asarray([100 / self.mvc_of(i) for i in numbers.tolist()], dtype=np.float32)

    def _read(self, plot: LevelPlot) -> None:
        i = plot.under_pointer()
        at = plot.chart.pointer
        if i is None or at is None or i >= len(self._numbers):
            plot.chart.read(None)
            return
        number = self._numbers[i]
        texts = [plot.bars[i].name, si(float(self.levels[number]), self.look.info.unit)]
        mvc = self.mvc_of(number)
        if math.isfinite(mvc):
            texts.append(f"{100 * float(self.levels[number]) / mvc:.0f} % MVC")
        elif self.percent:
            texts.append(tr("no MVC"))
        if self.set.peaks != "off":
            texts.append(tr("peak {value}").format(value=si(float(self.peaks.values[number]), self.look.info.unit)))
        if plot.bars[i].why_faint:
            reason = self.look.channels.reason(number)
            texts.append(tr("bad: {reason}").format(reason=reason) if reason else plot.bars[i].why_faint)
        plot.chart.read(at, texts)

    def refresh(self, now: float) -> None:
        """Bring words and buttons up to date."""
        trial = self.trial
        self.mvc.popup.set_off(tr("It is being measured.") if trial is not None else "")
        dpg.configure_item(self.cancel_button.tag, show=trial is not None)
        dpg.configure_item(self.reset_button.tag, show=self.set.peaks == "hold")
        any_mvc = any(math.isfinite(self.mvc_of(i)) for i in self._numbers)
        self.unit_button.show(
            look="on" if self.percent else "plain", why_off="" if any_mvc else tr("Set the MVC first.")
        )
        self.said.say(self._facts_text(now), "accent" if trial is not None else "muted")

    def _facts_text(self, now: float) -> str:
        if self.trial is not None:
            left = max(0, math.ceil(self.trial.until - now))
            return trn("MVC: contract, {n} second left", "MVC: contract, {n} seconds left", left).format(n=left)
        all_of_them = len(self.look.channels.numbers)
        parts = []
        if all_of_them > MOST_BARS:
            parts.append(tr("the first {n} of {all}").format(n=MOST_BARS, all=all_of_them))
        without = sum(not math.isfinite(self.mvc_of(i)) for i in self._numbers) if self.percent else 0
        if without:
            parts.append(trn("{n} channel without MVC", "{n} channels without MVC", without).format(n=without))
        return " · ".join(parts)

    def values(self) -> Table | None:
        """Return level, peak and MVC of each channel shown."""
        if not len(self.levels) or not self._numbers:
            return None
        unit = self.look.info.unit
        header = tuple(f"{name} ({unit})" if unit else name for name in (self.set.measure.upper(), tr("Peak"), "MVC"))
        rows: list[tuple[object, ...]] = []
        for i in self._numbers:
            mvc = self.mvc_of(i)
            share = 100 * float(self.levels[i]) / mvc
            rows.append((self.look.channels.label(i), float(self.levels[i]), float(self.peaks.values[i]), mvc, share))
        return Table((tr("Channel"), *header, "% MVC"), rows)
