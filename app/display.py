"""Is there a screen to draw on? Asked before dearpygui is, which would end the process."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from functools import cache

from .errors import AppError


def missing_display() -> str:
    """Return why no window can be opened here, with what to do about it; empty when one can."""
    if sys.platform in ("win32", "darwin"):
        return ""
    name = os.environ.get("DISPLAY", "")
    if not name:
        return (
            "No display: DISPLAY is not set. Run on a desktop, use ssh -X, start with xvfb-run,"
            " or record without a window: myoscope record SOURCE --out DIR."
        )
    try:
        _connect(name)
    except AppError as error:
        return str(error)
    return ""


@cache
def _connect(name: str) -> tuple[ctypes.CDLL, int]:
    """Return Xlib and a connection, which is kept: a virtual X server resets itself when its last client leaves."""
    libraries = []
    for library, package in (("X11", "libx11-6"), ("GL", "libgl1")):
        found = ctypes.util.find_library(library)
        try:
            libraries.append(ctypes.CDLL(found or f"lib{library}.so"))
        except OSError as error:
            raise AppError(
                f"No display: lib{library} is missing. Install it: apt install {package} libgl1-mesa-dri."
            ) from error
    x11 = libraries[0]
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    display = x11.XOpenDisplay(name.encode())
    if not display:
        raise AppError(f"No display answers at DISPLAY={name}. Start one, or correct the variable.")
    return x11, display


def screen_size() -> tuple[int, int] | None:
    """Return the main screen's width and height, px, where the system tells."""
    if sys.platform == "win32":
        metrics = ctypes.windll.user32.GetSystemMetrics
        return int(metrics(0)), int(metrics(1))
    if sys.platform == "darwin" or missing_display():
        return None
    x11, display = _connect(os.environ["DISPLAY"])
    x11.XDefaultScreen.argtypes = [ctypes.c_void_p]
    for ask in (x11.XDisplayWidth, x11.XDisplayHeight):
        ask.argtypes = [ctypes.c_void_p, ctypes.c_int]
    screen = x11.XDefaultScreen(display)
    return int(x11.XDisplayWidth(display, screen)), int(x11.XDisplayHeight(display, screen))


PERCENTS = (100, 125, 150, 200, 250)
USUAL_DPI = 96.0


def suggested_percent() -> int:
    """Return the size on screen that suits the screen's pixel density, %: one of `PERCENTS`, 100 where nobody tells."""
    return nearest_percent(_dots_per_inch())


def nearest_percent(dpi: float) -> int:
    """Return the size on screen for a pixel density, %: the largest of `PERCENTS` that is not above it by a tenth."""
    return max((p for p in PERCENTS if p <= 1.1 * 100 * dpi / USUAL_DPI), default=100)


def _dots_per_inch() -> float:
    """Return the density that the desktop works with, pixels an inch; 96 is usual."""
    if sys.platform == "win32":
        # 96 in a process that is not aware of density: Windows then enlarges its window by itself.
        return float(ctypes.windll.user32.GetDpiForSystem())
    if sys.platform == "darwin" or missing_display():
        return USUAL_DPI  # macOS counts in points, which are as large on every screen
    x11, display = _connect(os.environ["DISPLAY"])
    x11.XResourceManagerString.restype = ctypes.c_char_p
    x11.XResourceManagerString.argtypes = [ctypes.c_void_p]
    return told_dpi(x11.XResourceManagerString(display), os.environ.get("GDK_SCALE", ""))


def told_dpi(resources: bytes | None, gdk_scale: str = "") -> float:
    """Return the density that a desktop under X tells, pixels an inch.

    What the screen itself claims is left out: monitors and virtual screens tell sizes that are not theirs.

    Parameters
    ----------
    resources
        The server's resource string; desktops write ``Xft.dpi`` into it.
    gdk_scale
        The variable that GTK programs go by: a whole number, or empty.
    """
    for line in (resources or b"").decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Xft.dpi":
            try:
                dpi = float(value)
            except ValueError:
                continue
            if 48 <= dpi <= 960:
                return dpi
    return USUAL_DPI * int(gdk_scale) if gdk_scale in ("1", "2", "3", "4") else USUAL_DPI


def require_display() -> None:
    """Raise `AppError` when no window can be opened here."""
    reason = missing_display()
    if reason:
        raise AppError(reason)
