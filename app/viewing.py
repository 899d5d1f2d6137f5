"""What menus and keys ask of the viewers on screen, done to all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from ..sources.language import tr
from ..widgets import SignalViewer, cursors
from ..widgets.look import Look
from ..widgets.scale import Sharing
from ..widgets.time_axis import TimeAxis
from .layouts import panes
from .viewer_commands import (
    AUTO,
    BUTTERFLY,
    CHANNELS,
    COMMON,
    CURSORS,
    FIRST_BACK,
    FIRST_ON,
    FIT,
    GAIN_DOWN,
    GAIN_UP,
    LIVE,
    LONGER,
    MEASURES,
    NEXT_CHANNEL,
    NEXT_PAGE,
    OLDEST,
    PAGE_BACK,
    PAGE_ON,
    PAUSE,
    PER_CHANNEL,
    PER_TYPE,
    PREVIOUS_CHANNEL,
    PREVIOUS_PAGE,
    SECOND_BACK,
    SECOND_ON,
    SHORTER,
    SOLO,
    STEP_BACK,
    STEP_ON,
    SWEEP,
    ZOOM_IN,
    ZOOM_OUT,
    ZOOM_TO_CURSORS,
)
from .workbench import Workbench

T = TypeVar("T")
STEP_SHARE = 0.1
CURSOR_SHARE = 0.01
KIND_OF_MEASURES = "measures"


class Viewing:
    """Does to the viewers what their commands say. Main thread only.

    Time is done once to each axis, however many viewers share it; scale to each viewer; channels to each look.

    Parameters
    ----------
    workbench
        Hears from here what commands there are; its menus ask for them.
    viewers
        Returns the signal viewers on screen.
    """

    def __init__(self, workbench: Workbench, viewers: Callable[[], list[SignalViewer]]) -> None:
        self._bench = workbench
        self._viewers = viewers
        self._done: Mapping[str, Callable[[], object]] = {
            PAUSE: self._pause,
            LIVE: lambda: self._each_axis(TimeAxis.release),
            OLDEST: lambda: self._each_axis(_to_oldest),
            PAGE_BACK: lambda: self._scroll(-1.0),
            PAGE_ON: lambda: self._scroll(1.0),
            STEP_BACK: lambda: self._scroll(-STEP_SHARE),
            STEP_ON: lambda: self._scroll(STEP_SHARE),
            SWEEP: self._sweep,
            LONGER: lambda: self._each_length(+1),
            SHORTER: lambda: self._each_length(-1),
            ZOOM_IN: lambda: self._each_axis(lambda axis: _zoom(axis, 0.5)),
            ZOOM_OUT: lambda: self._each_axis(lambda axis: _zoom(axis, 2.0)),
            ZOOM_TO_CURSORS: lambda: self._each_axis(_to_cursors),
            CURSORS: self._cursors,
            FIRST_BACK: lambda: self._nudge(0, -CURSOR_SHARE),
            FIRST_ON: lambda: self._nudge(0, CURSOR_SHARE),
            SECOND_BACK: lambda: self._nudge(1, -CURSOR_SHARE),
            SECOND_ON: lambda: self._nudge(1, CURSOR_SHARE),
            MEASURES: self._measures,
            AUTO: self._auto,
            COMMON: lambda: self._share("all"),
            PER_TYPE: lambda: self._share("type"),
            PER_CHANNEL: lambda: self._share("none"),
            FIT: lambda: self._each(SignalViewer.fit),
            GAIN_UP: lambda: self._each(lambda viewer: viewer.gain(+1)),
            GAIN_DOWN: lambda: self._each(lambda viewer: viewer.gain(-1)),
            BUTTERFLY: self._butterfly,
            SOLO: self._solo,
            NEXT_CHANNEL: lambda: self._next_channel(+1),
            PREVIOUS_CHANNEL: lambda: self._next_channel(-1),
            NEXT_PAGE: lambda: self._each_look(lambda look: look.channels.next_page()),
            PREVIOUS_PAGE: lambda: self._each_look(lambda look: look.channels.previous_page()),
            CHANNELS: self._channels,
        }
        workbench.viewer_command = self.do
        workbench.viewer_checked = self.is_on
        workbench.viewer_refusal = self.why_not
        workbench.is_paused = lambda: any(axis.held for axis in self._axes())

    def do(self, name: str) -> None:
        """Do what the command of this name says."""
        if name in self._done and not self.why_not(name):
            self._done[name]()

    def is_on(self, name: str) -> bool:
        """Tell whether what the command switches is on everywhere."""
        viewers = self._viewers()
        if not viewers:
            return False
        match name:
            case "sweep":
                return all(axis.mode == "sweep" for axis in self._axes())
            case "cursors":
                return all(axis.cursors is not None for axis in self._axes())
            case "measures":
                return any(p.kind == KIND_OF_MEASURES for p in panes(self._bench.workspace.layout))
            case "auto":
                return all(viewer.scale.auto for viewer in viewers)
            case "common" | "per type" | "per channel":
                sharing = {"common": "all", "per type": "type", "per channel": "none"}[name]
                return all(viewer.scale.sharing == sharing for viewer in viewers)
            case "butterfly":
                return all(viewer.overlaid for viewer in viewers)
            case "solo":
                return all(look.channels.any_solo for look in self._looks())
        return False

    def why_not(self, name: str) -> str:
        """Return why a command cannot be done now; empty when it can."""
        if name not in self._done or not self._viewers():
            return tr("No view on screen can do this.")
        axes = self._axes()
        if name == LIVE and not any(axis.held for axis in axes):
            return tr("It is live already.")
        if name in (OLDEST, PAGE_BACK, STEP_BACK, CURSORS) and not any(math.isfinite(axis.newest) for axis in axes):
            return tr("Nothing has come yet.")
        if name in (PAGE_ON, STEP_ON) and not any(axis.held for axis in axes):
            return tr("It is live already.")
        if name in (ZOOM_TO_CURSORS, FIRST_BACK, FIRST_ON, SECOND_BACK, SECOND_ON) and not any(
            axis.cursors for axis in axes
        ):
            return tr("The cursors are off. Turn them on first.")
        if name in (NEXT_PAGE, PREVIOUS_PAGE) and not any(look.channels.n_pages > 1 for look in self._looks()):
            return tr("All channels are on one page.")
        if name == MEASURES and not self.is_on(MEASURES):
            return self._bench.why_not_add_view(KIND_OF_MEASURES)
        return ""

    # To whom

    def _looks(self) -> list[Look]:
        return _distinct(viewer.look for viewer in self._viewers())

    def _axes(self) -> list[TimeAxis]:
        return _distinct(look.axis for look in self._looks())

    def _each(self, do: Callable[[SignalViewer], object]) -> None:
        for viewer in self._viewers():
            do(viewer)

    def _each_axis(self, do: Callable[[TimeAxis], object]) -> None:
        for axis in self._axes():
            do(axis)

    def _each_look(self, do: Callable[[Look], object]) -> None:
        for look in self._looks():
            do(look)

    # Time

    def _pause(self) -> None:
        held = any(axis.held for axis in self._axes())
        self._each_axis(TimeAxis.release if held else TimeAxis.hold)

    def _scroll(self, windows: float) -> None:
        self._each_axis(lambda axis: axis.scroll(windows * axis.seconds))

    def _sweep(self) -> None:
        mode = "scroll" if self.is_on(SWEEP) else "sweep"
        for axis in self._axes():
            axis.mode = "sweep" if mode == "sweep" else "scroll"

    def _each_length(self, direction: int) -> None:
        done: list[TimeAxis] = []
        for viewer in self._viewers():
            # A viewer may have a length of its own beside the common one.
            if not any(axis is viewer.axis for axis in done):
                done.append(viewer.axis)
                viewer.controls.longer(direction)

    # Cursors

    def _cursors(self) -> None:
        on = self.is_on(CURSORS)
        for axis in self._axes():
            if (axis.cursors is not None) == on:
                cursors.toggle(axis)

    def _nudge(self, which: cursors.Which, windows: float) -> None:
        for axis in self._axes():
            if axis.cursors is not None:
                cursors.place(axis, which, axis.cursors[which] + windows * axis.seconds)

    def _measures(self) -> None:
        shown = [p.id for p in panes(self._bench.workspace.layout) if p.kind == KIND_OF_MEASURES]
        for pane in shown:
            self._bench.close_pane(pane)
        if not shown:
            self._bench.add_view(KIND_OF_MEASURES, self._viewers()[0].stream.name)

    # Amplitude

    def _auto(self) -> None:
        on = not self.is_on(AUTO)
        self._each(lambda viewer: viewer.set_auto(on))

    def _share(self, sharing: Sharing) -> None:
        everywhere = all(viewer.scale.sharing == sharing for viewer in self._viewers())
        wanted: Sharing = "none" if everywhere and sharing == "all" else "all" if everywhere else sharing
        self._each(lambda viewer: viewer.set_sharing(wanted))

    # Channels

    def _butterfly(self) -> None:
        on = not self.is_on(BUTTERFLY)
        self._each(lambda viewer: viewer.set_overlaid(on))

    def _solo(self) -> None:
        on = self.is_on(SOLO)
        for look in self._looks():
            if on:
                look.channels.end_solo()
            elif not look.channels.any_solo and look.channels.numbers:
                look.channels.solo(look.channels.numbers[0])

    def _next_channel(self, step: int) -> None:
        for look in self._looks():
            channels = look.channels
            shown = [i for i in channels.order if channels.is_shown(i)] or channels.order
            if not shown:
                continue
            alone = next((i for i in shown if channels.is_solo(i)), None)
            if alone is not None:
                channels.end_solo()
                channels.solo(shown[(shown.index(alone) + step) % len(shown)])
            else:
                channels.solo(shown[0 if step > 0 else -1])

    def _channels(self) -> None:
        under = self._bench.workspace.under_pointer()
        viewers = self._viewers()
        chosen = next((v for v in viewers if under and under in (v.stream.name, f"view {v.stream.name}")), viewers[0])
        chosen.channel_list.popup.open()


def _distinct(things: Iterable[T]) -> list[T]:
    found: list[T] = []
    for thing in things:
        if not any(thing is other for other in found):
            found.append(thing)
    return found


def _to_oldest(axis: TimeAxis) -> None:
    if math.isfinite(axis.oldest):
        axis.hold(min(axis.oldest + axis.seconds, axis.newest))


def _zoom(axis: TimeAxis, factor: float) -> None:
    if not math.isfinite(axis.edge):
        return
    middle, half = axis.edge - axis.seconds / 2, axis.seconds * factor / 2
    axis.zoom(middle - half, min(middle + half, axis.newest))


def _to_cursors(axis: TimeAxis) -> None:
    if axis.cursors is not None:
        axis.zoom(*axis.cursors)
