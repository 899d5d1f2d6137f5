"""The real window under Xvfb, with real clicks and keys: what a new user does."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myoscope import open_session
from myoscope.app.settings import Settings
from myoscope.app.virtual_display import virtual_display

pytestmark = pytest.mark.gui
SHOTS = Path(__file__).parent.parent / "screenshots"
SYNTHETIC = "synthetic:?n_channels=4&rate_hz=1000"


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

    def has(self, label):
        """Tell whether something of this name is on screen."""
        return bool(self._ask(find=label))

    def click(self, label, which=0):
        """Click the middle of a button, menu or field."""
        deadline = time.monotonic() + 20
        while not (found := self._ask(find=label)) or (which > 0 and len(found) <= which):
            assert time.monotonic() < deadline, f"nothing called {label!r} is on screen; log: {self.see()['log']}"
        x, y, width, height = found[which]
        self._click_at(x + width / 2, y + height / 2)

    def menu(self, *path):
        """Click through the menus."""
        for depth in range(1, len(path) + 1):
            deadline = time.monotonic() + 20
            while not (point := self._ask(menu=path[:depth])):
                assert time.monotonic() < deadline, f"no menu {path[:depth]}; log: {self.see()['log']}"
            self._click_at(*point)
            self.frames(8)

    def _click_at(self, x, y):
        self._xdotool("mousemove", int(x), int(y))
        self.frames()
        self._xdotool("mousedown", 1)
        self.frames()
        self._xdotool("mouseup", 1)
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


@pytest.fixture
def window(display, tmp_path, monkeypatch):
    """Return a function that opens the window on some sources; windows are closed at the end."""
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    monkeypatch.setenv("MYOSCOPE_CONFIG_DIR", str(tmp_path / "config"))
    Settings(x=0, y=0, width=1280, height=800, recordings=str(recordings)).save()
    opened = []
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


def live(name="emg", n=200):
    """Return a condition: the stream is live and has given some samples."""
    return lambda seen: seen["streams"].get(name, {}).get("state") == "live" and seen["streams"][name]["n"] > n


def test_start_connect_record_stop_replay(window):
    person = window()
    assert person.see()["start"]
    person.until(lambda _: person.has("Connect"), "the list of devices")
    person.shoot("start")
    person.click("Connect")
    person.until(live(), "the synthetic stream")
    person.click("Name of the take")
    person.write("abduction")
    person.click("Record")
    person.until(lambda seen: (seen["recording"] or 0) > 1000, "rows on disk")
    person.click("Mark")
    person.click("lift")
    person.press("m")
    person.until(lambda seen: len(seen["events"]) == 3, "three events")
    person.shoot("recording")
    person.click("Stop")
    seen = person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    take = Path(seen["last"])
    assert take.name.endswith("_abduction.myo")
    with open_session(take) as session:
        assert session.state == "complete"
        assert [event.label for event in session.events][1] == "lift"
        assert len(session.events) == 3
        assert session.gaps == ()
        assert session.streams["emg"].n_samples > 1000

    person.menu("Session", "Open recent", take.name)
    person.until(lambda seen: seen["replay"], "the replay")
    person.until(lambda seen: seen["replay"]["position"] > 0.3, "the replay moves")
    person.shoot("replay")
    person.click("Pause", -1)
    held = person.until(lambda seen: not seen["replay"]["playing"], "the replay is held")["replay"]["position"]
    person.press("Right")
    person.until(lambda seen: seen["replay"]["position"] > held + 0.5, "a step on")
    person.click("Loop")
    person.until(lambda seen: seen["replay"]["loop"], "the loop")
    person.press("ctrl+w")
    person.until(lambda seen: seen["replay"] is None and not seen["busy"], "the end of the replay")
    person.until(live(), "the live stream")
    person.quit()


def test_reconnect_and_switch_from_the_menu_keep_the_trace(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(live(n=1500), "the stream")
    person.menu("Device", "Reconnect")
    person.until(lambda seen: seen["streams"]["emg"]["gaps"] == 1, "the named gap")
    n = person.until(live(), "the stream again")["streams"]["emg"]["n"]
    assert n > 1500, "the counts, like the picture, stay"
    person.shoot("reconnected")
    person.menu("Device", "Switch to…", "BrainFlow synthetic board")
    seen = person.until(lambda s: s["streams"]["emg"]["source"] == "brainflow:synthetic", "the other device")
    person.until(live(), "the board")
    person.shoot("switched")
    assert not [text for level, text in seen["log"] if level == "bad"]
    person.press("F5")
    person.until(lambda seen: not seen["busy"], "the reconnection")
    person.until(live(), "the board again")


def test_a_device_that_is_not_there_is_one_sentence_and_the_old_one_stays(window):
    settings = Settings.load()
    settings.remember_source("lsl:NoSuchStream?timeout_s=0.5")
    settings.save()
    person = window(f"emg={SYNTHETIC}")
    person.until(live(), "the stream")
    person.menu("Device", "Switch to…", "lsl:NoSuchStream?timeout_s=0.5")
    sentence = "No LSL stream named NoSuchStream"
    seen = person.until(lambda s: any(sentence in text for _, text in s["log"]), "the sentence")
    assert any("Still on synthetic:" in text for _, text in seen["log"])
    person.shoot("not-there")
    n = person.until(live(), "the old device")["streams"]["emg"]["n"]
    person.until(live(n=n), "more samples")


def test_keys_pause_the_picture_but_never_the_acquisition(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(live(), "the stream")
    person.press("space")
    seen = person.until(lambda seen: seen["paused"] == [True], "the pause")
    drawn, n = seen["newest_drawn"], seen["streams"]["emg"]["n"]
    seen = person.until(lambda seen: seen["streams"]["emg"]["n"] > n + 300, "more samples")
    assert seen["newest_drawn"] == drawn
    person.press("space")
    person.until(lambda seen: seen["paused"] == [False], "the picture goes on")
    person.press("1")
    person.until(lambda seen: seen["events"] == ["lift"], "the event on key 1")


def test_typing_into_a_field_is_no_shortcut(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(live(), "the stream")
    person.click("Notes")
    person.write("rmrm 1")
    seen = person.see()
    assert seen["recording"] is None
    assert seen["events"] == []
    assert seen["paused"] == [False]


def test_settings_survive_a_restart(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(live(), "the stream")
    person.menu("View", "Theme", "Light")
    person.until(lambda seen: seen["theme"] == "light", "the light theme")
    before = person.see()["seconds"]
    person.press("bracketleft")
    changed = person.until(lambda seen: seen["seconds"] != before, "a shorter window")["seconds"]
    person.shoot("light")
    person.quit()
    person = window(f"emg={SYNTHETIC}")
    seen = person.until(live(), "the stream")
    assert seen["theme"] == "light"
    assert seen["seconds"] == changed
    assert Settings.load().recent_sources == [SYNTHETIC]


def test_a_device_is_added_with_a_form(window):
    person = window()
    person.until(lambda seen: seen["start"], "the start screen")
    person.press("ctrl+d")
    person.until(lambda seen: seen["dialog"] == "device", "the form")
    person.frames(5)
    person.shoot("form")
    person.click("Connect device")
    person.until(live(), "the synthetic stream")
    assert person.see()["dialog"] == ""


def test_the_end_of_the_window_closes_a_recording(window):
    person = window(f"emg={SYNTHETIC}")
    person.until(live(), "the stream")
    person.press("r")
    seen = person.until(lambda seen: (seen["recording"] or 0) > 300, "rows")
    person.quit()
    with open_session(seen["last"]) as session:
        assert session.state == "complete"
        assert session.streams["emg"].n_samples > 300


def test_help_lists_the_shortcuts(window):
    person = window(f"emg={SYNTHETIC}")
    person.press("F1")
    person.until(lambda seen: seen["dialog"] == "shortcuts", "the list")
    person.frames(3)
    person.shoot("shortcuts")
    person.press("Escape")
    person.until(lambda seen: seen["dialog"] == "", "it is closed")
