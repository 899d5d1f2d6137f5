"""A person at the real window: eyes, mouse and keyboard, from outside its process."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from myoscope.app.settings import Settings
from myoscope.app.virtual_display import virtual_display

SHOTS = Path(__file__).parent.parent / "screenshots"


class Person:
    """Sees the window and uses mouse and keyboard."""

    def __init__(self, process, display):
        self.process = process
        self._environment = {**os.environ, "DISPLAY": display}

    def _ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        assert ready, f"the window does not answer to {question}"
        line = self.process.stdout.readline()
        assert line, f"the window is gone: {self.process.stderr.read()}"
        reply = json.loads(line)
        assert not (isinstance(reply, dict) and "error" in reply), reply
        return reply

    def see(self):
        """Return how things are."""
        return self._ask()

    def until(self, condition, what, timeout_s=30.0):
        """Look until something is so; return what was seen."""
        deadline = time.monotonic() + timeout_s
        while True:
            seen = self.see()
            if condition(seen):
                return seen
            assert time.monotonic() < deadline, f"{what} did not come true; log: {seen['log']}"

    def frames(self, n=3):
        """Let some frames be drawn."""
        first = self.see()["n_frames"]
        self.until(lambda seen: seen["n_frames"] >= first + n, "the next frames")

    def _xdotool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], env=self._environment, check=True, timeout=20)

    def ask(self, what, *values):
        """Ask for something that `driven` knows by name."""
        return self._ask(**{"do": what, "with": values})

    def has(self, label):
        """Tell whether something of this name is on screen."""
        return bool(self.rects(label))

    def rects(self, label):
        """Return [x, y, width, height] of everything of this name on screen."""
        return self._ask(find=label)

    def click(self, label, which=0):
        """Click the middle of a button, menu or field, once it stands still under the pointer."""
        deadline = time.monotonic() + 20
        pointed_at = None
        while True:
            found = self._ask(find=label)
            if found and len(found) > which:
                if found[which] == pointed_at:
                    break
                pointed_at = found[which]
                x, y, width, height = pointed_at
                self.move_to(x + width / 2, y + height / 2)
            assert time.monotonic() < deadline, f"nothing called {label!r} stays on screen; log: {self.see()['log']}"
        self._press_button()

    def menu(self, *path):
        """Click through the menus."""
        for depth in range(1, len(path) + 1):
            deadline = time.monotonic() + 20
            while not (point := self._ask(menu=path[:depth])):
                assert time.monotonic() < deadline, f"no menu {path[:depth]}; log: {self.see()['log']}"
            self.click_at(*point)
            self.frames(8)

    def place(self, *path):
        """Return where an entry of the menus is, when those before it are open; None when it is not there."""
        return self._ask(menu=path)

    def menu_point_to(self, *path):
        """Rest the pointer on an entry of a menu that is open, so that its own menu opens."""
        x, y = self.place(*path)
        self._xdotool("mousemove", int(x), int(y))
        self.frames(20)

    def click_containing(self, words):
        """Click the first item whose label holds some words."""
        self._click_in(self._ask(do="holding", **{"with": [words]}))

    def _click_in(self, rect):
        x, y, width, height = rect
        self.click_at(x + width / 2, y + height / 2)

    def click_at(self, x, y):
        """Click a place of the window."""
        self.move_to(x, y)
        self._press_button()

    def _press_button(self):
        self._xdotool("mousedown", 1)
        self.frames()
        self._xdotool("mouseup", 1)
        self.frames()

    def move_to(self, x, y):
        """Rest the pointer on a place of the window."""
        self._xdotool("mousemove", int(x), int(y))
        self.frames()

    def double_click_at(self, x, y):
        """Click twice, quickly."""
        self.move_to(x, y)
        self._xdotool("click", "--repeat", 2, "--delay", 40, 1)
        self.frames()

    def turn(self, x, y, notches):
        """Turn the wheel over a place of the window: above 0 away from the person."""
        self.move_to(x, y)
        self._xdotool("click", "--repeat", abs(notches), "--delay", 30, 4 if notches > 0 else 5)
        self.frames()

    @contextmanager
    def holding(self, key):
        """Hold a key down meanwhile, such as ``ctrl``."""
        self._xdotool("keydown", key)
        self.frames()
        try:
            yield
        finally:
            self._xdotool("keyup", key)
            self.frames()

    def drag(self, start, stop, button=1):
        """Press a button of the mouse at one place of the window, let go at another."""
        self.move_to(*start)
        self._xdotool("mousedown", button)
        self.frames()
        for share in (0.3, 0.7, 1.0):
            x, y = (a + share * (b - a) for a, b in zip(start, stop, strict=True))
            self.move_to(x, y)
        self._xdotool("mouseup", button)
        self.frames()

    def press(self, *keys):
        """Press keys, one after another."""
        for key in keys:
            self._xdotool("key", key)
            self.frames()

    def quit(self):
        """Close the window by the keyboard."""
        self._xdotool("key", "ctrl+q")
        assert self.process.wait(20) == 0

    def write(self, text):
        """Type text."""
        self._xdotool("type", "--delay", "60", text)
        self.frames(5)

    def shoot(self, name):
        """Keep a picture."""
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"window-{name}.png"
        path.unlink(missing_ok=True)
        self._ask(shot=str(path))
        self.until(lambda _: path.is_file(), "the picture")
        return path

    @staticmethod
    def live(name="emg", n=200):
        """Return a condition: the stream is live and has given some samples."""
        return lambda seen: seen["streams"].get(name, {}).get("state") == "live" and seen["streams"][name]["n"] > n


@contextmanager
def windows(recordings: Path) -> Iterator[Callable[..., Person]]:
    """Yield a function that opens the window on some sources; windows are closed at the end."""
    recordings.mkdir()
    Settings(x=0, y=0, width=1280, height=800, recordings=str(recordings), language="en").save()
    opened: list[subprocess.Popen] = []
    with virtual_display(1280, 800) as name:

        def open_window(*sources):
            process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("driven.py")), *sources],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            opened.append(process)
            person = Person(process, name)
            person.frames(3)
            return person

        yield open_window
        for process in opened:
            if process.poll() is None:
                process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()
            assert process.returncode == 0
