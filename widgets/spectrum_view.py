"""The spectrum of what is looked at: power over frequency, averaged over the window."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources.language import later, tr
from ..sources.spectrum import RunningSpectrum, Welch, mains_in, mean_frequency, median_frequency
from .channel_choice import ChannelChoice, Chosen
from .checked_record import read_record
from .door import Tag
from .flow import Flow
from .options import Options
from .panel import Words
from .popup import centred
from .spectrum_plot import Curve, SpectrumPlot
from .spectrum_settings import ALLOWED, OPTIONS, SpectrumSettings
from .view import Table, View

PACE_S = 0.1
MOST_LINES = 16
MOST_IN_MEAN = 128


class SpectrumView(View):
    """Power density after Welch of the window that is looked at, each segment transformed once. Main thread only."""

    kind = "spectrum"
    title = later("Spectrum")

    def prepare(self) -> None:
        """Make what settings go into."""
        self.set = SpectrumSettings()
        self.running: RunningSpectrum | None = None
        self.plot: SpectrumPlot | None = None
        self.density = np.zeros((0, 0))
        """What is shown, shape (n_curves, n_frequencies), unit² per Hz."""
        self.mains_hz = 0.0
        self._peaks: NDArray[np.float64] | None = None
        self._key: tuple[object, ...] = ()
        self._computed = self._last = -math.inf
        self._end = -1
        self._whole = False

    # What a person chooses

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        return asdict(self.set)

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        self.set = read_record(self.set, settings, ALLOWED)
        self._key = ()

    def choose(self, key: str, value: Any) -> None:
        """Change one setting."""
        self.set = replace(self.set, **{key: value})
        if key in ("decibels", "log_frequency") and self.plot is not None:
            self.plot.range.forget()
        self._key = ()

    @property
    def chosen(self) -> Chosen:
        """What is shown: ``shown``, ``mean``, or a channel's number."""
        if self.set.what != "one":
            return self.set.what
        names = self.look.channels.names
        return names.index(self.set.channel) if self.set.channel in names else "shown"

    def show(self, chosen: Chosen) -> None:
        """Choose what is shown: ``shown``, ``mean``, or a channel's number."""
        if isinstance(chosen, str):
            self.choose("what", chosen)
        else:
            self.set = replace(self.set, what="one", channel=self.look.channels.names[chosen])
            self._key = ()

    # Making

    def build_controls(self, flow: Flow) -> None:
        """Put controls into the heading row."""
        theme = self._theme
        besides = (("shown", later("Shown channels")), ("mean", later("Mean of all")))
        self.choice = ChannelChoice(
            self.look, tr("Which channels the spectrum is of"), lambda: self.chosen, self.show, besides
        )
        self.options = Options(lambda: OPTIONS, lambda key: getattr(self.set, key), self.choose)
        controls = flow.group()
        self.choice.build(controls, theme)
        self.options.build(controls, theme)
        self.said = Words(theme, "small", "muted")
        self.said.build(centred(flow.group(), theme.fonts.height("small"), theme))

    def build_body(self, parent: Tag) -> None:
        """Make the plot."""
        self.plot = SpectrumPlot(self._theme)
        self.plot.build(parent)
        self._key = ()

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            self.choice.popup.close()
            self.options.popup.close()
        super().delete()
        if self.plot is not None:
            self.plot.delete()
        self.plot = None

    def why_empty(self) -> tuple[str, str]:
        """Return why there is no spectrum."""
        rate = self.look.info.fs
        if not rate:
            return tr("No spectrum"), tr("This stream has no fixed rate: it says when a sample was, not how often.")
        if Welch.fitting(rate, self.look.axis.seconds) is None:
            return tr("No spectrum"), tr("The window is too short: 32 samples are the least. Choose a longer one.")
        if not len(self._channels()):
            return tr("No channel"), tr("All channels are hidden or marked bad. Show one in the list of channels.")
        return "", ""

    # Each frame

    def begin(self) -> None:
        """Start anew."""
        self._key = ()

    def _channels(self) -> NDArray[np.int64]:
        channels, chosen = self.look.channels, self.chosen
        if isinstance(chosen, int):
            return np.asarray([chosen], dtype=np.int64)
        if chosen == "shown":
            return np.asarray(channels.numbers[:MOST_LINES], dtype=np.int64)
        good = np.asarray([i for i in channels.chosen if not channels.is_bad(i)], dtype=np.int64)
        if len(good) <= MOST_IN_MEAN:
            return good
        return good[np.linspace(0, len(good) - 1, MOST_IN_MEAN).round().astype(np.int64)]

    def _begin(self, plot: SpectrumPlot) -> None:
        channels, numbers = self.look.channels, self._channels()
        rate, seconds = self.look.info.fs, self.look.axis.seconds
        welch = Welch.fitting(rate, seconds, self.set.resolution_hz, self.set.window)
        if welch is None:
            return
        self.running = RunningSpectrum(welch, numbers, int(seconds * rate))
        self._peaks, self._end, self._computed = None, -1, -math.inf
        theme = self._theme
        if self.chosen == "mean":
            curves = [Curve(tr("Mean"), theme.colour("accent"))]
        else:
            curves = [Curve(channels.label(i), channels.colour(i, theme)) for i in numbers.tolist()]
        plot.decibels, plot.log_frequency = self.set.decibels, self.set.log_frequency
        plot.highest_hz, plot.unit = self.set.highest_hz, self.look.info.unit
        plot.set_curves(curves)

    def draw_body(self, now: float) -> None:
        """Bring the spectrum up to date, at most ten times a second."""
        plot, ring = self.plot, self.look.ring
        if plot is None or ring is None:
            return
        key = (self.look.version, self.look.channels.version, self._theme.version, self.look.axis.seconds, self.set)
        if key != self._key:
            self._begin(plot)
            self._key = key
        end = self.look.end
        running = self.running
        due = now - self._computed >= PACE_S or now < self._computed
        if running is not None and (due or not self._whole) and (end != self._end or not self._whole):
            self._computed, self._end = now, end
            self._whole = running.update(ring, end)
            self._show(running, plot)
        plot.mains_hz = self.mains_hz
        plot.arrange(now - self._last if math.isfinite(self._last) else 0.0)
        plot.read()
        self._last = now

    def _show(self, running: RunningSpectrum, plot: SpectrumPlot) -> None:
        density, around = running.density(), None
        if self.chosen == "mean":
            with warnings.catch_warnings():
                # Frequencies of which no channel knows anything stay unknown.
                warnings.simplefilter("ignore", RuntimeWarning)
                around = (np.nanmin(density, axis=0), np.nanmax(density, axis=0))
                density = np.nanmean(density, axis=0)[None]
        self.density = density
        if self.set.peak_hold:
            self._peaks = density.copy() if self._peaks is None else np.fmax(self._peaks, density)
        else:
            self._peaks = None
        plot.show(running.welch.frequencies, density, around, self._peaks)

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring figures up to date."""
        self.choice.draw()
        running = self.running
        if running is None or not len(self.density):
            return
        frequencies = running.welch.frequencies
        usual = np.nanmedian(self.density, axis=0) if np.isfinite(self.density).any() else self.density[0]
        found = mains_in(frequencies, usual) if self.set.mains == "auto" else 0.0
        self.mains_hz = float(self.set.mains) if self.set.mains in ("50", "60") else found
        self.said.say(self._facts_text(running, frequencies))

    def _facts_text(self, running: RunningSpectrum, frequencies: NDArray[np.float64]) -> str:
        channels, parts = self.look.channels, []
        if self.chosen == "shown" and len(channels.numbers) > MOST_LINES:
            parts.append(tr("the first {n} of {all}").format(n=MOST_LINES, all=len(channels.numbers)))
        if self.chosen == "mean":
            parts.append(tr("mean of {n} channels, lowest to highest").format(n=len(running.channels)))
        if len(self.density) == 1:
            mean, median = (f(frequencies, self.density[0]) for f in (mean_frequency, median_frequency))
            if math.isfinite(mean):
                parts.append(tr("mean {mean:.0f} Hz, median {median:.0f} Hz").format(mean=mean, median=median))
        if not running.n_averaged:
            parts.append(tr("gathering samples"))
        return " · ".join(parts)

    def values(self) -> Table | None:
        """Return frequency and power density of every line."""
        running, plot = self.running, self.plot
        if running is None or plot is None or not len(self.density):
            return None
        unit = f"{plot.unit}²/Hz" if plot.unit else "1/Hz"
        names = [tr("Mean")] if self.chosen == "mean" else [self.look.channels.label(int(i)) for i in running.channels]
        rows = np.column_stack((running.welch.frequencies, self.density.T)).tolist()
        return Table((tr("Frequency (Hz)"), *(f"{name} ({unit})" for name in names)), [tuple(row) for row in rows])
