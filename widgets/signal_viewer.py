"""Stacked traces of one stream, live."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np

from ..sources.block import Event
from ..sources.ring import RingBuffer
from ..sources.stream import Stream
from .channel_list import ChannelList
from .door import Tag, label
from .figures import age, grouped, hz
from .marks import StateLine
from .panel import Words
from .picture import Picture
from .scale import Scale, extents
from .state import state_view
from .theme import Theme
from .trace_plot import Lane, TracePlot
from .viewer_controls import ViewerControls
from .viewer_settings import ViewerSettings

REFRESH_S = 0.25
MIN_SECONDS = 0.01
HINTS = (
    "Is the device on and in reach? A firewall may hide LSL streams: let Python through for private networks."
    " To try without a device, choose Device, Switch to…, and the synthetic one."
)


class SignalViewer:
    """Stacked traces of one stream: envelope or samples, in lanes, with what went missing and what happened.

    Main thread only. Acquisition knows nothing of it: it looks at the stream's ring once a frame.

    Parameters
    ----------
    stream
        What is shown.
    theme
        Colours, faces and measures; may be given later, before `build`.
    settings
        What `settings` returned some other day.
    clock
        For easing and refresh, s; a test passes its own.
    """

    lengths_s: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)

    def __init__(
        self,
        stream: Stream,
        theme: Theme | None = None,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.stream = stream
        self.theme = theme
        self.update_ms = 0.0
        self.picture = Picture()
        self.scale = Scale(1)
        self.seconds = 5.0
        self.channels = ChannelList(self._changed)
        self._settings = ViewerSettings()
        self._clock = clock
        self._events: tuple[Event, ...] = ()
        self._why_not = ""
        self._box: Tag = 0
        self._ring: RingBuffer | None = None
        self._info: object = None
        self.paused = False
        self.apply(settings or {})

    # Life

    def build(self, parent: Tag) -> None:
        """Make the items inside `parent`; they fill it."""
        if self.theme is None:
            self.theme = Theme()
        self._theme = theme = self.theme
        self._ring, self._info = None, None
        self._stale = True
        self._last = self._refreshed = self._aimed = -math.inf
        self._n_frames = 0
        self._version = theme.version
        self._box, self._body, self._empty = (dpg.generate_uuid() for _ in range(3))
        self.state_line = StateLine(theme, "small")
        self.controls = ViewerControls(self, theme)
        self.plot = TracePlot(theme)
        self.footer = Words(theme, "small figures", "muted")
        with dpg.child_window(
            tag=self._box, parent=parent, width=-1, height=-1, no_scrollbar=True, no_scroll_with_mouse=True,
            always_use_window_padding=True,
        ):  # fmt: skip
            self.controls.build(self._box)
            dpg.add_group(tag=self._body, show=False)
            self.plot.build(self._body, -(theme.fonts.height("small figures") + 2 * theme.padding + theme.px(4)))
            self.footer.build(self._body)
            dpg.add_group(tag=self._empty)
            self._build_empty(theme)
        dpg.bind_item_theme(self._box, theme.ground("panel"))

    def _build_empty(self, theme: Theme) -> None:
        self.headline, self.reason = Words(theme, "title"), Words(theme, wrap=560)
        self._hints = Words(theme, "words", "muted", wrap=560)
        dpg.add_spacer(height=theme.px(48), parent=self._empty)
        with dpg.group(parent=self._empty, indent=theme.px(40)) as lines:
            for words in (self.headline, self.reason, self._hints):
                words.build(lines)
        self._hints.say(HINTS)

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self._box and dpg.does_item_exist(self._box):
            self.channels.popup.close()
            self.controls.length.close()
            dpg.delete_item(self._box)
        self._box = 0

    # What a person does

    def pause(self, paused: bool | None = None) -> None:
        """Make the picture stand still or go on; the other one of both when not said. Samples keep coming."""
        self.paused = not self.paused if paused is None else paused
        if self.paused:
            self.picture.freeze()
        else:
            self.picture.thaw()
        self._stale = True

    def set_seconds(self, seconds: float) -> None:
        """Choose the window's length, s; as long as the stream's buffer at most."""
        if math.isfinite(seconds):
            self.seconds = min(max(seconds, MIN_SECONDS), self.stream.buffer_seconds)
            self._changed()

    def set_auto(self, auto: bool) -> None:
        """Fit the signal into its lanes by itself, or leave the scale alone."""
        self.scale.auto = auto
        self._changed()

    def set_common(self, common: bool) -> None:
        """Give all channels one scale, or each its own."""
        if common and not self.scale.common:
            self.scale.unite()
        self.scale.common = common
        self._changed()

    def gain(self, direction: int) -> None:
        """Draw one step larger (+1) or smaller (-1); auto scale is off from then on."""
        self.scale.nudge(direction)

    def set_events(self, events: Iterable[Event]) -> None:
        """Say which events to draw; those outside the window are left out."""
        self._events = tuple(events)

    def _changed(self) -> None:
        self._stale = True
        self._aimed = -math.inf

    def refusal(self, seconds: float, n_columns: int) -> str:  # noqa: ARG002  for viewers that cannot draw everything
        """Return why a window of that length cannot be drawn; empty when it can."""
        return ""

    def shortcuts(self) -> dict[str, Callable[[], None]]:
        """Return what keys do here: key name to call. The window calls them."""
        return {
            "Space": self.pause,
            "+": lambda: self.gain(+1),
            "-": lambda: self.gain(-1),
            "A": lambda: self.set_auto(not self.scale.auto),
            "S": lambda: self.set_common(not self.scale.common),
            "C": lambda: self.channels.popup.open(),
            "]": lambda: self.controls.longer(+1),
            "[": lambda: self.controls.longer(-1),
        }

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        return ViewerSettings(
            seconds=self.seconds,
            auto=self.scale.auto,
            common=self.scale.common,
            reach=None if self.scale.auto else float(np.median(self.scale.target)),
            hidden=frozenset(self.channels.hidden),
            colours=self.channels.colours,
        ).to_json()

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        read = self._settings = self._settings.read(settings)
        self.set_seconds(read.seconds)
        self.scale.auto, self.scale.common = read.auto, read.common
        if not read.auto and read.reach:
            self.scale.set_reach(read.reach)
        self.channels.hidden = set(read.hidden)
        self.channels.colours = dict(read.colours)
        self.channels.changed()

    # Each frame

    def draw(self) -> None:
        """Bring the picture up to date with the stream."""
        if not self._box:
            return
        begun = time.perf_counter()
        now = self._clock()
        ring = self.stream.ring
        if ring is not None and (ring is not self._ring or self.stream.info is not self._info):
            self._begin(ring)
        seconds = min(self.seconds, self.stream.buffer_seconds)
        self._why_not = ""
        if ring is not None and self.plot.has_size:
            self._why_not = self.refusal(seconds, self.plot.n_columns)
        drawn = ring is not None and not self._why_not
        dpg.configure_item(self._body, show=drawn)
        dpg.configure_item(self._empty, show=not drawn)
        if ring is not None and drawn:
            self._draw_traces(ring, seconds, now)
        if now - self._refreshed >= REFRESH_S:
            self._refreshed = now
            self._draw_figures()
        self.controls.draw()
        self._last = now
        # The first frames build things; they say nothing about the frames to come.
        self._n_frames += 1
        took, share = 1000 * (time.perf_counter() - begun), 0.05 if self._n_frames > 20 else 0.5
        self.update_ms += (took - self.update_ms) * share

    def _begin(self, ring: RingBuffer) -> None:
        """Start on a stream that is new, or came back with another rate or other channels."""
        info = self.stream.info
        if self._ring is None or ring is not self._ring:
            before, self._ring = self.scale, ring
            self.scale = Scale(ring.n_channels)
            self.scale.auto, self.scale.common = before.auto, before.common
            if not before.auto:
                self.scale.set_reach(float(np.median(before.target)))
        self._info = info
        self.channels.set_names(info.labels)
        self._refreshed = -math.inf
        self._changed()

    def _draw_traces(self, ring: RingBuffer, seconds: float, now: float) -> None:
        picture, plot, scale, info = self.picture, self.plot, self.scale, self.stream.info
        if self._theme.version != self._version:
            self._version, self._stale = self._theme.version, True
        if self._stale:
            plot.set_lanes([Lane(info.labels[i], self.channels.colour(i)) for i in self.channels.numbers])
        plot.arrange(seconds)
        if not plot.has_size:
            return
        other = picture.look_at(ring, info.fs, seconds, plot.n_columns)
        self.paused = picture.frozen
        new = picture.update()
        shown = np.asarray(self.channels.numbers, dtype=np.int64)
        if (new or self._stale) and now - self._aimed >= (REFRESH_S if scale.known else 0.0):
            self._aimed = now
            scale.aim(*extents(picture.values()), shown)
        if new or other or self._stale or not scale.settled:
            scale.ease(now - self._last if math.isfinite(self._last) else 0.0)
            y = picture.lay(shown, scale.centre, scale.gain, plot.lanes_per_pixel)
            plot.set_traces(picture.x, y, strokes=picture.strokes, same_x=not other and bool(picture.rate_hz))
            if self._stale:
                plot.colour_traces()
            self._stale = False
        plot.set_bars(scale.gain[shown], info.unit, common=scale.common)
        plot.set_gaps(picture.gaps())
        plot.set_events([(picture.x_of_time(event.t), event.label or event.kind) for event in self._events])

    def _draw_figures(self) -> None:
        health = self.stream.health
        self.state_line.show(state_view(health))
        if self._why_not:
            self._explain("Too many samples to draw each", self._why_not, hints=False)
        elif self.stream.ring is not None:
            self.footer.say(self._footer_text(health.age_s))
        elif self.stream.connected_once:
            self._explain("Text markers", "They are drawn as events on the other streams.", hints=False)
        else:
            self._explain(
                f"Waiting for {self.stream.source_name}", health.message or "Nothing has come yet.", hints=True
            )

    def _explain(self, headline: str, reason: str, *, hints: bool) -> None:
        self.headline.say(headline)
        self.reason.say(reason)
        self._hints.show(hints)

    def _footer_text(self, age_s: float) -> str:
        picture = self.picture
        if picture.strokes:
            what = f"{grouped(picture.n_samples)} → 2 × {grouped(len(picture.x) // 2)} per channel, min/max"
        else:
            what = f"{grouped(len(picture.x))} per channel, every sample"
        newest = "paused, samples keep coming" if self.paused else f"newest sample {age(age_s)} old"
        parts = [what, f"update {self.update_ms:4.1f} ms", newest, "raw is recorded"]
        room = dpg.get_item_rect_size(self.plot.plot)[0]
        while len(parts) > 1 and self._theme.fonts.width(" · ".join(parts), "small figures") > room:
            parts.pop()
        return " · ".join(parts)

    @property
    def facts(self) -> str:
        """What the header says of the stream."""
        if not self.stream.connected_once:
            return ""
        info = self.stream.info
        return label(" · ".join(part for part in (f"{info.n_channels} ch", hz(info.fs), info.unit) if part))
