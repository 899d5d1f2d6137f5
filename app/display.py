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


def require_display() -> None:
    """Raise `AppError` when no window can be opened here."""
    reason = missing_display()
    if reason:
        raise AppError(reason)
