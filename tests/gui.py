"""A window that tests drive as a person does: with the mouse and the keyboard.

dearpygui takes one context a process; a second one crashes. `Screen` is therefore made once for the whole run, by
the session fixture `screen`, and each test gets an empty window in it.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dearpygui.dearpygui as dpg

WIDTH, HEIGHT = 1280, 800
FOLDER = Path(__file__).parent / "screenshots"


class Screen:
    """The one dearpygui context and viewport of a test run. Main thread only."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.errors: list[BaseException] = []
        self.window = 0
        self._draws: list[Callable[[], None]] = []
        dpg.create_context()
        dpg.configure_app(manual_callback_management=True)
        dpg.create_viewport(
            title="myoscope tests", width=width, height=height, x_pos=0, y_pos=0, decorated=False, vsync=False
        )
        dpg.setup_dearpygui()
        dpg.show_viewport()
        self.frames(3)

    def clear(self) -> int:
        """Remove everything that is drawn; return a new, empty window that fills the viewport."""
        self._draws.clear()
        self.errors.clear()
        for item in dpg.get_windows():
            # Themes and fonts are roots, too; they belong to whoever made them.
            if dpg.get_item_info(item)["type"] == "mvAppItemType::mvWindowAppItem":
                dpg.delete_item(item)
        self.window = dpg.generate_uuid()
        dpg.add_window(tag=self.window)
        dpg.set_primary_window(self.window, True)
        self.frames(1)
        return self.window

    def each_frame(self, *draws: Callable[[], None]) -> None:
        """Call these before each frame from now on, as a window does with its widgets."""
        self._draws.extend(draws)

    def frames(self, n: int = 1) -> None:
        """Draw n frames and run the callbacks that they caused; raise what a callback raised."""
        for _ in range(n):
            for draw in self._draws:
                draw()
            dpg.render_dearpygui_frame()
            for job in dpg.get_callback_queue() or ():
                self._run(job)
        if self.errors:
            raise self.errors.pop()

    def _run(self, job: Any) -> None:
        try:
            dpg.run_callbacks([job])
        except Exception as error:  # noqa: BLE001  dearpygui would only print it
            self.errors.append(error)

    def until(self, condition: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Draw frames until something is so.

        Raises
        ------
        AssertionError
            When it is not so in time.
        """
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            self.frames(1)

    # What a person does

    def move(self, x: float, y: float) -> None:
        """Put the pointer there, in px from the window's corner."""
        _xdotool("mousemove", str(round(x)), str(round(y)))
        self.frames(3)

    def click(self, item: int) -> None:
        """Press the mouse in the middle of an item."""
        x, y = self.middle(item)
        self.click_at(x, y)

    def click_at(self, x: float, y: float, button: int = 1) -> None:
        """Press the mouse at a place, in px from the window's corner."""
        self.move(x, y)
        _xdotool("mousedown", str(button))
        self.frames(3)
        _xdotool("mouseup", str(button))
        self.frames(3)

    def drag(self, start: tuple[float, float], stop: tuple[float, float]) -> None:
        """Press at one place, let go at another."""
        self.move(*start)
        _xdotool("mousedown", "1")
        self.frames(3)
        self.move((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2)
        self.move(*stop)
        _xdotool("mouseup", "1")
        self.frames(3)

    def type(self, text: str) -> None:
        """Type a text, key by key."""
        for letter in text:
            _xdotool("type", "--delay", "0", letter)
            self.frames(3)

    def key(self, name: str) -> None:
        """Press a key by its X name, such as ``Return``, ``space`` or ``ctrl+k``."""
        _xdotool("keydown", name)
        self.frames(3)
        _xdotool("keyup", name)
        self.frames(3)

    # What a person sees

    def middle(self, item: int) -> tuple[float, float]:
        """Return the middle of an item, in px from the window's corner."""
        left, top = dpg.get_item_rect_min(item)
        width, height = dpg.get_item_rect_size(item)
        assert width > 0, "the item is not drawn"
        return left + width / 2, top + height / 2

    def screenshot(self, name: str) -> Path:
        """Keep what is on the screen as a picture in tests/screenshots."""
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.png"
        path.unlink(missing_ok=True)
        dpg.output_frame_buffer(str(path))
        self.until(path.exists)
        self.frames(2)
        return path

    def close(self) -> None:
        """Let the context go; no other can be made in this process."""
        self._draws.clear()
        dpg.destroy_context()


def _xdotool(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, timeout=10)
