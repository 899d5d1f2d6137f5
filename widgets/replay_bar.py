"""Play, pause, seek, speed, loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .door import Tag
from .figures import clock_tenths
from .flow import Flow, room
from .panel import Switch, Words
from .popup import tooltip
from .theme import Theme

SHORTEST = 140
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class ReplayView:
    """Where a replay is.

    Parameters
    ----------
    playing
        Whether it moves.
    position_seconds, duration_seconds
        Where it is, and how long it is in all, s.
    speed
        1.0 is real time.
    loop
        Whether it begins anew at the end.
    """

    playing: bool = False
    position_seconds: float = 0.0
    duration_seconds: float = 0.0
    speed: float = 1.0
    loop: bool = False


class ReplayBar:
    """A row that drives a replay, broken into several where it is narrow. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    view
        Asked each frame; None while there is nothing to replay, and then the bar is not drawn.
    on_play, on_pause
        Called when the first button is pressed.
    on_seek
        Called with a position, s.
    on_speed
        Called with a factor.
    on_loop
        Called with whether to loop.
    on_step
        Called with how far to jump, s; negative is back.
    """

    def __init__(
        self,
        theme: Theme,
        view: Callable[[], ReplayView | None],
        on_play: Callable[[], object],
        on_pause: Callable[[], object],
        on_seek: Callable[[float], object],
        on_speed: Callable[[float], object],
        on_loop: Callable[[bool], object],
        on_step: Callable[[float], object],
    ) -> None:
        self._theme = theme
        self._view = view
        self._on_play, self._on_pause, self._on_seek = on_play, on_pause, on_seek
        self._on_speed, self._on_loop = on_speed, on_loop
        self.play = Switch(theme, tr("Play"), tr("Play or pause (Space)"), self._play)
        self.back = Switch(theme, tr("−1 s"), tr("One second back (←)"), lambda: on_step(-1.0))
        self.forth = Switch(theme, tr("+1 s"), tr("One second on (→)"), lambda: on_step(1.0))
        self.loop = Switch(theme, tr("Loop"), tr("Begin anew at the end (L)"), self._loop)
        self.position = Words(theme, "figures")
        self._state = ReplayView()
        self.box: Tag = 0
        self.slider: Tag = 0
        self.speed: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the row inside `parent`."""
        theme = self._theme
        self.box, self.slider, self.speed = (dpg.generate_uuid() for _ in range(3))
        self._shown: object = None
        dpg.add_group(tag=self.box, parent=parent)
        self._flow = Flow(theme, 8)
        self._flow.build(self.box)
        buttons, middle, rest = self._ends = self._flow.group(), self._flow.group(), self._flow.group()
        fonts = theme.fonts
        wide = max(fonts.width(tr("Pause"), "words"), fonts.width(tr("Play"), "words")) + theme.px(24)
        self.play.build(buttons, max(theme.px(76), int(wide)))
        self.back.build(buttons, theme.px(58))
        self.forth.build(buttons, theme.px(58))
        dpg.add_slider_float(
            tag=self.slider, width=theme.px(120), min_value=0.0, max_value=1.0, format="", no_input=True, clamped=True,
            parent=middle, callback=self._seek,
        )  # fmt: skip
        self.position.build(middle)
        dpg.add_combo(
            [f"{speed:g}×" for speed in SPEEDS], tag=self.speed, default_value="1×", width=theme.px(84),
            parent=rest, callback=self._set_speed,
        )  # fmt: skip
        self.loop.build(rest)
        tooltip(self.slider, tr("Drag to another moment"), theme)
        tooltip(self.speed, tr("How fast; 1× is real time"), theme)

    def _play(self) -> None:
        (self._on_pause if self._state.playing else self._on_play)()

    def _loop(self) -> None:
        self._on_loop(not self._state.loop)

    def _seek(self, _sender: Tag, share: float) -> None:
        self._on_seek(float(share) * self._state.duration_seconds)

    def _set_speed(self, _sender: Tag, text: str) -> None:
        self._on_speed(float(text.rstrip("×")))

    def draw(self) -> None:
        """Bring the row up to date."""
        view = self._view()
        dpg.configure_item(self.box, show=view is not None)
        if view is None:
            return
        self._state = view
        self.play.show(text=tr("Pause") if view.playing else tr("Play"), look="plain" if view.playing else "on")
        self.loop.show(look="on" if view.loop else "plain")
        self.position.say(f"{clock_tenths(view.position_seconds)} / {clock_tenths(view.duration_seconds)}")
        if not dpg.is_item_active(self.slider):
            share = view.position_seconds / view.duration_seconds if view.duration_seconds > 0 else 0.0
            dpg.set_value(self.slider, min(1.0, max(0.0, share)))
        if f"{view.speed:g}×" != dpg.get_value(self.speed):
            dpg.set_value(self.speed, f"{view.speed:g}×")
        self._stretch()

    def _stretch(self) -> None:
        theme = self._theme
        width = room(self.box, theme)
        left, _, right = (dpg.get_item_rect_size(group)[0] for group in self._ends)
        if width <= 0 or left <= 0:
            return
        words = theme.fonts.width(self.position.text, "figures") + theme.px(16)
        beside = width - left - right - words - 4 * theme.px(8)
        # Where no useful slider fits beside the buttons it gets a row of its own.
        wanted = int(beside if beside >= theme.px(SHORTEST) else max(theme.px(60), width - words))
        if wanted != self._shown:
            self._shown = wanted
            dpg.configure_item(self.slider, width=wanted)
        self._flow.fit()

    def delete(self) -> None:
        """Remove the row. Safe to call twice."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0
