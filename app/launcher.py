"""The desktop program: a window around an engine of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..sources import Stream
from ..sources.language import set_language, system_language
from .app import App
from .settings import Settings
from .window import Window


def launch(
    streams: list[Stream],
    *,
    seconds: float | None = None,
    replay: str | Path | None = None,
    speed: float = 1.0,
    loop: bool = False,
    each_frame: Callable[[Window], None] | None = None,
) -> None:
    """Open the window on some streams, on a recorded session, or on the start screen; return when it is closed.

    Parameters
    ----------
    streams
        What to connect at once.
    seconds
        Close after this time, s; None for as long as it takes.
    replay, speed, loop
        A session to play.
    each_frame
        Called once a frame; whoever drives the window from outside looks and acts in it.
    """
    app = App("myoscope")
    app.streams(*streams)
    settings = Settings.load()
    # Before the engine starts: what it logs first is in the person's language, too.
    set_language(settings.language or system_language())
    for stream in streams:
        settings.remember_source(stream.source_name)
    with app.stop_on_signals(), app:
        window = Window(app.engine, app.title, stopping=app.stopping, settings=settings)
        if replay is not None:
            window.workbench.open_session(replay, speed, loop)
        window.run(seconds, each_frame)
