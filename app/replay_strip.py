"""What is below the traces while a recorded session is open: its whole time line, and the replay bar."""

from __future__ import annotations

import time

import dearpygui.dearpygui as dpg

from ..recordings.replay import Replay
from ..sources.language import tr
from ..widgets import ReplayBar, ReplayView, Theme
from ..widgets.door import Tag
from ..widgets.flow import room
from ..widgets.panel import Switch
from .overview_job import build_in_background
from .session_columns import Lanes
from .session_picker import SessionPicker
from .session_strip import Now, SessionStrip
from .workbench import Workbench

BAR_PX, GAP_PX, LEFT_PX = 36, 8, 128
MOST_SHARE = 0.17
"""The time line has no more of the window's height unless a person unfolds it: the traces come first."""


class ReplayStrip:
    """The time line of the session and the replay bar, bound to the engine's replay. Main thread only.

    Parameters
    ----------
    workbench
        The replay, and what the buttons do.
    theme
        Colours, faces, measures.
    """

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        self._bench = workbench
        self._theme = theme
        self.bar = ReplayBar(
            theme,
            self._view,
            workbench.play_or_pause,
            workbench.play_or_pause,
            self._seek,
            self._set_speed,
            self._set_loop,
            workbench.step,
        )
        self.session: SessionStrip | None = None
        self.picker: SessionPicker | None = None
        self.fold = Switch(theme, "", tr("Fold or unfold the time line of the session"), self._fold)
        self._replay: Replay | None = None
        self._built: bool | None = None
        self._above: Tag = 0
        self._asked_for_overviews = False

    def build(self, parent: Tag) -> None:
        """Make time line and bar inside `parent`."""
        self._above = dpg.add_group(parent=parent, horizontal=True)
        self._built = None
        self.bar.build(parent)
        # The time line is there to be dragged along.
        dpg.configure_item(self.bar.slider, show=False)

    # Height

    @property
    def folded(self) -> bool:
        """Whether the time line has one line: as chosen, or because the window is low."""
        if self._bench.settings.time_line:
            return self._bench.settings.time_line == "folded"
        return self._two_rows > MOST_SHARE * int(dpg.get_viewport_client_height())

    @property
    def _two_rows(self) -> int:
        return 2 * self._theme.row_height + self._theme.px(GAP_PX)

    @property
    def line_height(self) -> int:
        """How high the time line is, px."""
        if self.folded or self.session is None:
            return self._theme.row_height
        most = int(MOST_SHARE * dpg.get_viewport_client_height())
        return max(self._two_rows, min(self.session.height, most))

    @property
    def height(self) -> int:
        """How high all of it is, px."""
        return self._theme.px(BAR_PX) + self._theme.px(GAP_PX) + self.line_height

    def _fold(self) -> None:
        self._bench.settings.time_line = "open" if self.folded else "folded"

    # Each frame

    def draw(self) -> None:
        """Bring everything up to date."""
        replay = self._bench.replay
        if replay is not self._replay:
            self._change(replay)
        if self.session is not None and self.picker is not None:
            if self.folded != self._built:
                self._built = self.folded
                self._place(self.session, self.picker)
            if self.session.reader.whole is not None and not self._asked_for_overviews:
                self._asked_for_overviews = True
                build_in_background(self._bench.engine.jobs, self.session.session)
            self.picker.draw()
            width = int(room(self._above, self._theme)) - self._theme.px(LEFT_PX) - self._theme.px(GAP_PX)
            self.session.draw(max(0, width), self.line_height, time.perf_counter())
        self.bar.draw()

    def _change(self, replay: Replay | None) -> None:
        self._let_go()
        self._replay, self._asked_for_overviews = replay, False
        if replay is None:
            return
        self.session = SessionStrip(
            self._theme, replay.session, replay.t_first, replay.duration_seconds, self._now, self._go
        )
        self.picker = SessionPicker(self._theme, replay.session, self._lanes, self.session.choose)

    def _place(self, session: SessionStrip, picker: SessionPicker) -> None:
        """Make the time line in the way it is wanted: buttons at the left, the line beside them."""
        session.remove()
        picker.delete()
        dpg.delete_item(self._above, children_only=True)
        width = self._theme.px(LEFT_PX)
        folded = self.folded
        buttons = dpg.add_group(parent=self._above)
        self.fold.build(buttons, width)
        self.fold.show(text=tr("Time line") if folded else tr("Fold"))
        picker.build(buttons, width)
        dpg.configure_item(picker.button.button, show=not folded)
        session.build(self._above, folded)

    def _lanes(self) -> Lanes:
        return self.session.lanes if self.session is not None else Lanes()

    def _now(self) -> Now:
        replay = self._replay
        if replay is None:
            return Now(0.0)
        moment = replay.transport.look()
        position = moment.line - moment.loop * replay.duration_seconds
        return Now(position, self._seen(position, moment.line - moment.jump_line), replay.playing)

    def _seen(self, position: float, since_jump: float) -> tuple[float, float] | None:
        """Return which stretch of the session the viewers show, s; None where it lies before the last jump."""
        look = next(iter(self._bench.workspace.looks), None)
        replay = self._replay
        if look is None or replay is None:
            return None
        axis, ring, back = look.axis, look.stream.ring, 0.0
        if axis.held:
            if ring is None or not look.info.fs:
                return None
            # Rows, for stamps are squeezed together where a replay has jumped.
            back = max(0, ring.n_total - look.end) / look.info.fs
            if back > since_jump + replay.history_seconds:
                return None
        stop = position - back
        return (max(0.0, stop - axis.seconds), stop) if stop > 0 else None

    def _view(self) -> ReplayView | None:
        state = self._bench.state.replay
        if state is None:
            return None
        return ReplayView(state.playing, state.position_seconds, state.duration_seconds, state.speed, state.loop)

    def _seek(self, seconds: float) -> None:
        if self._bench.replay is not None:
            self._bench.replay.seek(seconds)

    def _go(self, seconds: float) -> None:
        # A picture that is held in the past would not show the place.
        for look in self._bench.workspace.looks:
            look.axis.release()
        self._seek(seconds)

    def _set_speed(self, speed: float) -> None:
        if self._bench.replay is not None:
            self._bench.replay.speed = speed

    def _set_loop(self, loop: bool) -> None:
        if self._bench.replay is not None:
            self._bench.replay.loop = loop

    def _let_go(self) -> None:
        if self.picker is not None:
            self.picker.delete()
        if self.session is not None:
            self.session.delete()
        self.session = self.picker = None
        self._built = None
        if self._above and dpg.does_item_exist(self._above):
            dpg.delete_item(self._above, children_only=True)

    def delete(self) -> None:
        """Remove everything, and stop reading."""
        self._let_go()
        self._replay = None
        self.bar.delete()
