"""Take the README's picture of the real window: a synthetic EMG, being recorded, with events and a decoder."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from myoscope import App, Stream
from myoscope.app.display import missing_display
from myoscope.app.settings import Settings
from myoscope.app.virtual_display import virtual_display
from myoscope.app.window import Window

PICTURE = Path(__file__).with_name("window.png")


def plan(window: Window) -> Iterator[float]:
    """Record, mark, and take the picture; yield how long to wait before going on, s."""
    yield 4.0
    window.desk.panels.record.fill_in(name="abduction-03", subject="S07")
    yield 0.5
    window.workbench.record_or_stop()
    yield 1.6
    window.workbench.mark("lift")
    yield 1.9
    window.workbench.mark("hold")
    yield 1.2
    window.screenshot(PICTURE)
    yield 1.0
    window.workbench.record_or_stop()
    yield 1.0
    window.workbench.quit()


def main() -> None:
    """Open the window where there is no person, on a virtual display if need be."""
    os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
    app = App("myoscope")
    app.streams(Stream("emg", "synthetic:?n_channels=8", window_seconds=0.2))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if missing_display():
            stack.enter_context(virtual_display(1600, 1000))
        settings = Settings(x=0, y=0, recordings=folder)
        stack.enter_context(app)
        window = Window(app.engine, app.title, settings=settings, keep_settings=False)
        steps, due = plan(window), time.monotonic()

        def go_on(_: Window) -> None:
            nonlocal due
            if time.monotonic() >= due:
                due = time.monotonic() + next(steps, 60.0)

        window.run(each_frame=go_on)
    print(PICTURE)


if __name__ == "__main__":
    main()
