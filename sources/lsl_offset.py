"""How far the sender's LSL clock is from ours."""

from __future__ import annotations

import ctypes
import math
from typing import Any

from .clock import local_clock

EVERY_S = 0.5


class ClockOffset:
    """The offset that liblsl estimates in the background for one inlet; asking never waits.

    pylsl's own correction (``proc_clocksync``) adds the same number, but waits for it within the first pull, and does
    not tell how sure it is.

    Parameters
    ----------
    inlet
        A ``pylsl.StreamInlet``.
    """

    def __init__(self, inlet: Any) -> None:
        from pylsl.lib import lib

        self._inlet = inlet
        self._call = ctypes.CFUNCTYPE(
            ctypes.c_double,
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_double),
            ctypes.POINTER(ctypes.c_double),
            ctypes.c_double,
            ctypes.POINTER(ctypes.c_int),
        )(("lsl_time_correction_ex", lib))
        self.newest: tuple[float, float] | None = None
        self.measured_at = math.nan
        """When the newest estimate was made, s, our LSL clock; it stands still once the sender does not answer."""
        self._asked = local_clock()
        self._ask(0.0)

    @property
    def value_s(self) -> float:
        """What to add to the sender's timestamps, s; 0 as long as nothing is known."""
        return self.newest[0] if self.newest is not None else 0.0

    def wait(self, timeout_s: float) -> None:
        """Wait for the first estimate, s."""
        self._ask(timeout_s)

    def update(self, now: float) -> bool:
        """Ask now and then; return whether liblsl has just forgotten its estimate: it does on meeting a new outlet."""
        if now - self._asked < EVERY_S:
            return False
        self._asked = now
        known = self._known
        return not self._ask(0.0) and known

    def close(self) -> None:
        """Let the inlet go."""
        self._inlet = None

    def _ask(self, timeout_s: float) -> bool:
        remote, uncertainty, error = ctypes.c_double(), ctypes.c_double(), ctypes.c_int()
        offset = self._call(
            self._inlet.obj, ctypes.byref(remote), ctypes.byref(uncertainty), timeout_s, ctypes.byref(error)
        )
        self._known = error.value == 0
        if self._known:
            self.newest = (float(offset), float(uncertainty.value))
            # liblsl tells the moment by the sender's clock.
            self.measured_at = float(remote.value) + float(offset)
        return self._known
