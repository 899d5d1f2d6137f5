"""The one window: dearpygui's lifetime, and sixty frames a second."""

from __future__ import annotations

import gc
import inspect
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dearpygui.dearpygui as dpg

from ..sources import kernels
from ..sources.language import set_language, system_language, tr
from ..widgets import lanes, raster
from ..widgets.door import clean
from ..widgets.theme import Theme
from .actions import Action
from .desk import Desk
from .display import screen_size, suggested_percent
from .engine import Engine
from .errors import AppError
from .screen_gone import ScreenGone
from .settings import Settings
from .warming import Warming
from .workbench import Workbench

if TYPE_CHECKING:
    from .context import Context

FRAME_S = 1 / 60


class Window:
    """Shows an engine. One a process: dearpygui does not survive a second one. Main thread only.

    Parameters
    ----------
    engine
        What runs the streams; started and stopped by the caller.
    title
        In the title bar.
    ui
        The script's choice of widgets, or None for a viewer a stream.
    stopping
        Set from any thread to close the window.
    settings
        What is remembered; loaded from the user's folder by default.
    keep_settings
        Save them there at the end.
    """

    def __init__(
        self,
        engine: Engine,
        title: str = "myoscope",
        *,
        ui: Callable[[Context], Any] | None = None,
        stopping: threading.Event | None = None,
        settings: Settings | None = None,
        keep_settings: bool = True,
    ) -> None:
        self.engine = engine
        self.title = title
        self.settings = Settings.load() if settings is None else settings
        self.workbench = Workbench(engine, self.settings)
        self.frame_ms = 0.0
        self.n_frames = 0
        self._ui = ui
        self._stopping = stopping or threading.Event()
        self._full_screen = False
        self._due = 0.0
        self._warming = Warming(lambda text: engine.log(text, "warn"))
        self._keep_settings = keep_settings

    def run(self, seconds: float | None = None, each_frame: Callable[[Window], None] | None = None) -> None:
        """Open, draw until closed, and put everything away.

        Parameters
        ----------
        seconds
            Close after this time, s; None for as long as it takes.
        each_frame
            Called once a frame before drawing; a demonstration moves things in it.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        self.open()
        try:
            while not self._over(deadline):
                self.frame(each_frame)
        finally:
            self.close()

    def _over(self, deadline: float | None) -> bool:
        if self._stopping.is_set() or self.workbench.closing or not dpg.is_dearpygui_running():
            return True
        return deadline is not None and time.monotonic() >= deadline

    def open(self) -> None:
        """Make the context, the viewport and everything in it."""
        for compiled in (kernels, lanes, raster):
            compiled.warm()
        settings = self.settings
        set_language(settings.language or system_language())
        dpg.create_context()
        dpg.configure_app(manual_callback_management=True)
        if settings.automatic_scale and settings.scale_percent == 100:
            settings.scale_percent = suggested_percent()
        settings.fit(screen_size())
        dpg.create_viewport(
            title=clean(self.title),
            x_pos=settings.x,
            y_pos=settings.y,
            width=settings.width,
            height=settings.height,
            min_width=640,
            min_height=400,
        )
        self.theme = Theme(_mode(settings.theme), self.workbench.scale_percent / 100)
        self.theme.apply()
        self._furnish()
        self.workbench.theme_changed = lambda: self.theme.set_mode(_mode(settings.theme))
        self.workbench.scale_changed = self._rescale
        self.workbench.language_changed = self._speak
        self.workbench.run = self.run_action
        dpg.setup_dearpygui()
        dpg.show_viewport()
        self._screen_gone = ScreenGone(self._lose_screen)
        # Once more then: what is left to do with the recordings is known only when all has stopped.
        self.engine.on_stopped.append(self._save_at_last)
        self.workbench.scanner.start()
        self.workbench.takes.watch.start()
        self._warming.start()
        # What is loaded by now stays: a full collection would hold the interpreter for some 50 ms.
        gc.collect()
        gc.freeze()

    def _furnish(self) -> None:
        """Make the desk and everything on it, in the language of the moment."""
        self.desk = Desk(self.workbench, self.theme, self.run_action, self._ui)
        self.desk.menu_bar.theme = self.theme
        self.desk.build()

    def _speak(self) -> None:
        """Make everything anew in another language; most words are written once, when an item is made."""
        self.desk.delete()
        set_language(self.settings.language or system_language())
        self._furnish()

    def _rescale(self) -> None:
        self.desk.delete()
        self.theme.set_scale(self.workbench.scale_percent / 100)
        self.desk.build()

    def run_action(self, action: Action) -> None:
        """Do what a menu, a button or a key asks for, or say why not; what goes wrong is shown, never lost."""
        try:
            reason = action.why_not()
            if reason:
                self.engine.log(reason, "warn")
            else:
                action.run()
        except Exception as error:  # noqa: BLE001  the window must outlive any one action
            self._show_error(error)

    def frame(self, each_frame: Callable[[Window], None] | None = None) -> None:
        """Run what was clicked, bring everything up to date, draw."""
        begun = time.perf_counter()
        self._run_callbacks()
        try:
            if each_frame is not None:
                each_frame(self)
            self.workbench.refresh()
            self.desk.draw(self.frame_ms)
            self.workbench.snapshots.draw()
        except Exception as error:  # noqa: BLE001  a view that fails must not end a take
            self._show_error(error)
        if self._full_screen != self.workbench.full_screen:
            self._full_screen = self.workbench.full_screen
            dpg.toggle_viewport_fullscreen()
        dpg.render_dearpygui_frame()
        spent = time.perf_counter() - begun
        self.frame_ms += (1000 * spent - self.frame_ms) * 0.05
        self.n_frames += 1
        self._wait_for_next()

    def _wait_for_next(self) -> None:
        """Sleep until the next frame is due, by the clock: sleeping always takes a little longer than asked."""
        now = time.perf_counter()
        self._due = max(self._due + FRAME_S, now - FRAME_S)
        if self._due > now:
            time.sleep(self._due - now)

    def _run_callbacks(self) -> None:
        for job in dpg.get_callback_queue() or ():
            callback, *arguments = job
            if callback is None:
                continue
            try:
                callback(*arguments[: _n_arguments(callback)])
            except Exception as error:  # noqa: BLE001  dearpygui would print it where nobody looks
                self._show_error(error)

    def _show_error(self, error: Exception) -> None:
        text = str(error)
        if not _expected(error):
            frames = traceback.extract_tb(error.__traceback__)
            where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
            text = f"{type(error).__name__}: {error}{where}"
        self.engine.log(text, "bad")

    def screenshot(self, path: Path) -> None:
        """Keep a picture of the next frame as a PNG."""
        dpg.output_frame_buffer(str(path))

    def _lose_screen(self) -> None:
        """End everything properly but what needs a screen: the recording above all."""
        self.engine.stop()
        words, path = tr("The screen is gone. The recording is closed: {path}."), self.engine.last_recording
        said = words.format(path=path) if path is not None else tr("The screen is gone.")
        sys.stderr.write(" ".join(filter(None, (said, self.engine.recording_error))) + "\n")

    def close(self) -> None:
        """Save the settings and put dearpygui away. The X server may be gone: nothing durable waits for this."""
        self._warming.stop()
        self.workbench.scanner.stop()
        self.workbench.takes.watch.stop()
        self.desk.remember()
        if not self.workbench.full_screen:
            settings = self.settings
            settings.width, settings.height = dpg.get_viewport_width(), dpg.get_viewport_height()
            settings.x, settings.y = (int(p) for p in dpg.get_viewport_pos())
        self._save_settings()
        dpg.destroy_context()
        self._screen_gone.close()

    def _save_at_last(self) -> None:
        # The engine may run again, with another window.
        self.engine.on_stopped.remove(self._save_at_last)
        self._save_settings()

    def _save_settings(self) -> None:
        try:
            if self._keep_settings:
                self.settings.save()
        except OSError as error:
            words = tr("The settings could not be saved: {reason}.")
            self.engine.log(words.format(reason=error.strerror), "warn")


def _mode(name: str) -> Any:
    return name if name in ("dark", "light", "high contrast") else "dark"


def _expected(error: Exception) -> bool:
    from ..recordings import SessionError
    from ..sources import SourceError

    return isinstance(error, AppError | SourceError | SessionError)


def _n_arguments(callback: Callable[..., object]) -> int:
    """Return how many of (sender, app_data, user_data) a callback takes."""
    parameters = inspect.signature(callback).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return 3
    return min(3, sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters))
