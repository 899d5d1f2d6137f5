"""The X server goes away while the window is open: a log-out, a lost connection, a crash of the server.

Xlib then calls a handler and ends the process when that returns, with nothing of Python's own cleaning up
(Xlib manual, "Using the default error handlers": XSetIOErrorHandler).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from typing import Any


class ScreenGone:
    """Does something when the X server has gone, instead of leaving all as it is. Main thread only.

    Parameters
    ----------
    act
        Called in the main thread, deep inside of a drawing call: it must not draw. The process ends afterwards,
        with exit code 1.
    """

    def __init__(self, act: Callable[[], object]) -> None:
        self._handler: Any = None
        if not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"):
            return
        try:
            xlib = ctypes.CDLL("libX11.so.6")
        except OSError:
            # The window opened without it, so it is not Xlib that ends it.
            return

        def gone(_display: int) -> int:
            try:
                act()
            finally:
                # Back in Xlib nothing would be left to do but this.
                os._exit(1)

        # Kept for as long as Xlib may call it.
        self._handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(gone)
        self._xlib = xlib
        xlib.XSetIOErrorHandler(self._handler)

    def close(self) -> None:
        """Leave it to Xlib again. Safe to call twice."""
        if self._handler is not None:
            self._xlib.XSetIOErrorHandler(None)
            self._handler = None
