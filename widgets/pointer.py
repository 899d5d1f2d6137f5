"""The mouse over a plot of traces: what a person does with it, turned into time, cursors, gain and events."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import dearpygui.dearpygui as dpg

from .cursors import Which, near, nearer, place
from .door import Tag
from .plane import Plane, clamped, inside
from .selection import Selection
from .theme import Theme

LEFT, RIGHT = 0, 1
STILL = 3
"""A press that moves less than so many px at 100 % is a click."""
REACH = 6
NOTCH = 0.1
"""Of the window, for one notch of the wheel."""
ZOOM = 1.2
KEYS = {
    "Ctrl": ("LControl", "RControl"),
    "Shift": ("LShift", "RShift"),
    "Alt": ("LAlt", "RAlt"),
}
Doing = Literal["", "click", "pan", "select", "cursor", "lane", "nothing"]


def nothing(*_: object) -> None:
    """Do nothing."""


class Pointer:
    """Makes intents of mouse and wheel over one plot. Main thread only.

    Drag: through the past. Wheel: likewise; with Ctrl longer and shorter, with Shift larger and smaller. Right button
    or Alt, and drag: look at just that time. Double click: back to live. Ctrl and click: an event there. A click beside
    the traces: that lane. While cursors are on a click puts the nearer one there, and either can be dragged.

    Parameters
    ----------
    theme
        Measures and colours.
    plane
        The plot; its look's axis is moved.
    on_gain
        Called with +1 (larger) or -1, once a notch.
    on_event
        Called with a moment, s, LSL clock.
    on_lane
        Called with the lane, 0 being the top one, and the button, 0 left or 1 right.
    """

    def __init__(
        self,
        theme: Theme,
        plane: Plane,
        on_gain: Callable[[int], object] = nothing,
        on_event: Callable[[float], object] = nothing,
        on_lane: Callable[[int, int], object] = nothing,
    ) -> None:
        self._theme = theme
        self._plane = plane
        self.on_gain, self.on_event, self.on_lane = on_gain, on_event, on_lane
        self.selection = Selection(theme, plane)
        self.doing: Doing = ""
        self._button = LEFT
        self._from = (0.0, 0.0)
        self._edge = self._t = math.nan
        self._which: Which = 0
        self._hovered = False
        self._down = (False, False)
        self._notches = 0.0
        self._cursors_before: tuple[float, float] | None = None
        self._wheel: Tag = dpg.generate_uuid()
        with dpg.handler_registry(tag=self._wheel):
            dpg.add_mouse_wheel_handler(callback=self._turned)

    def _turned(self, _sender: Tag, notches: float) -> None:
        self._notches += notches

    @property
    def at(self) -> tuple[float, float] | None:
        """Where the pointer is while it rests on the plot and holds nothing, px; None otherwise."""
        return self._at if self._hovered and not self.doing else None

    @property
    def _at(self) -> tuple[float, float]:
        x, y = dpg.get_mouse_pos(local=False)
        return float(x), float(y)

    def draw(self) -> None:
        """Do what was done since the last frame."""
        notches, self._notches = self._notches, 0.0
        if not dpg.does_item_exist(self._plane.plot):
            return
        down = dpg.is_mouse_button_down(LEFT), dpg.is_mouse_button_down(RIGHT)
        before, self._down = self._down, down
        # Once a button is down the plot no longer counts as hovered: what counts is the frame before.
        was, self._hovered = self._hovered, dpg.is_item_hovered(self._plane.plot)
        if not self.doing and (was or self._hovered):
            for button in (LEFT, RIGHT):
                if down[button] and not before[button] and not down[1 - button] and was:
                    self._press(button)
                    break
        if self.doing:
            self._hold(self._at[0])
            if not down[self._button]:
                self._release()
        elif notches and self._hovered:
            self._turn(notches)
        if self.selection.on:
            self.selection.move(self._at[0])

    # Buttons

    def _press(self, button: int) -> None:
        plane, (x, y) = self._plane, self._at
        axis = plane.axis
        self._button, self._from = button, (x, y)
        self._edge, self._t = axis.edge, plane.time_at(x)
        if not inside(plane, x, y):
            self.doing = "lane"
        elif not math.isfinite(self._t):
            self.doing = "nothing"
        elif button == RIGHT or held("Alt"):
            self.doing = "select"
        elif held("Ctrl"):
            self.doing = "nothing"
            self.on_event(self._t)
        elif dpg.is_mouse_button_double_clicked(LEFT):
            # The first of the two clicks was no click: a cursor it moved goes back.
            if self._cursors_before is not None and axis.cursors is not None:
                axis.cursors = self._cursors_before
            self.doing = "nothing"
            axis.release()
        else:
            self._cursors_before = axis.cursors
            which = near(plane, x, self._theme.px(REACH))
            self.doing = "click" if which is None else "cursor"
            self._which = which or 0

    @property
    def _moved(self) -> bool:
        (x, y), (x0, y0) = self._at, self._from
        return max(abs(x - x0), abs(y - y0)) > self._theme.px(STILL)

    def _hold(self, x: float) -> None:
        plane = self._plane
        if self.doing == "click" and self._moved:
            self.doing = "pan"
        if self.doing == "pan":
            axis = plane.axis
            wanted = self._edge - (x - self._from[0]) * plane.seconds_per_pixel
            if math.isfinite(wanted) and wanted != axis.edge:
                axis.scroll(wanted - axis.edge)
        elif self.doing == "cursor":
            place(plane.axis, self._which, plane.time_at(clamped(plane, x)))
        elif self.doing == "select" and not self.selection.on and self._moved:
            self.selection.begin(self._t)

    def _release(self) -> None:
        plane, doing = self._plane, self.doing
        self.doing = ""
        if doing == "select":
            moments = self.selection.end()
            if moments is not None and moments[1] - moments[0] > self._theme.px(STILL) * plane.seconds_per_pixel:
                plane.axis.zoom(*moments)
        elif doing == "click" and plane.axis.cursors is not None:
            place(plane.axis, nearer(plane, self._t), self._t)
        elif doing == "lane" and not self._moved:
            lane = plane.lane_at(self._from[1])
            if lane is not None:
                self.on_lane(lane, self._button)

    # Wheel

    def _turn(self, notches: float) -> None:
        plane = self._plane
        axis = plane.axis
        if held("Shift"):
            for _ in range(min(8, max(1, round(abs(notches))))):
                self.on_gain(+1 if notches > 0 else -1)
        elif held("Ctrl"):
            self._zoom(ZOOM**-notches)
        else:
            axis.scroll(-notches * NOTCH * axis.seconds)

    def _zoom(self, factor: float) -> None:
        """Make the window so many times as long; what is under the pointer stays there, live the right edge does."""
        plane = self._plane
        axis = plane.axis
        t, edge, before = plane.time_at(clamped(plane, self._at[0])), axis.edge, axis.seconds
        axis.set_seconds(before * factor)
        if axis.held and math.isfinite(t):
            axis.hold(t + (edge - t) * axis.seconds / before)
            # Within what is kept.
            axis.scroll(0.0)

    def delete(self) -> None:
        """Let go of the wheel. Safe to call twice; the plot itself is its owner's."""
        if self._wheel and dpg.does_item_exist(self._wheel):
            dpg.delete_item(self._wheel)
        self._wheel = 0


def held(modifier: str) -> bool:
    """Tell whether Ctrl, Shift or Alt is held."""
    return any(dpg.is_key_down(getattr(dpg, f"mvKey_{key}")) for key in KEYS[modifier])
