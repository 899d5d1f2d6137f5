"""The bar below the traces while a recorded session is open."""

from __future__ import annotations

from ..widgets import ReplayBar, ReplayView, Theme
from ..widgets.door import Tag
from .workbench import Workbench


class ReplayStrip:
    """The replay bar, bound to the engine's replay. Main thread only.

    Parameters
    ----------
    workbench
        The replay, and what the buttons do.
    theme
        Colours, faces, measures.
    """

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        self._bench = workbench
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

    def build(self, parent: Tag) -> None:
        """Make the bar inside `parent`."""
        self.bar.build(parent)

    def draw(self) -> None:
        """Bring the bar up to date."""
        self.bar.draw()

    def delete(self) -> None:
        """Remove the bar."""
        self.bar.delete()

    def _view(self) -> ReplayView | None:
        state = self._bench.state.replay
        if state is None:
            return None
        return ReplayView(state.playing, state.position_seconds, state.duration_seconds, state.speed, state.loop)

    def _seek(self, seconds: float) -> None:
        if self._bench.replay is not None:
            self._bench.replay.seek(seconds)

    def _set_speed(self, speed: float) -> None:
        if self._bench.replay is not None:
            self._bench.replay.speed = speed

    def _set_loop(self, loop: bool) -> None:
        if self._bench.replay is not None:
            self._bench.replay.loop = loop
