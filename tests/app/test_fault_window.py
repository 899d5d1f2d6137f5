"""The window while it records: closed by its button, its screen taken away, a view in it broken."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from myoscope.recordings import check_session, open_session
from tests.recordings.ledger import read_ledger
from tests.waiting import until

PROGRAM = Path(__file__).with_name("taking.py")
ENOUGH = 2000


class Screen:
    """An X server of one's own, to be taken away."""

    def __init__(self):
        if not sys.platform.startswith("linux") or shutil.which("Xvfb") is None:
            pytest.skip("The window is tested under Xvfb, which is for Linux: apt-get install xvfb")
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
        quiet = subprocess.DEVNULL
        self.server = subprocess.Popen(command, pass_fds=(writing,), stdout=quiet, stderr=quiet)
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.name = f":{answer.readline().strip()}"

    def kill(self):
        self.server.kill()
        self.server.wait(20)


class Taking:
    """The program that records in a window, or without one."""

    def __init__(self, mode, folder, screen=None):
        self.folder = folder
        (folder / "told").write_bytes(bytes(24))
        environment = {**os.environ, "MYOSCOPE_CONFIG_DIR": str(folder / "config")}
        if screen is not None:
            environment["DISPLAY"] = screen.name
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), mode, str(folder)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    @property
    def session(self):
        return self.folder / "take.myo"

    @property
    def counts(self):
        """Samples made by the source, written, and acknowledged, as the program told last."""
        data = (self.folder / "told").read_bytes()
        return tuple(int.from_bytes(data[i : i + 8], "little") for i in (0, 8, 16))

    def until_written(self, n):
        until(lambda: self.counts[1] >= n, f"{n:,} samples in the session", 60.0, program=self.process)

    def ended(self):
        """Wait for the end; return the exit code and what was said on the terminal."""
        _, words = self.process.communicate(timeout=30)
        return self.process.returncode, words

    @property
    def made(self):
        """What the source says it has made."""
        return int((self.folder / "made").read_text(encoding="utf-8"))

    @property
    def log(self):
        return [tuple(line) for line in json.loads((self.folder / "log").read_text(encoding="utf-8"))]


@pytest.fixture
def screen():
    screen = Screen()
    yield screen
    screen.kill()


@pytest.fixture
def taking(tmp_path):
    started = []

    def start(mode, screen=None):
        started.append(Taking(mode, tmp_path, screen))
        return started[-1]

    yield start
    for program in started:
        program.process.kill()
        program.process.communicate(timeout=30)


def whole(program, least=ENOUGH):
    """Assert that the session is complete, and that not a sample is missing."""
    with open_session(program.session) as session:
        assert session.state == "complete"
    books = read_ledger(program.session, program.made, first=0)
    assert (books.faults, books.named) == ({}, 0)
    assert books.recorded >= least
    assert check_session(program.session)["ok"]
    return books


def press_close(display):
    """Press the close button of the one window with a title, as a window manager does."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    screen = ctypes.c_void_p(x.XOpenDisplay(display.encode()))
    found = subprocess.run(
        ["xdotool", "search", "--name", "taking"], env={**os.environ, "DISPLAY": display},
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    window = int(found.stdout.split()[-1])

    class Message(ctypes.Structure):
        """XClientMessageEvent, Xlib manual, 10.14.1."""

        _fields_ = (
            ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
            ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
            ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("padding", ctypes.c_long * 24),
        )  # fmt: skip

    x.XInternAtom.restype = ctypes.c_ulong
    protocols, delete = (x.XInternAtom(screen, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    message = Message(type=33, window=window, message_type=protocols, format=32, data=(delete, 0, 0, 0, 0))
    x.XSendEvent(screen, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
    x.XCloseDisplay(screen)


@pytest.mark.gui
def test_closing_the_window_completes_the_recording(taking, screen):
    program = taking("window", screen)
    program.until_written(ENOUGH)
    press_close(screen.name)
    assert program.ended() == (0, "")
    books = whole(program)
    assert ("good", f"Recorded {books.recorded:,} samples, 0 lost: take.myo.") in program.log


@pytest.mark.gui
def test_a_screen_that_goes_away_completes_the_recording(taking, screen):
    program = taking("window", screen)
    program.until_written(ENOUGH)
    screen.kill()
    code, words = program.ended()
    assert code == 1
    assert f"The screen is gone. The recording is closed: {program.session}.\n" in words
    whole(program)


@pytest.mark.gui
def test_a_view_that_breaks_does_not_touch_the_recording(taking, screen):
    program = taking("crashing", screen)
    program.until_written(ENOUGH)
    until((program.folder / "broken").exists, "the view's breaking", 60.0)
    at_least = program.counts[1] + ENOUGH
    program.until_written(at_least)
    program.process.send_signal(signal.SIGTERM)
    assert program.ended() == (0, "")
    whole(program, at_least)
    # In the place of the view stands the same, under "This view has stopped", with a button to try again.
    broken = [text for level, text in program.log if level == "bad"]
    assert len(broken) == 1
    assert broken[0].startswith("Crasher: RuntimeError: a view of somebody's own (taking.py, line ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals.")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_end_completes_the_recording(taking, number):
    program = taking("headless")
    program.until_written(ENOUGH)
    program.process.send_signal(number)
    assert program.ended() == (0, "")
    books = whole(program)
    assert ("good", f"Recorded {books.recorded:,} samples, 0 lost: take.myo.") in program.log


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals.")
@pytest.mark.parametrize("number", [signal.SIGKILL, getattr(signal, "SIGSEGV", 11)])
def test_a_program_with_all_its_threads_that_is_killed_loses_nothing_written(taking, number):
    program = taking("headless")
    program.until_written(ENOUGH)
    program.process.send_signal(number)
    assert program.ended()[0] == -number
    _, written, _ = program.counts
    with open_session(program.session) as session:
        assert session.state == "recovered"
        assert "nothing written is missing" in session.recovered
    books = read_ledger(program.session, first=0)
    assert books.faults == {}
    assert books.recorded >= written
