"""What every test stands on: folders of its own, LSL on this machine only, one virtual display, nothing left behind."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from gui import Screen

LINUX = sys.platform.startswith("linux")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Both ends of a stream read this file, so its path goes into the environment, where child processes find it too. The
# session id keeps two runs on one machine from seeing each other, and a laboratory's devices from being seen. All
# outlets of the machine answer the loopback's broadcast; where a system has none, each is asked by its port instead.
LSL_SETTINGS = """\
[ports]
IPv6 = disable

[multicast]
ResolveScope = machine
MachineAddresses = {{127.0.0.1, 127.255.255.255}}

[lab]
KnownPeers = {{127.0.0.1}}
SessionID = myoscope-tests-{session}

[tuning]
MulticastMinRTT = 0.05
UnicastMinRTT = 0.2

[log]
level = -2
"""

FOLDERS = (
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "APPDATA",
    "LOCALAPPDATA",
    "WIN_PD_OVERRIDE_APPDATA",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA",
)


def _make_scratch() -> Path:
    """Set the environment of the whole run; pylsl, numba and zarr read theirs once, when first imported."""
    scratch = Path(tempfile.mkdtemp(prefix="myoscope-tests-"))
    owner = os.getpid()

    @atexit.register
    def sweep() -> None:
        # A forked child inherits this list of exits; the folder is its parent's.
        if os.getpid() == owner:
            shutil.rmtree(scratch, ignore_errors=True)

    lsl = scratch / "lsl_api.cfg"
    lsl.write_text(LSL_SETTINGS.format(session=owner), encoding="utf-8")
    os.environ["LSLAPICFG"] = str(lsl)
    # One cache for the run and its child processes: each kernel is compiled once. Set it yourself to keep it.
    os.environ.setdefault("MYOSCOPE_CACHE_DIR", str(scratch / "cache"))
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(scratch / "hypothesis")
    os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"
    mesa = scratch / "mesa"
    mesa.mkdir()
    os.environ["MESA_SHADER_CACHE_DIR"] = str(mesa)
    if sys.platform == "darwin":
        os.environ["HOME"] = str(scratch)
    # Nothing may reach a person's screen; a test that wants one is marked gui.
    os.environ.pop("DISPLAY", None)
    os.environ.pop("WAYLAND_DISPLAY", None)
    return scratch


_OWN_DISPLAY = os.environ.get("MYOSCOPE_TEST_DISPLAY", "")  # read before anything is changed: ":0" to watch the tests
_SCRATCH = _make_scratch()
_NUMBERS = itertools.count()

# No deadline: two cores shared with a compiler say nothing about a property.
settings.register_profile("house", deadline=None, database=None, max_examples=60, print_blob=True, derandomize=IN_CI)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test marked gui the display, without its having to name the fixture."""
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("gui") and "display" not in item.fixturenames:
            # A new list: the old one is shared with the function's other parameters, which may not draw.
            item.fixturenames = ["display", *item.fixturenames]


def _missing(reason: str) -> None:
    if IN_CI and LINUX:
        pytest.fail(f"{reason} In CI this is an error: the window would go untested.", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """Start one virtual display for the run; yield its name, such as ``:99``. It outlives whatever draws on it."""
    if not LINUX:
        pytest.skip("The window is tested under Xvfb, which is for Linux.")
    if _OWN_DISPLAY:
        os.environ["DISPLAY"] = _OWN_DISPLAY
        yield _OWN_DISPLAY
        del os.environ["DISPLAY"]
        return
    for program, package in (("Xvfb", "xvfb"), ("xdotool", "xdotool")):
        if shutil.which(program) is None:
            _missing(f"No {program}. Install it with: apt-get install {package}")
    listen, tell = os.pipe()
    command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    if shutil.which("setpriv"):
        # A run that is killed, or that a window takes down with it, leaves no server behind.
        command = ["setpriv", "--pdeathsig", "TERM", *command]
    log = _SCRATCH / "xvfb.log"
    with log.open("wb") as words:
        server = subprocess.Popen(command, pass_fds=(tell,), stdout=words, stderr=words)
    os.close(tell)
    try:
        with os.fdopen(listen) as answer:
            number = answer.readline().strip()  # an empty line when Xvfb has died: the pipe is closed then
        if not number:
            pytest.fail(f"Xvfb did not start: {log.read_text(errors='replace').strip()}", pytrace=False)
        os.environ["DISPLAY"] = f":{number}"
        yield f":{number}"
    finally:
        os.environ.pop("DISPLAY", None)
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture(autouse=True)
def _own_folders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test settings of its own, and a display only where it asked for one."""
    if "display" not in request.fixturenames:
        monkeypatch.delenv("DISPLAY", raising=False)
    home = _SCRATCH / f"home-{next(_NUMBERS)}"
    for name in FOLDERS:
        monkeypatch.setenv(name, str(home / name.lower()))


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("myoscope")}


def _children() -> dict[int, str]:
    """Return the live child processes of this one, by id, where the system tells."""
    found = {}
    mine = str(os.getpid())
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            state, parent = stat.rpartition(")")[2].split()[:2]
            if parent == mine and state != "Z":
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if "multiprocessing." not in words:  # Python's own resource tracker stays until the end
                    found[int(folder.name)] = words
        except (FileNotFoundError, ProcessLookupError):  # gone between the two looks
            continue
    return found


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """Fail a test that leaves one of our threads, or a child process, behind."""
    threads, children = _threads(), _children()
    yield
    for thread in _threads() - threads:
        thread.join(timeout=2.0)  # on its way out is fine; still there is not
    left = sorted(thread.name for thread in _threads() - threads)
    assert not left, f"threads left running: {', '.join(left)}"
    orphans = {number: words for number, words in _children().items() if number not in children}
    assert not orphans, f"child processes left running: {orphans}"


@pytest.fixture(scope="session")
def _the_screen(display: str) -> Iterator[Screen]:
    """Make the one dearpygui context of the run."""
    from gui import Screen  # dearpygui only where a window is tested

    screen = Screen()
    yield screen
    screen.close()


@pytest.fixture
def screen(_the_screen: Screen) -> Iterator[Screen]:
    """Give a test an empty window to build in and drive."""
    _the_screen.clear()
    yield _the_screen
    _the_screen.clear()
