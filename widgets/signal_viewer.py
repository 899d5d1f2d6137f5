"""Traces of one stream, live: stacked or over one another, scrolling or swept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.block import Event
from ..sources.language import later, tr
from ..sources.ring import RingBuffer
from ..sources.view_filter import ViewFilter, preset
from .channel_list import ChannelList
from .channels import Channels
from .clipping import Clipping
from .cursors import Cursors
from .door import Tag, label
from .edits import Edit
from .figures import age, grouped, hz, span
from .flow import Flow
from .marks import StateLine
from .panel import Words
from .picture import RAW_BELOW, Picture
from .pointer import Pointer, nothing
from .readout import Hover
from .scale import Scale, Sharing, extents
from .state import state_view
from .time_axis import TimeAxis
from .trace_plot import Lane, TracePlot
from .view import REFRESH_S, Table, View
from .viewer_controls import ViewerControls
from .viewer_plane import ViewerPlane
from .viewer_settings import ViewerSettings

OVERLAID_ALPHA = 150
UNSTEADY_S = 0.1
"""A stream that is behind by so much more than usual is late, and not just between two blocks."""
HINTS = later(
    "Is the device on and in reach? A firewall may hide LSL streams: let Python through for private networks."
    " To try without a device, choose Device, Switch to…, and the synthetic one."
)


class SignalViewer(View):
    """Traces of one stream: envelope or samples, in lanes, with what went missing and what happened.

    Main thread only. Acquisition knows nothing of it: it looks at the stream's ring once a frame.

    Parameters
    ----------
    subject
        The stream, or a look that several views share.
    theme
        Colours, faces and measures; may be given later, before `build`.
    settings
        What `settings` returned some other day.
    clock
        For easing and refresh, s; a test passes its own.
    """

    kind = "signals"
    title = later("Signals")
    lengths_s: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)

    picture: Picture
    scale: Scale

    def prepare(self) -> None:
        """Make what the settings are put into."""
        self.picture, self.scale = Picture(), Scale(1)
        self.overlaid = self.axes = False
        self.artefact_ms = ViewerSettings().artefact_ms
        self._saved = ViewerSettings()
        self._events: tuple[Event, ...] = ()
        self._ring: RingBuffer | None = None
        self._reach: dict[str, float] = {}
        self._last_filter: ViewFilter | None = None
        self.on_event: Callable[[float], object] = nothing
        """Called with a moment, s, LSL clock, where a person wants an event: Ctrl and a click."""

    @property
    def axis(self) -> TimeAxis:
        """The time that is looked at."""
        return self.look.axis

    @property
    def channels(self) -> Channels:
        """Which channels are shown, and how."""
        return self.look.channels

    # Making

    def build_heading(self, head: Tag) -> None:
        """Put the stream's name, what it is and how it is into the heading row."""
        theme = self._theme
        self.channel_list = ChannelList(self.channels, self.look.undo)
        self.state_line = StateLine(theme, "small")
        self.controls = ViewerControls(self, theme)
        self.controls.build_heading(head)

    def build_controls(self, flow: Flow) -> None:
        """Put the controls into the heading row."""
        self.controls.build(flow)

    def build_body(self, parent: Tag) -> None:
        """Make the plot and the line below it."""
        theme = self._theme
        # One ground from edge to edge, drawn once.
        dpg.bind_item_theme(self.box, theme.ground("plot ground"))
        self._ring, self._stale = None, True
        self._last = self._aimed = self._looked = -math.inf
        self._clipped, self._unaimed, self._lag = False, True, 0.0
        self.plot = TracePlot(theme)
        self.footer = Words(theme, "small figures", "muted")
        self._clipping = Clipping()
        self.plot.build(parent, -(theme.fonts.height("small figures") + 2 * theme.padding + theme.px(4)))
        plane = ViewerPlane(self)
        self.pointer = Pointer(theme, plane, self.gain, lambda t: self.on_event(t), self._pressed_lane)
        self.cursors = Cursors(theme, plane)
        self.hover = Hover(theme, plane, self.clock)
        self.footer.build(parent)

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box:
            self.channel_list.delete()
            self.controls.close()
            self.pointer.delete()
            self.plot.delete()
        super().delete()

    # What a person does

    @property
    def seconds(self) -> float:
        """Length of the window, s."""
        return self.axis.seconds

    @property
    def paused(self) -> bool:
        """Whether the picture stands still."""
        return self.axis.held

    def pause(self, paused: bool | None = None) -> None:
        """Make the picture stand still or go on; the other one of both when not said. Samples keep coming."""
        if not self.paused if paused is None else paused:
            self.axis.hold()
        else:
            self.axis.release()

    def set_seconds(self, seconds: float) -> None:
        """Choose the window's length, s; 0.05 s at least, as long as the stream's buffer at most."""
        if math.isfinite(seconds):
            self.axis.set_seconds(min(seconds, self.stream.buffer_seconds))

    def set_sweep(self, sweep: bool) -> None:
        """Let samples keep their places, replaced one window later, or scroll."""
        self.axis.mode = "sweep" if sweep else "scroll"

    def set_auto(self, auto: bool) -> None:
        """Fit the signal into its lanes by itself, or leave the scale alone."""
        self.scale.auto = auto
        self._touched()

    def fit(self) -> None:
        """Fit the signal into its lanes now, and leave the scale alone from then on."""
        self.scale.auto = True
        self._aim()
        self.scale.auto = False

    def set_sharing(self, sharing: Sharing) -> None:
        """Give all channels one scale, one a type, or each its own."""
        self.scale.share(sharing)
        self._touched()

    def set_overlaid(self, overlaid: bool) -> None:
        """Draw all traces over one another, or a lane each."""
        self.overlaid = overlaid
        self._touched()

    def set_axes(self, axes: bool) -> None:
        """Give each lane an axis with figures, or show scale bars."""
        self.axes = axes

    def set_artefact_ms(self, artefact_ms: float) -> None:
        """Choose how long something may stick out before auto scale makes room for it, ms."""
        if math.isfinite(artefact_ms) and artefact_ms >= 0:
            self.artefact_ms = artefact_ms
            self._touched()

    def toggle_filter(self) -> None:
        """Show the signal through the filter used last, at first one for EMG; or as it comes."""
        look = self.look
        if self.why_not_filter():
            return
        if not look.filter.is_off:
            self._last_filter = look.filter
            chosen = ViewFilter()
        else:
            chosen = self._last_filter or preset("emg", self.stream.info)
        what = tr("View filter of {stream}").format(stream=self.stream.name)
        look.undo.do(Edit.setting(look, "filter", chosen, what))

    def why_not_filter(self) -> str:
        """Return why no filter can be switched on; empty when it can."""
        if not self.stream.connected_once:
            return tr("Nothing has come yet.")
        return preset("emg", self.stream.info).check(self.stream.info) if self.look.filter.is_off else ""

    def gain(self, direction: int, channel: int | None = None) -> None:
        """Draw one step larger (+1) or smaller (-1), one channel or all; auto scale is off from then on."""
        self.scale.nudge(direction, channel)

    def set_events(self, events: Iterable[Event]) -> None:
        """Say which events to draw; those outside the window are left out."""
        self._events = tuple(events)

    def _pressed_lane(self, lane: int, button: int) -> None:
        """Show a channel alone, or all again; with the right button open the list of channels."""
        numbers, channels = self.channels.numbers, self.channels
        if button:
            self.channel_list.popup.open()
        elif channels.any_solo:
            channels.end_solo()
        elif lane < len(numbers) and not self.overlaid:
            channels.solo(numbers[lane])

    def _touched(self) -> None:
        self._stale = True
        self._aimed = -math.inf

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        reach = {} if self.scale.auto else self._reach_by_name()
        return ViewerSettings(
            seconds=self.seconds,
            sweep=self.axis.mode == "sweep",
            auto=self.scale.auto,
            sharing=self.scale.sharing,
            reach=reach,
            overlaid=self.overlaid,
            axes=self.axes,
            artefact_ms=self.artefact_ms,
        ).to_json()

    def _reach_by_name(self) -> dict[str, float]:
        target = self.scale.target
        if len(target) != len(self.channels.names):
            return dict(self._reach)
        return dict(zip(self.channels.names, map(float, target), strict=True))

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""
        read = self._saved = self._saved.read(settings)
        # The axis may be shared: what is not said about it stays as the others have it.
        if "seconds" in settings:
            self.set_seconds(read.seconds)
        if "sweep" in settings:
            self.set_sweep(read.sweep)
        self.scale.auto, self.scale.sharing = read.auto, read.sharing
        self.overlaid, self.axes, self.artefact_ms = read.overlaid, read.axes, read.artefact_ms
        self._reach = dict(read.reach)

    # Each frame

    def why_empty(self) -> tuple[str, str]:
        """Return why nothing can be drawn; two empty texts when it can."""
        if self.box and self.plot.has_size:
            why = self.refusal(self.seconds, self.plot.n_columns)
            if why:
                return tr("Too many samples to draw each"), why
        return "", ""

    def hint(self) -> str:
        """Return what to try while nothing comes."""
        return "" if self.stream.connected_once else tr(HINTS)

    def refusal(self, seconds: float, n_columns: int) -> str:  # noqa: ARG002  for viewers that cannot draw everything
        """Return why a window of that length cannot be drawn; empty when it can."""
        return ""

    def begin(self) -> None:
        """Start on a stream that is new, or came back otherwise; on another filter, other channels or colours."""
        ring = self.look.ring
        if ring is not None and self.scale.reach.shape != (ring.n_channels,):
            before, names = self.scale, self.channels.names
            self.scale = Scale(ring.n_channels, self.look.info.types)
            self.scale.auto, self.scale.sharing = before.auto, before.sharing
            if not before.auto:
                usual = float(np.median(list(self._reach.values()) or before.target))
                known = np.array([self._reach.get(name, usual) for name in names], dtype=np.float32)
                self.scale.set_reach(known if len(known) == ring.n_channels else usual)
        self._touched()

    def draw_body(self, now: float) -> None:
        """Bring the traces up to date."""
        self.pointer.draw()
        # What the mouse moved is seen in this frame.
        self.look.update()
        ring = self.look.ring
        if ring is None:
            return
        if ring is not self._ring:
            self._ring = ring
            self._touched()
        picture, plot, scale, info = self.picture, self.plot, self.scale, self.look.info
        numbers = self.channels.numbers
        if self._stale:
            plot.set_lanes([self._lane(i) for i in numbers], overlaid=self.overlaid)
        sweep = self.axis.mode == "sweep" and not self.axis.held
        seconds = min(self.seconds, self.stream.buffer_seconds)
        plot.arrange(seconds, plot.shift, sweep=picture.sweep)
        if not plot.has_size:
            return
        # A line through many samples is dear where lanes are many; strokes then begin at a sample a column.
        raw_below = 1.0 if plot.tiled else RAW_BELOW
        other = picture.look_at(ring, info.fs, seconds, plot.n_columns, sweep=sweep, raw_below=raw_below)
        new = picture.update(self.look.end)
        plot.arrange(seconds, self._shift(now), sweep=picture.sweep)
        shown = np.asarray(numbers, dtype=np.int64)
        # Kept in mind: what stands still brings nothing new by the time it is due.
        self._unaimed = bool(self._unaimed or new or self._stale)
        if self._unaimed and now - self._aimed >= (REFRESH_S if scale.known else 0.0):
            self._aimed, self._unaimed = now, False
            self._aim(shown)
        behind = plot.tiles is not None and plot.tiles.behind
        if new or other or self._stale or behind or not scale.settled:
            scale.ease(now - self._last if math.isfinite(self._last) else 0.0)
            self._draw_traces(shown, other)
        self._last = now
        shared = scale.sharing == "all" or self.overlaid
        plot.gutter.measure(scale.gain[shown], scale.centre[shown], info.unit, shared=shared, axes=self.axes)
        plot.occurrences.set_gaps(picture.gaps())
        plot.occurrences.set_events([(picture.x_of_time(event.t), event.label or event.kind) for event in self._events])
        # Looked for now and then; followed each frame only while there is something to follow.
        if self._clipped or now - self._looked >= REFRESH_S:
            self._looked = now
            marks = self._clipping.look_at(self.look, picture, shown)
            self._clipped = bool(len(marks[0]))
            plot.occurrences.set_clips(*marks)
        at = self.pointer.at
        self.cursors.draw(at[1] if at else None)
        self.hover.draw(at, self.cursors.box.edges)

    def _draw_traces(self, shown: NDArray[np.int64], other: bool) -> None:
        picture, plot, scale = self.picture, self.plot, self.scale
        if picture.envelope is not None and plot.tiled:
            blank = picture.blank_columns * plot.n_columns // picture.envelope.n_columns
            plot.set_tiles(
                picture.envelope, shown, scale.centre, scale.gain, sweep=picture.sweep, blank=max(1, blank), anew=other
            )
        else:
            middle = 0.5 if self.overlaid else None
            y = picture.lay(shown, scale.centre, scale.gain, plot.lanes_per_pixel, middle)
            plot.set_traces(picture.x, y, strokes=picture.strokes, same_x=not other and bool(picture.rate_hz))
            if self._stale:
                plot.colour_traces()
        self._stale = False

    def _lane(self, number: int) -> Lane:
        theme, channels = self._theme, self.channels
        bad = channels.is_bad(number)
        name = f"× {channels.label(number)}" if bad else channels.label(number)
        colour = theme.colour("off") if bad else channels.colour(number, theme)
        return Lane(name, (*colour[:3], OVERLAID_ALPHA) if self.overlaid and len(channels.numbers) > 1 else colour)

    def _shift(self, now: float) -> float:
        """Return how far another stream on the axis is ahead of the picture, s, in whole pixels."""
        picture, edge = self.picture, self.axis.edge
        if picture.sweep or not math.isfinite(edge) or not math.isfinite(picture.newest):
            return 0.0
        pixel = self.plot.seconds_per_pixel
        ahead = picture.x_of_time(edge)
        bucket = picture.envelope.bucket / picture.rate_hz if picture.envelope is not None else 0.0
        if self.axis.held or abs(ahead - self._lag) > UNSTEADY_S:
            self._lag = ahead
        else:
            # Blocks come when they come: what counts is how far it is behind on the whole, or the picture would shake.
            self._lag += (ahead - self._lag) * min(1.0, max(0.0, now - self._last))
        return 0.0 if self._lag <= bucket + pixel else round(self._lag / pixel) * pixel

    def _aim(self, shown: NDArray[np.int64] | None = None) -> None:
        numbers = np.asarray(self.channels.numbers, dtype=np.int64) if shown is None else shown
        values = self.picture.values()
        if len(values) == len(self.scale.reach):
            artefact = self.artefact_ms / 1000 / max(self.seconds, 1e-3)
            self.scale.aim(*extents(values, artefact), numbers)

    def refresh(self, now: float) -> None:  # noqa: ARG002  the same for every view
        """Bring the footer up to date."""
        self.footer.say(self._footer_text(self.stream.health.age_s))

    def refresh_heading(self) -> None:
        """Bring name, state and controls up to date."""
        self.state_line.show(state_view(self.stream.health))
        self.controls.draw()
        self.channel_list.draw()

    def _footer_text(self, age_s: float) -> str:
        picture = self.picture
        if picture.strokes:
            what = tr("{samples} → 2 × {columns} per channel, min/max").format(
                samples=grouped(picture.n_samples), columns=grouped(len(picture.x) // 2)
            )
        else:
            what = tr("{samples} per channel, every sample").format(samples=grouped(len(picture.x)))
        filtered = not self.look.filter.is_off
        raw = tr("view filter only, raw is recorded") if filtered else tr("raw is recorded")
        work = tr("update {ms} ms").format(ms=f"{self.update_ms:4.1f}")
        parts = [what, work, self._newest_text(age_s), raw]
        room = dpg.get_item_rect_size(self.plot.plot)[0]
        while len(parts) > 1 and self._theme.fonts.width(" · ".join(parts), "small figures") > room:
            parts.pop()
        return " · ".join(parts)

    def _newest_text(self, age_s: float) -> str:
        if not self.paused:
            return tr("newest sample {age} old").format(age=age(age_s))
        back = self.axis.newest - self.axis.edge
        return tr("held {time} back, samples keep coming").format(time=span(max(0.0, back)))

    @property
    def facts(self) -> str:
        """What the header says of the stream."""
        if not self.stream.connected_once:
            return ""
        info = self.look.info
        return label(" · ".join(part for part in (f"{info.n_channels} ch", hz(info.fs), info.unit) if part))

    def values(self) -> Table | None:
        """Return the samples of the window as they are shown, channels side by side, for copying."""
        view = self.look.view(self.seconds)
        if view is None or not len(view.timestamps):
            return None
        numbers, unit = self.channels.numbers, self.look.info.unit
        header = (tr("time [s]"), *(f"{self.channels.label(i)} [{unit}]" for i in numbers))
        t = view.timestamps - view.timestamps[-1]
        rows: list[tuple[object, ...]] = [
            (round(float(a), 6), *map(float, row)) for a, row in zip(t, view.data[:, numbers], strict=True)
        ]
        return Table(header, rows)
